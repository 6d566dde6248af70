/** Stateless resets, and datagrams that come a second time. */
import { assert, assertEquals } from "@std/assert";
import { concatBytes } from "../../../lib/base/bytes.ts";
import { Endpoint } from "../../../lib/transport/endpoint.ts";
import {
  DEFAULT_TRANSPORT_CONFIG,
  MAX_RESETS_PER_SECOND,
} from "../../../lib/transport/transport_config.ts";
import {
  decodeHeader,
  MIN_SHORT_PACKET_BYTES,
} from "../../../lib/wire/packet.ts";
import { cheapCrypto } from "../../sim/cheap_crypto.ts";
import { CLIENT, Pair, type Side } from "./pair.ts";
import { addressOf, LoneServer } from "./stranger.ts";

/** Secrets that outlive the restarts in these tests. */
const SECRETS = {
  staticSecret: new Uint8Array(32).fill(1),
  resetKey: new Uint8Array(32).fill(2),
};

/** A server that knows no connection, with those secrets. */
function freshServer(pair: Pair): Endpoint {
  return new Endpoint({
    config: DEFAULT_TRANSPORT_CONFIG,
    crypto: cheapCrypto,
    random: (length) => pair.prng.bytes(length),
    server: SECRETS,
  });
}

/** A pair whose server can be restarted. */
function restartable(): Pair {
  const pair = new Pair();
  pair.server.endpoint = freshServer(pair);
  pair.establish();
  return pair;
}

/** A short packet for a connection that nobody knows. */
function unknownPacket(length: number, first = 0x60): Uint8Array {
  const packet = new Uint8Array(length).fill(7);
  packet[0] = first;
  return packet;
}

/** A datagram that ends in a token. */
function resetWith(token: Uint8Array, length = 40): Uint8Array {
  return concatBytes(unknownPacket(length - token.length), token);
}

Deno.test("a server that was restarted resets the connections it forgot", () => {
  const pair = restartable();
  pair.server.endpoint = freshServer(pair);
  pair.client.connection!.streams.write(0, new Uint8Array(50));
  assert(pair.runUntil(() => pair.client.closed !== undefined, 1_000_000));
  assertEquals(pair.client.closed, { type: "reset" });
  pair.advance(10_000_000);
  assertEquals(pair.client.endpoint.size, 0);
});

Deno.test("a reset ends an idle client by its next keep-alive", () => {
  const pair = restartable();
  pair.server.endpoint = freshServer(pair);
  pair.advance(DEFAULT_TRANSPORT_CONFIG.keepAliveUs + 1_000_000);
  assertEquals(pair.client.closed, { type: "reset" });
});

Deno.test("a server with another reset key cannot end a connection", () => {
  const pair = restartable();
  pair.server.endpoint = new Endpoint({
    config: DEFAULT_TRANSPORT_CONFIG,
    crypto: cheapCrypto,
    random: (length) => pair.prng.bytes(length),
    server: { ...SECRETS, resetKey: new Uint8Array(32).fill(3) },
  });
  pair.client.connection!.streams.write(0, new Uint8Array(50));
  pair.advance(10_000_000);
  assertEquals(pair.client.closed, undefined);
  assert(pair.server.endpoint.stats.resets > 0);
});

Deno.test("no wrong token ends a connection", () => {
  const pair = restartable();
  const token = pair.client.connection!.resetToken!;
  for (let bit = 0; bit < 128; bit++) {
    const wrong = token.slice();
    wrong[bit >> 3]! ^= 1 << (bit & 7);
    pair.inject(pair.client, resetWith(wrong));
  }
  const shifted = concatBytes(resetWith(token), new Uint8Array(1));
  pair.inject(pair.client, shifted);
  pair.drain(pair.client);
  assertEquals(pair.client.closed, undefined);
  pair.inject(pair.client, resetWith(token));
  pair.drain(pair.client);
  assertEquals(pair.client.closed, { type: "reset" });
});

Deno.test("a reset of any length that a server sends ends a connection", () => {
  const longest = 60;
  for (let length = MIN_SHORT_PACKET_BYTES; length <= longest; length++) {
    const pair = restartable();
    const token = pair.client.connection!.resetToken!;
    pair.inject(pair.client, resetWith(token, length));
    pair.drain(pair.client);
    assertEquals(pair.client.closed, { type: "reset" }, `${length} bytes`);
  }
});

Deno.test("a server believes no reset", () => {
  const pair = restartable();
  const token = pair.client.connection!.resetToken!;
  pair.inject(pair.server, resetWith(token));
  pair.advance(100_000);
  assertEquals([pair.client.closed, pair.server.closed], [
    undefined,
    undefined,
  ]);
});

Deno.test("a client sends no resets", () => {
  const pair = new Pair();
  pair.connect();
  pair.drain(pair.client);
  for (let length = 0; length < 1_300; length++) {
    pair.inject(pair.client, unknownPacket(length));
  }
  pair.drain(pair.client);
  assertEquals(pair.sent.length, 1);
});

Deno.test("a reset is smaller than what it answers, and the smallest packets get none", () => {
  const server = new LoneServer();
  for (let length = 0; length <= 2_048; length++) {
    server.nowUs += 10_000;
    const answers = server.take(unknownPacket(length), CLIENT);
    if (length <= MIN_SHORT_PACKET_BYTES) {
      assertEquals(answers, [], `${length} bytes`);
      continue;
    }
    assertEquals(answers.length, 1, `${length} bytes`);
    const { bytes } = answers[0]!;
    assert(bytes.length < length);
    assert(bytes.length >= MIN_SHORT_PACKET_BYTES);
    assertEquals(decodeHeader(bytes, bytes.length)?.type, "short");
  }
});

