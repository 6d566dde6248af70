import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  concatBytes,
  decodeHex,
  Reader,
  Writer,
} from "../../../lib/base/bytes.ts";
import { TransportError } from "../../../lib/wire/error_code.ts";
import {
  decodeFrames,
  type Frame,
  isAckEliciting,
  isAllowedInLogin,
  MAX_ACK_RANGES,
  MAX_REASON_BYTES,
  MAX_REQUESTED_ACK_DELAY_US,
  MAX_STREAM_COUNT,
} from "../../../lib/wire/frame.ts";

const DATA = new Uint8Array();

/** One frame of every type. */
const ALL: readonly Frame[] = [
  { type: "padding", length: 1 },
  { type: "ping" },
  { type: "ack", largest: 0, delayUs: 0, ranges: [0, 1] },
  { type: "resetStream", streamId: 0, errorCode: 0, finalSize: 0 },
  { type: "stopSending", streamId: 0, errorCode: 0 },
  { type: "auth", offset: 0, data: DATA },
  { type: "stream", streamId: 0, offset: 0, data: DATA, fin: false },
  { type: "maxData", maximum: 0 },
  { type: "maxStreamData", streamId: 0, maximum: 0 },
  { type: "maxStreams", maximum: 0 },
  { type: "dataBlocked", limit: 0 },
  { type: "streamDataBlocked", streamId: 0, limit: 0 },
  { type: "streamsBlocked", limit: 0 },
  { type: "pathChallenge", data: DATA },
  { type: "pathResponse", data: DATA },
  { type: "immediateAck" },
  { type: "ackFrequency", sequence: 0, threshold: 1, maxAckDelayUs: 0 },
  { type: "connectionClose", code: 0, frameType: 0, reason: "" },
  { type: "applicationClose", code: 0, reason: "" },
  { type: "datagram", data: DATA },
];

function decode(hex: string): Frame[] {
  return decodeFrames(new Reader(decodeHex(hex)));
}

Deno.test("isAckEliciting() is false for PADDING, ACK and the close frames", () => {
  const others = ALL.filter((frame) => !isAckEliciting(frame));
  assertEquals(others.map((frame) => frame.type), [
    "padding",
    "ack",
    "connectionClose",
    "applicationClose",
  ]);
});

Deno.test("isAllowedInLogin() is true for what a login needs", () => {
  const allowed = ALL.filter(isAllowedInLogin);
  assertEquals(allowed.map((frame) => frame.type), [
    "padding",
    "ping",
    "ack",
    "auth",
    "connectionClose",
    "applicationClose",
  ]);
});

Deno.test("decodeFrames() keeps the order of frames", () => {
  const frames = decode("00000100020500000008" + "04" + "aabb");
  assertEquals(frames, [
    { type: "padding", length: 2 },
    { type: "ping" },
    { type: "padding", length: 1 },
    { type: "ack", largest: 5, delayUs: 0, ranges: [5, 6] },
    {
      type: "stream",
      streamId: 4,
      offset: 0,
      data: decodeHex("aabb"),
      fin: false,
    },
  ]);
});

Deno.test("decodeFrames() reads from the reader's position to its end", () => {
  const bytes = decodeHex("ff0101ff");
  const reader = new Reader(bytes, 1, 3);
  assertEquals(decodeFrames(reader), [{ type: "ping" }, { type: "ping" }]);
  assertEquals(reader.remaining, 0);
});

Deno.test("decodeFrames() reads padding no further than the end", () => {
  const reader = new Reader(new Uint8Array(10), 2, 6);
  assertEquals(decodeFrames(reader), [{ type: "padding", length: 4 }]);
});

Deno.test("decodeFrames() borrows data from the reader's array", () => {
  const bytes = decodeHex("0a0002aabb060001cc3101dd");
  for (const frame of decodeFrames(new Reader(bytes))) {
    if (!("data" in frame)) continue;
    assertStrictEquals(frame.data.buffer, bytes.buffer);
  }
});

