import type { DatabaseSync, StatementSync } from "node:sqlite";
import { assert } from "../base/assert.ts";
import { decodeHex } from "../base/bytes.ts";
import { MAX_COUNTED_REACTIONS } from "../chat/limits.ts";
import { ActKind } from "../chat/room_event.ts";
import type { LogEvent, LogLoad } from "../chat/room_log.ts";
import { inTransaction } from "./database.ts";
import { columnsOf, eventOf, SELECT_EVENT, textOfBytes } from "./event_row.ts";
import { MessageIndex } from "./message_index.ts";

/** More authors than write in a busy day; beyond it they are looked up again. */
const MAX_KNOWN_AUTHORS = 10_000;

const ERASE_MESSAGE =
  "UPDATE event SET text = '' WHERE room_id = ? AND sequence = ?";

/**
 * Erases the edits of a message. In one statement with the message itself,
 * SQLite would read the whole room.
 */
export const ERASE_EDITS: string =
  `UPDATE event SET text = '' WHERE room_id = ? AND target = ? AND kind = ${ActKind.edit}`;

/** Of each name and emoji the last word, if the emoji is there since. */
export const SELECT_REACTIONS: string = `
  ${SELECT_EVENT} WHERE event_id IN (
    SELECT event_id FROM (
      SELECT event_id, text, author_name, detail, MAX(sequence) FROM (
        SELECT event_id, sequence, text, author_name, detail FROM event
        WHERE room_id = ? AND target = ? AND kind = ${ActKind.react}
        ORDER BY sequence DESC LIMIT ${MAX_COUNTED_REACTIONS}
      ) GROUP BY text, author_name
    ) WHERE detail = 1
  ) ORDER BY sequence`;

/**
 * Writes in one transaction. What is erased in it is erased also from the pages
 * that it leaves free.
 *
 * @param database The database.
 * @param isErasing Whether something is.
 * @param write Writes.
 */
export function inWriting(
  database: DatabaseSync,
  isErasing: boolean,
  write: () => void,
): void {
  try {
    if (isErasing) database.exec("PRAGMA secure_delete = ON");
    inTransaction(database, write);
  } finally {
    if (isErasing) database.exec("PRAGMA secure_delete = OFF");
  }
}

/** The events of one room, in a database. */
export class RoomLog {
  readonly #database: DatabaseSync;
  readonly #roomId: number;
  readonly #index: MessageIndex;
  readonly #insertEvent: StatementSync;
  readonly #eraseMessage: StatementSync;
  readonly #eraseEdits: StatementSync;
  readonly #setTopic: StatementSync;
  readonly #insertAuthor: StatementSync;
  readonly #selectAuthor: StatementSync;
  readonly #selectPage: StatementSync;
  readonly #selectReactions: StatementSync;
  readonly #selectNewest: StatementSync;
  readonly #selectByAuthor: StatementSync;
  /** Row IDs by author key. */
  readonly #authorIds = new Map<string, number>();
  #lastSequence: number;
  /** How many events the transaction has that is not over. */
  #inserted = 0;

