/**
 * What the server's main thread and the Worker that owns the database tell
 * each other. All of it can be cloned between threads.
 *
 * @module
 */

import type { LogFind, LogFound } from "../chat/room_find.ts";
import type {
  LogEvent,
  LogLoad,
  LogRecall,
  LogState,
} from "../chat/room_log.ts";
import type { Retention } from "./retention.ts";
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

/**
 * A request after that. They are done one by one, in their order, but for
 * `find`.
 */
export type StoreRequest =
  /** Commits events as one group; answered by `appended` or `unwritable`. */
  | { readonly type: "append"; readonly events: readonly LogEvent[] }
  | { readonly type: "load"; readonly load: LogLoad }
  | { readonly type: "recall"; readonly recall: LogRecall }
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
    readonly state: LogState;
    /** Whether others could read the file until now. */
    readonly wasExposed: boolean;
  }
  | { readonly type: "appended" }
  /** Nothing of the group was written. */
  | { readonly type: "unwritable"; readonly code: UnwritableCode }
  | {
    readonly type: "loaded";
    readonly loadId: number;
    readonly events: readonly LogEvent[];
  }
  | {
    readonly type: "recalled";
    readonly authorKey: string;
    readonly events: readonly LogEvent[];
  }
  | {
    readonly type: "found";
    readonly findId: number;
    readonly found: LogFound;
  }
  /** Older events than this are not kept any more. */
  | { readonly type: "trimmed"; readonly firstSequence: number }
  /** A {@linkcode StoreError}; nothing comes after it. */
  | {
    readonly type: "failed";
    readonly code: StoreErrorCode;
    readonly path: string;
    readonly detail: string;
  }
  /** Everything is on the disk, and the file is closed. */
  | { readonly type: "closed" };
