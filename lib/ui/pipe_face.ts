/**
 * The chat for scripts: lines of standard input are sent, messages of the others
 * are lines of standard output, and everything else goes to standard error.
 *
 * @module
 */

import type { DeliveryState } from "../chat/chat_client_event.ts";
import type {
  ClientEvent,
  ConnectionState,
  FaceSession,
  Refusal,
} from "./bridge.ts";
import { changeText } from "./change_text.ts";
import { ExitCode, refusalExitCode } from "./exit_code.ts";
import { type InputLine, LineSplitter } from "./line_splitter.ts";
import { questionRefusalText } from "./lookup_strings.ts";
import type { LoginValues } from "./login_questions.ts";
import {
  type KnownPeople,
  knownPeople,
  type MemberChange,
  memberNews,
  peopleAfter,
} from "./member_news.ts";
import { type OutputEnd, OutputQueue } from "./output_queue.ts";
import { messageLine, printableText } from "./printable_text.ts";
import { markRead } from "./read_mark.ts";
import {
  RoomEntry,
  type ScriptEvent,
  wantedLabel,
  type WantedRoom,
} from "./room_entry.ts";
import { roomStrings } from "./room_strings.ts";
import { isNews } from "./room_view.ts";
import {
  type Language,
  messageRefusalText,
  noticeText,
  refusalText,
} from "./strings.ts";
import { type TerminalStrings, terminalStrings } from "./terminal_strings.ts";

/** The standard streams, as far as a script's chat uses them. */
export interface PipeIo {
  /** Reads some input; undefined is the end of it. */
  read(): Promise<Uint8Array | undefined>;
  /** Writes to standard output; fails once nobody reads it, or its disk is full. */
  write(text: string): Promise<void>;
  /** Writes to standard error. */
  writeError(text: string): void;
}

/** What the chat for scripts needs. */
export interface PipeFaceOptions {
  /** The session behind it. */
  readonly session: FaceSession;
  /** The standard streams. */
  readonly io: PipeIo;
  /** The language of what goes to standard error. */
  readonly language: Language;
  /** Where and as whom to log in. */
  readonly login: LoginValues;
  /** In which room to read and write; undefined for the default one. */
  readonly room?: WantedRoom | undefined;
  /** Aborted when a signal ends the program: leaves politely. */
  readonly signal?: AbortSignal;
}

/**
 * Own messages that may be on their way. Enough to keep the connection busy; a
 * large file waits in its pipe meanwhile, not in our memory.
 */
export const MAX_UNANSWERED_LINES = 64;

/**
 * Runs the chat for scripts.
 *
 * @param options What it needs.
 * @returns The program's exit code, once everything is sent and written.
 */
export function runPipeFace(options: PipeFaceOptions): Promise<ExitCode> {
  return new PipeFace(options).run();
}

class PipeFace {
  readonly #options: PipeFaceOptions;
  readonly #strings: TerminalStrings;
  readonly #output: OutputQueue;
  readonly #done: PromiseWithResolvers<ExitCode> = Promise.withResolvers();
  readonly #entry: RoomEntry;
  #state: "connecting" | "inside" | "leaving" | "over" = "connecting";
  #connection: ConnectionState = { state: "online" };
  #isInterrupted = false;
  /** Messages were dropped though somebody is to read standard output. */
  #isOutputLost = false;
  #isInputOver = false;
  #lineNumber = 0;
  /** Lines that the session has not given an ID yet. */
  readonly #unnamed: number[] = [];
  /**
   * Lines that the server has not answered, by message ID; undefined for one
   * that an earlier run was given.
   */
  readonly #unanswered = new Map<string, number | undefined>();
  #lostLines = 0;
  /** How to end because of the room; undefined while it is there. */
  #roomFailure: ExitCode | undefined;
  /** Who is here. */
  #people: KnownPeople = new Map();
  /** Lets reading go on. */
  #resume: () => void = () => {};

