import { DatabaseSync } from "node:sqlite";
import { schemaVersion } from "./migrations.ts";
import { makePrivate } from "./private_file.ts";
import { StoreError, withStoreErrors } from "./store_error.ts";

/** "GAS" and 1: `PRAGMA application_id` tells a server's files from others. */
export const APPLICATION_ID = 0x47415331;

/** "GAS" and "c": a client's files. */
export const CLIENT_APPLICATION_ID = 0x47415363;

/** How long a statement waits for another program, such as a server that ends. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * A checkpoint makes one commit slow. At 16 MiB of log there are few of them,
 * and what a killed server left is read in a tenth of a second.
 */
const CHECKPOINT_PAGES = 4_000;

/** A log that grew while a backup was read gives the rest back to the disk. */
const MAX_IDLE_LOG_BYTES = 33_554_432;

/** What {@linkcode openDatabase} gives. */
export interface OpenedDatabase {
  /** The connection. */
  readonly database: DatabaseSync;
  /** Whether others could read the file until now; it was made private. */
  readonly wasExposed: boolean;
}

/**
 * Opens a database, or makes an empty one, that only its owner can read.
 *
 * What a commit returned from is on the disk: `synchronous = FULL` waits for
 * it, and `fullfsync` makes macOS, where that waits for the disk's cache only,
 * wait for the disk. Deleted rows give their space back to the disk when they
 * are asked to: `auto_vacuum` can only be chosen before the first table.
 *
 * @param path The file.
 * @param applicationId Whose it must be.
 * @returns The connection.
 * @throws {StoreError} If the file cannot be opened, or is not ours.
 */
export function openDatabase(
  path: string,
  applicationId: number = APPLICATION_ID,
): OpenedDatabase {
  return withOpenErrors(path, () => {
    const wasExposed = preparePrivate(path);
    const database = connectDatabase(path);
    try {
      database.exec(`
        PRAGMA foreign_keys = ON;
        PRAGMA fullfsync = ON;
        PRAGMA auto_vacuum = INCREMENTAL;
      `);
      claim(database, path, applicationId);
      database.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
        PRAGMA journal_size_limit = ${MAX_IDLE_LOG_BYTES};
      `);
      return { database, wasExposed };
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * Opens a database. Where SQLite only says that it could not, the folder tells
 * why: beside a database lie its log and the index of that.
 *
 * @param path The file.
 * @param open Opens it.
 * @returns What was opened.
 * @throws {StoreError} In place of every error of SQLite or the file system.
 */
export function withOpenErrors<Result>(
  path: string,
  open: () => Result,
): Result {
  try {
    return withStoreErrors(path, open);
  } catch (error) {
    if (error instanceof StoreError && error.code === "io") {
      withStoreErrors(path, () => writeBeside(path));
    }
    throw error;
  }
}

/** Not to the file: closing it would take away the locks on it. */
function writeBeside(path: string): void {
  const probe = `${path}.${crypto.randomUUID()}.tmp`;
  Deno.openSync(probe, { write: true, createNew: true, mode: 0o600 }).close();
  Deno.removeSync(probe);
}

/**
 * Connects to a file as it is.
 *
 * @param path The file; SQLite makes it if it is not there.
 * @returns The connection. It waits a little for what others hold.
 */
export function connectDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return database;
}

/**
 * Keeps every other server from a database until this one ends, in whatever
 * way. The lock is the system's, on a file beside the database: a lock on the
 * database itself would also shut out who makes a backup.
 *
 * @param path The database's file.
 * @returns The lock; disposing of it lets others in.
 * @throws {StoreError} If another server has it: `locked`.
 */
export function lockDatabase(path: string): Disposable {
  return withStoreErrors(path, () => {
    const lockPath = `${path}-lock`;
    // Who can read it could hold it.
    preparePrivate(lockPath);
    const lock = new DatabaseSync(lockPath);
    try {
      // With a journal in memory nothing is ever written.
      lock.exec(
        "PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;",
      );
    } catch (error) {
      lock.close();
      throw error;
    }
    return { [Symbol.dispose]: () => lock.close() };
  });
}

/**
 * Refuses a database that is not ours.
 *
 * @param database The database.
 * @param path Its file, for errors.
 * @param applicationId Whose it must be.
 * @throws {StoreError} If another program made it: `notADatabase`.
 */
export function refuseForeign(
  database: DatabaseSync,
  path: string,
  applicationId: number = APPLICATION_ID,
): void {
  const id = database.prepare("PRAGMA application_id").get()!["application_id"];
  if (id === applicationId) return;
  throw new StoreError("notADatabase", path, "of another program");
}

/**
 * Looks for damage.
 *
 * @param database The database.
 * @param path Its file, for errors.
 * @param check `quick` reads every page once; `integrity` compares the indexes
 *   with the tables too.
 * @throws {StoreError} If there is damage: `corrupt`.
 */
export function checkDatabase(
  database: DatabaseSync,
  path: string,
  check: "quick" | "integrity",
): void {
  const found = withStoreErrors(
    path,
    () => database.prepare(`PRAGMA ${check}_check(1)`).get(),
  );
  const [result] = Object.values(found ?? {});
  if (result !== "ok") throw new StoreError("corrupt", path, String(result));
}

/**
 * Does something in one transaction.
 *
 * @param database The database.
 * @param action What to do; whatever it throws undoes all of it.
 * @returns What the action returns, once it is on the disk.
 */
export function inTransaction<Result>(
  database: DatabaseSync,
  action: () => Result,
): Result {
  // Statements, because errors of `exec()` carry no result code.
  database.prepare("BEGIN IMMEDIATE").run();
  try {
    const result = action();
    database.prepare("COMMIT").run();
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function rollBack(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // On a full disk SQLite has rolled back by itself.
  }
}

/** Makes the file, empty, or makes it private. SQLite's own would be 0644. */
function preparePrivate(path: string): boolean {
  try {
    Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close();
    return false;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  const { isFile, mode } = Deno.statSync(path);
  if (!isFile) throw new StoreError("notADatabase", path, "not a file");
  const isExposed = Deno.build.os !== "windows" && ((mode ?? 0) & 0o077) !== 0;
  if (isExposed) makePrivate(path);
  return isExposed;
}

/** Marks an empty file as ours; refuses another program's. */
function claim(
  database: DatabaseSync,
  path: string,
  applicationId: number,
): void {
  const isEmpty = schemaVersion(database) === 0 &&
    database.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;
  if (isEmpty) database.exec(`PRAGMA application_id = ${applicationId}`);
  refuseForeign(database, path, applicationId);
}
