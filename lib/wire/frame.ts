/**
 * The frames inside a protected packet (docs/PROTOCOL.md section 3).
 *
 * @module
 */

import { type Reader, ShortInputError } from "../base/bytes.ts";
import { TransportError, TransportErrorCode } from "./error_code.ts";

/** The first byte of each frame. The numbers are QUIC's (RFC 9000 section 19, RFC 9221, draft-ietf-quic-ack-frequency) where the frame is. */
export const FrameType = {
  padding: 0x00,
  ping: 0x01,
  ack: 0x02,
  resetStream: 0x04,
  stopSending: 0x05,
  auth: 0x06,
  /** The lowest of eight: {@linkcode StreamBit} says which fields follow. */
  stream: 0x08,
  maxData: 0x10,
  maxStreamData: 0x11,
  maxStreams: 0x12,
  dataBlocked: 0x14,
  streamDataBlocked: 0x15,
  streamsBlocked: 0x16,
  pathChallenge: 0x1a,
  pathResponse: 0x1b,
  connectionClose: 0x1c,
  applicationClose: 0x1d,
  immediateAck: 0x1f,
  /** Without a length; 0x31 is the same with one. */
  datagram: 0x30,
  ackFrequency: 0xaf,
} as const;

/** Bits of a STREAM frame's type. */
export const StreamBit = {
  /** The data is the last of its stream. */
  fin: 0x01,
  /** The length is there; otherwise the data reaches to the packet's end. */
  length: 0x02,
  /** The offset is there; otherwise it is 0. */
  offset: 0x04,
} as const;

/** Most ranges in one ACK frame: bounds what a peer can make us walk through; more holes than that are loss anyway. */
export const MAX_ACK_RANGES = 64;

/** Longest reason of a close frame in bytes of UTF-8: one sentence. */
export const MAX_REASON_BYTES = 256;

/** Length of the data in PATH_CHALLENGE and PATH_RESPONSE: too long to guess. */
export const PATH_DATA_BYTES = 8;

/** Unit of the delay in an ACK frame: RFC 9000's default exponent of 3. */
export const ACK_DELAY_UNIT_US = 8;

/** Longest delay of ACKs that a peer may ask for: a second is an eternity to whoever waits. */
export const MAX_REQUESTED_ACK_DELAY_US = 1_000_000;

/** Largest packet number, so that the end of a half-open range is exact, too. */
export const MAX_PACKET_NUMBER: number = Number.MAX_SAFE_INTEGER - 1;

/** Most streams of one initiator: their IDs, two apart, stay below 2^53. */
export const MAX_STREAM_COUNT: number = 2 ** 52;

/** Bytes without meaning. */
export interface PaddingFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "padding";
  /** How many. */
  readonly length: number;
}

/** Asks for an acknowledgement. */
export interface PingFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "ping";
}

/** Acknowledges packets. */
export interface AckFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "ack";
  /** The largest packet number acknowledged. */
  readonly largest: number;
  /** How long that packet waited for this frame. */
  readonly delayUs: number;
  /** Start and end of each half-open range in turn, the highest range first. */
  readonly ranges: readonly number[];
}

/** The sender gives up the rest of a stream. */
export interface ResetStreamFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "resetStream";
  /** Which stream. */
  readonly streamId: number;
  /** Why, in the application's words. */
  readonly errorCode: number;
  /** How many bytes were sent on the stream in all. */
  readonly finalSize: number;
}

/** The receiver does not want the rest of a stream. */
export interface StopSendingFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "stopSending";
  /** Which stream. */
  readonly streamId: number;
  /** Why, in the application's words. */
  readonly errorCode: number;
}

/** A piece of the login. */
export interface AuthFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "auth";
  /** Where in the login's byte stream the data starts. */
  readonly offset: number;
  /** A borrowed view. */
  readonly data: Uint8Array;
}

