import { assert } from "@std/assert";
import type { SeenEvent } from "../../lib/chat/seen_event.ts";
import {
  changeMessage,
  type MessageState,
  newMessageState,
} from "../../lib/chat/message_state.ts";
import { DEFAULT_ROOM_ID } from "../../lib/chat/room_kind.ts";
import type { ClientEvent } from "../../lib/ui/bridge.ts";
import { isUnique, wordsOf } from "./event_words.ts";
import type { SimDisk } from "./sim_log.ts";

/** What a {@linkcode RoomSide} begins with. */
export interface RoomSideOptions {
  /** Which room. */
  readonly roomId: number;
  /** The server's. */
  readonly disk: SimDisk;
  /** Who it is, for messages. */
  readonly name: string;
  /** Who it is to the server. */
  readonly person: () => string;
  /** Whether an earlier life has kept a place. */
  readonly hasPlace: boolean;
  /** What an earlier life of the client has kept of the room. */
  readonly kept: () => readonly SeenEvent[];
  /** Whether nobody was this person before. */
  readonly isFirst: boolean;
  /** The side of the last life that was here and kept a store. */
  readonly earlier: RoomSide | undefined;
}

/**
 * A client's side of one room, for as long as it is in it and lives: over all
 * its connections. What it is told it must be allowed to know, it must be on the
 * server's disk, and nothing may come twice.
 */
export class RoomSide {
  /** Which room. */
  readonly roomId: number;
  /** What it knows of the order, by place. */
  readonly bySequence = new Map<number, string>();
  /** Places of what was no answer to this life, in the order of arrival. */
  readonly others: number[] = [];
  /** Texts it was told to send while it could, in order, and which were not refused. */
  readonly written: string[];
  /** Its own texts that it was told are stored, and where. */
  readonly acknowledged: { sequence: number; text: string }[] = [];
  /** Own messages that are stored. */
  readonly own: number[] = [];
  /** What messages have become, by place. */
  readonly states = new Map<number, MessageState>();
  /** How often it was told that something is missing. */
  gaps = 0;
  readonly #options: RoomSideOptions;
  readonly #texts = new Map<string, string>();
  /** Places of all own events, of earlier lives too. */
  readonly #ownPlaces = new Set<number>();
  #isWelcomed = false;
  #lastSequence = 0;
  #firstTold = 0;

  constructor(options: RoomSideOptions) {
    this.roomId = options.roomId;
    this.#options = options;
    this.written = [...options.earlier?.written ?? []];
  }

  /** Whether nobody was this person before, so that every answer is to something written here. */
  get isFirst(): boolean {
    return this.#options.isFirst;
  }

  /** The newest place that it knows; 0 for none. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Where what it knows without a gap begins. */
  get firstSequence(): number {
    // Who kept a place goes on where its last life began.
    const kept = this.#options.hasPlace
      ? this.#options.earlier?.firstSequence
      : undefined;
    return kept || this.#firstTold;
  }

  /**
   * What it knows besides: answers to what an earlier life has written, which
   * kept no place, so that the next one was only given the newest.
   */
  get older(): number[] {
    const first = this.firstSequence;
    return Array.from(this.bySequence.keys()).filter((at) => at < first);
  }

  /** Whether an earlier life of its own has written what is there. */
  isOlderOwn(sequence: number): boolean {
    return !this.isFirst && this.#ownPlaces.has(sequence);
  }

