import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { decodeHex, encodeHex } from "../../../lib/base/bytes.ts";
import { Prng } from "../../../lib/base/prng.ts";
import { NOISE_PAYLOAD_BYTES_MAX, NoiseNx } from "../../../lib/crypto/noise.ts";
import { TAG_BYTES } from "../../../lib/crypto/provider.ts";
import { loadSodium } from "../../../lib/crypto/sodium.ts";
import vectors from "../../vectors/noise_nx.json" with { type: "json" };

const crypto = await loadSodium();
const vector = vectors.vectors.find((each) =>
  each.protocol_name === "Noise_NX_25519_ChaChaPoly_BLAKE2b"
)!;
const PROLOGUE = decodeHex("0badcafe");

/** Both ends as the vector has them. */
function vectorPair(): { initiator: NoiseNx; responder: NoiseNx } {
  const initiator = NoiseNx.initiator({
    crypto,
    prologue: decodeHex(vector.init_prologue),
    ephemeralSecret: decodeHex(vector.init_ephemeral),
  });
  const responder = NoiseNx.responder({
    crypto,
    prologue: decodeHex(vector.resp_prologue),
    ephemeralSecret: decodeHex(vector.resp_ephemeral),
    staticSecret: decodeHex(vector.resp_static),
  });
  return { initiator, responder };
}

/** Both ends with random keys. */
function randomPair(
  seed: number,
): { initiator: NoiseNx; responder: NoiseNx; staticPublic: Uint8Array } {
  const prng = new Prng(seed);
  const initiator = NoiseNx.initiator({
    crypto,
    prologue: PROLOGUE,
    ephemeralSecret: prng.bytes(32),
  });
  const staticSecret = prng.bytes(32);
  const responder = NoiseNx.responder({
    crypto,
    prologue: PROLOGUE,
    ephemeralSecret: prng.bytes(32),
    staticSecret,
  });
  const staticPublic = crypto.x25519PublicKey(staticSecret);
  return { initiator, responder, staticPublic };
}

Deno.test("NoiseNx.writeMessage() writes the vector's handshake", () => {
  const { initiator, responder } = vectorPair();
  const [first, second] = vector.messages;
  const message1 = initiator.writeMessage(decodeHex(first!.payload));
  assertEquals(encodeHex(message1), first!.ciphertext);
  responder.readMessage(message1);
  const message2 = responder.writeMessage(decodeHex(second!.payload));
  assertEquals(encodeHex(message2), second!.ciphertext);
});

Deno.test("NoiseNx.readMessage() reads the vector's handshake", () => {
  const { initiator, responder } = vectorPair();
  const [first, second] = vector.messages;
  const payload1 = responder.readMessage(decodeHex(first!.ciphertext));
  assertEquals(encodeHex(payload1!), first!.payload);
  initiator.writeMessage(decodeHex(first!.payload));
  const payload2 = initiator.readMessage(decodeHex(second!.ciphertext));
  assertEquals(encodeHex(payload2!), second!.payload);
});

Deno.test("NoiseNx.handshakeHash and remoteStatic are the vector's", () => {
  const { initiator, responder } = vectorPair();
  const [first, second] = vector.messages;
  responder.readMessage(initiator.writeMessage(decodeHex(first!.payload)));
  initiator.readMessage(responder.writeMessage(decodeHex(second!.payload)));
  assertEquals(encodeHex(initiator.handshakeHash), vector.handshake_hash);
  assertEquals(encodeHex(responder.handshakeHash), vector.handshake_hash);
  assertEquals(
    initiator.remoteStatic,
    crypto.x25519PublicKey(decodeHex(vector.resp_static)),
  );
  assertStrictEquals(responder.remoteStatic, undefined);
});

Deno.test("NoiseNx.split() gives the keys of the vector's transport messages, both directions", () => {
  const { initiator, responder } = vectorPair();
  const [first, second, ...transport] = vector.messages;
  responder.readMessage(initiator.writeMessage(decodeHex(first!.payload)));
  initiator.readMessage(responder.writeMessage(decodeHex(second!.payload)));
  const keys = initiator.split();
  assertEquals(responder.split(), keys);
  // The messages alternate, and each direction counts its own from 0.
  for (const [i, { payload, ciphertext }] of transport.entries()) {
    const key = i % 2 === 0
      ? keys.initiatorToResponder
      : keys.responderToInitiator;
    const number = i >> 1;
    const plaintext = decodeHex(payload);
    const packet = new Uint8Array(plaintext.length + TAG_BYTES);
    packet.set(plaintext);
    const sealing = crypto.sealingKey(key, number);
    sealing.seal(packet, 0, 0, plaintext.length);
    assertEquals(encodeHex(packet), ciphertext);
    const opening = crypto.openingKey(key);
    const end = opening.open(packet, 0, 0, packet.length, number);
    assertEquals(encodeHex(packet.subarray(0, end)), payload);
    sealing.free();
    opening.free();
  }
  assertEquals(transport.length, 4);
});

