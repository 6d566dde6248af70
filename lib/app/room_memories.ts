import type {
  ClientJournal,
  JournalEvent,
  RoomPlace,
} from "../chat/client_journal.ts";
import { DEFAULT_ROOM_ID } from "../chat/room_kind.ts";
import type { ClientEvent } from "../ui/bridge.ts";
import {
  type RoomAddress,
  RoomMemory,
  type ShownWelcome,
} from "./room_memory.ts";

/** The {@linkcode RoomMemory} of each room of a server, and their journal. */
export class RoomMemories {
  readonly #journal: ClientJournal;
  readonly #emit: (event: ClientEvent) => void;
  readonly #rooms = new Map<number, RoomMemory>();
  /** What was kept of them is of no stay to come. */
  readonly #dropped = new Set<number>();

  /**
   * Begins where the journal ends.
   *
   * @param journal Where everything is kept.
   * @param emit Takes what the face shows.
   */
  constructor(journal: ClientJournal, emit: (event: ClientEvent) => void) {
    this.#journal = journal;
    this.#emit = emit;
  }

  /**
   * Shows the rooms without their server.
   *
   * @param address Where it is.
   * @returns False if it was never seen.
   */
  showSilentRooms(address: RoomAddress): boolean {
    if (!this.#roomOf(DEFAULT_ROOM_ID).showSilentRoom(address)) return false;
    for (const { roomId } of this.#journal.memory.rooms) {
      if (roomId === DEFAULT_ROOM_ID) continue;
      this.#roomOf(roomId).showSilentRoom(address);
    }
    return true;
  }

  /** See {@linkcode RoomMemory.handleWelcome}. */
  handleWelcome(welcome: ShownWelcome, place: RoomPlace | undefined): void {
    this.#roomOf(welcome.roomId).handleWelcome(welcome, place);
  }

  /** Writes down what is about to be shown of a room. */
  record(roomId: number, event: JournalEvent): void {
    this.#roomOf(roomId).record(event);
  }

  /** Forgets a room that one is not in any more. */
  dropRoom(roomId: number): void {
    this.#rooms.delete(roomId);
    this.#dropped.add(roomId);
    this.#journal.dropRoom(roomId);
  }

  /** Goes on as somebody new, who has what is to be sent and nothing else. */
  startAnew(clientInstance: Uint8Array): void {
    for (const { roomId } of this.#journal.memory.rooms) {
      this.#roomOf(roomId).startAnew();
    }
    this.#journal.startAnew(clientInstance);
  }

  /** Takes the places that the events have led to, by room. */
  setPlaces(places: ReadonlyMap<number, RoomPlace>): void {
    this.#journal.setPlaces(places);
  }

  /** Ends the writing. */
  close(): void {
    this.#journal.close();
  }

  #roomOf(roomId: number): RoomMemory {
    const known = this.#rooms.get(roomId);
    if (known !== undefined) return known;
    const { rooms } = this.#journal.memory;
    const room = new RoomMemory({
      roomId,
      kept: this.#dropped.has(roomId)
        ? undefined
        : rooms.find((room) => room.roomId === roomId),
      journal: this.#journal,
      emit: this.#emit,
      onOtherEpoch: () => this.#journal.startOver(),
    });
    this.#rooms.set(roomId, room);
    return room;
  }
}
