import { assert } from "./assert.ts";

/**
 * A seeded generator of reproducible pseudo-random numbers for tests and
 * simulation: xoshiro128** (Blackman and Vigna, 2018), its state filled by
 * splitmix32. Integers only, so that every platform draws the same. It is no
 * source of secrets.
 */
export class Prng {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /**
   * Creates a generator. Equal seeds give equal sequences.
   *
   * @param seed A safe integer, or any text (such as a commit hash).
   */
  constructor(seed: number | string) {
    let low: number;
    let high: number;
    if (typeof seed === "number") {
      assert(Number.isSafeInteger(seed), "a seed is a safe integer");
      low = seed >>> 0;
      high = Math.floor(seed / 0x1_0000_0000) >>> 0;
    } else {
      low = hashText(seed, FNV_BASIS);
      high = hashText(seed, low);
    }
    this.#a = mix(low + GOLDEN);
    this.#b = mix(high + 2 * GOLDEN);
    this.#c = mix(this.#a + high + 3 * GOLDEN);
    this.#d = mix(this.#b + low + 4 * GOLDEN);
    // The one state xoshiro never leaves is all zeros.
    if ((this.#a | this.#b | this.#c | this.#d) === 0) this.#a = 1;
  }

  /**
   * Draws 32 bits.
   *
   * @returns An integer from 0 to 2^32 - 1.
   */
  u32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result;
  }

  /**
   * Draws an integer below a bound, all equally likely.
   *
   * @param bound One more than the largest result, from 1 to 2^53 - 1.
   * @returns An integer from 0 to `bound - 1`.
   */
  below(bound: number): number {
    assert(Number.isSafeInteger(bound) && bound >= 1, "bound out of range");
    const small = bound <= 0x1_0000_0000;
    const span = small ? 0x1_0000_0000 : 0x20_0000_0000_0000;
    // Drawing again above the last whole multiple keeps results equally likely.
    const limit = span - span % bound;
    for (;;) {
      const drawn = small
        ? this.u32()
        : (this.u32() >>> 11) * 0x1_0000_0000 + this.u32();
      if (drawn < limit) return drawn % bound;
    }
  }

  /**
   * Draws an integer of a range, all equally likely.
   *
   * @param min The smallest result.
   * @param max The largest result.
   * @returns An integer from `min` to `max`.
   */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /**
   * Decides by chance. Chances are ratios, because integers are exact.
   *
   * @param numerator How many of `denominator` draws give true on average.
   * @param denominator Of how many.
   * @returns True with the chance `numerator / denominator`.
   */
  ratio(numerator: number, denominator: number): boolean {
    return this.below(denominator) < numerator;
  }

  /**
   * Draws bytes.
   *
   * @param length How many.
   * @returns A new array.
   */
  bytes(length: number): Uint8Array {
    const drawn = new Uint8Array(length);
    for (let i = 0; i < length; i++) drawn[i] = this.u32() >>> 24;
    return drawn;
  }

  /**
   * Creates a generator of its own sequence, so that one part of a simulation
   * can draw more without changing what the others draw.
   *
   * @returns The new generator, seeded from this one.
   */
  fork(): Prng {
    return new Prng((this.u32() >>> 11) * 0x1_0000_0000 + this.u32());
  }
}

function rotateLeft(value: number, bits: number): number {
  return value << bits | value >>> 32 - bits;
}

/** The output function of splitmix32 (the finalizer of MurmurHash3). */
function mix(value: number): number {
  let z = value | 0;
  z = Math.imul(z ^ z >>> 16, 0x85eb_ca6b);
  z = Math.imul(z ^ z >>> 13, 0xc2b2_ae35);
  return z ^ z >>> 16;
}

/** FNV-1a over UTF-16 code units. */
function hashText(text: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  }
  return hash >>> 0;
}

/** 2^32 divided by the golden ratio: the step of splitmix32. */
const GOLDEN = 0x9e37_79b9;

/** Where FNV-1a starts. */
const FNV_BASIS = 0x811c_9dc5;
