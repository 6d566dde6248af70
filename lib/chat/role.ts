/**
 * What somebody may do on a server: the same in all its rooms
 * (docs/PROTOCOL.md section 7.2).
 *
 * @module
 */

/** A role; each may do what those before it may. */
export type Role =
  /** Anybody who knows the password. */
  | "guest"
  /** Has claimed the name. */
  | "member"
  | "moderator"
  | "owner";

/** By their numbers on the wire and in files, ascending. */
export const ROLES: readonly Role[] = [
  "guest",
  "member",
  "moderator",
  "owner",
];

/**
 * Compares two roles.
 *
 * @param role A role.
 * @param other Another one.
 * @returns Above 0 if the first may do more, below 0 if it may do less.
 */
export function compareRoles(role: Role, other: Role): number {
  return ROLES.indexOf(role) - ROLES.indexOf(other);
}

/**
 * Tells whether a role is enough.
 *
 * @param role The role.
 * @param needed The least one that is.
 * @returns Whether it is that or a higher one.
 */
export function isAtLeast(role: Role, needed: Role): boolean {
  return compareRoles(role, needed) >= 0;
}
