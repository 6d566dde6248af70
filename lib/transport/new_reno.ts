import {
  type AckedBytes,
  type CongestionController,
  INITIAL_WINDOW_DATAGRAMS,
  type LostBytes,
  MINIMUM_WINDOW_DATAGRAMS,
} from "./congestion_controller.ts";
import { MAX_SENT_DATAGRAM_BYTES } from "./transport_config.ts";

const INITIAL_WINDOW_BYTES = INITIAL_WINDOW_DATAGRAMS * MAX_SENT_DATAGRAM_BYTES;
const MINIMUM_WINDOW_BYTES = MINIMUM_WINDOW_DATAGRAMS * MAX_SENT_DATAGRAM_BYTES;

/** NewReno as RFC 9002 section 7 and appendix B write it: the reference that CUBIC is compared with. */
export class NewReno implements CongestionController {
  /** Bytes that may be in flight. */
  windowBytes: number = INITIAL_WINDOW_BYTES;
  #slowStartThresholdBytes = Infinity;
  #recoveryStartUs = -1;
  /** Acknowledged bytes that did not yet make up a window: the fraction of a datagram growth would round away. */
  #pendingBytes = 0;

  /** The window and threshold before the last loss. */
  #beforeLoss:
    | { readonly windowBytes: number; readonly thresholdBytes: number }
    | undefined;

  /** True until the first sign of congestion. */
  get isInSlowStart(): boolean {
    return this.windowBytes < this.#slowStartThresholdBytes;
  }

  /** Slow start by what was acknowledged, then one datagram a round trip (sections 7.3.1 and 7.3.3). */
  onAcked(acked: AckedBytes): void {
    if (acked.largestSentUs <= this.#recoveryStartUs) return;
    // Section 7.8: a window that was not used says nothing about the path.
    if (acked.priorInFlightBytes + MAX_SENT_DATAGRAM_BYTES < this.windowBytes) {
      return;
    }
    if (this.isInSlowStart) {
      this.windowBytes += acked.bytes;
      return;
    }
    this.#pendingBytes += acked.bytes;
    if (this.#pendingBytes < this.windowBytes) return;
    this.#pendingBytes -= this.windowBytes;
    this.windowBytes += MAX_SENT_DATAGRAM_BYTES;
  }

  /** Halves the window at the start of a recovery period; persistent congestion falls to the minimum. */
  onLost(lost: LostBytes): void {
    if (lost.largestSentUs > this.#recoveryStartUs) {
      this.#recoveryStartUs = lost.nowUs;
      this.#beforeLoss = {
        windowBytes: this.windowBytes,
        thresholdBytes: this.#slowStartThresholdBytes,
      };
      this.#pendingBytes = 0;
      this.#slowStartThresholdBytes = Math.max(
        this.windowBytes >> 1,
        MINIMUM_WINDOW_BYTES,
      );
      this.windowBytes = this.#slowStartThresholdBytes;
    }
    if (lost.persistent) {
      this.windowBytes = MINIMUM_WINDOW_BYTES;
      this.#recoveryStartUs = -1;
      this.#beforeLoss = undefined;
    }
  }

  /** Takes the last halving back. */
  onSpuriousLoss(): void {
    if (this.#beforeLoss === undefined) return;
    this.windowBytes = Math.max(this.windowBytes, this.#beforeLoss.windowBytes);
    this.#slowStartThresholdBytes = this.#beforeLoss.thresholdBytes;
    this.#beforeLoss = undefined;
  }
}
