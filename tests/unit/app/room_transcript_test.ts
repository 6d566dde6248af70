import { assertEquals } from "@std/assert";
import {
  RoomTranscript,
  type TranscribedEvent,
} from "../../../lib/app/room_transcript.ts";
import type { ChangeAct } from "../../../lib/chat/room_event.ts";
import {
  message,
  NOON_MS,
  ownMessage,
  stored,
  WELCOME,
} from "../ui/fake_session.ts";

function change(act: ChangeAct): TranscribedEvent {
  const rest = { sequence: 9, author: "Budi", own: false, timeMs: NOON_MS };
  return { type: "change", roomId: 1, act, earlier: false, ...rest };
}

function recorded(...events: readonly TranscribedEvent[]): TranscribedEvent[] {
  const transcript = new RoomTranscript();
  for (const event of [WELCOME, ...events]) transcript.record(event);
  return transcript.replay();
}

Deno.test("RoomTranscript tells a new face what was said and what became of it", () => {
  const edit = change({ type: "edit", target: 1, text: "x" });
  const events = [message(), edit];
  assertEquals(recorded(...events), [WELCOME, ...events, WELCOME]);
});

Deno.test("RoomTranscript keeps nothing of what was removed", () => {
  const own = ownMessage("a", "secret");
  const edit = change({ type: "edit", target: 1, text: "secret" });
  const removal = change({ type: "remove", target: 1 });
  const past = recorded(own, stored("a"), edit, removal);
  assertEquals(JSON.stringify(past).includes("secret"), false);
  assertEquals(past.map(({ type }) => type), [
    "welcome",
    "message",
    "change",
    "change",
    "welcome",
  ]);
});

Deno.test("RoomTranscript welcomes a new face with the topic of now", () => {
  const past = recorded(change({ type: "topic", text: "algebra" }));
  assertEquals(past[0], { ...WELCOME, topic: "algebra" });
});

Deno.test("RoomTranscript forgets what another log has told", () => {
  const other = { ...WELCOME, epoch: "e2" };
  const waiting = ownMessage("a", "waits");
  assertEquals(recorded(message(), waiting, other), [other, waiting, other]);
});

Deno.test("RoomTranscript says nothing twice of a change that was refused", () => {
  const act: ChangeAct = { type: "remove", target: 1 };
  const reason = { code: "notYours" } as const;
  const refused: TranscribedEvent = {
    type: "changeRefused",
    roomId: 1,
    act,
    reason,
  };
  assertEquals(recorded(refused), [WELCOME, WELCOME]);
});

Deno.test("RoomTranscript welcomes a new face with what was read since", () => {
  const read = (readSequence: number): TranscribedEvent => ({
    type: "read",
    roomId: 1,
    readSequence,
  });
  const past = recorded(read(5), read(3));
  assertEquals(past, [
    { ...WELCOME, readSequence: 5 },
    { ...WELCOME, readSequence: 5 },
  ]);
});
