/** Far more than coming back to a server and emptying a window takes. */
const LIMIT_MS = 60_000;

/** Lets a test wait until what was told makes something true. */
export class Watch {
  readonly #name: string;
  readonly #watchers = new Set<() => void>();

  /** @param name Who waits, for failures. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Something was told. */
  look(): void {
    for (const watch of this.#watchers) watch();
  }

  /**
   * Waits until something is true.
   *
   * @throws {Error} If that takes too long.
   */
  async until(condition: () => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => reject(new Error(`${this.#name} waits in vain: ${condition}`)),
      LIMIT_MS,
    );
    const watch = () => condition() && resolve();
    this.#watchers.add(watch);
    watch();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(watch);
    }
  }
}
