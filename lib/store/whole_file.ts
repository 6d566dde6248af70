/**
 * Files that are complete or not there.
 *
 * @module
 */

import { StoreError, withStoreErrors } from "./store_error.ts";

/** How a file is written. */
export interface WholeFileOptions {
  /** Whether it may take the place of one that is there. */
  readonly isReplacing: boolean;
}

/**
 * Writes a file that only its owner can read. It has its name once all of it is
 * on the disk; until then, what was there before has it.
 *
 * @param path The file.
 * @param options How it is written.
 * @param produce Gives its bytes to a function, in their order.
 * @throws {StoreError} If there is one that stays, or the disk refuses it.
 */
export function writeWholeFile(
  path: string,
  { isReplacing }: WholeFileOptions,
  produce: (write: (bytes: Uint8Array) => void) => void,
): void {
  if (!isReplacing) refuseExisting(path);
  withTemporary(path, (temporary) => {
    {
      using file = withStoreErrors(
        path,
        () =>
          Deno.openSync(temporary, {
            createNew: true,
            write: true,
            mode: 0o600,
          }),
      );
      produce((bytes) => withStoreErrors(path, () => writeAll(file, bytes)));
    }
    withStoreErrors(path, () => {
      syncFile(temporary);
      if (isReplacing) Deno.renameSync(temporary, path);
      else linkOrRename(temporary, path);
    });
  });
}

/**
 * Writes bytes, however many a system takes at a time.
 *
 * @param file Where to.
 * @param bytes All of them.
 */
export function writeAll(
  file: { writeSync(bytes: Uint8Array): number },
  bytes: Uint8Array,
): void {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
}

/**
 * Gives a file a name, unless another has it: a rename would replace that.
 *
 * @param path The file.
 * @param name The name.
 */
export function linkOrRename(path: string, name: string): void {
  try {
    Deno.linkSync(path, name);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw error;
    // FAT, the file system of memory sticks, has no links.
    Deno.renameSync(path, name);
  }
}

/**
 * Does something with a file that is gone afterwards, unless it got a name.
 *
 * @param path The name it shall get; it lies beside that.
 * @param action Does it, with the file's path for now.
 * @returns What the action returns.
 */
export function withTemporary<Result>(
  path: string,
  action: (temporary: string) => Result,
): Result {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    return action(temporary);
  } finally {
    for (const ending of ["", "-wal", "-shm", "-journal"]) {
      if (exists(temporary + ending)) Deno.removeSync(temporary + ending);
    }
  }
}

/**
 * Waits until the disk has all of a file.
 *
 * @param path The file.
 */
export function syncFile(path: string): void {
  using file = Deno.openSync(path, { read: true, write: true });
  file.syncSync();
}

/**
 * Refuses to go on without a file.
 *
 * @param path The file.
 * @throws {StoreError} If there is none.
 */
export function refuseMissing(path: string): void {
  if (!exists(path)) throw new StoreError("noSuchFile", path, "no such file");
}

/**
 * Refuses to go on where something has a file's name already.
 *
 * @param path The file.
 * @throws {StoreError} If there is one.
 */
export function refuseExisting(path: string): void {
  if (exists(path)) throw new StoreError("fileExists", path, "file exists");
}

/**
 * Tells whether there is a file.
 *
 * @param path Its path.
 */
export function exists(path: string): boolean {
  return withStoreErrors(path, () => {
    try {
      return Deno.statSync(path).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}
