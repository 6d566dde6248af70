/**
 * What a client keeps between two starts, as the chat sees it: who it is to the
 * server, what it has to send, and what it has seen. Where that is kept is not
 * the chat's business.
 *
 * @module
 */

import type { RoomKind } from "./room_kind.ts";
import type { OutgoingAct } from "./outbox.ts";
import type { SeenEvent } from "./seen_event.ts";

/** A place in the order of a room. */
export interface RoomPlace {
  /** The epoch that gives the number its meaning. */
  readonly epochId: Uint8Array;
  /** The newest event that was seen. */
  readonly lastSequence: number;
}

/** What happened to what a client keeps. */
export type JournalEvent =
  /** An act is to be sent. */
  | { readonly type: "queued"; readonly outgoing: OutgoingAct }
  /** The server has answered for it: it has its place, or was refused. */
  | { readonly type: "settled"; readonly id: Uint8Array }
  /** Anybody's event was seen at its place. */
  | { readonly type: "seen"; readonly event: SeenEvent };

/** What is known of a room without its server. */
export interface KnownRoom {
  /** Who may know of it. */
  readonly kind: RoomKind;
  /** The room's name. */
  readonly room: string;
  /** The own name, as the others see it. */
  readonly self: string;
  /** Whether the room's password was the public default. */
  readonly openRoom: boolean;
  /** What it is about; may be empty. */
  readonly topic: string;
  /** The longest message in characters. */
  readonly messageLimitCharacters: number;
  /** The server key's fingerprint. */
  readonly fingerprint: string;
}

/** What is kept of a room. */
export interface KeptRoom {
  /** Which room. */
  readonly roomId: number;
  /** Where the client was in it; undefined if it was never there. */
  readonly place: RoomPlace | undefined;
  /** What it knows of it; undefined as well. */
  readonly known: KnownRoom | undefined;
  /** What it has to send there, in order. */
  readonly outbox: readonly OutgoingAct[];
  /** The newest events it has seen up to its place, in order. */
  readonly events: readonly SeenEvent[];
}

/** What a client starts from. */
export interface ClientMemory {
  /** The secret by which the server knows it again: 16 bytes. */
  readonly clientInstance: Uint8Array;
  /** The rooms of which it has kept anything. */
  readonly rooms: readonly KeptRoom[];
}

/**
 * Keeps a {@linkcode ClientMemory} as the stay in the rooms changes it. It never
 * throws: who cannot keep anything any more chats on.
 *
 * An act to send is kept when `record()` returns. The rest may be kept later,
 * but only together with the places it belongs to: what is kept is always the
 * state at one moment. So whatever is lost is told by the server again, which
 * gives all that comes after the place, own acts too: those are taken out of the
 * outbox then, and never sent twice.
 *
 * What a seen event removes is erased with it.
 */
export interface ClientJournal {
  /** What was kept until now. */
  readonly memory: ClientMemory;
  /** Takes what happened in a room. */
  record(roomId: number, event: JournalEvent): void;
  /** Takes what a welcome said of a room. */
  setRoom(roomId: number, room: KnownRoom): void;
  /** Takes the places that all of the above has led to, by room. */
  setPlaces(places: ReadonlyMap<number, RoomPlace>): void;
  /** Forgets a room that one is not in any more. */
  dropRoom(roomId: number): void;
  /**
   * Takes note that the numbers mean nothing any more. Nothing but the outboxes
   * is kept until the next start, which begins as somebody new.
   */
  startOver(): void;
  /**
   * Forgets everything but the outboxes, and goes on as somebody new at once.
   *
   * @param clientInstance The new {@linkcode ClientMemory.clientInstance}.
   */
  startAnew(clientInstance: Uint8Array): void;
  /** Keeps what is not kept yet, and ends. */
  close(): void;
}
