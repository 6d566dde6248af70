import type { DatabaseSync } from "node:sqlite";
import type { LogEvent, LogState } from "../chat/room_log.ts";
import {
  checkDatabase,
  inTransaction,
  lockDatabase,
  openDatabase,
  type OpenedDatabase,
} from "./database.ts";
import { MessageIndex } from "./message_index.ts";
import { migrate, refuseNewerSchema, schemaVersion } from "./migrations.ts";
import { retainStep, type Retention } from "./retention.ts";
import { RoomLog } from "./room_log.ts";
import { RoomSearch, type SearchRun } from "./room_search.ts";
import { StoreError, storeErrorOf, withStoreErrors } from "./store_error.ts";
import type {
  OpenRequest,
  StoreReply,
  StoreRequest,
  UnwritableCode,
} from "./store_messages.ts";
import { ensureEpoch, isClean, markClean } from "./store_meta.ts";

/** The room that is there from the start. */
const DEFAULT_ROOM_ID = 1;

/** A database of which this process is the owner. */
export interface OwnedDatabase extends OpenedDatabase {
  /** Keeps other servers out. */
  readonly lock: Disposable;
}

/**
 * Owns the database: does what the main thread asks for, one request after the
 * other. The Worker is around it, and tests are without one.
 */
export class StoreKeeper {
  /** What the database was like when it was opened. */
  readonly state: LogState;
  /** Whether others could read the file until now. */
  readonly wasExposed: boolean;
  readonly #path: string;
  readonly #lock: Disposable;
  readonly #database: DatabaseSync;
  readonly #log: RoomLog;
  readonly #retention: Retention;
  readonly #index: MessageIndex;
  readonly #search: RoomSearch;
  /** Under way, in the order of their next steps. */
  readonly #searches: { readonly findId: number; readonly run: SearchRun }[] =
    [];

  /**
   * Makes a database ready, whatever an earlier program left of it. One that a
   * killed server left is checked for damage.
   *
   * @param owned The database; it is closed with this.
   * @param request What was asked to be opened.
   * @param nowMs The wall clock.
   */
  constructor(
    { database, lock, wasExposed }: OwnedDatabase,
    { path, room, recentEvents, retention }: OpenRequest,
    nowMs: number,
  ) {
    this.#path = path;
    this.#retention = retention;
    this.#lock = lock;
    this.#database = database;
    this.wasExposed = wasExposed;
    refuseNewerSchema(database, path);
    if (schemaVersion(database) > 0 && !isClean(database)) {
      checkDatabase(database, path, "quick");
    }
    migrate(database);
    const epochId = inTransaction(database, () => {
      // The first write: a disk without room is noticed before anybody joins.
      markClean(database, false);
      addDefaultRoom(database, room, nowMs);
      return ensureEpoch(database);
    });
    this.#index = new MessageIndex(database);
    const log = new RoomLog(database, DEFAULT_ROOM_ID);
    this.#log = log;
    this.#search = new RoomSearch(database, DEFAULT_ROOM_ID, this.#index);
    this.state = {
      epochId,
      firstSequence: log.firstSequence,
      lastSequence: log.lastSequence,
      topic: log.topic,
      recent: log.newest(recentEvents),
    };
  }

  /**
   * Opens a database, of which no other server may be the owner.
   *
   * @param request What to open.
   * @param nowMs The wall clock.
   * @returns Its owner.
   * @throws {StoreError} If it cannot be used.
   */
  static open(request: OpenRequest, nowMs: number): StoreKeeper {
    const { path } = request;
    const lock = lockDatabase(path);
    let database: DatabaseSync | undefined;
    try {
      const opened = openDatabase(path);
      database = opened.database;
      return new StoreKeeper({ ...opened, lock }, request, nowMs);
    } catch (error) {
      database?.close();
      lock[Symbol.dispose]();
      throw storeErrorOf(error, path);
    }
  }

