/** How long a process may take to end before it is killed. */
const END_TIMEOUT_MS = 5_000;

/** What to run, and where. */
export interface ProcessOptions {
  /** The program. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** The processor it may use; undefined for any. */
  readonly core: number | undefined;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its working folder. */
  readonly cwd?: string;
  /** Whether its standard error is shown; else it goes nowhere. */
  readonly showErrors?: boolean;
}

/** A process of ours on one processor, ended when it is disposed of. */
export class PinnedProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #rest = "";
  #hasEnded = false;

  /** @param options What to run. `taskset` becomes the program, so the process ID is the program's. */
  constructor(options: ProcessOptions) {
    const { command, args, core, showErrors = true } = options;
    const pinned = core === undefined
      ? [command, ...args]
      : ["taskset", "--cpu-list", `${core}`, command, ...args];
    this.#child = new Deno.Command(pinned[0]!, {
      args: pinned.slice(1),
      env: { ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdin: "piped",
      stdout: "piped",
      stderr: showErrors ? "inherit" : "null",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    this.#input = this.#child.stdin.getWriter();
    void this.#child.status.then(() => this.#hasEnded = true);
  }

  /** Its process ID. */
  get pid(): number {
    return this.#child.pid;
  }

  /** True once it has ended. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Writes a line to its standard input. */
  async writeLine(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /**
   * Reads the next line of its standard output.
   *
   * @throws {Error} If it ends without one.
   */
  async readLine(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("A process of the benchmark ended early");
      this.#rest += value;
    }
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.#kill("SIGKILL"), END_TIMEOUT_MS);
    this.#kill("SIGTERM");
    await this.#child.status;
    clearTimeout(timer);
    await this.#input.close().catch(() => {});
    await this.#lines.cancel().catch(() => {});
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
  }
}
