/**
 * What a session is resumed with (docs/PROTOCOL.md section 5.10): a ticket that
 * only the server that sealed it can open, and a secret that the client proves
 * to have. The server keeps nothing but one key.
 *
 * @module
 */

import { concatBytes } from "../base/bytes.ts";
import { SESSION_KEY_BYTES } from "./key_schedule.ts";
import { type CryptoProvider, KEY_BYTES, TAG_BYTES } from "./provider.ts";

/** Random bytes in front of a ticket: the key that seals it is made from them. */
export const TICKET_SALT_BYTES = 32;

/** Bytes by which a ticket is longer than what is sealed in it. */
export const TICKET_OVERHEAD_BYTES: number = TICKET_SALT_BYTES + TAG_BYTES;

/** Bytes of what a client proves to have: as hard to guess as a key. */
export const RESUMPTION_SECRET_BYTES = 32;

/** Bytes of the proof. */
export const RESUMPTION_PROOF_BYTES = 32;

/** Bytes that stand for a password in a ticket. */
export const PASSWORD_MARK_BYTES = 16;

/**
 * The key of a server's tickets.
 *
 * @param crypto The primitives.
 * @param resetKey The server's 32 secret bytes that outlive a restart.
 * @returns 32 bytes.
 */
export function ticketKey(
  crypto: CryptoProvider,
  resetKey: Uint8Array,
): Uint8Array {
  return crypto.hash(KEY_BYTES, label("gas ticket key"), resetKey);
}

/** What {@linkcode sealTicket} needs. */
export interface SealTicketOptions {
  /** The primitives. */
  readonly crypto: CryptoProvider;
  /** From {@linkcode ticketKey}. */
  readonly key: Uint8Array;
  /** {@linkcode TICKET_SALT_BYTES} fresh random bytes. */
  readonly salt: Uint8Array;
  /** What only the server may read or change. */
  readonly contents: Uint8Array;
}

/**
 * Seals a ticket.
 *
 * @param options What, and with what.
 * @returns The ticket.
 * @throws {RangeError} If the salt has another length: a shorter one could
 * repeat.
 */
export function sealTicket(options: SealTicketOptions): Uint8Array {
  const { crypto, key, salt, contents } = options;
  if (salt.length !== TICKET_SALT_BYTES) {
    throw new RangeError(`The salt has ${salt.length} bytes`);
  }
  const ticket = concatBytes(salt, contents, new Uint8Array(TAG_BYTES));
  // A key of its own for each ticket: the nonce, always 0, never repeats.
  const sealing = crypto.sealingKey(sealingKey(crypto, key, salt), 0);
  sealing.seal(ticket, 0, salt.length, salt.length + contents.length);
  sealing.free();
  return ticket;
}

/** What {@linkcode openTicket} needs. */
export interface OpenTicketOptions {
  /** The primitives. */
  readonly crypto: CryptoProvider;
  /** From {@linkcode ticketKey}. */
  readonly key: Uint8Array;
  /** What a client sent. */
  readonly ticket: Uint8Array;
}

/**
 * Opens a ticket.
 *
 * @param options What, and with what.
 * @returns Its contents, copied; undefined if it was not sealed with this key.
 */
export function openTicket(options: OpenTicketOptions): Uint8Array | undefined {
  const { crypto, key, ticket } = options;
  if (ticket.length < TICKET_OVERHEAD_BYTES) return undefined;
  const opened = ticket.slice();
  const salt = opened.subarray(0, TICKET_SALT_BYTES);
  const opening = crypto.openingKey(sealingKey(crypto, key, salt));
  const end = opening.open(opened, 0, salt.length, opened.length, 0);
  opening.free();
  return end < 0 ? undefined : opened.slice(salt.length, end);
}

/** What {@linkcode passwordMark} needs. */
export interface PasswordMarkOptions {
  /** The primitives. */
  readonly crypto: CryptoProvider;
  /** From {@linkcode ticketKey}. */
  readonly key: Uint8Array;
  /** OPAQUE's, from `maskingKey()`. */
  readonly maskingKey: Uint8Array;
}

/**
 * What stands for a password in a ticket, so that a ticket ends with it.
 *
 * @param options The password's masking key, and what it is hidden with.
 * @returns {@linkcode PASSWORD_MARK_BYTES} bytes.
 */
export function passwordMark(options: PasswordMarkOptions): Uint8Array {
  const { crypto, key, maskingKey } = options;
  const input = concatBytes(label("gas ticket password"), maskingKey);
  return crypto.hash(PASSWORD_MARK_BYTES, input, key);
}

/** What {@linkcode deriveResumption} needs. */
export interface ResumptionInputs {
  /** The primitives. */
  readonly crypto: CryptoProvider;
  /** What came with the ticket: {@linkcode RESUMPTION_SECRET_BYTES} bytes. */
  readonly secret: Uint8Array;
  /** The 64 bytes of Noise's handshake hash. */
  readonly handshakeHash: Uint8Array;
}

/** What both ends of a resumption derive. */
export interface Resumption {
  /** What the client sends: {@linkcode RESUMPTION_PROOF_BYTES} bytes. */
  readonly proof: Uint8Array;
  /** What stands in OPAQUE's place: 64 bytes for the data epoch's keys. */
  readonly sessionKey: Uint8Array;
}

/**
 * Derives proof and session key. Both hold for one handshake only, so that
 * neither a recorded proof nor a found session key is of use in another.
 *
 * @param inputs What they are made from.
 * @returns Both.
 * @throws {RangeError} If the secret has another length.
 */
export function deriveResumption(inputs: ResumptionInputs): Resumption {
  const { crypto, secret, handshakeHash } = inputs;
  if (secret.length !== RESUMPTION_SECRET_BYTES) {
    throw new RangeError(`The secret has ${secret.length} bytes`);
  }
  const input = (text: string) => concatBytes(label(text), handshakeHash);
  return {
    proof: crypto.hash(
      RESUMPTION_PROOF_BYTES,
      input("gas resumption proof"),
      secret,
    ),
    sessionKey: crypto.hash(
      SESSION_KEY_BYTES,
      input("gas resumption key"),
      secret,
    ),
  };
}

function sealingKey(
  crypto: CryptoProvider,
  key: Uint8Array,
  salt: Uint8Array,
): Uint8Array {
  return crypto.hash(KEY_BYTES, concatBytes(label("gas ticket"), salt), key);
}

/** Labels end with a zero byte, so that none is the beginning of another. */
function label(text: string): Uint8Array {
  return new TextEncoder().encode(text + "\0");
}
