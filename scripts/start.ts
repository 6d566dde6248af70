/**
 * A server and a chat window that talks to it, with one command:
 * `deno task start [-p PORT]`.
 *
 * Both run as the tasks `server` and `client` of the current folder, so that
 * deno.json alone says with which permissions.
 *
 * @module
 */
import { ExitCode } from "../lib/ui/exit_code.ts";

/** A task under way, its output shown with its name before each line. */
interface RunningTask {
  readonly process: Deno.ChildProcess;
  /** Whether it wrote a line to standard output before it ended. */
  readonly hasSpoken: Promise<boolean>;
  /** Its exit code, once its output is shown. */
  readonly exitCode: Promise<number>;
}

/** What `npx` needs before a task's name. */
const TASK_COMMAND = "npx -y deno@2.9.6 task";

/**
 * A terminal sends Ctrl+C to its whole process group. The tasks get a group of
 * their own, so that they are stopped once, by us. Windows knows no signal that
 * could be passed on: there they stay in the console's group and get Ctrl+C
 * from it.
 */
const CAN_SIGNAL = Deno.build.os !== "windows";

const STOP_SIGNALS: readonly Deno.Signal[] = CAN_SIGNAL
  ? ["SIGINT", "SIGTERM", "SIGHUP"]
  : ["SIGINT"];

if (import.meta.main) Deno.exitCode = await start(Deno.args);

/** Runs both until the server ends; returns the server's exit code. */
async function start(args: readonly string[]): Promise<number> {
  const [option, port] = args;
  const isUnderstood = args.length === 0 ||
    (option === "-p" && port !== undefined && args.length === 2);
  if (!isUnderstood) {
    console.error(`start | ${args.join(" ")}: only -p PORT is understood`);
    return ExitCode.usage;
  }
  const server = runTask("server", port === undefined ? [] : ["-p", port]);
  const stop = passSignalsTo([server.process]);
  // The server is silent on standard output until its socket is open.
  if (await server.hasSpoken && !stop.isAsked) {
    const address = ["127.0.0.1", ...(port === undefined ? [] : [port])];
    const client = runTask("client", address);
    stop.processes.push(client.process);
    client.exitCode.then(() => {
      if (!stop.isAsked) explainClientEnd(address.join(" "));
    });
  }
  return await server.exitCode;
}

/** Starts a task of deno.json and shows what it writes. */
function runTask(name: string, args: readonly string[]): RunningTask {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", name, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: CAN_SIGNAL,
  }).spawn();
  const prefix = `${name} | `;
  const spoken = Promise.withResolvers<boolean>();
  const shown = Promise.all([
    forEachLine(process.stdout, (line) => {
      console.log(prefix + line);
      spoken.resolve(true);
    }).then(() => spoken.resolve(false)),
    forEachLine(process.stderr, (line) => console.error(prefix + line)),
  ]);
  const exitCode = shown.then(async () => (await process.status).code);
  return { process, hasSpoken: spoken.promise, exitCode };
}

/** Calls back with every line of a stream, also with an unfinished last one. */
async function forEachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) onLine(line.replace(/\r$/, ""));
  }
  if (rest !== "") onLine(rest);
}

/** Asks the processes to end at the first signal that asks us to. */
function passSignalsTo(processes: Deno.ChildProcess[]): {
  readonly processes: Deno.ChildProcess[];
  readonly isAsked: boolean;
} {
  const state = { processes, isAsked: false };
  const onSignal = (): void => {
    // `deno task` passes on the Ctrl+C that the terminal sent here as well.
    if (state.isAsked) return;
    state.isAsked = true;
    if (!CAN_SIGNAL) return;
    for (const process of processes) {
      try {
        process.kill("SIGTERM");
      } catch (error) {
        // It ended by itself just now.
        if (!(error instanceof TypeError)) throw error;
      }
    }
  };
  for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, onSignal);
  return state;
}

/** Says that the server is still there, and how to come back to it. */
function explainClientEnd(address: string): void {
  console.log(`start | The server keeps running; Ctrl+C stops it. To chat:
start |   a window          ${TASK_COMMAND} client ${address}
start |   in the browser    ${TASK_COMMAND} client --browser ${address}
start |   in the terminal   ${TASK_COMMAND} client --terminal ${address}`);
}
