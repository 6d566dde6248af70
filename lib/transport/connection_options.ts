import type { CryptoProvider } from "../crypto/provider.ts";
import type { Address } from "./address.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionEvent } from "./connection_event.ts";
import type { ConnectionTrace } from "./connection_trace.ts";
import type { ClientHello, HandshakeResult, RandomBytes } from "./handshake.ts";
import type { TransportConfig } from "./transport_config.ts";

/** What a connection is made with. */
export interface ConnectionOptions {
  /** Limits and times. */
  readonly config: TransportConfig;
  /** Primitives. */
  readonly crypto: CryptoProvider;
  /** Our connection ID, 8 bytes: what the peer sends to. */
  readonly connectionId: Uint8Array;
  /** Where the peer is. */
  readonly remote: Address;
  /** Randomness. */
  readonly random: RandomBytes;
  /** Now. */
  readonly nowUs: number;
  /** Called for every event, during the call that caused it; it must not call back into the connection. */
  readonly onEvent: (connection: Connection, event: ConnectionEvent) => void;
  /** Called when something changed outside `handle*`, so that the owner polls. */
  readonly onActive: (connection: Connection) => void;
  /** Told everything that packets do; nothing where nobody listens. */
  readonly trace?: ConnectionTrace | undefined;
}

/** What one side starts with: a client repeats Hellos, a server has already answered one. */
export type ConnectionStart =
  | { readonly type: "client"; readonly hello: ClientHello }
  | {
    readonly type: "server";
    readonly handshake: HandshakeResult;
    readonly remoteId: Uint8Array;
    /** The Reply datagram, repeated when a Hello is. */
    readonly reply: Uint8Array;
  };
