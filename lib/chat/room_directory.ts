import type { RoomFacts, RoomMember } from "./change.ts";
import { checkName, type MemberName } from "./name.ts";
import type { PersonKey } from "./person.ts";

/** A room of a server, whether somebody is in it or not. */
export interface KnownRoom extends RoomFacts {
  /** Whether only moderators may say something. */
  isLocked: boolean;
  /** The least time between two messages of one person; 0 for none. */
  slowSeconds: number;
  /** Its newest event when it was last looked at. */
  lastSequence: number;
  /** The same as `members`, by person; changes. */
  readonly names: Map<PersonKey, string>;
}

/**
 * The rooms of a server that are not archived. What is asked for is in here at
 * once and on the disk later; nobody is told in between.
 */
export class RoomDirectory {
  readonly #rooms = new Map<number, KnownRoom>();
  /** Public rooms by the key and the skeleton of their names. */
  readonly #byName = new Map<string, KnownRoom>();
  readonly #bySkeleton = new Map<string, KnownRoom>();
  /** Direct talks by both persons. */
  readonly #byPair = new Map<string, KnownRoom>();
  #nextRoomId: number;

  /**
   * Creates a directory.
   *
   * @param rooms The rooms at the start.
   * @param lastRoomId The highest number that any room ever had.
   */
  constructor(rooms: readonly RoomFacts[], lastRoomId: number) {
    this.#nextRoomId = lastRoomId + 1;
    for (const room of rooms) this.add(room);
  }

  /**
   * Takes note that somebody's key is another one now.
   *
   * @param key The new key.
   * @param oldKey The key until now.
   */
  rekey(key: PersonKey, oldKey: PersonKey): void {
    for (const room of Array.from(this.#rooms.values())) {
      const name = room.names.get(oldKey);
      if (name === undefined && room.creator !== oldKey) continue;
      const renew = <Value extends RoomMember>(member: Value): Value =>
        member.person === oldKey ? { ...member, person: key } : member;
      const creator = room.creator === oldKey ? key : room.creator;
      const [a, b] = room.members;
      if (room.kind === "direct") {
        this.#byPair.delete(pairOf(a!.person, b!.person));
      }
      if (name !== undefined) {
        room.names.delete(oldKey);
        room.names.set(key, name);
      }
      // One object for all who have it.
      Object.assign(room, { creator, members: room.members.map(renew) });
      this.#put(room);
    }
  }

  /** How many rooms there are. */
  get size(): number {
    return this.#rooms.size;
  }

  /** Takes a number for a new room. */
  takeRoomId(): number {
    return this.#nextRoomId++;
  }

  /** A room by its number. */
  get(roomId: number): KnownRoom | undefined {
    return this.#rooms.get(roomId);
  }

  /** The public rooms, in the order in which they were made. */
  publicRooms(): KnownRoom[] {
    return Array.from(this.#rooms.values()).filter(({ kind }) =>
      kind === "public"
    );
  }

  /** How many rooms somebody has made, direct talks aside. */
  createdBy(person: PersonKey): number {
    let count = 0;
    for (const { creator, kind } of this.#rooms.values()) {
      if (creator === person && kind !== "direct") count++;
    }
    return count;
  }

  /** The public room of a name, but not of one that only looks like it. */
  publicRoom(name: MemberName): KnownRoom | undefined {
    return this.#byName.get(name.key);
  }

  /** The private room of a name that somebody is in. */
  privateRoom(name: MemberName, person: PersonKey): KnownRoom | undefined {
    for (const room of this.#rooms.values()) {
      if (room.kind !== "private" || !room.names.has(person)) continue;
      if (keysOf(room.name)?.key === name.key) return room;
    }
    return undefined;
  }

  /**
   * Tells whether somebody may not give a room a name. Of private rooms that a
   * person may not know of nothing is told.
   *
   * @param name The name.
   * @param person Who wants to.
   * @returns Whether it is taken, or one that looks like it.
   */
  isTaken(name: MemberName, person: PersonKey): boolean {
    if (this.#byName.has(name.key) || this.#bySkeleton.has(name.skeleton)) {
      return true;
    }
    for (const room of this.#rooms.values()) {
      if (room.kind !== "private" || !room.names.has(person)) continue;
      const keys = keysOf(room.name);
      if (keys?.key === name.key || keys?.skeleton === name.skeleton) {
        return true;
      }
    }
    return false;
  }

  /** The direct talk of two persons. */
  directRoom(a: PersonKey, b: PersonKey): KnownRoom | undefined {
    return this.#byPair.get(pairOf(a, b));
  }

  /** Adds a room. */
  add(facts: RoomFacts): KnownRoom {
    const names = new Map(
      facts.members.map(({ person, name }) => [person, name]),
    );
    const room: KnownRoom = { ...facts, names, lastSequence: 0 };
    this.#put(room);
    return room;
  }

  #put(room: KnownRoom): void {
    this.#rooms.set(room.roomId, room);
    if (room.kind === "public") {
      const keys = keysOf(room.name);
      if (keys !== undefined) {
        this.#byName.set(keys.key, room);
        this.#bySkeleton.set(keys.skeleton, room);
      }
    } else if (room.kind === "direct") {
      const [a, b] = room.members;
      this.#byPair.set(pairOf(a!.person, b!.person), room);
    }
  }

  /** Removes a room: it is archived. */
  remove(room: KnownRoom): void {
    this.#rooms.delete(room.roomId);
    const [a, b] = room.members;
    if (room.kind === "direct") {
      this.#byPair.delete(pairOf(a!.person, b!.person));
    }
    const keys = keysOf(room.name);
    if (room.kind !== "public" || keys === undefined) return;
    this.#byName.delete(keys.key);
    this.#bySkeleton.delete(keys.skeleton);
  }
}

/**
 * Gives the name of a room as somebody sees it: of a direct talk the other's.
 *
 * @param room The room.
 * @param person Who sees it.
 * @returns The name.
 */
export function roomNameFor(
  { kind, name, members }: RoomFacts,
  person: PersonKey,
): string {
  if (kind !== "direct") return name;
  const other = members.find((member) => member.person !== person);
  return (other as RoomMember).name;
}

/** The operator may have given the default room any name. */
function keysOf(name: string): MemberName | undefined {
  const check = checkName(name);
  return check.type === "valid" ? check.name : undefined;
}

function pairOf(a: PersonKey, b: PersonKey): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
