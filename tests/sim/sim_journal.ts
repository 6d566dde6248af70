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

/**
 * Keeps what is to be sent at once, and the rest now and then, in its order, as
 * the real one does: whatever was not written when its client is killed is lost.
 */
export class SimJournal implements ClientJournal {
  readonly memory: ClientMemory;
  readonly #disk: SimClientDisk;
  readonly #prng: Prng;
  /** What is not on the disk yet. */
  #changes: (() => void)[] = [];

  constructor(disk: SimClientDisk, prng: Prng) {
    this.memory = disk.memory;
    this.#disk = disk;
    this.#prng = prng;
  }

  record(roomId: number, event: JournalEvent): void {
    switch (event.type) {
      case "queued":
        this.#change(roomId, ({ outbox }) => ({
          outbox: [...outbox, event.outgoing],
        }));
        return;
      case "settled": {
        const settled = encodeHex(event.id);
        this.#later(roomId, ({ outbox }) => ({
          outbox: outbox.filter(({ id }) => encodeHex(id) !== settled),
        }));
        return;
      }
      case "seen":
        this.#later(roomId, ({ events }) => ({
          events: inOrder(events, event.event),
        }));
        return;
    }
  }

  setRoom(roomId: number, known: KnownRoom): void {
    this.#later(roomId, () => ({ known }));
  }

  dropRoom(roomId: number): void {
    this.#later(
      roomId,
      () => ({ place: undefined, known: undefined, events: [] }),
    );
  }

  setPlaces(places: ReadonlyMap<number, RoomPlace>): void {
    for (const [roomId, place] of places) {
      this.#later(roomId, () => ({ place }));
    }
    if (this.#prng.below(PLACES_A_FLUSH) > 0) return;
    for (const change of this.#changes.splice(0)) change();
  }

  startOver(): void {
    throw new Error("a simulated log is never restored");
  }

  startAnew(): void {
    throw new Error("a simulated log never gets shorter");
  }

  close(): void {}

  #later(roomId: number, change: RoomChange): void {
    this.#changes.push(() => this.#change(roomId, change));
  }

  #change(roomId: number, change: RoomChange): void {
    const { memory } = this.#disk;
    const others = memory.rooms.filter((room) => room.roomId !== roomId);
    const room = memory.rooms.find((room) => room.roomId === roomId) ?? {
      roomId,
      place: undefined,
      known: undefined,
      outbox: [],
      events: [],
    };
    const changed = { ...room, ...change(room) };
    // Nothing is left of a room that was dropped.
    const isKept = changed.place !== undefined || changed.known !== undefined ||
      changed.outbox.length > 0;
    const rooms = isKept ? [...others, changed] : others;
    this.#disk.memory = { ...memory, rooms };
  }
}

/** An answer to what an earlier life has written may come late. */
function inOrder(events: readonly SeenEvent[], event: SeenEvent): SeenEvent[] {
  const isNext = ({ sequence }: SeenEvent) => sequence < event.sequence;
  const at = events.findLastIndex(isNext) + 1;
  return [...events.slice(0, at), event, ...events.slice(at)];
}

/** What changes of what is kept of a room. */
type RoomChange = (room: KeptRoom) => Partial<KeptRoom>;
