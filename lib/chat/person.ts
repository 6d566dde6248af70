/**
 * Who somebody is to the others.
 *
 * @module
 */

import type { MemberName } from "./name.ts";
import type { Role } from "./role.ts";

/**
 * Names a person for ever: `account:7` if the name is claimed, else the author
 * key of the only client that a guest has.
 */
export type PersonKey = string;

/** The account ID of those who have none. */
export const GUEST_ACCOUNT_ID = 0;

/**
 * Gives the key of a person.
 *
 * @param accountId Its account; {@linkcode GUEST_ACCOUNT_ID} for a guest.
 * @param authorKey The client's: `makeAuthorKey()`.
 * @returns The key.
 */
export function personKeyOf(accountId: number, authorKey: string): PersonKey {
  return accountId === GUEST_ACCOUNT_ID ? authorKey : accountKeyOf(accountId);
}

/**
 * Gives the key of who is in an account.
 *
 * @param accountId The account.
 * @returns The key.
 */
export function accountKeyOf(accountId: number): PersonKey {
  return `account:${accountId}`;
}

/**
 * Somebody who is connected. There is one object for each, whatever of it
 * changes, and only `People` changes it.
 */
export interface Person {
  /** Who it is. */
  readonly key: PersonKey;
  /** The name, unique among all who are connected. */
  readonly name: MemberName;
  /** The account; {@linkcode GUEST_ACCOUNT_ID} for a guest. */
  readonly accountId: number;
  /** What it may do. */
  readonly role: Role;
  /** Whether it has said that it is away. */
  readonly isAway: boolean;
  /** What it has said of that; may be empty. */
  readonly awayText: string;
}

/** A person as others see it. */
export interface PresentPerson {
  /** The name. */
  readonly name: string;
  /** What it may do. */
  readonly role: Role;
  /** Whether it has said that it is away. */
  readonly isAway: boolean;
}

/**
 * Tells whether two clients belong to one person, as far as a log knows.
 *
 * @param a Account and author key of the one.
 * @param b Those of the other.
 * @returns Whether they share the account, or without one the client.
 */
export function isSamePerson(a: Authorship, b: Authorship): boolean {
  return a.authorKey === b.authorKey ||
    a.accountId !== GUEST_ACCOUNT_ID && a.accountId === b.accountId;
}

/** Who wrote something. */
export interface Authorship {
  /** The client: `makeAuthorKey()`. */
  readonly authorKey: string;
  /** The account it was in; {@linkcode GUEST_ACCOUNT_ID} for none. */
  readonly accountId: number;
}
