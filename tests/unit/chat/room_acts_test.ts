/** What a room does with acts other than plain messages. */
import { assert, assertEquals } from "@std/assert";
import type { ServerMessage } from "../../../lib/chat/chat_message.ts";
import { type Act, plainMessage } from "../../../lib/chat/room_event.ts";
import {
  authorKeyOf,
  EPOCH,
  eventsOf,
  idOf,
  type TestAccount,
  TestRoom,
  TIME,
} from "./test_room.ts";
import { textOf } from "./event_text.ts";

/** Somebody who may do all that is tried here. */
const MEMBER: TestAccount = { accountId: 0, role: "member" };

/** Ani, member 1, wrote message 1; Budi is member 2. */
function room(): TestRoom {
  const room = new TestRoom();
  room.enter(1, "Ani", 1, MEMBER);
  room.enter(2, "Budi", 2, MEMBER);
  room.say(1, "halo", 100);
  for (const member of [1, 2]) room.take(member);
  return room;
}

let ids = 200;

function act(room: TestRoom, member: number, act: Act): Uint8Array {
  const id = idOf(++ids);
  room.send(member, { type: "act", id, act });
  return id;
}

for (
  const [what, done] of [
    ["an edit", { type: "edit", target: 1, text: "hello" }],
    ["a removal", { type: "remove", target: 1 }],
    ["a reaction", { type: "react", target: 1, emoji: "👍", isOn: true }],
    ["a pin", { type: "pin", target: 1, isOn: true }],
    ["a topic", { type: "topic", text: "what it is about" }],
    ["an action", { ...plainMessage("waves"), style: "action" }],
    ["an answer", { ...plainMessage("yes"), replyTo: 1 }],
  ] as readonly (readonly [string, Act])[]
) {
  Deno.test(`ChatServer gives ${what} the next place, once, and tells everybody`, () => {
    const taken = room();
    const id = act(taken, 1, done);
    assertEquals(taken.take(2), [
      {
        type: "event",
        sequence: 2,
        author: "Ani",
        accountId: 0,
        act: done,
        timeMs: TIME,
      },
    ]);
    const stored = { sequence: 2, timeMs: TIME, forwardedTo: 1 };
    assertEquals(taken.take(1), [{ type: "stored", id, ...stored }]);
    taken.send(1, { type: "act", id, act: done });
    assertEquals(taken.log.length, 2);
    assertEquals(taken.take(2), []);
  });
}

Deno.test("Room lets only its author edit and remove a message", () => {
  const taken = room();
  for (
    const done of [
      { type: "edit", target: 1, text: "x" },
      { type: "remove", target: 1 },
    ] as const
  ) {
    const id = act(taken, 2, done);
    const refusal = { code: "notYours" } as const;
    assertEquals(taken.take(2), [{ type: "refused", id, refusal }]);
  }
  assertEquals(taken.log.length, 1);
});

Deno.test("Room refuses an act on what is there no more, or not yet", () => {
  const taken = room();
  const id = act(taken, 2, { type: "pin", target: 2, isOn: true });
  assertEquals(taken.take(2), [
    { type: "refused", id, refusal: { code: "noSuchMessage" } },
  ]);
  act(taken, 1, { type: "remove", target: 1 });
  taken.take(2);
  const late = act(taken, 2, { type: "pin", target: 1, isOn: true });
  assertEquals(taken.take(2), [
    { type: "refused", id: late, refusal: { code: "removed" } },
  ]);
  taken.server.handleTrimmed(1, 2);
  const old = act(taken, 2, { ...plainMessage("?"), replyTo: 1 });
  const refusal = { code: "tooOld", firstSequence: 2 } as const;
  assertEquals(taken.take(2), [{ type: "refused", id: old, refusal }]);
});

Deno.test("Room takes no edit after a removal that is not durable yet", () => {
  const taken = room();
  taken.isLogHeld = true;
  act(taken, 1, { type: "remove", target: 1 });
  const id = act(taken, 1, { type: "edit", target: 1, text: "x" });
  assertEquals(taken.take(1), [
    { type: "refused", id, refusal: { code: "removed" } },
  ]);
});

