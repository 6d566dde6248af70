/** `--simulate`, `--trace` and `--packets`, which both programs share or nearly. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseClientOptions } from "../../../lib/app/client_options.ts";
import { parseServerOptions } from "../../../lib/app/server_options.ts";
import {
  impairmentText,
  simulationWarning,
} from "../../../lib/app/simulated_network.ts";
import { NO_IMPAIRMENT } from "../../../lib/net/impairment.ts";

const TERMINAL = { stdin: true, stdout: true };

function parse(argv: string[]): ReturnType<typeof parseServerOptions> {
  const config = { server: {}, client: {} };
  return parseServerOptions({ argv, env: {}, config });
}

function errorOf(argv: string[]): string {
  const parsed = parse(argv);
  return parsed.type === "usageError" ? parsed.message : parsed.type;
}

Deno.test("--simulate takes what is named and leaves the rest at 0", () => {
  const parsed = parse(["--simulate", "loss=10,delay=80,reorder=5"]);
  assert(parsed.type === "run");
  assertEquals(parsed.options.simulate, {
    ...NO_IMPAIRMENT,
    loss: 10,
    delay: 80,
    reorder: 5,
  });
});

Deno.test("--simulate takes every key up to its limit", () => {
  const text =
    "loss=100,delay=5000,jitter=5000,reorder=100,duplicate=100,corrupt=100,rate=1000000";
  const parsed = parse([`--simulate=${text}`]);
  assert(parsed.type === "run");
  assertEquals(Object.values(parsed.options.simulate!), [
    100,
    5_000,
    5_000,
    100,
    100,
    100,
    1_000_000,
  ]);
});

Deno.test("--simulate names the key whose number is out of range", () => {
  assertEquals(
    errorOf(["--simulate", "delay=80,loss=101"]),
    '--simulate loss is "101", but must be a whole number from 0 to 100.',
  );
  for (const part of ["loss=", "loss=-1", "loss=1.5", "loss=1e1", "rate=7"]) {
    const key = part.split("=")[0];
    assertStringIncludes(errorOf([`--simulate=${part}`]), `--simulate ${key}`);
  }
});

Deno.test("--simulate names a key that is unknown, repeated or without a number", () => {
  for (const part of ["los=1", "loss", "", "__proto__=1", "LOSS=1"]) {
    const message = errorOf([`--simulate=delay=1,${part}`]);
    assertStringIncludes(message, `--simulate has "${part}"`);
    assertStringIncludes(message, "loss=N,delay=N,jitter=N");
  }
  assertStringIncludes(errorOf(["--simulate", "loss=1,loss=2"]), '"loss=2"');
});

Deno.test("--simulate and --trace need values", () => {
  for (const option of ["--simulate", "--trace"]) {
    assertStringIncludes(errorOf([option]), `${option} needs a value`);
  }
});

Deno.test("--simulate shows packets, and so does --packets alone", () => {
  const shows = (argv: string[]) => {
    const parsed = parse(argv);
    return parsed.type === "run" && parsed.options.packets;
  };
  assertEquals(shows(["--simulate", "loss=1"]), true);
  assertEquals(shows(["--packets"]), true);
  assertEquals(shows(["--trace", "t.sqlog"]), false);
});

Deno.test("the client takes --simulate and --trace, too", () => {
  const parsed = parseClientOptions({
    argv: ["--simulate", "rate=64", "--trace", "t.sqlog"],
    env: {},
    config: { server: {}, client: {} },
  }, TERMINAL);
  assert(parsed.type === "run");
  assertEquals(parsed.options.simulate?.rate, 64);
  assertEquals(parsed.options.trace, "t.sqlog");
});

Deno.test("impairmentText() says all that is done", () => {
  const all = {
    loss: 10,
    delay: 80,
    jitter: 20,
    reorder: 5,
    duplicate: 3,
    corrupt: 2,
    rate: 64,
  };
  assertEquals(
    impairmentText("en", all),
    "10 % lost, 80–100 ms late, 5 % overtaken, 3 % twice, 2 % damaged, 64 kbit/s at most",
  );
  assertEquals(
    impairmentText("id", { ...NO_IMPAIRMENT, loss: 1, delay: 9 }),
    "1 % hilang, 9 ms terlambat",
  );
});

Deno.test("simulationWarning() says that it is on purpose", () => {
  const bad = { ...NO_IMPAIRMENT, loss: 1 };
  assertStringIncludes(simulationWarning("en", bad), "on purpose");
  assertStringIncludes(simulationWarning("id", bad), "sengaja");
});
