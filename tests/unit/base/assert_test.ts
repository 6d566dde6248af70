import { assertThrows } from "@std/assert";
import {
  assert,
  AssertionError,
  assertNever,
} from "../../../lib/base/assert.ts";

Deno.test("assert() passes over what holds", () => {
  assert(true, "unused");
  assert("text", "unused");
});

Deno.test("assert() throws an AssertionError that says what was expected", () => {
  assertThrows(() => assert(false, "water is wet"), AssertionError, "water");
});

Deno.test("assertNever() throws an AssertionError with the value", () => {
  assertThrows(() => assertNever("odd" as never), AssertionError, "odd");
});
