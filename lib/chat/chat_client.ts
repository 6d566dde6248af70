import type {
  ChatClientEvent,
  ClientRoomEvent,
  RoomEnding,
} from "./chat_client_event.ts";
import type { ClientMemory, RoomPlace } from "./client_journal.ts";
import { ClientRoom } from "./client_room.ts";
import { MAX_ROOMS_OF_PERSON } from "./limits.ts";
import type { OutgoingAct } from "./outbox.ts";
import { isAboutServer, type Query } from "./request.ts";
import { DEFAULT_ROOM_ID } from "./room_kind.ts";
import type { RoomListMessage } from "./room_news.ts";

/** Bytes for the stream of a room. */
export interface RoomBytes {
  /** Which room. */
  readonly roomId: number;
  /** What to send on its stream. */
  readonly bytes: Uint8Array;
}

/** Where the answer to a question belongs. */
export interface QuestionPlace {
  /** In which room. */
  readonly roomId: number;
  /** The caller's number of the question. */
  readonly questionId: number;
}

/** A question to the server. */
export interface RoomQuestion extends QuestionPlace {
  /** What to ask. */
  readonly query: Query;
}

/**
 * The client's side of a server's chat, without I/O (docs/PROTOCOL.md section
 * 7): its rooms, each with a stream of its own. It lives across connections.
 *
 * The default room has stream 0, on which the server tells which other rooms
 * there are. Each of them is entered on a stream that is opened for it when
 * {@linkcode ChatClient.pollTransmit} gives the first bytes for it, and ended
 * with the event `roomClosed`.
 *
 * After any call drain {@linkcode ChatClient.pollTransmit} and
 * {@linkcode ChatClient.pollEvent}, then wait for input or until
 * {@linkcode ChatClient.nextTimeoutUs}.
 */
export class ChatClient {
  readonly #rooms = new Map<number, ClientRoom>();
  /** What was asked, by the number that the rooms know it by. */
  readonly #asked = new Map<number, QuestionPlace>();
  #nextQuestionId = 0;
  #events: ChatClientEvent[] = [];
  #polled = 0;

  /**
   * Creates a client that is in no room.
   *
   * @param memory Where an earlier one has stopped.
   */
  constructor(memory?: ClientMemory) {
    this.#rooms.set(DEFAULT_ROOM_ID, new ClientRoom(DEFAULT_ROOM_ID));
    for (const kept of memory?.rooms ?? []) {
      this.#rooms.set(kept.roomId, new ClientRoom(kept.roomId, kept));
    }
  }

  /** Where it is in a room; undefined if it never was there. */
  placeIn(roomId: number): RoomPlace | undefined {
    return this.#rooms.get(roomId)?.place;
  }

  /** Takes note that a login succeeded: stream 0 of a connection is open. */
  handleConnected(): void {
    this.#default.handleConnected();
  }

  /** Takes note that the connection is gone. */
  handleDisconnected(): void {
    for (const [roomId, room] of this.#rooms) {
      room.handleDisconnected();
      this.#collect(roomId, room);
    }
  }

