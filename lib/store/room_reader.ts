import type { DatabaseSync, StatementSync } from "node:sqlite";
import { assert } from "../base/assert.ts";
import {
  type AnsweredMessage,
  MessageFold,
  type RoomEntry,
  type RoomFacts,
} from "../chat/room_record.ts";
import { ActKind } from "../chat/room_event.ts";
import type { LogEvent } from "../chat/room_log.ts";
import { connectDatabase, refuseForeign, withOpenErrors } from "./database.ts";
import { eventOf, SELECT_EVENT, textOfBytes } from "./event_row.ts";
import {
  refuseNewerSchema,
  SCHEMA_VERSION,
  schemaVersion,
} from "./migrations.ts";
import { StoreError, withStoreErrors } from "./store_error.ts";
import { refuseMissing } from "./whole_file.ts";

/** A page of the longest messages, with their reactions, is a few megabytes. */
const ENTRIES_PER_PAGE = 64;

/** As many as are read at a glance, where a name is none of them. */
const MAX_TOLD_ROOMS = 20;

/** What changes a message: a kind that is not here has no target. */
const CHANGE_KINDS = [
  ActKind.edit,
  ActKind.remove,
  ActKind.react,
  ActKind.pin,
].join();

const ENTRY_KINDS = [ActKind.message, ActKind.topic].join();

/** The room that is there from the start. */
const DEFAULT_ROOM_ID = 1;

/**
 * Reads a room out of a database that a server may be writing to, in bounded
 * memory.
 *
 * What came after the start is not in it. No transaction spans the pages: who
 * reads slowly must not make the server's log grow. What is removed meanwhile
 * has no text any more in the pages that follow.
 */
export class RoomReader implements Disposable {
  /** The room, as it was at the start. */
  readonly facts: RoomFacts;
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #roomId: number;
  readonly #selectPage: StatementSync;
  readonly #selectOne: StatementSync;

