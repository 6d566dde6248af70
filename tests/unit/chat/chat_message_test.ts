import { GUEST_ROOM, guests } from "./wire_values.ts";
import { type Act, plainMessage } from "../../../lib/chat/room_event.ts";
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

/** How many fields stand for an act. */
function fieldCount(act: Act): number {
  return Object.keys(act).length;
}

const CLIENT_MESSAGES: readonly (readonly [ClientMessage, string])[] = [
  [
    { type: "sync", epochId: EPOCH, lastSequence: 1_000 },
    `8301${EPOCH_HEX}1903e8`,
  ],
  [
    { type: "act", id: ID, act: plainMessage("halo é") },
    `8302${ID_HEX}6768616c6f20c3a9`,
  ],
  ...([
    [
      { type: "message", style: "action", replyTo: 0, text: "hi" },
      "010100626869",
    ],
    [
      { type: "message", style: "plain", replyTo: 300, text: "hi" },
      "010019012c626869",
    ],
    [{ type: "edit", target: 5, text: "hi" }, "0205626869"],
    [{ type: "remove", target: 5 }, "0305"],
    [{ type: "react", target: 5, emoji: "👍", isOn: true }, "040564f09f918df5"],
    [{ type: "pin", target: 5, isOn: false }, "0505f4"],
    [{ type: "topic", text: "hi" }, "06626869"],
    [
      { type: "message", style: "announcement", replyTo: 0, text: "hi" },
      "010200626869",
    ],
    [{ type: "acknowledge", target: 5 }, "0705"],
  ] as const).map((
    [act, hex],
  ): readonly [ClientMessage, string] => [
    { type: "act", id: ID, act },
    `8${2 + fieldCount(act)}04${ID_HEX}${hex}`,
  ]),
  [{ type: "leave" }, "8103"],
  [{ type: "enter", roomId: 300 }, "820619012c"],
  [{ type: "position", delivered: 1_000, read: 5 }, "83071903e805"],
  [
    {
      type: "request",
      requestId: 7,
      query: {
        type: "history",
        direction: "after",
        sequence: 1_000,
        limit: 50,
      },
    },
    "8605" + "07" + "01" + "01" + "1903e8" + "1832",
  ],
  [
    {
      type: "request",
      requestId: 8,
      query: {
        type: "search",
        words: "hi",
        author: "Ani",
        sinceMs: 0,
        untilMs: TIME,
        before: 0,
        limit: 20,
      },
    },
    `8905080262686963416e6900${TIME_HEX}0014`,
  ],
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
      topic: "",
      messageCharacters: 4_000,
      messageBurst: 100,
      messagesPerSecond: 20,
      ...GUEST_ROOM,
      members: guests("Budi", "Ani"),
    },
    `981901634c616263416e69${EPOCH_HEX}0509f560190fa0186414` +
    "01000000f40000" + "02" + "644275646900f4" + "63416e6900f4",
  ],
  [
    {
      type: "event",
      sequence: 24,
      author: "Ani",
      accountId: 0,
      act: plainMessage("hi"),
      timeMs: TIME,
    },
    `8602181863416e6900626869${TIME_HEX}`,
  ],
  [
    {
      type: "event",
      sequence: 24,
      author: "Ani",
      accountId: 0,
      act: { type: "edit", target: 5, text: "hi" },
      timeMs: TIME,
    },
    `8807181863416e6900${TIME_HEX}0205626869`,
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
    {
      type: "refused",
      id: ID,
      refusal: { code: "tooOld", firstSequence: 24 },
    },
    `8404${ID_HEX}041818`,
  ],
  [
    {
      type: "roomList",
      rooms: [{
        roomId: 2,
        kind: "direct",
        name: "Ani",
        lastSequence: 24,
        readSequence: 0,
      }],
    },
    "870a01020263416e69181800",
  ],
  [
    { type: "roomOpened", roomId: 2, kind: "private", name: "Lab", by: "Ani" },
    "850b0201634c616263416e69",
  ],
  [{ type: "roomClosed", roomId: 2, reason: "archived" }, "830c0202"],
  [{ type: "roomChanged", isLocked: true, slowSeconds: 30 }, "830ff5181e"],
  [
    {
      type: "refused",
      id: ID,
      refusal: { code: "needsRole", role: "moderator" },
    },
    `8404${ID_HEX}0c02`,
  ],
  [
    { type: "refused", id: ID, refusal: { code: "notAnnouncement" } },
    `8404${ID_HEX}0d00`,
  ],
  [
    {
      type: "refused",
      id: ID,
      refusal: { code: "tooManyReactions", limitKinds: 12 },
    },
    `8404${ID_HEX}0e0c`,
  ],
  ...(["noSuchMessage", "notYours", "removed", "notEmoji"] as const).map((
    code,
  ): readonly [ServerMessage, string] => [
    { type: "refused", id: ID, refusal: { code } },
    `8404${ID_HEX}0${
      { noSuchMessage: 3, notYours: 5, removed: 6, notEmoji: 7 }[code]
    }00`,
  ]),
  [
    { type: "joined", name: "Ani", role: "guest", timeMs: TIME },
    `840563416e6900${TIME_HEX}`,
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
  [
    {
      type: "answer",
      requestId: 8,
      answer: {
        type: "search",
        isStart: false,
        searchedFrom: 9,
        matches: [{
          sequence: 24,
          author: "Ani",
          own: true,
          style: "action",
          replyTo: 5,
          text: "hi",
          isEdited: false,
          timeMs: TIME,
          ranges: [0, 2],
        }],
      },
    },
    `91080802f40901181863416e69f50105626869f4${TIME_HEX}010002`,
  ],
  [
    {
      type: "answer",
      requestId: 9,
      answer: {
        type: "who",
        members: [{ name: "Ani", role: "guest", isAway: false, sinceMs: TIME }],
      },
    },
    `880809030163416e6900f4${TIME_HEX}`,
  ],
  [
    {
      type: "failed",
      requestId: 8,
      refusal: { code: "tooFast", retryAfterSeconds: 2 },
    },
    "8409080002",
  ],
  [
    {
      type: "receipt",
      receipts: [
        { sequence: 5, delivered: 2, read: 1, of: 3 },
        { sequence: 6, delivered: 0, read: 0, of: 3 },
      ],
    },
    "8a0e020502010306000003",
  ],
  [{ type: "read", readSequence: 24 }, "82101818"],
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
    ["an unknown number", [5]],
    ["more that was read than came", [7, 5, 6]],
    ["an unknown act", [4, ID, 8]],
    ["a plain message in the long form", [4, ID, 1, 0, 0, "hi"]],
    ["a message of an unknown style", [4, ID, 1, 3, 0, "hi"]],
    ["an acknowledgement of nothing", [4, ID, 7, 0]],
    ["an edit of nothing", [4, ID, 2, 0, "hi"]],
    ["a removal with a field too many", [4, ID, 3, 1, 0]],
    ["a reaction of 17 characters", [4, ID, 4, 1, "x".repeat(17), true]],
    ["a reaction without a truth value", [4, ID, 4, 1, "x", 1]],
    ["a topic of 257 characters", [4, ID, 6, "x".repeat(257)]],
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
    ["an unknown number", [8]],
    ["a plain message in the long form", [7, 1, "Ani", 0, 0, 1, 0, 0, "hi"]],
    ["an event of an unknown act", [7, 1, "Ani", 0, 0, 8]],
    ["a welcome whose history ends before it starts", welcome({ 4: 10 })],
    ["a welcome to a room of an unknown kind", welcome({ 12: 3 })],
    ["a welcome in an unknown role", welcome({ 14: 4 })],
    ["a welcome to a room slower than allowed", welcome({ 16: 3_601 })],
    ["a welcome that ends within a member", welcome({ 18: 2 })],
    ["somebody who comes in an unknown role", [5, "Ani", 4, 0]],
    ["a welcome without a burst", welcome({ 9: 0 })],
    ["a welcome without a rate", welcome({ 10: 0 })],
    ["a welcome to a room for silence", welcome({ 8: 0 })],
    [
      "a welcome with more members than allowed",
      [...welcome({ 18: 2_001 }), ...new Array(2_000).fill(["a", 0, false])]
        .flat(),
    ],
    ["a message from a name of 33 characters", [
      2,
      1,
      "x".repeat(33),
      0,
      "hi",
      0,
    ]],
    ["a message of a time no Date can show", [
      2,
      1,
      "a",
      0,
      "hi",
      8.64e15 + 1,
    ]],
    ["receipts of nothing", [14, 0]],
    ["receipts out of order", [14, 2, 6, 0, 0, 1, 5, 0, 0, 1]],
    ["more readers than people", [14, 1, 6, 2, 2, 1]],
    ["more readers than receivers", [14, 1, 6, 1, 2, 2]],
    ["too many receipts", [14, 17]],
    ["nothing that was read", [16, 0]],
    ["more than one place that was read", [16, 1, 2]],
    ["a refusal with an unknown code", [4, ID, 15, 0]],
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
    "",
    4_000,
    100,
    20,
    1,
    0,
    0,
    0,
    false,
    0,
    0,
    1,
    "Ani",
    0,
    false,
  ];
  for (const [i, value] of Object.entries(changes)) fields[Number(i)] = value;
  return fields;
}
