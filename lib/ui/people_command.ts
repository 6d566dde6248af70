/**
 * What people decide about themselves and each other, as it is typed behind a
 * slash.
 *
 * @module
 */

import type { BanKind } from "../chat/account.ts";
import {
  MAX_BAN_SECONDS,
  MAX_MUTE_SECONDS,
  MAX_SLOW_SECONDS,
} from "../chat/limits.ts";
import { isAddress, parseNetwork } from "../chat/network_address.ts";
import type { PeopleRequest } from "../chat/people_request.ts";
import type {
  CommandParameter,
  SlashCommand,
  TypedLine,
} from "./slash_command.ts";
import { readNameAndRest, readWholeName } from "./typed_name.ts";

/** What a person may ask as it is; a claim takes a password besides. */
export type PeopleCommand = Exclude<
  PeopleRequest,
  { readonly type: "claimStart" | "claimFinish" }
>;

const NAME: CommandParameter = { kind: "name", label: "name" };
const TEXT: CommandParameter = { kind: "text", label: "text" };
const REASON: CommandParameter = {
  kind: "text",
  label: "why",
  isOptional: true,
};
const DURATION: CommandParameter = { kind: "duration", label: "10m" };

/** The commands about oneself. */
const OWN_COMMANDS: readonly SlashCommand[] = [
  {
    name: "nick",
    parameters: [{ kind: "text", label: "name" }],
    help: { en: "takes another name", id: "memakai nama lain" },
    read: (rest) => {
      const name = readWholeName(rest);
      return name === undefined ? undefined : people({ type: "nick", name });
    },
  },
  {
    name: "away",
    parameters: [{ ...TEXT, isOptional: true }],
    help: {
      en: "says that you are away; without text: you are back",
      id: "menyatakan Anda pergi; tanpa teks: sudah kembali",
    },
    read: (text) => people({ type: "away", text }),
  },
  {
    name: "profile",
    parameters: [{ ...TEXT, isOptional: true }],
    help: {
      en: "says something about you to who asks /whois",
      id: "keterangan tentang Anda bagi yang bertanya /whois",
    },
    read: (text) => people({ type: "profile", text }),
  },
  {
    name: "claim",
    parameters: [],
    help: {
      en: "makes your name yours: asks for its new password",
      id: "menjadikan nama ini milik Anda: minta password baru",
    },
    // What is typed behind it would be seen.
    read: (rest) => rest === "" ? { type: "claim" } : undefined,
  },
  {
    name: "release",
    parameters: [],
    help: {
      en: "gives your claimed name back",
      id: "melepas nama yang Anda klaim",
    },
    read: (rest) => rest === "" ? people({ type: "release" }) : undefined,
  },
  {
    name: "owner",
    parameters: [{ kind: "text", label: "code" }],
    help: {
      en: "makes you owner, by the code in the server's terminal",
      id: "Anda menjadi pemilik, dengan kode dari server",
    },
    read: (code) =>
      /^\S+$/.test(code) ? people({ type: "owner", code }) : undefined,
  },
];

