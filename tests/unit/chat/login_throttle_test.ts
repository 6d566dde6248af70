import { assertEquals } from "@std/assert";
import { US_PER_S } from "../../../lib/base/time.ts";
import {
  DEFAULT_LOGIN_RATES,
  type Guess,
  LoginThrottle,
} from "../../../lib/chat/login_throttle.ts";

const ALLOWED = { type: "allowed" } as const;

let names = 0;

/** A guess at a name of which there was none before. */
function guess(address: string): Guess {
  return { address, nameKey: `name ${names++}` };
}

Deno.test("LoginThrottle.charge() refuses an address after its burst and says for how long", () => {
  const throttle = new LoginThrottle(0);
  for (let i = 0; i < 50; i++) {
    assertEquals(throttle.charge(guess("a"), 0), ALLOWED);
  }
  assertEquals(throttle.charge(guess("a"), 0), {
    type: "refused",
    retryAfterSeconds: 10,
  });
  assertEquals(throttle.charge(guess("a"), 7 * US_PER_S), {
    type: "refused",
    retryAfterSeconds: 3,
  });
  assertEquals(throttle.charge(guess("a"), 10 * US_PER_S), ALLOWED);
  assertEquals(throttle.charge(guess("a"), 10 * US_PER_S).type, "refused");
});

Deno.test("LoginThrottle.charge() does not count what it refuses", () => {
  const throttle = new LoginThrottle(0);
  for (let i = 0; i < 1_000; i++) throttle.charge(guess("a"), 0);
  assertEquals(throttle.charge(guess("a"), 10 * US_PER_S), ALLOWED);
  assertEquals(throttle.charge(guess("b"), 10 * US_PER_S), ALLOWED);
});

Deno.test("LoginThrottle lets a class behind one address in, many times", () => {
  const throttle = new LoginThrottle(0);
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 40; i++) {
      assertEquals(throttle.charge(guess("school"), 0), ALLOWED);
    }
    for (let i = 0; i < 40; i++) throttle.refund(guess("school"), 0);
  }
});

Deno.test("LoginThrottle counts wrong guesses among successes", () => {
  const throttle = new LoginThrottle(0);
  let wrong = 0;
  while (throttle.charge(guess("a"), 0).type === "allowed") {
    wrong++;
    // Somebody else behind the same address knows the password.
    if (throttle.charge(guess("a"), 0).type === "allowed") {
      throttle.refund(guess("a"), 0);
    }
  }
  assertEquals(wrong, 50);
});

Deno.test("LoginThrottle bounds the guesses of many addresses together", () => {
  const throttle = new LoginThrottle(0);
  let allowed = 0;
  for (let i = 0; i < 5_000; i++) {
    if (throttle.charge(guess(`address ${i}`), 0).type === "allowed") allowed++;
  }
  assertEquals(allowed, DEFAULT_LOGIN_RATES.inTotal.burst);
  assertEquals(throttle.charge(guess("another"), 0), {
    type: "refused",
    retryAfterSeconds: 1,
  });
});

Deno.test("LoginThrottle forgets an address whose guesses were refunded", () => {
  const throttle = new LoginThrottle(0);
  throttle.charge(guess("a"), 0);
  assertEquals(throttle.addressCount, 1);
  throttle.refund(guess("a"), 0);
  assertEquals(throttle.addressCount, 0);
});

Deno.test("LoginThrottle holds state for a bounded number of addresses", () => {
  const throttle = new LoginThrottle(0);
  let most = 0;
  for (let i = 0; i < 20_000; i++) {
    throttle.charge(guess(`address ${i}`), i * US_PER_S);
    most = Math.max(most, throttle.addressCount);
  }
  assertEquals(most <= 1_500, true);
});

Deno.test("LoginThrottle forgets the oldest address where refunds let through more", () => {
  const rate = { burst: 2, count: 1, periodUs: US_PER_S };
  const throttle = new LoginThrottle(0, {
    perAddress: rate,
    perName: rate,
    inTotal: rate,
  });
  // The total has filled again when these are refunded to another address.
  for (let i = 0; i < 100; i++) {
    throttle.charge(guess(`address ${i}`), 0);
    throttle.refund(guess("elsewhere"), 0);
  }
  assertEquals(throttle.addressCount, 4);
});

Deno.test("LoginThrottle.charge() refuses a name after its burst, from whatever address", () => {
  const throttle = new LoginThrottle(0);
  const guessAt = (address: number, seconds = 0) =>
    throttle.charge(
      { address: `address ${address}`, nameKey: "ani" },
      seconds * US_PER_S,
    );
  for (let i = 0; i < 20; i++) assertEquals(guessAt(i), ALLOWED);
  assertEquals(guessAt(20), { type: "refused", retryAfterSeconds: 30 });
  assertEquals(throttle.charge(guess("address 20"), 0), ALLOWED);
  assertEquals(guessAt(21, 30), ALLOWED);
  assertEquals(guessAt(22, 30).type, "refused");
});

Deno.test("LoginThrottle forgets a name whose guesses were refunded", () => {
  const throttle = new LoginThrottle(0);
  const one = guess("a");
  throttle.charge(one, 0);
  assertEquals(throttle.nameCount, 1);
  throttle.refund(one, 0);
  assertEquals(throttle.nameCount, 0);
});

Deno.test("LoginThrottle holds state for a bounded number of names", () => {
  const throttle = new LoginThrottle(0);
  let most = 0;
  for (let i = 0; i < 20_000; i++) {
    throttle.charge(guess(`address ${i}`), i * US_PER_S);
    most = Math.max(most, throttle.nameCount);
  }
  assertEquals(most <= 1_600, true);
});
