/**
 * What a {@linkcode Room} takes.
 *
 * @module
 */

import type { InputTime } from "./chat_server_input.ts";
import type { LeaveReason } from "./chat_message.ts";
import type { ChatClose } from "./close_code.ts";
import type { ChatLimits } from "./limits.ts";
import type { MessageDeframer } from "./message_deframer.ts";
import type { OutputQueue } from "./output_queue.ts";
import type { Person, PersonKey } from "./person.ts";
import type { PersonPosition } from "./positions.ts";
import type { PeopleRequest } from "./people_request.ts";
import type { RoomGuard } from "./room_guard.ts";
import type { RoomKind } from "./room_kind.ts";
import type { LogState } from "./room_log.ts";
import type { ServerQuery } from "./server_query.ts";

/** What a {@linkcode Room} is made with. */
export interface RoomOptions {
  /** Which room of the server. */
  readonly roomId: number;
  /** Who may know of it. */
  readonly kind: RoomKind;
  /** Gives its name as a person sees it. */
  readonly nameFor: (person: Person) => string;
  /** Where its log stands. */
  readonly log: LogState;
  /** Whether the password is the public default. */
  readonly openRoom: boolean;
  /** What the operator allows. */
  readonly limits: ChatLimits;
  /** Whether only moderators may say something. */
  readonly isLocked: boolean;
  /** The least time between two messages of one person; 0 for none. */
  readonly slowSeconds: number;
  /** Tells what people may do here. */
  readonly guard: RoomGuard;
  /** Whether the server's terminal shows what happens in it. */
  readonly isTold: boolean;
  /** Takes what is to be done, of all rooms in one order. */
  readonly outputs: OutputQueue;
  /** Draws a number for a question to the log, of which there is one. */
  readonly nextFindId: () => number;
  /** Gives the last message that a person has read. */
  readonly readSequence: (person: Person) => number;
  /** Takes a question that is not about the room's log or roster. */
  readonly onQuery: (asked: AskedQuery) => void;
  /** Who belongs to it whether here or not, with names; changes. */
  readonly memberNames: ReadonlyMap<PersonKey, string>;
  /** Told who is further in it: what is to be kept. */
  readonly onMoved: (moved: readonly PersonPosition[]) => void;
  /** Told that {@linkcode Room.nextTimeoutUs} is not undefined any more. */
  readonly onCounting: () => void;
  /** Told that a member was sent its welcome. */
  readonly onWelcomed: (member: number) => void;
  /**
   * Ends the connection of a member, and its presence in all rooms: this one is
   * told by {@linkcode Room.leave} before the call returns.
   */
  readonly onEnd: (ending: MemberEnding) => void;
}

/** A question of a member. */
export interface AskedQuery {
  /** Whose: its handle in the room. */
  readonly member: number;
  /** Its number of the question. */
  readonly requestId: number;
  /** What is asked. */
  readonly query: ServerQuery | PeopleRequest;
  /** The monotonic time. */
  readonly nowUs: number;
  /** The wall clock. */
  readonly timeMs: number;
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
  /** Has cut its stream into messages so far; a new one if there is none. */
  readonly deframer?: MessageDeframer;
}
