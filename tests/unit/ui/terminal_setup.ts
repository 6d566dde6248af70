import { assertEquals } from "@std/assert";
import type { GivenLogin } from "../../../lib/ui/login_questions.ts";
import { runTerminalFace } from "../../../lib/ui/terminal_face.ts";
import { EMPTY_FORM, FakeSession, WELCOME } from "./fake_session.ts";
import { FakeTerminal } from "./fake_terminal.ts";

/** What the command line gave. */
export const LOGIN = {
  host: "10.0.0.1",
  port: 8080,
  name: "Ani",
  password: "secret",
};

/** A face in a terminal. */
export interface TerminalSetup {
  readonly session: FakeSession;
  readonly terminal: FakeTerminal;
  readonly exit: Promise<number>;
  readonly abort: () => void;
}

/** Starts a face. */
export function run(
  login: GivenLogin = LOGIN,
  { language = "en" as "en" | "id", colors = false } = {},
): TerminalSetup {
  const session = new FakeSession();
  const terminal = new FakeTerminal(80);
  const controller = new AbortController();
  const exit = runTerminalFace({
    session,
    io: terminal,
    language,
    colors,
    login,
    timeZone: "UTC",
    signal: controller.signal,
  });
  assertEquals(session.take(), [{ type: "faceReady" }]);
  return { session, terminal, exit, abort: () => controller.abort() };
}

/** A face with its person inside the room, and an empty screen. */
export function inside(): TerminalSetup {
  const setup = run();
  setup.session.emit(EMPTY_FORM, WELCOME);
  setup.session.take();
  setup.terminal.type("\x0c");
  return setup;
}
