/**
 * Limits and times of the transport. Each has one line of reasoning; docs/PROTOCOL.md names those a peer can see.
 *
 * @module
 */

import { US_PER_MS, US_PER_S } from "../base/time.ts";

/** Packets sealed with one key before the next is used: far below any limit of the cipher, often enough to be tried. */
export const KEY_UPDATE_PACKETS: number = 1 << 20;

/** How the window is found: CUBIC (RFC 9438), or the NewReno of RFC 9002 as a reference to compare with. */
export type CongestionControl = "cubic" | "newReno";

/** What may differ between deployments, tests and benchmarks. All times in microseconds, all sizes in bytes. */
export interface TransportConfig {
  /** The congestion controller. */
  readonly congestionControl: CongestionControl;
  /** Packets sealed with one key before the next is used. */
  readonly keyUpdatePackets: number;
  /** Silence after which a connection is given up. */
  readonly idleTimeoutUs: number;
  /** Longest silence we leave: a PING goes out before it, so that both ends notice a dead path. */
  readonly keepAliveUs: number;
  /** How long a client repeats its Hello before it says that nobody answers. */
  readonly helloTimeoutUs: number;
  /** How long a peer may take from Hello to a proven password. */
  readonly loginTimeoutUs: number;
  /** The application's code that a peer is told which takes longer; undefined to forget it without a word. */
  readonly loginTimeoutCode?: number;
  /** Silence after unacknowledged data until a face is told that the path is unresponsive. */
  readonly unresponsiveUs: number;
  /** Flow control credit for a whole connection. */
  readonly maxData: number;
  /** Flow control credit for one stream. */
  readonly maxStreamData: number;
  /** Streams a peer may have open at once. */
  readonly maxStreams: number;
  /** Connections a server keeps. */
  readonly maxConnections: number;
  /** Connections without a login a server keeps; the oldest goes first. */
  readonly maxPendingConnections: number;
  /** Handshakes a server computes per second: each costs three X25519, so this bounds what strangers can take from the room. */
  readonly maxHandshakesPerSecond: number;
}

/** What the product runs with. */
export const DEFAULT_TRANSPORT_CONFIG: TransportConfig = {
  congestionControl: "cubic",
  keyUpdatePackets: KEY_UPDATE_PACKETS,
  // Long enough for a Wi-Fi hop, short enough that a member who is gone does not linger in the list.
  idleTimeoutUs: 30 * US_PER_S,
  // Three keep-alives fit into one idle timeout, so two may be lost.
  keepAliveUs: 8 * US_PER_S,
  // A person waits about this long before believing that the address is wrong.
  helloTimeoutUs: 6 * US_PER_S,
  // Key stretching takes a second on a slow tablet, the rest is round trips on a bad network.
  loginTimeoutUs: 20 * US_PER_S,
  // Several PTOs on any local network; below it a banner would only flicker.
  unresponsiveUs: 3 * US_PER_S,
  maxData: 4 * 1024 * 1024,
  maxStreamData: 1024 * 1024,
  // Chat is one stream, files a few at a time.
  maxStreams: 64,
  maxConnections: 4096,
  maxPendingConnections: 512,
  maxHandshakesPerSecond: 400,
};

/** Datagrams that every IPv6 path carries; larger ones are sent where a probe got through. */
export const MAX_SENT_DATAGRAM_BYTES = 1200;
/** RFC 9002 section 6.1.1: later packets acknowledged before an earlier one counts as lost. */
export const PACKET_THRESHOLD = 3;
/** How far the packet threshold grows on a path that reorders. */
export const MAX_PACKET_THRESHOLD = 128;
/** Packets declared lost that are remembered, in case they arrive after all. */
export const MAX_REMEMBERED_LOSSES = 256;
/** RFC 9002 section 6.1.2: share of an RTT after which an earlier packet counts as lost, as numerator of eighths. */
export const TIME_THRESHOLD_EIGHTHS = 9;
/** RFC 9002 section 6.1.2: timers are not finer than this. */
export const GRANULARITY_US: number = US_PER_MS;
/** Before the first sample. RFC 9002 recommends 333 ms for the internet; a local network answers within a tenth of it. */
export const INITIAL_RTT_US: number = 100 * US_PER_MS;
/**
 * Longest deliberate delay of an acknowledgement. It is part of every probe timeout, so at 20 % loss it decides the tail:
 * 10 ms instead of 25 ms took p99 of 27,000 simulated deliveries on a LAN from 128 to 38 ms.
 */