  /**
   * Uses a database of the present schema.
   *
   * @param database The database; it must stay open as long as this is used.
   * @param roomId The room's row.
   */
  constructor(database: DatabaseSync, roomId: number) {
    this.#database = database;
    this.#roomId = roomId;
    this.#index = new MessageIndex(database);
    this.#insertEvent = database.prepare(`
      INSERT INTO event (room_id, sequence, kind, author_id, account_id,
        author_name, message_id, target, detail, text, time_ms)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#eraseMessage = database.prepare(ERASE_MESSAGE);
    this.#eraseEdits = database.prepare(ERASE_EDITS);
    this.#setTopic = database.prepare(
      "UPDATE room SET topic = ? WHERE room_id = ?",
    );
    this.#insertAuthor = database.prepare(
      "INSERT INTO author (instance_hash) VALUES (?)",
    );
    this.#selectAuthor = database.prepare(
      "SELECT author_id FROM author WHERE instance_hash = ?",
    );
    this.#selectPage = database.prepare(
      `${SELECT_EVENT} WHERE room_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
    );
    this.#selectReactions = database.prepare(SELECT_REACTIONS);
    this.#selectNewest = database.prepare(
      `${SELECT_EVENT} WHERE room_id = ? ORDER BY sequence DESC LIMIT ?`,
    );
    this.#selectByAuthor = database.prepare(
      `${SELECT_EVENT} WHERE author_id = ? AND room_id = ?
       ORDER BY event_id DESC LIMIT ?`,
    );
    this.#lastSequence = this.newest(1)[0]?.sequence ?? 0;
  }

  /** The oldest event that is kept; one more than the last if none is. */
  get firstSequence(): number {
    return this.page(0, 1)[0]?.sequence ?? this.#lastSequence + 1;
  }

  /** The newest event; 0 before the first. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** What the room is about; empty if nobody said. */
  get topic(): string {
    const row = this.#database.prepare(
      "SELECT CAST(topic AS BLOB) AS topic FROM room WHERE room_id = ?",
    ).get(this.#roomId);
    return row === undefined ? "" : textOfBytes(row["topic"]);
  }

  /**
   * Makes events durable: all or none. What an event removes is erased with it,
   * also from the pages that it leaves free, and from the index.
   *
   * @param events The next ones, in their order.
   * @throws {Error} Of SQLite, if they cannot be written; then none is.
   */
  append(events: readonly LogEvent[]): void {
    const isErasing = events.some(({ act }) => act.type === "remove");
    let isCommitted = false;
    try {
      inWriting(this.#database, isErasing, () => {
        for (const event of events) this.insert(event);
      });
      isCommitted = true;
    } finally {
      this.settle(isCommitted);
    }
  }

  /**
   * Takes note that the transaction of what was inserted is over.
   *
   * @param isCommitted Whether it was written; otherwise nothing of it was.
   */
  settle(isCommitted: boolean): void {
    if (isCommitted) this.#lastSequence += this.#inserted;
    // Rows of new authors are gone again.
    else this.#authorIds.clear();
    this.#inserted = 0;
  }

  /**
   * Reads the events after a place.
   *
   * @param after The events have greater sequence numbers.
   * @param limit How many at most.
   * @returns The events, ascending.
   */
  page(after: number, limit: number): LogEvent[] {
    return this.#selectPage.all(this.#roomId, after, limit).map(eventOf);
  }

  /**
   * Reads what is asked for.
   *
   * @param load What.
   * @returns The events, ascending.
   */
  load({ after, limit, withReactions }: LogLoad): LogEvent[] {
    const events = this.page(after, limit);
    const [first] = events;
    return withReactions !== true || first === undefined
      ? events
      : [...events, ...this.reactionsTo(first.sequence)];
  }

  /**
   * Reads what people put at a message.
   *
   * @param target The message.
   * @returns Of the newest {@linkcode MAX_COUNTED_REACTIONS} those that were not
   *   taken back, ascending.
   */
  reactionsTo(target: number): LogEvent[] {
    return this.#selectReactions.all(this.#roomId, target).map(eventOf);
  }

  /**
   * Reads the newest events.
   *
   * @param limit How many at most.
   * @returns The events, ascending.
   */
  newest(limit: number): LogEvent[] {
    return this.#selectNewest.all(this.#roomId, limit).map(eventOf).reverse();
  }

  /**
   * Reads an author's newest events.
   *
   * @param authorKey Whose: {@linkcode LogEvent.authorKey}.
   * @param limit How many at most.
   * @returns The events, ascending.
   */
  newestOf(authorKey: string, limit: number): LogEvent[] {
    const author = this.#findAuthor(authorKey);
    if (author === undefined) return [];
    return this.#selectByAuthor.all(author, this.#roomId, limit).map(eventOf)
      .reverse();
  }

  /** Forgets which authors there are: some rows may have been deleted. */
  forgetAuthors(): void {
    this.#authorIds.clear();
  }

  /**
   * Writes the next event, in a transaction of the caller
   * ({@linkcode inWriting}), who tells how that ends:
   * {@linkcode RoomLog.settle}.
   *
   * @param event The event.
   */
  insert(event: LogEvent): void {
    this.#inserted++;
    assert(
      event.sequence === this.#lastSequence + this.#inserted,
      "a log has no gap and no repeat",
    );
    const { act } = event;
    switch (act.type) {
      case "edit":
        return this.#index.change(this.#roomId, act.target, () => {
          this.#insertRow(event);
        });
      case "remove":
        return this.#index.change(this.#roomId, act.target, () => {
          this.#insertRow(event);
          this.#eraseMessage.run(this.#roomId, act.target);
          this.#eraseEdits.run(this.#roomId, act.target);
        });
      case "topic":
        this.#insertRow(event);
        this.#setTopic.run(act.text, this.#roomId);
        return;
      case "message":
      case "react":
      case "pin":
      case "acknowledge":
        return this.#insertRow(event);
    }
  }

  #insertRow(event: LogEvent): void {
    const { act } = event;
    const { target, detail, text } = columnsOf(act);
    this.#insertEvent.run(
      this.#roomId,
      event.sequence,
      ActKind[act.type],
      this.#findAuthor(event.authorKey) ?? this.#addAuthor(event.authorKey),
      event.accountId,
      event.author,
      event.id,
      target,
      detail,
      text,
      event.timeMs,
    );
  }

  #findAuthor(authorKey: string): number | undefined {
    const known = this.#authorIds.get(authorKey);
    if (known !== undefined) return known;
    const row = this.#selectAuthor.get(decodeHex(authorKey));
    if (row === undefined) return undefined;
    return this.#rememberAuthor(authorKey, Number(row["author_id"]));
  }

  #addAuthor(authorKey: string): number {
    const { lastInsertRowid } = this.#insertAuthor.run(decodeHex(authorKey));
    return this.#rememberAuthor(authorKey, Number(lastInsertRowid));
  }

  #rememberAuthor(authorKey: string, authorId: number): number {
    if (this.#authorIds.size === MAX_KNOWN_AUTHORS) this.#authorIds.clear();
    this.#authorIds.set(authorKey, authorId);
    return authorId;
  }
}
