import { plainAddress } from "../net/bind.ts";
import { reachableAddresses } from "../net/reachable_addresses.ts";
import { dataFilePath } from "../store/data_dir.ts";
import { backupDatabase, restoreDatabase } from "../store/backup.ts";
import { DamagedFileError } from "../store/private_file.ts";
import { makeOwner, readAudit } from "../store/people_file.ts";
import { StoreError } from "../store/store_error.ts";
import type { TraceEvent } from "../transport/trace_event.ts";
import { ExitCode } from "../ui/exit_code.ts";
import { PacketView } from "../ui/packet_view.ts";
import { ServerConsole } from "../ui/server_console.ts";
import type { Language } from "../ui/strings.ts";
import {
  loadServer,
  readStartContext,
  type ServerSetup,
} from "./load_options.ts";
import { exportRoom, writeOutput } from "./export_room.ts";
import { PacketNarrator } from "./packet_narrator.ts";
import {
  auditJson,
  auditLine,
  ownerCodeText,
  ownerText,
} from "./people_texts.ts";
import { problemText, type ProgramProblem } from "./program_strings.ts";
import { resources } from "./resources.ts";
import { type RunningServer, startServer } from "./server_app.ts";
import { type ExportCommand, STANDARD_OUTPUT } from "./server_options.ts";
import { impairmentText } from "./simulated_network.ts";
import {
  backupDoneText,
  exportDoneText,
  historyExposedText,
  restoreDoneText,
  storeFailedText,
  storeProblemText,
  unwritableText,
} from "./store_strings.ts";
import { onStopSignal } from "./stop_signal.ts";
import { qlogStart, TraceFile } from "./trace_file.ts";
import { VERSION } from "./version.ts";

/** What the room is called until rooms can be made. */
const ROOM_NAME = "GAS Chatroom";

/**
 * Runs `gas-server`: until a signal ends it, or until its command is done.
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
  try {
    if (setup.command.type === "serve") return await serve(setup, entry.url);
    return runCommand(setup);
  } catch (error) {
    const problem = problemOf(error, setup);
    if (problem === undefined) throw error;
    printError(`gas-server: ${problem}\n`);
    return ExitCode.failed;
  }
}

/** The commands that need no network. */
function runCommand({ command, dataDir, language }: ServerSetup): ExitCode {
  const path = dataFilePath(dataDir, "history");
  switch (command.type) {
    case "backup":
      backupDatabase(path, command.file);
      print(backupDoneText(language, command.file));
      break;
    case "restore": {
      const kept = restoreDatabase(path, command.file, Date.now());
      print(restoreDoneText(language, command.file, kept));
      break;
    }
    case "export":
      exportToFile(command, { path, language });
      break;
    case "owner": {
      const outcome = makeOwner(path, command.name, Date.now());
      const text = ownerText(language, outcome, command.name);
      if (outcome.type !== "notClaimed") {
        print(text);
        break;
      }
      printError(text);
      return ExitCode.failed;
    }
    case "audit": {
      const line = command.json ? auditJson : auditLine;
      const encoder = new TextEncoder();
      const text = readAudit(path).map((row) => `${line(row)}\n`).join("");
      untilEnough(() => writeOutput(Deno.stdout, encoder.encode(text)));
      break;
    }
    case "serve":
      break;
  }
  return ExitCode.ok;
}

function exportToFile(
  command: ExportCommand,
  { path, language }: { readonly path: string; readonly language: Language },
): void {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const options = { path, command, language, timeZone, output: Deno.stdout };
  untilEnough(() => {
    const exported = exportRoom({ ...options, nowMs: Date.now() });
    if (command.file === STANDARD_OUTPUT) return;
    print(exportDoneText(language, command.file, exported));
  });
}

/** Writes what was asked for; whoever reads it may have enough before its end. */
function untilEnough(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

async function serve(setup: ServerSetup, entryUrl: string): Promise<ExitCode> {
  const stopped = new Promise<void>((resolve) => onStopSignal(resolve));
  const console = makeConsole(setup);
  const { language } = setup;
  const { loginWorker, storeWorker } = resources(entryUrl);
  using observers = observePackets(setup);
  await using server = await startServer({
    setup,
    loginWorker,
    storeWorker,
    room: ROOM_NAME,
    onTrace: observers.onTrace,
    onNotice: (notice, address) =>
      console.handleNotice(
        notice,
        address === undefined ? undefined : plainHost(address),
      ),
    onUnwritable: (code) => printError(`${unwritableText(language, code)}\n`),
    onError: (error) => {
      const text = problemText(language, { type: "internal" });
      printError(`${text}\n${describe(error)}\n`);
    },
  });
  warnOfExposure(setup, server);
  console.handleStarted({
    version: VERSION,
    port: server.sockets[0]!.local.port,
    addresses: setup.host === undefined ? reachableAddresses() : [setup.host],
    fingerprint: server.fingerprint,
    openRoom: setup.openRoom,
    simulation: setup.simulate === undefined
      ? undefined
      : impairmentText(language, setup.simulate),
  });
  // A file would keep it, and others might read it there.
  if (server.ownerCode !== undefined && Deno.stdout.isTerminal()) {
    print(ownerCodeText(language, server.ownerCode));
  }
  const failure = await Promise.race([stopped, server.failed]);
  console.handleStopping();
  if (failure === undefined) return ExitCode.ok;
  printError(`gas-server: ${storeFailedText(language, failure)}\n`);
  return ExitCode.failed;
}

function warnOfExposure(
  { dataDir, language }: ServerSetup,
  { wasExposed, wasHistoryExposed }: RunningServer,
): void {
  if (wasExposed) {
    const path = dataFilePath(dataDir, "identity");
    const problem: ProgramProblem = { type: "secretsExposed", path };
    printError(`${problemText(language, problem)}\n`);
  }
  if (wasHistoryExposed) {
    const path = dataFilePath(dataDir, "history");
    printError(`${historyExposedText(language, path)}\n`);
  }
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

/** What to say of an error; undefined if it is a bug of ours. */
function problemOf(error: unknown, setup: ServerSetup): string | undefined {
  const { language, port, host = "", command } = setup;
  if (error instanceof StoreError) {
    return storeProblemText(language, command.type, error);
  }
  if (error instanceof Deno.errors.AddrInUse) {
    return problemText(language, { type: "portInUse", port });
  }
  if (error instanceof Deno.errors.AddrNotAvailable || isUnknownHost(error)) {
    return problemText(language, { type: "hostNotHere", host });
  }
  if (error instanceof DamagedFileError) {
    const { path, damage } = error;
    return problemText(language, { type: "damagedFile", path, damage });
  }
  return undefined;
}

/** Deno has no class for it. */
function isUnknownHost(error: unknown): boolean {
  return error instanceof Error &&
    error.message.startsWith("failed to lookup address information");
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
