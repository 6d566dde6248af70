import { assertEquals, assertThrows } from "@std/assert";
import { decodeHex, encodeHex } from "../../../lib/base/bytes.ts";
import { encodeFields, FieldReader } from "../../../lib/chat/cbor.ts";
import { ProtocolError } from "../../../lib/chat/protocol_error.ts";

Deno.test("encodeFields() writes one array in the shortest form", () => {
  const body = encodeFields([
    5,
    70_000,
    "é",
    true,
    false,
    new Uint8Array([1, 2]),
  ]);
  assertEquals(encodeHex(body), "86051a0001117062c3a9f5f4420102");
});

Deno.test("FieldReader reads what encodeFields() wrote", () => {
  const fields = new FieldReader(
    encodeFields([2 ** 53 - 1, "", new Uint8Array(0), true]),
  );
  assertEquals(fields.uint(), 2 ** 53 - 1);
  assertEquals(fields.text(0), "");
  assertEquals(fields.bytes(0), new Uint8Array(0));
  assertEquals(fields.bool(), true);
  fields.end();
});

Deno.test("FieldReader.bytes() gives a copy", () => {
  const body = encodeFields([new Uint8Array([1, 2])]);
  const bytes = new FieldReader(body).bytes(2);
  body.fill(0);
  assertEquals(bytes, new Uint8Array([1, 2]));
});

Deno.test("FieldReader.bytesUpTo() takes what is not longer", () => {
  for (const length of [0, 1, 5]) {
    const bytes = new Uint8Array(length).fill(7);
    assertEquals(new FieldReader(encodeFields([bytes])).bytesUpTo(5), bytes);
  }
  for (const field of [new Uint8Array(6), "bytes", 1]) {
    const fields = new FieldReader(encodeFields([field]));
    assertThrows(() => fields.bytesUpTo(5), ProtocolError);
  }
});

Deno.test("FieldReader keeps a leading U+FEFF of short and long texts", () => {
  for (const text of ["\ufeffa", "\ufeff" + "a".repeat(100)]) {
    assertEquals(new FieldReader(encodeFields([text])).text(200), text);
  }
});

for (
  const [what, hex] of [
    ["nothing", ""],
    ["no array", "05"],
    ["a map", "a0"],
    ["bytes after the array", "8000"],
    ["an array that ends early", "8201"],
    ["a negative integer", "8120"],
    ["an integer longer than necessary", "811801"],
    ["an integer above 2^53 - 1", "811b0020000000000000"],
    ["a float", "81f93c00"],
    ["null", "81f6"],
    ["undefined", "81f7"],
    ["a tag", "81c100"],
    ["a map inside", "81a0"],
    ["an array of unknown length", "9fff"],
    ["a text of unknown length", "817f6161ff"],
    ["bytes of unknown length", "815f4101ff"],
    ["a text longer than the input", "817a7fffffff61"],
    ["bytes longer than the input", "815affffffff00"],
    ["an array longer than the input", "9affffffff"],
    ["a short text that is not UTF-8", "8162c328"],
    ["an overlong text", "8162c080"],
    ["a surrogate as text", "8163eda080"],
    ["an array inside", "8180"],
  ] as const
) {
  Deno.test(`FieldReader refuses ${what}`, () => {
    assertThrows(() => new FieldReader(decodeHex(hex)), ProtocolError);
  });
}

Deno.test("FieldReader refuses a long text that is not UTF-8", () => {
  const body = encodeFields(["x".repeat(100)]);
  body[50] = 0xff;
  assertThrows(() => new FieldReader(body), ProtocolError);
});

Deno.test("FieldReader refuses nested arrays before it recurses into them", () => {
  const body = new Uint8Array(60_000).fill(0x81);
  assertThrows(() => new FieldReader(body), ProtocolError);
});

Deno.test("FieldReader refuses a field of another type", () => {
  const body = encodeFields([1]);
  assertThrows(() => new FieldReader(body).text(9), ProtocolError);
  assertThrows(() => new FieldReader(body).bytes(1), ProtocolError);
  assertThrows(() => new FieldReader(body).bool(), ProtocolError);
  const text = encodeFields(["1"]);
  assertThrows(() => new FieldReader(text).uint(), ProtocolError);
});

Deno.test("FieldReader.uint() refuses more than its limit", () => {
  const body = encodeFields([8]);
  assertEquals(new FieldReader(body).uint(8), 8);
  assertThrows(() => new FieldReader(body).uint(7), ProtocolError);
});

Deno.test("FieldReader.text() counts code points", () => {
  const body = encodeFields(["🙂🙂"]);
  assertEquals(new FieldReader(body).text(2), "🙂🙂");
  assertThrows(() => new FieldReader(body).text(1), ProtocolError);
});

Deno.test("FieldReader.bytes() wants the exact length", () => {
  const body = encodeFields([new Uint8Array(3)]);
  assertThrows(() => new FieldReader(body).bytes(2), ProtocolError);
  assertThrows(() => new FieldReader(body).bytes(4), ProtocolError);
});

Deno.test("FieldReader.end() refuses fields that are left", () => {
  const fields = new FieldReader(encodeFields([1, 2]));
  fields.uint();
  assertThrows(() => fields.end(), ProtocolError);
});

Deno.test("FieldReader refuses to read past the last field", () => {
  const fields = new FieldReader(encodeFields([]));
  assertThrows(() => fields.uint(), ProtocolError);
});
