import type { Prng } from "../../lib/base/prng.ts";

/** Numbers where something begins, ends or overflows. */
const EDGES: readonly number[] = [
  0,
  1,
  2,
  63,
  64,
  255,
  256,
  1_200,
  16_383,
  16_384,
  65_536,
  2 ** 20,
  2 ** 30 - 1,
  2 ** 30,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 62 - 1,
];

/** A number that decides something, or a small one. */
export function drawNumber(prng: Prng): number {
  if (prng.ratio(1, 2)) return prng.below(32);
  const edge = EDGES[prng.below(EDGES.length)]!;
  return prng.ratio(1, 4) && edge < 2 ** 53 ? Math.max(0, edge - 1) : edge;
}

/** A number as a varint of RFC 9000, at times longer than it need be, at times too large for this protocol. */
export function encodeAnyVarint(prng: Prng, value: number): number[] {
  const shortest = value < 64
    ? 0
    : value < 16_384
    ? 1
    : value < 2 ** 30
    ? 2
    : 3;
  const size = prng.ratio(1, 16) ? prng.between(shortest, 3) : shortest;
  const bytes: number[] = [];
  let rest = value;
  for (let left = 1 << size; left > 0; left--) {
    bytes.unshift(rest % 256);
    rest = Math.floor(rest / 256);
  }
  bytes[0]! |= size << 6;
  return bytes;
}

/** A copy of some bytes with a little damage of the kinds that structure does not survive. */
export function mutate(prng: Prng, input: Uint8Array): Uint8Array {
  const bytes = Array.from(input);
  for (let left = prng.between(1, 4); left > 0; left--) {
    // The start is where the structure is.
    const reach = prng.ratio(1, 2) ? Math.min(24, bytes.length) : bytes.length;
    const at = prng.below(reach + 1);
    switch (prng.below(6)) {
      case 0:
        bytes.length = Math.min(at, bytes.length);
        break;
      case 1:
        bytes.splice(at, 0, ...prng.bytes(prng.below(9)));
        break;
      case 2:
        bytes.splice(at, prng.below(9));
        break;
      case 3:
        bytes.splice(at, 0, ...bytes.slice(at, at + prng.below(40)));
        break;
      case 4: {
        const number = encodeAnyVarint(prng, drawNumber(prng));
        bytes.splice(at, number.length, ...number);
        break;
      }
      default:
        if (at < bytes.length) bytes[at]! ^= 1 << prng.below(8);
    }
  }
  return Uint8Array.from(bytes);
}