  private constructor(
    database: DatabaseSync,
    path: string,
    room: string | undefined,
  ) {
    this.#path = path;
    this.#database = database;
    const row = findRoom(database, path, room);
    this.#roomId = row["room_id"] as number;
    this.facts = factsOf(database, row);
    listChanges(database, this.#roomId, this.facts.lastSequence);
    this.#selectPage = database.prepare(`
      ${SELECT_EVENT} WHERE room_id = ? AND sequence > ? AND sequence <= ?
        AND kind IN (${ENTRY_KINDS}) ORDER BY sequence LIMIT ?`);
    this.#selectOne = database.prepare(
      `${SELECT_EVENT} WHERE room_id = ? AND sequence = ?`,
    );
  }

  /**
   * Opens a room.
   *
   * @param path The database.
   * @param room What the room is called; undefined for the default room.
   * @returns Its reader, to be disposed of.
   * @throws {StoreError} If there is no such database or room, or if it cannot
   *   be read.
   */
  static open(path: string, room: string | undefined): RoomReader {
    refuseMissing(path);
    return withOpenErrors(path, () => {
      const database = connectDatabase(path);
      try {
        refuseForeign(database, path);
        refuseOtherSchema(database, path);
        return new RoomReader(database, path, room);
      } catch (error) {
        database.close();
        throw error;
      }
    });
  }

  /**
   * Reads what was said.
   *
   * @returns All of it, a page at a time.
   * @throws {StoreError} If it cannot be read any more.
   */
  *pages(): Generator<readonly RoomEntry[], void> {
    let after = 0;
    for (;;) {
      const page = withStoreErrors(this.#path, () => this.#page(after));
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.sequence;
      yield page;
    }
  }

  /** Closes the database. */
  [Symbol.dispose](): void {
    this.#database.close();
  }

  #page(after: number): RoomEntry[] {
    const events = this.#selectPage.all(
      this.#roomId,
      after,
      this.facts.lastSequence,
      ENTRIES_PER_PAGE,
    ).map(eventOf);
    const folds = this.#fold(events);
    return events.map((event) => this.#entryOf(event, folds));
  }

  #entryOf(
    { sequence, timeMs, author, act }: LogEvent,
    folds: ReadonlyMap<number, MessageFold>,
  ): RoomEntry {
    const base = { sequence, timeMs, author };
    if (act.type === "topic") return { ...base, type: "topic", text: act.text };
    assert(act.type === "message", "a page has no other kinds");
    const { state, edits } = folds.get(sequence)!;
    return {
      ...base,
      type: "message",
      style: act.style,
      state,
      edits,
      answered: act.replyTo === 0 ? undefined : this.#answered(act.replyTo),
    };
  }

  #answered(sequence: number): AnsweredMessage {
    const row = this.#selectOne.get(this.#roomId, sequence);
    const event = row === undefined ? undefined : eventOf(row);
    if (event?.act.type !== "message") {
      return { sequence, author: undefined, text: "" };
    }
    const fold = this.#fold([event]).get(sequence)!;
    return { sequence, author: event.author, text: fold.state.text };
  }

  /** Puts their changes on messages, by their sequence numbers. */
  #fold(events: readonly LogEvent[]): ReadonlyMap<number, MessageFold> {
    const folds = new Map<number, MessageFold>();
    for (const { sequence, act } of events) {
      if (act.type === "message") folds.set(sequence, new MessageFold(act));
    }
    const first = events[0]?.sequence ?? 0;
    const last = events.at(-1)?.sequence ?? 0;
    // Deno 2.4.2 does not give a statement that was iterated other parameters.
    const rows = this.#database.prepare(SELECT_CHANGES)
      .iterate(this.#roomId, first, last);
    for (const row of rows) {
      const { act, author, timeMs } = eventOf(row);
      assert(act.type !== "message" && act.type !== "topic", "it has a target");
      folds.get(act.target)?.apply({ act, author, timeMs });
    }
    return folds;
  }
}

/** What became of some messages of a room, in the order it was done. */
const SELECT_CHANGES = `
  ${SELECT_EVENT} JOIN temp.change ON sequence = change_sequence
  WHERE room_id = ? AND changed BETWEEN ? AND ?
  ORDER BY changed, change_sequence`;

type Row = Readonly<Record<string, unknown>>;

/** A server brings its database to the schema of its program when it starts. */
function refuseOtherSchema(database: DatabaseSync, path: string): void {
  refuseNewerSchema(database, path);
  const version = schemaVersion(database);
  if (version === SCHEMA_VERSION) return;
  const detail = `schema ${version}, and this program reads ${SCHEMA_VERSION}`;
  throw new StoreError("olderSchema", path, detail);
}

function findRoom(
  database: DatabaseSync,
  path: string,
  name: string | undefined,
): Row {
  const rooms = database.prepare(`
    SELECT room_id, name, kind, CAST(topic AS BLOB) AS topic_bytes FROM room
    ORDER BY archived_ms IS NOT NULL, room_id`).all();
  const found = rooms.find((room) =>
    name === undefined
      ? room["room_id"] === DEFAULT_ROOM_ID
      : nameKey(String(room["name"])) === nameKey(name)
  );
  if (found !== undefined) return found;
  const names = rooms.slice(0, MAX_TOLD_ROOMS).map((room) =>
    String(room["name"])
  );
  if (rooms.length > names.length) names.push("…");
  throw new StoreError("noSuchRoom", path, names.join(", "));
}

/** As people type a name: in any case. */
function nameKey(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

function factsOf(database: DatabaseSync, room: Row): RoomFacts {
  const roomId = room["room_id"] as number;
  // One statement with both would read the whole index.
  const { first, last } = database.prepare(`
    SELECT (SELECT MIN(sequence) FROM event WHERE room_id = ?) AS first,
      (SELECT MAX(sequence) FROM event WHERE room_id = ?) AS last`)
    .get(roomId, roomId) as { first: number | null; last: number | null };
  return {
    name: room["name"] as string,
    kind: room["kind"] as string,
    topic: textOfBytes(room["topic_bytes"]),
    firstSequence: first ?? 1,
    lastSequence: last ?? 0,
  };
}

/**
 * Lists which events change which message: a room's log knows only the other
 * way round. The list is in a temporary file of SQLite's, and holds numbers
 * only.
 */
function listChanges(
  database: DatabaseSync,
  roomId: number,
  lastSequence: number,
): void {
  database.exec(`
    PRAGMA temp_store = FILE;
    CREATE TEMP TABLE change (
      changed INTEGER NOT NULL,
      change_sequence INTEGER NOT NULL,
      PRIMARY KEY (changed, change_sequence)
    ) STRICT, WITHOUT ROWID;`);
  database.prepare(`
    INSERT INTO temp.change SELECT target, sequence FROM event
    WHERE room_id = ? AND sequence <= ? AND kind IN (${CHANGE_KINDS})`)
    .run(roomId, lastSequence);
}
