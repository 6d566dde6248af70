import type { TransportConfig } from "./transport_config.ts";

/** The times that decide whether a peer is still there. */
type LivenessTimes = Pick<
  TransportConfig,
  "idleTimeoutUs" | "keepAliveUs" | "unresponsiveUs"
>;

/**
 * Knows since when a peer is silent, and what that means: nothing yet, a path that does not respond, the end. Only
 * clients keep connections alive; a server's answer to the PING is its own sign of life.
 */
export class Liveness {
  /** True while sent packets have gone unanswered for longer than usual. */
  isUnresponsive = false;
  /** When a packet last arrived. */
  lastReceivedUs: number;
  readonly #times: LivenessTimes;
  readonly #keepsAlive: boolean;
  #idleTimeoutUs: number;
  /** Since when something we sent asks for an answer; undefined while nothing does. */
  #waitingSinceUs: number | undefined;

  /**
   * Creates the liveness.
   *
   * @param options The times, whether this side sends the keep-alives, and now.
   */
  constructor(
    options: { times: LivenessTimes; keepsAlive: boolean; nowUs: number },
  ) {
    this.#times = options.times;
    this.#keepsAlive = options.keepsAlive;
    this.#idleTimeoutUs = options.times.idleTimeoutUs;
    this.lastReceivedUs = options.nowUs;
  }

  /** The shorter of both sides' timeouts holds (RFC 9000 section 10.1). */
  limitIdleTimeout(peerUs: number): void {
    this.#idleTimeoutUs = Math.min(this.#idleTimeoutUs, peerUs);
  }

  /** A packet arrived. @returns True if the peer responds again. */
  onReceived(nowUs: number): boolean {
    this.lastReceivedUs = nowUs;
    if (this.#waitingSinceUs !== undefined) this.#waitingSinceUs = nowUs;
    const isBack = this.isUnresponsive;
    this.isUnresponsive = false;
    return isBack;
  }

  /** Something that asks for an answer was sent. */
  onElicitingSent(nowUs: number): void {
    this.#waitingSinceUs ??= nowUs;
  }

  /** Everything that was sent is acknowledged or declared lost. */
  onNothingInFlight(): void {
    this.#waitingSinceUs = undefined;
  }

  /** When the connection is given up. What we sent last restarts the wait, but only the first of a series. */
  get idleUs(): number {
    return Math.max(this.lastReceivedUs, this.#waitingSinceUs ?? 0) +
      this.#idleTimeoutUs;
  }

  /** When the path counts as unresponsive; Infinity if nothing is waited for. */
  get unresponsiveUs(): number {
    if (this.isUnresponsive || this.#waitingSinceUs === undefined) {
      return Infinity;
    }
    return this.#waitingSinceUs + this.#times.unresponsiveUs;
  }

  /** When a PING is due; Infinity for never. */
  get keepAliveUs(): number {
    if (!this.#keepsAlive || this.#waitingSinceUs !== undefined) {
      return Infinity;
    }
    // A third of the idle timeout, so that two may be lost, where the peer is less patient than our own interval.
    const intervalUs = Math.min(
      this.#times.keepAliveUs,
      Math.floor(this.#idleTimeoutUs / 3),
    );
    return this.lastReceivedUs + intervalUs;
  }
}
