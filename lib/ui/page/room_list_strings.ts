/**
 * The words around the page's list of rooms, in English and Indonesian.
 *
 * @module
 */

import type { RoomKind } from "../../chat/room_kind.ts";
import type { Language } from "../strings.ts";

/** The words of one language. */
export interface RoomListStrings {
  /** The list's title. */
  readonly rooms: string;
  /** What a room is, read aloud before its name. */
  readonly kinds: Readonly<Record<RoomKind, string>>;
  /** Read aloud behind how much was not read. */
  unread(isMentioned: boolean): string;
  /** Opens the form of a new room. */
  readonly newRoom: string;
  /** Its field. */
  readonly name: string;
  /** Its choice of who may come. */
  readonly onlyInvited: string;
  /** Makes the room. */
  readonly create: string;
  /** Closes the form. */
  readonly cancel: string;
  /** Says that only moderators write. */
  readonly locked: string;
  /** Says how often one person may write. */
  slow(seconds: number): string;
  /** Begins a talk with one person. */
  writeTo(name: string): string;
}

/** The words, by language. */
export const ROOM_LIST_STRINGS: Readonly<Record<Language, RoomListStrings>> = {
  en: {
    rooms: "Rooms",
    kinds: { public: "Room", private: "Private room", direct: "Talk with" },
    unread: (isMentioned) => isMentioned ? "unread, for you" : "unread",
    newRoom: "New room",
    name: "Name of the room",
    onlyInvited: "Only for people who are invited",
    create: "Create",
    cancel: "Cancel",
    locked: "Locked",
    slow: (seconds) => `Slow: ${seconds} s`,
    writeTo: (name) => `Write to ${name} alone`,
  },
  id: {
    rooms: "Ruang",
    kinds: {
      public: "Ruang",
      private: "Ruang privat",
      direct: "Percakapan dengan",
    },
    unread: (isMentioned) =>
      isMentioned ? "belum dibaca, untuk Anda" : "belum dibaca",
    newRoom: "Ruang baru",
    name: "Nama ruang",
    onlyInvited: "Hanya untuk yang diundang",
    create: "Buat",
    cancel: "Batal",
    locked: "Dikunci",
    slow: (seconds) => `Lambat: ${seconds} dtk`,
    writeTo: (name) => `Tulis kepada ${name} saja`,
  },
};
