import { equalBytes } from "../base/bytes.ts";
import { maskingKey } from "../crypto/opaque_record.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import {
  deriveResumption,
  openTicket,
  PASSWORD_MARK_BYTES,
  passwordMark,
  RESUMPTION_SECRET_BYTES,
  sealTicket,
  TICKET_SALT_BYTES,
  ticketKey,
} from "../crypto/session_ticket.ts";
import type { AccountPassword } from "./account.ts";
import { encodeFields, FieldReader } from "./cbor.ts";
import {
  CLIENT_INSTANCE_BYTES,
  MAX_NAME_CHARACTERS,
  MAX_TICKET_LIFETIME_SECONDS,
  MAX_TIME_MS,
  TICKET_CLOCK_TOLERANCE_MS,
} from "./limits.ts";
import type { LoginTicket } from "./login_message.ts";
import { ProtocolError } from "./protocol_error.ts";

/** Random bytes that {@linkcode SessionTickets.issue} takes. */
export const TICKET_RANDOM_BYTES: number = TICKET_SALT_BYTES +
  RESUMPTION_SECRET_BYTES;

/** What {@linkcode SessionTickets} is made with. */
export interface SessionTicketsOptions {
  /** The primitives. */
  readonly crypto: CryptoProvider;
  /** The server's 32 secret bytes that outlive a restart. */
  readonly resetKey: Uint8Array;
  /** The masking key of the room password's record, from `maskingKey()`. */
  readonly maskingKey: Uint8Array;
}

/** Whom a ticket is for. */
export interface TicketHolder {
  /** The name, tidied. */
  readonly name: string;
  /** The secret by which the server knows the client. */
  readonly clientInstance: Uint8Array;
  /** Who logged in as the holder of a claimed name; undefined for a guest. */
  readonly account: TicketAccount | undefined;
}

/** What a ticket has to do with an account. */
export interface TicketAccount {
  /** Its number. */
  readonly accountId: number;
  /** How its holder logs in now. */
  readonly password: Pick<AccountPassword, "record">;
}

/** For whom, when and with what {@linkcode SessionTickets.issue} makes one. */
export interface IssueOptions extends TicketHolder {
  /** {@linkcode TICKET_RANDOM_BYTES} random bytes. */
  readonly random: Uint8Array;
  /** The wall clock, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** What a client came back with. */
export interface RedeemOptions {
  /** The ticket. */
  readonly ticket: Uint8Array;
  /** The name it wants to have, tidied. */
  readonly name: string;
  /** Whose name that is; undefined if nobody has claimed it. */
  readonly account: TicketAccount | undefined;
  /** That it has the ticket's secret. */
  readonly proof: Uint8Array;
  /** Of the connection on which all that came. */
  readonly handshakeHash: Uint8Array;
  /** The wall clock, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** What {@linkcode SessionTickets.redeem} found. */
export interface Redeemed {
  /** The secret by which the server knows the client. */
  readonly clientInstance: Uint8Array;
  /** 64 bytes, to be mixed into the traffic keys. */
  readonly sessionKey: Uint8Array;
}

/**
 * A server's tickets, by which a client that was let in comes back without the
 * password (docs/PROTOCOL.md section 6.4). All that the server must know then
 * is in the ticket: nothing is kept here, so a restart loses nothing.
 */
export class SessionTickets {
  readonly #crypto: CryptoProvider;
  readonly #key: Uint8Array;
  /** Stands for the room's password: another one voids all guests' tickets. */
  readonly #roomMark: Uint8Array;

  /**
   * Takes the server's secrets.
   *
   * @param options Which.
   */
  constructor(options: SessionTicketsOptions) {
    this.#crypto = options.crypto;
    this.#key = ticketKey(options.crypto, options.resetKey);
    this.#roomMark = this.#markOf(options.maskingKey);
  }

