import { assertEquals } from "@std/assert";
import {
  type Act,
  eraseAct,
  isEmoji,
  isPlainMessage,
  plainMessage,
} from "../../../lib/chat/room_event.ts";

Deno.test("isEmoji() takes one emoji of any make", () => {
  for (const text of ["👍", "❤️", "❤", "👍🏽", "👨‍👩‍👧‍👦", "🇮🇩", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "1️⃣", "❓"]) {
    assertEquals(isEmoji(text), true, text);
  }
});

Deno.test("isEmoji() refuses everything else", () => {
  for (
    const text of ["", "x", "1", "#", "👍👍", "👍 ", "ab", "\u200d", "\ufe0f"]
  ) {
    assertEquals(isEmoji(text), false, text);
  }
});

Deno.test("isPlainMessage() tells the short form", () => {
  const message = plainMessage("x");
  assertEquals(isPlainMessage(message), true);
  assertEquals(isPlainMessage({ ...message, replyTo: 1 }), false);
  assertEquals(isPlainMessage({ ...message, style: "action" }), false);
  assertEquals(isPlainMessage({ type: "topic", text: "x" }), false);
});

Deno.test("eraseAct() takes what was written, and nothing else", () => {
  const edit: Act = { type: "edit", target: 1, text: "x" };
  const react: Act = { type: "react", target: 1, emoji: "👍", isOn: true };
  assertEquals(eraseAct(plainMessage("x")), plainMessage(""));
  assertEquals(eraseAct(edit), { ...edit, text: "" });
  assertEquals(eraseAct(react), react);
});
