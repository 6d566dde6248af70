import { equalBytes } from "../base/bytes.ts";
import type { LoginTicket } from "../chat/login_message.ts";

/** What a server gave for coming back without the password. */
export interface HeldTicket {
  /** What only the server can read. */
  readonly ticket: Uint8Array;
  /** What the client proves to have. */
  readonly secret: Uint8Array;
  /** The server it is for: nobody else gets to see it. */
  readonly identity: Uint8Array;
  /** By our wall clock. */
  readonly expiresMs: number;
}

/** Holds the newest ticket, and nothing else of it. */
export class TicketHolder {
  #held: HeldTicket | undefined;

  /** Gives the ticket for a server, unless there is none or it has expired. */
  usable(identity: Uint8Array, timeMs: number): HeldTicket | undefined {
    const held = this.#held;
    return held !== undefined && timeMs < held.expiresMs &&
        equalBytes(held.identity, identity)
      ? held
      : undefined;
  }

  /** Takes a ticket in place of the last one. */
  keep(
    { ticket, secret, lifetimeSeconds }: LoginTicket,
    identity: Uint8Array,
    timeMs: number,
  ): void {
    this.forget();
    const expiresMs = timeMs + 1_000 * lifetimeSeconds;
    this.#held = { ticket, secret, identity, expiresMs };
  }

  /** Destroys the secret. */
  forget(): void {
    this.#held?.secret.fill(0);
    this.#held = undefined;
  }
}
