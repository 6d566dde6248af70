import { assertEquals } from "@std/assert";
import { countCharacters } from "../../../lib/chat/character_count.ts";

Deno.test("countCharacters() counts code points, not UTF-16 units", () => {
  assertEquals(countCharacters(""), 0);
  assertEquals(countCharacters("héllo"), 5);
  assertEquals(countCharacters("a🙂b🇮🇩"), 5);
});
