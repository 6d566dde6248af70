import { assert, assertEquals } from "@std/assert";
import type { TraceEvent } from "../../../lib/transport/trace_event.ts";
import { CLIENT, LATENCY_US, Pair } from "./pair.ts";

type Traced<Type extends TraceEvent["type"]> = Extract<
  TraceEvent,
  { readonly type: Type }
>;

/** A pair that is traced on the server. */
function tracedPair(): {
  pair: Pair;
  events: TraceEvent[];
  of: <Type extends TraceEvent["type"]>(type: Type) => Traced<Type>[];
} {
  const events: TraceEvent[] = [];
  const pair = new Pair({ onServerTrace: (event) => events.push(event) });
  const of = <Type extends TraceEvent["type"]>(type: Type) =>
    events.filter((event): event is Traced<Type> => event.type === type);
  return { pair, events, of };
}

Deno.test("ConnectionTrace tells a connection from its start to its end", () => {
  const { pair, events, of } = tracedPair();
  const { server } = pair.establish();
  server.close(7, "because of Ani", pair.nowUs);
  pair.advance(1_000_000);
  const [started] = of("connectionStarted");
  assertEquals(events[0], started);
  assertEquals([started?.isServer, started?.remote], [true, CLIENT]);
  assertEquals(of("connectionEstablished").length, 1);
  assertEquals(
    of("connectionClosed").map(({ by, code }) => ({ by, code })),
    [{ by: "local", code: 7 }],
  );
  const id = started!.connectionId;
  assert(/^[0-9a-f]{16}$/.test(id));
  assert(events.every(({ connectionId }) => connectionId === id));
  assert(!JSON.stringify(events).includes("Ani"));
});

Deno.test("ConnectionTrace gives the time of the call that did it", () => {
  const { pair, of } = tracedPair();
  const { client } = pair.establish();
  const beforeUs = pair.nowUs;
  client.streams.write(0, new Uint8Array(10));
  pair.advance(100_000);
  const received = of("packetReceived").find(({ frames }) =>
    frames.some(({ type }) => type === "stream")
  );
  assertEquals(received?.timeUs, beforeUs + LATENCY_US);
});

Deno.test("ConnectionTrace shows frames without what they say", () => {
  const { pair, events, of } = tracedPair();
  const { server } = pair.establish();
  events.length = 0;
  server.streams.write(0, new Uint8Array(100).fill(0x41));
  pair.drain(pair.server);
  const [sent] = of("packetSent");
  assert(sent !== undefined);
  assertEquals(sent.frames.filter(({ type }) => type === "stream"), [
    { type: "stream", streamId: 0, offset: 0, length: 100, fin: false },
  ]);
  assertEquals([sent.epoch, sent.ackEliciting], [1, true]);
  assertEquals(sent.bytes, pair.sent.at(-1)?.bytes.length);
  assert(!JSON.stringify(sent).includes("65,65"));
});

Deno.test("ConnectionTrace names each packet's fate once", () => {
  const { pair, events, of } = tracedPair();
  const { server } = pair.establish();
  events.length = 0;
  let count = 0;
  pair.delivers = (_datagram, toServer) => toServer || ++count % 5 !== 0;
  server.streams.write(0, new Uint8Array(100_000));
  const isDone = () => pair.client.bytesOf(0).length === 100_000;
  assert(pair.runUntil(isDone, 20_000_000));
  pair.delivers = () => true;
  pair.advance(2_000_000);
  const sent = of("packetSent").filter((packet) => packet.ackEliciting)
    .map(({ packetNumber }) => packetNumber);
  const acked = of("packetsAcked").flatMap((event) => event.packetNumbers);
  const lost = of("packetLost").map(({ packetNumber }) => packetNumber);
  assert(lost.length > 5, "some are lost");
  assertEquals(new Set([...acked, ...lost]).size, acked.length + lost.length);
  const known = new Set([...acked, ...lost]);
  assertEquals(sent.filter((number) => !known.has(number)), []);
  assert(of("packetLost").some(({ isRepeated }) => isRepeated));
  const repeated = of("packetSent").reduce(
    (sum, { retransmittedBytes }) => sum + retransmittedBytes,
    0,
  );
  assertEquals(repeated, server.stats.retransmittedBytes);
  assertEquals(lost.length, server.stats.lostPackets);
});

Deno.test("ConnectionTrace tells the metrics before what they follow from", () => {
  const { pair, of } = tracedPair();
  const { server } = pair.establish();
  const last = of("metricsUpdated").at(-1);
  assertEquals(last?.smoothedRttUs, server.stats.smoothedRttUs);
  assertEquals(last?.windowBytes, server.stats.windowBytes);
  assertEquals(last?.inFlightBytes, 0);
});

Deno.test("ConnectionTrace tells probe timeouts", () => {
  const { pair, of } = tracedPair();
  const { server } = pair.establish();
  pair.delivers = (_datagram, toServer) => toServer;
  server.streams.write(0, new Uint8Array(10));
  pair.advance(3_000_000);
  const counts = of("probeTimeout").map(({ count }) => count);
  assert(counts.length >= 2);
  assertEquals(counts, counts.map((_, i) => i + 1));
});

Deno.test("ConnectionTrace tells duplicates and forgeries apart", () => {
  const { pair, events, of } = tracedPair();
  const { client } = pair.establish();
  client.streams.write(0, new Uint8Array(10));
  pair.drain(pair.client);
  const { bytes } = pair.sent.at(-1)!;
  const forged = bytes.slice();
  forged[forged.length - 1]! ^= 1;
  pair.advance(100_000);
  events.length = 0;
  pair.inject(pair.server, bytes);
  pair.inject(pair.server, forged);
  assertEquals(
    of("packetDropped").map(({ trigger }) => trigger),
    ["duplicate", "unopened"],
  );
});

Deno.test("ConnectionTrace tells a change of the path", () => {
  const { pair, of } = tracedPair();
  const { client, server } = pair.establish();
  const elsewhere = { hostname: "10.9.9.9", port: 6_000 };
  client.streams.write(0, new Uint8Array(10));
  pair.drain(pair.client);
  const { bytes } = pair.sent.at(-1)!;
  pair.loseFlying();
  pair.inject(pair.server, bytes, elsewhere);
  assertEquals(of("pathChanged").map(({ remote }) => remote), [elsewhere]);
  assertEquals(server.stats.pathChanges, 1);
});
