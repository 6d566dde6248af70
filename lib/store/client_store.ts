import type {
  DatabaseSync,
  SQLInputValue,
  SQLOutputValue,
  StatementSync,
} from "node:sqlite";
import type {
  ClientJournal,
  ClientMemory,
  JournalEvent,
  KnownRoom,
  RoomPlace,
} from "../chat/client_journal.ts";
import { CLIENT_INSTANCE_BYTES, MAX_OUTBOX_MESSAGES } from "../chat/limits.ts";
import type { OutgoingAct } from "../chat/outbox.ts";
import type { SeenEvent } from "../chat/seen_event.ts";
import { CLIENT_MIGRATIONS } from "./client_migrations.ts";
import {
  decodeOutgoing,
  decodeRoom,
  decodeSeen,
  encodeOutgoing,
  encodeRoom,
  encodeSeen,
  eraseSeen,
} from "./client_rows.ts";
import {
  checkDatabase,
  CLIENT_APPLICATION_ID,
  inTransaction,
  lockDatabase,
  openDatabase,
} from "./database.ts";
import { migrate, refuseNewerSchema } from "./migrations.ts";
import { StoreError, storeErrorOf } from "./store_error.ts";

/**
 * How many events are kept to be read without the server: as many as a server
 * gives to who comes for the first time.
 */
export const MAX_KEPT_EVENTS = 1_000;

/**
 * How long what was seen may stay in memory. A commit for each message would
 * wear a disk; what is lost at a sudden end the server tells again.
 */
const FLUSH_MS = 250;

/** How often a disk that cannot be written is tried again. */
const RETRY_MS = 1_000;

/** So much waits for such a disk before it is given up; a full outbox fits. */
const MAX_WAITING_CHANGES: number = 4 * MAX_OUTBOX_MESSAGES;

/** A part of a transaction. */
type Change = (prepare: (sql: string) => StatementSync) => void;

/** How a client's store is opened. */
export interface ClientStoreOptions {
  /** The file; its folder exists. */
  readonly path: string;
  /** Randomness. */
  readonly random: (length: number) => Uint8Array;
  /** Called once if nothing can be kept any more, or for now. */
  readonly onFailure: (error: StoreError) => void;
}

/**
 * What a client keeps of the rooms of one server, in a file of its own. One program at a time
 * has it: the lock goes with the process, in whatever way that ends.
 */
export class ClientStore implements ClientJournal {
  readonly #options: ClientStoreOptions;
  /** Held to the end: nobody else may be the same client meanwhile. */
  #lock: Disposable | undefined;
  readonly #memory: ClientMemory;
  /** Undefined once it is closed or given up. */
  #database: DatabaseSync | undefined;
  /** One for each text: the memory of many is not seen by who frees it. */
  readonly #statements = new Map<string, StatementSync>();
  /** Messages to send that a disk did not take. */
  #unqueued: Change[] = [];
  /** Since the last flush; together they lead to one moment. */
  #changes: Change[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasFailed = false;
  /** The next start begins as somebody new: until then no place is kept. */
  #isOver: boolean;

  private constructor(
    options: ClientStoreOptions,
    database: DatabaseSync,
    lock: Disposable,
  ) {
    this.#options = options;
    this.#database = database;
    this.#lock = lock;
    // Nobody else has business here, and who chats is not to wait for it.
    database.exec("PRAGMA busy_timeout = 0");
    // What is removed is not to be found in the file either.
    database.exec("PRAGMA secure_delete = ON");
    refuseNewerSchema(database, options.path, CLIENT_MIGRATIONS.length);
    // At most a few megabytes: whatever is wrong is noticed before it is shown.
    checkDatabase(database, options.path, "quick");
    migrate(database, CLIENT_MIGRATIONS);
    prepareIdentity(database, options.random);
    this.#isOver = readMeta(database).has(Key.over);
    this.#memory = readMemory(database, options.path);
  }

  /**
   * Opens a server's file, or makes it.
   *
   * @param options How.
   * @returns The store.
   * @throws {StoreError} If it cannot be used; `locked` if another program has
   *   it.
   */
  static open(options: ClientStoreOptions): ClientStore {
    const { path } = options;
    const lock = lockDatabase(path);
    let database: DatabaseSync | undefined;
    try {
      database = openDatabase(path, CLIENT_APPLICATION_ID).database;
      return new ClientStore(options, database, lock);
    } catch (error) {
      database?.close();
      lock[Symbol.dispose]();
      throw storeErrorOf(error, path);
    }
  }

  /** What was kept when it was opened. */
  get memory(): ClientMemory {
    return this.#memory;
  }

