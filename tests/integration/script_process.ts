/** A program that talks on its standard streams, in a process of its own. */
export class ScriptProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  #rest = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#output = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    this.#input = child.stdin.getWriter();
  }

  /** Starts `gas-client` with a data folder. */
  static start(args: readonly string[], dataDir: string): ScriptProcess {
    return ScriptProcess.run(
      CLIENT,
      [...args, "--data", dataDir, "--language", "en"],
      dataDir,
    );
  }

  /** Starts any module, with a data folder in its environment. */
  static run(
    module: URL,
    args: readonly string[],
    dataDir: string,
  ): ScriptProcess {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", module.href, ...args],
      env: { GAS_DATA: dataDir },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    });
    return new ScriptProcess(command.spawn());
  }

  /** Its exit code, once it has ended. */
  get code(): Promise<number> {
    return this.#child.status.then(({ code }) => code);
  }

  /** The next line of its output. @throws {Error} If there is none. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end !== -1) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const { done, value } = await this.#output.read();
      if (done) throw new Error(`It ended after: ${this.#rest}`);
      this.#rest += value;
    }
  }

  /** Gives it input. */
  async write(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(text));
  }

  /** Reads no more of what it writes. */
  async closeOutput(): Promise<void> {
    await this.#output.cancel();
  }

  /** Ends it with a signal. */
  async stop(signal: Deno.Signal): Promise<{ code: number }> {
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It has ended.
      if (!(error instanceof TypeError)) throw error;
    }
    const { code } = await this.#child.status;
    await this.#output.cancel().catch(() => {});
    await this.#input.abort().catch(() => {});
    return { code };
  }

  /** Ends it, if it runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }
}

/** Runs a command of the client to its end. */
export async function runClientCommand(
  args: readonly string[],
  dataDir: string,
  { env = {}, stdin = "" }: {
    env?: Record<string, string>;
    stdin?: string;
  } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--no-check",
      CLIENT.href,
      ...args,
    ],
    env: { GAS_DATA: dataDir, GAS_LANGUAGE: "en", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

const CLIENT = new URL("../../client.ts", import.meta.url);
