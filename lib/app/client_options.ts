/**
 * The options of `gas-client`.
 *
 * @module
 */

import {
  DEFAULT_SERVER_PORT,
  parseServerAddress,
  type ServerAddress,
} from "../ui/server_address.ts";
import { type GivenValue, readPort } from "./option_values.ts";
import {
  type CommandLine,
  type CommonOptions,
  fromEnvironment,
  type OptionSources,
  type ParsedOptions,
  parseWith,
  readCommandLine,
  readCommonOptions,
} from "./options.ts";
import { UsageError } from "./usage_error.ts";

/** Where a person meets the chat. */
export type Face = "window" | "browser" | "terminal" | "pipe";

/** What `gas-client` was started with. */
export interface ClientOptions extends CommonOptions {
  /** The server's address; undefined to ask for it. */
  readonly host: string | undefined;
  /** The server's port; 8080 where only the host is named. */
  readonly port: number | undefined;
  /** This computer's port: 0 for any; undefined for 5000 to 5010, then any. */
  readonly clientPort: number | undefined;
  /** The name to log in with; undefined to ask for it. */
  readonly name: string | undefined;
  /** The face to show. */
  readonly face: Face;
}

/** Which of the standard streams are terminals. */
export interface Terminals {
  /** Whether input comes from a terminal. */
  readonly stdin: boolean;
  /** Whether output goes to a terminal. */
  readonly stdout: boolean;
}

type ClientFlag = "terminal" | "browser";

/**
 * Makes the client's options.
 *
 * @param sources All that options are made of.
 * @param terminals Which of the standard streams are terminals.
 * @returns The options, or what is asked for or wrong instead.
 */
export function parseClientOptions(
  sources: OptionSources,
  terminals: Terminals,
): ParsedOptions<ClientOptions> {
  return parseWith(sources, () => readClientOptions(sources, terminals));
}

function readClientOptions(
  sources: OptionSources,
  terminals: Terminals,
): ClientOptions {
  const line = readCommandLine<ClientFlag>(sources.argv, {
    text: ["name"],
    flags: ["terminal", "browser"],
    alias: { help: "h" },
    maxPositional: 3,
  });
  const { env, config: { client } } = sources;
  const address = readAddress(line.positional, sources);
  const clientPort = argument("CLIENT_PORT", line.positional[2]) ??
    fromEnvironment(env, "GAS_CLIENT_PORT");
  const name = line.given("name") ?? fromEnvironment(env, "GAS_NAME");
  const options: ClientOptions = {
    ...readCommonOptions(line, sources, client.password),
    host: address.host,
    port: address.port,
    clientPort: clientPort === undefined
      ? client.clientPort
      : readPort(clientPort, 0),
    name: name?.text ?? client.name,
    face: chooseFace(line, terminals),
  };
  if (options.face === "pipe") requireLogin(options);
  return options;
}

function readAddress(
  positionals: readonly string[],
  { env, config: { client } }: OptionSources,
): Partial<ServerAddress> {
  const host = argument("SERVER_HOST", positionals[0]) ??
    fromEnvironment(env, "GAS_HOST");
  const portArgument = argument("SERVER_PORT", positionals[1]);
  const address = host === undefined
    ? { host: client.host, port: undefined }
    : readServerAddress(host, portArgument !== undefined);
  const port = portArgument ?? fromEnvironment(env, "GAS_PORT");
  const otherPort = port === undefined ? client.port : readPort(port, 1);
  if (address.host === undefined) return { port: otherPort };
  return {
    host: address.host,
    port: address.port ?? otherPort ?? DEFAULT_SERVER_PORT,
  };
}

/** One port is enough: a second one is not guessed about. */
function readServerAddress(host: GivenValue, hasPort: boolean): ServerAddress {
  const address = parseServerAddress(host.text);
  if (address === undefined || (hasPort && address.port !== undefined)) {
    throw new UsageError({
      type: "notHost",
      source: host.source,
      given: host.text,
    });
  }
  return address;
}

function argument(
  source: string,
  text: string | undefined,
): GivenValue | undefined {
  return text === undefined ? undefined : { source, text };
}

/**
 * A window needs no terminal: a program that a desktop starts has none either.
 * So a pipe is only assumed where the command line shows a script's intent.
 */
function chooseFace(line: CommandLine<ClientFlag>, terminals: Terminals): Face {
  const terminal = line.has("terminal");
  if (terminal && line.has("browser")) {
    throw new UsageError({
      type: "together",
      first: "--terminal",
      second: "--browser",
    });
  }
  if (line.has("browser")) return "browser";
  if (terminal) {
    return terminals.stdin && terminals.stdout ? "terminal" : "pipe";
  }
  return line.given("name") !== undefined && !terminals.stdin
    ? "pipe"
    : "window";
}

function requireLogin({ host, name }: ClientOptions): void {
  const missing: string[] = [];
  if (host === undefined) missing.push("SERVER_HOST");
  if (name === undefined) missing.push("--name NAME");
  if (missing.length > 0) {
    throw new UsageError({ type: "missingForPipe", missing });
  }
}
