import { RangeSet } from "../base/range_set.ts";
import {
  ACK_ELICITING_THRESHOLD,
  MAX_ACK_DELAY_US,
  MAX_SENT_ACK_RANGES,
} from "./transport_config.ts";

/** Knows which received packets to acknowledge, and when (RFC 9000 section 13.2). */
export class AckTracker {
  /** Packet numbers to report, without those whose report is known to have arrived. */
  readonly ranges: RangeSet = new RangeSet();
  /** When the acknowledgement is due; undefined while nothing waits for one. */
  deadlineUs: number | undefined;
  #largestReceivedUs = 0;
  #elicitingSinceAck = 0;

  /**
   * Notes an authenticated packet that is no duplicate.
   *
   * @param packet Its number, whether it asks for an ACK, and now.
   */
  onReceived(
    packet: { packetNumber: number; ackEliciting: boolean; nowUs: number },
  ): void {
    const largest = this.ranges.max;
    if (largest === undefined || packet.packetNumber > largest) {
      this.#largestReceivedUs = packet.nowUs;
    }
    this.ranges.addOne(packet.packetNumber);
    // What falls out here was reported many times; the peer has it or has declared it lost.
    if (this.ranges.size > MAX_SENT_ACK_RANGES) {
      this.ranges.removeBelow(this.ranges.start(1));
    }
    if (!packet.ackEliciting) return;
    this.#elicitingSinceAck++;
    const outOfOrder = largest !== undefined &&
      packet.packetNumber !== largest + 1;
    const dueUs =
      outOfOrder || this.#elicitingSinceAck >= ACK_ELICITING_THRESHOLD
        ? packet.nowUs
        : packet.nowUs + MAX_ACK_DELAY_US;
    if (this.deadlineUs === undefined || dueUs < this.deadlineUs) {
      this.deadlineUs = dueUs;
    }
  }

  /** How long the largest packet has waited for its ACK. */
  delayUs(nowUs: number): number {
    return nowUs - this.#largestReceivedUs;
  }

  /** An ACK frame with all ranges went out. */
  onAckSent(): void {
    this.deadlineUs = undefined;
    this.#elicitingSinceAck = 0;
  }

  /**
   * The peer acknowledged a packet that carried our ACK: what that reported need not be reported again
   * (RFC 9000 section 13.2.4).
   *
   * @param largestReported The largest packet number in that ACK.
   */
  onAckAcked(largestReported: number): void {
    // The newest range stays whole: its upper end is what the next ACK starts from.
    const newest = this.ranges.size - 1;
    if (newest < 0) return;
    this.ranges.removeBelow(
      Math.min(largestReported + 1, this.ranges.start(newest)),
    );
  }
}
