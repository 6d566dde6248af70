import type { ClientJournal } from "../chat/client_journal.ts";
import type {
  ClientLoginStart,
  FinishClientLoginOptions,
} from "../crypto/opaque.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { Address } from "../transport/address.ts";
import type { Connection } from "../transport/connection.ts";
import type { Endpoint } from "../transport/endpoint.ts";
import type { ClientEvent } from "../ui/bridge.ts";

/** Where and as whom to log in. */
export interface LoginTarget {
  /** As typed. */
  readonly host: string;
  /** The server's port. */
  readonly port: number;
  /** The host's IP address and port, as the socket spells it. */
  readonly address: Address;
  /** The name to have in the room. */
  readonly name: string;
  /** The room's password; kept in memory so that a lost connection comes back by itself. */
  readonly password: string;
}

/** What the core needs from the outside. */
export interface ClientCoreOptions {
  /** The transport. */
  readonly endpoint: Endpoint;
  /** Primitives. */
  readonly crypto: CryptoProvider;
  /** Randomness. */
  readonly random: (length: number) => Uint8Array;
  /** OPAQUE's first step. */
  readonly startLogin: (password: string) => ClientLoginStart;
  /** OPAQUE's last step, elsewhere because it blocks; the answer is given to `handleStretched`. */
  readonly stretch: (
    connection: Connection,
    options: FinishClientLoginOptions,
  ) => void;
  /** Compares a server's key with the one pinned for it: undefined if it is the same or the first. */
  readonly changedKey: (
    target: LoginTarget,
    identity: Uint8Array,
  ) => Uint8Array | undefined;
  /** The password was right: the key is worth pinning, the target worth remembering. */
  readonly onLoggedIn: (target: LoginTarget, identity: Uint8Array) => void;
  /** Opens what an earlier stay in the same room has left, if that is kept. */
  readonly openJournal?: (
    target: LoginTarget,
    identity: Uint8Array,
  ) => ClientJournal | undefined;
  /** The same for a server that does not answer; undefined if it is not shown. */
  readonly openSilentRoom?: (target: LoginTarget) => ClientJournal | undefined;
  /** How people see a key. */
  readonly fingerprint: (identity: Uint8Array) => string;
  /** Takes what the face shows. */
  readonly emit: (event: ClientEvent) => void;
}
