import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  authorHue,
  authorLetter,
  HUE_COUNT,
} from "../../../../lib/ui/page/author.ts";

Deno.test("authorHue() spreads similar names over all colours", () => {
  const hues = new Set<string>();
  for (let index = 0; index < 200; index++) hues.add(authorHue(`user${index}`));
  assertEquals(hues.size, HUE_COUNT);
});

Deno.test("authorHue() names a colour the stylesheet has", async () => {
  const style = await Deno.readTextFile(
    new URL("../../../../lib/ui/page/theme.css", import.meta.url),
  );
  assertMatch(authorHue("Ani"), /^hue-\d+$/);
  for (let hue = 0; hue < HUE_COUNT; hue++) {
    assert(style.includes(`.hue-${hue} {`), `hue-${hue}`);
  }
});

Deno.test("authorLetter() takes the whole first character", () => {
  assertEquals(authorLetter("ani"), "A");
  assertEquals(authorLetter("😀x"), "😀");
  assertEquals(authorLetter(""), "");
});
