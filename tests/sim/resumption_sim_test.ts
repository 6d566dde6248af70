/**
 * Clients that come back by their ticket, in virtual time: the server dies and
 * is started again, a connection dies, a laptop sleeps. Checked is that nobody
 * stretched a password again, and that nothing was lost.
 */

import { textOf } from "../unit/chat/event_text.ts";
import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import {
  MAX_LOGIN_MESSAGE_BYTES,
  MAX_TICKET_LIFETIME_SECONDS,
} from "../../lib/chat/limits.ts";
import {
  decodeLoginMessage,
  encodeLoginMessage,
  type LoginMessage,
} from "../../lib/chat/login_message.ts";
import {
  frameMessage,
  MessageDeframer,
} from "../../lib/chat/message_deframer.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import type { ConnectionEvent } from "../../lib/transport/connection_event.ts";
import { Endpoint } from "../../lib/transport/endpoint.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../../lib/transport/transport_config.ts";
import type { ClientEvent } from "../../lib/ui/bridge.ts";
import { cheapCrypto } from "./cheap_crypto.ts";
import {
  logIn,
  makeWorld,
  SimClient,
  SimServer,
  type World,
} from "./chat_world.ts";
import type { NetworkProfile } from "./network.ts";
import { drawProfile } from "./network_profile.ts";
import type { Node } from "./simulation.ts";

const SECOND_US = 1_000_000;

/** Nothing goes wrong but what a test does. */
const CLEAN: NetworkProfile = {
  lossPercent: 0,
  duplicatePercent: 0,
  reorderPercent: 0,
  corruptPercent: 0,
  delayUs: 5_000,
  jitterUs: 0,
};

function pause(world: World, seconds: number): void {
  world.simulation.runUntil(() => false, seconds * SECOND_US);
}

/** The server's process dies without a word. */
function kill(world: World, server: SimServer): void {
  assert(world.simulation.nodes.includes(server));
  server.kill();
}

/** It is started again, with what it has on disk but for the changes. */
function start(
  world: World,
  previous: SimServer,
  changes: { password?: string; secrets?: SimServer["secrets"] } = {},
): SimServer {
  const { simulation, prng } = world;
  const { secrets } = previous;
  const server = new SimServer(prng.fork(), {
    ...previous.options,
    secrets,
    ...changes,
  });
  simulation.add(server);
  return server;
}

/** Runs until every client was welcomed once more than before. */
function awaitReturn(world: World, what: string): void {
  const welcomes = (client: SimClient) => eventsOf(client, "welcome").length;
  const before = world.clients.map(welcomes);
  const areBack = () =>
    world.clients.every((client, index) => welcomes(client) > before[index]!);
  const inTime = world.simulation.runUntil(areBack, 300 * SECOND_US);
  assert(inTime, `${what}: somebody does not come back`);
}

function eventsOf<Type extends ClientEvent["type"]>(
  client: SimClient,
  type: Type,
): Extract<ClientEvent, { type: Type }>[] {
  return client.events.filter((event) => event.type === type) as Extract<
    ClientEvent,
    { type: Type }
  >[];
}

/** The texts of a client's own messages that were stored, in order. */
function storedOf(client: SimClient): string[] {
  const own = new Map(
    eventsOf(client, "message").filter(({ own }) => own)
      .map(({ id, text }) => [id, text]),
  );
  return eventsOf(client, "delivery")
    .filter(({ delivery }) => delivery.state === "stored")
    .map(({ id }) => own.get(id)!);
}

/** Has the server's identity and nothing else of it: answers every ticket in the same way, and a password never. */
class Impostor implements Node {
  readonly address;
  readonly endpoint;
  /** What it was sent, over all connections. */
  readonly asked: LoginMessage["type"][] = [];
  readonly #answer: Uint8Array;
  readonly #deframers = new Map<Connection, MessageDeframer>();

