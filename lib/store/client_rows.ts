/**
 * What stands in the rows of a client's room file: acts and events as they are
 * on the wire (docs/PROTOCOL.md section 7.2), each complete by itself.
 *
 * @module
 */

import { encodeFields, FieldReader } from "../chat/cbor.ts";
import {
  decodeClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  encodeServerMessage,
} from "../chat/chat_message.ts";
import type { KnownRoom } from "../chat/client_journal.ts";
import {
  MAX_MESSAGE_CHARACTERS,
  MAX_NAME_CHARACTERS,
  MAX_ROOM_CHARACTERS,
  MAX_TOPIC_CHARACTERS,
} from "../chat/limits.ts";
import type { OutgoingAct } from "../chat/outbox.ts";
import { ProtocolError } from "../chat/protocol_error.ts";
import { eraseAct } from "../chat/room_event.ts";
import { ROOM_KINDS } from "../chat/room_kind.ts";
import type { SeenEvent } from "../chat/seen_event.ts";
import { StoreError } from "./store_error.ts";

/** A row, by column. */
export type ClientRow = Readonly<Record<string, unknown>>;

/**
 * Encodes an act that is to be sent.
 *
 * @param outgoing The act and its ID.
 * @returns The message that will be sent.
 */
export function encodeOutgoing(
  { id, act }: Pick<OutgoingAct, "id" | "act">,
): Uint8Array {
  return encodeClientMessage({ type: "act", id, act });
}

/**
 * Decodes a row of the outbox.
 *
 * @param row Its `message` and `time_ms`.
 * @param path The file, for errors.
 * @returns The act.
 * @throws {StoreError} If there is none in it: `corrupt`.
 */
export function decodeOutgoing(row: ClientRow, path: string): OutgoingAct {
  const message = decoded(path, () => decodeClientMessage(bytesOf(row)));
  if (message.type !== "act") throw damaged(path, "not an act");
  const { id, act } = message;
  return { id, act, timeMs: row["time_ms"] as number };
}

/**
 * Encodes an event that was seen.
 *
 * @param event The event; whose it is stands elsewhere.
 * @returns The message that tells it to others.
 */
export function encodeSeen(
  { sequence, author, accountId, act, timeMs }: Omit<SeenEvent, "own">,
): Uint8Array {
  const event = { sequence, author, accountId, act, timeMs };
  return encodeServerMessage({ type: "event", ...event });
}

/**
 * Decodes a row of an event.
 *
 * @param row Its `own` and `message`.
 * @param path The file, for errors.
 * @returns The event.
 * @throws {StoreError} If there is none in it: `corrupt`.
 */
export function decodeSeen(row: ClientRow, path: string): SeenEvent {
  const message = decoded(path, () => decodeServerMessage(bytesOf(row)));
  if (message.type !== "event") throw damaged(path, "not an event");
  const { sequence, author, accountId, act, timeMs } = message;
  const own = row["own"] === 1;
  return { sequence, author, accountId, own, act, timeMs };
}

/**
 * Takes the text out of an event.
 *
 * @param row Its `message`.
 * @param path The file, for errors.
 * @returns The new `message`.
 * @throws {StoreError} As {@linkcode decodeSeen}.
 */
export function eraseSeen(row: ClientRow, path: string): Uint8Array {
  const event = decodeSeen(row, path);
  return encodeSeen({ ...event, act: eraseAct(event.act) });
}

/**
 * Encodes what is known of a room.
 *
 * @param known What.
 * @returns Its fields.
 */
export function encodeRoom(known: KnownRoom): Uint8Array {
  const { room, self, openRoom, topic, messageLimitCharacters } = known;
  return encodeFields([
    ROOM_KINDS.indexOf(known.kind),
    room,
    self,
    openRoom,
    topic,
    messageLimitCharacters,
    known.fingerprint,
  ]);
}

/**
 * Decodes what is known of a room.
 *
 * @param bytes As encoded.
 * @param path The file, for errors.
 * @returns What is known.
 * @throws {StoreError} If that is not in it: `corrupt`.
 */
export function decodeRoom(bytes: Uint8Array, path: string): KnownRoom {
  return decoded(path, () => {
    const fields = new FieldReader(bytes);
    const known = {
      kind: ROOM_KINDS[fields.uint(ROOM_KINDS.length - 1)]!,
      room: fields.text(MAX_ROOM_CHARACTERS),
      self: fields.text(MAX_NAME_CHARACTERS),
      openRoom: fields.bool(),
      topic: fields.text(MAX_TOPIC_CHARACTERS),
      messageLimitCharacters: fields.uint(MAX_MESSAGE_CHARACTERS),
      fingerprint: fields.text(MAX_FINGERPRINT_CHARACTERS),
    };
    fields.end();
    return known;
  });
}

function bytesOf(row: ClientRow): Uint8Array {
  return row["message"] as Uint8Array;
}

function decoded<Result>(path: string, decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw damaged(path, "a row cannot be read");
  }
}

function damaged(path: string, detail: string): StoreError {
  return new StoreError("corrupt", path, detail);
}

/** Far more than people compare. */
const MAX_FINGERPRINT_CHARACTERS = 100;
