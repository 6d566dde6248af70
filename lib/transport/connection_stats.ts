import type { PacketSpace } from "./packet_space.ts";

/** What only ever grows: of one connection, or the sum of many. */
export interface TrafficTotals {
  /** Datagrams sent, of every kind. */
  readonly sentDatagrams: number;
  /** Their bytes. */
  readonly sentBytes: number;
  /** Datagrams received that were genuine and new. */
  readonly receivedDatagrams: number;
  /** Their bytes. */
  readonly receivedBytes: number;
  /** ACK frames received. */
  readonly ackFrames: number;
  /** Packets declared lost. */
  readonly lostPackets: number;
  /** Those of them that arrived after all. */
  readonly spuriousLosses: number;
  /** Bytes of streams and of the login that were sent again. */
  readonly retransmittedBytes: number;
  /** Probe timeouts: times that nothing came back for too long. */
  readonly probeTimeouts: number;
  /** Times the connection moved to another address. */
  readonly pathChanges: number;
  /** Times both directions moved to the next keys. */
  readonly keyUpdates: number;
}

/** A connection's counters, and how its path is at the moment. */
export interface ConnectionStats extends TrafficTotals {
  /** Mean round-trip time in microseconds; an assumption until the first sample. */
  readonly smoothedRttUs: number;
  /** The shortest of this path; 0 until the first sample. */
  readonly minRttUs: number;
  /** Mean deviation from the mean. */
  readonly rttVarianceUs: number;
  /** Bytes that may be in flight. */
  readonly windowBytes: number;
  /** Bytes that are. */
  readonly inFlightBytes: number;
  /** Largest datagram that is sent on this path. */
  readonly mtuBytes: number;
}

/** What is counted outside the packet space; counting costs two additions a datagram. */
export class DatagramCounters {
  /** Datagrams sent. */
  sentDatagrams = 0;
  /** Their bytes. */
  sentBytes = 0;
  /** Datagrams received. */
  receivedDatagrams = 0;
  /** Their bytes. */
  receivedBytes = 0;
  /** Times the connection moved to another address. */
  pathChanges = 0;

  /** A datagram goes out. */
  onSent(bytes: number): void {
    this.sentDatagrams++;
    this.sentBytes += bytes;
  }

  /** A genuine datagram came in. */
  onReceived(bytes: number): void {
    this.receivedDatagrams++;
    this.receivedBytes += bytes;
  }
}

/** Totals of nothing. */
export const NO_TRAFFIC: TrafficTotals = {
  sentDatagrams: 0,
  sentBytes: 0,
  receivedDatagrams: 0,
  receivedBytes: 0,
  ackFrames: 0,
  lostPackets: 0,
  spuriousLosses: 0,
  retransmittedBytes: 0,
  probeTimeouts: 0,
  pathChanges: 0,
  keyUpdates: 0,
};

/**
 * Gathers a connection's numbers.
 *
 * @param counters What was counted outside the packet space.
 * @param space The packet space; undefined before the handshake.
 */
export function connectionStats(
  counters: DatagramCounters,
  space: PacketSpace | undefined,
): ConnectionStats {
  const recovery = space?.recovery;
  return {
    sentDatagrams: counters.sentDatagrams,
    sentBytes: counters.sentBytes,
    receivedDatagrams: counters.receivedDatagrams,
    receivedBytes: counters.receivedBytes,
    ackFrames: recovery?.ackFrames ?? 0,
    lostPackets: recovery?.lostPackets ?? 0,
    spuriousLosses: recovery?.spuriousLosses ?? 0,
    retransmittedBytes: space?.scheduler.retransmittedBytes ?? 0,
    probeTimeouts: recovery?.probeTimeouts ?? 0,
    pathChanges: counters.pathChanges,
    keyUpdates: space?.protection.keyUpdates ?? 0,
    smoothedRttUs: recovery?.rtt.smoothedUs ?? 0,
    minRttUs: recovery?.rtt.minUs ?? 0,
    rttVarianceUs: recovery?.rtt.varianceUs ?? 0,
    windowBytes: recovery?.congestion.windowBytes ?? 0,
    inFlightBytes: recovery?.inFlightBytes ?? 0,
    mtuBytes: space?.mtuBytes ?? 0,
  };
}

/**
 * Adds totals up.
 *
 * @param one Some.
 * @param other Others.
 * @returns Their sums.
 */
export function addTraffic(
  one: TrafficTotals,
  other: TrafficTotals,
): TrafficTotals {
  return {
    sentDatagrams: one.sentDatagrams + other.sentDatagrams,
    sentBytes: one.sentBytes + other.sentBytes,
    receivedDatagrams: one.receivedDatagrams + other.receivedDatagrams,
    receivedBytes: one.receivedBytes + other.receivedBytes,
    ackFrames: one.ackFrames + other.ackFrames,
    lostPackets: one.lostPackets + other.lostPackets,
    spuriousLosses: one.spuriousLosses + other.spuriousLosses,
    retransmittedBytes: one.retransmittedBytes + other.retransmittedBytes,
    probeTimeouts: one.probeTimeouts + other.probeTimeouts,
    pathChanges: one.pathChanges + other.pathChanges,
    keyUpdates: one.keyUpdates + other.keyUpdates,
  };
}
