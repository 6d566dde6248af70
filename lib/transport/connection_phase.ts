import type { Closing } from "./closing.ts";
import type { ClientHello } from "./handshake.ts";

/** How far a connection is, and what only matters there. */
export type ConnectionPhase =
  | {
    readonly type: "hello";
    readonly hello: ClientHello;
    readonly giveUpUs: number;
  }
  | { readonly type: "login"; readonly giveUpUs: number }
  | { readonly type: "open" }
  | { readonly type: "closing"; readonly closing: Closing }
  | { readonly type: "closed" };
