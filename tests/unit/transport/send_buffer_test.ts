import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { type Piece, SendBuffer } from "../../../lib/transport/send_buffer.ts";

const NO_LIMIT = 1_000_000;

/** A buffer with bytes 0, 1, 2... written in chunks of those lengths. */
function bufferOf(maxOffset: number, ...lengths: number[]): SendBuffer {
  const buffer = new SendBuffer(0, maxOffset);
  let next = 0;
  for (const length of lengths) {
    buffer.write(Uint8Array.from({ length }, () => next++));
  }
  return buffer;
}

/** Takes a piece and copies it out. */
function take(
  buffer: SendBuffer,
  maxLength: number,
  newCredit = NO_LIMIT,
): { offset: number; bytes: number[]; fin: boolean } | undefined {
  const piece: Piece = { offset: 0, length: 0, fin: false };
  if (!buffer.take(maxLength, newCredit, piece)) return undefined;
  const target = new Uint8Array(piece.length + 2).fill(255);
  buffer.copy(target, 1, piece);
  assertEquals([target[0], target.at(-1)], [255, 255]);
  return {
    offset: piece.offset,
    bytes: [...target.slice(1, -1)],
    fin: piece.fin,
  };
}

Deno.test("SendBuffer.take() cuts pieces across chunks", () => {
  const buffer = bufferOf(NO_LIMIT, 3, 1, 4);
  assertEquals(take(buffer, 2), { offset: 0, bytes: [0, 1], fin: false });
  assertEquals(take(buffer, 4), { offset: 2, bytes: [2, 3, 4, 5], fin: false });
  assertEquals(take(buffer, 9), { offset: 6, bytes: [6, 7], fin: false });
  assertEquals(take(buffer, 9), undefined);
});

Deno.test("SendBuffer.take() keeps to the stream's credit", () => {
  const buffer = bufferOf(3, 5);
  assertEquals(take(buffer, 9)?.bytes, [0, 1, 2]);
  assertEquals(buffer.isBlocked, true);
  assertEquals(buffer.hasNew, false);
  assertEquals(take(buffer, 9), undefined);
  buffer.maxOffset = 4;
  assertEquals(buffer.hasNew, true);
  assertEquals(take(buffer, 9)?.bytes, [3]);
});

Deno.test("SendBuffer.take() keeps to the connection's credit, which lost bytes need not", () => {
  const buffer = bufferOf(NO_LIMIT, 5);
  assertEquals(take(buffer, 9, 2)?.bytes, [0, 1]);
  assertEquals(take(buffer, 9, 0), undefined);
  buffer.onLost(0, 2, false);
  assertEquals(take(buffer, 9, 0), { offset: 0, bytes: [0, 1], fin: false });
});

Deno.test("SendBuffer.take() marks the end with the last byte", () => {
  const buffer = bufferOf(NO_LIMIT, 4);
  buffer.finish();
  assertEquals(take(buffer, 3)?.fin, false);
  assertEquals(take(buffer, 3), { offset: 3, bytes: [3], fin: true });
  assertEquals(take(buffer, 3), undefined);
});

Deno.test("SendBuffer.take() sends an end mark of its own after all bytes", () => {
  const buffer = bufferOf(NO_LIMIT, 2);
  take(buffer, 9);
  assertEquals(buffer.hasUncredited, false);
  buffer.finish();
  assertEquals(buffer.hasUncredited, true);
  assertEquals(take(buffer, 9, 0), { offset: 2, bytes: [], fin: true });
  assertEquals(buffer.hasUncredited, false);
});

Deno.test("SendBuffer.take() ends an empty stream", () => {
  const buffer = bufferOf(0);
  buffer.finish();
  assertEquals(take(buffer, 9), { offset: 0, bytes: [], fin: true });
  buffer.onAcked(0, 0, true);
  assertEquals(buffer.isDone, true);
});

Deno.test("SendBuffer.onLost() sends bytes again, lowest first, before new ones", () => {
  const buffer = bufferOf(NO_LIMIT, 9);
  for (let i = 0; i < 3; i++) take(buffer, 2);
  buffer.onLost(4, 2, false);
  buffer.onLost(0, 2, false);
  assertEquals(take(buffer, 1)?.offset, 0);
  assertEquals(take(buffer, 9), { offset: 1, bytes: [1], fin: false });
  assertEquals(take(buffer, 9), { offset: 4, bytes: [4, 5], fin: false });
  assertEquals(take(buffer, 9), { offset: 6, bytes: [6, 7, 8], fin: false });
});

