/**
 * The sentences about what a person looks up, in English and Indonesian.
 *
 * @module
 */

import { roomRefusalText } from "./room_refusal_strings.ts";
import type { QuestionRefusal } from "../chat/open_requests.ts";
import { peopleRefusalText } from "./people_strings.ts";
import type { RollColumns } from "./roll_csv.ts";
import { formatCount, type Language, messageRefusalText } from "./strings.ts";

/** What is said around answers in one language. */
export interface LookupStrings {
  /** Stands above older messages. */
  older(count: number): string;
  /** Says that there are none. */
  readonly nothingOlder: string;
  /** Says that the first of them is the first that is kept. */
  readonly atStart: string;
  /** Says how to see what is before them. */
  readonly olderStill: string;
  /** Stands above what was found. */
  found(count: number): string;
  /** Says how to find older ones than a place in the room. */
  olderMatches(before: number): string;
  /** Says that nothing older than a place was looked at. */
  lookedBack(before: number): string;
  /** Stands above the names of who is there. */
  present(count: number): string;
  /** A name of them. */
  since(name: string, moment: string): string;
  /** Says since when somebody is there. */
  hereSince(name: string, moment: string): string;
  /** Says that somebody is not there. */
  notHere(name: string): string;
  /** Says when somebody wrote. */
  lastWrote(moment: string): string;
  /** Says that nothing of somebody is kept. */
  readonly neverWrote: string;
  /** Stands behind a message that once said something else. */
  readonly edited: string;
  /** Stands above who has a message. */
  receipts(delivered: number, read: number, of: number): string;
  /** In front of the names of who has read it. */
  readonly readBy: string;
  /** In front of the names of who has it and has not read it. */
  readonly deliveredTo: string;
  /** In front of the names of who does not have it. */
  readonly notDelivered: string;
  /** Stands above who has acknowledged an announcement. */
  roll(acknowledged: number, of: number): string;
  /** In front of the names of who has not. */
  readonly notAcknowledged: string;
  /** The words in a file of it. */
  readonly rollColumns: RollColumns;
  /** Says that it is kept in a file. */
  saved(file: string): string;
  /** Says that there is such a file already. */
  fileExists(file: string): string;
  /** Says that the file could not be written, and why. */
  notSaved(file: string, why: string): string;
}

/**
 * Chooses the sentences of a language.
 *
 * @param language The language.
 * @returns Its sentences.
 */
export function lookupStrings(language: Language): LookupStrings {
  return language === "id" ? INDONESIAN : ENGLISH;
}

/**
 * Says why there is no answer.
 *
 * @param language The language to say it in.
 * @param refusal The reason.
 * @returns What happened and what to do.
 */
export function questionRefusalText(
  language: Language,
  refusal: QuestionRefusal,
): string {
  const id = language === "id";
  switch (refusal.code) {
    case "offline":
      return id
        ? "Ini memerlukan server, yang sekarang tidak terjangkau. Coba lagi setelah terhubung."
        : "This needs the server, which is out of reach now. Try again once it is back.";
    case "tooFast":
    case "busy":
      return id
        ? `Server sedang sibuk menjawab. Coba lagi dalam ${refusal.retryAfterSeconds} detik.`
        : `That is more than the server answers now. Try again in ${
          refusal.retryAfterSeconds === 1
            ? "1 second"
            : `${refusal.retryAfterSeconds} seconds`
        }.`;
    case "tooManyOpen":
      return id
        ? `Sudah ${refusal.limitRequests} pertanyaan menunggu jawaban. Coba lagi setelah dijawab.`
        : `${refusal.limitRequests} questions already wait for an answer. Try again once they are answered.`;
    case "nothingSought":
      return id
        ? "Tidak ada yang bisa dicari: ketik kata, nama, atau tanggal."
        : "There is nothing to look for: give words, a name or a date.";
    case "unknownName":
      return id
        ? "Tidak ada orang dengan nama itu di sini atau dalam pesan yang disimpan."
        : "Nobody of that name is here or wrote anything that is kept.";
    case "noSuchRoom":
    case "roomNameTaken":
    case "roomNameInvalid":
    case "tooManyRooms":
    case "inTooManyRooms":
    case "createdTooManyRooms":
    case "roomFull":
    case "notPossible":
      return roomRefusalText(language, refusal);
    case "noSuchMessage":
    case "notYours":
    case "notAnnouncement":
      return messageRefusalText(language, refusal);
    case "needsRole":
    case "outranked":
    case "nameTaken":
    case "nameInvalid":
    case "notFound":
    case "banInvalid":
    case "wrongCode":
    case "tooMany":
    case "noClaim":
      return peopleRefusalText(language, refusal);
    case "tooLong": {
      const limit = formatCount(language, refusal.limitCharacters);
      return id
        ? `Terlalu panjang: batasnya ${limit} karakter.`
        : `Too long: the limit is ${limit} characters.`;
    }
  }
}

