/**
 * The terminal faces as processes: on pipes, and on a real pseudo-terminal,
 * which `script` of util-linux makes.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";

const COMMAND: readonly string[] = [
  Deno.execPath(),
  "run",
  "--no-check",
  "--allow-env",
  "--allow-write",
  new URL("./terminal_program.ts", import.meta.url).href,
];

/** Far more than any of these processes needs. */
const LIMIT_MS = 20_000;

/** A process whose output is waited for as a person would. */
class Process implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  /** All output so far. */
  output = "";

  constructor(command: string, args: readonly string[]) {
    this.#child = new Deno.Command(command, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(LIMIT_MS),
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#output = this.#child.stdout
      .pipeThrough(new TextDecoderStream()).getReader();
  }

  async type(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(text));
  }

  async endInput(): Promise<void> {
    await this.#input.close();
  }

  /** Reads output until the text is in it. */
  async until(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      const { value, done } = await this.#output.read();
      assert(!done, `never saw ${text} in ${JSON.stringify(this.output)}`);
      this.output += value;
    }
  }

  async rest(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#output.read();
      if (done) return;
      this.output += value;
    }
  }

  /** Stops to read, as a reader that ends does. */
  async closeOutput(): Promise<void> {
    await this.#output.cancel();
  }

  /** Ends at once, without a chance to say anything. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async exitCode(): Promise<number> {
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#output.cancel();
    await this.#child.status;
  }
}

function pipe(password: string): Process {
  const [command = "", ...args] = COMMAND;
  return new Process(command, [...args, password]);
}

/** A terminal in a window, on which the program runs. */
function terminal(...args: string[]): Process {
  const line = [...COMMAND, ...args].map((part) => `'${part}'`).join(" ");
  return new Process("script", ["-qec", line, "/dev/null"]);
}

async function appears(path: string): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < LIMIT_MS; waitedMs += 20) {
    if (await Deno.stat(path).then(() => true, () => false)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

async function hasScript(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    return (await new Deno.Command("script", {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).output()).success;
  } catch {
    return false;
  }
}

Deno.test({
  name: "terminal face logs in, edits, talks and leaves on a real terminal",
  ignore: !await hasScript(),
  fn: async () => {
    const args = [
      "-qec",
      COMMAND.map((part) => `'${part}'`).join(" "),
      "/dev/null",
    ];
    await using person = new Process("script", args);
    await person.until("Server: ");
    await person.type("h\r");
    await person.until("Your name: ");
    await person.type("Ani\r");
    await person.until("Password");
    await person.type("secret\r");
    await person.until("You are Ani in the room Echo at h, port 8080.");
    await person.type("hallo\x1b[D\x1b[D\x7f");
    await person.type("\r");
    await person.until("Ani: halo");
    await person.until("Echo: halo");
    await person.type("\x1b[200~one\ntwo\n\x1b[201~\r");
    await person.until("Echo: one");
    await person.until("      two");
    await person.type("QUIT\r");
    await person.rest();
    assertEquals(await person.exitCode(), 0);
    assert(!person.output.includes("secret"));
    // The terminal is left without paste marks.
    assertStringIncludes(person.output, "\x1b[?2004l");
  },
});

Deno.test({
  name: "terminal face leaves on Ctrl+C of a real terminal",
  ignore: !await hasScript(),
  fn: async () => {
    const args = [
      "-qec",
      COMMAND.map((part) => `'${part}'`).join(" "),
      "/dev/null",
    ];
    await using person = new Process("script", args);
    await person.until("Server: ");
    await person.type("\x03");
    await person.rest();
    assertEquals(await person.exitCode(), 0);
  },
});

Deno.test({
  name: "terminal face leaves politely when its window is closed",
  ignore: !await hasScript(),
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const farewell = `${folder}/farewell`;
    await using person = terminal("secret", farewell);
    await person.until("Server: ");
    await person.type("h\rAni\r");
    await person.until("QUIT leaves.");
    person.kill();
    assert(await appears(farewell));
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("pipe face sends every line and prints every answer", async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} ✓\\`);
  await using script = pipe("secret");
  const written = script.type(lines.join("\n")).then(() => script.endInput());
  await script.rest();
  await written;
  assertEquals(await script.exitCode(), 0);
  assertEquals(
    script.output,
    lines.map((line) => `Echo: ${line.replace("\\", "\\\\")}\n`).join(""),
  );
});

Deno.test("pipe face leaves when its reader is gone", async () => {
  await using script = pipe("secret");
  await script.type("one\n");
  await script.until("Echo: one\n");
  await script.closeOutput();
  // A read that was under way may still take an answer: it goes on talking.
  const ended = script.exitCode();
  let isOver = false;
  ended.finally(() => isOver = true);
  while (!isOver) await script.type("two\n").catch(() => ended);
  assertEquals(await ended, 0);
});

Deno.test("pipe face exits 2 if it is refused", async () => {
  await using script = pipe("wrong");
  assertEquals(await script.exitCode(), 2);
});
