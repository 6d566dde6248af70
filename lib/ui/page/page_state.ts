/**
 * What the page knows, and how each event changes it: one pure function from
 * state and event to the next state.
 *
 * @module
 */

import type { DeliveryState } from "../../chat/chat_client_event.ts";
import {
  changeMessage,
  type MessageState,
  newMessageState,
} from "../../chat/message_state.ts";
import { isPeopleAnswer } from "../../chat/people_request.ts";
import type { MessageStyle } from "../../chat/room_event.ts";
import type { RoomKind } from "../../chat/room_kind.ts";
import type { PresentPerson } from "../../chat/person.ts";
import {
  type KnownPeople,
  knownPeople,
  type MemberChange,
  peopleAfter,
} from "../member_news.ts";
import type {
  ClientEvent,
  ConnectionState,
  EndReason,
  Refusal,
} from "../bridge.ts";
import type { PastMessage } from "../../chat/request.ts";
import { changeAnswer } from "./changed_answer.ts";
import { fetchingOf, isCatchUp, withoutCatchUp } from "./page_catch_up.ts";
import { reduceLogin } from "./page_login.ts";
import {
  awaitRoom,
  closeRoom,
  countUnread,
  inAllRooms,
  inRoom,
  isSilent,
  type ListedRoom,
  noteRead,
  openRoom,
  showRoom,
  welcomeTo,
} from "./page_rooms.ts";

/**
 * Most entries kept in the room's list: enough to scroll back through an
 * evening, few enough for a smooth page.
 */
export const MAX_ITEMS = 2_000;

/**
 * What changes the page: the session's events, and the few things that happen
 * in the page alone.
 */
export type PageEvent =
  | ClientEvent
  /**
   * The page can talk to the program (again); the session is about to tell
   * everything.
   */
  | { readonly type: "linkOpened" }
  /** Another page of the same program took over, or the program is gone. */
  | { readonly type: "linkClosed"; readonly reason: "takenOver" | "gone" }
  /** The person wants the login form after a session that ended. */
  | { readonly type: "loginWanted" }
  /**
   * The person took the text of a refused or unsent message back into the
   * input.
   */
  | { readonly type: "messageTakenBack"; readonly id: string }
  /** The person wants to read which commands there are. */
  | { readonly type: "helpWanted" }
  /** The person wants to see another room. */
  | { readonly type: "roomWanted"; readonly roomId: number };

/**
 * A delivery state as the page shows it; `unsent` is what still waited when the
 * session ended.
 */
export type ItemDelivery = DeliveryState | { readonly state: "unsent" };

/** A message in the room's list, as it is now. */
export interface MessageItem extends MessageState {
  /** Tells it apart from the other items. */
  readonly type: "message";
  /** The message's own ID. */
  readonly id: string;
  /** Who wrote it. */
  readonly author: string;
  /** True if it was written here. */
  readonly own: boolean;
  /** How it is meant. */
  readonly style: MessageStyle;
  /** The sequence number of the message it answers; 0 for none. */
  readonly replyTo: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** True if it was written before this client came. */
  readonly earlier: boolean;
  /** Where it stands. */
  readonly delivery: ItemDelivery;
  /** Its number among all items of this room, by arrival in this page. */
  readonly serial: number;
}

/** Something that happened in the room, told in one line of the list. */
export interface NoticeItem {
  /** Tells it apart from the other items. */
  readonly type: "notice";
  /** What happened. */
  readonly event:
    | Extract<
      ClientEvent,
      {
        readonly type:
          | "joined"
          | "left"
          | "gap"
          | "unkept"
          | "change"
          | "changeRefused"
          | "answer"
          | "unanswered";
      }
    >
    | { readonly type: "help" }
    /** There is one more room, which is not shown now. */
    | {
      readonly type: "roomOpened";
      readonly kind: RoomKind;
      /** Its name; of a direct talk the other's. */
      readonly name: string;
      /** Who did that; empty if the person itself did. */
      readonly by: string;
    }
    | {
      readonly type: "memberNews";
      readonly change: MemberChange;
      /** Who it was; undefined if that is not known. */
      readonly before: PresentPerson | undefined;
    }
    /** Much that was missed is to come above this. */
    | {
      readonly type: "fetching";
      readonly events: number;
      /** The newest of it. */
      readonly newest: readonly PastMessage[];
    };
  /** Its number among all items of this room, by arrival in this page. */
  readonly serial: number;
}

