/** The driver and its sockets on the loopback interface. */
import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { loadSodium } from "../../lib/crypto/sodium.ts";
import { monotonicUs } from "../../lib/net/monotonic_clock.ts";
import { UdpDriver } from "../../lib/net/udp_driver.ts";
import { UdpSocket } from "../../lib/net/udp_socket.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import type { ConnectionEvent } from "../../lib/transport/connection_event.ts";
import { Endpoint, type EndpointEvent } from "../../lib/transport/endpoint.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../../lib/transport/transport_config.ts";

const crypto = await loadSodium();
const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const SESSION_KEY = new Uint8Array(64).fill(1);

/** An endpoint on a socket, whose application logs in with one message each way. */
class Host implements AsyncDisposable {
  readonly socket: UdpSocket;
  readonly endpoint: Endpoint;
  readonly driver: UdpDriver;
  readonly errors: unknown[] = [];
  readonly events: ConnectionEvent[] = [];
  connection: Connection | undefined;
  /** Called after each event, with what a test adds to the application. */
  onEvent: (event: ConnectionEvent) => void = () => {};
  readonly #isServer: boolean;
  readonly #waiting: { isDone: () => boolean; resolve: () => void }[] = [];

  constructor(
    seed: string,
    isServer: boolean,
    socket = UdpSocket.bind(LOOPBACK),
  ) {
    const prng = new Prng(seed);
    const random = (length: number) => prng.bytes(length);
    this.#isServer = isServer;
    this.socket = socket;
    this.endpoint = new Endpoint({
      config: DEFAULT_TRANSPORT_CONFIG,
      crypto,
      random,
      ...(isServer
        ? { server: { staticSecret: random(32), resetKey: random(32) } }
        : {}),
    });
    this.driver = new UdpDriver({
      endpoint: this.endpoint,
      sockets: [this.socket],
      nowUs: monotonicUs,
      onEvent: (event) => this.#handleEvent(event),
      onError: (error) => this.errors.push(error),
    });
  }

  async connect(to: Host): Promise<void> {
    this.endpoint.connect(to.socket.local, monotonicUs());
    await this.driver.wake();
  }

  /** Waits for a condition, which is asked after every event. */
  until(isDone: () => boolean): Promise<void> {
    if (isDone()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ isDone, resolve }));
  }

  has(type: ConnectionEvent["type"]): boolean {
    return this.events.some((event) => event.type === type);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.driver[Symbol.asyncDispose]();
  }

  #handleEvent({ connection, event }: EndpointEvent): void {
    this.connection = connection;
    this.events.push(event);
    if (event.type === "identified") {
      connection.sendAuth(new Uint8Array(50));
      connection.authenticated(SESSION_KEY);
    }
    if (event.type === "authReadable" && this.#isServer) {
      connection.authenticated(SESSION_KEY);
    }
    this.onEvent(event);
    for (const [index, wait] of [...this.#waiting.entries()].reverse()) {
      if (!wait.isDone()) continue;
      this.#waiting.splice(index, 1);
      wait.resolve();
    }
  }
}

/** Waits until a datagram sent to a host by a stranger has been handled. */
async function untilCounted(host: Host, count: number): Promise<void> {
  while (host.endpoint.stats.junk < count) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

Deno.test("UdpDriver goes on after a datagram that nothing answers", async () => {
  await using server = new Host("server", true);
  await using client = new Host("client", false);
  using stranger = UdpSocket.bind(LOOPBACK);
  await stranger.send(new Uint8Array(100), server.socket.local);
  await untilCounted(server, 1);
  await client.connect(server);
  await server.until(() => server.has("established"));
  await client.until(() => client.has("established"));
  assert(server.errors.length === 0);
  assertEquals(client.errors, []);
});