/** A piece of a stream. */
export interface StreamFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "stream";
  /** Which stream. */
  readonly streamId: number;
  /** Where in the stream the data starts. */
  readonly offset: number;
  /** A borrowed view. */
  readonly data: Uint8Array;
  /** Whether the stream ends after the data. */
  readonly fin: boolean;
}

/** New credit for all streams together. */
export interface MaxDataFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "maxData";
  /** Bytes that may have been sent in all. */
  readonly maximum: number;
}

/** New credit for one stream. */
export interface MaxStreamDataFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "maxStreamData";
  /** Which stream. */
  readonly streamId: number;
  /** Bytes that may have been sent on it. */
  readonly maximum: number;
}

/** New credit for opening streams. */
export interface MaxStreamsFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "maxStreams";
  /** Streams that may have been opened in all. */
  readonly maximum: number;
}

/** The sender would like more credit for all streams together. */
export interface DataBlockedFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "dataBlocked";
  /** The credit that is used up. */
  readonly limit: number;
}

/** The sender would like more credit for one stream. */
export interface StreamDataBlockedFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "streamDataBlocked";
  /** Which stream. */
  readonly streamId: number;
  /** The credit that is used up. */
  readonly limit: number;
}

/** The sender would like to open more streams. */
export interface StreamsBlockedFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "streamsBlocked";
  /** The credit that is used up. */
  readonly limit: number;
}

/** Asks whether the peer receives at an address. */
export interface PathChallengeFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "pathChallenge";
  /** Eight random bytes; a borrowed view. */
  readonly data: Uint8Array;
}

/** Shows that it does. */
export interface PathResponseFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "pathResponse";
  /** The bytes of the challenge; a borrowed view. */
  readonly data: Uint8Array;
}

/** The transport closed the connection. */
export interface ConnectionCloseFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "connectionClose";
  /** A `TransportErrorCode`, or what a later version adds. */
  readonly code: number;
  /** The type of the frame that was wrong, or 0. */
  readonly frameType: number;
  /** The same in words. The peer wrote it: show it as such. */
  readonly reason: string;
}

/** The application closed the connection. */
export interface ApplicationCloseFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "applicationClose";
  /** The application's code. */
  readonly code: number;
  /** The same in words. The peer wrote it: show it as such. */
  readonly reason: string;
}

/** Asks the peer to acknowledge seldom, or promptly again. */
export interface AckFrequencyFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "ackFrequency";
  /** Grows with every change: one that arrives late counts no more. */
  readonly sequence: number;
  /** Ack-eliciting packets before an ACK goes out at once, at least 1. */
  readonly threshold: number;
  /** Longest deliberate delay of an ACK, up to {@linkcode MAX_REQUESTED_ACK_DELAY_US}. */
  readonly maxAckDelayUs: number;
}

/** Asks the peer to acknowledge this packet at once. */
export interface ImmediateAckFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "immediateAck";
}

/** Data that may get lost. */
export interface DatagramFrame {
  /** Tells the members of {@linkcode Frame} apart. */
  readonly type: "datagram";
  /** A borrowed view. */
  readonly data: Uint8Array;
}

/** Small frames that are written as a whole. */
export type ControlFrame =
  | PingFrame
  | ResetStreamFrame
  | StopSendingFrame
  | MaxDataFrame
  | MaxStreamDataFrame
  | MaxStreamsFrame
  | DataBlockedFrame
  | StreamDataBlockedFrame
  | StreamsBlockedFrame
  | PathChallengeFrame
  | PathResponseFrame
  | AckFrequencyFrame
  | ImmediateAckFrame
  | ConnectionCloseFrame
  | ApplicationCloseFrame;

/** Any frame. */
export type Frame =
  | PaddingFrame
  | AckFrame
  | AuthFrame
  | StreamFrame
  | DatagramFrame
  | ControlFrame;

/**
 * Tells whether a frame makes its packet ask for an acknowledgement
 * (RFC 9002 section 2).
 *
 * @param frame The frame.
 * @returns False for PADDING, ACK and the two close frames.
 */
export function isAckEliciting(frame: Frame): boolean {
  return frame.type !== "ack" && frame.type !== "padding" && !isClose(frame);
}

