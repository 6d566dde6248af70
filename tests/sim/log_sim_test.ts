/** What a room does while its disk is slow, full, or has much to tell. */
import { type Act, plainMessage } from "../../lib/chat/room_event.ts";
import { assert, assertEquals } from "@std/assert";
import { US_PER_S } from "../../lib/base/time.ts";
import {
  MAX_UNACKNOWLEDGED_MESSAGES,
  MAX_UNSTORED_MESSAGES,
} from "../../lib/chat/limits.ts";
import { logIn, makeWorld, SimClient, SimServer } from "./chat_world.ts";
import {
  type Cast,
  checkAcknowledged,
  checkOrder,
  checkPeace,
  isComplete,
} from "./checkers.ts";
import { wordsOf } from "./event_words.ts";
import { PRESETS } from "./network_profile.ts";
import { SimClientDisk } from "./sim_journal.ts";

Deno.test("a server and its clients are killed 100 times each: what was acknowledged is there, once, in one order", () => {
  const profile = PRESETS["homeWifi"]!;
  const world = makeWorld(1, { clients: 3, profile });
  const { simulation, disk, prng } = world;
  disk.maxLatencyUs = 200_000;
  const servers = [world.server];
  const clients = [...world.clients];
  const dead: SimClient[] = [];
  const cast: Cast = { simulation, disk, servers, clients, dead };
  logIn(world, clients, "kills");
  for (let round = 0; round < 100; round++) {
    const startUs = simulation.nowUs;
    for (let index = 0; index < 30; index++) {
      simulation.at(startUs + prng.below(3 * US_PER_S), () => {
        clients[index % 3]!.send(`round ${round}, text ${index}`);
      });
    }
    simulation.runUntil(() => false, prng.between(1, 2 * US_PER_S));
    const old = servers.at(-1)!;
    old.kill();
    // The first client lives to the end, and sees every server.
    const victim = 1 + prng.below(2);
    simulation.remove(clients[victim]!);
    dead.push(clients[victim]!);
    simulation.runUntil(() => false, prng.between(1, US_PER_S));
    const { options, secrets } = old;
    servers.push(new SimServer(prng.fork(), { ...options, secrets }));
    simulation.add(servers.at(-1)!);
    const { name, address } = clients[victim]!;
    const client = new SimClient(prng.fork(), {
      name,
      address: { ...address, port: address.port + 1 },
      server: world.server.address,
      disk,
      simulation,
    });
    clients[victim] = client;
    simulation.add(client);
    // The name is free: the server that knew its holder is gone.
    logIn(world, [client], `round ${round}`);
  }
  const isDone = () => isComplete(cast);
  assert(simulation.runUntil(isDone, 60 * US_PER_S), "all comes back");
  simulation.runUntil(() => false, 5 * US_PER_S);
  checkOrder(cast);
  checkAcknowledged(cast);
  checkPeace(cast);
  assert(clients[0]!.room.acknowledged.length > 500);
  assertEquals(clients[0]!.room.bySequence.size, disk.events.length);
  const { kept, lost } = disk.torn;
  assert(kept > 20 && lost > 20, `groups are torn: ${kept} kept, ${lost} lost`);
});

Deno.test("clients and their server are killed 100 times: what a client has kept is stored once, in its order", () => {
  const profile = PRESETS["homeWifi"]!;
  const world = makeWorld(4, { clients: 1, profile });
  const { simulation, disk, prng } = world;
  disk.maxLatencyUs = 200_000;
  const ownDisk = new SimClientDisk(prng.fork());
  const written: string[] = [];
  let server = world.server;
  const lives: SimClient[] = [];
  let killedWith = 0;
  for (let round = 0; round < 100; round++) {
    const client = new SimClient(prng.fork(), {
      name: "Ani",
      address: { hostname: "10.0.2.1", port: 5000 + round },
      server: world.server.address,
      disk,
      simulation,
      ownDisk,
    });
    lives.push(client);
    simulation.add(client);
    logIn(world, [client], `round ${round}`);
    const startUs = simulation.nowUs;
    for (let index = 0; index < 15; index++) {
      simulation.at(startUs + prng.below(2 * US_PER_S), () => {
        if (lives.at(-1) !== client || !client.isInRoom) return;
        const text = `round ${round}, text ${index}`;
        const act: Act = index % 3 === 0 && disk.events.length > 0
          ? { type: "edit", target: 1, text }
          : plainMessage(text);
        written.push(wordsOf({ act }));
        client.act(act);
      });
    }
    simulation.runUntil(() => false, prng.between(1, 2 * US_PER_S));
    killedWith += ownDisk.memory.rooms[0]?.outbox.length ?? 0;
    simulation.remove(client);
    if (prng.below(2) > 0) continue;
    server.kill();
    const { options, secrets } = server;
    server = new SimServer(prng.fork(), { ...options, secrets });
    simulation.add(server);
  }
  assert(killedWith > 100, `${killedWith} messages waited at the kills`);
  const last = new SimClient(prng.fork(), {
    name: "Ani",
    address: { hostname: "10.0.2.1", port: 6000 },
    server: world.server.address,
    disk,
    simulation,
    ownDisk,
  });
  lives.push(last);
  simulation.add(last);
  logIn(world, [last], "last");
  const isDone = () => disk.events.length >= written.length;
  assert(simulation.runUntil(isDone, 60 * US_PER_S), "all is sent");
  simulation.runUntil(() => false, 5 * US_PER_S);
  assertEquals(disk.events.map(wordsOf), written);
  for (const { events } of lives) {
    assert(!events.some(({ type }) => type === "gap" || type === "ended"));
  }
  // The last life knows all of it: what was kept, and what came then.
  assertEquals(last.room.bySequence.size, written.length);
});