  /** Takes what happened; what is to be sent is kept at once and by itself. */
  record(roomId: number, event: JournalEvent): void {
    switch (event.type) {
      case "queued":
        return this.#queue(roomId, event.outgoing);
      case "settled":
        return this.#change(
          "DELETE FROM outbox WHERE message_id = ?",
          event.id,
        );
      case "seen":
        return this.#see(roomId, event.event);
    }
  }

  /** Takes what a welcome said. */
  setRoom(roomId: number, room: KnownRoom): void {
    if (this.#isOver) return;
    this.#change(
      `INSERT INTO room (room_id, last_sequence, known) VALUES (?, 0, ?)
         ON CONFLICT DO UPDATE SET known = excluded.known`,
      roomId,
      encodeRoom(room),
    );
  }

  /** Takes the places that everything before has led to. */
  setPlaces(places: ReadonlyMap<number, RoomPlace>): void {
    if (this.#changes.length === 0) return;
    if (this.#isOver) return this.flush();
    for (const [roomId, { epochId, lastSequence }] of places) {
      this.#change(
        `INSERT INTO room (room_id, epoch_id, last_sequence) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET epoch_id = excluded.epoch_id,
             last_sequence = excluded.last_sequence`,
        roomId,
        epochId,
        lastSequence,
      );
      this.#change(
        "DELETE FROM event WHERE room_id = ? AND sequence <= ?",
        roomId,
        lastSequence - MAX_KEPT_EVENTS,
      );
    }
    if (this.#changes.length > MAX_KEPT_EVENTS) this.flush();
    else this.#arm(this.#hasFailed ? RETRY_MS : FLUSH_MS);
  }

  /** Forgets a room; what it had to send there was answered for. */
  dropRoom(roomId: number): void {
    this.#change("DELETE FROM event WHERE room_id = ?", roomId);
    this.#change("DELETE FROM room WHERE room_id = ?", roomId);
    this.#arm(FLUSH_MS);
  }

  /** Forgets everything but the outboxes, and begins as somebody new later. */
  startOver(): void {
    this.#change("DELETE FROM event");
    this.#change("DELETE FROM room");
    this.#set(Key.over, 1);
    this.#isOver = true;
    this.flush();
  }

  /** Forgets everything but the outboxes, and begins as somebody new now. */
  startAnew(clientInstance: Uint8Array): void {
    this.#isOver = false;
    this.#change("DELETE FROM event");
    this.#change("DELETE FROM room");
    this.#change("DELETE FROM meta");
    this.#set(Key.instance, clientInstance);
    this.flush();
  }

  /** Keeps all that was told up to the last place, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#write([...this.#unqueued, ...this.#changes])) {
      this.#arm(RETRY_MS);
      return;
    }
    this.#unqueued = [];
    this.#changes = [];
  }

  /** Flushes, and lets another program have the file. */
  close(): void {
    this.flush();
    this.#giveUp();
    this.#lock?.[Symbol.dispose]();
    this.#lock = undefined;
  }

  #queue(roomId: number, { id, act, timeMs }: OutgoingAct): void {
    const message = encodeOutgoing({ id, act });
    this.#unqueued.push((prepare) =>
      prepare(
        `INSERT INTO outbox (room_id, message_id, message, time_ms)
           VALUES (?, ?, ?, ?)`,
      ).run(roomId, id, message, timeMs)
    );
    if (this.#write(this.#unqueued)) this.#unqueued = [];
    else this.#arm(RETRY_MS);
  }

  #see(roomId: number, event: SeenEvent): void {
    if (this.#isOver) return;
    const { sequence, own, act } = event;
    this.#change(
      `INSERT OR REPLACE INTO event (room_id, sequence, edited, own, message)
         VALUES (?, ?, ?, ?, ?)`,
      roomId,
      sequence,
      act.type === "edit" ? act.target : 0,
      own ? 1 : 0,
      encodeSeen(event),
    );
    if (act.type === "remove") this.#erase(roomId, act.target);
  }

  #erase(roomId: number, target: number): void {
    const { path } = this.#options;
    this.#defer((prepare) => {
      const rows = prepare(SELECT_TEXTS).all(roomId, target, target);
      for (const row of rows) {
        const erased = eraseSeen(row, path);
        const sequence = row["sequence"] as number;
        prepare(UPDATE_EVENT).run(erased, roomId, sequence);
      }
    });
  }

  #set(key: string, value: SQLInputValue): void {
    if (this.#isOver) return;
    this.#change(SET_META, key, value);
  }

  #change(sql: string, ...values: SQLInputValue[]): void {
    this.#defer((prepare) => prepare(sql).run(...values));
  }

  #defer(change: Change): void {
    if (this.#database !== undefined) this.#changes.push(change);
  }

  /** One transaction. */
  #write(changes: readonly Change[]): boolean {
    const database = this.#database;
    if (database === undefined || changes.length === 0) return true;
    const prepare = (sql: string) => {
      const known = this.#statements.get(sql);
      if (known !== undefined) return known;
      const statement = database.prepare(sql);
      this.#statements.set(sql, statement);
      return statement;
    };
    try {
      inTransaction(database, () => {
        for (const change of changes) change(prepare);
      });
      return true;
    } catch (error) {
      this.#fail(storeErrorOf(error, this.#options.path), changes.length);
      return this.#database === undefined;
    }
  }

  #fail(error: unknown, waiting: number): void {
    if (!(error instanceof StoreError)) throw error;
    const isPassing = error.code === "full" || error.code === "locked";
    if (!isPassing || waiting > MAX_WAITING_CHANGES) this.#giveUp();
    if (!this.#hasFailed) this.#options.onFailure(error);
    this.#hasFailed = true;
  }

  #arm(delayMs: number): void {
    if (this.#database === undefined) return;
    this.#timer ??= setTimeout(() => this.flush(), delayMs);
  }

  /** Keeps nothing any more; what is kept stays. */
  #giveUp(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unqueued = [];
    this.#changes = [];
    this.#statements.clear();
    this.#database?.close();
    this.#database = undefined;
  }
}

