import { AckFrequency } from "./ack_frequency.ts";
import type { CongestionController } from "./congestion_controller.ts";
import { RttEstimator } from "./rtt_estimator.ts";
import { type SentPacket, SentPackets } from "./sent_packets.ts";
import {
  CALM_ACK_DELAY_US,
  GRANULARITY_US,
  MAX_PACKET_THRESHOLD,
  MAX_PTO_US,
  MAX_REMEMBERED_LOSSES,
  PACKET_THRESHOLD,
  PERSISTENT_CONGESTION_THRESHOLD,
  TIME_THRESHOLD_EIGHTHS,
} from "./transport_config.ts";

/** A decoded ACK, as the recovery needs it. */
export interface ReceivedAck {
  /** Largest packet number acknowledged. */
  readonly largest: number;
  /** How long the peer says it waited. */
  readonly delayUs: number;
  /** Flat pairs [start, end), descending. */
  readonly ranges: readonly number[];
}

/**
 * Loss detection and probe timeouts (RFC 9002 section 6 and appendix A) for the one packet number space a connection
 * has. Tells its owner which packets arrived and which are lost; the owner knows what they carried.
 */
export class LossRecovery {
  /** Times of the current path. */
  rtt: RttEstimator = new RttEstimator();
  /** What was sent and is neither acknowledged nor lost. */
  readonly sent: SentPackets = new SentPackets();
  /** What the peer is asked for. */
  readonly ackFrequency: AckFrequency = new AckFrequency();
  /** Decides how many bytes may be in flight. */
  congestion: CongestionController;
  /** Bytes of ack-eliciting packets neither acknowledged nor lost. */
  inFlightBytes = 0;
  /** True while content waits for the window or the pacer: then the window counts as used (RFC 9002 section 7.8). */
  isHeldBack = false;
  /** Probe timeouts since the last acknowledgement. */
  ptoCount = 0;
  /** Packets that may be sent regardless of the congestion window, because a probe timeout expired. */
  probesDue = 0;
  /** Packets ever declared lost. */
  lostPackets = 0;
  /** Those of them that arrived after all. */
  spuriousLosses = 0;
  /** ACK frames taken. */
  ackFrames = 0;
  /** Probe timeouts ever. */
  probeTimeouts = 0;
  /** Filled by `handleAck`: newly acknowledged packets, ascending. Valid until the next call. */
  readonly acked: SentPacket[] = [];
  /** Filled by `handleAck` and `handleTimeout`: newly lost packets, ascending. Valid until the next call. */
  readonly lost: SentPacket[] = [];
  /** Filled by `handleAck`: packets that were declared lost, and arrived after all. Valid until the next call. */
  readonly late: SentPacket[] = [];
  #largestAcked = -1;
  #lossUs: number | undefined;
  #lastElicitingSentUs = 0;
  #inFlightPackets = 0;
  #firstRttSampleUs: number | undefined;
  /** Packets declared lost lately, oldest first. */
  readonly #declaredLost = new Map<number, SentPacket>();
  /** Those of them for which the window was shrunk last. */
  readonly #shrunkFor = new Set<number>();
  #recoveryStartUs = -1;
  /** Grows with the reordering that was seen, so that a path that reorders is not taken for one that loses. */
  #packetThreshold = PACKET_THRESHOLD;

  /**
   * Creates the loss recovery.
   *
   * @param congestion The controller of the first path.
   */
  constructor(congestion: CongestionController) {
    this.congestion = congestion;
  }

  /** Largest packet number the peer acknowledged, or -1. */
  get largestAcked(): number {
    return this.#largestAcked;
  }

  /** Bytes that the congestion window has room for; negative once it shrank below what is in flight. */
  get roomBytes(): number {
    return this.congestion.windowBytes - this.inFlightBytes;
  }

  /** Remembers a packet that goes out now. */
  onSent(packet: SentPacket): void {
    this.sent.add(packet);
    if (!packet.ackEliciting) return;
    this.inFlightBytes += packet.bytes;
    this.#inFlightPackets++;
    this.#lastElicitingSentUs = packet.sentUs;
    if (this.probesDue > 0) this.probesDue--;
  }

