/**
 * The rooms of the page: which there are, which one is shown, and what was not
 * read in the others.
 *
 * @module
 */

import { isMentioned, mentionNames } from "../../chat/mentions.ts";
import type { Answer } from "../../chat/request.ts";
import { DEFAULT_ROOM_ID, type RoomKind } from "../../chat/room_kind.ts";
import type { ClientEvent } from "../bridge.ts";
import {
  enterRoom,
  insertNotice,
  type MessageItem,
  type PageState,
  reduceRoom,
  type RoomEvent,
  type RoomState,
  sequenceOf,
} from "./page_state.ts";

/** What was not read. */
export interface Unread {
  /** How many messages of others came while another room was shown. */
  readonly unread: number;
  /** Whether one of them names this person. */
  readonly isMentioned: boolean;
}

/** A room as the list of rooms shows it. */
export interface ListedRoom extends Unread {
  /** Which room. */
  readonly roomId: number;
  /** Who may know of it. */
  readonly kind: RoomKind;
  /** Its name; of a direct talk the other's. */
  readonly name: string;
  /** The last one that was read on any device. */
  readonly readSequence: number;
}

type Event<Type extends ClientEvent["type"]> = Extract<
  ClientEvent,
  { readonly type: Type }
>;

/** Applies an event to the room that it is about. */
export function inRoom(state: PageState, event: RoomEvent): PageState {
  const roomId = "roomId" in event ? event.roomId : shownId(state);
  return changeRoom(state, roomId, (room) => reduceRoom(room, event));
}

/** Changes every room. */
export function inAllRooms(
  state: PageState,
  change: (room: RoomState) => RoomState,
): PageState {
  const { room, elsewhere } = state;
  if (room === undefined) return state;
  return {
    ...state,
    room: change(room),
    elsewhere: new Map(
      Array.from(elsewhere, ([roomId, room]) => [roomId, change(room)]),
    ),
  };
}

/** Takes the welcome of a room; that of the default one opens the page of rooms. */
export function welcomeTo(
  state: PageState,
  event: Event<"welcome">,
): PageState {
  const { roomId } = event;
  if (roomId !== DEFAULT_ROOM_ID) {
    const known = roomId === shownId(state)
      ? state.room
      : state.elsewhere.get(roomId);
    const entered = putRoom(state, enterRoom(known, event));
    const changed = changeListed(entered, roomId, (listed) => ({
      ...listed,
      name: event.room,
    }));
    const noted = noteRead(changed, event);
    return state.awaited === roomId ? awaitRoom(noted, roomId) : noted;
  }
  // Another server, or another person: nothing of before is theirs.
  const { welcome } = roomOf(state, DEFAULT_ROOM_ID) ?? {};
  const isSame = welcome?.host === event.host && welcome.port === event.port;
  const before = isSame ? state : { ...state, rooms: [], elsewhere: new Map() };
  const known = isSame ? roomOf(state, DEFAULT_ROOM_ID) : undefined;
  const listed = {
    unread: 0,
    isMentioned: false,
    readSequence: 0,
    ...before.rooms.find((room) => room.roomId === roomId),
    roomId,
    kind: event.kind,
    name: event.room,
  };
  const others = before.rooms.filter((room) => room.roomId !== roomId);
  const room = enterRoom(known, event);
  const isElsewhere = isSame && shownId(state) !== DEFAULT_ROOM_ID;
  const entered = isElsewhere ? putRoom(before, room) : { ...before, room };
  const rooms = [listed, ...others];
  return noteRead({ ...entered, view: "room", rooms }, event);
}

/** Adds a room to the list, and says so unless it is about to be shown. */
export function openRoom(
  state: PageState,
  event: Event<"roomOpened">,
): PageState {
  const { roomId, kind, name, by, isNew, readSequence } = event;
  const known = state.rooms.find((room) => room.roomId === roomId);
  if (known !== undefined) {
    const changed = changeListed(state, roomId, (listed) => ({
      ...listed,
      kind,
      name,
    }));
    return noteRead(changed, event);
  }
  const listed = {
    roomId,
    kind,
    name,
    unread: 0,
    isMentioned: false,
    readSequence,
  };
  const added = { ...state, rooms: [...state.rooms, listed] };
  // Of what was asked for here the answer says whether it is shown.
  const isAskedFor = state.awaited === roomId || by === "" && state.isAsking;
  return !isNew || isAskedFor ? added : tellOpened(added, roomId, by);
}

/** Says in the room that is shown that there is another one. */
function tellOpened(state: PageState, roomId: number, by: string): PageState {
  const { room, rooms } = state;
  const listed = rooms.find((listed) => listed.roomId === roomId);
  if (room === undefined || listed === undefined) return state;
  const { kind, name } = listed;
  const notice = { type: "roomOpened", kind, name, by } as const;
  return { ...state, room: insertNotice(room, notice) };
}

/** Takes a room from the list; the default one is shown instead. */
export function closeRoom(state: PageState, roomId: number): PageState {
  const shown = shownId(state) === roomId
    ? showRoom(state, DEFAULT_ROOM_ID)
    : state;
  const elsewhere = new Map(shown.elsewhere);
  elsewhere.delete(roomId);
  const rooms = shown.rooms.filter((room) => room.roomId !== roomId);
  return { ...shown, elsewhere, rooms };
}

