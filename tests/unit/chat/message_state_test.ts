import { assertEquals, assertStrictEquals } from "@std/assert";
import { MAX_REACTION_KINDS } from "../../../lib/chat/limits.ts";
import {
  changeMessage,
  isRemoved,
  type MessageState,
  newMessageState,
} from "../../../lib/chat/message_state.ts";
import type { ChangeAct } from "../../../lib/chat/room_event.ts";

const START = newMessageState("halo");

function after(
  ...acts: readonly (readonly [string, ChangeAct])[]
): MessageState {
  return acts.reduce(
    (state, [author, act]) => changeMessage(state, { act, author, timeMs: 7 }),
    START,
  );
}

function react(emoji: string, isOn = true): ChangeAct {
  return { type: "react", target: 1, emoji, isOn };
}

const EDIT: ChangeAct = { type: "edit", target: 1, text: "hello" };
const REMOVE: ChangeAct = { type: "remove", target: 1 };

Deno.test("changeMessage() gives an edited message its new text", () => {
  assertEquals(after(["Ani", EDIT]), {
    ...START,
    text: "hello",
    isEdited: true,
  });
});

Deno.test("changeMessage() leaves of a removed message who removed it and when", () => {
  const state = after(["Ani", EDIT], ["Budi", react("👍")], ["Ani", REMOVE]);
  const removal = { author: "Ani", timeMs: 7 };
  assertEquals(state, { ...newMessageState(""), removal });
  assertEquals(isRemoved(state), true);
});

Deno.test("changeMessage() changes a removed message no more", () => {
  const removed = after(["Ani", REMOVE]);
  const pin: ChangeAct = { type: "pin", target: 1, isOn: true };
  for (const act of [EDIT, react("👍"), pin]) {
    const change = { act, author: "Ani", timeMs: 8 };
    assertStrictEquals(changeMessage(removed, change), removed);
  }
});

Deno.test("changeMessage() ignores an edit whose text was erased", () => {
  assertStrictEquals(after(["Ani", { ...EDIT, text: "" }]), START);
});

Deno.test("changeMessage() counts each person once for each emoji", () => {
  const state = after(
    ["Ani", react("👍")],
    ["Budi", react("👍")],
    ["Ani", react("👍")],
    ["Budi", react("🎉")],
  );
  assertEquals(state.reactions, [
    { emoji: "👍", names: ["Ani", "Budi"] },
    { emoji: "🎉", names: ["Budi"] },
  ]);
});

Deno.test("changeMessage() takes a reaction back, and the emoji with the last", () => {
  const state = after(
    ["Ani", react("👍")],
    ["Budi", react("👍")],
    ["Ani", react("👍", false)],
  );
  assertEquals(state.reactions, [{ emoji: "👍", names: ["Budi"] }]);
  const change = { act: react("👍", false), author: "Budi", timeMs: 8 };
  assertEquals(changeMessage(state, change).reactions, []);
  assertStrictEquals(after(["Ani", react("👍", false)]), START);
});

Deno.test("changeMessage() keeps so many different emoji", () => {
  const acts = Array.from({ length: MAX_REACTION_KINDS + 3 }, (_, i) => {
    const emoji = String.fromCodePoint(0x1f600 + i);
    return ["Ani", react(emoji)] as const;
  });
  assertEquals(after(...acts).reactions.length, MAX_REACTION_KINDS);
});

Deno.test("changeMessage() counts each person once who acknowledged", () => {
  const act: ChangeAct = { type: "acknowledge", target: 1 };
  const state = after(["Budi", act], ["Cici", act]);
  assertEquals(state.acknowledged, [
    { name: "Budi", timeMs: 7 },
    { name: "Cici", timeMs: 7 },
  ]);
  const again = { act, author: "Budi", timeMs: 8 };
  assertStrictEquals(changeMessage(state, again), state);
  assertEquals(after(["Budi", act], ["Ani", REMOVE]).acknowledged, []);
});

Deno.test("changeMessage() pins and unpins", () => {
  const pin = (isOn: boolean): ChangeAct => ({ type: "pin", target: 1, isOn });
  assertEquals(after(["Ani", pin(true)]).isPinned, true);
  assertEquals(after(["Ani", pin(true)], ["Budi", pin(false)]), START);
  assertStrictEquals(after(["Ani", { type: "topic", text: "x" }]), START);
});
