/**
 * What a person does about rooms, as it is typed behind a slash.
 *
 * @module
 */

import type { SlashCommand, TypedLine } from "./slash_command.ts";
import { readNameAndRest, readWholeName } from "./typed_name.ts";

/** What to do about rooms. */
export type RoomCommand =
  /** Which rooms there are. */
  | { readonly type: "rooms" }
  /** Goes to a room, and joins it if that is needed. */
  | { readonly type: "join"; readonly name: string }
  | {
    readonly type: "create";
    readonly name: string;
    readonly kind: "public" | "private";
  }
  /** Leaves a room; the present one if the name is empty. */
  | { readonly type: "leave"; readonly name: string }
  | { readonly type: "invite"; readonly name: string }
  /** Says something to somebody alone; goes there if the text is empty. */
  | { readonly type: "msg"; readonly name: string; readonly text: string }
  /** Ends the present room. */
  | { readonly type: "archive" };

/** The commands about rooms, in the order in which they are listed. */
export const ROOM_COMMANDS: readonly SlashCommand[] = [
  {
    name: "rooms",
    parameters: [],
    help: {
      en: "lists your rooms and the public ones",
      id: "menampilkan ruang Anda dan ruang publik",
    },
    read: (rest) => rest === "" ? room({ type: "rooms" }) : undefined,
  },
  {
    name: "join",
    parameters: [{ kind: "room", label: "room" }],
    help: {
      en: "goes to a room, and joins it if needed",
      id: "pergi ke sebuah ruang, dan bergabung bila perlu",
    },
    read: (rest) => {
      const name = roomName(rest);
      return name === "" ? undefined : room({ type: "join", name });
    },
  },
  {
    name: "create",
    parameters: [
      { kind: "text", label: "room" },
      { kind: "text", label: "private", isOptional: true },
    ],
    help: {
      en: "creates a room; private: only for who is invited",
      id: "membuat ruang; private: hanya bagi yang diundang",
    },
    read: (rest) => {
      const isPrivate = /\s(private|privat)$/i.test(rest);
      const name = roomName(isPrivate ? rest.replace(/\s\S+$/, "") : rest);
      if (name === "") return undefined;
      const kind = isPrivate ? "private" : "public";
      return room({ type: "create", name, kind });
    },
  },
  {
    name: "leave",
    parameters: [{ kind: "room", label: "room", isOptional: true }],
    help: {
      en: "leaves this room, or another one",
      id: "meninggalkan ruang ini, atau ruang lain",
    },
    read: (rest) => room({ type: "leave", name: roomName(rest) }),
  },
  {
    name: "invite",
    parameters: [{ kind: "name", label: "name" }],
    help: {
      en: "lets somebody into this private room",
      id: "mengundang seseorang ke ruang privat ini",
    },
    read: (rest) => {
      const name = readWholeName(rest);
      return name === undefined ? undefined : room({ type: "invite", name });
    },
  },
  {
    name: "msg",
    parameters: [
      { kind: "name", label: "name" },
      { kind: "text", label: "text", isOptional: true },
    ],
    help: {
      en: "writes to somebody alone; without text: goes there",
      id: "menulis kepada satu orang; tanpa teks: ke sana",
    },
    read: (typed) => {
      const { name, rest: text } = readNameAndRest(typed) ?? {};
      if (name === undefined || text === undefined) return undefined;
      return room({ type: "msg", name, text });
    },
  },
  {
    name: "archive",
    parameters: [],
    help: {
      en: "ends this room for everybody",
      id: "mengakhiri ruang ini bagi semua orang",
    },
    read: (rest) => rest === "" ? room({ type: "archive" }) : undefined,
  },
];

/** As it is written in front of what was said elsewhere. */
function roomName(typed: string): string {
  return typed.replace(/^[#@]/, "").trim();
}

function room(command: RoomCommand): TypedLine {
  return { type: "room", command };
}
