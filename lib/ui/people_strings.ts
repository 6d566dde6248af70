/**
 * The sentences about what people decide about each other and themselves, in
 * English and Indonesian.
 *
 * @module
 */

import type { Ban } from "../chat/account.ts";
import type { PeopleAnswer, PeopleRefusal } from "../chat/people_request.ts";
import type { Role } from "../chat/role.ts";
import { type AuditFormat, auditText } from "./audit_strings.ts";
import type { Banned, EndReason } from "./bridge.ts";
import { roleText } from "./role_text.ts";
import type { Language, RefusalText } from "./strings.ts";

/** An end that somebody decided. */
export type Decision = Extract<
  EndReason,
  { readonly code: "kicked" | "banned" }
>;

/** An answer in words. */
export interface PeopleAnswerText {
  /** What it is. */
  readonly heading: string;
  /** A sentence for each line. */
  readonly lines: readonly string[];
  /** How to go on; nothing where absent. */
  readonly closing?: string;
}

/**
 * Says that somebody's decision ended the session.
 *
 * @param language The language to say it in.
 * @param decision What was decided.
 * @returns One sentence, or two.
 */
export function decisionText(language: Language, decision: Decision): string {
  if (decision.code === "banned") return bannedText(language, decision).what;
  const { by, reason } = decision;
  return language === "id"
    ? `Anda dikeluarkan oleh ${by}${because(reason)}. Anda boleh masuk lagi.`
    : `${by} removed you${because(reason)}. You may come back.`;
}

/**
 * Says that a login was refused because of a ban.
 *
 * @param language The language to say it in.
 * @param ban The ban.
 * @returns What happened and what to do.
 */
export function bannedText(language: Language, ban: Banned): RefusalText {
  const { untilMs, by, reason } = ban;
  const why = because(reason);
  if (language === "id") {
    const until = untilMs === 0 ? "" : ` sampai ${momentText("id", untilMs)}`;
    return {
      what: `Anda diblokir oleh ${by}${until}${why}.`,
      next: untilMs === 0
        ? "Tanyakan kepada pengelola server ini."
        : "Coba lagi setelah itu.",
    };
  }
  const until = untilMs === 0 ? "" : ` until ${momentText("en", untilMs)}`;
  return {
    what: `${by} banned you${until}${why}.`,
    next: untilMs === 0
      ? "Ask who runs this server."
      : "Try again after that time.",
  };
}

/**
 * Says which role something takes.
 *
 * @param language The language to say it in.
 * @param role The least role that may.
 * @returns What it takes, and how one gets there.
 */
export function needsRoleText(language: Language, role: Role): string {
  if (role === "guest" || role === "member") {
    return language === "id"
      ? "Untuk itu nama harus diklaim: pemakainya menulis /claim."
      : "That takes a claimed name: whoever uses it writes /claim.";
  }
  return language === "id"
    ? `Hanya ${roleText("id", role)} atau yang di atasnya boleh melakukan itu.`
    : `Only a${role === "owner" ? "n" : ""} ${role}${
      role === "owner" ? "" : " or owner"
    } may do that.`;
}

/**
 * Says why a request about people has no answer.
 *
 * @param language The language to say it in.
 * @param refusal The reason.
 * @returns What happened and what to do.
 */
export function peopleRefusalText(
  language: Language,
  refusal: PeopleRefusal,
): string {
  const id = language === "id";
  switch (refusal.code) {
    case "needsRole":
      return needsRoleText(language, refusal.role);
    case "outranked":
      return id
        ? `Itu tidak bisa dilakukan terhadap ${
          roleText("id", refusal.role)
        }: hanya terhadap peran di bawah Anda.`
        : `That cannot be done to a role that is not below yours: ${refusal.role}.`;
    case "nameTaken":
      return id
        ? "Nama itu, atau yang mirip, sudah dipakai. Pilih nama lain."
        : "That name, or one that looks like it, is taken. Choose another one.";
    case "nameInvalid":
      return id
        ? "Nama itu tidak diizinkan. Pilih nama lain."
        : "That name is not allowed. Choose another one.";
    case "notFound":
      return id ? "Itu tidak ada." : "There is no such thing.";
    case "banInvalid":
      return id
        ? "Itu bukan nama, alamat, atau jaringan yang cukup kecil, misalnya 192.0.2.0/24."
        : "That is no name, no address and no network small enough, such as 192.0.2.0/24.";
    case "wrongCode":
      return id
        ? "Kode itu salah atau sudah tidak berlaku. Lihat terminal server."
        : "That code is wrong, or does not hold any more. See the server's terminal.";
    case "tooMany":
      return id
        ? `Server menyimpan paling banyak ${refusal.limit}. Hapus satu dulu.`
        : `The server keeps ${refusal.limit} at most. Remove one first.`;
    case "noClaim":
      return id
        ? "Nama Anda berubah sementara itu. Tulis /claim lagi."
        : "Your name changed meanwhile. Write /claim again.";
  }
}