Deno.test("NoiseNx carries payloads of any length up to its limit", () => {
  const lengths = [0, 1, 200, NOISE_PAYLOAD_BYTES_MAX];
  for (const [seed, length] of lengths.entries()) {
    const { initiator, responder, staticPublic } = randomPair(seed);
    const payload1 = new Prng(length).bytes(length);
    const payload2 = new Prng(length + 1).bytes(length);
    const message1 = initiator.writeMessage(payload1);
    assertEquals(responder.readMessage(message1), payload1);
    const message2 = responder.writeMessage(payload2);
    assertEquals(initiator.readMessage(message2), payload2);
    assertEquals(initiator.remoteStatic, staticPublic);
    assertEquals(initiator.handshakeHash, responder.handshakeHash);
    assertEquals(initiator.split(), responder.split());
  }
});

Deno.test("NoiseNx.writeMessage() refuses a payload beyond its limit", () => {
  const { initiator } = randomPair(1);
  const payload = new Uint8Array(NOISE_PAYLOAD_BYTES_MAX + 1);
  assertThrows(() => initiator.writeMessage(payload), RangeError);
});

Deno.test("NoiseNx.writeMessage() hides the payload and the static key of message 2", () => {
  const { initiator, responder, staticPublic } = randomPair(2);
  const payload = new TextEncoder().encode("what only the client reads");
  responder.readMessage(initiator.writeMessage(new Uint8Array()));
  const message = encodeHex(responder.writeMessage(payload));
  assert(!message.includes(encodeHex(payload)));
  assert(!message.includes(encodeHex(staticPublic)));
});

Deno.test("NoiseNx.readMessage() refuses message 2 with any byte changed, then takes the true one", () => {
  const { initiator, responder } = randomPair(3);
  responder.readMessage(initiator.writeMessage(new Uint8Array(4)));
  const message = responder.writeMessage(new Uint8Array(5));
  const before = initiator.handshakeHash;
  for (let at = 0; at < message.length; at++) {
    const forged = message.slice();
    forged[at] = forged[at]! ^ 0x10;
    assertStrictEquals(initiator.readMessage(forged), undefined, `byte ${at}`);
  }
  assertEquals(initiator.handshakeHash, before);
  assertStrictEquals(initiator.remoteStatic, undefined);
  assertEquals(initiator.readMessage(message), new Uint8Array(5));
  assertEquals(initiator.split(), responder.split());
});

Deno.test("NoiseNx.readMessage() refuses message 2 cut short or lengthened", () => {
  const { initiator, responder } = randomPair(4);
  responder.readMessage(initiator.writeMessage(new Uint8Array()));
  const message = responder.writeMessage(new Uint8Array(5));
  for (let length = 0; length < message.length; length++) {
    assertStrictEquals(
      initiator.readMessage(message.slice(0, length)),
      undefined,
    );
  }
  for (const extra of [1, 2_000, 70_000]) {
    const longer = new Uint8Array(message.length + extra);
    longer.set(message);
    assertStrictEquals(initiator.readMessage(longer), undefined);
  }
});

Deno.test("NoiseNx.readMessage() refuses a message 1 of an impossible length", () => {
  const { initiator, responder } = randomPair(5);
  const message = initiator.writeMessage(new Uint8Array());
  assertStrictEquals(responder.readMessage(message.slice(0, 31)), undefined);
  for (const extra of [NOISE_PAYLOAD_BYTES_MAX + 1, 70_000]) {
    const longer = new Uint8Array(message.length + extra);
    longer.set(message);
    assertStrictEquals(responder.readMessage(longer), undefined);
  }
  assertEquals(responder.readMessage(message), new Uint8Array());
});

Deno.test("NoiseNx.readMessage() refuses an ephemeral key of low order", () => {
  const { initiator, responder } = randomPair(6);
  for (const first of [0, 1]) {
    const message = new Uint8Array(200);
    message[0] = first;
    assertStrictEquals(responder.readMessage(message), undefined);
  }
  const message1 = initiator.writeMessage(new Uint8Array());
  assertStrictEquals(initiator.readMessage(new Uint8Array(200)), undefined);
  assertEquals(responder.readMessage(message1), new Uint8Array());
});

