/**
 * What a {@linkcode ChatClient} tells. Apart from `violation` and those for the
 * journal the events are those of the same names that faces show.
 *
 * @module
 */

import type { ActRefusal } from "./act_refusal.ts";
import type { CatchUpStage } from "./catch_up.ts";
import type { LeaveReason } from "./chat_message.ts";
import type { JournalEvent } from "./client_journal.ts";
import type { QuestionRefusal } from "./open_requests.ts";
import type { PresentPerson } from "./person.ts";
import type { Answer } from "./request.ts";
import type { RoomClosing, RoomNews } from "./room_news.ts";
import type { Role } from "./role.ts";
import type { RoomKind } from "./room_kind.ts";
import type { ChangeAct, MessageStyle } from "./room_event.ts";

/** Why an act was not accepted. */
export type MessageRefusal =
  | Exclude<ActRefusal, { readonly code: "tooLong" }>
  | {
    readonly code: "tooLong";
    readonly limitCharacters: number;
    readonly characters: number;
  }
  /** It waited for a room that one is not in any more. */
  | { readonly code: "notInRoom" }
  /** So many messages wait already; this one was not kept. */
  | { readonly code: "outboxFull"; readonly limitMessages: number };

/** Where a message stands on its way. */
export type DeliveryState =
  /** Kept here until the server has answered. */
  | { readonly state: "queued" }
  /** The server has it and gave it its place in the order. */
  | {
    readonly state: "stored";
    readonly sequence: number;
    readonly timeMs: number;
    /** To how many others it went; for a message of somebody else 0. */
    readonly forwardedTo: number;
    /** Who has it, as far as the author was told. */
    readonly receipt?: ReceiptCounts;
  }
  /** It goes nowhere. */
  | { readonly state: "refused"; readonly reason: MessageRefusal };

/** How many others have a message. */
export interface ReceiptCounts {
  /** To how many it has come. */
  readonly delivered: number;
  /** How many of those have read it. */
  readonly read: number;
  /** How many others there are. */
  readonly of: number;
}

/** Why somebody is not in a room any more. */
export type RoomEnding =
  | RoomClosing
  /** While this client was away. */
  | "meanwhile";

/** What happened on a server. */
export type ChatClientEvent =
  | (
    & Exclude<
      ClientRoomEvent,
      { readonly type: "roomList" | "roomOpened" | "roomClosed" }
    >
    & {
      /** In which room. */
      readonly roomId: number;
    }
  )
  /**
   * There is a room besides the default one, and its welcome is to come. Comes
   * again after a reconnect.
   */
  | {
    readonly type: "roomOpened";
    readonly roomId: number;
    readonly kind: RoomKind;
    /** Its name; of a direct talk the other's. */
    readonly name: string;
    /** Who did that; empty if the person itself did. */
    readonly by: string;
    /** Whether the person was not in it before. */
    readonly isNew: boolean;
    /** Its newest event; 0 if there is none, or it is not known yet. */
    readonly lastSequence: number;
    /** The last one that the person has read on any device. */
    readonly readSequence: number;
  }
  /** Its stream is to be ended. What waited to be sent there was refused. */
  | {
    readonly type: "roomClosed";
    readonly roomId: number;
    readonly reason: RoomEnding;
  };

