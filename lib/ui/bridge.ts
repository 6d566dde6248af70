/**
 * What a face (window, browser page, terminal) and the client's session say to each other. All values are plain JSON,
 * because in the native window they cross from a Worker into the page.
 *
 * @module
 */

import type { CatchUpStage } from "../chat/catch_up.ts";
import type { QuestionRefusal } from "../chat/open_requests.ts";
import type { Answer, Query } from "../chat/request.ts";
import type { RoomEnding } from "../chat/chat_client_event.ts";
import type { PresentPerson } from "../chat/person.ts";
import type { RoomKind } from "../chat/room_kind.ts";
import type { Role } from "../chat/role.ts";
import type { Act, ChangeAct, MessageStyle } from "../chat/room_event.ts";

/** What a person does in a face. */
export type ClientCommand =
  /** The face is ready: the session answers with `loginForm`, or with the whole state if it is already inside a room. */
  | { readonly type: "faceReady" }
  /** Connects and logs in. Ignored while another login runs. */
  | {
    readonly type: "login";
    readonly host: string;
    readonly port: number;
    readonly name: string;
    readonly password: string;
  }
  /** Gives up the login under way; answered with `loginForm`. */
  | { readonly type: "cancelLogin" }
  /** Accepts the new key of the server that was refused with `serverKeyChanged`; the next login pins it. */
  | {
    readonly type: "forgetServerKey";
    readonly host: string;
    readonly port: number;
  }
  /** Sends a chat message; answered with `message` (own, queued) at once, later with `delivery`. */
  | { readonly type: "send"; readonly roomId: number; readonly text: string }
  /** Does something else in the room; a message is answered as above, anything else by `change` or `changeRefused`. */
  | { readonly type: "act"; readonly roomId: number; readonly act: Act }
  /**
   * Asks the server about the room; answered with `answer` or `unanswered` and the face's own number of the question.
   * Nothing is kept for later: without the server it is `unanswered` at once.
   */
  | {
    readonly type: "ask";
    readonly roomId: number;
    readonly questionId: number;
    readonly query: Query;
  }
  /** Gives the own name a password; answered as `ask`, with `claimed`. */
  | {
    readonly type: "claim";
    readonly questionId: number;
    readonly password: string;
  }
  /** The person has read everything up to this message. */
  | {
    readonly type: "read";
    readonly roomId: number;
    readonly sequence: number;
  }
  /** Leaves the room politely and ends the program. */
  | { readonly type: "quit" };

/** Why a login ended without a room. Each code has one sentence of what happened and one of what to do. */
export type Refusal =
  | { readonly code: "wrongPassword" }
  | { readonly code: "nameTaken"; readonly name: string }
  | { readonly code: "nameInvalid"; readonly rule: NameRule }
  | { readonly code: "throttled"; readonly retryAfterSeconds: number }
  | { readonly code: "roomFull" }
  | Banned
  /** Nothing answered at that address. */
  | {
    readonly code: "serverSilent";
    readonly host: string;
    readonly port: number;
  }
  /** It answered, then stopped or went away during the login. */
  | { readonly code: "serverGone"; readonly reason: string }
  /** The server shows another identity key than the one pinned earlier. Both are fingerprints, as printed by the server. */
  | {
    readonly code: "serverKeyChanged";
    readonly host: string;
    readonly port: number;
    readonly pinned: string;
    readonly presented: string;
  }
  | { readonly code: "versionMismatch"; readonly supported: readonly string[] }
  | { readonly code: "addressInvalid"; readonly host: string }
  /** The wanted client port is in use. */
  | { readonly code: "clientPortBusy"; readonly port: number };

/** The name or the address is not let in. */
export interface Banned {
  /** Which refusal, or which end. */
  readonly code: "banned";
  /** Until when, in milliseconds since 1970; 0 for good. */
  readonly untilMs: number;
  /** Who decided. */
  readonly by: string;
  /** Why; may be empty. */
  readonly reason: string;
}

/** Which rule a user name broke. */
export type NameRule =
  | "empty"
  | "tooLong"
  | "controlCharacter"
  | "confusable"
  | "reserved";

/** How many others have a message. */
export interface ReceiptCounts {
  /** To how many it has come. */
  readonly delivered: number;
  /** How many of those have read it. */
  readonly read: number;
  /** How many others there are. */
  readonly of: number;
}