const ENGLISH: LookupStrings = {
  older: (count) =>
    count === 1
      ? "1 older message:"
      : `${formatCount("en", count)} older messages:`,
  nothingOlder: "Nothing older is kept.",
  atStart: "End of the older messages; nothing before them is kept.",
  olderStill:
    "End of the older messages. /history again shows those before them.",
  found: (count) =>
    count === 0
      ? "Nothing was found."
      : count === 1
      ? "1 message was found:"
      : `${formatCount("en", count)} messages were found:`,
  olderMatches: (before) => `There may be older ones: add before:${before}`,
  lookedBack: (before) =>
    `Only the newest messages were looked through: add before:${before} to go on.`,
  present: (count) =>
    count === 1
      ? "1 person is here:"
      : `${formatCount("en", count)} people are here:`,
  since: (name, moment) => `${name}, since ${moment}`,
  hereSince: (name, moment) => `${name} is here since ${moment}.`,
  notHere: (name) => `${name} is not here.`,
  lastWrote: (moment) => `Wrote last: ${moment}.`,
  neverWrote: "No message is kept.",
  edited: "(edited)",
  receipts: (delivered, read, of) =>
    `Delivered to ${delivered} of ${of}, read by ${read} of ${of}.`,
  readBy: "Read by",
  deliveredTo: "Delivered to",
  notDelivered: "Not delivered to",
  roll: (acknowledged, of) => `Acknowledged by ${acknowledged} of ${of}.`,
  notAcknowledged: "Not acknowledged by",
  rollColumns: {
    name: "Name",
    acknowledged: "Acknowledged",
    time: "Time (UTC)",
    yes: "yes",
    no: "no",
  },
  saved: (file) => `Saved in ${file}.`,
  fileExists: (file) =>
    `There is a file ${file} already, which stays as it is. Choose another name.`,
  notSaved: (file, why) => `${file} could not be written: ${why}`,
};

const INDONESIAN: LookupStrings = {
  older: (count) => `${formatCount("id", count)} pesan yang lebih lama:`,
  nothingOlder: "Tidak ada pesan yang lebih lama.",
  atStart: "Akhir pesan lama; sebelumnya tidak ada yang disimpan.",
  olderStill:
    "Akhir pesan lama. /history sekali lagi menampilkan yang sebelumnya.",
  found: (count) =>
    count === 0
      ? "Tidak ada yang ditemukan."
      : `${formatCount("id", count)} pesan ditemukan:`,
  olderMatches: (before) =>
    `Mungkin ada yang lebih lama: tambahkan before:${before}`,
  lookedBack: (before) =>
    `Baru pesan terbaru yang diperiksa: tambahkan before:${before} untuk melanjutkan.`,
  present: (count) => `${formatCount("id", count)} orang di sini:`,
  since: (name, moment) => `${name}, sejak ${moment}`,
  hereSince: (name, moment) => `${name} di sini sejak ${moment}.`,
  notHere: (name) => `${name} tidak di sini.`,
  lastWrote: (moment) => `Terakhir menulis: ${moment}.`,
  neverWrote: "Tidak ada pesannya yang disimpan.",
  edited: "(diubah)",
  receipts: (delivered, read, of) =>
    `Diterima ${delivered} dari ${of}, dibaca ${read} dari ${of}.`,
  readBy: "Dibaca oleh",
  deliveredTo: "Diterima oleh",
  notDelivered: "Belum diterima oleh",
  roll: (acknowledged, of) =>
    `Ditandai sudah dibaca oleh ${acknowledged} dari ${of}.`,
  notAcknowledged: "Belum ditandai oleh",
  rollColumns: {
    name: "Nama",
    acknowledged: "Sudah dibaca",
    time: "Waktu (UTC)",
    yes: "ya",
    no: "tidak",
  },
  saved: (file) => `Disimpan di ${file}.`,
  fileExists: (file) =>
    `Berkas ${file} sudah ada dan tidak diubah. Pilih nama lain.`,
  notSaved: (file, why) => `${file} tidak bisa ditulis: ${why}`,
};
