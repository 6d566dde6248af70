import { assert } from "../base/assert.ts";
import { concatBytes } from "../base/bytes.ts";
import { encodeServerMessage } from "./chat_message.ts";
import { type ChatLimits, HISTORY_PAGE_MESSAGES } from "./limits.ts";
import { frameMessage } from "./message_deframer.ts";
import type { OutputQueue } from "./output_queue.ts";
import {
  type HistoryEntry,
  makeHistoryEntry,
  RoomHistory,
} from "./room_history.ts";
import type { LogEvent, LogState } from "./room_log.ts";

/** A member, as far as it is sent what is said. */
export interface FeedReader {
  /** Its handle. */
  readonly handle: number;
  /** By which its own messages are told from those of others. */
  readonly authorKey: string;
  /** The last message that it has. */
  readonly after: number;
}

/** A message that the log has. */
export interface DurableMessage {
  /** The message. */
  readonly event: LogEvent;
  /** Its author's handle, if that is here now. */
  readonly writer: number | undefined;
  /** All that its author has here: what goes to them goes to no other. */
  readonly own: Iterable<{ readonly handle: number }>;
}

/** What a feed is made of. */
export interface RoomFeedOptions {
  /** Where the log stands. */
  readonly log: LogState;
  /** How much of it to keep in memory. */
  readonly limits: Pick<ChatLimits, "historyMessages" | "historyBytes">;
  /** Takes what is to be done. */
  readonly outputs: OutputQueue;
  /** Which room it is of. */
  readonly roomId: number;
}

/**
 * Brings each reader every message after a place, once and in order: the
 * reader's own as `stored`, those of others as `event`. Among what a reader
 * missed its own come as both, for it may not have kept what it wrote.
 *
 * A reader that is behind is sent pages, from memory or from the log, each when
 * the one before it has gone out: what waits for it is bounded, however much it
 * missed. With the newest message it joins the audience, in the same call, and
 * from then on is sent what is published.
 */
export class RoomFeed {
  readonly #roomId: number;
  readonly #outputs: OutputQueue;
  /** What is published, as far as it is kept in memory. */
  readonly #history: RoomHistory;
  /** The oldest message that the log keeps. */
  #firstSequence: number;
  /** Readers that have got everything that is published. */
  readonly #audience = new Set<number>();
  /** Those that have not, by their handles. */
  readonly #behind = new Map<number, FeedReader>();

