import {
  assert,
  assertEquals,
  assertFalse,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import {
  concatBytes,
  decodeHex,
  encodeHex,
  equalBytes,
  Reader,
  ShortInputError,
  varintBytes,
  Writer,
} from "../../../lib/base/bytes.ts";

/** RFC 9000 appendix A.1, without the one that is above 2^53 - 1. */
const RFC_VARINTS: readonly (readonly [string, number])[] = [
  ["9d7f3e7d", 494_878_333],
  ["7bbd", 15_293],
  ["25", 37],
];

/** The smallest and the largest value of every length. */
const VARINT_EDGES: readonly (readonly [string, number])[] = [
  ["00", 0],
  ["3f", 63],
  ["4040", 64],
  ["7fff", 16_383],
  ["80004000", 16_384],
  ["bfffffff", 1_073_741_823],
  ["c000000040000000", 1_073_741_824],
  ["c01fffffffffffff", Number.MAX_SAFE_INTEGER],
];

Deno.test("Reader.u8() u16() u32() read big-endian and unsigned", () => {
  const reader = new Reader(decodeHex("fffefdfcfbfaf9"));
  assertEquals(reader.u8(), 0xff);
  assertEquals(reader.u16(), 0xfefd);
  assertEquals(reader.u32(), 0xfcfbfaf9);
  assertEquals(reader.remaining, 0);
});

Deno.test("Reader.varint() reads the examples of RFC 9000", () => {
  for (const [hex, value] of RFC_VARINTS) {
    assertEquals(new Reader(decodeHex(hex)).varint(), value);
  }
});

Deno.test("Reader.varint() reads the edges of every length", () => {
  for (const [hex, value] of VARINT_EDGES) {
    const reader = new Reader(decodeHex(hex));
    assertEquals(reader.varint(), value);
    assertEquals(reader.remaining, 0);
  }
});

Deno.test("Reader.varint() accepts more bytes than necessary", () => {
  for (const hex of ["25", "4025", "80000025", "c000000000000025"]) {
    assertEquals(new Reader(decodeHex(hex)).varint(), 37);
  }
});

Deno.test("Reader.varint() refuses values above 2^53 - 1", () => {
  for (const hex of ["c020000000000000", "c2197c5eff14e88c"]) {
    assertThrows(() => new Reader(decodeHex(hex)).varint(), ShortInputError);
  }
});

Deno.test("Reader.varint() refuses every truncated integer", () => {
  for (const [hex] of [...RFC_VARINTS, ...VARINT_EDGES]) {
    const bytes = decodeHex(hex);
    for (let length = 0; length < bytes.length; length++) {
      assertThrows(
        () => new Reader(bytes, 0, length).varint(),
        ShortInputError,
      );
    }
  }
});

Deno.test("Reader reads nothing behind its end", () => {
  const bytes = new Uint8Array(8);
  assertThrows(() => new Reader(bytes, 4, 4).u8(), ShortInputError);
  assertThrows(() => new Reader(bytes, 3, 4).u16(), ShortInputError);
  assertThrows(() => new Reader(bytes, 1, 4).u32(), ShortInputError);
  assertThrows(() => new Reader(bytes, 1, 4).take(4), ShortInputError);
  assertThrows(() => new Reader(bytes, 1, 4).skip(4), ShortInputError);
});

Deno.test("Reader stays where it was when the input is short", () => {
  const reader = new Reader(decodeHex("80ffff"));
  assertThrows(() => reader.varint(), ShortInputError);
  assertThrows(() => reader.take(4), ShortInputError);
  assertEquals(reader.position, 0);
});

Deno.test("Reader.take() borrows from the array", () => {
  const bytes = decodeHex("00112233");
  const reader = new Reader(bytes, 1);
  const taken = reader.take(2);
  assertEquals(taken, decodeHex("1122"));
  assertStrictEquals(taken.buffer, bytes.buffer);
  assertEquals(reader.position, 3);
});

Deno.test("Reader.skip() passes over bytes", () => {
  const reader = new Reader(decodeHex("00112233"));
  reader.skip(3);
  assertEquals(reader.u8(), 0x33);
});

Deno.test("Reader starts inside its array only", () => {
  const bytes = new Uint8Array(4);
  assertThrows(() => new Reader(bytes, 5), AssertionError);
  assertThrows(() => new Reader(bytes, 0, 5), AssertionError);
});

Deno.test("Writer writes what Reader reads", () => {
  const writer = new Writer(new Uint8Array(9));
  writer.u8(0xff);
  writer.u16(0xfefd);
  writer.u32(0xfcfb_faf9);
  writer.put(decodeHex("f8f7"));
  assertEquals(writer.remaining, 0);
  assertEquals(encodeHex(writer.bytes), "fffefdfcfbfaf9f8f7");
});

Deno.test("Writer.varint() uses the shortest form", () => {
  for (const [hex, value] of [...RFC_VARINTS, ...VARINT_EDGES]) {
    const writer = new Writer(new Uint8Array(8));
    writer.varint(value);
    assertEquals(encodeHex(writer.bytes.subarray(0, writer.position)), hex);
  }
});

Deno.test("Writer writes nothing behind its end", () => {
  const bytes = new Uint8Array(8);
  assertThrows(() => new Writer(bytes, 4, 4).u8(1), AssertionError);
  assertThrows(() => new Writer(bytes, 3, 4).u16(1), AssertionError);
  assertThrows(() => new Writer(bytes, 1, 4).u32(1), AssertionError);
  assertThrows(() => new Writer(bytes, 3, 4).varint(64), AssertionError);
  assertThrows(
    () => new Writer(bytes, 3, 4).put(new Uint8Array(2)),
    AssertionError,
  );
  assertEquals(bytes, new Uint8Array(8));
});

Deno.test("Writer starts inside its array only", () => {
  const bytes = new Uint8Array(4);
  assertThrows(() => new Writer(bytes, 5), AssertionError);
  assertThrows(() => new Writer(bytes, 0, 5), AssertionError);
});

Deno.test("varintBytes() is the length that Writer.varint() uses", () => {
  for (const [hex, value] of VARINT_EDGES) {
    assertEquals(varintBytes(value), hex.length / 2);
  }
});

Deno.test("varintBytes() refuses what is no varint", () => {
  for (const value of [-1, 2 ** 53, 0.5, NaN, Infinity]) {
    assertThrows(() => varintBytes(value), AssertionError);
  }
});

Deno.test("concatBytes() joins in order and copies", () => {
  const part = decodeHex("01");
  const joined = concatBytes(part, new Uint8Array(), decodeHex("0203"));
  part[0] = 0xff;
  assertEquals(joined, decodeHex("010203"));
  assertEquals(concatBytes(), new Uint8Array());
});

Deno.test("equalBytes() compares length and every byte", () => {
  assert(equalBytes(new Uint8Array(), new Uint8Array()));
  assert(equalBytes(decodeHex("0102"), decodeHex("0102")));
  assertFalse(equalBytes(decodeHex("0102"), decodeHex("0103")));
  assertFalse(equalBytes(decodeHex("0102"), decodeHex("8102")));
  assertFalse(equalBytes(decodeHex("0102"), decodeHex("010200")));
});

Deno.test("encodeHex() writes two lower-case digits a byte", () => {
  assertEquals(encodeHex(Uint8Array.of(0, 9, 0xab, 0xff)), "0009abff");
  assertEquals(encodeHex(new Uint8Array()), "");
});

Deno.test("decodeHex() reads either case", () => {
  assertEquals(decodeHex("0009abFF"), Uint8Array.of(0, 9, 0xab, 0xff));
  assertEquals(decodeHex(""), new Uint8Array());
});

Deno.test("decodeHex() throws a SyntaxError for anything else", () => {
  for (const text of ["0", "0g", "0x00", "00 11", "+1", "00\n"]) {
    assertThrows(() => decodeHex(text), SyntaxError);
  }
});
