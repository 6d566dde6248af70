/** What strangers get from a server: little, and never more than they sent. */
import {
  assert,
  assertEquals,
  assertObjectMatch,
  assertThrows,
} from "@std/assert";
import { Writer } from "../../../lib/base/bytes.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../../../lib/transport/transport_config.ts";
import {
  decodeHeader,
  encodeCookie,
  encodeReply,
  encodeVersionNegotiation,
  MIN_HELLO_BYTES,
  PROTOCOL_VERSION,
} from "../../../lib/wire/packet.ts";
import { CLIENT, Pair, SERVER } from "./pair.ts";
import { addressOf, helloOf, LoneServer, Stranger } from "./stranger.ts";

const { maxPendingConnections } = DEFAULT_TRANSPORT_CONFIG;

Deno.test("a server keeps nothing for a Hello without a cookie", () => {
  const server = new LoneServer();
  for (let i = 0; i < 1_000; i++) {
    const stranger = new Stranger(server, i);
    const answers = server.take(stranger.encode(0), stranger.address);
    assertEquals(answers.length, 1);
    assertEquals(answers[0]!.bytes[0], 0x82);
  }
  const { endpoint } = server;
  assertEquals([endpoint.size, endpoint.deadlineUs], [0, undefined]);
  assertEquals([endpoint.stats.handshakes, endpoint.stats.cookies], [0, 1_000]);
});

Deno.test("a server begins a connection for a Hello with its cookie, and sends a smaller Reply", () => {
  const server = new LoneServer();
  const stranger = new Stranger(server, 1);
  const hello = stranger.admitted(server);
  const answers = server.take(hello, stranger.address);
  assertEquals(answers.length, 1);
  const [{ bytes, to }] = answers as [typeof answers[0]];
  assertEquals([bytes[0], to], [0x83, stranger.address]);
  assert(bytes.length < hello.length);
  assertEquals(server.endpoint.size, 1);
});

Deno.test("a server takes a cookie from no other address, port or connection ID", () => {
  const server = new LoneServer();
  const stranger = new Stranger(server, 1);
  const hello = stranger.admitted(server);
  const otherPort = { ...stranger.address, port: 5_001 };
  for (const from of [addressOf(2), otherPort]) {
    assertEquals(server.take(hello, from)[0]!.bytes[0], 0x82);
  }
  const changed = hello.slice();
  changed[13]! ^= 1;
  assertEquals(server.take(changed, stranger.address)[0]!.bytes[0], 0x82);
  assertEquals(server.endpoint.size, 0);
});

Deno.test("a server takes a cookie for ten seconds and not for twenty", () => {
  const server = new LoneServer();
  const stranger = new Stranger(server, 1);
  const hello = stranger.admitted(server);
  server.nowUs += 20_000_000;
  assertEquals(server.take(hello, stranger.address)[0]!.bytes[0], 0x82);
  assertEquals(server.endpoint.size, 0);
  const again = stranger.admitted(server);
  server.nowUs += 9_999_999;
  assertEquals(server.take(again, stranger.address)[0]!.bytes[0], 0x83);
});

Deno.test("a server takes no cookie with any bit changed", () => {
  const server = new LoneServer();
  const stranger = new Stranger(server, 1);
  const hello = stranger.admitted(server);
  const header = decodeHeader(hello, hello.length);
  assert(header?.type === "hello");
  const start = hello.length;
  for (let bit = 0; bit < header.cookie.length * 8; bit++) {
    const cookie = header.cookie.slice();
    cookie[bit >> 3]! ^= 1 << (bit & 7);
    const forged = helloOf({ ...header, cookie });
    assertEquals(forged.length, start);
    assertEquals(server.take(forged, stranger.address)[0]!.bytes[0], 0x82);
  }
  assertEquals(server.endpoint.size, 0);
});

Deno.test("a repeated Hello gets the same Reply, and no second handshake", () => {
  const server = new LoneServer();
  const stranger = new Stranger(server, 1);
  const hello = stranger.admitted(server);
  const [first] = server.take(hello, stranger.address);
  for (let i = 0; i < 5; i++) {
    server.nowUs += 1_000_000;
    assertEquals(server.take(hello, stranger.address), [first]);
  }
  assertEquals(server.endpoint.stats.handshakes, 1);
  assertEquals(server.endpoint.size, 1);
});

Deno.test("a Hello from an established client's address changes nothing", () => {
  const pair = new Pair();
  pair.establish();
  const hello = pair.sent.filter(({ bytes }) => bytes[0] === 0x81).at(-1)!;
  const before = pair.sent.length;
  pair.inject(pair.server, hello.bytes);
  pair.advance(1_000_000);
  assertEquals(pair.sent.length, before);
  assertEquals(pair.server.closed, undefined);
});

