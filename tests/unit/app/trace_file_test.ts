import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  createTraceFile,
  qlogStart,
  TraceFile,
  TraceFileError,
} from "../../../lib/app/trace_file.ts";
import type { TraceDetail } from "../../../lib/transport/trace_event.ts";
import { HAS_MODES, modeOf, withFolder } from "../store/temporary_folder.ts";

const PING: TraceDetail = {
  type: "packetSent",
  packetNumber: 7,
  epoch: 1,
  bytes: 27,
  frames: [{ type: "ping" }],
  ackEliciting: true,
  retransmittedBytes: 0,
};
const STAMP = { timeUs: 1_500, connectionId: "00112233445566ff" };

/** What a test looks at of a record: the header's parts, or an event's. */
interface TraceRecord {
  readonly serialization_format: string;
  readonly trace: { readonly vantage_point: unknown };
  readonly name: string;
  readonly data: { readonly message: string };
}

/** Writes events to a file. @returns Its records. */
function written(
  path: string,
  details: TraceDetail[],
  maxBytes?: number,
): TraceRecord[] {
  createTraceFile(path);
  {
    using file = new TraceFile(path, {
      start: qlogStart("server"),
      onError: (error) => {
        throw error;
      },
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
    for (const detail of details) file.handleTrace({ ...STAMP, ...detail });
  }
  const [before, ...records] = Deno.readTextFileSync(path).split("\x1e");
  assertEquals(before, "");
  return records.map((record) => {
    assert(record.endsWith("\n") && record.indexOf("\n") === record.length - 1);
    return JSON.parse(record);
  });
}

Deno.test(
  "TraceFile writes a header and one record an event",
  withFolder((folder) => {
    const [header, event, ...rest] = written(`${folder}/t.sqlog`, [PING]);
    assertEquals(rest, []);
    assertEquals(header?.serialization_format, "application/qlog+json-seq");
    assertEquals(header?.trace.vantage_point, { type: "server" });
    assertEquals<unknown>(event, {
      time: 1.5,
      name: "transport:packet_sent",
      group_id: "00112233445566ff",
      data: {
        header: { packet_type: "data", packet_number: 7 },
        raw: { length: 27 },
        frames: [{ frame_type: "ping" }],
      },
    });
  }),
);

Deno.test(
  "TraceFile names events as qlog does",
  withFolder((folder) => {
    const remote = { hostname: "::1", port: 5_000 };
    const records = written(`${folder}/t.sqlog`, [
      { type: "connectionStarted", isServer: false, remote },
      {
        ...PING,
        type: "packetReceived",
        frames: [
          { type: "ack", ranges: [8, 9, 2, 5], delayUs: 25_000 },
          { type: "maxStreamData", streamId: 4, maximum: 9 },
        ],
      },
      { type: "packetLost", packetNumber: 3, isRepeated: true },
      {
        type: "metricsUpdated",
        latestRttUs: 1_000,
        smoothedRttUs: 2_000,
        minRttUs: 500,
        rttVarianceUs: 250,
        windowBytes: 12_000,
        inFlightBytes: 0,
      },
      { type: "connectionClosed", by: "idle", code: undefined },
    ]).slice(1);
    assertEquals<unknown>(
      records.map(({ name, data }) => [name, data]),
      [
        ["connectivity:connection_started", {
          remote: { ip_v6: "::1", port_v6: 5_000 },
          role: "client",
        }],
        ["transport:packet_received", {
          header: { packet_type: "data", packet_number: 7 },
          raw: { length: 27 },
          frames: [
            { frame_type: "ack", ack_delay: 25, acked_ranges: [[2, 4], [8]] },
            { frame_type: "max_stream_data", stream_id: 4, maximum: 9 },
          ],
        }],
        ["recovery:packet_lost", { header: { packet_number: 3 } }],
        ["recovery:metrics_updated", {
          latest_rtt: 1,
          smoothed_rtt: 2,
          min_rtt: 0.5,
          rtt_variance: 0.25,
          congestion_window: 12_000,
          bytes_in_flight: 0,
        }],
        ["connectivity:connection_closed", { trigger: "idle" }],
      ],
    );
  }),
);

Deno.test(
  "TraceFile ends with a remark where it would get too large",
  withFolder((folder) => {
    const path = `${folder}/t.sqlog`;
    const records = written(path, new Array(10_000).fill(PING), 100_000);
    const last = records.at(-1)!;
    assertEquals(last.name, "loglevel:warning");
    assertStringIncludes(last.data.message, "100000");
    assert(Deno.statSync(path).size < 101_000);
  }),
);

Deno.test({
  name: "TraceFile tells once that it cannot be written",
  // Only there is a device that is always full.
  ignore: Deno.build.os !== "linux",
  fn: () => {
    const errors: unknown[] = [];
    using file = new TraceFile("/dev/full", {
      start: qlogStart("client"),
      onError: (error) => errors.push(error),
    });
    for (let i = 0; i < 1_000; i++) file.handleTrace({ ...STAMP, ...PING });
    assertEquals(errors.length, 1);
  },
});

Deno.test(
  "createTraceFile() makes a private file, and an older trace private",
  withFolder((folder) => {
    const path = `${folder}/t.sqlog`;
    createTraceFile(path);
    if (HAS_MODES) assertEquals(modeOf(path), 0o600);
    Deno.writeTextFileSync(path, "\x1e{}\n");
    if (HAS_MODES) Deno.chmodSync(path, 0o644);
    createTraceFile(path);
    assertEquals(Deno.readTextFileSync(path), "");
    if (HAS_MODES) assertEquals(modeOf(path), 0o600);
  }),
);

Deno.test(
  "createTraceFile() leaves any other file alone",
  withFolder((folder) => {
    const path = `${folder}/thesis.txt`;
    Deno.writeTextFileSync(path, "years of work");
    assertThrows(() => createTraceFile(path), TraceFileError);
    assertEquals(Deno.readTextFileSync(path), "years of work");
    assertThrows(() => createTraceFile(folder));
    assertThrows(() => createTraceFile(`${folder}/none/t.sqlog`));
  }),
);
