/** Monotonic time in whole microseconds since the program started. */
export function monotonicUs(): number {
  return Math.floor(performance.now() * 1000);
}
