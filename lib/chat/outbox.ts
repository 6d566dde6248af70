import { encodeHex } from "../base/bytes.ts";
import { MAX_OUTBOX_MESSAGES, MAX_UNACKNOWLEDGED_MESSAGES } from "./limits.ts";
import type { Act } from "./room_event.ts";

/** An act to send. */
export interface OutgoingAct {
  /** A new ID of 16 bytes, from `makeMessageId()`. */
  readonly id: Uint8Array;
  /** What to do; its texts are as typed. */
  readonly act: Act;
  /** The wall clock, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** An act in an {@linkcode Outbox}. */
export interface OutboxEntry {
  /** What is to be sent. */
  readonly outgoing: OutgoingAct;
  /** On the present connection. */
  isSent: boolean;
  /** Sent on any connection: the pace counts an act once. */
  isPaced: boolean;
}

/** What the server has not answered for, in the order of sending. */
export class Outbox {
  /** By hexadecimal ID. */
  readonly #entries = new Map<string, OutboxEntry>();
  /** How many were sent on this connection. */
  #inFlight = 0;

  /** How many acts there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** How many more it takes. */
  get free(): number {
    return MAX_OUTBOX_MESSAGES - this.#entries.size;
  }

  /** What is in it, in order. */
  all(): OutgoingAct[] {
    return Array.from(this.#entries.values(), ({ outgoing }) => outgoing);
  }

  /** Tells whether an act is in it. */
  has(id: Uint8Array): boolean {
    return this.#entries.has(encodeHex(id));
  }

  /** Adds an act at the end. */
  add(outgoing: OutgoingAct): void {
    const entry = { outgoing, isSent: false, isPaced: false };
    this.#entries.set(encodeHex(outgoing.id), entry);
  }

  /**
   * Takes an answered act out.
   *
   * @param messageId Its ID.
   * @returns The act; undefined if it is not there.
   */
  settle(messageId: Uint8Array): OutgoingAct | undefined {
    const id = encodeHex(messageId);
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    this.#entries.delete(id);
    if (entry.isSent) this.#inFlight--;
    return entry.outgoing;
  }

  /** Takes note that nothing was sent on a new connection. */
  handleConnected(): void {
    this.#inFlight = 0;
    for (const entry of this.#entries.values()) entry.isSent = false;
  }

  /** The next act that the window allows to send; undefined if there is none. */
  nextUnsent(): OutboxEntry | undefined {
    if (this.#inFlight >= MAX_UNACKNOWLEDGED_MESSAGES) return undefined;
    // What was sent is in front, at most a window of it.
    for (const entry of this.#entries.values()) {
      if (!entry.isSent) return entry;
    }
    return undefined;
  }

  /** Takes note that an act is on its way. */
  handleSent(entry: OutboxEntry): void {
    entry.isPaced = true;
    entry.isSent = true;
    this.#inFlight++;
  }
}
