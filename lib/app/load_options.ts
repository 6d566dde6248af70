/**
 * Gathers all that a program is started with: arguments, environment, config
 * file, password file, data folder.
 *
 * @module
 */

import {
  chooseDataDir,
  createDataDir,
  DATA_DIR_ENVIRONMENT,
  dataFilePath,
} from "../store/data_dir.ts";
import type { Impairment } from "../net/impairment.ts";
import { systemWords } from "../base/system_words.ts";
import { KnownServers } from "../store/known_servers.ts";
import { DamagedFileError, readPrivateFile } from "../store/private_file.ts";
import { readProfile } from "../store/profile_file.ts";
import type { Retention } from "../store/retention.ts";
import { ExitCode } from "../ui/exit_code.ts";
import { DEFAULT_PASSWORD } from "../ui/login_questions.ts";
import type { WantedRoom } from "../ui/room_entry.ts";
import type { Language } from "../ui/strings.ts";
import {
  type ClientTask,
  parseClientOptions,
  type Terminals,
} from "./client_options.ts";
import { type Config, decodeConfig, EMPTY_CONFIG } from "./config_file.ts";
import { clientHelp, serverHelp } from "./help.ts";
import { readPassword } from "./option_values.ts";
import {
  type CommonOptions,
  type Environment,
  findNamedFiles,
  type OptionSources,
  type ParsedOptions,
  type PasswordSource,
} from "./options.ts";
import { parseServerOptions, type ServerCommand } from "./server_options.ts";
import { simulationWarning } from "./simulated_network.ts";
import { createTraceFile } from "./trace_file.ts";
import {
  exposedFileText,
  UsageError,
  type UsageProblem,
  usageText,
} from "./usage_error.ts";
import { VERSION } from "./version.ts";

/** What a program knows about how it was started. */
export interface StartContext {
  /** The arguments after the program's name. */
  readonly argv: readonly string[];
  /** The environment, at least the variables of `ENVIRONMENT_NAMES`. */
  readonly env: Environment;
  /** The program's folder, where a `gas-data` folder counts. */
  readonly programDir: string | undefined;
  /** The system's locale, such as `navigator.language`. */
  readonly systemLocale: string | undefined;
}

/** What a program does next: run, or say something and end. */
export type Start<Setup> =
  | { readonly type: "run"; readonly setup: Setup }
  /** `text` goes to standard output if `code` is 0, else to standard error. */
  | { readonly type: "exit"; readonly code: ExitCode; readonly text: string };

/** What both programs run with. */
export interface CommonSetup {
  /** The language to speak. */
  readonly language: Language;
  /** The data folder, which exists. */
  readonly dataDir: string;
  /** What to say on standard error before anything else, one line each. */
  readonly warnings: readonly string[];
  /** The file that gets a trace of every packet, if any. */
  readonly trace: string | undefined;
  /** How the network is made bad on purpose, if it is. */
  readonly simulate: Impairment | undefined;
}

/** What `gas-server` runs with. */
export interface ServerSetup extends CommonSetup {
  /** What to do. */
  readonly command: ServerCommand;
  /** The address to listen on; undefined for every interface. */
  readonly host: string | undefined;
  /** The UDP port; 0 for any free one. */
  readonly port: number;
  /** The room's password. */
  readonly password: string;
  /** Whether that is the public default, wherever it came from. */
  readonly openRoom: boolean;
  /** Whether the terminal leaves message texts out. */
  readonly quiet: boolean;
  /** Whether the terminal shows what happens to packets. */
  readonly packets: boolean;
  /** How much of what was said is kept. */
  readonly retention: Retention;
}

/** What `gas-client` runs with. */
export interface ClientSetup extends CommonSetup {
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
  /** The room's password; undefined to ask for it, which a pipe never does. */
  readonly password: string | undefined;
  /** What to do. */
  readonly task: ClientTask;
}

const MS_PER_DAY = 86_400_000;
const BYTES_PER_MEGABYTE = 1_000_000;

/** Every environment variable that either program looks at. */
export const ENVIRONMENT_NAMES: readonly string[] = [
  "GAS_CLIENT_PORT",
  "GAS_CONFIG",
  "GAS_DATA",
  "GAS_HOST",
  "GAS_KEEP_DAYS",
  "GAS_KEEP_MEGABYTES",
  "GAS_LANGUAGE",
  "GAS_NAME",
  "GAS_PASSWORD",
  "GAS_PORT",
  "GAS_QUIET",
  "LANG",
  "LC_ALL",
  "LC_MESSAGES",
  ...DATA_DIR_ENVIRONMENT,
];

