/**
 * The sentences about who did what to whom, in English and Indonesian.
 *
 * @module
 */

import type { AuditEntry } from "../chat/account.ts";
import { ROLES } from "../chat/role.ts";
import { roleText } from "./role_text.ts";
import type { Language } from "./strings.ts";

/** How entries of the audit are written. */
export interface AuditFormat {
  /** The language to write them in. */
  readonly language: Language;
  /** Writes a day and a time of it. */
  readonly moment: (timeMs: number) => string;
  /** Names a room; undefined for one that is not known here. */
  readonly roomLabel: (roomId: number) => string | undefined;
}

/**
 * Writes an entry of the audit as a person reads it.
 *
 * @param entry The entry.
 * @param format How to write it.
 * @returns When, and a sentence.
 */
export function auditText(entry: AuditEntry, format: AuditFormat): string {
  const deed = format.language === "id"
    ? indonesianDeed(entry, format)
    : englishDeed(entry, format);
  // The operator has no name among people.
  const who = entry.who === "" ? "gas-server" : entry.who;
  return `${format.moment(entry.timeMs)}  ${who} ${deed}`;
}

function englishDeed(entry: AuditEntry, format: AuditFormat): string {
  const { who, what, whom, detail } = entry;
  const room = roomText(whom, format);
  switch (what) {
    case "claim":
      return `claimed the name ${whom}`;
    case "setPassword":
      return `set a new password for the name ${whom}`;
    case "release":
      return `gave the name ${whom} back`;
    case "rename":
      return `took the name ${detail} in place of ${whom}`;
    case "setRole": {
      const role = roleOf(detail, format.language);
      const article = /^[aeiou]/.test(role) ? "an" : "a";
      return who === whom
        ? `became ${article} ${role}`
        : `made ${whom} ${article} ${role}`;
    }
    case "kick":
      return `removed ${whom}${because(detail)}`;
    case "ban":
      return `banned ${whom} ${spanText(entry, format)}`;
    case "unban":
      return `lifted the ban on ${whom}`;
    case "mute":
      return `muted ${whom} ${spanText(entry, format)}`;
    case "unmute":
      return `let ${whom} write again`;
    case "lock":
      return `locked ${room}: only moderators write there`;
    case "unlock":
      return `opened ${room} again: everybody may write there`;
    case "slow":
      return isNothing(detail)
        ? `ended the time between two messages in ${room}`
        : `made ${room} slow: ${
          unitsText("en", "second", Number(detail))
        } between two messages of one person`;
    case "removeMessage":
      return `removed message ${detail} in ${room}`;
    case "archive":
      return `archived ${room}`;
  }
}

function indonesianDeed(entry: AuditEntry, format: AuditFormat): string {
  const { who, what, whom, detail } = entry;
  const room = roomText(whom, format);
  switch (what) {
    case "claim":
      return `mengklaim nama ${whom}`;
    case "setPassword":
      return `mengganti password nama ${whom}`;
    case "release":
      return `melepas nama ${whom}`;
    case "rename":
      return `mengganti nama ${whom} menjadi ${detail}`;
    case "setRole": {
      const role = roleOf(detail, format.language);
      return who === whom ? `menjadi ${role}` : `menjadikan ${whom} ${role}`;
    }
    case "kick":
      return `mengeluarkan ${whom}${because(detail)}`;
    case "ban":
      return `memblokir ${whom} ${spanText(entry, format)}`;
    case "unban":
      return `mencabut blokir ${whom}`;
    case "mute":
      return `membisukan ${whom} ${spanText(entry, format)}`;
    case "unmute":
      return `mengizinkan ${whom} menulis lagi`;
    case "lock":
      return `mengunci ${room}: hanya moderator yang bisa menulis di sana`;
    case "unlock":
      return `membuka ${room} lagi: semua boleh menulis di sana`;
    case "slow":
      return isNothing(detail)
        ? `meniadakan jeda di antara dua pesan di ${room}`
        : `memperlambat ${room}: ${
          unitsText("id", "second", Number(detail))
        } di antara dua pesan satu orang`;
    case "removeMessage":
      return `menghapus pesan ${detail} di ${room}`;
    case "archive":
      return `mengakhiri ${room}`;
  }
}

/** What is written down of a room has its number: names come and go. */
function roomText(whom: string, { language, roomLabel }: AuditFormat): string {
  const number = /^room (\d+)$/.exec(whom)?.[1];
  if (number === undefined) return whom;
  return roomLabel(Number(number)) ??
    `${language === "id" ? "ruang" : "room"} ${number}`;
}

function roleOf(detail: string, language: Language): string {
  const role = ROLES.find((role) => role === detail);
  return role === undefined ? detail : roleText(language, role);
}

/** For how long, until when, and why. */
function spanText(
  { timeMs, detail }: AuditEntry,
  { language, moment }: AuditFormat,
): string {
  const id = language === "id";
  const [, until = "", reason = ""] = UNTIL.exec(detail) ?? [];
  const untilMs = Date.parse(until);
  if (Number.isNaN(untilMs)) {
    return `${id ? "untuk seterusnya" : "for good"}${because(detail)}`;
  }
  const span = spanOf(language, Math.round((untilMs - timeMs) / 1_000));
  return id
    ? `selama ${span}, sampai ${moment(untilMs)}${because(reason)}`
    : `for ${span}, until ${moment(untilMs)}${because(reason)}`;
}

/** As it was typed: in the greatest unit of which it is a whole number. */
function spanOf(language: Language, seconds: number): string {
  const [unit, size] = UNITS.find(([, size]) => seconds % size === 0)!;
  return unitsText(language, unit, seconds / size);
}

function unitsText(
  language: Language,
  unit: typeof UNITS[number][0],
  count: number,
): string {
  const locale = language === "id" ? "id-ID" : "en-GB";
  const style = { style: "unit", unit, unitDisplay: "long" } as const;
  return new Intl.NumberFormat(locale, style).format(count);
}

function isNothing(detail: string): boolean {
  return Number(detail) === 0;
}

function because(reason: string): string {
  return reason === "" ? "" : ` (${reason})`;
}

/** The end of a ban that has one, or of a mute, and the reason. */
const UNTIL = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)(?: (.*))?$/;

const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], [
  "second",
  1,
]] as const;
