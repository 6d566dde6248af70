import { GUEST_ROOM, guests } from "./wire_values.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { concatBytes } from "../../../lib/base/bytes.ts";
import {
  encodeClientMessage,
  encodeServerMessage,
} from "../../../lib/chat/chat_message.ts";
import {
  checkChatLimits,
  DEFAULT_CHAT_LIMITS,
  MAX_CLIENT_MESSAGE_BYTES,
  MAX_LOGIN_MESSAGE_BYTES,
  MAX_MEMBERS,
  MAX_MESSAGE_CHARACTERS,
  MAX_MESSAGES_PER_SECOND,
  MAX_NAME_CHARACTERS,
  MAX_RAW_NAME_CHARACTERS,
  MAX_ROOM_CHARACTERS,
  MAX_SERVER_MESSAGE_BYTES,
  MAX_SLOW_SECONDS,
  MAX_TICKET_BYTES,
  MAX_TICKET_LIFETIME_SECONDS,
  MAX_TIME_MS,
  MAX_TOPIC_CHARACTERS,
} from "../../../lib/chat/limits.ts";
import { encodeLoginMessage } from "../../../lib/chat/login_message.ts";
import { frameMessage } from "../../../lib/chat/message_deframer.ts";
import { MAX_AUTH_BYTES } from "../../../lib/transport/transport_config.ts";

Deno.test("checkChatLimits() takes the defaults", () => {
  assertEquals(checkChatLimits(DEFAULT_CHAT_LIMITS), DEFAULT_CHAT_LIMITS);
});

for (const name of Object.keys(DEFAULT_CHAT_LIMITS)) {
  Deno.test(`checkChatLimits() refuses ${name} out of range`, () => {
    for (const value of [0, -1, 1.5, NaN, 1e12]) {
      const limits = { ...DEFAULT_CHAT_LIMITS, [name]: value };
      assertThrows(() => checkChatLimits(limits), RangeError, name);
    }
  });
}

Deno.test("MAX_CLIENT_MESSAGE_BYTES has room for the largest act", () => {
  const id = new Uint8Array(16);
  const text = "🙂".repeat(MAX_MESSAGE_CHARACTERS);
  const body = encodeClientMessage({
    type: "act",
    id,
    act: {
      type: "message",
      style: "action",
      replyTo: Number.MAX_SAFE_INTEGER,
      text,
    },
  });
  assertEquals(body.length <= MAX_CLIENT_MESSAGE_BYTES, true);
});

Deno.test("MAX_SERVER_MESSAGE_BYTES has room for the largest welcome, message and list of members", () => {
  const name = "🙂".repeat(MAX_NAME_CHARACTERS);
  const welcome = encodeServerMessage({
    type: "welcome",
    room: "🙂".repeat(MAX_ROOM_CHARACTERS),
    self: name,
    epochId: new Uint8Array(8),
    resumeAfter: Number.MAX_SAFE_INTEGER,
    lastSequence: Number.MAX_SAFE_INTEGER,
    openRoom: true,
    topic: "🙂".repeat(MAX_TOPIC_CHARACTERS),
    messageCharacters: MAX_MESSAGE_CHARACTERS,
    messageBurst: MAX_MESSAGES_PER_SECOND,
    messagesPerSecond: MAX_MESSAGES_PER_SECOND,
    ...GUEST_ROOM,
    roomId: Number.MAX_SAFE_INTEGER,
    accountId: Number.MAX_SAFE_INTEGER,
    slowSeconds: MAX_SLOW_SECONDS,
    readSequence: Number.MAX_SAFE_INTEGER,
    members: guests(...new Array<string>(MAX_MEMBERS).fill(name)),
  });
  assertEquals(welcome.length <= MAX_SERVER_MESSAGE_BYTES, true);
  const role = "owner" as const;
  const member = { name, role, isAway: true, sinceMs: MAX_TIME_MS };
  const members = new Array<typeof member>(MAX_MEMBERS).fill(member);
  const who = encodeServerMessage({
    type: "answer",
    requestId: Number.MAX_SAFE_INTEGER,
    answer: { type: "who", members },
  });
  assertEquals(who.length <= MAX_SERVER_MESSAGE_BYTES, true);
  assertEquals(MAX_CLIENT_MESSAGE_BYTES + 200 < MAX_SERVER_MESSAGE_BYTES, true);
});

/** The longest of each message that can be long. */
const LOGIN = {
  start: encodeLoginMessage({
    type: "start",
    name: "🙂".repeat(MAX_RAW_NAME_CHARACTERS),
    request: new Uint8Array(96),
  }),
  resume: encodeLoginMessage({
    type: "resume",
    ticket: new Uint8Array(MAX_TICKET_BYTES),
    name: "🙂".repeat(MAX_RAW_NAME_CHARACTERS),
    proof: new Uint8Array(32),
  }),
  finish: encodeLoginMessage({
    type: "finish",
    finish: new Uint8Array(64),
    clientInstance: new Uint8Array(16),
  }),
  challenge: encodeLoginMessage({
    type: "challenge",
    response: new Uint8Array(320),
    stretching: { memoryKiB: 262_144, iterations: 10, parallelism: 4 },
  }),
  ticket: encodeLoginMessage({
    type: "ticket",
    ticket: new Uint8Array(MAX_TICKET_BYTES),
    secret: new Uint8Array(32),
    lifetimeSeconds: MAX_TICKET_LIFETIME_SECONDS,
  }),
  ticketRefused: encodeLoginMessage({ type: "ticketRefused" }),
};

Deno.test("MAX_LOGIN_MESSAGE_BYTES has room for every message", () => {
  for (const body of Object.values(LOGIN)) {
    assertEquals(body.length <= MAX_LOGIN_MESSAGE_BYTES, true);
  }
});

Deno.test("a refused ticket and a login after it fit the bytes that the transport takes", () => {
  const { start, resume, finish, challenge, ticket, ticketRefused } = LOGIN;
  for (
    const sent of [[resume, start, finish], [ticketRefused, challenge, ticket]]
  ) {
    const bytes = concatBytes(...sent.map(frameMessage));
    assertEquals(bytes.length <= MAX_AUTH_BYTES, true);
  }
});