/**
 * Looks at how this process was started.
 *
 * @param sourceDir The folder of the entry module, `import.meta.dirname`.
 * @returns What the other functions here need.
 */
export function readStartContext(sourceDir: string | undefined): StartContext {
  return {
    argv: Deno.args,
    env: Object.fromEntries(
      ENVIRONMENT_NAMES.map((name) => [name, Deno.env.get(name)]),
    ),
    // In an executable the sources lie in a folder that does not exist.
    programDir: Deno.build.standalone
      ? Deno.execPath().replace(/[/\\][^/\\]*$/, "")
      : sourceDir,
    systemLocale: navigator.language,
  };
}

/**
 * Makes all that the server runs with, and the data folder.
 *
 * @param context How the program was started.
 * @returns The setup, or what to say instead.
 */
export function loadServer(context: StartContext): Start<ServerSetup> {
  return load(context, {
    program: "gas-server",
    help: serverHelp,
    parse: parseServerOptions,
    finish: (
      { command, host, port, quiet, packets, keepDays, keepMegabytes },
      { password = DEFAULT_PASSWORD, ...rest },
    ) => ({
      ...rest,
      command,
      host,
      port,
      quiet,
      packets,
      retention: {
        maxAgeMs: keepDays === undefined ? undefined : keepDays * MS_PER_DAY,
        maxBytes: keepMegabytes === undefined
          ? undefined
          : keepMegabytes * BYTES_PER_MEGABYTE,
      },
      password,
      openRoom: password === DEFAULT_PASSWORD,
    }),
  });
}

/**
 * Makes all that the client runs with, and the data folder.
 *
 * @param context How the program was started.
 * @param terminals Which of the standard streams are terminals.
 * @returns The setup, or what to say instead.
 */
export function loadClient(
  context: StartContext,
  terminals: Terminals,
): Start<ClientSetup> {
  return load(context, {
    program: "gas-client",
    help: clientHelp,
    parse: (sources) => parseClientOptions(sources, terminals),
    finish: (
      { host, port, clientPort, name, room, task },
      { password, ...rest },
    ) => {
      refuseUnknownServers(dataFilePath(rest.dataDir, "knownServers"));
      return {
        ...rest,
        warnings: withSimulation(rest),
        host,
        port,
        clientPort,
        name,
        room,
        task,
        password: password ??
          (asksNothing(task) ? DEFAULT_PASSWORD : undefined),
      };
    },
  });
}

/** Told before the login, in which every server would have to be trusted. */
function refuseUnknownServers(path: string): void {
  try {
    new KnownServers(path).pinned("localhost", 0);
  } catch (error) {
    const reason = error instanceof DamagedFileError
      ? error.damage
      : systemWords(error);
    throw new UsageError({ type: "unreadable", path, reason });
  }
}

/** Where nobody is there to be asked, the password is as in the original. */
function asksNothing(task: ClientTask): boolean {
  return task.type !== "chat" || task.face === "pipe";
}

/** A client has no banner of its own to say it in. */
function withSimulation(
  { warnings, language, simulate }: CommonSetup,
): readonly string[] {
  return simulate === undefined
    ? warnings
    : [...warnings, simulationWarning(language, simulate)];
}

/** What differs between the two programs. */
interface Program<Options extends CommonOptions, Setup> {
  readonly program: string;
  readonly help: (language: Language) => string;
  readonly parse: (sources: OptionSources) => ParsedOptions<Options>;
  readonly finish: (
    options: Options,
    found: CommonSetup & { readonly password: string | undefined },
  ) => Setup;
}

