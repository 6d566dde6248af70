import type { Percentiles } from "./workload.ts";

/** Buckets of each power of two: no value is off by more than one in 128. */
const SUBBUCKETS = 128;
const SUBBUCKET_BITS = 7;

/** Counts many durations in little memory. */
export class Histogram {
  readonly #counts = new Uint32Array(32 * SUBBUCKETS);
  #total = 0;
  #max = 0;

  /** How many were counted. */
  get total(): number {
    return this.#total;
  }

  /** Counts a duration in whole microseconds, below 2^31. */
  add(us: number): void {
    const value = Math.max(0, us);
    this.#counts[bucketOf(value)]!++;
    this.#total++;
    if (value > this.#max) this.#max = value;
  }

  /** What is reported. */
  percentiles(): Percentiles {
    return { p50: this.#at(0.5), p99: this.#at(0.99), max: this.#max };
  }

  #at(share: number): number {
    const wanted = Math.floor(share * this.#total);
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count;
      if (seen > wanted) return middleOf(bucket);
    }
    return this.#max;
  }
}

/** Values below 256 have a bucket each. */
function bucketOf(value: number): number {
  if (value < 2 * SUBBUCKETS) return value;
  const shift = 31 - Math.clz32(value) - SUBBUCKET_BITS;
  return shift * SUBBUCKETS + (value >>> shift);
}

function middleOf(bucket: number): number {
  if (bucket < 2 * SUBBUCKETS) return bucket;
  const shift = Math.floor(bucket / SUBBUCKETS) - 1;
  return (bucket - shift * SUBBUCKETS) * 2 ** shift + 2 ** shift / 2;
}
