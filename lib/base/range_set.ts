import { assert } from "./assert.ts";

/**
 * A set of integers kept as sorted, disjoint, non-touching half-open ranges
 * `[start, end)`: received packet numbers, received bytes of a stream.
 *
 * Adding at or above the top takes constant time, which is what happens while
 * nothing is lost; the rest takes time linear in the number of ranges. The set
 * does not limit that number: whoever adds what a peer chose must.
 */
export class RangeSet {
  /** Start and end of each range in turn, ascending. */
  readonly #bounds: number[] = [];

  /** How many ranges there are. */
  get size(): number {
    return this.#bounds.length / 2;
  }

  /** The smallest member; undefined when empty. */
  get min(): number | undefined {
    return this.#bounds[0];
  }

  /** The largest member; undefined when empty. */
  get max(): number | undefined {
    const length = this.#bounds.length;
    return length === 0 ? undefined : this.#bounds[length - 1]! - 1;
  }

  /**
   * Gives the first member of a range.
   *
   * @param index Which range, ascending from 0.
   * @returns Its smallest member.
   */
  start(index: number): number {
    assert(index >= 0 && index < this.size, "no such range");
    return this.#bounds[2 * index]!;
  }

  /**
   * Gives the end of a range.
   *
   * @param index Which range, ascending from 0.
   * @returns One more than its largest member.
   */
  end(index: number): number {
    assert(index >= 0 && index < this.size, "no such range");
    return this.#bounds[2 * index + 1]!;
  }

  /**
   * Adds all integers of a range.
   *
   * @param start The first integer.
   * @param end One more than the last; equal to `start` adds nothing.
   */
  add(start: number, end: number): void {
    assert(start <= end, "a range ends before it starts");
    if (start === end) return;
    const bounds = this.#bounds;
    const length = bounds.length;
    if (length === 0 || start > bounds[length - 1]!) {
      bounds.push(start, end);
      return;
    }
    if (start >= bounds[length - 2]!) {
      if (end > bounds[length - 1]!) bounds[length - 1] = end;
      return;
    }
    // Ranges that merely touch the new one merge with it.
    const first = this.#firstEndingAtOrAfter(start);
    let next = first;
    let mergedStart = start;
    let mergedEnd = end;
    while (next < length && bounds[next]! <= end) {
      mergedStart = Math.min(mergedStart, bounds[next]!);
      mergedEnd = Math.max(mergedEnd, bounds[next + 1]!);
      next += 2;
    }
    if (next === first + 2) {
      bounds[first] = mergedStart;
      bounds[first + 1] = mergedEnd;
    } else {
      bounds.splice(first, next - first, mergedStart, mergedEnd);
    }
  }

  /**
   * Adds one integer.
   *
   * @param value The integer.
   */
  addOne(value: number): void {
    this.add(value, value + 1);
  }

  /**
   * Removes all integers of a range.
   *
   * @param start The first integer.
   * @param end One more than the last; equal to `start` removes nothing.
   */
  remove(start: number, end: number): void {
    assert(start <= end, "a range ends before it starts");
    if (start === end) return;
    const bounds = this.#bounds;
    const first = this.#firstEndingAtOrAfter(start + 1);
    let next = first;
    const kept: number[] = [];
    while (next < bounds.length && bounds[next]! < end) {
      if (bounds[next]! < start) kept.push(bounds[next]!, start);
      if (bounds[next + 1]! > end) kept.push(end, bounds[next + 1]!);
      next += 2;
    }
    if (next > first) bounds.splice(first, next - first, ...kept);
  }

  /**
   * Removes all integers below a value.
   *
   * @param value The smallest integer that may stay.
   */
  removeBelow(value: number): void {
    const min = this.min;
    if (min !== undefined && min < value) this.remove(min, value);
  }

  /**
   * Tells whether an integer is a member.
   *
   * @param value The integer.
   * @returns Whether it is in the set.
   */
  contains(value: number): boolean {
    const start = this.#bounds[this.#firstEndingAtOrAfter(value + 1)];
    return start !== undefined && start <= value;
  }

  /** Removes everything. */
  clear(): void {
    this.#bounds.length = 0;
  }

  /**
   * Iterates over the ranges, ascending. The set must not change meanwhile.
   *
   * @returns An iterator of `[start, end)` pairs.
   */
  *[Symbol.iterator](): IterableIterator<[number, number]> {
    for (let i = 0; i < this.#bounds.length; i += 2) {
      yield [this.#bounds[i]!, this.#bounds[i + 1]!];
    }
  }

  /** The index in `#bounds` of the first range whose end is >= the value. */
  #firstEndingAtOrAfter(value: number): number {
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (bounds[2 * middle + 1]! < value) low = middle + 1;
      else high = middle;
    }
    return 2 * low;
  }
}
