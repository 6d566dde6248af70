import { assertEquals } from "@std/assert";
import type { ChangeAct } from "../../../../lib/chat/room_event.ts";
import type { ClientEvent } from "../../../../lib/ui/bridge.ts";
import {
  INITIAL_PAGE_STATE,
  type MessageItem,
  reducePage,
  type RoomState,
} from "../../../../lib/ui/page/page_state.ts";
import { pageTalk } from "../../../../lib/ui/page/page_talk.ts";
import {
  message,
  NOON_MS,
  ownMessage,
  stored,
  WELCOME,
} from "../fake_session.ts";

function change(act: ChangeAct, author = "Budi"): ClientEvent {
  const rest = { sequence: 9, own: author === "Ani", timeMs: NOON_MS };
  return { type: "change", roomId: 1, act, author, earlier: false, ...rest };
}

function at(sequence: number, text = "halo"): ClientEvent {
  const delivery = { state: "stored", sequence, timeMs: 1, forwardedTo: 0 };
  return message({
    id: `m${sequence}`,
    text,
    delivery: { ...delivery, state: "stored" },
  });
}

function room(...events: readonly ClientEvent[]): RoomState {
  return [WELCOME, ...events].reduce(reducePage, INITIAL_PAGE_STATE).room!;
}

function only(state: RoomState): MessageItem {
  const [item] = state.items;
  if (item?.type !== "message") throw new TypeError("no message");
  return item;
}

Deno.test("reducePage() changes a message in its place", () => {
  const edited = only(
    room(at(7), change({ type: "edit", target: 7, text: "x" })),
  );
  assertEquals([edited.text, edited.isEdited], ["x", true]);
  const pinned = only(
    room(at(7), change({ type: "pin", target: 7, isOn: true })),
  );
  assertEquals(pinned.isPinned, true);
  const react = { type: "react", target: 7, emoji: "👍", isOn: true } as const;
  const liked = only(room(at(7), change(react), change(react, "Ani")));
  assertEquals(liked.reactions, [{ emoji: "👍", names: ["Budi", "Ani"] }]);
  const removed = only(room(at(7), change({ type: "remove", target: 7 })));
  assertEquals(removed.text, "");
  assertEquals(removed.removal, { author: "Budi", timeMs: NOON_MS });
});

Deno.test("reducePage() ignores a change of a message that it does not have", () => {
  const before = room(at(7));
  const after = room(at(7), change({ type: "remove", target: 8 }));
  assertEquals(after, before);
});

Deno.test("reducePage() keeps the topic and tells of it", () => {
  const state = room(change({ type: "topic", text: "algebra" }));
  assertEquals([state.topic, state.items.length], ["algebra", 1]);
  assertEquals(room({ ...WELCOME, topic: "of before" }).topic, "of before");
});

Deno.test("reducePage() tells why a change was refused, and lists commands", () => {
  const act: ChangeAct = { type: "remove", target: 7 };
  const reason = { code: "notYours" } as const;
  const state = reducePage(
    {
      ...INITIAL_PAGE_STATE,
      room: room({ type: "changeRefused", roomId: 1, act, reason }),
    },
    { type: "helpWanted" },
  );
  const types = state.room!.items.map((item) =>
    item.type === "notice" && item.event.type
  );
  assertEquals(types, ["changeRefused", "help"]);
});

Deno.test("reducePage() knows an own message of the session before by its place", () => {
  const events = [ownMessage("a", "halo"), stored("a"), WELCOME];
  const state = room(...events, message({ id: "e1-1", text: "halo" }));
  assertEquals(state.items.length, 1);
});

Deno.test("reducePage() drops what another log had, and keeps what waits", () => {
  const events = [at(7), ownMessage("a", "waits")];
  const state = room(...events, { ...WELCOME, epoch: "e2" });
  assertEquals(state.items.length, 1);
  assertEquals(only(state).text, "waits");
});

Deno.test("pageTalk() finds messages by their places", () => {
  const state = room(
    at(7),
    ownMessage("a", "one"),
    stored("a"),
    ownMessage("b", "two"),
  );
  const talk = pageTalk(state);
  assertEquals([talk.sequenceOf(7), talk.sequenceOf(8)], [7, undefined]);
  assertEquals(talk.lastOwn, 1);
  const react = { type: "react", target: 7, emoji: "👍", isOn: true } as const;
  assertEquals(talk.hasReacted(7, "👍"), false);
  const mine = pageTalk(room(at(7), change(react, "Ani")));
  assertEquals([mine.hasReacted(7, "👍"), mine.hasReacted(8, "👍")], [
    true,
    false,
  ]);
  assertEquals(pageTalk(room(at(7))).lastOwn, undefined);
});
