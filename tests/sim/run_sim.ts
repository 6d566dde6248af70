/**
 * Runs many simulations and tells which seeds fail: `deno task sim --help`.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { runSwarm } from "./swarm.ts";
import { PRESET_NAMES } from "./swarm_options.ts";

const USAGE = `Runs rooms in virtual time, each with the faults its seed draws.

  deno task sim [--seeds 1000] [--start 1] [--preset NAME]

  --seeds N      how many runs
  --start N      the first seed
  --preset NAME  ${PRESET_NAMES.join(", ")}

A failure is told with its seed and all that was drawn from it; the same seed
repeats it to the byte. Exits with 1 if any run failed.`;

/** After so many failures the rest would say the same. */
const MAX_FAILURES = 10;
const PROGRESS_MS = 10_000;

const options = parseArgs(Deno.args, {
  string: ["seeds", "start", "preset"],
  boolean: ["help"],
});
const seeds = Number(options.seeds ?? 1000);
const start = Number(options.start ?? 1);
const { preset } = options;
const isUsable = Number.isSafeInteger(seeds) && Number.isSafeInteger(start) &&
  (preset === undefined || PRESET_NAMES.includes(preset));
if (options.help || !isUsable) {
  console.log(USAGE);
  Deno.exit(options.help ? 0 : 2);
}

let failures = 0;
let done = 0;
const startMs = Date.now();
let toldMs = startMs;
for (let seed = start; seed < start + seeds; seed++) {
  try {
    runSwarm(seed, preset);
  } catch (error) {
    failures++;
    console.error(`seed ${seed} failed: ${describe(error)}`);
  }
  done++;
  const nowMs = Date.now();
  if (nowMs - toldMs >= PROGRESS_MS) {
    toldMs = nowMs;
    console.log(`${done} of ${seeds} runs, ${failures} failed`);
  }
  if (failures >= MAX_FAILURES) break;
}
const seconds = Math.round((Date.now() - startMs) / 1000);
console.log(
  `${done} runs from seed ${start} in ${seconds} s, ${failures} failed`,
);
Deno.exit(failures > 0 ? 1 : 0);

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.stack : "";
  return `${error.message}\n${cause}`;
}
