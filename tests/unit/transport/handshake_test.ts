import { assert, assertEquals, assertThrows } from "@std/assert";
import { concatBytes, Writer } from "../../../lib/base/bytes.ts";
import { Prng } from "../../../lib/base/prng.ts";
import { noisePrologue } from "../../../lib/crypto/key_schedule.ts";
import { NoiseNx } from "../../../lib/crypto/noise.ts";
import {
  type AcceptedHello,
  acceptHello,
  ClientHello,
} from "../../../lib/transport/handshake.ts";
import {
  HELLO_RETRY_US,
  MAX_HELLO_RETRY_US,
} from "../../../lib/transport/transport_config.ts";
import {
  decodeHeader,
  type HelloPacket,
  MIN_HELLO_BYTES,
  PROTOCOL_VERSION,
} from "../../../lib/wire/packet.ts";
import { TransportError } from "../../../lib/wire/error_code.ts";
import type { TransportParameters } from "../../../lib/wire/transport_parameters.ts";
import { encodeTransportParameters } from "../../../lib/wire/transport_parameters.ts";
import { crypto } from "./pair.ts";

const PARAMETERS: TransportParameters = {
  idleTimeoutMs: 30_000,
  maxData: 1,
  maxStreamData: 2,
  maxStreams: 3,
  maxAckDelayUs: 25_000,
  maxDatagramBytes: 2_048,
};
const SERVER_ID = new Uint8Array(8).fill(5);

/** A client at its start, and a server's secret. */
class Fixture {
  readonly prng = new Prng(7);
  readonly random = (length: number): Uint8Array => this.prng.bytes(length);
  readonly connectionId = this.random(8);
  readonly staticSecret = this.random(32);
  readonly hello: ClientHello;

  constructor(parameters = PARAMETERS, nowUs = 1_000) {
    const { connectionId, random } = this;
    this.hello = new ClientHello({
      crypto,
      connectionId,
      parameters,
      random,
      nowUs,
    });
  }

  /** The next Hello as it is on the wire, decoded. */
  encode(nowUs: number): HelloPacket {
    const writer = new Writer(new Uint8Array(1_200));
    this.hello.encode(writer, nowUs);
    const header = decodeHeader(writer.bytes, writer.position);
    assert(header?.type === "hello");
    return header;
  }

  accept(noiseMessage: Uint8Array, change: Partial<{
    clientConnectionId: Uint8Array;
    connectionId: Uint8Array;
  }> = {}): AcceptedHello | undefined {
    return acceptHello({
      crypto,
      staticSecret: this.staticSecret,
      clientConnectionId: this.connectionId,
      noiseMessage,
      connectionId: SERVER_ID,
      parameters: { ...PARAMETERS, maxData: 9 },
      random: this.random,
      ...change,
    });
  }
}

function reply(accepted: AcceptedHello | undefined, sourceId = SERVER_ID): {
  sourceId: Uint8Array;
  noiseMessage: Uint8Array;
} {
  assert(accepted !== undefined);
  return { sourceId, noiseMessage: accepted.noiseMessage };
}

Deno.test("ClientHello and acceptHello() agree on keys, hash and parameters", () => {
  const fixture = new Fixture();
  const hello = fixture.encode(1_000);
  const accepted = fixture.accept(hello.noiseMessage)!;
  const result = fixture.hello.handleReply(reply(accepted), 2_000)!;
  assertEquals(result.loginKeys, accepted.loginKeys);
  assertEquals(result.handshakeHash, accepted.handshakeHash);
  assertEquals(result.peerParameters, { ...PARAMETERS, maxData: 9 });
  assertEquals(accepted.peerParameters, PARAMETERS);
  const identity = crypto.x25519PublicKey(fixture.staticSecret);
  assertEquals(result.serverIdentity, identity);
});

Deno.test("ClientHello.encode() pads to the least length and repeats the same message", () => {
  const fixture = new Fixture();
  const writer = new Writer(new Uint8Array(1_200));
  fixture.hello.encode(writer, 1_000);
  assertEquals(writer.position, MIN_HELLO_BYTES);
  const one = fixture.encode(1_000);
  const two = fixture.encode(9_000);
  assertEquals(one.noiseMessage, two.noiseMessage);
  assertEquals(one.sourceId, fixture.connectionId);
  assertEquals(one.destinationId, two.destinationId);
  assertEquals(one.cookie.length, 0);
});

Deno.test("ClientHello waits longer after every Hello, up to a limit", () => {
  const fixture = new Fixture();
  assertEquals(fixture.hello.deadlineUs, 1_000);
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    const nowUs = fixture.hello.deadlineUs;
    fixture.encode(nowUs);
    waits.push(fixture.hello.deadlineUs - nowUs);
  }
  assertEquals(waits.slice(0, 3), [
    HELLO_RETRY_US,
    HELLO_RETRY_US * 1.5,
    HELLO_RETRY_US * 2.25,
  ]);
  assertEquals(waits.at(-1), MAX_HELLO_RETRY_US);
  assert(waits.every((wait) => Number.isInteger(wait)));
});

Deno.test("ClientHello.handleCookie() makes the next Hello due at once, with the cookie", () => {
  const fixture = new Fixture();
  fixture.encode(1_000);
  const cookie = Uint8Array.of(1, 2, 3);
  fixture.hello.handleCookie(cookie, 5_000);
  cookie.fill(9);
  assertEquals(fixture.hello.deadlineUs, 5_000);
  assertEquals(fixture.encode(5_000).cookie, Uint8Array.of(1, 2, 3));
  assertEquals(fixture.hello.deadlineUs, 5_000 + HELLO_RETRY_US);
});

