import { assert } from "@std/assert";
import { monotonicUs } from "../../../lib/net/monotonic_clock.ts";

Deno.test("monotonicUs() gives whole microseconds that never run back", () => {
  let last = monotonicUs();
  for (let i = 0; i < 1_000; i++) {
    const now = monotonicUs();
    assert(Number.isInteger(now) && now >= last);
    last = now;
  }
});
