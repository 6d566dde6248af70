import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { type Rate, TokenBucket } from "../../../lib/base/token_bucket.ts";

/** Three at once, then 7 in each second. */
const RATE: Rate = { burst: 3, count: 7, periodUs: 1_000_000 };

Deno.test("TokenBucket starts full", () => {
  const bucket = new TokenBucket(RATE, 5);
  for (let i = 0; i < 3; i++) {
    assertEquals(bucket.waitUs(5), 0);
    bucket.take(5);
  }
  assertEquals(bucket.waitUs(5), Math.ceil(1_000_000 / 7));
});

Deno.test("TokenBucket.empty() leaves nothing, and it fills again", () => {
  const bucket = new TokenBucket(RATE, 0);
  bucket.empty(5);
  assertEquals(bucket.waitUs(5), Math.ceil(1_000_000 / 7));
  assertEquals(bucket.isFull(1_000_000), true);
});

Deno.test("TokenBucket.waitUs() tells the first microsecond with a token", () => {
  const bucket = emptyBucket();
  const waitUs = bucket.waitUs(0);
  assertEquals(bucket.waitUs(waitUs - 1), 1);
  assertEquals(bucket.waitUs(waitUs), 0);
});

Deno.test("TokenBucket loses nothing to rounding in the long run", () => {
  const bucket = emptyBucket();
  let taken = 0;
  for (let nowUs = 0; nowUs <= 10_000_000; nowUs += 1_001) {
    if (bucket.waitUs(nowUs) > 0) continue;
    bucket.take(nowUs);
    taken++;
  }
  assertEquals(taken, 69);
});

Deno.test("TokenBucket.take() needs a token", () => {
  const bucket = emptyBucket();
  assertThrows(() => bucket.take(0), AssertionError);
});

Deno.test("TokenBucket.tryTake() takes only what is there", () => {
  const bucket = new TokenBucket(RATE, 0);
  const taken = Array.from({ length: 5 }, () => bucket.tryTake(0));
  assertEquals(taken, [true, true, true, false, false]);
  assertEquals(bucket.tryTake(bucket.waitUs(0)), true);
});

Deno.test("TokenBucket holds no more than its burst after any rest", () => {
  const bucket = emptyBucket();
  const nowUs = Number.MAX_SAFE_INTEGER;
  assertEquals(bucket.isFull(nowUs), true);
  for (let i = 0; i < 3; i++) bucket.take(nowUs);
  assertEquals(bucket.waitUs(nowUs) > 0, true);
});

Deno.test("TokenBucket.refund() gives a token back, up to the burst", () => {
  const bucket = new TokenBucket(RATE, 0);
  bucket.take(0);
  assertEquals(bucket.isFull(0), false);
  bucket.refund(0);
  bucket.refund(0);
  assertEquals(bucket.isFull(0), true);
  for (let i = 0; i < 3; i++) bucket.take(0);
  assertEquals(bucket.waitUs(0) > 0, true);
});

Deno.test("TokenBucket ignores a clock that goes back", () => {
  const bucket = new TokenBucket(RATE, 1_000_000);
  for (let i = 0; i < 3; i++) bucket.take(1_000_000);
  assertEquals(bucket.waitUs(0), bucket.waitUs(1_000_000));
});

Deno.test("TokenBucket refuses a rate it cannot count exactly", () => {
  const rate = { burst: 1e9, count: 1, periodUs: 1e9 };
  assertThrows(() => new TokenBucket(rate, 0), AssertionError);
});

function emptyBucket(): TokenBucket {
  const bucket = new TokenBucket(RATE, 0);
  for (let i = 0; i < RATE.burst; i++) bucket.take(0);
  return bucket;
}
