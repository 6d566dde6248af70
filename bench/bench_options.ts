import { parseArgs } from "@std/cli";
import { WORKLOADS } from "./workload.ts";

/** What to measure. */
export interface BenchOptions {
  /** Parts by name: rows, `entry`, `stream`, `store`, `search`, `catchup`. */
  readonly only: ReadonlySet<string>;
  /** The measured window of each row. */
  readonly seconds: number;
  /** How often everything is measured; the table shows medians. */
  readonly rounds: number;
  /** Peers by the start of their names; undefined for all. */
  readonly peers: readonly string[] | undefined;
  /** Folder for profiles of our server. */
  readonly profileDir: string | undefined;
}

/** The parts, in the order they run. */
export const PARTS: readonly string[] = [
  "entry",
  ...WORKLOADS.map(({ row }) => row),
  "stream",
  "store",
  "search",
  "catchup",
];

/** How the benchmark is used. */
export const HELP = `deno task bench [OPTION...]

  --only PARTS    some of ${PARTS.join(",")}; all by default
  --seconds N     the measured window of each row; 5 by default
  --rounds N      how often everything is measured; 1 by default
  --peers NAMES   all (default), none, or starts of names: ngircd,mosquitto
  --profile DIR   writes CPU profiles of the server there, for rows a to d

JSON lines go to standard output, all else to standard error.
`;

/**
 * Reads the command line.
 *
 * @param args The arguments.
 * @returns The options, or what to say instead.
 */
export function readBenchOptions(
  args: readonly string[],
): BenchOptions | { readonly problem: string | undefined } {
  const unknown: string[] = [];
  const given = parseArgs(args, {
    string: ["only", "seconds", "rounds", "peers", "profile"],
    boolean: ["help"],
    unknown: (arg) => {
      unknown.push(arg);
    },
  });
  if (given.help) return { problem: undefined };
  if (unknown.length > 0) return { problem: `${unknown[0]} is not understood` };
  const only = new Set(listOf(given.only) ?? PARTS);
  for (const part of only) {
    if (!PARTS.includes(part)) return { problem: `there is no part ${part}` };
  }
  const seconds = Number(given.seconds ?? 5);
  const rounds = Number(given.rounds ?? 1);
  if (!(seconds >= 1 && seconds <= 120)) {
    return { problem: "--seconds is from 1 to 120" };
  }
  if (!(Number.isInteger(rounds) && rounds >= 1 && rounds <= 20)) {
    return { problem: "--rounds is from 1 to 20" };
  }
  const peers = given.peers === "none"
    ? []
    : given.peers === "all"
    ? undefined
    : listOf(given.peers);
  return { only, seconds, rounds, peers, profileDir: given.profile };
}

function listOf(text: string | undefined): string[] | undefined {
  return text?.split(",").map((part) => part.trim())
    .filter((part) => part !== "");
}