  /**
   * Takes an ACK frame. `acked` and `lost` hold the outcome.
   *
   * @param ack The frame.
   * @param nowUs Now.
   * @returns False if it acknowledges a packet that was never sent.
   */
  handleAck(ack: ReceivedAck, nowUs: number): boolean {
    this.acked.length = 0;
    this.lost.length = 0;
    this.late.length = 0;
    if (ack.largest >= this.sent.end) return false;
    this.ackFrames++;
    if (this.#declaredLost.size > 0) this.#collectLate(ack);
    const priorInFlightBytes = this.isHeldBack
      ? Math.max(this.inFlightBytes, this.congestion.windowBytes)
      : this.inFlightBytes;
    const ackedBytes = this.#collectAcked(ack.ranges);
    if (ack.largest > this.#largestAcked) this.#largestAcked = ack.largest;
    const newest = this.acked[this.acked.length - 1];
    if (newest === undefined) return true;
    if (
      newest.packetNumber === ack.largest &&
      this.acked.some((packet) => packet.ackEliciting)
    ) {
      this.#firstRttSampleUs ??= nowUs;
      this.rtt.update(
        nowUs - newest.sentUs,
        Math.min(ack.delayUs, CALM_ACK_DELAY_US),
      );
    }
    this.#detectLost(nowUs);
    if (this.lost.length === 0) this.ackFrequency.onAcked(this.acked.length);
    if (ackedBytes > 0) {
      this.congestion.onAcked({
        bytes: ackedBytes,
        largestSentUs: this.acked.findLast((packet) =>
          packet.ackEliciting
        )!.sentUs,
        largestAcked: newest.packetNumber,
        nextPacketNumber: this.sent.end,
        priorInFlightBytes,
        latestRttUs: this.rtt.latestUs,
        smoothedRttUs: this.rtt.smoothedUs,
        nowUs,
      });
    }
    this.ptoCount = 0;
    this.probesDue = 0;
    return true;
  }

  /** When `handleTimeout` has something to do; undefined while nothing is in flight. */
  get deadlineUs(): number | undefined {
    if (this.#lossUs !== undefined) return this.#lossUs;
    if (this.#inFlightPackets === 0 || this.probesDue > 0) return undefined;
    const backedOffUs = this.#ptoUs *
      2 ** Math.min(this.ptoCount, 10);
    return this.#lastElicitingSentUs + Math.min(backedOffUs, MAX_PTO_US);
  }

  /** The deadline passed: either packets are lost now (`lost`), or probes are due. */
  handleTimeout(nowUs: number): void {
    this.lost.length = 0;
    if (this.#lossUs !== undefined) {
      this.#detectLost(nowUs);
      return;
    }
    this.ptoCount++;
    this.probeTimeouts++;
    this.ackFrequency.onTrouble();
    // Section 6.2.4: two, so that one more loss does not cost another timeout.
    this.probesDue = 2;
  }

  /** The peer is reached over another path: its time and its window are learned anew. */
  onNewPath(congestion: CongestionController): void {
    this.rtt = new RttEstimator();
    this.congestion = congestion;
    this.ptoCount = 0;
    this.ackFrequency.onTrouble();
    this.#recoveryStartUs = -1;
    this.#shrunkFor.clear();
  }

  get #ptoUs(): number {
    return this.rtt.ptoUs(this.ackFrequency.policy.maxDelayUs);
  }

  /** Oldest packet in flight, whose content a probe repeats. */
  oldestInFlight(after: number): SentPacket | undefined {
    for (
      let number = Math.max(after, this.sent.first);
      number < this.sent.end;
      number++
    ) {
      const packet = this.sent.get(number);
      if (packet?.ackEliciting) return packet;
    }
    return undefined;
  }

  #collectAcked(ranges: readonly number[]): number {
    let bytes = 0;
    for (let i = ranges.length - 2; i >= 0; i -= 2) {
      const end = ranges[i + 1]!;
      for (
        let number = Math.max(ranges[i]!, this.sent.first);
        number < end;
        number++
      ) {
        const packet = this.sent.get(number);
        if (packet === undefined) continue;
        this.acked.push(packet);
        bytes += this.#removeFromFlight(packet);
      }
    }
    return bytes;
  }

  #removeFromFlight(packet: SentPacket): number {
    this.sent.remove(packet.packetNumber);
    if (!packet.ackEliciting) return 0;
    this.inFlightBytes -= packet.bytes;
    this.#inFlightPackets--;
    return packet.bytes;
  }

  /** Section 6.1: lost is what was sent before an acknowledged packet, by number or by time. */
  #detectLost(nowUs: number): void {
    this.#lossUs = undefined;
    const rttUs = Math.max(this.rtt.latestUs, this.rtt.smoothedUs);
    const delayUs = Math.max(
      (rttUs * TIME_THRESHOLD_EIGHTHS) >> 3,
      GRANULARITY_US,
    );
    let bytes = 0;
    let largestSentUs = 0;
    for (let number = this.sent.first; number < this.#largestAcked; number++) {
      const packet = this.sent.get(number);
      if (packet === undefined) continue;
      if (
        number > this.#largestAcked - this.#packetThreshold &&
        packet.sentUs + delayUs > nowUs
      ) {
        this.#lossUs = packet.sentUs + delayUs;
        break;
      }
      this.lost.push(packet);
      const inFlightBytes = this.#removeFromFlight(packet);
      if (!packet.isMtuProbe) bytes += inFlightBytes;
      if (packet.ackEliciting && !packet.isMtuProbe) {
        largestSentUs = packet.sentUs;
      }
    }
    if (bytes === 0) return;
    this.ackFrequency.onTrouble();
    this.lostPackets += this.lost.length;
    this.#remember(largestSentUs, nowUs);
    this.congestion.onLost({
      bytes,
      largestSentUs,
      persistent: this.#isPersistent(),
      nowUs,
    });
  }

