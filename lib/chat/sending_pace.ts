import { US_PER_S } from "../base/time.ts";
import { TokenBucket } from "../base/token_bucket.ts";
import type { WelcomeMessage } from "./welcome_message.ts";

/** What a server says of how fast one may send. */
export type Announced = Pick<
  WelcomeMessage,
  "messageBurst" | "messagesPerSecond"
>;

/** Keeps a client below the rate of its room, so that nothing is refused. */
export class SendingPace {
  /** The server may still count what an earlier client has sent. */
  readonly #isReturning: boolean;
  #announced: Announced | undefined;
  #bucket: TokenBucket | undefined;

  /**
   * Creates the pace of a client that was not welcomed yet.
   *
   * @param isReturning Whether an earlier one was there.
   */
  constructor(isReturning: boolean) {
    this.#isReturning = isReturning;
  }

  /**
   * Takes what a welcome says.
   *
   * @param announced The rate.
   * @param nowUs The monotonic time.
   */
  handleWelcome(announced: Announced, nowUs: number): void {
    const { messageBurst: burst, messagesPerSecond } = announced;
    const known = this.#announced;
    this.#announced = announced;
    if (
      known?.messageBurst === burst &&
      known.messagesPerSecond === messagesPerSecond
    ) return;
    // One percent below, so that a clock of ours that runs fast does not make
    // us too fast.
    const rate = {
      burst,
      count: 99 * messagesPerSecond,
      periodUs: 100 * US_PER_S,
    };
    this.#bucket = new TokenBucket(rate, nowUs);
    if (known === undefined && this.#isReturning) this.#bucket.empty(nowUs);
  }

  /** How long to wait with the next message, in microseconds. */
  waitUs(nowUs: number): number {
    return this.#bucket?.waitUs(nowUs) ?? 0;
  }

  /** Takes note that a message is sent. */
  take(nowUs: number): void {
    this.#bucket?.take(nowUs);
  }
}
