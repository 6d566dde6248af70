import { assertEquals } from "@std/assert";
import { PARTS, readBenchOptions } from "../../../bench/bench_options.ts";

Deno.test("readBenchOptions() measures everything by default", () => {
  assertEquals(readBenchOptions([]), {
    only: new Set(PARTS),
    seconds: 5,
    rounds: 1,
    peers: undefined,
    profileDir: undefined,
  });
});

Deno.test("readBenchOptions() takes what it is given", () => {
  const args = ["--only", "b,stream", "--seconds=2", "--peers", "none"];
  assertEquals(readBenchOptions([...args, "--rounds", "3"]), {
    only: new Set(["b", "stream"]),
    seconds: 2,
    rounds: 3,
    peers: [],
    profileDir: undefined,
  });
  assertEquals(readBenchOptions(["--peers", "ngircd,mosquitto"]), {
    ...readBenchOptions([]),
    peers: ["ngircd", "mosquitto"],
  });
});

Deno.test("readBenchOptions() names what it does not understand", () => {
  const problems = [
    ["--fast"],
    ["b"],
    ["--only", "b,z"],
    ["--seconds", "soon"],
    ["--rounds", "0"],
  ].map((args) => {
    const options = readBenchOptions(args);
    return "problem" in options ? options.problem : "none";
  });
  assertEquals(problems, [
    "--fast is not understood",
    "b is not understood",
    "there is no part z",
    "--seconds is from 1 to 120",
    "--rounds is from 1 to 20",
  ]);
});