/** An entry of the room's list. */
export type RoomItem = MessageItem | NoticeItem;

/** The room this client is or was in. */
export interface RoomState {
  /** What the server said on arrival. */
  readonly welcome: Extract<ClientEvent, { readonly type: "welcome" }>;
  /** What it is about; may be empty. */
  readonly topic: string;
  /** Who is present, in reading order. */
  readonly members: readonly string[];
  /** What is known of them. */
  readonly people: KnownPeople;
  /** How the connection is. */
  readonly connection: ConnectionState;
  /** Why the session ended; undefined while it runs. */
  readonly ended: EndReason | undefined;
  /** Oldest first; own messages still queued are always last. */
  readonly items: readonly RoomItem[];
  /** True if older entries were dropped from `items`. */
  readonly trimmed: boolean;
  /** The serial of the next item. */
  readonly nextSerial: number;
  /**
   * How many messages of others came since this client is here, and were not
   * read on another device before; only ever grows.
   */
  readonly received: number;
  /** How many of these were read on another device since. */
  readonly readElsewhere: number;
  /**
   * The last message that was read when the person came, or on another device
   * since; 0 for none.
   */
  readonly readSequence: number;
}

/** The login form. */
export interface LoginState {
  /** What to fill the fields with. */
  readonly filled: {
    readonly host: string;
    readonly port: number;
    readonly name: string;
  };
  /** How far a running login is; undefined if none runs. */
  readonly progress: "connecting" | "authenticating" | undefined;
  /** Why the last login ended; undefined if it did not. */
  readonly refusal: Refusal | undefined;
}

/** All the page shows. */
export interface PageState {
  /** Which view is up. */
  readonly view: "starting" | "login" | "room" | "left" | "takenOver" | "gone";
  /** The login form, kept while the room is shown. */
  readonly login: LoginState;
  /** The room that is shown, kept while the login form is shown. */
  readonly room: RoomState | undefined;
  /** The other rooms whose welcome has come, by number. */
  readonly elsewhere: ReadonlyMap<number, RoomState>;
  /** All rooms, the default one first. */
  readonly rooms: readonly ListedRoom[];
  /** The room to show once it is there; 0 for none. */
  readonly awaited: number;
  /** Whether there is a draft in the room that is shown. */
  readonly isWriting: boolean;
  /** Whether this page has asked for a room, and waits for the answer. */
  readonly isAsking: boolean;
}

/** The page before the first event. */
export const INITIAL_PAGE_STATE: PageState = {
  view: "starting",
  login: {
    filled: { host: "", port: 8080, name: "" },
    progress: undefined,
    refusal: undefined,
  },
  room: undefined,
  elsewhere: new Map(),
  rooms: [],
  awaited: 0,
  isWriting: false,
  isAsking: false,
};

/**
 * Applies one event.
 *
 * @param state The state before it; never changed.
 * @param event What happened.
 * @returns The state after it.
 */
export function reducePage(state: PageState, event: PageEvent): PageState {
  switch (event.type) {
    case "linkOpened":
      return INITIAL_PAGE_STATE;
    case "linkClosed":
      // After leaving, the program is expected to go.
      return state.view === "left" ? state : { ...state, view: event.reason };
    case "loginForm":
    case "loginProgress":
    case "loginRefused":
    case "loginWanted":
      return reduceLogin(state, event);
    case "welcome":
      return welcomeTo(state, event);
    case "ended":
      return reduceEnded(state, event.reason);
    case "connection":
      return inAllRooms(state, (room) => reduceRoom(room, event));
    case "message":
      return inRoom(countUnread(state, event), event);
    case "answer":
      if ("roomId" in event.answer) {
        return awaitRoom(state, event.answer.roomId);
      }
      return isSilent(event.answer) ? state : inRoom(state, event);
    case "delivery":
    case "receipt":
    case "joined":
    case "left":
    case "gap":
    case "catchUp":
    case "unkept":
    case "change":
    case "changeRefused":
    case "unanswered":
    case "helpWanted":
    case "messageTakenBack":
    case "memberChanged":
    case "roomChanged":
      return inRoom(state, event);
    case "read":
      return noteRead(state, event);
    case "roomOpened":
      return openRoom(state, event);
    case "roomClosed":
      return closeRoom(state, event.roomId);
    case "roomWanted":
      return showRoom(state, event.roomId);
  }
}

