/**
 * How far somebody is in a room, and who is told of it: the fields of
 * `position`, `receipt` and `read` (docs/PROTOCOL.md section 7.11).
 *
 * @module
 */

import type { CborValue, FieldReader } from "./cbor.ts";
import { MAX_MEMBERS, MAX_RECEIPT_MESSAGES } from "./limits.ts";
import type { Position, Receipt } from "./positions.ts";
import { ProtocolError } from "./protocol_error.ts";

/** The client is further in the room. */
export interface PositionMessage extends Position {
  /** Which message. */
  readonly type: "position";
}

/** How many others have messages of this client's person. */
export interface ReceiptMessage {
  /** Which message. */
  readonly type: "receipt";
  /** Ascending; at least one. */
  readonly receipts: readonly Receipt[];
}

/** The person of this client has read more, on another device. */
export interface ReadMessage {
  /** Which message. */
  readonly type: "read";
  /** The last event that the person has read on any device; at least 1. */
  readonly readSequence: number;
}

/**
 * Gives the fields of a position.
 *
 * @param position The position.
 * @returns What follows its code.
 */
export function positionFields({ delivered, read }: Position): CborValue[] {
  return [delivered, read];
}

/**
 * Reads the fields of a position.
 *
 * @param fields They are next.
 * @returns The position.
 * @throws {ProtocolError} If more is read than has come.
 */
export function readPosition(fields: FieldReader): PositionMessage {
  const delivered = fields.uint();
  return { type: "position", delivered, read: fields.uint(delivered) };
}

/**
 * Gives the fields of receipts: those of all, one after the other.
 *
 * @param message The receipts.
 * @returns What follows their code.
 */
export function receiptFields({ receipts }: ReceiptMessage): CborValue[] {
  return [
    receipts.length,
    ...receipts.flatMap(({ sequence, delivered, read, of }) => [
      sequence,
      delivered,
      read,
      of,
    ]),
  ];
}

/**
 * Reads the fields of receipts.
 *
 * @param fields They are next.
 * @returns The receipts.
 * @throws {ProtocolError} If they are none, or more have read a message than
 * got it, or than there are.
 */
export function readReceipts(fields: FieldReader): ReceiptMessage {
  const receipts: Receipt[] = [];
  let last = 0;
  for (let left = fields.uint(MAX_RECEIPT_MESSAGES); left > 0; left--) {
    const sequence = fields.uint();
    const delivered = fields.uint(MAX_MEMBERS);
    const read = fields.uint(delivered);
    const of = fields.uint(MAX_MEMBERS);
    if (sequence <= last || delivered > of) {
      throw new ProtocolError("receipts of no room");
    }
    receipts.push({ sequence, delivered, read, of });
    last = sequence;
  }
  if (receipts.length === 0) throw new ProtocolError("receipts of nothing");
  return { type: "receipt", receipts };
}

/**
 * Reads the fields of what was read.
 *
 * @param fields They are next.
 * @returns The last event that was read.
 * @throws {ProtocolError} If it is none.
 */
export function readRead(fields: FieldReader): ReadMessage {
  const readSequence = fields.uint();
  if (readSequence === 0) throw new ProtocolError("nothing was read");
  return { type: "read", readSequence };
}
