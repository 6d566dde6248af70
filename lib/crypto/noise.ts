/**
 * The handshake Noise_NX_25519_ChaChaPoly_BLAKE2b (Noise Protocol Framework
 * revision 34; docs/PROTOCOL.md section 5.2). The section numbers below are the
 * framework's.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { concatBytes } from "../base/bytes.ts";
import {
  type CryptoProvider,
  KEY_BYTES,
  TAG_BYTES,
  X25519_BYTES,
} from "./provider.ts";

/** The most payload bytes of one handshake message: it must fit a datagram. */
export const NOISE_PAYLOAD_BYTES_MAX = 1024;

/** A key for each direction. */
export interface DirectionKeys {
  /** 32 bytes: what the initiator (the client) sends. */
  readonly initiatorToResponder: Uint8Array;
  /** 32 bytes: what the responder (the server) sends. */
  readonly responderToInitiator: Uint8Array;
}

/** What an initiator starts with. */
export interface NoiseInitiatorOptions {
  /** The primitives. */
  readonly crypto: CryptoProvider;
  /** What both ends must agree on before: equal bytes or no handshake. */
  readonly prologue: Uint8Array;
  /** 32 fresh random bytes, copied. */
  readonly ephemeralSecret: Uint8Array;
}

/** What a responder starts with. */
export interface NoiseResponderOptions extends NoiseInitiatorOptions {
  /** The 32 secret bytes of its identity, copied. */
  readonly staticSecret: Uint8Array;
}

/**
 * One end of an NX handshake: the initiator writes `e`, the responder answers
 * `e, ee, s, es`, then both {@linkcode split}. The initiator proves nothing
 * about itself; the responder proves its static key.
 */
export class NoiseNx {
  readonly #crypto: CryptoProvider;
  /** Undefined at the initiator, whom NX gives no static key. */
  readonly #static: KeyPair | undefined;
  readonly #ephemeral: KeyPair;
  #symmetric: SymmetricState;
  #stage: Stage = { type: "start" };
  #remoteStatic: Uint8Array | undefined;

  /**
   * Use {@linkcode NoiseNx.initiator} or {@linkcode NoiseNx.responder}: they
   * name the role.
   *
   * @param options What both roles start with.
   * @param staticSecret The responder's identity; the initiator has none.
   */
  constructor(
    { crypto, prologue, ephemeralSecret }: NoiseInitiatorOptions,
    staticSecret?: Uint8Array,
  ) {
    this.#crypto = crypto;
    this.#static = staticSecret && keyPair(crypto, staticSecret);
    this.#ephemeral = keyPair(crypto, ephemeralSecret);
    this.#symmetric = initializeSymmetric(crypto, prologue);
  }

  /**
   * The client's end: writes message 1, reads message 2.
   *
   * @param options Its options.
   * @returns The handshake at its start.
   * @throws {RangeError} If the secret has a wrong length.
   */
  static initiator(options: NoiseInitiatorOptions): NoiseNx {
    return new NoiseNx(options);
  }

  /**
   * The server's end: reads message 1, writes message 2.
   *
   * @param options Its options.
   * @returns The handshake at its start.
   * @throws {RangeError} If a secret has a wrong length.
   */
  static responder(options: NoiseResponderOptions): NoiseNx {
    return new NoiseNx(options, options.staticSecret);
  }

  /** The responder's static public key, known to the initiator at the end. */
  get remoteStatic(): Uint8Array | undefined {
    return this.#remoteStatic;
  }

  /** 64 bytes that name this handshake; final once it is complete. */
  get handshakeHash(): Uint8Array {
    return this.#symmetric.hash.slice();
  }

  /**
   * Writes this end's message. The payload of message 1 is not encrypted, that
   * of message 2 is.
   *
   * @param payload At most {@linkcode NOISE_PAYLOAD_BYTES_MAX} bytes.
   * @returns The message.
   * @throws {AssertionError} If it is not this end's turn.
   * @throws {RangeError} If the payload is too long.
   */
  writeMessage(payload: Uint8Array): Uint8Array {
    if (payload.length > NOISE_PAYLOAD_BYTES_MAX) {
      throw new RangeError(`The payload is too long: ${payload.length} bytes`);
    }
    return this.#static === undefined
      ? this.#writeFirst(payload)
      : this.#writeSecond(this.#static, payload);
  }

  /**
   * Reads the peer's message. One that is refused changes nothing: a forged
   * answer must not end a handshake whose true answer is still on its way.
   *
   * @param message The message, not kept.
   * @returns Its payload, copied, or undefined if it does not parse, does not
   * authenticate, or brings a point of low order.
   * @throws {AssertionError} If it is not the peer's turn.
   */
  readMessage(message: Uint8Array): Uint8Array | undefined {
    return this.#static === undefined
      ? this.#readSecond(message)
      : this.#readFirst(message);
  }

