/**
 * The facts about a database that are kept in it.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { EPOCH_ID_BYTES } from "../chat/limits.ts";

/** The names of the facts. */
const Key = {
  /** {@linkcode LogState.epochId}. */
  epochId: "epoch_id",
  /** One byte: 1 if the last server that had it closed it, else 0. */
  clean: "clean",
} as const;

/**
 * Gives the epoch of the log's numbers. A new database draws one.
 *
 * @param database The database.
 * @returns 8 bytes.
 */
export function ensureEpoch(database: DatabaseSync): Uint8Array {
  return read(database, Key.epochId) ?? renewEpoch(database);
}

/**
 * Begins another epoch: who knows the numbers of the last one is told that they
 * mean nothing any more.
 *
 * @param database The database.
 * @returns 8 bytes.
 */
export function renewEpoch(database: DatabaseSync): Uint8Array {
  const epochId = crypto.getRandomValues(new Uint8Array(EPOCH_ID_BYTES));
  write(database, Key.epochId, epochId);
  return epochId;
}

/**
 * Tells whether the last server that had a database closed it.
 *
 * @param database The database.
 */
export function isClean(database: DatabaseSync): boolean {
  return read(database, Key.clean)?.[0] === 1;
}

/**
 * Writes down whether a database is closed.
 *
 * @param database The database.
 * @param isClosed Whether it is.
 */
export function markClean(database: DatabaseSync, isClosed: boolean): void {
  write(database, Key.clean, new Uint8Array([isClosed ? 1 : 0]));
}

function read(database: DatabaseSync, key: string): Uint8Array | undefined {
  const row = database.prepare("SELECT value FROM meta WHERE key = ?").get(key);
  return row?.["value"] as Uint8Array | undefined;
}

function write(database: DatabaseSync, key: string, value: Uint8Array): void {
  database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")
    .run(key, value);
}
