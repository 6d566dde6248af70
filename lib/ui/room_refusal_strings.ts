/**
 * Why something in or about a room was refused, in sentences: what happened and
 * what to do.
 *
 * @module
 */

import type { ActRefusal } from "../chat/act_refusal.ts";
import type { RequestRefusal } from "../chat/request_refusal.ts";
import type { Role } from "../chat/role.ts";
import { formatCount, type Language } from "./strings.ts";

/** The refusals that are about rooms and roles. */
export type RoomRefusal = Extract<
  ActRefusal | RequestRefusal | { readonly code: "notInRoom" },
  {
    readonly code:
      | "muted"
      | "slowMode"
      | "locked"
      | "archived"
      | "notInRoom"
      | "needsRole"
      | "noSuchRoom"
      | "roomNameTaken"
      | "roomNameInvalid"
      | "tooManyRooms"
      | "inTooManyRooms"
      | "createdTooManyRooms"
      | "roomFull"
      | "notPossible";
  }
>;

/**
 * Says why something was refused.
 *
 * @param language The language to say it in.
 * @param refusal The reason.
 * @returns What happened and what to do.
 */
export function roomRefusalText(
  language: Language,
  refusal: RoomRefusal,
): string {
  return language === "id" ? indonesian(refusal) : english(refusal);
}

function english(refusal: RoomRefusal): string {
  switch (refusal.code) {
    case "muted":
      return `You are muted. Send it again in ${
        seconds(refusal.retryAfterSeconds)
      }.`;
    case "slowMode":
      return `This room is slow: there is a time between two messages. Send it again in ${
        seconds(refusal.retryAfterSeconds)
      }.`;
    case "locked":
      return "This room is locked: only moderators write here now.";
    case "archived":
      return "This room is over.";
    case "notInRoom":
      return "You are not in that room any more.";
    case "needsRole":
      return `Only ${ENGLISH_ROLES[refusal.role]} can do that.`;
    case "noSuchRoom":
      return "There is no such room.";
    case "roomNameTaken":
      return "There is a room of that name, or of one that looks like it. Choose another name.";
    case "roomNameInvalid":
      return "A room cannot be called that. Choose a short name of ordinary letters.";
    case "tooManyRooms":
      return `The server has ${
        formatCount("en", refusal.limitRooms)
      } rooms already. Join one of them.`;
    case "inTooManyRooms":
      return `That would be more than ${refusal.limitRooms} rooms for one person. Leave one first.`;
    case "createdTooManyRooms":
      return `You have created ${refusal.limitRooms} rooms already. Archive one first.`;
    case "roomFull":
      return `${refusal.limitMembers} people belong to the room already. Try again when somebody has left.`;
    case "notPossible":
      return "That cannot be done here.";
  }
}

function indonesian(refusal: RoomRefusal): string {
  switch (refusal.code) {
    case "muted":
      return `Anda sedang dibisukan. Kirim lagi dalam ${refusal.retryAfterSeconds} detik.`;
    case "slowMode":
      return `Ruang ini lambat: ada jeda di antara dua pesan. Kirim lagi dalam ${refusal.retryAfterSeconds} detik.`;
    case "locked":
      return "Ruang ini dikunci: sekarang hanya moderator yang bisa menulis.";
    case "archived":
      return "Ruang ini sudah diakhiri.";
    case "notInRoom":
      return "Anda tidak lagi berada di ruang itu.";
    case "needsRole":
      return `Hanya ${INDONESIAN_ROLES[refusal.role]} yang bisa melakukan itu.`;
    case "noSuchRoom":
      return "Tidak ada ruang itu.";
    case "roomNameTaken":
      return "Sudah ada ruang dengan nama itu atau yang mirip. Pilih nama lain.";
    case "roomNameInvalid":
      return "Ruang tidak bisa dinamai begitu. Pilih nama pendek dengan huruf biasa.";
    case "tooManyRooms":
      return `Server sudah memiliki ${
        formatCount("id", refusal.limitRooms)
      } ruang. Bergabunglah dengan salah satunya.`;
    case "inTooManyRooms":
      return `Satu orang paling banyak berada di ${refusal.limitRooms} ruang. Tinggalkan salah satu dahulu.`;
    case "createdTooManyRooms":
      return `Anda sudah membuat ${refusal.limitRooms} ruang. Akhiri salah satu dahulu.`;
    case "roomFull":
      return `Ruang itu sudah beranggotakan ${refusal.limitMembers} orang. Coba lagi setelah ada yang keluar.`;
    case "notPossible":
      return "Itu tidak bisa dilakukan di sini.";
  }
}

function seconds(count: number): string {
  return count === 1 ? "1 second" : `${count} seconds`;
}

const ENGLISH_ROLES: Readonly<Record<Role, string>> = {
  guest: "people in the room",
  member: "people who have claimed their name",
  moderator: "moderators",
  owner: "the owner",
};

const INDONESIAN_ROLES: Readonly<Record<Role, string>> = {
  guest: "orang di ruang ini",
  member: "orang yang sudah mengklaim namanya",
  moderator: "moderator",
  owner: "pemilik",
};
