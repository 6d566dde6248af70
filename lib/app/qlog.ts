/**
 * A trace as qlog: JSON text sequences (RFC 7464) of the main qlog schema
 * (draft-ietf-quic-qlog-main-schema), with event names of QUIC's where the event
 * is QUIC's. docs/ARCHITECTURE.md lists them.
 *
 * @module
 */

import { US_PER_MS } from "../base/time.ts";
import type { Epoch } from "../wire/packet.ts";
import type { Address } from "../transport/address.ts";
import type {
  TraceEvent,
  TraceFrame,
  TraceMetrics,
} from "../transport/trace_event.ts";

/** What begins every record of a JSON text sequence. */
export const RECORD_SEPARATOR = "\x1e";

/** What the first record says. */
export interface QlogStart {
  /** Whose view it is. */
  readonly vantage: "client" | "server";
  /** The program and its version. */
  readonly title: string;
  /** The wall clock, at time 0 of the events. */
  readonly startMs: number;
}

/**
 * Writes the first record.
 *
 * @param start What it says.
 * @returns One line.
 */
export function qlogHeader({ vantage, title, startMs }: QlogStart): string {
  return record({
    file_schema: "urn:ietf:params:qlog:file:sequential",
    serialization_format: "application/qlog+json-seq",
    title,
    trace: {
      vantage_point: { type: vantage },
      event_schemas: ["urn:gas-chatroom:qlog:events:1"],
      common_fields: {
        time_format: "relative_to_epoch",
        reference_time: {
          clock_type: "monotonic",
          epoch: "unknown",
          wall_clock_time: new Date(startMs).toISOString(),
        },
        protocol_types: ["GAS"],
      },
    },
  });
}

/**
 * Writes one event.
 *
 * @param event What happened.
 * @returns One line.
 */
export function qlogEvent(event: TraceEvent): string {
  return record({
    time: event.timeUs / US_PER_MS,
    name: NAMES[event.type],
    group_id: event.connectionId,
    data: dataOf(event),
  });
}

/**
 * Writes a remark of the tracing itself.
 *
 * @param message What it is.
 * @param timeUs When.
 * @returns One line.
 */
export function qlogWarning(message: string, timeUs: number): string {
  return record({
    time: timeUs / US_PER_MS,
    name: "loglevel:warning",
    data: { message },
  });
}

function record(value: unknown): string {
  return `${RECORD_SEPARATOR}${JSON.stringify(value)}\n`;
}

/** Names of QUIC's events (draft-ietf-quic-qlog-quic-events), where there is one. */
const NAMES: Readonly<Record<TraceEvent["type"], string>> = {
  connectionStarted: "connectivity:connection_started",
  connectionEstablished: "connectivity:connection_state_updated",
  connectionClosed: "connectivity:connection_closed",
  packetSent: "transport:packet_sent",
  packetReceived: "transport:packet_received",
  packetDropped: "transport:packet_dropped",
  packetsAcked: "transport:packets_acked",
  packetLost: "recovery:packet_lost",
  spuriousLoss: "recovery:spurious_loss",
  probeTimeout: "recovery:loss_timer_updated",
  metricsUpdated: "recovery:metrics_updated",
  pathChanged: "connectivity:path_assigned",
  keysUpdated: "security:key_updated",
};

function dataOf(event: TraceEvent): unknown {
  switch (event.type) {
    case "connectionStarted":
      return {
        remote: address(event.remote),
        role: event.isServer ? "server" : "client",
      };
    case "connectionEstablished":
      return { new: "established" };
    case "connectionClosed":
      return { trigger: event.by, code: event.code };
    case "packetSent":
    case "packetReceived":
      return {
        header: header(event),
        raw: { length: event.bytes },
        frames: event.frames.map(frame),
      };
    case "packetDropped":
      return {
        header: { packet_number: event.packetNumber },
        raw: { length: event.bytes },
        trigger: event.trigger === "unopened"
          ? "decryption_failure"
          : "duplicate",
      };
    case "packetsAcked":
      return { packet_numbers: event.packetNumbers };
    case "packetLost":
    case "spuriousLoss":
      return { header: { packet_number: event.packetNumber } };
    case "probeTimeout":
      return {
        timer_type: "pto",
        event_type: "expired",
        pto_count: event.count,
      };
    case "metricsUpdated":
      return metrics(event);
    case "pathChanged":
      return { path_remote: address(event.remote) };
    case "keysUpdated":
      return {};
  }
}

function metrics(event: TraceMetrics): unknown {
  return {
    latest_rtt: event.latestRttUs / US_PER_MS,
    smoothed_rtt: event.smoothedRttUs / US_PER_MS,
    min_rtt: event.minRttUs / US_PER_MS,
    rtt_variance: event.rttVarianceUs / US_PER_MS,
    congestion_window: event.windowBytes,
    bytes_in_flight: event.inFlightBytes,
  };
}

function header(
  { packetNumber, epoch }: { packetNumber: number; epoch: Epoch },
): unknown {
  return {
    packet_type: epoch === 0 ? "login" : "data",
    packet_number: packetNumber,
  };
}

function address({ hostname, port }: Address): unknown {
  return hostname.includes(":")
    ? { ip_v6: hostname, port_v6: port }
    : { ip_v4: hostname, port_v4: port };
}

/** Frame names as in QUIC: `maxStreamData` is `max_stream_data`. */
function frame({ type, ...fields }: TraceFrame): unknown {
  const { streamId, offset, length, fin, ranges, delayUs, maximum, code } =
    fields;
  return {
    frame_type: type.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    stream_id: streamId,
    offset,
    length,
    fin,
    ack_delay: delayUs === undefined ? undefined : delayUs / US_PER_MS,
    acked_ranges: ranges === undefined ? undefined : ackedRanges(ranges),
    maximum,
    error_code: code,
  };
}

/** As qlog has them: first and last of each range, or one number, ascending. */
function ackedRanges(ranges: readonly number[]): number[][] {
  const pairs: number[][] = [];
  for (let i = ranges.length - 2; i >= 0; i -= 2) {
    const first = ranges[i]!;
    const last = ranges[i + 1]! - 1;
    pairs.push(first === last ? [first] : [first, last]);
  }
  return pairs;
}
