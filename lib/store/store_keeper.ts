import { isPeopleChange, type PeopleState } from "../chat/people_change.ts";
import { PeopleStore } from "./people.ts";
import type { DatabaseSync } from "node:sqlite";
import type {
  Change,
  ChangeResult,
  QueryResult,
  StoreQuery,
} from "../chat/change.ts";
import { GUEST_MEMBERSHIP_DAYS } from "../chat/limits.ts";
import { DEFAULT_ROOM_ID } from "../chat/room_kind.ts";
import type { LogState } from "../chat/room_log.ts";
import {
  checkDatabase,
  inTransaction,
  lockDatabase,
  openDatabase,
  type OpenedDatabase,
} from "./database.ts";
import { expireGuests, forgetGuests } from "./guest_expiry.ts";
import { MessageIndex } from "./message_index.ts";
import { migrate, refuseNewerSchema, schemaVersion } from "./migrations.ts";
import { retainStep, type Retention } from "./retention.ts";
import { inWriting } from "./room_log.ts";
import { type OpenLog, RoomLogs } from "./room_logs.ts";
import {
  type KnownRooms,
  readMemberships,
  readRooms,
  readStay,
  writeChange,
} from "./room_rows.ts";
import type { SearchRun } from "./room_search.ts";
import { StoreError, storeErrorOf, withStoreErrors } from "./store_error.ts";
import type {
  OpenRequest,
  StoreChanged,
  StoreReply,
  StoreRequest,
  StoreWrite,
  UnwritableCode,
} from "./store_messages.ts";
import { ensureEpoch, isClean, markClean } from "./store_meta.ts";

const GUEST_MEMBERSHIP_MS = GUEST_MEMBERSHIP_DAYS * 86_400_000;

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
  /** Its rooms. */
  readonly rooms: KnownRooms;
  /** What was known of people then. */
  readonly people: PeopleState;
  readonly #people: PeopleStore;
  /** Whether others could read the file until now. */
  readonly wasExposed: boolean;
  readonly #path: string;
  readonly #lock: Disposable;
  readonly #database: DatabaseSync;
  readonly #logs: RoomLogs;
  readonly #recentEvents: number;
  readonly #retention: Retention;
  readonly #epochId: Uint8Array;
  readonly #index: MessageIndex;
  /** Under way, in the order of their next steps. */
  readonly #searches: WaitingSearch[] = [];

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
      const beforeMs = nowMs - GUEST_MEMBERSHIP_MS;
      forgetGuests(database, beforeMs);
      return ensureEpoch(database);
    });
    this.#index = new MessageIndex(database);
    this.#logs = new RoomLogs(database, this.#index);
    this.#recentEvents = recentEvents;
    this.#epochId = epochId;
    this.state = this.#stateOf(DEFAULT_ROOM_ID);
    this.rooms = readRooms(database);
    this.#people = new PeopleStore(database);
    this.people = this.#people.state(nowMs);
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
      case "commit":
        return this.#commit(request.writes);
      case "load": {
        const { roomId, loadId } = request.load;
        const events = this.#read(roomId, ({ log }) => log.load(request.load));
        return { type: "loaded", roomId, loadId, events };
      }
      case "recall": {
        const { roomId, authorKey, limit } = request.recall;
        const events = this.#read(
          roomId,
          ({ log }) => log.newestOf(authorKey, limit),
        );
        return { type: "recalled", roomId, authorKey, events };
      }
      case "query": {
        const { queryId, query } = request;
        const result = withStoreErrors(this.#path, () => this.#answer(query));
        return { type: "queried", queryId, result };
      }
      case "find": {
        const { roomId, findId, query } = request.find;
        if (query.type === "message") {
          const found = this.#read(
            roomId,
            ({ search }) => search.message(query),
          );
          return { type: "found", roomId, findId, found };
        }
        const run = this.#read(roomId, ({ search }) => search.begin(query));
        this.#searches.push({ roomId, findId, run });
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
      const rooms = retainStep(this.#database, this.#retention, nowMs);
      if (rooms === undefined) return undefined;
      this.#logs.forgetAuthors();
      const trimmed = rooms.map((roomId) => {
        const { firstSequence } = this.#logs.of(roomId).log;
        return { roomId, firstSequence };
      });
      return { type: "trimmed", trimmed };
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
   * @param clockMs A monotonic clock.
   * @returns What to answer; undefined if that search is not done.
   * @throws {StoreError} If the database cannot be used any more.
   */
  searchStep(clockMs: () => number): StoreReply | undefined {
    const search = this.#searches.shift();
    if (search === undefined) return undefined;
    const { roomId, findId, run } = search;
    const found = this.#read(roomId, ({ search }) => search.step(run, clockMs));
    if (found !== undefined) return { type: "found", roomId, findId, found };
    this.#searches.push(search);
    return undefined;
  }

  /** One transaction, over all rooms. */
  #commit(writes: readonly StoreWrite[]): StoreReply {
    const isErasing = writes.some((write) =>
      write.type === "event" && write.event.act.type === "remove"
    );
    const appended = new Map<number, number>();
    const changed: StoreChanged[] = [];
    let isCommitted = false;
    try {
      inWriting(this.#database, isErasing, () => {
        for (const write of writes) {
          if (write.type === "event") {
            const { roomId, event, audit } = write;
            this.#logs.of(roomId).log.insert(event);
            if (audit !== undefined) this.#people.writeDown(audit);
            appended.set(roomId, event.sequence);
          } else {
            const { changeId, change } = write;
            changed.push({ changeId, result: this.#change(change) });
          }
        }
      });
      isCommitted = true;
    } catch (error) {
      return { type: "unwritable", code: this.#unwritableCode(error) };
    } finally {
      this.#logs.settle(isCommitted);
    }
    return {
      type: "committed",
      appended: Array.from(appended, ([roomId, throughSequence]) => ({
        roomId,
        throughSequence,
      })),
      changed,
    };
  }

  #change(change: Change): ChangeResult {
    if (isPeopleChange(change)) return this.#people.apply(change);
    if (change.type === "expireGuests") {
      return { type: "expired", ...expireGuests(this.#database, change) };
    }
    writeChange(this.#database, change);
    if ("audit" in change) this.#people.writeDown(change.audit);
    return { type: "done" };
  }

  #read<Result>(roomId: number, read: (open: OpenLog) => Result): Result {
    return withStoreErrors(this.#path, () => read(this.#logs.of(roomId)));
  }

  #answer(query: StoreQuery): QueryResult {
    switch (query.type) {
      case "memberships": {
        const memberships = readMemberships(this.#database, query.person);
        const stay = readStay(this.#database, query.person);
        return { type: "memberships", memberships, ...stay };
      }
      case "roomState":
        return { type: "roomState", state: this.#stateOf(query.roomId) };
      case "account":
      case "audit":
        return this.#people.query(query);
    }
  }

  #stateOf(roomId: number): LogState {
    const { log } = this.#logs.of(roomId);
    return {
      epochId: this.#epochId,
      firstSequence: log.firstSequence,
      lastSequence: log.lastSequence,
      topic: log.topic,
      recent: log.newest(this.#recentEvents),
    };
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

interface WaitingSearch {
  readonly roomId: number;
  readonly findId: number;
  readonly run: SearchRun;
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
