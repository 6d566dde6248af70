/**
 * The outermost layer of a datagram: packet headers and handshake packets
 * (docs/PROTOCOL.md section 2).
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { equalBytes, Reader, type Writer } from "../base/bytes.ts";

/** The version of the protocol: "GAS" and 1. */
export const PROTOCOL_VERSION = 0x4741_5301;

/** Length of every connection ID. */
export const CONNECTION_ID_BYTES = 8;

/** Length of the authentication tag that ends a protected packet. */
export const TAG_BYTES = 16;

/** Largest datagram anybody may send: what two programs on one computer exchange. Networks carry far less. */
export const MAX_DATAGRAM_BYTES = 16_384;

/** Longer datagrams are dropped: nobody sends them, and buffers have this size. */
export const MAX_RECEIVED_DATAGRAM_BYTES = 16_400;

/** Smallest Hello. Every answer to it is smaller, so a forged source address gains nothing (RFC 9000 section 14.1). */
export const MIN_HELLO_BYTES = 1200;

/** Longest cookie: 16 bytes of keyed hash and a time need far less, and another implementation may want more. */
export const MAX_COOKIE_BYTES = 64;

/** Longest Noise message 1: a 32-byte key and transport parameters. */
export const MAX_HELLO_MESSAGE_BYTES = 256;

/** Longest Noise message 2: two keys, two tags and transport parameters; keeps a Reply well below a Hello. */
export const MAX_REPLY_MESSAGE_BYTES = 512;

/** Most versions a version negotiation packet lists: keeps it far below the datagram it answers. */
export const MAX_LISTED_VERSIONS = 16;

/** Length of a stateless reset token. */
export const STATELESS_RESET_TOKEN_BYTES = 16;

/** Length of a long header: first byte, version, two connection IDs. */
export const LONG_HEADER_BYTES: number = 5 + 2 * CONNECTION_ID_BYTES;

/** Smallest datagram with a short header: one byte of packet number and a tag. */
export const MIN_SHORT_PACKET_BYTES: number = 2 + CONNECTION_ID_BYTES +
  TAG_BYTES;

/** Which keys protect a packet: 0 until the login has succeeded, then 1. */
export type Epoch = 0 | 1;

/** Which of two successive data keys protects a packet. */
export type KeyPhase = 0 | 1;

/** The server speaks none of the client's version. */
export interface VersionNegotiationPacket {
  /** Tells the members of {@linkcode PacketHeader} apart. */
  readonly type: "versionNegotiation";
  /** The client's connection ID; a borrowed view. */
  readonly destinationId: Uint8Array;
  /** The connection ID the client had sent to; a borrowed view. */
  readonly sourceId: Uint8Array;
  /** The versions the server speaks. */
  readonly versions: readonly number[];
}

/** A client asks for a connection. */
export interface HelloPacket {
  /** Tells the members of {@linkcode PacketHeader} apart. */
  readonly type: "hello";
  /** A number of the client's choice until it knows the server's; a borrowed view. */
  readonly destinationId: Uint8Array;
  /** The client's connection ID; a borrowed view. */
  readonly sourceId: Uint8Array;
  /** The cookie the server gave; empty in a first Hello; a borrowed view. */
  readonly cookie: Uint8Array;
  /** Noise message 1; a borrowed view. */
  readonly noiseMessage: Uint8Array;
}

/** The server wants to see that the client receives at its address. */
export interface CookiePacket {
  /** Tells the members of {@linkcode PacketHeader} apart. */
  readonly type: "cookie";
  /** The client's connection ID; a borrowed view. */
  readonly destinationId: Uint8Array;
  /** The connection ID the client had sent to; a borrowed view. */
  readonly sourceId: Uint8Array;
  /** What to repeat in the next Hello; a borrowed view. */
  readonly cookie: Uint8Array;
}

/** The server accepts a connection. */
export interface ReplyPacket {
  /** Tells the members of {@linkcode PacketHeader} apart. */
  readonly type: "reply";
  /** The client's connection ID; a borrowed view. */
  readonly destinationId: Uint8Array;
  /** The server's connection ID; a borrowed view. */
  readonly sourceId: Uint8Array;
  /** Noise message 2; a borrowed view. */
  readonly noiseMessage: Uint8Array;
}

