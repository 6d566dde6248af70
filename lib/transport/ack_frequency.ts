import type { AckFrequencyFrame } from "../wire/frame.ts";
import {
  ACK_ELICITING_THRESHOLD,
  CALM_ACK_DELAY_US,
  CALM_ACK_ELICITING_THRESHOLD,
  CALM_PACKETS,
  MAX_ACK_DELAY_US,
} from "./transport_config.ts";

/** How often a receiver acknowledges. */
export interface AckPolicy {
  /** Ack-eliciting packets received before an ACK goes out at once. */
  readonly threshold: number;
  /** Longest deliberate delay of an ACK. */
  readonly maxDelayUs: number;
}

/** How every connection begins, and what it falls back to when something is lost. */
export const EAGER_ACKS: AckPolicy = {
  threshold: ACK_ELICITING_THRESHOLD,
  maxDelayUs: MAX_ACK_DELAY_US,
};

/** What a path that loses nothing needs. */
export const CALM_ACKS: AckPolicy = {
  threshold: CALM_ACK_ELICITING_THRESHOLD,
  maxDelayUs: CALM_ACK_DELAY_US,
};

/**
 * Decides what a sender asks of its peer's acknowledgements (draft-ietf-quic-ack-frequency, docs/PROTOCOL.md section
 * 3.17): few while nothing is lost, because each costs the sender as much as a message; prompt ones from the first loss
 * on, because every probe timeout waits for them.
 *
 *     eager --CALM_PACKETS acknowledged in a row--> calm
 *     calm --a loss, a probe timeout, a new path--> eager
 */
export class AckFrequency {
  /** True while the peer has to be told. */
  isDue = false;
  #policy = EAGER_ACKS;
  #sequence = 0;
  #calmPackets = 0;

  /** What the peer was asked for last. */
  get policy(): AckPolicy {
    return this.#policy;
  }

  /** The frame that says it. */
  get frame(): AckFrequencyFrame {
    const { threshold, maxDelayUs } = this.#policy;
    return {
      type: "ackFrequency",
      sequence: this.#sequence,
      threshold,
      maxAckDelayUs: maxDelayUs,
    };
  }

  /** Packets arrived, and none is missing. */
  onAcked(packets: number): void {
    if (this.#policy === CALM_ACKS) return;
    this.#calmPackets += packets;
    if (this.#calmPackets >= CALM_PACKETS) this.#ask(CALM_ACKS);
  }

  /** Something was lost, or may have been. */
  onTrouble(): void {
    this.#calmPackets = 0;
    if (this.#policy === CALM_ACKS) this.#ask(EAGER_ACKS);
  }

  /** A frame of ours is lost: the newest has to arrive. */
  onFrameLost(sequence: number): void {
    if (sequence === this.#sequence) this.isDue = true;
  }

  #ask(policy: AckPolicy): void {
    this.#policy = policy;
    this.#sequence++;
    this.isDue = true;
  }
}
