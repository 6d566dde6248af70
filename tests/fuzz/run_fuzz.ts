/**
 * Throws many hostile inputs at every decoder and at whole endpoints:
 * `deno task fuzz --help`.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { Prng } from "../../lib/base/prng.ts";
import { DECODERS, NOISE_DECODER } from "./decoder_fuzz.ts";
import { EndpointFuzz } from "./endpoint_fuzz.ts";

const USAGE = `Throws hostile inputs at every decoder and at whole endpoints.

  deno task fuzz [--cases 1000000] [--seed 1]

  --cases N  how many inputs; two in three go to the decoders
  --seed N   any text; the same one repeats the run to the byte

Exits with 1 at the first input that does what none may.`;

/** Of the cases, these shares go to the endpoints, and to the decoder that costs most. */
const ENDPOINT_SHARE = 3;
const NOISE_SHARE = 100;
/** An endpoint is begun anew after so many cases, so that a failure can be repeated soon. */
const CASES_PER_ENDPOINT = 10_000;
const PROGRESS_MS = 10_000;

const options = parseArgs(Deno.args, {
  string: ["cases", "seed"],
  boolean: ["help"],
});
const cases = Number(options.cases ?? 1_000_000);
const seed = options.seed ?? "1";
if (options.help || !Number.isSafeInteger(cases)) {
  console.log(USAGE);
  Deno.exit(options.help ? 0 : 2);
}

const prng = new Prng(`decoders ${seed}`);
const taken = new Map<string, number>();
const outcomes = new Map<string, number>();
const startMs = Date.now();
let toldMs = startMs;
let endpointCases = 0;
let endpoint = new EndpointFuzz(`${seed} 0`, outcomes);

for (let index = 0; index < cases; index++) {
  try {
    step(index);
  } catch (error) {
    console.error(`case ${index} of seed ${seed} failed`);
    const part = Math.floor(endpointCases / CASES_PER_ENDPOINT);
    console.error(`the endpoint's seed is "${seed} ${part}"`);
    throw error;
  }
  const nowMs = Date.now();
  if (nowMs - toldMs >= PROGRESS_MS) {
    toldMs = nowMs;
    console.log(`${index + 1} of ${cases} cases`);
  }
}
const seconds = Math.round((Date.now() - startMs) / 1000);
console.log(`${cases} cases with seed ${seed} in ${seconds} s, none failed`);
console.log("Inputs that were taken, by decoder:", Object.fromEntries(taken));
console.log("Ends of connections:", Object.fromEntries(outcomes));

function step(index: number): void {
  if (index % ENDPOINT_SHARE === 0) {
    endpoint.step();
    if (++endpointCases % CASES_PER_ENDPOINT === 0) {
      const part = endpointCases / CASES_PER_ENDPOINT;
      endpoint = new EndpointFuzz(`${seed} ${part}`, outcomes);
    }
    return;
  }
  const decoder = index % NOISE_SHARE === 1
    ? NOISE_DECODER
    : DECODERS[prng.below(DECODERS.length)]!;
  const isTaken = decoder.step(prng);
  taken.set(decoder.name, (taken.get(decoder.name) ?? 0) + (isTaken ? 1 : 0));
}
