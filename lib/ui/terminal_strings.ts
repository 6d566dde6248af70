/**
 * The sentences of the terminal faces, in English and Indonesian.
 *
 * @module
 */

import { formatCount, type Language } from "./strings.ts";

/** What a terminal face says in one language. */
export interface TerminalStrings {
  /** Asks for the server; `known` is what Enter alone takes. */
  serverPrompt(known: string): string;
  /** Asks for the name; `known` is what Enter alone takes. */
  namePrompt(known: string): string;
  /** Asks for the password. */
  readonly passwordPrompt: string;
  /** Asks for Enter before the same login is tried again. */
  readonly retryPrompt: string;
  /** Asks whether a changed key is right. */
  readonly trustPrompt: string;
  /** What must be typed to trust a changed key. */
  readonly trustWord: string;
  /** Says that the changed key was not accepted. */
  readonly notTrusted: string;
  /** Says which key was pinned. */
  pinnedKey(fingerprint: string): string;
  /** Says which key the server shows. */
  presentedKey(fingerprint: string): string;
  /** Says that packets are out. */
  connecting(host: string, port: number): string;
  /** Says that the password is being checked. */
  readonly authenticating: string;
  /** Says where one is. */
  welcome(self: string, room: string, host: string, port: number): string;
  /** Says what the room is about. */
  topic(topic: string): string;
  /** Stands for the text of a message that was removed. */
  readonly removedText: string;
  /** Stands for a message that is not on the screen. */
  readonly olderMessage: string;
  /** Says that a message waits, after what the command wanted. */
  readonly changeWaits: string;
  /** Says who is there; `more` names are left out. */
  members(count: number, names: readonly string[], more: number): string;
  /** Says which key the server has. */
  serverKey(fingerprint: string): string;
  /** Says that the room's password is public. */
  readonly openRoom: string;
  /** Says how to send and leave. */
  readonly howTo: string;
  /** Stands before the messages from before one came. */
  readonly earlierMessages: string;
  /** Says how an announcement is acknowledged. */
  acknowledge(number: number): string;
  /** Stands above what was not read before. */
  readonly newMessages: string;
  /** Says that the server answers after it did not. */
  readonly answersAgain: string;
  /** Says that the connection is back. */
  readonly connectedAgain: string;
  /** Marks a message that waits for the server. */
  readonly waitingMark: string;
  /** Says that messages wait for the server. */
  waiting(count: number): string;
  /** Says that messages that waited are with the server. */
  waitedSent(count: number): string;
  /** Says that a message was not sent; `why` is a sentence. */
  notSent(text: string, why: string): string;
  /** Says that messages were lost with the session. */
  unsent(count: number): string;
  /** Says that the program leaves. */
  readonly leaving: string;
  /** Says that a line of piped input was not sent; `why` is a sentence. */
  lineNotSent(line: number, why: string): string;
  /** Says that a line of an earlier run was not sent; `why` is a sentence. */
  earlierLineNotSent(why: string): string;
  /** Says how many lines of piped input were not sent. */
  linesNotSent(count: number): string;
  /** Says that nobody reads what is written. */
  readonly outputStuck: string;
  /** Says that what was said cannot be written; `reason` is the system's. */
  outputFailed(reason: string): string;
}

/**
 * Chooses the sentences of a language.
 *
 * @param language The language.
 * @returns Its sentences.
 */
export function terminalStrings(language: Language): TerminalStrings {
  return language === "id" ? INDONESIAN : ENGLISH;
}

