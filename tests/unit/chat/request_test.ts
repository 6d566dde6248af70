import { assertEquals, assertThrows } from "@std/assert";
import { encodeFields, FieldReader } from "../../../lib/chat/cbor.ts";
import { ProtocolError } from "../../../lib/chat/protocol_error.ts";
import {
  type Answer,
  answerFields,
  type FoundMessage,
  queryFields,
  readAnswer,
  readQuery,
  type RoomAnswer,
} from "../../../lib/chat/request.ts";
import {
  readRequestRefusal,
  requestRefusalFields,
} from "../../../lib/chat/request_refusal.ts";
import { TIME } from "./test_room.ts";

const FOUND: FoundMessage = {
  sequence: 9,
  author: "Budi",
  own: true,
  style: "action",
  replyTo: 4,
  text: "rapat jam dua",
  isEdited: true,
  timeMs: TIME,
  ranges: [0, 5, 10, 13],
};

function search(...matches: FoundMessage[]): RoomAnswer {
  return { type: "search", isStart: false, searchedFrom: 3, matches };
}

function answerAgain(answer: Answer): Answer {
  const fields = new FieldReader(encodeFields(answerFields(answer)));
  const again = readAnswer(fields);
  fields.end();
  return again;
}

Deno.test("queryFields() has what docs/PROTOCOL.md says", () => {
  const page = { type: "history", sequence: 7, limit: 50 } as const;
  assertEquals(queryFields({ ...page, direction: "before" }), [1, 0, 7, 50]);
  assertEquals(queryFields({ ...page, direction: "after" }), [1, 1, 7, 50]);
  assertEquals(
    queryFields({
      type: "search",
      words: "rapat",
      author: "Budi",
      sinceMs: 1,
      untilMs: 2,
      before: 0,
      limit: 20,
    }),
    [2, "rapat", "Budi", 1, 2, 0, 20],
  );
  assertEquals(queryFields({ type: "who" }), [3]);
  assertEquals(queryFields({ type: "whois", name: "Budi" }), [4, "Budi"]);
});

Deno.test("answerFields() has what docs/PROTOCOL.md says", () => {
  const past = [9, "Budi", true, 1, 4, "rapat jam dua", true, TIME];
  const messages = [FOUND];
  assertEquals(answerFields({ type: "history", isEnd: true, messages }), [
    1,
    true,
    1,
    ...past,
  ]);
  assertEquals(answerFields(search(FOUND)), [
    2,
    false,
    3,
    1,
    ...past,
    2,
    0,
    5,
    10,
    13,
  ]);
  const role = "moderator" as const;
  const members = [{ name: "Ani", role, isAway: true, sinceMs: 5 }];
  assertEquals(
    answerFields({ type: "who", members }),
    [3, 1, "Ani", 2, true, 5],
  );
});

Deno.test("requestRefusalFields() has what docs/PROTOCOL.md says", () => {
  assertEquals(
    [
      { code: "tooFast", retryAfterSeconds: 2 } as const,
      { code: "tooManyOpen", limitRequests: 4 } as const,
      { code: "busy", retryAfterSeconds: 5 } as const,
      { code: "nothingSought" } as const,
      { code: "unknownName" } as const,
    ].map(requestRefusalFields),
    [[0, 2], [1, 4], [2, 5], [3, 0], [4, 0]],
  );
});

for (
  const { name, fields } of [
    { name: "an unknown query", fields: [12] },
    { name: "nothing", fields: [1, 0, 0, 0] },
    { name: "too much", fields: [1, 0, 0, 51] },
    { name: "words that are too long", fields: [2, "x".repeat(201)] },
    { name: "a name that is too long", fields: [4, "x".repeat(257)] },
    { name: "a missing field", fields: [1, 0, 0] },
    { name: "an unknown direction", fields: [1, 2, 0, 1] },
  ]
) {
  Deno.test(`readQuery() refuses ${name}`, () => {
    assertThrows(
      () => readQuery(new FieldReader(encodeFields(fields))),
      ProtocolError,
    );
  });
}

for (
  const { name, answer } of [
    {
      name: "messages out of order",
      answer: {
        type: "history",
        isEnd: true,
        messages: [FOUND, { ...FOUND, sequence: 8 }],
      } as const,
    },
    {
      name: "matches out of order",
      answer: search(FOUND, { ...FOUND, sequence: 10 }),
    },
    { name: "a range outside", answer: search({ ...FOUND, ranges: [0, 14] }) },
    { name: "an empty range", answer: search({ ...FOUND, ranges: [3, 3] }) },
    {
      name: "ranges that go back",
      answer: search({ ...FOUND, ranges: [5, 9, 0, 2] }),
    },
    {
      name: "more names than there can be members",
      answer: {
        type: "roll",
        acknowledged: [{ name: "Ani", timeMs: 0 }],
        missing: new Array<string>(2_000).fill("a"),
      } as const,
    },
    {
      name: "too many messages",
      answer: search(
        ...Array.from(
          { length: 51 },
          (_, i) => ({ ...FOUND, sequence: 100 - i }),
        ),
      ),
    },
  ]
) {
  Deno.test(`readAnswer() refuses ${name}`, () => {
    assertThrows(() => answerAgain(answer), ProtocolError);
  });
}

Deno.test("readAnswer() takes ranges up to the end of the text", () => {
  assertEquals(answerAgain(search(FOUND)), search(FOUND));
});

Deno.test("readRequestRefusal() refuses what is not known", () => {
  for (const fields of [[25, 0], [3, 1], [0, 3_601], [1, 5], [7, 5], [12, 4]]) {
    assertThrows(
      () => readRequestRefusal(new FieldReader(encodeFields(fields))),
      ProtocolError,
    );
  }
});
