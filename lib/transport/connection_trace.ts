import { encodeHex, Reader } from "../base/bytes.ts";
import { decodeFrames, type Frame, isAckEliciting } from "../wire/frame.ts";
import { type Epoch, TAG_BYTES } from "../wire/packet.ts";
import type { Address } from "./address.ts";
import type { ConnectionEvent } from "./connection_event.ts";
import type { LossRecovery } from "./loss_recovery.ts";
import type {
  TraceDetail,
  TraceEvent,
  TraceFrame,
  TraceMetrics,
} from "./trace_event.ts";

/** What the trace of one connection is made with. */
export interface ConnectionTraceOptions {
  /** Our connection ID. */
  readonly connectionId: Uint8Array;
  /** The time of what is going on. */
  readonly nowUs: () => number;
  /** Takes every event. */
  readonly onTrace: (event: TraceEvent) => void;
}

/**
 * Tells what one connection does. It exists only where somebody listens: without it nothing is built, and a packet costs
 * one comparison.
 */
export class ConnectionTrace {
  readonly #options: ConnectionTraceOptions;
  readonly #connectionId: string;
  #retransmittedBytes = 0;
  #keyUpdates = 0;
  #metrics: TraceMetrics | undefined;

  /**
   * Creates the connection trace.
   *
   * @param options Whose, and who listens.
   */
  constructor(options: ConnectionTraceOptions) {
    this.#options = options;
    this.#connectionId = encodeHex(options.connectionId);
  }

  /** The connection is made. */
  started(isServer: boolean, remote: Address): void {
    this.#emit({ type: "connectionStarted", isServer, remote });
  }

  /** The application is told something. */
  told(event: ConnectionEvent): void {
    if (event.type === "established") {
      this.#emit({ type: "connectionEstablished" });
    } else if (event.type === "closed") {
      const { reason } = event;
      this.#emit({
        type: "connectionClosed",
        by: reason.type,
        code: "code" in reason ? reason.code : undefined,
      });
    }
  }

  /**
   * A packet goes out; it is not sealed yet.
   *
   * @param buffer Holds the packet.
   * @param packet Where its frames are, and what is counted: all retransmitted bytes and key updates so far.
   */
  sent(
    buffer: Uint8Array,
    packet: {
      packetNumber: number;
      epoch: Epoch;
      bodyStart: number;
      bodyEnd: number;
      retransmittedBytes: number;
      keyUpdates: number;
    },
  ): void {
    this.#noteKeys(packet.keyUpdates);
    const frames = decodeFrames(
      new Reader(buffer, packet.bodyStart, packet.bodyEnd),
    );
    this.#emit({
      type: "packetSent",
      packetNumber: packet.packetNumber,
      epoch: packet.epoch,
      bytes: packet.bodyEnd + TAG_BYTES,
      frames: frames.map(traceFrame),
      ackEliciting: frames.some(isAckEliciting),
      retransmittedBytes: packet.retransmittedBytes - this.#retransmittedBytes,
    });
    this.#retransmittedBytes = packet.retransmittedBytes;
  }

  /** A genuine packet came in; its frames are not applied yet. */
  received(
    packet: {
      packetNumber: number;
      epoch: Epoch;
      bytes: number;
      frames: readonly Frame[];
      keyUpdates: number;
    },
  ): void {
    this.#noteKeys(packet.keyUpdates);
    this.#emit({
      type: "packetReceived",
      packetNumber: packet.packetNumber,
      epoch: packet.epoch,
      bytes: packet.bytes,
      frames: packet.frames.map(traceFrame),
    });
  }

  /** A packet was not taken. */
  dropped(
    packetNumber: number,
    bytes: number,
    trigger: "unopened" | "duplicate",
  ): void {
    this.#emit({ type: "packetDropped", packetNumber, bytes, trigger });
  }

  /** An ACK frame was taken. */
  acked(recovery: LossRecovery): void {
    this.#updateMetrics(recovery);
    if (recovery.acked.length > 0) {
      this.#emit({
        type: "packetsAcked",
        packetNumbers: recovery.acked.map((packet) => packet.packetNumber),
      });
    }
    for (const { packetNumber } of recovery.late) {
      this.#emit({ type: "spuriousLoss", packetNumber });
    }
  }

  /** Packets may have been declared lost. */
  lost(recovery: LossRecovery): void {
    for (const { packetNumber, frames } of recovery.lost) {
      const isRepeated = frames.some(({ type }) => type !== "ack");
      this.#emit({ type: "packetLost", packetNumber, isRepeated });
    }
    this.#updateMetrics(recovery);
  }

  /** A probe timeout passed. */
  probeTimeout(count: number): void {
    this.#emit({ type: "probeTimeout", count });
  }

  /** The peer is somewhere else. */
  pathChanged(remote: Address): void {
    this.#emit({ type: "pathChanged", remote });
  }

  #noteKeys(keyUpdates: number): void {
    if (keyUpdates === this.#keyUpdates) return;
    this.#keyUpdates = keyUpdates;
    this.#emit({ type: "keysUpdated" });
  }

  #updateMetrics({ rtt, congestion, inFlightBytes }: LossRecovery): void {
    const metrics: TraceMetrics = {
      latestRttUs: rtt.latestUs,
      smoothedRttUs: rtt.smoothedUs,
      minRttUs: rtt.minUs,
      rttVarianceUs: rtt.varianceUs,
      windowBytes: congestion.windowBytes,
      inFlightBytes,
    };
    const before = this.#metrics;
    const isSame = before !== undefined &&
      before.latestRttUs === metrics.latestRttUs &&
      before.smoothedRttUs === metrics.smoothedRttUs &&
      before.windowBytes === metrics.windowBytes &&
      before.inFlightBytes === metrics.inFlightBytes;
    if (isSame) return;
    this.#metrics = metrics;
    this.#emit({ type: "metricsUpdated", ...metrics });
  }

  #emit(detail: TraceDetail): void {
    const { nowUs, onTrace } = this.#options;
    onTrace({
      timeUs: nowUs(),
      connectionId: this.#connectionId,
      ...detail,
    });
  }
}

