import { monotonicUs } from "../net/monotonic_clock.ts";

/** The times of one input. */
export interface Moment {
  /** Monotonic time in microseconds. */
  readonly nowUs: number;
  /** Wall clock in milliseconds since 1970. */
  readonly timeMs: number;
}

/** Now, by both clocks. */
export function moment(): Moment {
  return { nowUs: monotonicUs(), timeMs: Date.now() };
}
