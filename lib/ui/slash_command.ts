/**
 * What a line that starts with a slash means. All commands are in one table: a
 * new one is an entry there.
 *
 * @module
 */

import {
  type LookupCommand,
  type NoDay,
  readHistory,
  readSearch,
} from "./lookup_command.ts";
import type { Act, MessageStyle } from "../chat/room_event.ts";
import { PEOPLE_COMMANDS, type PeopleCommand } from "./people_command.ts";
import { ROOM_COMMANDS, type RoomCommand } from "./room_command.ts";
import type { Language } from "./strings.ts";
import { readWholeName } from "./typed_name.ts";

/** What a command has to know of the talk on the screen. */
export interface TalkInView {
  /**
   * Finds a message by the number that stands beside it.
   *
   * @param number As typed.
   * @returns Its sequence number; undefined if no message of the server's has it.
   */
  sequenceOf(number: number): number | undefined;
  /** The sequence number of the last own message; undefined if there is none. */
  readonly lastOwn: number | undefined;
  /** Tells whether this person's emoji is at a message. */
  hasReacted(sequence: number, emoji: string): boolean;
}

/** What is to be done for a line that was typed. */
export type TypedLine =
  /** Send it as a message. */
  | { readonly type: "message"; readonly text: string }
  | { readonly type: "act"; readonly act: Act }
  /** Ask the server. */
  | { readonly type: "lookUp"; readonly command: LookupCommand }
  /** Do something about rooms. */
  | { readonly type: "room"; readonly command: RoomCommand }
  /** Decide something about people. */
  | { readonly type: "people"; readonly request: PeopleCommand }
  /** Ask for a password, and give it to the own name. */
  | { readonly type: "claim" }
  /** Leave. */
  | { readonly type: "quit" }
  | { readonly type: "help" }
  /** The command needs something else after it. */
  | { readonly type: "usage"; readonly command: SlashCommand }
  | { readonly type: "noSuchNumber"; readonly number: number }
  /** Nothing was written here yet, or the server does not have it yet. */
  | { readonly type: "nothingOwn" }
  | NoDay
  | { readonly type: "unknown"; readonly name: string };

/** What somebody types there, which says what can be offered. */
export type ParameterKind =
  /** Who: the name of a person. */
  | "name"
  | "room"
  /** Anything, to the end of the line. */
  | "text"
  | "number"
  | "emoji"
  | "duration";

/** What comes after a command's name. */
export interface CommandParameter {
  /** What it is. */
  readonly kind: ParameterKind;
  /** How the list of commands calls it, in English: `LABELS_INDONESIAN`. */
  readonly label: string;
  /** Whether it may be left out. */
  readonly isOptional?: boolean;
}

/** A command. */
export interface SlashCommand {
  /** What is typed after the slash, in small letters. */
  readonly name: string;
  /** What is typed after the name, in this order. */
  readonly parameters: readonly CommandParameter[];
  /** What it does, in one line. */
  readonly help: Readonly<Record<Language, string>>;
  /**
   * Reads what comes after the command's name.
   *
   * @param rest What was typed there, without white space around it.
   * @param talk The talk on the screen.
   * @returns What to do; undefined if something is missing or too much.
   */
  readonly read: (rest: string, talk: TalkInView) => TypedLine | undefined;
}

const NAME: CommandParameter = { kind: "name", label: "name" };
const TEXT: CommandParameter = { kind: "text", label: "text" };
const EMOJI: CommandParameter = { kind: "emoji", label: "emoji" };
/** The number that stands beside a message. */
const NUMBER: CommandParameter = { kind: "number", label: "N" };

