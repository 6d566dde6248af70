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

function faceOf(argv: string[], extra?: Extra): string {
  const { task } = options(argv, extra);
  return task.type === "chat" ? task.face : task.type;
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
    room: undefined,
    task: { type: "chat", face: "window" },
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
  assertEquals(faceOf(["--browser"], { terminals: NONE }), "browser");
  assertEquals(faceOf(["--terminal"]), "terminal");
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
    assertEquals(faceOf(argv, { terminals }), "pipe");
  }
});

Deno.test("parseClientOptions() takes --name with piped input as a pipe", () => {
  const argv = ["h", "--name", "bot"];
  assertEquals(
    faceOf(argv, { terminals: { ...BOTH, stdin: false } }),
    "pipe",
  );
  assertEquals(faceOf(argv), "window");
});

Deno.test("parseClientOptions() opens the window for a desktop without terminal", () => {
  // A configured name is no script's intent.
  const client = { name: "Ani", host: "h" };
  assertEquals(faceOf([], { client, terminals: NONE }), "window");
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
  assertEquals(faceOf(["--terminal"], { client, terminals }), "pipe");
});

Deno.test("parseClientOptions() takes a name that begins with a dash", () => {
  assertEquals(options(["--name=-x-"]).name, "-x-");
  assertStringIncludes(errorOf(["--name", "-x-"]), "--name=VALUE");
});

Deno.test("parseClientOptions() does not know the server's options", () => {
  assertEquals(errorOf(["-p", "1"]), 'There is no option "-p".');
  assertEquals(errorOf(["--quiet"]), 'There is no option "--quiet".');
});

Deno.test("parseClientOptions() takes the text to send from the arguments", () => {
  const { host, port, name, task } = options(
    ["send", "--server", "10.0.0.1:9", "--name", "Ani", "hello", "all"],
  );
  assertEquals([host, port, name], ["10.0.0.1", 9, "Ani"]);
  assertEquals(task, { type: "send", text: "hello all" });
  const env = { GAS_HOST: "h", GAS_NAME: "Ani" };
  assertEquals(options(["send", "--", "-1"], { env }).task, {
    type: "send",
    text: "-1",
  });
});

Deno.test("parseClientOptions() sends standard input for a dash", () => {
  const env = { GAS_HOST: "h", GAS_NAME: "Ani" };
  assertEquals(options(["send", "-"], { env }).task, {
    type: "send",
    text: undefined,
  });
});

Deno.test("parseClientOptions() knows how much tail prints, and how", () => {
  const env = { GAS_HOST: "h", GAS_NAME: "Ani" };
  const tail = (...argv: string[]) => options(["tail", ...argv], { env }).task;
  const plain = { type: "tail", json: false, history: 0 } as const;
  assertEquals(tail(), plain);
  assertEquals(tail("--since-start"), plain);
  assertEquals(tail("--json", "--history", "20"), {
    ...plain,
    json: true,
    history: 20,
  });
});

Deno.test("parseClientOptions() asks nothing for a task of a script", () => {
  assertStringIncludes(errorOf(["tail"]), "--server HOST and --name NAME");
  assertStringIncludes(errorOf(["send", "x"]), "--server HOST and --name NAME");
  assertStringIncludes(errorOf(["send"]), "needs a text");
});

Deno.test("parseClientOptions() refuses what belongs to another task", () => {
  const env = { GAS_HOST: "h", GAS_NAME: "Ani" };
  for (
    const [argv, words] of [
      [["--json"], "--json goes only with gas-client tail"],
      [["send", "--json", "x"], "send and --json"],
      [["tail", "--terminal"], "tail and --terminal"],
      [["tail", "x"], '"x" is one argument too many'],
      [["tail", "--history", "1001"], "from 0 to 1000"],
      [["--room", "dev"], "--room goes only with gas-client send"],
      [["--terminal", "--to", "Ani"], "--to goes only with gas-client send"],
      [["tail", "--room", "a", "--to", "b"], "--room and --to"],
      [["tail", "--history=1", "--since-start"], "--history and --since-start"],
      [["h", "--server", "i"], "SERVER_HOST and --server"],
    ] as const
  ) assertStringIncludes(errorOf([...argv], { env }), words);
});

Deno.test("parseClientOptions() reaches a server that is called like a task", () => {
  const { host, port, task } = options(["send:8080"]);
  assertEquals([host, port, task.type], ["send", 8080, "chat"]);
});

Deno.test("parseClientOptions() takes the room of a script, as it is shown or not", () => {
  const env = { GAS_HOST: "h", GAS_NAME: "Ani" };
  const room = (...argv: string[]) =>
    options(argv, { env, terminals: NONE }).room;
  const dev = { type: "room", name: "dev" } as const;
  assertEquals(room("send", "--room", "dev", "x"), dev);
  assertEquals(room("tail", "--room", "#dev"), dev);
  assertEquals(room("--terminal", "--room=dev"), dev);
  const budi = { type: "person", name: "Budi" } as const;
  assertEquals(room("send", "--to", "Budi", "x"), budi);
  assertEquals(room("tail", "--to", "@Budi"), budi);
});
