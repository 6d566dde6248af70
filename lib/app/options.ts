/**
 * What the option parsers of both programs share: where values come from, and
 * which one wins. An argument or option wins over the environment, the
 * environment over the config file, the config file over the default.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import type { Impairment } from "../net/impairment.ts";
import { type Language, pickLanguage } from "../ui/strings.ts";
import type { Config } from "./config_file.ts";
import {
  type GivenValue,
  readImpairment,
  readLanguage,
  readPassword,
} from "./option_values.ts";
import { UsageError, type UsageProblem, usageText } from "./usage_error.ts";

/** Environment variables by name; an empty one counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** All that options are made of. */
export interface OptionSources {
  /** The arguments after the program's name. */
  readonly argv: readonly string[];
  /** The environment. */
  readonly env: Environment;
  /** The config file's settings. */
  readonly config: Config;
  /** The language chosen in an earlier run, if any. */
  readonly rememberedLanguage?: Language | undefined;
  /** The system's locale, for systems that do not put it into `LANG`. */
  readonly systemLocale?: string | undefined;
}

/** What a command line asks for. */
export type ParsedOptions<Options> =
  | { readonly type: "run"; readonly options: Options }
  | { readonly type: "help"; readonly language: Language }
  | { readonly type: "version" }
  /** `message` names the option and says what is allowed. */
  | {
    readonly type: "usageError";
    readonly language: Language;
    readonly message: string;
  };

/** Where the room's password comes from. */
export type PasswordSource =
  | { readonly type: "file"; readonly path: string }
  | { readonly type: "value"; readonly password: string }
  | { readonly type: "unset" };

/** Options that both programs have. */
export interface CommonOptions {
  /** The language to speak. */
  readonly language: Language;
  /** Where the password comes from. */
  readonly password: PasswordSource;
  /** The file that gets a trace of every packet, if any. */
  readonly trace: string | undefined;
  /** How the network is made bad on purpose, if it is. */
  readonly simulate: Impairment | undefined;
}

/** The files that must be found before the options can be parsed. */
export interface NamedFiles {
  /** The data folder that was named. */
  readonly dataDir: string | undefined;
  /** The config file that was named. */
  readonly configFile: string | undefined;
}

/** A command line, sorted. */
export interface CommandLine<Flag extends string> {
  /** The positional arguments. */
  readonly positional: readonly string[];
  /** Whether an option without a value was given. */
  has(flag: Flag): boolean;
  /** The value of an option, if it was given. */
  given(option: string): GivenValue | undefined;
}

/** The options of both programs that have a value. */
const COMMON_TEXT = [
  "_",
  "password-file",
  "data",
  "config",
  "language",
  "trace",
  "simulate",
];

/** What one program adds to the common options. */
export interface CommandLineRules<Flag extends string> {
  /** Options with a value. */
  readonly text: readonly string[];
  /** Options without a value. */
  readonly flags: readonly Flag[];
  /** Short names by long name. */
  readonly alias: Readonly<Record<string, string>>;
  /** How many positional arguments there may be. */
  readonly maxPositional: number;
}

/**
 * Parses options with a parser that may throw a `UsageError`, after the
 * questions that are answered whatever else is wrong.
 *
 * @param sources All that options are made of.
 * @param parse Makes the program's options.
 * @returns The options, or why there are none.
 */
