import { MESSAGE_BYTES, TEXT_MARK } from "./workload.ts";

/** The CBOR head of a text of that length, and how every text here begins. */
const PATTERN: Uint8Array = new Uint8Array([
  0x78,
  MESSAGE_BYTES,
  ...new TextEncoder().encode(TEXT_MARK),
]);
/** A text with its head. */
const WHOLE_BYTES = 2 + MESSAGE_BYTES;

/**
 * Finds the benchmark's texts in a room's stream without decoding the messages
 * around them: one processor plays all clients, and has to keep up with a server
 * that encodes each message once.
 */
export class MessageScanner {
  /** What may be the start of a text: the end of the bytes so far. */
  #rest = new Uint8Array(0);

  /**
   * Takes the next bytes of the stream, cut anywhere.
   *
   * @param bytes The bytes.
   * @param onText Called with each text; valid during the call.
   */
  push(bytes: Uint8Array, onText: (text: Uint8Array) => void): void {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    let at = 0;
    while (at + WHOLE_BYTES <= all.length) {
      if (isStart(all, at)) {
        onText(all.subarray(at + 2, at + WHOLE_BYTES));
        at += WHOLE_BYTES;
      } else at++;
    }
    this.#rest = all.subarray(at);
  }
}

function isStart(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === PATTERN[0] && bytes[at + 1] === PATTERN[1] &&
    bytes[at + 2] === PATTERN[2] && bytes[at + 3] === PATTERN[3];
}
