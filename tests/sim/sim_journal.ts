import { encodeHex } from "../../lib/base/bytes.ts";
import type { Prng } from "../../lib/base/prng.ts";
import type {
  ClientJournal,
  ClientMemory,
  JournalEvent,
  KeptRoom,
  KnownRoom,
  RoomPlace,
} from "../../lib/chat/client_journal.ts";
import type { SeenEvent } from "../../lib/chat/seen_event.ts";

/** One in so many places is kept, so that a kill finds much that is not. */
const PLACES_A_FLUSH = 20;

/** A client's disk, which outlives the client. */
export class SimClientDisk {
  memory: ClientMemory;

  constructor(prng: Prng) {
    this.memory = { clientInstance: prng.bytes(16), rooms: [] };
  }
}

/** What of a room is not on the disk yet. */
interface Unwritten {
  settled: Set<string>;
  seen: SeenEvent[];
  known: KnownRoom | undefined;
}

/**
 * Keeps what is to be sent at once, and the rest now and then, as the real one
 * does: whatever was not written when its client is killed is lost.
 */
export class SimJournal implements ClientJournal {
  readonly memory: ClientMemory;
  readonly #disk: SimClientDisk;
  readonly #prng: Prng;
  readonly #unwritten = new Map<number, Unwritten>();
  readonly #places = new Map<number, RoomPlace>();
  readonly #dropped = new Set<number>();

  constructor(disk: SimClientDisk, prng: Prng) {
    this.memory = disk.memory;
    this.#disk = disk;
    this.#prng = prng;
  }

  record(roomId: number, event: JournalEvent): void {
    switch (event.type) {
      case "queued": {
        const room = this.#kept(roomId);
        this.#keep({ ...room, outbox: [...room.outbox, event.outgoing] });
        return;
      }
      case "settled":
        this.#of(roomId).settled.add(encodeHex(event.id));
        return;
      case "seen":
        this.#of(roomId).seen.push(event.event);
        return;
    }
  }

  setRoom(roomId: number, room: KnownRoom): void {
    this.#of(roomId).known = room;
  }

  dropRoom(roomId: number): void {
    this.#dropped.add(roomId);
  }

  setPlaces(places: ReadonlyMap<number, RoomPlace>): void {
    for (const [roomId, place] of places) {
      this.#places.set(roomId, place);
      this.#dropped.delete(roomId);
    }
    if (this.#prng.below(PLACES_A_FLUSH) > 0) return;
    for (const [roomId, { settled, seen, known }] of this.#unwritten) {
      const room = this.#kept(roomId);
      this.#keep({
        roomId,
        place: this.#places.get(roomId) ?? room.place,
        known: known ?? room.known,
        outbox: room.outbox.filter(({ id }) => !settled.has(encodeHex(id))),
        events: [...room.events, ...seen],
      });
    }
    const { rooms } = this.#disk.memory;
    this.#disk.memory = {
      ...this.#disk.memory,
      rooms: rooms.filter(({ roomId }) => !this.#dropped.has(roomId)),
    };
    this.#unwritten.clear();
    this.#dropped.clear();
  }

  startOver(): void {
    throw new Error("a simulated log is never restored");
  }

  startAnew(): void {
    throw new Error("a simulated log never gets shorter");
  }

  close(): void {}

  #of(roomId: number): Unwritten {
    const known = this.#unwritten.get(roomId);
    if (known !== undefined) return known;
    const made = { settled: new Set<string>(), seen: [], known: undefined };
    this.#unwritten.set(roomId, made);
    return made;
  }

  #kept(roomId: number): KeptRoom {
    const { rooms } = this.#disk.memory;
    return rooms.find((room) => room.roomId === roomId) ?? {
      roomId,
      place: undefined,
      known: undefined,
      outbox: [],
      events: [],
    };
  }

  #keep(room: KeptRoom): void {
    const { memory } = this.#disk;
    const others = memory.rooms.filter(({ roomId }) => roomId !== room.roomId);
    this.#disk.memory = { ...memory, rooms: [...others, room] };
  }
}
