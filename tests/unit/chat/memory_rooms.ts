import type {
  Change,
  Membership,
  RoomFacts,
  RoomMember,
} from "../../../lib/chat/change.ts";
import type { PersonKey } from "../../../lib/chat/person.ts";
import { NEW_ROOMS } from "./wire_values.ts";

/** What a store keeps of rooms apart from their events, in memory. */
export class MemoryRooms {
  readonly #facts = new Map<number, RoomFacts>();
  readonly #members = new Map<number, Map<PersonKey, RoomMember>>();
  readonly #archived = new Set<number>();
  /** The last message that was read, by room and person. */
  readonly #read = new Map<string, number>();
  readonly #seen = new Map<PersonKey, number>();

  /** Has the default room. */
  constructor() {
    for (const room of NEW_ROOMS.rooms) this.#facts.set(room.roomId, room);
  }

  /** What a server starts with. */
  get known(): typeof NEW_ROOMS {
    const rooms = Array.from(this.#facts.values())
      .filter(({ roomId }) => !this.#archived.has(roomId))
      .map((room) => ({ ...room, members: this.#membersFor(room) }));
    return { rooms, lastRoomId: Math.max(...this.#facts.keys()) };
  }

  /** Does what a change says. */
  apply(change: Change): void {
    switch (change.type) {
      case "createRoom": {
        const { room, members } = change;
        this.#facts.set(room.roomId, room);
        const entries = members.map((member) =>
          [member.person, member] as const
        );
        this.#members.set(room.roomId, new Map(entries));
        return;
      }
      case "addMember":
        this.#of(change.roomId).set(change.member.person, change.member);
        return;
      case "removeMember":
        this.#of(change.roomId).delete(change.person);
        return;
      case "positions":
        for (const { person, read } of change.positions) {
          const place = `${change.roomId} ${person}`;
          this.#read.set(place, Math.max(this.#read.get(place) ?? 0, read));
        }
        return;
      case "seen":
        this.#seen.set(change.member.person, change.timeMs);
        return;
      case "archiveRoom":
        this.#archived.add(change.roomId);
        return;
      case "lockRoom":
      case "slowRoom": {
        const { type: _type, audit: _audit, roomId, ...gate } = change;
        this.#facts.set(roomId, { ...this.#facts.get(roomId)!, ...gate });
        return;
      }
    }
  }

  /** What is known of somebody in the default room. */
  stayOf(person: PersonKey): { seenMs: number; readSequence: number } {
    const seenMs = this.#seen.get(person) ?? 0;
    return { seenMs, readSequence: this.#read.get(`1 ${person}`) ?? 0 };
  }

  /** In which rooms somebody is. */
  membershipsOf(
    person: PersonKey,
    lastSequence: (roomId: number) => number,
  ): Membership[] {
    const rooms = Array.from(this.#members.keys()).filter((roomId) =>
      !this.#archived.has(roomId) && this.#of(roomId).has(person)
    );
    return rooms.map((roomId) => ({
      roomId,
      lastSequence: lastSequence(roomId),
      readSequence: this.#read.get(`${roomId} ${person}`) ?? 0,
    }));
  }

  #of(roomId: number): Map<PersonKey, RoomMember> {
    return this.#members.get(roomId)!;
  }

  #membersFor({ roomId, kind }: RoomFacts): RoomMember[] {
    return kind === "public" ? [] : Array.from(this.#of(roomId).values());
  }
}
