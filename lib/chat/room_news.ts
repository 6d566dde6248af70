/**
 * What a server tells of rooms: the fields of `roomList`, `roomOpened`,
 * `roomClosed` and `roomChanged` (docs/PROTOCOL.md section 7.10).
 *
 * @module
 */

import type { CborValue, FieldReader } from "./cbor.ts";
import {
  MAX_NAME_CHARACTERS,
  MAX_ROOM_CHARACTERS,
  MAX_ROOMS_OF_PERSON,
  MAX_SLOW_SECONDS,
} from "./limits.ts";
import { ROOM_KINDS, type RoomKind } from "./room_kind.ts";

/** A room that a person is in. */
export interface ListedRoom {
  /** Which room. */
  readonly roomId: number;
  /** Who may know of it. */
  readonly kind: RoomKind;
  /** Its name; of a direct talk the other's. */
  readonly name: string;
  /** Its newest event; 0 if there is none. */
  readonly lastSequence: number;
  /** The last one that the person has read. */
  readonly readSequence: number;
}

/** The rooms that a person is in, besides the default room. */
export interface RoomListMessage {
  /** Which message. */
  readonly type: "roomList";
  /** The rooms. */
  readonly rooms: readonly ListedRoom[];
}

/** The person is in one more room. */
export interface RoomOpenedMessage {
  /** Which message. */
  readonly type: "roomOpened";
  /** Which room. */
  readonly roomId: number;
  /** Who may know of it. */
  readonly kind: RoomKind;
  /** Its name; of a direct talk the other's. */
  readonly name: string;
  /** Who did that; empty if the person itself did. */
  readonly by: string;
}

/** Why a person is not in a room any more. */
export type RoomClosing = "left" | "removed" | "archived";

/** The person is not in a room any more. */
export interface RoomClosedMessage {
  /** Which message. */
  readonly type: "roomClosed";
  /** Which room. */
  readonly roomId: number;
  /** Why. */
  readonly reason: RoomClosing;
}

/** Who may say something, and how often, has changed in a room. */
export interface RoomChangedMessage {
  /** Which message. */
  readonly type: "roomChanged";
  /** Whether only moderators may say something. */
  readonly isLocked: boolean;
  /** The least time between two messages of one person; 0 for none. */
  readonly slowSeconds: number;
}

/** What a server tells of rooms. */
export type RoomNews =
  | RoomListMessage
  | RoomOpenedMessage
  | RoomClosedMessage
  | RoomChangedMessage;

/**
 * Gives the fields of a message.
 *
 * @param news The message.
 * @returns What follows its number.
 */
export function newsFields(news: RoomNews): CborValue[] {
  switch (news.type) {
    case "roomList":
      return [news.rooms.length, ...news.rooms.flatMap(listedFields)];
    case "roomOpened": {
      const { roomId, kind, name, by } = news;
      return [roomId, ROOM_KINDS.indexOf(kind), name, by];
    }
    case "roomClosed":
      return [news.roomId, CLOSINGS.indexOf(news.reason)];
    case "roomChanged":
      return [news.isLocked, news.slowSeconds];
  }
}

/**
 * Reads the fields of a message.
 *
 * @param type Which message.
 * @param fields They are next.
 * @returns The message.
 * @throws {ProtocolError} If it is none.
 */
export function readNews(
  type: RoomNews["type"],
  fields: FieldReader,
): RoomNews {
  switch (type) {
    case "roomList": {
      const length = fields.uint(MAX_ROOMS_OF_PERSON);
      const rooms = Array.from({ length }, () => readListed(fields));
      return { type, rooms };
    }
    case "roomOpened":
      return {
        type,
        roomId: fields.uint(),
        kind: readKind(fields),
        name: fields.text(MAX_ROOM_CHARACTERS),
        by: fields.text(MAX_NAME_CHARACTERS),
      };
    case "roomClosed":
      return {
        type,
        roomId: fields.uint(),
        reason: CLOSINGS[fields.uint(CLOSINGS.length - 1)]!,
      };
    case "roomChanged":
      return {
        type,
        isLocked: fields.bool(),
        slowSeconds: fields.uint(MAX_SLOW_SECONDS),
      };
  }
}

/**
 * Reads a kind of room.
 *
 * @param fields It is next.
 * @returns The kind.
 * @throws {ProtocolError} If it is none.
 */
export function readKind(fields: FieldReader): RoomKind {
  return ROOM_KINDS[fields.uint(ROOM_KINDS.length - 1)]!;
}

function listedFields(room: ListedRoom): CborValue[] {
  const { roomId, kind, name, lastSequence, readSequence } = room;
  return [roomId, ROOM_KINDS.indexOf(kind), name, lastSequence, readSequence];
}

function readListed(fields: FieldReader): ListedRoom {
  return {
    roomId: fields.uint(),
    kind: readKind(fields),
    name: fields.text(MAX_ROOM_CHARACTERS),
    lastSequence: fields.uint(),
    readSequence: fields.uint(),
  };
}

/** By their numbers on the wire. */
const CLOSINGS: readonly RoomClosing[] = ["left", "removed", "archived"];
