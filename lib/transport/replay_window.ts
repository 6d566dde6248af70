/** Packets behind the newest that are still told apart: more than any reordering path mixes, 256 bytes of memory. */
const WINDOW_PACKETS = 2048;

/**
 * Remembers which packet numbers were accepted, so that each is accepted once (RFC 6479's ring of words). Numbers older
 * than the window count as seen.
 */
export class ReplayWindow {
  readonly #words = new Uint32Array(WINDOW_PACKETS / 32);
  #largest = -1;

  /** The largest accepted packet number, or -1. */
  get largest(): number {
    return this.#largest;
  }

  /**
   * Accepts a number once. Call only after the packet was authenticated.
   *
   * @param packetNumber The full packet number.
   * @returns False for a duplicate and for a number older than the window.
   */
  accept(packetNumber: number): boolean {
    if (packetNumber > this.#largest) {
      this.#advance(packetNumber);
    } else if (packetNumber <= this.#largest - WINDOW_PACKETS) {
      return false;
    }
    const index = (packetNumber % WINDOW_PACKETS) >>> 5;
    const bit = 1 << (packetNumber & 31);
    if (this.#words[index]! & bit) return false;
    this.#words[index]! |= bit;
    return true;
  }

  /** Clears the bits of the numbers between the old and the new largest, which were never accepted. */
  #advance(packetNumber: number): void {
    if (packetNumber - this.#largest >= WINDOW_PACKETS) {
      this.#words.fill(0);
    } else {
      for (
        let skipped = this.#largest + 1;
        skipped <= packetNumber;
        skipped++
      ) {
        this.#words[(skipped % WINDOW_PACKETS) >>> 5]! &=
          ~(1 << (skipped & 31));
      }
    }
    this.#largest = packetNumber;
  }
}
