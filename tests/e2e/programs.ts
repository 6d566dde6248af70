/**
 * The executables that `deno task compile` left in dist/, run in an empty
 * folder with an empty environment, as on a computer without Deno.
 *
 * @module
 */
import { until } from "./virtual_display.ts";

const EXTENSION = Deno.build.os === "windows" ? ".exe" : "";

/** `dist/gas-server`. */
export const SERVER: URL = new URL(
  `../../dist/gas-server${EXTENSION}`,
  import.meta.url,
);

/** `dist/gas-client`. */
export const CLIENT: URL = new URL(
  `../../dist/gas-client${EXTENSION}`,
  import.meta.url,
);

/** The room password of {@link EmptyPlace.serve}. */
export const PASSWORD = "secret";

/** Whether there is something to run. */
export const areCompiled: boolean = exists(SERVER) && exists(CLIENT);

/** A folder with nothing in it, from which executables are run. */
export class EmptyPlace implements AsyncDisposable {
  readonly #folder: string;
  readonly #programs: RunningProgram[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<EmptyPlace> {
    const place = new EmptyPlace(await Deno.makeTempDir());
    await Deno.mkdir(place.#path("temporary"));
    return place;
  }

  /** Starts a program as a person of its own, without data yet. */
  start(
    program: URL,
    args: readonly string[],
    env: Record<string, string> = {},
  ): RunningProgram {
    const home = this.#path(`home${this.#programs.length}`);
    Deno.mkdirSync(home);
    const running = new RunningProgram(
      new Deno.Command(program, {
        args: [...args],
        cwd: this.#folder,
        clearEnv: true,
        env: {
          HOME: home,
          LOCALAPPDATA: home,
          TMPDIR: this.#path("temporary"),
          LANG: "en_US.UTF-8",
          ...env,
        },
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
    this.#programs.push(running);
    return running;
  }

  /** Starts a server; gives the arguments by which clients reach it. */
  async serve(): Promise<{ program: RunningProgram; address: string[] }> {
    const env = { GAS_PASSWORD: PASSWORD };
    const program = this.start(SERVER, ["127.0.0.1", "-p", "0"], env);
    const port = await until(
      "the server's port",
      () => /127\.0\.0\.1\D+(\d{4,5})/.exec(program.stdout)?.[1],
    );
    return { program, address: ["127.0.0.1", port, "0"] };
  }

  /** Starts a client in a pipe, with the right password. */
  join(address: readonly string[], name: string): RunningProgram {
    const args = [...address, "--terminal", "--name", name];
    return this.start(CLIENT, args, { GAS_PASSWORD: PASSWORD });
  }

  /** Says one thing as a script does, with the right password. */
  send(args: readonly string[], text: string): RunningProgram {
    const env = { GAS_PASSWORD: PASSWORD };
    return this.start(CLIENT, ["send", ...args, text], env);
  }

  /** What the programs left in the folder for temporary files. */
  async temporaryFiles(): Promise<string[]> {
    const entries = Deno.readDir(this.#path("temporary"));
    return (await Array.fromAsync(entries)).map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) await program.kill();
    await Deno.remove(this.#folder, { recursive: true });
  }

  #path(name: string): string {
    return `${this.#folder}/${name}`;
  }
}

/** A running executable. */
export class RunningProgram {
  stdout = "";
  stderr = "";
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #read: Promise<unknown>;

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#input = process.stdin.getWriter();
    this.#read = Promise.all([
      collect(process.stdout, (text) => this.stdout += text),
      collect(process.stderr, (text) => this.stderr += text),
    ]);
  }

  async type(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(text));
  }

  /** Ends its input; gives the exit code. */
  async end(): Promise<number> {
    // It may have ended already, and its input with it.
    await this.#input.close().catch(() => {});
    const { code } = await this.#process.status;
    await this.#read;
    return code;
  }

  signal(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  async kill(): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It ended by itself.
    }
    await this.end();
  }
}

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (text: string) => void,
): Promise<void> {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    take(text);
  }
}

function exists(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch {
    return false;
  }
}
