import { US_PER_MS } from "../base/time.ts";

/** What a {@linkcode DeadlineTimer} waits for. */
export interface DeadlineTimerOptions {
  /** When something is due, perhaps past; undefined while nothing is. */
  readonly deadlineUs: () => number | undefined;
  /** The monotonic time. */
  readonly nowUs: () => number;
  /** Does what is due. */
  readonly onDue: () => void;
}

/** Calls what has deadlines of its own when they come. */
export class DeadlineTimer implements Disposable {
  readonly #options: DeadlineTimerOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** For when it is set; infinite if it is not. */
  #timerUs = Infinity;
  #isDisposed = false;

  /**
   * Waits for nothing yet.
   *
   * @param options What to wait for.
   */
  constructor(options: DeadlineTimerOptions) {
    this.#options = options;
  }

  /** Looks at the deadline again: to be called after anything that may have changed it. */
  arm(): void {
    const { deadlineUs, nowUs } = this.#options;
    const dueUs = deadlineUs();
    if (dueUs === undefined || this.#isDisposed || this.#timerUs <= dueUs) {
      return;
    }
    clearTimeout(this.#timer);
    this.#timerUs = dueUs;
    // Rounded up: a timer that fires early would find nothing to do.
    const delayMs = Math.ceil(Math.max(0, dueUs - nowUs()) / US_PER_MS);
    this.#timer = setTimeout(() => {
      this.#timerUs = Infinity;
      this.#options.onDue();
      this.arm();
    }, delayMs);
  }

  /** Waits for nothing any more. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
  }
}
