/**
 * What can go wrong with the database, sorted by what a person can do about it.
 *
 * @module
 */

import { systemWords } from "../base/system_words.ts";

/** What went wrong. */
export type StoreErrorCode =
  /** A newer version of the program has written the file. */
  | "newerSchema"
  /** An older version has, and no server has opened it since. */
  | "olderSchema"
  /** Another server uses the file. */
  | "locked"
  /** The file is damaged. */
  | "corrupt"
  /** The file, or the disk it is on, cannot be written. */
  | "readOnly"
  /** The disk is full. */
  | "full"
  /** The file is something else. */
  | "notADatabase"
  /** There is no such file or folder. */
  | "noSuchFile"
  /** There is a file already, and it stays. */
  | "fileExists"
  /** There is no room of that name; `detail` lists those there are. */
  | "noSuchRoom"
  /** The disk failed, or something that has no code of its own. */
  | "io";

/** The database cannot be used as asked. */
export class StoreError extends Error {
  /** The name errors of this class print. */
  override readonly name = "StoreError";
  /** What went wrong. */
  readonly code: StoreErrorCode;
  /** The file. */
  readonly path: string;
  /** SQLite's or the system's words; never a message of anybody. */
  readonly detail: string;

  /**
   * Names what went wrong.
   *
   * @param code What went wrong.
   * @param path The file.
   * @param detail SQLite's or the system's words.
   */
  constructor(code: StoreErrorCode, path: string, detail: string) {
    super(`${path}: ${code}: ${detail}`);
    this.code = code;
    this.path = path;
    this.detail = detail;
  }
}

/** The low byte of a result code (sqlite.org/rescode.html). */
const PRIMARY_CODES: Readonly<Record<number, StoreErrorCode>> = {
  5: "locked",
  6: "locked",
  8: "readOnly",
  11: "corrupt",
  13: "full",
  26: "notADatabase",
};

/**
 * Input and output errors that leave the database as it was, so that the same
 * transaction can be tried again: quotas end as a failed write, and a disk
 * without room for the WAL's index as one of the SHM codes.
 */
const NO_ROOM_CODES: readonly number[] = [
  778, // SQLITE_IOERR_WRITE
  4874, // SQLITE_IOERR_SHMSIZE
];

/** `DatabaseSync.exec()` and the constructor give words only. */
const WORDS: readonly (readonly [RegExp, StoreErrorCode])[] = [
  [/database is locked/, "locked"],
  [/readonly database/, "readOnly"],
  [/malformed/, "corrupt"],
  [/is full/, "full"],
  [/not a database/, "notADatabase"],
];

/**
 * Sorts an error of SQLite or of the file system.
 *
 * @param error What was thrown.
 * @param path The database's file.
 * @returns The sorted error, or the same one if it is a bug of ours.
 */
export function storeErrorOf(error: unknown, path: string): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const code = "code" in error && error.code === "ERR_SQLITE_ERROR"
    ? sqliteCode(error)
    : systemCode(error);
  if (code === undefined) return error;
  return new StoreError(code, path, systemWords(error));
}

/**
 * Does something with a database's file.
 *
 * @param path The file.
 * @param action What to do.
 * @returns What the action returns.
 * @throws {StoreError} In place of every error of SQLite or the file system.
 */
export function withStoreErrors<Result>(
  path: string,
  action: () => Result,
): Result {
  try {
    return action();
  } catch (error) {
    throw storeErrorOf(error, path);
  }
}

function sqliteCode(error: Error): StoreErrorCode {
  const code = "errcode" in error && typeof error.errcode === "number"
    ? error.errcode
    : undefined;
  if (code === undefined) {
    return WORDS.find(([words]) => words.test(error.message))?.[1] ?? "io";
  }
  if (NO_ROOM_CODES.includes(code)) return "full";
  return PRIMARY_CODES[code & 0xff] ?? "io";
}

function systemCode(error: Error): StoreErrorCode | undefined {
  if (error instanceof Deno.errors.NotFound) return "noSuchFile";
  if (error instanceof Deno.errors.AlreadyExists) return "fileExists";
  if (error instanceof Deno.errors.PermissionDenied) return "readOnly";
  // A device, which Deno lets nobody open who may not do everything.
  if (error instanceof Deno.errors.NotCapable) return "io";
  // What has no class of its own is told in words, as in
  // "No space left on device (os error 28)".
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  if (number === undefined) return undefined;
  if (FULL_ERRORS[Deno.build.os]?.includes(Number(number))) return "full";
  return READ_ONLY_ERRORS[Deno.build.os] === Number(number) ? "readOnly" : "io";
}

/** ENOSPC and EDQUOT; ERROR_DISK_FULL and ERROR_DISK_QUOTA_EXCEEDED. */
const FULL_ERRORS: Readonly<Record<string, readonly number[]>> = {
  linux: [28, 122],
  darwin: [28, 69],
  windows: [112, 1295],
};

/** EROFS; ERROR_WRITE_PROTECT. */
const READ_ONLY_ERRORS: Readonly<Record<string, number>> = {
  linux: 30,
  darwin: 30,
  windows: 19,
};
