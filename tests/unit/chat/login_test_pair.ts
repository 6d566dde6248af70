import { equalBytes } from "../../../lib/base/bytes.ts";
import { ClientLogin } from "../../../lib/chat/client_login.ts";
import { LoginThrottle } from "../../../lib/chat/login_throttle.ts";
import {
  ServerLogin,
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

/** A server's login of a connection from `address`. */
export function serverLogin(
  throttle: LoginThrottle = new LoginThrottle(0),
): ServerLogin {
  return new ServerLogin({
    opaque: fakeOpaque,
    setup: "setup",
    record: new Uint8Array(192),
    stretching: STRETCHING,
    serverIdentity: "00",
    throttle,
    address: "192.0.2.1",
  });
}

/** A client's login under a name. */
export function clientLogin(name = "Ani"): ClientLogin {
  return new ClientLogin({
    name,
    request: new Uint8Array(96).fill(3),
    clientInstance: INSTANCE,
    isStretchingAllowed: ({ memoryKiB }) => memoryKiB <= 65_536,
  });
}

/** What stretching gives the client. */
export function stretched(finish: Uint8Array): ClientLoginResult {
  return { finish, sessionKey: SESSION_KEY, exportKey: new Uint8Array(64) };
}
