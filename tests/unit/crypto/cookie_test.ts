import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import { decodeHex, encodeHex } from "../../../lib/base/bytes.ts";
import {
  checkCookie,
  COOKIE_BYTES,
  COOKIE_PERIOD_US,
  type CookieInputs,
  makeCookie,
} from "../../../lib/crypto/cookie.ts";
import { loadSodium } from "../../../lib/crypto/sodium.ts";
import vectors from "../../vectors/key_schedule.json" with { type: "json" };

const crypto = await loadSodium();

const INPUTS: CookieInputs = {
  crypto,
  key: new Uint8Array(32).fill(5),
  address: "192.0.2.7:5000",
  clientConnectionId: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  nowUs: 1_000 * COOKIE_PERIOD_US,
};

Deno.test("makeCookie() matches the vector", () => {
  const { key, address, clientConnectionId, nowUs, cookie } = vectors.cookie;
  const actual = makeCookie({
    crypto,
    key: decodeHex(key),
    address,
    clientConnectionId: decodeHex(clientConnectionId),
    nowUs,
  });
  assertEquals(encodeHex(actual), cookie);
  assertEquals(actual.length, COOKIE_BYTES);
});

Deno.test("checkCookie() accepts a cookie for at least one period and never after two", () => {
  fc.assert(fc.property(
    fc.nat({ max: 3_000 * COOKIE_PERIOD_US }),
    fc.nat({ max: 3 * COOKIE_PERIOD_US }),
    (madeUs, ageUs) => {
      const cookie = makeCookie({ ...INPUTS, nowUs: madeUs });
      const nowUs = madeUs + ageUs;
      const valid = checkCookie({ ...INPUTS, nowUs, cookie });
      if (ageUs <= COOKIE_PERIOD_US) assert(valid);
      if (ageUs >= 2 * COOKIE_PERIOD_US) assertFalse(valid);
    },
  ));
});

Deno.test("checkCookie() changes its answer exactly at the period's edge", () => {
  const cookie = makeCookie(INPUTS);
  const expiryUs = INPUTS.nowUs + 2 * COOKIE_PERIOD_US;
  assert(checkCookie({ ...INPUTS, nowUs: expiryUs - 1, cookie }));
  assertFalse(checkCookie({ ...INPUTS, nowUs: expiryUs, cookie }));
});

Deno.test("checkCookie() refuses a cookie when its low period byte comes round", () => {
  const cookie = makeCookie(INPUTS);
  const nowUs = INPUTS.nowUs + 256 * COOKIE_PERIOD_US;
  assertFalse(checkCookie({ ...INPUTS, nowUs, cookie }));
});

Deno.test("checkCookie() refuses a cookie from before time began", () => {
  const cookie = makeCookie({ ...INPUTS, nowUs: 0 });
  cookie[0] = 0xff;
  assertFalse(checkCookie({ ...INPUTS, nowUs: 0, cookie }));
});

Deno.test("checkCookie() refuses another address, port, connection ID or key", () => {
  const cookie = makeCookie(INPUTS);
  const others: Partial<CookieInputs>[] = [
    { address: "192.0.2.8:5000" },
    { address: "192.0.2.7:5001" },
    { address: "" },
    { clientConnectionId: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 9) },
    { clientConnectionId: new Uint8Array() },
    { key: new Uint8Array(32).fill(6) },
  ];
  assert(checkCookie({ ...INPUTS, cookie }));
  for (const other of others) {
    assertFalse(checkCookie({ ...INPUTS, ...other, cookie }));
  }
});

Deno.test("checkCookie() keeps connection ID and address apart", () => {
  const text = new TextEncoder();
  const cookie = makeCookie({
    ...INPUTS,
    clientConnectionId: text.encode("ab"),
    address: "cd",
  });
  assertFalse(checkCookie({
    ...INPUTS,
    clientConnectionId: text.encode("a"),
    address: "bcd",
    cookie,
  }));
});

Deno.test("checkCookie() refuses a changed bit in every byte and any other length", () => {
  const cookie = makeCookie(INPUTS);
  for (let bit = 0; bit < 8 * COOKIE_BYTES; bit++) {
    const forged = cookie.slice();
    forged[bit >>> 3] = forged[bit >>> 3]! ^ (1 << (bit & 7));
    assertFalse(checkCookie({ ...INPUTS, cookie: forged }));
  }
  for (let length = 0; length < 40; length++) {
    if (length === COOKIE_BYTES) continue;
    const wrong = new Uint8Array(length);
    wrong.set(cookie.subarray(0, length));
    assertFalse(checkCookie({ ...INPUTS, cookie: wrong }));
  }
});
