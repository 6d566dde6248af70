import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { Prng } from "../../../lib/base/prng.ts";

function draw(prng: Prng, count = 8): number[] {
  return Array.from({ length: count }, () => prng.u32());
}

Deno.test("Prng draws the same from the same seed", () => {
  assertEquals(draw(new Prng(7)), draw(new Prng(7)));
  assertEquals(draw(new Prng("a1b2c3")), draw(new Prng("a1b2c3")));
});

Deno.test("Prng draws differently from different seeds", () => {
  const seeds = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, -1, "", "a", "b", "ab", "ba"];
  const firsts = seeds.map((seed) => draw(new Prng(seed), 2).join());
  assertEquals(new Set(firsts).size, seeds.length);
});

Deno.test("Prng draws the numbers that stored seeds stand for", () => {
  assertEquals(draw(new Prng(0), 3), [3809008728, 4276790655, 770135221]);
  assertEquals(draw(new Prng("gas"), 3), [1608224212, 3982072729, 1898530538]);
});

Deno.test("Prng refuses a seed that is no safe integer", () => {
  assertThrows(() => new Prng(0.5), AssertionError);
  assertThrows(() => new Prng(2 ** 53), AssertionError);
});

Deno.test("Prng.u32() sets every bit about half the time", () => {
  const prng = new Prng(1);
  const counts = new Array<number>(32).fill(0);
  for (let i = 0; i < 4096; i++) {
    const drawn = prng.u32();
    for (let bit = 0; bit < 32; bit++) counts[bit]! += drawn >>> bit & 1;
  }
  // Five standard deviations, and the seed is fixed.
  for (const count of counts) assert(Math.abs(count - 2048) < 160);
});

Deno.test("Prng.below() reaches every integer below the bound", () => {
  const prng = new Prng(2);
  const seen = new Set<number>();
  for (let i = 0; i < 200; i++) seen.add(prng.below(7));
  assertEquals([...seen].sort(), [0, 1, 2, 3, 4, 5, 6]);
});

Deno.test("Prng.below() draws above 32 bits", () => {
  const prng = new Prng(3);
  const bound = Number.MAX_SAFE_INTEGER;
  let largest = 0;
  for (let i = 0; i < 100; i++) {
    const drawn = prng.below(bound);
    assert(Number.isSafeInteger(drawn) && drawn >= 0 && drawn < bound);
    largest = Math.max(largest, drawn);
  }
  assert(largest > 2 ** 52);
});

Deno.test("Prng.below() refuses a bound without integers below", () => {
  for (const bound of [0, -1, 1.5, 2 ** 53]) {
    assertThrows(() => new Prng(1).below(bound), AssertionError);
  }
});

Deno.test("Prng.between() reaches both ends", () => {
  const prng = new Prng(4);
  const seen = new Set<number>();
  for (let i = 0; i < 100; i++) seen.add(prng.between(-1, 1));
  assertEquals([...seen].sort((a, b) => a - b), [-1, 0, 1]);
  assertEquals(prng.between(5, 5), 5);
});

Deno.test("Prng.ratio() is true as often as it says", () => {
  const prng = new Prng(5);
  let hits = 0;
  for (let i = 0; i < 3000; i++) if (prng.ratio(1, 3)) hits++;
  assert(Math.abs(hits - 1000) < 130);
  for (let i = 0; i < 100; i++) {
    assertEquals(prng.ratio(0, 1), false);
    assertEquals(prng.ratio(1, 1), true);
  }
});

Deno.test("Prng.bytes() draws as many as asked for", () => {
  const prng = new Prng(6);
  assertEquals(prng.bytes(0).length, 0);
  assertEquals(prng.bytes(33).length, 33);
  assertNotEquals(prng.bytes(16), prng.bytes(16));
});

Deno.test("Prng.fork() draws its own sequence", () => {
  const parent = new Prng(8);
  const child = parent.fork();
  const expected = draw(parent);
  const again = new Prng(8);
  draw(again.fork(), 100);
  assertEquals(draw(again), expected);
  assertNotEquals(draw(child), expected);
});
