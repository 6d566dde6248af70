/**
 * The file that makes a server the same server after a restart. Whoever reads
 * it can pose as the server; whoever loses it frightens every client with a
 * changed key. So it is private, written once, and never replaced.
 *
 * @module
 */

import { decodeHex, encodeHex } from "../base/bytes.ts";
import {
  createPrivateFile,
  DamagedFileError,
  makePrivate,
  readPrivateFile,
} from "./private_file.ts";

/** The secrets of a server. */
export interface ServerIdentity {
  /** The X25519 secret behind the key that clients pin: 32 bytes. */
  readonly noiseStaticSecret: Uint8Array;
  /** The key that stateless reset tokens are derived from: 32 bytes. */
  readonly statelessResetKey: Uint8Array;
  /** OPAQUE's server setup, as its library writes it. */
  readonly opaqueServerSetup: string;
}

/** Makes the secrets of a new server. */
export interface IdentityMaker {
  /** Returns fresh random bytes from the system. */
  randomBytes(length: number): Uint8Array;
  /** Returns a fresh OPAQUE server setup. */
  createServerSetup(): string;
}

/** A server's identity and how it was come by. */
export interface LoadedIdentity {
  /** The secrets. */
  readonly identity: ServerIdentity;
  /** Whether it was made just now. */
  readonly created: boolean;
  /** Whether others could read the file until now; it was made private. */
  readonly wasExposed: boolean;
}

const FILE_VERSION = 1;
const SECRET_BYTES = 32;

/**
 * Reads a server's identity, or makes it on the first start.
 *
 * @param path The file.
 * @param maker Makes the secrets of a new server.
 * @returns The identity.
 * @throws {DamagedFileError} If there is a file, but not a whole identity.
 */
export function loadServerIdentity(
  path: string,
  maker: IdentityMaker,
): LoadedIdentity {
  const known = readIdentity(path);
  if (known !== undefined) return known;
  const identity: ServerIdentity = {
    noiseStaticSecret: maker.randomBytes(SECRET_BYTES),
    statelessResetKey: maker.randomBytes(SECRET_BYTES),
    opaqueServerSetup: maker.createServerSetup(),
  };
  const created = createPrivateFile(path, encodeIdentity(identity));
  if (created) return { identity, created, wasExposed: false };
  const other = readIdentity(path);
  if (other === undefined) throw new DamagedFileError(path, "disappeared");
  return other;
}

function readIdentity(path: string): LoadedIdentity | undefined {
  const file = readPrivateFile(path);
  if (file === undefined) return undefined;
  const identity = decodeIdentity(path, file.text);
  if (file.exposed) makePrivate(path);
  return { identity, created: false, wasExposed: file.exposed };
}

function encodeIdentity(identity: ServerIdentity): string {
  const fields = {
    version: FILE_VERSION,
    noiseStaticSecret: encodeHex(identity.noiseStaticSecret),
    statelessResetKey: encodeHex(identity.statelessResetKey),
    opaqueServerSetup: identity.opaqueServerSetup,
  };
  return JSON.stringify(fields, undefined, 2) + "\n";
}

function decodeIdentity(path: string, text: string): ServerIdentity {
  let fields: Readonly<Record<string, unknown>> | null;
  try {
    fields = JSON.parse(text);
  } catch {
    // The engine's message would quote the secrets.
    throw new DamagedFileError(path, "not valid JSON");
  }
  if (fields?.["version"] !== FILE_VERSION) {
    throw new DamagedFileError(
      path,
      `not an identity of version ${FILE_VERSION}`,
    );
  }
  const setup = fields["opaqueServerSetup"];
  if (typeof setup !== "string" || setup === "") {
    throw new DamagedFileError(path, "no opaqueServerSetup");
  }
  return {
    noiseStaticSecret: decodeSecret(path, fields, "noiseStaticSecret"),
    statelessResetKey: decodeSecret(path, fields, "statelessResetKey"),
    opaqueServerSetup: setup,
  };
}

function decodeSecret(
  path: string,
  fields: Readonly<Record<string, unknown>>,
  key: string,
): Uint8Array {
  const hex = fields[key];
  if (typeof hex !== "string" || !/^[0-9a-f]{64}$/.test(hex)) {
    throw new DamagedFileError(path, `${key} is not ${SECRET_BYTES} bytes`);
  }
  return decodeHex(hex);
}
