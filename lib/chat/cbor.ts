import { decode, encode, Token, Tokenizer, Type } from "cborg";
import { countCharacters } from "./character_count.ts";
import { ProtocolError } from "./protocol_error.ts";

/** What a message of ours is made of (docs/PROTOCOL.md section 6.1). */
export type CborValue =
  | number
  | string
  | boolean
  | Uint8Array;

/**
 * Encodes a message: one positional CBOR array (RFC 8949, deterministic).
 *
 * @param values The fields in order; numbers are integers from 0 to 2^53 - 1.
 * @returns The encoded array.
 */
export function encodeFields(values: readonly CborValue[]): Uint8Array {
  return withoutBuffer(encode(values));
}

/**
 * The fields of one received message, read in order by a decoder that knows
 * the exact shape. Every method throws {@linkcode ProtocolError} if the next
 * field is missing or is not as asked.
 */
export class FieldReader {
  readonly #values: readonly unknown[];
  #next = 0;

  /**
   * Decodes one message.
   *
   * @param body The whole message; nothing of it is kept.
   * @throws {ProtocolError} If it is not one strict CBOR array.
   */
  constructor(body: Uint8Array) {
    this.#values = decodeArray(body);
  }

  /**
   * Reads an integer.
   *
   * @param max The largest value allowed.
   * @returns An integer from 0 to `max`.
   */
  uint(max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#take();
    if (typeof value !== "number" || value > max) throw malformed("integer");
    return value;
  }

  /**
   * Reads a text.
   *
   * @param maxCharacters The most code points allowed.
   * @returns Well-formed text.
   */
  text(maxCharacters: number): string {
    return checkedText(this.#take(), maxCharacters);
  }

  /**
   * Reads a byte field.
   *
   * @param length The exact length.
   * @returns The bytes, owned by the caller.
   */
  bytes(length: number): Uint8Array {
    const value = this.#take();
    if (!(value instanceof Uint8Array) || value.length !== length) {
      throw malformed("bytes");
    }
    return value;
  }

  /**
   * Reads a byte field whose length its sender chose.
   *
   * @param maxLength The longest allowed.
   * @returns The bytes, owned by the caller.
   */
  bytesUpTo(maxLength: number): Uint8Array {
    const value = this.#take();
    if (!(value instanceof Uint8Array) || value.length > maxLength) {
      throw malformed("bytes");
    }
    return value;
  }

  /**
   * Reads a truth value.
   *
   * @returns True or false.
   */
  bool(): boolean {
    const value = this.#take();
    if (typeof value !== "boolean") throw malformed("boolean");
    return value;
  }

  /** Checks that no field is left. */
  end(): void {
    if (this.#next !== this.#values.length) throw malformed("field count");
  }

  #take(): unknown {
    if (this.#next >= this.#values.length) throw malformed("field count");
    return this.#values[this.#next++];
  }
}

/**
 * Lets pass only what messages are made of. Without it cborg would recurse as
 * deep as the sender nests arrays, and put U+FFFD in place of invalid UTF-8.
 */
class MessageTokenizer extends Tokenizer {
  /** Of the array that is the message: what repeats in it comes after its count. */
  #isInside = false;

  override next(): Token {
    const start = this.pos();
    const token = super.next();
    const { type } = token;
    if (Type.equals(type, Type.string)) {
      const raw = this.data.subarray(
        start + headBytes(this.data[start]!),
        this.pos(),
      );
      return new Token(type, UTF8.decode(raw), token.encodedLength);
    }
    if (Type.equals(type, Type.array)) {
      if (this.#isInside) throw malformed("nesting");
      this.#isInside = true;
    } else if (!SCALARS.some((scalar) => Type.equals(type, scalar))) {
      throw malformed("type");
    }
    return token;
  }
}

function decodeArray(body: Uint8Array): readonly unknown[] {
  let value: unknown;
  try {
    const bytes = withoutBuffer(body);
    const tokenizer = new MessageTokenizer(bytes, OPTIONS);
    value = decode(bytes, { ...OPTIONS, tokenizer });
  } catch {
    // cborg throws plain errors whose texts are for its own developers.
    throw new ProtocolError("message is not strict CBOR");
  }
  if (!Array.isArray(value)) throw malformed("message");
  return value;
}

/**
 * The same bytes as a plain array. Of a Node.js `Buffer`, which cborg's encoder
 * gives, the decoder's byte fields would be views instead of copies.
 */
function withoutBuffer(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function checkedText(value: unknown, maxCharacters: number): string {
  if (typeof value !== "string") throw malformed("text");
  // Only texts near the limit need counting.
  if (
    value.length > maxCharacters && countCharacters(value) > maxCharacters
  ) throw malformed("text length");
  return value;
}

/** How many bytes tell type and length (RFC 8949 section 3). */
function headBytes(first: number): number {
  const info = first & 0x1f;
  return info < 24 ? 1 : 1 + 2 ** (info - 24);
}

function malformed(what: string): ProtocolError {
  return new ProtocolError(`malformed message: ${what}`);
}

const OPTIONS = {
  strict: true,
  allowIndefinite: false,
  allowNaN: false,
  allowInfinity: false,
  allowUndefined: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
};

/** A leading U+FEFF is a character of the text like any other. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const SCALARS = [Type.uint, Type.bytes, Type.true, Type.false];
