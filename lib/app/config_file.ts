/**
 * The config file: `config.json` in the data folder, or the one named with
 * `--config`. One file serves server and client:
 *
 * ```json
 * {
 *   "language": "id",
 *   "server": { "port": 9000, "password": "…" },
 *   "client": { "host": "192.168.1.20", "port": 9000, "name": "Ani" }
 * }
 * ```
 *
 * @module
 */

import type { Language } from "../ui/strings.ts";
import {
  type GivenValue,
  KEEP_RANGES,
  readHost,
  readLanguage,
  readPassword,
  readPort,
  readWholeNumber,
} from "./option_values.ts";
import { type ConfigKind, UsageError } from "./usage_error.ts";

/** The settings of a config file. */
export interface Config {
  /** The language of both programs. */
  readonly language?: Language | undefined;
  /** The server's settings. */
  readonly server: ServerConfig;
  /** The client's settings. */
  readonly client: ClientConfig;
}

/** The server's part of a config file. */
export interface ServerConfig {
  /** The address to listen on. */
  readonly host?: string | undefined;
  /** The UDP port. */
  readonly port?: number | undefined;
  /** The room's password. */
  readonly password?: string | undefined;
  /** Whether the terminal leaves message texts out. */
  readonly quiet?: boolean | undefined;
  /** How many days messages are kept. */
  readonly keepDays?: number | undefined;
  /** How many megabytes of messages are kept. */
  readonly keepMegabytes?: number | undefined;
}

/** The client's part of a config file. */
export interface ClientConfig {
  /** The server's address. */
  readonly host?: string | undefined;
  /** The server's UDP port. */
  readonly port?: number | undefined;
  /** This computer's UDP port. */
  readonly clientPort?: number | undefined;
  /** The name to log in with. */
  readonly name?: string | undefined;
  /** The room's password. */
  readonly password?: string | undefined;
}

/** The settings of a program without a config file. */
export const EMPTY_CONFIG: Config = { server: {}, client: {} };

/**
 * Reads the text of a config file.
 *
 * @param text The file's text.
 * @param path The file's path, for errors.
 * @returns The settings.
 * @throws {UsageError} If the text is not JSON, has a key that does not exist,
 *   or a value that is not allowed. The error names the key if it is like one
 *   that exists, never a password.
 */
export function decodeConfig(text: string, path: string): Config {
  const top = new Section(path, "", parseJson(text, path), TOP_KEYS);
  const server = new Section(
    path,
    "server.",
    top.value("server") ?? {},
    SERVER_KEYS,
  );
  const client = new Section(
    path,
    "client.",
    top.value("client") ?? {},
    CLIENT_KEYS,
  );
  return {
    language: top.text("language", readLanguage),
    server: {
      host: server.text("host", readHost),
      port: server.number("port", (given) => readPort(given, 0)),
      password: server.text("password", readPassword),
      quiet: server.yesNo("quiet"),
      keepDays: server.number(
        "keepDays",
        (given) => readWholeNumber(given, KEEP_RANGES.days),
      ),
      keepMegabytes: server.number(
        "keepMegabytes",
        (given) => readWholeNumber(given, KEEP_RANGES.megabytes),
      ),
    },
    client: {
      host: client.text("host", readHost),
      port: client.number("port", (given) => readPort(given, 1)),
      clientPort: client.number("clientPort", (given) => readPort(given, 0)),
      name: client.text("name", (given) => given.text),
      password: client.text("password", readPassword),
    },
  };
}

const TOP_KEYS = ["language", "server", "client"];

const SERVER_KEYS = [
  "host",
  "port",
  "password",
  "quiet",
  "keepDays",
  "keepMegabytes",
];

const CLIENT_KEYS = ["host", "port", "clientPort", "name", "password"];

const KEYS = [...TOP_KEYS, ...SERVER_KEYS, ...CLIENT_KEYS];

/** One object of the file, whose keys are known. */
class Section {
  readonly #path: string;
  readonly #prefix: string;
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(
    path: string,
    prefix: string,
    value: unknown,
    allowed: readonly string[],
  ) {
    this.#path = path;
    this.#prefix = prefix;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.#wrongKind(prefix.slice(0, -1) || "{…}", "object");
    }
    // A map, because an object would find "constructor" in its prototype.
    this.#values = new Map(Object.entries(value));
    for (const key of this.#values.keys()) {
      if (allowed.includes(key)) continue;
      // After a slip of the pen it may be a password, or a part of one.
      const isNamed = KEYS.some((known) => isMisspelt(key, known));
      throw new UsageError({
        type: "unknownKey",
        path,
        key: isNamed ? prefix + key : undefined,
        section: prefix.slice(0, -1) || "{…}",
        allowed,
      });
    }
  }

  value(key: string): unknown {
    return this.#values.get(key);
  }

  text<T>(key: string, read: (given: GivenValue) => T): T | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (typeof value !== "string") {
      throw this.#wrongKind(this.#prefix + key, "text");
    }
    return read({ source: this.#source(key), text: value });
  }

  number(
    key: string,
    read: (given: GivenValue) => number,
  ): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    // Text such as "8080" is refused: keys have one form each.
    const text = typeof value === "number" ? String(value) : toJson(value);
    return read({ source: this.#source(key), text });
  }

  yesNo(key: string): boolean | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.#wrongKind(this.#prefix + key, "yesNo");
  }

  #source(key: string): string {
    return `${this.#path}: ${this.#prefix}${key}`;
  }

  #wrongKind(key: string, expected: ConfigKind): UsageError {
    return new UsageError({
      type: "wrongKind",
      path: this.#path,
      key,
      expected,
    });
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The engine's message quotes the text, which may hold a password: only
    // the place is taken from it.
    const at = /\(line \d+ column \d+\)/.exec(String(error))?.[0] ?? "";
    throw new UsageError({ type: "notJson", path, at: at && ` ${at}` });
  }
}

/** Whether a key is another one but for a letter or two. */
function isMisspelt(key: string, known: string): boolean {
  if (Math.abs(key.length - known.length) > MAX_SLIPS) return false;
  // Levenshtein's distance of what was read so far to each beginning.
  let row = Array.from({ length: known.length + 1 }, (_, i) => i);
  for (let i = 1; i <= key.length; i++) {
    const next = [i];
    for (let j = 1; j <= known.length; j++) {
      const isSame = key[i - 1] === known[j - 1];
      next.push(Math.min(
        next[j - 1]! + 1,
        row[j]! + 1,
        row[j - 1]! + (isSame ? 0 : 1),
      ));
    }
    row = next;
  }
  return row[known.length]! <= MAX_SLIPS;
}

/** As many as two letters that changed places. */
const MAX_SLIPS = 2;

function toJson(value: unknown): string {
  return JSON.stringify(value) ?? "";
}
