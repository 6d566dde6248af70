import { assert } from "../base/assert.ts";
import {
  decodeServerMessage,
  encodeServerMessage,
  type StoredMessage,
} from "./chat_message.ts";
import { MAX_SERVER_MESSAGE_BYTES } from "./limits.ts";
import { frameMessage, MessageDeframer } from "./message_deframer.ts";
import { eraseAct } from "./room_event.ts";
import type { LogEvent } from "./room_log.ts";

/** An event of the room, as it is sent. */
export interface HistoryEntry {
  /** What its author is told. */
  readonly stored: StoredMessage;
  /** Who did it: {@linkcode Author.key}. */
  readonly authorKey: string;
  /** The message that it edits; 0 if it does something else. */
  readonly editOf: number;
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

/**
 * Says what an author is told of an event.
 *
 * @param event The event.
 * @param forwardedTo To how many others it went at once; 0 if that is not
 * known any more.
 * @returns The message.
 */
export function storedMessage(
  event: LogEvent,
  forwardedTo: number,
): StoredMessage {
  const { id, sequence, timeMs } = event;
  return { type: "stored", id, sequence, timeMs, forwardedTo };
}

/**
 * Encodes an event for all who are sent it.
 *
 * @param event The event.
 * @param forwardedTo As of {@linkcode storedMessage}.
 * @returns The entry.
 */
export function makeHistoryEntry(
  event: LogEvent,
  forwardedTo: number,
): HistoryEntry {
  const { sequence, author, accountId, act, timeMs, authorKey } = event;
  const bytes = frameMessage(
    encodeServerMessage({
      type: "event",
      sequence,
      author,
      accountId,
      act,
      timeMs,
    }),
  );
  return {
    stored: storedMessage(event, forwardedTo),
    authorKey,
    editOf: act.type === "edit" ? act.target : 0,
    bytes,
  };
}

/** Sent bytes may still be on their way: they are not changed. */
function withoutText(bytes: Uint8Array): Uint8Array {
  const [body] = new MessageDeframer(MAX_SERVER_MESSAGE_BYTES).push(bytes);
  const message = decodeServerMessage(body!);
  assert(message.type === "event", "history is made of events");
  const act = eraseAct(message.act);
  return frameMessage(encodeServerMessage({ ...message, act }));
}

/**
 * The newest messages of a room, in their order, without a gap: what it keeps
 * in memory of its log.
 */
export class RoomHistory {
  readonly #limits: RoomHistoryLimits;
  /** A ring: an entry is at its sequence number modulo the ring's size. */
  readonly #ring: HistoryEntry[] = [];
  #firstSequence: number;
  #lastSequence: number;
  #bytes = 0;

  /**
   * Creates an empty history.
   *
   * @param limits How much to keep.
   * @param after The place before the first message to come.
   */
  constructor(limits: RoomHistoryLimits, after = 0) {
    this.#limits = limits;
    this.#firstSequence = after + 1;
    this.#lastSequence = after;
  }

  /** The oldest message kept; one more than the last if none is. */
  get firstSequence(): number {
    return this.#firstSequence;
  }

  /** The newest message; the place before it if there was none yet. */
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

  /**
   * Forgets the messages before a place.
   *
   * @param sequence The first one to keep.
   */
  forgetBefore(sequence: number): void {
    const end = Math.min(sequence, this.#lastSequence + 1);
    while (this.#firstSequence < end) this.#forgetFirst();
  }

  /**
   * Erases what a removed message said, and its edits.
   *
   * @param target The message's sequence number.
   */
  erase(target: number): void {
    const start = Math.max(target, this.#firstSequence);
    for (let at = start; at <= this.#lastSequence; at++) {
      const entry = this.at(at);
      if (at !== target && entry.editOf !== target) continue;
      const bytes = withoutText(entry.bytes);
      this.#ring[at % this.#limits.maxMessages] = { ...entry, bytes };
      this.#bytes += bytes.length - entry.bytes.length;
    }
  }

  #forgetFirst(): void {
    this.#bytes -= this.at(this.#firstSequence).bytes.length;
    this.#firstSequence++;
  }
}
