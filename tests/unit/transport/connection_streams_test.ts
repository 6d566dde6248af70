/** Streams of a connection: what arrives, what they cost, and how they end. */
import { assert, assertEquals } from "@std/assert";
import type { Connection } from "../../../lib/transport/connection.ts";
import { Hostile, payload, streamFrame } from "./hostile.ts";
import { Pair, type Side } from "./pair.ts";

/** Small, so that a leak shows after a few streams. */
const SMALL = { maxData: 6_000, maxStreamData: 3_000, maxStreams: 4 };

function bytes(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed) & 255);
}

/** An established pair with little credit on both sides. */
function smallPair(): Pair {
  const pair = new Pair({ client: SMALL, server: SMALL });
  pair.establish();
  return pair;
}

Deno.test("stream 0 is there on both sides and carries bytes both ways", () => {
  const pair = new Pair();
  const { client, server } = pair.establish();
  client.streams.write(0, bytes(5_000, 1));
  server.streams.write(0, bytes(7_000, 2));
  pair.advance(1_000_000);
  assertEquals(pair.server.bytesOf(0), bytes(5_000, 1));
  assertEquals(pair.client.bytesOf(0), bytes(7_000, 2));
  assertEquals(client.streams.bufferedBytes(0), 0);
});

Deno.test("a stream that both ends open carries bytes both ways and ends", () => {
  for (const opener of ["client", "server"] as const) {
    const pair = new Pair();
    pair.establish();
    const [one, other] = opener === "client"
      ? [pair.client, pair.server]
      : [pair.server, pair.client];
    const id = one.connection!.streams.open(8)!;
    one.connection!.streams.write(id, bytes(10));
    one.connection!.streams.finish(id);
    pair.advance(100_000);
    assert(other.has("streamOpened"));
    assertEquals(other.bytesOf(id), bytes(10));
    assertEquals(other.connection!.streams.isFinished(id), true);
    assertEquals(one.connection!.streams.isFinished(id), false);
    other.connection!.streams.write(id, bytes(20));
    other.connection!.streams.finish(id);
    pair.advance(100_000);
    assertEquals(one.bytesOf(id), bytes(20));
    assertEquals(one.connection!.streams.isFinished(id), true);
  }
});

Deno.test("a stream cannot be opened before the login, nor beyond the limit", () => {
  const pair = new Pair({ server: { maxStreams: 3 } });
  const connection = pair.connect();
  assertEquals(connection.streams.open(8), undefined);
  pair.establish();
  const { streams } = pair.client.connection!;
  assertEquals([streams.open(8), streams.open(8)], [2, 4]);
  assertEquals(streams.open(8), undefined);
});

Deno.test("a sender waits for credit, and goes on when the reader reads", () => {
  const pair = smallPair();
  pair.server.reads = false;
  const { streams } = pair.client.connection!;
  const id = streams.open(8)!;
  streams.write(id, bytes(20_000));
  streams.finish(id);
  pair.advance(2_000_000);
  assertEquals(streams.bufferedBytes(id), 20_000 - SMALL.maxStreamData);
  pair.server.reads = true;
  pair.server.read(pair.server.connection!, id);
  pair.advance(5_000_000);
  assertEquals(pair.server.bytesOf(id), bytes(20_000));
});

Deno.test("streams that are not read take the connection's credit from others, and give it back", () => {
  const pair = smallPair();
  pair.server.reads = false;
  const { streams } = pair.client.connection!;
  const ids = [0, 0, 0].map(() => streams.open(8)!);
  for (const id of ids) streams.write(id, bytes(3_000));
  pair.advance(1_000_000);
  const left = ids.map((id) => streams.bufferedBytes(id));
  assertEquals(left.reduce((sum, count) => sum + count), 3_000);
  for (let round = 0; round < 3; round++) {
    for (const id of ids) pair.server.read(pair.server.connection!, id);
    pair.advance(1_000_000);
  }
  assertEquals(ids.map((id) => streams.bufferedBytes(id)), [0, 0, 0]);
});

Deno.test("the chat's bytes pass a file's in both directions", () => {
  for (const from of ["client", "server"] as const) {
    const pair = new Pair();
    pair.establish();
    const side = pair[from];
    const reader = from === "client" ? pair.server : pair.client;
    const { streams } = side.connection!;
    const file = streams.open(8)!;
    streams.write(file, bytes(200_000));
    pair.advance(5_000);
    const atStart = reader.bytesOf(file).length;
    streams.write(0, bytes(100));
    assert(pair.runUntil(() => reader.bytesOf(0).length === 100, 1_000_000));
    const passed = reader.bytesOf(file).length - atStart;
    assert(passed < 100_000, `${from}: ${passed} bytes of the file came first`);
    assert(reader.bytesOf(file).length < 200_000);
  }
});

