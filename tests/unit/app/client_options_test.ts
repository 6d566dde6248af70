import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type ClientOptions,
  parseClientOptions,
  type Terminals,
} from "../../../lib/app/client_options.ts";
import type { ClientConfig } from "../../../lib/app/config_file.ts";
import type { ParsedOptions } from "../../../lib/app/options.ts";

interface Extra {
  readonly env?: Record<string, string>;
  readonly client?: ClientConfig;
  readonly terminals?: Terminals;
}

const BOTH = { stdin: true, stdout: true };
const NONE = { stdin: false, stdout: false };

function parse(
  argv: string[],
  { env = {}, client = {}, terminals = BOTH }: Extra = {},
): ParsedOptions<ClientOptions> {
  const config = { server: {}, client };
  return parseClientOptions({ argv, env, config }, terminals);
}

function options(argv: string[], extra?: Extra): ClientOptions {
  const parsed = parse(argv, extra);
  if (parsed.type !== "run") throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

function errorOf(argv: string[], extra?: Extra): string {
  const parsed = parse(argv, extra);
  return parsed.type === "usageError" ? parsed.message : parsed.type;
}

Deno.test("parseClientOptions() without arguments asks in the window", () => {
  assertEquals(options([]), {
    host: undefined,
    port: undefined,
    clientPort: undefined,
    name: undefined,
    face: "window",
    language: "en",
    password: { type: "unset" },
    trace: undefined,
    simulate: undefined,
  });
});

Deno.test("parseClientOptions() takes the original's form", () => {
  const { host, port, clientPort } = options(["10.0.0.1", "9000", "5001"]);
  assertEquals([host, port, clientPort], ["10.0.0.1", 9000, 5001]);
});

Deno.test("parseClientOptions() assumes port 8080 only for a named host", () => {
  assertEquals(options(["10.0.0.1"]).port, 8080);
  assertEquals(options([], { env: { GAS_PORT: "9" } }).port, 9);
});

Deno.test("parseClientOptions() takes host and port in one", () => {
  const { host, port } = options(["[fe80::1]:9000"]);
  assertEquals([host, port], ["fe80::1", 9000]);
  assertStringIncludes(errorOf(["10.0.0.1:9000", "9001"]), "SERVER_HOST is");
});

Deno.test("parseClientOptions() names the argument that is wrong", () => {
  assertStringIncludes(errorOf(["http://x"]), 'SERVER_HOST is "http://x"');
  assertStringIncludes(errorOf(["h", "0"]), 'SERVER_PORT is "0"');
  assertStringIncludes(errorOf(["h", "0"]), "from 1 to 65535");
  assertStringIncludes(errorOf(["h", "1", "x"]), 'CLIENT_PORT is "x"');
  assertStringIncludes(errorOf(["h", "1", "2", "3"]), '"3" is one argument');
});

Deno.test("parseClientOptions() prefers argument, environment, config", () => {
  const env = {
    GAS_HOST: "env",
    GAS_PORT: "2",
    GAS_CLIENT_PORT: "22",
    GAS_NAME: "Env",
  };
  const client = { host: "config", port: 3, clientPort: 33, name: "Config" };
  const pick = (o: ClientOptions) => [o.host, o.port, o.clientPort, o.name];
  assertEquals(
    pick(options(["arg", "1", "11", "--name", "Arg"], { env, client })),
    ["arg", 1, 11, "Arg"],
  );
  assertEquals(pick(options([], { env, client })), ["env", 2, 22, "Env"]);
  assertEquals(pick(options([], { client })), ["config", 3, 33, "Config"]);
});

Deno.test("parseClientOptions() chooses the face that was asked for", () => {
  assertEquals(options(["--browser"], { terminals: NONE }).face, "browser");
  assertEquals(options(["--terminal"]).face, "terminal");
  assertStringIncludes(
    errorOf(["--terminal", "--browser"]),
    "--terminal and --browser",
  );
});

Deno.test("parseClientOptions() takes --terminal without a terminal as a pipe", () => {
  const argv = ["h", "--terminal", "--name", "bot"];
  for (
    const terminals of [NONE, { ...BOTH, stdin: false }, {
      ...BOTH,
      stdout: false,
    }]
  ) {
    assertEquals(options(argv, { terminals }).face, "pipe");
  }
});

Deno.test("parseClientOptions() takes --name with piped input as a pipe", () => {
  const argv = ["h", "--name", "bot"];
  assertEquals(
    options(argv, { terminals: { ...BOTH, stdin: false } }).face,
    "pipe",
  );
  assertEquals(options(argv).face, "window");
});

Deno.test("parseClientOptions() opens the window for a desktop without terminal", () => {
  // A configured name is no script's intent.
  const client = { name: "Ani", host: "h" };
  assertEquals(options([], { client, terminals: NONE }).face, "window");
});

Deno.test("parseClientOptions() says what a pipe misses", () => {
  const terminals = NONE;
  assertStringIncludes(
    errorOf(["--terminal"], { terminals }),
    "SERVER_HOST and --name NAME",
  );
  assertStringIncludes(
    errorOf(["--terminal", "h"], { terminals }),
    "Give --name NAME.",
  );
  const client = { name: "bot", host: "h" };
  assertEquals(options(["--terminal"], { client, terminals }).face, "pipe");
});

Deno.test("parseClientOptions() takes a name that begins with a dash", () => {
  assertEquals(options(["--name=-x-"]).name, "-x-");
  assertStringIncludes(errorOf(["--name", "-x-"]), "--name=VALUE");
});

Deno.test("parseClientOptions() does not know the server's options", () => {
  assertEquals(errorOf(["-p", "1"]), 'There is no option "-p".');
  assertEquals(errorOf(["--quiet"]), 'There is no option "--quiet".');
});
