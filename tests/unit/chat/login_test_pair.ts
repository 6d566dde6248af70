import { equalBytes } from "../../../lib/base/bytes.ts";
import { AccountDirectory } from "../../../lib/chat/account_directory.ts";
import { ClientLogin } from "../../../lib/chat/client_login.ts";
import { LoginThrottle } from "../../../lib/chat/login_throttle.ts";
import {
  ServerLogin,
  type ServerLoginOptions,
  type ServerOpaque,
} from "../../../lib/chat/server_login.ts";
import type { ClientLoginResult } from "../../../lib/crypto/opaque.ts";

/** What the client sends when it knows the password of {@linkcode fakeOpaque}. */
export const RIGHT_FINISH: Uint8Array = new Uint8Array(64).fill(1);

/** The session key of {@linkcode fakeOpaque}. */
export const SESSION_KEY: Uint8Array = new Uint8Array(64).fill(9);

/** The instance of {@linkcode clientLogin}. */
export const INSTANCE: Uint8Array = new Uint8Array(16).fill(5);

/** What the fake asks the client to spend. */
export const STRETCHING = { memoryKiB: 1_024, iterations: 2, parallelism: 3 };

/** Stands for OPAQUE: a request of zeros is malformed, one finish is right. */
export const fakeOpaque: ServerOpaque = {
  startServerLogin({ request }) {
    if (request.every((byte) => byte === 0)) return undefined;
    return { response: new Uint8Array(320).fill(7), state: "secret" };
  },
  finishServerLogin({ finish }) {
    return equalBytes(finish, RIGHT_FINISH) ? SESSION_KEY : undefined;
  },
};

/** The only ticket that {@linkcode fakeTickets} takes. */
export const RIGHT_TICKET: Uint8Array = new Uint8Array(100).fill(4);

/** What a client derives from the secret of {@linkcode RIGHT_TICKET}. */
export const RESUMPTION = {
  proof: new Uint8Array(32).fill(6),
  sessionKey: new Uint8Array(64).fill(8),
};

/** The handshake of every connection here. */
export const HANDSHAKE_HASH: Uint8Array = new Uint8Array(64).fill(2);

/** When everything here happens. */
export const NOW = { nowUs: 0, timeMs: 1_795_305_600_000 };

/** What a client makes of a password. */
export const REQUEST: Uint8Array = new Uint8Array(96).fill(3);

/** Stands for the server's tickets: one of them, for Ani, is good. */
export const fakeTickets: ServerLoginOptions["tickets"] = {
  redeem({ ticket, name, proof, handshakeHash, timeMs }) {
    const isGood = equalBytes(ticket, RIGHT_TICKET) && name === "Ani" &&
      equalBytes(proof, RESUMPTION.proof) && timeMs === NOW.timeMs &&
      equalBytes(handshakeHash, HANDSHAKE_HASH);
    const { sessionKey } = RESUMPTION;
    return isGood ? { clientInstance: INSTANCE, sessionKey } : undefined;
  },
};

/** A server's login of a connection from `address`. */
export function serverLogin(
  throttle: LoginThrottle = new LoginThrottle(0),
  change: Partial<ServerLoginOptions> = {},
): ServerLogin {
  return new ServerLogin({
    opaque: fakeOpaque,
    setup: "setup",
    record: new Uint8Array(192),
    stretching: STRETCHING,
    accounts: new AccountDirectory(),
    serverIdentity: "00",
    throttle,
    address: "192.0.2.1",
    tickets: fakeTickets,
    handshakeHash: HANDSHAKE_HASH,
    ...change,
  });
}

/** A client's login under a name. */
export function clientLogin(name = "Ani"): ClientLogin {
  return new ClientLogin({
    name,
    clientInstance: INSTANCE,
    isStretchingAllowed: ({ memoryKiB }) => memoryKiB <= 65_536,
  });
}

/** What stretching gives the client. */
export function stretched(finish: Uint8Array): ClientLoginResult {
  return { finish, sessionKey: SESSION_KEY, exportKey: new Uint8Array(64) };
}

/** What a client starts with under a name. */
export function startBytes(name?: string): Uint8Array {
  return clientLogin(name).start(REQUEST);
}
