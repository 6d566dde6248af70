/** The driver's loop around an endpoint and a socket of the test's making. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { UdpDriver } from "../../../lib/net/udp_driver.ts";
import type {
  DatagramHandler,
  DatagramSocket,
} from "../../../lib/net/udp_socket.ts";
import type { Address } from "../../../lib/transport/address.ts";
import type {
  Endpoint,
  EndpointEvent,
} from "../../../lib/transport/endpoint.ts";

const PEER: Address = { hostname: "10.0.0.2", port: 5000 };

/** A socket that is fed by hand. */
class FakeSocket implements DatagramSocket {
  readonly local: Address;
  readonly sent: { bytes: number[]; to: Address }[] = [];
  isClosed = false;
  handler: DatagramHandler | undefined;
  #end: (() => void) | undefined;

  constructor(hostname = "0.0.0.0") {
    this.local = { hostname, port: 8080 };
  }

  receive(handler: DatagramHandler): Promise<void> {
    this.handler = handler;
    return new Promise((resolve) => this.#end = resolve);
  }

  async send(datagram: Uint8Array, to: Address): Promise<void> {
    // A turn of the event loop, as a system call takes: timers get theirs.
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.sent.push({ bytes: [...datagram], to });
  }

  close(): void {
    this.isClosed = true;
    this.#end?.();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** An endpoint that does as it is told, and notes what it is asked. */
class FakeEndpoint {
  readonly handled: number[] = [];
  timeouts = 0;
  toSend: { to: Address; byte: number }[] = [];
  events: string[] = [];
  deadlineUs: number | undefined;
  /** Runs at each call; may fail. */
  onDatagram: () => void = () => {};
  onTimeout: () => void = () => {};
  onPoll: () => void = () => {};

  handleDatagram(datagram: Uint8Array, length: number): void {
    this.handled.push(length);
    assert(datagram.length >= length);
    this.onDatagram();
  }

  handleTimeout(): void {
    this.timeouts++;
    this.deadlineUs = undefined;
    this.onTimeout();
  }

  pollTransmit(
    buffer: Uint8Array,
  ): { to: Address; length: number } | undefined {
    this.onPoll();
    const next = this.toSend.shift();
    if (next === undefined) return undefined;
    buffer[0] = next.byte;
    return { to: next.to, length: 1 };
  }

  pollEvent(): EndpointEvent | undefined {
    const type = this.events.shift();
    return type === undefined
      ? undefined
      : { event: { type } } as EndpointEvent;
  }
}

/** A driver with all around it. */
class Bench implements AsyncDisposable {
  readonly endpoint = new FakeEndpoint();
  readonly sockets: FakeSocket[];
  readonly driver: UdpDriver;
  readonly events: string[] = [];
  readonly errors: unknown[] = [];
  onEvent: (type: string) => void = () => {};

  constructor(...sockets: FakeSocket[]) {
    this.sockets = sockets.length > 0 ? sockets : [new FakeSocket()];
    this.driver = new UdpDriver({
      endpoint: this.endpoint as unknown as Endpoint,
      sockets: this.sockets,
      nowUs: () => 1_000_000,
      onEvent: ({ event }) => {
        this.events.push(event.type);
        this.onEvent(event.type);
      },
      onError: (error) => this.errors.push(error),
    });
  }

  get socket(): FakeSocket {
    return this.sockets[0]!;
  }

  /** A datagram of that length arrives. */
  arrive(length: number): Promise<void> {
    this.socket.handler!(new Uint8Array(64), length, PEER);
    return this.driver.wake();
  }

  /** So many datagrams wait in the system's buffer: they come out one by one, in as many microtasks as with Deno. */
  async arriveInTurn(datagrams: number): Promise<void> {
    for (let length = 1; length <= datagrams; length++) {
      for (let i = 0; i < 2; i++) await undefined;
      this.socket.handler!(new Uint8Array(64), length, PEER);
    }
  }

  /** From now on each poll answers all that came since the last with one datagram, which says how many. */
  answerTogether(): void {
    let unanswered = 0;
    this.endpoint.onDatagram = () => unanswered++;
    this.endpoint.onPoll = () => {
      if (unanswered === 0) return;
      this.endpoint.toSend.push({ to: PEER, byte: unanswered });
      unanswered = 0;
    };
  }

  /** What the answers so far said. */
  get answers(): number[] {
    return this.socket.sent.map(({ bytes }) => bytes[0]!);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.driver[Symbol.asyncDispose]();
  }
}

/** Lets everything happen that needs no turn of the event loop. */
async function microtasks(): Promise<void> {
  for (let i = 0; i < 20; i++) await undefined;
}

Deno.test("UdpDriver handles a datagram and sends what follows from it", async () => {
  await using bench = new Bench();
  bench.endpoint.onDatagram = () =>
    bench.endpoint.toSend.push({ to: PEER, byte: 7 });
  await bench.arrive(5);
  await bench.arrive(6);
  assertEquals(bench.endpoint.handled, [5, 6]);
  assertEquals(bench.socket.sent.map(({ bytes }) => bytes), [[7], [7]]);
});

Deno.test("UdpDriver goes on after input that needs no output", async () => {
  await using bench = new Bench();
  await bench.arrive(1);
  bench.endpoint.toSend.push({ to: PEER, byte: 1 });
  await bench.arrive(2);
  assertEquals(bench.socket.sent.length, 1);
});

Deno.test("UdpDriver reports events before it sends, and sends what they cause", async () => {
  await using bench = new Bench();
  const { endpoint } = bench;
  endpoint.events.push("established");
  bench.onEvent = () =>
    endpoint.toSend.push({ to: PEER, byte: bench.socket.sent.length });
  await bench.driver.wake();
  assertEquals(bench.events, ["established"]);
  assertEquals(bench.socket.sent.length, 1);
});

Deno.test("UdpDriver handles input that arrives while it sends", async () => {
  await using bench = new Bench();
  const { endpoint } = bench;
  endpoint.toSend.push({ to: PEER, byte: 1 });
  const sending = bench.driver.wake();
  endpoint.onDatagram = () => {
    endpoint.events.push("streamReadable");
    endpoint.toSend.push({ to: PEER, byte: 2 });
  };
  void bench.arrive(3);
  await sending;
  assertEquals(bench.events, ["streamReadable"]);
  assertEquals(bench.socket.sent.map(({ bytes }) => bytes[0]), [1, 2]);
});

Deno.test("UdpDriver answers all datagrams that wait by one", async () => {
  await using bench = new Bench();
  bench.answerTogether();
  await bench.arriveInTurn(20);
  await microtasks();
  await bench.driver.wake();
  assertEquals(bench.answers, [20]);
});

Deno.test("UdpDriver answers a lone datagram without waiting for a timer", async () => {
  await using bench = new Bench();
  bench.endpoint.toSend.push({ to: PEER, byte: 1 });
  bench.socket.handler!(new Uint8Array(64), 1, PEER);
  await microtasks();
  assertEquals(bench.endpoint.toSend, []);
});

Deno.test("UdpDriver sends at once what its application has while it takes in datagrams", async () => {
  await using bench = new Bench();
  bench.socket.handler!(new Uint8Array(64), 1, PEER);
  bench.endpoint.toSend.push({ to: PEER, byte: 1 });
  void bench.driver.wake();
  assertEquals(bench.endpoint.toSend, []);
});

// The nth datagram has n bytes: 64 KiB have come with the 362nd.
Deno.test("UdpDriver answers after a bounded number of bytes, however many wait", async () => {
  await using bench = new Bench();
  bench.answerTogether();
  const arriving = bench.arriveInTurn(1_000);
  let before = 0;
  const answer = bench.endpoint.onPoll;
  bench.endpoint.onPoll = () => {
    before ||= bench.endpoint.handled.length;
    answer();
  };
  await arriving;
  assert(before >= 361 && before < 370, `after ${before} datagrams`);
});

Deno.test("UdpDriver answers datagrams together after a flood that came while it sent", async () => {
  await using bench = new Bench();
  bench.endpoint.toSend.push({ to: PEER, byte: 255 });
  const sending = bench.driver.wake();
  for (let i = 0; i < 300; i++) {
    bench.socket.handler!(new Uint8Array(64), 1, PEER);
  }
  await sending;
  bench.answerTogether();
  await bench.arriveInTurn(20);
  await microtasks();
  await bench.driver.wake();
  assertEquals(bench.answers, [255, 20]);
});

// A flood that makes an answer for each datagram: output never ends. Without
// care the loop would do nothing else.
Deno.test("UdpDriver reports events and acts on deadlines during a flood", async () => {
  await using bench = new Bench();
  const { endpoint } = bench;
  let floods = true;
  let polls = 0;
  endpoint.onPoll = () => {
    // Ends by itself where the loop starves, so that the test can fail.
    if (floods && polls++ < 500) endpoint.toSend.push({ to: PEER, byte: 0 });
    if (polls === 10) {
      endpoint.deadlineUs = 1_000_000;
      endpoint.events.push("streamReadable");
    }
  };
  endpoint.onTimeout = () => floods = false;
  await bench.driver.wake();
  assertEquals([bench.events, endpoint.timeouts], [["streamReadable"], 1]);
  assert(polls < 500, "the flood was what ended it");
});

Deno.test("UdpDriver calls handleTimeout when the deadline has come", async () => {
  await using bench = new Bench();
  const { endpoint } = bench;
  const { promise, resolve } = Promise.withResolvers<void>();
  endpoint.onTimeout = resolve;
  endpoint.deadlineUs = 1_000_000 + 1_500;
  await bench.driver.wake();
  assertEquals(endpoint.timeouts, 0);
  await promise;
  assertEquals(endpoint.timeouts, 1);
});

Deno.test("UdpDriver takes an earlier deadline that comes up later", async () => {
  await using bench = new Bench();
  const { endpoint } = bench;
  endpoint.deadlineUs = 1_000_000 + 3_600_000_000;
  await bench.driver.wake();
  const { promise, resolve } = Promise.withResolvers<void>();
  endpoint.onTimeout = resolve;
  endpoint.deadlineUs = 1_000_000;
  await bench.driver.wake();
  await promise;
});

Deno.test("UdpDriver reports a bug and goes on, wherever it shows", async () => {
  await using bench = new Bench();
  const { endpoint } = bench;
  const fail = (what: string) => () => {
    throw new TypeError(what);
  };
  endpoint.onDatagram = fail("handleDatagram");
  await bench.arrive(1);
  endpoint.events.push("established", "established");
  bench.onEvent = fail("onEvent");
  await bench.driver.wake();
  let failures = 1;
  endpoint.onPoll = () => {
    if (failures-- > 0) throw new TypeError("pollTransmit");
  };
  endpoint.toSend.push({ to: PEER, byte: 9 });
  await bench.driver.wake();
  assertEquals(bench.events.length, 2);
  assertEquals(bench.socket.sent.map(({ bytes }) => bytes), [[9]]);
  const expected = ["handleDatagram", "onEvent", "onEvent", "pollTransmit"];
  assertEquals(bench.errors.length, expected.length);
  for (const [index, error] of bench.errors.entries()) {
    assertStringIncludes(String(error), expected[index]!);
  }
});

Deno.test("UdpDriver sends by the socket of the address's family", async () => {
  await using bench = new Bench(
    new FakeSocket("::"),
    new FakeSocket("0.0.0.0"),
  );
  const { endpoint, sockets } = bench;
  endpoint.toSend.push({ to: PEER, byte: 4 });
  endpoint.toSend.push({ to: { hostname: "fe80::1", port: 1 }, byte: 6 });
  await bench.driver.wake();
  assertEquals(sockets.map(({ sent }) => sent.map(({ bytes }) => bytes)), [
    [[6]],
    [[4]],
  ]);
});

Deno.test("UdpDriver's one socket takes both families", async () => {
  await using bench = new Bench(new FakeSocket("::"));
  bench.endpoint.toSend.push({
    to: { hostname: "::ffff:10.0.0.1", port: 1 },
    byte: 4,
  });
  bench.endpoint.toSend.push({ to: PEER, byte: 5 });
  await bench.driver.wake();
  assertEquals(bench.socket.sent.length, 2);
});

Deno.test("UdpDriver sends what is ready when it is disposed, and handles nothing after", async () => {
  const bench = new Bench();
  const { endpoint, socket } = bench;
  endpoint.deadlineUs = 1_000_000;
  endpoint.toSend.push({ to: PEER, byte: 1 });
  const disposing = bench.driver[Symbol.asyncDispose]();
  socket.handler!(new Uint8Array(8), 4, PEER);
  await disposing;
  assertEquals([socket.sent.length, socket.isClosed], [1, true]);
  assertEquals(endpoint.handled, []);
  endpoint.toSend.push({ to: PEER, byte: 2 });
  await bench.driver.wake();
  assertEquals(socket.sent.length, 1);
});

Deno.test("UdpDriver.rebind() goes on with another socket", async () => {
  await using bench = new Bench();
  const next = new FakeSocket();
  bench.driver.rebind(() => {
    assertEquals(bench.socket.isClosed, true);
    return next;
  });
  bench.endpoint.toSend.push({ to: PEER, byte: 1 });
  await bench.driver.wake();
  next.handler!(new Uint8Array(8), 4, PEER);
  assertEquals([bench.socket.sent.length, next.sent.length], [0, 1]);
  assertEquals(bench.endpoint.handled, [4]);
});
