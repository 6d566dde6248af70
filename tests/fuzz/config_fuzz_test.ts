import { assert } from "@std/assert";
import { decodeConfig } from "../../lib/app/config_file.ts";
import { UsageError, usageText } from "../../lib/app/usage_error.ts";
import { Prng } from "../../lib/base/prng.ts";

const SEEDS = [
  "config 1",
  "config 2",
  // A part of a password became a key, which the error named.
  "219e4a8fb11c7cf010093e0a542f68c55d1e691f",
];
const ROUNDS = Number(Deno.env.get("GAS_FUZZ_ROUNDS") ?? 2_000);

const addedSeed = Deno.env.get("GAS_FUZZ_SEED");
if (addedSeed !== undefined) SEEDS.push(addedSeed);

const WHOLE = JSON.stringify({
  language: "id",
  server: { host: "::1", port: 9000, password: "hunter2", quiet: true },
  client: {
    host: "h",
    port: 1,
    clientPort: 0,
    name: "Ani",
    password: "hunter2",
  },
});

/** Pieces that break a config file in ways that random characters do not. */
const PIECES = [
  "",
  ",",
  "{}",
  "[]",
  "null",
  "-1",
  "1e999",
  '"__proto__":',
  '"\\u0000"',
  '"',
  "\ud800",
];

/** A config file with a few damaged places. */
function damaged(prng: Prng): string {
  let text = WHOLE;
  for (let edits = prng.between(1, 3); edits > 0; edits--) {
    const start = prng.below(text.length + 1);
    const end = Math.min(text.length, start + prng.below(12));
    const piece = prng.ratio(1, 2)
      ? PIECES[prng.below(PIECES.length)]
      : String.fromCharCode(prng.below(0x180));
    text = text.slice(0, start) + piece + text.slice(end);
  }
  return text;
}

Deno.test("decodeConfig() only ever throws UsageError, without a password", () => {
  for (const seed of SEEDS) {
    const prng = new Prng(seed);
    for (let round = 0; round < ROUNDS; round++) {
      const text = damaged(prng);
      try {
        decodeConfig(text, "config.json");
      } catch (error) {
        const where = `${seed}, round ${round}: ${text}`;
        assert(error instanceof UsageError, where);
        for (const language of ["en", "id"] as const) {
          const message = usageText(language, error.problem);
          assert(!message.includes("hunter"), where);
          // deno-lint-ignore no-control-regex
          assert(!/[\u0000-\u001f\u007f-\u009f]/.test(message), where);
        }
      }
    }
  }
});
