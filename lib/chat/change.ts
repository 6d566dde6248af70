/**
 * What a server changes for good apart from the events of its rooms, and what it
 * looks up. A change is committed together with the events that were appended
 * before and after it, in that order; nobody is told of it before.
 *
 * @module
 */

import type {
  Audited,
  PeopleChange,
  PeopleChangeResult,
  PeopleQuery,
  PeopleQueryResult,
} from "./people_change.ts";
import type { PersonKey } from "./person.ts";
import type { PersonPosition } from "./positions.ts";
import type { RoomKind } from "./room_kind.ts";
import type { LogState } from "./room_log.ts";

/** Somebody who belongs to a room. */
export interface RoomMember {
  /** Who. */
  readonly person: PersonKey;
  /** Under which name it came into the room. */
  readonly name: string;
}

/** What is known of a room while nobody is in it. */
export interface RoomFacts {
  /** Which room: never used for another one. */
  readonly roomId: number;
  /** Who may know of it. */
  readonly kind: RoomKind;
  /** Its name; empty for a direct talk. */
  readonly name: string;
  /** Who made it. */
  readonly creator: PersonKey;
  /** Whether only moderators may say something. */
  readonly isLocked: boolean;
  /** The least time between two messages of one person; 0 for none. */
  readonly slowSeconds: number;
  /** Who belongs to it; none for a public room, to which anybody may. */
  readonly members: readonly RoomMember[];
}

/** A change. */
export type Change = RoomChange | PeopleChange;

/** A change of a room. */
export type RoomChange =
  | {
    readonly type: "createRoom";
    readonly room: RoomFacts;
    /** Who is in it from the start, whatever its kind. */
    readonly members: readonly RoomMember[];
    readonly timeMs: number;
  }
  | {
    readonly type: "addMember";
    readonly roomId: number;
    readonly member: RoomMember;
    readonly timeMs: number;
  }
  | {
    readonly type: "removeMember";
    readonly roomId: number;
    readonly person: PersonKey;
  }
  /** Of who does not belong to the room nothing is kept. */
  | {
    readonly type: "positions";
    readonly roomId: number;
    /** Positions; what is less than before changes nothing. */
    readonly positions: readonly PersonPosition[];
  }
  /** Somebody is there, and so in the default room. */
  | {
    readonly type: "seen";
    readonly member: RoomMember;
    readonly timeMs: number;
  }
  /**
   * Ends what guests belong to who were not seen for long, and archives the
   * rooms that are over by that.
   */
  | {
    readonly type: "expireGuests";
    /** Not seen since then. */
    readonly beforeMs: number;
    /** Who is there, and so belongs to its rooms however long it has been. */
    readonly present: readonly PersonKey[];
    readonly timeMs: number;
  }
  | Audited<{ readonly type: "archiveRoom"; readonly roomId: number }>
  | Audited<{
    readonly type: "lockRoom";
    readonly roomId: number;
    readonly isLocked: boolean;
  }>
  | Audited<{
    readonly type: "slowRoom";
    readonly roomId: number;
    readonly slowSeconds: number;
  }>;

/** What came of a change. */
export type ChangeResult =
  | PeopleChangeResult
  | GuestExpiry & { readonly type: "expired" };

/** What is over because guests do not come back. */
export interface GuestExpiry {
  /** Who does not belong to which private room any more. */
  readonly left: readonly {
    readonly roomId: number;
    readonly person: PersonKey;
  }[];
  /** Rooms that are archived now. */
  readonly archived: readonly number[];
}

/** A question. */
export type StoreQuery = RoomStoreQuery | PeopleQuery;

/** A question about rooms. */
export type RoomStoreQuery =
  /** In which rooms is somebody, besides the default one, and how far is it? */
  | { readonly type: "memberships"; readonly person: PersonKey }
  /** Where does a room's log stand? */
  | { readonly type: "roomState"; readonly roomId: number };

/** A room that somebody is in. */
export interface Membership {
  /** Which room. */
  readonly roomId: number;
  /** Its newest event; 0 if there is none. */
  readonly lastSequence: number;
  /** The last one that the person has read. */
  readonly readSequence: number;
}

/** The answer to a question. */
export type QueryResult =
  | {
    readonly type: "memberships";
    readonly memberships: readonly Membership[];
    /** When the person was last seen, to a day; 0 if never. */
    readonly seenMs: number;
    /** The last event of the default room that it has read; 0 for none. */
    readonly readSequence: number;
  }
  | { readonly type: "roomState"; readonly state: LogState }
  | PeopleQueryResult;
