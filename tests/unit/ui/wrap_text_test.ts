import { assertEquals } from "@std/assert";
import { wrapText } from "../../../lib/ui/wrap_text.ts";

const TEN = { first: 10, rest: 10 };

Deno.test("wrapText() leaves what fits alone", () => {
  assertEquals(wrapText("", TEN), [""]);
  assertEquals(wrapText("one two 10", TEN), ["one two 10"]);
});

Deno.test("wrapText() breaks between words", () => {
  assertEquals(wrapText("one two three four", TEN), ["one two", "three four"]);
});

Deno.test("wrapText() gives the first row its own width", () => {
  assertEquals(wrapText("aa bb cc dd", { first: 3, rest: 8 }), [
    "aa",
    "bb cc dd",
  ]);
});

Deno.test("wrapText() keeps line breaks and the space at a line's start", () => {
  assertEquals(wrapText("if x\n\n  y\n", TEN), ["if x", "", "  y", ""]);
});

Deno.test("wrapText() breaks a word that fits no row", () => {
  assertEquals(wrapText("a abcdefghijklm", TEN), ["a", "abcdefghij", "klm"]);
});

Deno.test("wrapText() measures wide characters", () => {
  assertEquals(wrapText("字字字字字字", TEN), ["字字字字字", "字"]);
});

Deno.test("wrapText() does not cut what people see as one character", () => {
  assertEquals(wrapText("👩‍🚀👩‍🚀", { first: 3, rest: 3 }), ["👩‍🚀", "👩‍🚀"]);
});

Deno.test("wrapText() keeps a web address whole", () => {
  const address = "https://example.org/long";
  assertEquals(wrapText(`see ${address} now`, TEN), ["see", address, "now"]);
});

Deno.test("wrapText() breaks at spaces that are meant not to break", () => {
  // Padding must not push words to where another message would begin.
  assertEquals(wrapText("a" + "\u00a0".repeat(9) + "Budi: hi", TEN), [
    "a",
    "Budi: hi",
  ]);
});

Deno.test("wrapText() survives a terminal without room", () => {
  assertEquals(wrapText("ab 字", { first: -5, rest: 0 }), [
    "a",
    "b",
    "字",
  ]);
});