/** Where a message stands on its way. */
export type DeliveryState =
  /** Kept here, sent as soon as the server is reachable. */
  | { readonly state: "queued" }
  /** The server has it and gave it its place in the order. */
  | {
    readonly state: "stored";
    readonly sequence: number;
    readonly timeMs: number;
    readonly forwardedTo: number;
    /** Who has an own message, as far as the server said. */
    readonly receipt?: ReceiptCounts;
  }
  /** The server refused it; `reason` names the limit that was hit. */
  | { readonly state: "refused"; readonly reason: MessageRefusal };

/** Why a message was not accepted. */
export type MessageRefusal =
  | {
    readonly code: "tooLong";
    readonly limitCharacters: number;
    readonly characters: number;
  }
  | { readonly code: "empty" }
  | { readonly code: "tooFast"; readonly retryAfterSeconds: number }
  /** Nothing, or no message, has that sequence number. */
  | { readonly code: "noSuchMessage" }
  /** The server does not keep the message any more. */
  | { readonly code: "tooOld"; readonly firstSequence: number }
  /** Only its author may do that. */
  | { readonly code: "notYours" }
  /** The message was removed before. */
  | { readonly code: "removed" }
  | { readonly code: "notEmoji" }
  /** One may not say anything for a while. */
  | { readonly code: "muted"; readonly retryAfterSeconds: number }
  /** In this room one waits between two messages. */
  | { readonly code: "slowMode"; readonly retryAfterSeconds: number }
  /** Only moderators may say something now. */
  | { readonly code: "locked" }
  /** The room is over. */
  | { readonly code: "archived" }
  /** This takes a higher role. */
  | { readonly code: "needsRole"; readonly role: Role }
  /** Only announcements are acknowledged. */
  | { readonly code: "notAnnouncement" }
  /** So many different emoji are at the message already. */
  | { readonly code: "tooManyReactions"; readonly limitKinds: number }
  /** It waited for a room that one is not in any more. */
  | { readonly code: "notInRoom" }
  | { readonly code: "outboxFull"; readonly limitMessages: number };

/** How the connection is, as a person would say it. */
export type ConnectionState =
  | { readonly state: "online" }
  /** Packets are out and nothing comes back; the connection still exists. */
  | { readonly state: "unresponsive" }
  /** The connection is gone; attempts go on by themselves. */
  | {
    readonly state: "reconnecting";
    readonly attempt: number;
    /** True if the server said that it stops: somebody has to start it again. */
    readonly serverStopped: boolean;
  };

/** Why what is said cannot be kept. */
export type UnkeptReason =
  /** The disk is full; it is tried again. */
  | "full"
  /** The data folder cannot be written. */
  | "unwritable"
  /** Another client of the same person has the room's file. */
  | "inUse"
  /** A newer version of the program has written the file. */
  | "newer"
  /** The file is damaged, or something else. */
  | "damaged";

/** Why somebody left the room. */
export type LeaveReason = "quit" | "lost" | "removed";

/** Why the session ended for good. */
export type EndReason =
  | { readonly code: "quit" }
  | { readonly code: "removed"; readonly reason: string }
  /** Somebody decided that; `reason` may be empty. */
  | { readonly code: "kicked"; readonly by: string; readonly reason: string }
  | Banned
  /** Reconnecting was refused: the reason a new login would be. */
  | { readonly code: "refused"; readonly refusal: Refusal };

