import { assert, assertEquals, assertThrows } from "@std/assert";
import { ReceiveStream } from "../../../lib/transport/receive_stream.ts";
import { MAX_REORDERED_PIECES } from "../../../lib/transport/transport_config.ts";
import {
  TransportError,
  TransportErrorCode,
} from "../../../lib/wire/error_code.ts";

const FRAME = 0x08;

/** Hands over bytes whose values are their positions. */
function receive(
  stream: ReceiveStream,
  offset: number,
  length: number,
  fin = false,
): number {
  const data = Uint8Array.from({ length }, (_, i) => (offset + i) & 255);
  const growth = stream.handleData(offset, data, { fin, frameType: FRAME });
  // What arrives is borrowed: the datagram's buffer is used again.
  data.fill(77);
  return growth;
}

function readAll(stream: ReceiveStream): number[] {
  const bytes: number[] = [];
  for (let next = stream.read(); next !== undefined; next = stream.read()) {
    bytes.push(...next);
  }
  return bytes;
}

function assertFails(code: number, run: () => void): void {
  const error = assertThrows(run, TransportError);
  assertEquals([error.code, error.frameType], [code, FRAME]);
}

function upTo(end: number): number[] {
  return Array.from({ length: end }, (_, i) => i & 255);
}

Deno.test("ReceiveStream.read() gives bytes in order as they come", () => {
  const stream = new ReceiveStream(0, 100);
  assertEquals(stream.isReadable, false);
  receive(stream, 0, 3);
  assertEquals(stream.isReadable, true);
  assertEquals(readAll(stream), [0, 1, 2]);
  receive(stream, 3, 2);
  assertEquals(readAll(stream), [3, 4]);
  assertEquals(stream.readOffset, 5);
});

Deno.test("ReceiveStream.read() waits for a gap", () => {
  const stream = new ReceiveStream(0, 100);
  receive(stream, 4, 2);
  receive(stream, 2, 2);
  assertEquals(stream.isReadable, false);
  assertEquals(stream.read(), undefined);
  receive(stream, 0, 2);
  assertEquals(readAll(stream), upTo(6));
});

Deno.test("ReceiveStream.handleData() ignores what it has", () => {
  const stream = new ReceiveStream(0, 100);
  receive(stream, 0, 4);
  receive(stream, 0, 4);
  receive(stream, 1, 2);
  receive(stream, 2, 6);
  assertEquals(readAll(stream), upTo(8));
  receive(stream, 0, 8);
  receive(stream, 5, 5);
  assertEquals(readAll(stream), [8, 9]);
});

Deno.test("ReceiveStream.handleData() fills several gaps with one piece", () => {
  const stream = new ReceiveStream(0, 100);
  for (const offset of [2, 5, 8]) receive(stream, offset, 1);
  receive(stream, 0, 12);
  assertEquals(readAll(stream), upTo(12));
});

Deno.test("ReceiveStream.handleData() tells what a piece costs of the credit", () => {
  const stream = new ReceiveStream(0, 100);
  assertEquals(receive(stream, 5, 5), 10);
  assertEquals(receive(stream, 0, 5), 0);
  assertEquals(receive(stream, 8, 4), 2);
  assertEquals(receive(stream, 12, 0), 0);
});

Deno.test("ReceiveStream.handleData() allows the credit and no byte more", () => {
  const stream = new ReceiveStream(0, 10);
  receive(stream, 5, 5);
  assertFails(TransportErrorCode.flowControl, () => receive(stream, 10, 1));
  assertFails(TransportErrorCode.flowControl, () => receive(stream, 11, 0));
  stream.maxOffset = 11;
  receive(stream, 10, 1);
});

Deno.test("ReceiveStream is done when the end was read", () => {
  const stream = new ReceiveStream(0, 100);
  receive(stream, 0, 3, true);
  assertEquals([stream.finalSize, stream.isDone], [3, false]);
  readAll(stream);
  assertEquals(stream.isDone, true);
});

Deno.test("ReceiveStream is done at once when an empty stream ends", () => {
  const stream = new ReceiveStream(0, 100);
  receive(stream, 0, 0, true);
  assertEquals(stream.isDone, true);
});

