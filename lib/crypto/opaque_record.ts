/**
 * What a server keeps of a password (docs/PROTOCOL.md section 5.9), and how long
 * it and what leads to it are: apart from the library that makes them.
 *
 * @module
 */

/** Bytes of what the server keeps for a password. */
export const OPAQUE_RECORD_BYTES = 192;

/** Bytes of the client's message that starts a registration. */
export const OPAQUE_REGISTRATION_REQUEST_BYTES = 32;

/** Bytes of the server's answer to that. */
export const OPAQUE_REGISTRATION_RESPONSE_BYTES = 64;

/**
 * The part of a record that every registration of a password with the same
 * setup, user identifier and stretching has in common, and no other: the rest
 * is random. Whoever has it and the setup can guess at the password.
 *
 * @param record What the server keeps, {@linkcode OPAQUE_RECORD_BYTES} bytes.
 * @returns OPAQUE's masking key, 64 bytes, copied.
 * @throws {RangeError} If the record has another length.
 */
export function maskingKey(record: Uint8Array): Uint8Array {
  if (record.length !== OPAQUE_RECORD_BYTES) {
    throw new RangeError(`The record has ${record.length} bytes`);
  }
  // RFC 9807 section 5.1: client's public key, masking key, envelope.
  return record.slice(PUBLIC_KEY_BYTES, PUBLIC_KEY_BYTES + MASKING_KEY_BYTES);
}

/** Of ristretto255. */
const PUBLIC_KEY_BYTES = 32;
/** Of SHA-512. */
const MASKING_KEY_BYTES = 64;