/** A first packet of a version this code does not speak, large enough to be answered. */
export interface UnsupportedVersionPacket {
  /** Tells the members of {@linkcode PacketHeader} apart. */
  readonly type: "unsupportedVersion";
  /** The version. */
  readonly version: number;
  /** Which connection ID it was sent to; a borrowed view. */
  readonly destinationId: Uint8Array;
  /** Which connection ID an answer is for; a borrowed view. */
  readonly sourceId: Uint8Array;
}

/** A protected packet, or a stateless reset, which looks like one. */
export interface ShortPacket {
  /** Tells the members of {@linkcode PacketHeader} apart. */
  readonly type: "short";
  /** Which keys protect it. */
  readonly epoch: Epoch;
  /** Which of two successive data keys; 0 in the login epoch. */
  readonly keyPhase: KeyPhase;
  /** The receiver's connection ID as {@linkcode connectionIdKey} gives it. */
  readonly destinationId: string;
  /** Where the packet number starts in the datagram. */
  readonly packetNumberOffset: number;
  /** Length of the truncated packet number. */
  readonly packetNumberBytes: number;
  /** The packet number as sent: {@linkcode decodePacketNumber} restores it. */
  readonly truncatedPacketNumber: number;
  /** Where the ciphertext starts; everything before is authenticated with it. */
  readonly bodyOffset: number;
}

/** What a datagram is. */
export type PacketHeader =
  | VersionNegotiationPacket
  | HelloPacket
  | CookiePacket
  | ReplyPacket
  | UnsupportedVersionPacket
  | ShortPacket;

/** The two connection IDs of a long header. */
export interface ConnectionIdPair {
  /** The receiver's connection ID. */
  readonly destinationId: Uint8Array;
  /** The sender's connection ID. */
  readonly sourceId: Uint8Array;
}

/**
 * Reads what can be read without keys. Nothing it returns is authenticated.
 *
 * @param datagram An array that starts with a datagram.
 * @param length The length of the datagram.
 * @returns The header, its views borrowed from `datagram`; undefined for what
 * no correct peer sends, which is to be dropped without an answer.
 */
export function decodeHeader(
  datagram: Uint8Array,
  length: number,
): PacketHeader | undefined {
  if (length < LONG_HEADER_BYTES) return undefined;
  if (length > MAX_RECEIVED_DATAGRAM_BYTES) return undefined;
  const first = datagram[0]!;
  if (first >= 0x80) return decodeLong(datagram, length);
  if ((first & 0xcc) !== SHORT_FORM) return undefined;
  const epoch = (first & EPOCH_BIT) === 0 ? 0 : 1;
  const keyPhase = (first & KEY_PHASE_BIT) === 0 ? 0 : 1;
  if (keyPhase > epoch) return undefined;
  const packetNumberBytes = (first & 0x03) + 1;
  const bodyOffset = PACKET_NUMBER_OFFSET + packetNumberBytes;
  if (length < bodyOffset + TAG_BYTES) return undefined;
  let truncatedPacketNumber = 0;
  for (let i = PACKET_NUMBER_OFFSET; i < bodyOffset; i++) {
    truncatedPacketNumber = truncatedPacketNumber * 0x100 + datagram[i]!;
  }
  return {
    type: "short",
    epoch,
    keyPhase,
    destinationId: connectionIdKey(datagram, 1),
    packetNumberOffset: PACKET_NUMBER_OFFSET,
    packetNumberBytes,
    truncatedPacketNumber,
    bodyOffset,
  };
}

/**
 * Writes the header of a protected packet.
 *
 * @param writer Where; {@linkcode shortHeaderBytes} must be left.
 * @param header Its fields. `packetNumber` is the full number, of which the
 * last `packetNumberBytes` bytes are written.
 */
