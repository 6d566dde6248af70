/**
 * Damaged datagrams into whole endpoints, in every phase of a connection, and
 * damaged frames from a peer that has the keys. Whatever comes: nothing is
 * thrown, nobody gets more bytes than came, no state grows, the loop comes to
 * rest, and honest peers go on.
 *
 * Seeds are fixed so that a run can be repeated; GAS_FUZZ_SEED adds one, such
 * as a commit hash, and GAS_FUZZ_ROUNDS makes runs longer.
 */
import { assert, assertEquals } from "@std/assert";
import { concatBytes, Writer } from "../../lib/base/bytes.ts";
import { Prng } from "../../lib/base/prng.ts";
import type { Address } from "../../lib/transport/address.ts";
import { TransportErrorCode } from "../../lib/wire/error_code.ts";
import {
  ackFrame,
  authFrame,
  Hostile,
  payload,
  streamFrame,
} from "../unit/transport/hostile.ts";
import { CLIENT, Pair, SERVER } from "../unit/transport/pair.ts";

const SEEDS = ["transport 1", "transport 2"];
const ROUNDS = Number(Deno.env.get("GAS_FUZZ_ROUNDS") ?? 2_000);
const addedSeed = Deno.env.get("GAS_FUZZ_SEED");
if (addedSeed !== undefined) SEEDS.push(addedSeed);

/** Rounds with one pair; what a damaged datagram did must not hide behind others. */
const ROUNDS_PER_PAIR = 50;
const STRANGER: Address = { hostname: "10.7.7.7", port: 7_777 };

/** How far a pair has come when the fuzzing begins. */
const PHASES = ["hello", "login", "open", "closing", "over"] as const;
type Phase = typeof PHASES[number];

function pairIn(phase: Phase, seed: string): Pair {
  const pair = new Pair({ seed });
  if (phase === "hello") {
    pair.connect();
    pair.drain(pair.client);
    return pair;
  }
  if (phase === "login") {
    pair.server.logsIn = false;
    pair.connect();
    assert(pair.runUntil(() => pair.server.has("authReadable"), 1_000_000));
    return pair;
  }
  const { client, server } = pair.establish();
  client.streams.write(0, new Uint8Array(3_000));
  server.streams.write(0, new Uint8Array(3_000));
  pair.advance(20_000);
  if (phase === "open") return pair;
  client.close(1, "bye", pair.nowUs);
  server.close(2, "bye", pair.nowUs);
  pair.drain(pair.client);
  pair.drain(pair.server);
  if (phase === "over") pair.advance(10_000_000);
  return pair;
}

/** Every datagram of a session of other endpoints, and of one that ends. */
function recorded(): Uint8Array[] {
  const pair = pairIn("open", "recorded");
  pair.client.connection!.close(0, "quit", pair.nowUs);
  pair.advance(1_000_000);
  return pair.sent.map(({ bytes }) => bytes);
}

/** Changes a datagram in one of the ways that find bugs. */
function damaged(prng: Prng, corpus: readonly Uint8Array[]): Uint8Array {
  const pick = () => corpus[prng.below(corpus.length)]!;
  const bytes = pick().slice();
  switch (prng.below(8)) {
    case 0:
      return prng.bytes(prng.below(2_049));
    case 1:
      return bytes.slice(0, prng.below(bytes.length + 1));
    case 2:
      return concatBytes(bytes, prng.bytes(prng.below(100)));
    case 3: {
      const other = pick();
      const at = prng.below(Math.min(bytes.length, other.length));
      return concatBytes(bytes.subarray(0, at), other.subarray(at));
    }
    case 4:
      // A header whose every field may be any.
      bytes.set(prng.bytes(Math.min(22, bytes.length)));
      return bytes;
    case 5:
      bytes[0] = prng.below(256);
      return bytes;
    case 6:
      return bytes;
  }
  for (let flips = prng.between(1, 4); flips > 0; flips--) {
    bytes[prng.below(bytes.length)]! ^= 1 << prng.below(8);
  }
  return bytes;
}

/** Hands a datagram to a side. What goes to the stranger must be less than came from it. */
function feed(pair: Pair, prng: Prng, corpus: readonly Uint8Array[]): void {
  const side = prng.ratio(1, 2) ? pair.server : pair.client;
  const bytes = damaged(prng, corpus);
  const from = prng.ratio(1, 2) ? STRANGER : side.isServer ? CLIENT : SERVER;
  const copy = new Uint8Array(2_048);
  copy.set(bytes.subarray(0, 2_048));
  const { endpoint } = side;
  endpoint.handleDatagram(copy, bytes.length, { from, nowUs: pair.nowUs });
  const buffer = new Uint8Array(2_048);
  const connection = [...endpoint.connections];
  for (let sent = 0;; sent++) {
    assert(sent < 20, "output never ends");
    const transmit = endpoint.pollTransmit(buffer, pair.nowUs);
    if (transmit === undefined) break;
    if (transmit.to !== from && connection.length > 0) continue;
    if (from !== STRANGER) continue;
    assertEquals(sent, 0, "one answer at most");
    assert(transmit.length < bytes.length, "more than came");
  }
  pair.drain(side);
  assert(endpoint.size <= 3, `${endpoint.size} connections`);
}

for (const seed of SEEDS) {
  for (const phase of PHASES) {
    Deno.test(`endpoints in phase "${phase}" survive damaged datagrams, seed "${seed}"`, () => {
      const prng = new Prng(`${phase} ${seed}`);
      const foreign = recorded();
      for (let round = 0; round < ROUNDS; round += ROUNDS_PER_PAIR) {
        const pair = pairIn(phase, `${seed} ${round}`);
        const own = pair.sent.map(({ bytes }) => bytes);
        for (let i = 0; i < ROUNDS_PER_PAIR; i++) {
          feed(pair, prng, prng.ratio(1, 3) ? foreign : own);
        }
        assertHonestGoesOn(pair, phase, `${seed}, round ${round}`);
      }
    });
  }
}

