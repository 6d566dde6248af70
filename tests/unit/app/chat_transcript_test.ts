import { assertEquals } from "@std/assert";
import { ChatTranscript } from "../../../lib/app/chat_transcript.ts";
import type { ClientEvent } from "../../../lib/ui/bridge.ts";
import { OPENED, WELCOME } from "../ui/fake_session.ts";

Deno.test("ChatTranscript gives a new face every room with what was said in it", () => {
  const transcript = new ChatTranscript();
  const events = [
    welcome(1),
    OPENED,
    welcome(2),
    gap(2, 3),
    gap(1, 4),
  ];
  for (const event of events) transcript.record(event);
  assertEquals(transcript.replay(), [
    welcome(1),
    gap(1, 4),
    welcome(1),
    { ...OPENED, isNew: false },
    welcome(2),
    gap(2, 3),
    welcome(2),
  ]);
});

Deno.test("ChatTranscript forgets a room that was closed, and all rooms with the chat", () => {
  const transcript = new ChatTranscript();
  for (const event of [welcome(1), OPENED, welcome(2)]) {
    transcript.record(event);
  }
  transcript.record({ type: "roomClosed", roomId: 2, reason: "left" });
  assertEquals(transcript.replay(), [welcome(1), welcome(1)]);
  transcript.record({ type: "ended", reason: { code: "quit" } });
  assertEquals(transcript.replay(), []);
});

function gap(roomId: number, missedMessages: number): ClientEvent {
  return { type: "gap", roomId, missedMessages };
}

function welcome(roomId: number): ClientEvent {
  return { ...WELCOME, roomId };
}