export function writeShortHeader(
  writer: Writer,
  header: {
    readonly epoch: Epoch;
    readonly keyPhase: KeyPhase;
    readonly destinationId: Uint8Array;
    readonly packetNumber: number;
    readonly packetNumberBytes: number;
  },
): void {
  const length = header.packetNumberBytes;
  assert(length >= 1 && length <= 4, "a packet number has 1 to 4 bytes");
  assert(header.keyPhase <= header.epoch, "the login epoch has one key phase");
  assert(
    header.destinationId.length === CONNECTION_ID_BYTES,
    "a connection ID has 8 bytes",
  );
  writer.u8(
    SHORT_FORM | header.epoch * EPOCH_BIT | header.keyPhase * KEY_PHASE_BIT |
      length - 1,
  );
  writer.put(header.destinationId);
  // ToUint32 keeps the low 32 bits of numbers above 2^32, too.
  const low = header.packetNumber >>> 0;
  for (let shift = 8 * (length - 1); shift >= 0; shift -= 8) {
    writer.u8(low >>> shift);
  }
}

/**
 * Tells how long the header of a protected packet is.
 *
 * @param packetNumberBytes How many bytes the packet number takes.
 * @returns The length in bytes.
 */
export function shortHeaderBytes(packetNumberBytes: number): number {
  return PACKET_NUMBER_OFFSET + packetNumberBytes;
}

/**
 * Chooses how many bytes of a packet number to send, so that the receiver can
 * restore it (RFC 9000 appendix A.2).
 *
 * @param packetNumber The full packet number.
 * @param largestAcked The largest one the peer has acknowledged, if any.
 * @returns 1 to 4 bytes.
 */
export function encodePacketNumberLength(
  packetNumber: number,
  largestAcked: number | undefined,
): 1 | 2 | 3 | 4 {
  const unacked = packetNumber - (largestAcked ?? -1);
  assert(unacked > 0, "a packet was acknowledged before it was sent");
  if (unacked <= 0x80) return 1;
  if (unacked <= 0x8000) return 2;
  if (unacked <= 0x80_0000) return 3;
  assert(unacked <= 0x8000_0000, "too many packets in flight");
  return 4;
}

/**
 * Restores a packet number: of all that end in the bytes received it is the
 * one nearest to the next expected (RFC 9000 appendix A.3).
 *
 * @param truncated The bytes received, as a number.
 * @param lengthBytes How many there were, from 1 to 4.
 * @param largestReceived The largest packet number authenticated, if any.
 * @returns The full packet number.
 */
export function decodePacketNumber(
  truncated: number,
  lengthBytes: number,
  largestReceived: number | undefined,
): number {
  const expected = (largestReceived ?? -1) + 1;
  const window = 2 ** (8 * lengthBytes);
  const half = window / 2;
  const candidate = expected - expected % window + truncated;
  if (
    candidate <= expected - half &&
    candidate <= Number.MAX_SAFE_INTEGER - window
  ) return candidate + window;
  if (candidate > expected + half && candidate >= window) {
    return candidate - window;
  }
  return candidate;
}

/**
 * Makes a map key of a connection ID: a string of its bytes as characters,
 * because a number cannot hold 64 bits exactly.
 *
 * @param bytes An array that contains the ID.
 * @param offset Where it starts.
 * @returns Eight characters from U+0000 to U+00FF.
 */
export function connectionIdKey(bytes: Uint8Array, offset = 0): string {
  return String.fromCharCode(
    bytes[offset]!,
    bytes[offset + 1]!,
    bytes[offset + 2]!,
    bytes[offset + 3]!,
    bytes[offset + 4]!,
    bytes[offset + 5]!,
    bytes[offset + 6]!,
    bytes[offset + 7]!,
  );
}

/**
 * Writes a version negotiation packet.
 *
 * @param writer Where.
 * @param packet The connection IDs of the packet it answers, exchanged, and
 * 1 to 16 versions.
 */
export function encodeVersionNegotiation(
  writer: Writer,
  packet: ConnectionIdPair & { readonly versions: readonly number[] },
): void {
  const count = packet.versions.length;
  assert(count >= 1 && count <= MAX_LISTED_VERSIONS, "1 to 16 versions");
  writeLongHeader(writer, LongType.versionNegotiation, 0, packet);
  for (const version of packet.versions) writer.u32(version);
}

/**
 * Writes a Hello, padded to {@linkcode MIN_HELLO_BYTES}.
 *
 * @param writer Where.
 * @param packet Its fields; the cookie is empty at first.
 */
