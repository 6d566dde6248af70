/**
 * Writes the frames of frame.ts (docs/PROTOCOL.md section
 * 3). Every encoder has a function that tells beforehand how long the result
 * is; the caller checks the room.
 *
 * @module
 */

import { assert, assertNever } from "../base/assert.ts";
import { varintBytes, type Writer } from "../base/bytes.ts";
import type { RangeSet } from "../base/range_set.ts";
import {
  ACK_DELAY_UNIT_US,
  type ControlFrame,
  FrameType,
  MAX_ACK_RANGES,
  MAX_REASON_BYTES,
  PATH_DATA_BYTES,
  StreamBit,
} from "./frame.ts";

/** What an ACK frame is made of. */
export interface AckOptions {
  /** What to acknowledge; not empty. The highest ranges are taken. */
  readonly ranges: RangeSet;
  /** How long the largest packet has waited, in whole microseconds. */
  readonly delayUs: number;
  /** Most ranges to take; never more than {@linkcode MAX_ACK_RANGES} are. */
  readonly maxRanges: number;
}

/**
 * Writes an ACK frame (RFC 9000 section 19.3).
 *
 * @param writer Where; {@linkcode ackBytes} must be left.
 * @param ack What to acknowledge.
 */
export function encodeAck(writer: Writer, ack: AckOptions): void {
  const { ranges } = ack;
  const top = ranges.size - 1;
  const last = top - ackRangeCount(ack) + 1;
  let smallest = ranges.start(top);
  writer.u8(FrameType.ack);
  writer.varint(ranges.end(top) - 1);
  writer.varint(Math.floor(ack.delayUs / ACK_DELAY_UNIT_US));
  writer.varint(top - last);
  writer.varint(ranges.end(top) - 1 - smallest);
  for (let i = top - 1; i >= last; i--) {
    const start = ranges.start(i);
    const end = ranges.end(i);
    writer.varint(smallest - end - 1);
    writer.varint(end - 1 - start);
    smallest = start;
  }
}

/**
 * Tells how long an ACK frame is.
 *
 * @param ack What to acknowledge.
 * @returns The length in bytes.
 */
export function ackBytes(ack: AckOptions): number {
  const { ranges } = ack;
  const top = ranges.size - 1;
  const last = top - ackRangeCount(ack) + 1;
  let smallest = ranges.start(top);
  let bytes = 1 + varintBytes(ranges.end(top) - 1) +
    varintBytes(Math.floor(ack.delayUs / ACK_DELAY_UNIT_US)) +
    varintBytes(top - last) + varintBytes(ranges.end(top) - 1 - smallest);
  for (let i = top - 1; i >= last; i--) {
    const start = ranges.start(i);
    const end = ranges.end(i);
    bytes += varintBytes(smallest - end - 1) + varintBytes(end - 1 - start);
    smallest = start;
  }
  return bytes;
}

/** What stands before the data of a STREAM frame. */
export interface StreamHeader {
  /** Which stream. */
  readonly streamId: number;
  /** Where in the stream the data starts. */
  readonly offset: number;
  /** Length of the data; undefined if it reaches to the end of the packet. */
  readonly length: number | undefined;
  /** Whether the stream ends after the data. */
  readonly fin: boolean;
}

/**
 * Writes the start of a STREAM frame; its data must follow.
 *
 * @param writer Where; {@linkcode streamHeaderBytes} must be left.
 * @param header What it says.
 */
export function encodeStreamHeader(writer: Writer, header: StreamHeader): void {
  const { offset, length } = header;
  writer.u8(
    FrameType.stream | (offset > 0 ? StreamBit.offset : 0) |
      (length !== undefined ? StreamBit.length : 0) |
      (header.fin ? StreamBit.fin : 0),
  );
  writer.varint(header.streamId);
  if (offset > 0) writer.varint(offset);
  if (length !== undefined) writer.varint(length);
}

/**
 * Tells how long the start of a STREAM frame is.
 *
 * @param header What it says.
 * @returns The length in bytes, without the data.
 */
export function streamHeaderBytes(header: StreamHeader): number {
  const { offset, length } = header;
  return 1 + varintBytes(header.streamId) +
    (offset > 0 ? varintBytes(offset) : 0) +
    (length !== undefined ? varintBytes(length) : 0);
}

/**
 * Writes the start of an AUTH frame; its data must follow.
 *
 * @param writer Where; {@linkcode authHeaderBytes} must be left.
 * @param header Where in the login's byte stream the data starts, and how
 * many bytes there are.
 */
export function encodeAuthHeader(
  writer: Writer,
  header: { readonly offset: number; readonly length: number },
): void {
  writer.u8(FrameType.auth);
  writer.varint(header.offset);
  writer.varint(header.length);
}

/**
 * Tells how long the start of an AUTH frame is.
 *
 * @param header As for {@linkcode encodeAuthHeader}.
 * @returns The length in bytes, without the data.
 */
export function authHeaderBytes(
  header: { readonly offset: number; readonly length: number },
): number {
  return 1 + varintBytes(header.offset) + varintBytes(header.length);
}

