import { Reader, varintBytes, Writer } from "../base/bytes.ts";
import { ProtocolError } from "./protocol_error.ts";

/**
 * Puts a message on a byte stream: its length as a varint (RFC 9000 section
 * 16), then its bytes (docs/PROTOCOL.md section 6.1).
 *
 * @param body The encoded message.
 * @returns A new array of length and body.
 */
export function frameMessage(body: Uint8Array): Uint8Array {
  const head = varintBytes(body.length);
  const framed = new Uint8Array(head + body.length);
  new Writer(framed).varint(body.length);
  framed.set(body, head);
  return framed;
}

/**
 * Cuts a byte stream into the messages framed by {@linkcode frameMessage}. It
 * holds at most one incomplete message, and takes memory for it as it comes,
 * not as it is announced.
 */
export class MessageDeframer {
  readonly #maxBytes: number;
  /** The start of an incomplete frame: `#held[0, #heldBytes)`. */
  #held: Uint8Array = NOTHING;
  #heldBytes = 0;
  /** The length of the incomplete frame, once its head is complete. */
  #wantedBytes: number | undefined;

  /**
   * Creates a deframer at the start of a stream.
   *
   * @param maxBytes The longest message allowed, without its head.
   */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes the next bytes of the stream, cut anywhere.
   *
   * @param chunk The bytes.
   * @returns The messages completed, in order. Each is borrowed: it is valid
   * while `chunk` is.
   * @throws {ProtocolError} If a message is longer than allowed. The stream
   * cannot be read further then.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#heldBytes === 0) {
        const end = this.#frameEnd(chunk, at, chunk.length);
        if (end !== undefined && end <= chunk.length) {
          messages.push(chunk.subarray(at + headBytes(chunk[at]!), end));
          at = end;
          continue;
        }
      }
      at = this.#hold(chunk, at);
      if (this.#heldBytes !== this.#wantedBytes) continue;
      const start = headBytes(this.#held[0]!);
      messages.push(this.#held.subarray(start, this.#heldBytes));
      this.#held = NOTHING;
      this.#heldBytes = 0;
      this.#wantedBytes = undefined;
    }
    return messages;
  }

  /** Keeps what belongs to the incomplete frame; returns where it stopped. */
  #hold(chunk: Uint8Array, at: number): number {
    const wanted = this.#wantedBytes ??
      (this.#heldBytes === 0
        ? headBytes(chunk[at]!)
        : headBytes(this.#held[0]!));
    const taken = Math.min(wanted - this.#heldBytes, chunk.length - at);
    const bytes = this.#heldBytes + taken;
    if (bytes > this.#held.length) {
      const grown = new Uint8Array(
        Math.max(bytes, Math.min(wanted, 2 * this.#held.length)),
      );
      grown.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = grown;
    }
    this.#held.set(chunk.subarray(at, at + taken), this.#heldBytes);
    this.#heldBytes = bytes;
    this.#wantedBytes ??= this.#frameEnd(this.#held, 0, bytes);
    return at + taken;
  }

  /** Where the frame starting at `at` ends, if its head is complete. */
  #frameEnd(bytes: Uint8Array, at: number, end: number): number | undefined {
    const head = headBytes(bytes[at]!);
    if (end - at < head) return undefined;
    // The longest varints do not fit a number; no message is that long.
    const length = head === 8 ? Infinity : new Reader(bytes, at, end).varint();
    if (length > this.#maxBytes) {
      throw new ProtocolError(`message longer than ${this.#maxBytes} bytes`);
    }
    return at + head + length;
  }
}

/** The length of a varint by its first byte (RFC 9000 section 16). */
function headBytes(first: number): number {
  return 1 << (first >>> 6);
}

const NOTHING = new Uint8Array(0);
