/**
 * What a member asks about rooms, and is answered: the fields that
 * `request.ts` does not have of its own (docs/PROTOCOL.md section 7.10).
 *
 * @module
 */

import type { CborValue, FieldReader } from "./cbor.ts";
import {
  MAX_MEMBERS,
  MAX_NAME_CHARACTERS,
  MAX_RAW_NAME_CHARACTERS,
  MAX_ROOMS,
} from "./limits.ts";
import { ProtocolError } from "./protocol_error.ts";

/** What a member can ask the server for. */
export type ServerQuery =
  /** Which public rooms there are. */
  | { readonly type: "rooms" }
  | {
    readonly type: "createRoom";
    readonly kind: "public" | "private";
    readonly name: string;
  }
  /** A public room, or one it is in. */
  | { readonly type: "joinRoom"; readonly name: string }
  | { readonly type: "leaveRoom"; readonly roomId: number }
  /** A talk with one other person. */
  | { readonly type: "direct"; readonly name: string }
  /** Into the private room in whose stream this is asked. */
  | { readonly type: "invite"; readonly name: string }
  /** Ends the room in whose stream this is asked. */
  | { readonly type: "archive" };

/** A public room. */
export interface PublicRoom {
  /** Which room. */
  readonly roomId: number;
  /** Its name. */
  readonly name: string;
  /** How many persons are there now. */
  readonly present: number;
  /** Whether the person that asks belongs to it. */
  readonly isIn: boolean;
}

/** The answer to a {@linkcode ServerQuery}. */
export type ServerAnswer =
  | { readonly type: "rooms"; readonly rooms: readonly PublicRoom[] }
  /** The room is there, and the person in it. */
  | {
    readonly type: "createRoom" | "joinRoom" | "direct";
    readonly roomId: number;
  }
  /** It is done. */
  | { readonly type: "leaveRoom" | "invite" | "archive" };

/**
 * Tells whether a query is one of these.
 *
 * @param query A query.
 * @returns Whether it is.
 */
export function isServerQuery<Query extends { readonly type: string }>(
  query: Query,
): query is Extract<Query, { readonly type: ServerQuery["type"] }> {
  return query.type in ServerQueryCode;
}

/**
 * Gives the fields of a query.
 *
 * @param query The query.
 * @returns Its code and what follows it.
 */
export function serverQueryFields(query: ServerQuery): CborValue[] {
  const code = ServerQueryCode[query.type];
  switch (query.type) {
    case "createRoom":
      return [code, query.kind === "private", query.name];
    case "joinRoom":
    case "direct":
    case "invite":
      return [code, query.name];
    case "leaveRoom":
      return [code, query.roomId];
    case "rooms":
    case "archive":
      return [code];
  }
}

/**
 * Reads the fields of a query.
 *
 * @param code Its code, which was read.
 * @param fields What follows it is next.
 * @returns The query.
 * @throws {ProtocolError} If it is none.
 */
export function readServerQuery(
  code: number,
  fields: FieldReader,
): ServerQuery {
  switch (code) {
    case ServerQueryCode.rooms:
      return { type: "rooms" };
    case ServerQueryCode.createRoom:
      return {
        type: "createRoom",
        kind: fields.bool() ? "private" : "public",
        name: fields.text(MAX_RAW_NAME_CHARACTERS),
      };
    case ServerQueryCode.joinRoom:
      return { type: "joinRoom", name: fields.text(MAX_RAW_NAME_CHARACTERS) };
    case ServerQueryCode.leaveRoom:
      return { type: "leaveRoom", roomId: fields.uint() };
    case ServerQueryCode.direct:
      return { type: "direct", name: fields.text(MAX_RAW_NAME_CHARACTERS) };
    case ServerQueryCode.invite:
      return { type: "invite", name: fields.text(MAX_RAW_NAME_CHARACTERS) };
    case ServerQueryCode.archive:
      return { type: "archive" };
  }
  throw new ProtocolError("unknown query");
}

/**
 * Gives the fields of an answer.
 *
 * @param answer The answer.
 * @returns Its code and what follows it.
 */
export function serverAnswerFields(answer: ServerAnswer): CborValue[] {
  const code = ServerQueryCode[answer.type];
  switch (answer.type) {
    case "rooms": {
      const rooms = answer.rooms.flatMap(({ roomId, name, present, isIn }) => [
        roomId,
        name,
        present,
        isIn,
      ]);
      return [code, answer.rooms.length, ...rooms];
    }
    case "createRoom":
    case "joinRoom":
    case "direct":
      return [code, answer.roomId];
    case "leaveRoom":
    case "invite":
    case "archive":
      return [code];
  }
}

/**
 * Reads the fields of an answer.
 *
 * @param code Its code, which was read.
 * @param fields What follows it is next.
 * @returns The answer.
 * @throws {ProtocolError} If it is none.
 */
export function readServerAnswer(
  code: number,
  fields: FieldReader,
): ServerAnswer {
  switch (code) {
    case ServerQueryCode.rooms: {
      const length = fields.uint(MAX_ROOMS);
      const rooms = Array.from({ length }, () => ({
        roomId: fields.uint(),
        name: fields.text(MAX_NAME_CHARACTERS),
        present: fields.uint(MAX_MEMBERS),
        isIn: fields.bool(),
      }));
      return { type: "rooms", rooms };
    }
    case ServerQueryCode.createRoom:
      return { type: "createRoom", roomId: fields.uint() };
    case ServerQueryCode.joinRoom:
      return { type: "joinRoom", roomId: fields.uint() };
    case ServerQueryCode.direct:
      return { type: "direct", roomId: fields.uint() };
    case ServerQueryCode.leaveRoom:
      return { type: "leaveRoom" };
    case ServerQueryCode.invite:
      return { type: "invite" };
    case ServerQueryCode.archive:
      return { type: "archive" };
  }
  throw new ProtocolError("unknown answer");
}

/** A query and its answer have the same; `request.ts` has those before. */
const ServerQueryCode = {
  rooms: 5,
  createRoom: 6,
  joinRoom: 7,
  leaveRoom: 8,
  direct: 9,
  invite: 10,
  archive: 11,
} as const;
