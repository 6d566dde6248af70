/**
 * What the person who runs a server sees: where guests find it, who comes and
 * goes, and each message with the number of people it went to.
 *
 * @module
 */

import type { ChatServerNotice } from "../chat/chat_server_output.ts";
import type { ChatClose } from "../chat/close_code.ts";
import { changeText } from "./change_text.ts";
import { type Language, noticeText } from "./strings.ts";
import { type ServerStrings, serverStrings } from "./server_console_strings.ts";
import { DEFAULT_SERVER_PORT } from "./server_address.ts";
import {
  clockText,
  type LineFormat,
  messageLines,
  noticeLines,
} from "./terminal_lines.ts";
import { type TerminalStyle, terminalStyle } from "./terminal_style.ts";

/** What the console needs. */
export interface ServerConsoleOptions {
  /** Takes lines with their line breaks. */
  readonly write: (text: string) => void;
  /** The language to speak. */
  readonly language: Language;
  /** Whether the output is a terminal and wants colors. */
  readonly colors: boolean;
  /** Whether the texts of messages are left out. */
  readonly quiet: boolean;
  /** Returns the terminal's width; undefined if there is none. */
  readonly columns: () => number | undefined;
  /** The time zone of the times; the system's by default. */
  readonly timeZone?: string;
}

/** What is said when a server has started. */
export interface ServerBanner {
  /** The program's version. */
  readonly version: string;
  /** The UDP port. */
  readonly port: number;
  /** The addresses at which guests may find it, the likeliest first. */
  readonly addresses: readonly string[];
  /** The server key's fingerprint. */
  readonly fingerprint: string;
  /** Whether the password is the public default. */
  readonly openRoom: boolean;
  /** What is done to the network on purpose, if anything. */
  readonly simulation?: string | undefined;
}

/** What happens on a server. */
export type ServerConsoleNotice =
  | ChatServerNotice
  | {
    readonly type: "loginRefused";
    readonly address: string;
    readonly close: ChatClose;
    readonly timeMs: number;
  };

type Notice<Type extends ServerConsoleNotice["type"]> = Extract<
  ServerConsoleNotice,
  { readonly type: Type }
>;

/** A guessing robot must not push the talk off the screen. */
export const MAX_LOGIN_REFUSALS_PER_MINUTE = 20;

/** Writes a server's terminal. */
export class ServerConsole {
  readonly #options: ServerConsoleOptions;
  readonly #strings: ServerStrings;
  readonly #style: TerminalStyle;
  /** The minute that refusals are counted in. */
  #refusalMinute = -1;
  #refusalCount = 0;

  /**
   * Starts with nothing written.
   *
   * @param options What it needs.
   */
  constructor(options: ServerConsoleOptions) {
    this.#options = options;
    this.#strings = serverStrings(options.language);
    this.#style = terminalStyle(options.colors);
  }

  /**
   * Says where the server is found, and how it is used.
   *
   * @param banner What is to be said.
   */
  handleStarted(banner: ServerBanner): void {
    const { version, port, addresses, fingerprint, openRoom, simulation } =
      banner;
    const { labels, ...strings } = this.#strings;
    const { strong, warning } = this.#style;
    const suffix = port === DEFAULT_SERVER_PORT ? "" : ` ${port}`;
    const password = openRoom
      ? strings.openPassword.map(warning)
      : [strings.ownPassword];
    this.#write([
      strong(strings.title(version)),
      "",
      ...row(labels.port, [`UDP ${port}`]),
      ...row(
        labels.join,
        addresses.map((a) => strong(`gas-client ${a}${suffix}`)),
      ),
      ...row(labels.key, [fingerprint]),
      ...row(labels.password, password),
      ...(simulation === undefined ? [] : row(labels.network, [
        warning(strings.simulated),
        warning(simulation),
      ])),
      ...row(labels.stop, ["Ctrl+C"]),
      "",
    ]);
  }

  /**
   * Says what happened.
   *
   * @param notice What happened.
   * @param address The address it came from, where known.
   */
  handleNotice(notice: ServerConsoleNotice, address?: string): void {
    const { language } = this.#options;
    const strings = this.#strings;
    switch (notice.type) {
      case "joined":
        return this.#notice(notice, strings.joined(notice.name, address));
      case "left":
        return this.#notice(notice, noticeText(language, notice));
      case "returned":
        return this.#notice(notice, strings.returned(notice.name, address));
      case "message":
        return this.#message(notice);
      case "change":
        return this.#change(notice);
      case "messageRefused":
        return this.#notice(
          notice,
          strings.messageRefused(notice.author, notice.refusal),
        );
      case "loginRefused":
        return this.#loginRefused(notice);
    }
  }

  /** Says that the server ends. */
  handleStopping(): void {
    this.#write([this.#style.quiet(`* ${this.#strings.stopping}`)]);
  }

  #change(notice: Notice<"change">): void {
    const { language, quiet } = this.#options;
    const { act, author } = notice;
    const number = act.type === "topic" ? undefined : act.target;
    const text = quiet
      ? this.#strings.quietChange(author)
      : changeText(language, notice, { number, text: "" });
    this.#notice(notice, text);
  }

  #message(notice: Notice<"message">): void {
    const { author, style, text, forwardedTo } = notice;
    const strings = this.#strings;
    if (this.#options.quiet) {
      const characters = [...text].length;
      return this.#notice(
        notice,
        strings.quietMessage(author, characters, forwardedTo),
      );
    }
    this.#write(messageLines({
      time: this.#clock(notice.timeMs),
      author,
      style,
      text,
      earlier: false,
      mark: strings.forwarded(forwardedTo),
    }, this.#format()));
  }

  #loginRefused(notice: Notice<"loginRefused">): void {
    const minute = Math.floor(notice.timeMs / 60_000);
    if (minute !== this.#refusalMinute) this.#refusalCount = 0;
    this.#refusalMinute = minute;
    this.#refusalCount++;
    const strings = this.#strings;
    if (this.#refusalCount < MAX_LOGIN_REFUSALS_PER_MINUTE) {
      this.#notice(notice, strings.loginRefused(notice.address, notice.close));
    } else if (this.#refusalCount === MAX_LOGIN_REFUSALS_PER_MINUTE) {
      this.#notice(notice, strings.moreRefused);
    }
  }

  #notice({ timeMs }: { readonly timeMs: number }, text: string): void {
    const { columns, style } = this.#format();
    const time = this.#clock(timeMs);
    this.#write(noticeLines({ time, text, show: style.quiet }, columns));
  }

  #clock(timeMs: number): string {
    return clockText(timeMs, this.#options.timeZone);
  }

  #format(): LineFormat {
    // A serial line does not know its width and says 0.
    const columns = this.#options.columns() || undefined;
    return { columns, style: this.#style };
  }

  #write(lines: readonly string[]): void {
    this.#options.write(lines.map((line) => line + "\n").join(""));
  }
}

/** The longest label of either language fits. */
const LABEL_COLUMNS = 12;

function row(label: string, values: readonly string[]): string[] {
  return values.map((value, i) =>
    "  " + (i === 0 ? label : "").padEnd(LABEL_COLUMNS) + value
  );
}
