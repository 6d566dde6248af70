/**
 * What a server keeps of people: accounts, bans, mutes, and who did what to
 * whom. The store has the tables, `people_change.ts` what changes.
 *
 * @module
 */

import type { Stretching } from "../crypto/opaque.ts";
import type { MemberName } from "./name.ts";
import type { Role } from "./role.ts";

/** A name that somebody has claimed. */
export interface Account {
  /** Its number, from 1; no number comes twice. */
  readonly accountId: number;
  /** The name. */
  readonly name: MemberName;
  /** What its holder may do. */
  readonly role: Role;
  /** What its holder says of themself; may be empty. */
  readonly profile: string;
  /** When the name was claimed, in milliseconds since 1970. */
  readonly createdMs: number;
  /** How its holder logs in. */
  readonly password: AccountPassword;
}

/** What a server has of somebody's password: nothing that tells it. */
export interface AccountPassword {
  /** OPAQUE's user identifier; another one for each password that is set. */
  readonly identifier: string;
  /** OPAQUE's record, 192 bytes. */
  readonly record: Uint8Array;
  /** What the record was registered with. */
  readonly stretching: Stretching;
}

/** What a ban is of. */
export type BanKind = "name" | "address" | "network";

/** The kinds of bans, by their numbers on the wire and in the store. */
export const BAN_KINDS: readonly BanKind[] = ["name", "address", "network"];

/** Whom a server does not let in. */
export interface Ban {
  /** What it is of. */
  readonly kind: BanKind;
  /** The name, tidied, or the address or network as `networkText()` has it. */
  readonly value: string;
  /** Why, for people; may be empty. */
  readonly reason: string;
  /** Who decided, as the name was then. */
  readonly by: string;
  /** The role by which that was decided: nobody of that role or above is meant. */
  readonly byRole: Role;
  /** Until when, in milliseconds since 1970; 0 for good. */
  readonly untilMs: number;
}

/** Who may read and not write. */
export interface Mute {
  /** Whom: a person's key. */
  readonly person: string;
  /** Until when, in milliseconds since 1970. */
  readonly untilMs: number;
}

/** What is written down when it is done, by its number on the wire. */
export const AUDIT_ACTIONS = [
  "claim",
  "setPassword",
  "release",
  "rename",
  "setRole",
  "kick",
  "ban",
  "unban",
  "mute",
  "unmute",
  "lock",
  "unlock",
  "slow",
  "removeMessage",
  "archive",
] as const;

/** One of these. */
export type AuditAction = typeof AUDIT_ACTIONS[number];

/** What was done, as it is written down. */
export interface AuditEntry {
  /** When, in milliseconds since 1970. */
  readonly timeMs: number;
  /** Who did it, as the name was then; empty for the server's operator. */
  readonly who: string;
  /** What. */
  readonly what: AuditAction;
  /** To whom or to what; may be empty. */
  readonly whom: string;
  /** More of it, for people: a role, a reason, until when; may be empty. */
  readonly detail: string;
}

/** Such an entry with its place. */
export interface AuditRow extends AuditEntry {
  /** From 1; a later entry has a greater one. */
  readonly auditId: number;
}
