import { assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { concatBytes, decodeHex } from "../../../lib/base/bytes.ts";
import {
  TransportError,
  TransportErrorCode,
} from "../../../lib/wire/error_code.ts";
import {
  decodeTransportParameters,
  encodeTransportParameters,
  type TransportParameters,
} from "../../../lib/wire/transport_parameters.ts";

const GOOD: TransportParameters = {
  idleTimeoutMs: 30_000,
  maxData: 4_194_304,
  maxStreamData: 1_048_576,
  maxStreams: 64,
  maxAckDelayUs: 25_000,
  maxDatagramBytes: 1452,
};

/** Smallest and largest value of every parameter. */
const RANGES: readonly [keyof TransportParameters, number, number][] = [
  ["idleTimeoutMs", 1, 2 ** 31 - 1],
  ["maxData", 0, Number.MAX_SAFE_INTEGER],
  ["maxStreamData", 0, Number.MAX_SAFE_INTEGER],
  ["maxStreams", 0, 2 ** 52],
  ["maxAckDelayUs", 0, 2 ** 24 - 1],
  ["maxDatagramBytes", 1200, 65_527],
];

/** GOOD without the parameter of an ID, and with more bytes behind. */
function altered(withoutId: number | undefined, more: string): Uint8Array {
  const kept: Uint8Array[] = [];
  const bytes = encodeTransportParameters(GOOD);
  for (let at = 0; at < bytes.length; at += 2 + bytes[at + 1]!) {
    if (bytes[at] === withoutId) continue;
    kept.push(bytes.subarray(at, at + 2 + bytes[at + 1]!));
  }
  return concatBytes(...kept, decodeHex(more));
}

function assertRefused(bytes: Uint8Array): void {
  const error = assertThrows(
    () => decodeTransportParameters(bytes),
    TransportError,
  );
  assertEquals(error.code, TransportErrorCode.transportParameter);
}

Deno.test("transport parameters survive at the ends of their ranges", () => {
  for (const [name, min, max] of RANGES) {
    for (const value of [min, max]) {
      const parameters = { ...GOOD, [name]: value };
      const bytes = encodeTransportParameters(parameters);
      assertEquals(decodeTransportParameters(bytes), parameters);
    }
  }
});

Deno.test("encodeTransportParameters() asserts the ranges", () => {
  for (const [name, min, max] of RANGES) {
    for (const value of [min - 1, max + 1]) {
      assertThrows(
        () => encodeTransportParameters({ ...GOOD, [name]: value }),
        AssertionError,
      );
    }
  }
  const statelessResetToken = new Uint8Array(15);
  assertThrows(
    () => encodeTransportParameters({ ...GOOD, statelessResetToken }),
    AssertionError,
  );
});

Deno.test("decodeTransportParameters() refuses values out of range", () => {
  const wrong: [number, string][] = [
    [0x01, "010100"],
    [0x01, "010480000000"],
    [0x01, "0108c000000080000000"],
    [0x03, "030244af"],
    [0x03, "03048000fff8"],
    [0x08, "0808c010000000000001"],
    [0x0b, "0b0481000000"],
  ];
  for (const [id, hex] of wrong) assertRefused(altered(id, hex));
});

Deno.test("decodeTransportParameters() refuses a missing parameter", () => {
  decodeTransportParameters(altered(undefined, ""));
  for (const id of [0x01, 0x03, 0x04, 0x05, 0x08, 0x0b]) {
    assertRefused(altered(id, ""));
  }
  assertRefused(new Uint8Array());
});

Deno.test("decodeTransportParameters() refuses a parameter that is there twice", () => {
  assertRefused(altered(undefined, "040100"));
  assertRefused(altered(undefined, "1f00" + "1f00"));
});

Deno.test("decodeTransportParameters() passes over unknown parameters", () => {
  const bytes = altered(undefined, "1f00" + "7fff03aabbcc");
  assertEquals(decodeTransportParameters(bytes), GOOD);
});

Deno.test("decodeTransportParameters() refuses values of a wrong length", () => {
  assertRefused(altered(0x04, "0400"));
  assertRefused(altered(0x04, "04020000"));
  assertRefused(altered(0x04, "040180"));
  assertRefused(altered(undefined, "020f" + "00".repeat(15)));
  assertRefused(altered(undefined, "0211" + "00".repeat(17)));
});

Deno.test("decodeTransportParameters() refuses input that is cut off", () => {
  const bytes = encodeTransportParameters(GOOD);
  for (let length = 0; length < bytes.length; length++) {
    assertRefused(bytes.subarray(0, length));
  }
  assertRefused(altered(undefined, "1f"));
  assertRefused(altered(undefined, "1f05aa"));
  assertRefused(altered(undefined, "ff"));
});

Deno.test("decodeTransportParameters() copies the stateless reset token", () => {
  const statelessResetToken = new Uint8Array(16).fill(7);
  const bytes = encodeTransportParameters({ ...GOOD, statelessResetToken });
  const decoded = decodeTransportParameters(bytes);
  assertEquals(decoded.statelessResetToken, statelessResetToken);
  assertNotStrictEquals(decoded.statelessResetToken?.buffer, bytes.buffer);
});
