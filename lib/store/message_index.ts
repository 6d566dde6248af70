import type { DatabaseSync, StatementSync } from "node:sqlite";
import { encodeHex } from "../base/bytes.ts";
import { ActKind } from "../chat/room_event.ts";
import type { LogMessage } from "../chat/room_find.ts";
import {
  authorNameKey,
  type SearchTerm,
  wordsOf,
} from "../chat/search_words.ts";
import { MIN_PREFIX_CHARACTERS } from "../chat/limits.ts";
import { inTransaction } from "./database.ts";
import { currentText, EDIT_COLUMN, type EventRow } from "./event_row.ts";

/** Of a message, what is indexed: one that was removed is not. */
export interface IndexedMessage
  extends Pick<LogMessage, "sequence" | "author" | "text"> {
  /** Its row. */
  readonly eventId: number;
  /** Its room's row. */
  readonly roomId: number;
}

/** The columns of {@linkcode indexedOf}. */
export const SELECT_INDEXED: string = `
  SELECT event_id, room_id, sequence, kind, author_name,
    CAST(text AS BLOB) AS text_bytes, ${EDIT_COLUMN}
  FROM event`;

/**
 * Reads a row.
 *
 * @param row A row of {@linkcode SELECT_INDEXED}.
 * @returns What is indexed of it.
 */
export function indexedOf(row: EventRow): IndexedMessage {
  return {
    eventId: row["event_id"] as number,
    roomId: row["room_id"] as number,
    sequence: row["sequence"] as number,
    author: row["author_name"] as string,
    text: currentText(row),
  };
}

/**
 * Messages are indexed in blocks of a room: whatever is sought, one look into a
 * block costs no more than what is in it. FTS5 alone would go through all that
 * was ever said to find that two frequent words are never together.
 */
export const BLOCK_MESSAGES = 32_768;

/**
 * FTS5 reads rows upwards twice as fast as downwards, and the newest message is
 * sought first: its row in the index is this less its own. Of the numbers that
 * take FTS5 five bytes, the largest.
 */
const HIGHEST_ROW = 2 ** 35 - 1;

/**
 * Beginnings of words are indexed up to so many characters, as words of their
 * own: FTS5's prefix queries go through all words that begin so, which takes
 * seconds where there are many.
 */
const MAX_BEGINNING = 6;

/** A commit in between waits for so many: about 5 ms. */
const EVENTS_PER_STEP = 64;

/** Or for the few that are so long together. */
const CHARACTERS_PER_STEP = 8_192;

/** And for so many: some milliseconds. */
const MERGED_PAGES_PER_STEP = 8;

/** Each page is put together with others some times until it is in a large part. */
const MERGED_PAGES_PER_EVENT = 0.2;

/** Of long ones there are as many pages as of short ones with as many words. */
const MERGED_PAGES_PER_CHARACTER: number = MERGED_PAGES_PER_EVENT / 85;

/**
 * The index of the words of messages and of who wrote them. Each word is
 * indexed with its room and block in front, so a block has a vocabulary of its
 * own. The words are made by `wordsOf()`: letters and digits only, so what is
 * sought is never part of FTS5's query language.
 *
 * It follows the events a little later, a step at a time when there is nothing
 * else to do: to index a message takes longer than to store it. How far it is,
 * is written in the same transaction, so it never disagrees with the events;
 * who searches looks at the rest itself. What is indexed of a message is what
 * it says now: a change of it is written in the transaction of the change.
 */
export class MessageIndex {
  readonly #database: DatabaseSync;
  readonly #add: StatementSync;
  readonly #remove: StatementSync;
  readonly #merge: StatementSync;
  readonly #selectCursor: StatementSync;
  readonly #updateCursor: StatementSync;
  readonly #selectNext: StatementSync;
  readonly #selectAt: StatementSync;
  /** About how many pages of new parts are to be put together with others. */
  #unmergedPages = 0;