/**
 * Tells whether a frame may be in a packet of the login epoch. The
 * application's close is, because it carries the refusal of a login.
 *
 * @param frame The frame.
 * @returns False for everything that needs a proven password.
 */
export function isAllowedInLogin(frame: Frame): boolean {
  return frame.type === "auth" || frame.type === "ack" ||
    frame.type === "ping" || frame.type === "padding" || isClose(frame);
}

/**
 * Reads all frames of a packet before any is applied, so that a bad packet
 * changes nothing.
 *
 * @param reader The opened payload, read to its end.
 * @returns The frames in order; their data is borrowed from the reader's array.
 * @throws {TransportError} With the code `frameEncoding` if a frame is
 * unknown or malformed, `protocolViolation` if there is none.
 */
export function decodeFrames(reader: Reader): Frame[] {
  if (reader.remaining === 0) {
    throw new TransportError(
      TransportErrorCode.protocolViolation,
      0,
      "the packet has no frame",
    );
  }
  const frames: Frame[] = [];
  let frameType = 0;
  try {
    while (reader.remaining > 0) {
      frameType = reader.u8();
      frames.push(decodeFrame(reader, frameType));
    }
  } catch (error) {
    if (error instanceof ShortInputError) throw bad(frameType, error.message);
    throw error;
  }
  return frames;
}

function decodeFrame(reader: Reader, frameType: number): Frame {
  if ((frameType & 0xf8) === FrameType.stream) {
    return decodeStream(reader, frameType);
  }
  switch (frameType) {
    case FrameType.padding:
      return decodePadding(reader);
    case FrameType.ping:
      return PING;
    case FrameType.ack:
      return decodeAck(reader);
    case FrameType.resetStream:
      return {
        type: "resetStream",
        streamId: reader.varint(),
        errorCode: reader.varint(),
        finalSize: reader.varint(),
      };
    case FrameType.stopSending:
      return {
        type: "stopSending",
        streamId: reader.varint(),
        errorCode: reader.varint(),
      };
    case FrameType.auth:
      return decodeAuth(reader);
    case FrameType.maxData:
      return { type: "maxData", maximum: reader.varint() };
    case FrameType.maxStreamData:
      return {
        type: "maxStreamData",
        streamId: reader.varint(),
        maximum: reader.varint(),
      };
    case FrameType.maxStreams:
      return { type: "maxStreams", maximum: streamCount(reader, frameType) };
    case FrameType.dataBlocked:
      return { type: "dataBlocked", limit: reader.varint() };
    case FrameType.streamDataBlocked:
      return {
        type: "streamDataBlocked",
        streamId: reader.varint(),
        limit: reader.varint(),
      };
    case FrameType.streamsBlocked:
      return { type: "streamsBlocked", limit: streamCount(reader, frameType) };
    case FrameType.pathChallenge:
      return { type: "pathChallenge", data: reader.take(PATH_DATA_BYTES) };
    case FrameType.pathResponse:
      return { type: "pathResponse", data: reader.take(PATH_DATA_BYTES) };
    case FrameType.immediateAck:
      return IMMEDIATE_ACK;
    case FrameType.ackFrequency:
      return decodeAckFrequency(reader);
    case FrameType.connectionClose:
      return decodeConnectionClose(reader);
    case FrameType.applicationClose:
      return decodeApplicationClose(reader);
    case FrameType.datagram:
      return { type: "datagram", data: reader.take(reader.remaining) };
    case FrameType.datagram | 1:
      return { type: "datagram", data: reader.take(reader.varint()) };
  }
  throw bad(frameType, "the frame type is unknown");
}

/** A run of padding becomes one frame: a packet may be filled with it. */
function decodePadding(reader: Reader): PaddingFrame {
  const start = reader.position - 1;
  while (reader.remaining > 0 && reader.bytes[reader.position] === 0) {
    reader.position++;
  }
  return { type: "padding", length: reader.position - start };
}

