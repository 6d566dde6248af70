import { US_PER_MS, US_PER_S } from "../base/time.ts";
import type { ClientLogin } from "../chat/client_login.ts";
import type { Connection } from "../transport/connection.ts";
import type { LoginTarget } from "./client_core_options.ts";
import type { ClientStreams } from "./client_streams.ts";

/** One login on one connection. */
export interface Attempt {
  /** The connection. */
  readonly connection: Connection;
  /** Its streams, by room. */
  readonly streams: ClientStreams;
  /** Where, and as whom; another name or password may come while it lasts. */
  target: LoginTarget;
  /** The server's key, once it is known. */
  identity: Uint8Array | undefined;
  /** The login, once the key is known. */
  login: ClientLogin | undefined;
  /** OPAQUE's secret between its two steps. */
  opaqueState: string;
}

/** How a client stands. */
export type ClientState =
  | { readonly type: "out" }
  | { readonly type: "loggingIn"; readonly attempt: Attempt }
  | { readonly type: "inside"; readonly attempt: Attempt }
  | {
    readonly type: "waiting";
    readonly target: LoginTarget;
    readonly retryUs: number;
  }
  | { readonly type: "leaving" }
  | { readonly type: "over" };

/** First wait before a reconnect; doubles each time. */
const FIRST_RETRY_US = 250 * US_PER_MS;
/** Longest wait: who looks at a banner does not wait longer for a server that came back. */
const MAX_RETRY_US = 4 * US_PER_S;

/**
 * Tells how long to wait before the next attempt.
 *
 * @param retries How many there were since the connection was lost.
 * @param chance From 0 to 255, at random.
 * @returns Microseconds.
 */
export function retryWaitUs(retries: number, chance: number): number {
  const waitUs = Math.min(FIRST_RETRY_US * 2 ** retries, MAX_RETRY_US);
  // Spread by up to a half, so that a full room does not come back in one moment.
  return waitUs + Math.floor((waitUs / 2) * (chance / 256));
}
