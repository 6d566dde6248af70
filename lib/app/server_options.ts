/**
 * The options of `gas-server`.
 *
 * @module
 */

import {
  DEFAULT_SERVER_PORT,
  parseServerAddress,
} from "../ui/server_address.ts";
import {
  type GivenValue,
  KEEP_RANGES,
  readHost,
  readPort,
  readWholeNumber,
  readYesNo,
} from "./option_values.ts";
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

/** What stands for standard output where a file is named. */
export const STANDARD_OUTPUT = "-";

/** By the endings of their files. */
const EXPORT_FORMATS = ["jsonl", "html"] as const;

/** What `gas-server` is to do. */
export type ServerCommand =
  /** Run the room. */
  | { readonly type: "serve" }
  /** Copy what was said to a new file. */
  | { readonly type: "backup"; readonly file: string }
  /** Put such a copy in the place of what was said. */
  | { readonly type: "restore"; readonly file: string }
  /** Write what was said in a room to a file that people or programs read. */
  | ExportCommand
  /** Make the holder of a claimed name an owner. */
  | { readonly type: "owner"; readonly name: string }
  /** Print what was done to whom. */
  | {
    readonly type: "audit";
    /** As JSON Lines. */
    readonly json: boolean;
  };

/** What `gas-server export` is to do. */
export interface ExportCommand {
  /** Which command. */
  readonly type: "export";
  /** The file; {@linkcode STANDARD_OUTPUT}, or a name. */
  readonly file: string;
  /** JSON Lines, or a page to be read. */
  readonly format: "jsonl" | "html";
  /** What the room is called; undefined for the default room. */
  readonly room: string | undefined;
  /** Whether the file may take the place of one that is there. */
  readonly isReplacing: boolean;
}

/** What `gas-server` was started with. */
export interface ServerOptions extends CommonOptions {
  /** What to do. */
  readonly command: ServerCommand;
  /** The address to listen on; undefined for every interface. */
  readonly host: string | undefined;
  /** The UDP port; 0 for any free one. */
  readonly port: number;
  /** Whether the terminal leaves message texts out. */
  readonly quiet: boolean;
  /** Whether the terminal shows what happens to packets. */
  readonly packets: boolean;
  /** How many days messages are kept; undefined for ever. */
  readonly keepDays: number | undefined;
  /** How many megabytes of messages are kept; undefined for all. */
  readonly keepMegabytes: number | undefined;
}

/**
 * Makes the server's options.
 *
 * @param sources All that options are made of.
 * @returns The options, or what is asked for or wrong instead.
 */
export function parseServerOptions(
  sources: OptionSources,
): ParsedOptions<ServerOptions> {
  return parseWith(sources, readServerOptions);
}

function readServerOptions(sources: OptionSources): ServerOptions {
  const line = readCommandLine(sources.argv, {
    text: ["port", "keep-days", "keep-megabytes", "room"],
    flags: ["quiet", "packets", "force", "json"],
    alias: { port: "p", help: "h" },
    maxPositional: 2,
  });
  const { env, config: { server } } = sources;
  const command = readCommand(line);
  const host = command.type === "serve"
    ? positionalHost(line.positional[0]) ?? fromEnvironment(env, "GAS_HOST")
    : undefined;
  const port = line.given("port") ?? fromEnvironment(env, "GAS_PORT");
  const quiet = fromEnvironment(env, "GAS_QUIET");
  const common = readCommonOptions(line, sources, server.password);
  const keepDays = line.given("keep-days") ??
    fromEnvironment(env, "GAS_KEEP_DAYS");
  const keepMegabytes = line.given("keep-megabytes") ??
    fromEnvironment(env, "GAS_KEEP_MEGABYTES");
  return {
    ...common,
    command,
    host: host === undefined ? server.host : readHost(host),
    port: port === undefined
      ? server.port ?? DEFAULT_SERVER_PORT
      : readPort(port, 0),
    quiet: line.has("quiet") ||
      (quiet === undefined ? server.quiet ?? false : readYesNo(quiet)),
    // Who makes the network bad wants to see what that does.
    packets: line.has("packets") || common.simulate !== undefined,
    keepDays: keepDays === undefined
      ? server.keepDays
      : readWholeNumber(keepDays, KEEP_RANGES.days),
    keepMegabytes: keepMegabytes === undefined
      ? server.keepMegabytes
      : readWholeNumber(keepMegabytes, KEEP_RANGES.megabytes),
  };
}

/** A host that is called like a command is given with `GAS_HOST`. */
function readCommand(line: CommandLine<"force" | "json">): ServerCommand {
  const [first, second] = line.positional;
  if (first !== "export") refuseExportOptions(line);
  const json = line.has("json");
  if (json && first !== "audit") {
    failTask({
      type: "onlyWith",
      option: "--json",
      command: "gas-server audit",
    });
  }
  if (first === "backup" || first === "restore" || first === "export") {
    if (second === undefined || second === "") {
      failTask({ type: "missingFile", command: first });
    }
    return first === "export"
      ? exportCommand(line, second)
      : { type: first, file: second };
  }
  if (first === "owner") {
    if (second === undefined) failTask({ type: "missingName" });
    return { type: first, name: second };
  }
  if (second !== undefined) {
    throw new UsageError({ type: "extraArgument", given: second });
  }
  return first === "audit" ? { type: first, json } : { type: "serve" };
}

function exportCommand(
  line: CommandLine<"force" | "json">,
  file: string,
): ExportCommand {
  const format = file === STANDARD_OUTPUT
    ? "jsonl"
    : EXPORT_FORMATS.find((ending) => file.endsWith(`.${ending}`));
  if (format === undefined) {
    failTask({ type: "exportFormat", given: file });
  }
  return {
    type: "export",
    file,
    format,
    room: line.given("room")?.text,
    isReplacing: line.has("force"),
  };
}

function refuseExportOptions(line: CommandLine<"force" | "json">): void {
  const option = line.has("force") ? "--force" : line.given("room") && "--room";
  if (option === undefined) return;
  failTask({ type: "onlyWith", option, command: "gas-server export" });
}

function failTask(problem: TaskProblem): never {
  throw new UsageError({ type: "task", problem });
}

function positionalHost(text: string | undefined): GivenValue | undefined {
  if (text === undefined) return undefined;
  // `gas-server 9000` and `gas-server 127.0.0.1:9000` are natural to try.
  const port = /^\d+$/.test(text)
    ? Number(text)
    : parseServerAddress(text)?.port;
  if (port !== undefined) {
    throw new UsageError({ type: "portInHost", given: text, port });
  }
  return { source: "HOST", text };
}