Deno.test("decodeFrames() takes as many ACK ranges as allowed", () => {
  const furtherRanges = MAX_ACK_RANGES - 1;
  const further = "0000".repeat(furtherRanges);
  const frames = decode("02" + "4400" + "00" + "3f" + "00" + further);
  assertEquals(frames.length, 1);
  const ack = frames[0]!;
  if (ack.type !== "ack") throw new Error("not an ACK");
  assertEquals(ack.ranges.length, 2 * MAX_ACK_RANGES);
  assertEquals(ack.ranges.slice(-2), [
    1024 - 2 * furtherRanges,
    1025 - 2 * furtherRanges,
  ]);
});

Deno.test("decodeFrames() takes the largest values", () => {
  assertEquals(decode("02c01ffffffffffffe00" + "00" + "c01ffffffffffffe"), [{
    type: "ack",
    largest: Number.MAX_SAFE_INTEGER - 1,
    delayUs: 0,
    ranges: [0, Number.MAX_SAFE_INTEGER],
  }]);
  assertEquals(decode("12c010000000000000"), [{
    type: "maxStreams",
    maximum: MAX_STREAM_COUNT,
  }]);
  assertEquals(decode("0800"), [{
    type: "stream",
    streamId: 0,
    offset: 0,
    data: DATA,
    fin: false,
  }]);
});

Deno.test("decodeFrames() takes ACK_FREQUENCY up to its limits and not beyond", () => {
  const frame = (threshold: number, maxAckDelayUs: number) => {
    const writer = new Writer(new Uint8Array(20));
    writer.u8(0xaf);
    writer.varint(7);
    writer.varint(threshold);
    writer.varint(maxAckDelayUs);
    return new Reader(writer.bytes, 0, writer.position);
  };
  const longest = MAX_REQUESTED_ACK_DELAY_US;
  assertEquals(decodeFrames(frame(1, longest)), [{
    type: "ackFrequency",
    sequence: 7,
    threshold: 1,
    maxAckDelayUs: longest,
  }]);
  for (const [threshold, delayUs] of [[0, 1], [1, longest + 1]] as const) {
    const error = assertThrows(
      () => decodeFrames(frame(threshold, delayUs)),
      TransportError,
    );
    assertEquals([error.code, error.frameType], [7, 0xaf]);
  }
});

Deno.test("decodeFrames() takes a reason of the greatest length", () => {
  const reason = "a".repeat(MAX_REASON_BYTES);
  const bytes = concatBytes(
    decodeHex("1d004100"),
    new TextEncoder().encode(reason),
  );
  assertEquals(decodeFrames(new Reader(bytes)), [{
    type: "applicationClose",
    code: 0,
    reason,
  }]);
});

Deno.test("decodeFrames() keeps a byte order mark in a reason", () => {
  assertEquals(decode("1d0003efbbbf"), [{
    type: "applicationClose",
    code: 0,
    reason: "\ufeff",
  }]);
});

Deno.test("decodeFrames() refuses every frame that is cut off", () => {
  const whole = [
    "02406441900205030007" + "01",
    "0404410080010000",
    "050407",
    "06404003aabbcc",
    "0f04440001aa",
    "1080400000",
    "110480100000",
    "124040",
    "1480400000",
    "150480100000",
    "164040",
    "1a0001020304050607",
    "1b0001020304050607",
    "1c070203616263",
    "1d0503616263",
    "3102aabb",
    "af4001400a80013880",
  ];
  for (const hex of whole) {
    const bytes = decodeHex(hex);
    assertEquals(decodeFrames(new Reader(bytes)).length, 1);
    for (let length = 1; length < bytes.length; length++) {
      const error = assertThrows(
        () => decodeFrames(new Reader(bytes, 0, length)),
        TransportError,
      );
      assertEquals([error.code, error.frameType], [7, bytes[0]!]);
    }
  }
});