export function parseWith<Options>(
  sources: OptionSources,
  parse: (sources: OptionSources) => Options,
): ParsedOptions<Options> {
  const language = likelyLanguage(sources);
  const asked = (...names: string[]) =>
    beforeDashes(sources.argv).some((arg) => names.includes(arg));
  if (asked("--help", "-h")) return { type: "help", language };
  if (asked("--version")) return { type: "version" };
  try {
    return { type: "run", options: parse(sources) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const message = usageText(language, error.problem);
    return { type: "usageError", language, message };
  }
}

/**
 * Finds the files that are named, whatever else the command line holds.
 *
 * @param argv The arguments after the program's name.
 * @param env The environment.
 * @returns The files.
 */
export function findNamedFiles(
  argv: readonly string[],
  env: Environment,
): NamedFiles {
  const { data, config } = parseArgs(argv, {
    string: ["_", "data", "config"],
    boolean: [],
  });
  return {
    dataDir: data || env["GAS_DATA"] || undefined,
    configFile: config || env["GAS_CONFIG"] || undefined,
  };
}

/**
 * Sorts a command line.
 *
 * @param argv The arguments after the program's name.
 * @param rules The program's options.
 * @returns The arguments by name.
 * @throws {UsageError} On an unknown option, a missing or unexpected value, or
 *   an argument too many.
 */
export function readCommandLine<Flag extends string>(
  argv: readonly string[],
  rules: CommandLineRules<Flag>,
): CommandLine<Flag> {
  const flags: readonly string[] = [...rules.flags, "help", "version"];
  const text = [...COMMON_TEXT, ...rules.text];
  refuseMisplacedValues(beforeDashes(argv), {
    flags,
    text,
    alias: rules.alias,
  });
  const parsed: Readonly<Record<string, unknown>> & { _: readonly string[] } =
    parseArgs(argv, {
      string: text,
      boolean: flags,
      alias: rules.alias,
      unknown: refuseUnknown,
    });
  const extra = parsed._[rules.maxPositional];
  if (extra !== undefined) fail({ type: "extraArgument", given: extra });
  for (const option of text) {
    if (parsed[option] === "") {
      fail({ type: "missingValue", option: `--${option}` });
    }
  }
  return {
    positional: parsed._,
    has: (flag) => parsed[flag] === true,
    given: (option) => {
      const text = parsed[option];
      return typeof text === "string"
        ? { source: `--${option}`, text }
        : undefined;
    },
  };
}

/**
 * Reads an environment variable.
 *
 * @param env The environment.
 * @param name The variable's name.
 * @returns The value, unless it is unset or empty.
 */
export function fromEnvironment(
  env: Environment,
  name: string,
): GivenValue | undefined {
  const text = env[name];
  return text === undefined || text === "" ? undefined : { source: name, text };
}

/**
 * Finds the options both programs have.
 *
 * @param line The command line.
 * @param sources All that options are made of.
 * @param configPassword The password in the program's part of the config file.
 * @returns The common options.
 * @throws {UsageError} If a value is not allowed.
 */
export function readCommonOptions(
  line: CommandLine<string>,
  sources: OptionSources,
  configPassword: string | undefined,
): CommonOptions {
  const { env, config } = sources;
  const simulate = line.given("simulate");
  const language = line.given("language") ??
    fromEnvironment(env, "GAS_LANGUAGE");
  return {
    language: language === undefined
      ? config.language ?? sources.rememberedLanguage ?? localeLanguage(sources)
      : readLanguage(language),
    password: findPassword(line, env, configPassword),
    // For an experiment, not for every start: neither variables nor the config file have them.
    trace: line.given("trace")?.text,
    simulate: simulate === undefined ? undefined : readImpairment(simulate),
  };
}

function findPassword(
  line: CommandLine<string>,
  env: Environment,
  configPassword: string | undefined,
): PasswordSource {
  const file = line.given("password-file");
  if (file !== undefined) return { type: "file", path: file.text };
  const variable = fromEnvironment(env, "GAS_PASSWORD");
  if (variable !== undefined) {
    return { type: "value", password: readPassword(variable) };
  }
  return configPassword === undefined
    ? { type: "unset" }
    : { type: "value", password: configPassword };
}

/** Finds what the parser would take for something else. */
function refuseMisplacedValues(
  argv: readonly string[],
  { flags, text, alias }: {
    readonly flags: readonly string[];
    readonly text: readonly string[];
    readonly alias: Readonly<Record<string, string>>;
  },
): void {
  argv.forEach((arg, i) => {
    const assigned = /^--([^=]+)=/.exec(arg)?.[1];
    if (assigned !== undefined && flags.includes(assigned)) {
      fail({ type: "unexpectedValue", option: `--${assigned}` });
    }
    const option = text.find((name) =>
      arg === `--${name}` || arg === `-${alias[name]}`
    );
    if (option !== undefined && argv[i + 1]?.startsWith("-")) {
      fail({ type: "missingValue", option: `--${option}` });
    }
  });
}

function refuseUnknown(arg: string, key?: string): void {
  if (key === undefined) return;
  if (key === "password") fail({ type: "passwordOption" });
  // Not the value: it may be a secret.
  fail({ type: "unknownOption", option: arg.replace(/=.*$/s, "") });
}

function fail(problem: UsageProblem): never {
  throw new UsageError(problem);
}

/** After `--` everything is positional. */
function beforeDashes(argv: readonly string[]): readonly string[] {
  const dashes = argv.indexOf("--");
  return dashes === -1 ? argv : argv.slice(0, dashes);
}

/** The language of a message about options that may be wrong themselves. */
function likelyLanguage(sources: OptionSources): Language {
  const { argv, env, config } = sources;
  const option = argv.findLast((arg, i) =>
    arg.startsWith("--language=") || argv[i - 1] === "--language"
  )?.replace("--language=", "");
  const wanted = option ?? env["GAS_LANGUAGE"];
  if (wanted === "en" || wanted === "id") return wanted;
  return config.language ?? sources.rememberedLanguage ??
    localeLanguage(sources);
}

/** POSIX: `LC_ALL` wins over `LC_MESSAGES`, which wins over `LANG`. */
function localeLanguage(sources: OptionSources): Language {
  const { env, systemLocale } = sources;
  return pickLanguage(
    env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || systemLocale,
  );
}
