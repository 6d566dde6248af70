/**
 * What a face (window, browser page, terminal) and the client's session say to each other. All values are plain JSON,
 * because in the native window they cross from a Worker into the page.
 *
 * @module
 */

import type { ChatClientEvent } from "../chat/chat_client_event.ts";
import type { NameRule } from "../chat/name.ts";
import type { PresentPerson } from "../chat/person.ts";
import type { Query } from "../chat/request.ts";
import type { Role } from "../chat/role.ts";
import type { Act } from "../chat/room_event.ts";

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
    /** Where it is answered. */
    readonly roomId: number;
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

/** Why the session ended for good. */
export type EndReason =
  | { readonly code: "quit" }
  | { readonly code: "removed"; readonly reason: string }
  /** Somebody decided that; `reason` may be empty. */
  | { readonly code: "kicked"; readonly by: string; readonly reason: string }
  | Banned
  /** Reconnecting was refused: the reason a new login would be. */
  | { readonly code: "refused"; readonly refusal: Refusal };

/** What the chat tells of rooms, and the session passes on. */
export type ToldEvent<Type extends ChatClientEvent["type"]> = Extract<
  ChatClientEvent,
  { readonly type: Type }
>;

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
  | (Omit<ToldEvent<"welcome">, "accountId" | "role" | "people"> & {
    /** The members with what is known of them; absent while the server is away. */
    readonly people?: readonly PresentPerson[];
    /** The server key's fingerprint, for comparing aloud. */
    readonly fingerprint: string;
    readonly host: string;
    readonly port: number;
  })
  | Omit<ToldEvent<"message">, "accountId">
  | Omit<ToldEvent<"change">, "accountId">
  | ToldEvent<
    | "delivery"
    | "receipt"
    | "read"
    | "changeRefused"
    | "left"
    | "memberChanged"
    | "roomOpened"
    | "roomClosed"
    | "roomChanged"
    | "answer"
    | "unanswered"
    | "gap"
    | "catchUp"
  >
  | {
    readonly type: "joined";
    readonly roomId: number;
    readonly name: string;
    /** What it may do; a guest's where absent. */
    readonly role?: Role;
    readonly timeMs: number;
  }
  | { readonly type: "connection"; readonly connection: ConnectionState }
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