Deno.test("ClientHello.handleCookie() does not hurry for a second copy", () => {
  const fixture = new Fixture();
  fixture.encode(1_000);
  fixture.hello.handleCookie(Uint8Array.of(1), 5_000);
  fixture.encode(5_000);
  fixture.hello.handleCookie(Uint8Array.of(1), 6_000);
  assertEquals(fixture.hello.deadlineUs, 5_000 + HELLO_RETRY_US);
  fixture.hello.handleCookie(Uint8Array.of(2), 7_000);
  assertEquals(fixture.hello.deadlineUs, 7_000);
});

Deno.test("ClientHello.handleReply() measures only where one Hello with a cookie went", () => {
  const fixture = new Fixture();
  const hello = fixture.encode(1_000);
  const accepted = fixture.accept(hello.noiseMessage);
  fixture.hello.handleCookie(Uint8Array.of(1), 5_000);
  fixture.encode(5_000);
  const once = fixture.hello.handleReply(reply(accepted), 8_000);
  assertEquals(once?.rttUs, 3_000);
  fixture.encode(300_000);
  const twice = fixture.hello.handleReply(reply(accepted), 308_000);
  assert(twice !== undefined);
  assertEquals(twice.rttUs, undefined);
});

Deno.test("ClientHello.handleReply() is changed by no forged Reply", () => {
  const fixture = new Fixture();
  const { noiseMessage } = fixture.encode(1_000);
  const good = reply(fixture.accept(noiseMessage));
  const { hello, prng } = fixture;
  for (let i = 0; i < 200; i++) {
    const forged = good.noiseMessage.slice();
    forged[prng.below(forged.length)]! ^= 1 << prng.below(8);
    const bad = { ...good, noiseMessage: forged };
    assertEquals(hello.handleReply(bad, 2_000), undefined);
  }
  for (let length = 0; length < good.noiseMessage.length; length++) {
    const cut = { ...good, noiseMessage: good.noiseMessage.slice(0, length) };
    assertEquals(hello.handleReply(cut, 2_000), undefined);
  }
  assert(hello.handleReply(good, 2_000) !== undefined);
});

Deno.test("ClientHello.handleReply() refuses a Reply whose header names another connection", () => {
  const fixture = new Fixture();
  const accepted = fixture.accept(fixture.encode(1_000).noiseMessage);
  const other = reply(accepted, new Uint8Array(8).fill(6));
  assertEquals(fixture.hello.handleReply(other, 2_000), undefined);
});

Deno.test("ClientHello.handleReply() refuses a Reply to another attempt", () => {
  const accepted = new Fixture().accept(new Fixture().encode(0).noiseMessage);
  const prng = new Prng("other");
  const other = new ClientHello({
    crypto,
    connectionId: new Fixture().connectionId,
    parameters: PARAMETERS,
    random: (length) => prng.bytes(length),
    nowUs: 0,
  });
  assertEquals(other.handleReply(reply(accepted), 2_000), undefined);
});

Deno.test("ClientHello.handleReply() throws for wrong parameters of an authentic server", () => {
  const fixture = new Fixture();
  const { noiseMessage } = fixture.encode(1_000);
  const noise = NoiseNx.responder({
    crypto,
    prologue: noisePrologue({
      version: PROTOCOL_VERSION,
      clientConnectionId: fixture.connectionId,
    }),
    ephemeralSecret: fixture.random(32),
    staticSecret: fixture.staticSecret,
  });
  noise.readMessage(noiseMessage);
  const wrong = noise.writeMessage(concatBytes(SERVER_ID, Uint8Array.of(4, 1)));
  assertThrows(
    () => fixture.hello.handleReply(reply2(wrong), 2_000),
    TransportError,
  );
});

function reply2(noiseMessage: Uint8Array): {
  sourceId: Uint8Array;
  noiseMessage: Uint8Array;
} {
  return { sourceId: SERVER_ID, noiseMessage };
}

Deno.test("acceptHello() refuses what is no message 1", () => {
  const fixture = new Fixture();
  const { noiseMessage } = fixture.encode(1_000);
  for (let length = 0; length < noiseMessage.length; length++) {
    assertEquals(fixture.accept(noiseMessage.slice(0, length)), undefined);
  }
  const missing = encodeTransportParameters(PARAMETERS).slice(3);
  const key = noiseMessage.slice(0, 32);
  assertEquals(fixture.accept(concatBytes(key, missing)), undefined);
});

Deno.test("acceptHello() refuses a client key of low order", () => {
  const fixture = new Fixture();
  const message = fixture.encode(1_000).noiseMessage.slice();
  message.fill(0, 0, 32);
  assertEquals(fixture.accept(message), undefined);
});

Deno.test("a Hello that was changed on its way ends in no common key", () => {
  const fixture = new Fixture();
  const { noiseMessage } = fixture.encode(1_000);
  const changed = noiseMessage.slice();
  // The highest bit of a parameter's value: it still decodes.
  changed[changed.length - 1]! ^= 1;
  const accepted = fixture.accept(changed);
  assert(accepted !== undefined);
  assertEquals(fixture.hello.handleReply(reply(accepted), 2_000), undefined);
  const elsewhere = fixture.accept(noiseMessage, {
    clientConnectionId: new Uint8Array(8),
  });
  assertEquals(fixture.hello.handleReply(reply(elsewhere), 2_000), undefined);
});
