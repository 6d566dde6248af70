import { assertEquals, assertThrows } from "@std/assert";
import { encodeHex } from "../../../lib/base/bytes.ts";
import { encodeFields } from "../../../lib/chat/cbor.ts";
import {
  decodeLoginMessage,
  encodeLoginMessage,
  type LoginMessage,
  OPAQUE_FINISH_BYTES,
  OPAQUE_REQUEST_BYTES,
  OPAQUE_RESPONSE_BYTES,
} from "../../../lib/chat/login_message.ts";
import { ProtocolError } from "../../../lib/chat/protocol_error.ts";
import * as opaque from "../../../lib/crypto/opaque.ts";

const STRETCHING = { memoryKiB: 65_536, iterations: 1, parallelism: 1 };

const MESSAGES: readonly (readonly [LoginMessage, string])[] = [
  [
    { type: "start", name: "Ani", request: bytes(96, 0xaa) },
    "830163416e695860" + "aa".repeat(96),
  ],
  [
    { type: "challenge", response: bytes(320, 0xbb), stretching: STRETCHING },
    "8502590140" + "bb".repeat(320) + "1a000100000101",
  ],
  [
    {
      type: "finish",
      finish: bytes(64, 0xcc),
      clientInstance: bytes(16, 0xdd),
    },
    "83035840" + "cc".repeat(64) + "50" + "dd".repeat(16),
  ],
  [
    {
      type: "resume",
      ticket: bytes(60, 0xee),
      name: "Ani",
      proof: bytes(32, 0xff),
    },
    "8404583c" + "ee".repeat(60) + "63416e69" + "5820" + "ff".repeat(32),
  ],
  [
    {
      type: "ticket",
      ticket: bytes(60, 0xee),
      secret: bytes(32, 0x11),
      lifetimeSeconds: 604_800,
    },
    "8405583c" + "ee".repeat(60) + "5820" + "11".repeat(32) + "1a00093a80",
  ],
  [{ type: "ticketRefused" }, "8106"],
];

for (const [message, hex] of MESSAGES) {
  Deno.test(`encodeLoginMessage() and decodeLoginMessage() agree on ${message.type}`, () => {
    const body = encodeLoginMessage(message);
    assertEquals(encodeHex(body), hex);
    assertEquals(decodeLoginMessage(body), message);
  });
}

for (
  const [what, body] of [
    ["an unknown message", encodeFields([7])],
    ["a message without a number", encodeFields([])],
    ["a short request", encodeFields([1, "Ani", bytes(95, 0)])],
    ["a field too many", encodeFields([1, "Ani", bytes(96, 0), 0])],
    [
      "a name of 257 characters",
      encodeFields([
        1,
        "x".repeat(257),
        bytes(96, 0),
      ]),
    ],
    ["a short response", encodeFields([2, bytes(319, 0), 1, 1, 1])],
    ["a short finish", encodeFields([3, bytes(63, 0), bytes(16, 0)])],
    ["a short instance", encodeFields([3, bytes(64, 0), bytes(15, 0)])],
    [
      "a ticket of 385 bytes to resume with",
      encodeFields([4, bytes(385, 0), "Ani", bytes(32, 0)]),
    ],
    ["a short proof", encodeFields([4, bytes(9, 0), "Ani", bytes(31, 0)])],
    [
      "a ticket of 385 bytes",
      encodeFields([5, bytes(385, 0), bytes(32, 0), 1]),
    ],
    ["a short secret", encodeFields([5, bytes(9, 0), bytes(31, 0), 1])],
    [
      "a lifetime of more than a week",
      encodeFields([5, bytes(9, 0), bytes(32, 0), 604_801]),
    ],
    ["a ticket that is refused with more", encodeFields([6, 0])],
  ] as const
) {
  Deno.test(`decodeLoginMessage() refuses ${what}`, () => {
    assertThrows(() => decodeLoginMessage(body), ProtocolError);
  });
}

Deno.test("OPAQUE sizes are those of lib/crypto", () => {
  assertEquals(OPAQUE_REQUEST_BYTES, opaque.OPAQUE_REQUEST_BYTES);
  assertEquals(OPAQUE_RESPONSE_BYTES, opaque.OPAQUE_RESPONSE_BYTES);
  assertEquals(OPAQUE_FINISH_BYTES, opaque.OPAQUE_FINISH_BYTES);
});

function bytes(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}
