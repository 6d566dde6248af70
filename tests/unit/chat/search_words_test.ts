import { assertEquals } from "@std/assert";
import {
  MAX_MATCH_RANGES,
  MAX_SEARCH_WORDS,
  MAX_WORD_CHARACTERS,
} from "../../../lib/chat/limits.ts";
import { checkName } from "../../../lib/chat/name.ts";
import {
  authorNameKey,
  findTerms,
  searchTerms,
  wordsOf,
} from "../../../lib/chat/search_words.ts";

function marked(text: string, question: string): string[] | undefined {
  const ranges = findTerms(text, searchTerms(question));
  return ranges?.flatMap((start, i) =>
    i % 2 === 0 ? [text.slice(start, ranges[i + 1])] : []
  );
}

Deno.test("wordsOf() gives each word once, without case, accents and width", () => {
  assertEquals([...wordsOf("Pagi, pagi! Ｃａｆé 𝐂𝐀𝐅𝐄 10:30 «ﬁx»")], [
    "pagi",
    "cafe",
    "10",
    "30",
    "fix",
  ]);
  assertEquals([...wordsOf(" \0\u0301-…🙂")], []);
});

Deno.test("wordsOf() takes every character for a word where no spaces are written", () => {
  assertEquals([...wordsOf("会议abc")], ["会", "议", "abc"]);
});

Deno.test("wordsOf() gives letters and digits only, whatever they decompose into", () => {
  // An Arabic ligature of four words, a fraction, a letter that is two in
  // lower case.
  for (const word of wordsOf("ﷺ ½ İ")) {
    assertEquals(/^[\p{L}\p{N}]+$/u.test(word), true, word);
  }
});

Deno.test("wordsOf() cuts long words, without parting a character", () => {
  const [word] = wordsOf("𝒳x".repeat(100));
  assertEquals(word!.length <= MAX_WORD_CHARACTERS, true);
  assertEquals(word!.isWellFormed(), true);
  const [letters] = wordsOf("a" + "𐐷".repeat(100));
  assertEquals(letters!.isWellFormed(), true);
});

Deno.test("searchTerms() takes words, and beginnings of words that are long enough", () => {
  assertEquals(searchTerms('Rapat* "jam" ra* rapat'), [
    { word: "rapat", isPrefix: true },
    { word: "jam", isPrefix: false },
    { word: "ra", isPrefix: false },
  ]);
  assertEquals(searchTerms("* \"' -- ()"), []);
});

Deno.test("searchTerms() keeps its limits", () => {
  const many = searchTerms(
    Array.from({ length: 100 }, (_, i) => `kata${i}*`).join(" "),
  );
  assertEquals(many.length, MAX_SEARCH_WORDS);
});

Deno.test("findTerms() tells where all words are, or that one is missing", () => {
  assertEquals(marked("Café, cafés, CAFE", "cafe"), ["Café", "CAFE"]);
  assertEquals(marked("Café, cafés", "caf*"), ["Café", "cafés"]);
  assertEquals(marked("rapat jam dua", "dua rapat"), ["rapat", "dua"]);
  assertEquals(marked("rapat jam dua", "dua tiga"), undefined);
  assertEquals(marked("开会议了", "会议"), ["会议"]);
  assertEquals(marked("🙂 pagi", "pagi"), ["pagi"]);
  assertEquals(marked("pagi", ""), []);
});

Deno.test("findTerms() marks only so much", () => {
  const ranges = findTerms("a ".repeat(1_000), searchTerms("a"));
  assertEquals(ranges?.length, 2 * MAX_MATCH_RANGES);
});

Deno.test("authorNameKey() is the key of a name, and empty for what is none", () => {
  for (const name of ["Ani", "ani  maria", "STRASSE", "Ｚｕｌ", "Ayşe"]) {
    const check = checkName(name);
    assertEquals(check.type === "valid" && check.name.key, authorNameKey(name));
  }
  assertEquals(authorNameKey(" "), "");
});