Deno.test("ReceiveStream.handleData() takes the end before the rest", () => {
  const stream = new ReceiveStream(0, 100);
  receive(stream, 3, 2, true);
  receive(stream, 0, 3);
  receive(stream, 3, 2, true);
  receive(stream, 4, 1);
  assertEquals(readAll(stream), upTo(5));
  assertEquals(stream.isDone, true);
});

Deno.test("ReceiveStream.handleData() refuses another end and bytes behind it", () => {
  const code = TransportErrorCode.finalSize;
  const stream = new ReceiveStream(0, 100);
  receive(stream, 0, 5, true);
  assertFails(code, () => receive(stream, 5, 1));
  assertFails(code, () => receive(stream, 0, 4, true));
  assertFails(code, () => receive(stream, 0, 6, true));
  const other = new ReceiveStream(0, 100);
  receive(other, 3, 2);
  assertFails(code, () => receive(other, 0, 4, true));
});

Deno.test("ReceiveStream.setFinalSize() keeps to credit, end and what arrived", () => {
  const stream = new ReceiveStream(0, 10);
  receive(stream, 0, 5);
  const { finalSize, flowControl } = TransportErrorCode;
  assertFails(finalSize, () => stream.setFinalSize(4, FRAME));
  assertFails(flowControl, () => stream.setFinalSize(11, FRAME));
  stream.setFinalSize(10, FRAME);
  stream.setFinalSize(10, FRAME);
  assertFails(finalSize, () => stream.setFinalSize(9, FRAME));
});

Deno.test("ReceiveStream.discard() tells what was not read, and drops what comes late", () => {
  const stream = new ReceiveStream(0, 100);
  receive(stream, 0, 5);
  stream.read();
  receive(stream, 10, 5);
  assertEquals(stream.discard(), 10);
  assertEquals(stream.isReadable, false);
  receive(stream, 5, 5);
  assertEquals(stream.read(), undefined);
  receive(stream, 12, 8, true);
  assertEquals(stream.discard(), 5);
  assertEquals(stream.isDone, true);
});

Deno.test("ReceiveStream joins small pieces that nobody reads", () => {
  const stream = new ReceiveStream(0, 1_000_000);
  const count = 5 * MAX_REORDERED_PIECES;
  for (let i = 0; i < count; i++) receive(stream, i, 1);
  let pieces = 0;
  let next = 0;
  for (let piece = stream.read(); piece !== undefined; piece = stream.read()) {
    pieces++;
    for (const byte of piece) assertEquals(byte, next++ & 255);
  }
  assertEquals(next, count);
  assert(pieces <= MAX_REORDERED_PIECES + 1, `${pieces} pieces`);
});

Deno.test("ReceiveStream joins small pieces that came backwards", () => {
  const stream = new ReceiveStream(0, 1_000_000);
  const count = 2 * MAX_REORDERED_PIECES;
  for (let i = count - 1; i >= 0; i--) receive(stream, i, 1);
  assertEquals(readAll(stream), upTo(count));
});

Deno.test("ReceiveStream joins small pieces behind what was read", () => {
  const stream = new ReceiveStream(0, 1_000_000);
  receive(stream, 0, 500);
  assertEquals(readAll(stream).length, 500);
  const count = 2 * MAX_REORDERED_PIECES;
  for (let i = 0; i < count; i++) receive(stream, 500 + i, 1);
  assertEquals(readAll(stream), upTo(500 + count).slice(500));
});

Deno.test("ReceiveStream refuses a stream in too many pieces", () => {
  const stream = new ReceiveStream(0, 1_000_000);
  assertFails(TransportErrorCode.internalError, () => {
    for (let i = 0; i < 2 * MAX_REORDERED_PIECES; i++) {
      receive(stream, 1 + 2 * i, 1);
    }
  });
});

Deno.test("ReceiveStream's pieces do not hold the datagrams they came in", () => {
  const stream = new ReceiveStream(0, 100);
  const datagram = new Uint8Array(1_200);
  const data = datagram.subarray(10, 13);
  stream.handleData(0, data, { fin: false, frameType: FRAME });
  assertEquals(stream.read()!.buffer.byteLength, 3);
});
