import { equalBytes } from "../../lib/base/bytes.ts";
import type { Prng } from "../../lib/base/prng.ts";
import type { Registration } from "../../lib/chat/claims.ts";
import type { ServerOpaque } from "../../lib/chat/server_login.ts";
import type {
  ClientLoginResult,
  FinishClientLoginOptions,
} from "../../lib/crypto/opaque.ts";

/**
 * A stand-in for OPAQUE with its sizes and its outcome, but neither its cost nor its randomness: the real one would make
 * a simulation slow and different each time. It protects nothing.
 */
export function fakeServerOpaque(
  password: string,
): ServerOpaque & Registration["opaque"] {
  const secret = digest(password);
  return {
    startServerLogin: () => ({ response: pad(secret, 320), state: "state" }),
    createRegistrationResponse: () => pad(secret, 64),
    isRecord: () => true,
    finishServerLogin: ({ finish }) =>
      equalBytes(finish, pad(secret, 64)) ? pad(secret, 64) : undefined,
  };
}

/** What a record says about its password. */
export function fakeMaskingKey(password: string): Uint8Array {
  return pad(digest(password), 64);
}

/** The client's first step. */
export function fakeStartLogin(
  prng: Prng,
): { request: Uint8Array; state: string } {
  return { request: prng.bytes(96), state: "state" };
}

/** The client's last step. */
export function fakeFinishLogin(
  { password, response }: FinishClientLoginOptions,
): ClientLoginResult | undefined {
  const secret = digest(password);
  if (!equalBytes(response, pad(secret, 320))) return undefined;
  return {
    finish: pad(secret, 64),
    sessionKey: pad(secret, 64),
    exportKey: pad(secret, 64),
  };
}

function digest(password: string): Uint8Array {
  return new TextEncoder().encode(password.padEnd(16, "."));
}

function pad(bytes: Uint8Array, length: number): Uint8Array {
  const padded = new Uint8Array(length);
  padded.set(bytes.subarray(0, length));
  return padded;
}
