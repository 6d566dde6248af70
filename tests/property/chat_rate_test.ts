/** TokenBucket against a slow oracle in exact fractions. */
import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { TokenBucket } from "../../lib/base/token_bucket.ts";

Deno.test("TokenBucket allows what an exact count allows", () => {
  const rate = fc.record({
    burst: fc.integer({ min: 1, max: 20 }),
    count: fc.integer({ min: 1, max: 1_000 }),
    periodUs: fc.integer({ min: 1, max: 5_000_000 }),
  });
  const pauses = fc.array(fc.nat(2_000_000), { maxLength: 100 });
  fc.assert(fc.property(rate, pauses, (rate, pauses) => {
    const { burst, count, periodUs } = rate;
    const bucket = new TokenBucket(rate, 0);
    const full = BigInt(burst) * BigInt(periodUs);
    let credit = full;
    let nowUs = 0;
    for (const pauseUs of pauses) {
      nowUs += pauseUs;
      credit += BigInt(pauseUs) * BigInt(count);
      if (credit > full) credit = full;
      const missing = BigInt(periodUs) - credit;
      const waitUs = missing <= 0n
        ? 0
        : Number((missing + BigInt(count) - 1n) / BigInt(count));
      assertEquals(bucket.waitUs(nowUs), waitUs);
      assertEquals(bucket.isFull(nowUs), credit === full);
      if (waitUs > 0) continue;
      bucket.take(nowUs);
      credit -= BigInt(periodUs);
    }
  }));
});
