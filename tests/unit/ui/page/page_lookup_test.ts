import { assertEquals } from "@std/assert";
import type { PastMessage } from "../../../../lib/chat/request.ts";
import type { ChangeAct } from "../../../../lib/chat/room_event.ts";
import type { ClientEvent } from "../../../../lib/ui/bridge.ts";
import { arrangeRows } from "../../../../lib/ui/page/message_rows.ts";
import { askCommand } from "../../../../lib/ui/page/page_lookup.ts";
import {
  INITIAL_PAGE_STATE,
  reducePage,
  type RoomState,
} from "../../../../lib/ui/page/page_state.ts";
import { message, NOON_MS, WELCOME } from "../fake_session.ts";

function past(sequence: number, text = "halo"): PastMessage {
  return {
    sequence,
    author: "Budi",
    own: false,
    style: "plain",
    replyTo: 0,
    text,
    isEdited: false,
    timeMs: NOON_MS,
  };
}

function history(...messages: PastMessage[]): ClientEvent {
  const answer = { type: "history", isEnd: true, messages } as const;
  return { type: "answer", roomId: 1, questionId: 1, answer };
}

function found(...messages: PastMessage[]): ClientEvent {
  const matches = messages.map((match) => ({ ...match, ranges: [0, 4] }));
  const answer = { type: "search", isStart: true, searchedFrom: 1, matches };
  return {
    type: "answer",
    roomId: 1,
    questionId: 1,
    answer: { ...answer, type: "search" },
  };
}

function change(act: ChangeAct): ClientEvent {
  const rest = { sequence: 99, own: false, timeMs: NOON_MS, earlier: false };
  return { type: "change", roomId: 1, act, author: "Budi", ...rest };
}

function room(...events: readonly ClientEvent[]): RoomState {
  return [WELCOME, ...events].reduce(reducePage, INITIAL_PAGE_STATE).room!;
}

function oldestAsked(state: RoomState): unknown {
  const command = askCommand(state, { type: "history", count: undefined });
  return command.type === "ask" && command.query.type === "history" &&
    command.query.sequence;
}

Deno.test("askCommand() asks for what is older than what is shown of the past", () => {
  const stored = { state: "stored", timeMs: 1, forwardedTo: 0 } as const;
  const said = message({ delivery: { ...stored, sequence: 50 } });
  assertEquals(oldestAsked(room()), 0);
  assertEquals(oldestAsked(room(said)), 50);
  assertEquals(oldestAsked(room(said, history(past(30), past(31)))), 30);
  assertEquals(oldestAsked(room(said, history())), 50);
  // What was found somewhere is not what is shown before it.
  assertEquals(oldestAsked(room(said, found(past(3)))), 50);
});

Deno.test("reducePage() shows answers and why there are none, each in a row of its own", () => {
  const refusal = { code: "offline" } as const;
  const joined = {
    type: "joined",
    roomId: 1,
    name: "Citra",
    timeMs: NOON_MS,
  } as const;
  const { items } = room(
    joined,
    joined,
    history(past(1)),
    found(past(1)),
    { type: "unanswered", roomId: 1, questionId: 1, refusal },
    joined,
  );
  const notices = arrangeRows(items).map((row) =>
    row.type === "notices" ? row.notices.map(({ event }) => event.type) : []
  );
  assertEquals(notices.slice(1), [
    ["joined", "joined"],
    ["answer"],
    ["answer"],
    ["unanswered", "joined"],
  ]);
});

Deno.test("reducePage() changes what was answered, and forgets what was removed", () => {
  const answers = [
    history(past(1), past(2, "rahasia")),
    found(past(2, "rahasia")),
  ];
  const edited = room(
    ...answers,
    change({ type: "edit", target: 2, text: "baru" }),
  );
  assertEquals(JSON.stringify(edited).includes("rahasia"), false);
  assertEquals(JSON.stringify(edited).match(/"baru"/g)?.length, 2);
  const removed = room(...answers, change({ type: "remove", target: 2 }));
  assertEquals(JSON.stringify(removed).includes("rahasia"), false);
  const before = room(...answers);
  assertEquals(
    reducePage(
      { ...INITIAL_PAGE_STATE, room: before },
      change({ type: "remove", target: 3 }),
    ).room,
    before,
  );
});
