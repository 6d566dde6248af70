import { encodeHex, equalBytes } from "../base/bytes.ts";
import type {
  ClientJournal,
  JournalEvent,
  KeptRoom,
  KnownRoom,
  RoomPlace,
} from "../chat/client_journal.ts";
import type { OutgoingAct } from "../chat/outbox.ts";
import { DEFAULT_ROOM_ID } from "../chat/room_kind.ts";
import { type SeenEvent, showSeen } from "../chat/seen_event.ts";
import type { ClientEvent } from "../ui/bridge.ts";

/** A welcome as faces are shown it. */
export type ShownWelcome = Extract<
  ClientEvent,
  { readonly type: "welcome" }
>;

/** Where a server is, as a person knows it. */
export interface RoomAddress {
  /** As it was typed. */
  readonly host: string;
  /** The server's port. */
  readonly port: number;
}

/** What a room's memory is made with. */
export interface RoomMemoryOptions {
  /** Which room. */
  readonly roomId: number;
  /** What is left of an earlier stay. */
  readonly kept: KeptRoom | undefined;
  /** Where everything is kept. */
  readonly journal: ClientJournal;
  /** Takes what the face shows. */
  readonly emit: (event: ClientEvent) => void;
  /** Told that the numbers mean something else than they did. */
  readonly onOtherEpoch: () => void;
}

/**
 * Shows what is left of an earlier stay in a room, and writes down this one.
 * Every event passes here before it is shown, so that what a person sees as
 * waiting to be sent is kept already.
 */
export class RoomMemory {
  readonly #options: RoomMemoryOptions;
  readonly #kept: KeptRoom | undefined;
  /** What is left and was not shown yet. */
  #events: readonly SeenEvent[];
  #isShown = false;
  /** What is known of the room. */
  #known: KnownRoom | undefined;
  /** What the places belong to. */
  #epochId: Uint8Array | undefined;

  /**
   * Begins where the journal ends.
   *
   * @param options Which room, and where it is kept.
   */
  constructor(options: RoomMemoryOptions) {
    this.#options = options;
    const { kept } = options;
    this.#kept = kept;
    this.#epochId = kept?.place?.epochId;
    this.#known = kept?.known;
    this.#events = kept?.events ?? [];
  }

  /**
   * Shows the room without its server.
   *
   * @param address Where it is.
   * @returns False if the room was never seen.
   */
  showSilentRoom({ host, port }: RoomAddress): boolean {
    const { known: room, place } = this.#kept ?? {};
    if (room === undefined || place === undefined) return false;
    const { roomId } = this.#options;
    const { lastSequence } = place;
    const { kind, room: name, self } = room;
    if (roomId !== DEFAULT_ROOM_ID) {
      const listed = { roomId, kind, name, by: "", isNew: false };
      const places = { lastSequence, readSequence: lastSequence };
      this.#emit({ type: "roomOpened", ...listed, ...places });
    }
    const members = [self];
    const epoch = encodeHex(place.epochId);
    const now = { isLocked: false, slowSeconds: 0, readSequence: lastSequence };
    const welcome = { ...room, members, host, port, epoch, lastSequence };
    this.#emit({ type: "welcome", roomId, ...welcome, ...now });
    this.#show(self);
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
    const before = this.#epochId;
    this.#epochId = place?.epochId;
    const isSame = before === undefined || this.#epochId === undefined ||
      equalBytes(before, this.#epochId);
    if (!isSame) {
      this.#events = [];
      this.#options.onOtherEpoch();
    }
    if (!this.#isShown) this.#show(welcome.self);
    const { kind, room, self, openRoom, topic, fingerprint } = welcome;
    const { messageLimitCharacters } = welcome;
    this.#setRoom({
      kind,
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
    const { roomId, journal } = this.#options;
    journal.record(roomId, event);
    if (event.type !== "seen" || event.event.act.type !== "topic") return;
    const { text: topic } = event.event.act;
    if (this.#known !== undefined) this.#setRoom({ ...this.#known, topic });
  }

  /** Goes on as somebody new, who has what is to be sent and nothing else. */
  startAnew(): void {
    this.#events = [];
    this.#epochId = undefined;
  }

  #setRoom(room: KnownRoom): void {
    this.#known = room;
    this.#options.journal.setRoom(this.#options.roomId, room);
  }

  #show(self: string): void {
    this.#isShown = true;
    const epoch = this.#epochId === undefined ? "" : encodeHex(this.#epochId);
    for (const event of this.#events) {
      // The welcome has said the newest topic.
      if (event.act.type === "topic") continue;
      const shown = showSeen(event, { epoch, earlier: true });
      this.#emit({ ...shown, roomId: this.#options.roomId });
    }
    this.#events = [];
    for (const outgoing of this.#kept?.outbox ?? []) {
      this.#showQueued(outgoing, self);
    }
  }

  /** What changes messages is shown when it has its place. */
  #showQueued({ id, act, timeMs }: OutgoingAct, self: string): void {
    if (act.type !== "message") return;
    const { style, replyTo, text } = act;
    this.#emit({
      type: "message",
      roomId: this.#options.roomId,
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

  #emit(event: ClientEvent): void {
    this.#options.emit(event);
  }
}