  /** Keeps what was lost for a while, in case it arrives after all. */
  #remember(largestSentUs: number, nowUs: number): void {
    if (largestSentUs > this.#recoveryStartUs) {
      this.#recoveryStartUs = nowUs;
      this.#shrunkFor.clear();
    }
    for (const packet of this.lost) {
      if (!packet.ackEliciting || packet.isMtuProbe) continue;
      this.#declaredLost.set(packet.packetNumber, packet);
      this.#shrunkFor.add(packet.packetNumber);
    }
    for (const oldest of this.#declaredLost.keys()) {
      if (this.#declaredLost.size <= MAX_REMEMBERED_LOSSES) break;
      this.#declaredLost.delete(oldest);
      this.#shrunkFor.clear();
    }
  }

  /** Finds packets that were declared lost too early, and takes back what that did. */
  #collectLate(ack: ReceivedAck): void {
    for (const [number, packet] of this.#declaredLost) {
      if (!isInRanges(number, ack.ranges)) continue;
      this.#declaredLost.delete(number);
      this.late.push(packet);
      this.spuriousLosses++;
      this.#packetThreshold = Math.min(
        Math.max(this.#packetThreshold, ack.largest - number + 1),
        MAX_PACKET_THRESHOLD,
      );
      // RFC 9438 section 4.9: only if nothing of that time is missing was the loss not real.
      if (this.#shrunkFor.delete(number) && this.#shrunkFor.size === 0) {
        this.congestion.onSpuriousLoss();
      }
    }
  }

  /** Section 7.6: nothing got through between two lost ack-eliciting packets far enough apart. */
  #isPersistent(): boolean {
    const durationUs = this.#ptoUs *
      PERSISTENT_CONGESTION_THRESHOLD;
    let first: SentPacket | undefined;
    let previous = -1;
    for (const packet of this.lost) {
      // A number between that is not lost was acknowledged: the stretch begins anew.
      if (packet.packetNumber !== previous + 1) first = undefined;
      previous = packet.packetNumber;
      if (
        !packet.ackEliciting ||
        packet.sentUs < (this.#firstRttSampleUs ?? Infinity)
      ) continue;
      first ??= packet;
      if (packet.sentUs - first.sentUs > durationUs) return true;
    }
    return false;
  }
}

function isInRanges(number: number, ranges: readonly number[]): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if (number >= ranges[i]! && number < ranges[i + 1]!) return true;
  }
  return false;
}