  constructor(server: SimServer, answer: LoginMessage) {
    const prng = new Prng("impostor");
    this.address = server.address;
    this.endpoint = new Endpoint({
      config: DEFAULT_TRANSPORT_CONFIG,
      crypto: cheapCrypto,
      random: (length: number) => prng.bytes(length),
      server: server.secrets,
    });
    this.#answer = frameMessage(encodeLoginMessage(answer));
  }

  onEvent = (connection: Connection, event: ConnectionEvent): void => {
    if (event.type !== "authReadable") return;
    const deframer = this.#deframers.get(connection) ??
      new MessageDeframer(MAX_LOGIN_MESSAGE_BYTES);
    this.#deframers.set(connection, deframer);
    for (const body of deframer.push(connection.readAuth()!)) {
      const { type } = decodeLoginMessage(body);
      this.asked.push(type);
      if (type === "resume") connection.sendAuth(this.#answer);
    }
  };
}

/** Kills the server in the middle of a chat, on a network drawn by the seed. */
function runRestart(seed: number): void {
  const profile = drawProfile(new Prng(`resumption ${seed}`));
  const what = `seed ${seed} ${JSON.stringify(profile)}`;
  const world = makeWorld(seed, { clients: 2, profile });
  const { simulation, clients, prng } = world;
  logIn(world, clients, what);
  // Until the tickets are there, whatever was lost.
  pause(world, 10);
  const stretches = clients.map((client) => client.stretches);
  const texts = new Map(clients.map((client) => [client, [] as string[]]));
  for (const [client, written] of texts) {
    for (let index = 0; index < 20; index++) {
      simulation.at(simulation.nowUs + prng.below(12 * SECOND_US), () => {
        const text = `${client.name} ${index}`;
        written.push(text);
        client.send(text);
      });
    }
  }
  pause(world, prng.between(1, 6));
  kill(world, world.server);
  pause(world, prng.below(4));
  start(world, world.server);
  awaitReturn(world, what);
  const isStored = () =>
    clients.every((client) => storedOf(client).length === 20);
  assert(
    simulation.runUntil(isStored, 300 * SECOND_US),
    `${what}: ${clients.map((client) => storedOf(client).length)} of 20`,
  );
  pause(world, 5);
  for (const [index, client] of clients.entries()) {
    assertEquals(client.stretches, stretches[index], `${what}: no password`);
    assertEquals(
      storedOf(client),
      texts.get(client),
      `${what}: once, in order`,
    );
    assertEquals(eventsOf(client, "ended"), [], what);
  }
  const [one, other] = clients.map((client) =>
    [...client.room.bySequence].sort(([a], [b]) => a - b)
  );
  assertEquals(one, other, `${what}: both see the same order`);
  assertEquals(
    one!.map(([, text]) => text),
    world.disk.events.map(textOf),
    `${what}: no gap`,
  );
}

Deno.test("after the server was killed and started again, clients come back by ticket and lose nothing, 100 seeds", () => {
  for (let seed = 1; seed <= 100; seed++) runRestart(seed);
});

Deno.test("on a good network a client is in the room 1 round trip after the handshake and 1 for the welcome", () => {
  const world = makeWorld(1, { clients: 1, profile: CLEAN });
  const [client] = world.clients;
  logIn(world, world.clients, "clean");
  pause(world, 1);
  world.simulation.network.recorded = [];
  client!.connection!.evict();
  const reconnecting = () => world.simulation.network.recorded!.length > 0;
  assert(world.simulation.runUntil(reconnecting, 2 * SECOND_US));
  const startUs = world.simulation.nowUs;
  awaitReturn(world, "clean");
  // Hello and cookie, Hello and Reply, ticket and data epoch, sync and welcome.
  assertEquals(world.simulation.nowUs - startUs, 4 * 2 * CLEAN.delayUs);
});

Deno.test("a client whose connection broke takes its own place by ticket, and the others notice nothing", () => {
  const world = makeWorld(2, { clients: 2, profile: CLEAN });
  const { simulation, server, clients: [ana, budi] } = world;
  logIn(world, world.clients, "place");
  pause(world, 1);
  const noticed = budi!.events.length;
  ana!.connection!.evict();
  ana!.send("written while away");
  const isStored = () => storedOf(ana!).length === 1;
  assert(simulation.runUntil(isStored, 2 * SECOND_US), "back within seconds");
  assertEquals(ana!.stretches, 1);
  const types = server.notices.map(({ type }) => type);
  assertEquals(types, ["joined", "joined", "returned", "message"]);
  pause(world, 1);
  const since = budi!.events.slice(noticed).map(({ type }) => type);
  assertEquals(since, ["message"]);
});

Deno.test("each return brings a fresh ticket, so that a client comes back as often as it must", () => {
  const world = makeWorld(3, { clients: 1, profile: CLEAN });
  logIn(world, world.clients, "often");
  const [client] = world.clients;
  let { server } = world;
  for (let round = 0; round < 5; round++) {
    pause(world, 1);
    kill(world, server);
    server = start(world, server);
    awaitReturn(world, `round ${round}`);
  }
  assertEquals(client!.stretches, 1);
});

Deno.test("a laptop that slept for two minutes comes back without its password and gets what it missed", () => {
  const world = makeWorld(4, { clients: 2, profile: CLEAN });
  const { simulation, clients: [ana, budi] } = world;
  logIn(world, world.clients, "sleep");
  pause(world, 1);
  simulation.network.setPartitioned(ana!.address, true);
  ana!.send("typed before the lid was closed");
  budi!.send("said meanwhile");
  pause(world, 120);
  simulation.network.setPartitioned(ana!.address, false);
  const isDone = () =>
    ana!.room.bySequence.size === 2 && budi!.room.bySequence.size === 2;
  assert(simulation.runUntil(isDone, 20 * SECOND_US));
  assertEquals(ana!.stretches, 1);
  assertEquals([...ana!.room.bySequence.values()], [
    "said meanwhile",
    "typed before the lid was closed",
  ]);
});

Deno.test("a ticket that the server cannot open any more is followed by the password on the same connection", () => {
  const world = makeWorld(5, { clients: 2, profile: CLEAN });
  const { server, clients } = world;
  logIn(world, clients, "fallback");
  pause(world, 1);
  kill(world, server);
  const secrets = { ...server.secrets, resetKey: new Uint8Array(32) };
  const second = start(world, server, { secrets });
  awaitReturn(world, "fallback");
  assertEquals(clients.map(({ stretches }) => stretches), [2, 2]);
  assertEquals(second.endpoint.stats.handshakes, 2);
  // The new tickets are good again.
  pause(world, 1);
  kill(world, second);
  start(world, second);
  awaitReturn(world, "after the fallback");
  assertEquals(clients.map(({ stretches }) => stretches), [2, 2]);
});

Deno.test("a changed password voids every ticket: who knows only the old one is out", () => {
  const world = makeWorld(6, { clients: 1, profile: CLEAN });
  const { server, simulation, clients: [client] } = world;
  logIn(world, world.clients, "changed");
  pause(world, 1);
  kill(world, server);
  const second = start(world, server, { password: "another one" });
  const isOut = () => client!.isOut;
  assert(simulation.runUntil(isOut, 60 * SECOND_US));
  assertEquals(eventsOf(client!, "ended").map(({ reason }) => reason), [
    { code: "refused", refusal: { code: "wrongPassword" } },
  ]);
  assert(!second.notices.some(({ type }) => type === "joined"));
});

Deno.test("a client shows its ticket to nobody but the server that gave it", () => {
  const world = makeWorld(7, { clients: 1, profile: CLEAN });
  const { server, clients: [client] } = world;
  logIn(world, world.clients, "identity");
  pause(world, 1);
  kill(world, server);
  // This one could open the ticket. The simulated client has pinned no key.
  const staticSecret = new Uint8Array(32).fill(1);
  start(world, server, { secrets: { ...server.secrets, staticSecret } });
  awaitReturn(world, "identity");
  assertEquals(client!.stretches, 2);
});

Deno.test("a ticket of a server that does not prove itself replaces none", () => {
  const world = makeWorld(9, { clients: 1, profile: CLEAN });
  const { server, simulation, clients: [client] } = world;
  logIn(world, world.clients, "unproven");
  pause(world, 1);
  kill(world, server);
  const prng = new Prng("impostor's ticket");
  const impostor = new Impostor(server, {
    type: "ticket",
    ticket: prng.bytes(250),
    secret: prng.bytes(32),
    lifetimeSeconds: 60,
  });
  simulation.add(impostor);
  client!.connection!.evict();
  pause(world, 10);
  assertEquals(impostor.asked, ["resume"]);
  simulation.remove(impostor);
  start(world, server);
  awaitReturn(world, "unproven");
  assertEquals(client!.stretches, 1);
});

Deno.test("a refused ticket is not tried again", () => {
  const world = makeWorld(11, { clients: 1, profile: CLEAN });
  const { server, simulation, clients: [client] } = world;
  logIn(world, world.clients, "refused");
  pause(world, 1);
  kill(world, server);
  const impostor = new Impostor(server, { type: "ticketRefused" });
  simulation.add(impostor);
  client!.connection!.evict();
  // It never answers the password, so the client begins again and again.
  const hasAskedAgain = () => impostor.asked.length === 4;
  assert(simulation.runUntil(hasAskedAgain, 100 * SECOND_US));
  assertEquals(impostor.asked, ["resume", "start", "start", "start"]);
});

Deno.test("a ticket is not tried after its lifetime", () => {
  const world = makeWorld(12, { clients: 1, profile: CLEAN });
  const { server, simulation, clients: [client] } = world;
  logIn(world, world.clients, "lifetime");
  pause(world, 1);
  kill(world, server);
  const impostor = new Impostor(server, { type: "ticketRefused" });
  simulation.add(impostor);
  simulation.nowUs += MAX_TICKET_LIFETIME_SECONDS * SECOND_US;
  client!.connection!.evict();
  pause(world, 5);
  assertEquals(impostor.asked, ["start"]);
});

Deno.test("a ticket ends with the stay in the room: a later login needs the password", () => {
  const world = makeWorld(10, { clients: 1, profile: CLEAN });
  const { server, simulation, clients: [client] } = world;
  logIn(world, world.clients, "stay");
  pause(world, 1);
  kill(world, server);
  simulation.network.setPartitioned(client!.address, true);
  start(world, server);
  const namesake = new SimClient(world.prng.fork(), {
    name: client!.name,
    address: { hostname: "10.0.2.1", port: 5000 },
    server: server.address,
    disk: world.disk,
    simulation,
  });
  simulation.add(namesake);
  logIn(world, [namesake], "namesake");
  simulation.network.setPartitioned(client!.address, false);
  const isOut = () => client!.isOut;
  assert(simulation.runUntil(isOut, 60 * SECOND_US));
  assertEquals(eventsOf(client!, "ended").length, 1);
  assertEquals(client!.stretches, 1, "the name was refused after the ticket");
  client!.login("wrong");
  assert(simulation.runUntil(isOut, 10 * SECOND_US));
  const [refused] = eventsOf(client!, "loginRefused");
  assertEquals(refused?.refusal, { code: "wrongPassword" });
});

Deno.test("a resumption that was recorded and is played back lets nobody in", () => {
  const world = makeWorld(8, { clients: 1, profile: CLEAN });
  const { server, simulation, clients: [client] } = world;
  logIn(world, world.clients, "replay");
  pause(world, 1);
  const recorded: Uint8Array[] = simulation.network.recorded = [];
  client!.connection!.evict();
  awaitReturn(world, "replay");
  pause(world, 1);
  client!.quit();
  pause(world, 2);
  simulation.network.recorded = undefined;
  const noticed = server.notices.length;
  const handshakes = server.endpoint.stats.handshakes;
  // From the same address, within the life of the cookie.
  for (const datagram of recorded) {
    const { nowUs } = simulation;
    simulation.network.send(client!.address, server.address, datagram, nowUs);
  }
  pause(world, 5);
  assert(server.endpoint.stats.handshakes > handshakes, "the cookie was good");
  assertEquals(server.notices.slice(noticed), []);
});
