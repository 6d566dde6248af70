/**
 * The chat in a terminal: asks for what a login needs, then shows the talk above
 * the line being typed.
 *
 * @module
 */

import { assertNever } from "../base/assert.ts";
import { DEFAULT_ROOM_ID } from "../chat/room_kind.ts";
import type { ClientEvent, FaceSession, Refusal } from "./bridge.ts";
import { ClaimPrompt, claimStepText } from "./claim_prompt.ts";
import { type Completion, completionAt } from "./completion.ts";
import { ExitCode } from "./exit_code.ts";
import { LineEditor } from "./line_editor.ts";
import { type GivenLogin, LoginQuestions } from "./login_questions.ts";
import { type RoomsEvent, TerminalRooms } from "./terminal_rooms.ts";
import {
  readTypedLine,
  SLASH_COMMANDS,
  slashHelp,
  type TypedLine,
  typedProblemText,
} from "./slash_command.ts";
import {
  type Language,
  messageRefusalText,
  noticeText,
  refusalText,
} from "./strings.ts";
import {
  TerminalConsole,
  type TerminalIo,
  type TerminalRequest,
} from "./terminal_console.ts";
import { noticeLines } from "./terminal_lines.ts";
import { type TerminalStrings, terminalStrings } from "./terminal_strings.ts";
import { type TerminalStyle, terminalStyle } from "./terminal_style.ts";