function reduceEnded(state: PageState, reason: EndReason): PageState {
  if (reason.code === "quit") return { ...state, view: "left" };
  return inAllRooms(state, (room) => {
    const items = room.items.map((item): RoomItem =>
      isQueued(item) ? { ...item, delivery: { state: "unsent" } } : item
    );
    return { ...room, ended: reason, items };
  });
}

/**
 * What the session told of a room.
 *
 * @param before The room, if it was there.
 * @param welcome What is known of it now.
 * @returns The room.
 */
export function enterRoom(
  before: RoomState | undefined,
  welcome: RoomState["welcome"],
): RoomState {
  const same = before !== undefined &&
    before.welcome.host === welcome.host &&
    before.welcome.port === welcome.port &&
    before.welcome.room === welcome.room;
  return {
    welcome,
    topic: welcome.topic,
    ...withPeople(knownPeople(welcome)),
    connection: { state: "online" },
    ended: undefined,
    items: same ? itemsOf(before, welcome.epoch) : [],
    trimmed: same ? before.trimmed : false,
    nextSerial: same ? before.nextSerial : 0,
    received: same ? before.received : 0,
    readElsewhere: same ? before.readElsewhere : 0,
    readSequence: welcome.readSequence ?? 0,
  };
}

/**
 * In another log the sequence numbers mean other messages, and what it has is
 * told anew: only what no log has stays.
 */
function itemsOf(room: RoomState, epoch: string): readonly RoomItem[] {
  if (room.welcome.epoch === epoch) return room.items;
  return room.items.filter((item) =>
    item.type === "message" && item.delivery.state !== "stored"
  );
}

/** The events that are about one room. */
export type RoomEvent = Extract<
  PageEvent,
  {
    readonly type:
      | "message"
      | "delivery"
      | "receipt"
      | "joined"
      | "left"
      | "gap"
      | "catchUp"
      | "unkept"
      | "connection"
      | "change"
      | "changeRefused"
      | "answer"
      | "unanswered"
      | "helpWanted"
      | "messageTakenBack"
      | "memberChanged"
      | "roomChanged";
  }
>;

/**
 * Applies an event to its room.
 *
 * @param room The room before it.
 * @param event What happened.
 * @returns The room after it.
 */
export function reduceRoom(room: RoomState, event: RoomEvent): RoomState {
  switch (event.type) {
    case "message":
      // A page that was reloaded, or a new login to the same room, is told
      // again what it may know already.
      if (indexOf(room, event.id, event.delivery) >= 0) {
        return changeDelivery(room, event.id, event.delivery);
      }
      return insertMessage(room, event);
    case "delivery":
      return changeDelivery(room, event.id, event.delivery);
    case "receipt":
      return changeReceipt(room, event);
    case "joined":
    case "left":
      return insertNotice({
        ...room,
        ...withPeople(peopleAfter(room.people, event)),
      }, event);
    case "memberChanged": {
      const before = room.people.get(event.name);
      const people = withPeople(peopleAfter(room.people, event));
      const welcome = event.own
        ? { ...room.welcome, self: event.newName }
        : room.welcome;
      return insertNotice({ ...room, ...people, welcome }, {
        type: "memberNews",
        change: event,
        before,
      });
    }
    case "gap":
    case "unkept":
    case "changeRefused":
    case "answer":
    case "unanswered":
      return insertNotice(room, event);
    case "catchUp": {
      const rest = { ...room, items: withoutCatchUp(room.items) };
      const fetching = fetchingOf(room.items, event);
      return fetching === undefined ? rest : insertNotice(rest, fetching);
    }
    case "helpWanted":
      return insertNotice(room, { type: "help" });
    case "change":
      return changeRoom(room, event);
    case "connection":
      return { ...room, connection: event.connection };
    case "roomChanged": {
      const { isLocked, slowSeconds } = event;
      return { ...room, welcome: { ...room.welcome, isLocked, slowSeconds } };
    }
    case "messageTakenBack":
      return {
        ...room,
        items: room.items.filter((item) =>
          item.type !== "message" || item.id !== event.id
        ),
      };
  }
}

function withPeople(people: KnownPeople) {
  return { people, members: [...people.keys()].sort(compareNames) };
}

/**
 * Tells in a room's list that something has happened.
 *
 * @param room The room before it.
 * @param event What happened.
 * @returns The room after it.
 */
export function insertNotice(
  room: RoomState,
  event: NoticeItem["event"],
): RoomState {
  return insertItem(room, { type: "notice", event, serial: room.nextSerial });
}