function load<Options extends CommonOptions, Setup>(
  context: StartContext,
  { program, help, parse, finish }: Program<Options, Setup>,
): Start<Setup> {
  const stored = readStored(context);
  const parsed = parse({ ...context, ...stored });
  switch (parsed.type) {
    case "help":
      return { type: "exit", code: ExitCode.ok, text: help(parsed.language) };
    case "version":
      return {
        type: "exit",
        code: ExitCode.ok,
        text: `${program} ${VERSION}\n`,
      };
    case "usageError":
      // What misses in a config file that cannot be read is no news.
      return usageExit(
        program,
        parsed.language,
        stored.problem === undefined
          ? parsed.message
          : usageText(parsed.language, stored.problem),
      );
    case "run":
      break;
  }
  const { language, password: source, trace, simulate } = parsed.options;
  try {
    if (stored.problem !== undefined) throw new UsageError(stored.problem);
    const { password, exposed } = findPassword(source, stored);
    if (trace !== undefined) prepareTrace(trace);
    const setup = finish(parsed.options, {
      language,
      dataDir: prepareDataDir(stored.dataDir),
      password,
      warnings: exposed.map((path) => exposedFileText(language, path)),
      trace,
      simulate,
    });
    return { type: "run", setup };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return usageExit(program, language, usageText(language, error.problem));
  }
}

/** What an earlier run or the person left in files. */
interface Stored {
  readonly dataDir: string | undefined;
  readonly config: Config;
  readonly rememberedLanguage: Language | undefined;
  /** The config file, if others can read it too. */
  readonly exposedConfig: string | undefined;
  /** Why the config file is not in `config`. */
  readonly problem: UsageProblem | undefined;
}

function readStored({ argv, env, programDir }: StartContext): Stored {
  const named = findNamedFiles(argv, env);
  const dataDir = chooseDataDir({
    given: named.dataDir,
    programDir,
    os: Deno.build.os,
    env,
    isDirectory,
  });
  const stored: Stored = {
    dataDir,
    config: EMPTY_CONFIG,
    rememberedLanguage: readRememberedLanguage(dataDir),
    exposedConfig: undefined,
    problem: undefined,
  };
  const path = named.configFile ??
    (dataDir === undefined ? undefined : dataFilePath(dataDir, "config"));
  if (path === undefined) return stored;
  try {
    const file = readNamedFile(path, named.configFile !== undefined);
    if (file === undefined) return stored;
    return {
      ...stored,
      config: decodeConfig(file.text, path),
      exposedConfig: file.exposed ? path : undefined,
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { ...stored, problem: error.problem };
  }
}

function readRememberedLanguage(
  dataDir: string | undefined,
): Language | undefined {
  if (dataDir === undefined) return undefined;
  try {
    const { language } = readProfile(dataFilePath(dataDir, "profile"));
    return language === "en" || language === "id" ? language : undefined;
  } catch {
    // A folder that cannot be used is said when it is prepared.
    return undefined;
  }
}

function findPassword(
  source: PasswordSource,
  { config, exposedConfig }: Stored,
): { password: string | undefined; exposed: string[] } {
  const exposed: string[] = [];
  const passwords = [config.server.password, config.client.password];
  if (exposedConfig !== undefined && passwords.some((p) => p !== undefined)) {
    exposed.push(exposedConfig);
  }
  switch (source.type) {
    case "unset":
      return { password: undefined, exposed };
    case "value":
      return { password: source.password, exposed };
    case "file": {
      const { path } = source;
      const file = readNamedFile(path, true);
      if (file?.exposed) exposed.push(path);
      const text = file?.text.replace(/\r?\n$/, "") ?? "";
      return { password: readPassword({ source: path, text }), exposed };
    }
  }
}

function readNamedFile(
  path: string,
  mustExist: boolean,
): { text: string; exposed: boolean } | undefined {
  try {
    const file = readPrivateFile(path);
    if (file === undefined && mustExist) {
      throw new UsageError({ type: "noSuchFile", path });
    }
    return file;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = error instanceof DamagedFileError
      ? error.damage
      : systemWords(error);
    throw new UsageError({ type: "unreadable", path, reason });
  }
}

function prepareDataDir(path: string | undefined): string {
  if (path === undefined) throw new UsageError({ type: "noDataDir" });
  try {
    createDataDir(path);
  } catch (error) {
    const reason = systemWords(error);
    throw new UsageError({ type: "dataDirUnusable", path, reason });
  }
  return path;
}

function prepareTrace(path: string): void {
  try {
    createTraceFile(path);
  } catch (error) {
    const reason = systemWords(error);
    throw new UsageError({ type: "traceUnusable", path, reason });
  }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function usageExit(
  program: string,
  language: Language,
  message: string,
): { type: "exit"; code: ExitCode; text: string } {
  const see = language === "id" ? "Lihat" : "See";
  return {
    type: "exit",
    code: ExitCode.usage,
    text: `${program}: ${message}\n${see} ${program} --help\n`,
  };
}
