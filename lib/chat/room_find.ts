/**
 * What a room asks its log on behalf of a member, apart from what it needs
 * itself (`room_log.ts`).
 *
 * @module
 */

import type { RoomMember } from "./change.ts";
import type { Acknowledgement } from "./message_state.ts";
import type { MessageStyle } from "./room_event.ts";
import type { SearchTerm } from "./search_words.ts";

/** The messages wanted. */
export type LogQuery =
  /** The last ones before a place. */
  | {
    readonly type: "before";
    /** They have smaller sequence numbers. */
    readonly before: number;
    /** How many at most. */
    readonly limit: number;
  }
  /** The first ones after a place. */
  | {
    readonly type: "after";
    /** They have greater sequence numbers. */
    readonly after: number;
    /** And not a greater one than this. */
    readonly through: number;
    /** How many at most. */
    readonly limit: number;
  }
  /** The last ones before a place that match; none that was removed. */
  | {
    readonly type: "search";
    /** All of these words are in the text. */
    readonly terms: readonly SearchTerm[];
    /** Who wrote it, as {@linkcode authorNameKey} has it; empty for anybody. */
    readonly authorNameKey: string;
    /** Written then or later. */
    readonly sinceMs: number;
    /** Written then or earlier. */
    readonly untilMs: number;
    /** They have smaller sequence numbers. */
    readonly before: number;
    /** How many at most. */
    readonly limit: number;
  };

/** The message at a place, with who has acknowledged it. */
export interface MessageQuery {
  /** Which question. */
  readonly type: "message";
  /** Its place. */
  readonly target: number;
  /** Acknowledgements have no greater sequence number. */
  readonly through: number;
  /** Whether it is wanted too who belongs to the room, or was there. */
  readonly withMembers?: boolean;
}

/** A question to the log. Answered by `Room.handleFound()`. */
export interface LogFind {
  /** Of which room. */
  readonly roomId: number;
  /** Given back with the answer. */
  readonly findId: number;
  /** What is wanted. */
  readonly query: LogQuery | MessageQuery;
}

/**
 * A message as all events up to now have made it. Whoever answers with it has
 * read it after the last commit: what was erased is not in it.
 */
export interface LogMessage {
  /** Its place in the room's order. */
  readonly sequence: number;
  /** Who wrote it: the hash of the client's instance, in hexadecimal. */
  readonly authorKey: string;
  /** The account it was in; 0 for a guest. */
  readonly accountId: number;
  /** The author's name at that time. */
  readonly author: string;
  /** How it is meant. */
  readonly style: MessageStyle;
  /** The sequence number of the message it answers; 0 for none. */
  readonly replyTo: number;
  /** What it says; empty if it was removed. */
  readonly text: string;
  /** Whether it once said something else; false if it was removed. */
  readonly isEdited: boolean;
  /** When the server took it, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** What the log has. */
export interface LogFound {
  /** Those that match, the nearest to the place first. */
  readonly messages: readonly LogMessage[];
  /** Everything from the place to this sequence number was looked at. */
  readonly searchedTo: number;
  /** Whether there is nothing beyond it. */
  readonly isEnd: boolean;
  /** Who acknowledged the one message that was asked for, in their order. */
  readonly acknowledged?: readonly LogAcknowledgement[];
  /** Who belongs to the room, or was there; who was seen last comes first. */
  readonly members?: readonly RoomMember[];
}

/** That an announcement was acknowledged. */
export interface LogAcknowledgement extends Acknowledgement {
  /** By which client: the hash of its instance, in hexadecimal. */
  readonly authorKey: string;
  /** The account it was in; 0 for a guest. */
  readonly accountId: number;
}