Deno.test("an undamaged Hello replaces the connection of a damaged one", () => {
  const pair = new Pair();
  let damaged = 0;
  pair.delivers = (datagram, toServer) => {
    const header = decodeHeader(datagram, datagram.length);
    const isTarget = toServer && header?.type === "hello" &&
      header.cookie.length > 0;
    if (isTarget && damaged++ === 0) header.noiseMessage[3]! ^= 1;
    return true;
  };
  pair.connect();
  assert(pair.runUntil(() => damaged > 0, 1_000_000));
  pair.advance(10_000);
  assertEquals(pair.client.has("identified"), false);
  assert(pair.runUntil(() => pair.client.has("established"), 3_000_000));
  assertEquals(pair.server.endpoint.size, 1);
  assertEquals(pair.server.endpoint.stats.evicted, 1);
});

Deno.test("a damaged copy of its Hello does not end a login that is under way", () => {
  const pair = new Pair();
  pair.server.logsIn = false;
  pair.connect();
  assert(pair.runUntil(() => pair.server.has("authReadable"), 1_000_000));
  const { bytes } = pair.sent.filter(({ bytes }) => bytes[0] === 0x81).at(-1)!;
  const damaged = bytes.slice();
  const header = decodeHeader(damaged, damaged.length);
  assert(header?.type === "hello" && header.cookie.length > 0);
  header.noiseMessage[3]! ^= 1;
  const before = pair.sent.length;
  pair.inject(pair.server, damaged);
  pair.drain(pair.server);
  assertEquals(pair.server.closed, undefined);
  assertEquals(pair.server.endpoint.size, 1);
  assertEquals(pair.sent.length, before);
});

Deno.test("a forged Reply does not disturb a client that waits for the true one", () => {
  const pair = new Pair();
  const client = pair.connect();
  const { prng } = pair;
  pair.drain(pair.client);
  for (let i = 0; i < 50; i++) {
    const writer = new Writer(new Uint8Array(600));
    encodeReply(writer, {
      destinationId: client.connectionId,
      sourceId: prng.bytes(8),
      noiseMessage: prng.bytes(prng.between(1, 512)),
    });
    pair.inject(pair.client, writer.bytes.slice(0, writer.position));
    pair.drain(pair.client);
  }
  assertEquals([pair.client.events, pair.sent.length], [[], 1]);
  assert(pair.runUntil(() => pair.client.has("established"), 3_000_000));
});

Deno.test("a forged Cookie costs a client one Hello", () => {
  const pair = new Pair();
  const client = pair.connect();
  pair.drain(pair.client);
  const writer = new Writer(new Uint8Array(100));
  encodeCookie(writer, {
    destinationId: client.connectionId,
    sourceId: new Uint8Array(8),
    cookie: new Uint8Array(17),
  });
  for (let i = 0; i < 5; i++) {
    pair.inject(pair.client, writer.bytes.slice(0, writer.position));
    pair.drain(pair.client);
  }
  assertEquals(pair.sent.length, 2);
  assert(pair.runUntil(() => pair.client.has("established"), 3_000_000));
});

/** A version negotiation packet for a client. */
function versions(destinationId: Uint8Array, ...list: number[]): Uint8Array {
  const writer = new Writer(new Uint8Array(100));
  const sourceId = new Uint8Array(8);
  encodeVersionNegotiation(writer, { destinationId, sourceId, versions: list });
  return writer.bytes.slice(0, writer.position);
}

Deno.test("a server tells its version to a client that speaks another", () => {
  const server = new LoneServer();
  const hello = new Stranger(server, 1).encode(0);
  const header = decodeHeader(hello, hello.length);
  assert(header?.type === "hello");
  new DataView(hello.buffer).setUint32(1, PROTOCOL_VERSION + 1);
  const answers = server.take(hello, CLIENT);
  assertEquals(answers.length, 1);
  const { bytes } = answers[0]!;
  const answer = decodeHeader(bytes, bytes.length);
  assert(answer?.type === "versionNegotiation");
  assertEquals(answer.versions, [PROTOCOL_VERSION]);
  assertEquals(answer.destinationId, header.sourceId);
  assertEquals(answer.sourceId, header.destinationId);
  assert(bytes.length < hello.length);
  assertEquals(server.endpoint.size, 0);
});

Deno.test("a client says which versions the server speaks", () => {
  const pair = new Pair();
  const client = pair.connect();
  pair.inject(pair.client, versions(client.connectionId, 5, 6));
  pair.drain(pair.client);
  assertEquals(pair.client.closed, { type: "version", supported: [5, 6] });
  assertEquals(pair.client.endpoint.size, 0);
});

