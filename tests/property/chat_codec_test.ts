/** What chat's encoders write, its decoders read back, for any values. */
import {
  type Act,
  MESSAGE_STYLES,
  plainMessage,
} from "../../lib/chat/room_event.ts";
import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { concatBytes } from "../../lib/base/bytes.ts";
import type { ActRefusal } from "../../lib/chat/act_refusal.ts";
import {
  type ClientMessage,
  decodeClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  encodeServerMessage,
  type ServerMessage,
} from "../../lib/chat/chat_message.ts";
import { countCharacters } from "../../lib/chat/character_count.ts";
import {
  type ChatClose,
  decodeClose,
  encodeClose,
} from "../../lib/chat/close_code.ts";
import { MAX_ANSWER_MESSAGES, MAX_TIME_MS } from "../../lib/chat/limits.ts";
import {
  decodeLoginMessage,
  encodeLoginMessage,
  type LoginMessage,
} from "../../lib/chat/login_message.ts";
import {
  frameMessage,
  MessageDeframer,
} from "../../lib/chat/message_deframer.ts";
import type { RoomAnswer, RoomQuery } from "../../lib/chat/request.ts";
import type { RequestRefusal } from "../../lib/chat/request_refusal.ts";
import {
  findTerms,
  searchTerms,
  wordsOf,
} from "../../lib/chat/search_words.ts";
import { ROLES } from "../../lib/chat/role.ts";
import { ROOM_KINDS } from "../../lib/chat/room_kind.ts";
import type { RoomNews } from "../../lib/chat/room_news.ts";

const text = fc.string({ unit: "binary", maxLength: 200 });
const name = fc.string({ unit: "binary", maxLength: 32 });
const timeMs = fc.nat(MAX_TIME_MS);
const sequence = fc.maxSafeNat();
const role = fc.constantFrom(...ROLES);
const uint32 = fc.nat(2 ** 32 - 1);

const target = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const act: fc.Arbitrary<Act> = fc.oneof(
  text.map(plainMessage),
  fc.record({
    type: fc.constant("message" as const),
    style: fc.constantFrom(
      "plain" as const,
      "action" as const,
      "announcement" as const,
    ),
    replyTo: sequence,
    text,
  }),
  fc.record({ type: fc.constant("edit" as const), target, text }),
  fc.record({ type: fc.constant("remove" as const), target }),
  fc.record({
    type: fc.constant("react" as const),
    target,
    emoji: fc.string({ unit: "binary", maxLength: 16 }),
    isOn: fc.boolean(),
  }),
  fc.record({ type: fc.constant("pin" as const), target, isOn: fc.boolean() }),
  fc.record({ type: fc.constant("topic" as const), text }),
  fc.record({ type: fc.constant("acknowledge" as const), target }),
);

const clientMessage: fc.Arbitrary<ClientMessage> = fc.oneof(
  fc.record({
    type: fc.constant("sync" as const),
    epochId: bytes(8),
    lastSequence: sequence,
  }),
  fc.record({ type: fc.constant("act" as const), id: bytes(16), act }),
  fc.record({ type: fc.constant("leave" as const) }),
  fc.record({ type: fc.constant("enter" as const), roomId: sequence }),
  sequence.map((delivered) => {
    const read = Math.floor(delivered / 3);
    return { type: "position" as const, delivered, read };
  }),
  fc.record({
    type: fc.constant("request" as const),
    requestId: sequence,
    query: roomQuery(),
  }),
);

const refusal: fc.Arbitrary<ActRefusal> = fc.oneof(
  fc.record({ code: fc.constant("empty" as const) }),
  fc.record({
    code: fc.constant("tooLong" as const),
    limitCharacters: fc.nat(16_000),
  }),
  fc.record({
    code: fc.constant("tooFast" as const),
    retryAfterSeconds: fc.nat(3_600),
  }),
  fc.record({ code: fc.constant("tooOld" as const), firstSequence: sequence }),
  fc.record({
    code: fc.constantFrom(
      "noSuchMessage" as const,
      "notYours" as const,
      "removed" as const,
      "notEmoji" as const,
      "locked" as const,
      "archived" as const,
      "notAnnouncement" as const,
    ),
  }),
  fc.record({
    code: fc.constantFrom("muted" as const, "slowMode" as const),
    retryAfterSeconds: fc.nat(3_600),
  }),
  fc.record({ code: fc.constant("needsRole" as const), role }),
  fc.record({
    code: fc.constant("tooManyReactions" as const),
    limitKinds: fc.nat(100),
  }),
);

const kind = fc.constantFrom(...ROOM_KINDS);

