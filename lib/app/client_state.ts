import type { ClientLogin } from "../chat/client_login.ts";
import type { Connection } from "../transport/connection.ts";
import type { LoginTarget } from "./client_core_options.ts";

/** One login on one connection. */
export interface Attempt {
  /** The connection. */
  readonly connection: Connection;
  /** Where, and as whom; another name or password may come while it lasts. */
  target: LoginTarget;
  /** The server's public key, once it has proved it. */
  identity: Uint8Array | undefined;
  /** The login on it, once that has begun. */
  login: ClientLogin | undefined;
  /** OPAQUE's secret between its two steps. */
  opaqueState: string;
}

/** Where a client stands. */
export type State =
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
