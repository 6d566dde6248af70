import { assertNever } from "../base/assert.ts";
import { DEFAULT_ROOM_ID } from "../chat/room_kind.ts";
import type { ClientEvent } from "../ui/bridge.ts";
import { RoomTranscript } from "./room_transcript.ts";

/**
 * Remembers what was shown of all rooms, so that a page that is reloaded, or opened a second time, shows it again.
 */
export class ChatTranscript {
  readonly #rooms = new Map<number, RoomTranscript>();
  /** The rooms besides the default one, as they were opened. */
  readonly #opened = new Map<
    number,
    Extract<ClientEvent, { type: "roomOpened" }>
  >();

  /** Takes an event on its way to the face. */
  record(event: ClientEvent): void {
    switch (event.type) {
      case "loginForm":
      case "loginProgress":
      case "loginRefused":
      case "ended":
        this.#rooms.clear();
        this.#opened.clear();
        return;
      case "roomOpened":
        this.#opened.set(event.roomId, { ...event, isNew: false });
        return;
      case "roomClosed":
        this.#opened.delete(event.roomId);
        this.#rooms.delete(event.roomId);
        return;
      case "connection":
      case "unkept":
        // Of the server, and told once.
        return this.#room(DEFAULT_ROOM_ID).record(event);
      case "welcome":
      case "message":
      case "delivery":
      case "receipt":
      case "read":
      case "change":
      case "changeRefused":
      case "joined":
      case "left":
      case "memberChanged":
      case "roomChanged":
      case "gap":
      case "catchUp":
      case "answer":
      case "unanswered":
        return this.#room(event.roomId).record(event);
    }
    assertNever(event);
  }

  /** Everything a new face needs, in order; empty outside a room. */
  replay(): ClientEvent[] {
    const events: ClientEvent[] = this.#room(DEFAULT_ROOM_ID).replay();
    if (events.length === 0) return events;
    for (const [roomId, opened] of this.#opened) {
      events.push(opened, ...this.#room(roomId).replay());
    }
    return events;
  }

  #room(roomId: number): RoomTranscript {
    const known = this.#rooms.get(roomId);
    if (known !== undefined) return known;
    const room = new RoomTranscript();
    this.#rooms.set(roomId, room);
    return room;
  }
}
