import { assertEquals } from "@std/assert";
import { ActRules } from "../../../lib/chat/act_rules.ts";
import type { ActRefusal } from "../../../lib/chat/act_refusal.ts";
import {
  MAX_KNOWN_REACTIONS,
  MAX_KNOWN_TARGETS,
  MAX_REACTION_KINDS,
} from "../../../lib/chat/limits.ts";
import type { Authorship } from "../../../lib/chat/person.ts";
import { type Act, plainMessage } from "../../../lib/chat/room_event.ts";
import type { LogEvent } from "../../../lib/chat/room_log.ts";
import { authorKeyOf, eventsOf, idOf, TIME } from "./test_room.ts";

const RANGE = { firstSequence: 3, lastSequence: 10 };
const ZUL: Authorship = { authorKey: authorKeyOf(99), accountId: 0 };
const ANI: Authorship = { authorKey: authorKeyOf(1), accountId: 0 };

function rules(recent: readonly LogEvent[] = eventsOf(1, 10)): ActRules {
  return new ActRules({ messageCharacters: 5 }, recent);
}

function event(sequence: number, act: Act, { authorKey } = ZUL): LogEvent {
  const id = idOf(sequence);
  return {
    sequence,
    id,
    authorKey,
    accountId: 0,
    author: "Zul",
    act,
    timeMs: TIME,
  };
}

for (
  const [what, act, refusal] of [
    ["an empty message", plainMessage(" "), { code: "empty" }],
    ["an empty edit", { type: "edit", target: 5, text: "\n" }, {
      code: "empty",
    }],
    ["an empty topic", { type: "topic", text: "" }, { code: "empty" }],
    ["a long message", plainMessage("123456"), {
      code: "tooLong",
      limitCharacters: 5,
    }],
    ["a long edit", { type: "edit", target: 5, text: "123456" }, {
      code: "tooLong",
      limitCharacters: 5,
    }],
    ["what is no emoji", { type: "react", target: 5, emoji: "x", isOn: true }, {
      code: "notEmoji",
    }],
    ["five characters of two units", plainMessage("👍👍👍👍👍"), undefined],
    ["a topic", { type: "topic", text: "longer" }, undefined],
    ["a pin", { type: "pin", target: 5, isOn: true }, undefined],
  ] as readonly (readonly [string, Act, ActRefusal | undefined])[]
) {
  const answer = refusal === undefined ? "takes" : "refuses";
  Deno.test(`ActRules.checkContent() ${answer} ${what}`, () => {
    assertEquals(rules().checkContent(act), refusal);
  });
}

const REMOVE: Act = { type: "remove", target: 5 };

for (
  const [what, act, author, refusal] of [
    ["its author edits", { type: "edit", target: 5, text: "x" }, ZUL],
    ["its author removes", REMOVE, ZUL],
    ["its author removes, now with an account,", REMOVE, {
      ...ZUL,
      accountId: 7,
    }],
    [
      "somebody else edits",
      { type: "edit", target: 5, text: "x" },
      ANI,
      { code: "notYours" },
    ],
    ["somebody else removes", REMOVE, ANI, { code: "notYours" }],
    [
      "somebody else reacts to",
      { type: "react", target: 5, emoji: "👍", isOn: true },
      ANI,
    ],
    ["somebody else pins", { type: "pin", target: 5, isOn: true }, ANI],
    ["somebody answers", { ...plainMessage("x"), replyTo: 5 }, ANI],
  ] as readonly (readonly [
    string,
    Act,
    Authorship,
    ActRefusal | undefined,
  ])[]
) {
  Deno.test(`ActRules.checkTarget() says whether ${what} a message`, () => {
    assertEquals(rules().missingTarget(act, RANGE), undefined);
    assertEquals(rules().checkTarget(act, author, RANGE), refusal);
  });
}

Deno.test("ActRules.checkTarget() refuses what is too old, and what nobody has seen", () => {
  for (
    const type of [
      "edit",
      "remove",
      "react",
      "pin",
      "message",
      "acknowledge",
    ] as const
  ) {
    const about = (sequence: number) =>
      ({
        type,
        target: sequence,
        replyTo: sequence,
        style: "plain",
        text: "x",
        emoji: "👍",
        isOn: true,
      }) as Act;
    for (const sequence of [2, 11]) {
      assertEquals(rules().missingTarget(about(sequence), RANGE), undefined);
    }
    assertEquals(rules().checkTarget(about(2), ZUL, RANGE), {
      code: "tooOld",
      firstSequence: 3,
    });
    assertEquals(rules().checkTarget(about(11), ZUL, RANGE), {
      code: "noSuchMessage",
    });
  }
});

Deno.test("ActRules.checkTarget() refuses an act on what is no message", () => {
  const room = rules([event(5, { type: "pin", target: 4, isOn: true })]);
  assertEquals(room.checkTarget(REMOVE, ZUL, RANGE), { code: "noSuchMessage" });
  room.handleLookup(5, []);
  assertEquals(room.checkTarget(REMOVE, ZUL, RANGE), { code: "noSuchMessage" });
});

