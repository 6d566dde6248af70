/**
 * Small files that only their owner can read, and that are never half written.
 *
 * @module
 */

/** A file that holds something else than what this program wrote there. */
export class DamagedFileError extends Error {
  /** The name errors of this class print. */
  override readonly name = "DamagedFileError";
  /** The file. */
  readonly path: string;
  /** What is wrong with it. */
  readonly damage: string;

  /**
   * Names the damage.
   *
   * @param path The file.
   * @param damage What is wrong with it, without quoting it.
   */
  constructor(path: string, damage: string) {
    super(`${path}: ${damage}`);
    this.path = path;
    this.damage = damage;
  }
}

/** What was read. */
export interface PrivateFile {
  /** The text. */
  readonly text: string;
  /** Whether other users of the computer could read it too. */
  readonly exposed: boolean;
}

/** Far more than any of our files holds: a device file must not fill memory. */
const MAX_FILE_BYTES = 1024 * 1024;

/** The permission bits of the group and of all others. */
const OTHERS_MASK = 0o077;

/**
 * Reads a small file.
 *
 * @param path The file.
 * @returns The text, and whether others can read it too; undefined if there is
 *   no such file.
 * @throws {DamagedFileError} If it is larger than a mebibyte or not UTF-8.
 */
export function readPrivateFile(path: string): PrivateFile | undefined {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return undefined;
    throw error;
  }
  using _ = file;
  const { isFile, mode } = file.statSync();
  // Windows has no mode; a pipe such as `<(pass show gas)` is its maker's.
  const exposed = isFile && ((mode ?? 0) & OTHERS_MASK) !== 0;
  return { text: textOfBytes(path, readBounded(path, file)), exposed };
}

/**
 * Takes the rights of group and others from a file, where the platform has
 * such rights.
 *
 * @param path The file.
 */
export function makePrivate(path: string): void {
  if (Deno.build.os !== "windows") Deno.chmodSync(path, 0o600);
}

/**
 * Writes a file that only its owner can read. It is complete or not there: the
 * text goes to a new file beside it, to the disk, and then takes the name.
 *
 * @param path The file.
 * @param text The text.
 */
export function replacePrivateFile(path: string, text: string): void {
  withTemporary(path, text, (temporary) => Deno.renameSync(temporary, path));
}

/**
 * Writes such a file unless there is one already.
 *
 * @param path The file.
 * @param text The text.
 * @returns False if another program was first; its file stays.
 */
export function createPrivateFile(path: string, text: string): boolean {
  let created = true;
  withTemporary(path, text, (temporary) => {
    try {
      // Unlike a rename, a link never replaces.
      Deno.linkSync(temporary, path);
      Deno.removeSync(temporary);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) {
        created = false;
        Deno.removeSync(temporary);
        return;
      }
      // FAT, the file system of memory sticks, has no links.
      Deno.renameSync(temporary, path);
    }
  });
  return created;
}

function withTemporary(
  path: string,
  text: string,
  publish: (temporary: string) => void,
): void {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    writeThrough(temporary, text);
    publish(temporary);
  } catch (error) {
    removeIfThere(temporary);
    throw error;
  }
}

function writeThrough(path: string, text: string): void {
  using file = Deno.openSync(path, {
    createNew: true,
    write: true,
    mode: 0o600,
  });
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
  file.syncSync();
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function readBounded(path: string, file: Deno.FsFile): Uint8Array {
  const bytes = new Uint8Array(MAX_FILE_BYTES + 1);
  let length = 0;
  while (length < bytes.length) {
    const count = file.readSync(bytes.subarray(length));
    if (count === null || count === 0) return bytes.subarray(0, length);
    length += count;
  }
  throw new DamagedFileError(path, `longer than ${MAX_FILE_BYTES} bytes`);
}

function textOfBytes(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new DamagedFileError(path, "not UTF-8 text");
  }
}
