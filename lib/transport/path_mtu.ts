import {
  MAX_SENT_DATAGRAM_BYTES,
  MTU_BLACK_HOLE_LOSSES,
  MTU_PROBES_PER_SIZE,
  MTU_RETRY_US,
} from "./transport_config.ts";

/** Sizes that paths are made of, largest first: Ethernet less IPv6 and UDP, tunnels, PPPoE behind a tunnel, IPv6's least. */
const CANDIDATE_BYTES: readonly number[] = [1452, 1400, 1350, 1280];

/**
 * Finds the largest datagram a path carries (RFC 8899). Starts from what every path carries; probes are packets of their
 * own, whose loss says nothing about congestion.
 */
export class PathMtu {
  /** Largest datagram to send. */
  currentBytes: number = MAX_SENT_DATAGRAM_BYTES;
  readonly #maxBytes: number;
  /** Next size to try, as an index; the list's length once the search is over. */
  #candidate = 0;
  #failures = 0;
  #isProbing = false;
  #largeLosses = 0;
  /** When the search may start again; undefined while one is on. */
  #nextSearchUs: number | undefined;

  /**
   * Creates the path mtu.
   *
   * @param peerMaxBytes Largest datagram the peer takes.
   */
  constructor(peerMaxBytes: number) {
    this.#maxBytes = peerMaxBytes;
  }

  /** Size of the probe to send now, if one is due. */
  probeBytes(nowUs: number): number | undefined {
    if (this.#isProbing) return undefined;
    if (this.#nextSearchUs !== undefined) {
      if (nowUs < this.#nextSearchUs) return undefined;
      this.#nextSearchUs = undefined;
      this.#candidate = 0;
    }
    while (this.#candidate < CANDIDATE_BYTES.length) {
      const bytes = CANDIDATE_BYTES[this.#candidate]!;
      if (bytes <= this.currentBytes) break;
      if (bytes <= this.#maxBytes) return bytes;
      this.#candidate++;
    }
    this.#endSearch(nowUs);
    return undefined;
  }

  /** The probe goes out. */
  onProbeSent(): void {
    this.#isProbing = true;
  }

  /** The path carried the probe: everything up to its size may be sent. */
  onProbeAcked(bytes: number, nowUs: number): void {
    this.#isProbing = false;
    this.currentBytes = Math.max(this.currentBytes, bytes);
    this.#largeLosses = 0;
    this.#endSearch(nowUs);
  }

  /** The probe did not arrive; after some tries the next smaller size is next. */
  onProbeLost(): void {
    this.#isProbing = false;
    if (++this.#failures < MTU_PROBES_PER_SIZE) return;
    this.#failures = 0;
    this.#candidate++;
  }

  /** A packet arrived. */
  onAcked(bytes: number): void {
    if (bytes > MAX_SENT_DATAGRAM_BYTES) this.#largeLosses = 0;
  }

  /** Packets were lost: if only large ones are, the path carries them no more (RFC 8899 section 4.3). */
  onLost(bytes: number, nowUs: number): void {
    if (
      bytes <= MAX_SENT_DATAGRAM_BYTES ||
      ++this.#largeLosses < MTU_BLACK_HOLE_LOSSES
    ) return;
    this.currentBytes = MAX_SENT_DATAGRAM_BYTES;
    this.#largeLosses = 0;
    this.#endSearch(nowUs);
  }

  #endSearch(nowUs: number): void {
    this.#candidate = CANDIDATE_BYTES.length;
    this.#failures = 0;
    this.#nextSearchUs = nowUs + MTU_RETRY_US;
  }
}