/** What the chat in a terminal needs. */
export interface TerminalFaceOptions {
  /** The session behind it. */
  readonly session: FaceSession;
  /** The terminal. */
  readonly io: TerminalIo;
  /** The language to speak. */
  readonly language: Language;
  /** Whether the terminal wants colors. */
  readonly colors: boolean;
  /** What the command line gave; it is not asked for. */
  readonly login: GivenLogin;
  /** The time zone of the times; the system's by default. */
  readonly timeZone?: string;
  /** Aborted when a signal ends the program: leaves politely. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the chat in a terminal.
 *
 * @param options What it needs.
 * @returns The program's exit code, once the person has left.
 */
export function runTerminalFace(
  options: TerminalFaceOptions,
): Promise<ExitCode> {
  return new Promise((resolve) => {
    const face = new TerminalFace(options, resolve);
    face.start();
  });
}

/** Some rows of them; who sees so many types on. */
const MAX_LISTED_CANDIDATES = 30;

type State =
  /** The session has not said yet what it remembers. */
  | { readonly type: "starting" }
  /** A question stands at the bottom. */
  | { readonly type: "asking"; readonly line: LineEditor }
  | { readonly type: "loggingIn" }
  | Inside
  /** A password for the own name is asked for. */
  | {
    readonly type: "claiming";
    readonly prompt: ClaimPrompt;
    readonly inside: Inside;
  }
  | { readonly type: "leaving" }
  | { readonly type: "over" };

interface Inside {
  readonly type: "inside";
  readonly messageLimitCharacters: number;
}

class TerminalFace {
  readonly #options: TerminalFaceOptions;
  readonly #finish: (code: ExitCode) => void;
  readonly #console: TerminalConsole;
  readonly #strings: TerminalStrings;
  readonly #style: TerminalStyle;
  readonly #questions: LoginQuestions;
  /** Outlives a session: what was typed when it ended stays. */
  readonly #chatLine = new LineEditor({
    prompt: "> ",
    multiLine: true,
    complete: (text, caret) =>
      completionAt(text, caret, {
        commands: SLASH_COMMANDS,
        people: this.#rooms.view.people,
        rooms: this.#rooms.names,
      }),
  });
  #rooms: TerminalRooms;
  #state: State = { type: "starting" };
  #isInterrupted = false;

  constructor(
    options: TerminalFaceOptions,
    finish: (code: ExitCode) => void,
  ) {
    this.#options = options;
    this.#finish = finish;
    this.#console = new TerminalConsole(options.io);
    this.#strings = terminalStrings(options.language);
    this.#style = terminalStyle(options.colors);
    this.#questions = new LoginQuestions(options.login, this.#strings);
    this.#rooms = this.#newRooms();
  }

  start(): void {
    const { session, signal } = this.#options;
    this.#console.open((request) => this.#handleRequest(request));
    signal?.addEventListener("abort", () => {
      this.#isInterrupted = true;
      this.#leave();
    });
    session.subscribe((event) => this.#handleEvent(event));
    session.handleCommand({ type: "faceReady" });
  }

  #handleRequest(request: TerminalRequest): void {
    switch (request.type) {
      case "interrupt":
        // Asked twice: at once.
        if (this.#state.type === "leaving") {
          return this.#end(ExitCode.interrupted);
        }
        if (this.#state.type === "claiming") {
          return this.#answerClaim("", this.#state);
        }
        return this.#leave();
      case "endOfInput":
        return this.#leave();
      case "candidates":
        return this.#notice(candidatesLine(request.completion));
      case "submit":
        if (this.#state.type === "asking") return this.#answer(request.text);
        if (this.#state.type === "claiming") {
          return this.#answerClaim(request.text, this.#state);
        }
        if (this.#state.type === "inside") {
          return this.#say(request.text, this.#state);
        }
    }
  }

  #handleEvent(event: ClientEvent): void {
    if (this.#state.type === "over") return;
    switch (event.type) {
      case "loginForm":
        if (this.#state.type !== "starting") return;
        this.#questions.remember(event);
        return this.#ask();
      case "loginProgress": {
        const { connecting, authenticating } = this.#strings;
        const { host, port } = this.#questions.values;
        return this.#notice(
          event.stage === "connecting"
            ? connecting(host, port)
            : authenticating,
        );
      }
      case "loginRefused":
        if (this.#state.type !== "loggingIn") return;
        return this.#refuse(event.refusal);
      case "ended":
        return this.#handleEnd(event);
      case "welcome":
        this.#printRoomEvent(event);
        if (this.#state.type === "leaving") return;
        if (event.roomId !== DEFAULT_ROOM_ID) return;
        return this.#enter({
          type: "inside",
          messageLimitCharacters: event.messageLimitCharacters,
        });
      case "message":
        this.#printRoomEvent(event);
        if (!event.earlier && this.#rooms.view.isCalling(event)) {
          this.#console.ring();
        }
        return;
      case "receipt":
        // Who has read what is told to who asks: `/seen`.
        return;
      case "read":
        return this.#rooms.noteRead(event);
      case "delivery":
      case "change":
      case "changeRefused":
      case "answer":
      case "unanswered":
      case "joined":
      case "left":
      case "memberChanged":
      case "connection":
      case "gap":
      case "catchUp":
      case "unkept":
      case "roomOpened":
      case "roomClosed":
      case "roomChanged":
        return this.#printRoomEvent(event);
    }
    assertNever(event);
  }

  /** Also after a reconnect, which leaves a question where it is. */
  #enter(inside: Inside): void {
    if (this.#state.type === "claiming") {
      this.#state = { ...this.#state, inside };
      return;
    }
    this.#state = inside;
    this.#console.show(this.#chatLine);
  }

  /** Asks the next question, or logs in if there is none. */
  #ask(): void {
    const line = this.#questions.nextLine();
    if (line !== undefined) {
      this.#state = { type: "asking", line };
      return this.#console.show(line);
    }
    this.#state = { type: "loggingIn" };
    const { values } = this.#questions;
    this.#options.session.handleCommand({ type: "login", ...values });
  }

  #answer(text: string): void {
    const answer = this.#questions.handleAnswer(text);
    if (answer.type === "refused") return this.#sayRefusal(answer.refusal);
    this.#console.keep();
    if (answer.type === "keyTrusted") {
      const { host, port } = this.#questions.values;
      this.#options.session.handleCommand({
        type: "forgetServerKey",
        host,
        port,
      });
    }
    if (answer.type === "keyDeclined") this.#warn(this.#strings.notTrusted);
    this.#ask();
  }

  #claim(inside: Inside): void {
    const prompt = new ClaimPrompt(this.#options.language);
    this.#state = { type: "claiming", prompt, inside };
    this.#console.show(prompt.line);
  }

  /** The question goes with its answer: not even its length stays. */
  #answerClaim(
    text: string,
    { prompt, inside }: Extract<State, { readonly type: "claiming" }>,
  ): void {
    const step = prompt.handleAnswer(text);
    if (step.type === "again") return this.#console.show(prompt.line);
    this.#state = inside;
    this.#console.show(this.#chatLine);
    if (step.type === "given") return this.#rooms.claim(step.password);
    this.#notice(claimStepText(this.#options.language, step.type));
  }

  #say(text: string, inside: Inside): void {
    const { session, language } = this.#options;
    const limitCharacters = inside.messageLimitCharacters;
    if (text.trim() === "") return;
    const typed = readTypedLine(text, this.#rooms.view.talk);
    const characters = [...writtenText(typed)].length;
    if (characters > limitCharacters) {
      const refusal = { code: "tooLong", limitCharacters, characters } as const;
      return this.#warn(messageRefusalText(language, refusal));
    }
    switch (typed.type) {
      case "message":
        this.#chatLine.commit();
        if (text.trim() === "QUIT") return this.#leave();
        return session.handleCommand({
          type: "send",
          roomId: this.#rooms.roomId,
          text: typed.text,
        });
      case "act":
        this.#chatLine.commit();
        session.handleCommand({
          type: "act",
          roomId: this.#rooms.roomId,
          act: typed.act,
        });
        if (this.#rooms.view.isWaiting && typed.act.type !== "message") {
          this.#notice(this.#strings.changeWaits);
        }
        return;
      case "lookUp":
        this.#chatLine.commit();
        return session.handleCommand(this.#rooms.lookups.ask(typed.command));
      case "room":
        this.#chatLine.commit();
        return this.#printRooms(
          this.#rooms.run(typed.command, this.#console.columns),
        );
      case "people":
        this.#chatLine.commit();
        return this.#rooms.askPeople(typed.request);
      case "claim":
        this.#chatLine.commit();
        return this.#claim(inside);
      case "quit":
        this.#chatLine.commit();
        return this.#leave();
      case "help":
        this.#chatLine.commit();
        return slashHelp(language).forEach((line) => this.#notice(line));
      case "usage":
      case "noSuchNumber":
      case "nothingOwn":
      case "noDay":
      case "unknown":
        // The line stays, to be put right.
        return this.#warn(typedProblemText(language, typed));
    }
  }

  #refuse(refusal: Refusal): void {
    this.#sayRefusal(refusal);
    this.#questions.handleRefusal(refusal);
    this.#ask();
  }

  #sayRefusal(refusal: Refusal): void {
    const { what, next } = refusalText(this.#options.language, refusal);
    this.#print(what, this.#style.error);
    this.#sayKeys(refusal);
    this.#print(next, this.#style.strong);
  }

  #sayKeys(refusal: Refusal): void {
    if (refusal.code !== "serverKeyChanged") return;
    this.#warn(this.#strings.pinnedKey(refusal.pinned));
    this.#warn(this.#strings.presentedKey(refusal.presented));
  }

  #handleEnd(event: Extract<ClientEvent, { readonly type: "ended" }>): void {
    const { reason } = event;
    if (this.#state.type === "leaving" || reason.code === "quit") {
      return this.#end(
        this.#isInterrupted ? ExitCode.interrupted : ExitCode.ok,
      );
    }
    this.#warn(noticeText(this.#options.language, event));
    if (reason.code === "refused") {
      this.#sayKeys(reason.refusal);
      this.#questions.handleRefusal(reason.refusal);
    } else this.#questions.askRetry();
    const unsent = this.#rooms.unsentCount;
    if (unsent > 0) this.#warn(this.#strings.unsent(unsent));
    this.#rooms = this.#newRooms();
    this.#ask();
  }

  #leave(): void {
    if (this.#state.type === "over" || this.#state.type === "leaving") return;
    this.#state = { type: "leaving" };
    this.#console.show(undefined);
    this.#notice(this.#strings.leaving);
    this.#options.session.handleCommand({ type: "quit" });
  }

  #end(code: ExitCode): void {
    this.#state = { type: "over" };
    this.#console.close();
    this.#finish(code);
  }

  #printRoomEvent(event: RoomsEvent): void {
    this.#printRooms(this.#rooms.handleEvent(event, this.#console.columns));
  }

  #printRooms(lines: readonly string[]): void {
    this.#chatLine.prompt = this.#rooms.prompt;
    if (lines.length > 0) this.#console.print(lines);
  }

  #notice(text: string): void {
    this.#print(text, this.#style.quiet);
  }

  #warn(text: string): void {
    this.#print(text, this.#style.warning);
  }

  #print(text: string, show: (text: string) => string): void {
    const { columns } = this.#console;
    this.#console.print(noticeLines({ time: "", text, show }, columns));
  }

  #newRooms(): TerminalRooms {
    const { language, timeZone, session, io } = this.#options;
    return new TerminalRooms({
      language,
      style: this.#style,
      timeZone,
      session,
      isWriting: () => this.#chatLine.text !== "",
      saveFile: (path, text) => io.saveFile(path, text),
    });
  }
}

/** What the line can go on with, side by side. */
function candidatesLine({ candidates, more }: Completion): string {
  const listed = candidates.slice(0, MAX_LISTED_CANDIDATES);
  const others = more + candidates.length - listed.length;
  return [
    ...listed.map(({ label }) => label),
    ...(others > 0 ? [`+${others}`] : []),
  ].join("  ");
}

/** What of a line others are to read, as far as the room limits it. */
function writtenText(typed: TypedLine): string {
  if (typed.type === "message") return typed.text;
  if (typed.type !== "act") return "";
  const { act } = typed;
  return act.type === "message" || act.type === "edit" ? act.text : "";
}
