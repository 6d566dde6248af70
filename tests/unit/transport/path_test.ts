import { assertEquals } from "@std/assert";
import { Path } from "../../../lib/transport/path.ts";
import {
  AMPLIFICATION_LIMIT,
  PATH_VALIDATION_TIMEOUT_US,
} from "../../../lib/transport/transport_config.ts";

const CHALLENGE = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function pathOf(isValidated: boolean): Path {
  return new Path({
    remote: { hostname: "10.0.0.2", port: 5000 },
    isValidated,
    challenge: CHALLENGE,
    nowUs: 1_000,
  });
}

Deno.test("Path.allowanceBytes is three times what came while the path is unproven", () => {
  const path = pathOf(false);
  assertEquals(path.allowanceBytes, 0);
  path.onReceived(100);
  assertEquals(path.allowanceBytes, AMPLIFICATION_LIMIT * 100);
  path.onSent(250);
  assertEquals(path.allowanceBytes, 50);
  path.onReceived(10);
  assertEquals(path.allowanceBytes, 80);
});

Deno.test("Path.admit() counts a datagram, and keeps back one that is too long", () => {
  const path = pathOf(false);
  path.onReceived(20);
  assertEquals([path.admit(50), path.admit(11), path.admit(10)], [50, 0, 10]);
  assertEquals([path.admit(0), path.admit(1)], [0, 0]);
  assertEquals(pathOf(true).admit(1_000), 1_000);
});

Deno.test("Path.allowanceBytes has no end once the path is proven", () => {
  const path = pathOf(false);
  assertEquals(path.onResponse(CHALLENGE.slice()), true);
  path.onSent(1_000_000);
  assertEquals([path.isValidated, path.allowanceBytes], [true, Infinity]);
  assertEquals(pathOf(true).allowanceBytes, Infinity);
});

Deno.test("Path.onResponse() is proven by no other bytes", () => {
  const path = pathOf(false);
  for (let bit = 0; bit < 64; bit++) {
    const wrong = CHALLENGE.slice();
    wrong[bit >> 3]! ^= 1 << (bit & 7);
    assertEquals(path.onResponse(wrong), false);
  }
  assertEquals(path.isValidated, false);
  assertEquals(pathOf(true).onResponse(CHALLENGE), false);
});

Deno.test("Path.giveUpUs is the validation timeout after its start", () => {
  assertEquals(pathOf(false).giveUpUs, 1_000 + PATH_VALIDATION_TIMEOUT_US);
});
