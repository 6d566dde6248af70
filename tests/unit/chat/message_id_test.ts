import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { encodeHex } from "../../../lib/base/bytes.ts";
import { makeMessageId } from "../../../lib/chat/message_id.ts";

Deno.test("makeMessageId() lays out a UUIDv7", () => {
  // The time of RFC 9562 appendix A.6; its random bits are ours.
  const id = makeMessageId({
    timeMs: 0x017f22e279b0,
    random: new Uint8Array(10).fill(0xff),
  });
  assertEquals(encodeHex(id), "017f22e279b07fffbfffffffffffffff");
});

Deno.test("makeMessageId() uses the random bytes", () => {
  const random = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const id = makeMessageId({ timeMs: 0, random });
  assertEquals(encodeHex(id), "00000000000070018203040506070809");
});

Deno.test("makeMessageId() wants 10 random bytes", () => {
  const random = new Uint8Array(9);
  assertThrows(() => makeMessageId({ timeMs: 0, random }), AssertionError);
});
