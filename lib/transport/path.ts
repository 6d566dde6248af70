import { equalBytes } from "../base/bytes.ts";
import type { Address } from "./address.ts";
import {
  AMPLIFICATION_LIMIT,
  PATH_VALIDATION_TIMEOUT_US,
} from "./transport_config.ts";

/**
 * One way to the peer, and whether it is proven that the peer is at its end (RFC 9000 section 8.2). Until then no more
 * than three times what came from there is sent there.
 */
export class Path {
  /** Where the peer is on this path. */
  readonly remote: Address;
  /** What the peer has to repeat; 8 random bytes. */
  readonly challenge: Uint8Array;
  /** When an unanswered challenge means that nobody of ours is there. */
  readonly giveUpUs: number;
  #isValidated: boolean;
  #receivedBytes = 0;
  #sentBytes = 0;

  /**
   * Creates the path.
   *
   * @param options Where, whether the handshake has proven it already, the challenge if not, and now.
   */
  constructor(
    options: {
      remote: Address;
      isValidated: boolean;
      challenge: Uint8Array;
      nowUs: number;
    },
  ) {
    this.remote = options.remote;
    this.challenge = options.challenge;
    this.giveUpUs = options.nowUs + PATH_VALIDATION_TIMEOUT_US;
    this.#isValidated = options.isValidated;
  }

  /** True once the peer has shown that it receives here. */
  get isValidated(): boolean {
    return this.#isValidated;
  }

  /** Bytes that may be sent here now. */
  get allowanceBytes(): number {
    if (this.#isValidated) return Infinity;
    return AMPLIFICATION_LIMIT * this.#receivedBytes - this.#sentBytes;
  }

  /** A packet of the peer came from here. */
  onReceived(bytes: number): void {
    this.#receivedBytes += bytes;
  }

  /** A datagram went here. */
  onSent(bytes: number): void {
    this.#sentBytes += bytes;
  }

  /** Counts a datagram that is ready for here, if it may be sent. @returns Its bytes; 0 if it may not. */
  admit(bytes: number): number {
    if (bytes > this.allowanceBytes) return 0;
    this.onSent(bytes);
    return bytes;
  }

  /** The peer repeated a challenge. @returns True if that proves this path. */
  onResponse(data: Uint8Array): boolean {
    if (this.#isValidated || !equalBytes(data, this.challenge)) return false;
    this.#isValidated = true;
    return true;
  }
}