  constructor(options: PipeFaceOptions) {
    this.#options = options;
    this.#strings = terminalStrings(options.language);
    this.#entry = new RoomEntry({
      session: options.session,
      wanted: options.room,
      isSameGuest: true,
      onEvent: (event) => this.#handleEvent(event),
    });
    this.#output = new OutputQueue(options.io, (why) => this.#endOutput(why));
  }

  async run(): Promise<ExitCode> {
    const { session, signal } = this.#options;
    signal?.addEventListener("abort", () => {
      this.#isInterrupted = true;
      this.#leave();
    });
    session.subscribe((event) => this.#entry.handleEvent(event));
    session.handleCommand({ type: "faceReady" });
    const code = await this.#done.promise;
    await this.#output.flush();
    return code;
  }

  #handleEvent(event: ScriptEvent): void {
    if (this.#state === "over") return;
    switch (event.type) {
      case "loginForm":
        if (this.#state !== "connecting") return;
        return this.#options.session.handleCommand({
          type: "login",
          ...this.#options.login,
        });
      case "loginProgress":
      case "receipt":
      case "read":
        return;
      case "loginRefused":
        return this.#refuse(event.refusal);
      case "roomRefused":
        return this.#loseRoom(ExitCode.refused, (language) => {
          const why = questionRefusalText(language, event.refusal);
          return `${this.#label}: ${why}`;
        });
      case "roomClosed":
        return this.#loseRoom(
          ExitCode.failed,
          (language) => roomStrings(language).closed(this.#label, event.reason),
        );
      case "welcome":
        return this.#enter(event);
      case "message":
        return this.#handleMessage(event);
      case "delivery":
        return this.#settle(event.id, event.delivery);
      case "change":
        return this.#handleChange(event);
      case "changeRefused":
        // A script changes nothing: what it writes is messages.
        return;
      case "memberChanged":
        return this.#handleMemberChange(event);
      case "joined":
      case "left":
        this.#people = peopleAfter(this.#people, event);
        return this.#say(noticeText(this.#options.language, event));
      case "gap":
      case "unkept":
        return this.#say(noticeText(this.#options.language, event));
      case "connection":
        return this.#handleConnection(event.connection);
      case "ended":
        return this.#handleEnd(event);
    }
  }

  #handleMemberChange(change: MemberChange): void {
    const before = this.#people.get(change.name);
    this.#people = peopleAfter(this.#people, change);
    for (const text of memberNews(this.#options.language, change, before)) {
      this.#say(text);
    }
  }

  #enter(event: Extract<ClientEvent, { readonly type: "welcome" }>): void {
    this.#people = knownPeople(event);
    if (this.#state !== "connecting") return;
    this.#state = "inside";
    const { self, room, host, port } = event;
    this.#say(this.#strings.welcome(self, room, host, port));
    if (event.openRoom) this.#say(this.#strings.openRoom);
    void this.#sendInput(new LineSplitter(event.messageLimitCharacters), event);
  }

  async #sendInput(
    splitter: LineSplitter,
    { messageLimitCharacters }: { readonly messageLimitCharacters: number },
  ): Promise<void> {
    for (;;) {
      // Input that fails is input that ended.
      const bytes = await this.#options.io.read().catch(() => undefined);
      const lines = bytes === undefined
        ? splitter.handleEnd()
        : splitter.handleInput(bytes);
      for (const line of lines) {
        while (this.#isFull) await this.#someAnswer();
        if (this.#isInputOver) return;
        this.#sendLine(line, messageLimitCharacters);
      }
      if (bytes === undefined) return this.#endInput();
    }
  }

  #sendLine(line: InputLine, limitCharacters: number): void {
    this.#lineNumber++;
    if (line.type === "tooLong") {
      const { characters } = line;
      return this.#loseLine(
        this.#lineNumber,
        {
          state: "refused",
          reason: { code: "tooLong", characters, limitCharacters },
        },
      );
    }
    if (line.text.trim() === "") return;
    this.#unnamed.push(this.#lineNumber);
    this.#options.session.handleCommand({
      type: "send",
      roomId: this.#entry.roomId,
      text: line.text,
    });
  }

  get #unansweredCount(): number {
    return this.#unnamed.length + this.#unanswered.size;
  }

  get #isFull(): boolean {
    return this.#unansweredCount >= MAX_UNANSWERED_LINES && !this.#isInputOver;
  }

  #someAnswer(): Promise<void> {
    return new Promise((resolve) => this.#resume = resolve);
  }

  #handleMessage(
    event: Extract<ClientEvent, { readonly type: "message" }>,
  ): void {
    const { own, earlier, author, style, text, id, delivery } = event;
    // Like `tail -n 0`: what was said before is not news to a script.
    if (earlier) return;
    if (!own) {
      // Removed before this script got it: there is nothing to read.
      if (text === "") return;
      return this.#output.write(messageLine({ author, text, style }), () => {
        if (this.#state === "inside") markRead(this.#options.session, event);
      });
    }
    this.#unanswered.set(id, this.#unnamed.shift());
    this.#settle(id, delivery);
  }

  #handleChange(
    event: Extract<ClientEvent, { readonly type: "change" }>,
  ): void {
    const { act } = event;
    if (event.earlier || act.type === "acknowledge") return;
    const number = act.type === "topic" ? undefined : act.target;
    const message = { number, text: "" };
    this.#say(changeText(this.#options.language, event, message));
  }

  #settle(id: string, delivery: DeliveryState): void {
    if (!this.#unanswered.has(id) || delivery.state === "queued") return;
    const line = this.#unanswered.get(id);
    this.#unanswered.delete(id);
    if (delivery.state === "refused") this.#loseLine(line, delivery);
    this.#resume();
    this.#leaveIfDone();
  }

  #loseLine(
    line: number | undefined,
    { reason }: Extract<DeliveryState, { readonly state: "refused" }>,
  ): void {
    this.#lostLines++;
    const why = messageRefusalText(this.#options.language, reason);
    this.#say(
      line === undefined
        ? this.#strings.earlierLineNotSent(why)
        : this.#strings.lineNotSent(line, why),
    );
  }

  #handleConnection(connection: ConnectionState): void {
    const before = this.#connection;
    if (!isNews(connection, before)) return;
    this.#connection = connection;
    const { answersAgain, connectedAgain } = this.#strings;
    if (connection.state !== "online") {
      const event = { type: "connection", connection } as const;
      this.#say(noticeText(this.#options.language, event));
    } else {
      this.#say(
        before.state === "reconnecting" ? connectedAgain : answersAgain,
      );
    }
  }

  #endOutput(why: OutputEnd): void {
    this.#isOutputLost = why.type !== "unread";
    if (why.type === "stuck") this.#say(this.#strings.outputStuck);
    if (why.type === "failed") {
      this.#say(this.#strings.outputFailed(why.reason));
    }
    this.#endInput();
  }

  #endInput(): void {
    this.#isInputOver = true;
    this.#resume();
    this.#leaveIfDone();
  }

  #leaveIfDone(): void {
    if (this.#isInputOver && this.#unansweredCount === 0) this.#leave();
  }

  #leave(): void {
    if (this.#state === "leaving" || this.#state === "over") return;
    this.#state = "leaving";
    this.#endInput();
    this.#options.session.handleCommand({ type: "quit" });
  }

  #refuse(refusal: Refusal): void {
    const { what, next } = refusalText(this.#options.language, refusal);
    this.#say(`${what} ${next}`);
    this.#end(refusalExitCode(refusal));
  }

  get #label(): string {
    const { room } = this.#options;
    return room === undefined ? "" : wantedLabel(room);
  }

  /** The room cannot be entered, or is not there any more. */
  #loseRoom(code: ExitCode, why: (language: Language) => string): void {
    if (this.#state === "leaving") return;
    this.#roomFailure = code;
    this.#say(why(this.#options.language));
    this.#leave();
  }

  #handleEnd(event: Extract<ClientEvent, { readonly type: "ended" }>): void {
    const { reason } = event;
    this.#lostLines += this.#unansweredCount;
    if (this.#state !== "leaving") {
      this.#say(noticeText(this.#options.language, event));
    }
    if (this.#lostLines > 0) {
      this.#say(this.#strings.linesNotSent(this.#lostLines));
    }
    if (reason.code === "refused") {
      return this.#end(refusalExitCode(reason.refusal));
    }
    // A server that stops has not heard what the script would have said next.
    const isComplete = this.#lostLines === 0 && !this.#isOutputLost &&
      this.#state === "leaving";
    this.#end(
      this.#roomFailure ?? (isComplete ? ExitCode.ok : ExitCode.failed),
    );
  }

  #end(code: ExitCode): void {
    this.#state = "over";
    this.#isInputOver = true;
    this.#resume();
    this.#done.resolve(this.#isInterrupted ? ExitCode.interrupted : code);
  }

  #say(text: string): void {
    this.#options.io.writeError(printableText(text) + "\n");
  }
}
