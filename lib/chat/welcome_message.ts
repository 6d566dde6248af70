/**
 * The answer to `sync`: the fields of `welcome` (docs/PROTOCOL.md section 7.2).
 *
 * @module
 */

import type { CborValue, FieldReader } from "./cbor.ts";
import {
  EPOCH_ID_BYTES,
  MAX_MEMBERS,
  MAX_MESSAGE_CHARACTERS,
  MAX_MESSAGES_PER_SECOND,
  MAX_NAME_CHARACTERS,
  MAX_ROOM_CHARACTERS,
  MAX_SLOW_SECONDS,
  MAX_TOPIC_CHARACTERS,
} from "./limits.ts";
import type { PresentPerson } from "./person.ts";
import { ProtocolError } from "./protocol_error.ts";
import { type Role, ROLES } from "./role.ts";
import { ROOM_KINDS, type RoomKind } from "./room_kind.ts";
import { readKind } from "./room_news.ts";

/** The answer to `sync`: what room this is, and what is about to come. */
export interface WelcomeMessage {
  /** Which message. */
  readonly type: "welcome";
  /** The room's name. */
  readonly room: string;
  /** The client's own name as the others see it. */
  readonly self: string;
  /** Names the log that the sequence numbers belong to: 8 bytes. */
  readonly epochId: Uint8Array;
  /** The missed messages that follow start after this one. */
  readonly resumeAfter: number;
  /** The missed messages that follow end with this one. */
  readonly lastSequence: number;
  /** Whether the password is the public default. */
  readonly openRoom: boolean;
  /** What the room is about, at that message; may be empty. */
  readonly topic: string;
  /** The longest message in code points. */
  readonly messageCharacters: number;
  /** Messages a member may send at once. */
  readonly messageBurst: number;
  /** Messages a second a member may go on sending. */
  readonly messagesPerSecond: number;
  /** Which room of the server it is. */
  readonly roomId: number;
  /** Who may know of it. */
  readonly kind: RoomKind;
  /** The client's own account; 0 for a guest. */
  readonly accountId: number;
  /** What the client may do. */
  readonly role: Role;
  /** Whether only moderators may say something. */
  readonly isLocked: boolean;
  /** The least time between two messages of one person; 0 for none. */
  readonly slowSeconds: number;
  /** The last message that the person has read, as far as the server knows. */
  readonly readSequence: number;
  /** Who is in the room, the client included. */
  readonly members: readonly PresentPerson[];
}

/**
 * Gives the fields of the message.
 *
 * @param welcome The message.
 * @returns What follows its number.
 */
export function welcomeFields(welcome: WelcomeMessage): CborValue[] {
  return [
    welcome.room,
    welcome.self,
    welcome.epochId,
    welcome.resumeAfter,
    welcome.lastSequence,
    welcome.openRoom,
    welcome.topic,
    welcome.messageCharacters,
    welcome.messageBurst,
    welcome.messagesPerSecond,
    welcome.roomId,
    ROOM_KINDS.indexOf(welcome.kind),
    welcome.accountId,
    ROLES.indexOf(welcome.role),
    welcome.isLocked,
    welcome.slowSeconds,
    welcome.readSequence,
    welcome.members.length,
    ...welcome.members.flatMap((
      { name, role, isAway },
    ) => [name, ROLES.indexOf(role), isAway]),
  ];
}

/**
 * Reads the fields of the message.
 *
 * @param fields They are next.
 * @returns The message.
 * @throws {ProtocolError} If it is none.
 */
export function readWelcome(fields: FieldReader): WelcomeMessage {
  const welcome: WelcomeMessage = {
    type: "welcome",
    room: fields.text(MAX_ROOM_CHARACTERS),
    self: fields.text(MAX_NAME_CHARACTERS),
    epochId: fields.bytes(EPOCH_ID_BYTES),
    resumeAfter: fields.uint(),
    lastSequence: fields.uint(),
    openRoom: fields.bool(),
    topic: fields.text(MAX_TOPIC_CHARACTERS),
    messageCharacters: fields.uint(MAX_MESSAGE_CHARACTERS),
    messageBurst: fields.uint(MAX_MESSAGES_PER_SECOND),
    messagesPerSecond: fields.uint(MAX_MESSAGES_PER_SECOND),
    roomId: fields.uint(),
    kind: readKind(fields),
    accountId: fields.uint(),
    role: readRole(fields),
    isLocked: fields.bool(),
    slowSeconds: fields.uint(MAX_SLOW_SECONDS),
    readSequence: fields.uint(),
    members: readMembers(fields),
  };
  const { messageBurst, messagesPerSecond, messageCharacters } = welcome;
  if (Math.min(messageBurst, messagesPerSecond, messageCharacters) < 1) {
    throw new ProtocolError("a room where nothing may be said");
  }
  if (welcome.resumeAfter > welcome.lastSequence) {
    throw new ProtocolError("history ends before it starts");
  }
  return welcome;
}

function readMembers(fields: FieldReader): PresentPerson[] {
  const length = fields.uint(MAX_MEMBERS);
  return Array.from({ length }, () => ({
    name: fields.text(MAX_NAME_CHARACTERS),
    role: readRole(fields),
    isAway: fields.bool(),
  }));
}

function readRole(fields: FieldReader): Role {
  return ROLES[fields.uint(ROLES.length - 1)]!;
}
