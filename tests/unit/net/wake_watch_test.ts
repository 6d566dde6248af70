import { assertEquals } from "@std/assert";
import { WakeWatch } from "../../../lib/net/wake_watch.ts";

Deno.test("WakeWatch.look() tells of a jump of the clock and of a changed address, and of nothing else", () => {
  let wakes = 0;
  let timeMs = 1_000_000;
  let addresses = "eth0 192.168.1.2";
  using watch = new WakeWatch(() => wakes++, {
    timeMs: () => timeMs,
    addresses: () => addresses,
  });
  const look = (elapsedMs: number): number => {
    timeMs += elapsedMs;
    watch.look();
    return wakes;
  };
  assertEquals(look(500), 0, "an ordinary look");
  assertEquals(look(4_000), 0, "a busy machine");
  assertEquals(look(120_000), 1, "two minutes of sleep");
  assertEquals(look(500), 1, "awake");
  assertEquals(look(-60_000), 2, "a clock that was set back");
  addresses = "wlan0 10.0.0.7";
  assertEquals(look(500), 3, "another network");
  assertEquals(look(500), 3, "the same network");
});
