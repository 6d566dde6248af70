import { PATH_DATA_BYTES } from "../wire/frame.ts";
import { type Address, equalAddresses } from "./address.ts";
import type { RandomBytes } from "./handshake.ts";
import { Path } from "./path.ts";

/** What following a peer to an address means. */
export type PathChange = "none" | "returned" | "new";

/**
 * The path everything is sent on, and the last proven one to fall back to (RFC 9000 section 9).
 *
 *     proven --packet from a new address--> unproven --PATH_RESPONSE--> proven
 *                                              |
 *                                              +------no answer------> the proven one before
 */
export class PathSet {
  #current: Path;
  #provenBefore: Path | undefined;
  readonly #random: RandomBytes;

  /**
   * Creates the path set.
   *
   * @param remote Where the handshake has proven the peer to be.
   * @param random Randomness.
   */
  constructor(remote: Address, random: RandomBytes) {
    this.#random = random;
    const challenge = new Uint8Array(PATH_DATA_BYTES);
    this.#current = new Path({
      remote,
      isValidated: true,
      challenge,
      nowUs: 0,
    });
  }

  /** Where everything is sent. */
  get current(): Path {
    return this.#current;
  }

  /** When an unproven path is given up; Infinity while the path is proven. */
  get giveUpUs(): number {
    return this.#current.isValidated ? Infinity : this.#current.giveUpUs;
  }

  /**
   * The newest packet of the peer came from an address.
   *
   * @returns "new" if a path begins there that must be proven by its challenge; "returned" if the peer is back on the
   * proven one.
   */
  follow(from: Address, nowUs: number): PathChange {
    if (equalAddresses(from, this.#current.remote)) return "none";
    const proven = this.#current.isValidated
      ? this.#current
      : this.#provenBefore;
    if (proven !== undefined && equalAddresses(from, proven.remote)) {
      this.#current = proven;
      this.#provenBefore = undefined;
      return "returned";
    }
    this.#provenBefore = proven;
    const challenge = this.#random(PATH_DATA_BYTES);
    this.#current = new Path({
      remote: from,
      isValidated: false,
      challenge,
      nowUs,
    });
    return "new";
  }

  /** The peer repeated a challenge. */
  onResponse(data: Uint8Array): void {
    if (this.#current.onResponse(data)) this.#provenBefore = undefined;
  }

  /** Nobody answered on the new path: the packet that led there was somebody else's copy. */
  handleTimeout(nowUs: number): void {
    if (this.giveUpUs > nowUs || this.#provenBefore === undefined) return;
    this.#current = this.#provenBefore;
    this.#provenBefore = undefined;
  }
}
