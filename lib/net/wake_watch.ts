/** How often the clock is looked at. */
const INTERVAL_MS = 1_000;
/** A look that comes later than this was not delayed by load: the machine slept, or its clock was set. */
const JUMP_MS = 5_000;

/**
 * Tells when the machine wakes from sleep. Monotonic clocks stand still meanwhile on some systems, so the wall clock is
 * watched; a clock that was set looks the same, and does no harm.
 */
export class WakeWatch implements Disposable {
  readonly #onWake: () => void;
  #lastMs = Date.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Creates the wake watch.
   *
   * @param onWake Called after each jump of the wall clock.
   */
  constructor(onWake: () => void) {
    this.#onWake = onWake;
    this.#arm();
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#look(), INTERVAL_MS);
  }

  #look(): void {
    const elapsedMs = Date.now() - this.#lastMs;
    this.#lastMs += elapsedMs;
    this.#arm();
    if (Math.abs(elapsedMs - INTERVAL_MS) > JUMP_MS) this.#onWake();
  }
}