const roomNews: fc.Arbitrary<RoomNews> = fc.oneof(
  fc.record({
    type: fc.constant("roomList" as const),
    rooms: fc.array(
      fc.record({
        roomId: sequence,
        kind,
        name,
        lastSequence: sequence,
        readSequence: sequence,
      }),
      { maxLength: 50 },
    ),
  }),
  fc.record({
    type: fc.constant("roomOpened" as const),
    roomId: sequence,
    kind,
    name,
    by: name,
  }),
  fc.record({
    type: fc.constant("roomClosed" as const),
    roomId: sequence,
    reason: fc.constantFrom(
      "left" as const,
      "removed" as const,
      "archived" as const,
    ),
  }),
  fc.record({
    type: fc.constant("roomChanged" as const),
    isLocked: fc.boolean(),
    slowSeconds: fc.nat(3_600),
  }),
);

const serverMessage: fc.Arbitrary<ServerMessage> = fc.oneof(
  fc.record({
    type: fc.constant("welcome" as const),
    room: fc.string({ unit: "binary", maxLength: 64 }),
    self: name,
    epochId: bytes(8),
    resumeAfter: fc.nat(1_000),
    lastSequence: sequence.map((value) => Math.max(value, 1_000)),
    openRoom: fc.boolean(),
    topic: text,
    messageCharacters: fc.integer({ min: 1, max: 16_000 }),
    messageBurst: fc.integer({ min: 1, max: 1_000_000 }),
    messagesPerSecond: fc.integer({ min: 1, max: 1_000_000 }),
    roomId: sequence,
    kind,
    accountId: sequence,
    role,
    isLocked: fc.boolean(),
    slowSeconds: fc.nat(3_600),
    readSequence: sequence,
    members: fc.array(fc.record({ name, role, isAway: fc.boolean() }), {
      maxLength: 50,
    }),
  }),
  fc.record({
    type: fc.constant("event" as const),
    sequence,
    author: name,
    accountId: sequence,
    act,
    timeMs,
  }),
  fc.record({
    type: fc.constant("stored" as const),
    id: bytes(16),
    sequence,
    timeMs,
    forwardedTo: fc.nat(2_000),
  }),
  fc.record({ type: fc.constant("refused" as const), id: bytes(16), refusal }),
  fc.record({ type: fc.constant("joined" as const), name, role, timeMs }),
  roomNews,
  fc.record({
    type: fc.constant("left" as const),
    name,
    reason: fc.constantFrom(
      "quit" as const,
      "lost" as const,
      "removed" as const,
    ),
    timeMs,
  }),
  fc.record({
    type: fc.constant("answer" as const),
    requestId: sequence,
    answer: roomAnswer(),
  }),
  fc.record({
    type: fc.constant("failed" as const),
    requestId: sequence,
    refusal: requestRefusal(),
  }),
  fc.uniqueArray(sequence.map((value) => value || 1), {
    minLength: 1,
    maxLength: 16,
  }).chain((places) =>
    fc.record({
      type: fc.constant("receipt" as const),
      receipts: fc.nat(500).map((read) =>
        places.toSorted((a, b) => a - b).map((sequence) => ({
          sequence,
          delivered: 2 * read,
          read,
          of: 3 * read,
        }))
      ),
    })
  ),
  fc.record({
    type: fc.constant("read" as const),
    readSequence: sequence.map((value) => value || 1),
  }),
);

const loginMessage: fc.Arbitrary<LoginMessage> = fc.oneof(
  fc.record({
    type: fc.constant("start" as const),
    name: text,
    request: bytes(96),
  }),
  fc.record({
    type: fc.constant("challenge" as const),
    response: bytes(320),
    stretching: fc.record({
      memoryKiB: uint32,
      iterations: uint32,
      parallelism: uint32,
    }),
  }),
  fc.record({
    type: fc.constant("finish" as const),
    finish: bytes(64),
    clientInstance: bytes(16),
  }),
);

Deno.test("decodeClientMessage() undoes encodeClientMessage()", () => {
  fc.assert(fc.property(clientMessage, (message) => {
    assertEquals(decodeClientMessage(encodeClientMessage(message)), message);
  }));
});

Deno.test("decodeServerMessage() undoes encodeServerMessage()", () => {
  fc.assert(fc.property(serverMessage, (message) => {
    assertEquals(decodeServerMessage(encodeServerMessage(message)), message);
  }));
});

Deno.test("decodeLoginMessage() undoes encodeLoginMessage()", () => {
  fc.assert(fc.property(loginMessage, (message) => {
    assertEquals(decodeLoginMessage(encodeLoginMessage(message)), message);
  }));
});

Deno.test("decodeClose() undoes encodeClose()", () => {
  const close: fc.Arbitrary<ChatClose> = fc.oneof(
    fc.record({ type: fc.constant("removed" as const), reason: text }),
    fc.record({ type: fc.constant("chatProtocol" as const), reason: text }),
    fc.record({
      type: fc.constant("throttled" as const),
      retryAfterSeconds: fc.nat(999_999),
    }),
  );
  fc.assert(fc.property(close, (close) => {
    assertEquals(decodeClose(encodeClose(close)), close);
  }));
});

