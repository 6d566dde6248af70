import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { loadSodium } from "../../lib/crypto/sodium.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import type { CloseReason } from "../../lib/transport/connection_event.ts";
import { Endpoint } from "../../lib/transport/endpoint.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../../lib/transport/transport_config.ts";
import { Network } from "./network.ts";
import { drawProfile } from "./network_profile.ts";
import { type Node, Simulation } from "./simulation.ts";

const crypto = await loadSodium();
const SERVER = { hostname: "10.0.0.1", port: 8080 };
const CLIENT = { hostname: "10.0.0.2", port: 5000 };

/** One side of a connection that writes numbered bytes on stream 0 and collects what it reads. */
class Peer implements Node {
  readonly address;
  endpoint: Endpoint;
  connection: Connection | undefined;
  received: number[] = [];
  closed: CloseReason | undefined;
  established = false;
  readonly #isServer: boolean;
  #authBytes = 0;

  constructor(prng: Prng, isServer: boolean) {
    this.#isServer = isServer;
    this.address = isServer ? SERVER : CLIENT;
    const random = (length: number) => prng.bytes(length);
    this.endpoint = new Endpoint({
      config: DEFAULT_TRANSPORT_CONFIG,
      crypto,
      random,
      ...(isServer
        ? { server: { staticSecret: random(32), resetKey: random(32) } }
        : {}),
    });
  }

  onEvent = (
    connection: Connection,
    event: Parameters<Node["onEvent"]>[1],
  ): void => {
    this.connection = connection;
    switch (event.type) {
      case "identified":
        connection.sendAuth(new Uint8Array(100));
        return;
      case "authReadable":
        for (
          let bytes = connection.readAuth();
          bytes !== undefined;
          bytes = connection.readAuth()
        ) {
          this.#onAuth(
            connection,
            this.#authBytes,
            this.#authBytes += bytes.length,
          );
        }
        return;
      case "established":
        this.established = true;
        return;
      case "streamReadable":
        for (;;) {
          const bytes = connection.streams.read(event.streamId);
          if (bytes === undefined) return;
          for (const byte of bytes) this.received.push(byte);
        }
      case "closed":
        this.closed = event.reason;
        return;
      case "streamOpened":
      case "streamReset":
      case "streamStopped":
      case "datagramReceived":
      case "pathResponsive":
      case "pathUnresponsive":
        return;
    }
  };

  /** A login in the shape of the real one: 100 bytes there, 300 back, 64 there. */
  #onAuth(connection: Connection, before: number, after: number): void {
    const reached = (bytes: number) => before < bytes && after >= bytes;
    if (this.#isServer && reached(100)) {
      connection.sendAuth(new Uint8Array(300));
    }
    if (!this.#isServer && reached(300)) {
      connection.sendAuth(new Uint8Array(64));
    }
    if (reached(this.#isServer ? 164 : 300)) {
      connection.authenticated(new Uint8Array(64).fill(7));
    }
  }
}

function run(seed: number): void {
  const prng = new Prng(seed);
  const profile = drawProfile(prng);
  const simulation = new Simulation(new Network(prng.fork(), profile));
  const server = new Peer(prng.fork(), true);
  const client = new Peer(prng.fork(), false);
  simulation.add(server);
  simulation.add(client);
  client.endpoint.connect(SERVER, simulation.nowUs);
  const what = `seed ${seed} ${JSON.stringify(profile)}`;
  assert(
    simulation.runUntil(
      () =>
        (client.established && server.established) ||
        client.closed !== undefined,
      30_000_000,
    ),
    what,
  );
  // Six seconds without an answer may happen at 30 % loss both ways; a person would try again.
  if (client.closed !== undefined) {
    assertEquals(client.closed.type, "silent", what);
    return;
  }
  const expected: number[][] = [[], []];
  for (const [side, peer] of [client, server].entries()) {
    for (let message = 0; message < 40; message++) {
      const bytes = prng.bytes(prng.between(1, 300));
      expected[side]!.push(...bytes);
      simulation.at(simulation.nowUs + prng.below(2_000_000), () => {
        peer.connection!.streams.write(0, bytes);
      });
    }
  }
  const total = (index: number) => expected[index]!.length;
  const isDone = () =>
    server.received.length >= total(0) && client.received.length >= total(1);
  assert(
    simulation.runUntil(isDone, 60_000_000),
    `${what}: got ${server.received.length} of ${
      total(0)
    }, ${client.received.length} of ${total(1)}; ${
      JSON.stringify([client.closed, server.closed])
    }`,
  );
  simulation.runUntil(() => false, 5_000_000);
  assertEquals(server.received.length, total(0), what);
  assertEquals(client.received.length, total(1), what);
}

Deno.test("a connection delivers everything once and in order on a bad network, 1,000 seeds", () => {
  for (let seed = 1; seed <= 1000; seed++) run(seed);
});
