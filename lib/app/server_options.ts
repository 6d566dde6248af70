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
  readHost,
  readPort,
  readYesNo,
} from "./option_values.ts";
import {
  type CommonOptions,
  fromEnvironment,
  type OptionSources,
  type ParsedOptions,
  parseWith,
  readCommandLine,
  readCommonOptions,
} from "./options.ts";
import { UsageError } from "./usage_error.ts";

/** What `gas-server` was started with. */
export interface ServerOptions extends CommonOptions {
  /** The address to listen on; undefined for every interface. */
  readonly host: string | undefined;
  /** The UDP port; 0 for any free one. */
  readonly port: number;
  /** Whether the terminal leaves message texts out. */
  readonly quiet: boolean;
  /** Whether the terminal shows what happens to packets. */
  readonly packets: boolean;
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
    text: ["port"],
    flags: ["quiet", "packets"],
    alias: { port: "p", help: "h" },
    maxPositional: 1,
  });
  const { env, config: { server } } = sources;
  const host = positionalHost(line.positional[0]) ??
    fromEnvironment(env, "GAS_HOST");
  const port = line.given("port") ?? fromEnvironment(env, "GAS_PORT");
  const quiet = fromEnvironment(env, "GAS_QUIET");
  const common = readCommonOptions(line, sources, server.password);
  return {
    ...common,
    host: host === undefined ? server.host : readHost(host),
    port: port === undefined
      ? server.port ?? DEFAULT_SERVER_PORT
      : readPort(port, 0),
    quiet: line.has("quiet") ||
      (quiet === undefined ? server.quiet ?? false : readYesNo(quiet)),
    // Who makes the network bad wants to see what that does.
    packets: line.has("packets") || common.simulate !== undefined,
  };
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