/** What has no place stays below all that has, and all that is to come. */
function isLast(item: RoomItem | undefined): boolean {
  return isQueued(item) || isCatchUp(item);
}

/**
 * Adds an item below all that has its place. What is still queued gets its
 * place later, so it stays last; the server tells messages in the room's order,
 * so no sorting is needed.
 */
function insertItem(room: RoomState, item: RoomItem): RoomState {
  const items = [...room.items];
  let index = items.length;
  if (!isQueued(item)) {
    while (index > 0 && isLast(items[index - 1])) index--;
  }
  items.splice(index, 0, item);
  const nextSerial = Math.max(room.nextSerial, item.serial + 1);
  const excess = items.length - MAX_ITEMS;
  if (excess <= 0) return { ...room, items, nextSerial };
  return { ...room, items: items.slice(excess), nextSerial, trimmed: true };
}

function insertMessage(
  room: RoomState,
  event: Extract<ClientEvent, { readonly type: "message" }>,
): RoomState {
  const { delivery } = event;
  const isRead = event.own || event.earlier || delivery.state === "stored" &&
      delivery.sequence <= room.readSequence;
  const received = isRead ? 0 : 1;
  return insertItem(
    { ...room, received: room.received + received },
    { ...newMessageState(event.text), ...event, serial: room.nextSerial },
  );
}

function changeRoom(
  room: RoomState,
  event: Extract<ClientEvent, { readonly type: "change" }>,
): RoomState {
  const { act } = event;
  if (act.type === "topic") {
    const changed = { ...room, topic: act.text };
    return event.earlier ? changed : insertNotice(changed, event);
  }
  const index = indexOfSequence(room, act.target);
  const items = room.items.map((item, at): RoomItem => {
    if (item.type === "message") {
      if (at !== index) return item;
      const state = changeMessage(item, event);
      return state === item ? item : { ...item, ...state };
    }
    const { event: shown } = item;
    if (shown.type !== "answer" || isPeopleAnswer(shown.answer)) return item;
    const answer = changeAnswer(shown.answer, act);
    return answer === shown.answer
      ? item
      : { ...item, event: { ...shown, answer } };
  });
  const isChanged = items.some((item, at) => item !== room.items[at]);
  return isChanged ? { ...room, items } : room;
}

function changeDelivery(
  room: RoomState,
  id: string,
  delivery: DeliveryState,
): RoomState {
  const index = indexOf(room, id, delivery);
  const item = room.items[index];
  if (item?.type !== "message") return room;
  const timeMs = delivery.state === "stored" ? delivery.timeMs : item.timeMs;
  const changed = { ...item, delivery, timeMs };
  const items = [...room.items];
  if (!isQueued(item)) {
    items[index] = changed;
    return { ...room, items };
  }
  items.splice(index, 1);
  return insertItem({ ...room, items }, changed);
}

function changeReceipt(
  room: RoomState,
  event: Extract<ClientEvent, { readonly type: "receipt" }>,
): RoomState {
  const { type: _, sequence, ...receipt } = event;
  const index = indexOfSequence(room, sequence);
  const item = room.items[index];
  if (item?.type !== "message" || item.delivery.state !== "stored") return room;
  const items = [...room.items];
  items[index] = { ...item, delivery: { ...item.delivery, receipt } };
  return { ...room, items };
}

/**
 * Searches from the end, where the changes are; -1 if the message is not in the
 * list. What was written in an earlier session has another ID now, and its old
 * place.
 */
function indexOf(room: RoomState, id: string, delivery: DeliveryState): number {
  const index = room.items.findLastIndex((item) =>
    item.type === "message" && item.id === id
  );
  if (index >= 0 || delivery.state !== "stored") return index;
  return indexOfSequence(room, delivery.sequence);
}

function indexOfSequence(room: RoomState, sequence: number): number {
  return room.items.findLastIndex((item) =>
    item.type === "message" && sequenceOf(item) === sequence
  );
}

/**
 * Gives the place of a message.
 *
 * @param item The message.
 * @returns Its sequence number; undefined if the server does not have it.
 */
export function sequenceOf({ delivery }: MessageItem): number | undefined {
  return delivery.state === "stored" ? delivery.sequence : undefined;
}

function isQueued(item: RoomItem | undefined): item is MessageItem {
  return item?.type === "message" && item.delivery.state === "queued";
}

const NAME_ORDER = new Intl.Collator(undefined, { numeric: true });

function compareNames(left: string, right: string): number {
  return NAME_ORDER.compare(left, right);
}
