import { assertEquals } from "@std/assert";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import { MAX_EDIT_TIMES } from "../../../lib/chat/limits.ts";
import { MessageFold } from "../../../lib/chat/room_record.ts";

function edit(fold: MessageFold, text: string, timeMs: number): void {
  const act = { type: "edit", target: 1, text } as const;
  fold.apply({ act, author: "Ani", timeMs });
}

Deno.test("MessageFold.apply() counts edits and keeps their times", () => {
  const fold = new MessageFold(plainMessage("a"));
  edit(fold, "b", 5);
  edit(fold, "c", 7);
  assertEquals(fold.state.text, "c");
  assertEquals(fold.edits, { count: 2, timesMs: [5, 7] });
});

Deno.test("MessageFold.apply() counts no edit of a removed message", () => {
  const fold = new MessageFold(plainMessage(""));
  edit(fold, "", 5);
  assertEquals(fold.edits, { count: 0, timesMs: [] });
});

Deno.test("MessageFold.apply() keeps the last times of a message that is edited for ever", () => {
  const fold = new MessageFold(plainMessage("a"));
  for (let i = 1; i <= MAX_EDIT_TIMES + 2; i++) edit(fold, `${i}`, i);
  const { count, timesMs } = fold.edits;
  assertEquals(count, MAX_EDIT_TIMES + 2);
  assertEquals(timesMs.length, MAX_EDIT_TIMES);
  assertEquals([timesMs[0], timesMs.at(-1)], [3, MAX_EDIT_TIMES + 2]);
});
