import { compareRoles, isAtLeast, type Role } from "./role.ts";

/** What the server asks for before it does something for somebody. */
export type Deed = keyof typeof LEAST_ROLES;

/** Why somebody may not do something: a role that may. */
export interface RoleRefusal {
  /** Which refusal. */
  readonly code: "needsRole";
  /** The least role that may. */
  readonly role: Role;
}

/** Who wants to do something. */
export interface Doer {
  /** The role on this server. */
  readonly role: Role;
  /** Whether the room that it is about is of this person's making. */
  readonly isCreator?: boolean;
}

/**
 * The least role for each deed; docs/FEATURES.md shows the same table to
 * people, and docs/PROTOCOL.md section 7.12 to other programs.
 */
export const LEAST_ROLES = {
  say: "guest",
  changeOwn: "guest",
  react: "guest",
  acknowledge: "guest",
  // Where nobody has claimed a name, a room has a topic and pins all the same.
  pin: "guest",
  topic: "guest",
  createRoom: "guest",
  joinRoom: "guest",
  direct: "guest",
  away: "guest",
  nick: "guest",
  claim: "guest",
  // Who has the code from the server's terminal may be anybody with a name.
  becomeOwner: "member",
  release: "member",
  profile: "member",
  invite: "member",
  createPrivateRoom: "member",
  removeOthers: "moderator",
  kick: "moderator",
  mute: "moderator",
  ban: "moderator",
  lock: "moderator",
  slow: "moderator",
  archive: "moderator",
  announce: "moderator",
  audit: "moderator",
  setRole: "owner",
} as const satisfies Readonly<Record<string, Role>>;

/** What a person may do in a room of the own making, whatever the role. */
const OF_CREATORS: ReadonlySet<Deed> = new Set<Deed>([
  "invite",
  "archive",
]);

/**
 * Tells whether somebody may do something.
 *
 * @param deed What.
 * @param doer Who.
 * @returns Undefined if so; otherwise who may.
 */
export function checkPermission(
  deed: Deed,
  { role, isCreator = false }: Doer,
): RoleRefusal | undefined {
  const least = LEAST_ROLES[deed];
  if (isAtLeast(role, least)) return undefined;
  if (isCreator && OF_CREATORS.has(deed)) return undefined;
  return { code: "needsRole", role: least };
}

/**
 * Tells whether somebody may do something to somebody: nobody may to a role at
 * or above the own one.
 *
 * @param actor The one's role.
 * @param target The other's role.
 * @returns Undefined if so; otherwise what the other is.
 */
export function checkRank(actor: Role, target: Role): RankRefusal | undefined {
  if (compareRoles(actor, target) > 0) return undefined;
  return { code: "outranked", role: target };
}

/** Why somebody may not do something to somebody. */
export interface RankRefusal {
  /** Which refusal. */
  readonly code: "outranked";
  /** The other's role. */
  readonly role: Role;
}
