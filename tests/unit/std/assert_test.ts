/**
 * The facade has types of its own, apart from the code it describes. Each
 * `@ts-expect-error` below fails `deno check` if a call were taken as `any`.
 */
import {
  assert,
  assertEquals,
  assertExists,
  assertInstanceOf,
  AssertionError,
  assertMatch,
  assertNotInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
  fail,
} from "@std/assert";
import * as facade from "@std/assert";

Deno.test("assert() narrows and throws AssertionError", () => {
  const value: string | undefined = ["a"].find(() => true);
  // @ts-expect-error: not narrowed yet
  const early: string = value;
  assert(value !== undefined);
  const late: string = value;
  assertEquals(early, late);
  assertThrows(() => assert(false, "why"), AssertionError, "why");
});

Deno.test("assertExists() narrows to the value's own type", () => {
  const value: number | undefined = [1].find(() => true);
  assertExists(value);
  const known: number = value;
  assertStrictEquals(known, 1);
});

Deno.test("assertInstanceOf() and assertNotInstanceOf() narrow", () => {
  const value: unknown = new RangeError("far");
  assertInstanceOf(value, RangeError);
  assertEquals(value.message, "far");
  const either: Error | string = JSON.parse('"text"');
  assertNotInstanceOf(either, Error);
  // @ts-expect-error: a text has no cause
  assertEquals(either.cause, undefined);
});

Deno.test("assertEquals() takes two values of one type", () => {
  // @ts-expect-error: a number is no text
  assertThrows(() => assertEquals<string>(1, "1"), AssertionError);
});

Deno.test("assertMatch() takes a pattern, not a text", () => {
  assertMatch("chat", /hat/);
  // @ts-expect-error: the pattern must be a RegExp
  assertThrows(() => assertMatch("chat", "hat"), TypeError);
});

Deno.test("assertThrows() returns the error with its class", () => {
  const error = assertThrows(() => {
    throw new RangeError("far");
  }, RangeError);
  const message: string = error.message;
  assertEquals(message, "far");
  const unknown = assertThrows(() => {
    throw "a text";
  });
  // @ts-expect-error: nothing is known of what was thrown
  assertEquals(unknown.length, 6);
});

Deno.test("assertRejects() returns the error with its class", async () => {
  const error = await assertRejects(
    () => Promise.reject(new SyntaxError("odd")),
    SyntaxError,
    "odd",
  );
  assertEquals(error.name, "SyntaxError");
  // @ts-expect-error: the function must return a promise
  await assertRejects(() => assertRejects(() => 1), AssertionError);
});

Deno.test("fail() never returns", () => {
  const alwaysFails = (): never => fail("on purpose");
  assertThrows(alwaysFails, AssertionError, "on purpose");
});

Deno.test("the facade's types name what the module exports", async () => {
  const types = await Deno.readTextFile(
    new URL("../../../lib/std/assert.d.ts", import.meta.url),
  );
  const declared = [...types.matchAll(/^export (?:function|class) (\w+)/gm)]
    .map((match) => match[1]);
  assertEquals(
    [...new Set(declared)].sort(),
    Object.keys(facade).sort(),
  );
});
