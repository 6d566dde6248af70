import { US_PER_S } from "../base/time.ts";
import { type Rate, TokenBucket } from "../base/token_bucket.ts";

/** What {@linkcode LoginThrottle} allows. */
export interface LoginThrottleRates {
  /** Guesses from one address. */
  readonly perAddress: Rate;
  /** Guesses at one name's password. */
  readonly perName: Rate;
  /** Guesses from all addresses together. */
  readonly inTotal: Rate;
}

/** The rates of a server whose operator sets none. */
export const DEFAULT_LOGIN_RATES: LoginThrottleRates = {
  // A class of 40 behind one address logs in at the same moment with some
  // typing errors; whoever guesses has 8,640 tries a day after that.
  perAddress: { burst: 50, count: 1, periodUs: 10 * US_PER_S },
  // Nobody mistypes the own password more often; with however many addresses,
  // 2,880 tries a day at one person's.
  perName: { burst: 20, count: 1, periodUs: 30 * US_PER_S },
  // A full room comes back at once after a restart. Guessers with many
  // addresses share 86,400 tries a day.
  inTotal: { burst: 1_000, count: 1, periodUs: US_PER_S },
};

/** Whose guess it is, and at whose password. */
export interface Guess {
  /** The client's IP address, without port. */
  readonly address: string;
  /** The key of the name. */
  readonly nameKey: string;
}

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
 * Names count whether they are claimed or not: otherwise it could be told.
 *
 * Whoever has many addresses can use up the total, or a name, and keep others
 * from logging in for a while, but for those who come back with a ticket. That
 * is accepted: the alternative is unlimited guessing.
 */
export class LoginThrottle {
  readonly #total: TokenBucket;
  readonly #addresses: Buckets;
  readonly #names: Buckets;

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
    const { perAddress, perName, inTotal } = rates;
    this.#total = new TokenBucket(inTotal, nowUs);
    this.#addresses = new Buckets(perAddress, inTotal);
    this.#names = new Buckets(perName, inTotal);
  }

  /** For how many addresses the throttle holds state; always bounded. */
  get addressCount(): number {
    return this.#addresses.size;
  }

  /** For how many names the throttle holds state; always bounded. */
  get nameCount(): number {
    return this.#names.size;
  }

  /**
   * Counts a guess, if one more is allowed.
   *
   * @param guess Whose, and at what.
   * @param nowUs The monotonic time.
   * @returns Whether the guess may be answered, or when to try again.
   */
  charge({ address, nameKey }: Guess, nowUs: number): ThrottleAnswer {
    const waitUs = Math.max(
      this.#total.waitUs(nowUs),
      this.#addresses.waitUs(address, nowUs),
      this.#names.waitUs(nameKey, nowUs),
    );
    if (waitUs > 0) {
      const retryAfterSeconds = Math.ceil(waitUs / US_PER_S);
      return { type: "refused", retryAfterSeconds };
    }
    this.#total.take(nowUs);
    this.#addresses.take(address, nowUs);
    this.#names.take(nameKey, nowUs);
    return { type: "allowed" };
  }

  /**
   * Takes back a charge, because the password was right.
   *
   * @param guess What was charged.
   * @param nowUs The monotonic time.
   */
  refund({ address, nameKey }: Guess, nowUs: number): void {
    this.#total.refund(nowUs);
    this.#addresses.refund(address, nowUs);
    this.#names.refund(nameKey, nowUs);
  }
}

/** Buckets by key: those with a token missing, and so many only. */
class Buckets {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #maxBuckets: number;

  constructor(rate: Rate, inTotal: Rate) {
    this.#rate = rate;
    // A bucket is full again after `refillUs`. The total allows so many guesses
    // in that time, so hardly ever do more buckets miss a token.
    const refillUs = rate.burst * rate.periodUs / rate.count;
    this.#maxBuckets = inTotal.burst +
      Math.ceil(refillUs / inTotal.periodUs * inTotal.count);
  }

  get size(): number {
    return this.#buckets.size;
  }

  waitUs(key: string, nowUs: number): number {
    return this.#buckets.get(key)?.waitUs(nowUs) ?? 0;
  }

  take(key: string, nowUs: number): void {
    (this.#buckets.get(key) ?? this.#add(key, nowUs)).take(nowUs);
  }

  refund(key: string, nowUs: number): void {
    const bucket = this.#buckets.get(key);
    bucket?.refund(nowUs);
    if (bucket?.isFull(nowUs)) this.#buckets.delete(key);
  }

  #add(key: string, nowUs: number): TokenBucket {
    if (this.#buckets.size >= this.#maxBuckets) this.#evict(nowUs);
    const bucket = new TokenBucket(this.#rate, nowUs);
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** Makes room: full buckets say nothing, otherwise the oldest is forgotten. */
  #evict(nowUs: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (bucket.isFull(nowUs)) this.#buckets.delete(key);
    }
    if (this.#buckets.size < this.#maxBuckets) return;
    for (const key of this.#buckets.keys()) {
      this.#buckets.delete(key);
      return;
    }
  }
}
