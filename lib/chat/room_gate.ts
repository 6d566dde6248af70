import { US_PER_S } from "../base/time.ts";
import type { ActRefusal } from "./act_refusal.ts";
import { MAX_DEPARTED_AUTHORS } from "./limits.ts";
import type { Person, PersonKey } from "./person.ts";
import { isAtLeast } from "./role.ts";
import type { Act } from "./room_event.ts";

/** How a gate stands. */
export interface GateState {
  /** Whether only moderators may say something. */
  readonly isLocked: boolean;
  /** The least time between two messages of one person; 0 for none. */
  readonly slowSeconds: number;
}

/** Says who may say something in a room now, and how often. */
export class RoomGate {
  /** Whether only moderators may. */
  isLocked: boolean;
  /** The least time between two messages of one person; 0 for none. */
  slowSeconds: number;
  /** Whether nobody may any more. */
  isArchived = false;
  /** When persons wrote last, the longest ago first. */
  readonly #writtenUs = new Map<PersonKey, number>();

  /**
   * Creates a gate.
   *
   * @param state How it stands.
   */
  constructor({ isLocked, slowSeconds }: GateState) {
    this.isLocked = isLocked;
    this.slowSeconds = slowSeconds;
  }

  /**
   * Checks whether somebody may do something.
   *
   * @param act What.
   * @param person Who.
   * @param nowUs The monotonic time.
   * @returns Why not; undefined if it may.
   */
  check(act: Act, person: Person, nowUs: number): ActRefusal | undefined {
    if (this.isArchived) return { code: "archived" };
    // What somebody has written may always be taken back.
    const isFree = act.type === "remove" || isAtLeast(person.role, "moderator");
    if (isFree) return undefined;
    if (this.isLocked) return { code: "locked" };
    const writtenUs = this.#writtenUs.get(person.key);
    if (act.type !== "message" || writtenUs === undefined) return undefined;
    const waitUs = writtenUs + this.slowSeconds * US_PER_S - nowUs;
    return waitUs > 0
      ? { code: "slowMode", retryAfterSeconds: Math.ceil(waitUs / US_PER_S) }
      : undefined;
  }

  /**
   * Takes note that somebody's key is another one now.
   *
   * @param key The new key.
   * @param oldKey The key until now.
   */
  rekey(key: PersonKey, oldKey: PersonKey): void {
    const writtenUs = this.#writtenUs.get(oldKey);
    this.#writtenUs.delete(oldKey);
    if (writtenUs !== undefined) this.#writtenUs.set(key, writtenUs);
  }

  /**
   * Takes note that an act was accepted.
   *
   * @param act What.
   * @param person Whose.
   * @param nowUs The monotonic time.
   */
  handleAccepted(act: Act, person: Person, nowUs: number): void {
    if (act.type !== "message" || this.slowSeconds === 0) return;
    this.#writtenUs.delete(person.key);
    this.#writtenUs.set(person.key, nowUs);
    if (this.#writtenUs.size <= MAX_DEPARTED_AUTHORS) return;
    const [longestAgo] = this.#writtenUs.keys();
    this.#writtenUs.delete(longestAgo!);
  }
}