Deno.test("equal streams share the connection", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  const ids = [0, 0, 0].map(() => client.streams.open(8)!);
  for (const id of ids) client.streams.write(id, bytes(300_000));
  pair.runUntil(() => pair.server.bytesOf(ids[0]!).length > 50_000, 9_000_000);
  const counts = ids.map((id) => pair.server.bytesOf(id).length);
  assert(Math.min(...counts) > 40_000, counts.join());
  assert(Math.max(...counts) < 60_000, counts.join());
});

Deno.test("a stream that was reset is told once, and its bytes are gone", () => {
  const pair = new Pair();
  const { client, server } = pair.establish();
  pair.server.reads = false;
  const id = client.streams.open(8)!;
  client.streams.write(id, bytes(500));
  pair.advance(100_000);
  client.streams.reset(id, 42);
  client.streams.write(id, bytes(500));
  pair.advance(100_000);
  assertEquals(
    pair.server.events.filter(({ type }) => type === "streamReset"),
    [{ type: "streamReset", streamId: id, code: 42 }],
  );
  assertEquals(server.streams.read(id), undefined);
  assertEquals(client.streams.bufferedBytes(id), 0);
});

Deno.test("a stream that is stopped is cut off by its sender with the same code", () => {
  const pair = new Pair();
  const { client, server } = pair.establish();
  const id = client.streams.open(8)!;
  client.streams.write(id, bytes(500_000));
  pair.advance(3_000);
  server.streams.stop(id, 9);
  pair.advance(500_000);
  assertEquals(
    pair.client.events.filter(({ type }) => type === "streamStopped"),
    [{ type: "streamStopped", streamId: id, code: 9 }],
  );
  assertEquals(client.streams.bufferedBytes(id), 0);
  const got = pair.server.bytesOf(id).length;
  assert(got < 500_000, `${got} bytes`);
});

/** How one half of a stream may end. */
const ENDINGS = [
  "finish",
  "reset",
  "stop",
  "finish then stop",
  "stop then reset",
  "empty",
] as const;
type Ending = typeof ENDINGS[number];

/** Ends the half that `from` sends. */
function end(
  ending: Ending,
  id: number,
  from: Connection,
  to: Connection,
): void {
  switch (ending) {
    case "finish":
      from.streams.write(id, bytes(700));
      from.streams.finish(id);
      return;
    case "reset":
      from.streams.write(id, bytes(700));
      from.streams.reset(id, 1);
      return;
    case "stop":
      from.streams.write(id, bytes(700));
      to.streams.stop(id, 2);
      return;
    case "finish then stop":
      from.streams.write(id, bytes(700));
      from.streams.finish(id);
      to.streams.stop(id, 3);
      return;
    case "stop then reset":
      to.streams.stop(id, 4);
      from.streams.write(id, bytes(700));
      from.streams.reset(id, 5);
      return;
    case "empty":
      from.streams.finish(id);
      return;
  }
}

/** Opens streams beyond the limits, one after the other, and ends them so. */
function runStreams(
  pair: Pair,
  opener: Side,
  endings: readonly [Ending, Ending],
  waitUs: number,
): void {
  const acceptor = opener === pair.client ? pair.server : pair.client;
  const [one, other] = [opener.connection!, acceptor.connection!];
  for (let i = 0; i < 2 * SMALL.maxStreams; i++) {
    let id = one.streams.open(8);
    const opened = pair.runUntil(() => {
      id ??= one.streams.open(8);
      return id !== undefined;
    }, 20_000_000);
    assert(opened, `the limit of streams leaks at stream ${i}`);
    one.streams.write(id!, bytes(10));
    const known = () =>
      acceptor.events.some((event) =>
        event.type === "streamOpened" && event.streamId === id
      );
    assert(pair.runUntil(known, 20_000_000), `${endings}: stream ${i}`);
    end(endings[0], id!, one, other);
    pair.advance(waitUs);
    end(endings[1], id!, other, one);
    pair.advance(waitUs);
  }
}

