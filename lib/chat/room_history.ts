import { assert } from "../base/assert.ts";
import type { StoredMessage } from "./chat_message.ts";

/** A message that was shown to the room. */
export interface HistoryEntry {
  /** What its author is told. */
  readonly stored: StoredMessage;
  /** Who wrote it: {@linkcode Author.instanceKey}. */
  readonly authorKey: string;
  /** What the others are sent: encoded, framed, shared, never changed. */
  readonly bytes: Uint8Array;
}

/** What {@linkcode RoomHistory} keeps. */
export interface RoomHistoryLimits {
  /** At most so many messages. */
  readonly maxMessages: number;
  /** At most so many encoded bytes, except that the newest message stays. */
  readonly maxBytes: number;
}

/** The newest messages of a room, in their order, without a gap. */
export class RoomHistory {
  readonly #limits: RoomHistoryLimits;
  /** A ring: an entry is at its sequence number modulo the ring's size. */
  readonly #ring: HistoryEntry[] = [];
  #firstSequence = 1;
  #lastSequence = 0;
  #bytes = 0;

  /**
   * Creates an empty history.
   *
   * @param limits How much to keep.
   */
  constructor(limits: RoomHistoryLimits) {
    this.#limits = limits;
  }

  /** The oldest message kept; one more than the last if none is. */
  get firstSequence(): number {
    return this.#firstSequence;
  }

  /** The newest message; 0 before the first. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /**
   * Adds the next message and forgets what is too much.
   *
   * @param entry The message; its sequence number follows the last one's.
   */
  add(entry: HistoryEntry): void {
    const { sequence } = entry.stored;
    assert(sequence === this.#lastSequence + 1, "history has no gap");
    const { maxMessages, maxBytes } = this.#limits;
    if (sequence - this.#firstSequence === maxMessages) this.#forgetFirst();
    this.#ring[sequence % maxMessages] = entry;
    this.#lastSequence = sequence;
    this.#bytes += entry.bytes.length;
    while (this.#bytes > maxBytes && this.#firstSequence < sequence) {
      this.#forgetFirst();
    }
  }

  /**
   * Gives a message.
   *
   * @param sequence From `firstSequence` to `lastSequence`.
   * @returns The message.
   */
  at(sequence: number): HistoryEntry {
    assert(sequence >= this.#firstSequence, "already forgotten");
    assert(sequence <= this.#lastSequence, "not there yet");
    return this.#ring[sequence % this.#limits.maxMessages]!;
  }

  #forgetFirst(): void {
    this.#bytes -= this.at(this.#firstSequence).bytes.length;
    this.#firstSequence++;
  }
}
