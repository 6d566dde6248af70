/**
 * The primitives of {@link CryptoProvider} on libsodium's WebAssembly build.
 *
 * The wrapper's functions allocate and copy on every call, which more than
 * doubles the price of a small packet. So the raw functions are called here, on
 * buffers of the WebAssembly heap that are allocated once. A raw call checks no
 * length: every length is checked on this side. The raw functions are not in the
 * package's types, so its version is pinned, and {@linkcode loadSodium} compares
 * them with the wrapper before anyone uses them.
 *
 * @module
 */

import sodium from "libsodium-wrappers-sumo";
import { assert } from "../base/assert.ts";
import { equalBytes } from "../base/bytes.ts";
import {
  type CryptoProvider,
  HASH_INPUT_BYTES_MAX,
  KEY_BYTES,
  type OpeningKey,
  PACKET_NUMBER_MAX,
  SEALED_PACKET_BYTES_MAX,
  type SealingKey,
  TAG_BYTES,
  X25519_BYTES,
} from "./provider.ts";

/**
 * Loads libsodium and checks that its raw functions do what its wrapper does.
 * Once per thread is enough: every call takes some kilobytes of heap for good.
 *
 * @returns The primitives.
 * @throws {Error} If the self-test fails: then nothing may be encrypted.
 */
export async function loadSodium(): Promise<CryptoProvider> {
  await sodium.ready;
  const { libsodium } = sodium as unknown as { libsodium: RawSodium };
  const provider = new SodiumProvider(new SodiumHeap(libsodium));
  selfTest(provider);
  return provider;
}

/** The raw functions used, as Emscripten exports them: addresses and sizes. */
interface RawSodium {
  /** The heap. Replaced whenever the heap grows: read anew for every call. */
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  _crypto_generichash(
    out: number,
    outBytes: number,
    input: number,
    inputBytesLow: number,
    inputBytesHigh: number,
    key: number,
    keyBytes: number,
  ): number;
  _crypto_scalarmult(out: number, secret: number, publicKey: number): number;
  _crypto_scalarmult_base(out: number, secret: number): number;
  _crypto_aead_chacha20poly1305_ietf_encrypt(
    out: number,
    outBytes: number,
    plaintext: number,
    plaintextBytesLow: number,
    plaintextBytesHigh: number,
    header: number,
    headerBytesLow: number,
    headerBytesHigh: number,
    secretNonce: number,
    nonce: number,
    key: number,
  ): number;
  _crypto_aead_chacha20poly1305_ietf_decrypt(
    out: number,
    outBytes: number,
    secretNonce: number,
    ciphertext: number,
    ciphertextBytesLow: number,
    ciphertextBytesHigh: number,
    header: number,
    headerBytesLow: number,
    headerBytesHigh: number,
    nonce: number,
    key: number,
  ): number;
}

/** The heap buffers all keys of a provider share: calls never overlap. */
class SodiumHeap {
  readonly raw: RawSodium;
  /** Where a packet, or what is hashed, is copied to. */
  readonly input: number;
  /** Where results are written, and X25519's and the hash's keys are. */
  readonly small: number;
  /** The 12-byte nonce: 4 zero bytes, then the packet number. */
  readonly nonce: number;

  constructor(raw: RawSodium) {
    this.raw = raw;
    this.input = this.allocate(INPUT_BYTES);
    this.small = this.allocate(SMALL_BYTES);
    this.nonce = this.allocate(NONCE_BYTES);
  }

  allocate(bytes: number): number {
    const address = this.raw._malloc(bytes);
    assert(address !== 0, "the WebAssembly heap has room");
    this.raw.HEAPU8.fill(0, address, address + bytes);
    return address;
  }

  /** A heap block with a copy of the key. */
  allocateKey(key: Uint8Array): number {
    checkBytes("key", key, KEY_BYTES, KEY_BYTES);
    const address = this.allocate(KEY_BYTES);
    this.raw.HEAPU8.set(key, address);
    return address;
  }