const ENGLISH: TerminalStrings = {
  serverPrompt: (known) => `Server${inBrackets(known)}: `,
  namePrompt: (known) => `Your name${inBrackets(known)}: `,
  passwordPrompt: "Password (Enter alone for GAS1): ",
  retryPrompt: "Press Enter to try again, Ctrl+C to leave: ",
  trustPrompt: "Type trust to accept the new key, or press Enter: ",
  trustWord: "trust",
  notTrusted: "The new key was not accepted. Nothing was sent to that server.",
  pinnedKey: (fingerprint) => `Last time:  ${fingerprint}`,
  presentedKey: (fingerprint) => `Now:        ${fingerprint}`,
  connecting: (host, port) => `Connecting to ${host}, port ${port}…`,
  authenticating: "Checking the password…",
  welcome: (self, room, host, port) =>
    `You are ${self} in the room ${room} at ${host}, port ${port}.`,
  topic: (topic) => `Topic: ${topic}`,
  removedText: "(removed)",
  olderMessage: "an older message",
  changeWaits: "This waits for the server.",
  members: (count, names, more) =>
    count === 1
      ? "Nobody else is here yet."
      : `${formatCount("en", count)} people are here: ${names.join(", ")}${
        more > 0 ? ` and ${formatCount("en", more)} more` : ""
      }.`,
  serverKey: (fingerprint) => `The server's key: ${fingerprint}`,
  openRoom:
    "This room is open: its password is the public default, so anybody on the network can come in.",
  howTo:
    "Enter sends, Alt+Enter starts a new line, Tab completes, /help lists commands, QUIT leaves.",
  earlierMessages: "Earlier messages:",
  acknowledge: (number) => `Seen it? Say so: /ack ${number}`,
  newMessages: "New messages:",
  answersAgain: "The server answers again.",
  connectedAgain: "Connected again.",
  waitingMark: "(waits for the server)",
  waiting: (count) =>
    count === 1
      ? "1 message waits for the server."
      : `${formatCount("en", count)} messages wait for the server.`,
  waitedSent: (count) =>
    count === 1
      ? "The message that waited was sent."
      : `The ${formatCount("en", count)} messages that waited were sent.`,
  notSent: (text, why) => `Not sent: “${text}”. ${why}`,
  unsent: (count) =>
    count === 1
      ? "1 message was not sent. The up key brings it back."
      : `${
        formatCount("en", count)
      } messages were not sent. The up key brings them back.`,
  leaving: "Leaving…",
  lineNotSent: (line, why) =>
    `Line ${formatCount("en", line)} was not sent. ${why}`,
  earlierLineNotSent: (why) => `A line of an earlier run was not sent. ${why}`,
  linesNotSent: (count) =>
    count === 1
      ? "1 line was not sent."
      : `${formatCount("en", count)} lines were not sent.`,
  outputStuck: "Nobody reads the messages on standard output: leaving.",
  outputFailed: (reason) =>
    `Standard output cannot be written: ${reason}. What was said from here on is missing there.`,
};

const INDONESIAN: TerminalStrings = {
  serverPrompt: (known) => `Server${inBrackets(known)}: `,
  namePrompt: (known) => `Nama Anda${inBrackets(known)}: `,
  passwordPrompt: "Password (Enter saja untuk GAS1): ",
  retryPrompt: "Tekan Enter untuk mencoba lagi, Ctrl+C untuk keluar: ",
  trustPrompt: "Ketik percaya untuk menerima kunci baru, atau tekan Enter: ",
  trustWord: "percaya",
  notTrusted:
    "Kunci baru tidak diterima. Tidak ada yang dikirim ke server itu.",
  pinnedKey: (fingerprint) => `Sebelumnya: ${fingerprint}`,
  presentedKey: (fingerprint) => `Sekarang:   ${fingerprint}`,
  connecting: (host, port) => `Menghubungi ${host}, port ${port}…`,
  authenticating: "Memeriksa password…",
  welcome: (self, room, host, port) =>
    `Anda ${self} di ruang ${room} pada ${host}, port ${port}.`,
  topic: (topic) => `Topik: ${topic}`,
  removedText: "(dihapus)",
  olderMessage: "pesan yang lebih lama",
  changeWaits: "Ini menunggu server.",
  members: (count, names, more) =>
    count === 1
      ? "Belum ada orang lain di sini."
      : `${formatCount("id", count)} orang di sini: ${names.join(", ")}${
        more > 0 ? ` dan ${formatCount("id", more)} lagi` : ""
      }.`,
  serverKey: (fingerprint) => `Kunci server: ${fingerprint}`,
  openRoom:
    "Ruang ini terbuka: password-nya bawaan yang diketahui umum, jadi siapa pun di jaringan bisa masuk.",
  howTo:
    "Enter mengirim, Alt+Enter membuat baris baru, Tab melengkapi, /help menampilkan perintah, QUIT keluar.",
  earlierMessages: "Pesan sebelumnya:",
  acknowledge: (number) => `Sudah dibaca? Nyatakan: /ack ${number}`,
  newMessages: "Pesan baru:",
  answersAgain: "Server menjawab lagi.",
  connectedAgain: "Terhubung lagi.",
  waitingMark: "(menunggu server)",
  waiting: (count) => `${formatCount("id", count)} pesan menunggu server.`,
  waitedSent: (count) =>
    `${formatCount("id", count)} pesan yang menunggu sudah terkirim.`,
  notSent: (text, why) => `Tidak terkirim: “${text}”. ${why}`,
  unsent: (count) =>
    `${
      formatCount("id", count)
    } pesan tidak terkirim. Tombol panah atas memunculkannya lagi.`,
  leaving: "Keluar…",
  lineNotSent: (line, why) =>
    `Baris ${formatCount("id", line)} tidak terkirim. ${why}`,
  earlierLineNotSent: (why) =>
    `Satu baris dari masukan sebelumnya tidak terkirim. ${why}`,
  linesNotSent: (count) => `${formatCount("id", count)} baris tidak terkirim.`,
  outputStuck: "Tidak ada yang membaca pesan di standard output: keluar.",
  outputFailed: (reason) =>
    `Standard output tidak bisa ditulis: ${reason}. Pesan sejak saat ini tidak ada di sana.`,
};

function inBrackets(known: string): string {
  return known === "" ? "" : ` [${known}]`;
}
