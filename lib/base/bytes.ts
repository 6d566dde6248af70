import { assert } from "./assert.ts";

/**
 * The one error of {@linkcode Reader}: the input ends before the value does,
 * or a varint is larger than {@linkcode Number.MAX_SAFE_INTEGER}.
 */
export class ShortInputError extends Error {
  /** The name errors of this class print. */
  override readonly name = "ShortInputError";
}

/**
 * Reads big-endian integers and byte fields from a byte array that somebody
 * else owns. It copies nothing: {@linkcode Reader.take} borrows.
 */
export class Reader {
  /** The array being read; it is not copied. */
  readonly bytes: Uint8Array;
  /** The index of the next byte to read. */
  position: number;
  /** The index after the last byte that may be read. */
  readonly end: number;

  /**
   * Creates a reader of a part of an array.
   *
   * @param bytes The array to read.
   * @param position The index of the first byte to read.
   * @param end The index after the last byte to read.
   */
  constructor(bytes: Uint8Array, position = 0, end: number = bytes.length) {
    assert(position >= 0 && position <= end, "position is outside the input");
    assert(end <= bytes.length, "end is outside the array");
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** How many bytes are left. */
  get remaining(): number {
    return this.end - this.position;
  }

  /**
   * Reads one byte.
   *
   * @returns An integer of 8 bits.
   * @throws {ShortInputError} If no byte is left.
   */
  u8(): number {
    return this.bytes[this.#advance(1)]!;
  }

  /**
   * Reads two bytes.
   *
   * @returns An integer of 16 bits.
   * @throws {ShortInputError} If fewer than 2 bytes are left.
   */
  u16(): number {
    const at = this.#advance(2);
    return this.bytes[at]! << 8 | this.bytes[at + 1]!;
  }

  /**
   * Reads four bytes.
   *
   * @returns An integer of 32 bits, never negative.
   * @throws {ShortInputError} If fewer than 4 bytes are left.
   */
  u32(): number {
    return readU32(this.bytes, this.#advance(4));
  }

  /**
   * Reads a variable-length integer (RFC 9000 section 16). Encodings longer
   * than necessary are accepted.
   *
   * @returns An integer from 0 to 2^53 - 1.
   * @throws {ShortInputError} If the input ends within the integer, or the
   * integer is larger than 2^53 - 1.
   */
  varint(): number {
    const bytes = this.bytes;
    if (this.position >= this.end) throw new ShortInputError(SHORT);
    const first = bytes[this.position]!;
    if (first < 0x40) {
      this.position++;
      return first;
    }
    if (first < 0x80) {
      const at = this.#advance(2);
      return (first & 0x3f) << 8 | bytes[at + 1]!;
    }
    if (first < 0xc0) return readU32(bytes, this.#advance(4)) - 0x8000_0000;
    const at = this.#advance(8);
    const high = readU32(bytes, at) - 0xc000_0000;
    if (high > MAX_HIGH_WORD) throw new ShortInputError("varint above 2^53-1");
    return high * 0x1_0000_0000 + readU32(bytes, at + 4);
  }

  /**
   * Reads a byte field.
   *
   * @param length The length of the field in bytes.
   * @returns A view of the array being read, borrowed: copy before keeping it.
   * @throws {ShortInputError} If fewer bytes are left.
   */
  take(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.bytes.subarray(at, at + length);
  }

  /**
   * Passes over bytes.
   *
   * @param length How many bytes.
   * @throws {ShortInputError} If fewer bytes are left.
   */
  skip(length: number): void {
    this.#advance(length);
  }

  #advance(length: number): number {
    const at = this.position;
    if (length > this.end - at) throw new ShortInputError(SHORT);
    this.position = at + length;
    return at;
  }
}

/**
 * Writes big-endian integers and byte fields into a byte array that somebody
 * else owns. Writing past the end is a bug of ours, so it is asserted: callers
 * look at {@linkcode Writer.remaining} first.
 */
export class Writer {
  /** The array being written. */
  readonly bytes: Uint8Array;
  /** The index of the next byte to write. */
  position: number;
  /** The index after the last byte that may be written. */
  readonly end: number;

  /**
   * Creates a writer of a part of an array.
   *
   * @param bytes The array to write into.
   * @param position The index of the first byte to write.
   * @param end The index after the last byte that may be written.
   */
  constructor(bytes: Uint8Array, position = 0, end: number = bytes.length) {
    assert(position >= 0 && position <= end, "position is outside the output");
    assert(end <= bytes.length, "end is outside the array");
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** How many bytes still fit. */
  get remaining(): number {
    return this.end - this.position;
  }

  /**
   * Writes one byte.
   *
   * @param value An integer of 8 bits.
   */
  u8(value: number): void {
    this.bytes[this.#advance(1)] = value;
  }

  /**
   * Writes two bytes.
   *
   * @param value An integer of 16 bits.
   */
  u16(value: number): void {
    const at = this.#advance(2);
    this.bytes[at] = value >>> 8;
    this.bytes[at + 1] = value;
  }

  /**
   * Writes four bytes.
   *
   * @param value An integer of 32 bits.
   */
  u32(value: number): void {
    writeU32(this.bytes, this.#advance(4), value);
  }

  /**
   * Writes a variable-length integer (RFC 9000 section 16) in its shortest
   * form.
   *
   * @param value An integer from 0 to 2^53 - 1.
   */
  varint(value: number): void {
    const length = varintBytes(value);
    const bytes = this.bytes;
    const at = this.#advance(length);
    if (length === 1) {
      bytes[at] = value;
    } else if (length === 2) {
      bytes[at] = 0x40 | value >>> 8;
      bytes[at + 1] = value;
    } else if (length === 4) {
      writeU32(bytes, at, value + 0x8000_0000);
    } else {
      const low = value % 0x1_0000_0000;
      writeU32(bytes, at, (value - low) / 0x1_0000_0000 + 0xc000_0000);
      writeU32(bytes, at + 4, low);
    }
  }

  /**
   * Writes a byte field.
   *
   * @param bytes The bytes; they are copied.
   */
  put(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#advance(bytes.length));
  }

  #advance(length: number): number {
    const at = this.position;
    assert(length <= this.end - at, "the output does not fit");
    this.position = at + length;
    return at;
  }
}

/**
 * Tells how long the shortest varint of a value is (RFC 9000 section 16).
 *
 * @param value An integer from 0 to 2^53 - 1.
 * @returns The length in bytes.
 */
export function varintBytes(value: number): 1 | 2 | 4 | 8 {
  assert(value >= 0 && Number.isSafeInteger(value), "not a varint");
  if (value < 0x40) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x4000_0000) return 4;
  return 8;
}

/**
 * Joins byte arrays.
 *
 * @param parts The arrays, in order.
 * @returns A new array of all their bytes.
 */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * Compares byte arrays in a time that depends on their lengths only, so that
 * a peer cannot find a secret token byte by byte.
 *
 * @param a One array.
 * @param b The other array.
 * @returns Whether they have the same length and bytes.
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/**
 * Writes bytes as hexadecimal digits.
 *
 * @param bytes The bytes.
 * @returns Two lower-case digits a byte.
 */
export function encodeHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/**
 * Reads hexadecimal digits of either case.
 *
 * @param hex Two digits a byte, without separators.
 * @returns The bytes.
 * @throws {SyntaxError} If there is an odd number of digits, or a character
 * that is no hexadecimal digit.
 */
export function decodeHex(hex: string): Uint8Array {
  if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(hex)) {
    throw new SyntaxError("expected an even number of hexadecimal digits");
  }
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 |
    bytes[at + 3]!) >>> 0;
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

const SHORT = "the input ends too early";

/** The upper 32 bits of 2^53 - 1. */
const MAX_HIGH_WORD = 0x1f_ffff;
