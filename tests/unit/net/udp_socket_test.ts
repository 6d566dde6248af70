/** UdpSocket on a connection that fails as real ones do, on some systems. */
import { assertEquals } from "@std/assert";
import { UdpSocket } from "../../../lib/net/udp_socket.ts";
import { MAX_RECEIVED_DATAGRAM_BYTES } from "../../../lib/wire/packet.ts";

const PEER = { transport: "udp", hostname: "10.0.0.2", port: 5000 } as const;
const TO = { hostname: "10.0.0.2", port: 5000 };

/** Gives what the test scripts, then waits until it is closed. */
class FakeConn {
  readonly addr = {
    transport: "udp",
    hostname: "10.0.0.1",
    port: 8080,
  } as const;
  readonly sent: Uint8Array[] = [];
  readonly #script: (Uint8Array | Error)[];
  #close: ((error: Error) => void) | undefined;
  closes = 0;
  sendError: Error | undefined;

  constructor(...script: (Uint8Array | Error)[]) {
    this.#script = script;
  }

  receive(buffer: Uint8Array): Promise<[Uint8Array, Deno.Addr]> {
    const next = this.#script.shift();
    if (next === undefined) {
      return new Promise((_, reject) => this.#close = reject);
    }
    if (next instanceof Error) return Promise.reject(next);
    const length = Math.min(next.length, buffer.length);
    buffer.set(next.subarray(0, length));
    return Promise.resolve([buffer.subarray(0, length), PEER]);
  }

  send(bytes: Uint8Array): Promise<number> {
    if (this.sendError !== undefined) return Promise.reject(this.sendError);
    this.sent.push(bytes.slice());
    return Promise.resolve(bytes.length);
  }

  close(): void {
    this.closes++;
    this.#close?.(new Deno.errors.Interrupted("closed"));
  }
}

function socketOn(conn: FakeConn): UdpSocket {
  return new UdpSocket(conn as unknown as Deno.DatagramConn);
}

/** Receives until that many datagrams came. */
async function receiveAll(conn: FakeConn, count: number): Promise<number[]> {
  using socket = socketOn(conn);
  const lengths: number[] = [];
  await socket.receive((_datagram, length, from) => {
    assertEquals(from.hostname, PEER.hostname);
    lengths.push(length);
    if (lengths.length === count) socket.close();
  });
  return lengths;
}

Deno.test("UdpSocket.receive() hands over datagrams with their length and sender", async () => {
  const conn = new FakeConn(
    new Uint8Array(5),
    new Uint8Array(0),
    new Uint8Array(9),
  );
  assertEquals(await receiveAll(conn, 3), [5, 0, 9]);
});

Deno.test("UdpSocket.receive() survives a connection that Windows says was reset", async () => {
  const reset = () => new Deno.errors.ConnectionReset("os error 10054");
  const conn = new FakeConn(
    reset(),
    new Uint8Array(5),
    reset(),
    new Error("A message was larger than the buffer (os error 10040)"),
    new Uint8Array(6),
  );
  assertEquals(await receiveAll(conn, 2), [5, 6]);
});

Deno.test("UdpSocket.receive() drops what fills its buffer", async () => {
  const conn = new FakeConn(
    new Uint8Array(MAX_RECEIVED_DATAGRAM_BYTES),
    new Uint8Array(60_000),
    new Uint8Array(MAX_RECEIVED_DATAGRAM_BYTES - 1),
  );
  assertEquals(await receiveAll(conn, 1), [MAX_RECEIVED_DATAGRAM_BYTES - 1]);
});

Deno.test("UdpSocket.receive() survives a handler that fails", async () => {
  const conn = new FakeConn(new Uint8Array(1), new Uint8Array(2));
  using socket = socketOn(conn);
  const lengths: number[] = [];
  await socket.receive((_datagram, length) => {
    lengths.push(length);
    if (length === 2) socket.close();
    else throw new TypeError("a bug");
  });
  assertEquals(lengths, [1, 2]);
});

Deno.test("UdpSocket.receive() ends when the socket is closed, once", async () => {
  const conn = new FakeConn();
  const socket = socketOn(conn);
  const receiving = socket.receive(() => {});
  socket.close();
  socket.close();
  await receiving;
  assertEquals(conn.closes, 1);
});

Deno.test("UdpSocket.receive() ends when the system has no socket any more", async () => {
  const conn = new FakeConn(new Deno.errors.BadResource("bad resource"));
  using socket = socketOn(conn);
  await socket.receive(() => {});
});

Deno.test("UdpSocket.receive() pauses now and then while the interface is broken", async () => {
  const errors = Array.from({ length: 40 }, () => new Error("broken"));
  const conn = new FakeConn(...errors, new Uint8Array(3));
  const original = globalThis.setTimeout;
  const pauses: (number | undefined)[] = [];
  const immediate = (run: () => void, delayMs?: number) => {
    pauses.push(delayMs);
    queueMicrotask(run);
  };
  Object.assign(globalThis, { setTimeout: immediate });
  try {
    assertEquals(await receiveAll(conn, 1), [3]);
  } finally {
    Object.assign(globalThis, { setTimeout: original });
  }
  assertEquals(pauses, [100, 100]);
});

Deno.test("UdpSocket.send() takes what the network refuses for lost", async () => {
  const conn = new FakeConn();
  using socket = socketOn(conn);
  await socket.send(Uint8Array.of(1), TO);
  conn.sendError = new Deno.errors.ConnectionRefused("unreachable");
  await socket.send(Uint8Array.of(2), TO);
  conn.sendError = undefined;
  await socket.send(Uint8Array.of(3), TO);
  assertEquals(conn.sent, [Uint8Array.of(1), Uint8Array.of(3)]);
});

Deno.test("UdpSocket.local is where it is bound", () => {
  using socket = socketOn(new FakeConn());
  assertEquals(socket.local, { hostname: "10.0.0.1", port: 8080 });
});