Deno.test("a client ignores version negotiation that is not for it", () => {
  const pair = new Pair();
  const client = pair.connect();
  pair.inject(pair.client, versions(new Uint8Array(8), 5));
  pair.inject(pair.client, versions(client.connectionId, 5, PROTOCOL_VERSION));
  pair.drain(pair.client);
  assertEquals(pair.client.closed, undefined);
  assert(pair.runUntil(() => pair.client.has("identified"), 1_000_000));
  pair.inject(pair.client, versions(client.connectionId, 5));
  assert(pair.runUntil(() => pair.client.has("established"), 1_000_000));
});

/** Datagrams of every length and of every kind a stranger can make. */
function* strangeDatagrams(server: LoneServer): Generator<Uint8Array> {
  const { prng } = server;
  const stranger = new Stranger(server, 1);
  const hello = stranger.encode(0);
  const admitted = stranger.admitted(server);
  const otherVersion = hello.slice();
  otherVersion[1] = 0;
  for (let length = 0; length <= 2_048; length++) {
    const junk = prng.bytes(length);
    yield junk;
    for (
      const first of [0x00, 0x40, 0x60, 0x63, 0x70, 0xc0, 0x80, 0x82, 0x83]
    ) {
      const kind = junk.slice();
      if (length > 0) kind[0] = first;
      yield kind;
    }
    for (const whole of [hello, admitted, otherVersion]) {
      const part = new Uint8Array(length);
      part.set(whole.subarray(0, length));
      yield part;
    }
  }
}

Deno.test("a server answers no datagram by more than one, nor by more bytes", () => {
  const server = new LoneServer();
  let answered = 0;
  for (const datagram of strangeDatagrams(server)) {
    server.nowUs += 1_000;
    const answers = server.take(datagram, addressOf(1));
    const what = `${datagram.length} bytes, first ${datagram[0]}`;
    assert(answers.length <= 1, what);
    for (const { bytes, to } of answers) {
      assert(bytes.length < datagram.length, what);
      assertEquals(to, addressOf(1));
      answered++;
    }
  }
  assert(answered > 4_000, `${answered} answered`);
  assert(server.endpoint.size <= 1);
});

Deno.test("a server answers nothing shorter than a Hello but unknown connections", () => {
  const server = new LoneServer();
  for (const datagram of strangeDatagrams(server)) {
    if (datagram.length >= MIN_HELLO_BYTES) break;
    server.nowUs += 1_000;
    const isShort = datagram.length > 0 && datagram[0]! >>> 6 === 1;
    if (isShort) continue;
    assertEquals(server.take(datagram, addressOf(1)), []);
  }
});

Deno.test("a server with a flood of answers queues a bounded number", () => {
  const server = new LoneServer();
  const hello = new Stranger(server, 1).encode(0);
  for (let i = 0; i < 10_000; i++) {
    server.endpoint.handleDatagram(hello, hello.length, {
      from: addressOf(i),
      nowUs: server.nowUs,
    });
  }
  assert(server.drain().length <= 256);
});

Deno.test("a flood of strangers does not hold up those who are in", () => {
  const pair = new Pair();
  const { server } = pair.establish();
  const hello = pair.sent[0]!.bytes;
  for (let i = 0; i < 100; i++) {
    pair.inject(pair.server, hello, addressOf(i));
  }
  server.streams.write(0, new Uint8Array(10));
  const { endpoint } = pair.server;
  const buffer = new Uint8Array(2_048);
  assertEquals(endpoint.pollTransmit(buffer, pair.nowUs)?.to, CLIENT);
  // Its deadline is known too, while answers still wait.
  pair.inject(pair.server, hello, addressOf(1));
  endpoint.pollTransmit(buffer, pair.nowUs);
  assert(endpoint.deadlineUs! < pair.nowUs + 1_000_000);
});

Deno.test("a server computes a bounded number of handshakes a second", () => {
  const server = new LoneServer({ maxHandshakesPerSecond: 20 });
  const hellos = Array.from({ length: 60 }, (_, i) => {
    const stranger = new Stranger(server, i);
    return { stranger, hello: stranger.admitted(server) };
  });
  const accepted = () =>
    hellos.filter(({ stranger, hello }) =>
      server.take(hello, stranger.address)[0]?.bytes[0] === 0x83
    ).length;
  assertEquals(accepted(), 20);
  const { stats } = server.endpoint;
  assertEquals([stats.handshakes, stats.refusedHellos], [20, 40]);
  server.nowUs += 500_000;
  accepted();
  assertEquals(stats.handshakes, 30);
});

