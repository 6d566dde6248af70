/**
 * Messages and notices as lines of a terminal.
 *
 * Rows after the first are indented: whatever a message holds, none of its rows
 * looks like a message of somebody else.
 *
 * @module
 */

import stringWidth from "string-width";
import { printableText } from "./printable_text.ts";
import type { MessageStyle } from "../chat/room_event.ts";
import type { Language } from "./strings.ts";
import type { TerminalStyle } from "./terminal_style.ts";
import { wrapText } from "./wrap_text.ts";

/** How lines are made. */
export interface LineFormat {
  /** The terminal's width; undefined leaves long rows to the reader. */
  readonly columns: number | undefined;
  /** How text is shown. */
  readonly style: TerminalStyle;
}

/** A message to show. */
export interface MessageLine {
  /** When it was written, as `14:03`. */
  readonly time: string;
  /** The number by which people find it; empty for none. */
  readonly number?: string;
  /** Who wrote it. */
  readonly author: string;
  /** How it is meant. */
  readonly style: MessageStyle;
  /** What it answers, on one line; empty for nothing. */
  readonly quote?: string;
  /** What it says; may have line breaks and anything else in it. */
  readonly text: string;
  /** Whether it was written before this person came. */
  readonly earlier: boolean;
  /** Whether it is to catch the eye. */
  readonly isLoud?: boolean;
  /** What is to be known about its delivery; may be empty. */
  readonly mark: string;
}

/** Room for `14:03 `. */
const INDENT_COLUMNS = 6;

/**
 * Makes the lines of a message.
 *
 * @param message The message.
 * @param format How lines are made.
 * @returns Lines without line breaks that a terminal only shows.
 */
export function messageLines(
  message: MessageLine,
  { columns, style }: LineFormat,
): string[] {
  const author = printableText(message.author);
  const { before, after } = AROUND_AUTHOR[message.style];
  const number = message.number === undefined ? "" : `#${message.number} `;
  const prefixColumns = INDENT_COLUMNS + number.length +
    stringWidth(before + author + after);
  const loud = message.isLoud === true ? style.strong : same;
  const text = message.earlier ? style.quiet : loud;
  const { quote = "" } = message;
  const quoted = quote === ""
    ? []
    : printableRows(`> ${quote}`, columns, prefixColumns).map(style.quiet);
  const textColumns = quote === "" ? prefixColumns : INDENT_COLUMNS;
  const rows = [
    ...quoted,
    ...printableRows(message.text, columns, textColumns).map(text),
  ];
  const lines = rows.map((row, i) => i === 0 ? row : indent(row));
  const mark = message.mark === "" ? "" : " " + style.quiet(message.mark);
  const start = style.quiet(`${message.time} ${number}`.trimEnd());
  lines[0] = `${start} ${before}${style.name(author)}${after}${lines[0]}`;
  lines[lines.length - 1] += mark;
  return lines;
}

/** Not the sign of a notice: nobody can do what looks like the program's words. */
const AROUND_AUTHOR: Readonly<
  Record<MessageStyle, { readonly before: string; readonly after: string }>
> = {
  plain: { before: "", after: ": " },
  action: { before: "» ", after: " " },
  announcement: { before: "(!) ", after: ": " },
};

/** A notice to show. */
export interface NoticeLine {
  /** When it happened, as `14:03`; empty if it happens now. */
  readonly time: string;
  /** What happened; names and reasons of others may be in it. */
  readonly text: string;
  /** How to show it. */
  readonly show: (text: string) => string;
}

/**
 * Makes the lines of a notice.
 *
 * @param notice The notice.
 * @param columns The terminal's width; undefined leaves long rows alone.
 * @returns Lines without line breaks that a terminal only shows.
 */
export function noticeLines(
  { time, text, show }: NoticeLine,
  columns: number | undefined,
): string[] {
  const mark = time === "" ? "* " : `${time} * `;
  return printableRows(text, columns, mark.length)
    .map((row, i) => show(i === 0 ? mark + row : indent(row)));
}

/**
 * Writes the time of day.
 *
 * @param timeMs Milliseconds since 1970.
 * @param timeZone The time zone; undefined for the system's.
 * @returns For example `14:03`.
 */
export function clockText(
  timeMs: number,
  timeZone: string | undefined,
): string {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat("en-GB", {
      hour: "2-digit",
      minute: "2-digit",
      timeZone,
    });
    clocks.set(timeZone, clock);
  }
  return clock.format(timeMs);
}

/** By time zone: making one takes longer than everything else about a line. */
const clocks = new Map<string | undefined, Intl.DateTimeFormat>();

/**
 * Writes the day.
 *
 * @param language The language to write it in.
 * @param timeMs Milliseconds since 1970.
 * @param timeZone The time zone; undefined for the system's.
 * @returns For example `Sunday, 22 November 2026`.
 */
export function dayText(
  language: Language,
  timeMs: number,
  timeZone: string | undefined,
): string {
  return new Date(timeMs).toLocaleDateString(
    language === "id" ? "id-ID" : "en-GB",
    {
      weekday: "long",
      day: "numeric",
      month: "long",
      year: "numeric",
      timeZone,
    },
  );
}

function printableRows(
  text: string,
  columns: number | undefined,
  prefixColumns: number,
): string[] {
  const printable = text.replaceAll("\t", "    ").split(
    /\r\n|[\n\r\u2028\u2029]/,
  )
    .map(printableText).join("\n");
  if (columns === undefined) return printable.split("\n");
  // The last column stays free: some terminals break the row behind it.
  return wrapText(printable, {
    first: columns - 1 - prefixColumns,
    rest: columns - 1 - INDENT_COLUMNS,
  });
}

function indent(row: string): string {
  return " ".repeat(INDENT_COLUMNS) + row;
}

function same(text: string): string {
  return text;
}
