/**
 * What was said in a room, as it is now: the fold of all its events, for who
 * keeps or reads it outside of the chat.
 *
 * @module
 */

import { MAX_EDIT_TIMES } from "./limits.ts";
import {
  changeMessage,
  type MessageChange,
  type MessageState,
  newMessageState,
} from "./message_state.ts";
import type { MessageAct, MessageStyle } from "./room_event.ts";

/** A room, for the head of a record. */
export interface RoomFacts {
  /** What it is called. */
  readonly name: string;
  /** Who may be in it, such as `public`. */
  readonly kind: string;
  /** What it is about now; empty if nobody said. */
  readonly topic: string;
  /** The oldest event that is kept; one more than the last if none is. */
  readonly firstSequence: number;
  /** The newest event of the record; 0 before the first. */
  readonly lastSequence: number;
}

/** What is in a record, in the order of its sequence numbers. */
export type RoomEntry = MessageEntry | TopicEntry;

/** A message with all that happened to it. */
export interface MessageEntry {
  /** Which entry. */
  readonly type: "message";
  /** Its place in the room. */
  readonly sequence: number;
  /** When the server got it, in milliseconds since 1970. */
  readonly timeMs: number;
  /** Who wrote it. */
  readonly author: string;
  /** How it is meant. */
  readonly style: MessageStyle;
  /** What it has become. */
  readonly state: MessageState;
  /** How often its text was changed, and when. */
  readonly edits: MessageEdits;
  /** The message it answers; undefined if it answers none. */
  readonly answered: AnsweredMessage | undefined;
}

/** Changes of a message's text. */
export interface MessageEdits {
  /** How many there were. */
  readonly count: number;
  /** When, in milliseconds since 1970: the last ones, ascending. */
  readonly timesMs: readonly number[];
}

/** A message that another one answers. */
export interface AnsweredMessage {
  /** Its place in the room. */
  readonly sequence: number;
  /** Who wrote it; undefined if it is not kept any more. */
  readonly author: string | undefined;
  /** What it says now; empty if it was removed, or is not kept any more. */
  readonly text: string;
}

/** The room's topic changed. */
export interface TopicEntry {
  /** Which entry. */
  readonly type: "topic";
  /** Its place in the room. */
  readonly sequence: number;
  /** When, in milliseconds since 1970. */
  readonly timeMs: number;
  /** Who changed it. */
  readonly author: string;
  /** What the room was about from then on. */
  readonly text: string;
}

/** A message whose changes are put on it one after the other. */
export class MessageFold {
  #state: MessageState;
  #editCount = 0;
  readonly #editTimesMs: number[] = [];

  /**
   * Starts with a message as it is in the log.
   *
   * @param act The message.
   */
  constructor(act: MessageAct) {
    this.#state = newMessageState(act.text);
  }

  /** What the message has become. */
  get state(): MessageState {
    return this.#state;
  }

  /** How often its text was changed, and when. */
  get edits(): MessageEdits {
    return { count: this.#editCount, timesMs: this.#editTimesMs };
  }

  /**
   * Puts the next change on the message.
   *
   * @param change What happened to it.
   */
  apply(change: MessageChange): void {
    const before = this.#state;
    this.#state = changeMessage(before, change);
    if (change.act.type !== "edit" || this.#state === before) return;
    this.#editCount++;
    this.#editTimesMs.push(change.timeMs);
    if (this.#editTimesMs.length > MAX_EDIT_TIMES) this.#editTimesMs.shift();
  }
}
