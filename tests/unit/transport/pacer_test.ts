import { assert, assertEquals } from "@std/assert";
import { Pacer, type PaceSource } from "../../../lib/transport/pacer.ts";
import { PACING_BURST_DATAGRAMS } from "../../../lib/transport/transport_config.ts";

const DATAGRAM = 1_200;
/** 120 kB in 100 ms; five fourths of that is the pace: 1,500 bytes a millisecond. */
const STEADY: PaceSource = {
  windowBytes: 120_000,
  isInSlowStart: false,
  smoothedRttUs: 100_000,
};

/** Sends all that may go now. @returns How many datagrams. */
function burst(pacer: Pacer, source: PaceSource, nowUs: number): number {
  let datagrams = 0;
  while (pacer.canSend(source, nowUs)) {
    pacer.onSent(DATAGRAM);
    datagrams++;
    assert(datagrams < 1_000);
  }
  return datagrams;
}

/** Sends for a time, at each deadline. @returns How many bytes. */
function run(
  pacer: Pacer,
  source: PaceSource,
  startUs: number,
  us: number,
): number {
  let bytes = 0;
  let nowUs = startUs;
  while (nowUs < startUs + us) {
    bytes += DATAGRAM * burst(pacer, source, nowUs);
    assert(pacer.deadlineUs! > nowUs, "it waits for a later time");
    assert(Number.isInteger(pacer.deadlineUs));
    nowUs = pacer.deadlineUs!;
  }
  return bytes;
}

Deno.test("Pacer lets some datagrams go at once", () => {
  assertEquals(burst(new Pacer(), STEADY, 1_000_000), PACING_BURST_DATAGRAMS);
});

Deno.test("Pacer.deadlineUs is undefined while a datagram may go", () => {
  const pacer = new Pacer();
  assertEquals([pacer.canSend(STEADY, 0), pacer.deadlineUs], [true, undefined]);
  burst(pacer, STEADY, 0);
  assert(pacer.deadlineUs !== undefined);
  assertEquals(pacer.canSend(STEADY, pacer.deadlineUs), true);
  assertEquals(pacer.deadlineUs, undefined);
});

Deno.test("Pacer sends a window in a little less than a round trip", () => {
  const pacer = new Pacer();
  burst(pacer, STEADY, 0);
  const bytes = run(pacer, STEADY, pacer.deadlineUs!, 1_000_000);
  assert(bytes > 1_450_000 && bytes < 1_550_000, `${bytes} bytes a second`);
});

Deno.test("Pacer sends twice a window in a round trip of slow start", () => {
  const pacer = new Pacer();
  const source = { ...STEADY, isInSlowStart: true };
  burst(pacer, source, 0);
  const bytes = run(pacer, source, pacer.deadlineUs!, 1_000_000);
  assert(bytes > 2_300_000 && bytes < 2_500_000, `${bytes} bytes a second`);
});

Deno.test("Pacer saves no more than a burst while nothing is sent", () => {
  const pacer = new Pacer();
  burst(pacer, STEADY, 0);
  assertEquals(burst(pacer, STEADY, 3_600_000_000), PACING_BURST_DATAGRAMS);
});

Deno.test("Pacer never holds back a sender that sends little", () => {
  const pacer = new Pacer();
  for (let nowUs = 0; nowUs < 5_000_000; nowUs += 10_000) {
    assertEquals(pacer.canSend(STEADY, nowUs), true);
    pacer.onSent(500);
  }
});

Deno.test("Pacer copes with a round-trip time of nothing", () => {
  const pacer = new Pacer();
  const source = { ...STEADY, smoothedRttUs: 0 };
  pacer.canSend(source, 0);
  for (let i = 0; i < 20; i++) pacer.onSent(DATAGRAM);
  assertEquals(pacer.canSend(source, 1), true);
});
