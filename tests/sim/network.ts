import type { Prng } from "../../lib/base/prng.ts";
import { type Address, addressKey } from "../../lib/transport/address.ts";

/** How a simulated network treats datagrams. Ratios are percentages, so that runs reproduce exactly. */
export interface NetworkProfile {
  /** Datagrams that vanish. */
  readonly lossPercent: number;
  /** Datagrams that arrive twice. */
  readonly duplicatePercent: number;
  /** Datagrams that take up to four times the delay, and so are overtaken. */
  readonly reorderPercent: number;
  /** Datagrams with one to three flipped bits. */
  readonly corruptPercent: number;
  /** One way, in microseconds. */
  readonly delayUs: number;
  /** Added at random, in microseconds. */
  readonly jitterUs: number;
}

/** A datagram on its way. */
export interface Delivery {
  /** When it arrives. */
  readonly timeUs: number;
  /** Breaks ties in the order of sending. */
  readonly order: number;
  readonly from: Address;
  readonly to: Address;
  readonly bytes: Uint8Array;
}

/** A network in virtual time: loses, repeats, reorders, delays and damages datagrams, all by its seed. */
export class Network {
  profile: NetworkProfile;
  /** Every datagram ever sent, for tests that look at the wire; empty unless asked for. */
  recorded: Uint8Array[] | undefined;
  /** Bytes and datagrams each address sent and was sent, before loss, for amplification checks. */
  readonly sentBytes = new Map<string, number>();
  readonly #prng: Prng;
  readonly #deliveries: Delivery[] = [];
  #order = 0;
  #partitioned = new Set<string>();

  constructor(prng: Prng, profile: NetworkProfile) {
    this.#prng = prng;
    this.profile = profile;
  }

  /** Cuts an address off in both directions, or joins it again. */
  setPartitioned(address: Address, isPartitioned: boolean): void {
    if (isPartitioned) this.#partitioned.add(addressKey(address));
    else this.#partitioned.delete(addressKey(address));
  }

  /** Takes a datagram from a socket. */
  send(from: Address, to: Address, datagram: Uint8Array, nowUs: number): void {
    const { profile } = this;
    this.recorded?.push(datagram.slice());
    const key = addressKey(from);
    this.sentBytes.set(key, (this.sentBytes.get(key) ?? 0) + datagram.length);
    const copies = this.#prng.ratio(profile.duplicatePercent, 100) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (this.#prng.ratio(profile.lossPercent, 100)) continue;
      if (this.#partitioned.has(key) || this.#partitioned.has(addressKey(to))) {
        continue;
      }
      let delayUs = profile.delayUs + this.#prng.below(profile.jitterUs + 1);
      if (this.#prng.ratio(profile.reorderPercent, 100)) {
        delayUs += this.#prng.below(3 * profile.delayUs + 1);
      }
      this.#insert({
        timeUs: nowUs + delayUs,
        order: this.#order++,
        from,
        to,
        bytes: this.#transmit(datagram),
      });
    }
  }

  /** When the next datagram arrives. */
  get deadlineUs(): number | undefined {
    return this.#deliveries[0]?.timeUs;
  }

  /** The next datagram that has arrived by now. */
  poll(nowUs: number): Delivery | undefined {
    const first = this.#deliveries[0];
    if (first === undefined || first.timeUs > nowUs) return undefined;
    return this.#deliveries.shift();
  }

  #transmit(datagram: Uint8Array): Uint8Array {
    const bytes = datagram.slice();
    if (!this.#prng.ratio(this.profile.corruptPercent, 100)) return bytes;
    for (let flips = this.#prng.between(1, 3); flips > 0; flips--) {
      bytes[this.#prng.below(bytes.length)]! ^= 1 << this.#prng.below(8);
    }
    return bytes;
  }

  #insert(delivery: Delivery): void {
    let index = this.#deliveries.length;
    while (index > 0 && this.#deliveries[index - 1]!.timeUs > delivery.timeUs) {
      index--;
    }
    this.#deliveries.splice(index, 0, delivery);
  }
}
