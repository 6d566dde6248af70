/**
 * A room as one HTML file to be read, kept or printed. Nothing in it runs or is
 * loaded from elsewhere, and all that people wrote is text.
 *
 * @module
 */

import type {
  AnsweredMessage,
  MessageEdits,
  MessageEntry,
  RoomEntry,
  RoomFacts,
} from "../chat/room_record.ts";
import type { Reaction, Removal } from "../chat/message_state.ts";
import { quotedStart } from "./change_text.ts";
import { EXPORT_STYLE } from "./export_style.ts";
import { printableText } from "./printable_text.ts";
import type { Language } from "./strings.ts";
import { findLinks } from "./text_links.ts";

/** As many as are taken in at a glance; who wants all points at them. */
const MAX_SHOWN_NAMES = 5;

/** How a room is written. */
export interface HtmlExportOptions {
  /** The language of what is said around the messages. */
  readonly language: Language;
  /** When it is written, in milliseconds since 1970. */
  readonly nowMs: number;
  /** The time zone of days and times, such as `Asia/Jakarta`. */
  readonly timeZone: string;
}

/** Writes a room: its head, then each entry in its order, then the end. */
export class HtmlExport {
  readonly #facts: RoomFacts;
  readonly #language: Language;
  readonly #strings: ExportStrings;
  readonly #timeZone: string;
  readonly #nowMs: number;
  readonly #formats: Formats;
  /** The day of the section that is open. */
  #day: string | undefined;
  /** Who wrote the message before, where this one may go on below it. */
  #author: string | undefined;

  /**
   * Starts a file.
   *
   * @param facts The room.
   * @param options How it is written.
   */
  constructor(facts: RoomFacts, options: HtmlExportOptions) {
    this.#facts = facts;
    this.#language = options.language;
    this.#strings = STRINGS[options.language];
    this.#timeZone = options.timeZone;
    this.#nowMs = options.nowMs;
    this.#formats = makeFormats(options.language, options.timeZone);
  }

  /** Writes what comes before the first entry. */
  head(): string {
    const { name, topic } = this.#facts;
    const about = topic === ""
      ? ""
      : `<p class="topic" dir="auto">${linkedHtml(topic)}</p>\n`;
    const exported = escapeHtml(
      this.#strings.exported(this.#moment(this.#nowMs), this.#timeZone),
    );
    return `<!DOCTYPE html>
<html lang="${this.#language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(name)}</title>
<style>
${EXPORT_STYLE}</style>
</head>
<body>
<header>
<h1 dir="auto">${escapeHtml(name)}</h1>
${about}<p class="note">${exported}</p>
</header>
<main>
`;
  }

  /**
   * Writes the next entry.
   *
   * @param entry A message or a topic.
   * @returns HTML, with a heading if a day begins.
   */
  entry(entry: RoomEntry): string {
    const heading = this.#startDay(entry.timeMs);
    if (entry.type === "topic") {
      this.#author = undefined;
      const said = this.#strings.topic(
        `<bdi>${escapeHtml(entry.author)}</bdi>`,
        `<bdi>${linkedHtml(entry.text)}</bdi>`,
      );
      return `${heading}<p class="change" id="m${entry.sequence}">${
        this.#time(entry)
      }<span>${said}</span></p>\n`;
    }
    return heading + this.#message(entry);
  }

  /** Writes what comes after the last entry. */
  end(): string {
    const isEmpty = this.#day === undefined;
    const nothing = `<p class="note">${this.#strings.nothing}</p>\n`;
    return `${isEmpty ? nothing : "</section>\n"}</main>\n</body>\n</html>\n`;
  }

  /** A day has a heading, and a section that ends with the next one. */
  #startDay(timeMs: number): string {
    const day = this.#formats.day.format(timeMs);
    if (day === this.#day) return "";
    const end = this.#day === undefined ? "" : "</section>\n";
    this.#day = day;
    this.#author = undefined;
    return `${end}<section>\n<h2>${escapeHtml(day)}</h2>\n`;
  }

  #message(entry: MessageEntry): string {
    const { sequence, author, style, state, answered } = entry;
    const isSame = this.#author === author && answered === undefined &&
      style === "plain";
    this.#author = style === "plain" ? author : undefined;
    const name = `<bdi class="author">${escapeHtml(author)}</bdi>`;
    const said = state.text === ""
      ? `<p class="removed">${this.#removed(state.removal)}</p>`
      : `<div class="text" dir="auto">${style === "action" ? `${name} ` : ""}${
        linkedHtml(state.text)
      }</div>`;
    const isNamed = !isSame && (style === "plain" || state.text === "");
    return `<article id="m${sequence}"${isSame ? ' class="same"' : ""}>${
      this.#time(entry)
    }<div>${isNamed ? name : ""}${
      answered === undefined ? "" : this.#reply(answered)
    }${said}${this.#marks(entry)}</div></article>\n`;
  }

  #reply({ sequence, author, text }: AnsweredMessage): string {
    if (author === undefined) {
      return `<p class="reply">↳ ${this.#strings.gone(sequence)}</p>`;
    }
    const quote = text === ""
      ? this.#strings.removed
      : escapeHtml(quotedStart(text));
    return `<p class="reply"><a href="#m${sequence}">↳ <bdi>${
      escapeHtml(author)
    }</bdi>: <bdi>${quote}</bdi></a></p>`;
  }

  #removed(removal: Removal | undefined): string {
    if (removal === undefined) return this.#strings.removed;
    return this.#strings.removedBy(
      `<bdi>${escapeHtml(removal.author)}</bdi>`,
      escapeHtml(this.#moment(removal.timeMs)),
    );
  }

  #marks({ state, edits }: MessageEntry): string {
    const marks = [
      ...(state.isPinned ? [`<span>📌 ${this.#strings.pinned}</span>`] : []),
      ...(state.isEdited ? [this.#edited(edits)] : []),
      ...state.reactions.map((reaction) => this.#reaction(reaction)),
    ];
    return marks.length === 0 ? "" : `<p class="marks">${marks.join(" ")}</p>`;
  }

  #edited({ count, timesMs }: MessageEdits): string {
    const last = timesMs.at(-1)!;
    return `<span title="${
      timesMs.map((timeMs) => escapeHtml(this.#moment(timeMs))).join("&#10;")
    }">${this.#strings.edited(count, escapeHtml(this.#moment(last)))}</span>`;
  }

  #reaction({ emoji, names }: Reaction): string {
    const shown = names.slice(0, MAX_SHOWN_NAMES).map(escapeHtml);
    const more = names.length - shown.length;
    if (more > 0) shown.push(`+${more}`);
    return `<span class="reaction" title="${
      names.map(escapeHtml).join("&#10;")
    }">${escapeHtml(emoji)} <bdi>${shown.join("</bdi>, <bdi>")}</bdi></span>`;
  }

  #time({ sequence, timeMs }: RoomEntry): string {
    const iso = new Date(timeMs).toISOString();
    return `<a class="time" href="#m${sequence}"><time datetime="${iso}" title="${
      escapeHtml(this.#moment(timeMs))
    }">${escapeHtml(this.#formats.time.format(timeMs))}</time></a>`;
  }

  #moment(timeMs: number): string {
    return this.#formats.moment.format(timeMs);
  }
}

