/** How long a process may take to end before it is killed. */
const END_TIMEOUT_MS = 5_000;

/** How long a process may take until its next line: no part takes longer. */
const LINE_TIMEOUT_MS = 120_000;

/** What to run, and where. */
export interface ProcessOptions {
  /** The program. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** The processor it may use; undefined for any. */
  readonly core: number | undefined;
  /** Its working folder. */
  readonly cwd?: string;
  /** True if nothing it writes is of interest, and a full pipe would stop it. */
  readonly isSilent?: boolean;
}

/** A process of ours on one processor, ended when it is disposed of. */
export class PinnedProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string> | undefined;
  #rest = "";
  #hasEnded = false;

  /** @param options What to run. `taskset` becomes the program, so the process ID is the program's. */
  constructor(options: ProcessOptions) {
    const { command, args, core, isSilent = false } = options;
    const pinned = core === undefined
      ? [command, ...args]
      : ["taskset", "--cpu-list", `${core}`, command, ...args];
    this.#child = new Deno.Command(pinned[0]!, {
      args: pinned.slice(1),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdin: "null",
      stdout: isSilent ? "null" : "piped",
      stderr: isSilent ? "null" : "inherit",
    }).spawn();
    this.#lines = isSilent
      ? undefined
      : this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
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

  /**
   * Reads the next line of its standard output.
   *
   * @throws {Error} If it ends without one, or none comes in time.
   */
  async readLine(): Promise<string> {
    const timer = setTimeout(
      () => void this.#lines?.cancel(),
      LINE_TIMEOUT_MS,
    );
    try {
      return await this.#readLine();
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.#kill("SIGKILL"), END_TIMEOUT_MS);
    this.#kill("SIGTERM");
    await this.#child.status;
    clearTimeout(timer);
    await this.#lines?.cancel().catch(() => {});
  }

  async #readLine(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const read = await this.#lines?.read();
      if (read === undefined || read.done) {
        throw new Error("A process of the benchmark said no more");
      }
      this.#rest += read.value;
    }
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