/**
 * Writes the start of a DATAGRAM frame; its data must follow.
 *
 * @param writer Where; {@linkcode datagramHeaderBytes} must be left.
 * @param length Length of the data; undefined if it reaches to the end of the
 * packet.
 */
export function encodeDatagramHeader(
  writer: Writer,
  length: number | undefined,
): void {
  writer.u8(FrameType.datagram | (length !== undefined ? 1 : 0));
  if (length !== undefined) writer.varint(length);
}

/**
 * Tells how long the start of a DATAGRAM frame is.
 *
 * @param length As for {@linkcode encodeDatagramHeader}.
 * @returns The length in bytes, without the data.
 */
export function datagramHeaderBytes(length: number | undefined): number {
  return length === undefined ? 1 : 1 + varintBytes(length);
}

/**
 * Writes PADDING frames over all that the writer has left.
 *
 * @param writer Where.
 */
export function encodePadding(writer: Writer): void {
  writer.bytes.fill(FrameType.padding, writer.position, writer.end);
  writer.position = writer.end;
}

/**
 * Writes a small frame as a whole.
 *
 * @param writer Where; {@linkcode controlFrameBytes} must be left.
 * @param frame The frame. A reason longer than {@linkcode MAX_REASON_BYTES} is
 * cut after a whole character.
 */
export function encodeControlFrame(writer: Writer, frame: ControlFrame): void {
  writer.u8(FrameType[frame.type]);
  switch (frame.type) {
    case "ping":
    case "immediateAck":
      return;
    case "ackFrequency":
      writer.varint(frame.sequence);
      writer.varint(frame.threshold);
      writer.varint(frame.maxAckDelayUs);
      return;
    case "resetStream":
      writer.varint(frame.streamId);
      writer.varint(frame.errorCode);
      writer.varint(frame.finalSize);
      return;
    case "stopSending":
      writer.varint(frame.streamId);
      writer.varint(frame.errorCode);
      return;
    case "maxStreamData":
      writer.varint(frame.streamId);
      writer.varint(frame.maximum);
      return;
    case "maxData":
    case "maxStreams":
      writer.varint(frame.maximum);
      return;
    case "streamDataBlocked":
      writer.varint(frame.streamId);
      writer.varint(frame.limit);
      return;
    case "dataBlocked":
    case "streamsBlocked":
      writer.varint(frame.limit);
      return;
    case "pathChallenge":
    case "pathResponse":
      assert(frame.data.length === PATH_DATA_BYTES, "path data has 8 bytes");
      writer.put(frame.data);
      return;
    case "connectionClose":
      writer.varint(frame.code);
      writer.varint(frame.frameType);
      writeReason(writer, frame.reason);
      return;
    case "applicationClose":
      writer.varint(frame.code);
      writeReason(writer, frame.reason);
      return;
  }
  assertNever(frame);
}

/**
 * Tells how long a small frame is.
 *
 * @param frame The frame.
 * @returns The length in bytes.
 */
export function controlFrameBytes(frame: ControlFrame): number {
  switch (frame.type) {
    case "ping":
    case "immediateAck":
      return 1;
    case "ackFrequency":
      return 1 + varintBytes(frame.sequence) + varintBytes(frame.threshold) +
        varintBytes(frame.maxAckDelayUs);
    case "resetStream":
      return 1 + varintBytes(frame.streamId) + varintBytes(frame.errorCode) +
        varintBytes(frame.finalSize);
    case "stopSending":
      return 1 + varintBytes(frame.streamId) + varintBytes(frame.errorCode);
    case "maxStreamData":
      return 1 + varintBytes(frame.streamId) + varintBytes(frame.maximum);
    case "maxData":
    case "maxStreams":
      return 1 + varintBytes(frame.maximum);
    case "streamDataBlocked":
      return 1 + varintBytes(frame.streamId) + varintBytes(frame.limit);
    case "dataBlocked":
    case "streamsBlocked":
      return 1 + varintBytes(frame.limit);
    case "pathChallenge":
    case "pathResponse":
      return 1 + PATH_DATA_BYTES;
    case "connectionClose":
      return 1 + varintBytes(frame.code) + varintBytes(frame.frameType) +
        reasonBytes(frame.reason);
    case "applicationClose":
      return 1 + varintBytes(frame.code) + reasonBytes(frame.reason);
  }
}

function ackRangeCount(ack: AckOptions): number {
  const count = Math.min(ack.ranges.size, ack.maxRanges, MAX_ACK_RANGES);
  assert(count >= 1, "there is nothing to acknowledge");
  return count;
}

function writeReason(writer: Writer, reason: string): void {
  const bytes = encodeReason(reason);
  writer.varint(bytes.length);
  writer.put(bytes);
}

function reasonBytes(reason: string): number {
  const length = encodeReason(reason).length;
  return varintBytes(length) + length;
}

function encodeReason(reason: string): Uint8Array {
  const bytes = new Uint8Array(MAX_REASON_BYTES);
  // Stops before the first character that does not fit as a whole.
  return bytes.subarray(0, UTF8.encodeInto(reason, bytes).written);
}

const UTF8 = new TextEncoder();