/**
 * Shows a room once its welcome has come, or at once. Who has begun to write
 * meanwhile stays: the end of the text would get into another room.
 */
export function awaitRoom(state: PageState, roomId: number): PageState {
  if (state.isWriting) {
    const stays = { ...state, awaited: 0 };
    return roomId === shownId(state) ? stays : tellOpened(stays, roomId, "");
  }
  return state.elsewhere.has(roomId)
    ? showRoom(state, roomId)
    : { ...state, awaited: roomId };
}

/** Shows a room in place of the present one. */
export function showRoom(state: PageState, roomId: number): PageState {
  const next = state.elsewhere.get(roomId);
  if (next === undefined || state.room === undefined) return state;
  const elsewhere = new Map(state.elsewhere);
  elsewhere.delete(roomId);
  elsewhere.set(state.room.welcome.roomId, state.room);
  return changeListed(
    { ...state, room: next, elsewhere, awaited: 0 },
    roomId,
    (listed) => ({ ...listed, unread: 0, isMentioned: false }),
  );
}

/** Counts a message of somebody else in a room that is not shown. */
export function countUnread(
  state: PageState,
  { roomId, own, text, delivery }: Event<"message">,
): PageState {
  if (own || roomId === shownId(state)) return state;
  const { welcome } = roomOf(state, roomId) ?? {};
  return changeListed(state, roomId, (listed) => {
    const isRead = delivery.state !== "stored" ||
      delivery.sequence <= listed.readSequence;
    if (isRead) return listed;
    const isMentioned = listed.isMentioned ||
      isCalling(listed, text, welcome);
    return { ...listed, unread: listed.unread + 1, isMentioned };
  });
}

/** Takes note of what was read on any device: that is not unread any more. */
export function noteRead(
  state: PageState,
  { roomId, readSequence: read }: Pick<
    Event<"read">,
    "roomId" | "readSequence"
  >,
): PageState {
  const room = roomOf(state, roomId);
  const left = room === undefined ? [] : othersAfter(room, read);
  const noted = changeRoom(state, roomId, (room) => {
    const isNew = left.filter(({ earlier }) => !earlier).length;
    return {
      ...room,
      readSequence: Math.max(room.readSequence, read),
      readElsewhere: Math.max(room.readElsewhere, room.received - isNew),
    };
  });
  return changeListed(noted, roomId, (listed) => {
    // What is unread is the newest, as much as it is.
    const unread = Math.min(listed.unread, left.length);
    const isMentioned = listed.isMentioned && unread > 0 &&
      left.slice(-unread).some(({ text }) =>
        isCalling(listed, text, room?.welcome)
      );
    const readSequence = Math.max(listed.readSequence, read);
    return { ...listed, unread, isMentioned, readSequence };
  });
}

/** The messages of others after one that was read, oldest first. */
function othersAfter({ items }: RoomState, read: number): MessageItem[] {
  return items.flatMap((item) =>
    item.type === "message" && !item.own && (sequenceOf(item) ?? 0) > read
      ? [item]
      : []
  );
}

/** Adds up what was not read in all rooms. */
export function unreadIn(rooms: readonly ListedRoom[]): Unread {
  return {
    unread: rooms.reduce((sum, { unread }) => sum + unread, 0),
    isMentioned: rooms.some(({ isMentioned }) => isMentioned),
  };
}

/** Whether an answer is said by the room that comes or goes. */
export function isSilent({ type }: Answer): boolean {
  return type === "leaveRoom" || type === "archive";
}

/** Whether a message speaks to this person. */
function isCalling(
  { kind }: ListedRoom,
  text: string,
  welcome: RoomState["welcome"] | undefined,
): boolean {
  return kind === "direct" ||
    welcome !== undefined && isMentioned(text, mentionNames([welcome.self]));
}

function shownId(state: PageState): number {
  return state.room?.welcome.roomId ?? DEFAULT_ROOM_ID;
}

function roomOf(state: PageState, roomId: number): RoomState | undefined {
  return shownId(state) === roomId ? state.room : state.elsewhere.get(roomId);
}

function changeRoom(
  state: PageState,
  roomId: number,
  change: (room: RoomState) => RoomState,
): PageState {
  const room = roomOf(state, roomId);
  return room === undefined ? state : putRoom(state, change(room));
}

function putRoom(state: PageState, room: RoomState): PageState {
  const { roomId } = room.welcome;
  if (shownId(state) === roomId) return { ...state, room };
  return { ...state, elsewhere: new Map(state.elsewhere).set(roomId, room) };
}

function changeListed(
  state: PageState,
  roomId: number,
  change: (listed: ListedRoom) => ListedRoom,
): PageState {
  const rooms = state.rooms.map((listed) =>
    listed.roomId === roomId ? change(listed) : listed
  );
  const isChanged = rooms.some((listed, at) => listed !== state.rooms[at]);
  return isChanged ? { ...state, rooms } : state;
}
