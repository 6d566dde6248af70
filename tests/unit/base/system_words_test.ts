import { assertEquals } from "@std/assert";
import { systemWords } from "../../../lib/base/system_words.ts";

Deno.test("systemWords() leaves out what Deno adds", () => {
  const error = new Error("Permission denied (os error 13): open 'a\nb'");
  assertEquals(systemWords(error), "Permission denied");
  assertEquals(systemWords(new Error("disk I/O error")), "disk I/O error");
  assertEquals(systemWords("gone"), "gone");
});