/** What happened in a room. */
export type ClientRoomEvent =
  /** What to keep, before the event that shows it. */
  | JournalEvent
  /** Inside the room; again after each reconnect, with the members of then. */
  | {
    readonly type: "welcome";
    readonly room: string;
    /** The own name as the others see it. */
    readonly self: string;
    readonly members: readonly string[];
    readonly openRoom: boolean;
    /** What the room is about; may be empty. */
    readonly topic: string;
    /** Names the log that the sequence numbers belong to, in hexadecimal. */
    readonly epoch: string;
    readonly messageLimitCharacters: number;
    /** The place of the room's newest message at that moment; 0 for none. */
    readonly lastSequence: number;
    /** Which room of the server it is. */
    readonly roomId: number;
    readonly kind: RoomKind;
    /** The own account; 0 for a guest. */
    readonly accountId: number;
    /** What oneself may do. */
    readonly role: Role;
    readonly isLocked: boolean;
    /** The least time between two messages; 0 for none. */
    readonly slowSeconds: number;
    /** The last message that was read on any device. */
    readonly readSequence: number;
    /** The members, with what the others see of them. */
    readonly people: readonly PresentPerson[];
  }
  | {
    readonly type: "message";
    /**
     * The client's ID of an own one, else epoch and sequence number: in the
     * client that wrote it it has another one than in all others.
     */
    readonly id: string;
    readonly author: string;
    /** The author's account; 0 for a guest. */
    readonly accountId: number;
    readonly own: boolean;
    readonly style: MessageStyle;
    /** The sequence number of the message it answers; 0 for none. */
    readonly replyTo: number;
    /** Empty if the message was removed since. */
    readonly text: string;
    /** By the server's clock; for an own message not stored yet, by ours. */
    readonly timeMs: number;
    /** Whether it was written before this client came first. */
    readonly earlier: boolean;
    readonly delivery: DeliveryState;
  }
  /** A change of an own message's state. */
  | {
    readonly type: "delivery";
    readonly id: string;
    readonly delivery: DeliveryState;
  }
  /** More others have a message of this person, or there are more or fewer. */
  | ({
    readonly type: "receipt";
    /** The message. */
    readonly sequence: number;
  } & ReceiptCounts)
  /** The person has read more on another device. */
  | {
    readonly type: "read";
    /** The last message that was read on any device. */
    readonly readSequence: number;
  }
  /** Something changed what was there, for everybody: it has its place. */
  | {
    readonly type: "change";
    readonly sequence: number;
    readonly act: ChangeAct;
    readonly author: string;
    /** The author's account; 0 for a guest. */
    readonly accountId: number;
    readonly own: boolean;
    /** By the server's clock. */
    readonly timeMs: number;
    /** Whether that was before this client came first. */
    readonly earlier: boolean;
  }
  /** An own act that is no message goes nowhere. */
  | {
    readonly type: "changeRefused";
    readonly act: ChangeAct;
    readonly reason: MessageRefusal;
  }
  | {
    readonly type: "joined";
    readonly name: string;
    readonly role: Role;
    readonly timeMs: number;
  }
  | {
    readonly type: "left";
    readonly name: string;
    readonly reason: LeaveReason;
    readonly timeMs: number;
  }
  /** Somebody is another than before: name, role, or whether it is away. */
  | {
    readonly type: "memberChanged";
    /** The name until now. */
    readonly name: string;
    /** The name from now on. */
    readonly newName: string;
    readonly role: Role;
    readonly isAway: boolean;
    /** Whether that is oneself. */
    readonly own: boolean;
  }
  /** Who may say something, and how often, has changed in the room. */
  | {
    readonly type: "roomChanged";
    readonly isLocked: boolean;
    /** The least time between two messages; 0 for none. */
    readonly slowSeconds: number;
  }
  /** The answer to a question. */
  | {
    readonly type: "answer";
    readonly questionId: number;
    readonly answer: Answer;
  }
  /** A question has no answer, and will not be asked again. */
  | {
    readonly type: "unanswered";
    readonly questionId: number;
    readonly refusal: QuestionRefusal;
  }
  /** The server tells of rooms. */
  | RoomNews
  /** Much that was missed is on its way. */
  | ({ readonly type: "catchUp" } & CatchUpStage)
  /** Messages were deleted from the server's log while this client was away. */
  | { readonly type: "gap"; readonly missedMessages: number }
  /**
   * The server broke the protocol: close the connection with `chatProtocol`.
   * Nothing is lost; a new connection may go on.
   */
  | { readonly type: "violation"; readonly reason: string };