Deno.test("ActRules.checkTarget() lets anybody acknowledge an announcement, and nothing else", () => {
  const hear: Act = {
    type: "message",
    style: "announcement",
    replyTo: 0,
    text: "x",
  };
  const acknowledge: Act = { type: "acknowledge", target: 5 };
  assertEquals(
    rules([event(5, hear)]).checkTarget(acknowledge, ANI, RANGE),
    undefined,
  );
  assertEquals(rules().checkTarget(acknowledge, ANI, RANGE), {
    code: "notAnnouncement",
  });
});

Deno.test("ActRules.checkTarget() refuses everything but an answer after a removal", () => {
  const room = rules();
  room.handleAccepted(event(11, REMOVE));
  for (
    const act of [
      REMOVE,
      { type: "edit", target: 5, text: "x" },
      { type: "react", target: 5, emoji: "👍", isOn: true },
      { type: "pin", target: 5, isOn: true },
    ] as const
  ) {
    assertEquals(room.checkTarget(act, ZUL, RANGE), { code: "removed" });
  }
  const answer = { ...plainMessage("x"), replyTo: 5 };
  assertEquals(room.checkTarget(answer, ZUL, RANGE), undefined);
});

Deno.test("ActRules knows a message without text as removed", () => {
  const room = rules([event(5, plainMessage(""))]);
  assertEquals(room.checkTarget(REMOVE, ZUL, RANGE), { code: "removed" });
});

Deno.test("ActRules.handleLookup() does not forget a removal that the log does not have yet", () => {
  const room = rules();
  room.handleAccepted(event(11, REMOVE));
  // What was read before the removal came into the log.
  room.handleLookup(5, [event(5, plainMessage("x"))]);
  assertEquals(room.checkTarget(REMOVE, ZUL, RANGE), { code: "removed" });
  room.handlePublished(event(11, REMOVE));
  room.handleLookup(5, [event(5, plainMessage(""))]);
  assertEquals(room.checkTarget(REMOVE, ZUL, RANGE), { code: "removed" });
});

Deno.test("ActRules asks for what it does not remember", () => {
  const room = rules([]);
  const range = { firstSequence: 1, lastSequence: 1_000_000 };
  assertEquals(room.missingTarget(REMOVE, range), 5);
  room.handleLookup(5, [event(5, plainMessage("x"))]);
  assertEquals(room.missingTarget(REMOVE, range), undefined);
  for (let i = 0; i < MAX_KNOWN_TARGETS; i++) {
    // What is acted on stays.
    room.checkTarget(REMOVE, ZUL, range);
    room.handleAccepted(event(100 + i, plainMessage("x")));
  }
  assertEquals(room.missingTarget(REMOVE, range), undefined);
  const first = { ...REMOVE, target: 100 };
  assertEquals(room.missingTarget(first, range), 100);
  assertEquals(room.missingTarget(plainMessage("x"), range), undefined);
  assertEquals(
    room.missingTarget({ type: "topic", text: "x" }, range),
    undefined,
  );
});

Deno.test("ActRules.checkTarget() takes what the same account does on another device", () => {
  const zul = { ...ZUL, accountId: 7 };
  const events = eventsOf(1, 10).map((event) => ({ ...event, ...zul }));
  const check = (author: Authorship) =>
    rules(events).checkTarget(REMOVE, author, RANGE);
  assertEquals(check({ ...ANI, accountId: 7 }), undefined);
  assertEquals(check({ ...ANI, accountId: 8 }), { code: "notYours" });
  assertEquals(check(ANI), { code: "notYours" });
});

Deno.test("ActRules asks again for reactions that are too many to know", () => {
  const range = { firstSequence: 1, lastSequence: 1_000_000 };
  const room = rules([
    event(1, plainMessage("x")),
    event(2, plainMessage("y")),
  ]);
  let sequence = 2;
  // Both together are more than it knows of all messages.
  const names = Math.ceil(MAX_KNOWN_REACTIONS / 2 / MAX_REACTION_KINDS) + 1;
  const fill = (target: number) => {
    for (let i = 0; i < names * MAX_REACTION_KINDS; i++) {
      const kind = i % MAX_REACTION_KINDS;
      const emoji = String.fromCodePoint(0x1F600 + kind);
      const act = { type: "react", target, emoji, isOn: true } as const;
      // What is acted on stays, as far as there is room.
      for (const known of [1, 2]) {
        if (room.missingTarget({ ...REMOVE, target: known }, range)) continue;
        room.checkTarget({ ...REMOVE, target: known }, ZUL, range);
      }
      const author = `${Math.floor(i / MAX_REACTION_KINDS)}`;
      room.handleAccepted({ ...event(++sequence, act), author });
    }
  };
  fill(1);
  assertEquals(room.missingTarget({ ...REMOVE, target: 1 }, range), undefined);
  fill(2);
  assertEquals(room.missingTarget({ ...REMOVE, target: 1 }, range), 1);
  assertEquals(room.missingTarget({ ...REMOVE, target: 2 }, range), undefined);
});
