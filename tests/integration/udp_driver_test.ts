/** The driver and its sockets on the loopback interface. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { loadSodium } from "../../lib/crypto/sodium.ts";
import {
  bindClientSocket,
  bindServerSockets,
  CLIENT_PORTS,
  plainAddress,
  resolveHost,
} from "../../lib/net/bind.ts";
import { monotonicUs } from "../../lib/net/monotonic_clock.ts";
import { UdpDriver } from "../../lib/net/udp_driver.ts";
import { UdpSocket } from "../../lib/net/udp_socket.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import type { ConnectionEvent } from "../../lib/transport/connection_event.ts";
import { Endpoint, type EndpointEvent } from "../../lib/transport/endpoint.ts";
import {
  DEFAULT_TRANSPORT_CONFIG,
  MAX_SENT_DATAGRAM_BYTES,
} from "../../lib/transport/transport_config.ts";
import {
  MAX_DATAGRAM_BYTES,
  MAX_RECEIVED_DATAGRAM_BYTES,
} from "../../lib/wire/packet.ts";

const crypto = await loadSodium();
const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const HAS_IPV6 = hasIpv6();
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
    const { endpoint } = this;
    const handleDatagram = endpoint.handleDatagram.bind(endpoint);
    endpoint.handleDatagram = (...input) => {
      handleDatagram(...input);
      this.#askWaiting();
    };
    this.driver = new UdpDriver({
      endpoint,
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

  /** True when the size of the path is found, and everything that was sent has arrived. */
  get isAtRest(): boolean {
    const { mtuBytes, inFlightBytes } = this.connection!.stats;
    return mtuBytes > MAX_SENT_DATAGRAM_BYTES && inFlightBytes === 0;
  }

  /** Waits for a condition, which is asked after every datagram and every event. */
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
    this.#askWaiting();
  }

  #askWaiting(): void {
    for (const [index, wait] of [...this.#waiting.entries()].reverse()) {
      if (!wait.isDone()) continue;
      this.#waiting.splice(index, 1);
      wait.resolve();
    }
  }
}

/** Sends datagrams by hand, from a socket of their own. */
async function sendRaw(to: Host, ...datagrams: Uint8Array[]): Promise<void> {
  using stranger = UdpSocket.bind(LOOPBACK);
  for (const datagram of datagrams) {
    await stranger.send(datagram, to.socket.local);
  }
}

/** A client connected to a server. */
async function connected(): Promise<{ server: Host; client: Host }> {
  const server = new Host("server", true);
  const client = new Host("client", false);
  await client.connect(server);
  await server.until(() => server.has("established"));
  await client.until(() => client.has("established"));
  return { server, client };
}

Deno.test("UdpDriver carries messages both ways over real sockets", async () => {
  const { server, client } = await connected();
  await using _server = server;
  await using _client = client;
  const echo = () => {
    const bytes = server.connection!.streams.read(0);
    if (bytes !== undefined) server.connection!.streams.write(0, bytes);
  };
  server.onEvent = ({ type }) => {
    if (type === "streamReadable") echo();
  };
  const received: number[] = [];
  client.onEvent = ({ type }) => {
    if (type !== "streamReadable") return;
    received.push(...client.connection!.streams.read(0) ?? []);
  };
  const message = new Prng(1).bytes(500);
  client.connection!.streams.write(0, message);
  await client.driver.wake();
  await client.until(() => received.length === 500);
  assertEquals(received, [...message]);
  assertEquals([server.errors, client.errors], [[], []]);
});

Deno.test("UdpDriver answers all datagrams that wait by one", async () => {
  const { server, client } = await connected();
  await using _server = server;
  await using _client = client;
  for (const host of [server, client]) await host.until(() => host.isAtRest);
  const before = server.connection!.stats;
  // Sealed by hand and sent without a pause, so that all are there when the server looks.
  const datagrams: Uint8Array[] = [];
  for (let i = 0; i < 10; i++) {
    client.connection!.streams.write(0, new Uint8Array(100));
    const buffer = new Uint8Array(MAX_DATAGRAM_BYTES);
    const sent = client.endpoint.pollTransmit(buffer, monotonicUs());
    datagrams.push(buffer.subarray(0, sent!.length));
  }
  const { socket } = client;
  await Promise.all(
    datagrams.map((datagram) => socket.send(datagram, server.socket.local)),
  );
  await client.until(() => client.isAtRest);
  const { receivedDatagrams, sentDatagrams } = server.connection!.stats;
  assertEquals(receivedDatagrams - before.receivedDatagrams, 10);
  assertEquals(sentDatagrams - before.sentDatagrams, 1);
});

// Elsewhere the system may not carry a datagram of that size.
Deno.test({
  name: "UdpDriver fills large datagrams inside one computer",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { server, client } = await connected();
    await using _server = server;
    await using _client = client;
    for (const host of [server, client]) await host.until(() => host.isAtRest);
    assertEquals(client.connection!.stats.mtuBytes, MAX_DATAGRAM_BYTES);
    const sent = new Prng(1).bytes(200_000);
    const received: number[] = [];
    server.onEvent = () => {
      for (;;) {
        const bytes = server.connection!.streams.read(0);
        if (bytes === undefined) return;
        for (const byte of bytes) received.push(byte);
      }
    };
    client.connection!.streams.write(0, sent);
    await client.driver.wake();
    await server.until(() => received.length === sent.length);
    assertEquals(Uint8Array.from(received), sent);
    const { sentDatagrams } = client.connection!.stats;
    assert(sentDatagrams < 100, `${sentDatagrams} datagrams`);
  },
});

