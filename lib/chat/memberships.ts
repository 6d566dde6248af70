import type { Change, Membership } from "./change.ts";
import { MAX_OPEN_REQUESTS } from "./limits.ts";
import type { PersonKey } from "./person.ts";
import type { RequestRefusal } from "./request_refusal.ts";

/** Where somebody is. */
export interface PersonRooms {
  /** With all that was asked for; undefined while they are looked up. */
  asked: Map<number, Membership> | undefined;
  /** As the disk has them: people are told of no others. */
  durable: Map<number, Membership>;
  /** How far it had read in the default room; 0 while that is looked up. */
  readSequence: number;
  /** What is to be decided when they are known. */
  readonly waiting: (() => void)[];
}

/**
 * Which rooms those who are connected are in, with all that was asked for and as
 * the disk has it.
 */
export class Memberships {
  readonly #persons = new Map<PersonKey, PersonRooms>();
  /** Whose keys are about to become others, once for each time. */
  readonly #held: PersonKey[] = [];

  /** Who is connected. */
  get persons(): PersonKey[] {
    return Array.from(this.#persons.keys());
  }

  /**
   * Takes note that somebody has come.
   *
   * @param key Who.
   * @returns What is to be looked up; undefined if that one was here already.
   */
  add(key: PersonKey): PersonRooms | undefined {
    if (this.#persons.has(key)) return undefined;
    const rooms: PersonRooms = {
      asked: undefined,
      durable: new Map(),
      readSequence: 0,
      waiting: [],
    };
    this.#persons.set(key, rooms);
    return rooms;
  }

  /**
   * Takes what was looked up.
   *
   * @param key Who.
   * @param rooms What {@linkcode Memberships.add} gave.
   * @param found What the disk has, and what is on its way there: that may or
   * may not be among it; and how far that one is in the default room.
   * @returns False if that one has gone meanwhile.
   */
  settle(
    key: PersonKey,
    rooms: PersonRooms,
    { memberships, changes, readSequence }: {
      readonly memberships: readonly Membership[];
      readonly changes: readonly Change[];
      readonly readSequence: number;
    },
  ): boolean {
    if (this.#persons.get(key) !== rooms) return false;
    const known = memberships.map((membership) =>
      [membership.roomId, membership] as const
    );
    rooms.readSequence = readSequence;
    rooms.durable = new Map(known);
    rooms.asked = new Map(known);
    for (const change of changes) changeMemberships(rooms.asked, change, key);
    return true;
  }

  /**
   * Decides something as soon as it is known where somebody is, and under which
   * key; never if that one has gone by then.
   *
   * @param key Who.
   * @param decide Decides it.
   * @returns Why it is not decided; undefined if it is, now or later.
   */
  whenKnown(key: PersonKey, decide: () => void): RequestRefusal | undefined {
    const rooms = this.#persons.get(key);
    if (rooms === undefined || this.#isSettled(key, rooms)) {
      decide();
    } else if (rooms.waiting.length < MAX_OPEN_REQUESTS) {
      rooms.waiting.push(decide);
    } else return { code: "tooManyOpen", limitRequests: MAX_OPEN_REQUESTS };
    return undefined;
  }

  /**
   * Decides what has waited, if it need not wait any more.
   *
   * @param key Whose.
   */
  decideWaiting(key: PersonKey): void {
    const rooms = this.#persons.get(key);
    if (rooms === undefined || !this.#isSettled(key, rooms)) return;
    for (const decide of rooms.waiting.splice(0)) decide();
  }

  /**
   * Takes note that the store is asked for another key of somebody. What it is
   * asked after that under the old key would be nobody's.
   *
   * @param key The key until now.
   */
  hold(key: PersonKey): void {
    this.#held.push(key);
  }

  /**
   * Takes note that the store has answered that.
   *
   * @param key The key until then.
   */
  letGo(key: PersonKey): void {
    this.#held.splice(this.#held.indexOf(key), 1);
    // It may be here under the one key or the other, or not at all.
    for (const person of this.persons) this.decideWaiting(person);
  }

  /**
   * Tells whether somebody's key is about to become another one.
   *
   * @param key The key until now.
   */
  isHeld(key: PersonKey): boolean {
    return this.#held.includes(key);
  }

  /**
   * Takes note that somebody's key is another one now.
   *
   * @param key The new key.
   * @param oldKey The key until now.
   * @param isHere Whether somebody is connected with either.
   */
  rekey(
    key: PersonKey,
    oldKey: PersonKey,
    isHere: { readonly key: boolean; readonly oldKey: boolean },
  ): void {
    const rooms = this.#persons.get(oldKey);
    if (!isHere.oldKey) this.#persons.delete(oldKey);
    if (rooms !== undefined && isHere.key) this.#persons.set(key, rooms);
  }

  /**
   * Takes note that somebody has gone.
   *
   * @param key Who.
   */
  delete(key: PersonKey): void {
    this.#persons.delete(key);
  }

  /**
   * Gives the rooms of somebody, with all that was asked for.
   *
   * @param key Who.
   * @returns The rooms by number; undefined while they are looked up.
   */
  of(key: PersonKey): ReadonlyMap<number, Membership> | undefined {
    return this.#persons.get(key)?.asked;
  }

  /**
   * Tells how far somebody had read in the default room when it came.
   *
   * @param key Who.
   * @returns The last event; 0 if that is not known, or not yet.
   */
  readSequenceOf(key: PersonKey): number {
    return this.#persons.get(key)?.readSequence ?? 0;
  }

  /**
   * Gives the rooms of somebody as the disk has them.
   *
   * @param key Who.
   * @returns The rooms; undefined while they are looked up.
   */
  durableOf(key: PersonKey): Membership[] | undefined {
    const rooms = this.#persons.get(key);
    if (rooms?.asked === undefined) return undefined;
    return Array.from(rooms.durable.values());
  }

  /**
   * Tells who is in a room as the disk has it.
   *
   * @param roomId The room.
   * @returns Of those who are connected.
   */
  durablyIn(roomId: number): PersonKey[] {
    return this.persons.filter((key) =>
      this.#persons.get(key)!.durable.has(roomId)
    );
  }

  /**
   * Takes a change that is asked for.
   *
   * @param change The change.
   */
  ask(change: Change): void {
    for (const [key, { asked }] of this.#persons) {
      if (asked !== undefined) changeMemberships(asked, change, key);
    }
  }

  /**
   * Takes a change that is durable.
   *
   * @param change The change.
   */
  confirm(change: Change): void {
    for (const [key, { durable }] of this.#persons) {
      changeMemberships(durable, change, key);
    }
  }

  /**
   * Takes note that a room has ended, as the disk has it.
   *
   * @param roomId The room.
   */
  end(roomId: number): void {
    for (const { asked, durable } of this.#persons.values()) {
      asked?.delete(roomId);
      durable.delete(roomId);
    }
  }

  #isSettled(key: PersonKey, { asked }: PersonRooms): boolean {
    return asked !== undefined && !this.isHeld(key);
  }
}

/** Does to the rooms of somebody what a change does to them. */
function changeMemberships(
  memberships: Map<number, Membership>,
  change: Change,
  key: PersonKey,
): void {
  switch (change.type) {
    case "createRoom":
      if (change.members.some(({ person }) => person === key)) {
        addMembership(memberships, change.room.roomId);
      }
      return;
    case "addMember":
      if (change.member.person === key) {
        addMembership(memberships, change.roomId);
      }
      return;
    case "removeMember":
      if (change.person === key) memberships.delete(change.roomId);
      return;
    case "archiveRoom":
      memberships.delete(change.roomId);
      return;
    case "positions": {
      const known = memberships.get(change.roomId);
      if (known === undefined) return;
      const moved = change.positions.find(({ person }) => person === key);
      if (moved === undefined) return;
      const { read: readSequence } = moved;
      memberships.set(change.roomId, { ...known, readSequence });
      return;
    }
      // Of the others none makes or ends a membership of who is connected.
  }
}

function addMembership(
  memberships: Map<number, Membership>,
  roomId: number,
): void {
  if (memberships.has(roomId)) return;
  memberships.set(roomId, { roomId, lastSequence: 0, readSequence: 0 });
}
