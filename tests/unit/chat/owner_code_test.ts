import { assertEquals, assertMatch } from "@std/assert";
import { Prng } from "../../../lib/base/prng.ts";
import { MAX_OWNER_CODE_TRIES } from "../../../lib/chat/limits.ts";
import {
  OWNER_CODE_RANDOM_BYTES,
  OwnerCode,
} from "../../../lib/chat/owner_code.ts";

function makeCode(seed = 1): OwnerCode {
  return new OwnerCode(new Prng(seed).bytes(OWNER_CODE_RANDOM_BYTES));
}

Deno.test("OwnerCode.matches() takes the code however it is typed", () => {
  const code = makeCode();
  assertMatch(code.text, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
  for (
    const typed of [
      code.text,
      code.text.toLowerCase(),
      ` ${code.text.replaceAll("-", " ")} `,
    ]
  ) assertEquals(code.matches(typed), true);
});

Deno.test("OwnerCode.matches() refuses anything else", () => {
  const code = makeCode();
  for (const typed of ["", makeCode(2).text, code.text.slice(1)]) {
    assertEquals(code.matches(typed), false);
  }
});

Deno.test("OwnerCode.matches() refuses even the code after too many wrong tries", () => {
  const code = makeCode();
  for (let i = 1; i < MAX_OWNER_CODE_TRIES; i++) code.matches("wrong");
  assertEquals(code.matches(code.text), true);
  code.matches("wrong");
  assertEquals(code.matches(code.text), false);
});
