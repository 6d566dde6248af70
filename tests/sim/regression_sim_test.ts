/**
 * What random runs have found, each cut down to what it needs, by name.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { US_PER_S } from "../../lib/base/time.ts";
import { logIn, makeWorld } from "./chat_world.ts";
import { Network } from "./network.ts";
import { PRESETS } from "./network_profile.ts";
import { Peer, SERVER } from "./peer.ts";
import { Simulation } from "./simulation.ts";

// deno task fuzz, endpoint seed "1 0", case 152.
Deno.test("regression: writing after the end of a stream, before the end is acknowledged, is ignored", () => {
  const prng = new Prng(1);
  const network = new Network(prng.fork(), PRESETS["lan"]!);
  const simulation = new Simulation(network);
  const server = new Peer(prng.fork(), true);
  const client = new Peer(prng.fork(), false);
  simulation.add(server);
  simulation.add(client);
  client.endpoint.connect(SERVER, simulation.nowUs);
  const isOpen = () => client.established && server.established;
  assert(simulation.runUntil(isOpen, 5_000_000));
  const { streams } = client.connection!;
  client.write(0, 3);
  streams.finish(0);
  streams.write(0, Uint8Array.of(1, 2, 3));
  simulation.runUntil(() => false, 1_000_000);
  assertEquals(server.stream(0).readBytes, 3);
  assert(server.connection!.streams.isFinished(0));
});

// deno task sim, seed 3532.
Deno.test("regression: a stream that its client stops before its bytes are there is forgotten", () => {
  const world = makeWorld(1, { clients: 1, profile: PRESETS["lan"]! });
  const { simulation, server, clients } = world;
  logIn(world, clients, "stopped");
  const { streams } = clients[0]!.connection!;
  const streamId = streams.open(1)!;
  streams.stop(streamId, 0);
  simulation.runUntil(() => false, US_PER_S);
  streams.write(streamId, Uint8Array.of(1, 2, 3));
  streams.finish(streamId);
  simulation.runUntil(() => false, 5 * US_PER_S);
  const [there] = [...server.connections.values()];
  const { size, readBytes } = there!.streams.set;
  assertEquals([size, readBytes], [1, streams.set.sentBytes]);
});