export function encodeHello(
  writer: Writer,
  packet: ConnectionIdPair & {
    readonly cookie: Uint8Array;
    readonly noiseMessage: Uint8Array;
  },
): void {
  const start = writer.position;
  assert(packet.cookie.length <= MAX_COOKIE_BYTES, "the cookie is too long");
  assert(
    packet.noiseMessage.length >= 1 &&
      packet.noiseMessage.length <= MAX_HELLO_MESSAGE_BYTES,
    "length of Noise message 1",
  );
  writeLongHeader(writer, LongType.hello, PROTOCOL_VERSION, packet);
  writeField(writer, packet.cookie);
  writeField(writer, packet.noiseMessage);
  while (writer.position < start + MIN_HELLO_BYTES) writer.u8(0);
}

/**
 * Writes a Cookie packet.
 *
 * @param writer Where.
 * @param packet The connection IDs of the Hello it answers, exchanged, and a
 * cookie of 1 to 64 bytes.
 */
export function encodeCookie(
  writer: Writer,
  packet: ConnectionIdPair & { readonly cookie: Uint8Array },
): void {
  const length = packet.cookie.length;
  assert(length >= 1 && length <= MAX_COOKIE_BYTES, "length of the cookie");
  writeLongHeader(writer, LongType.cookie, PROTOCOL_VERSION, packet);
  writeField(writer, packet.cookie);
}

/**
 * Writes a Reply.
 *
 * @param writer Where.
 * @param packet Its fields.
 */
export function encodeReply(
  writer: Writer,
  packet: ConnectionIdPair & { readonly noiseMessage: Uint8Array },
): void {
  const length = packet.noiseMessage.length;
  assert(
    length >= 1 && length <= MAX_REPLY_MESSAGE_BYTES,
    "length of Noise message 2",
  );
  writeLongHeader(writer, LongType.reply, PROTOCOL_VERSION, packet);
  writeField(writer, packet.noiseMessage);
}

/**
 * Tells how long a stateless reset may be: shorter than what it answers, so
 * that two endpoints never answer each other's resets for ever
 * (RFC 9000 section 10.3.3).
 *
 * @param triggerBytes Length of the datagram to answer.
 * @returns The length in bytes; 0 if that datagram must not be answered.
 */
export function statelessResetBytes(triggerBytes: number): number {
  if (triggerBytes <= MIN_SHORT_PACKET_BYTES) return 0;
  return Math.min(triggerBytes - 1, MAX_STATELESS_RESET_BYTES);
}

/**
 * Writes a stateless reset over all that the writer has left.
 *
 * @param writer Exactly {@linkcode statelessResetBytes} long.
 * @param reset The token of the connection ID that nobody knows, and as many
 * random bytes as the rest of the datagram takes, or more.
 */
export function encodeStatelessReset(
  writer: Writer,
  reset: { readonly token: Uint8Array; readonly random: Uint8Array },
): void {
  const randomBytes = writer.remaining - STATELESS_RESET_TOKEN_BYTES;
  assert(writer.remaining >= MIN_SHORT_PACKET_BYTES, "the reset is too short");
  assert(reset.token.length === STATELESS_RESET_TOKEN_BYTES, "token length");
  assert(reset.random.length >= randomBytes, "too few random bytes");
  // Looks like a data packet with a packet number of one byte.
  writer.u8(SHORT_FORM | EPOCH_BIT | reset.random[0]! & KEY_PHASE_BIT);
  writer.put(reset.random.subarray(1, randomBytes));
  writer.put(reset.token);
}

/**
 * Tells whether a datagram that could not be opened is the stateless reset of
 * a connection. Takes the same time for every wrong token.
 *
 * @param datagram An array that starts with the datagram.
 * @param length The length of the datagram.
 * @param token The token from the peer's transport parameters.
 * @returns Whether the peer has forgotten the connection.
 */
export function isStatelessReset(
  datagram: Uint8Array,
  length: number,
  token: Uint8Array,
): boolean {
  if (length < MIN_SHORT_PACKET_BYTES || datagram[0]! >>> 6 !== 1) return false;
  return equalBytes(
    datagram.subarray(length - STATELESS_RESET_TOKEN_BYTES, length),
    token,
  );
}