/** The commands about others, and about who may write. */
const MODERATION_COMMANDS: readonly SlashCommand[] = [
  {
    name: "role",
    parameters: [NAME, { kind: "text", label: "role" }],
    help: {
      en: "makes a claimed name a member or a moderator",
      id: "menjadikan nama yang diklaim member atau moderator",
    },
    read: readRole,
  },
  {
    name: "kick",
    parameters: [NAME, REASON],
    help: {
      en: "sends somebody away, who may come back",
      id: "mengeluarkan seseorang, yang boleh masuk lagi",
    },
    read: (text) => {
      const { name, rest: reason } = readNameAndRest(text) ?? {};
      if (name === undefined || reason === undefined) return undefined;
      return people({ type: "kick", name, reason });
    },
  },
  {
    name: "ban",
    parameters: [
      { kind: "name", label: "who" },
      { ...DURATION, isOptional: true },
      REASON,
    ],
    help: {
      en: "keeps a name, address or network out",
      id: "memblokir nama, alamat, atau jaringan",
    },
    read: readBan,
  },
  {
    name: "unban",
    parameters: [{ kind: "name", label: "who" }],
    help: { en: "takes a ban back", id: "mencabut blokir" },
    read: (text) => {
      const value = readWholeName(text);
      if (value === undefined) return undefined;
      const kind = banKind(value, text.startsWith('"'));
      return people({ type: "unban", kind, value });
    },
  },
  {
    name: "bans",
    parameters: [],
    help: { en: "lists the bans", id: "menampilkan semua blokir" },
    read: (rest) => rest === "" ? people({ type: "bans" }) : undefined,
  },
  {
    name: "mute",
    parameters: [NAME, DURATION],
    help: {
      en: "lets somebody only read for so long",
      id: "seseorang hanya boleh membaca selama itu",
    },
    read: readMute,
  },
  {
    name: "unmute",
    parameters: [NAME],
    help: {
      en: "lets somebody write again",
      id: "mengizinkan seseorang menulis lagi",
    },
    read: (text) => {
      const name = readWholeName(text);
      return name === undefined
        ? undefined
        : people({ type: "mute", name, seconds: 0 });
    },
  },
  {
    name: "lock",
    parameters: [],
    help: {
      en: "lets only moderators write in this room",
      id: "hanya moderator boleh menulis di ruang ini",
    },
    read: (rest) => lock(rest, true),
  },
  {
    name: "unlock",
    parameters: [],
    help: {
      en: "lets everybody write in this room again",
      id: "semua orang boleh menulis lagi di ruang ini",
    },
    read: (rest) => lock(rest, false),
  },
  {
    name: "slow",
    parameters: [{ kind: "duration", label: "seconds" }],
    help: {
      en: "the least time between two messages; 0: none",
      id: "waktu terpendek antara dua pesan; 0: tidak ada",
    },
    read: (text) => {
      const seconds = /^\d{1,5}$/.test(text) ? Number(text) : durationOf(text);
      if (seconds === undefined || seconds > MAX_SLOW_SECONDS) return undefined;
      return people({ type: "slow", seconds });
    },
  },
  {
    name: "audit",
    parameters: [{ kind: "text", label: "before:N", isOptional: true }],
    help: {
      en: "shows who did what to whom; older than entry N",
      id: "siapa berbuat apa terhadap siapa; sebelum catatan N",
    },
    read: (rest) => {
      if (rest === "") return people({ type: "audit", before: 0 });
      const before = Number(/^before:#?(\d{1,15})$/i.exec(rest)?.[1] ?? 0);
      return before === 0 ? undefined : people({ type: "audit", before });
    },
  },
];

/** The commands about people, in the order in which they are listed. */
export const PEOPLE_COMMANDS: readonly SlashCommand[] = [
  ...OWN_COMMANDS,
  ...MODERATION_COMMANDS,
];

function people(request: PeopleCommand): TypedLine {
  return { type: "people", request };
}

function lock(rest: string, isOn: boolean): TypedLine | undefined {
  return rest === "" ? people({ type: "lock", isOn }) : undefined;
}

function readRole(text: string): TypedLine | undefined {
  const { name, last } = nameAndLast(text) ?? {};
  const role = ROLE_WORDS.get(last?.toLowerCase() ?? "");
  if (name === undefined || role === undefined) return undefined;
  return people({ type: "role", name, role });
}

function readMute(text: string): TypedLine | undefined {
  const { name, last } = nameAndLast(text) ?? {};
  const seconds = last && durationOf(last);
  if (name === undefined || !seconds || seconds > MAX_MUTE_SECONDS) {
    return undefined;
  }
  return people({ type: "mute", name, seconds });
}

function readBan(text: string): TypedLine | undefined {
  // The address of somebody who is here, which only the server knows.
  const isOfName = /^address:/i.test(text);
  const found = readNameAndRest(isOfName ? text.slice(8) : text);
  if (found === undefined) return undefined;
  const { name: value, isQuoted, rest } = found;
  const kind = isOfName ? "address" : banKind(value, isQuoted);
  const [, first = "", more = ""] = /^(\S+)(?:\s+([^]*))?$/.exec(rest) ?? [];
  const seconds = durationOf(first);
  if (seconds === undefined) {
    return people({ type: "ban", kind, value, reason: rest, seconds: 0 });
  }
  if (seconds === 0 || seconds > MAX_BAN_SECONDS) return undefined;
  return people({ type: "ban", kind, value, reason: more, seconds });
}

/** What is in quotation marks is a name, whatever it looks like. */
function banKind(value: string, isQuoted: boolean): BanKind {
  const network = isQuoted ? undefined : parseNetwork(value);
  if (network === undefined) return "name";
  return isAddress(network) ? "address" : "network";
}

/** A name of any length, and the word at the end. */
function nameAndLast(
  text: string,
): { readonly name: string; readonly last: string } | undefined {
  const [, before = "", last] = /^([^]+)\s(\S+)$/.exec(text) ?? [];
  const name = readWholeName(before.trim());
  return name === undefined || last === undefined ? undefined : { name, last };
}

/** As in 90s, 10m, 2h, 1d: the seconds; undefined if that is no duration. */
function durationOf(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})([smhd])$/i.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  return Number(count) * UNIT_SECONDS[unit.toLowerCase()]!;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
};

const ROLE_WORDS: ReadonlyMap<string, "member" | "moderator"> = new Map([
  ["member", "member"],
  ["anggota", "member"],
  ["moderator", "moderator"],
]);
