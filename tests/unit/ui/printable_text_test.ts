import { assert, assertEquals } from "@std/assert";
import {
  escapedText,
  jsonLine,
  messageLine,
  printableText,
} from "../../../lib/ui/printable_text.ts";

Deno.test("printableText() shows control characters instead of sending them", () => {
  assertEquals(
    printableText("\x1b[31m\x07\x00\x7f\r\n"),
    "␛[31m␇␀␡␍␊",
  );
  assertEquals(printableText("a\tb"), "a b");
  assertEquals(printableText("\x9b31m\x85"), "\ufffd31m\ufffd");
});

Deno.test("printableText() takes the power from bidi controls", () => {
  for (const code of [0x202a, 0x202b, 0x202c, 0x202d, 0x202e]) {
    assertEquals(printableText(String.fromCharCode(code)), "\ufffd");
  }
  assertEquals(printableText("\u2066\u2067\u2068\u2069"), "\ufffd".repeat(4));
  assertEquals(printableText("\u2028\u2029"), "\ufffd\ufffd");
});

Deno.test("printableText() leaves every script and emoji alone", () => {
  const text = "Žluťoučký مرحبا שלום नमस्ते 字 👩‍🚀 ❤️ x\u00a0y\u200f";
  assertEquals(printableText(text), text);
});

Deno.test("escapedText() keeps everything on one line", () => {
  assertEquals(
    escapedText("a\nb\r\\n\x1b\u202e\u2028\t."),
    "a\\nb\\r\\\\n\\u001b\\u202e\\u2028\t.",
  );
});

Deno.test("escapedText() is undone by a JSON reader", () => {
  let all = "";
  for (let code = 0; code < 0x3000; code++) all += String.fromCharCode(code);
  all += "👩‍🚀\\u0041";
  const escaped = escapedText(all);
  assert(!escaped.includes("\n"));
  const json = `"${escaped.replaceAll('"', '\\"').replaceAll("\t", "\\t")}"`;
  assertEquals(JSON.parse(json), all);
});

Deno.test("messageLine() keeps name and text apart", () => {
  const line = (author: string, text: string) =>
    messageLine({ author, text, style: "plain" });
  assertEquals(line("Ani", "a: b\nc"), "Ani: a: b\\nc\n");
  assertEquals(line("A: B", "x"), "A\\u003a B: x\n");
});

Deno.test("messageLine() shows an action as it was typed", () => {
  const action = { author: "Ani", text: "waves", style: "action" } as const;
  assertEquals(messageLine(action), "Ani: /me waves\n");
});

Deno.test("messageLine() shows an announcement as it was typed", () => {
  const message = {
    author: "Ani",
    text: "hear",
    style: "announcement",
  } as const;
  assertEquals(messageLine(message), "Ani: /announce hear\n");
});

Deno.test("jsonLine() is JSON on one line without a sign that steers a terminal", () => {
  const value = { text: "\x1b[2J\x9b31m\u202e\n\u2028" };
  const line = jsonLine(value);
  assertEquals(JSON.parse(line), value);
  assertEquals(printableText(line.slice(0, -1)), line.slice(0, -1));
});
