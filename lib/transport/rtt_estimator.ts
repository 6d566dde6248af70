import { GRANULARITY_US, INITIAL_RTT_US } from "./transport_config.ts";

/** Round-trip time estimation (RFC 9002 section 5). All values are integer microseconds. */
export class RttEstimator {
  /** The newest sample. */
  latestUs = 0;
  /** The smallest sample of this path. */
  minUs = 0;
  /** Exponentially weighted mean. */
  smoothedUs: number = INITIAL_RTT_US;
  /** Exponentially weighted mean deviation. */
  varianceUs: number = INITIAL_RTT_US >> 1;
  /** False until the first sample. */
  hasSample = false;

  /**
   * Takes a sample.
   *
   * @param sampleUs Time from sending the largest newly acknowledged packet to its ACK.
   * @param ackDelayUs What the peer says it waited, already limited to its promised maximum.
   */
  update(sampleUs: number, ackDelayUs: number): void {
    this.latestUs = sampleUs;
    if (!this.hasSample) {
      this.hasSample = true;
      this.minUs = sampleUs;
      this.smoothedUs = sampleUs;
      this.varianceUs = sampleUs >> 1;
      return;
    }
    if (sampleUs < this.minUs) this.minUs = sampleUs;
    // Section 5.3: the delay is taken off only where the result stays plausible.
    const adjustedUs = sampleUs >= this.minUs + ackDelayUs
      ? sampleUs - ackDelayUs
      : sampleUs;
    const deviationUs = Math.abs(this.smoothedUs - adjustedUs);
    this.varianceUs = Math.round((3 * this.varianceUs + deviationUs) / 4);
    this.smoothedUs = Math.round((7 * this.smoothedUs + adjustedUs) / 8);
  }

  /**
   * The probe timeout without backoff (RFC 9002 section 6.2.1).
   *
   * @param maxAckDelayUs Longest delay the peer may add.
   */
  ptoUs(maxAckDelayUs: number): number {
    return this.smoothedUs + Math.max(4 * this.varianceUs, GRANULARITY_US) +
      maxAckDelayUs;
  }
}
