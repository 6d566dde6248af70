import { assert } from "./assert.ts";

/** How much of something is allowed. */
export interface Rate {
  /** How many at once, after a pause. */
  readonly burst: number;
  /** How many in each period, in the long run. */
  readonly count: number;
  /** The period in microseconds. */
  readonly periodUs: number;
}

/**
 * A token bucket: starts full, fills evenly, and a thing that is allowed takes
 * one token. Integer arithmetic: one token is `periodUs` units of credit, of
 * which each microsecond brings `count`.
 */
export class TokenBucket {
  readonly #rate: Rate;
  readonly #capacity: number;
  #credit: number;
  #updatedUs: number;

  /**
   * Creates a full bucket.
   *
   * @param rate What it allows.
   * @param nowUs The monotonic time.
   */
  constructor(rate: Rate, nowUs: number) {
    this.#rate = rate;
    this.#capacity = rate.burst * rate.periodUs;
    assert(Number.isSafeInteger(this.#capacity), "rate out of range");
    assert(rate.burst >= 1, "a bucket holds at least one token");
    assert(rate.count >= 1, "a bucket fills");
    this.#credit = this.#capacity;
    this.#updatedUs = nowUs;
  }

  /**
   * Tells when the next token is there.
   *
   * @param nowUs The monotonic time.
   * @returns Microseconds until then; 0 if there is one now.
   */
  waitUs(nowUs: number): number {
    this.#fill(nowUs);
    const missing = this.#rate.periodUs - this.#credit;
    return missing <= 0 ? 0 : Math.ceil(missing / this.#rate.count);
  }

  /**
   * Takes a token, which must be there.
   *
   * @param nowUs The monotonic time.
   */
  take(nowUs: number): void {
    this.#fill(nowUs);
    assert(this.#credit >= this.#rate.periodUs, "no token to take");
    this.#credit -= this.#rate.periodUs;
  }

  /**
   * Takes a token if one is there.
   *
   * @param nowUs The monotonic time.
   * @returns Whether one was there.
   */
  tryTake(nowUs: number): boolean {
    if (this.waitUs(nowUs) > 0) return false;
    this.take(nowUs);
    return true;
  }

  /**
   * Puts a token back.
   *
   * @param nowUs The monotonic time.
   */
  refund(nowUs: number): void {
    this.#fill(nowUs);
    this.#credit = Math.min(
      this.#capacity,
      this.#credit + this.#rate.periodUs,
    );
  }

  /**
   * Takes all tokens, as if they were used just now.
   *
   * @param nowUs The monotonic time.
   */
  empty(nowUs: number): void {
    this.#fill(nowUs);
    this.#credit = 0;
  }

  /**
   * Tells whether no token is missing.
   *
   * @param nowUs The monotonic time.
   * @returns Whether a new bucket would be the same.
   */
  isFull(nowUs: number): boolean {
    this.#fill(nowUs);
    return this.#credit === this.#capacity;
  }

  #fill(nowUs: number): void {
    const elapsedUs = Math.max(0, nowUs - this.#updatedUs);
    this.#updatedUs += elapsedUs;
    const missing = this.#capacity - this.#credit;
    // Divided, not multiplied: the product may be above 2^53 after long rest.
    this.#credit = elapsedUs >= missing / this.#rate.count
      ? this.#capacity
      : this.#credit + elapsedUs * this.#rate.count;
  }
}