/**
 * Makes text of others text of an HTML file, in an element or an attribute with
 * double quotes. What would turn the text around it, and what no HTML file can
 * have, is shown as a sign.
 */
function escapeHtml(text: string): string {
  return text.toWellFormed().split("\n").map(printableText).join("\n")
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text of others with its web addresses as links. */
function linkedHtml(text: string): string {
  let html = "";
  let done = 0;
  for (const { start, end, href } of findLinks(text)) {
    html += escapeHtml(text.slice(done, start)) +
      `<a rel="noopener noreferrer" href="${escapeHtml(href)}">${
        escapeHtml(text.slice(start, end))
      }</a>`;
    done = end;
  }
  return html + escapeHtml(text.slice(done));
}

interface Formats {
  readonly time: Intl.DateTimeFormat;
  readonly moment: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
}

/** English as in the chat page: the day first, and 24 hours. */
function makeFormats(language: Language, timeZone: string): Formats {
  const locale = language === "id" ? "id-ID" : "en-GB";
  return {
    time: new Intl.DateTimeFormat(locale, {
      timeZone,
      hour: "2-digit",
      minute: "2-digit",
    }),
    moment: new Intl.DateTimeFormat(locale, {
      timeZone,
      dateStyle: "long",
      timeStyle: "medium",
    }),
    day: new Intl.DateTimeFormat(locale, { timeZone, dateStyle: "full" }),
  };
}

/** What is said around the messages. What is given is HTML already. */
interface ExportStrings {
  readonly nothing: string;
  readonly pinned: string;
  readonly removed: string;
  exported(moment: string, timeZone: string): string;
  topic(author: string, topic: string): string;
  removedBy(author: string, moment: string): string;
  edited(count: number, moment: string): string;
  gone(sequence: number): string;
}

const STRINGS: Readonly<Record<Language, ExportStrings>> = {
  en: {
    nothing: "Nothing was said yet.",
    pinned: "pinned",
    removed: "Removed",
    exported: (moment, timeZone) =>
      `As it was on ${moment}. Times are those of ${timeZone}.`,
    topic: (author, topic) => `${author} set the topic: ${topic}`,
    removedBy: (author, moment) => `Removed by ${author} on ${moment}`,
    edited: (count, moment) =>
      count === 1
        ? `edited on ${moment}`
        : `edited ${count} times, last on ${moment}`,
    gone: (sequence) => `message ${sequence}, which is not kept any more`,
  },
  id: {
    nothing: "Belum ada yang dikatakan.",
    pinned: "disematkan",
    removed: "Dihapus",
    exported: (moment, timeZone) =>
      `Keadaan pada ${moment}. Waktu menurut ${timeZone}.`,
    topic: (author, topic) => `${author} mengganti topik: ${topic}`,
    removedBy: (author, moment) => `Dihapus oleh ${author} pada ${moment}`,
    edited: (count, moment) =>
      count === 1
        ? `diubah pada ${moment}`
        : `diubah ${count} kali, terakhir pada ${moment}`,
    gone: (sequence) => `pesan ${sequence}, yang tidak disimpan lagi`,
  },
};
