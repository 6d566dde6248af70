import { assertEquals } from "@std/assert";
import { ChatTranscript } from "../../../lib/app/chat_transcript.ts";
import type { ClientEvent } from "../../../lib/ui/bridge.ts";

const OPENED = {
  type: "roomOpened",
  roomId: 2,
  kind: "public",
  name: "Sains",
  by: "Budi",
  isNew: true,
  lastSequence: 0,
  readSequence: 0,
} as const;

Deno.test("ChatTranscript gives a new face every room with what was said in it", () => {
  const transcript = new ChatTranscript();
  const events = [
    welcome(1, "Lab"),
    OPENED,
    welcome(2, "Sains"),
    gap(2, 3),
    gap(1, 4),
  ];
  for (const event of events) transcript.record(event);
  assertEquals(transcript.replay(), [
    welcome(1, "Lab"),
    gap(1, 4),
    welcome(1, "Lab"),
    { ...OPENED, isNew: false },
    welcome(2, "Sains"),
    gap(2, 3),
    welcome(2, "Sains"),
  ]);
});

Deno.test("ChatTranscript forgets a room that was closed, and all rooms with the chat", () => {
  const transcript = new ChatTranscript();
  for (const event of [welcome(1, "Lab"), OPENED, welcome(2, "Sains")]) {
    transcript.record(event);
  }
  transcript.record({ type: "roomClosed", roomId: 2, reason: "left" });
  assertEquals(transcript.replay(), [welcome(1, "Lab"), welcome(1, "Lab")]);
  transcript.record({ type: "ended", reason: { code: "quit" } });
  assertEquals(transcript.replay(), []);
});

function gap(roomId: number, missedMessages: number): ClientEvent {
  return { type: "gap", roomId, missedMessages };
}

function welcome(roomId: number, room: string): ClientEvent {
  return {
    type: "welcome",
    roomId,
    kind: "public",
    room,
    self: "Ani",
    members: ["Ani"],
    openRoom: false,
    topic: "",
    epoch: "e1",
    fingerprint: "ABCD",
    host: "h",
    port: 1,
    messageLimitCharacters: 100,
    lastSequence: 0,
    readSequence: 0,
    isLocked: false,
    slowSeconds: 0,
  };
}
