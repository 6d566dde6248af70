/**
 * A timer that is not heard of any more once it is cleared. Deno 2.4 still calls
 * one that is cleared in the turn of the event loop in which it is due, where
 * what came from the network goes before it: who has closed, and whose timer
 * sets itself again, would go on for ever.
 */
export class Timeout {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Calls back once, and not for what was set before.
   *
   * @param delayMs How long to wait.
   * @param run What to do then.
   */
  set(delayMs: number, run: () => void): void {
    clearTimeout(this.#timer);
    const timer = setTimeout(() => {
      if (this.#timer !== timer) return;
      this.#timer = undefined;
      run();
    }, delayMs);
    this.#timer = timer;
  }

  /** Waits for nothing any more. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