function decodeLong(
  datagram: Uint8Array,
  length: number,
): PacketHeader | undefined {
  const first = datagram[0]!;
  if (first >= 0xc0) return undefined;
  const reader = new Reader(datagram, 1, length);
  const version = reader.u32();
  const destinationId = reader.take(CONNECTION_ID_BYTES);
  const sourceId = reader.take(CONNECTION_ID_BYTES);
  if (version === 0) {
    if (first !== (LONG_FORM | LongType.versionNegotiation)) return undefined;
    const count = reader.remaining / 4;
    if (!Number.isInteger(count) || count < 1) return undefined;
    if (count > MAX_LISTED_VERSIONS) return undefined;
    const versions: number[] = [];
    while (versions.length < count) versions.push(reader.u32());
    return { type: "versionNegotiation", destinationId, sourceId, versions };
  }
  if (version !== PROTOCOL_VERSION) {
    // Only what could be a Hello is answered, and always with less.
    if (length < MIN_HELLO_BYTES) return undefined;
    return { type: "unsupportedVersion", version, destinationId, sourceId };
  }
  if (first === (LONG_FORM | LongType.hello)) {
    if (length < MIN_HELLO_BYTES) return undefined;
    const cookie = takeField(reader, 0, MAX_COOKIE_BYTES);
    const noiseMessage = takeField(reader, 1, MAX_HELLO_MESSAGE_BYTES);
    if (cookie === undefined || noiseMessage === undefined) return undefined;
    while (reader.remaining > 0) if (reader.u8() !== 0) return undefined;
    return { type: "hello", destinationId, sourceId, cookie, noiseMessage };
  }
  if (first === (LONG_FORM | LongType.cookie)) {
    const cookie = takeField(reader, 1, MAX_COOKIE_BYTES);
    if (cookie === undefined || reader.remaining > 0) return undefined;
    return { type: "cookie", destinationId, sourceId, cookie };
  }
  if (first === (LONG_FORM | LongType.reply)) {
    const noiseMessage = takeField(reader, 1, MAX_REPLY_MESSAGE_BYTES);
    if (noiseMessage === undefined || reader.remaining > 0) return undefined;
    return { type: "reply", destinationId, sourceId, noiseMessage };
  }
  return undefined;
}

/**
 * Reads a field behind its length. Throws nothing, because an error with its
 * stack trace would be the most expensive part of dropping junk.
 */
function takeField(
  reader: Reader,
  minBytes: number,
  maxBytes: number,
): Uint8Array | undefined {
  // Neither a field of one byte nor an empty one with its successor is shorter.
  if (reader.remaining < 2) return undefined;
  // Every limit fits into a varint of two bytes; longer forms are refused.
  if (reader.bytes[reader.position]! >= 0x80) return undefined;
  const length = reader.varint();
  if (length < minBytes || length > maxBytes) return undefined;
  if (length > reader.remaining) return undefined;
  return reader.take(length);
}

function writeLongHeader(
  writer: Writer,
  type: number,
  version: number,
  ids: ConnectionIdPair,
): void {
  assert(
    ids.destinationId.length === CONNECTION_ID_BYTES &&
      ids.sourceId.length === CONNECTION_ID_BYTES,
    "a connection ID has 8 bytes",
  );
  writer.u8(LONG_FORM | type);
  writer.u32(version);
  writer.put(ids.destinationId);
  writer.put(ids.sourceId);
}

function writeField(writer: Writer, bytes: Uint8Array): void {
  writer.varint(bytes.length);
  writer.put(bytes);
}

/** The first two bits tell the forms apart; 00 and 11 are junk. */
const LONG_FORM = 0x80;
const SHORT_FORM = 0x40;
const EPOCH_BIT = 0x20;
const KEY_PHASE_BIT = 0x10;

/** The last three bits of a long header's first byte. */
const LongType = {
  versionNegotiation: 0,
  hello: 1,
  cookie: 2,
  reply: 3,
} as const;

const PACKET_NUMBER_OFFSET = 1 + CONNECTION_ID_BYTES;

/** Enough to pass for a short chat packet; more would only cost. */
const MAX_STATELESS_RESET_BYTES = 43;
