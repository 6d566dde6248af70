import { assertEquals, assertInstanceOf } from "@std/assert";
import {
  TransportError,
  TransportErrorCode,
} from "../../../lib/wire/error_code.ts";

Deno.test("TransportError carries what CONNECTION_CLOSE tells the peer", () => {
  const error = new TransportError(
    TransportErrorCode.streamState,
    0x05,
    "stream 4 is not open",
  );
  assertInstanceOf(error, Error);
  assertEquals(error.name, "TransportError");
  assertEquals(error.message, "stream 4 is not open");
  assertEquals(
    [error.code, error.frameType, error.reason],
    [5, 0x05, "stream 4 is not open"],
  );
});
