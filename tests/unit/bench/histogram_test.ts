import { assert, assertEquals } from "@std/assert";
import { Histogram } from "../../../bench/histogram.ts";

Deno.test("Histogram.percentiles() is exact below 256", () => {
  const histogram = new Histogram();
  for (let us = 1; us <= 200; us++) histogram.add(us);
  assertEquals(histogram.percentiles(), { p50: 101, p99: 199, max: 200 });
});

Deno.test("Histogram.percentiles() is off by less than one percent", () => {
  for (const us of [257, 1_000, 65_535, 1_234_567, 2 ** 31 - 1]) {
    const histogram = new Histogram();
    histogram.add(us);
    const { p50, max } = histogram.percentiles();
    assert(Math.abs(p50 - us) <= us / 128, `${us} became ${p50}`);
    assertEquals(max, us);
  }
});

Deno.test("Histogram.percentiles() of nothing is 0", () => {
  assertEquals(new Histogram().percentiles(), { p50: 0, p99: 0, max: 0 });
});
