/**
 * The sentences of a server's terminal, in English and Indonesian.
 *
 * @module
 */

import type { ActRefusal } from "../chat/act_refusal.ts";
import type { ChatClose } from "../chat/close_code.ts";
import { formatCount, type Language } from "./strings.ts";

/** What a server's terminal says in one language. */
export interface ServerStrings {
  /** The first line. */
  title(version: string): string;
  /** What stands before the values of the banner. */
  readonly labels: {
    /** Before the port. */
    readonly port: string;
    /** Before the commands for guests. */
    readonly join: string;
    /** Before the fingerprint. */
    readonly key: string;
    /** Before what is said of the password. */
    readonly password: string;
    /** Before what is done to the network. */
    readonly network: string;
    /** Before how to stop. */
    readonly stop: string;
  };
  /** Says that the password is public and how to change that; one line each. */
  readonly openPassword: readonly string[];
  /** Says that the password is not the public one. */
  readonly ownPassword: string;
  /** Says that what follows is done to the network. */
  readonly simulated: string;
  /** Says that somebody came. */
  joined(name: string, address: string | undefined): string;
  /** Says that somebody is back on a new connection. */
  returned(name: string, address: string | undefined): string;
  /** Says to how many people a message went. */
  forwarded(count: number): string;
  /** Says that there was a message, without its text. */
  quietMessage(author: string, characters: number, count: number): string;
  /** Says that somebody changed something, without any text. */
  quietChange(author: string): string;
  /** Says that an act was refused. */
  messageRefused(author: string, refusal: ActRefusal): string;
  /** Says that somebody did not get in. */
  loginRefused(address: string, close: ChatClose): string;
  /** Says that further refusals are left out. */
  readonly moreRefused: string;
  /** Says that the server ends. */
  readonly stopping: string;
}

/**
 * Chooses the sentences of a language.
 *
 * @param language The language.
 * @returns Its sentences.
 */
export function serverStrings(language: Language): ServerStrings {
  return language === "id" ? INDONESIAN : ENGLISH;
}

const ENGLISH: ServerStrings = {
  title: (version) => `GAS Chatroom server ${version}`,
  labels: {
    port: "Listens on",
    join: "Guests type",
    key: "Server key",
    password: "Password",
    network: "Network",
    stop: "To stop",
  },
  openPassword: [
    "GAS1, the public default: anybody on the network can come in.",
    "Set your own with --password-file FILE or GAS_PASSWORD.",
  ],
  ownPassword: "your own; tell it to your guests",
  simulated: "made bad on purpose (--simulate), in each direction:",
  joined: (name, address) => `${name} joined${from("from", address)}.`,
  returned: (name, address) =>
    `${name} is back on a new connection${from("from", address)}.`,
  forwarded: (count) => `(forwarded to ${formatCount("en", count)})`,
  quietMessage: (author, characters, count) =>
    `message from ${author} (${formatCount("en", characters)} ${
      characters === 1 ? "character" : "characters"
    }) forwarded to ${formatCount("en", count)}`,
  quietChange: (author) => `${author} changed something`,
  messageRefused: (author, { code }) =>
    `Something of ${author} was refused: ${REFUSALS_ENGLISH[code]}.`,
  loginRefused: (address, close) =>
    `Login from ${address} refused: ${reasonEnglish(close)}.`,
  moreRefused:
    "More logins were refused. The rest of this minute's are not shown.",
  stopping: "The server stops. Everybody in the room is told.",
};

