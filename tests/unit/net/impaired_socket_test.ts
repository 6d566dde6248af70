import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../../lib/base/prng.ts";
import {
  ImpairedSocket,
  MAX_HELD_DATAGRAMS,
  MAX_QUEUE_MS,
  REORDER_MS,
  type Timers,
} from "../../../lib/net/impaired_socket.ts";
import { type Impairment, NO_IMPAIRMENT } from "../../../lib/net/impairment.ts";
import type {
  DatagramHandler,
  DatagramSocket,
} from "../../../lib/net/udp_socket.ts";

const PEER = { hostname: "10.0.0.2", port: 5_000 };

/** Time that passes when a test says so. */
class VirtualTimers implements Timers {
  #nowMs = 0;
  readonly #timers = new Set<{ dueMs: number; run: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  start(delayMs: number, run: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get count(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined || next.dueMs > endMs) break;
      this.#timers.delete(next);
      this.#nowMs = next.dueMs;
      next.run();
    }
    this.#nowMs = endMs;
  }
}

/** A socket that keeps what is sent, and receives what a test gives it. */
class FakeSocket implements DatagramSocket {
  readonly local = { hostname: "10.0.0.1", port: 8080 };
  readonly sent: { bytes: Uint8Array; timeMs: number }[] = [];
  isClosed = false;
  #handler: DatagramHandler = () => {};
  readonly #timers: Timers;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  receive(handler: DatagramHandler): Promise<void> {
    this.#handler = handler;
    return Promise.resolve();
  }

  send(datagram: Uint8Array): Promise<void> {
    assert(!this.isClosed, "nothing is sent on a closed socket");
    const bytes = datagram.slice();
    this.sent.push({ bytes, timeMs: this.#timers.nowMs() });
    return Promise.resolve();
  }

  arrive(bytes: Uint8Array): void {
    const buffer = new Uint8Array(2048);
    buffer.set(bytes);
    this.#handler(buffer, bytes.length, PEER);
    buffer.fill(0xff);
  }

  close(): void {
    this.isClosed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function open(impairment: Partial<Impairment>): {
  impaired: ImpairedSocket;
  socket: FakeSocket;
  timers: VirtualTimers;
  send: (count: number, length?: number) => void;
  /** The numbers that arrived, and when. */
  sent: () => number[];
} {
  const timers = new VirtualTimers();
  const socket = new FakeSocket(timers);
  const impaired = new ImpairedSocket({
    socket,
    impairment: { ...NO_IMPAIRMENT, ...impairment },
    prng: new Prng(1),
    timers,
  });
  const send = (count: number, length = 100) => {
    const buffer = new Uint8Array(length);
    for (let i = 0; i < count; i++) {
      new DataView(buffer.buffer).setUint32(0, i);
      void impaired.send(buffer, PEER);
    }
    buffer.fill(0);
  };
  const sent = () =>
    socket.sent.map(({ bytes }) => new DataView(bytes.buffer).getUint32(0));
  return { impaired, socket, timers, send, sent };
}

function ascending(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

Deno.test("ImpairedSocket without an impairment lets everything through at once", () => {
  const { send, sent, timers, impaired, socket } = open({});
  send(10);
  assertEquals(sent(), ascending(10));
  assertEquals(timers.count, 0);
  assertEquals(impaired.local, socket.local);
});

Deno.test("ImpairedSocket loses about the percentage that is wanted", () => {
  const { send, sent } = open({ loss: 20 });
  send(10_000);
  assert(Math.abs(sent().length - 8_000) < 200, `${sent().length}`);
});

Deno.test("ImpairedSocket loses all at 100 percent", () => {
  const all = open({ loss: 100 });
  all.send(100);
  assertEquals(all.sent(), []);
});

Deno.test("ImpairedSocket delays by the milliseconds that are wanted", () => {
  const { send, sent, timers, socket } = open({ delay: 80 });
  send(3);
  timers.advance(79);
  assertEquals(sent(), []);
  timers.advance(1);
  assertEquals(sent(), [0, 1, 2]);
  assert(socket.sent.every(({ timeMs }) => timeMs === 80));
  assertEquals(timers.count, 0);
});

Deno.test("ImpairedSocket keeps the order in spite of jitter", () => {
  const { send, sent, timers, socket } = open({ delay: 10, jitter: 50 });
  for (let i = 0; i < 20; i++) {
    send(50);
    timers.advance(3);
  }
  timers.advance(100);
  const times = socket.sent.map(({ timeMs }) => timeMs);
  assert(new Set(times).size > 10, "the delay differs");
  assertEquals(sent(), Array.from({ length: 20 }, () => ascending(50)).flat());
});

Deno.test("ImpairedSocket lets later datagrams overtake reordered ones", () => {
  const { send, sent, timers, socket } = open({ reorder: 10, delay: 5 });
  send(1_000);
  timers.advance(5 + REORDER_MS);
  const late = socket.sent.filter(({ timeMs }) => timeMs === 5 + REORDER_MS);
  assert(late.length > 50 && late.length < 150, `${late.length}`);
  assertEquals(sent().toSorted((a, b) => a - b), ascending(1_000));
});

Deno.test("ImpairedSocket sends some twice", () => {
  const { send, sent } = open({ duplicate: 10 });
  send(1_000);
  assertEquals(new Set(sent()).size, 1_000);
  assert(Math.abs(sent().length - 1_100) < 40, `${sent().length}`);
});

Deno.test("ImpairedSocket changes one bit of a corrupted datagram", () => {
  const { socket, impaired } = open({ corrupt: 100 });
  const datagram = new Uint8Array(50);
  void impaired.send(datagram, PEER);
  const bits = [...socket.sent[0]!.bytes].map((byte) =>
    byte.toString(2).replaceAll("0", "").length
  );
  assertEquals(bits.reduce((sum, count) => sum + count, 0), 1);
  assertEquals(datagram, new Uint8Array(50), "the caller's bytes stay");
});

Deno.test("ImpairedSocket lets no more through than the rate", () => {
  // 80 kbit/s are 10 bytes a millisecond: 100 bytes take 10 ms.
  const { send, sent, timers } = open({ rate: 80 });
  send(10);
  timers.advance(50);
  assertEquals(sent().length, 5);
  timers.advance(50);
  assertEquals(sent(), ascending(10));
});

Deno.test("ImpairedSocket loses what a slow link's queue has no room for", () => {
  const { send, sent, timers } = open({ rate: 80 });
  send(200);
  timers.advance(10_000);
  assertEquals(sent(), ascending(MAX_QUEUE_MS / 10 + 1));
});

Deno.test("ImpairedSocket holds a bounded number back", () => {
  const { send, sent, timers } = open({ delay: 5_000 });
  send(MAX_HELD_DATAGRAMS + 100);
  timers.advance(5_000);
  assertEquals(sent().length, MAX_HELD_DATAGRAMS);
});

Deno.test("ImpairedSocket impairs what it receives likewise", async () => {
  const { impaired, socket, timers } = open({ delay: 30, duplicate: 100 });
  const received: number[][] = [];
  await impaired.receive((datagram, length, from) => {
    received.push([...datagram.subarray(0, length)]);
    assertEquals(from, PEER);
    // A packet is opened in place.
    datagram.fill(0);
  });
  socket.arrive(Uint8Array.of(1, 2, 3));
  assertEquals(received, []);
  timers.advance(30);
  assertEquals(received, [[1, 2, 3], [1, 2, 3]]);
});

Deno.test("ImpairedSocket.close() sends what it holds, and leaves no timer", async () => {
  const { impaired, socket, timers, send, sent } = open({ delay: 30 });
  let received = 0;
  await impaired.receive(() => received++);
  send(2);
  socket.arrive(Uint8Array.of(1));
  impaired.close();
  assertEquals(sent(), [0, 1]);
  assert(socket.isClosed);
  timers.advance(1_000);
  assertEquals([timers.count, received], [0, 0]);
});

Deno.test("ImpairedSocket with one seed does the same again", () => {
  const runs = [1, 2].map(() => {
    const { send, sent } = open({ loss: 30, duplicate: 10 });
    send(500);
    return sent();
  });
  assertEquals(runs[0], runs[1]);
});
