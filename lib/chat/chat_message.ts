/**
 * The messages of a room (docs/PROTOCOL.md section 7.2), each a positional
 * CBOR array, framed on stream 0.
 *
 * @module
 */

import {
  type ActRefusal,
  actRefusalFields,
  readActRefusal,
} from "./act_refusal.ts";
import { encodeFields, FieldReader } from "./cbor.ts";
import {
  EPOCH_ID_BYTES,
  MAX_MEMBERS,
  MAX_MESSAGE_CHARACTERS,
  MAX_NAME_CHARACTERS,
  MAX_TIME_MS,
  MESSAGE_ID_BYTES,
} from "./limits.ts";
import {
  memberChangedFields,
  type MemberChangedMessage,
  readMemberChanged,
} from "./member_changed.ts";
import { ProtocolError } from "./protocol_error.ts";
import {
  positionFields,
  type PositionMessage,
  type ReadMessage,
  readPosition,
  readRead,
  readReceipts,
  receiptFields,
  type ReceiptMessage,
} from "./receipt_message.ts";
import { type Role, ROLES } from "./role.ts";
import {
  type Answer,
  answerFields,
  type Query,
  queryFields,
  readAnswer,
  readQuery,
} from "./request.ts";
import {
  readRequestRefusal,
  type RequestRefusal,
  requestRefusalFields,
} from "./request_refusal.ts";
import {
  type Act,
  actFields,
  isPlainMessage,
  plainMessage,
  readAct,
} from "./room_event.ts";
import { newsFields, readNews, type RoomNews } from "./room_news.ts";
import {
  readWelcome,
  welcomeFields,
  type WelcomeMessage,
} from "./welcome_message.ts";

/** Why somebody left the room. */
export type LeaveReason = "quit" | "lost" | "removed";

/** The first message of a stream to another room than the default one. */
export interface EnterMessage {
  /** Which message. */
  readonly type: "enter";
  /** Which room. */
  readonly roomId: number;
}

/** The client's first message in a room: where it stands. */
export interface SyncMessage {
  /** Which message. */
  readonly type: "sync";
  /** The epoch of the last welcome; zeros before the first. */
  readonly epochId: Uint8Array;
  /** The last sequence number it has of that epoch. */
  readonly lastSequence: number;
}

/** What somebody does. */
export interface ActMessage {
  /** Which message. */
  readonly type: "act";
  /** The client's own ID of it: 16 bytes, the same at each resend. */
  readonly id: Uint8Array;
  /** What. */
  readonly act: Act;
}

/** The client leaves for good. */
export interface LeaveMessage {
  /** Which message. */
  readonly type: "leave";
}

/** The client asks something. */
export interface RequestMessage {
  /** Which message. */
  readonly type: "request";
  /** The client's own number of it, for the answer. */
  readonly requestId: number;
  /** What it asks. */
  readonly query: Query;
}

/** A message from a client. */
export type ClientMessage =
  | EnterMessage
  | SyncMessage
  | ActMessage
  | LeaveMessage
  | RequestMessage
  | PositionMessage;

