import type { AckedBytes } from "./congestion_controller.ts";

/** RFC 9406 section 4.3: samples before a round is judged. */
const SAMPLES_PER_ROUND = 8;
/** RFC 9406 section 4.3: bounds of the rise that counts. */
const MIN_RISE_US = 4_000;
const MAX_RISE_US = 16_000;
/** RFC 9406 section 4.3: share of the round-trip time that counts as a rise, as a divisor. */
const RISE_DIVISOR = 8;
/** RFC 9406 section 4.3: rounds of careful growth before the exit is final. */
const CAREFUL_ROUNDS = 5;
/** RFC 9406 section 4.3: how much slower the careful growth is. */
export const CAREFUL_GROWTH_DIVISOR = 4;

/**
 * HyStart++ (RFC 9406): ends slow start when the round-trip time rises, before the queue on the path overflows.
 */
export class SlowStartExit {
  #roundEnd = -1;
  #lastMinUs = Infinity;
  #currentMinUs = Infinity;
  #samples = 0;
  /** Smallest time when the careful growth began; the exit was premature if the time falls below. */
  #baselineUs = Infinity;
  #carefulRounds = 0;

  /** True while slow start goes on carefully. */
  get isCareful(): boolean {
    return this.#baselineUs !== Infinity;
  }

  /**
   * Takes an ACK during slow start.
   *
   * @returns True if slow start is over.
   */
  onAcked(acked: AckedBytes): boolean {
    if (acked.largestAcked >= this.#roundEnd) {
      if (this.isCareful && ++this.#carefulRounds >= CAREFUL_ROUNDS) {
        return true;
      }
      this.#roundEnd = acked.nextPacketNumber;
      this.#lastMinUs = this.#currentMinUs;
      this.#currentMinUs = Infinity;
      this.#samples = 0;
    }
    this.#currentMinUs = Math.min(this.#currentMinUs, acked.latestRttUs);
    if (++this.#samples < SAMPLES_PER_ROUND) return false;
    if (this.isCareful) {
      if (this.#currentMinUs < this.#baselineUs) this.#resume();
    } else if (this.#hasRisen()) {
      this.#baselineUs = this.#currentMinUs;
      this.#carefulRounds = 0;
    }
    return false;
  }

  #hasRisen(): boolean {
    if (this.#lastMinUs === Infinity) return false;
    const riseUs = Math.min(
      Math.max(this.#lastMinUs / RISE_DIVISOR, MIN_RISE_US),
      MAX_RISE_US,
    );
    return this.#currentMinUs >= this.#lastMinUs + riseUs;
  }

  #resume(): void {
    this.#baselineUs = Infinity;
  }
}
