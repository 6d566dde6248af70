/**
 * What is said about the server's database, in both languages.
 *
 * @module
 */

import type { StoreError } from "../store/store_error.ts";
import type { UnwritableCode } from "../store/store_messages.ts";
import { printableText } from "../ui/printable_text.ts";
import type { Language } from "../ui/strings.ts";
import { type ServerCommand, STANDARD_OUTPUT } from "./server_options.ts";

/**
 * Says that a room was written to a file.
 *
 * @param language The language.
 * @param file The file.
 * @param exported Which room, and how many messages.
 */
export function exportDoneText(
  language: Language,
  file: string,
  { room, messages }: { readonly room: string; readonly messages: number },
): string {
  const path = printableText(file);
  const name = printableText(room);
  if (language === "id") {
    return `${messages} pesan dari ${name} ada di ${path}. Siapa pun yang mendapat berkas itu bisa membacanya.
`;
  }
  const what = messages === 1 ? "1 message is" : `${messages} messages are`;
  return `${name}: ${what} in ${path}. Whoever gets that file can read it.
`;
}

/** What the server was doing. */
type Command = ServerCommand["type"];

/**
 * Says what is wrong with a database, what was kept, and what to do.
 *
 * @param language The language.
 * @param command What the server was doing.
 * @param error What is wrong.
 * @returns One or two lines.
 */
export function storeProblemText(
  language: Language,
  command: ServerCommand["type"],
  error: StoreError,
): string {
  const say = language === "id" ? INDONESIAN : ENGLISH;
  const path = error.path === STANDARD_OUTPUT
    ? say.standardOutput
    : printableText(error.path);
  const what = say.what(error, path, printableText(error.detail));
  return `${what}\n${say.next(error, command)}`;
}

/**
 * Says that a running server ends because nothing can be stored any more.
 *
 * @param language The language.
 * @param error What is wrong.
 * @returns Some lines.
 */
export function storeFailedText(language: Language, error: StoreError): string {
  const stops = language === "id"
    ? "Server berhenti: pesan tidak bisa disimpan lagi. Yang sudah diterima tersimpan, sisanya dikirim lagi oleh klien."
    : "The server stops: messages cannot be stored any more. What was acknowledged is stored, the rest the clients send again.";
  return `${stops}\n${storeProblemText(language, "serve", error)}`;
}

/**
 * Says that a copy was made.
 *
 * @param language The language.
 * @param file The copy.
 */
export function backupDoneText(language: Language, file: string): string {
  const path = printableText(file);
  return language === "id"
    ? `Salinan percakapan ada di ${path}. Isinya bisa dibaca siapa pun yang mendapat berkas itu.\n`
    : `What was said is copied to ${path}. Whoever gets that file can read it.\n`;
}

/**
 * Says that a copy took its place.
 *
 * @param language The language.
 * @param file The copy.
 * @param kept Where what was there before is now; undefined if there was none.
 */
export function restoreDoneText(
  language: Language,
  file: string,
  kept: string | undefined,
): string {
  const path = printableText(file);
  const isEnglish = language === "en";
  const done = isEnglish
    ? `The server starts with what is in ${path} from now on; that file stays as it is.\n`
    : `Mulai sekarang server memakai isi ${path}; berkas itu sendiri tidak berubah.\n`;
  if (kept === undefined) return done;
  const before = printableText(kept);
  return done +
    (isEnglish
      ? `What was there before is kept in ${before}.\n`
      : `Yang ada sebelumnya disimpan di ${before}.\n`);
}

/**
 * Says that messages cannot be stored for now, or again can.
 *
 * @param language The language.
 * @param code Why not; undefined if they can.
 * @returns One line.
 */
export function unwritableText(
  language: Language,
  code: UnwritableCode | undefined,
): string {
  const say = language === "id" ? INDONESIAN : ENGLISH;
  return say.unwritable(code);
}

/**
 * Says that others could read what was said.
 *
 * @param language The language.
 * @param path The database.
 * @returns One line.
 */
export function historyExposedText(language: Language, path: string): string {
  const file = printableText(path);
  return language === "id"
    ? `Sampai sekarang pengguna lain komputer ini dapat membaca ${file}; kini berkas itu tertutup lagi.`
    : `Other users of this computer could read ${file} until now; it is private again.`;
}

/** The sentences of one language. */
interface StoreStrings {
  readonly standardOutput: string;
  what(error: StoreError, path: string, detail: string): string;
  next(error: StoreError, command: Command): string;
  unwritable(code: UnwritableCode | undefined): string;
}

