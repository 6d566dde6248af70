import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import {
  type HistoryEntry,
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
    bytes: new Uint8Array(length),
  };
}