Deno.test("while the disk is full a room waits in bounded memory, and then goes on where it was", () => {
  // Each sends all it may without an answer: more than is taken.
  const each = MAX_UNACKNOWLEDGED_MESSAGES;
  const members = Math.ceil(MAX_UNSTORED_MESSAGES / each) + 4;
  const profile = PRESETS["lan"]!;
  const world = makeWorld(2, { clients: members, profile });
  const { simulation, server, disk, clients } = world;
  const cast = { simulation, disk, servers: [server], clients, dead: [] };
  logIn(world, clients, "full");
  disk.isFull = true;
  for (const client of clients) {
    for (let index = 0; index < each; index++) {
      client.send(`${client.name} ${index} ${"x".repeat(100)}`);
    }
  }
  simulation.runUntil(() => false, 15 * US_PER_S);
  assertEquals(disk.events.length, 0);
  assertEquals(server.order.length, 0);
  assert(clients.every(({ room }) => room.acknowledged.length === 0));
  assertEquals(server.log.waiting, MAX_UNSTORED_MESSAGES);
  // The others stay where flow control holds them: with their senders.
  const unread = [...server.connections.values()].filter(({ streams }) =>
    streams.set.receivedBytes > streams.set.readBytes
  );
  assert(unread.length >= 2, `${unread.length} are not read`);
  disk.isFull = false;
  assert(simulation.runUntil(() => isComplete(cast), 60 * US_PER_S));
  assertEquals(disk.events.length, members * each);
  checkOrder(cast);
  checkAcknowledged(cast);
  checkPeace(cast);
});

Deno.test("who was away for 20,000 messages catches up in bounded memory", () => {
  const profile = PRESETS["homeWifi"]!;
  const limits = { historyMessages: 100 };
  const world = makeWorld(3, { clients: 2, profile, limits });
  const { simulation, disk, clients, prng } = world;
  logIn(world, clients, "away");
  world.server.kill();
  disk.maxLatencyUs = 1_000;
  const padding = "x".repeat(400);
  for (let sequence = 1; sequence <= 20_000; sequence++) {
    disk.add({
      sequence,
      id: prng.bytes(16),
      authorKey: "",
      accountId: 0,
      author: "Zul",
      act: plainMessage(`text ${sequence} ${padding}`),
      timeMs: 0,
    });
  }
  const { options, secrets } = world.server;
  const server = new SimServer(prng.fork(), { ...options, secrets });
  simulation.add(server);
  const cast = { simulation, disk, servers: [server], clients, dead: [] };
  let mostBytes = 0;
  const isDone = () => {
    for (const { streams } of server.connections.values()) {
      mostBytes = Math.max(mostBytes, streams.bufferedBytes(0));
    }
    // What is said meanwhile comes after what was missed.
    if (clients[0]!.isInRoom && clients[0]!.room.written.length === 0) {
      clients[0]!.send("hello again");
    }
    return isComplete(cast) && disk.events.length > 20_000;
  };
  assert(simulation.runUntil(isDone, 60 * US_PER_S));
  checkOrder(cast);
  checkPeace(cast);
  assertEquals(clients.map(({ room }) => room.bySequence.size), [
    20_001,
    20_001,
  ]);
  // 9 MB in all. The mark at which the next page is sent, and a page.
  assert(mostBytes > 200_000 && mostBytes < 300_000, `${mostBytes} waited`);
});
