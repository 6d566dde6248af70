import { type Act, plainMessage } from "../../../lib/chat/room_event.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { decodeServerMessage } from "../../../lib/chat/chat_message.ts";
import { MessageDeframer } from "../../../lib/chat/message_deframer.ts";
import {
  type HistoryEntry,
  makeHistoryEntry,
  RoomHistory,
} from "../../../lib/chat/room_history.ts";

Deno.test("RoomHistory starts before the first message", () => {
  const history = new RoomHistory({ maxMessages: 3, maxBytes: 100 });
  assertEquals([history.firstSequence, history.lastSequence], [1, 0]);
});

Deno.test("RoomHistory.add() forgets the oldest of too many messages", () => {
  const history = new RoomHistory({ maxMessages: 3, maxBytes: 100 });
  for (let i = 1; i <= 5; i++) history.add(entry(i, 1));
  assertEquals([history.firstSequence, history.lastSequence], [3, 5]);
  for (let i = 3; i <= 5; i++) {
    assertEquals(history.at(i).stored.sequence, i);
  }
});

Deno.test("RoomHistory.add() forgets the oldest of too many bytes", () => {
  const history = new RoomHistory({ maxMessages: 10, maxBytes: 100 });
  history.add(entry(1, 40));
  history.add(entry(2, 40));
  assertEquals(history.firstSequence, 1);
  history.add(entry(3, 70));
  assertEquals(history.firstSequence, 3);
});

Deno.test("RoomHistory.add() keeps the newest message at any length", () => {
  const history = new RoomHistory({ maxMessages: 10, maxBytes: 100 });
  history.add(entry(1, 10));
  history.add(entry(2, 500));
  assertEquals([history.firstSequence, history.lastSequence], [2, 2]);
  history.add(entry(3, 10));
  assertEquals([history.firstSequence, history.lastSequence], [3, 3]);
});

Deno.test("RoomHistory.add() takes no gap", () => {
  const history = new RoomHistory({ maxMessages: 3, maxBytes: 100 });
  assertThrows(() => history.add(entry(2, 1)), AssertionError);
});

Deno.test("RoomHistory goes on after the place it is given", () => {
  const history = new RoomHistory({ maxMessages: 3, maxBytes: 100 }, 7);
  assertEquals([history.firstSequence, history.lastSequence], [8, 7]);
  history.add(entry(8, 1));
  assertEquals(history.at(8).stored.sequence, 8);
});

Deno.test("RoomHistory.forgetBefore() forgets, and gives the room back", () => {
  const history = new RoomHistory({ maxMessages: 3, maxBytes: 100 });
  for (let i = 1; i <= 3; i++) history.add(entry(i, 30));
  history.forgetBefore(3);
  assertEquals([history.firstSequence, history.lastSequence], [3, 3]);
  history.add(entry(4, 60));
  assertEquals(history.firstSequence, 3);
  history.forgetBefore(99);
  assertEquals([history.firstSequence, history.lastSequence], [5, 4]);
  history.add(entry(5, 100));
  assertEquals(history.firstSequence, 5);
});

Deno.test("makeHistoryEntry() encodes an event for others and for its author", () => {
  const event = {
    sequence: 4,
    id: new Uint8Array(16),
    authorKey: "ab",
    accountId: 0,
    author: "Ani",
    act: plainMessage("halo"),
    timeMs: 5,
  };
  const { stored, authorKey, bytes } = makeHistoryEntry(event, 6);
  const { id, sequence, timeMs, author, accountId, act } = event;
  assertEquals(authorKey, "ab");
  assertEquals(stored, {
    type: "stored",
    id,
    sequence,
    timeMs,
    forwardedTo: 6,
  });
  const [body] = new MessageDeframer(1_000).push(bytes);
  assertEquals(decodeServerMessage(body!), {
    type: "event",
    sequence,
    timeMs,
    author,
    accountId,
    act,
  });
});

Deno.test("RoomHistory.erase() takes the text of a message and of its edits, and leaves sent bytes alone", () => {
  const history = new RoomHistory({ maxMessages: 10, maxBytes: 10_000 });
  const acts: Act[] = [
    plainMessage("other"),
    plainMessage("secret"),
    { type: "edit", target: 2, text: "secret too" },
    { type: "edit", target: 1, text: "stays" },
  ];
  const entries = acts.map((act, i) =>
    makeHistoryEntry({
      sequence: i + 1,
      id: new Uint8Array(16),
      authorKey: "ab",
      accountId: 0,
      author: "Ani",
      act,
      timeMs: 5,
    }, 0)
  );
  for (const entry of entries) history.add(entry);
  const before = entries.map(({ bytes }) => bytes.slice());
  history.erase(2);
  history.erase(99);
  const texts = acts.map((_, i) => {
    const [body] = new MessageDeframer(1_000).push(history.at(i + 1).bytes);
    const message = decodeServerMessage(body!);
    assert(message.type === "event" && "text" in message.act);
    return message.act.text;
  });
  assertEquals(texts, ["other", "", "", "stays"]);
  assertEquals(entries.map(({ bytes }) => bytes), before);
});

Deno.test("RoomHistory.at() gives only what is kept", () => {
  const history = new RoomHistory({ maxMessages: 1, maxBytes: 100 });
  for (let i = 1; i <= 2; i++) history.add(entry(i, 1));
  assertThrows(() => history.at(1), AssertionError);
  assertThrows(() => history.at(3), AssertionError);
});

function entry(sequence: number, length: number): HistoryEntry {
  const id = new Uint8Array(16);
  return {
    stored: { type: "stored", id, sequence, timeMs: 0, forwardedTo: 0 },
    authorKey: "",
    editOf: 0,
    bytes: new Uint8Array(length),
  };
}
