/**
 * The folder where a program keeps what it must remember.
 *
 * @module
 */

/** The environment variables the choice depends on. */
export const DATA_DIR_ENVIRONMENT: readonly string[] = [
  "HOME",
  "XDG_DATA_HOME",
  "LOCALAPPDATA",
];

/** What the choice of a data folder depends on. */
export interface DataDirSources {
  /** The folder that was named; it wins. */
  readonly given: string | undefined;
  /** The folder of the program; undefined if unknown. */
  readonly programDir: string | undefined;
  /** The operating system, as `Deno.build.os` names it. */
  readonly os: string;
  /** The environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Tells whether a folder exists. */
  readonly isDirectory: (path: string) => boolean;
}

/** The files of a data folder. */
export const DATA_FILES = {
  /** The settings a person writes. */
  config: "config.json",
  /** The server's secrets. */
  identity: "identity.json",
  /** The keys of the servers a client has met. */
  knownServers: "known-servers.json",
  /** What the login form is filled with. */
  profile: "profile.json",
  /** What was said: the server's database. */
  history: "chat.sqlite",
  /** A folder with a file for each room a client was in. */
  rooms: "rooms",
} as const;

/** Beside the program, this folder makes a portable installation. */
const PORTABLE_NAME = "gas-data";

/**
 * Chooses the data folder: the one that was named, else `gas-data` beside the
 * program if that exists, else the platform's place.
 *
 * @param sources What the choice depends on.
 * @returns The folder, which may not exist yet; undefined if there is no home.
 */
export function chooseDataDir(sources: DataDirSources): string | undefined {
  const { given, programDir, os, isDirectory } = sources;
  if (given !== undefined) return given;
  if (programDir !== undefined) {
    const portable = joinPath(os, programDir, PORTABLE_NAME);
    if (isDirectory(portable)) return portable;
  }
  return platformDataDir(sources);
}

/**
 * Creates a data folder that only its owner can open. One that exists keeps
 * its mode: it may be a folder the person shares on purpose, and each file in
 * it is private by itself.
 *
 * @param path The folder.
 * @throws {Deno.errors.PermissionDenied} Or another error of the file system,
 *   if the folder cannot be made.
 */
export function createDataDir(path: string): void {
  Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
}

/**
 * Names a file of a data folder.
 *
 * @param dataDir The data folder.
 * @param file Which file.
 * @returns The file's path.
 */
export function dataFilePath(
  dataDir: string,
  file: keyof typeof DATA_FILES,
): string {
  return joinPath(Deno.build.os, dataDir, DATA_FILES[file]);
}

/**
 * XDG Base Directory Specification 0.8; Apple File System Programming Guide,
 * "The Library Directory"; Windows known folder FOLDERID_LocalAppData.
 */
function platformDataDir({ os, env }: DataDirSources): string | undefined {
  if (os === "windows") {
    const local = env["LOCALAPPDATA"];
    return local ? joinPath(os, local, "GAS Chatroom") : undefined;
  }
  const home = env["HOME"];
  if (os === "darwin") {
    return home
      ? joinPath(os, home, "Library", "Application Support", "GAS Chatroom")
      : undefined;
  }
  // The specification has relative paths ignored.
  const xdg = env["XDG_DATA_HOME"];
  if (xdg?.startsWith("/")) return joinPath(os, xdg, "gas-chatroom");
  return home
    ? joinPath(os, home, ".local", "share", "gas-chatroom")
    : undefined;
}

function joinPath(os: string, ...parts: string[]): string {
  return parts.join(os === "windows" ? "\\" : "/");
}