  /**
   * Does what is asked for.
   *
   * @param request What to do.
   * @returns What to answer; undefined for what {@linkcode searchStep} answers.
   * @throws {StoreError} If the database cannot be used any more.
   */
  handleRequest(request: StoreRequest): StoreReply | undefined {
    switch (request.type) {
      case "append":
        return this.#append(request.events);
      case "load": {
        const { loadId, after, limit } = request.load;
        const events = this.#read((log) => log.page(after, limit));
        return { type: "loaded", loadId, events };
      }
      case "recall": {
        const { authorKey, limit } = request.recall;
        const events = this.#read((log) => log.newestOf(authorKey, limit));
        return { type: "recalled", authorKey, events };
      }
      case "find": {
        const { findId, query } = request.find;
        const run = withStoreErrors(
          this.#path,
          () => this.#search.begin(query),
        );
        this.#searches.push({ findId, run });
        return undefined;
      }
      case "close":
        this.#searches.length = 0;
        this.#close();
        return { type: "closed" };
    }
  }

  /**
   * Removes some of what is not to be kept. A disk that cannot be written is no
   * error here: who appends notices it.
   *
   * @param nowMs The wall clock.
   * @returns What to tell; undefined if there is nothing to do for now.
   * @throws {StoreError} If the database cannot be used any more.
   */
  retainStep(nowMs: number): StoreReply | undefined {
    try {
      const isMore = retainStep(this.#database, this.#retention, nowMs);
      if (!isMore) return undefined;
      this.#log.forgetAuthors();
      return { type: "trimmed", firstSequence: this.#log.firstSequence };
    } catch (error) {
      this.#unwritableCode(error);
      return undefined;
    }
  }

  /**
   * Indexes some of what was appended. A disk that cannot be written is no
   * error here: who appends notices it, and then it goes on.
   *
   * @returns False if there is nothing to do for now.
   * @throws {StoreError} If the database cannot be used any more.
   */
  indexStep(): boolean {
    try {
      return this.#index.step();
    } catch (error) {
      this.#unwritableCode(error);
      return false;
    }
  }

  /** Whether {@linkcode searchStep} has something to do. */
  get isSearching(): boolean {
    return this.#searches.length > 0;
  }

  /**
   * Goes on with one search, some milliseconds at most. They take turns, so a
   * long one does not hold up the others.
   *
   * @returns What to answer; undefined if that search is not done.
   * @throws {StoreError} If the database cannot be used any more.
   */
  searchStep(): StoreReply | undefined {
    const search = this.#searches.shift();
    if (search === undefined) return undefined;
    const { findId, run } = search;
    const found = withStoreErrors(this.#path, () => this.#search.step(run));
    if (found !== undefined) return { type: "found", findId, found };
    this.#searches.push(search);
    return undefined;
  }

  #append(events: readonly LogEvent[]): StoreReply {
    try {
      this.#log.append(events);
      return { type: "appended" };
    } catch (error) {
      return { type: "unwritable", code: this.#unwritableCode(error) };
    }
  }

  #read(read: (log: RoomLog) => LogEvent[]): LogEvent[] {
    return withStoreErrors(this.#path, () => read(this.#log));
  }

  /** Rethrows what does not go away by itself. */
  #unwritableCode(error: unknown): UnwritableCode {
    const sorted = storeErrorOf(error, this.#path);
    if (sorted instanceof StoreError) {
      const { code } = sorted;
      if (code === "full" || code === "readOnly" || code === "locked") {
        return code;
      }
    }
    throw sorted;
  }

  #close(): void {
    try {
      markClean(this.#database, true);
    } catch {
      // The next start looks for damage then, which is all that it costs.
    }
    this.#database.close();
    this.#lock[Symbol.dispose]();
  }
}

function addDefaultRoom(
  database: DatabaseSync,
  name: string,
  nowMs: number,
): void {
  database.prepare(
    `INSERT OR IGNORE INTO room (room_id, name, kind, topic, created_ms)
     VALUES (?, ?, 'public', '', ?)`,
  ).run(DEFAULT_ROOM_ID, name, nowMs);
}