/** Leaves out whatever a frame says: messages, names, proofs, reasons, challenges. */
function traceFrame(frame: Frame): TraceFrame {
  switch (frame.type) {
    case "ping":
    case "immediateAck":
    case "dataBlocked":
    case "streamsBlocked":
      return { type: frame.type };
    case "padding":
      return { type: frame.type, length: frame.length };
    case "ack":
      return {
        type: frame.type,
        ranges: frame.ranges,
        delayUs: frame.delayUs,
      };
    case "auth":
      return {
        type: frame.type,
        offset: frame.offset,
        length: frame.data.length,
      };
    case "stream":
      return {
        type: frame.type,
        streamId: frame.streamId,
        offset: frame.offset,
        length: frame.data.length,
        fin: frame.fin,
      };
    case "ackFrequency":
      return {
        type: frame.type,
        maximum: frame.threshold,
        delayUs: frame.maxAckDelayUs,
      };
    case "datagram":
    case "pathChallenge":
    case "pathResponse":
      return { type: frame.type, length: frame.data.length };
    case "maxData":
    case "maxStreams":
      return { type: frame.type, maximum: frame.maximum };
    case "maxStreamData":
      return {
        type: frame.type,
        streamId: frame.streamId,
        maximum: frame.maximum,
      };
    case "streamDataBlocked":
      return { type: frame.type, streamId: frame.streamId };
    case "resetStream":
    case "stopSending":
      return {
        type: frame.type,
        streamId: frame.streamId,
        code: frame.errorCode,
      };
    case "connectionClose":
    case "applicationClose":
      return { type: frame.type, code: frame.code };
  }
}
