/**
 * RangeSet against a slow oracle that keeps every integer by itself: after any
 * operations both have the same members, and the ranges are sorted, disjoint
 * and do not touch.
 */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { RangeSet } from "../../lib/base/range_set.ts";

/** Small, so that operations meet. */
const BOUND = 60;

type Operation =
  | { readonly type: "add" | "remove"; readonly range: [number, number] }
  | { readonly type: "addOne" | "removeBelow"; readonly value: number }
  | { readonly type: "clear" };

const value = fc.integer({ min: 0, max: BOUND - 1 });
const range = fc.tuple(value, fc.integer({ min: 0, max: 12 })).map(
  ([start, length]): [number, number] => [start, start + length],
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("add"), range }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("remove"), range }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("addOne"), value }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("removeBelow"), value }),
  },
  { weight: 1, arbitrary: fc.constant({ type: "clear" }) },
) as fc.Arbitrary<Operation>;

function apply(set: RangeSet, oracle: Set<number>, step: Operation): void {
  switch (step.type) {
    case "add":
      set.add(...step.range);
      for (let i = step.range[0]; i < step.range[1]; i++) oracle.add(i);
      return;
    case "remove":
      set.remove(...step.range);
      for (let i = step.range[0]; i < step.range[1]; i++) oracle.delete(i);
      return;
    case "addOne":
      set.addOne(step.value);
      oracle.add(step.value);
      return;
    case "removeBelow":
      set.removeBelow(step.value);
      for (let i = 0; i < step.value; i++) oracle.delete(i);
      return;
    case "clear":
      set.clear();
      oracle.clear();
      return;
  }
}

function assertSame(set: RangeSet, oracle: ReadonlySet<number>): void {
  const members = [...oracle].sort((a, b) => a - b);
  const listed: number[] = [];
  let previousEnd = -1;
  let index = 0;
  for (const [start, end] of set) {
    assert(start > previousEnd && end > start);
    assertEquals([set.start(index), set.end(index)], [start, end]);
    for (let i = start; i < end; i++) listed.push(i);
    previousEnd = end;
    index++;
  }
  assertEquals(set.size, index);
  assertEquals(listed, members);
  assertEquals(set.min, members[0]);
  assertEquals(set.max, members.at(-1));
  for (let i = 0; i < BOUND + 12; i++) {
    assertEquals(set.contains(i), oracle.has(i));
  }
}

Deno.test("RangeSet has the members of a slow oracle after any operations", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 40 }), (steps) => {
      const set = new RangeSet();
      const oracle = new Set<number>();
      for (const step of steps) {
        apply(set, oracle, step);
        assertSame(set, oracle);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("RangeSet.add() gives the same ranges in any order", () => {
  fc.assert(
    fc.property(
      fc.array(range, { maxLength: 20 }).chain((ranges) =>
        fc.tuple(
          fc.constant(ranges),
          fc.shuffledSubarray(ranges, { minLength: ranges.length }),
        )
      ),
      ([ranges, shuffled]) => {
        const one = new RangeSet();
        const other = new RangeSet();
        for (const [start, end] of ranges) one.add(start, end);
        for (const [start, end] of shuffled) other.add(start, end);
        assertEquals([...one], [...other]);
      },
    ),
  );
});
