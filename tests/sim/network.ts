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
  /** How often a datagram that arrives twice arrives in all; 2 unless given. */
  readonly copies?: number;
  /** What one direction between two sockets carries, see {@linkcode Network.linkOf}; no limit unless given. */
  readonly bytesPerSecond?: number;
  /** What waits for such a link; the rest is dropped. */
  readonly queueBytes?: number;
  /** Longer datagrams vanish. */
  readonly mtuBytes?: number;
}

/** What becomes of one datagram. */
export type Fate = "pass" | "drop" | "twice" | "late" | "damage";

/** Sees every datagram. */
export interface NetworkObserver {
  /** A socket sent it. */
  readonly onSent: (from: Address, to: Address, bytes: number) => void;
  /** It arrived at an address. */
  readonly onArrived: (from: Address, to: Address, bytes: number) => void;
}

/** Somebody on the path who sends copies of datagrams under an address that is not his. */
export interface Spoofer {
  readonly percent: number;
  /** The datagrams he copies. */
  readonly to: Address;
  /** Whose address he uses. */
  readonly victim: Address;
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
  /** What becomes of the next datagrams, besides what the profile says. */
  readonly fates: Fate[] = [];
  observer: NetworkObserver | undefined;
  spoofer: Spoofer | undefined;
  /** Whose datagrams wait for each other where the profile limits bandwidth: those of one name. */
  linkOf = (from: Address, to: Address): string =>
    `${addressKey(from)} ${addressKey(to)}`;
  /** Datagrams sent so far. */
  sentDatagrams = 0;
  readonly #prng: Prng;
  readonly #deliveries: Delivery[] = [];
  #order = 0;
  readonly #cutFrom = new Set<string>();
  readonly #cutTo = new Set<string>();
  /** When each direction of a link has sent all that waits for it. */
  readonly #busyUntilUs = new Map<string, number>();

  constructor(prng: Prng, profile: NetworkProfile) {
    this.#prng = prng;
    this.profile = profile;
  }

  /** Cuts an address off in both directions, or joins it again. */
  setPartitioned(address: Address, isPartitioned: boolean): void {
    this.setCut(address, "from", isPartitioned);
    this.setCut(address, "to", isPartitioned);
  }

  /** Loses all that comes from an address, or all that goes there. */
  setCut(address: Address, direction: "from" | "to", isCut: boolean): void {
    const cut = direction === "from" ? this.#cutFrom : this.#cutTo;
    if (isCut) cut.add(addressKey(address));
    else cut.delete(addressKey(address));
  }

  /** Everything reaches everybody again. */
  heal(): void {
    this.#cutFrom.clear();
    this.#cutTo.clear();
    this.spoofer = undefined;
  }

  /** Takes a datagram from a socket. */
  send(from: Address, to: Address, datagram: Uint8Array, nowUs: number): void {
    const { profile, spoofer } = this;
    this.sentDatagrams++;
    this.recorded?.push(datagram.slice());
    this.observer?.onSent(from, to, datagram.length);
    if (this.#cutFrom.has(addressKey(from))) return;
    if (this.#cutTo.has(addressKey(to))) return;
    if (datagram.length > (profile.mtuBytes ?? Infinity)) return;
    const leavesUs = this.#leavesUs(from, to, {
      bytes: datagram.length,
      nowUs,
    });
    if (leavesUs === undefined) return;
    const fate = this.fates.shift() ?? "pass";
    if (fate === "drop") return;
    const copies = fate === "twice" ||
        this.#prng.ratio(profile.duplicatePercent, 100)
      ? profile.copies ?? 2
      : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (this.#prng.ratio(profile.lossPercent, 100)) continue;
      const bytes = this.#damage(datagram, fate === "damage");
      const lateUs = fate === "late" ? 3 * profile.delayUs : 0;
      this.#fly({ from, to, bytes }, leavesUs + lateUs);
    }
    if (
      spoofer !== undefined && addressKey(spoofer.to) === addressKey(to) &&
      this.#prng.ratio(spoofer.percent, 100)
    ) {
      this.#fly({ from: spoofer.victim, to, bytes: datagram.slice() }, nowUs);
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
    const { from, to, bytes } = first;
    this.observer?.onArrived(from, to, bytes.length);
    return this.#deliveries.shift();
  }

  /** When a link has taken a datagram on; undefined if its queue is full. */
  #leavesUs(
    from: Address,
    to: Address,
    options: { bytes: number; nowUs: number },
  ): number | undefined {
    const { bytesPerSecond, queueBytes = Infinity } = this.profile;
    const { bytes, nowUs } = options;
    if (bytesPerSecond === undefined) return nowUs;
    const link = this.linkOf(from, to);
    const startUs = Math.max(nowUs, this.#busyUntilUs.get(link) ?? 0);
    const waitingBytes = (startUs - nowUs) * bytesPerSecond / 1_000_000;
    if (waitingBytes > queueBytes) return undefined;
    const leavesUs = startUs + Math.ceil(bytes * 1_000_000 / bytesPerSecond);
    this.#busyUntilUs.set(link, leavesUs);
    return leavesUs;
  }

  #fly(
    datagram: Pick<Delivery, "from" | "to" | "bytes">,
    leavesUs: number,
  ): void {
    const { profile } = this;
    let delayUs = profile.delayUs + this.#prng.below(profile.jitterUs + 1);
    if (this.#prng.ratio(profile.reorderPercent, 100)) {
      delayUs += this.#prng.below(3 * profile.delayUs + 1);
    }
    const timeUs = leavesUs + delayUs;
    this.#insert({ ...datagram, timeUs, order: this.#order++ });
  }

  #damage(datagram: Uint8Array, always: boolean): Uint8Array {
    const bytes = datagram.slice();
    const isHit = this.#prng.ratio(this.profile.corruptPercent, 100);
    if (!isHit && !always) return bytes;
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
