/** Microseconds in a millisecond. All times in the code are integer microseconds, so that they compare exactly. */
export const US_PER_MS = 1_000;

/** Microseconds in a second. */
export const US_PER_S = 1_000_000;