Deno.test("UdpDriver tells the peer when it is disposed after a close", async () => {
  const { server, client } = await connected();
  await using _server = server;
  client.connection!.close(3, "quit", monotonicUs());
  await client[Symbol.asyncDispose]();
  await server.until(() => server.has("closed"));
  const reason = { type: "application", code: 3, reason: "quit" };
  assertEquals(
    server.events.at(-1),
    { type: "closed", reason } as ConnectionEvent,
  );
});

Deno.test("UdpDriver goes on after datagrams that nothing answers", async () => {
  await using server = new Host("server", true);
  await using client = new Host("client", false);
  await sendRaw(
    server,
    new Uint8Array(0),
    new Uint8Array(100),
    new Uint8Array(1_500),
    // Longer than anybody sends, and than the buffer.
    new Uint8Array(MAX_RECEIVED_DATAGRAM_BYTES),
    new Uint8Array(2 * MAX_RECEIVED_DATAGRAM_BYTES),
  );
  await client.connect(server);
  await server.until(() => server.has("established"));
  await client.until(() => client.has("established"));
  // What fills the buffer was dropped before it was counted.
  assertEquals(server.endpoint.stats.junk, 3);
  assertEquals([server.errors, client.errors], [[], []]);
});

Deno.test("UdpDriver goes on after it sent to a port that nobody has", async () => {
  const { server, client } = await connected();
  await using _server = server;
  await using _client = client;
  // Two in a row: some systems report the refusal of the first at the second.
  for (let i = 0; i < 2; i++) {
    client.endpoint.connect({ hostname: "127.0.0.1", port: 1 }, monotonicUs());
    await client.driver.wake();
  }
  const { connection } = server;
  server.onEvent = () => connection!.streams.read(0);
  const before = server.events.length;
  const first = [...client.endpoint.connections][0]!;
  first.streams.write(0, new Uint8Array(10));
  await client.driver.wake();
  await server.until(() => server.events.length > before);
  assertEquals(server.events.at(-1), { type: "streamReadable", streamId: 0 });
  assertEquals(client.errors, []);
});

Deno.test("UdpDriver.rebind() keeps the connection when the socket changes", async () => {
  const { server, client } = await connected();
  await using _server = server;
  await using _client = client;
  const oldPort = client.socket.local.port;
  const next = UdpSocket.bind(LOOPBACK);
  client.driver.rebind(() => next);
  server.onEvent = () => server.connection!.streams.read(0);
  const before = server.events.length;
  client.connection!.streams.write(0, new Uint8Array(10));
  await client.driver.wake();
  await server.until(() => server.events.length > before);
  assertEquals(server.connection!.remote.port, next.local.port);
  assert(oldPort !== next.local.port);
});

Deno.test("bindServerSockets() is reached by IPv4 and IPv6 on one port", async () => {
  const sockets = bindServerSockets({ host: undefined, port: 0 });
  const ports = new Set(sockets.map(({ local }) => local.port));
  assertEquals(ports.size, 1);
  const [port] = ports;
  const arrivals: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const receiving = sockets.map((socket) =>
    socket.receive((_datagram, length, from) => {
      arrivals.push(`${length} from ${plainAddress(from).hostname}`);
      if (arrivals.length === 2) resolve();
    })
  );
  const hosts = HAS_IPV6 ? ["127.0.0.1", "::1"] : ["127.0.0.1", "127.0.0.1"];
  for (const [index, hostname] of hosts.entries()) {
    using client = UdpSocket.bind({ hostname, port: 0 });
    await client.send(new Uint8Array(index + 1), { hostname, port: port! });
  }
  await promise;
  for (const socket of sockets) socket.close();
  await Promise.all(receiving);
  const expected = hosts.map((host, index) => `${index + 1} from ${host}`);
  assertEquals(arrivals.sort(), expected);
});

Deno.test("bindServerSockets() binds the named address alone, and says when its port is taken", () => {
  const [socket, ...others] = bindServerSockets({ host: "127.0.0.1", port: 0 });
  using first = socket!;
  assertEquals(others, []);
  const { port } = first.local;
  assertThrows(
    () => bindServerSockets({ host: "127.0.0.1", port }),
    Deno.errors.AddrInUse,
  );
  assertThrows(
    () => bindServerSockets({ host: undefined, port }),
    Deno.errors.AddrInUse,
  );
});

Deno.test("bindClientSocket() takes a port of its range while one is free, then any", () => {
  const taken: UdpSocket[] = [];
  // Whoever else holds ports of the range here, and however many.
  const inRange = ({ local: { port } }: UdpSocket) =>
    port >= CLIENT_PORTS.first && port <= CLIENT_PORTS.last;
  try {
    do taken.push(bindClientSocket("127.0.0.1", undefined)); while (
      inRange(taken.at(-1)!) && taken.length < 20
    );
    assert(!inRange(taken.at(-1)!), "the range has an end");
    assert(taken.length <= CLIENT_PORTS.last - CLIENT_PORTS.first + 2);
    const { port } = taken.at(-1)!.local;
    assertThrows(
      () => bindClientSocket("127.0.0.1", port),
      Deno.errors.AddrInUse,
    );
  } finally {
    for (const socket of taken) socket.close();
  }
});

Deno.test("resolveHost() finds names and keeps literals", async () => {
  assertEquals(await resolveHost("127.0.0.1"), "127.0.0.1");
  assertEquals(await resolveHost("::1"), "::1");
  const local = await resolveHost("localhost");
  assert(local === "127.0.0.1" || local === "::1", local);
});

/** Whether this machine has IPv6 on its loopback interface. */
function hasIpv6(): boolean {
  try {
    UdpSocket.bind({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
