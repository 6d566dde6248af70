import { US_PER_S } from "../base/time.ts";
import { type Rate, TokenBucket } from "./token_bucket.ts";

/** What {@linkcode LoginThrottle} allows. */
export interface LoginThrottleRates {
  /** Guesses from one address. */
  readonly perAddress: Rate;
  /** Guesses from all addresses together. */
  readonly inTotal: Rate;
}

/** The rates of a server whose operator sets none. */
export const DEFAULT_LOGIN_RATES: LoginThrottleRates = {
  // A class of 40 behind one address logs in at the same moment with some
  // typing errors; whoever guesses has 8,640 tries a day after that.
  perAddress: { burst: 50, count: 1, periodUs: 10 * US_PER_S },
  // A full room comes back at once after a restart. Guessers with many
  // addresses share 86,400 tries a day.
  inTotal: { burst: 1_000, count: 1, periodUs: US_PER_S },
};

/** The answer of {@linkcode LoginThrottle.charge}. */
export type ThrottleAnswer =
  | { readonly type: "allowed" }
  | { readonly type: "refused"; readonly retryAfterSeconds: number };

/**
 * Limits guesses at a password. A guess counts when the server's OPAQUE
 * response is given out, because with it the client alone learns whether the
 * password was right; it is refunded when the login succeeds. So only wrong,
 * unfinished and running logins count, and people who know the password never
 * lock each other out.
 *
 * Whoever has many addresses can use up the total and keep others from logging
 * in for a while. That is accepted: the alternative is unlimited guessing.
 */
export class LoginThrottle {
  readonly #rates: LoginThrottleRates;
  readonly #total: TokenBucket;
  /** The addresses with a token missing. */
  readonly #addresses = new Map<string, TokenBucket>();
  readonly #maxAddresses: number;

  /**
   * Creates a throttle without guesses.
   *
   * @param nowUs The monotonic time.
   * @param rates What to allow.
   */
  constructor(
    nowUs: number,
    rates: LoginThrottleRates = DEFAULT_LOGIN_RATES,
  ) {
    this.#rates = rates;
    this.#total = new TokenBucket(rates.inTotal, nowUs);
    // A bucket is full again after `refillUs`. The total allows so many guesses
    // in that time, so hardly ever do more buckets miss a token.
    const { burst, count, periodUs } = rates.perAddress;
    const refillUs = burst * periodUs / count;
    this.#maxAddresses = rates.inTotal.burst +
      Math.ceil(refillUs / rates.inTotal.periodUs * rates.inTotal.count);
  }

  /** For how many addresses the throttle holds state; always bounded. */
  get addressCount(): number {
    return this.#addresses.size;
  }

  /**
   * Counts a guess, if one more is allowed.
   *
   * @param address The client's IP address, without port.
   * @param nowUs The monotonic time.
   * @returns Whether the guess may be answered, or when to try again.
   */
  charge(address: string, nowUs: number): ThrottleAnswer {
    const known = this.#addresses.get(address);
    const waitUs = Math.max(
      this.#total.waitUs(nowUs),
      known?.waitUs(nowUs) ?? 0,
    );
    if (waitUs > 0) {
      const retryAfterSeconds = Math.ceil(waitUs / US_PER_S);
      return { type: "refused", retryAfterSeconds };
    }
    this.#total.take(nowUs);
    (known ?? this.#addAddress(address, nowUs)).take(nowUs);
    return { type: "allowed" };
  }

  /**
   * Takes back a charge, because the password was right.
   *
   * @param address The address that was charged.
   * @param nowUs The monotonic time.
   */
  refund(address: string, nowUs: number): void {
    this.#total.refund(nowUs);
    const bucket = this.#addresses.get(address);
    bucket?.refund(nowUs);
    if (bucket?.isFull(nowUs)) this.#addresses.delete(address);
  }

  #addAddress(address: string, nowUs: number): TokenBucket {
    if (this.#addresses.size >= this.#maxAddresses) this.#evict(nowUs);
    const bucket = new TokenBucket(this.#rates.perAddress, nowUs);
    this.#addresses.set(address, bucket);
    return bucket;
  }

  /** Makes room: full buckets say nothing, otherwise the oldest is forgotten. */
  #evict(nowUs: number): void {
    for (const [address, bucket] of this.#addresses) {
      if (bucket.isFull(nowUs)) this.#addresses.delete(address);
    }
    if (this.#addresses.size < this.#maxAddresses) return;
    for (const address of this.#addresses.keys()) {
      this.#addresses.delete(address);
      return;
    }
  }
}
