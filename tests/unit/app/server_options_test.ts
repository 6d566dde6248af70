import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Config } from "../../../lib/app/config_file.ts";
import type { ParsedOptions } from "../../../lib/app/options.ts";
import {
  parseServerOptions,
  type ServerOptions,
} from "../../../lib/app/server_options.ts";

interface Extra {
  readonly env?: Record<string, string>;
  readonly config?: Partial<Config>;
}

function parse(
  argv: string[],
  { env = {}, config = {} }: Extra = {},
): ParsedOptions<ServerOptions> {
  return parseServerOptions({
    argv,
    env,
    config: { server: {}, client: {}, ...config },
  });
}

function options(argv: string[], extra?: Extra): ServerOptions {
  const parsed = parse(argv, extra);
  if (parsed.type !== "run") throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

function errorOf(argv: string[], extra?: Extra): string {
  const parsed = parse(argv, extra);
  return parsed.type === "usageError" ? parsed.message : parsed.type;
}

Deno.test("parseServerOptions() without arguments listens everywhere on 8080", () => {
  assertEquals(options([]), {
    command: { type: "serve" },
    host: undefined,
    port: 8080,
    quiet: false,
    packets: false,
    keepDays: undefined,
    keepMegabytes: undefined,
    language: "en",
    password: { type: "unset" },
    trace: undefined,
    simulate: undefined,
  });
});

Deno.test("parseServerOptions() takes the original's form", () => {
  const { host, port } = options(["192.168.1.20", "-p", "9000"]);
  assertEquals({ host, port }, { host: "192.168.1.20", port: 9000 });
});

Deno.test("parseServerOptions() takes the commands and their file", () => {
  const backup = options(["backup", "b.sqlite", "--data", "d"]);
  assertEquals(backup.command, { type: "backup", file: "b.sqlite" });
  const restore = options(["--language", "en", "restore", "b c"]);
  assertEquals(restore.command, { type: "restore", file: "b c" });
  assertEquals(
    errorOf(["backup"]),
    "backup needs a file: gas-server backup FILE",
  );
  assertStringIncludes(errorOf(["backup", "a", "b"]), '"b" is one argument');
  assertStringIncludes(errorOf(["backups", "a"]), '"a" is one argument');
});

Deno.test("parseServerOptions() takes an export's file, room and format", () => {
  const command = (...argv: string[]) => options(["export", ...argv]).command;
  assertEquals(command("a.html"), {
    type: "export",
    file: "a.html",
    format: "html",
    room: undefined,
    isReplacing: false,
  });
  assertEquals(command("-", "--room", "Kelas 2", "--force"), {
    type: "export",
    file: "-",
    format: "jsonl",
    room: "Kelas 2",
    isReplacing: true,
  });
  assertStringIncludes(errorOf(["backup", ""]), "backup needs a file");
  assertStringIncludes(errorOf(["export"]), "export needs a file");
  assertStringIncludes(errorOf(["export", "a.json"]), ".jsonl or .html");
  assertStringIncludes(
    errorOf(["export", "a.txt", "--language", "id"]),
    ".jsonl atau .html",
  );
});

Deno.test("parseServerOptions() takes options of export with export only", () => {
  assertEquals(
    errorOf(["--force"]),
    "--force goes only with gas-server export.",
  );
  assertEquals(
    errorOf(["backup", "a", "--room", "b", "--language", "id"]),
    "--room hanya untuk gas-server export.",
  );
});

Deno.test("parseServerOptions() finds what is kept by precedence", () => {
  const env = { GAS_KEEP_DAYS: "2", GAS_KEEP_MEGABYTES: "20" };
  const config = { server: { keepDays: 3, keepMegabytes: 30 } };
  const kept = (argv: string[], extra?: Extra) => {
    const { keepDays, keepMegabytes } = options(argv, extra);
    return [keepDays, keepMegabytes];
  };
  const argv = ["--keep-days", "1", "--keep-megabytes", "10"];
  assertEquals(kept(argv, { env, config }), [1, 10]);
  assertEquals(kept([], { env, config }), [2, 20]);
  assertEquals(kept([], { config }), [3, 30]);
  assertEquals(
    errorOf(["--keep-days", "0"]),
    '--keep-days is "0", but must be a whole number from 1 to 36500.',
  );
  assertEquals(
    errorOf([], { env: { GAS_KEEP_MEGABYTES: "1.5" } }),
    'GAS_KEEP_MEGABYTES is "1.5", but must be a whole number from 1 to 1000000.',
  );
});

Deno.test("parseServerOptions() takes a port however it is written", () => {
  const forms = [["-p9000"], ["-p=9000"], ["--port=9000"], ["--port", "9000"]];
  for (const form of forms) assertEquals(options(form).port, 9000);
});

Deno.test("parseServerOptions() allows port 0 for any free one", () => {
  assertEquals(options(["-p", "0"]).port, 0);
});

Deno.test("parseServerOptions() names the port's source and range", () => {
  assertEquals(
    errorOf(["--port", "65536"]),
    '--port is "65536", but must be a whole number from 0 to 65535.',
  );
  assertStringIncludes(
    errorOf([], { env: { GAS_PORT: "http" } }),
    'GAS_PORT is "http"',
  );
});

Deno.test("parseServerOptions() refuses numbers that only JavaScript reads", () => {
  for (const port of ["0x50", "8e3", "80.0", " 80", "+80", "８０", "080800"]) {
    assertStringIncludes(errorOf([`--port=${port}`]), "--port is");
  }
});

Deno.test("parseServerOptions() prefers option, environment, config, default", () => {
  const env = { GAS_PORT: "2", GAS_HOST: "env.example", GAS_QUIET: "0" };
  const config = { server: { port: 3, host: "config.example", quiet: true } };
  assertEquals(options(["h", "-p", "1"], { env, config }).port, 1);
  assertEquals(options(["h", "-p", "1"], { env, config }).host, "h");
  assertEquals(options([], { env, config }).port, 2);
  assertEquals(options([], { env, config }).host, "env.example");
  assertEquals(options([], { env, config }).quiet, false);
  assertEquals(options([], { config }).port, 3);
  assertEquals(options([], { config }).quiet, true);
  assertEquals(options(["--quiet"], { env }).quiet, true);
});

Deno.test("parseServerOptions() takes an empty variable as unset", () => {
  assertEquals(options([], { env: { GAS_PORT: "", GAS_HOST: "" } }).port, 8080);
});

Deno.test("parseServerOptions() finds the password by precedence", () => {
  const env = { GAS_PASSWORD: "from environment" };
  const config = { server: { password: "from config" } };
  assertEquals(options(["--password-file", "f"], { env, config }).password, {
    type: "file",
    path: "f",
  });
  assertEquals(options([], { env, config }).password, {
    type: "value",
    password: "from environment",
  });
  assertEquals(options([], { config }).password, {
    type: "value",
    password: "from config",
  });
});

Deno.test("parseServerOptions() answers --password with what to use instead", () => {
  for (const argv of [["--password", "hunter2"], ["--password=hunter2"]]) {
    const message = errorOf(argv);
    assertStringIncludes(message, "--password-file FILE");
    assertEquals(message.includes("hunter2"), false);
  }
});

Deno.test("parseServerOptions() names an unknown option without its value", () => {
  assertEquals(errorOf(["--prot=secret"]), 'There is no option "--prot".');
  assertEquals(errorOf(["-x"]), 'There is no option "-x".');
  assertEquals(errorOf(["--no-quiet"]), 'There is no option "--no-quiet".');
  assertEquals(errorOf(["--__proto__=1"]), 'There is no option "--__proto__".');
});

Deno.test("parseServerOptions() names an option that lacks its value", () => {
  for (const argv of [["-p"], ["--port"], ["--port="], ["--port", "--quiet"]]) {
    assertStringIncludes(errorOf(argv), "--port needs a value");
  }
});

Deno.test("parseServerOptions() names an option that has a value too many", () => {
  assertEquals(errorOf(["--quiet=no"]), "--quiet takes no value.");
});

Deno.test("parseServerOptions() names an argument too many", () => {
  assertEquals(
    errorOf(["127.0.0.1", "8080"]),
    '"8080" is one argument too many.',
  );
});

Deno.test("parseServerOptions() says how to give a port that stands as HOST", () => {
  for (const host of ["9000", "127.0.0.1:9000", "[::1]:9000"]) {
    assertStringIncludes(errorOf([host]), "-p 9000");
  }
});

Deno.test("parseServerOptions() takes IPv6 addresses", () => {
  assertEquals(options(["::"]).host, "::");
  assertEquals(options(["[::1]"]).host, "::1");
});

Deno.test("parseServerOptions() neutralises what it quotes", () => {
  const message = errorOf(["\x1b[31mhost"]);
  assertEquals(message.includes("\x1b"), false);
});

Deno.test("parseServerOptions() shortens what it quotes", () => {
  assertEquals(errorOf(["/".repeat(5000)]).length < 200, true);
});

Deno.test("parseServerOptions() answers help and version before any error", () => {
  assertEquals(parse(["--wrong", "--help"]).type, "help");
  assertEquals(parse(["-h"]).type, "help");
  assertEquals(parse(["--version", "-p", "x"]).type, "version");
  assertEquals(errorOf(["--", "--help"]).includes("--help"), true);
});

Deno.test("parseServerOptions() speaks the language that was asked for", () => {
  assertStringIncludes(errorOf(["--language", "id", "-p", "x"]), "padahal");
  assertStringIncludes(errorOf(["-p", "x", "--language=id"]), "padahal");
  assertStringIncludes(
    errorOf(["-p", "x"], { env: { LANG: "id_ID.UTF-8" } }),
    "padahal",
  );
  const config = { language: "id" } as const;
  assertStringIncludes(errorOf(["-p", "x"], { config }), "padahal");
});

Deno.test("parseServerOptions() takes the locale's strongest variable", () => {
  const env = { LC_ALL: "en_US.UTF-8", LANG: "id_ID.UTF-8" };
  assertEquals(options([], { env }).language, "en");
});

Deno.test("parseServerOptions() names the languages there are", () => {
  assertEquals(
    errorOf(["--language", "fr"]),
    '--language is "fr", but must be en or id.',
  );
});

Deno.test("parseServerOptions() knows the commands about people", () => {
  const owner = options(["owner", "Ani Yudhoyono"]);
  assertEquals(owner.command, { type: "owner", name: "Ani Yudhoyono" });
  assertEquals(options(["audit"]).command, { type: "audit", json: false });
  assertEquals(options(["audit", "--json"]).command, {
    type: "audit",
    json: true,
  });
  assertStringIncludes(errorOf(["owner"]), "gas-server owner NAME");
  assertStringIncludes(errorOf(["--json"]), "gas-server audit");
  assertStringIncludes(errorOf(["audit", "x"]), '"x" is one argument');
});
