/** Several rooms for each client, while everything goes wrong. */
import { assert } from "@std/assert";
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

const ROOMS = ["Sains", "Seni", "Olahraga"];
const JOIN_US = US_PER_S;

/** Makes public rooms that everybody will join. */
function makeRooms({ disk }: World): number[] {
  return ROOMS.map((name, index) => {
    const roomId = index + 2;
    const room = { ...disk.rooms.known.rooms[0]!, roomId, name };
    disk.apply({ type: "createRoom", room, members: [], timeMs: 0 });
    return roomId;
  });
}

/** A client joins each room as soon as it can. */
function joinRooms({ simulation }: World, client: SimClient): void {
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
    for (const client of clients) joinRooms(world, client);
    for (let round = 0; round < 8; round++) {
      const startUs = simulation.nowUs;
      for (let index = 0; index < 60; index++) {
        simulation.at(startUs + prng.below(3 * US_PER_S), () => {
          const client = clients[prng.below(3)]!;
          const text = `${client.name} ${round * 60 + index}`;
          const rooms = Array.from(client.rooms.keys());
          const roomId = rooms[prng.below(rooms.length)]!;
          client.act(plainMessage(text), roomId);
        });
      }
      simulation.runUntil(() => false, prng.between(1, 4 * US_PER_S));
      servers.at(-1)!.kill();
      simulation.runUntil(() => false, prng.between(1, US_PER_S));
      servers.push(new SimServer(prng.fork(), { ...options, secrets }));
      simulation.add(servers.at(-1)!);
    }
    const isDone = () =>
      isComplete(cast) && clients.every(({ rooms }) => rooms.size === 4);
    assert(simulation.runUntil(isDone, 120 * US_PER_S), "all comes back");
    simulation.runUntil(() => false, 5 * US_PER_S);
    checkOrder(cast);
    checkAcknowledged(cast);
    checkPeace(cast);
    const events = roomIds.map((roomId) => disk.eventsOf(roomId).length);
    assert(Math.min(...events) > 50, `${events}`);
    const { kept, lost } = disk.torn;
    assert(kept + lost > 0, "groups are torn");
  });
}
