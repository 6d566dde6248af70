import { encodeHex, equalBytes } from "../base/bytes.ts";
import type {
  ClientJournal,
  JournalEvent,
  KnownRoom,
  RoomPlace,
} from "../chat/client_journal.ts";
import type { OutgoingAct } from "../chat/outbox.ts";
import { type SeenEvent, showSeen } from "../chat/seen_event.ts";
import type { ClientEvent } from "../ui/bridge.ts";

/** A welcome as faces are shown it. */
export type ShownWelcome = Extract<
  ClientEvent,
  { readonly type: "welcome" }
>;

/** Where a room is, as a person knows it. */
export interface RoomAddress {
  /** As it was typed. */
  readonly host: string;
  /** The server's port. */
  readonly port: number;
}

/**
 * Shows what is left of an earlier stay in a room, and writes down this one.
 * Every event passes here before it is shown, so that what a person sees as
 * waiting to be sent is kept already.
 */
export class RoomMemory {
  readonly #journal: ClientJournal;
  readonly #emit: (event: ClientEvent) => void;
  /** What is left and was not shown yet. */
  #events: readonly SeenEvent[];
  #isShown = false;
  /** What is known of the room. */
  #room: KnownRoom | undefined;
  /** What the places belong to. */
  #epochId: Uint8Array | undefined;

  /**
   * Begins where the journal ends.
   *
   * @param journal Where everything is kept.
   * @param emit Takes what the face shows.
   */
  constructor(journal: ClientJournal, emit: (event: ClientEvent) => void) {
    this.#journal = journal;
    this.#emit = emit;
    const { place, room, events } = journal.memory;
    this.#epochId = place?.epochId;
    this.#room = room;
    this.#events = events;
  }

  /**
   * Shows the room without its server.
   *
   * @param address Where it is.
   * @returns False if the room was never seen.
   */
  showSilentRoom({ host, port }: RoomAddress): boolean {
    const { room, place } = this.#journal.memory;
    if (room === undefined || place === undefined) return false;
    const { lastSequence } = place;
    const members = [room.self];
    const epoch = encodeHex(place.epochId);
    const welcome = { ...room, members, host, port, epoch, lastSequence };
    this.#emit({ type: "welcome", ...welcome });
    this.#show(room.self);
    return true;
  }

  /**
   * Takes a welcome that was shown; after the first one comes what is left of
   * the earlier stay.
   *
   * @param welcome The welcome.
   * @param place Where it goes on from.
   */
  handleWelcome(
    welcome: ShownWelcome,
    place: RoomPlace | undefined,
  ): void {
    const known = this.#epochId;
    this.#epochId = place?.epochId;
    const isSame = known === undefined || this.#epochId === undefined ||
      equalBytes(known, this.#epochId);
    if (!isSame) {
      this.#events = [];
      this.#journal.startOver();
    }
    if (!this.#isShown) this.#show(welcome.self);
    const { room, self, openRoom, topic, fingerprint } = welcome;
    const { messageLimitCharacters } = welcome;
    this.#setRoom({
      room,
      self,
      openRoom,
      topic,
      messageLimitCharacters,
      fingerprint,
    });
  }

  /** Writes down what is about to be shown. */
  record(event: JournalEvent): void {
    this.#journal.record(event);
    if (event.type !== "seen" || event.event.act.type !== "topic") return;
    const { text: topic } = event.event.act;
    if (this.#room !== undefined) this.#setRoom({ ...this.#room, topic });
  }

  /** Goes on as somebody new, who has what is to be sent and nothing else. */
  startAnew(clientInstance: Uint8Array): void {
    this.#events = [];
    this.#epochId = undefined;
    this.#journal.startAnew(clientInstance);
  }

  /** Takes the place that the events have led to. */
  setPlace(place: RoomPlace | undefined): void {
    if (place !== undefined) this.#journal.setPlace(place);
  }

  /** Ends the writing. */
  close(): void {
    this.#journal.close();
  }

  #setRoom(room: KnownRoom): void {
    this.#room = room;
    this.#journal.setRoom(room);
  }

  #show(self: string): void {
    this.#isShown = true;
    const epoch = this.#epochId === undefined ? "" : encodeHex(this.#epochId);
    for (const event of this.#events) {
      // The welcome has said the newest topic.
      if (event.act.type === "topic") continue;
      this.#emit(showSeen(event, { epoch, earlier: true }));
    }
    this.#events = [];
    for (const outgoing of this.#journal.memory.outbox) {
      this.#showQueued(outgoing, self);
    }
  }

  /** What changes messages is shown when it has its place. */
  #showQueued({ id, act, timeMs }: OutgoingAct, self: string): void {
    if (act.type !== "message") return;
    const { style, replyTo, text } = act;
    this.#emit({
      type: "message",
      id: encodeHex(id),
      author: self,
      own: true,
      style,
      replyTo,
      text,
      timeMs,
      earlier: false,
      delivery: { state: "queued" },
    });
  }
}
