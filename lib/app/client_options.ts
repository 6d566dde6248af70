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
import type { WantedRoom } from "../ui/room_entry.ts";
import { DEFAULT_CHAT_LIMITS } from "../chat/limits.ts";
import { type GivenValue, readPort, readWholeNumber } from "./option_values.ts";
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
import { type TaskProblem, UsageError } from "./usage_error.ts";

/** Where a person meets the chat. */
export type Face = "window" | "browser" | "terminal" | "pipe";

/** What `gas-client` is to do. */
export type ClientTask =
  /** Let a person or a script chat. */
  | { readonly type: "chat"; readonly face: Face }
  /** Say one thing; `text` is undefined for what comes on standard input. */
  | { readonly type: "send"; readonly text: string | undefined }
  /** Print what is said, after so many of the newest earlier messages. */
  | { readonly type: "tail"; readonly json: boolean; readonly history: number };

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
  /** Where a script reads and writes; undefined for the default room. */
  readonly room: WantedRoom | undefined;
  /** What to do. */
  readonly task: ClientTask;
}

/** Which of the standard streams are terminals. */
export interface Terminals {
  /** Whether input comes from a terminal. */
  readonly stdin: boolean;
  /** Whether output goes to a terminal. */
  readonly stdout: boolean;
}

type ClientFlag = "terminal" | "browser" | "json" | "since-start";

type TaskType = ClientTask["type"];

/** The options of one task alone. */
const OWN_OPTIONS: Readonly<Record<TaskType, readonly string[]>> = {
  chat: ["terminal", "browser"],
  send: [],
  tail: ["json", "since-start", "history"],
};

/** The host, the server's port, our port. */
const MAX_CHAT_ARGUMENTS = 3;

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
    text: ["name", "server", "history", "room", "to"],
    flags: ["terminal", "browser", "json", "since-start"],
    alias: { help: "h" },
    maxPositional: Infinity,
  });
  const { env, config: { client } } = sources;
  const task = readTask(line, terminals);
  const [host, port, ownPort] = task.type === "chat" ? line.positional : [];
  const address = readAddress({
    host: argument("SERVER_HOST", host),
    port: argument("SERVER_PORT", port),
    server: line.given("server"),
  }, sources);
  const clientPort = argument("CLIENT_PORT", ownPort) ??
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
    room: readRoom(line, task),
    task,
  };
  requireLogin(options);
  return options;
}

/**
 * A host that is called like a task is given with its port, or by the
 * environment.
 */
function readTask(
  line: CommandLine<ClientFlag>,
  terminals: Terminals,
): ClientTask {
  const [first, ...rest] = line.positional;
  const type = first === "send" || first === "tail" ? first : "chat";
  refuseOptionsOfOthers(line, type);
  switch (type) {
    case "chat":
      refuseExtra(line.positional, MAX_CHAT_ARGUMENTS);
      return { type, face: chooseFace(line, terminals) };
    case "send":
      if (rest.length === 0) failTask({ type: "missingText" });
      // As `echo` does.
      return {
        type,
        text: rest.join(" ") === "-" ? undefined : rest.join(" "),
      };
    case "tail":
      refuseExtra(rest, 0);
      return { type, json: line.has("json"), history: readHistory(line) };
  }
}

function refuseOptionsOfOthers(
  line: CommandLine<ClientFlag>,
  type: TaskType,
): void {
  const others = Object.entries(OWN_OPTIONS)
    .filter(([other]) => other !== type).flatMap(([, options]) => options);
  const wrong = others.find((option) =>
    line.given(option) !== undefined || line.has(option as ClientFlag)
  );
  if (wrong === undefined) return;
  const option = `--${wrong}`;
  if (type === "chat") {
    failTask({ type: "onlyWith", option, command: "gas-client tail" });
  }
  throw new UsageError({ type: "together", first: type, second: option });
}

function refuseExtra(positional: readonly string[], max: number): void {
  const given = positional[max];
  if (given !== undefined) {
    throw new UsageError({ type: "extraArgument", given });
  }
}

function readHistory(line: CommandLine<ClientFlag>): number {
  const history = line.given("history");
  if (history === undefined) return 0;
  if (line.has("since-start")) {
    throw new UsageError({
      type: "together",
      first: "--history",
      second: "--since-start",
    });
  }
  const max = DEFAULT_CHAT_LIMITS.historyMessages;
  return readWholeNumber(history, { min: 0, max });
}

/** A person is in all rooms at once; a script in one. */
function readRoom(
  line: CommandLine<ClientFlag>,
  task: ClientTask,
): WantedRoom | undefined {
  const room = line.given("room");
  const to = line.given("to");
  if (room !== undefined && to !== undefined) {
    throw new UsageError({ type: "together", first: "--room", second: "--to" });
  }
  const given = room ?? to;
  if (given === undefined) return undefined;
  if (task.type === "chat" && task.face !== "pipe") {
    failTask({ type: "onlyInScript", option: given.source });
  }
  return room === undefined
    ? { type: "person", name: given.text.replace(/^@/, "") }
    : { type: "room", name: given.text.replace(/^#/, "") };
}

/** Where the server was named on the command line. */
interface NamedServer {
  readonly host: GivenValue | undefined;
  readonly port: GivenValue | undefined;
  readonly server: GivenValue | undefined;
}

function readAddress(
  named: NamedServer,
  { env, config: { client } }: OptionSources,
): Partial<ServerAddress> {
  if (named.host !== undefined && named.server !== undefined) {
    throw new UsageError({
      type: "together",
      first: "SERVER_HOST",
      second: "--server",
    });
  }
  const host = named.host ?? named.server ?? fromEnvironment(env, "GAS_HOST");
  const address = host === undefined
    ? { host: client.host, port: undefined }
    : readServerAddress(host, named.port !== undefined);
  const port = named.port ?? fromEnvironment(env, "GAS_PORT");
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

/** A pipe and a script are asked nothing. */
function requireLogin({ host, name, task }: ClientOptions): void {
  const script = task.type === "chat" ? task.face : task.type;
  if (script === "window" || script === "browser" || script === "terminal") {
    return;
  }
  const missing: string[] = [];
  if (host === undefined) {
    missing.push(script === "pipe" ? "SERVER_HOST" : "--server HOST");
  }
  if (name === undefined) missing.push("--name NAME");
  if (missing.length > 0) failTask({ type: "missing", task: script, missing });
}

function failTask(problem: TaskProblem): never {
  throw new UsageError({ type: "task", problem });
}