Deno.test("NoiseNx.readMessage() refuses message 2 after a changed message 1", () => {
  const { initiator, responder } = randomPair(7);
  const message1 = initiator.writeMessage(new Uint8Array(8));
  message1[35] = 1;
  assertEquals(responder.readMessage(message1)?.length, 8);
  const message2 = responder.writeMessage(new Uint8Array());
  assertStrictEquals(initiator.readMessage(message2), undefined);
});

Deno.test("NoiseNx.readMessage() refuses message 2 of another prologue", () => {
  const prng = new Prng(8);
  const initiator = NoiseNx.initiator({
    crypto,
    prologue: Uint8Array.of(1),
    ephemeralSecret: prng.bytes(32),
  });
  const responder = NoiseNx.responder({
    crypto,
    prologue: Uint8Array.of(2),
    ephemeralSecret: prng.bytes(32),
    staticSecret: prng.bytes(32),
  });
  responder.readMessage(initiator.writeMessage(new Uint8Array()));
  const message2 = responder.writeMessage(new Uint8Array());
  assertStrictEquals(initiator.readMessage(message2), undefined);
});

Deno.test("NoiseNx.readMessage() refuses message 2 for another client", () => {
  const { initiator, responder } = randomPair(9);
  const other = NoiseNx.initiator({
    crypto,
    prologue: PROLOGUE,
    ephemeralSecret: new Prng(10).bytes(32),
  });
  responder.readMessage(initiator.writeMessage(new Uint8Array()));
  other.writeMessage(new Uint8Array());
  const message2 = responder.writeMessage(new Uint8Array());
  assertStrictEquals(other.readMessage(message2), undefined);
});

Deno.test("NoiseNx.split() gives each direction and each handshake keys of its own", () => {
  const seen = new Set<string>();
  for (const seed of [11, 12]) {
    const { initiator, responder } = randomPair(seed);
    responder.readMessage(initiator.writeMessage(new Uint8Array()));
    initiator.readMessage(responder.writeMessage(new Uint8Array()));
    const keys = initiator.split();
    seen.add(encodeHex(keys.initiatorToResponder));
    seen.add(encodeHex(keys.responderToInitiator));
  }
  assertEquals(seen.size, 4);
});

Deno.test("NoiseNx asserts that each message has its turn", () => {
  const { initiator, responder } = randomPair(13);
  const empty = new Uint8Array();
  assertThrows(() => initiator.readMessage(empty), AssertionError);
  assertThrows(() => responder.writeMessage(empty), AssertionError);
  assertThrows(() => initiator.split(), AssertionError);
  const message1 = initiator.writeMessage(empty);
  assertThrows(() => initiator.writeMessage(empty), AssertionError);
  responder.readMessage(message1);
  assertThrows(() => responder.readMessage(message1), AssertionError);
  assertThrows(() => responder.split(), AssertionError);
  responder.writeMessage(empty);
  assertThrows(() => responder.writeMessage(empty), AssertionError);
  responder.split();
  assertThrows(() => responder.split(), AssertionError);
});

Deno.test("NoiseNx copies its secrets", () => {
  const prng = new Prng(14);
  const ephemeralSecret = prng.bytes(32);
  const staticSecret = prng.bytes(32);
  const options = { crypto, prologue: PROLOGUE };
  const initiator = NoiseNx.initiator({ ...options, ephemeralSecret });
  const responder = NoiseNx.responder({
    ...options,
    ephemeralSecret: prng.bytes(32),
    staticSecret,
  });
  const kept = staticSecret.slice();
  ephemeralSecret.fill(0);
  responder.readMessage(initiator.writeMessage(new Uint8Array()));
  initiator.readMessage(responder.writeMessage(new Uint8Array()));
  assertEquals(initiator.split(), responder.split());
  // split() zeroes the handshake's own copy, not the server's identity.
  assertEquals(staticSecret, kept);
});

Deno.test("NoiseNx refuses secrets of another length", () => {
  const secret = new Uint8Array(32).fill(1);
  const wrong = new Uint8Array(31);
  const options = { crypto, prologue: PROLOGUE };
  assertThrows(
    () => NoiseNx.initiator({ ...options, ephemeralSecret: wrong }),
    RangeError,
  );
  assertThrows(
    () =>
      NoiseNx.responder({
        ...options,
        ephemeralSecret: secret,
        staticSecret: wrong,
      }),
    RangeError,
  );
});

Deno.test("NoiseNx.handshakeHash is a copy", () => {
  const { initiator } = randomPair(15);
  const hash = initiator.handshakeHash;
  hash.fill(0);
  assertNotEquals(initiator.handshakeHash, hash);
});
