/** Expected values are worked out by hand from RFC 9002 section 5. */
import { assert, assertEquals } from "@std/assert";
import { RttEstimator } from "../../../lib/transport/rtt_estimator.ts";
import {
  GRANULARITY_US,
  INITIAL_RTT_US,
} from "../../../lib/transport/transport_config.ts";

function values(rtt: RttEstimator): number[] {
  return [rtt.latestUs, rtt.minUs, rtt.smoothedUs, rtt.varianceUs];
}

Deno.test("RttEstimator starts from the initial RTT and half of it", () => {
  const rtt = new RttEstimator();
  assertEquals(rtt.hasSample, false);
  assertEquals(rtt.smoothedUs, INITIAL_RTT_US);
  assertEquals(rtt.varianceUs, INITIAL_RTT_US / 2);
});

Deno.test("RttEstimator.update() takes the first sample as it is", () => {
  const rtt = new RttEstimator();
  // Section 5.2, 5.3: the delay of the first sample is ignored.
  rtt.update(80_000, 20_000);
  assertEquals(rtt.hasSample, true);
  assertEquals(values(rtt), [80_000, 80_000, 80_000, 40_000]);
});

Deno.test("RttEstimator.update() takes the delay off and smooths", () => {
  const rtt = new RttEstimator();
  rtt.update(80_000, 0);
  // adjusted 100 - 10 = 90; rttvar 3/4*40 + 1/4*10 = 32.5; srtt 7/8*80 + 1/8*90 = 81.25.
  rtt.update(100_000, 10_000);
  assertEquals(values(rtt), [100_000, 80_000, 81_250, 32_500]);
  // adjusted 60 (below the minimum the delay stays on); |81.25 - 60| = 21.25;
  // rttvar 3/4*32.5 + 1/4*21.25 = 29.6875; srtt 7/8*81.25 + 1/8*60 = 78.59375.
  rtt.update(60_000, 25_000);
  assertEquals(values(rtt), [60_000, 60_000, 78_594, 29_688]);
});

Deno.test("RttEstimator.update() keeps the delay where the result would fall below the minimum", () => {
  const rtt = new RttEstimator();
  rtt.update(50_000, 0);
  // 60 - 20 = 40 < 50: adjusted stays 60.
  rtt.update(60_000, 20_000);
  assertEquals(rtt.smoothedUs, Math.round((7 * 50_000 + 60_000) / 8));
  // 60 - 10 = 50 is not below: adjusted 50.
  const before = rtt.smoothedUs;
  rtt.update(60_000, 10_000);
  assertEquals(rtt.smoothedUs, Math.round((7 * before + 50_000) / 8));
});

Deno.test("RttEstimator.update() stays at the sample when all are the same", () => {
  const rtt = new RttEstimator();
  for (let i = 0; i < 100; i++) rtt.update(33_333, 0);
  assertEquals(rtt.smoothedUs, 33_333);
  assert(rtt.varianceUs <= 2);
});

Deno.test("RttEstimator.ptoUs() is srtt, four deviations and the peer's delay", () => {
  const rtt = new RttEstimator();
  rtt.update(80_000, 0);
  assertEquals(rtt.ptoUs(25_000), 80_000 + 4 * 40_000 + 25_000);
});

Deno.test("RttEstimator.ptoUs() has no finer deviation than the granularity", () => {
  const rtt = new RttEstimator();
  for (let i = 0; i < 100; i++) rtt.update(100, 0);
  assertEquals(rtt.ptoUs(0), 100 + GRANULARITY_US);
});
