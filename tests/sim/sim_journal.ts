import { encodeHex } from "../../lib/base/bytes.ts";
import type { Prng } from "../../lib/base/prng.ts";
import type {
  ClientJournal,
  ClientMemory,
  JournalEvent,
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
    this.memory = {
      clientInstance: prng.bytes(16),
      place: undefined,
      room: undefined,
      outbox: [],
      events: [],
    };
  }
}

/**
 * Keeps what is to be sent at once, and the rest now and then, as the real one
 * does: whatever was not written when its client is killed is lost.
 */
export class SimJournal implements ClientJournal {
  readonly memory: ClientMemory;
  readonly #disk: SimClientDisk;
  readonly #prng: Prng;
  #settled = new Set<string>();
  #seen: SeenEvent[] = [];
  #room: KnownRoom | undefined;

  constructor(disk: SimClientDisk, prng: Prng) {
    this.memory = disk.memory;
    this.#disk = disk;
    this.#prng = prng;
  }

  record(event: JournalEvent): void {
    switch (event.type) {
      case "queued": {
        const { memory } = this.#disk;
        const outbox = [...memory.outbox, event.outgoing];
        this.#disk.memory = { ...memory, outbox };
        return;
      }
      case "settled":
        this.#settled.add(encodeHex(event.id));
        return;
      case "seen":
        this.#seen.push(event.event);
        return;
    }
  }

  setRoom(room: KnownRoom): void {
    this.#room = room;
  }

  setPlace(place: RoomPlace): void {
    if (this.#prng.below(PLACES_A_FLUSH) > 0) return;
    const { clientInstance, outbox, events, room } = this.#disk.memory;
    this.#disk.memory = {
      clientInstance,
      place,
      room: this.#room ?? room,
      outbox: outbox.filter(({ id }) => !this.#settled.has(encodeHex(id))),
      events: [...events, ...this.#seen],
    };
    this.#settled = new Set();
    this.#seen = [];
  }

  startOver(): void {
    throw new Error("a simulated log is never restored");
  }

  startAnew(): void {
    throw new Error("a simulated log never gets shorter");
  }

  close(): void {}
}
