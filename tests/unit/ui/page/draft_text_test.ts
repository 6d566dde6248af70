import { assertEquals } from "@std/assert";
import {
  firstCharacters,
  isQuit,
  messageText,
} from "../../../../lib/ui/page/draft_text.ts";

Deno.test("messageText() drops empty lines before and space behind the text", () => {
  assertEquals(messageText("\n \n\t\nhello \n\n"), "hello");
  assertEquals(messageText(" \n\t "), "");
});

Deno.test("messageText() keeps what is inside, and the first line's indentation", () => {
  assertEquals(messageText("  a\n\n  b"), "  a\n\n  b");
});

Deno.test("isQuit() takes QUIT alone", () => {
  assertEquals(isQuit("QUIT"), true);
  assertEquals(isQuit(" QUIT\n"), true);
});

Deno.test("isQuit() takes nothing else for it", () => {
  for (
    const draft of ["quit", "QUIT now", "Q U I T", "", "\n".repeat(99) + "QUIT"]
  ) {
    assertEquals(isQuit(draft), false, draft);
  }
});

Deno.test("firstCharacters() cuts between characters, never inside one", () => {
  assertEquals(firstCharacters("a😀b", 2), "a😀");
  assertEquals(firstCharacters("a😀b", 9), "a😀b");
  assertEquals(firstCharacters("a😀b", 0), "");
});