function decodeAck(reader: Reader): AckFrame {
  const largest = reader.varint();
  const delayUs = reader.varint() * ACK_DELAY_UNIT_US;
  const furtherRanges = reader.varint();
  if (largest > MAX_PACKET_NUMBER) {
    throw bad(FrameType.ack, "a packet number is too large");
  }
  if (delayUs > Number.MAX_SAFE_INTEGER) {
    throw bad(FrameType.ack, "the delay is too large");
  }
  if (furtherRanges >= MAX_ACK_RANGES) {
    throw bad(FrameType.ack, "too many ranges");
  }
  let smallest = largest - reader.varint();
  const ranges = [smallest, largest + 1];
  for (let i = 0; i < furtherRanges && smallest >= 0; i++) {
    const end = smallest - reader.varint() - 1;
    smallest = end - 1 - reader.varint();
    ranges.push(smallest, end);
  }
  if (smallest < 0) throw bad(FrameType.ack, "a range is below zero");
  return { type: "ack", largest, delayUs, ranges };
}

function decodeAckFrequency(reader: Reader): AckFrequencyFrame {
  const sequence = reader.varint();
  const threshold = reader.varint();
  const maxAckDelayUs = reader.varint();
  if (threshold < 1) throw bad(FrameType.ackFrequency, "the threshold is 0");
  if (maxAckDelayUs > MAX_REQUESTED_ACK_DELAY_US) {
    throw bad(FrameType.ackFrequency, "the delay is too long");
  }
  return { type: "ackFrequency", sequence, threshold, maxAckDelayUs };
}

function decodeAuth(reader: Reader): AuthFrame {
  const offset = reader.varint();
  const data = reader.take(reader.varint());
  checkEnd(offset, data, FrameType.auth);
  return { type: "auth", offset, data };
}

function decodeStream(reader: Reader, frameType: number): StreamFrame {
  const streamId = reader.varint();
  const offset = (frameType & StreamBit.offset) === 0 ? 0 : reader.varint();
  const length = (frameType & StreamBit.length) === 0
    ? reader.remaining
    : reader.varint();
  const data = reader.take(length);
  checkEnd(offset, data, frameType);
  const fin = (frameType & StreamBit.fin) !== 0;
  return { type: "stream", streamId, offset, data, fin };
}

function decodeConnectionClose(reader: Reader): ConnectionCloseFrame {
  return {
    type: "connectionClose",
    code: reader.varint(),
    frameType: reader.varint(),
    reason: decodeReason(reader, FrameType.connectionClose),
  };
}

function decodeApplicationClose(reader: Reader): ApplicationCloseFrame {
  return {
    type: "applicationClose",
    code: reader.varint(),
    reason: decodeReason(reader, FrameType.applicationClose),
  };
}

/** No byte of a stream lies beyond what a varint can say. */
function checkEnd(offset: number, data: Uint8Array, frameType: number): void {
  if (offset + data.length > Number.MAX_SAFE_INTEGER) {
    throw bad(frameType, "the data ends too far out");
  }
}

function streamCount(reader: Reader, frameType: number): number {
  const count = reader.varint();
  if (count > MAX_STREAM_COUNT) throw bad(frameType, "too many streams");
  return count;
}

function decodeReason(reader: Reader, frameType: number): string {
  const length = reader.varint();
  if (length > MAX_REASON_BYTES) throw bad(frameType, "the reason is too long");
  const bytes = reader.take(length);
  try {
    return UTF8.decode(bytes);
  } catch {
    throw bad(frameType, "the reason is not UTF-8");
  }
}

function isClose(frame: Frame): boolean {
  return frame.type === "connectionClose" || frame.type === "applicationClose";
}

function bad(frameType: number, reason: string): TransportError {
  return new TransportError(
    TransportErrorCode.frameEncoding,
    frameType,
    reason,
  );
}

/** These have no fields, so one serves all. */
const PING: PingFrame = { type: "ping" };
const IMMEDIATE_ACK: ImmediateAckFrame = { type: "immediateAck" };

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
