import { assertNever } from "../base/assert.ts";
import type { ClientEvent } from "../ui/bridge.ts";
import {
  type KnownPeople,
  knownPeople,
  peopleAfter,
} from "../ui/member_news.ts";

/** What a face that starts anew is shown of the past; as much as a page keeps. */
const MAX_EVENTS = 2_000;

type RoomEvent = Extract<
  ClientEvent,
  { type: "message" | "change" | "joined" | "left" | "gap" | "unkept" }
>;

/** What is told in a room; logins, and the rooms' coming and going, are not. */
export type TranscribedEvent = Exclude<
  ClientEvent,
  {
    type:
      | "loginForm"
      | "loginProgress"
      | "loginRefused"
      | "ended"
      | "roomOpened"
      | "roomClosed";
  }
>;

/**
 * Remembers what was shown of a room, so that a page that is reloaded, or opened a second time, shows it again.
 */
export class RoomTranscript {
  #welcome: Extract<ClientEvent, { type: "welcome" }> | undefined;
  #connection: Extract<ClientEvent, { type: "connection" }> | undefined;
  #people: KnownPeople = new Map();
  #events: RoomEvent[] = [];

  /** Takes an event on its way to the face. */
  record(event: TranscribedEvent): void {
    switch (event.type) {
      case "welcome":
        if (event.epoch !== this.#welcome?.epoch) this.#forgetLog();
        this.#welcome = event;
        this.#people = knownPeople(event);
        return;
      case "message":
      case "gap":
      case "unkept":
        this.#add(event);
        return;
      case "change":
        this.#change(event);
        return;
      case "joined":
      case "left":
        this.#people = peopleAfter(this.#people, event);
        this.#add(event);
        return;
      case "memberChanged":
        this.#people = peopleAfter(this.#people, event);
        if (event.own && this.#welcome !== undefined) {
          this.#welcome = { ...this.#welcome, self: event.newName };
        }
        return;
      case "delivery":
        this.#setDelivery(event);
        return;
      case "receipt":
        this.#setReceipt(event);
        return;
      case "read":
        if (this.#welcome !== undefined) {
          const before = this.#welcome.readSequence;
          const readSequence = Math.max(before, event.readSequence);
          this.#welcome = { ...this.#welcome, readSequence };
        }
        return;
      case "connection":
        this.#connection = event;
        return;
      case "roomChanged":
        if (this.#welcome !== undefined) {
          const { isLocked, slowSeconds } = event;
          this.#welcome = { ...this.#welcome, isLocked, slowSeconds };
        }
        return;
      case "catchUp":
        // What it announces is among the events as it comes.
        return;
      case "changeRefused":
      case "answer":
      case "unanswered":
        // For who asked: a face that starts anew has asked nothing yet.
        return;
    }
    assertNever(event);
  }

  /** Everything a new face needs, in order; empty outside a room. */
  replay(): TranscribedEvent[] {
    if (this.#welcome === undefined) return [];
    const welcome = {
      ...this.#welcome,
      members: [...this.#people.keys()],
      ...(this.#welcome.people === undefined
        ? {}
        : { people: [...this.#people.values()] }),
    };
    return [
      welcome,
      ...this.#events,
      // Again, because old comings and goings have changed the members.
      welcome,
      ...(this.#connection === undefined ? [] : [this.#connection]),
    ];
  }

  /** Another log tells anew what it has, with other places. */
  #forgetLog(): void {
    this.#events = this.#events.filter((event) =>
      event.type === "message" && event.delivery.state !== "stored"
    );
  }

  /** Newest first: a message that waits for its delivery is seldom far back. */
  #setDelivery(
    { id, delivery }: Extract<ClientEvent, { type: "delivery" }>,
  ): void {
    const index = this.#events.findLastIndex((shown) =>
      shown.type === "message" && shown.id === id
    );
    const shown = this.#events[index];
    if (shown?.type === "message") this.#events[index] = { ...shown, delivery };
  }

  /** An own message of long ago is not told of any more. */
  #setReceipt(event: Extract<ClientEvent, { type: "receipt" }>): void {
    const { type: _, sequence, ...receipt } = event;
    const index = this.#events.findLastIndex((shown) =>
      shown.type === "message" && shown.delivery.state === "stored" &&
      shown.delivery.sequence === sequence
    );
    const shown = this.#events[index];
    if (shown?.type !== "message" || shown.delivery.state !== "stored") return;
    const delivery = { ...shown.delivery, receipt };
    this.#events[index] = { ...shown, delivery };
  }

  /** What is removed is not shown again, nor kept. */
  #change(event: Extract<ClientEvent, { type: "change" }>): void {
    const { act } = event;
    if (act.type === "topic" && this.#welcome !== undefined) {
      this.#welcome = { ...this.#welcome, topic: act.text };
    }
    if (act.type === "remove") {
      this.#events = this.#events.map((shown) => erased(shown, act.target));
    }
    this.#add(event);
  }

  #add(event: RoomEvent): void {
    this.#events.push(event);
    if (this.#events.length > MAX_EVENTS) {
      this.#events.splice(0, MAX_EVENTS / 4);
    }
  }
}

function erased(event: RoomEvent, target: number): RoomEvent {
  if (event.type === "message") {
    const { delivery } = event;
    return delivery.state === "stored" && delivery.sequence === target
      ? { ...event, text: "" }
      : event;
  }
  if (event.type !== "change" || event.act.type !== "edit") return event;
  const { act } = event;
  return act.target === target
    ? { ...event, act: { ...act, text: "" } }
    : event;
}
