import { assertEquals } from "@std/assert";
import { PacketNarrator } from "../../../lib/app/packet_narrator.ts";
import type { TraceDetail } from "../../../lib/transport/trace_event.ts";
import type { PacketNotice } from "../../../lib/ui/packet_view.ts";

const STARTED: TraceDetail = {
  type: "connectionStarted",
  isServer: true,
  remote: { hostname: "::ffff:10.0.0.5", port: 5_000 },
};

/** What is told of events of one connection, at second 1. */
function told(details: TraceDetail[]): PacketNotice[] {
  const notices: PacketNotice[] = [];
  const narrator = new PacketNarrator((notice) => notices.push(notice));
  for (const detail of details) {
    narrator.handleTrace({ timeUs: 1, connectionId: "a", ...detail });
  }
  return notices;
}

Deno.test("PacketNarrator tells acknowledgements with what is known of the path", () => {
  assertEquals(
    told([
      STARTED,
      {
        type: "metricsUpdated",
        latestRttUs: 1,
        smoothedRttUs: 81_000,
        minRttUs: 1,
        rttVarianceUs: 1,
        windowBytes: 12_000,
        inFlightBytes: 0,
      },
      { type: "packetsAcked", packetNumbers: [3, 4, 7] },
    ]),
    [{
      timeUs: 1,
      peer: "10.0.0.5:5000",
      type: "confirmed",
      first: 3,
      last: 7,
      count: 3,
      rttUs: 81_000,
      windowBytes: 12_000,
    }],
  );
});

Deno.test("PacketNarrator names a peer by its newest address", () => {
  const remote = { hostname: "fe80::1", port: 6_000 };
  const lost: TraceDetail = {
    type: "packetLost",
    packetNumber: 1,
    isRepeated: true,
  };
  const notices = told([STARTED, { type: "pathChanged", remote }, lost]);
  assertEquals(notices.map(({ peer }) => peer), [
    "10.0.0.5:5000",
    "[fe80::1]:6000",
  ]);
});

Deno.test("PacketNarrator forgets a connection that is over", () => {
  const closed = { type: "connectionClosed", by: "idle" } as const;
  const timeout = { type: "probeTimeout", count: 1 } as const;
  assertEquals(
    told([STARTED, { ...closed, code: undefined }, timeout]),
    [],
  );
});

Deno.test("PacketNarrator knows packets that only confirm", () => {
  const sent = {
    type: "packetSent",
    packetNumber: 1,
    epoch: 1,
    bytes: 30,
    ackEliciting: false,
    retransmittedBytes: 0,
  } as const;
  const [ack, both] = told([
    STARTED,
    { ...sent, frames: [{ type: "ack" }] },
    { ...sent, frames: [{ type: "ack" }, { type: "ping" }] },
  ]);
  assertEquals(ack?.type === "sent" && ack.confirmsOnly, true);
  assertEquals(both?.type === "sent" && both.confirmsOnly, false);
});