  /** Whether it knows the order to its end, and of everything written that it is stored. */
  get isComplete(): boolean {
    const events = this.#options.disk.eventsOf(this.roomId);
    if (!this.#isWelcomed || this.lastSequence !== events.length) return false;
    return this.isFirst
      ? this.acknowledged.length === this.written.length
      : this.stored.length === this.promised.length;
  }

  /** What was written and must be stored, as far as no other act says the same. */
  get promised(): string[] {
    return this.written.filter(isUnique);
  }

  /** What of it came at its place, in that order. */
  get stored(): string[] {
    const written = new Set(this.written);
    const originals = this.#options.disk.originalsOf(this.roomId);
    return Array.from(this.#ownPlaces).sort((a, b) => a - b)
      .map((sequence) => wordsOf(originals[sequence - 1]!))
      .filter((text) => isUnique(text) && written.has(text));
  }

  /** Takes what a face is told of the room. */
  handleEvent(event: ClientEvent): void {
    this.#checkAllowed(event);
    switch (event.type) {
      case "welcome":
        if (!this.#isWelcomed) this.#recall();
        return;
      case "message":
        this.#texts.set(event.id, event.text);
        if (event.delivery.state !== "stored") return;
        this.others.push(event.delivery.sequence);
        this.#placeMessage(event.delivery.sequence, event.text, event.own);
        return;
      case "delivery":
        this.#handleDelivery(event);
        return;
      case "change":
        this.#change(event);
        return;
      case "changeRefused":
        this.#refuse(wordsOf(event), event.reason.code);
        return;
      case "gap":
        this.gaps++;
        return;
    }
  }

  /** The topics that are kept: a face is told the newest with the welcome. */
  #recall(): void {
    this.#isWelcomed = true;
    for (const { sequence, act, own } of this.#options.kept()) {
      if (act.type !== "topic") continue;
      if (own) this.#ownPlaces.add(sequence);
      this.#place(sequence, wordsOf({ act }));
    }
  }

  #handleDelivery(event: Extract<ClientEvent, { type: "delivery" }>): void {
    const { id, delivery } = event;
    const text = this.#texts.get(id);
    if (delivery.state === "refused") {
      return this.#refuse(text, delivery.reason.code);
    }
    if (delivery.state !== "stored") return;
    const { sequence } = delivery;
    assert(text !== undefined, "an answer to what was never shown");
    this.acknowledged.push({ sequence, text });
    this.#placeMessage(sequence, text, true);
  }

  /** Only what was removed before, or is said where one is not any more, comes to nothing. */
  #refuse(text: string | undefined, code: string): void {
    const isOver = code === "notInRoom" || code === "archived";
    const { roomId } = this;
    assert(code === "removed" || isOver && roomId !== DEFAULT_ROOM_ID, code);
    const index = text === undefined ? -1 : this.written.lastIndexOf(text);
    if (index >= 0) this.written.splice(index, 1);
  }

  #placeMessage(sequence: number, text: string, own: boolean): void {
    if (own) {
      this.own.push(sequence);
      this.#ownPlaces.add(sequence);
    }
    this.#place(sequence, text);
    this.states.set(sequence, newMessageState(text));
  }

  #change(event: Extract<ClientEvent, { type: "change" }>): void {
    const { sequence, act } = event;
    const text = wordsOf(event);
    if (event.own) {
      this.acknowledged.push({ sequence, text });
      this.#ownPlaces.add(sequence);
    } else this.others.push(sequence);
    this.#place(sequence, text);
    const state = act.type === "topic"
      ? undefined
      : this.states.get(act.target);
    if (act.type === "topic" || state === undefined) return;
    this.states.set(act.target, changeMessage(state, event));
  }

  /** Everything has one place for ever, is told once, and is durable before it is told. */
  #place(sequence: number, text: string): void {
    const { disk, name } = this.#options;
    const { roomId } = this;
    const what = `${name} in room ${roomId}: ${sequence}`;
    assert(!this.bySequence.has(sequence), `${what} came twice`);
    if (this.bySequence.size === 0) this.#firstTold = sequence;
    assert(isDurable(disk, { roomId, sequence, text }), `${what} may be lost`);
    this.bySequence.set(sequence, text);
    this.#lastSequence = Math.max(this.#lastSequence, sequence);
  }

  /** Of a room that is not everybody's nobody learns who never was in it. */
  #checkAllowed(event: ClientEvent): void {
    const { roomId } = this;
    if (roomId === DEFAULT_ROOM_ID) return;
    const { disk, name, person } = this.#options;
    const wasIn = disk.wasIn(roomId, (member) => member.person === person());
    assert(wasIn, `${name} is told ${event.type} of room ${roomId}`);
    const named = event.type === "welcome"
      ? event.members
      : event.type === "joined"
      ? [event.name]
      : [];
    for (const other of named) {
      const isMember = disk.wasIn(roomId, (member) => member.name === other);
      assert(isMember, `${other} is seen in room ${roomId}`);
    }
  }
}

/** Whether an event says that, or said it before it was erased. */
export function isDurable(
  disk: SimDisk,
  { roomId, sequence, text }: {
    readonly roomId: number;
    readonly sequence: number;
    readonly text: string;
  },
): boolean {
  const event = disk.eventsOf(roomId)[sequence - 1];
  const original = disk.originalsOf(roomId)[sequence - 1];
  return event !== undefined &&
    (wordsOf(event) === text || wordsOf(original!) === text);
}