  /**
   * Derives the traffic keys and zeroes the secrets of the handshake (best
   * effort: the runtime may have copied them). Once, after both messages.
   *
   * @returns The keys.
   * @throws {AssertionError} If the handshake is not complete, or was split.
   */
  split(): DirectionKeys {
    assert(this.#stage.type === "complete", "the handshake is complete");
    const { chainingKey } = this.#symmetric;
    const [first, second] = hkdf(this.#crypto, chainingKey, new Uint8Array());
    chainingKey.fill(0);
    this.#ephemeral.secret.fill(0);
    this.#static?.secret.fill(0);
    this.#stage = { type: "split" };
    return {
      initiatorToResponder: first.slice(0, KEY_BYTES),
      responderToInitiator: second.slice(0, KEY_BYTES),
    };
  }

  /** `-> e` */
  #writeFirst(payload: Uint8Array): Uint8Array {
    assert(this.#stage.type === "start", "message 1 is written once");
    let state = mixHash(
      this.#crypto,
      this.#symmetric,
      this.#ephemeral.publicKey,
    );
    state = mixHash(this.#crypto, state, payload);
    this.#symmetric = state;
    this.#stage = { type: "firstSent" };
    return concatBytes(this.#ephemeral.publicKey, payload);
  }

  /** `-> e`, and the `ee` of message 2 already: it tells a point of low order. */
  #readFirst(message: Uint8Array): Uint8Array | undefined {
    assert(this.#stage.type === "start", "message 1 is read once");
    if (message.length < X25519_BYTES) return undefined;
    if (message.length > FIRST_MESSAGE_BYTES_MAX) return undefined;
    const remoteEphemeral = message.slice(0, X25519_BYTES);
    const ee = this.#crypto.x25519(this.#ephemeral.secret, remoteEphemeral);
    if (ee === undefined) return undefined;
    const payload = message.slice(X25519_BYTES);
    let state = mixHash(this.#crypto, this.#symmetric, remoteEphemeral);
    state = mixHash(this.#crypto, state, payload);
    this.#symmetric = state;
    this.#stage = { type: "firstReceived", remoteEphemeral, ee };
    return payload;
  }

  /** `<- e, ee, s, es` */
  #writeSecond(identity: KeyPair, payload: Uint8Array): Uint8Array {
    assert(this.#stage.type === "firstReceived", "message 2 answers message 1");
    const crypto = this.#crypto;
    const { remoteEphemeral, ee } = this.#stage;
    const es = crypto.x25519(identity.secret, remoteEphemeral);
    assert(es !== undefined, "a point that passed ee is not of low order");
    let state = mixHash(crypto, this.#symmetric, this.#ephemeral.publicKey);
    state = mixKey(crypto, state, ee);
    const sealedStatic = encryptAndHash(crypto, state, identity.publicKey);
    state = mixKey(crypto, sealedStatic.state, es);
    const sealedPayload = encryptAndHash(crypto, state, payload);
    this.#symmetric = sealedPayload.state;
    this.#stage = { type: "complete" };
    return concatBytes(
      this.#ephemeral.publicKey,
      sealedStatic.bytes,
      sealedPayload.bytes,
    );
  }

  /** `<- e, ee, s, es` */
  #readSecond(message: Uint8Array): Uint8Array | undefined {
    assert(this.#stage.type === "firstSent", "message 2 answers message 1");
    if (message.length < SECOND_MESSAGE_BYTES_MIN) return undefined;
    const crypto = this.#crypto;
    const remoteEphemeral = message.slice(0, X25519_BYTES);
    const ee = crypto.x25519(this.#ephemeral.secret, remoteEphemeral);
    if (ee === undefined) return undefined;
    let state = mixHash(crypto, this.#symmetric, remoteEphemeral);
    state = mixKey(crypto, state, ee);
    const sealedStatic = message.slice(X25519_BYTES, SECOND_PAYLOAD_START);
    const remoteStatic = decryptAndHash(crypto, state, sealedStatic);
    if (remoteStatic === undefined) return undefined;
    const es = crypto.x25519(this.#ephemeral.secret, remoteStatic.bytes);
    if (es === undefined) return undefined;
    state = mixKey(crypto, remoteStatic.state, es);
    const sealedPayload = message.slice(SECOND_PAYLOAD_START);
    const payload = decryptAndHash(crypto, state, sealedPayload);
    if (payload === undefined) return undefined;
    this.#symmetric = payload.state;
    this.#remoteStatic = remoteStatic.bytes;
    this.#stage = { type: "complete" };
    return payload.bytes;
  }
}

interface KeyPair {
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
}

function keyPair(crypto: CryptoProvider, secret: Uint8Array): KeyPair {
  return { secret: secret.slice(), publicKey: crypto.x25519PublicKey(secret) };
}

type Stage =
  | { readonly type: "start" }
  | { readonly type: "firstSent" }
  | {
    readonly type: "firstReceived";
    readonly remoteEphemeral: Uint8Array;
    readonly ee: Uint8Array;
  }
  | { readonly type: "complete" }
  | { readonly type: "split" };

/**
 * Section 5.2. Never changed, always replaced, so that a message that fails
 * leaves the state before it. In NX every cipher key encrypts once, so the
 * nonce of section 5.1 is always 0 and has no field.
 */
interface SymmetricState {
  /** 64 bytes: `h`. */
  readonly hash: Uint8Array;
  /** 64 bytes: `ck`. */
  readonly chainingKey: Uint8Array;
  /** 32 bytes: `k`, once a shared secret was mixed in. */
  readonly cipherKey: Uint8Array | undefined;
}

/** What went out or came in, and the state after it. */
interface Transformed {
  readonly bytes: Uint8Array;
  readonly state: SymmetricState;
}

/** Section 5.3, Initialize: the protocol's name, zero-padded, then prologue. */
function initializeSymmetric(
  crypto: CryptoProvider,
  prologue: Uint8Array,
): SymmetricState {
  const hash = new Uint8Array(HASH_BYTES);
  hash.set(new TextEncoder().encode(PROTOCOL_NAME));
  const chainingKey = hash.slice();
  return mixHash(crypto, { hash, chainingKey, cipherKey: undefined }, prologue);
}

function mixHash(
  crypto: CryptoProvider,
  state: SymmetricState,
  data: Uint8Array,
): SymmetricState {
  const hash = crypto.hash(HASH_BYTES, concatBytes(state.hash, data));
  return { ...state, hash };
}

function mixKey(
  crypto: CryptoProvider,
  state: SymmetricState,
  secret: Uint8Array,
): SymmetricState {
  const [chainingKey, key] = hkdf(crypto, state.chainingKey, secret);
  return { ...state, chainingKey, cipherKey: key.slice(0, KEY_BYTES) };
}

function encryptAndHash(
  crypto: CryptoProvider,
  state: SymmetricState,
  plaintext: Uint8Array,
): Transformed {
  assert(state.cipherKey !== undefined, "a key was mixed in");
  const hashBytes = state.hash.length;
  const tagRoom = new Uint8Array(TAG_BYTES);
  const packet = concatBytes(state.hash, plaintext, tagRoom);
  const key = crypto.sealingKey(state.cipherKey, 0);
  key.seal(packet, 0, hashBytes, hashBytes + plaintext.length);
  key.free();
  const bytes = packet.slice(hashBytes);
  return { bytes, state: mixHash(crypto, state, bytes) };
}

function decryptAndHash(
  crypto: CryptoProvider,
  state: SymmetricState,
  ciphertext: Uint8Array,
): Transformed | undefined {
  assert(state.cipherKey !== undefined, "a key was mixed in");
  const packet = concatBytes(state.hash, ciphertext);
  const key = crypto.openingKey(state.cipherKey);
  const end = key.open(packet, 0, state.hash.length, packet.length, 0);
  key.free();
  if (end < 0) return undefined;
  const bytes = packet.slice(state.hash.length, end);
  return { bytes, state: mixHash(crypto, state, ciphertext) };
}

/** Section 4.3, HKDF with two outputs of 64 bytes. */
function hkdf(
  crypto: CryptoProvider,
  chainingKey: Uint8Array,
  input: Uint8Array,
): [Uint8Array, Uint8Array] {
  const secret = hmac(crypto, chainingKey, input);
  const first = hmac(crypto, secret, Uint8Array.of(1));
  const second = hmac(crypto, secret, concatBytes(first, Uint8Array.of(2)));
  return [first, second];
}

/** Section 4.3: HMAC (RFC 2104) over BLAKE2b, not BLAKE2b's own keyed mode. */
function hmac(
  crypto: CryptoProvider,
  key: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const inner = new Uint8Array(HASH_BLOCK_BYTES).fill(0x36);
  const outer = new Uint8Array(HASH_BLOCK_BYTES).fill(0x5c);
  for (const [i, byte] of key.entries()) {
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  const innerHash = crypto.hash(HASH_BYTES, concatBytes(inner, data));
  return crypto.hash(HASH_BYTES, concatBytes(outer, innerHash));
}

const PROTOCOL_NAME = "Noise_NX_25519_ChaChaPoly_BLAKE2b";
const HASH_BYTES = 64;
const HASH_BLOCK_BYTES = 128;
const FIRST_MESSAGE_BYTES_MAX = X25519_BYTES + NOISE_PAYLOAD_BYTES_MAX;
/** In message 2: `e`, then the encrypted `s`, then the payload. */
const SECOND_PAYLOAD_START = X25519_BYTES + X25519_BYTES + TAG_BYTES;
const SECOND_MESSAGE_BYTES_MIN = SECOND_PAYLOAD_START + TAG_BYTES;