/** What somebody else did. */
export interface EventMessage {
  /** Which message. */
  readonly type: "event";
  /** Its place in the room's order, from 1. */
  readonly sequence: number;
  /** The name of who did it. */
  readonly author: string;
  /** The account of who did it; 0 for a guest. */
  readonly accountId: number;
  /** What. */
  readonly act: Act;
  /** When the server took it, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** An act of this client is durable. */
export interface StoredMessage {
  /** Which message. */
  readonly type: "stored";
  /** The client's ID of it. */
  readonly id: Uint8Array;
  /** Its place in the room's order. */
  readonly sequence: number;
  /** When the server took it, in milliseconds since 1970. */
  readonly timeMs: number;
  /** To how many others it went at once; 0 if that is not known any more. */
  readonly forwardedTo: number;
}

/** The server did not take an act of this client, and will not. */
export interface RefusedMessage {
  /** Which message. */
  readonly type: "refused";
  /** The client's ID of it. */
  readonly id: Uint8Array;
  /** Why. */
  readonly refusal: ActRefusal;
}

/** Somebody came. */
export interface JoinedMessage {
  /** Which message. */
  readonly type: "joined";
  /** Who. */
  readonly name: string;
  /** What it may do. */
  readonly role: Role;
  /** When, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** Somebody left. */
export interface LeftMessage {
  /** Which message. */
  readonly type: "left";
  /** Who. */
  readonly name: string;
  /** Why. */
  readonly reason: LeaveReason;
  /** When, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** The answer to a request. */
export interface AnswerMessage {
  /** Which message. */
  readonly type: "answer";
  /** The client's number of the request. */
  readonly requestId: number;
  /** What the server knows. */
  readonly answer: Answer;
}

/** A request has no answer. */
export interface FailedMessage {
  /** Which message. */
  readonly type: "failed";
  /** The client's number of the request. */
  readonly requestId: number;
  /** Why. */
  readonly refusal: RequestRefusal;
}

/** A message from a server. */
export type ServerMessage =
  | WelcomeMessage
  | EventMessage
  | StoredMessage
  | RefusedMessage
  | JoinedMessage
  | LeftMessage
  | AnswerMessage
  | FailedMessage
  | MemberChangedMessage
  | RoomNews
  | ReceiptMessage
  | ReadMessage;

/**
 * Encodes a client's message, not framed yet.
 *
 * @param message The message.
 * @returns Its CBOR bytes.
 */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  switch (message.type) {
    case "sync":
      return encodeFields([
        ClientCode.sync,
        message.epochId,
        message.lastSequence,
      ]);
    case "act": {
      const { id, act } = message;
      return encodeFields(
        isPlainMessage(act)
          ? [ClientCode.send, id, act.text]
          : [ClientCode.act, id, ...actFields(act)],
      );
    }
    case "leave":
      return encodeFields([ClientCode.leave]);
    case "enter":
      return encodeFields([ClientCode.enter, message.roomId]);
    case "request":
      return encodeFields([
        ClientCode.request,
        message.requestId,
        ...queryFields(message.query),
      ]);
    case "position":
      return encodeFields([ClientCode.position, ...positionFields(message)]);
  }
}

/**
 * Decodes a client's message.
 *
 * @param body The CBOR bytes of one message.
 * @returns The message; nothing of `body` is kept.
 * @throws {ProtocolError} If it is none.
 */
export function decodeClientMessage(body: Uint8Array): ClientMessage {
  const fields = new FieldReader(body);
  const message = readClientMessage(fields);
  fields.end();
  return message;
}

/**
 * Encodes a server's message, not framed yet.
 *
 * @param message The message.
 * @returns Its CBOR bytes.
 */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  switch (message.type) {
    case "welcome":
      return encodeFields([ServerCode.welcome, ...welcomeFields(message)]);
    case "event": {
      const { sequence, author, accountId, act, timeMs } = message;
      const origin = [sequence, author, accountId];
      return encodeFields(
        isPlainMessage(act)
          ? [ServerCode.message, ...origin, act.text, timeMs]
          : [ServerCode.event, ...origin, timeMs, ...actFields(act)],
      );
    }
    case "stored":
      return encodeFields([
        ServerCode.stored,
        message.id,
        message.sequence,
        message.timeMs,
        message.forwardedTo,
      ]);
    case "refused":
      return encodeFields([
        ServerCode.refused,
        message.id,
        ...actRefusalFields(message.refusal),
      ]);
    case "joined":
      return encodeFields([
        ServerCode.joined,
        message.name,
        ROLES.indexOf(message.role),
        message.timeMs,
      ]);
    case "left":
      return encodeFields([
        ServerCode.left,
        message.name,
        LEAVE_REASONS.indexOf(message.reason),
        message.timeMs,
      ]);
    case "memberChanged":
      return encodeFields([
        ServerCode.memberChanged,
        ...memberChangedFields(message),
      ]);
    case "answer":
      return encodeFields([
        ServerCode.answer,
        message.requestId,
        ...answerFields(message.answer),
      ]);
    case "failed":
      return encodeFields([
        ServerCode.failed,
        message.requestId,
        ...requestRefusalFields(message.refusal),
      ]);
    case "roomList":
    case "roomOpened":
    case "roomClosed":
    case "roomChanged":
      return encodeFields([ServerCode[message.type], ...newsFields(message)]);
    case "receipt":
      return encodeFields([ServerCode.receipt, ...receiptFields(message)]);
    case "read":
      return encodeFields([ServerCode.read, message.readSequence]);
  }
}

/**
 * Decodes a server's message.
 *
 * @param body The CBOR bytes of one message.
 * @returns The message; nothing of `body` is kept.
 * @throws {ProtocolError} If it is none.
 */
export function decodeServerMessage(body: Uint8Array): ServerMessage {
  const fields = new FieldReader(body);
  const message = readServerMessage(fields);
  fields.end();
  return message;
}

function readClientMessage(fields: FieldReader): ClientMessage {
  switch (fields.uint()) {
    case ClientCode.sync:
      return {
        type: "sync",
        epochId: fields.bytes(EPOCH_ID_BYTES),
        lastSequence: fields.uint(),
      };
    case ClientCode.send:
      return {
        type: "act",
        id: fields.bytes(MESSAGE_ID_BYTES),
        act: plainMessage(fields.text(MAX_MESSAGE_CHARACTERS)),
      };
    case ClientCode.act: {
      const id = fields.bytes(MESSAGE_ID_BYTES);
      return { type: "act", id, act: readAct(fields) };
    }
    case ClientCode.leave:
      return { type: "leave" };
    case ClientCode.enter:
      return { type: "enter", roomId: fields.uint() };
    case ClientCode.request:
      return {
        type: "request",
        requestId: fields.uint(),
        query: readQuery(fields),
      };
    case ClientCode.position:
      return readPosition(fields);
  }
  throw new ProtocolError("unknown client message");
}

function readServerMessage(fields: FieldReader): ServerMessage {
  const code = fields.uint();
  switch (code) {
    case ServerCode.welcome:
      return readWelcome(fields);
    case ServerCode.message:
      return {
        type: "event",
        sequence: fields.uint(),
        author: fields.text(MAX_NAME_CHARACTERS),
        accountId: fields.uint(),
        act: plainMessage(fields.text(MAX_MESSAGE_CHARACTERS)),
        timeMs: fields.uint(MAX_TIME_MS),
      };
    case ServerCode.event:
      return {
        type: "event",
        sequence: fields.uint(),
        author: fields.text(MAX_NAME_CHARACTERS),
        accountId: fields.uint(),
        timeMs: fields.uint(MAX_TIME_MS),
        act: readAct(fields),
      };
    case ServerCode.stored:
      return readStored(fields);
    case ServerCode.refused:
      return {
        type: "refused",
        id: fields.bytes(MESSAGE_ID_BYTES),
        refusal: readActRefusal(fields),
      };
    case ServerCode.joined:
      return {
        type: "joined",
        name: fields.text(MAX_NAME_CHARACTERS),
        role: readRole(fields),
        timeMs: fields.uint(MAX_TIME_MS),
      };
    case ServerCode.left:
      return {
        type: "left",
        name: fields.text(MAX_NAME_CHARACTERS),
        reason: LEAVE_REASONS[fields.uint(LEAVE_REASONS.length - 1)]!,
        timeMs: fields.uint(MAX_TIME_MS),
      };
    case ServerCode.memberChanged:
      return readMemberChanged(fields);
    case ServerCode.answer:
      return {
        type: "answer",
        requestId: fields.uint(),
        answer: readAnswer(fields),
      };
    case ServerCode.failed: {
      const requestId = fields.uint();
      const refusal = readRequestRefusal(fields);
      return { type: "failed", requestId, refusal };
    }
    case ServerCode.receipt:
      return readReceipts(fields);
    case ServerCode.read:
      return readRead(fields);
  }
  const news = NEWS.find((type) => ServerCode[type] === code);
  if (news !== undefined) return readNews(news, fields);
  throw new ProtocolError("unknown server message");
}

function readStored(fields: FieldReader): StoredMessage {
  return {
    type: "stored",
    id: fields.bytes(MESSAGE_ID_BYTES),
    sequence: fields.uint(),
    timeMs: fields.uint(MAX_TIME_MS),
    forwardedTo: fields.uint(MAX_MEMBERS),
  };
}

function readRole(fields: FieldReader): Role {
  return ROLES[fields.uint(ROLES.length - 1)]!;
}

const ClientCode = {
  sync: 1,
  send: 2,
  leave: 3,
  act: 4,
  request: 5,
  enter: 6,
  position: 7,
} as const;

const ServerCode = {
  welcome: 1,
  message: 2,
  stored: 3,
  refused: 4,
  joined: 5,
  left: 6,
  event: 7,
  answer: 8,
  failed: 9,
  roomList: 10,
  roomOpened: 11,
  roomClosed: 12,
  memberChanged: 13,
  receipt: 14,
  roomChanged: 15,
  read: 16,
} as const;

/** By their numbers on the wire. */
const LEAVE_REASONS = ["quit", "lost", "removed"] as const;

const NEWS = ["roomList", "roomOpened", "roomClosed", "roomChanged"] as const;