/** What the session tells a face. */
export type ClientEvent =
  /** Show the login form, filled with what is remembered (never the password). */
  | {
    readonly type: "loginForm";
    readonly host: string;
    readonly port: number;
    readonly name: string;
  }
  | {
    readonly type: "loginProgress";
    readonly stage: "connecting" | "authenticating";
  }
  /** Show the login form again with all that was typed, and say why. */
  | { readonly type: "loginRefused"; readonly refusal: Refusal }
  /** Inside the room. Comes again after a reconnect, then with the current members; messages are not repeated. */
  | {
    readonly type: "welcome";
    /** Which room of the server it is. */
    readonly roomId: number;
    readonly room: string;
    readonly self: string;
    readonly members: readonly string[];
    /** The same with what is known of them; absent while the server is away. */
    readonly people?: readonly PresentPerson[];
    /** True while the server's password is the public default: the room is open, and faces must show it as open. */
    readonly openRoom: boolean;
    /** What the room is about; may be empty. */
    readonly topic: string;
    /** Names the log that sequence numbers belong to: with another one they mean other messages. */
    readonly epoch: string;
    /** The server key's fingerprint, for comparing aloud. */
    readonly fingerprint: string;
    readonly host: string;
    readonly port: number;
    /** Longest message in characters (Unicode code points). */
    readonly messageLimitCharacters: number;
    /** The place of the room's newest message at that moment; 0 for none. */
    readonly lastSequence: number;
    readonly kind: RoomKind;
    /** Whether only moderators may say something. */
    readonly isLocked: boolean;
    /** The least time between two messages of one person; 0 for none. */
    readonly slowSeconds: number;
    /** The last message that the person has read on any device. */
    readonly readSequence: number;
  }
  /** There is a room besides the default one, and its `welcome` is to come. Comes again after a reconnect. */
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
  /** The person is not in that room any more. */
  | {
    readonly type: "roomClosed";
    readonly roomId: number;
    readonly reason: RoomEnding;
  }
  /** Who may say something there, and how often, has changed. */
  | {
    readonly type: "roomChanged";
    readonly roomId: number;
    readonly isLocked: boolean;
    readonly slowSeconds: number;
  }
  | {
    readonly type: "message";
    readonly roomId: number;
    /** Unique per message. An own one has another ID in the client that wrote it than in all others. */
    readonly id: string;
    readonly author: string;
    readonly own: boolean;
    readonly style: MessageStyle;
    /** The sequence number of the message it answers; 0 for none. */
    readonly replyTo: number;
    /** Empty if the message was removed since. */
    readonly text: string;
    /** Milliseconds since 1970 by the server's clock; for an own message not stored yet, by ours. */
    readonly timeMs: number;
    /** True if it was written before this client came (history). */
    readonly earlier: boolean;
    readonly delivery: DeliveryState;
  }
  /** A change of an own message's state. */
  | {
    readonly type: "delivery";
    readonly roomId: number;
    readonly id: string;
    readonly delivery: DeliveryState;
  }
  /** More others have an own message than before, or there are more or fewer others. */
  | ({
    readonly type: "receipt";
    readonly roomId: number;
    /** The message. */
    readonly sequence: number;
  } & ReceiptCounts)
  /** Somebody changed what was there: it has its place in the room's order, and everybody is told. */
  | {
    readonly type: "change";
    readonly roomId: number;
    readonly sequence: number;
    readonly act: ChangeAct;
    readonly author: string;
    readonly own: boolean;
    readonly timeMs: number;
    readonly earlier: boolean;
  }
  /** An own act that is no message goes nowhere. */
  | {
    readonly type: "changeRefused";
    readonly roomId: number;
    readonly act: ChangeAct;
    readonly reason: MessageRefusal;
  }
  | {
    readonly type: "joined";
    readonly roomId: number;
    readonly name: string;
    /** What it may do; a guest's where absent. */
    readonly role?: Role;
    readonly timeMs: number;
  }
  | {
    readonly type: "left";
    readonly roomId: number;
    readonly name: string;
    readonly reason: LeaveReason;
    readonly timeMs: number;
  }
  | { readonly type: "connection"; readonly connection: ConnectionState }
  /** Somebody is another than before: name, role, or whether it is away. */
  | {
    readonly type: "memberChanged";
    readonly roomId: number;
    /** The name until now. */
    readonly name: string;
    /** The name from now on. */
    readonly newName: string;
    readonly role: Role;
    readonly isAway: boolean;
    /** Whether that is oneself. */
    readonly own: boolean;
  }
  /** The answer to a question. */
  | {
    readonly type: "answer";
    readonly roomId: number;
    readonly questionId: number;
    readonly answer: Answer;
  }
  /** A question that will not be answered. */
  | {
    readonly type: "unanswered";
    readonly roomId: number;
    readonly questionId: number;
    readonly refusal: QuestionRefusal;
  }
  /** Older messages fell out of the server's memory while this client was away. */
  | {
    readonly type: "gap";
    readonly roomId: number;
    readonly missedMessages: number;
  }
  /** Much that was missed is on its way, and what of it is shown before. */
  | ({ readonly type: "catchUp"; readonly roomId: number } & CatchUpStage)
  /** What is said cannot be kept on this computer. The chat goes on without that. */
  | {
    readonly type: "unkept";
    readonly why: UnkeptReason;
    readonly timeMs: number;
  }
  /** The session is over. The program ends after `quit`; otherwise the face offers a new login. */
  | { readonly type: "ended"; readonly reason: EndReason };

/** The session as a face sees it. */
export interface FaceSession {
  /** Takes what a person did. Never throws for what was typed: the answer is an event. */
  handleCommand(command: ClientCommand): void;
  /** Registers the one listener. It is called in order, never before this call returns. */
  subscribe(listener: (event: ClientEvent) => void): void;
}