  /**
   * Makes a ticket for a client that is in.
   *
   * @param options For whom, when, and with what.
   * @returns The message for the client.
   */
  issue(options: IssueOptions): LoginTicket {
    const { name, clientInstance, account } = options;
    const { random, timeMs: issuedMs } = options;
    const secret = random.slice(TICKET_SALT_BYTES, TICKET_RANDOM_BYTES);
    const ticket = sealTicket({
      crypto: this.#crypto,
      key: this.#key,
      salt: random.subarray(0, TICKET_SALT_BYTES),
      contents: encodeContents({
        secret,
        name,
        clientInstance,
        accountId: account?.accountId ?? 0,
        passwordMark: this.#passwordMark(account),
        issuedMs,
        expiresMs: issuedMs + 1_000 * MAX_TICKET_LIFETIME_SECONDS,
      }),
    });
    const lifetimeSeconds = MAX_TICKET_LIFETIME_SECONDS;
    return { type: "ticket", ticket, secret, lifetimeSeconds };
  }

  /**
   * Checks a ticket and the proof that came with it.
   *
   * @param options Both, and on which connection.
   * @returns Who came back; undefined if the ticket is not one of ours, not for
   * that name, too old, from before the password changed or the name was claimed or
   * released, or not its sender's.
   */
  redeem(options: RedeemOptions): Redeemed | undefined {
    const crypto = this.#crypto;
    const { ticket, name, account, proof, handshakeHash, timeMs } = options;
    const opened = openTicket({ crypto, key: this.#key, ticket });
    const contents = opened && readContents(opened);
    if (contents === undefined) return undefined;
    const { secret, clientInstance } = contents;
    const expected = deriveResumption({ crypto, secret, handshakeHash });
    secret.fill(0);
    const isGood = equalBytes(expected.proof, proof) &&
      contents.accountId === (account?.accountId ?? 0) &&
      equalBytes(contents.passwordMark, this.#passwordMark(account)) &&
      contents.name === name && isCurrent(contents, timeMs);
    if (!isGood) return undefined;
    return { clientInstance, sessionKey: expected.sessionKey };
  }

  #passwordMark(account: TicketAccount | undefined): Uint8Array {
    if (account === undefined) return this.#roomMark;
    return this.#markOf(maskingKey(account.password.record));
  }

  #markOf(maskingKey: Uint8Array): Uint8Array {
    return passwordMark({ crypto: this.#crypto, key: this.#key, maskingKey });
  }
}

/** What is sealed in a ticket. */
interface TicketContents extends Omit<TicketHolder, "account"> {
  /** 0 for a guest. */
  readonly accountId: number;
  readonly secret: Uint8Array;
  readonly passwordMark: Uint8Array;
  readonly issuedMs: number;
  readonly expiresMs: number;
}

function encodeContents(contents: TicketContents): Uint8Array {
  return encodeFields([
    CONTENTS_VERSION,
    contents.secret,
    contents.name,
    contents.clientInstance,
    contents.accountId,
    contents.passwordMark,
    contents.issuedMs,
    contents.expiresMs,
  ]);
}

/** Undefined for contents of another version of this program. */
function readContents(opened: Uint8Array): TicketContents | undefined {
  try {
    const fields = new FieldReader(opened);
    if (fields.uint() !== CONTENTS_VERSION) return undefined;
    const contents = {
      secret: fields.bytes(RESUMPTION_SECRET_BYTES),
      name: fields.text(MAX_NAME_CHARACTERS),
      clientInstance: fields.bytes(CLIENT_INSTANCE_BYTES),
      accountId: fields.uint(),
      passwordMark: fields.bytes(PASSWORD_MARK_BYTES),
      issuedMs: fields.uint(MAX_TIME_MS),
      expiresMs: fields.uint(MAX_TIME_MS),
    };
    fields.end();
    return contents;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return undefined;
  }
}

function isCurrent(
  { issuedMs, expiresMs }: TicketContents,
  timeMs: number,
): boolean {
  // An earlier version may have given longer.
  const lifetimeMs = 1_000 * MAX_TICKET_LIFETIME_SECONDS;
  return issuedMs - TICKET_CLOCK_TOLERANCE_MS <= timeMs &&
    timeMs < Math.min(expiresMs, issuedMs + lifetimeMs);
}

/** Grows when the contents change: tickets of before are refused then. */
const CONTENTS_VERSION = 2;
