/**
 * What a room asks of the log that keeps it. The room does no I/O: whoever
 * joins it with a store carries these requests there and the answers back, to
 * the methods of `ChatServer` that are named here.
 *
 * @module
 */

import type { AuditEntry } from "./account.ts";
import type { Change, StoreQuery } from "./change.ts";
import type { Act } from "./room_event.ts";
import type { LogFind } from "./room_find.ts";

/** Something that happened in a room, to be kept for ever. */
export interface LogEvent {
  /** Its place in the room's order: from 1, without a gap. */
  readonly sequence: number;
  /** The author's ID of it, 16 bytes. */
  readonly id: Uint8Array;
  /** Who did it: the hash of the client's instance, in hexadecimal. */
  readonly authorKey: string;
  /** The account it was in; 0 for a guest. */
  readonly accountId: number;
  /** The author's name at that time. */
  readonly author: string;
  /**
   * What was done. A log that appends a `remove` erases the text of the message
   * and of its edits in the same commit.
   */
  readonly act: Act;
  /** When the server took it, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** Where a log stands when a server starts. */
export interface LogState {
  /** 8 random bytes, drawn with the log: the epoch of its numbers. */
  readonly epochId: Uint8Array;
  /** The oldest event kept; one more than the last if none is. */
  readonly firstSequence: number;
  /** The newest event ever appended, also if it is not kept; 0 before the first. */
  readonly lastSequence: number;
  /** What the room is about; empty if nobody said. */
  readonly topic: string;
  /** The newest events, ascending, up to the last: the room's memory. */
  readonly recent: readonly LogEvent[];
}

/**
 * A request for the events after a place. Answered by
 * `Room.handleLoaded()` with those that are there, ascending and without
 * a gap between them: at most `limit`, and at least one if there is any.
 */
export interface LogLoad {
  /** Of which room. */
  readonly roomId: number;
  /** Given back with the answer. */
  readonly loadId: number;
  /** The events wanted have greater sequence numbers. */
  readonly after: number;
  /** How many at most. */
  readonly limit: number;
  /**
   * Whether what people put at the first of them is wanted too: those reactions
   * follow it, ascending, without what was taken back.
   */
  readonly withReactions?: boolean;
}

/**
 * A request for the newest events of an author. Answered by
 * `Room.handleRecalled()` with at most `limit` of them, ascending.
 */
export interface LogRecall {
  /** Of which room; given back with the answer. */
  readonly roomId: number;
  /** {@linkcode LogEvent.authorKey}; given back with the answer. */
  readonly authorKey: string;
  /** How many at most. */
  readonly limit: number;
}

/**
 * Takes a room's requests. No answer comes before the call has returned, and
 * every request is answered, unless the log is closed first.
 */
export interface MessageLog {
  /**
   * Makes an event durable, in the order of the calls. Answered by
   * `Room.handleAppended()`, once for any number of events.
   *
   * @param roomId Of which room.
   * @param event The event.
   * @param audit What is written down of it in the same transaction.
   */
  append(roomId: number, event: LogEvent, audit?: AuditEntry): void;
  /** Reads a page. What is durable but not answered for may be among it. */
  load(load: LogLoad): void;
  /** Reads an author's newest events. */
  recall(recall: LogRecall): void;
  /**
   * Looks something up. What is asked for meanwhile does not wait for it, so
   * its answer may come later than theirs.
   */
  find(find: LogFind): void;
  /**
   * Makes a change durable, in the order of the calls with `append`. Answered by
   * `ChatServer.handleChanged()`.
   */
  change(changeId: number, change: Change): void;
  /**
   * Looks something up as it is on the disk. Answered by
   * `ChatServer.handleQueried()`.
   */
  query(queryId: number, query: StoreQuery): void;
}
