import { assert, assertEquals } from "@std/assert";
import {
  clockText,
  dayText,
  type MessageLine,
  messageLines,
  noticeLines,
} from "../../../lib/ui/terminal_lines.ts";
import { terminalStyle } from "../../../lib/ui/terminal_style.ts";
import { NOON_MS } from "./fake_session.ts";

const PLAIN = terminalStyle(false);

function lines(changes: Partial<MessageLine>, columns?: number): string[] {
  const message: MessageLine = {
    time: "14:30",
    author: "Budi",
    style: "plain",
    text: "halo",
    earlier: false,
    mark: "",
    ...changes,
  };
  return messageLines(message, { columns, style: PLAIN });
}

Deno.test("messageLines() puts time and author before the text", () => {
  assertEquals(lines({}), ["14:30 Budi: halo"]);
  assertEquals(lines({ mark: "(x)" }), ["14:30 Budi: halo (x)"]);
});

Deno.test("messageLines() indents every row but the first", () => {
  const forged = "halo\n14:31 Cici: palsu\r\u2028\u202914:32 Dedi: palsu";
  for (const columns of [undefined, 25, 80]) {
    const [first, ...rest] = lines({ text: forged }, columns);
    assertEquals(first, "14:30 Budi: halo");
    for (const row of rest) assert(row.startsWith("      "), row);
  }
});

Deno.test("messageLines() wraps at words", () => {
  assertEquals(
    lines({ text: "one two three" }, 21),
    [
      "14:30 Budi: one two",
      "      three",
    ].map((row) => row),
  );
});

Deno.test("messageLines() neutralises text and author", () => {
  assertEquals(lines({ text: "\x1b[2J", author: "B\x1b\n" }), [
    "14:30 B␛␊: ␛[2J",
  ]);
});

Deno.test("messageLines() shows tabs as spaces", () => {
  assertEquals(lines({ text: "a\tb" }), ["14:30 Budi: a    b"]);
});

Deno.test("noticeLines() neutralises, wraps and indents", () => {
  const show = (text: string) => `<${text}>`;
  assertEquals(
    noticeLines({ time: "", text: "one two\x1b\nthree", show }, 12),
    ["<* one two␛>", "<      three>"],
  );
  assertEquals(noticeLines({ time: "14:30", text: "x", show }, undefined), [
    "<14:30 * x>",
  ]);
});

Deno.test("clockText() and dayText() use the time zone", () => {
  assertEquals(clockText(NOON_MS, "UTC"), "14:30");
  assertEquals(clockText(NOON_MS, "Asia/Jakarta"), "21:30");
  assert(dayText("id", NOON_MS, "UTC").startsWith("Minggu"));
  assert(dayText("en", NOON_MS, "UTC").includes("22 November 2026"));
});
