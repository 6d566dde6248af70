/**
 * How long messages are kept. Only the oldest go, so what is left of a room has
 * no gap; the newest of a room always stays, because its number is where the
 * room goes on.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { ActKind } from "../chat/room_event.ts";
import { inTransaction } from "./database.ts";
import { indexedOf, MessageIndex, SELECT_INDEXED } from "./message_index.ts";

/** What is kept. */
export interface Retention {
  /** Messages older than this go; undefined for no limit. */
  readonly maxAgeMs: number | undefined;
  /** Above this size of the database the oldest go; undefined for no limit. */
  readonly maxBytes: number | undefined;
}

/**
 * A commit in between waits this long: about 20 ms, most of it for taking the
 * words out of the index.
 */
const EVENTS_PER_STEP = 50;

/** As much as 500 events of ordinary length take, and some more. */
const PAGES_PER_STEP = 100;

/** A newest event would be the one its room goes on from. */
const IS_NOT_NEWEST = `sequence < (
  SELECT MAX(sequence) FROM event AS other WHERE other.room_id = event.room_id)`;

/**
 * Removes some of what is not to be kept, or gives the disk back some of the
 * space that became free.
 *
 * @param database The database.
 * @param retention What is kept.
 * @param nowMs The wall clock.
 * @returns The rooms that lost some; undefined if there is nothing left to do.
 */
export function retainStep(
  database: DatabaseSync,
  retention: Retention,
  nowMs: number,
): number[] | undefined {
  const through = lastToRemove(database, retention, nowMs);
  if (through !== undefined) {
    return inTransaction(database, () => remove(database, through));
  }
  if (readNumber(database, "freelist_count") === 0) return undefined;
  // Each row is a page: one that is not asked for is not freed.
  database.prepare(`PRAGMA incremental_vacuum(${PAGES_PER_STEP})`).all();
  return [];
}

/**
 * Measures what a database takes, without the space that became free.
 *
 * @param database The database.
 * @returns Bytes.
 */
export function usedBytes(database: DatabaseSync): number {
  const pages = readNumber(database, "page_count") -
    readNumber(database, "freelist_count");
  return pages * readNumber(database, "page_size");
}

function lastToRemove(
  database: DatabaseSync,
  { maxAgeMs, maxBytes }: Retention,
  nowMs: number,
): number | undefined {
  const isTooLarge = maxBytes !== undefined && usedBytes(database) > maxBytes;
  const oldestMs = maxAgeMs === undefined ? -Infinity : nowMs - maxAgeMs;
  if (!isTooLarge && oldestMs === -Infinity) return undefined;
  const oldest = oldestEvents(database, Infinity);
  const last = oldest.at(-1)?.eventId;
  if (isTooLarge || last === undefined) return last;
  // One that a wrong clock has put into the future is as old as what follows.
  let through: number | undefined;
  for (const { eventId, timeMs } of oldestEvents(database, nowMs)) {
    if (timeMs >= oldestMs) break;
    through = eventId;
  }
  return through && Math.min(through, last);
}

/** Some of those that may go, apart from what was written after a time. */
function oldestEvents(
  database: DatabaseSync,
  untilMs: number,
): { readonly eventId: number; readonly timeMs: number }[] {
  const rows = database.prepare(
    `SELECT event_id, time_ms FROM event WHERE ${IS_NOT_NEWEST} AND time_ms <= ?
     ORDER BY event_id LIMIT ${EVENTS_PER_STEP}`,
  ).all(untilMs);
  return rows.map(({ event_id: eventId, time_ms: timeMs }) => ({
    eventId: Number(eventId),
    timeMs: Number(timeMs),
  }));
}

function remove(database: DatabaseSync, through: number): number[] {
  // Left alone, SQLite would read the whole index by author for the order.
  const authors = database.prepare(
    "SELECT DISTINCT author_id FROM event NOT INDEXED WHERE event_id <= ?",
  ).all(through);
  const rooms = database.prepare(
    `SELECT DISTINCT room_id FROM event NOT INDEXED
     WHERE event_id <= ? AND ${IS_NOT_NEWEST}`,
  ).all(through);
  unindex(database, through);
  database.prepare(
    `DELETE FROM event WHERE event_id <= ? AND ${IS_NOT_NEWEST}`,
  ).run(through);
  const forget = database.prepare(
    `DELETE FROM author WHERE author_id = ? AND NOT EXISTS (
       SELECT 1 FROM event WHERE event.author_id = author.author_id)`,
  );
  for (const { author_id: authorId } of authors) forget.run(Number(authorId));
  return rooms.map(({ room_id: roomId }) => Number(roomId));
}

/** Before they go: the index is told what it has of them. */
function unindex(database: DatabaseSync, through: number): void {
  const index = new MessageIndex(database);
  const rows = database.prepare(
    `${SELECT_INDEXED} WHERE event_id <= ? AND kind = ${ActKind.message}
       AND ${IS_NOT_NEWEST}`,
  ).all(through);
  for (const row of rows) index.remove(indexedOf(row));
}

function readNumber(database: DatabaseSync, pragma: string): number {
  return Number(database.prepare(`PRAGMA ${pragma}`).get()![pragma]);
}