export const MAX_ACK_DELAY_US: number = 10 * US_PER_MS;
/** Age of a key at which the next is used: who steals one reads an hour. */
export const KEY_UPDATE_US: number = 3600 * US_PER_S;
/** RFC 9000 section 13.2.2: ack-eliciting packets received before an ACK goes out at once. */
export const ACK_ELICITING_THRESHOLD = 2;
/** Packets acknowledged in a row, without a loss, after which a path counts as calm: at 5 % loss one stretch in 27 is that long. */
export const CALM_PACKETS = 64;
/** The same threshold on a calm path: what the draft's section 6 finds harmless, and a tenth of the ACKs. */
export const CALM_ACK_ELICITING_THRESHOLD = 10;
/** Longest deliberate delay on a calm path: the first loss after it is repaired so much later, and nobody notices one. */
export const CALM_ACK_DELAY_US: number = 80 * US_PER_MS;
/** RFC 9002 section 7.6.1. */
export const PERSISTENT_CONGESTION_THRESHOLD = 3;
/** Backoff of the PTO stops doubling here: a returning path is probed within seconds. */
export const MAX_PTO_US: number = 2 * US_PER_S;
/** First wait for an answer to a Hello; grows by half each time. */
export const HELLO_RETRY_US: number = 250 * US_PER_MS;
/** Longest wait between two Hellos. */
export const MAX_HELLO_RETRY_US: number = 1_500 * US_PER_MS;
/** Ranges one ACK frame reports; older ones were reported before. */
export const MAX_SENT_ACK_RANGES = 32;
/** Bytes of login messages a peer may send: two of the login's messages fit twice over. */
export const MAX_AUTH_BYTES = 4096;
/** Pieces of one stream kept out of order; with whole datagrams this is more than the window holds. */
export const MAX_REORDERED_PIECES = 4096;
/** Packets in flight that are remembered; far above any window of this transport. */
export const MAX_SENT_PACKETS = 1 << 14;
/** A receiver that sends only ACKs adds a PING this often, so that its peer's ACKs let it forget old ranges. */
export const ACK_ONLY_PING_INTERVAL = 32;
/** Answers to unknown connection IDs per second: enough for every member after a restart, useless as a reflector. */
export const MAX_RESETS_PER_SECOND = 200;
/** Smallest datagram a stateless reset answers, so that the reset can be smaller (RFC 9000 section 10.3). */
export const MIN_RESET_TRIGGER_BYTES = 27;
/** RFC 9000 section 8: bytes sent for each byte received from an address nobody has proven. */
export const AMPLIFICATION_LIMIT = 3;
/** How long a peer may take to prove a new path before the old one is used again. */
export const PATH_VALIDATION_TIMEOUT_US: number = 3 * US_PER_S;
/** Answers to path challenges that wait; each challenge of an honest peer needs one. */
export const MAX_PATH_RESPONSES = 4;
/** RFC 8899 section 5.1.2: tries of one size. */
export const MTU_PROBES_PER_SIZE = 3;
/** Large packets lost in a row, with none arriving, that mean that the path carries them no more. */
export const MTU_BLACK_HOLE_LOSSES = 6;
/** RFC 8899 section 5.1.1: after a search, the path may have changed by then. */
export const MTU_RETRY_US: number = 600 * US_PER_S;
/** Datagrams that go at once, whatever the pace: a chat message is never late because of it. */
export const PACING_BURST_DATAGRAMS = 10;
/** Share of the pace that goes at once: timers are no finer than a millisecond or two. */
export const PACING_BURST_US: number = 2 * US_PER_MS;
/** Longest unreliable datagram: it fits the smallest packet beside an ACK. */
export const MAX_UNRELIABLE_BYTES = 1000;
/** Unreliable datagrams that wait to be sent; what is older than newer news is dropped first. */
export const MAX_QUEUED_DATAGRAMS = 64;
/** Bytes a peer may have waiting to be sent to it before its application should let it go. */
export const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
