import type { Prng } from "../../lib/base/prng.ts";
import { drawNumber, encodeAnyVarint } from "./mutation.ts";

/** What follows a frame's type: numbers, of any size or small ones, fixed bytes, or a length and so many bytes. */
type Field = "number" | "small" | "path" | "data" | "rest";

/** Every frame there is, and some that are not. */
const SHAPES: readonly { type: number; fields: readonly Field[] }[] = [
  { type: 0x00, fields: [] },
  { type: 0x01, fields: [] },
  { type: 0x02, fields: ["number", "number", "number", "number"] },
  { type: 0x04, fields: ["number", "number", "number"] },
  { type: 0x05, fields: ["number", "number"] },
  { type: 0x06, fields: ["number", "data"] },
  { type: 0x08, fields: ["number", "rest"] },
  { type: 0x0a, fields: ["number", "data"] },
  { type: 0x0b, fields: ["number", "data"] },
  { type: 0x0e, fields: ["number", "number", "data"] },
  { type: 0x0f, fields: ["number", "number", "data"] },
  { type: 0x10, fields: ["number"] },
  { type: 0x11, fields: ["number", "number"] },
  { type: 0x12, fields: ["number"] },
  { type: 0x14, fields: ["number"] },
  { type: 0x15, fields: ["number", "number"] },
  { type: 0x16, fields: ["number"] },
  { type: 0x1a, fields: ["path"] },
  { type: 0x1b, fields: ["path"] },
  { type: 0x1c, fields: ["number", "number", "data"] },
  { type: 0x1d, fields: ["number", "data"] },
  { type: 0x1f, fields: [] },
  { type: 0x30, fields: ["rest"] },
  { type: 0x31, fields: ["data"] },
  { type: 0xaf, fields: ["number", "number", "number"] },
  { type: 0xaf, fields: ["number", "small", "small"] },
  { type: 0x03, fields: ["number"] },
  { type: 0x18, fields: ["number", "data"] },
  { type: 0xff, fields: [] },
];

/** More does not fit the smallest packet. */
const MAX_PAYLOAD_BYTES = 1_100;

/** Frames as a peer might make them that knows the keys and wants to do harm: well formed, but with any numbers. */
export function drawFrames(prng: Prng): Uint8Array {
  const bytes: number[] = [];
  for (let left = prng.between(1, 5); left > 0; left--) {
    const { type, fields } = SHAPES[prng.below(SHAPES.length)]!;
    bytes.push(type);
    for (const field of fields) bytes.push(...drawField(prng, field));
    // An ACK may have many ranges.
    if (type === 0x02 && prng.ratio(1, 2)) {
      for (let pairs = prng.below(8); pairs > 0; pairs--) {
        bytes.push(prng.below(4), prng.below(4));
      }
    }
  }
  return Uint8Array.from(bytes.slice(0, MAX_PAYLOAD_BYTES));
}

function drawField(prng: Prng, field: Field): ArrayLike<number> & number[] {
  switch (field) {
    case "number":
      return encodeAnyVarint(prng, drawNumber(prng));
    // Of numbers drawn from all there are, few are within the limits of a frame.
    case "small":
      return encodeAnyVarint(prng, prng.below(100));
    case "path":
      return [...prng.bytes(8)];
    case "rest":
      return [...prng.bytes(prng.below(300))];
    case "data": {
      const data = prng.bytes(prng.below(300));
      const length = prng.ratio(1, 16) ? drawNumber(prng) : data.length;
      return [...encodeAnyVarint(prng, length), ...data];
    }
  }
}
