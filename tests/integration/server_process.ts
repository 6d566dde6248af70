/** The server as people run it: a process of its own, which can be killed. */
export class ServerProcess implements AsyncDisposable {
  /** Its UDP port. */
  readonly port: number;
  readonly #child: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<string>;

  private constructor(
    child: Deno.ChildProcess,
    output: ReadableStreamDefaultReader<string>,
    port: number,
  ) {
    this.#child = child;
    this.#output = output;
    this.port = port;
  }

  /** Starts it and waits until it listens. */
  static async start(
    dataDir: string,
    options: { port?: number; args?: readonly string[] } = {},
  ): Promise<ServerProcess> {
    const { port = 0, args = [] } = options;
    const child = spawn([
      "127.0.0.1",
      "--port",
      String(port),
      "--data",
      dataDir,
      "--language",
      "en",
      ...args,
    ]);
    const output = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    let said = "";
    for (;;) {
      const { done, value } = await output.read();
      if (done) throw new Error(`The server ended: ${said}`);
      said += value;
      const listens = /\bUDP (\d+)\s/.exec(said)?.[1];
      if (listens !== undefined) {
        return new ServerProcess(child, output, Number(listens));
      }
    }
  }

  /** Kills it: it gets no chance to do anything. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** Ends it as Ctrl+C does. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#end(Deno.build.os === "windows" ? "SIGKILL" : "SIGTERM");
  }

  async #end(signal: Deno.Signal): Promise<void> {
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It has ended.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    await this.#output.cancel();
  }
}

/** Runs a command of the server to its end; its output may go into a file. */
export async function runServerCommand(
  args: readonly string[],
  outputFile?: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const deno = Deno.execPath();
  const run = ["run", "--allow-all", "--no-check", SERVER.href, ...args];
  const command = outputFile === undefined
    ? new Deno.Command(deno, { args: run, stdin: "null" })
    : new Deno.Command("sh", {
      args: ["-c", 'exec "$@" > "$0"', outputFile, deno, ...run],
      stdin: "null",
    });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

function spawn(args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", SERVER.href, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

const SERVER = new URL("../../server.ts", import.meta.url);