const ENGLISH: StoreStrings = {
  standardOutput: "standard output",
  what({ code }, path, detail) {
    switch (code) {
      case "newerSchema":
        return `${path} was written by a newer gas-server: ${detail}.`;
      case "olderSchema":
        return `${path} was written by an older gas-server: ${detail}.`;
      case "noSuchRoom":
        return detail === ""
          ? `There is no room in ${path} yet.`
          : `There is no such room in ${path}. It has: ${detail}.`;
      case "locked":
        return `${path} is used by another gas-server.`;
      case "corrupt":
        return `${path} is damaged: ${detail}.`;
      case "readOnly":
        return `${path} cannot be written: ${detail}.`;
      case "full":
        return `The disk is full: ${path} cannot be written.`;
      case "notADatabase":
        return `${path} is not the history of a gas-server.`;
      case "noSuchFile":
        return `There is no file ${path}.`;
      case "fileExists":
        return `${path} exists already.`;
      case "io":
        return `${path} cannot be used: ${detail}.`;
    }
  },
  next({ code }, command) {
    if (command === "export") {
      switch (code) {
        case "fileExists":
          return "Nothing was changed. Choose another name, or replace it: --force";
        case "olderSchema":
          return "Nothing was changed. Start the server once: that brings the file up to date.";
        case "noSuchRoom":
          return "Nothing was changed. Name a room with --room NAME.";
      }
    }
    if (command !== "serve") {
      return code === "locked"
        ? "Nothing was changed. Stop the server first."
        : "Nothing was changed.";
    }
    switch (code) {
      case "newerSchema":
        return "Nothing was changed. Use that version, or another data folder: --data DIR";
      case "locked":
        return "Stop that one, or use another data folder: --data DIR";
      case "corrupt":
      case "notADatabase":
        return "Put a backup in its place: gas-server restore FILE. Or move the file away to start with an empty history.";
      case "full":
        return "Make room and start again. What was acknowledged is stored.";
      case "readOnly":
      case "noSuchFile":
      case "fileExists":
      case "olderSchema":
      case "noSuchRoom":
      case "io":
        return "Every message must be stored before it is shown, so the server cannot run. Repair this, or use another data folder: --data DIR";
    }
  },
  unwritable(code) {
    switch (code) {
      case undefined:
        return "Messages can be stored again; those that waited are shown now.";
      case "full":
        return "The disk is full: new messages wait, and are shown as soon as there is room. Nothing is lost.";
      case "readOnly":
        return "The data folder cannot be written: new messages wait, and are shown as soon as it can. Nothing is lost.";
      case "locked":
        return "Another program holds the history: new messages wait, and are shown as soon as it lets go. Nothing is lost.";
    }
  },
};

const INDONESIAN: StoreStrings = {
  standardOutput: "keluaran standar",
  what({ code }, path, detail) {
    switch (code) {
      case "newerSchema":
        return `${path} ditulis oleh gas-server yang lebih baru: ${detail}.`;
      case "olderSchema":
        return `${path} ditulis oleh gas-server yang lebih lama: ${detail}.`;
      case "noSuchRoom":
        return detail === ""
          ? `Belum ada ruang di ${path}.`
          : `Tidak ada ruang itu di ${path}. Yang ada: ${detail}.`;
      case "locked":
        return `${path} sedang dipakai gas-server lain.`;
      case "corrupt":
        return `${path} rusak: ${detail}.`;
      case "readOnly":
        return `${path} tidak bisa ditulis: ${detail}.`;
      case "full":
        return `Disk penuh: ${path} tidak bisa ditulis.`;
      case "notADatabase":
        return `${path} bukan riwayat gas-server.`;
      case "noSuchFile":
        return `Tidak ada berkas ${path}.`;
      case "fileExists":
        return `${path} sudah ada.`;
      case "io":
        return `${path} tidak bisa dipakai: ${detail}.`;
    }
  },
  next({ code }, command) {
    if (command === "export") {
      switch (code) {
        case "fileExists":
          return "Tidak ada yang diubah. Pilih nama lain, atau timpa: --force";
        case "olderSchema":
          return "Tidak ada yang diubah. Jalankan server sekali: berkas itu lalu diperbarui.";
        case "noSuchRoom":
          return "Tidak ada yang diubah. Sebutkan ruang dengan --room NAMA.";
      }
    }
    if (command !== "serve") {
      return code === "locked"
        ? "Tidak ada yang diubah. Hentikan dulu servernya."
        : "Tidak ada yang diubah.";
    }
    switch (code) {
      case "newerSchema":
        return "Tidak ada yang diubah. Pakai versi itu, atau folder data lain: --data DIR";
      case "locked":
        return "Hentikan server itu, atau pakai folder data lain: --data DIR";
      case "corrupt":
      case "notADatabase":
        return "Ganti dengan salinan cadangan: gas-server restore FILE. Atau pindahkan berkas itu untuk mulai dengan riwayat kosong.";
      case "full":
        return "Kosongkan sebagian disk lalu jalankan lagi. Yang sudah diterima server tetap tersimpan.";
      case "readOnly":
      case "noSuchFile":
      case "fileExists":
      case "olderSchema":
      case "noSuchRoom":
      case "io":
        return "Setiap pesan harus tersimpan sebelum ditampilkan, jadi server tidak bisa berjalan. Perbaiki ini, atau pakai folder data lain: --data DIR";
    }
  },
  unwritable(code) {
    switch (code) {
      case undefined:
        return "Pesan bisa disimpan lagi; yang menunggu kini ditampilkan.";
      case "full":
        return "Disk penuh: pesan baru menunggu, dan ditampilkan begitu ada ruang. Tidak ada yang hilang.";
      case "readOnly":
        return "Folder data tidak bisa ditulis: pesan baru menunggu, dan ditampilkan begitu bisa. Tidak ada yang hilang.";
      case "locked":
        return "Program lain sedang memegang riwayat: pesan baru menunggu, dan ditampilkan begitu dilepas. Tidak ada yang hilang.";
    }
  },
};