Deno.test("Room shows who comes later a removed message and its edits without text", () => {
  const taken = room();
  act(taken, 1, { type: "edit", target: 1, text: "hello" });
  act(taken, 1, { type: "remove", target: 1 });
  taken.enter(3, "Citra");
  const acts = taken.take(3).flatMap((message) =>
    message.type === "event" ? [message.act] : []
  );
  assertEquals(acts, [
    plainMessage(""),
    { type: "edit", target: 1, text: "" },
    { type: "remove", target: 1 },
  ]);
});

Deno.test("Room tells in the welcome what the room is about", () => {
  const taken = room();
  act(taken, 1, { type: "topic", text: "one" });
  act(taken, 2, { type: "topic", text: "two" });
  taken.isLogHeld = true;
  act(taken, 2, { type: "topic", text: "not published" });
  taken.isLogHeld = false;
  taken.server.join({
    member: 3,
    name: { text: "Citra", key: "citra", skeleton: "citra" },
    authorKey: authorKeyOf(3),
    address: "192.0.2.1",
    accountId: 0,
    role: "guest",
    nowUs: 0,
    timeMs: TIME,
  });
  taken.send(3, { type: "sync", epochId: EPOCH, lastSequence: 3 });
  const [welcome] = taken.take(3);
  assert(welcome?.type === "welcome");
  assertEquals(welcome.topic, "two");
});

Deno.test("Room looks in the log for a message that it does not remember", () => {
  const taken = new TestRoom({}, { events: eventsOf(1, 20), recent: 2 });
  taken.enter(1, "Ani", 1, MEMBER);
  taken.take(1);
  taken.isLogHeld = true;
  taken.outputs.length = 0;
  act(taken, 1, { type: "pin", target: 5, isOn: true });
  act(taken, 1, { type: "edit", target: 7, text: "x" });
  taken.say(1, "after them", 1);
  // One question at a time, and nothing overtakes it.
  assertEquals(taken.asked.map(({ type }) => type), ["load"]);
  assertEquals(taken.server.isPaused(1), true);
  taken.answer(1);
  taken.answer();
  taken.answer();
  assertEquals(taken.server.isPaused(1), false);
  assertEquals(taken.log.slice(20).map(textOf), ["pin", "after them"]);
  assertEquals(refusals(taken.take(1)), ["notYours"]);
});

Deno.test("Room keeps look-ups of one member apart", () => {
  const taken = new TestRoom({}, { events: eventsOf(1, 20), recent: 2 });
  for (const [member, name] of [[1, "Ani"], [2, "Budi"]] as const) {
    taken.enter(member, name, member, MEMBER);
  }
  taken.isLogHeld = true;
  for (const member of [1, 2]) {
    act(taken, member, { type: "pin", target: 5, isOn: true });
    act(taken, member, { type: "pin", target: 7, isOn: true });
  }
  while (taken.asked.length > 0) {
    // What the first learns helps the second, whose own question is still out.
    taken.answer(1);
    taken.server.handleAppended([
      { roomId: 1, throughSequence: taken.log.length },
    ], { nowUs: 0, timeMs: TIME });
    taken.drain();
  }
  assertEquals(taken.log.length, 24);
});

Deno.test("Room does not count what it refuses, since it may come again", () => {
  const taken = new TestRoom({ messageBurst: 1, messagesPerSecond: 1 });
  taken.enter(1, "Ani", 1, MEMBER);
  taken.take(1);
  for (let i = 0; i < 40; i++) {
    act(taken, 1, { type: "pin", target: 9, isOn: true });
  }
  const codes = refusals(taken.take(1));
  assertEquals(codes, Array(40).fill("noSuchMessage"));
});

function refusals(messages: readonly ServerMessage[]): string[] {
  return messages.flatMap((message) =>
    message.type === "refused" ? [message.refusal.code] : []
  );
}
