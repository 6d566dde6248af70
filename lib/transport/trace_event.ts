import type { Epoch } from "../wire/packet.ts";
import type { Address } from "./address.ts";
import type { CloseReason } from "./connection_event.ts";

/** A frame as a trace shows it: where its bytes belong and how many, never what they say. */
export interface TraceFrame {
  /** The frame's name, as in `Frame`. */
  readonly type: string;
  /** Which stream. */
  readonly streamId?: number;
  /** Where in the stream, or in the login, its bytes start. */
  readonly offset?: number;
  /** How many bytes it carries. */
  readonly length?: number;
  /** Whether the stream ends with it. */
  readonly fin?: boolean;
  /** Packets an ACK names: flat pairs [start, end), descending. */
  readonly ranges?: readonly number[];
  /** How long the acknowledgement was held back. */
  readonly delayUs?: number;
  /** Credit that is given. */
  readonly maximum?: number;
  /** Why something was closed, as a number. */
  readonly code?: number;
}

/** How a connection's path is. */
export interface TraceMetrics {
  /** Newest round-trip sample. */
  readonly latestRttUs: number;
  /** Mean. */
  readonly smoothedRttUs: number;
  /** Smallest. */
  readonly minRttUs: number;
  /** Mean deviation. */
  readonly rttVarianceUs: number;
  /** Bytes that may be in flight. */
  readonly windowBytes: number;
  /** Bytes that are. */
  readonly inFlightBytes: number;
}

/** What happened on a connection; the names are close to qlog's (draft-ietf-quic-qlog-quic-events). */
export type TraceDetail =
  | {
    readonly type: "connectionStarted";
    readonly isServer: boolean;
    readonly remote: Address;
  }
  | { readonly type: "connectionEstablished" }
  /** Without the reason's words: they may name people. */
  | {
    readonly type: "connectionClosed";
    readonly by: CloseReason["type"];
    readonly code: number | undefined;
  }
  | {
    readonly type: "packetSent";
    readonly packetNumber: number;
    readonly epoch: Epoch;
    readonly bytes: number;
    readonly frames: readonly TraceFrame[];
    /** Whether it asks for an acknowledgement. */
    readonly ackEliciting: boolean;
    /** Bytes in it that were sent before. */
    readonly retransmittedBytes: number;
  }
  | {
    readonly type: "packetReceived";
    readonly packetNumber: number;
    readonly epoch: Epoch;
    readonly bytes: number;
    readonly frames: readonly TraceFrame[];
  }
  /** Forged, damaged, or under keys that are gone; or here already. */
  | {
    readonly type: "packetDropped";
    readonly packetNumber: number;
    readonly bytes: number;
    readonly trigger: "unopened" | "duplicate";
  }
  | {
    readonly type: "packetsAcked";
    readonly packetNumbers: readonly number[];
  }
  | {
    readonly type: "packetLost";
    readonly packetNumber: number;
    /** Whether something in it is sent again; a PING or an ACK is not. */
    readonly isRepeated: boolean;
  }
  /** Declared lost, and here after all. */
  | { readonly type: "spuriousLoss"; readonly packetNumber: number }
  /** Nothing came back in time; `count` times in a row. */
  | { readonly type: "probeTimeout"; readonly count: number }
  | ({ readonly type: "metricsUpdated" } & TraceMetrics)
  | { readonly type: "pathChanged"; readonly remote: Address }
  | { readonly type: "keysUpdated" };

/** When and where it happened. */
export interface TraceStamp {
  /** By the clock the endpoint is driven with. */
  readonly timeUs: number;
  /** Our connection ID in hexadecimal. */
  readonly connectionId: string;
}

/** One event of a trace. */
export type TraceEvent = TraceStamp & TraceDetail;
