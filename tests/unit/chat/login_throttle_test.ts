import { assertEquals } from "@std/assert";
import { US_PER_S } from "../../../lib/base/time.ts";
import {
  DEFAULT_LOGIN_RATES,
  LoginThrottle,
} from "../../../lib/chat/login_throttle.ts";

const ALLOWED = { type: "allowed" } as const;

Deno.test("LoginThrottle.charge() refuses an address after its burst and says for how long", () => {
  const throttle = new LoginThrottle(0);
  for (let i = 0; i < 50; i++) {
    assertEquals(throttle.charge("a", 0), ALLOWED);
  }
  assertEquals(throttle.charge("a", 0), {
    type: "refused",
    retryAfterSeconds: 10,
  });
  assertEquals(throttle.charge("a", 7 * US_PER_S), {
    type: "refused",
    retryAfterSeconds: 3,
  });
  assertEquals(throttle.charge("a", 10 * US_PER_S), ALLOWED);
  assertEquals(throttle.charge("a", 10 * US_PER_S).type, "refused");
});

Deno.test("LoginThrottle.charge() does not count what it refuses", () => {
  const throttle = new LoginThrottle(0);
  for (let i = 0; i < 1_000; i++) throttle.charge("a", 0);
  assertEquals(throttle.charge("a", 10 * US_PER_S), ALLOWED);
  assertEquals(throttle.charge("b", 10 * US_PER_S), ALLOWED);
});

Deno.test("LoginThrottle lets a class behind one address in, many times", () => {
  const throttle = new LoginThrottle(0);
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 40; i++) {
      assertEquals(throttle.charge("school", 0), ALLOWED);
    }
    for (let i = 0; i < 40; i++) throttle.refund("school", 0);
  }
});

Deno.test("LoginThrottle counts wrong guesses among successes", () => {
  const throttle = new LoginThrottle(0);
  let wrong = 0;
  while (throttle.charge("a", 0).type === "allowed") {
    wrong++;
    // Somebody else behind the same address knows the password.
    if (throttle.charge("a", 0).type === "allowed") throttle.refund("a", 0);
  }
  assertEquals(wrong, 50);
});

Deno.test("LoginThrottle bounds the guesses of many addresses together", () => {
  const throttle = new LoginThrottle(0);
  let allowed = 0;
  for (let i = 0; i < 5_000; i++) {
    if (throttle.charge(`address ${i}`, 0).type === "allowed") allowed++;
  }
  assertEquals(allowed, DEFAULT_LOGIN_RATES.inTotal.burst);
  assertEquals(throttle.charge("another", 0), {
    type: "refused",
    retryAfterSeconds: 1,
  });
});

Deno.test("LoginThrottle forgets an address whose guesses were refunded", () => {
  const throttle = new LoginThrottle(0);
  throttle.charge("a", 0);
  assertEquals(throttle.addressCount, 1);
  throttle.refund("a", 0);
  assertEquals(throttle.addressCount, 0);
});

Deno.test("LoginThrottle holds state for a bounded number of addresses", () => {
  const throttle = new LoginThrottle(0);
  let most = 0;
  for (let i = 0; i < 20_000; i++) {
    throttle.charge(`address ${i}`, i * US_PER_S);
    most = Math.max(most, throttle.addressCount);
  }
  assertEquals(most <= 1_500, true);
});

Deno.test("LoginThrottle forgets the oldest address where refunds let through more", () => {
  const rate = { burst: 2, count: 1, periodUs: US_PER_S };
  const throttle = new LoginThrottle(0, { perAddress: rate, inTotal: rate });
  // The total has filled again when these are refunded to another address.
  for (let i = 0; i < 100; i++) {
    throttle.charge(`address ${i}`, 0);
    throttle.refund("elsewhere", 0);
  }
  assertEquals(throttle.addressCount, 4);
});
