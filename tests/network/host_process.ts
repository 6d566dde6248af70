import { readLines } from "./remote_clients.ts";

/** How long a process may take to end before it is killed. */
const END_TIMEOUT_MS = 3_000;

/** A program on one of the hosts: takes lines, gives lines, ends when told. */
export class HostProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #reading: Promise<void>;
  /** Called with every line of standard output; set it at once. */
  onLine: (line: string) => void = () => {};

  /**
   * Starts it.
   *
   * @param command The program and its arguments.
   */
  constructor(command: readonly string[]) {
    this.#child = new Deno.Command(command[0]!, {
      args: command.slice(1),
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Writes a line to its standard input. */
  writeLine(line: string): void {
    // One that has ended shows by what is missing from it.
    this.#input.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
  }

  /** Lets it stand still, as in a computer that sleeps. */
  freeze(): void {
    this.#signal("SIGSTOP");
  }

  /** Lets it go on. */
  thaw(): void {
    this.#signal("SIGCONT");
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.#signal("SIGKILL"), END_TIMEOUT_MS);
    this.#signal("SIGTERM");
    this.thaw();
    await this.#child.status;
    clearTimeout(timer);
    await this.#input.close().catch(() => {});
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const line of readLines(this.#child.stdout)) this.onLine(line);
  }

  #signal(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
  }
}
