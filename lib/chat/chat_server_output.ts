/**
 * What a {@linkcode ChatServer} wants done.
 *
 * @module
 */

import type { Account, AuditEntry } from "./account.ts";
import type { ActRefusal } from "./act_refusal.ts";
import type { LeaveReason } from "./chat_message.ts";
import type { Change, StoreQuery } from "./change.ts";
import type { ChatClose } from "./close_code.ts";
import type { ChangeAct, MessageStyle } from "./room_event.ts";
import type { LogFind } from "./room_find.ts";
import type { LogEvent, LogLoad, LogRecall } from "./room_log.ts";

/** What the caller of `ChatServer.pollOutput()` does. */
export type ChatServerOutput =
  /** Put the bytes on the stream of each of these members. */
  | {
    readonly type: "send";
    readonly to: readonly number[];
    /** Framed; shared by all receivers and later ones: never change it. */
    readonly bytes: Uint8Array;
  }
  /** Close the member's connection. The member is already out of the room. */
  | {
    readonly type: "close";
    readonly member: number;
    readonly close: ChatClose;
  }
  /** End the member's stream, and read no more from it. */
  | { readonly type: "end"; readonly member: number }
  /** Read on from the member's stream: it is not paused any more. */
  | { readonly type: "resume"; readonly member: number }
  /**
   * Call `ChatServer.handleDrained()` when little waits to be sent to the
   * member.
   */
  | { readonly type: "drain"; readonly member: number }
  /** Make it durable: `MessageLog.append()`. */
  | {
    readonly type: "append";
    readonly roomId: number;
    readonly event: LogEvent;
    /** What is written down of it; undefined for nothing. */
    readonly audit: AuditEntry | undefined;
  }
  /** Read a page of a room's log: `MessageLog.load()`. */
  | { readonly type: "load"; readonly load: LogLoad }
  /** Read what an author wrote in a room: `MessageLog.recall()`. */
  | { readonly type: "recall"; readonly recall: LogRecall }
  /** Look something up for a member: `MessageLog.find()`. */
  | { readonly type: "find"; readonly find: LogFind }
  /** Make it durable, in its place among the events: `MessageLog.change()`. */
  | {
    readonly type: "change";
    readonly changeId: number;
    readonly change: Change;
  }
  /** Look it up: `MessageLog.query()`. */
  | {
    readonly type: "query";
    readonly queryId: number;
    readonly query: StoreQuery;
  }
  /** Give the member a ticket for who it is now. */
  | {
    readonly type: "identity";
    readonly member: number;
    readonly name: string;
    /** Undefined for a guest. */
    readonly account: Account | undefined;
  }
  /** Show it in the server's terminal. */
  | { readonly type: "notice"; readonly notice: ChatServerNotice };

/** What happened, for the person who runs the server. */
export type ChatServerNotice =
  | {
    readonly type: "joined";
    readonly name: string;
    readonly timeMs: number;
  }
  | {
    readonly type: "left";
    readonly name: string;
    readonly reason: LeaveReason;
    readonly timeMs: number;
  }
  /** A client came back on a new connection; the others notice nothing. */
  | {
    readonly type: "returned";
    readonly name: string;
    readonly timeMs: number;
  }
  | {
    readonly type: "message";
    readonly sequence: number;
    readonly author: string;
    readonly style: MessageStyle;
    readonly text: string;
    readonly timeMs: number;
    /** To how many others it went. */
    readonly forwardedTo: number;
  }
  /** Somebody changed what was there. */
  | {
    readonly type: "change";
    readonly sequence: number;
    readonly author: string;
    readonly act: ChangeAct;
    readonly timeMs: number;
  }
  /** An act; of those that are too fast only the first of a row is told. */
  | {
    readonly type: "messageRefused";
    readonly author: string;
    readonly refusal: ActRefusal;
    readonly timeMs: number;
  };

/**
 * Tells of an event that was shown to everybody.
 *
 * @param event The event.
 * @param forwardedTo To how many others it went at once.
 * @returns The notice.
 */
export function publishedNotice(
  { sequence, author, act, timeMs }: LogEvent,
  forwardedTo: number,
): ChatServerNotice {
  if (act.type !== "message") {
    return { type: "change", sequence, author, act, timeMs };
  }
  const { style, text } = act;
  return {
    type: "message",
    sequence,
    author,
    style,
    text,
    timeMs,
    forwardedTo,
  };
}