/** The connection that was there does what it would have done. */
function assertHonestGoesOn(pair: Pair, phase: Phase, what: string): void {
  if (phase === "hello") {
    assert(
      pair.runUntil(() => pair.client.has("established"), 9_000_000),
      what,
    );
  } else if (phase === "open") {
    const { client, server } = pair;
    assertEquals([client.closed, server.closed], [undefined, undefined], what);
    client.connection!.streams.write(0, new Uint8Array(500));
    pair.advance(1_000_000);
    assertEquals(server.bytesOf(0).length, 3_500, what);
  } else if (phase === "login") {
    assertEquals(pair.server.closed, undefined, what);
  }
  pair.loseFlying();
  pair.delivers = () => false;
  pair.advance(60_000_000);
  assertEquals([pair.client.endpoint.size, pair.server.endpoint.size], [0, 0]);
}

/** A frame, usually valid by itself, with fields that are small, edges or anything. */
function randomFrame(prng: Prng): Uint8Array {
  const number = () => {
    switch (prng.below(4)) {
      case 0:
        return prng.below(8);
      case 1:
        return prng.below(70_000);
      case 2:
        return 2 ** prng.below(53) - prng.below(2);
      default:
        return Math.min(prng.below(2 ** 52), 2 ** 53 - 1);
    }
  };
  const id = () => prng.ratio(3, 4) ? prng.below(12) : number();
  const data = () => prng.bytes(prng.below(40));
  const maximum = Math.min(number(), 2 ** 52);
  switch (prng.below(16)) {
    case 0:
      return payload({ type: "ping" });
    case 1:
      return ackFrame(0, prng.below(6), prng.below(100_000));
    case 2:
      return payload({
        type: "resetStream",
        streamId: id(),
        errorCode: number(),
        finalSize: prng.ratio(1, 2) ? prng.below(50) : number(),
      });
    case 3:
      return payload({
        type: "stopSending",
        streamId: id(),
        errorCode: number(),
      });
    case 4:
      return authFrame(prng.below(4_096), data());
    case 5:
    case 6:
    case 7: {
      const offset = prng.ratio(3, 4) ? prng.below(100) : number();
      return streamFrame(
        id(),
        Math.min(offset, 2 ** 53 - 100),
        data(),
        prng.ratio(1, 5),
      );
    }
    case 8:
      return payload({ type: "maxData", maximum: number() });
    case 9:
      return payload({
        type: "maxStreamData",
        streamId: id(),
        maximum: number(),
      });
    case 10:
      return payload({ type: "maxStreams", maximum });
    case 11:
      return payload({ type: "dataBlocked", limit: number() });
    case 12:
      return payload({ type: "pathChallenge", data: prng.bytes(8) });
    case 13:
      return payload({ type: "pathResponse", data: prng.bytes(8) });
    case 14:
      return datagramFrame(data());
    default:
      return prng.ratio(1, 10) ? prng.bytes(prng.below(30)) : new Uint8Array(2);
  }
}

function datagramFrame(data: Uint8Array): Uint8Array {
  const writer = new Writer(new Uint8Array(data.length + 4));
  writer.u8(0x31);
  writer.varint(data.length);
  writer.put(data);
  return writer.bytes.slice(0, writer.position);
}

/** Codes that a peer can cause. */
const CODES: ReadonlySet<number> = new Set(Object.values(TransportErrorCode));

/** What the application above a victim may do meanwhile. */
function act(prng: Prng, pair: Pair, isServer: boolean): void {
  const { connection } = isServer ? pair.server : pair.client;
  const { streams } = connection!;
  const id = prng.below(8);
  switch (prng.below(6)) {
    case 0:
      streams.open(prng.below(10));
      return;
    case 1:
      streams.reset(id, 1);
      return;
    case 2:
      streams.stop(id, 1);
      return;
    case 3:
      connection!.sendDatagram(prng.bytes(50), pair.nowUs + 1_000);
      return;
    case 4:
      pair.advance(prng.below(50_000));
      return;
    case 5:
      if (id === 0) streams.write(0, prng.bytes(200));
      return;
  }
}

for (const seed of SEEDS) {
  for (const as of ["client", "server"] as const) {
    Deno.test(`a peer of a ${as} with keys that sends any frames ends its own connection at most, seed "${seed}"`, () => {
      const prng = new Prng(`${as} ${seed}`);
      let closed = 0;
      for (let round = 0; round < ROUNDS / 10; round++) {
        const pair = new Pair({
          seed: `${seed} ${round}`,
        });
        pair.establish();
        const hostile = new Hostile(pair, pair[as]);
        const victim = as === "client" ? pair.server : pair.client;
        victim.reads = prng.ratio(1, 2);
        for (let i = 0; i < 30 && hostile.closed === undefined; i++) {
          const frames = Array.from(
            { length: prng.between(1, 4) },
            () => randomFrame(prng),
          );
          hostile.send(concatBytes(...frames));
          act(prng, pair, victim.isServer);
        }
        const reason = hostile.closed;
        if (reason?.type === "transport") {
          closed++;
          assert(CODES.has(reason.code));
          assert(reason.code !== TransportErrorCode.internalError);
        }
        pair.advance(120_000_000);
        assertEquals(victim.endpoint.size, 0, `${seed}, round ${round}`);
      }
      assert(closed > 10, `${closed} connections were closed`);
    });
  }
}