  freeKey(address: number): void {
    this.raw.HEAPU8.fill(0, address, address + KEY_BYTES);
    this.raw._free(address);
  }

  /** docs/PROTOCOL.md section 5.4: little-endian, as Noise has it. */
  setNonce(heap: Uint8Array, packetNumber: number): void {
    const low = packetNumber >>> 0;
    const high = (packetNumber / 0x1_0000_0000) >>> 0;
    const at = this.nonce + 4;
    heap[at] = low;
    heap[at + 1] = low >>> 8;
    heap[at + 2] = low >>> 16;
    heap[at + 3] = low >>> 24;
    heap[at + 4] = high;
    heap[at + 5] = high >>> 8;
    heap[at + 6] = high >>> 16;
    heap[at + 7] = high >>> 24;
  }
}

class SodiumSealingKey implements SealingKey {
  readonly #heap: SodiumHeap;
  /** The key's address on the heap, 0 once freed. */
  #key: number;
  #nextPacketNumber: number;

  constructor(heap: SodiumHeap, key: Uint8Array, firstPacketNumber: number) {
    this.#heap = heap;
    this.#key = heap.allocateKey(key);
    this.#nextPacketNumber = firstPacketNumber;
  }

  get nextPacketNumber(): number {
    return this.#nextPacketNumber;
  }

