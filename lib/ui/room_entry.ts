/**
 * Which room a script reads and writes in, and its way into it: a script is
 * told of one room, whatever else its person is in.
 *
 * @module
 */

import type { QuestionRefusal } from "../chat/open_requests.ts";
import { DEFAULT_ROOM_ID } from "../chat/room_kind.ts";
import type { ClientEvent, FaceSession } from "./bridge.ts";

/** A room besides the default one. */
export type WantedRoom =
  /** One that the person is in, or a public one. */
  | { readonly type: "room"; readonly name: string }
  /** The talk with one other person. */
  | { readonly type: "person"; readonly name: string };

/** What a script is told: nothing of other rooms. */
export type ScriptEvent =
  | ClientEvent
  /** The room cannot be entered. */
  | { readonly type: "roomRefused"; readonly refusal: QuestionRefusal };

/** What the way into a room needs. */
export interface RoomEntryOptions {
  /** Takes what is asked. */
  readonly session: Pick<FaceSession, "handleCommand">;
  /** Which room; undefined for the default one. */
  readonly wanted: WantedRoom | undefined;
  /** Whether a guest is the same one again when the script starts again. */
  readonly isSameGuest: boolean;
  /** Takes what happens in the room, and what is of no room. */
  readonly onEvent: (event: ScriptEvent) => void;
  /** Calls back after some seconds unless that is cancelled; by the clock. */
  readonly later?: Later;
}

/**
 * Calls back after some seconds.
 *
 * @returns Cancels that.
 */
export type Later = (seconds: number, callback: () => void) => () => void;

/**
 * Events of a room that are kept until it is known which room is the wanted one:
 * all that a server tells who is new, twice.
 */
export const MAX_HELD_EVENTS = 2_000;

/** Finds the room, and lets through what is about it. */
export class RoomEntry {
  readonly #options: RoomEntryOptions;
  /** As far as the server has said which one it is. */
  #roomId = NO_ROOM_ID;
  #isFound = false;
  /** The question whose answer says it. */
  #questionId = 0;
  /** What happened meanwhile, by room. */
  readonly #held = new Map<number, HeldRoom>();
  /** Whether the script has become a member by itself. */
  #isJoined = false;
  #cancelRetry: () => void = () => {};

  /**
   * Starts outside.
   *
   * @param options What it needs.
   */
  constructor(options: RoomEntryOptions) {
    this.#options = options;
    if (options.wanted === undefined) this.#find(DEFAULT_ROOM_ID);
  }

  /** The room's number; before it is known that of no room. */
  get roomId(): number {
    return this.#roomId;
  }

