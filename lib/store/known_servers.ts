/**
 * The servers a client has met, with the key each showed: trust on first use,
 * as in SSH. Every call reads the file anew, because several clients of one
 * person share it.
 *
 * @module
 */

import { decodeHex, encodeHex } from "../base/bytes.ts";
import {
  DamagedFileError,
  makePrivate,
  readPrivateFile,
  replacePrivateFile,
} from "./private_file.ts";

/** How a server's key compares with the pinned one. */
export type KeyCheck = "first" | "same" | { readonly changed: Uint8Array };

/** More servers than a person meets; the one pinned first is forgotten first. */
export const MAX_KNOWN_SERVERS = 1000;

const FILE_VERSION = 1;

/** The pinned keys, in a file. */
export class KnownServers {
  readonly #path: string;

  /**
   * Uses a file, which may not exist yet.
   *
   * @param path The file.
   */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Compares a server's key with the pinned one.
   *
   * @param host The server's address, as the person typed it.
   * @param port The server's port.
   * @param key The public key it showed: 32 bytes.
   * @returns Whether the server is met for the first time, shows the same key
   *   again, or another; then with the key that was pinned.
   * @throws {DamagedFileError} If the file was changed by something else: to
   *   go on would drop every pin.
   */
  check(host: string, port: number, key: Uint8Array): KeyCheck {
    const pinned = this.#read().get(entryName(host, port));
    if (pinned === undefined) return "first";
    return pinned === encodeHex(key) ? "same" : { changed: decodeHex(pinned) };
  }

  /**
   * Gives the key a server had.
   *
   * @param host The server's address.
   * @param port The server's port.
   * @returns Its key; undefined if it was never met.
   * @throws {DamagedFileError} As `check`.
   */
  pinned(host: string, port: number): Uint8Array | undefined {
    const key = this.#read().get(entryName(host, port));
    return key === undefined ? undefined : decodeHex(key);
  }

  /**
   * Remembers a server's key.
   *
   * @param host The server's address.
   * @param port The server's port.
   * @param key The public key it showed: 32 bytes.
   * @throws {DamagedFileError} As `check`.
   */
  pin(host: string, port: number, key: Uint8Array): void {
    const servers = this.#read();
    const name = entryName(host, port);
    servers.delete(name);
    servers.set(name, encodeHex(key));
    for (const oldest of servers.keys()) {
      if (servers.size <= MAX_KNOWN_SERVERS) break;
      servers.delete(oldest);
    }
    this.#write(servers);
  }

  /**
   * Forgets a server's key: the next one it shows is taken as the first.
   *
   * @param host The server's address.
   * @param port The server's port.
   * @throws {DamagedFileError} As `check`.
   */
  forget(host: string, port: number): void {
    const servers = this.#read();
    if (servers.delete(entryName(host, port))) this.#write(servers);
  }

  #read(): Map<string, string> {
    const file = readPrivateFile(this.#path);
    if (file === undefined) return new Map();
    // Only public keys, but also whom this person talks to.
    if (file.exposed) makePrivate(this.#path);
    return decodeServers(this.#path, file.text);
  }

  #write(servers: ReadonlyMap<string, string>): void {
    const fields = { version: FILE_VERSION, servers: [...servers] };
    replacePrivateFile(this.#path, JSON.stringify(fields, undefined, 1) + "\n");
  }
}

/** Host names are the same in any case (RFC 4343), with or without the root. */
function entryName(host: string, port: number): string {
  const name = host.toLowerCase().replace(/\.$/, "");
  return name.includes(":") ? `[${name}]:${port}` : `${name}:${port}`;
}

function decodeServers(path: string, text: string): Map<string, string> {
  let fields: { version?: unknown; servers?: unknown } | null;
  try {
    fields = JSON.parse(text);
  } catch {
    throw new DamagedFileError(path, "not valid JSON");
  }
  if (fields?.version !== FILE_VERSION || !Array.isArray(fields.servers)) {
    throw new DamagedFileError(path, `not a list of version ${FILE_VERSION}`);
  }
  const servers = new Map<string, string>();
  for (const entry of fields.servers) {
    const [name, key] = Array.isArray(entry) ? entry : [];
    if (typeof name !== "string" || !/^[0-9a-f]{64}$/.test(String(key))) {
      throw new DamagedFileError(path, "an entry is not a server and its key");
    }
    servers.set(name, String(key));
  }
  return servers;
}
