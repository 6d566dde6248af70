/**
 * The sentences about rooms, in English and Indonesian.
 *
 * @module
 */

import type { RoomEnding } from "../chat/chat_client_event.ts";
import type { RoomKind } from "../chat/room_kind.ts";
import { formatCount, type Language } from "./strings.ts";

/** What is said about rooms in one language. */
export interface RoomStrings {
  /** Stands above the rooms that one is in. */
  readonly yourRooms: string;
  /** Behind a room in which something was not read. */
  unread(count: number): string;
  /** Behind the room that is shown. */
  readonly here: string;
  /** Stands above the public rooms. */
  publicRooms(count: number): string;
  /** A public room. */
  publicRoom(name: string, present: number, isIn: boolean): string;
  /** Says that somebody was let in. */
  readonly invited: string;
  /** Says that a room is there; by another one unless that is empty. */
  opened(room: NamedRoom, by: string): string;
  /** Says how to go to a room. */
  goes(label: string): string;
  /** Says where a room is that is not shown. */
  readonly inList: string;
  /** The room is there, but something is being written in another one. */
  waits(label: string, name: string): string;
  /** Says that one is not in a room any more. */
  closed(label: string, reason: RoomEnding): string;
  /** Says which room is shown from now on. */
  nowIn(label: string): string;
  /** Stands above the newest messages while so many events are on their way. */
  fetching(count: number): string;
  /** Says that so many events are not shown again. */
  passedOver(count: number): string;
  /** Says who is in a room that is not the default one. */
  members(count: number, names: string): string;
  /** Says who may write. */
  locked(isLocked: boolean): string;
  /** Says how often one may write. */
  slow(seconds: number): string;
  /** Says that one is in no room of that name. */
  notIn(name: string): string;
  /** Says that everybody is in the default room, always. */
  readonly stays: string;
}

/**
 * Chooses the sentences of a language.
 *
 * @param language The language.
 * @returns Its sentences.
 */
export function roomStrings(language: Language): RoomStrings {
  return language === "id" ? INDONESIAN : ENGLISH;
}

/** A room, as far as its name says who it is. */
export interface NamedRoom {
  /** Who may know of it. */
  readonly kind: RoomKind;
  /** Its name; of a direct talk the other's. */
  readonly name: string;
}

/**
 * Names a room so that a talk with one person is told from a room.
 *
 * @param room The room.
 * @returns For example `#Sains` or `@Budi`.
 */
export function roomLabel({ kind, name }: NamedRoom): string {
  return `${kind === "direct" ? "@" : "#"}${name}`;
}

const ENGLISH: RoomStrings = {
  yourRooms: "Your rooms:",
  unread: (count) => `${formatCount("en", count)} unread`,
  here: "here",
  publicRooms: (count) =>
    count === 0
      ? "There are no public rooms besides this one. /create makes one."
      : "Public rooms (/join goes there):",
  publicRoom: (name, present, isIn) =>
    `#${name}, ${formatCount("en", present)} here now${
      isIn ? ", you are in" : ""
    }`,
  invited: "The invitation is out: the room is in that person's list now.",
  opened: (room, by) => {
    const isDirect = room.kind === "direct";
    if (by === "") {
      return isDirect
        ? `You have a talk with ${room.name} now.`
        : `You are in ${roomLabel(room)} now.`;
    }
    return isDirect
      ? `${by} began a talk with you.`
      : `${by} invited you to ${roomLabel(room)}.`;
  },
  goes: (label) => `/join ${label} goes there.`,
  inList: "It is in the list of rooms.",
  closed: (label, reason) => {
    switch (reason) {
      case "left":
        return `You have left ${label}.`;
      case "removed":
        return `You were taken out of ${label}.`;
      case "archived":
        return `${label} is over: it was archived.`;
      case "meanwhile":
        return `You are not in ${label} any more.`;
    }
  },
  nowIn: (label) => `You are in ${label} now.`,
  fetching: (count) =>
    `Fetching ${
      formatCount("en", count)
    } earlier messages. These are the newest:`,
  passedOver: (count) =>
    `${
      formatCount("en", count)
    } older events are not shown here. /history shows what was said.`,
  members: (count, names) => `${formatCount("en", count)} here: ${names}`,
  locked: (isLocked) =>
    isLocked
      ? "The room is locked: only moderators write here now."
      : "The room is open again: everybody may write.",
  slow: (seconds) =>
    seconds === 0
      ? "The room is not slow any more."
      : `The room is slow: ${seconds} s between two messages of one person.`,
  waits: (label, name) =>
    `You are in ${label} too. What you write stays here; /join ${name} goes there.`,
  notIn: (name) => `You are in no room called ${name}. /rooms lists yours.`,
  stays: "Everybody is in this room, always. QUIT leaves the server.",
};

const INDONESIAN: RoomStrings = {
  yourRooms: "Ruang Anda:",
  unread: (count) => `${formatCount("id", count)} belum dibaca`,
  here: "di sini",
  publicRooms: (count) =>
    count === 0
      ? "Tidak ada ruang publik selain ini. /create membuatnya."
      : "Ruang publik (/join pergi ke sana):",
  publicRoom: (name, present, isIn) =>
    `#${name}, ${formatCount("id", present)} orang di sana${
      isIn ? ", Anda anggotanya" : ""
    }`,
  invited: "Undangan terkirim: ruang ini kini ada di daftar orang itu.",
  opened: (room, by) => {
    const isDirect = room.kind === "direct";
    if (by === "") {
      return isDirect
        ? `Anda sekarang punya percakapan dengan ${room.name}.`
        : `Anda sekarang berada di ${roomLabel(room)}.`;
    }
    return isDirect
      ? `${by} memulai percakapan dengan Anda.`
      : `${by} mengundang Anda ke ${roomLabel(room)}.`;
  },
  goes: (label) => `/join ${label} pergi ke sana.`,
  inList: "Ruang itu ada di daftar ruang.",
  closed: (label, reason) => {
    switch (reason) {
      case "left":
        return `Anda meninggalkan ${label}.`;
      case "removed":
        return `Anda dikeluarkan dari ${label}.`;
      case "archived":
        return `${label} sudah diakhiri.`;
      case "meanwhile":
        return `Anda tidak lagi berada di ${label}.`;
    }
  },
  nowIn: (label) => `Anda sekarang di ${label}.`,
  fetching: (count) =>
    `Mengambil ${formatCount("id", count)} pesan sebelumnya. Ini yang terbaru:`,
  passedOver: (count) =>
    `${
      formatCount("id", count)
    } kejadian lama tidak ditampilkan. /history menampilkan pesannya.`,
  members: (count, names) =>
    `${formatCount("id", count)} orang di sini: ${names}`,
  locked: (isLocked) =>
    isLocked
      ? "Ruang dikunci: sekarang hanya moderator yang bisa menulis."
      : "Ruang dibuka lagi: semua boleh menulis.",
  slow: (seconds) =>
    seconds === 0
      ? "Ruang tidak lambat lagi."
      : `Ruang lambat: ${seconds} detik di antara dua pesan satu orang.`,
  waits: (label, name) =>
    `Anda juga ada di ${label}. Yang Anda tulis tetap di sini; /join ${name} membukanya.`,
  notIn: (name) =>
    `Anda tidak berada di ruang bernama ${name}. /rooms menampilkan ruang Anda.`,
  stays: "Semua orang selalu di ruang ini. QUIT meninggalkan server.",
};
