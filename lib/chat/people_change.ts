/**
 * What changes people durably, and what is asked about them: the store does
 * both in the order in which they come. Nobody is told of a change before it is
 * on the disk.
 *
 * @module
 */

import type { MemberName } from "./name.ts";
import type {
  Account,
  AccountPassword,
  AuditEntry,
  AuditRow,
  Ban,
  BanKind,
  Mute,
} from "./account.ts";
import { accountKeyOf, type PersonKey } from "./person.ts";
import type { Role } from "./role.ts";

/** A change, with what is written down of it in the same transaction. */
export type PeopleChange =
  /** A name gets an account. What is known of its guest goes over to it. */
  | Audited<{
    readonly type: "claim";
    readonly name: MemberName;
    readonly password: AccountPassword;
    /** The guest's key. */
    readonly person: string;
  }>
  | Audited<{
    readonly type: "setPassword";
    readonly accountId: number;
    readonly password: AccountPassword;
  }>
  /** A guest has what was the account's. */
  | Audited<{
    readonly type: "release";
    readonly accountId: number;
    /** The guest's key. */
    readonly person: string;
  }>
  | Audited<{
    readonly type: "rename";
    readonly accountId: number;
    readonly name: MemberName;
  }>
  /** What one says of oneself is not written down a second time. */
  | {
    readonly type: "setProfile";
    readonly accountId: number;
    readonly profile: string;
  }
  | Audited<{
    readonly type: "setRole";
    readonly accountId: number;
    readonly role: Role;
  }>
  | Audited<{ readonly type: "ban"; readonly ban: Ban }>
  | Audited<{
    readonly type: "unban";
    readonly kind: BanKind;
    readonly value: string;
  }>
  | Audited<{ readonly type: "mute"; readonly mute: Mute }>
  | Audited<{ readonly type: "unmute"; readonly person: string }>
  /** What leaves no other trace, such as a kick. */
  | Audited<{ readonly type: "note" }>;

/** What came of a change. */
export type PeopleChangeResult =
  | { readonly type: "done" }
  | { readonly type: "claimed"; readonly accountId: number }
  /** Somebody has claimed the name, or one that looks like it. */
  | { readonly type: "nameClaimed" }
  /** There is no such account, ban or mute. */
  | { readonly type: "notFound" }
  /** There are as many of them as a server keeps. */
  | { readonly type: "tooMany"; readonly limit: number };

/** What is asked about people. */
export type PeopleQuery =
  | {
    readonly type: "account";
    /** The name's key. */
    readonly key: string;
  }
  | {
    readonly type: "audit";
    /** Entries of smaller numbers; 0 for the newest. */
    readonly before: number;
    /** How many at most. */
    readonly limit: number;
  };

/** What is known. */
export type PeopleQueryResult =
  | {
    readonly type: "account";
    /** Undefined if nobody has claimed the name. */
    readonly account: Account | undefined;
  }
  | {
    readonly type: "audit";
    /** The newest first. */
    readonly rows: readonly AuditRow[];
    /** Whether there are no older ones. */
    readonly isEnd: boolean;
  };

/** What a server knows of people when it starts. */
export interface PeopleState {
  /** All of them. */
  readonly accounts: readonly Account[];
  /** All that are still in force. */
  readonly bans: readonly Ban[];
  /** All that are still in force. */
  readonly mutes: readonly Mute[];
}

/** What a server knows of people that was never used. */
export const NO_PEOPLE: PeopleState = {
  accounts: [],
  bans: [],
  mutes: [],
};

/** A change and what is written down of it. */
export type Audited<Change> = Change & {
  /** What is written down. */
  readonly audit: AuditEntry;
};

/**
 * Tells changes of people from others.
 *
 * @param change Any change.
 */
export function isPeopleChange(
  change: { readonly type: string },
): change is PeopleChange {
  return PEOPLE_CHANGES.has(change.type);
}

/**
 * Tells whose key becomes another one by a change.
 *
 * @param change The change.
 * @returns The key until then; undefined if that changes nobody's.
 */
export function keyChangedBy(change: PeopleChange): PersonKey | undefined {
  if (change.type === "claim") return change.person;
  if (change.type === "release") return accountKeyOf(change.accountId);
  return undefined;
}

const PEOPLE_CHANGES: ReadonlySet<string> = new Set<PeopleChange["type"]>([
  "claim",
  "setPassword",
  "release",
  "rename",
  "setProfile",
  "setRole",
  "ban",
  "unban",
  "mute",
  "unmute",
  "note",
]);