/** All commands, in the order in which they are listed. */
export const SLASH_COMMANDS: readonly SlashCommand[] = [
  {
    name: "me",
    parameters: [TEXT],
    help: {
      en: "says what you do: /me waves",
      id: "menyatakan yang Anda lakukan: /me melambai",
    },
    read: (text) => text === "" ? undefined : doing({ text, style: "action" }),
  },
  {
    name: "reply",
    parameters: [NUMBER, TEXT],
    help: {
      en: "answers message N",
      id: "menjawab pesan N",
    },
    read: (rest, talk) =>
      onNumber(
        rest,
        talk,
        (replyTo, text) => text === "" ? undefined : doing({ text, replyTo }),
      ),
  },
  {
    name: "edit",
    parameters: [{ ...NUMBER, isOptional: true }, TEXT],
    help: {
      en: "gives your message N, or your last one, a new text",
      id: "mengganti teks pesan Anda N, atau yang terakhir",
    },
    read: (rest, talk) =>
      onOwn(
        rest,
        talk,
        (target, text) =>
          text === "" ? undefined : act({ type: "edit", target, text }),
      ),
  },
  {
    name: "delete",
    parameters: [{ ...NUMBER, isOptional: true }],
    help: {
      en: "removes your message N, or your last, for everybody",
      id: "menghapus pesan Anda N (atau terakhir) bagi semua",
    },
    read: (rest, talk) =>
      onOwn(
        rest,
        talk,
        (target, more) =>
          more === "" ? act({ type: "remove", target }) : undefined,
      ),
  },
  {
    name: "react",
    parameters: [NUMBER, EMOJI],
    help: {
      en: "puts an emoji at message N; again takes it back",
      id: "memberi emoji pada pesan N; sekali lagi mencabutnya",
    },
    read: (rest, talk) =>
      onNumber(rest, talk, (target, emoji) => {
        if (emoji === "") return undefined;
        const isOn = !talk.hasReacted(target, emoji);
        return act({ type: "react", target, emoji, isOn });
      }),
  },
  {
    name: "pin",
    parameters: [NUMBER],
    help: { en: "pins message N", id: "menyematkan pesan N" },
    read: (rest, talk) => pin(rest, talk, true),
  },
  {
    name: "unpin",
    parameters: [NUMBER],
    help: { en: "unpins message N", id: "melepas sematan pesan N" },
    read: (rest, talk) => pin(rest, talk, false),
  },
  {
    name: "announce",
    parameters: [TEXT],
    help: {
      en: "announces something that all are to acknowledge",
      id: "mengumumkan; semua diminta menandainya sudah dibaca",
    },
    read: (text) =>
      text === "" ? undefined : doing({ text, style: "announcement" }),
  },
  {
    name: "ack",
    parameters: [NUMBER],
    help: {
      en: "says that you have seen announcement N",
      id: "menyatakan bahwa Anda sudah membaca pengumuman N",
    },
    read: (rest, talk) =>
      onNumber(
        rest,
        talk,
        (target, more) =>
          more === "" ? act({ type: "acknowledge", target }) : undefined,
      ),
  },
  {
    name: "topic",
    parameters: [TEXT],
    help: {
      en: "says what the room is about",
      id: "menyatakan topik ruang",
    },
    read: (rest) => {
      const text = rest.replaceAll(/\s+/g, " ");
      return text === "" ? undefined : act({ type: "topic", text });
    },
  },
  {
    name: "search",
    parameters: [{ kind: "text", label: "words" }],
    help: {
      en: "finds messages (from:Ani since:2026-11-01)",
      id: "mencari pesan (from:Ani since:2026-11-01)",
    },
    read: (rest) => lookUp(readSearch(rest)),
  },
  {
    name: "history",
    parameters: [{ kind: "number", label: "count", isOptional: true }],
    help: {
      en: "shows older messages than those here",
      id: "menampilkan pesan yang lebih lama dari yang di sini",
    },
    read: (rest) => lookUp(readHistory(rest)),
  },
  {
    name: "who",
    parameters: [],
    help: {
      en: "shows who is here, and since when",
      id: "menampilkan siapa di sini, dan sejak kapan",
    },
    read: (rest) => rest === "" ? lookUp({ type: "who" }) : undefined,
  },
  {
    name: "seen",
    parameters: [{ ...NUMBER, isOptional: true }],
    help: {
      en: "shows who has and read your message N, or your last",
      id: "siapa yang sudah menerima dan membaca pesan Anda",
    },
    read: (rest, talk) =>
      onOwn(
        rest,
        talk,
        (target, more) =>
          more === "" ? lookUp({ type: "receipts", target }) : undefined,
      ),
  },
  {
    name: "roll",
    parameters: [NUMBER, { kind: "text", label: "file", isOptional: true }],
    help: {
      en: "shows who acknowledged announcement N; to a CSV file",
      id: "siapa sudah membaca pengumuman N; ke berkas CSV",
    },
    read: (rest, talk) =>
      onNumber(
        rest,
        talk,
        (target, file) => lookUp({ type: "roll", target, file }),
      ),
  },
  {
    name: "whois",
    parameters: [NAME],
    help: {
      en: "says whether somebody is here, and wrote last when",
      id: "apakah seseorang di sini; kapan terakhir menulis",
    },
    read: (rest) => {
      const name = readWholeName(rest);
      return name === undefined ? undefined : lookUp({ type: "whois", name });
    },
  },
  ...ROOM_COMMANDS,
  ...PEOPLE_COMMANDS,
  {
    name: "help",
    parameters: [],
    help: { en: "shows this list", id: "menampilkan daftar ini" },
    read: (rest) => rest === "" ? { type: "help" } : undefined,
  },
  {
    name: "quit",
    parameters: [],
    help: { en: "leaves, as QUIT does", id: "keluar, seperti QUIT" },
    read: (rest) => rest === "" ? { type: "quit" } : undefined,
  },
];

/**
 * Reads a line that was typed. A line that starts with two slashes is a message
 * that starts with one.
 *
 * @param line The line; may have line breaks in it.
 * @param talk The talk on the screen.
 * @returns What to do.
 */
export function readTypedLine(line: string, talk: TalkInView): TypedLine {
  if (line.startsWith("//")) return { type: "message", text: line.slice(1) };
  const [, name, rest = ""] = /^\/(\S+)([^]*)$/.exec(line) ?? [];
  if (name === undefined) return { type: "message", text: line };
  const known = name.toLowerCase();
  const command = SLASH_COMMANDS.find(({ name }) => name === known);
  if (command === undefined) return { type: "unknown", name };
  return command.read(rest.trim(), talk) ??
    { type: "usage", command };
}

