/**
 * What the server's main thread and the Worker that owns the database tell
 * each other. All of it can be cloned between threads.
 *
 * @module
 */

import type {
  Change,
  ChangeResult,
  QueryResult,
  StoreQuery,
} from "../chat/change.ts";
import type { AuditEntry } from "../chat/account.ts";
import type { RoomAppended } from "../chat/chat_server_input.ts";
import type { PeopleState } from "../chat/people_change.ts";
import type { LogFind, LogFound } from "../chat/room_find.ts";
import type {
  LogEvent,
  LogLoad,
  LogRecall,
  LogState,
} from "../chat/room_log.ts";
import type { Retention } from "./retention.ts";
import type { KnownRooms } from "./room_rows.ts";
import type { StoreErrorCode } from "./store_error.ts";

/** The first request. */
export interface OpenRequest {
  /** Which request. */
  readonly type: "open";
  /** The database's file. */
  readonly path: string;
  /** The default room's name, for a new database. */
  readonly room: string;
  /** How many of the newest events to answer with. */
  readonly recentEvents: number;
  /** What is kept. */
  readonly retention: Retention;
}

/** One thing to write. */
export type StoreWrite =
  | {
    readonly type: "event";
    readonly roomId: number;
    readonly event: LogEvent;
    /** What is written down of it. */
    readonly audit?: AuditEntry;
  }
  | {
    readonly type: "change";
    readonly changeId: number;
    readonly change: Change;
  };

/** What is left of a room. */
export interface RoomTrimmed {
  /** Which room. */
  readonly roomId: number;
  /** The oldest event that is kept. */
  readonly firstSequence: number;
}

/** What came of a change. */
export interface StoreChanged {
  /** Which change. */
  readonly changeId: number;
  /** What came of it. */
  readonly result: ChangeResult;
}

/**
 * A request after that. They are done one by one, in their order, but for
 * `find`.
 */
export type StoreRequest =
  /** Commits them as one group; answered by `committed` or `unwritable`. */
  | { readonly type: "commit"; readonly writes: readonly StoreWrite[] }
  | { readonly type: "load"; readonly load: LogLoad }
  | { readonly type: "recall"; readonly recall: LogRecall }
  /** Answered by `queried`. */
  | {
    readonly type: "query";
    readonly queryId: number;
    readonly query: StoreQuery;
  }
  /** Answered when it is found; later requests may be answered before. */
  | { readonly type: "find"; readonly find: LogFind }
  /** The last one. */
  | { readonly type: "close" };

/** Why a group could not be written: the same group can be tried again. */
export type UnwritableCode = Extract<
  StoreErrorCode,
  "full" | "readOnly" | "locked"
>;

/** What comes back. */
export type StoreReply =
  | {
    readonly type: "opened";
    /** The default room's log. */
    readonly state: LogState;
    /** All rooms. */
    readonly rooms: KnownRooms;
    /** What is known of people. */
    readonly people: PeopleState;
    /** Whether others could read the file until now. */
    readonly wasExposed: boolean;
  }
  | {
    readonly type: "committed";
    /** Which rooms have more now. */
    readonly appended: readonly RoomAppended[];
    /** What came of the changes, in their order. */
    readonly changed: readonly StoreChanged[];
  }
  /** Nothing of the group was written. */
  | { readonly type: "unwritable"; readonly code: UnwritableCode }
  | {
    readonly type: "loaded";
    readonly roomId: number;
    readonly loadId: number;
    readonly events: readonly LogEvent[];
  }
  | {
    readonly type: "recalled";
    readonly roomId: number;
    readonly authorKey: string;
    readonly events: readonly LogEvent[];
  }
  | {
    readonly type: "found";
    readonly roomId: number;
    readonly findId: number;
    readonly found: LogFound;
  }
  /** Older events than this are not kept any more. */
  | { readonly type: "trimmed"; readonly trimmed: readonly RoomTrimmed[] }
  | {
    readonly type: "queried";
    readonly queryId: number;
    readonly result: QueryResult;
  }
  /** A {@linkcode StoreError}; nothing comes after it. */
  | {
    readonly type: "failed";
    readonly code: StoreErrorCode;
    readonly path: string;
    readonly detail: string;
  }
  /** Everything is on the disk, and the file is closed. */
  | { readonly type: "closed" };
