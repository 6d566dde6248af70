/**
 * What a {@linkcode ChatServer} takes.
 *
 * @module
 */

import type { RoomFacts } from "./change.ts";
import type { AccountDirectory } from "./account_directory.ts";
import type { Registration } from "./claims.ts";
import type { ChatClose } from "./close_code.ts";
import type { ChatLimits } from "./limits.ts";
import type { MemberName } from "./name.ts";
import type { OwnerCode } from "./owner_code.ts";
import type { PeopleState } from "./people_change.ts";
import type { Role } from "./role.ts";
import type { LogState } from "./room_log.ts";

/** What a {@linkcode ChatServer} is made with. */
export interface ChatServerOptions {
  /** The default room's name, for people. */
  readonly room: string;
  /** Where its log stands. */
  readonly log: LogState;
  /** All rooms, the default one among them. */
  readonly rooms: readonly RoomFacts[];
  /** The highest number that any room ever had. */
  readonly lastRoomId: number;
  /** Whether the password is the public default. */
  readonly openRoom: boolean;
  /** What the operator allows. */
  readonly limits: ChatLimits;
  /** What is known of people, and what it takes to change that. */
  readonly people: PeopleOptions;
}

/** What a {@linkcode ChatServer} knows of people, and what it takes. */
export interface PeopleOptions {
  /** Whose names are claimed; the chat keeps it up to date. */
  readonly accounts: AccountDirectory;
  /** What the store had besides. */
  readonly state: Omit<PeopleState, "accounts">;
  /** What giving a name a password takes. */
  readonly registration: Registration;
  /** Makes an owner of a server that has none; undefined if it has one. */
  readonly ownerCode: OwnerCode | undefined;
}

/** When an input came. */
export interface InputTime {
  /** The monotonic time. */
  readonly nowUs: number;
  /** The wall clock, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** Who wants to join, after a login. */
export interface JoinOptions extends InputTime {
  /** The caller's handle of the connection; never used before. */
  readonly member: number;
  /** The name from the login. */
  readonly name: MemberName;
  /** By which a returning client is known: `makeAuthorKey()`. */
  readonly authorKey: string;
  /** The account whose password was proved; 0 for a guest. */
  readonly accountId: number;
  /** What that account may do. */
  readonly role: Role;
  /** The IP address it comes from, without port. */
  readonly address: string;
}

/** The answer of {@linkcode ChatServer.join}. */
export type JoinAnswer =
  | { readonly type: "joined" }
  /** Close the connection. */
  | { readonly type: "refused"; readonly close: ChatClose };

/** A stream that a client has opened beside stream 0. */
export interface StreamOptions {
  /** The caller's handle of the stream; never used before. */
  readonly member: number;
  /** The handle of the stream 0 of the same connection. */
  readonly device: number;
}

/** How far a room's log is durable. */
export interface RoomAppended {
  /** Which room. */
  readonly roomId: number;
  /** All events up to this one are. */
  readonly throughSequence: number;
}

/** Bytes from a member. */
export interface MemberData extends InputTime {
  /** Whose. */
  readonly member: number;
  /**
   * The next bytes of its stream, cut anywhere. Kept while their messages
   * have to wait; must not change.
   */
  readonly bytes: Uint8Array;
}
