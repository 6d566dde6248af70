import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { RangeSet } from "../../../lib/base/range_set.ts";

function rangeSet(...ranges: readonly [number, number][]): RangeSet {
  const set = new RangeSet();
  for (const [start, end] of ranges) set.add(start, end);
  return set;
}

Deno.test("RangeSet starts empty", () => {
  const set = new RangeSet();
  assertEquals([...set], []);
  assertEquals(set.size, 0);
  assertEquals(set.min, undefined);
  assertEquals(set.max, undefined);
  assertFalse(set.contains(0));
});

Deno.test("RangeSet.add() keeps separate ranges sorted", () => {
  const set = rangeSet([10, 12], [20, 22], [0, 2], [15, 16]);
  assertEquals([...set], [[0, 2], [10, 12], [15, 16], [20, 22]]);
});

Deno.test("RangeSet.add() merges touching ranges", () => {
  assertEquals([...rangeSet([0, 2], [2, 4])], [[0, 4]]);
  assertEquals([...rangeSet([2, 4], [0, 2])], [[0, 4]]);
  assertEquals([...rangeSet([0, 2], [4, 6], [2, 4])], [[0, 6]]);
  assertEquals([...rangeSet([0, 1], [5, 6], [9, 10], [6, 8])], [
    [0, 1],
    [5, 8],
    [9, 10],
  ]);
});

Deno.test("RangeSet.add() merges overlapping ranges", () => {
  assertEquals([...rangeSet([0, 4], [2, 6])], [[0, 6]]);
  assertEquals([...rangeSet([2, 6], [0, 4])], [[0, 6]]);
  assertEquals([...rangeSet([0, 9], [2, 4])], [[0, 9]]);
  assertEquals([...rangeSet([2, 4], [0, 9])], [[0, 9]]);
  assertEquals([...rangeSet([0, 1], [3, 4], [6, 7], [9, 10], [2, 8])], [
    [0, 1],
    [2, 8],
    [9, 10],
  ]);
});

Deno.test("RangeSet.add() ignores an empty range", () => {
  assertEquals([...rangeSet([0, 2], [5, 5], [1, 1])], [[0, 2]]);
});

Deno.test("RangeSet.add() refuses a range that ends before it starts", () => {
  assertThrows(() => new RangeSet().add(2, 1), AssertionError);
});

Deno.test("RangeSet.addOne() extends the top range", () => {
  const set = new RangeSet();
  for (let value = 0; value < 1000; value++) set.addOne(value);
  assertEquals([...set], [[0, 1000]]);
});

Deno.test("RangeSet.remove() cuts, splits and removes ranges", () => {
  const all: [number, number][] = [[0, 4], [10, 14], [20, 24]];
  const removed = (start: number, end: number) => {
    const set = rangeSet(...all);
    set.remove(start, end);
    return [...set];
  };
  assertEquals(removed(4, 10), all);
  assertEquals(removed(3, 11), [[0, 3], [11, 14], [20, 24]]);
  assertEquals(removed(11, 13), [[0, 4], [10, 11], [13, 14], [20, 24]]);
  assertEquals(removed(10, 14), [[0, 4], [20, 24]]);
  assertEquals(removed(-5, 50), []);
  assertEquals(removed(2, 22), [[0, 2], [22, 24]]);
  assertEquals(removed(12, 12), all);
});

Deno.test("RangeSet.remove() refuses a range that ends before it starts", () => {
  assertThrows(() => new RangeSet().remove(2, 1), AssertionError);
});

Deno.test("RangeSet.removeBelow() keeps the value and all above", () => {
  const set = rangeSet([0, 4], [10, 14]);
  set.removeBelow(0);
  assertEquals([...set], [[0, 4], [10, 14]]);
  set.removeBelow(12);
  assertEquals([...set], [[12, 14]]);
  set.removeBelow(99);
  assertEquals([...set], []);
  set.removeBelow(99);
});

Deno.test("RangeSet.contains() knows both edges of every range", () => {
  const set = rangeSet([2, 4], [10, 12]);
  const members = [];
  for (let value = 0; value < 15; value++) {
    if (set.contains(value)) members.push(value);
  }
  assertEquals(members, [2, 3, 10, 11]);
});

Deno.test("RangeSet.min and max are members", () => {
  const set = rangeSet([2, 4], [10, 12]);
  assertEquals(set.min, 2);
  assertEquals(set.max, 11);
});

Deno.test("RangeSet.start() and end() count ranges from the lowest", () => {
  const set = rangeSet([2, 4], [10, 12]);
  assertEquals(set.size, 2);
  assertEquals([set.start(0), set.end(0)], [2, 4]);
  assertEquals([set.start(1), set.end(1)], [10, 12]);
  assertThrows(() => set.start(2), AssertionError);
  assertThrows(() => set.end(-1), AssertionError);
});

Deno.test("RangeSet.clear() removes everything", () => {
  const set = rangeSet([2, 4], [10, 12]);
  set.clear();
  assertEquals([...set], []);
  set.addOne(1);
  assert(set.contains(1));
});

Deno.test("RangeSet holds integers up to 2^53 - 2", () => {
  const top = Number.MAX_SAFE_INTEGER - 1;
  const set = rangeSet([0, 1]);
  set.addOne(top);
  assert(set.contains(top));
  assertFalse(set.contains(top - 1));
  assertEquals(set.max, top);
});