  /**
   * Uses a database of the present schema.
   *
   * @param database The database; it must stay open as long as this is used.
   */
  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#add = database.prepare(
      "INSERT INTO message_index (rowid, words) VALUES (?, ?)",
    );
    this.#remove = database.prepare(
      `INSERT INTO message_index (message_index, rowid, words)
       VALUES ('delete', ?, ?)`,
    );
    this.#merge = database.prepare(
      `INSERT INTO message_index (message_index, rank)
       VALUES ('merge', ${MERGED_PAGES_PER_STEP})`,
    );
    this.#selectCursor = database.prepare(
      "SELECT next_event_id FROM index_cursor",
    );
    this.#updateCursor = database.prepare(
      "UPDATE index_cursor SET next_event_id = ?",
    );
    this.#selectNext = database.prepare(
      `${SELECT_INDEXED} WHERE event_id >= ?
       ORDER BY event_id LIMIT ${EVENTS_PER_STEP}`,
    );
    this.#selectAt = database.prepare(
      `${SELECT_INDEXED} WHERE room_id = ? AND sequence = ?`,
    );
  }

  /** The first event that is not indexed, by its row; all before it are. */
  get nextEventId(): number {
    return Number(this.#selectCursor.get()!["next_event_id"]);
  }

  /**
   * Indexes some more, or puts parts of the index together, in one transaction:
   * a program that is killed in between goes on from there.
   *
   * @returns False if there is nothing left to do.
   * @throws {Error} Of SQLite, if it cannot be written; then nothing is.
   */
  step(): boolean {
    if (this.#unmergedPages > 0) {
      this.#merge.run();
      this.#unmergedPages -= MERGED_PAGES_PER_STEP;
      return true;
    }
    const { events, messages, characters } = this.#portion();
    const last = events.at(-1);
    if (last === undefined) return false;
    inTransaction(this.#database, () => {
      // Upwards in the index: else FTS5 writes a part of its own for each.
      for (const message of messages.toReversed()) this.#addWords(message);
      this.#updateCursor.run(last + 1);
    });
    this.#unmergedPages += Math.max(
      events.length * MERGED_PAGES_PER_EVENT,
      characters * MERGED_PAGES_PER_CHARACTER,
    );
    return true;
  }

  /** What one step takes: at least one event, if there is one. */
  #portion() {
    const events: number[] = [];
    const messages: IndexedMessage[] = [];
    let characters = 0;
    // Deno 2.4.2 does not give a statement that was iterated other parameters.
    for (const row of this.#selectNext.all(this.nextEventId)) {
      if (row["kind"] === ActKind.message) {
        const message = indexedOf(row);
        characters += message.text.length;
        if (characters > CHARACTERS_PER_STEP && events.length > 0) break;
        messages.push(message);
      }
      events.push(row["event_id"] as number);
    }
    return { events, messages, characters };
  }

  /**
   * Removes a message, in the transaction that removes its event. One that is
   * not indexed yet never will be.
   *
   * @param message The message as its rows have it.
   */
  remove(message: IndexedMessage): void {
    const { eventId, text } = message;
    if (text === "" || eventId >= this.nextEventId) return;
    this.#remove.run(indexRow(eventId), indexText(message));
  }

  /**
   * Changes what a message says, in the transaction of the change. One that is
   * not indexed yet will be as it is then.
   *
   * @param roomId The room's row.
   * @param sequence The message; it need not be kept any more.
   * @param write Writes the change.
   */
  change(roomId: number, sequence: number, write: () => void): void {
    const old = this.#selectAt.get(roomId, sequence);
    if (old !== undefined) this.remove(indexedOf(old));
    write();
    const row = this.#selectAt.get(roomId, sequence);
    if (row === undefined) return;
    const message = indexedOf(row);
    if (message.eventId < this.nextEventId) this.#addWords(message);
  }

  #addWords(message: IndexedMessage): void {
    if (message.text === "") return;
    this.#add.run(indexRow(message.eventId), indexText(message));
  }
}

/**
 * Tells where a message is in the index, and what is there: both ways alike.
 *
 * @param eventId The message's row, or its row in the index.
 * @returns Its row in the index, or its own: the newest has the lowest.
 */
export function indexRow(eventId: number): number {
  return HIGHEST_ROW - eventId;
}

/** What is sought in a block. */
export interface BlockQuestion {
  /** The room's row. */
  readonly roomId: number;
  /** A message of the block. */
  readonly sequence: number;
  /** All of these are in the text. */
  readonly terms: readonly SearchTerm[];
  /** Who wrote it, as `authorNameKey()` has it; empty for anybody. */
  readonly authorNameKey: string;
}

/**
 * Writes what is sought as an FTS5 query (sqlite.org/fts5.html section 3).
 *
 * @param question Something to seek: at least one word or an author.
 * @returns The query.
 */
export function blockQuery(question: BlockQuestion): string {
  const { terms, authorNameKey: nameKey } = question;
  const block = blockMark(question);
  const parts = terms.map(({ word, isPrefix }) =>
    `"${block}${isPrefix ? beginningMark(word) : word}"`
  );
  if (nameKey !== "") parts.push(`"${block}${authorMark(nameKey)}"`);
  return parts.join(" AND ");
}

/**
 * Tells where a block begins.
 *
 * @param sequence A message of the block.
 * @returns The lowest sequence number that is in it.
 */
export function blockStart(sequence: number): number {
  return sequence - sequence % BLOCK_MESSAGES;
}

function indexText(message: IndexedMessage): string {
  const { author, text } = message;
  const block = blockMark(message);
  const words = wordsOf(text);
  const beginnings = new Set<string>();
  for (const word of words) {
    const longest = Math.min(word.length, MAX_BEGINNING);
    for (let length = MIN_PREFIX_CHARACTERS; length <= longest; length++) {
      beginnings.add(word.slice(0, length));
    }
  }
  let tokens = block + authorMark(authorNameKey(author));
  for (const word of words) tokens += " " + block + word;
  for (const part of beginnings) tokens += " " + block + beginningMark(part);
  return tokens;
}

/**
 * FTS5's tokenizer "ascii" takes everything beyond ASCII for letters, so the
 * private characters that separate the parts are in no word of a text.
 */
function blockMark(
  { roomId, sequence }: { readonly roomId: number; readonly sequence: number },
): string {
  const block = Math.floor(sequence / BLOCK_MESSAGES);
  return `${roomId.toString(36)}\ue000${block.toString(36)}\ue001`;
}

/** Of a longer one, what is found is looked at. */
function beginningMark(beginning: string): string {
  return `\ue003${beginning.slice(0, MAX_BEGINNING)}`;
}

/** A name may have anything in it; in hexadecimal it is one word. */
function authorMark(nameKey: string): string {
  return `\ue002${encodeHex(ENCODER.encode(nameKey))}`;
}

const ENCODER = new TextEncoder();
