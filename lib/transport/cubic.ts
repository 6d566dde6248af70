import {
  type AckedBytes,
  type CongestionController,
  INITIAL_WINDOW_DATAGRAMS,
  type LostBytes,
  MINIMUM_WINDOW_DATAGRAMS,
} from "./congestion_controller.ts";
import { CAREFUL_GROWTH_DIVISOR, SlowStartExit } from "./slow_start_exit.ts";
import { MAX_SENT_DATAGRAM_BYTES } from "./transport_config.ts";

/** RFC 9438 section 4.1: datagrams per second cubed. */
const C = 0.4;
/** RFC 9438 section 4.6: what remains of the window after a loss. */
const BETA = 0.7;
/** RFC 9438 section 4.3: growth at which a flow is as fast as Reno's. */
const RENO_ALPHA = 3 * (1 - BETA) / (1 + BETA);
const US_PER_S = 1_000_000;

/** What a loss changes, and a spurious loss restores. */
interface CubicState {
  readonly windowBytes: number;
  readonly thresholdBytes: number;
  readonly maxBytes: number;
  readonly originBytes: number;
  readonly epochUs: number | undefined;
  readonly recoveryStartUs: number;
}

/** CUBIC (RFC 9438) with HyStart++ (RFC 9406). All sizes in bytes, all times in microseconds. */
export class Cubic implements CongestionController {
  /** Bytes that may be in flight. */
  windowBytes = INITIAL_WINDOW_DATAGRAMS * MAX_SENT_DATAGRAM_BYTES;
  #thresholdBytes = Infinity;
  /** W_max: the window at which the path was full. */
  #maxBytes = 0;
  /** The window in which the current growth began. */
  #originBytes = 0;
  /** W_est: what Reno's window would be. */
  #renoBytes = 0;
  /** When the current growth began; undefined until the first ACK after a loss. */
  #epochUs: number | undefined;
  /** Seconds until the growth reaches `maxBytes` again. */
  #k = 0;
  #recoveryStartUs = -1;
  #beforeLoss: CubicState | undefined;
  /** Since when the application sends less than it could: that time does not count as growth. */
  #idleSinceUs: number | undefined;
  #slowStartExit = new SlowStartExit();

  /** True until the first sign of congestion. */
  get isInSlowStart(): boolean {
    return this.windowBytes < this.#thresholdBytes;
  }

  /** Grows: fast in slow start, then along the cubic curve, never slower than Reno. */
  onAcked(acked: AckedBytes): void {
    if (acked.largestSentUs <= this.#recoveryStartUs) return;
    // RFC 9002 section 7.8: a window that was not used says nothing about the path.
    if (acked.priorInFlightBytes + MAX_SENT_DATAGRAM_BYTES < this.windowBytes) {
      this.#idleSinceUs ??= acked.nowUs;
      return;
    }
    this.#skipIdle(acked.nowUs);
    if (this.isInSlowStart) this.#growFast(acked);
    else this.#growCubic(acked);
  }

  /** Shrinks once per round trip; persistent congestion falls to the minimum. */
  onLost(lost: LostBytes): void {
    if (lost.largestSentUs > this.#recoveryStartUs) {
      this.#beforeLoss = this.#state();
      this.#recoveryStartUs = lost.nowUs;
      this.#epochUs = undefined;
      // RFC 9438 section 4.7: a flow that shrinks twice in a row makes room for newcomers.
      this.#maxBytes = this.windowBytes < this.#maxBytes
        ? this.windowBytes * (1 + BETA) / 2
        : this.windowBytes;
      this.#thresholdBytes = Math.max(
        Math.floor(this.windowBytes * BETA),
        minimumBytes(),
      );
      this.windowBytes = this.#thresholdBytes;
    }
    if (lost.persistent) {
      this.windowBytes = minimumBytes();
      this.#recoveryStartUs = -1;
      this.#beforeLoss = undefined;
      this.#slowStartExit = new SlowStartExit();
    }
  }

  /** RFC 9438 section 4.9. */
  onSpuriousLoss(): void {
    const before = this.#beforeLoss;
    if (before === undefined) return;
    this.#beforeLoss = undefined;
    if (this.windowBytes >= before.windowBytes) return;
    this.windowBytes = before.windowBytes;
    this.#thresholdBytes = before.thresholdBytes;
    this.#maxBytes = before.maxBytes;
    this.#originBytes = before.originBytes;
    this.#recoveryStartUs = before.recoveryStartUs;
    this.#epochUs = undefined;
  }

  #growFast(acked: AckedBytes): void {
    const isOver = this.#slowStartExit.onAcked(acked);
    const divisor = this.#slowStartExit.isCareful ? CAREFUL_GROWTH_DIVISOR : 1;
    this.windowBytes += Math.floor(acked.bytes / divisor);
    if (isOver) this.#thresholdBytes = this.windowBytes;
  }

  #growCubic(acked: AckedBytes): void {
    if (this.#epochUs === undefined) this.#startEpoch(acked.nowUs);
    const seconds = (acked.nowUs - this.#epochUs!) / US_PER_S;
    this.#growReno(acked.bytes);
    const now = this.#curve(seconds);
    if (now < this.#renoBytes) {
      this.windowBytes = Math.max(
        this.windowBytes,
        Math.floor(this.#renoBytes),
      );
      return;
    }
    // Section 4.4: towards where the curve will be in a round trip, at most by half.
    const ahead = this.#curve(seconds + acked.smoothedRttUs / US_PER_S);
    const target = Math.min(
      Math.max(ahead, this.windowBytes),
      this.windowBytes * 1.5,
    );
    this.windowBytes += Math.floor(
      (target - this.windowBytes) * acked.bytes / this.windowBytes,
    );
  }

  #startEpoch(nowUs: number): void {
    this.#epochUs = nowUs;
    this.#originBytes = this.windowBytes;
    this.#renoBytes = this.windowBytes;
    if (this.#maxBytes < this.windowBytes) this.#maxBytes = this.windowBytes;
    this.#k = Math.cbrt(
      (this.#maxBytes - this.#originBytes) / MAX_SENT_DATAGRAM_BYTES / C,
    );
  }

  /** Section 4.3: Reno's growth, faster once it has passed the old window. */
  #growReno(ackedBytes: number): void {
    const alpha = this.#renoBytes >= this.#maxBytes ? 1 : RENO_ALPHA;
    this.#renoBytes += alpha * ackedBytes * MAX_SENT_DATAGRAM_BYTES /
      this.windowBytes;
  }

  /** Section 4.2, figure 1. */
  #curve(seconds: number): number {
    return C * (seconds - this.#k) ** 3 * MAX_SENT_DATAGRAM_BYTES +
      this.#maxBytes;
  }

  /** Section 5.8: the curve stands still while the application does not use the window. */
  #skipIdle(nowUs: number): void {
    if (this.#idleSinceUs === undefined) return;
    if (this.#epochUs !== undefined) {
      this.#epochUs += nowUs - Math.max(this.#idleSinceUs, this.#epochUs);
    }
    this.#idleSinceUs = undefined;
  }

  #state(): CubicState {
    return {
      windowBytes: this.windowBytes,
      thresholdBytes: this.#thresholdBytes,
      maxBytes: this.#maxBytes,
      originBytes: this.#originBytes,
      epochUs: this.#epochUs,
      recoveryStartUs: this.#recoveryStartUs,
    };
  }
}

function minimumBytes(): number {
  return MINIMUM_WINDOW_DATAGRAMS * MAX_SENT_DATAGRAM_BYTES;
}
