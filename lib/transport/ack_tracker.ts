import { RangeSet } from "../base/range_set.ts";
import type { AckFrequencyFrame } from "../wire/frame.ts";
import { type AckPolicy, EAGER_ACKS } from "./ack_frequency.ts";
import { MAX_SENT_ACK_RANGES } from "./transport_config.ts";

/** Knows which received packets to acknowledge, and when (RFC 9000 section 13.2). */
export class AckTracker {
  /** Packet numbers to report, without those whose report is known to have arrived. */
  readonly ranges: RangeSet = new RangeSet();
  /** When the acknowledgement is due; undefined while nothing waits for one. */
  deadlineUs: number | undefined;
  #largestReceivedUs = 0;
  #elicitingSinceAck = 0;
  #policy: AckPolicy = EAGER_ACKS;
  /** Of the newest change of the policy that arrived. */
  #policySequence = -1;

  /** The peer asks for another frequency. It holds from this packet on. */
  onAckFrequency(frame: AckFrequencyFrame, nowUs: number): void {
    if (frame.sequence <= this.#policySequence) return;
    this.#policySequence = frame.sequence;
    const { threshold, maxAckDelayUs: maxDelayUs } = frame;
    this.#policy = { threshold, maxDelayUs };
    // What waits may have waited too long by the new measure.
    if (this.deadlineUs !== undefined) {
      this.deadlineUs = Math.min(this.deadlineUs, nowUs + maxDelayUs);
    }
  }

  /** The peer wants to know now what arrived. */
  onImmediateAck(nowUs: number): void {
    this.deadlineUs = nowUs;
  }

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
      outOfOrder || this.#elicitingSinceAck >= this.#policy.threshold
        ? packet.nowUs
        : packet.nowUs + this.#policy.maxDelayUs;
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
