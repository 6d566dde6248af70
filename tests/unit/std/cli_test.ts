/**
 * The facade has types of its own, apart from the code it describes. Each
 * `@ts-expect-error` below fails `deno check` if a call were taken as `any`.
 */
import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli";
import * as facade from "@std/cli";

Deno.test("parseArgs() types options by their kind", () => {
  const parsed = parseArgs(["--name", "5", "-q", "7"], {
    string: ["_", "name"],
    boolean: ["quiet"],
    alias: { quiet: "q" },
  });
  const name: string | undefined = parsed.name;
  const quiet: boolean = parsed.quiet;
  const positional: readonly string[] = parsed._;
  assertEquals([name, quiet, positional], ["5", true, ["7"]]);
  // @ts-expect-error: an option that does not exist
  assertEquals(parsed.nmae, undefined);
  // @ts-expect-error: text, not a number
  const number: number | undefined = parsed.name;
  assertEquals(number, "5" as never);
});

Deno.test("parseArgs() names every unknown option to its caller", () => {
  const unknown: unknown[] = [];
  parseArgs(["--x=1", "host", "-y"], {
    string: ["_"],
    boolean: [],
    unknown: (arg, key) => unknown.push([arg, key]),
  });
  assertEquals(unknown, [["--x=1", "x"], ["host", undefined], ["-y", "y"]]);
});

Deno.test("@std/cli has what is declared, and nothing else", () => {
  assertEquals(Object.keys(facade), ["parseArgs"]);
});