Deno.test("two endpoints that know nothing of each other stop answering resets by resets", () => {
  const one = new LoneServer();
  const other = new LoneServer();
  let datagrams = 0;
  let flying = one.take(unknownPacket(1_200), addressOf(2));
  while (flying.length > 0) {
    assert(++datagrams < 20, "they stop");
    const receiver = datagrams % 2 === 1 ? other : one;
    flying = receiver.take(flying[0]!.bytes, addressOf(1));
  }
  assert(datagrams > 1);
});

Deno.test("a server sends a bounded number of resets a second", () => {
  const server = new LoneServer();
  const burst = () => {
    let resets = 0;
    for (let i = 0; i < 3 * MAX_RESETS_PER_SECOND; i++) {
      resets += server.take(unknownPacket(100), addressOf(i)).length;
    }
    return resets;
  };
  assertEquals(burst(), MAX_RESETS_PER_SECOND);
  assertEquals(burst(), 0);
  server.nowUs += 500_000;
  assertEquals(burst(), MAX_RESETS_PER_SECOND / 2);
  assertEquals(server.endpoint.stats.resets, 1.5 * MAX_RESETS_PER_SECOND);
});

Deno.test("a server's resets show no pattern but their token", () => {
  const server = new LoneServer();
  const packet = unknownPacket(100);
  const [first] = server.take(packet, CLIENT);
  const [second] = server.take(packet, CLIENT);
  assertEquals(first!.bytes.slice(-16), second!.bytes.slice(-16));
  assert(
    first!.bytes.slice(1, 10).join() !== second!.bytes.slice(1, 10).join(),
  );
  packet[5]! ^= 1;
  const [other] = server.take(packet, CLIENT);
  assert(first!.bytes.slice(-16).join() !== other!.bytes.slice(-16).join());
});

/** A session with chat both ways, in which every datagram was recorded. */
function recordedSession(): Pair {
  const pair = new Pair();
  const { client, server } = pair.establish();
  for (let i = 0; i < 10; i++) {
    client.streams.write(0, new Uint8Array(200).fill(i));
    server.streams.write(0, new Uint8Array(300).fill(i));
    pair.advance(50_000);
  }
  pair.advance(1_000_000);
  return pair;
}

/** What both applications have seen. */
function seen(pair: Pair): unknown {
  const of = (side: Side) => [side.events.length, side.bytesOf(0).length];
  return [of(pair.client), of(pair.server)];
}

Deno.test("every datagram of a session, sent again, changes nothing and is not answered", () => {
  const pair = recordedSession();
  const before = seen(pair);
  const session = pair.sent.slice();
  for (let round = 0; round < 2; round++) {
    for (const { bytes, toServer } of session) {
      const since = pair.sent.length;
      pair.inject(toServer ? pair.server : pair.client, bytes);
      pair.drain(pair.client);
      pair.drain(pair.server);
      const answers = pair.sent.slice(since);
      const header = decodeHeader(bytes, bytes.length);
      // Nobody keeps anything for a Hello without a cookie: it gets its Cookie.
      const isFirst = header?.type === "hello" && header.cookie.length === 0;
      const isKnown = header?.type === "hello" && header.cookie.length > 0;
      if (isFirst || isKnown) {
        assert(answers.length <= 1);
        continue;
      }
      assertEquals(answers, [], `${header?.type}`);
    }
  }
  assertEquals(seen(pair), before);
  assertEquals([pair.client.endpoint.size, pair.server.endpoint.size], [1, 1]);
});

Deno.test("every datagram of a session, sent back to its sender, changes nothing", () => {
  const pair = recordedSession();
  const before = seen(pair);
  for (const { bytes, toServer } of pair.sent.slice()) {
    const since = pair.sent.length;
    pair.inject(toServer ? pair.client : pair.server, bytes);
    pair.drain(pair.client);
    pair.drain(pair.server);
    for (const answer of pair.sent.slice(since)) {
      assert(answer.bytes.length < bytes.length);
    }
  }
  assertEquals(seen(pair), before);
});

Deno.test("a session replayed to a closed connection begins no new login by itself", () => {
  const pair = recordedSession();
  const session = pair.sent.slice();
  pair.client.connection!.close(0, "quit", pair.nowUs);
  pair.advance(60_000_000);
  assertEquals(pair.server.endpoint.size, 0);
  const events = pair.server.events.length;
  for (const { bytes, toServer } of session) {
    if (toServer) pair.inject(pair.server, bytes);
    pair.drain(pair.server);
  }
  assertEquals([pair.server.endpoint.size, pair.server.events.length], [
    0,
    events,
  ]);
});

Deno.test("a session replayed while its cookie is valid gets no further than a login without end", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  const session = pair.sent.slice();
  client.close(0, "quit", pair.nowUs);
  pair.advance(2_000_000);
  assertEquals(pair.server.endpoint.size, 0);
  const established = pair.server.count("established");
  for (const { bytes, toServer } of session) {
    if (toServer) pair.inject(pair.server, bytes);
    pair.drain(pair.server);
  }
  assert(pair.server.endpoint.size <= 1);
  pair.loseFlying();
  pair.delivers = () => false;
  pair.advance(DEFAULT_TRANSPORT_CONFIG.loginTimeoutUs + 1_000_000);
  assertEquals(pair.server.endpoint.size, 0);
  assertEquals(pair.server.count("established"), established);
});