  /**
   * Creates a feed without readers.
   *
   * @param options What it is made of.
   */
  constructor({ log, limits, outputs, roomId }: RoomFeedOptions) {
    this.#roomId = roomId;
    this.#outputs = outputs;
    this.#firstSequence = log.firstSequence;
    this.#history = new RoomHistory({
      maxMessages: limits.historyMessages,
      maxBytes: limits.historyBytes,
    }, log.lastSequence - log.recent.length);
    for (const event of log.recent) {
      this.#history.add(makeHistoryEntry(event, 0));
    }
    assert(
      this.#history.lastSequence === log.lastSequence,
      "the newest events end with the last",
    );
  }

  /** The newest message that is published. */
  get lastSequence(): number {
    return this.#history.lastSequence;
  }

  /** The oldest message that the log keeps. */
  get firstSequence(): number {
    return this.#firstSequence;
  }

  /**
   * Tells after which message a reader may be added.
   *
   * @param lastSequence What it has; undefined if it was never here, and is
   * shown what the room remembers.
   * @returns That place, or a later one if what follows it is gone.
   */
  resumeAfter(lastSequence: number | undefined): number {
    return lastSequence === undefined
      ? this.#history.firstSequence - 1
      : Math.max(this.#firstSequence - 1, lastSequence);
  }

  /**
   * Adds a reader.
   *
   * @param reader Who, and what it has.
   */
  add(reader: FeedReader): void {
    this.#sendPage(reader);
  }

  /**
   * Removes a reader.
   *
   * @param handle Its handle.
   */
  remove(handle: number): void {
    this.#audience.delete(handle);
    this.#behind.delete(handle);
  }

  /**
   * Publishes the next messages, those of one group of the log together: each
   * reader is given them in one piece, which for nearly all is the same.
   *
   * @param group In their order.
   * @returns What is kept of each.
   */
  publish(group: readonly DurableMessage[]): HistoryEntry[] {
    const writers = new Set<number>();
    for (const { writer } of group) {
      // An author that is behind learns of its messages in their places.
      if (writer !== undefined && this.#audience.has(writer)) {
        writers.add(writer);
      }
    }
    const entries = group.map(({ event, own }) =>
      makeHistoryEntry(event, this.#audience.size - this.#countOf(own))
    );
    for (const entry of entries) this.#history.add(entry);
    for (const { event: { act } } of group) {
      if (act.type === "remove") this.#history.erase(act.target);
    }
    const to: number[] = [];
    for (const handle of this.#audience) {
      if (!writers.has(handle)) to.push(handle);
    }
    const pieces = entries.map(({ bytes }) => bytes);
    if (to.length > 0) this.#send(to, pieces);
    for (const handle of writers) {
      const own = entries.map(({ stored, bytes }, index) =>
        group[index]!.writer === handle
          ? frameMessage(encodeServerMessage(stored))
          : bytes
      );
      this.#send([handle], own);
    }
    return entries;
  }

  /**
   * Takes a page of the log.
   *
   * @param handle Whose, as asked for with `load`.
   * @param events Ascending and without a gap.
   * @returns False if what the reader needs next is gone: the log was trimmed
   * since the question.
   */
  handleLoaded(handle: number, events: readonly LogEvent[]): boolean {
    const reader = this.#behind.get(handle);
    if (reader === undefined) return true;
    if (events[0]?.sequence !== reader.after + 1) return false;
    let { after } = reader;
    for (const event of events) {
      // What is durable but not published yet comes with the rest.
      if (event.sequence > this.lastSequence) break;
      this.#sendEntry(reader, makeHistoryEntry(event, 0));
      after = event.sequence;
    }
    this.#endPage({ ...reader, after });
    return true;
  }

  /**
   * Takes note that little waits to be sent to a reader.
   *
   * @param handle Whose, as asked for with `drain`.
   */
  handleDrained(handle: number): void {
    const reader = this.#behind.get(handle);
    if (reader !== undefined) this.#sendPage(reader);
  }

  /**
   * Takes note that the log keeps less.
   *
   * @param firstSequence The oldest message it still has.
   */
  handleTrimmed(firstSequence: number): void {
    this.#firstSequence = Math.min(firstSequence, this.lastSequence + 1);
    this.#history.forgetBefore(this.#firstSequence);
  }

  /** Sends a reader the next page, or asks the log for it. */
  #sendPage(reader: FeedReader): void {
    const { handle, after } = reader;
    if (after < this.lastSequence && after + 1 < this.#history.firstSequence) {
      this.#behind.set(handle, reader);
      const limit = HISTORY_PAGE_MESSAGES;
      const load = { roomId: this.#roomId, loadId: handle, after, limit };
      this.#outputs.push({ type: "load", load });
      return;
    }
    const end = Math.min(after + HISTORY_PAGE_MESSAGES, this.lastSequence);
    for (let at = after + 1; at <= end; at++) {
      this.#sendEntry(reader, this.#history.at(at));
    }
    this.#endPage({ ...reader, after: end });
  }

  #countOf(members: DurableMessage["own"]): number {
    let count = 0;
    for (const { handle } of members) {
      if (this.#audience.has(handle)) count++;
    }
    return count;
  }

  #send(to: readonly number[], pieces: readonly Uint8Array[]): void {
    const bytes = pieces.length === 1 ? pieces[0]! : concatBytes(...pieces);
    this.#outputs.push({ type: "send", to, bytes });
  }

  #sendEntry(
    { handle, authorKey }: FeedReader,
    { authorKey: writer, stored, bytes }: HistoryEntry,
  ): void {
    if (writer === authorKey) this.#outputs.send([handle], stored);
    this.#outputs.push({ type: "send", to: [handle], bytes });
  }

  /** Who has everything is in the audience; who has not gets more later. */
  #endPage(reader: FeedReader): void {
    const { handle, after } = reader;
    if (after === this.lastSequence) {
      this.#behind.delete(handle);
      this.#audience.add(handle);
    } else {
      this.#behind.set(handle, reader);
      this.#outputs.push({ type: "drain", member: handle });
    }
  }
}