/** All credit is there again: twice as much as there is at once goes through. */
function assertCreditIsWhole(pair: Pair): void {
  pair.delivers = () => true;
  pair.advance(10_000_000);
  for (
    const [from, to] of [[pair.client, pair.server], [
      pair.server,
      pair.client,
    ]] as const
  ) {
    const before = to.bytesOf(0).length;
    to.reads = false;
    from.connection!.streams.write(0, bytes(2 * SMALL.maxData));
    pair.advance(2_000_000);
    const flew = 2 * SMALL.maxData - from.connection!.streams.bufferedBytes(0);
    assertEquals(flew, SMALL.maxStreamData, "credit of the stream");
    to.reads = true;
    to.read(to.connection!, 0);
    pair.advance(5_000_000);
    assertEquals(to.bytesOf(0).length - before, 2 * SMALL.maxData);
    const { set } = to.connection!.streams;
    assertEquals([set.size, set.readBytes], [1, set.receivedBytes]);
    assertEquals(from.connection!.streams.set.sentBytes, set.receivedBytes);
  }
}

for (const lossPercent of [0, 30]) {
  Deno.test(`credit returns however the halves of streams end, ${lossPercent} % lost`, () => {
    for (const opener of ["client", "server"] as const) {
      for (const first of ENDINGS) {
        for (const second of ENDINGS) {
          const pair = smallPair();
          pair.delivers = () => !pair.prng.ratio(lossPercent, 100);
          const waitUs = first === "reset" ? 0 : 5_000;
          runStreams(pair, pair[opener], [first, second], waitUs);
          assertCreditIsWhole(pair);
          assertEquals(pair.client.closed, undefined, `${first}, ${second}`);
        }
      }
    }
  });
}

Deno.test("late frames for a stream that is over are ignored", () => {
  const pair = new Pair();
  const { client, server } = pair.establish();
  const id = client.streams.open(8)!;
  for (const { streams } of [client, server]) {
    streams.write(id, bytes(10));
    streams.finish(id);
  }
  client.streams.finish(id);
  pair.advance(200_000);
  server.streams.finish(id);
  pair.advance(200_000);
  const hostile = new Hostile(pair, pair.client);
  const events = pair.server.events.length;
  hostile.send(payload(
    streamFrame(id, 0, bytes(10)),
    streamFrame(id, 500, bytes(10), true),
    { type: "resetStream", streamId: id, errorCode: 1, finalSize: 3 },
    { type: "stopSending", streamId: id, errorCode: 1 },
    { type: "maxStreamData", streamId: id, maximum: 1 },
  ));
  assertEquals(hostile.closed, undefined);
  assertEquals(pair.server.events.length, events);
});

Deno.test("an application that reads nothing is told of bytes and holds no more than the credit", () => {
  const pair = smallPair();
  pair.server.reads = false;
  const { streams } = pair.client.connection!;
  streams.write(0, bytes(50_000));
  pair.advance(5_000_000);
  assert(pair.server.has("streamReadable"));
  assertEquals(streams.bufferedBytes(0), 50_000 - SMALL.maxStreamData);
});

Deno.test("commands to a stream nobody opened are ignored", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  client.streams.write(98, bytes(5));
  client.streams.finish(98);
  client.streams.reset(98, 1);
  client.streams.stop(98, 1);
  assertEquals(client.streams.read(98), undefined);
  assertEquals(client.streams.isFinished(98), true);
  assertEquals(client.streams.bufferedBytes(98), 0);
});

Deno.test("commands to a connection that is over are ignored", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  client.close(0, "quit", pair.nowUs);
  for (let i = 0; i < 2; i++) {
    client.streams.write(0, bytes(5));
    client.streams.finish(0);
    client.streams.reset(0, 1);
    client.streams.stop(0, 1);
    client.sendAuth(bytes(5));
    assertEquals(client.streams.read(0), undefined);
    assertEquals(client.streams.open(1), undefined);
    pair.advance(3_000_000);
  }
});

Deno.test("streamDrained comes once, when no more waits than was asked for", () => {
  const pair = new Pair();
  const { server } = pair.establish();
  server.streams.notifyDrained(0, 0);
  pair.advance(1);
  assertEquals(pair.server.count("streamDrained"), 1);
  server.streams.write(0, bytes(20_000));
  server.streams.notifyDrained(0, 5_000);
  pair.advance(1);
  assertEquals(pair.server.count("streamDrained"), 1);
  assert(
    pair.runUntil(() => pair.server.count("streamDrained") > 1, 1_000_000),
  );
  assert(server.streams.bufferedBytes(0) <= 5_000);
  pair.advance(1_000_000);
  assertEquals(pair.server.count("streamDrained"), 2);
});
