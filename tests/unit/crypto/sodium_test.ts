import {
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import sodium from "libsodium-wrappers-sumo";
import { AssertionError } from "../../../lib/base/assert.ts";
import { decodeHex, encodeHex } from "../../../lib/base/bytes.ts";
import {
  HASH_INPUT_BYTES_MAX,
  PACKET_NUMBER_MAX,
  SEALED_PACKET_BYTES_MAX,
  TAG_BYTES,
} from "../../../lib/crypto/provider.ts";
import { loadSodium } from "../../../lib/crypto/sodium.ts";
import vectors from "../../vectors/key_schedule.json" with { type: "json" };

const crypto = await loadSodium();

/** Points whose multiples by a clamped scalar are all zero, of RFC 7748's curve. */
const LOW_ORDER_POINTS: readonly string[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  // The same with the unused top bit set.
  "0000000000000000000000000000000000000000000000000000000000000080",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

const KEY = Uint8Array.from({ length: 32 }, (_, i) => 200 - i);
const HEADER_BYTES = 13;
const BODY_BYTES = 20;
const BODY_END = HEADER_BYTES + BODY_BYTES;

/** A packet of 13 header and 20 body bytes, with room for the tag. */
function plainPacket(): Uint8Array {
  const packet = new Uint8Array(BODY_END + TAG_BYTES);
  for (let i = 0; i < BODY_END; i++) packet[i] = i;
  return packet;
}

/** The packet sealed with a key and a number. */
function sealedPacket(key: Uint8Array, packetNumber: number): Uint8Array {
  const packet = plainPacket();
  const sealing = crypto.sealingKey(key, packetNumber);
  sealing.seal(packet, 0, HEADER_BYTES, BODY_END);
  sealing.free();
  return packet;
}

/** Opens a packet of the size that `sealedPacket` makes. */
function open(packet: Uint8Array, key: Uint8Array, number: number): number {
  const opening = crypto.openingKey(key);
  const end = opening.open(packet, 0, HEADER_BYTES, packet.length, number);
  opening.free();
  return end;
}

Deno.test("SealingKey.seal() encrypts as the wrapper does, with the documented nonce", () => {
  const packet = sealedPacket(KEY, 0x0102_0304_0506);
  const expected = sodium.crypto_aead_chacha20poly1305_ietf_encrypt(
    plainPacket().slice(HEADER_BYTES, BODY_END),
    plainPacket().slice(0, HEADER_BYTES),
    null,
    decodeHex("000000000605040302010000"),
    KEY,
  );
  assertEquals(packet.slice(HEADER_BYTES), new Uint8Array(expected));
});

Deno.test("SealingKey.seal() leaves header and surroundings as they were", () => {
  const buffer = new Uint8Array(100).fill(0xee);
  buffer.set(plainPacket().subarray(0, BODY_END), 7);
  const sealing = crypto.sealingKey(KEY, 5);
  const end = sealing.seal(buffer, 7, 7 + HEADER_BYTES, 7 + BODY_END);
  sealing.free();
  assertEquals(end, 7 + BODY_END + TAG_BYTES);
  assertEquals(buffer.slice(7, end), sealedPacket(KEY, 5));
  assertEquals(buffer.slice(0, 7), new Uint8Array(7).fill(0xee));
  assertEquals(buffer.slice(end), new Uint8Array(100 - end).fill(0xee));
});

Deno.test("SealingKey.seal() uses every packet number once", () => {
  const sealing = crypto.sealingKey(KEY, 3);
  const seen = new Set<string>();
  for (let number = 3; number < 20; number++) {
    assertEquals(sealing.nextPacketNumber, number);
    const packet = plainPacket();
    sealing.seal(packet, 0, HEADER_BYTES, BODY_END);
    assertEquals(open(packet.slice(), KEY, number), BODY_END);
    seen.add(encodeHex(packet));
  }
  sealing.free();
  assertEquals(seen.size, 17);
});

Deno.test("SealingKey.skipPacketNumber() leaves one number out", () => {
  const sealing = crypto.sealingKey(KEY, 8);
  sealing.skipPacketNumber();
  assertEquals(sealing.nextPacketNumber, 9);
  const packet = plainPacket();
  sealing.seal(packet, 0, HEADER_BYTES, BODY_END);
  sealing.free();
  assertEquals(packet, sealedPacket(KEY, 9));
});

Deno.test("SealingKey.seal() stops behind the last packet number", () => {
  const sealing = crypto.sealingKey(KEY, PACKET_NUMBER_MAX);
  const packet = plainPacket();
  sealing.seal(packet, 0, HEADER_BYTES, BODY_END);
  assertEquals(open(packet, KEY, PACKET_NUMBER_MAX), BODY_END);
  assertThrows(
    () => sealing.seal(plainPacket(), 0, HEADER_BYTES, BODY_END),
    AssertionError,
    "packet number",
  );
  assertThrows(() => sealing.skipPacketNumber(), AssertionError);
  sealing.free();
});

Deno.test("SealingKey.seal() asserts positions within the buffer", () => {
  const sealing = crypto.sealingKey(KEY, 0);
  const wrong = [
    [-1, HEADER_BYTES, BODY_END],
    [HEADER_BYTES + 1, HEADER_BYTES, BODY_END],
    [0, BODY_END + 1, BODY_END],
    [0, HEADER_BYTES, BODY_END + 1],
    [NaN, HEADER_BYTES, BODY_END],
  ] as const;
  for (const [start, bodyStart, bodyEnd] of wrong) {
    assertThrows(
      () => sealing.seal(plainPacket(), start, bodyStart, bodyEnd),
      AssertionError,
    );
  }
  assertEquals(sealing.nextPacketNumber, 0);
  sealing.free();
});

Deno.test("SealingKey.seal() takes the longest packet and asserts a longer one", () => {
  const sealing = crypto.sealingKey(KEY, 0);
  const packet = new Uint8Array(SEALED_PACKET_BYTES_MAX + 1);
  const bodyEnd = SEALED_PACKET_BYTES_MAX - TAG_BYTES;
  assertEquals(sealing.seal(packet, 0, 9, bodyEnd), SEALED_PACKET_BYTES_MAX);
  const opening = crypto.openingKey(KEY);
  assertEquals(
    opening.open(packet, 0, 9, SEALED_PACKET_BYTES_MAX, 0),
    bodyEnd,
  );
  assertThrows(
    () => sealing.seal(packet, 0, 9, bodyEnd + 1),
    AssertionError,
    "too long",
  );
  sealing.free();
  opening.free();
});

Deno.test("SealingKey.free() ends the key and may be repeated", () => {
  const sealing = crypto.sealingKey(KEY, 0);
  sealing.free();
  sealing.free();
  assertThrows(
    () => sealing.seal(plainPacket(), 0, HEADER_BYTES, BODY_END),
    AssertionError,
    "freed",
  );
});

Deno.test("SealingKey.free() leaves no copy of the key on the heap", () => {
  const key = new Uint8Array(32).map((_, i) => (i * 37 + 11) & 0xff);
  const sealing = crypto.sealingKey(key, 0);
  const opening = crypto.openingKey(key);
  const countCopies = () => {
    const { HEAPU8 } =
      (sodium as unknown as { libsodium: { HEAPU8: Uint8Array } }).libsodium;
    let copies = 0;
    for (let at = HEAPU8.indexOf(key[0]!); at >= 0;) {
      if (key.every((byte, i) => HEAPU8[at + i] === byte)) copies++;
      at = HEAPU8.indexOf(key[0]!, at + 1);
    }
    return copies;
  };
  assertEquals(countCopies(), 2);
  const packet = plainPacket();
  const end = sealing.seal(packet, 0, HEADER_BYTES, BODY_END);
  opening.open(packet, 0, HEADER_BYTES, end, 0);
  crypto.hash(32, key, key);
  crypto.x25519(key, crypto.x25519PublicKey(key));
  sealing.free();
  opening.free();
  assertEquals(countCopies(), 0);
});

Deno.test("OpeningKey.open() returns what was sealed, of any size and number", () => {
  fc.assert(fc.property(
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc.uint8Array({ maxLength: 40 }),
    fc.uint8Array({ maxLength: 1_500 }),
    fc.maxSafeNat(),
    (key, header, body, packetNumber) => {
      const bodyEnd = header.length + body.length;
      const packet = new Uint8Array(bodyEnd + TAG_BYTES);
      packet.set(header);
      packet.set(body, header.length);
      const sealing = crypto.sealingKey(key, packetNumber);
      const end = sealing.seal(packet, 0, header.length, bodyEnd);
      sealing.free();
      const opening = crypto.openingKey(key);
      const opened = opening.open(packet, 0, header.length, end, packetNumber);
      opening.free();
      assertEquals(opened, bodyEnd);
      assertEquals(packet.slice(0, header.length), header);
      assertEquals(packet.slice(header.length, opened), body);
    },
  ));
});

Deno.test("OpeningKey.open() refuses a changed bit in every byte", () => {
  const sealed = sealedPacket(KEY, 77);
  for (let at = 0; at < sealed.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const forged = sealed.slice();
      forged[at] = forged[at]! ^ (1 << bit);
      assertEquals(open(forged, KEY, 77), -1, `byte ${at} bit ${bit}`);
    }
  }
  assertEquals(open(sealed, KEY, 77), BODY_END);
});

Deno.test("OpeningKey.open() refuses every wrong key bit", () => {
  const sealed = sealedPacket(KEY, 77);
  for (let bit = 0; bit < 256; bit++) {
    const wrong = KEY.slice();
    wrong[bit >>> 3] = wrong[bit >>> 3]! ^ (1 << (bit & 7));
    assertEquals(open(sealed.slice(), wrong, 77), -1);
  }
});

Deno.test("OpeningKey.open() refuses a wrong packet number", () => {
  const number = 0x1_2345_6789;
  const sealed = sealedPacket(KEY, number);
  const wrong = [
    0,
    number - 1,
    number + 1,
    number - 0x1_0000_0000,
    number + 0x1_0000_0000,
    PACKET_NUMBER_MAX,
  ];
  for (const packetNumber of wrong) {
    assertEquals(open(sealed.slice(), KEY, packetNumber), -1);
  }
  assertEquals(open(sealed, KEY, number), BODY_END);
});

Deno.test("OpeningKey.open() refuses what is no packet number", () => {
  for (const number of [-1, 0.5, NaN, Infinity, PACKET_NUMBER_MAX + 1]) {
    assertEquals(open(sealedPacket(KEY, 0), KEY, number), -1);
  }
});

Deno.test("OpeningKey.open() refuses a packet cut short anywhere", () => {
  const sealed = sealedPacket(KEY, 4);
  const opening = crypto.openingKey(KEY);
  for (let end = HEADER_BYTES; end < sealed.length; end++) {
    assertEquals(opening.open(sealed.slice(), 0, HEADER_BYTES, end, 4), -1);
  }
  opening.free();
});

Deno.test("OpeningKey.open() refuses a packet longer than any buffer", () => {
  const opening = crypto.openingKey(KEY);
  const packet = new Uint8Array(SEALED_PACKET_BYTES_MAX + 1);
  assertEquals(opening.open(packet, 0, 9, packet.length, 0), -1);
  opening.free();
});

Deno.test("OpeningKey.forgedPackets counts what did not open", () => {
  const opening = crypto.openingKey(KEY);
  const sealed = sealedPacket(KEY, 1);
  opening.open(sealed.slice(), 0, HEADER_BYTES, sealed.length, 2);
  opening.open(sealed.slice(), 0, HEADER_BYTES, HEADER_BYTES + 3, 1);
  opening.open(sealed.slice(), 0, HEADER_BYTES, sealed.length, 1);
  opening.free();
  assertEquals(opening.forgedPackets, 2);
});

Deno.test("OpeningKey.free() ends the key and may be repeated", () => {
  const opening = crypto.openingKey(KEY);
  opening.free();
  opening.free();
  assertThrows(
    () => opening.open(sealedPacket(KEY, 1), 0, HEADER_BYTES, BODY_END, 1),
    AssertionError,
    "freed",
  );
});

Deno.test("keys survive the growth of the WebAssembly heap", () => {
  const { libsodium } = sodium as unknown as {
    libsodium: {
      HEAPU8: Uint8Array;
      _malloc(bytes: number): number;
      _free(address: number): void;
    };
  };
  const sealing = crypto.sealingKey(KEY, 0);
  const before = libsodium.HEAPU8.length;
  const block = libsodium._malloc(before);
  libsodium._free(block);
  assertNotEquals(libsodium.HEAPU8.length, before);
  const packet = plainPacket();
  sealing.seal(packet, 0, HEADER_BYTES, BODY_END);
  sealing.free();
  assertEquals(open(packet, KEY, 0), BODY_END);
});

Deno.test("CryptoProvider.hash() matches the vectors", () => {
  for (const { length, input, key, hash } of vectors.hash) {
    const actual = key === ""
      ? crypto.hash(length, decodeHex(input))
      : crypto.hash(length, decodeHex(input), decodeHex(key));
    assertEquals(encodeHex(actual), hash);
  }
});

Deno.test("CryptoProvider.hash() takes the longest input and no longer one", () => {
  const longest = new Uint8Array(HASH_INPUT_BYTES_MAX).fill(9);
  const expected = sodium.crypto_generichash(64, longest, KEY);
  assertEquals(crypto.hash(64, longest, KEY), new Uint8Array(expected));
  assertThrows(
    () => crypto.hash(64, new Uint8Array(HASH_INPUT_BYTES_MAX + 1)),
    RangeError,
  );
});

Deno.test("CryptoProvider.hash() refuses lengths out of range", () => {
  const input = new Uint8Array(1);
  for (const length of [15, 65, 32.5, NaN]) {
    assertThrows(() => crypto.hash(length, input), RangeError);
  }
  for (const keyBytes of [0, 15, 65]) {
    const key = new Uint8Array(keyBytes);
    assertThrows(() => crypto.hash(32, input, key), RangeError);
  }
});

Deno.test("CryptoProvider.x25519() matches RFC 7748 section 5.2", () => {
  const shared = crypto.x25519(
    decodeHex(
      "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
    ),
    decodeHex(
      "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
    ),
  );
  assertEquals(
    encodeHex(shared!),
    "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
  );
});

Deno.test("CryptoProvider.x25519() matches RFC 7748's iterated vectors", () => {
  let scalar = Uint8Array.from({ length: 32 }, (_, i) => i === 0 ? 9 : 0);
  let point = scalar;
  assertEquals(
    encodeHex(crypto.x25519PublicKey(scalar)),
    "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079",
  );
  for (let i = 0; i < 1_000; i++) {
    const next = new Uint8Array(crypto.x25519(scalar, point)!);
    point = scalar;
    scalar = next;
  }
  assertEquals(
    encodeHex(scalar),
    "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51",
  );
});

Deno.test("CryptoProvider.x25519() gives both ends the same secret", () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      assertEquals(
        crypto.x25519(a, crypto.x25519PublicKey(b)),
        crypto.x25519(b, crypto.x25519PublicKey(a)),
      );
    }),
    { numRuns: 20 },
  );
});

Deno.test("CryptoProvider.x25519() refuses points of low order", () => {
  for (const point of LOW_ORDER_POINTS) {
    assertStrictEquals(crypto.x25519(KEY, decodeHex(point)), undefined, point);
  }
});

Deno.test("CryptoProvider refuses keys of another length", () => {
  const publicKey = crypto.x25519PublicKey(KEY);
  for (const bytes of [0, 31, 33]) {
    const wrong = new Uint8Array(bytes);
    assertThrows(() => crypto.x25519PublicKey(wrong), RangeError);
    assertThrows(() => crypto.x25519(wrong, publicKey), RangeError);
    assertThrows(() => crypto.x25519(KEY, wrong), RangeError);
    assertThrows(() => crypto.sealingKey(wrong, 0), RangeError);
    assertThrows(() => crypto.openingKey(wrong), RangeError);
  }
});

Deno.test("CryptoProvider.sealingKey() refuses what is no packet number", () => {
  for (const number of [-1, 0.5, NaN, PACKET_NUMBER_MAX + 1]) {
    assertThrows(() => crypto.sealingKey(KEY, number), RangeError);
  }
});
