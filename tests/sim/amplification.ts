import { assert } from "@std/assert";
import { type Address, addressKey } from "../../lib/transport/address.ts";
import type { NetworkObserver } from "./network.ts";

/** RFC 9000 section 8: bytes for each byte, until an address has shown that somebody receives there. */
const LIMIT = 3;

interface Tally {
  sentBytes: number;
  arrivedBytes: number;
  /** Something of the server reached the address. */
  isHeard: boolean;
  /** And something came from there afterwards. */
  isProven: boolean;
}

/**
 * Watches what a server sends to whom. What it may believe of an address is not looked up in it but judged from outside:
 * an address where nobody answers can never be proven, any other at the earliest when it has been reached and spoken.
 */
export class Amplification implements NetworkObserver {
  readonly #serverKey: string;
  /** Addresses where nobody is. */
  readonly #nobody = new Set<string>();
  readonly #tallies = new Map<string, Tally>();

  constructor(server: Address) {
    this.#serverKey = addressKey(server);
  }

  addNobody(address: Address): void {
    this.#nobody.add(addressKey(address));
  }

  onSent = (from: Address, to: Address, bytes: number): void => {
    if (addressKey(from) !== this.#serverKey) return;
    const tally = this.#tally(to);
    tally.sentBytes += bytes;
    assert(
      tally.isProven || tally.sentBytes <= LIMIT * tally.arrivedBytes,
      `amplification: ${tally.sentBytes} bytes to ${
        addressKey(to)
      } for ${tally.arrivedBytes}`,
    );
  };

  onArrived = (from: Address, to: Address, bytes: number): void => {
    if (addressKey(from) === this.#serverKey) this.#tally(to).isHeard = true;
    if (addressKey(to) !== this.#serverKey) return;
    const tally = this.#tally(from);
    tally.arrivedBytes += bytes;
    if (tally.isHeard && !this.#nobody.has(addressKey(from))) {
      tally.isProven = true;
    }
  };

  #tally(address: Address): Tally {
    const key = addressKey(address);
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    const tally = {
      sentBytes: 0,
      arrivedBytes: 0,
      isHeard: false,
      isProven: false,
    };
    this.#tallies.set(key, tally);
    return tally;
  }
}
