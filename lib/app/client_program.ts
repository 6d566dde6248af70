import { openBrowser } from "../ui/open_browser.ts";
import { serveBrowserFace } from "../ui/browser_face.ts";
import { openPipe, openTerminal } from "../ui/deno_terminal.ts";
import { ExitCode } from "../ui/exit_code.ts";
import { NativeWindow } from "../ui/native_window.ts";
import { runPipeFace } from "../ui/pipe_face.ts";
import { DEFAULT_SERVER_PORT } from "../ui/server_address.ts";
import type { LoginValues } from "../ui/login_questions.ts";
import { runTerminalFace } from "../ui/terminal_face.ts";
import {
  installWebviewLibrary,
  locateWebviewLibrary,
  webviewBinary,
} from "../ui/webview_library.ts";
import { WindowUnavailableError } from "../ui/window_unavailable.ts";
import { releaseOwnConsole } from "../ui/windows_console.ts";
import type { ClientTask, Face } from "./client_options.ts";
import { runSend, runTail, type ScriptOptions } from "./client_script.ts";
import { ClientSession, type ClientSessionOptions } from "./client_session.ts";
import type { ClientWorkerStart } from "./client_worker.ts";
import {
  type ClientSetup,
  loadClient,
  readStartContext,
} from "./load_options.ts";
import { linkText, problemText } from "./program_strings.ts";
import { createScriptSession } from "./room_client.ts";
import { resources } from "./resources.ts";
import { simulationWarning } from "./simulated_network.ts";
import { onStopSignal } from "./stop_signal.ts";

/** Where the program's own modules and files are. */
export interface Entry {
  /** The entry module's `import.meta.url`. */
  readonly url: string;
  /** Its folder; undefined if it is no file. */
  readonly dirname: string | undefined;
}

/** The title in the window's frame. */
const TITLE = "GAS Chatroom";
/** How long the Worker may take to leave the room after the window was closed. */
const FINISH_TIMEOUT_MS = 3_000;

/**
 * Runs `gas-client` until its person leaves.
 *
 * @param entry The entry module's URL and folder.
 * @returns The exit code.
 */
export async function runClient(entry: Entry): Promise<ExitCode> {
  const terminals = {
    stdin: Deno.stdin.isTerminal(),
    stdout: Deno.stdout.isTerminal(),
  };
  const start = loadClient(readStartContext(entry.dirname), terminals);
  if (start.type === "exit") {
    if (start.code === ExitCode.ok) console.log(start.text.trimEnd());
    else console.error(start.text.trimEnd());
    return start.code;
  }
  const { setup } = start;
  for (const warning of setup.warnings) console.error(warning);
  const session: ClientSessionOptions = {
    dataDir: setup.dataDir,
    host: setup.host,
    port: setup.port,
    clientPort: setup.clientPort,
    name: setup.name,
    loginWorker: resources(entry.url).loginWorker.href,
    trace: setup.trace,
    simulate: setup.simulate,
    memory: isPipe(setup.task) ? "messages" : "room",
  };
  return setup.task.type === "chat"
    ? await runChat(entry, setup, session, setup.task.face)
    : await runScript(setup, session, setup.task);
}

async function runChat(
  entry: Entry,
  setup: ClientSetup,
  options: ClientSessionOptions,
  face: Face,
): Promise<ExitCode> {
  if (face === "window") return await runWindow(entry, setup, options);
  const session = await ClientSession.create(options);
  switch (face) {
    case "browser":
      return await runBrowser(entry, setup, session);
    case "terminal":
      return await runTerminal(setup, session);
    case "pipe":
      return await runPipe(setup, session);
  }
}

async function runScript(
  setup: ClientSetup,
  options: ClientSessionOptions,
  task: Exclude<ClientTask, { type: "chat" }>,
): Promise<ExitCode> {
  const stop = new AbortController();
  onStopSignal(() => stop.abort());
  const session = await createScriptSession(options);
  const history = task.type === "tail" ? task.history : 0;
  const script: ScriptOptions = {
    session,
    login: { ...requiredLogin(setup), history, room: setup.room },
    io: openPipe(),
    language: setup.language,
    signal: stop.signal,
  };
  return task.type === "send"
    ? await runSend(script, task.text)
    : await runTail({ ...script, json: task.json });
}

/** The window's loop blocks this thread, so the session runs in a Worker. */
async function runWindow(
  entry: Entry,
  setup: ClientSetup,
  session: ClientSessionOptions,
): Promise<ExitCode> {
  const { page, clientWorker } = resources(entry.url);
  let window: NativeWindow;
  try {
    const binary = webviewBinary();
    const libraryPath = await installWebviewLibrary({
      binary,
      source: locateWebviewLibrary(binary, entry.url),
      folder: setup.dataDir,
    });
    window = new NativeWindow({
      libraryPath,
      title: setup.simulate === undefined
        ? TITLE
        : `${TITLE}: ${simulationWarning(setup.language, setup.simulate)}`,
      html: await Deno.readTextFile(page),
    });
  } catch (error) {
    if (!(error instanceof WindowUnavailableError)) throw error;
    console.error(
      problemText(setup.language, { type: "window", reason: error.reason }),
    );
    return ExitCode.failed;
  }
  releaseOwnConsole();
  const worker = new Worker(clientWorker, { type: "module" });
  const finished = new Promise((resolve) => {
    worker.onmessage = resolve;
    worker.onerror = resolve;
  });
  const start: ClientWorkerStart = { session, port: window.port };
  worker.postMessage(start, [window.port]);
  await window.run();
  await Promise.race([
    finished,
    new Promise((resolve) => setTimeout(resolve, FINISH_TIMEOUT_MS)),
  ]);
  worker.terminate();
  return ExitCode.ok;
}

async function runBrowser(
  entry: Entry,
  setup: ClientSetup,
  session: ClientSession,
): Promise<ExitCode> {
  const stop = new AbortController();
  let isOpened = false;
  const face = serveBrowserFace({
    session,
    html: await Deno.readTextFile(resources(entry.url).page),
    onLink: (url) => {
      console.log(linkText(setup.language, url));
      // Later links are for who asks for one: they only stand there.
      if (!isOpened) void openBrowser(url);
      isOpened = true;
    },
    signal: stop.signal,
  });
  onStopSignal(() => session.handleCommand({ type: "quit" }));
  await session.finished;
  stop.abort();
  await face.finished;
  return ExitCode.ok;
}

async function runTerminal(
  setup: ClientSetup,
  session: ClientSession,
): Promise<ExitCode> {
  const stop = new AbortController();
  onStopSignal(() => stop.abort());
  const { host, port, name, password } = setup;
  return await runTerminalFace({
    session,
    io: openTerminal(),
    language: setup.language,
    colors: !Deno.noColor,
    login: { host, port, name, password },
    signal: stop.signal,
  });
}

async function runPipe(
  setup: ClientSetup,
  session: ClientSession,
): Promise<ExitCode> {
  const stop = new AbortController();
  onStopSignal(() => stop.abort());
  return await runPipeFace({
    session,
    io: openPipe(),
    language: setup.language,
    login: requiredLogin(setup),
    room: setup.room,
    signal: stop.signal,
  });
}

function isPipe(task: ClientTask): boolean {
  return task.type === "chat" && task.face === "pipe";
}

/** parseClientOptions has made sure of host and name, loadClient of the password. */
function requiredLogin(
  { host = "", port = DEFAULT_SERVER_PORT, name = "", password = "" }:
    ClientSetup,
): LoginValues {
  return { host, port, name, password };
}
