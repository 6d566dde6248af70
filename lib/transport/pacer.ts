import {
  MAX_SENT_DATAGRAM_BYTES,
  PACING_BURST_DATAGRAMS,
  PACING_BURST_US,
} from "./transport_config.ts";

/** What the pace follows from. */
export interface PaceSource {
  /** The congestion window. */
  readonly windowBytes: number;
  /** Whether it still grows fast. */
  readonly isInSlowStart: boolean;
  /** Smoothed round-trip time. */
  readonly smoothedRttUs: number;
}

/**
 * Spreads a window over a round trip (RFC 9002 section 7.7), so that a burst does not overflow a queue on the path. A
 * bucket of some datagrams means that whoever sends little never waits.
 */
export class Pacer {
  #tokenBytes = PACING_BURST_DATAGRAMS * MAX_SENT_DATAGRAM_BYTES;
  #updatedUs = 0;
  /** When the next datagram may go; undefined if one may go now. */
  deadlineUs: number | undefined;

  /**
   * Asks whether a datagram may go now.
   *
   * @param source What the pace follows from.
   * @param nowUs Now.
   */
  canSend(source: PaceSource, nowUs: number): boolean {
    // A window is sent in a little less than a round trip; in slow start in half of one, so that it can grow.
    const gain = source.isInSlowStart ? 2 : 1.25;
    const bytesPerUs = gain * source.windowBytes /
      Math.max(source.smoothedRttUs, 1);
    const capacity = Math.max(
      PACING_BURST_DATAGRAMS * MAX_SENT_DATAGRAM_BYTES,
      bytesPerUs * PACING_BURST_US,
    );
    this.#tokenBytes = Math.min(
      capacity,
      this.#tokenBytes + (nowUs - this.#updatedUs) * bytesPerUs,
    );
    this.#updatedUs = nowUs;
    if (this.#tokenBytes >= MAX_SENT_DATAGRAM_BYTES) {
      this.deadlineUs = undefined;
      return true;
    }
    // Waits until a few fit: a timer for each datagram would cost more than it spreads.
    const missing = Math.min(capacity, 4 * MAX_SENT_DATAGRAM_BYTES) -
      this.#tokenBytes;
    this.deadlineUs = nowUs + Math.ceil(missing / bytesPerUs);
    return false;
  }

  /** A datagram went out. */
  onSent(bytes: number): void {
    this.#tokenBytes -= bytes;
  }
}
