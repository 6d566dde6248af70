import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { encodeHex, Reader, Writer } from "../../../lib/base/bytes.ts";
import { RangeSet } from "../../../lib/base/range_set.ts";
import {
  type ControlFrame,
  decodeFrames,
  MAX_ACK_RANGES,
} from "../../../lib/wire/frame.ts";
import {
  ackBytes,
  authHeaderBytes,
  controlFrameBytes,
  datagramHeaderBytes,
  encodeAck,
  encodeAuthHeader,
  encodeControlFrame,
  encodeDatagramHeader,
  encodePadding,
  encodeStreamHeader,
  streamHeaderBytes,
} from "../../../lib/wire/frame_encoder.ts";

const VALUES = [0, 63, 64, 16_383, 16_384, 2 ** 30, Number.MAX_SAFE_INTEGER];

/** How much an encoder writes. */
function lengthOf(encode: (writer: Writer) => void): number {
  const writer = new Writer(new Uint8Array(2048));
  encode(writer);
  return writer.position;
}

/** Every second integer: as many ranges as integers. */
function holes(count: number): RangeSet {
  const ranges = new RangeSet();
  for (let i = 0; i < count; i++) ranges.addOne(10 + 2 * i);
  return ranges;
}

function encodedAck(
  ranges: RangeSet,
  maxRanges: number,
): readonly number[] {
  const ack = { ranges, delayUs: 0, maxRanges };
  const writer = new Writer(new Uint8Array(ackBytes(ack)));
  encodeAck(writer, ack);
  assertEquals(writer.remaining, 0);
  const [frame] = decodeFrames(new Reader(writer.bytes));
  if (frame?.type !== "ack") throw new Error("not an ACK");
  return frame.ranges;
}

Deno.test("encodeAck() writes the highest ranges, highest first", () => {
  const ranges = new RangeSet();
  ranges.add(0, 5);
  ranges.add(7, 8);
  ranges.add(100, 300);
  assertEquals(encodedAck(ranges, 64), [100, 300, 7, 8, 0, 5]);
  assertEquals(encodedAck(ranges, 2), [100, 300, 7, 8]);
  assertEquals(encodedAck(ranges, 1), [100, 300]);
});

Deno.test("encodeAck() never writes more ranges than a peer takes", () => {
  const ranges = encodedAck(holes(MAX_ACK_RANGES + 10), 1000);
  assertEquals(ranges.length, 2 * MAX_ACK_RANGES);
});

Deno.test("encodeAck() asserts that there is something to acknowledge", () => {
  const writer = new Writer(new Uint8Array(100));
  const ack = { delayUs: 0, maxRanges: 1 };
  const empty = new RangeSet();
  assertThrows(
    () => encodeAck(writer, { ...ack, ranges: empty }),
    AssertionError,
  );
  assertThrows(
    () => encodeAck(writer, { ...ack, ranges: holes(1), maxRanges: 0 }),
    AssertionError,
  );
});

Deno.test("ackBytes() is what encodeAck() writes", () => {
  for (const end of VALUES) {
    for (const delayUs of VALUES) {
      for (const maxRanges of [1, 2, 64]) {
        const ranges = holes(70);
        if (end > 200) ranges.add(200, end);
        const ack = { ranges, delayUs, maxRanges };
        const length = lengthOf((writer) => encodeAck(writer, ack));
        assertEquals(ackBytes(ack), length);
      }
    }
  }
});

Deno.test("streamHeaderBytes() is what encodeStreamHeader() writes", () => {
  for (const streamId of VALUES) {
    for (const offset of VALUES) {
      for (const length of [undefined, 0, 63, 64, 1200]) {
        const header = { streamId, offset, length, fin: false };
        assertEquals(
          streamHeaderBytes(header),
          lengthOf((writer) => encodeStreamHeader(writer, header)),
        );
      }
    }
  }
});

Deno.test("authHeaderBytes() is what encodeAuthHeader() writes", () => {
  for (const offset of VALUES) {
    for (const length of [0, 63, 64, 1200]) {
      const header = { offset, length };
      assertEquals(
        authHeaderBytes(header),
        lengthOf((writer) => encodeAuthHeader(writer, header)),
      );
    }
  }
});

Deno.test("datagramHeaderBytes() is what encodeDatagramHeader() writes", () => {
  for (const length of [undefined, 0, 63, 64, 1200]) {
    assertEquals(
      datagramHeaderBytes(length),
      lengthOf((writer) => encodeDatagramHeader(writer, length)),
    );
  }
});

Deno.test("controlFrameBytes() is what encodeControlFrame() writes", () => {
  for (const value of VALUES) {
    const count = Math.min(value, 2 ** 52);
    const frames: ControlFrame[] = [
      { type: "ping" },
      { type: "immediateAck" },
      {
        type: "ackFrequency",
        sequence: value,
        threshold: Math.max(value, 1),
        maxAckDelayUs: value,
      },
      {
        type: "resetStream",
        streamId: value,
        errorCode: value,
        finalSize: value,
      },
      { type: "stopSending", streamId: value, errorCode: value },
      { type: "maxData", maximum: value },
      { type: "maxStreamData", streamId: value, maximum: value },
      { type: "maxStreams", maximum: count },
      { type: "dataBlocked", limit: value },
      { type: "streamDataBlocked", streamId: value, limit: value },
      { type: "streamsBlocked", limit: count },
      { type: "pathChallenge", data: new Uint8Array(8) },
      { type: "pathResponse", data: new Uint8Array(8) },
      {
        type: "connectionClose",
        code: value,
        frameType: value,
        reason: "é".repeat(value % 200),
      },
      { type: "applicationClose", code: value, reason: "why" },
    ];
    for (const frame of frames) {
      const writer = new Writer(new Uint8Array(controlFrameBytes(frame)));
      encodeControlFrame(writer, frame);
      assertEquals(writer.remaining, 0);
    }
  }
});

Deno.test("encodeControlFrame() cuts a long reason after a whole character", () => {
  const cases: [string, number][] = [
    ["a", 256],
    ["é", 256],
    ["€", 255],
    ["😀", 256],
  ];
  for (const [char, bytes] of cases) {
    const reason = char.repeat(300);
    const frame = { type: "applicationClose", code: 0, reason } as const;
    const writer = new Writer(new Uint8Array(controlFrameBytes(frame)));
    encodeControlFrame(writer, frame);
    const [decoded] = decodeFrames(new Reader(writer.bytes));
    if (decoded?.type !== "applicationClose") throw new Error("not a close");
    const encoded = new TextEncoder().encode(decoded.reason);
    assertEquals(encoded.length, bytes);
    assertEquals(decoded.reason, reason.slice(0, decoded.reason.length));
  }
});

Deno.test("encodeControlFrame() asserts the length of path data", () => {
  const data = new Uint8Array(7);
  assertThrows(
    () =>
      encodeControlFrame(new Writer(new Uint8Array(20)), {
        type: "pathChallenge",
        data,
      }),
    AssertionError,
  );
});

Deno.test("encodePadding() overwrites what is left and nothing else", () => {
  const bytes = new Uint8Array(6).fill(0xff);
  encodePadding(new Writer(bytes, 2, 5));
  assertEquals(encodeHex(bytes), "ffff000000ff");
});
