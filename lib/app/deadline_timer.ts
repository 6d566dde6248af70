import { US_PER_MS } from "../base/time.ts";
import { Timeout } from "../net/timeout.ts";

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
  readonly #timeout = new Timeout();
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
    this.#timerUs = dueUs;
    // Rounded up: a timer that fires early would find nothing to do.
    const delayMs = Math.ceil(Math.max(0, dueUs - nowUs()) / US_PER_MS);
    this.#timeout.set(delayMs, () => {
      this.#timerUs = Infinity;
      this.#options.onDue();
      this.arm();
    });
  }

  /** Waits for nothing any more. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#timeout.clear();
  }
}
