import { Timeout } from "./timeout.ts";

/** How often clock and addresses are looked at: half of what a person takes for a hiccup. */
const INTERVAL_MS = 500;
/** A look that comes later than this was not delayed by load: the machine slept, or its clock was set. */
const JUMP_MS = 5_000;

/** What is looked at; replaced in tests. */
export interface WakeSigns {
  /** The wall clock, in milliseconds since 1970. */
  readonly timeMs: () => number;
  /** The addresses of this machine, as one text. */
  readonly addresses: () => string;
}

/**
 * Tells when the machine wakes from sleep, or has other addresses than before. Monotonic clocks stand still in sleep on
 * some systems, so the wall clock is watched; a clock that was set looks the same, and does no harm.
 */
export class WakeWatch implements Disposable {
  readonly #onWake: () => void;
  readonly #signs: WakeSigns;
  #lastMs: number;
  #addresses: string;
  readonly #timeout = new Timeout();

  /**
   * Starts to watch.
   *
   * @param onWake Called after each jump of the wall clock and each change of an address.
   * @param signs What is looked at.
   */
  constructor(onWake: () => void, signs: WakeSigns = SYSTEM_SIGNS) {
    this.#onWake = onWake;
    this.#signs = signs;
    this.#lastMs = signs.timeMs();
    this.#addresses = signs.addresses();
    this.#arm();
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    this.#timeout.clear();
  }

  /** Looks now. */
  look(): void {
    const elapsedMs = this.#signs.timeMs() - this.#lastMs;
    this.#lastMs += elapsedMs;
    const addresses = this.#signs.addresses();
    const hasMoved = addresses !== this.#addresses;
    this.#addresses = addresses;
    if (hasMoved || Math.abs(elapsedMs - INTERVAL_MS) > JUMP_MS) this.#onWake();
  }

  #arm(): void {
    this.#timeout.set(INTERVAL_MS, () => {
      this.#arm();
      this.look();
    });
  }
}

const SYSTEM_SIGNS: WakeSigns = {
  timeMs: () => Date.now(),
  addresses: () => {
    try {
      return Deno.networkInterfaces().map(({ name, address }) =>
        `${name} ${address}`
      ).join("\n");
    } catch {
      // Not permitted: then a lost path shows by its silence.
      return "";
    }
  },
};
