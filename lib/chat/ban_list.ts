import type { Ban, BanKind } from "./account.ts";
import { MAX_BANS } from "./limits.ts";
import { checkName, type MemberName } from "./name.ts";
import {
  containsNetwork,
  isAddress,
  isNarrow,
  type Network,
  networkText,
  parseNetwork,
} from "./network_address.ts";
import { isAtLeast, type Role } from "./role.ts";

/** Who wants in, or is in. */
export interface BanSubject {
  /** The name. */
  readonly name: MemberName;
  /** The IP address, without port. */
  readonly address: string;
  /** What the person may do. */
  readonly role: Role;
}

/** Whom a server does not let in (docs/PROTOCOL.md section 7.12). */
export class BanList {
  /** By kind and value. */
  readonly #bans = new Map<string, KnownBan>();

  /**
   * Takes what the store has.
   *
   * @param bans The bans.
   */
  constructor(bans: readonly Ban[] = []) {
    for (const ban of bans) this.add(ban);
  }

  /** Whether another ban has room. Those that are over make room. */
  hasRoom(timeMs: number): boolean {
    this.#dropPast(timeMs);
    return this.#bans.size < MAX_BANS;
  }

  /**
   * Adds a ban; one of the same kind and value is replaced.
   *
   * @param ban The ban.
   */
  add(ban: Ban): void {
    this.#bans.set(banKey(ban.kind, ban.value), {
      ban,
      network: ban.kind === "name" ? undefined : parseNetwork(ban.value),
      name: ban.kind === "name" ? nameOf(ban.value) : undefined,
    });
  }

  /** The ban of a kind and value as {@linkcode tidyBanValue} gives it. */
  get(kind: BanKind, value: string): Ban | undefined {
    return this.#bans.get(banKey(kind, value))?.ban;
  }

  /**
   * Removes a ban.
   *
   * @param kind Its kind.
   * @param value Its value, tidied.
   * @returns Whether there was one.
   */
  remove(kind: BanKind, value: string): boolean {
    return this.#bans.delete(banKey(kind, value));
  }

  /**
   * Gives the bans in force.
   *
   * @param timeMs The wall clock.
   * @returns The bans, the oldest first.
   */
  list(timeMs: number): Ban[] {
    this.#dropPast(timeMs);
    return Array.from(this.#bans.values(), ({ ban }) => ban);
  }

  /**
   * Looks for a ban of somebody. Nobody is meant who is of the role that
   * decided, or above: who is banned with a whole network may be its owner.
   *
   * @param subject Who.
   * @param timeMs The wall clock.
   * @returns The ban that lasts longest; undefined if there is none.
   */
  find(subject: BanSubject, timeMs: number): Ban | undefined {
    const address = parseNetwork(subject.address);
    let longest: Ban | undefined;
    for (const known of this.#bans.values()) {
      const { ban } = known;
      if (isOver(ban, timeMs) || isAtLeast(subject.role, ban.byRole)) continue;
      if (!isMeant(known, subject.name, address)) continue;
      if (longest === undefined || endOf(ban) > endOf(longest)) longest = ban;
    }
    return longest;
  }

  #dropPast(timeMs: number): void {
    for (const [key, { ban }] of this.#bans) {
      if (isOver(ban, timeMs)) this.#bans.delete(key);
    }
  }
}

/**
 * Tidies what a ban is to be of, so that one thing is written in one way.
 *
 * @param kind What it is.
 * @param value As typed.
 * @returns The value; undefined if it is none of that kind, or a network that
 * is too large to be meant.
 */
export function tidyBanValue(kind: BanKind, value: string): string | undefined {
  if (kind === "name") return nameOf(value)?.text;
  const network = parseNetwork(value);
  if (network === undefined || !isNarrow(network)) return undefined;
  if (kind === "address" && !isAddress(network)) return undefined;
  return networkText(network);
}

/**
 * Gives what two bans of the same thing have in common: names are the same in
 * any case.
 *
 * @param kind What the ban is of.
 * @param value As {@linkcode tidyBanValue} gives it.
 * @returns The key.
 */
export function banKey(kind: BanKind, value: string): string {
  return `${kind} ${kind === "name" ? nameOf(value)?.key ?? value : value}`;
}

interface KnownBan {
  readonly ban: Ban;
  /** Of an address or a network. */
  readonly network: Network | undefined;
  /** Of a name. */
  readonly name: MemberName | undefined;
}

function isMeant(
  known: KnownBan,
  name: MemberName,
  address: Network | undefined,
): boolean {
  if (known.name !== undefined) {
    // Who is banned does not come back as a lookalike.
    return known.name.key === name.key || known.name.skeleton === name.skeleton;
  }
  return known.network !== undefined && address !== undefined &&
    containsNetwork(known.network, address);
}

function nameOf(value: string): MemberName | undefined {
  const check = checkName(value);
  return check.type === "valid" ? check.name : undefined;
}

function isOver({ untilMs }: Ban, timeMs: number): boolean {
  return untilMs !== 0 && untilMs <= timeMs;
}

function endOf({ untilMs }: Ban): number {
  return untilMs === 0 ? Infinity : untilMs;
}
