/**
 * The messages of a login (docs/PROTOCOL.md section 6.2), each a positional
 * CBOR array, framed on the stream of AUTH frames.
 *
 * @module
 */

import type { Stretching } from "../crypto/opaque.ts";
import { encodeFields, FieldReader } from "./cbor.ts";
import {
  RESUMPTION_PROOF_BYTES,
  RESUMPTION_SECRET_BYTES,
} from "../crypto/session_ticket.ts";
import {
  CLIENT_INSTANCE_BYTES,
  MAX_RAW_NAME_CHARACTERS,
  MAX_TICKET_BYTES,
  MAX_TICKET_LIFETIME_SECONDS,
} from "./limits.ts";
import { ProtocolError } from "./protocol_error.ts";

/** Bytes of the client's first OPAQUE message (KE1). */
export const OPAQUE_REQUEST_BYTES = 96;

/** Bytes of the server's OPAQUE message (KE2). */
export const OPAQUE_RESPONSE_BYTES = 320;

/** Bytes of the client's second OPAQUE message (KE3). */
export const OPAQUE_FINISH_BYTES = 64;

/** Client to server: who wants in. */
export interface LoginStart {
  /** Which message. */
  readonly type: "start";
  /** The name as the client has it; the server checks it. */
  readonly name: string;
  /** OPAQUE's KE1, 96 bytes. */
  readonly request: Uint8Array;
}

/** Server to client: prove that you know the password. */
export interface LoginChallenge {
  /** Which message. */
  readonly type: "challenge";
  /** OPAQUE's KE2, 320 bytes. */
  readonly response: Uint8Array;
  /** The cost the password was registered with. */
  readonly stretching: Stretching;
}

/** Client to server: the proof. */
export interface LoginFinish {
  /** Which message. */
  readonly type: "finish";
  /** OPAQUE's KE3, 64 bytes. */
  readonly finish: Uint8Array;
  /** 16 random bytes by which the server knows this client again; secret. */
  readonly clientInstance: Uint8Array;
}

/** Client to server: who was in before, in place of a start. */
export interface LoginResume {
  /** Which message. */
  readonly type: "resume";
  /** What the server gave, at most {@linkcode MAX_TICKET_BYTES} bytes. */
  readonly ticket: Uint8Array;
  /** The name that the ticket is for. */
  readonly name: string;
  /** That the client has the ticket's secret, on this connection. */
  readonly proof: Uint8Array;
}

/** Server to client, once it is in: what it can come back with. */
export interface LoginTicket {
  /** Which message. */
  readonly type: "ticket";
  /** Sealed; the client keeps it as it is. */
  readonly ticket: Uint8Array;
  /** What the client proves to have when it comes back. */
  readonly secret: Uint8Array;
  /** For how long it is any good. */
  readonly lifetimeSeconds: number;
}

/** Server to client: not with this ticket, for whatever reason. */
export interface LoginTicketRefused {
  /** Which message. */
  readonly type: "ticketRefused";
}

/** A message of a login, from either side. */
export type LoginMessage =
  | LoginStart
  | LoginChallenge
  | LoginFinish
  | LoginResume
  | LoginTicket
  | LoginTicketRefused;

/**
 * Encodes a login message, not framed yet.
 *
 * @param message The message.
 * @returns Its CBOR bytes.
 */
export function encodeLoginMessage(message: LoginMessage): Uint8Array {
  switch (message.type) {
    case "start":
      return encodeFields([LoginCode.start, message.name, message.request]);
    case "challenge": {
      const { memoryKiB, iterations, parallelism } = message.stretching;
      return encodeFields([
        LoginCode.challenge,
        message.response,
        memoryKiB,
        iterations,
        parallelism,
      ]);
    }
    case "finish":
      return encodeFields([
        LoginCode.finish,
        message.finish,
        message.clientInstance,
      ]);
    case "resume":
      return encodeFields([
        LoginCode.resume,
        message.ticket,
        message.name,
        message.proof,
      ]);
    case "ticket":
      return encodeFields([
        LoginCode.ticket,
        message.ticket,
        message.secret,
        message.lifetimeSeconds,
      ]);
    case "ticketRefused":
      return encodeFields([LoginCode.ticketRefused]);
  }
}

/**
 * Decodes a login message.
 *
 * @param body The CBOR bytes of one message.
 * @returns The message; nothing of `body` is kept.
 * @throws {ProtocolError} If it is none.
 */
export function decodeLoginMessage(body: Uint8Array): LoginMessage {
  const fields = new FieldReader(body);
  const message = readMessage(fields);
  fields.end();
  return message;
}

function readMessage(fields: FieldReader): LoginMessage {
  switch (fields.uint()) {
    case LoginCode.start:
      return {
        type: "start",
        name: fields.text(MAX_RAW_NAME_CHARACTERS),
        request: fields.bytes(OPAQUE_REQUEST_BYTES),
      };
    case LoginCode.challenge:
      return {
        type: "challenge",
        response: fields.bytes(OPAQUE_RESPONSE_BYTES),
        stretching: {
          memoryKiB: fields.uint(),
          iterations: fields.uint(),
          parallelism: fields.uint(),
        },
      };
    case LoginCode.finish:
      return {
        type: "finish",
        finish: fields.bytes(OPAQUE_FINISH_BYTES),
        clientInstance: fields.bytes(CLIENT_INSTANCE_BYTES),
      };
    case LoginCode.resume:
      return {
        type: "resume",
        ticket: fields.bytesUpTo(MAX_TICKET_BYTES),
        name: fields.text(MAX_RAW_NAME_CHARACTERS),
        proof: fields.bytes(RESUMPTION_PROOF_BYTES),
      };
    case LoginCode.ticket:
      return {
        type: "ticket",
        ticket: fields.bytesUpTo(MAX_TICKET_BYTES),
        secret: fields.bytes(RESUMPTION_SECRET_BYTES),
        lifetimeSeconds: fields.uint(MAX_TICKET_LIFETIME_SECONDS),
      };
    case LoginCode.ticketRefused:
      return { type: "ticketRefused" };
  }
  throw new ProtocolError("unknown login message");
}

const LoginCode = {
  start: 1,
  challenge: 2,
  finish: 3,
  resume: 4,
  ticket: 5,
  ticketRefused: 6,
} as const;
