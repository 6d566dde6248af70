/** Several rooms for each client, while everything goes wrong. */
import { assert, assertEquals } from "@std/assert";
import { US_PER_S } from "../../lib/base/time.ts";
import { plainMessage } from "../../lib/chat/room_event.ts";
import {
  logIn,
  makeWorld,
  type SimClient,
  SimServer,
  type World,
} from "./chat_world.ts";
import {
  type Cast,
  checkAcknowledged,
  checkOrder,
  checkPeace,
  isComplete,
} from "./checkers.ts";
import { PRESETS } from "./network_profile.ts";
import { RoomSide } from "./room_side.ts";

const ROOMS = ["Sains", "Seni", "Olahraga"];
const JOIN_US = US_PER_S;

/** Makes public rooms that everybody will join. */
function makeRooms({ disk }: World): number[] {
  return ROOMS.map((name, index) => {
    const roomId = index + 2;
    const room = { ...disk.rooms.known.rooms[0]!, roomId, name };
    disk.rooms.apply({ type: "createRoom", room, members: [], timeMs: 0 });
    return roomId;
  });
}

/** Gives a client a side in each room, which it joins as soon as it can. */
function addSides(
  { disk, simulation }: World,
  client: SimClient,
  roomIds: readonly number[],
): RoomSide[] {
  const sides = roomIds.map((roomId) =>
    new RoomSide(
      roomId,
      disk,
      (text) => client.actIn(roomId, plainMessage(text)),
    )
  );
  client.onRoomEvent = (roomId, event) => {
    for (const side of sides) {
      if (side.roomId === roomId) side.handleEvent(event);
    }
  };
  let questionId = 0;
  const join = () => {
    // A join whose answer was lost is asked for again.
    if (client.isInRoom) {
      for (const name of ROOMS) {
        client.ask(questionId++, { type: "joinRoom", name });
      }
    }
    simulation.at(simulation.nowUs + JOIN_US, join);
  };
  join();
  return sides;
}

/** Each room has one order, the same for all, with everything once. */
function checkRooms(
  { disk }: World,
  roomIds: readonly number[],
  sides: readonly (readonly RoomSide[])[],
): void {
  for (const [index, roomId] of roomIds.entries()) {
    const stored = disk.eventsOf(roomId).map(({ act }) =>
      act.type === "message" ? act.text : ""
    );
    const written = sides.flatMap((own) => own[index]!.written);
    assertEquals(stored.toSorted(), written.toSorted(), `room ${roomId}`);
    for (const own of sides) {
      const { bySequence, acknowledged, written } = own[index]!;
      const seen = Array.from(bySequence.keys());
      assertEquals(seen, stored.map((_, at) => at + 1), "once and in order");
      assertEquals(acknowledged, written, "each is answered once");
      const mine = new Set(written);
      assertEquals(stored.filter((text) => mine.has(text)), written);
    }
  }
}

for (
  const [seed, preset] of [
    [21, "lan"],
    [22, "homeWifi"],
    [23, "lossyWifi"],
    [24, "homeWifi"],
  ] as const
) {
  Deno.test(`rooms of one server keep their orders while it is killed on ${preset} (seed ${seed})`, () => {
    const profile = PRESETS[preset] ?? PRESETS["homeWifi"]!;
    const world = makeWorld(seed, { clients: 3, profile });
    const { simulation, disk, prng, clients } = world;
    disk.maxLatencyUs = 200_000;
    const roomIds = makeRooms(world);
    // The rooms are on the disk: a server that starts now has them.
    world.server.kill();
    const { options, secrets } = world.server;
    const servers = [new SimServer(prng.fork(), { ...options, secrets })];
    simulation.add(servers[0]!);
    const cast: Cast = { simulation, disk, servers, clients, dead: [] };
    logIn(world, clients, "rooms");
    const sides = clients.map((client) => addSides(world, client, roomIds));
    for (let round = 0; round < 8; round++) {
      const startUs = simulation.nowUs;
      for (let index = 0; index < 60; index++) {
        simulation.at(startUs + prng.below(3 * US_PER_S), () => {
          const one = prng.below(3);
          const text = `round ${round}, text ${index}`;
          const room = prng.below(roomIds.length + 1);
          if (room === roomIds.length) clients[one]!.send(text);
          else sides[one]![room]!.send(text);
        });
      }
      simulation.runUntil(() => false, prng.between(1, 4 * US_PER_S));
      servers.at(-1)!.kill();
      simulation.runUntil(() => false, prng.between(1, US_PER_S));
      servers.push(new SimServer(prng.fork(), { ...options, secrets }));
      simulation.add(servers.at(-1)!);
    }
    const isDone = () =>
      isComplete(cast) && sides.flat().every(({ isDone }) => isDone);
    assert(simulation.runUntil(isDone, 120 * US_PER_S), "all comes back");
    simulation.runUntil(() => false, 5 * US_PER_S);
    checkOrder(cast);
    checkAcknowledged(cast);
    checkPeace(cast);
    checkRooms(world, roomIds, sides);
    const events = roomIds.map((roomId) => disk.eventsOf(roomId).length);
    assert(Math.min(...events) > 50, `${events}`);
    const { kept, lost } = disk.torn;
    assert(kept + lost > 0, "groups are torn");
  });
}