/** The names of the facts. */
const Key = {
  /** {@linkcode ClientMemory.clientInstance}. */
  instance: "instance",
  /** There if {@linkcode ClientJournal.startOver} waits for the next start. */
  over: "over",
} as const;

const SELECT_TEXTS = `SELECT sequence, message FROM event
  WHERE room_id = ? AND (sequence = ? OR edited = ?)`;
const UPDATE_EVENT =
  "UPDATE event SET message = ? WHERE room_id = ? AND sequence = ?";
const SET_META = "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)";

/** Makes a new file's first facts, and those of one that starts over. */
function prepareIdentity(
  database: DatabaseSync,
  random: (length: number) => Uint8Array,
): void {
  const meta = readMeta(database);
  const isNew = !meta.has(Key.instance);
  // Who has something to send must be known again, or it may be sent twice.
  const startsOver = meta.has(Key.over) && isOutboxEmpty(database);
  if (!isNew && !startsOver) return;
  inTransaction(database, () => {
    database.prepare("DELETE FROM meta").run();
    const instance = random(CLIENT_INSTANCE_BYTES);
    database.prepare(SET_META).run(Key.instance, instance);
  });
}

function isOutboxEmpty(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM outbox").get() === undefined;
}

function readMemory(database: DatabaseSync, path: string): ClientMemory {
  const rooms = new Map<number, SQLOutputRow>();
  // Who has something to send need not have been there.
  for (const row of database.prepare(SELECT_OUTBOX_ROOMS).all()) {
    rooms.set(row["room_id"] as number, {});
  }
  for (const row of database.prepare("SELECT * FROM room").all()) {
    rooms.set(row["room_id"] as number, row);
  }
  return {
    clientInstance: readMeta(database).get(Key.instance) as Uint8Array,
    rooms: Array.from(rooms, ([roomId, row]) => {
      const place = readPlace(row);
      const known = row["known"] ?? undefined;
      const outbox = database.prepare(SELECT_OUTBOX).all(roomId);
      const events = database.prepare(SELECT_EVENTS)
        .all(roomId, place?.lastSequence ?? 0);
      return {
        roomId,
        place,
        known: known === undefined
          ? undefined
          : decodeRoom(known as Uint8Array, path),
        outbox: outbox.map((row) => decodeOutgoing(row, path)),
        events: events.map((row) => decodeSeen(row, path)),
      };
    }),
  };
}

function readPlace(row: SQLOutputRow): RoomPlace | undefined {
  const epochId = row["epoch_id"] ?? undefined;
  return epochId === undefined ? undefined : {
    epochId: epochId as Uint8Array,
    lastSequence: row["last_sequence"] as number,
  };
}

type SQLOutputRow = Readonly<Record<string, SQLOutputValue>>;

const SELECT_OUTBOX_ROOMS = "SELECT DISTINCT room_id FROM outbox";
const SELECT_OUTBOX =
  "SELECT message, time_ms FROM outbox WHERE room_id = ? ORDER BY position";
const SELECT_EVENTS = `SELECT own, message FROM event
  WHERE room_id = ? AND sequence <= ? ORDER BY sequence`;

function readMeta(database: DatabaseSync): Map<string, SQLOutputValue> {
  const rows = database.prepare("SELECT key, value FROM meta").all();
  return new Map(rows.map(({ key, value }) => [key as string, value!]));
}
