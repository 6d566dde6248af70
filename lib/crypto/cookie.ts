/**
 * The stateless cookie that proves a client receives at the address it sends
 * from, before the server keeps anything or works for it (docs/PROTOCOL.md
 * section 5.6). After RFC 9000 section 8.1.2.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { concatBytes, equalBytes, Writer } from "../base/bytes.ts";
import { US_PER_S } from "../base/time.ts";
import type { CryptoProvider } from "./provider.ts";

/** Bytes of a cookie: the low byte of its period, then a keyed hash. */
export const COOKIE_BYTES = 17;

/**
 * A cookie is valid in the period it was made in and in the next one: at least
 * this long, at most twice. Long enough for a few lost Hellos, short enough that
 * a recorded one is soon worthless.
 */
export const COOKIE_PERIOD_US: number = 10 * US_PER_S;

/** What a cookie is bound to. */
export interface CookieInputs {
  /** The primitives. */
  readonly crypto: CryptoProvider;
  /** The server's 32 secret bytes for this, fresh at each start. */
  readonly key: Uint8Array;
  /** The client's address and port, in one spelling per address. */
  readonly address: string;
  /** The connection ID the client chose. */
  readonly clientConnectionId: Uint8Array;
  /** The time, as every other call gets it. */
  readonly nowUs: number;
}

/** A cookie with what it must be bound to. */
export interface CookieCheck extends CookieInputs {
  /** What the client sent. */
  readonly cookie: Uint8Array;
}

/**
 * Makes a cookie.
 *
 * @param inputs What it is bound to.
 * @returns {@linkcode COOKIE_BYTES} bytes.
 */
export function makeCookie(inputs: CookieInputs): Uint8Array {
  return cookieOf(inputs, periodOf(inputs.nowUs));
}

/**
 * Checks a cookie in constant time.
 *
 * @param check The cookie and what it must be bound to.
 * @returns Whether this server made it for this client at most
 * 2 * {@linkcode COOKIE_PERIOD_US} ago.
 */
export function checkCookie(check: CookieCheck): boolean {
  const { cookie } = check;
  if (cookie.length !== COOKIE_BYTES) return false;
  const now = periodOf(check.nowUs);
  const age = (now - cookie[0]!) & 0xff;
  if (age > 1 || age > now) return false;
  return equalBytes(cookie, cookieOf(check, now - age));
}

function periodOf(nowUs: number): number {
  return Math.floor(nowUs / COOKIE_PERIOD_US);
}

function cookieOf(inputs: CookieInputs, period: number): Uint8Array {
  assert(period >= 0, "time does not start below zero");
  const { crypto, key, address, clientConnectionId } = inputs;
  const head = new Writer(new Uint8Array(5 + clientConnectionId.length));
  head.u32(period);
  head.u8(clientConnectionId.length);
  head.put(clientConnectionId);
  const text = new TextEncoder();
  const input = concatBytes(
    text.encode("gas cookie\0"),
    head.bytes,
    text.encode(address),
  );
  const hash = crypto.hash(COOKIE_BYTES - 1, input, key);
  return concatBytes(Uint8Array.of(period & 0xff), hash);
}
