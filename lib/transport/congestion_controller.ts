/** What was acknowledged by one ACK frame. */
export interface AckedBytes {
  /** Sum of the newly acknowledged packets in flight. */
  readonly bytes: number;
  /** When the newest of them was sent. */
  readonly largestSentUs: number;
  /** Number of the newest of them. */
  readonly largestAcked: number;
  /** Number the next sent packet will get: a round trip ends when it is acknowledged. */
  readonly nextPacketNumber: number;
  /** Bytes in flight before this ACK. */
  readonly priorInFlightBytes: number;
  /** Newest round-trip sample. */
  readonly latestRttUs: number;
  /** Smoothed round-trip time. */
  readonly smoothedRttUs: number;
  /** Now. */
  readonly nowUs: number;
}

/** What was declared lost at one moment. */
export interface LostBytes {
  /** Sum of the lost packets in flight. */
  readonly bytes: number;
  /** When the newest of them was sent. */
  readonly largestSentUs: number;
  /** True if the loss lasted so long that the path must be learned anew (RFC 9002 section 7.6). */
  readonly persistent: boolean;
  /** Now. */
  readonly nowUs: number;
}

/** Decides how many bytes may be in flight. One instance per path; a new path gets a new one. */
export interface CongestionController {
  /** Bytes that may be in flight. */
  readonly windowBytes: number;
  /** True until the first sign of congestion: then the window grows fast, and is paced faster. */
  readonly isInSlowStart: boolean;
  /** Grows the window, unless the application did not use it. */
  onAcked(acked: AckedBytes): void;
  /** Shrinks the window, once per round trip. */
  onLost(lost: LostBytes): void;
  /** All that shrank the window last arrived after all: takes the shrinking back. */
  onSpuriousLoss(): void;
}

/** RFC 9002 section 7.2: the window before anything is known of the path. */
export const INITIAL_WINDOW_DATAGRAMS = 10;
/** RFC 9002 section 7.2: the window never falls below. */
export const MINIMUM_WINDOW_DATAGRAMS = 2;
