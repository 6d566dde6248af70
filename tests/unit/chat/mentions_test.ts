import { assertEquals } from "@std/assert";
import {
  findMentions,
  isMentioned,
  mentionNames,
} from "../../../lib/chat/mentions.ts";

function mentioned(text: string, ...names: readonly string[]): string[] {
  return findMentions(text, mentionNames(names)).map(({ name }) => name);
}

Deno.test("findMentions() finds a name behind its sign", () => {
  assertEquals(findMentions("hi @Ani!", mentionNames(["Ani"])), [
    { start: 3, end: 7, name: "Ani" },
  ]);
});

Deno.test("findMentions() folds names as the login does", () => {
  assertEquals(mentioned("@ANI", "Ani"), ["Ani"]);
  assertEquals(mentioned("@Rene\u0301", "René"), ["René"]);
  assertEquals(mentioned("@Ａｎｉ", "Ani"), ["Ani"]);
  assertEquals(mentioned("@Siti\u00a0Nur", "Siti Nur"), ["Siti Nur"]);
});

Deno.test("findMentions() takes the longest name", () => {
  assertEquals(mentioned("@Siti Nur ok", "Siti", "Siti Nur"), ["Siti Nur"]);
  assertEquals(mentioned("@Siti Nurul", "Siti", "Siti Nur"), ["Siti"]);
});

Deno.test("findMentions() ends a name where the word ends", () => {
  assertEquals(mentioned("@Anita", "Ani"), []);
  assertEquals(mentioned("@Ani_2", "Ani"), []);
  assertEquals(mentioned("@Ani's, @Ani: @Ani-Budi", "Ani"), [
    "Ani",
    "Ani",
    "Ani",
  ]);
});

Deno.test("findMentions() finds no name inside a word", () => {
  assertEquals(mentioned("x@Ani.example", "Ani"), []);
  assertEquals(mentioned("@@Ani", "Ani"), []);
  assertEquals(mentioned("(@Ani)", "Ani"), ["Ani"]);
});

Deno.test("findMentions() finds names of emoji and signs", () => {
  assertEquals(mentioned("@🦊 and @C++", "🦊", "C++"), ["🦊", "C++"]);
});

Deno.test("findMentions() finds nobody in code", () => {
  assertEquals(mentioned("`@Ani` and @Ani", "Ani"), ["Ani"]);
  assertEquals(mentioned("```\n@Ani\n```", "Ani"), []);
});

Deno.test("findMentions() finds nobody else", () => {
  assertEquals(mentioned("@Budi @ @", "Ani"), []);
  assertEquals(mentioned("@Ani"), []);
});

Deno.test("findMentions() stops at so many signs", () => {
  const text = "@Ani ".repeat(100);
  assertEquals(mentioned(text, "Ani").length, 32);
});

Deno.test("isMentioned() tells whether somebody is spoken to", () => {
  const names = mentionNames(["Ani"]);
  assertEquals(isMentioned("well, @ani", names), true);
  assertEquals(isMentioned("well, ani", names), false);
});
