import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { mentionNames } from "../../../lib/chat/mentions.ts";
import { textParts } from "../../../lib/ui/text_ranges.ts";

const NAMES = mentionNames(["Ani"]);

Deno.test("textParts() leaves plain text whole", () => {
  assertEquals(textParts("<b>hi</b> & you", NAMES), [
    { type: "text", text: "<b>hi</b> & you" },
  ]);
  assertEquals(textParts("", NAMES), []);
});

Deno.test("textParts() tells code, addresses and names from text", () => {
  const text = "@Ani see https://example.org and `rm`\n```\na\nb\n```";
  assertEquals(textParts(text, NAMES), [
    { type: "mention", text: "@Ani", name: "Ani" },
    { type: "text", text: " see " },
    {
      type: "link",
      text: "https://example.org",
      href: "https://example.org/",
    },
    { type: "text", text: " and " },
    { type: "code", text: "rm" },
    { type: "text", text: "\n" },
    { type: "codeBlock", text: "a\nb" },
  ]);
});

Deno.test("textParts() finds nothing in code", () => {
  assertEquals(textParts("`@Ani https://example.org`", NAMES), [
    { type: "code", text: "@Ani https://example.org" },
  ]);
});

Deno.test("textParts() leaves an address whole that has a name in it", () => {
  assertEquals(
    textParts("https://example.org/@Ani", NAMES).map(({ type }) => type),
    ["link"],
  );
});

Deno.test("textParts() loses nothing of any text but the marks of code", () => {
  const piece = fc.constantFrom(
    "@Ani",
    "`",
    "``",
    "```\n",
    "\n```\n",
    "https://example.org",
    " ",
    "a",
    "<b>",
    "🦊",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      const shown = textParts(text, NAMES).map(({ text }) => text).join("");
      const bare = (text: string) => text.replaceAll(/[`\n]/g, "");
      assertEquals(bare(shown), bare(text));
    }),
    { numRuns: 500 },
  );
});
