import { equalBytes } from "../base/bytes.ts";
import { MAX_OWNER_CODE_TRIES } from "./limits.ts";

/** Random bytes of a code: 80 bits, for nobody to guess. */
export const OWNER_CODE_RANDOM_BYTES = 16;

/**
 * The code with which somebody becomes the owner of a server that has none: who
 * reads the server's terminal runs it. It holds once, and is kept nowhere.
 */
export class OwnerCode {
  readonly #letters: Uint8Array;
  #triesLeft = MAX_OWNER_CODE_TRIES;

  /**
   * Makes a code.
   *
   * @param random {@linkcode OWNER_CODE_RANDOM_BYTES} random bytes.
   */
  constructor(random: Uint8Array) {
    this.#letters = random.map((byte) =>
      ALPHABET.charCodeAt(byte % ALPHABET.length)
    );
  }

  /** The code as people read and type it, as in `ABCD-EFGH-JKLM-NPQR`. */
  get text(): string {
    const letters = String.fromCharCode(...this.#letters);
    return letters.match(/.{1,4}/g)!.join("-");
  }

  /**
   * Compares what somebody typed. After some wrong tries nothing is right.
   *
   * @param typed In any case, with or without dashes.
   * @returns Whether it is the code.
   */
  matches(typed: string): boolean {
    if (this.#triesLeft === 0) return false;
    const letters = typed.toUpperCase().replaceAll(/[^0-9A-Z]/g, "");
    const bytes = new TextEncoder().encode(letters);
    if (equalBytes(bytes, this.#letters)) return true;
    this.#triesLeft--;
    return false;
  }
}

/** Without I, L, O, U: nobody takes one for another. 32 letters. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