Deno.test("a server drops a Hello whose Noise message is wrong, and counts its work", () => {
  const server = new LoneServer();
  const stranger = new Stranger(server, 1);
  const hello = stranger.admitted(server);
  const header = decodeHeader(hello, hello.length);
  assert(header?.type === "hello");
  const bad = helloOf({ ...header, noiseMessage: new Uint8Array(40) });
  assertEquals(server.take(bad, stranger.address), []);
  assertEquals(server.endpoint.size, 0);
  assertEquals(server.endpoint.stats.handshakes, 1);
});

// Four in five stop after their first Hello, the others after the Reply; these
// come as fast as the server computes handshakes. A real client connects in the
// midst of them.
Deno.test("10,000 clients that never finish the handshake leave room for one that does", () => {
  const pair = new Pair();
  const lone = new LoneServer();
  const { endpoint } = pair.server;
  const buffer = new Uint8Array(2_048);
  const answerTo = (hello: Uint8Array, index: number) => {
    pair.inject(pair.server, hello, addressOf(index));
    const answer = endpoint.pollTransmit(buffer, pair.nowUs);
    return answer && decodeHeader(buffer, answer.length);
  };
  const hello = new Stranger(lone, 0).encode(0);
  let most = 0;
  for (let i = 0; i < 10_000; i++) {
    if (i % 5 !== 0) {
      assertEquals(answerTo(hello, i)?.type, "cookie");
      continue;
    }
    pair.nowUs += 2_500;
    const stranger = new Stranger(lone, i);
    const cookie = answerTo(stranger.encode(pair.nowUs), i);
    assert(cookie?.type === "cookie");
    stranger.hello.handleCookie(cookie.cookie, pair.nowUs);
    answerTo(stranger.encode(pair.nowUs), i);
    most = Math.max(most, endpoint.size);
    if (i === 8_000) pair.connect();
    if (i >= 8_000) pair.runUntil(() => false, 0);
    else pair.drain(pair.server);
  }
  assert(endpoint.stats.handshakes > 1_900);
  assert(most <= maxPendingConnections + 1, `${most} connections`);
  assertEquals(pair.client.has("established"), true);
  pair.loseFlying();
  pair.advance(20_000_000);
  assertEquals(endpoint.size, 1);
  assertEquals(pair.client.closed, undefined);
});

Deno.test("connections that are closing count among those without a login", () => {
  const server = new LoneServer({ maxPendingConnections: 4 });
  for (let i = 0; i < 20; i++) {
    const stranger = new Stranger(server, i);
    const [reply] = server.take(stranger.admitted(server), stranger.address);
    assertEquals(reply?.bytes[0], 0x83);
    for (const connection of server.endpoint.connections) {
      connection.close(1, "refused", server.nowUs);
    }
    server.drain();
  }
  assert(server.endpoint.size <= 4, `${server.endpoint.size} connections`);
});

Deno.test("a server takes no connection beyond its limit, and those there stay", () => {
  const pair = new Pair({ server: { maxConnections: 1 } });
  pair.establish();
  const lone = new LoneServer();
  const stranger = new Stranger(lone, 1);
  const buffer = new Uint8Array(2_048);
  const answerTo = (hello: Uint8Array) => {
    pair.inject(pair.server, hello, stranger.address);
    const answer = pair.server.endpoint.pollTransmit(buffer, pair.nowUs);
    return answer && decodeHeader(buffer, answer.length);
  };
  const cookie = answerTo(stranger.encode(0));
  assert(cookie?.type === "cookie");
  stranger.hello.handleCookie(cookie.cookie, 0);
  assertEquals(answerTo(stranger.encode(0)), undefined);
  pair.advance(1_000_000);
  assertEquals(pair.server.closed, undefined);
  assertEquals(pair.server.endpoint.size, 1);
});

Deno.test("a client accepts nobody", () => {
  const pair = new Pair();
  pair.connect();
  pair.drain(pair.client);
  const hello = pair.sent[0]!.bytes;
  const other = hello.slice();
  other[1] = 0;
  for (const datagram of [hello, other]) {
    pair.inject(pair.client, datagram, SERVER);
  }
  pair.drain(pair.client);
  assertEquals([pair.client.endpoint.size, pair.sent.length], [1, 1]);
  assertEquals(pair.client.endpoint.stats.junk, 2);
});

Deno.test("a bug that shows when a connection sends ends that connection alone", () => {
  const pair = new Pair();
  const { server } = pair.establish();
  pair.server.sealFailure = new TypeError("a bug");
  server.streams.write(0, new Uint8Array(5));
  assertThrows(() => pair.drain(pair.server), TypeError);
  pair.drain(pair.server);
  assertObjectMatch(pair.server.closed!, { type: "transport", code: 1 });
  assertEquals(pair.server.endpoint.size, 0);
  pair.server.sealFailure = undefined;
  pair.client.events.length = pair.server.events.length = 0;
  pair.establish();
});
