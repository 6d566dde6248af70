/**
 * What the page knows, and how each event changes it: one pure function from
 * state and event to the next state.
 *
 * @module
 */

import type {
  ClientEvent,
  ConnectionState,
  DeliveryState,
  EndReason,
  Refusal,
} from "../bridge.ts";

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
  | { readonly type: "messageTakenBack"; readonly id: string };

/**
 * A delivery state as the page shows it; `unsent` is what still waited when the
 * session ended.
 */
export type ItemDelivery = DeliveryState | { readonly state: "unsent" };

/** A message in the room's list. */
export interface MessageItem {
  /** Tells it apart from the other items. */
  readonly type: "message";
  /** The message's own ID. */
  readonly id: string;
  /** Who wrote it. */
  readonly author: string;
  /** True if it was written here. */
  readonly own: boolean;
  /** The text as it was typed. */
  readonly text: string;
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
  readonly event: Extract<
    ClientEvent,
    { readonly type: "joined" | "left" | "gap" }
  >;
  /** Its number among all items of this room, by arrival in this page. */
  readonly serial: number;
}

/** An entry of the room's list. */
export type RoomItem = MessageItem | NoticeItem;

/** The room this client is or was in. */
export interface RoomState {
  /** What the server said on arrival. */
  readonly welcome: Extract<ClientEvent, { readonly type: "welcome" }>;
  /** Who is present, in reading order. */
  readonly members: readonly string[];
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
   * How many messages of others came since this client is here; only ever
   * grows.
   */
  readonly received: number;
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
  /** The room, kept while the login form is shown. */
  readonly room: RoomState | undefined;
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
      return { ...state, view: "room", room: enterRoom(state.room, event) };
    case "ended":
      return reduceEnded(state, event.reason);
    case "message":
    case "delivery":
    case "joined":
    case "left":
    case "gap":
    case "connection":
    case "messageTakenBack":
      return state.room === undefined
        ? state
        : { ...state, room: reduceRoom(state.room, event) };
  }
}

type LoginEvent = Extract<
  PageEvent,
  {
    readonly type:
      | "loginForm"
      | "loginProgress"
      | "loginRefused"
      | "loginWanted";
  }
>;

function reduceLogin(state: PageState, event: LoginEvent): PageState {
  const login = state.login;
  switch (event.type) {
    case "loginForm": {
      const filled = { host: event.host, port: event.port, name: event.name };
      return {
        ...state,
        view: "login",
        login: { filled, progress: undefined, refusal: undefined },
      };
    }
    case "loginProgress":
      return {
        ...state,
        view: state.view === "starting" ? "login" : state.view,
        login: { ...login, progress: event.stage, refusal: undefined },
      };
    case "loginRefused":
      return {
        ...state,
        view: "login",
        login: { ...login, progress: undefined, refusal: event.refusal },
      };
    case "loginWanted": {
      const room = state.room;
      if (room === undefined) return state;
      const { host, port, self } = room.welcome;
      const refusal = room.ended?.code === "refused"
        ? room.ended.refusal
        : undefined;
      return {
        ...state,
        view: "login",
        login: {
          filled: { host, port, name: self },
          progress: undefined,
          refusal,
        },
      };
    }
  }
}

function reduceEnded(state: PageState, reason: EndReason): PageState {
  if (reason.code === "quit") return { ...state, view: "left" };
  const room = state.room;
  if (room === undefined) return state;
  const items = room.items.map((item): RoomItem =>
    isQueued(item) ? { ...item, delivery: { state: "unsent" } } : item
  );
  return { ...state, room: { ...room, ended: reason, items } };
}

function enterRoom(
  before: RoomState | undefined,
  welcome: RoomState["welcome"],
): RoomState {
  const same = before !== undefined &&
    before.welcome.host === welcome.host &&
    before.welcome.port === welcome.port &&
    before.welcome.room === welcome.room;
  return {
    welcome,
    members: [...welcome.members].sort(compareNames),
    connection: { state: "online" },
    ended: undefined,
    items: same ? before.items : [],
    trimmed: same ? before.trimmed : false,
    nextSerial: same ? before.nextSerial : 0,
    received: same ? before.received : 0,
  };
}

type RoomEvent = Extract<
  PageEvent,
  {
    readonly type:
      | "message"
      | "delivery"
      | "joined"
      | "left"
      | "gap"
      | "connection"
      | "messageTakenBack";
  }
>;

function reduceRoom(room: RoomState, event: RoomEvent): RoomState {
  switch (event.type) {
    case "message":
      // A page that was reloaded, or a new login to the same room, is told
      // again what it may know already.
      if (findMessage(room, event.id) >= 0) {
        return changeDelivery(room, event.id, event.delivery);
      }
      return insertItem(
        event.own || event.earlier
          ? room
          : { ...room, received: room.received + 1 },
        { ...event, serial: room.nextSerial },
      );
    case "delivery":
      return changeDelivery(room, event.id, event.delivery);
    case "joined":
      return insertNotice(
        room.members.includes(event.name) ? room : {
          ...room,
          members: [...room.members, event.name].sort(compareNames),
        },
        event,
      );
    case "left":
      return insertNotice({
        ...room,
        members: room.members.filter((name) => name !== event.name),
      }, event);
    case "gap":
      return insertNotice(room, event);
    case "connection":
      return { ...room, connection: event.connection };
    case "messageTakenBack":
      return {
        ...room,
        items: room.items.filter((item) =>
          item.type !== "message" || item.id !== event.id
        ),
      };
  }
}

function insertNotice(room: RoomState, event: NoticeItem["event"]): RoomState {
  return insertItem(room, { type: "notice", event, serial: room.nextSerial });
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
    while (index > 0 && isQueued(items[index - 1])) index--;
  }
  items.splice(index, 0, item);
  const nextSerial = Math.max(room.nextSerial, item.serial + 1);
  const excess = items.length - MAX_ITEMS;
  if (excess <= 0) return { ...room, items, nextSerial };
  return { ...room, items: items.slice(excess), nextSerial, trimmed: true };
}

function changeDelivery(
  room: RoomState,
  id: string,
  delivery: DeliveryState,
): RoomState {
  const index = findMessage(room, id);
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

/**
 * Searches from the end, where the changes are; -1 if the message is not in the
 * list.
 */
function findMessage(room: RoomState, id: string): number {
  return room.items.findLastIndex((item) =>
    item.type === "message" && item.id === id
  );
}

function isQueued(item: RoomItem | undefined): item is MessageItem {
  return item?.type === "message" && item.delivery.state === "queued";
}

const NAME_ORDER = new Intl.Collator(undefined, { numeric: true });

function compareNames(left: string, right: string): number {
  return NAME_ORDER.compare(left, right);
}