  /** Takes what the session tells. */
  handleEvent(event: ClientEvent): void {
    if (event.type === "answer" || event.type === "unanswered") {
      return this.#handleAnswer(event);
    }
    if (!("roomId" in event)) {
      if (event.type === "ended") this.#cancelRetry();
      return this.#options.onEvent(event);
    }
    if (!this.#isFound) this.#hold(event);
    else if (event.roomId === this.#roomId) this.#tell(event);
    const isArrival = event.type === "welcome" &&
      event.roomId === DEFAULT_ROOM_ID;
    if (isArrival && !this.#isFound) this.#arrive(event);
  }

  /**
   * Leaves the room again if the script was not in it before, so that none is
   * left with members that never come back.
   */
  leave(): void {
    this.#cancelRetry();
    if (!this.#isJoined || this.#options.isSameGuest) return;
    this.#isJoined = false;
    this.#askServer({ type: "leaveRoom", roomId: this.#roomId });
  }

  #arrive(welcome: Extract<ClientEvent, { readonly type: "welcome" }>): void {
    const { wanted, isSameGuest } = this.#options;
    const { name, type } = wanted!;
    if (type === "room") {
      return isSameName(name, welcome.room)
        ? this.#find(DEFAULT_ROOM_ID)
        : this.#ask();
    }
    const own = welcome.people?.find(({ name }) => name === welcome.self);
    const isGuest = own === undefined || own.role === "guest";
    if (!isGuest || isSameGuest) return this.#ask();
    // A talk is for ever: with somebody new at each start there would be ever more.
    this.#refuse({ code: "needsRole", role: "member" });
  }

  #ask(): void {
    const { type, name } = this.#options.wanted!;
    this.#cancelRetry();
    this.#askServer({ type: type === "room" ? "joinRoom" : "direct", name });
  }

  #askServer(
    query: Extract<
      Parameters<FaceSession["handleCommand"]>[0],
      { readonly type: "ask" }
    >["query"],
  ): void {
    this.#options.session.handleCommand({
      type: "ask",
      roomId: DEFAULT_ROOM_ID,
      questionId: ++this.#questionId,
      query,
    });
  }

  #handleAnswer(
    event: Extract<
      ClientEvent,
      { readonly type: "answer" | "unanswered" }
    >,
  ): void {
    if (this.#isFound || event.questionId !== this.#questionId) return;
    if (event.type === "answer") {
      if ("roomId" in event.answer) this.#find(event.answer.roomId);
      return;
    }
    const { refusal } = event;
    // It is asked again when the server is back.
    if (refusal.code === "offline") return;
    if (refusal.code !== "busy" && refusal.code !== "tooFast") {
      return this.#refuse(refusal);
    }
    const { later = byClock } = this.#options;
    this.#cancelRetry = later(refusal.retryAfterSeconds, () => this.#ask());
  }

  #refuse(refusal: QuestionRefusal): void {
    this.#options.onEvent({ type: "roomRefused", refusal });
  }

  #find(roomId: number): void {
    this.#roomId = roomId;
    this.#isFound = true;
    const { events, missedMessages } = this.#held.get(roomId) ?? NOTHING_HELD;
    this.#held.clear();
    let isGap = missedMessages > 0;
    for (const event of events) {
      this.#tell(event);
      if (!isGap || event.type !== "welcome") continue;
      this.#tell({ type: "gap", roomId, missedMessages });
      isGap = false;
    }
  }

  #hold(event: RoomEvent): void {
    const { roomId } = event;
    const held = this.#held.get(roomId) ?? { events: [], missedMessages: 0 };
    this.#held.set(roomId, held);
    // What ended before the room was entered is nothing to tell.
    if (event.type !== "roomClosed") held.events.push(event);
    if (held.events.length <= MAX_HELD_EVENTS) return;
    const oldest = held.events.findIndex((event) =>
      (event.type === "message" || event.type === "change") && !event.own
    );
    if (oldest === -1) return;
    held.events.splice(oldest, 1);
    held.missedMessages++;
  }

  #tell(event: RoomEvent): void {
    if (event.type === "roomOpened") {
      this.#isJoined ||= event.isNew && event.by === "" &&
        event.kind !== "direct";
    } else if (event.type === "roomClosed" && event.reason === "meanwhile") {
      // The server may have been restored from a copy: perhaps it is there again.
      this.#isFound = false;
      this.#ask();
    } else this.#options.onEvent(event);
  }
}

/**
 * Writes a room's name as faces do.
 *
 * @param wanted The room.
 * @returns For example `#class` or `@Ani`.
 */
export function wantedLabel({ type, name }: WantedRoom): string {
  return `${type === "room" ? "#" : "@"}${name}`;
}

type RoomEvent = Exclude<
  Extract<ClientEvent, { readonly roomId: number }>,
  { readonly type: "answer" | "unanswered" }
>;

interface HeldRoom {
  readonly events: RoomEvent[];
  /** How many are not among these any more. */
  missedMessages: number;
}

/** Rooms have numbers from 1 on. */
const NO_ROOM_ID = 0;

const NOTHING_HELD: HeldRoom = { events: [], missedMessages: 0 };

function isSameName(a: string, b: string): boolean {
  return a.normalize("NFKC").toLowerCase() ===
    b.normalize("NFKC").toLowerCase();
}

function byClock(seconds: number, callback: () => void): () => void {
  let isCancelled = false;
  const timer = setTimeout(() => {
    // Deno 2.4 still calls one that is cleared while it is due.
    if (!isCancelled) callback();
  }, seconds * 1_000);
  return () => {
    isCancelled = true;
    clearTimeout(timer);
  };
}
