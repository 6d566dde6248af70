import { assert } from "../base/assert.ts";
import { MESSAGE_ID_BYTES } from "./limits.ts";

/** What {@linkcode makeMessageId} needs. */
export interface MessageIdOptions {
  /** The wall clock, in milliseconds since 1970. */
  readonly timeMs: number;
  /** At least 10 fresh random bytes; the first 10 are used. */
  readonly random: Uint8Array;
}

/**
 * Makes the ID a client gives a message: a UUIDv7 (RFC 9562 section 5.7). The
 * ID only has to differ from the sender's other IDs; the order of messages
 * comes from the server, never from here.
 *
 * @param options The time and the random bytes.
 * @returns 16 new bytes.
 */
export function makeMessageId(options: MessageIdOptions): Uint8Array {
  const { timeMs, random } = options;
  assert(Number.isSafeInteger(timeMs) && timeMs >= 0, "timeMs out of range");
  assert(random.length >= RANDOM_BYTES, "too few random bytes");
  const id = new Uint8Array(MESSAGE_ID_BYTES);
  const low = timeMs % 0x1_0000_0000;
  const high = (timeMs - low) / 0x1_0000_0000;
  id[0] = high >>> 8;
  id[1] = high;
  id[2] = low >>> 24;
  id[3] = low >>> 16;
  id[4] = low >>> 8;
  id[5] = low;
  id.set(random.subarray(0, RANDOM_BYTES), MESSAGE_ID_BYTES - RANDOM_BYTES);
  id[6] = 0x70 | id[6]! & 0x0f;
  id[8] = 0x80 | id[8]! & 0x3f;
  return id;
}

/** What a UUIDv7 has besides its 48-bit time. */
const RANDOM_BYTES = 10;
