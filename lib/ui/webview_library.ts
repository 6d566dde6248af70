/**
 * Where the webview library comes from: npm's `webview-bun` carries one binary
 * per system. This module names the right one, and puts a verified copy into a
 * private folder, from where it is loaded.
 *
 * A compiled program has its files inside the executable, where the dynamic
 * linker cannot read; the runtime's own extraction would use a guessable name
 * in the shared temporary folder.
 *
 * @module
 */

// Puts the package into the module graph, so that it is downloaded and
// `import.meta.resolve` finds its files.
import "webview-bun/package.json" with { type: "json" };

import { encodeHex } from "../base/bytes.ts";
import { WindowUnavailableError } from "./window_unavailable.ts";

/** One binary of `webview-bun`'s `build` folder. */
export interface WebviewBinary {
  /** Its file name. */
  readonly file: string;
  /** The SHA-256 of its content, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Names the binary for a system.
 *
 * @param os The operating system, as `Deno.build.os` names it.
 * @param arch The processor, as `Deno.build.arch` names it.
 * @returns The binary.
 * @throws {WindowUnavailableError} If there is none.
 */
export function webviewBinary(
  os: string = Deno.build.os,
  arch: string = Deno.build.arch,
): WebviewBinary {
  const binary = BINARIES[`${os} ${arch}`];
  if (binary !== undefined) return binary;
  throw new WindowUnavailableError({
    type: "systemUnsupported",
    system: `${os} ${arch}`,
  });
}

/**
 * Finds a binary: in the package cache for a program run from its sources,
 * beside the entry inside an executable (scripts/compile.ts puts it there).
 *
 * @param binary Which one.
 * @param entryUrl The entry module's `import.meta.url`.
 * @returns Where to read it.
 */
export function locateWebviewLibrary(
  binary: WebviewBinary,
  entryUrl: string,
): URL {
  return entryUrl.endsWith(".ts")
    ? new URL(import.meta.resolve(`webview-bun/build/${binary.file}`))
    : new URL(`./dist/webview/${binary.file}`, entryUrl);
}

/** What {@link installWebviewLibrary} works on. */
export interface InstallWebviewLibraryOptions {
  /** Which binary. */
  readonly binary: WebviewBinary;
  /** Where to read it: a file of the package, or inside the executable. */
  readonly source: URL;
  /** Where to make the private folder `webview` for it. */
  readonly folder: string;
}

/**
 * Puts a verified copy of the library into a folder only this user can write.
 * A copy that is already there is used if it is exactly what it should be, and
 * replaced otherwise, without ever being loaded.
 *
 * @param options What and where.
 * @returns The path to load.
 * @throws {Error} If the source is not the pinned binary, or the folder is a
 * link or belongs to somebody else.
 */
export async function installWebviewLibrary(
  options: InstallWebviewLibraryOptions,
): Promise<string> {
  const { binary, source } = options;
  const folder = `${options.folder}/webview`;
  await makePrivateFolder(folder);
  const extension = binary.file.slice(binary.file.lastIndexOf("."));
  const path = `${folder}/${binary.sha256}${extension}`;
  if (await isGenuine(path, binary)) return path;

  const bytes = await Deno.readFile(source);
  if (await sha256(bytes) !== binary.sha256) {
    throw new Error(`${source} is not the pinned ${binary.file}`);
  }
  const part = `${folder}/${crypto.randomUUID()}.part`;
  try {
    await Deno.writeFile(part, bytes, { createNew: true, mode: 0o600 });
    await Deno.rename(part, path);
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    // Windows lets nobody replace a library in use: another start was faster.
    if (!await isGenuine(path, binary)) throw error;
  }
  return path;
}

async function makePrivateFolder(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const info = await Deno.lstat(folder);
  if (!info.isDirectory || !isOurs(info)) {
    throw new Error(`${folder} is not a folder of this user`);
  }
  if (Deno.build.os !== "windows") await Deno.chmod(folder, 0o700);
}

async function isGenuine(
  path: string,
  binary: WebviewBinary,
): Promise<boolean> {
  try {
    const info = await Deno.lstat(path);
    if (!info.isFile || !isOurs(info)) return false;
    return await sha256(await Deno.readFile(path)) === binary.sha256;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** On Windows the profile folder's access list says whose a file is. */
function isOurs(info: Deno.FileInfo): boolean {
  return Deno.build.os === "windows" || info.uid === Deno.uid();
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return encodeHex(
    new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)),
  );
}

/** The binaries of webview-bun 2.4.0, by operating system and processor. */
const BINARIES: Readonly<Record<string, WebviewBinary>> = {
  "linux x86_64": {
    file: "libwebview-x64.so",
    sha256: "71b051644a6871c929a1fb4dac31fdbaaa3d7e52d62ee3d806a3321590105ded",
  },
  "linux aarch64": {
    file: "libwebview-arm64.so",
    sha256: "80aee08b776c2465fdbbb7d4ba2dcf77a6c5f6f6f6bf9eebae05450ca9bc73cd",
  },
  "windows x86_64": {
    file: "libwebview.dll",
    sha256: "53232f6b51c58da5ff3edd6df9b678a2e54bcb5eb8cdeb6c1b8f1270171f57c3",
  },
  "darwin x86_64": {
    file: "libwebview.dylib",
    sha256: "cfa01986c2c316c2533adfad94f8f786a5dd6d0662b827614bc6d3bdd42c75c0",
  },
  "darwin aarch64": {
    file: "libwebview.dylib",
    sha256: "cfa01986c2c316c2533adfad94f8f786a5dd6d0662b827614bc6d3bdd42c75c0",
  },
};
