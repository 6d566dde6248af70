import { MAX_DATAGRAM_BYTES } from "../wire/packet.ts";
import { type Address, isLoopback } from "./address.ts";
import {
  MAX_SENT_DATAGRAM_BYTES,
  MTU_BLACK_HOLE_LOSSES,
  MTU_PROBES_PER_SIZE,
  MTU_RETRY_US,
} from "./transport_config.ts";

/** Sizes that networks are made of, largest first: Ethernet less IPv6 and UDP, tunnels, PPPoE behind a tunnel, IPv6's least. */
const NETWORK_BYTES: readonly number[] = [1452, 1400, 1350, 1280];
/** Inside one computer nothing is cut up, but macOS sends no more than 9,216 bytes. Elsewhere a large probe would pass as fragments. */
const LOOPBACK_BYTES: readonly number[] = [
  MAX_DATAGRAM_BYTES,
  8192,
  ...NETWORK_BYTES,
];

/**
 * Finds the largest datagram a path carries (RFC 8899). Starts from what every path carries; probes are packets of their
 * own, whose loss says nothing about congestion.
 */
export class PathMtu {
  /** Largest datagram to send. */
  currentBytes: number = MAX_SENT_DATAGRAM_BYTES;
  readonly #maxBytes: number;
  readonly #candidates: readonly number[];
  /** Next size to try, as an index; the list's length once the search is over. */
  #candidate = 0;
  #failures = 0;
  #isProbing = false;
  #largeLosses = 0;
  /** The newest packet of more than the least size that arrived. */
  #newestLarge = -1;
  /** When the search may start again; undefined while one is on. */
  #nextSearchUs: number | undefined;

  /**
   * Creates the path mtu.
   *
   * @param remote Where the path leads.
   * @param peerMaxBytes Largest datagram the peer takes.
   */
  constructor(remote: Address, peerMaxBytes: number) {
    this.#candidates = isLoopback(remote) ? LOOPBACK_BYTES : NETWORK_BYTES;
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
    while (this.#candidate < this.#candidates.length) {
      const bytes = this.#candidates[this.#candidate]!;
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
  onAcked(packetNumber: number, bytes: number): void {
    if (bytes <= MAX_SENT_DATAGRAM_BYTES) return;
    this.#newestLarge = Math.max(this.#newestLarge, packetNumber);
    this.#largeLosses = 0;
  }

  /**
   * A packet was lost: if many large ones are, and none that was sent later arrives, the path carries them no more
   * (RFC 8899 section 4.3). A full queue loses as many, but not the next.
   */
  onLost(packetNumber: number, bytes: number): void {
    if (
      bytes <= MAX_SENT_DATAGRAM_BYTES || packetNumber < this.#newestLarge ||
      ++this.#largeLosses < MTU_BLACK_HOLE_LOSSES
    ) return;
    this.currentBytes = MAX_SENT_DATAGRAM_BYTES;
    this.#largeLosses = 0;
    // What looked like a path that changed may have been a full queue: the next probes tell.
    this.#candidate = 0;
    this.#failures = 0;
    this.#nextSearchUs = undefined;
  }

  #endSearch(nowUs: number): void {
    this.#candidate = this.#candidates.length;
    this.#failures = 0;
    this.#nextSearchUs = nowUs + MTU_RETRY_US;
  }
}
