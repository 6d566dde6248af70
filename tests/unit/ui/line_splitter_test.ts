import { assertEquals } from "@std/assert";
import { type InputLine, LineSplitter } from "../../../lib/ui/line_splitter.ts";

const encoder = new TextEncoder();

function split(text: string, limit = 10, pieceBytes = 1000): InputLine[] {
  const splitter = new LineSplitter(limit);
  const bytes = encoder.encode(text);
  const lines: InputLine[] = [];
  for (let i = 0; i < bytes.length; i += pieceBytes) {
    lines.push(...splitter.handleInput(bytes.subarray(i, i + pieceBytes)));
  }
  return [...lines, ...splitter.handleEnd()];
}

function line(text: string): InputLine {
  return { type: "line", text };
}

Deno.test("LineSplitter takes the last line with or without line break", () => {
  assertEquals(split("a\nb\n"), [line("a"), line("b")]);
  assertEquals(split("a\nb"), [line("a"), line("b")]);
  assertEquals(split(""), []);
  assertEquals(split("\n\n"), [line(""), line("")]);
});

Deno.test("LineSplitter takes Windows' line breaks", () => {
  assertEquals(split("a\r\nb\r\n"), [line("a"), line("b")]);
  assertEquals(split("a\rb"), [line("a\rb")]);
});

Deno.test("LineSplitter takes a line of exactly the limit", () => {
  const longest = "👍".repeat(10);
  assertEquals(split(`${longest}\r\n`), [line(longest)]);
});

Deno.test("LineSplitter counts a line that is too long", () => {
  assertEquals(split(`${"👍".repeat(11)}\nb`), [
    { type: "tooLong", characters: 11 },
    line("b"),
  ]);
  assertEquals(split("x".repeat(5000)), [
    { type: "tooLong", characters: 5000 },
  ]);
});

Deno.test("LineSplitter decodes the same however input is cut", () => {
  const text = "\u{feff}é\n👍👍\r\n" + "x".repeat(40) + "\n\nlast";
  const whole = split(text);
  assertEquals(whole[0], line("é"));
  for (let size = 1; size < 30; size++) {
    assertEquals(split(text, 10, size), whole);
  }
});

Deno.test("LineSplitter replaces what is not UTF-8", () => {
  const splitter = new LineSplitter(10);
  const lines = splitter.handleInput(new Uint8Array([0x61, 0xff, 0x0a]));
  assertEquals(lines, [line("a\ufffd")]);
});