Deno.test("MessageDeframer gives the same messages wherever the stream is cut", () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 });
  const cuts = fc.array(fc.nat(3_100), { maxLength: 20 });
  fc.assert(fc.property(bodies, cuts, (bodies, cuts) => {
    const stream = concatBytes(...bodies.map(frameMessage));
    const deframer = new MessageDeframer(300);
    const messages: Uint8Array[] = [];
    let at = 0;
    for (const cut of [...cuts.toSorted((a, b) => a - b), stream.length]) {
      if (cut <= at || cut > stream.length) continue;
      messages.push(...deframer.push(stream.slice(at, cut)));
      at = cut;
    }
    assertEquals(messages.map((message) => message.slice()), bodies);
  }));
});

Deno.test("findTerms() finds a text by its own words", () => {
  const words = fc.string({ unit: "grapheme-ascii" });
  fc.assert(fc.property(fc.oneof(text, words), (text) => {
    const terms = searchTerms(text);
    const ranges = findTerms(text, terms)!;
    assertEquals(ranges.length >= 2, terms.length > 0);
    assertEquals(ranges, ranges.toSorted((a, b) => a - b));
    assertEquals(terms.every(({ word }) => wordsOf(text).has(word)), true);
  }));
});

Deno.test("countCharacters() counts what a string's iterator gives", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assertEquals(countCharacters(text), Array.from(text).length);
  }));
});

function roomQuery(): fc.Arbitrary<RoomQuery> {
  const limit = fc.integer({ min: 1, max: MAX_ANSWER_MESSAGES });
  return fc.oneof(
    fc.record({
      type: fc.constant("history" as const),
      direction: fc.constantFrom("before" as const, "after" as const),
      sequence,
      limit,
    }),
    fc.record({
      type: fc.constant("search" as const),
      words: text,
      author: text,
      sinceMs: timeMs,
      untilMs: timeMs,
      before: sequence,
      limit,
    }),
    fc.record({ type: fc.constant("who" as const) }),
    fc.record({ type: fc.constant("whois" as const), name: text }),
    fc.record({ type: fc.constant("receipts" as const), target: sequence }),
    fc.record({ type: fc.constant("roll" as const), target: sequence }),
  );
}

function roomAnswer(): fc.Arbitrary<RoomAnswer> {
  const past = fc.record({
    sequence,
    author: name,
    own: fc.boolean(),
    style: fc.constantFrom(...MESSAGE_STYLES),
    replyTo: sequence,
    text,
    isEdited: fc.boolean(),
    timeMs,
  });
  const found = fc.tuple(past, fc.uniqueArray(fc.nat(200), { maxLength: 64 }))
    .map(([message, edges]) => {
      const inside = edges.filter((edge) => edge <= message.text.length);
      const ranges = inside.slice(inside.length % 2).sort((a, b) => a - b);
      return { ...message, ranges };
    });
  const bySequence = { maxLength: 10, selector: atPlace };
  return fc.oneof(
    fc.record({
      type: fc.constant("history" as const),
      isEnd: fc.boolean(),
      messages: fc.uniqueArray(past, bySequence).map((messages) =>
        messages.sort((a, b) => a.sequence - b.sequence)
      ),
    }),
    fc.record({
      type: fc.constant("search" as const),
      isStart: fc.boolean(),
      searchedFrom: sequence,
      matches: fc.uniqueArray(found, bySequence).map((matches) =>
        matches.sort((a, b) => b.sequence - a.sequence)
      ),
    }),
    fc.record({
      type: fc.constant("who" as const),
      members: fc.array(
        fc.record({ name, role, isAway: fc.boolean(), sinceMs: timeMs }),
      ),
    }),
    fc.record({
      type: fc.constant("whois" as const),
      name,
      sinceMs: timeMs,
      lastWroteMs: timeMs,
      role,
      isAway: fc.boolean(),
      awayText: name,
      profile: name,
      claimedMs: timeMs,
    }),
    fc.record({
      type: fc.constant("receipts" as const),
      read: fc.array(name),
      delivered: fc.array(name),
      missing: fc.array(name),
    }),
    fc.record({
      type: fc.constant("roll" as const),
      acknowledged: fc.array(fc.record({ name, timeMs })),
      missing: fc.array(name),
    }),
  );
}

function atPlace(message: { readonly sequence: number }): number {
  return message.sequence;
}

function requestRefusal(): fc.Arbitrary<RequestRefusal> {
  return fc.oneof(
    fc.record({
      code: fc.constantFrom("tooFast" as const, "busy" as const),
      retryAfterSeconds: fc.nat(3_600),
    }),
    fc.record({
      code: fc.constant("tooManyOpen" as const),
      limitRequests: fc.nat(4),
    }),
    fc.record({
      code: fc.constantFrom(
        "nothingSought" as const,
        "unknownName" as const,
        "noSuchMessage" as const,
        "notYours" as const,
        "notAnnouncement" as const,
      ),
    }),
  );
}

function bytes(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}