  seal(
    packet: Uint8Array,
    start: number,
    bodyStart: number,
    bodyEnd: number,
  ): number {
    const packetNumber = this.#nextPacketNumber;
    const end = bodyEnd + TAG_BYTES;
    assert(this.#key !== 0, "the sealing key is not freed");
    assert(packetNumber <= PACKET_NUMBER_MAX, "a packet number is left");
    assertOrder(packet, start, bodyStart, bodyEnd, end);
    assert(
      end - start <= SEALED_PACKET_BYTES_MAX,
      "the packet is not too long",
    );
    const { raw, input, nonce } = this.#heap;
    const heap = raw.HEAPU8;
    // Counted before use: whatever happens next, this nonce is spent.
    this.#nextPacketNumber = packetNumber + 1;
    this.#heap.setNonce(heap, packetNumber);
    heap.set(packet.subarray(start, bodyEnd), input);
    const headerBytes = bodyStart - start;
    const body = input + headerBytes;
    const bodyBytes = bodyEnd - bodyStart;
    raw._crypto_aead_chacha20poly1305_ietf_encrypt(
      body,
      0,
      body,
      bodyBytes,
      0,
      input,
      headerBytes,
      0,
      0,
      nonce,
      this.#key,
    );
    packet.set(heap.subarray(body, body + bodyBytes + TAG_BYTES), bodyStart);
    return end;
  }

  skipPacketNumber(): void {
    assert(this.#nextPacketNumber <= PACKET_NUMBER_MAX, "a number is left");
    this.#nextPacketNumber++;
  }

  free(): void {
    if (this.#key === 0) return;
    this.#heap.freeKey(this.#key);
    this.#key = 0;
  }
}

class SodiumOpeningKey implements OpeningKey {
  readonly #heap: SodiumHeap;
  /** The key's address on the heap, 0 once freed. */
  #key: number;
  #forgedPackets = 0;

  constructor(heap: SodiumHeap, key: Uint8Array) {
    this.#heap = heap;
    this.#key = heap.allocateKey(key);
  }

  get forgedPackets(): number {
    return this.#forgedPackets;
  }

  open(
    packet: Uint8Array,
    start: number,
    bodyStart: number,
    bodyEnd: number,
    packetNumber: number,
  ): number {
    assert(this.#key !== 0, "the opening key is not freed");
    assertOrder(packet, start, bodyStart, bodyEnd, bodyEnd);
    const bodyBytes = bodyEnd - bodyStart;
    // These come from the network, so they are a forgery and not a bug of ours.
    if (
      bodyBytes < TAG_BYTES || bodyEnd - start > SEALED_PACKET_BYTES_MAX ||
      !isPacketNumber(packetNumber)
    ) {
      this.#forgedPackets++;
      return -1;
    }
    const { raw, input, nonce } = this.#heap;
    const heap = raw.HEAPU8;
    this.#heap.setNonce(heap, packetNumber);
    heap.set(packet.subarray(start, bodyEnd), input);
    const headerBytes = bodyStart - start;
    const body = input + headerBytes;
    const result = raw._crypto_aead_chacha20poly1305_ietf_decrypt(
      body,
      0,
      0,
      body,
      bodyBytes,
      0,
      input,
      headerBytes,
      0,
      nonce,
      this.#key,
    );
    if (result !== 0) {
      this.#forgedPackets++;
      return -1;
    }
    packet.set(heap.subarray(body, body + bodyBytes - TAG_BYTES), bodyStart);
    return bodyEnd - TAG_BYTES;
  }

  free(): void {
    if (this.#key === 0) return;
    this.#heap.freeKey(this.#key);
    this.#key = 0;
  }
}

class SodiumProvider implements CryptoProvider {
  readonly #heap: SodiumHeap;

  constructor(heap: SodiumHeap) {
    this.#heap = heap;
  }

  hash(length: number, input: Uint8Array, key?: Uint8Array): Uint8Array {
    if (!Number.isInteger(length) || length < 16 || length > 64) {
      throw new RangeError(`Hash length must be 16 to 64: got ${length}`);
    }
    checkBytes("hash input", input, 0, HASH_INPUT_BYTES_MAX);
    const { raw, input: at, small: keyAt } = this.#heap;
    const out = keyAt + HASH_KEY_BYTES_MAX;
    raw.HEAPU8.set(input, at);
    if (key !== undefined) {
      checkBytes("hash key", key, 16, HASH_KEY_BYTES_MAX);
      raw.HEAPU8.set(key, keyAt);
    }
    const keyBytes = key?.length ?? 0;
    const keyOrNone = key === undefined ? 0 : keyAt;
    const result = raw._crypto_generichash(
      out,
      length,
      at,
      input.length,
      0,
      keyOrNone,
      keyBytes,
    );
    assert(result === 0, "BLAKE2b takes these lengths");
    const hash = raw.HEAPU8.slice(out, out + length);
    this.#wipe(input.length);
    return hash;
  }

  x25519PublicKey(secret: Uint8Array): Uint8Array {
    checkBytes("secret key", secret, X25519_BYTES, X25519_BYTES);
    const { raw, small: secretAt } = this.#heap;
    const out = secretAt + X25519_BYTES;
    raw.HEAPU8.set(secret, secretAt);
    raw._crypto_scalarmult_base(out, secretAt);
    const publicKey = raw.HEAPU8.slice(out, out + X25519_BYTES);
    this.#wipe(0);
    return publicKey;
  }

  x25519(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
    checkBytes("secret key", secret, X25519_BYTES, X25519_BYTES);
    checkBytes("public key", publicKey, X25519_BYTES, X25519_BYTES);
    const { raw, small: secretAt } = this.#heap;
    const publicAt = secretAt + X25519_BYTES;
    const out = publicAt + X25519_BYTES;
    raw.HEAPU8.set(secret, secretAt);
    raw.HEAPU8.set(publicKey, publicAt);
    // libsodium refuses a result of all zeros (RFC 7748 section 6.1).
    const refused = raw._crypto_scalarmult(out, secretAt, publicAt) !== 0;
    const shared = raw.HEAPU8.slice(out, out + X25519_BYTES);
    this.#wipe(0);
    return refused ? undefined : shared;
  }

  sealingKey(key: Uint8Array, firstPacketNumber: number): SealingKey {
    if (!isPacketNumber(firstPacketNumber)) {
      throw new RangeError(
        `Packet number must be an integer from 0: got ${firstPacketNumber}`,
      );
    }
    return new SodiumSealingKey(this.#heap, key, firstPacketNumber);
  }

  openingKey(key: Uint8Array): OpeningKey {
    return new SodiumOpeningKey(this.#heap, key);
  }

  /** Zeroes what a key or secret was in: what stays could be read later. */
  #wipe(inputBytes: number): void {
    const { raw, input, small } = this.#heap;
    raw.HEAPU8.fill(0, input, input + inputBytes);
    raw.HEAPU8.fill(0, small, small + SMALL_BYTES);
  }
}

function isPacketNumber(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= PACKET_NUMBER_MAX;
}

/** A wrong position would read or overwrite another part of the heap. */
function assertOrder(
  packet: Uint8Array,
  start: number,
  bodyStart: number,
  bodyEnd: number,
  end: number,
): void {
  assert(start >= 0, "the packet starts within its buffer");
  assert(bodyStart >= start, "the body follows the header");
  assert(bodyEnd >= bodyStart, "the body ends behind its start");
  assert(end <= packet.length, "the packet ends within its buffer");
}

function checkBytes(
  name: string,
  bytes: Uint8Array,
  min: number,
  max: number,
): void {
  if (bytes.length >= min && bytes.length <= max) return;
  const range = min === max ? `${min}` : `${min} to ${max}`;
  throw new RangeError(`The ${name} must be ${range} bytes: ${bytes.length}`);
}

/** Compares every raw function with the wrapper's, which checks lengths. */
function selfTest(provider: CryptoProvider): void {
  const pattern = (length: number, step: number) =>
    Uint8Array.from({ length }, (_, i) => i * step + length);
  const key = pattern(KEY_BYTES, 3);
  const text = pattern(200, 7);
  const nonce = Uint8Array.of(0, 0, 0, 0, 6, 5, 4, 3, 2, 1, 0, 0);
  const packetNumber = 0x0102_0304_0506;
  const header = text.slice(0, 13);

  const packet = new Uint8Array(text.length + TAG_BYTES);
  packet.set(text);
  const sealing = provider.sealingKey(key, packetNumber);
  const end = sealing.seal(packet, 0, header.length, text.length);
  sealing.free();
  const expected = sodium.crypto_aead_chacha20poly1305_ietf_encrypt(
    text.subarray(header.length),
    header,
    null,
    nonce,
    key,
  );
  check("seal", packet.subarray(header.length, end), expected);

  const forged = packet.slice();
  forged[header.length] = forged[header.length]! ^ 1;
  const opening = provider.openingKey(key);
  const forgedEnd = opening.open(forged, 0, header.length, end, packetNumber);
  const openEnd = opening.open(packet, 0, header.length, end, packetNumber);
  opening.free();
  check("open", packet.subarray(0, openEnd), text);
  check("open forged", Int8Array.of(forgedEnd), Int8Array.of(-1));

  for (const hashKey of [undefined, key]) {
    const wrapped = sodium.crypto_generichash(64, text, hashKey ?? null);
    check("hash", provider.hash(64, text, hashKey), wrapped);
  }
  const publicKey = sodium.crypto_scalarmult_base(key);
  check("x25519PublicKey", provider.x25519PublicKey(key), publicKey);
  const shared = provider.x25519(text.slice(0, X25519_BYTES), publicKey);
  const wrappedShared = sodium.crypto_scalarmult(
    text.slice(0, X25519_BYTES),
    publicKey,
  );
  check("x25519", shared ?? new Uint8Array(), wrappedShared);
}

function check(
  name: string,
  actual: Uint8Array | Int8Array,
  expected: Uint8Array | Int8Array,
): void {
  const equal = equalBytes(
    new Uint8Array(actual),
    new Uint8Array(expected),
  );
  if (!equal) throw new Error(`libsodium's self-test failed: ${name}`);
}

const NONCE_BYTES = 12;
const HASH_KEY_BYTES_MAX = 64;
/** A hash's key and result; X25519's two inputs and result need less. */
const SMALL_BYTES = 2 * 64;
const INPUT_BYTES = Math.max(SEALED_PACKET_BYTES_MAX, HASH_INPUT_BYTES_MAX);