Deno.test("SendBuffer.onLost() repeats no byte that another packet brought", () => {
  const buffer = bufferOf(NO_LIMIT, 9);
  take(buffer, 9);
  buffer.onAcked(2, 3, false);
  buffer.onLost(0, 9, false);
  assertEquals(take(buffer, 9)?.bytes, [0, 1]);
  assertEquals(take(buffer, 9)?.bytes, [5, 6, 7, 8]);
  assertEquals(take(buffer, 9), undefined);
});

Deno.test("SendBuffer.onAcked() takes back what was believed lost", () => {
  const buffer = bufferOf(NO_LIMIT, 9);
  take(buffer, 9);
  buffer.onLost(0, 9, false);
  buffer.onAcked(3, 3, false);
  assertEquals(take(buffer, 9)?.bytes, [0, 1, 2]);
  buffer.onAcked(6, 3, false);
  assertEquals(take(buffer, 9), undefined);
});

Deno.test("SendBuffer.onLost() repeats the end mark until it is acknowledged", () => {
  const buffer = bufferOf(NO_LIMIT, 2);
  buffer.finish();
  take(buffer, 9);
  buffer.onAcked(0, 0, false);
  buffer.onLost(0, 2, true);
  assertEquals(take(buffer, 9), { offset: 0, bytes: [0, 1], fin: true });
  buffer.onLost(2, 0, true);
  assertEquals(take(buffer, 9), { offset: 2, bytes: [], fin: true });
  buffer.onAcked(0, 2, true);
  assertEquals(buffer.isDone, true);
  buffer.onLost(0, 2, true);
  assertEquals(take(buffer, 9), undefined);
});

Deno.test("SendBuffer.bufferedBytes falls as the beginning is acknowledged", () => {
  const buffer = bufferOf(NO_LIMIT, 4, 4);
  take(buffer, 8);
  assertEquals(buffer.bufferedBytes, 8);
  buffer.onAcked(4, 4, false);
  assertEquals(buffer.bufferedBytes, 8);
  buffer.onAcked(0, 4, false);
  assertEquals(buffer.bufferedBytes, 0);
});

Deno.test("SendBuffer lets acknowledged chunks go", () => {
  const buffer = new SendBuffer(0, NO_LIMIT);
  // More than the released slots that may stay.
  for (let i = 0; i < 1_000; i++) {
    buffer.write(Uint8Array.of(i & 255));
    const sent = take(buffer, 9)!;
    assertEquals(sent.bytes, [i & 255]);
    buffer.onAcked(sent.offset, 1, false);
    assertEquals(buffer.bufferedBytes, 0);
  }
});

Deno.test("SendBuffer.discard() ends everything", () => {
  const buffer = bufferOf(NO_LIMIT, 9);
  take(buffer, 4);
  buffer.discard();
  assertEquals(buffer.bufferedBytes, 0);
  assertEquals(buffer.isDone, true);
  buffer.onLost(0, 4, false);
  buffer.onAcked(0, 2, false);
  assertEquals(take(buffer, 9), undefined);
  assertEquals([buffer.hasNew, buffer.hasUncredited], [false, false]);
});

Deno.test("SendBuffer.write() refuses bytes after the end", () => {
  const buffer = bufferOf(NO_LIMIT);
  buffer.finish();
  assertThrows(() => buffer.write(new Uint8Array(1)), AssertionError);
});

Deno.test("SendBuffer.whenDrained() tells once when few enough bytes wait", () => {
  const buffer = bufferOf(NO_LIMIT, 10);
  let calls = 0;
  buffer.whenDrained(4, () => calls++);
  take(buffer, 10);
  buffer.onAcked(4, 6, false);
  assertEquals(calls, 0);
  buffer.onAcked(0, 1, false);
  assertEquals(calls, 0);
  buffer.onAcked(1, 3, false);
  assertEquals(calls, 1);
  buffer.write(new Uint8Array(1));
  take(buffer, 1);
  buffer.onAcked(10, 1, false);
  assertEquals(calls, 1);
});

Deno.test("SendBuffer.whenDrained() tells at once if it is so, and never after the stream was cut off", () => {
  const buffer = bufferOf(NO_LIMIT, 10);
  let calls = 0;
  buffer.whenDrained(10, () => calls++);
  assertEquals(calls, 1);
  buffer.whenDrained(9, () => calls++);
  take(buffer, 10);
  buffer.discard();
  buffer.onAcked(0, 10, false);
  assertEquals(calls, 1);
});