const INDONESIAN: ServerStrings = {
  title: (version) => `Server GAS Chatroom ${version}`,
  labels: {
    port: "Menerima di",
    join: "Tamu ketik",
    key: "Kunci",
    password: "Password",
    network: "Jaringan",
    stop: "Berhenti",
  },
  openPassword: [
    "GAS1, bawaan yang diketahui umum: siapa pun di jaringan bisa masuk.",
    "Ganti dengan --password-file FILE atau GAS_PASSWORD.",
  ],
  ownPassword: "milik Anda; beri tahu tamu Anda",
  simulated: "sengaja dibuat buruk (--simulate), di tiap arah:",
  joined: (name, address) => `${name} bergabung${from("dari", address)}.`,
  returned: (name, address) =>
    `${name} kembali lewat koneksi baru${from("dari", address)}.`,
  forwarded: (count) => `(diteruskan ke ${formatCount("id", count)})`,
  quietMessage: (author, characters, count) =>
    `pesan dari ${author} (${
      formatCount("id", characters)
    } karakter) diteruskan ke ${formatCount("id", count)}`,
  quietChange: (author) => `${author} mengubah sesuatu`,
  messageRefused: (author, { code }) =>
    `Sesuatu dari ${author} ditolak: ${REFUSALS_INDONESIAN[code]}.`,
  loginRefused: (address, close) =>
    `Login dari ${address} ditolak: ${reasonIndonesian(close)}.`,
  moreRefused:
    "Masih ada login yang ditolak. Sisanya di menit ini tidak ditampilkan.",
  stopping: "Server berhenti. Semua orang di ruang diberi tahu.",
};

const REFUSALS_ENGLISH: Readonly<Record<ActRefusal["code"], string>> = {
  empty: "empty",
  tooLong: "too long",
  tooFast: "too fast",
  noSuchMessage: "about no message",
  tooOld: "about a message that is not kept any more",
  notYours: "about a message of somebody else",
  removed: "about a message that was removed",
  notEmoji: "not an emoji",
  muted: "of somebody who is muted",
  slowMode: "too soon for a slow room",
  locked: "in a locked room",
  archived: "in a room that is over",
  needsRole: "not allowed in that role",
  notAnnouncement: "acknowledges what is no announcement",
  tooManyReactions: "one emoji too many",
};

const REFUSALS_INDONESIAN: Readonly<Record<ActRefusal["code"], string>> = {
  empty: "kosong",
  tooLong: "terlalu panjang",
  tooFast: "terlalu cepat",
  noSuchMessage: "pesannya tidak ada",
  tooOld: "pesannya sudah tidak disimpan",
  notYours: "pesannya milik orang lain",
  removed: "pesannya sudah dihapus",
  notEmoji: "bukan emoji",
  muted: "penulisnya dibisukan",
  slowMode: "terlalu cepat untuk ruang lambat",
  locked: "ruangnya dikunci",
  archived: "ruangnya sudah diakhiri",
  needsRole: "perannya tidak cukup",
  notAnnouncement: "yang diakui bukan pengumuman",
  tooManyReactions: "emojinya terlalu banyak",
};

function from(word: string, address: string | undefined): string {
  return address === undefined ? "" : ` ${word} ${address}`;
}

function reasonEnglish(close: ChatClose): string {
  switch (close.type) {
    case "wrongPassword":
      return "wrong password";
    case "throttled":
      return "too many attempts";
    case "nameTaken":
      return "the name is taken";
    case "nameInvalid":
      return "the name is not allowed";
    case "roomFull":
      return "the room is full";
    case "loginTimeout":
      return "it took too long";
    case "serverStopped":
      return "the server stops";
    case "quit":
    case "replaced":
      return "the client gave up";
    case "removed":
    case "kicked":
      return "removed";
    case "banned":
      return "banned";
    case "chatProtocol":
    case "tooSlow":
      return "the client does not keep to the protocol";
  }
}

function reasonIndonesian(close: ChatClose): string {
  switch (close.type) {
    case "wrongPassword":
      return "password salah";
    case "throttled":
      return "terlalu banyak percobaan";
    case "nameTaken":
      return "nama sudah dipakai";
    case "nameInvalid":
      return "nama tidak diizinkan";
    case "roomFull":
      return "ruang penuh";
    case "loginTimeout":
      return "terlalu lama";
    case "serverStopped":
      return "server berhenti";
    case "quit":
    case "replaced":
      return "klien membatalkan";
    case "removed":
    case "kicked":
      return "dikeluarkan";
    case "banned":
      return "diblokir";
    case "chatProtocol":
    case "tooSlow":
      return "klien tidak mengikuti protokol";
  }
}