  /**
   * Takes note that the server closes the connection with `chatProtocol`. Where
   * that may answer a place that is none any more, all places are forgotten: a
   * server has one log for all of its rooms. See
   * {@linkcode ClientRoom.isPlaceAsked}.
   *
   * @returns Whether the places are forgotten.
   */
  handleRefusedPlace(): boolean {
    const rooms = Array.from(this.#rooms.values());
    if (!rooms.some((room) => room.isPlaceAsked)) return false;
    for (const room of rooms) room.forgetPlace();
    return true;
  }

  /**
   * Takes bytes from the stream of a room.
   *
   * @param data The next bytes, cut anywhere; not kept.
   * @param nowUs The monotonic time.
   */
  handleData({ roomId, bytes }: RoomBytes, nowUs: number): void {
    const room = this.#rooms.get(roomId);
    if (room === undefined) return;
    room.handleData(bytes, nowUs);
    this.#collect(roomId, room);
  }

  /** Takes note that the server has ended the stream of a room. */
  handleEnded(roomId: number): void {
    const room = this.#rooms.get(roomId);
    if (room === undefined) return;
    room.handleEnded();
    this.#collect(roomId, room);
  }

  /**
   * Takes an act to send, connected or not: {@linkcode ClientRoom.send}. One
   * for a room that is not there any more is refused.
   *
   * @param roomId In which room.
   * @param outgoing The act.
   */
  send(roomId: number, outgoing: OutgoingAct): void {
    const known = this.#rooms.get(roomId);
    const room = known ?? new ClientRoom(roomId);
    room.send(outgoing);
    if (known === undefined) room.close();
    this.#collect(roomId, room);
  }

  /**
   * Asks the server something: {@linkcode ClientRoom.ask}. What is about the
   * server or people goes to it on stream 0, and is answered in the room that
   * is named.
   *
   * @param question What to ask.
   */
  ask({ roomId, questionId, query }: RoomQuestion): void {
    const about = isAboutServer(query) ? DEFAULT_ROOM_ID : roomId;
    const room = this.#rooms.get(about);
    if (room === undefined) {
      const refusal = { code: "noSuchRoom" } as const;
      this.#events.push({ type: "unanswered", roomId, questionId, refusal });
      return;
    }
    const id = this.#nextQuestionId++;
    this.#asked.set(id, { roomId, questionId });
    room.ask(id, query);
    this.#collect(about, room);
  }

  /**
   * Takes note of what the person has read.
   *
   * @param roomId In which room.
   * @param sequence The last message.
   */
  markRead(roomId: number, sequence: number): void {
    this.#rooms.get(roomId)?.markRead(sequence);
  }

  /** Leaves the server after what was sent so far: {@linkcode ClientRoom.leave}. */
  leave(): void {
    this.#default.leave();
  }

  /**
   * Gives the next bytes for some room's stream.
   *
   * @param nowUs The monotonic time.
   * @returns The bytes; undefined if nothing may be sent now.
   */
  pollTransmit(nowUs: number): RoomBytes | undefined {
    for (const [roomId, room] of this.#rooms) {
      const bytes = room.pollTransmit(nowUs);
      if (bytes !== undefined) return { roomId, bytes };
    }
    return undefined;
  }

  /**
   * Tells when {@linkcode ChatClient.pollTransmit} gives more without any
   * further input.
   *
   * @param nowUs The monotonic time.
   * @returns The monotonic time of it; undefined if only input brings more.
   */
  nextTimeoutUs(nowUs: number): number | undefined {
    let nextUs: number | undefined;
    for (const room of this.#rooms.values()) {
      const timeoutUs = room.nextTimeoutUs(nowUs);
      if (timeoutUs === undefined) continue;
      nextUs = Math.min(nextUs ?? timeoutUs, timeoutUs);
    }
    return nextUs;
  }

  /**
   * Gives the next event.
   *
   * @returns The event; undefined if there is none until the next input.
   */
  pollEvent(): ChatClientEvent | undefined {
    const event = this.#events[this.#polled++];
    if (event === undefined) {
      this.#events = [];
      this.#polled = 0;
    }
    return event;
  }

  get #default(): ClientRoom {
    return this.#rooms.get(DEFAULT_ROOM_ID)!;
  }

  /** Takes what a room tells, in the order in which the rooms have told it. */
  #collect(roomId: number, room: ClientRoom): void {
    for (
      let event = room.pollEvent();
      event !== undefined;
      event = room.pollEvent()
    ) this.#handleRoomEvent(roomId, event);
  }

  #handleRoomEvent(roomId: number, event: ClientRoomEvent): void {
    if (event.type === "roomList") this.#handleList(event);
    else if (event.type === "roomClosed") {
      this.#close(event.roomId, event.reason);
    } else if (event.type === "roomOpened") {
      if (!this.#enter(event.roomId)) return;
      const place = { lastSequence: 0, readSequence: 0 };
      this.#events.push({ ...event, ...place, isNew: true });
    } else if (event.type === "answer" || event.type === "unanswered") {
      if (event.type === "answer" && event.answer.type === "claimed") {
        const { accountId } = event.answer;
        for (const room of this.#rooms.values()) room.handleClaimed(accountId);
      }
      const asked = this.#asked.get(event.questionId)!;
      this.#asked.delete(event.questionId);
      this.#events.push({ ...event, ...asked });
    } else this.#events.push({ ...event, roomId });
  }

  /** Enters the rooms that there are, and closes the others. */
  #handleList({ rooms }: RoomListMessage): void {
    const listed = new Set(rooms.map(({ roomId }) => roomId));
    for (const roomId of Array.from(this.#rooms.keys())) {
      if (roomId !== DEFAULT_ROOM_ID && !listed.has(roomId)) {
        this.#close(roomId, "meanwhile");
      }
    }
    for (const room of rooms) {
      if (!this.#enter(room.roomId)) continue;
      this.#events.push({ type: "roomOpened", ...room, by: "", isNew: false });
    }
  }

  /** Enters a room on a stream of its own, unless it is on its way there. */
  #enter(roomId: number): boolean {
    const room = this.#rooms.get(roomId) ?? new ClientRoom(roomId);
    // More than a server may tell of are not kept.
    if (roomId === DEFAULT_ROOM_ID || !room.isOffline) return false;
    if (this.#rooms.size > MAX_ROOMS_OF_PERSON) {
      if (!this.#rooms.has(roomId)) return false;
    }
    this.#rooms.set(roomId, room);
    room.handleConnected();
    return true;
  }

  #close(roomId: number, reason: RoomEnding): void {
    const room = this.#rooms.get(roomId);
    if (room === undefined || roomId === DEFAULT_ROOM_ID) return;
    this.#rooms.delete(roomId);
    room.close();
    this.#collect(roomId, room);
    this.#events.push({ type: "roomClosed", roomId, reason });
  }
}
