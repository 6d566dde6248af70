import { assertEquals } from "@std/assert";
import { findCode } from "../../../lib/chat/code_ranges.ts";

function codeOf(text: string): readonly (readonly [string, boolean])[] {
  return findCode(text).map(({ code, isBlock }) => [code, isBlock]);
}

Deno.test("findCode() finds code inside a line", () => {
  assertEquals(findCode("run `ls -l` now"), [
    { start: 4, end: 11, code: "ls -l", isBlock: false },
  ]);
});

Deno.test("findCode() ends code with as many marks as it began with", () => {
  assertEquals(codeOf("``a ` b`` and `c`"), [["a ` b", false], ["c", false]]);
});

Deno.test("findCode() takes a mark that is not closed on its line for a mark", () => {
  assertEquals(codeOf("it`s\nyours`"), []);
  assertEquals(codeOf("``` and `x`"), [["x", false]]);
});

Deno.test("findCode() finds nothing where nothing is between the marks", () => {
  assertEquals(codeOf("` ` and ``"), []);
  assertEquals(codeOf("```\n\n```"), []);
});

Deno.test("findCode() finds blocks of lines", () => {
  const text = "look:\n```ts\nlet a = `1`;\n\nlet b;\n```\nand `c`";
  assertEquals(codeOf(text), [
    ["let a = `1`;\n\nlet b;", true],
    ["c", false],
  ]);
  const [block] = findCode(text);
  assertEquals(text.slice(block!.end), "\nand `c`");
});

Deno.test("findCode() takes a block that is not closed for lines", () => {
  assertEquals(codeOf("```\nlet `a`"), [["a", false]]);
});

Deno.test("findCode() reads a text of marks at once", () => {
  const startMs = performance.now();
  for (const line of ["```a\n", "`", "` ", "``` `` `\n", "`a``b```c"]) {
    findCode(line.repeat(16_000 / line.length));
  }
  // A hundred times what it takes: only a quadratic search is slower.
  assertEquals(performance.now() - startMs < 5_000, true);
});