/**
 * Says what a request about people came to.
 *
 * @param answer The answer.
 * @param format How to write it.
 * @returns The sentences.
 */
export function peopleAnswerText(
  answer: PeopleAnswer,
  format: AuditFormat,
): PeopleAnswerText {
  const { language, moment } = format;
  const id = language === "id";
  switch (answer.type) {
    case "done":
    case "claimStart":
      return { heading: id ? "Selesai." : "Done.", lines: [] };
    case "claimed":
      return {
        heading: id
          ? "Nama ini milik Anda: sejak sekarang masuklah dengan password yang baru."
          : "The name is yours: log in with its new password from now on.",
        lines: [],
      };
    case "bans": {
      const count = answer.bans.length;
      const heading = id
        ? count === 0 ? "Tidak ada blokir." : `${count} blokir:`
        : count === 0
        ? "There are no bans."
        : count === 1
        ? "1 ban:"
        : `${count} bans:`;
      const lines = answer.bans.map((ban) => banText(language, ban, moment));
      return { heading, lines };
    }
    case "audit":
      return auditAnswerText(answer, format);
  }
}

/** The newest entry first, and how to get at those before the last. */
function auditAnswerText(
  { rows, isEnd }: Extract<PeopleAnswer, { readonly type: "audit" }>,
  format: AuditFormat,
): PeopleAnswerText {
  const id = format.language === "id";
  const { length } = rows;
  const none = id ? "Tidak ada catatan." : "Nothing was written down.";
  const count = id
    ? `${length} catatan, yang terbaru dahulu:`
    : length === 1
    ? "1 entry:"
    : `${length} entries, the newest first:`;
  const heading = length === 0 ? none : count;
  const lines = rows.map((row) => auditText(row, format));
  const oldest = rows.at(-1);
  if (isEnd || oldest === undefined) return { heading, lines };
  const command = `/audit before:${oldest.auditId}`;
  const closing = id
    ? `Catatan yang lebih lama: ${command}`
    : `There are older ones: ${command}`;
  return { heading, lines, closing };
}

/**
 * Says what somebody is and says of themself.
 *
 * @param language The language of what is not theirs.
 * @param person What is known.
 * @returns A line for each thing that is there to tell.
 */
export function personLines(
  language: Language,
  { role, isAway, awayText, profile }: PersonFacts,
): string[] {
  const away = language === "id" ? "sedang pergi" : "away";
  return [
    role === "guest" ? "" : roleText(language, role),
    !isAway ? "" : awayText === "" ? away : `${away}: ${awayText}`,
    profile,
  ].filter((line) => line !== "");
}

/** What is known of somebody. */
export interface PersonFacts {
  /** What they may do. */
  readonly role: Role;
  /** Whether they have said that they are away. */
  readonly isAway: boolean;
  /** What they have said of that. */
  readonly awayText: string;
  /** What they say of themself. */
  readonly profile: string;
}

function banText(
  language: Language,
  { kind, value, reason, by, untilMs }: Ban,
  moment: (timeMs: number) => string,
): string {
  const id = language === "id";
  const until = untilMs === 0
    ? ""
    : `, ${id ? "sampai" : "until"} ${moment(untilMs)}`;
  const what = id ? KINDS_INDONESIAN[kind] : kind;
  return `${what} ${value}: ${by}${until}${because(reason)}`;
}

function momentText(language: Language, timeMs: number): string {
  const locale = language === "id" ? "id-ID" : "en-GB";
  const style = { dateStyle: "medium", timeStyle: "short" } as const;
  return new Date(timeMs).toLocaleString(locale, style);
}

function because(reason: string): string {
  return reason === "" ? "" : ` (${reason})`;
}

const KINDS_INDONESIAN: Readonly<Record<Ban["kind"], string>> = {
  name: "nama",
  address: "alamat",
  network: "jaringan",
};
