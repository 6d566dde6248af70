import { plainAddress } from "../net/bind.ts";
import { reachableAddresses } from "../net/reachable_addresses.ts";
import { dataFilePath } from "../store/data_dir.ts";
import { DamagedFileError } from "../store/private_file.ts";
import type { TraceEvent } from "../transport/trace_event.ts";
import { ExitCode } from "../ui/exit_code.ts";
import { PacketView } from "../ui/packet_view.ts";
import { ServerConsole } from "../ui/server_console.ts";
import {
  loadServer,
  readStartContext,
  type ServerSetup,
} from "./load_options.ts";
import { PacketNarrator } from "./packet_narrator.ts";
import { problemText, type ProgramProblem } from "./program_strings.ts";
import { resources } from "./resources.ts";
import { type RunningServer, startServer } from "./server_app.ts";
import { impairmentText } from "./simulated_network.ts";
import { onStopSignal } from "./stop_signal.ts";
import { qlogStart, TraceFile } from "./trace_file.ts";
import { VERSION } from "./version.ts";

/** What the room is called until rooms can be made. */
const ROOM_NAME = "GAS Chatroom";

/**
 * Runs `gas-server` until a signal ends it.
 *
 * @param entry The entry module's URL and folder.
 * @returns The exit code.
 */
export async function runServer(
  entry: { url: string; dirname: string | undefined },
): Promise<ExitCode> {
  const start = loadServer(readStartContext(entry.dirname));
  if (start.type === "exit") {
    if (start.code === ExitCode.ok) print(start.text);
    else printError(start.text);
    return start.code;
  }
  const { setup } = start;
  for (const warning of setup.warnings) printError(`${warning}\n`);
  const stopped = new Promise<void>((resolve) => onStopSignal(resolve));
  const console = makeConsole(setup);
  using observers = observePackets(setup);
  let server: RunningServer;
  try {
    server = await startServer({
      setup,
      loginWorker: resources(entry.url).loginWorker,
      room: ROOM_NAME,
      onTrace: observers.onTrace,
      onNotice: (notice, address) =>
        console.handleNotice(
          notice,
          address === undefined ? undefined : plainHost(address),
        ),
      onError: (error) => {
        printError(
          `${problemText(setup.language, { type: "internal" })}\n${
            describe(error)
          }\n`,
        );
      },
    });
  } catch (error) {
    const problem = problemOf(error, setup);
    if (problem === undefined) throw error;
    printError(`gas-server: ${problemText(setup.language, problem)}\n`);
    return ExitCode.failed;
  }
  if (server.wasExposed) {
    const path = dataFilePath(setup.dataDir, "identity");
    const problem: ProgramProblem = { type: "secretsExposed", path };
    printError(`${problemText(setup.language, problem)}\n`);
  }
  console.handleStarted({
    version: VERSION,
    port: server.sockets[0]!.local.port,
    addresses: setup.host === undefined ? reachableAddresses() : [setup.host],
    fingerprint: server.fingerprint,
    openRoom: setup.openRoom,
    simulation: setup.simulate === undefined
      ? undefined
      : impairmentText(setup.language, setup.simulate),
  });
  await stopped;
  console.handleStopping();
  await server.stop();
  return ExitCode.ok;
}

function makeConsole(setup: ServerSetup): ServerConsole {
  const isTerminal = Deno.stdout.isTerminal();
  return new ServerConsole({
    write: print,
    language: setup.language,
    colors: wantsColors(),
    quiet: setup.quiet,
    columns: () => isTerminal ? Deno.consoleSize().columns : undefined,
  });
}

/** What was asked for to be seen or kept of packets. */
function observePackets(
  { trace, packets, language }: ServerSetup,
): Disposable & { onTrace: ((event: TraceEvent) => void) | undefined } {
  const observers: ((event: TraceEvent) => void)[] = [];
  let file: TraceFile | undefined;
  if (trace !== undefined) {
    const opened = new TraceFile(trace, {
      start: qlogStart("server"),
      onError: (error) => {
        const problem = problemText(language, {
          type: "traceStopped",
          path: trace,
          reason: error instanceof Error ? error.message : String(error),
        });
        printError(`${problem}\n`);
      },
    });
    file = opened;
    observers.push((event) => opened.handleTrace(event));
  }
  if (packets) {
    const view = new PacketView({
      write: print,
      language,
      colors: wantsColors(),
    });
    const narrator = new PacketNarrator((notice) => view.handleNotice(notice));
    observers.push((event) => narrator.handleTrace(event));
  }
  return {
    onTrace: observers.length === 0
      ? undefined
      : (event) => observers.forEach((observe) => observe(event)),
    [Symbol.dispose]: () => file?.[Symbol.dispose](),
  };
}

function wantsColors(): boolean {
  return Deno.stdout.isTerminal() && !Deno.noColor;
}

function problemOf(
  error: unknown,
  setup: ServerSetup,
): ProgramProblem | undefined {
  if (error instanceof Deno.errors.AddrInUse) {
    return { type: "portInUse", port: setup.port };
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return { type: "hostNotHere", host: setup.host ?? "" };
  }
  if (error instanceof DamagedFileError) {
    return { type: "damagedFile", path: error.path, damage: error.damage };
  }
  return undefined;
}

function plainHost(hostname: string): string {
  return plainAddress({ hostname, port: 0 }).hostname;
}

/** A stack holds no message of anybody, only where our code failed. */
function describe(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

function print(text: string): void {
  writeAll(Deno.stdout, text);
}

function printError(text: string): void {
  writeAll(Deno.stderr, text);
}

function writeAll(
  stream: { writeSync(bytes: Uint8Array): number },
  text: string,
): void {
  let rest = new TextEncoder().encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
  } catch {
    // A closed terminal or pipe; the room goes on without being watched.
  }
}
