/**
 * The primitives everything above builds on: BLAKE2b, X25519 and
 * ChaCha20-Poly1305, behind one synchronous interface (docs/PROTOCOL.md
 * section 5). Randomness is an argument everywhere: nothing here draws it.
 *
 * @module
 */

/** Bytes of a ChaCha20-Poly1305 key, and of every other symmetric key. */
export const KEY_BYTES = 32;

/** Bytes of the authentication tag that sealing appends. */
export const TAG_BYTES = 16;

/** Bytes of an X25519 secret key, public key and shared secret. */
export const X25519_BYTES = 32;

/**
 * The most bytes from the first header byte to the last tag byte of one packet.
 * Nobody sends a longer datagram, so none longer opens.
 */
export const SEALED_PACKET_BYTES_MAX = 16_384;

/** The most bytes one hash takes: everything hashed here fits one datagram. */
export const HASH_INPUT_BYTES_MAX = 2048;

/** The last packet number a key seals: above it a number is no exact integer. */
export const PACKET_NUMBER_MAX: number = Number.MAX_SAFE_INTEGER;

/**
 * Forged packets after which a connection must end: the integrity limit of
 * ChaCha20-Poly1305, RFC 9001 section 6.6. There is no limit on sealed packets
 * below {@linkcode PACKET_NUMBER_MAX}.
 */
export const FORGED_PACKETS_MAX: number = 2 ** 36;

/**
 * Encrypts one direction of a connection. The key owns its packet number, which
 * is the nonce, so that no caller can use one twice.
 */
export interface SealingKey {
  /** The number the next sealed packet gets. */
  readonly nextPacketNumber: number;

  /**
   * Encrypts `packet[bodyStart, bodyEnd)` in place, appends the tag, and
   * authenticates the header `packet[start, bodyStart)` with it. Uses up
   * {@linkcode nextPacketNumber}.
   *
   * @param packet What holds header and plaintext, with room for the tag.
   * @param start Where the header starts.
   * @param bodyStart Where the header ends and the plaintext starts.
   * @param bodyEnd Where the plaintext ends.
   * @returns Where the sealed packet ends: `bodyEnd + TAG_BYTES`.
   * @throws {AssertionError} If the key was freed or has no number left, or if
   * the positions do not fit.
   */
  seal(
    packet: Uint8Array,
    start: number,
    bodyStart: number,
    bodyEnd: number,
  ): number;

  /** Leaves one packet number out. */
  skipPacketNumber(): void;

  /** Zeroes the key. Idempotent; the key must not be used afterwards. */
  free(): void;
}

/** Decrypts one direction of a connection. */
export interface OpeningKey {
  /** How many packets failed to open: see {@linkcode FORGED_PACKETS_MAX}. */
  readonly forgedPackets: number;

  /**
   * Checks and decrypts `packet[bodyStart, bodyEnd)` in place.
   *
   * @param packet What holds header and ciphertext.
   * @param start Where the header starts.
   * @param bodyStart Where the header ends and the ciphertext starts.
   * @param bodyEnd Where the tag ends.
   * @param packetNumber The whole packet number, not the truncated one.
   * @returns Where the plaintext ends, or -1 if the packet was not sealed with
   * this key, header and number; then the body is unspecified.
   * @throws {AssertionError} If the key was freed, or if the positions are not
   * in order within the packet.
   */
  open(
    packet: Uint8Array,
    start: number,
    bodyStart: number,
    bodyEnd: number,
    packetNumber: number,
  ): number;

  /** Zeroes the key. Idempotent; the key must not be used afterwards. */
  free(): void;
}

/** The vetted primitives, each from one library, none of our own making. */
export interface CryptoProvider {
  /**
   * BLAKE2b (RFC 7693), with a key where one is given.
   *
   * @param length Bytes of the result, 16 to 64.
   * @param input At most {@linkcode HASH_INPUT_BYTES_MAX} bytes.
   * @param key 16 to 64 bytes.
   * @returns The hash.
   * @throws {RangeError} If a length is out of its range.
   */
  hash(length: number, input: Uint8Array, key?: Uint8Array): Uint8Array;

  /**
   * The public key of an X25519 secret (RFC 7748).
   *
   * @param secret 32 random bytes.
   * @returns 32 bytes.
   * @throws {RangeError} If the secret has another length.
   */
  x25519PublicKey(secret: Uint8Array): Uint8Array;

  /**
   * The X25519 shared secret (RFC 7748).
   *
   * @param secret Our 32 secret bytes.
   * @param publicKey The peer's 32 bytes, not trusted.
   * @returns 32 bytes, or undefined for a point of low order: its "secret" is
   * known to everybody.
   * @throws {RangeError} If a key has another length.
   */
  x25519(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;

  /**
   * Makes the key of packets we send. To be freed.
   *
   * @param key 32 bytes, copied. Never used for a second sealing key.
   * @param firstPacketNumber The number its first packet gets.
   * @returns The key.
   * @throws {RangeError} If the key's length or the number is out of range.
   */
  sealingKey(key: Uint8Array, firstPacketNumber: number): SealingKey;

  /**
   * Makes the key of packets the peer sends. To be freed.
   *
   * @param key 32 bytes, copied.
   * @returns The key.
   * @throws {RangeError} If the key has another length.
   */
  openingKey(key: Uint8Array): OpeningKey;
}
