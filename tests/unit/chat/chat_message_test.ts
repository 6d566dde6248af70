import { assertEquals, assertThrows } from "@std/assert";
import { encodeHex } from "../../../lib/base/bytes.ts";
import { type CborValue, encodeFields } from "../../../lib/chat/cbor.ts";
import {
  type ClientMessage,
  decodeClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  encodeServerMessage,
  type ServerMessage,
} from "../../../lib/chat/chat_message.ts";
import { ProtocolError } from "../../../lib/chat/protocol_error.ts";

const ID = new Uint8Array(16).fill(0xaa);
const EPOCH = new Uint8Array(8).fill(0xee);
const ID_HEX = "50" + "aa".repeat(16);
const EPOCH_HEX = "48" + "ee".repeat(8);
/** 2025-11-22 08:26:40 UTC. */
const TIME = 1_763_800_000_000;
const TIME_HEX = "1b0000019aaaac2600";

const CLIENT_MESSAGES: readonly (readonly [ClientMessage, string])[] = [
  [
    { type: "sync", epochId: EPOCH, lastSequence: 1_000 },
    `8301${EPOCH_HEX}1903e8`,
  ],
  [{ type: "send", id: ID, text: "halo é" }, `8302${ID_HEX}6768616c6f20c3a9`],
  [{ type: "leave" }, "8103"],
];

for (const [message, hex] of CLIENT_MESSAGES) {
  Deno.test(`encodeClientMessage() and decodeClientMessage() agree on ${message.type}`, () => {
    const body = encodeClientMessage(message);
    assertEquals(encodeHex(body), hex);
    assertEquals(decodeClientMessage(body), message);
  });
}

const SERVER_MESSAGES: readonly (readonly [ServerMessage, string])[] = [
  [
    {
      type: "welcome",
      room: "Lab",
      self: "Ani",
      epochId: EPOCH,
      resumeAfter: 5,
      lastSequence: 9,
      openRoom: true,
      messageCharacters: 4_000,
      messageBurst: 100,
      messagesPerSecond: 20,
      members: ["Budi", "Ani"],
    },
    `8b01634c616263416e69${EPOCH_HEX}0509f5190fa01864148264` +
    "4275646963416e69",
  ],
  [
    {
      type: "message",
      sequence: 24,
      id: ID,
      author: "Ani",
      text: "hi",
      timeMs: TIME,
    },
    `86021818${ID_HEX}63416e69626869${TIME_HEX}`,
  ],
  [
    { type: "stored", id: ID, sequence: 24, timeMs: TIME, forwardedTo: 3 },
    `8503${ID_HEX}1818${TIME_HEX}03`,
  ],
  [
    { type: "refused", id: ID, refusal: { code: "empty" } },
    `8404${ID_HEX}0000`,
  ],
  [
    {
      type: "refused",
      id: ID,
      refusal: { code: "tooLong", limitCharacters: 4_000 },
    },
    `8404${ID_HEX}01190fa0`,
  ],
  [
    {
      type: "refused",
      id: ID,
      refusal: { code: "tooFast", retryAfterSeconds: 1 },
    },
    `8404${ID_HEX}0201`,
  ],
  [
    { type: "joined", name: "Ani", timeMs: TIME },
    `830563416e69${TIME_HEX}`,
  ],
  [
    { type: "left", name: "Ani", reason: "quit", timeMs: TIME },
    `840663416e6900${TIME_HEX}`,
  ],
  [
    { type: "left", name: "Ani", reason: "lost", timeMs: TIME },
    `840663416e6901${TIME_HEX}`,
  ],
  [
    { type: "left", name: "Ani", reason: "removed", timeMs: TIME },
    `840663416e6902${TIME_HEX}`,
  ],
];

for (const [message, hex] of SERVER_MESSAGES) {
  Deno.test(`encodeServerMessage() and decodeServerMessage() agree on ${JSON.stringify(message).slice(0, 60)}`, () => {
    const body = encodeServerMessage(message);
    assertEquals(encodeHex(body), hex);
    assertEquals(decodeServerMessage(body), message);
  });
}

for (
  const [what, fields] of [
    ["nothing", []],
    ["an unknown number", [4]],
    ["a sync with a short epoch", [1, new Uint8Array(7), 0]],
    ["a send with a short ID", [2, new Uint8Array(15), "hi"]],
    ["a send whose text is bytes", [2, ID, ID]],
    ["a send of 16,001 characters", [2, ID, "x".repeat(16_001)]],
    ["a send with a field too many", [2, ID, "hi", 0]],
    ["a leave with a field", [3, 0]],
  ] as readonly (readonly [string, CborValue[]])[]
) {
  Deno.test(`decodeClientMessage() refuses ${what}`, () => {
    assertThrows(
      () => decodeClientMessage(encodeFields(fields)),
      ProtocolError,
    );
  });
}

for (
  const [what, fields] of [
    ["nothing", []],
    ["an unknown number", [7]],
    ["a welcome whose history ends before it starts", welcome({ 4: 10 })],
    ["a welcome without a burst", welcome({ 8: 0 })],
    ["a welcome without a rate", welcome({ 9: 0 })],
    ["a welcome to a room for silence", welcome({ 7: 0 })],
    [
      "a welcome with more members than allowed",
      welcome({
        10: new Array<string>(2_001).fill("a"),
      }),
    ],
    ["a message from a name of 33 characters", [
      2,
      1,
      ID,
      "x".repeat(33),
      "hi",
      0,
    ]],
    ["a message of a time no Date can show", [
      2,
      1,
      ID,
      "a",
      "hi",
      8.64e15 + 1,
    ]],
    ["a refusal with an unknown code", [4, ID, 3, 0]],
    ["a refusal for emptiness with a parameter", [4, ID, 0, 1]],
    ["a leave for an unknown reason", [6, "Ani", 3, 0]],
  ] as readonly (readonly [string, CborValue[]])[]
) {
  Deno.test(`decodeServerMessage() refuses ${what}`, () => {
    assertThrows(
      () => decodeServerMessage(encodeFields(fields)),
      ProtocolError,
    );
  });
}

/** A welcome with some fields changed. */
function welcome(changes: Readonly<Record<number, CborValue>>): CborValue[] {
  const fields: CborValue[] = [
    1,
    "Lab",
    "Ani",
    EPOCH,
    5,
    9,
    true,
    4_000,
    100,
    20,
    ["Ani"],
  ];
  for (const [i, value] of Object.entries(changes)) fields[Number(i)] = value;
  return fields;
}
