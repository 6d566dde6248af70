/**
 * What is derived from the handshake and from the server's own keys
 * (docs/PROTOCOL.md sections 5.2, 5.3, 5.5, 5.7 and 5.8). Every derivation is
 * BLAKE2b over a label of its own, so that no two of them can ever meet, and
 * keyed where something secret goes in.
 *
 * @module
 */

import { concatBytes, Writer } from "../base/bytes.ts";
import type { DirectionKeys } from "./noise.ts";
import { type CryptoProvider, KEY_BYTES } from "./provider.ts";

/** Bytes of the session key that OPAQUE gives both ends. */
export const SESSION_KEY_BYTES = 64;

/** Bytes of a stateless reset token. */
export const STATELESS_RESET_TOKEN_BYTES = 16;

/** What both ends must agree on before the handshake. */
export interface PrologueInputs {
  /** The protocol version of the Hello. */
  readonly version: number;
  /** The connection ID the client chose. */
  readonly clientConnectionId: Uint8Array;
}

/**
 * Noise's prologue: a Hello whose version or connection ID was changed on its
 * way ends in no common key.
 *
 * @param inputs What goes into it.
 * @returns The bytes that both ends give to Noise.
 */
export function noisePrologue(inputs: PrologueInputs): Uint8Array {
  const { version, clientConnectionId } = inputs;
  const head = new Writer(new Uint8Array(5));
  head.u32(version);
  head.u8(clientConnectionId.length);
  return concatBytes(label("gas noise"), head.bytes, clientConnectionId);
}

/** What the keys of the data epoch are made from. */
export interface DataKeyInputs {
  /** The primitives. */
  readonly crypto: CryptoProvider;
  /** The keys of the login epoch, from Noise. */
  readonly loginKeys: DirectionKeys;
  /** The 64 bytes of Noise's handshake hash. */
  readonly handshakeHash: Uint8Array;
  /** The 64 bytes of OPAQUE's session key. */
  readonly sessionKey: Uint8Array;
}

/**
 * Derives the keys of the data epoch. They are secret as long as either the
 * Noise keys or the session key is: whoever ended the Noise channel but does not
 * know the password cannot derive them, and neither can a thief of the password
 * who only listens.
 *
 * @param inputs What they are made from.
 * @returns The keys.
 * @throws {RangeError} If the session key or the hash has another length.
 */
export function deriveDataKeys(inputs: DataKeyInputs): DirectionKeys {
  const { crypto, loginKeys, handshakeHash, sessionKey } = inputs;
  if (sessionKey.length !== SESSION_KEY_BYTES) {
    throw new RangeError(`The session key has ${sessionKey.length} bytes`);
  }
  if (handshakeHash.length !== HANDSHAKE_HASH_BYTES) {
    throw new RangeError(
      `The handshake hash has ${handshakeHash.length} bytes`,
    );
  }
  const input = concatBytes(
    label("gas data secret"),
    handshakeHash,
    loginKeys.initiatorToResponder,
    loginKeys.responderToInitiator,
  );
  const secret = crypto.hash(DATA_SECRET_BYTES, input, sessionKey);
  const keys = {
    initiatorToResponder: crypto.hash(
      KEY_BYTES,
      label("gas data key client to server"),
      secret,
    ),
    responderToInitiator: crypto.hash(
      KEY_BYTES,
      label("gas data key server to client"),
      secret,
    ),
  };
  secret.fill(0);
  input.fill(0);
  return keys;
}

/**
 * The key that follows a traffic key at a key update. It does not lead back: a
 * key found later opens nothing sealed before.
 *
 * @param crypto The primitives.
 * @param key The 32 bytes in use.
 * @returns The next 32 bytes.
 */
export function nextKey(crypto: CryptoProvider, key: Uint8Array): Uint8Array {
  return crypto.hash(KEY_BYTES, label("gas key update"), key);
}

/**
 * The token that ends a connection whose state the server lost.
 *
 * @param crypto The primitives.
 * @param resetKey The server's 32 secret bytes for this, kept over restarts.
 * @param connectionId The connection ID the token is for.
 * @returns 16 bytes.
 */
export function statelessResetToken(
  crypto: CryptoProvider,
  resetKey: Uint8Array,
  connectionId: Uint8Array,
): Uint8Array {
  const input = concatBytes(label("gas stateless reset"), connectionId);
  return crypto.hash(STATELESS_RESET_TOKEN_BYTES, input, resetKey);
}

/**
 * The short form of a server's public key, for two people to compare: five
 * groups of four, such as `7K2M-QX4D-09FA-TVNE-H3WZ`. 100 bits: finding another
 * key with the same fingerprint takes 2^100 tries. Without the letters I, L, O
 * and U, which are misread.
 *
 * @param crypto The primitives.
 * @param publicKey The 32 bytes of the server's static key.
 * @returns The fingerprint, 24 characters.
 */
export function fingerprint(
  crypto: CryptoProvider,
  publicKey: Uint8Array,
): string {
  const input = concatBytes(label("gas fingerprint"), publicKey);
  const hash = crypto.hash(FINGERPRINT_HASH_BYTES, input);
  const groups: string[] = [];
  for (let group = 0; group < FINGERPRINT_GROUPS; group++) {
    let text = "";
    for (let i = 0; i < FINGERPRINT_GROUP_CHARACTERS; i++) {
      const bit = 5 * (group * FINGERPRINT_GROUP_CHARACTERS + i);
      const at = bit >>> 3;
      const pair = (hash[at]! << 8) | hash[at + 1]!;
      text += BASE32[(pair >>> (11 - (bit & 7))) & 31];
    }
    groups.push(text);
  }
  return groups.join("-");
}

/** Labels end with a zero byte, so that none is the beginning of another. */
function label(text: string): Uint8Array {
  return new TextEncoder().encode(text + "\0");
}

const HANDSHAKE_HASH_BYTES = 64;
const DATA_SECRET_BYTES = 64;
const FINGERPRINT_HASH_BYTES = 16;
const FINGERPRINT_GROUPS = 5;
const FINGERPRINT_GROUP_CHARACTERS = 4;
/** Crockford's alphabet. */
const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
