import { assert } from "../base/assert.ts";
import { Reader, ShortInputError, varintBytes, Writer } from "../base/bytes.ts";
import { TransportError, TransportErrorCode } from "./error_code.ts";
import { MAX_STREAM_COUNT } from "./frame.ts";
import { STATELESS_RESET_TOKEN_BYTES } from "./packet.ts";

/**
 * What each side tells the other during the handshake
 * (docs/PROTOCOL.md section 4). They hold for the whole connection.
 */
export interface TransportParameters {
  /** Silence after which the sender gives the connection up, 1 to 2^31 - 1. */
  readonly idleTimeoutMs: number;
  /** How many bytes the peer may send on all streams together at first. */
  readonly maxData: number;
  /** How many bytes the peer may send on each stream at first. */
  readonly maxStreamData: number;
  /** How many streams the peer may open at first. */
  readonly maxStreams: number;
  /** Longest time the sender waits before it acknowledges, below 2^24. */
  readonly maxAckDelayUs: number;
  /** Largest datagram the sender takes, 1200 to 65527. */
  readonly maxDatagramBytes: number;
  /** The token of the server's connection ID; 16 bytes. Clients send none. */
  readonly statelessResetToken?: Uint8Array;
}

/**
 * Writes transport parameters for a handshake payload.
 *
 * @param parameters The values; each must be in its range.
 * @returns A new array.
 */
export function encodeTransportParameters(
  parameters: TransportParameters,
): Uint8Array {
  const writer = new Writer(new Uint8Array(MAX_ENCODED_BYTES));
  for (const { id, name, min, max } of INTEGERS) {
    const value = parameters[name];
    assert(value >= min && value <= max, "transport parameter out of range");
    writer.varint(id);
    writer.varint(varintBytes(value));
    writer.varint(value);
  }
  const token = parameters.statelessResetToken;
  if (token !== undefined) {
    assert(token.length === STATELESS_RESET_TOKEN_BYTES, "token length");
    writer.varint(RESET_TOKEN_ID);
    writer.varint(token.length);
    writer.put(token);
  }
  return writer.bytes.slice(0, writer.position);
}

/**
 * Reads transport parameters from a handshake payload. Unknown ones are
 * passed over, so that a later version can add some.
 *
 * @param bytes The encoded parameters.
 * @returns The values, copied.
 * @throws {TransportError} With the code `transportParameter` if one is
 * missing, twice there, malformed or out of range.
 */
export function decodeTransportParameters(
  bytes: Uint8Array,
): TransportParameters {
  try {
    return decode(new Reader(bytes));
  } catch (error) {
    if (error instanceof ShortInputError) throw failure(error.message);
    throw error;
  }
}

function decode(reader: Reader): TransportParameters {
  const seen = new Set<number>();
  const values: Partial<Record<IntegerName, number>> = {};
  let statelessResetToken: Uint8Array | undefined;
  while (reader.remaining > 0) {
    const id = reader.varint();
    if (seen.has(id)) throw failure("a parameter is there twice");
    seen.add(id);
    const value = reader.take(reader.varint());
    const integer = INTEGERS.find((known) => known.id === id);
    if (integer !== undefined) {
      values[integer.name] = decodeInteger(value, integer);
    } else if (id === RESET_TOKEN_ID) {
      if (value.length !== STATELESS_RESET_TOKEN_BYTES) {
        throw failure("the stateless reset token has a wrong length");
      }
      statelessResetToken = value.slice();
    }
  }
  const parameters = {
    idleTimeoutMs: required(values.idleTimeoutMs),
    maxData: required(values.maxData),
    maxStreamData: required(values.maxStreamData),
    maxStreams: required(values.maxStreams),
    maxAckDelayUs: required(values.maxAckDelayUs),
    maxDatagramBytes: required(values.maxDatagramBytes),
  };
  return statelessResetToken === undefined
    ? parameters
    : { ...parameters, statelessResetToken };
}

function decodeInteger(
  bytes: Uint8Array,
  range: { readonly min: number; readonly max: number },
): number {
  const reader = new Reader(bytes);
  const value = reader.varint();
  if (reader.remaining > 0) throw failure("a parameter has a wrong length");
  if (value < range.min || value > range.max) {
    throw failure("a parameter is out of range");
  }
  return value;
}

function required(value: number | undefined): number {
  if (value === undefined) throw failure("a parameter is missing");
  return value;
}

function failure(reason: string): TransportError {
  return new TransportError(TransportErrorCode.transportParameter, 0, reason);
}

type IntegerName = Exclude<keyof TransportParameters, "statelessResetToken">;

/** Numbers as in RFC 9000 section 18.2 where there is such a parameter. */
const INTEGERS: readonly {
  readonly id: number;
  readonly name: IntegerName;
  readonly min: number;
  readonly max: number;
}[] = [
  // What a 32-bit timer can wait; 0 would mean never, and nobody waits for ever.
  { id: 0x01, name: "idleTimeoutMs", min: 1, max: 2 ** 31 - 1 },
  // A Hello has 1200 bytes, so everybody can take that; above is no UDP payload.
  { id: 0x03, name: "maxDatagramBytes", min: 1200, max: 65_527 },
  { id: 0x04, name: "maxData", min: 0, max: Number.MAX_SAFE_INTEGER },
  { id: 0x05, name: "maxStreamData", min: 0, max: Number.MAX_SAFE_INTEGER },
  { id: 0x08, name: "maxStreams", min: 0, max: MAX_STREAM_COUNT },
  // As RFC 9000, 2^14 ms: a longer delay would break every timer of the peer.
  { id: 0x0b, name: "maxAckDelayUs", min: 0, max: 2 ** 24 - 1 },
];

const RESET_TOKEN_ID = 0x02;

/** Every integer at its longest with ID and length, and the token. */
const MAX_ENCODED_BYTES: number = INTEGERS.length * 10 + 2 +
  STATELESS_RESET_TOKEN_BYTES;