/**
 * Says how a command is typed.
 *
 * @param language The language of what stands for something else.
 * @param command The command.
 * @returns For example `/edit [N] text`.
 */
export function usageOf(
  language: Language,
  { name, parameters }: SlashCommand,
): string {
  const labels = parameters.map(({ label, isOptional }) => {
    const shown = language === "id" ? LABELS_INDONESIAN[label] ?? label : label;
    return isOptional ? `[${shown}]` : shown;
  });
  return ["/" + name, ...labels].join(" ");
}

/**
 * Lists the commands.
 *
 * @param language The language to do it in.
 * @returns A line for each, and one for what is no command.
 */
export function slashHelp(language: Language): string[] {
  const rows = slashHelpRows(language);
  const columns = Math.max(...rows.map(([usage]) => usage.length));
  return rows.map(([usage, help]) => `${usage.padEnd(columns)}  ${help}`);
}

/**
 * Lists the commands, to be laid out.
 *
 * @param language The language to do it in.
 * @returns How each is typed and what it does, and so what is no command.
 */
export function slashHelpRows(
  language: Language,
): (readonly [usage: string, help: string])[] {
  return [
    ...SLASH_COMMANDS.map((command) =>
      [usageOf(language, command), command.help[language]] as const
    ),
    language === "id"
      ? ["//teks", "mengirim pesan yang dimulai dengan garis miring"]
      : ["//text", "sends a message that starts with a slash"],
  ];
}

/** What is not typed as it stands. */
const LABELS_INDONESIAN: Readonly<Record<string, string>> = {
  code: "kode",
  count: "jumlah",
  file: "berkas",
  name: "nama",
  role: "peran",
  room: "ruang",
  seconds: "detik",
  text: "teks",
  who: "siapa",
  why: "sebab",
  words: "kata",
};

/** What was typed but cannot be done. */
export type TypedProblem = Exclude<
  TypedLine,
  {
    readonly type:
      | "message"
      | "act"
      | "lookUp"
      | "room"
      | "people"
      | "claim"
      | "quit"
      | "help";
  }
>;

/**
 * Says why a line was not sent.
 *
 * @param language The language to say it in.
 * @param problem What is wrong with it.
 * @returns What is wrong and what to do.
 */
export function typedProblemText(
  language: Language,
  problem: TypedProblem,
): string {
  const id = language === "id";
  switch (problem.type) {
    case "usage":
      return id
        ? `Begini caranya: ${usageOf(language, problem.command)}`
        : `It goes like this: ${usageOf(language, problem.command)}`;
    case "noSuchNumber":
      return id
        ? `Tidak ada pesan dengan nomor ${problem.number} di sini.`
        : `There is no message with the number ${problem.number} here.`;
    case "nothingOwn":
      return id
        ? "Belum ada pesan Anda yang diterima server."
        : "The server has no message of yours yet.";
    case "noDay":
      return id
        ? `“${problem.text}” bukan tanggal. Tulis seperti 2026-11-22.`
        : `“${problem.text}” is no day. It is written like 2026-11-22.`;
    case "unknown":
      return id
        ? `Tidak ada perintah /${problem.name}, jadi tidak dikirim. /help menampilkan semua perintah; //${problem.name} mengirimnya apa adanya.`
        : `There is no command /${problem.name}, so it was not sent. /help lists all; //${problem.name} sends it as it is.`;
  }
}

function doing(
  { text, style = "plain", replyTo = 0 }: {
    readonly text: string;
    readonly style?: MessageStyle;
    readonly replyTo?: number;
  },
): TypedLine {
  return act({ type: "message", style, replyTo, text });
}

function act(what: Act): TypedLine {
  return { type: "act", act: what };
}

function lookUp(
  command: LookupCommand | NoDay | undefined,
): TypedLine | undefined {
  if (command === undefined || command.type === "noDay") return command;
  return { type: "lookUp", command };
}

function pin(rest: string, talk: TalkInView, isOn: boolean) {
  return onNumber(
    rest,
    talk,
    (target, more) =>
      more === "" ? act({ type: "pin", target, isOn }) : undefined,
  );
}

/** What to do with a message, and with what was typed after its number. */
type OnMessage = (sequence: number, rest: string) => TypedLine | undefined;

/** Reads a message's number, with or without `#`. */
function onNumber(
  rest: string,
  talk: TalkInView,
  then: OnMessage,
): TypedLine | undefined {
  const [, digits, text = ""] = LEADING_NUMBER.exec(rest) ?? [];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  const sequence = talk.sequenceOf(number);
  if (sequence === undefined) return { type: "noSuchNumber", number };
  return then(sequence, text);
}

/** The last own message, where no number was typed. */
function onOwn(
  rest: string,
  talk: TalkInView,
  then: OnMessage,
): TypedLine | undefined {
  if (LEADING_NUMBER.test(rest)) return onNumber(rest, talk, then);
  if (talk.lastOwn === undefined) return { type: "nothingOwn" };
  return then(talk.lastOwn, rest);
}

const LEADING_NUMBER = /^#?(\d{1,15})(?:\s+([^]*))?$/;
