/**
 * What a {@linkcode Room} takes.
 *
 * @module
 */

import type { InputTime } from "./chat_server_input.ts";
import type { LeaveReason } from "./chat_message.ts";
import type { ChatClose } from "./close_code.ts";
import type { ChatLimits } from "./limits.ts";
import type { OutputQueue } from "./output_queue.ts";
import type { Person } from "./person.ts";
import type { RoomKind } from "./room_kind.ts";
import type { LogState } from "./room_log.ts";

/** What a {@linkcode Room} is made with. */
export interface RoomOptions {
  /** Which room of the server. */
  readonly roomId: number;
  /** Who may know of it. */
  readonly kind: RoomKind;
  /** Its name, for people. */
  readonly name: string;
  /** Where its log stands. */
  readonly log: LogState;
  /** Whether the password is the public default. */
  readonly openRoom: boolean;
  /** What the operator allows. */
  readonly limits: ChatLimits;
  /** Takes what is to be done, of all rooms in one order. */
  readonly outputs: OutputQueue;
  /**
   * Ends the connection of a member, and its presence in all rooms: this one is
   * told by {@linkcode Room.leave} before the call returns.
   */
  readonly onEnd: (ending: MemberEnding) => void;
}

/** A member whose connection is to be ended. */
export interface MemberEnding {
  /** Its handle in the room. */
  readonly member: number;
  /** What to tell the others. */
  readonly reason: LeaveReason;
  /** What to tell it. */
  readonly close: ChatClose;
  /** The wall clock. */
  readonly timeMs: number;
}

/** Who enters a room. */
export interface EnterOptions extends InputTime {
  /** The caller's handle of the stream; never used before. */
  readonly member: number;
  /** Whose. */
  readonly person: Person;
  /** Which client: `makeAuthorKey()`. */
  readonly authorKey: string;
}
