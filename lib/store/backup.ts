/**
 * Copies of the database: out of a running server, and back into a stopped one.
 * Both are commands of their own process: closing a file that is copied would
 * take away the locks that the same process has on it (POSIX fcntl).
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import {
  APPLICATION_ID,
  checkDatabase,
  connectDatabase,
  lockDatabase,
  openDatabase,
  refuseForeign,
  withOpenErrors,
} from "./database.ts";
import { migrate, refuseNewerSchema } from "./migrations.ts";
import { withStoreErrors } from "./store_error.ts";
import { markClean, renewEpoch } from "./store_meta.ts";
import {
  exists,
  linkOrRename,
  refuseExisting,
  refuseMissing,
  syncFile,
  withTemporary,
} from "./whole_file.ts";

/**
 * Copies a database that a server may be writing to.
 *
 * A transaction that reads keeps the write-ahead log from being restarted. So
 * every page that a checkpoint changes in the file while it is copied is also
 * in the log, which is copied after it and wins when the copy is opened
 * (sqlite.org/walformat.html). `VACUUM INTO` would do the same, but Deno 2.4
 * forbids it.
 *
 * @param path The server's database.
 * @param target The copy: one file that only its owner can read, and that is
 *   complete or not there.
 * @throws {StoreError} If there is no database, if it is damaged, or if the
 *   target exists or cannot be written.
 */
export function backupDatabase(path: string, target: string): void {
  refuseMissing(path);
  refuseExisting(target);
  withTemporary(target, (temporary) => {
    copyUnderRead(path, target, temporary);
    const copy = withStoreErrors(path, () => connectDatabase(temporary));
    try {
      withStoreErrors(target, () => foldLog(copy));
      checkDatabase(copy, path, "quick");
    } finally {
      copy.close();
    }
    withStoreErrors(target, () => {
      syncFile(temporary);
      linkOrRename(temporary, target);
    });
  });
}

/**
 * Puts a copy in the place of a stopped server's database. What was there is
 * kept beside it. The copy begins another epoch: it may be older than what
 * clients have seen, and then the same numbers would mean other messages.
 *
 * @param path The server's database.
 * @param source The copy; it is not changed.
 * @param nowMs The wall clock, for the name of what is kept.
 * @returns Where the database that was there is now; undefined if none was.
 * @throws {StoreError} If a server is running, or the copy is not whole; then
 *   nothing was changed.
 */
export function restoreDatabase(
  path: string,
  source: string,
  nowMs: number,
): string | undefined {
  refuseMissing(source);
  const lock = lockDatabase(path);
  try {
    return withTemporary(path, (temporary) => {
      copyStopped(source, path, temporary);
      prepareCopy(temporary, source);
      return withStoreErrors(path, () => {
        syncFile(temporary);
        const kept = keepOld(path, nowMs);
        Deno.renameSync(temporary, path);
        return kept;
      });
    });
  } finally {
    lock[Symbol.dispose]();
  }
}

/** Makes a copy what the server starts with. Errors name what it is a copy of. */
function prepareCopy(copyPath: string, source: string): void {
  withStoreErrors(source, () => {
    const copy = connectDatabase(copyPath);
    try {
      refuseForeign(copy, source);
      refuseNewerSchema(copy, source);
      checkDatabase(copy, source, "integrity");
      migrate(copy);
      renewEpoch(copy);
      markClean(copy, true);
      foldLog(copy);
    } finally {
      copy.close();
    }
  });
}

/** Moves what is in the write-ahead log into the file: one file is all then. */
function foldLog(database: DatabaseSync): void {
  database.exec("PRAGMA journal_mode = DELETE");
}

function copyUnderRead(path: string, target: string, temporary: string): void {
  const database = withStoreErrors(path, () => connectDatabase(path));
  const opened: Disposable[] = [];
  try {
    withOpenErrors(path, () => {
      refuseForeign(database, path);
      database.exec("BEGIN");
      // The transaction begins with what it reads.
      database.prepare("SELECT COUNT(*) FROM sqlite_schema").get();
    });
    copyWithLog({ path, target, temporary, opened });
  } finally {
    database.close();
    closeAll(opened);
  }
}

/** Copies a stopped database. */
function copyStopped(path: string, target: string, temporary: string): void {
  const opened: Disposable[] = [];
  try {
    copyWithLog({ path, target, temporary, opened });
  } finally {
    closeAll(opened);
  }
}

function closeAll(files: readonly Disposable[]): void {
  for (const file of files) file[Symbol.dispose]();
}

/** What is copied, and what of it stays open until the copy is done. */
interface Copying {
  readonly path: string;
  /** What errors of writing are about. */
  readonly target: string;
  readonly temporary: string;
  readonly opened: Disposable[];
}

/** Copies a database and its write-ahead log, in this order. */
function copyWithLog(copying: Copying): void {
  copyFile(copying);
  const path = `${copying.path}-wal`;
  if (!exists(path)) return;
  copyFile({ ...copying, path, temporary: `${copying.temporary}-wal` });
}

const COPY_BYTES = 1024 * 1024;

function copyFile({ path, target, temporary, opened }: Copying): void {
  const source = withStoreErrors(path, () => Deno.openSync(path));
  opened.push(source);
  using copy = withStoreErrors(
    target,
    () =>
      Deno.openSync(temporary, { createNew: true, write: true, mode: 0o600 }),
  );
  const buffer = new Uint8Array(COPY_BYTES);
  for (;;) {
    const count = withStoreErrors(path, () => source.readSync(buffer));
    if (count === null) return;
    let rest = buffer.subarray(0, count);
    while (rest.length > 0) {
      const part = rest;
      rest = rest.subarray(withStoreErrors(target, () => copy.writeSync(part)));
    }
  }
}

/**
 * Gives the old database another name, and its log with it where that could not
 * be folded in: a log is never left for another file to pick up.
 */
function keepOld(path: string, nowMs: number): string | undefined {
  if (!exists(path)) return undefined;
  if (hasOurHeader(path)) foldOld(path);
  const when = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const kept = `${path}.before-${when}`;
  refuseExisting(kept);
  for (const ending of ["-wal", "-shm"]) {
    if (exists(path + ending)) Deno.renameSync(path + ending, kept + ending);
  }
  // Under both names until the copy takes the place: there is always one.
  linkOrRename(path, kept);
  return kept;
}

/** The last to close a database moves its log into the file. */
function foldOld(path: string): void {
  try {
    openDatabase(path).database.close();
  } catch {
    // Damaged: perhaps that is why it is replaced.
  }
}

/**
 * Whether the file begins as ours do (sqlite.org/fileformat2.html section 1.3).
 * SQLite deletes the log of a file that does not.
 */
function hasOurHeader(path: string): boolean {
  using file = Deno.openSync(path);
  const header = new Uint8Array(APPLICATION_ID_OFFSET + 4);
  if (file.readSync(header) !== header.length) return false;
  const magic = new TextDecoder().decode(header.subarray(0, 16));
  const id = new DataView(header.buffer).getUint32(APPLICATION_ID_OFFSET);
  return magic === "SQLite format 3\0" && id === APPLICATION_ID;
}

const APPLICATION_ID_OFFSET = 68;
