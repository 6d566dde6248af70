/**
 * Where a program's other files lie: beside its entry module, the same way in
 * the source tree and inside an executable. There the modules are bundled, so
 * the Workers have the entry's own extension (scripts/compile.ts).
 *
 * @module
 */

/** Where a program's other files lie. */
export interface Resources {
  /** The client's Worker: socket, transport, chat. */
  readonly clientWorker: URL;
  /** The short-lived Worker that stretches a password. */
  readonly loginWorker: URL;
  /** The Worker that owns the server's database. */
  readonly storeWorker: URL;
  /** The chat page, one file; `deno task build` makes it. */
  readonly page: URL;
}

/**
 * Locates a program's other files.
 *
 * @param entryUrl The entry module's `import.meta.url`.
 * @returns Where they lie.
 */
export function resources(entryUrl: string): Resources {
  const extension = entryUrl.slice(entryUrl.lastIndexOf("."));
  return {
    clientWorker: new URL(`./lib/app/client_worker${extension}`, entryUrl),
    loginWorker: new URL(`./lib/crypto/login_worker${extension}`, entryUrl),
    storeWorker: new URL(`./lib/store/store_worker${extension}`, entryUrl),
    page: new URL("./dist/page.html", entryUrl),
  };
}
