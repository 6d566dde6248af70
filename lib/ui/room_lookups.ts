/**
 * What a person in a terminal looks up, and the answers as lines.
 *
 * @module
 */

import type { DeliveryState } from "../chat/chat_client_event.ts";
import type { PastMessage } from "../chat/request.ts";
import { type AnswerFormat, answerParts } from "./answer_parts.ts";
import type { ClientCommand, ClientEvent } from "./bridge.ts";
import { quotedStart } from "./change_text.ts";
import type { LookupCommand } from "./lookup_command.ts";
import { lookupQuery } from "./lookup_query.ts";
import { lookupStrings, questionRefusalText } from "./lookup_strings.ts";
import type { RoomViewOptions } from "./room_view.ts";
import { rollCsv } from "./roll_csv.ts";
import type { TerminalIo } from "./terminal_console.ts";
import {
  clockText,
  dayText,
  messageLines,
  noticeLines,
} from "./terminal_lines.ts";
import { type TerminalStrings, terminalStrings } from "./terminal_strings.ts";

/** The events that answer a question. */
export type LookupEvent = Extract<
  ClientEvent,
  { readonly type: "answer" | "unanswered" }
>;

/** In front of every line of an answer: no message that comes in has it. */
const BAR = "│ ";

/** How answers are shown, and what is asked. */
export interface RoomLookupsOptions extends RoomViewOptions {
  /** About which room. */
  readonly roomId: number;
  /** Gives the next question's number. */
  readonly nextQuestionId: () => number;
  /** Names a room; undefined for one that is not known here. */
  readonly roomLabel: AnswerFormat["roomLabel"];
}

/** Asks the server for one person, and lays the answers out. */
export class RoomLookups {
  readonly #options: RoomLookupsOptions;
  readonly #strings: TerminalStrings;
  /** The oldest message on the screen; 0 if there is none. */
  #oldestShown = 0;
  /** Files for rolls, by the questions that were asked for them. */
  readonly #files = new Map<number, string>();

  /**
   * Starts without a question.
   *
   * @param options How answers are shown.
   */
  constructor(options: RoomLookupsOptions) {
    this.#options = options;
    this.#strings = terminalStrings(options.language);
  }

  /**
   * Takes note that a message was shown.
   *
   * @param delivery Where it stands.
   */
  noteShown(delivery: DeliveryState): void {
    if (delivery.state === "stored") this.#noteSequence(delivery.sequence);
  }

  /**
   * Shows the newest of many messages that are still to come.
   *
   * @param messages The messages.
   * @param columns The terminal's width.
   * @returns The lines to print.
   */
  preview(messages: readonly PastMessage[], columns: number): string[] {
    this.startOver();
    const [oldest] = messages;
    if (oldest !== undefined) this.#noteSequence(oldest.sequence);
    return this.#block(messages, columns);
  }

  /** What was shown so far is not above what comes next. */
  startOver(): void {
    this.#oldestShown = 0;
  }

  /**
   * Makes a question of a command.
   *
   * @param command What was typed.
   * @returns The command for the session.
   */
  ask(command: LookupCommand): ClientCommand {
    const { timeZone, roomId, nextQuestionId } = this.#options;
    const questionId = nextQuestionId();
    if (command.type === "roll" && command.file !== "") {
      this.#files.set(questionId, command.file);
    }
    return {
      type: "ask",
      roomId,
      questionId,
      query: lookupQuery(command, { oldestShown: this.#oldestShown, timeZone }),
    };
  }

  /**
   * Lays an answer out.
   *
   * @param event The answer.
   * @param columns The terminal's width.
   * @returns The lines to print.
   */
  handleEvent(event: LookupEvent, columns: number): string[] {
    const { language, style, timeZone, roomLabel } = this.#options;
    if (event.type === "unanswered") {
      const text = questionRefusalText(language, event.refusal);
      return noticeLines({ time: "", text, show: style.warning }, columns);
    }
    const { answer } = event;
    const oldest = answer.type === "history" ? answer.messages[0] : undefined;
    if (oldest !== undefined) this.#noteSequence(oldest.sequence);
    const moment = (timeMs: number) =>
      `${dayText(language, timeMs, timeZone)}, ${clockText(timeMs, timeZone)}`;
    const { heading, lines, messages, closing } = answerParts(answer, {
      language,
      moment,
      roomLabel,
    });
    return [
      ...(heading === "" ? [] : this.#notice(heading, columns)),
      ...lines.flatMap((line) => this.#barred(line, columns)),
      ...this.#block(messages, columns),
      ...(closing === "" ? [] : this.#notice(closing, columns)),
    ];
  }

  /**
   * Takes the file that an answer is to be kept in.
   *
   * @param event The answer.
   * @param save Writes a new file.
   * @param columns The terminal's width.
   * @returns The lines to print of that; none if nothing is to be kept.
   */
  saveRoll(
    event: LookupEvent,
    save: TerminalIo["saveFile"],
    columns: number,
  ): string[] {
    const { language, style } = this.#options;
    const file = this.#files.get(event.questionId);
    this.#files.delete(event.questionId);
    if (event.type !== "answer" || event.answer.type !== "roll") return [];
    if (file === undefined) return [];
    const strings = lookupStrings(language);
    const saving = save(file, rollCsv(event.answer, strings.rollColumns));
    if (saving.type === "saved") {
      return this.#notice(strings.saved(file), columns);
    }
    const text = saving.type === "exists"
      ? strings.fileExists(file)
      : strings.notSaved(file, saving.reason);
    return noticeLines({ time: "", text, show: style.warning }, columns);
  }

  /** Messages under their days, each line behind a bar. */
  #block(messages: readonly PastMessage[], columns: number): string[] {
    const { language, style, timeZone } = this.#options;
    const { removedText } = this.#strings;
    const { edited } = lookupStrings(language);
    const lines: string[] = [];
    let day = "";
    for (const message of messages) {
      const { author, text, timeMs, isEdited } = message;
      const newDay = dayText(language, timeMs, timeZone);
      if (newDay !== day) lines.push(...this.#barred(newDay, columns));
      day = newDay;
      const shown = {
        time: clockText(timeMs, timeZone),
        author,
        style: message.style,
        quote: this.#quote(message, messages),
        text: text === "" ? removedText : text,
        earlier: true,
        mark: isEdited ? edited : "",
      };
      const inner = { columns: columns - BAR.length, style };
      for (const line of messageLines(shown, inner)) {
        lines.push(style.quiet(BAR) + line);
      }
    }
    return lines;
  }

  #quote(
    { replyTo }: PastMessage,
    messages: readonly PastMessage[],
  ): string {
    if (replyTo === 0) return "";
    const answered = messages.find(({ sequence }) => sequence === replyTo);
    if (answered === undefined) return this.#strings.olderMessage;
    const { author, text } = answered;
    const said = text === "" ? this.#strings.removedText : quotedStart(text);
    return `${author}: ${said}`;
  }

  #barred(text: string, columns: number): string[] {
    const { quiet } = this.#options.style;
    const notice = { time: "", text, show: quiet };
    return noticeLines(notice, columns - BAR.length)
      .map((line) => quiet(BAR) + line);
  }

  #notice(text: string, columns: number): string[] {
    const { quiet } = this.#options.style;
    return noticeLines({ time: "", text, show: quiet }, columns);
  }

  #noteSequence(sequence: number): void {
    this.#oldestShown = this.#oldestShown === 0
      ? sequence
      : Math.min(this.#oldestShown, sequence);
  }
}
