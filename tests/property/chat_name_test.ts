/** The rules of names, for any text. */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { countCharacters } from "../../lib/chat/character_count.ts";
import { checkName } from "../../lib/chat/name.ts";

/** Text with what names stumble over. */
const raw = fc.array(
  fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 3 }),
    fc.string({ unit: "binary", maxLength: 3 }),
    fc.constantFrom(
      " ",
      "I",
      "l",
      "1",
      "0",
      "О",
      "а",
      "Ι",
      "ß",
      "İ",
      "ı",
      "\u200d",
      "\u0301",
      "\ufe0f",
      "👩",
      "💻",
      "\ufdfa",
    ),
  ),
  { maxLength: 8 },
).map((parts) => parts.join(""));

Deno.test("checkName() gives a name that it takes again unchanged", () => {
  fc.assert(
    fc.property(raw, (raw) => {
      const check = checkName(raw);
      if (check.type === "invalid") return;
      assertEquals(checkName(check.name.text), check);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("checkName() gives a name of 1 to 32 visible characters", () => {
  fc.assert(
    fc.property(raw, (raw) => {
      const check = checkName(raw);
      if (check.type === "invalid") return;
      const { text } = check.name;
      const characters = countCharacters(text);
      assert(characters >= 1 && characters <= 32);
      assert(!/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(text));
      assertEquals(text.trim(), text);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("checkName() gives the same key in either case", () => {
  fc.assert(
    fc.property(raw, (raw) => {
      const check = checkName(raw);
      if (check.type === "invalid") return;
      const upper = checkName(check.name.text.toUpperCase());
      if (upper.type === "invalid") return;
      assertEquals(upper.name.key, check.name.key);
    }),
    { numRuns: 2_000 },
  );
});
