/** How many different emoji may be at a message. */
import { assertEquals } from "@std/assert";
import { MAX_REACTION_KINDS } from "../../../lib/chat/limits.ts";
import {
  changeMessage,
  newMessageState,
} from "../../../lib/chat/message_state.ts";
import type { LogEvent } from "../../../lib/chat/room_log.ts";
import { eventsOf, idOf, TestRoom } from "./test_room.ts";

const EMOJI = Array.from(
  { length: MAX_REACTION_KINDS + 1 },
  (_, index) => String.fromCodePoint(0x1F600 + index),
);
const ONE_MORE = EMOJI[MAX_REACTION_KINDS]!;
const REFUSAL = { code: "tooManyReactions", limitKinds: MAX_REACTION_KINDS };

/** A room with Ani, member 1, and Budi, member 2. */
function room(events: readonly LogEvent[], recent?: number): TestRoom {
  const room = new TestRoom(
    {},
    recent === undefined ? { events } : { events, recent },
  );
  room.enter(1, "Ani");
  room.enter(2, "Budi");
  for (const member of [1, 2]) room.take(member);
  return room;
}

/** Who reacts to message 1, and with which message ID. */
function react(
  room: TestRoom,
  { member = 1, emoji, isOn = true, id }: {
    readonly member?: number;
    readonly emoji: string;
    readonly isOn?: boolean;
    readonly id: number;
  },
): void {
  const act = { type: "react", target: 1, emoji, isOn } as const;
  room.send(member, { type: "act", id: idOf(id), act });
}

/** Ani puts as many emoji at message 1 as there may be. */
function fill(room: TestRoom): void {
  for (const [index, emoji] of EMOJI.slice(0, -1).entries()) {
    react(room, { emoji, id: 100 + index });
  }
  for (const member of [1, 2]) room.take(member);
}

/** The emoji at message 1, as every client has it. */
function shown({ log }: TestRoom): string[] {
  let state = newMessageState("text 1");
  for (const { act, author, timeMs } of log) {
    if (act.type !== "react" || act.target !== 1) continue;
    state = changeMessage(state, { act, author, timeMs });
  }
  return state.reactions.map(({ emoji }) => emoji);
}

function refusals(room: TestRoom, member: number): unknown[] {
  return room.take(member).flatMap((message) =>
    message.type === "refused" ? [message.refusal] : []
  );
}

Deno.test("Room refuses one different emoji too many at a message", () => {
  const full = room(eventsOf(1, 3));
  fill(full);
  const { length } = full.log;
  react(full, { member: 2, emoji: ONE_MORE, id: 200 });
  assertEquals(refusals(full, 2), [REFUSAL]);
  assertEquals(full.log.length, length);
  // Those that are there take more names.
  react(full, { member: 2, emoji: EMOJI[0]!, id: 201 });
  assertEquals(refusals(full, 2), []);
  assertEquals(shown(full), EMOJI.slice(0, -1));
});

Deno.test("Room takes a different emoji again once one was taken back by all", () => {
  const full = room(eventsOf(1, 3));
  fill(full);
  react(full, { member: 2, emoji: EMOJI[0]!, id: 200 });
  react(full, { emoji: EMOJI[0]!, isOn: false, id: 201 });
  react(full, { emoji: ONE_MORE, id: 202 });
  assertEquals(refusals(full, 1), [REFUSAL]);
  react(full, { member: 2, emoji: EMOJI[0]!, isOn: false, id: 203 });
  react(full, { emoji: ONE_MORE, id: 204 });
  assertEquals(refusals(full, 1), []);
  assertEquals(shown(full), EMOJI.slice(1));
});

for (const recent of [15, 2]) {
  const where = recent > 3 ? "in memory" : "in the log only";
  Deno.test(`Room refuses it after a restart, with the message ${where}`, () => {
    const before = room(eventsOf(1, 3));
    fill(before);
    const after = room(before.log, recent);
    react(after, { member: 2, emoji: ONE_MORE, id: 200 });
    assertEquals(refusals(after, 2), [REFUSAL]);
    react(after, { member: 2, emoji: EMOJI[3]!, id: 201 });
    assertEquals(refusals(after, 2), []);
    assertEquals(shown(after), EMOJI.slice(0, -1));
  });
}

Deno.test("Room counts what is accepted and not stored, also where it asks the log", () => {
  const taken = room(eventsOf(1, 3), 0);
  taken.isLogHeld = true;
  for (const [index, emoji] of EMOJI.entries()) {
    react(taken, { emoji, id: 100 + index });
    react(taken, { member: 2, emoji, id: 200 + index });
  }
  while (taken.asked.length > 0) taken.answer(1);
  assertEquals(refusals(taken, 1), [REFUSAL]);
  assertEquals(refusals(taken, 2), [REFUSAL]);
  assertEquals(shown(taken), EMOJI.slice(0, -1));
});

Deno.test("Room answers a reaction that comes again with its place, also when the message is full", () => {
  const before = room(eventsOf(1, 3));
  fill(before);
  const last = before.log.at(-1)!;
  const after = room(before.log, 2);
  const again = { emoji: EMOJI[MAX_REACTION_KINDS - 1]!, id: 111 };
  react(before, again);
  react(after, again);
  for (const taken of [before, after]) {
    assertEquals(refusals(taken, 1), []);
    assertEquals(taken.log.at(-1), last);
  }
  // What was refused is no act: it is taken once there is room.
  const late = { emoji: ONE_MORE, id: 300 };
  react(after, late);
  react(after, { emoji: EMOJI[0]!, isOn: false, id: 301 });
  react(after, late);
  react(after, late);
  assertEquals(refusals(after, 1), [REFUSAL]);
  assertEquals(shown(after), EMOJI.slice(1));
});
