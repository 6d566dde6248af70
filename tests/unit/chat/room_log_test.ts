/** What a room does with its log: nothing is shown before it is durable. */
import { textOf } from "./event_text.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import type { ServerMessage } from "../../../lib/chat/chat_message.ts";
import {
  HISTORY_PAGE_MESSAGES,
  MAX_DEPARTED_AUTHORS,
  MAX_UNACKNOWLEDGED_MESSAGES,
  MAX_UNSTORED_MESSAGES,
} from "../../../lib/chat/limits.ts";
import type { LogEvent } from "../../../lib/chat/room_log.ts";
import {
  authorKeyOf,
  EPOCH,
  eventsOf,
  idOf,
  TestRoom,
  TIME,
} from "./test_room.ts";

const MOMENT = { nowUs: 0, timeMs: TIME };

Deno.test("Room shows a message to nobody before the log has it", () => {
  const room = twoMembers();
  room.isLogHeld = true;
  room.say(1, "halo", 7);
  assertEquals(room.asked, [{
    type: "append",
    roomId: 1,
    event: {
      sequence: 1,
      id: idOf(7),
      authorKey: authorKeyOf(1),
      accountId: 0,
      author: "Ani",
      act: plainMessage("halo"),
      timeMs: TIME,
    },
    audit: undefined,
  }]);
  assertEquals([room.take(1), room.take(2)], [[], []]);
  assertEquals(room.notices.at(-1)?.type, "joined");
  room.answer();
  assertEquals(types(room.take(1)), ["stored"]);
  assertEquals(types(room.take(2)), ["event"]);
  assertEquals(room.notices.at(-1)?.type, "message");
});

Deno.test("ChatServer.handleAppended() publishes a group, in order, and no more", () => {
  const room = twoMembers();
  room.isLogHeld = true;
  for (let i = 1; i <= 3; i++) room.say(1, `text ${i}`, i);
  room.server.handleAppended([{ roomId: 1, throughSequence: 2 }], MOMENT);
  room.drain();
  assertEquals(sequences(room.take(2)), [1, 2]);
  room.server.handleAppended([{ roomId: 1, throughSequence: 3 }], MOMENT);
  room.drain();
  assertEquals(sequences(room.take(2)), [3]);
});

Deno.test("ChatServer.handleAppended() takes no answer to what nobody asked", () => {
  const room = twoMembers();
  assertThrows(
    () =>
      room.server.handleAppended([{ roomId: 1, throughSequence: 1 }], MOMENT),
    AssertionError,
  );
});

Deno.test("Room tells who joined meanwhile what was not durable yet", () => {
  const room = twoMembers();
  room.isLogHeld = true;
  room.say(1, "halo", 7);
  room.enter(3, "Citra");
  const [welcome] = room.take(3);
  assert(welcome?.type === "welcome");
  assertEquals(welcome.lastSequence, 0);
  room.answer();
  assertEquals(sequences(room.take(3)), [1]);
});

Deno.test("Room answers an author once that came back before its message was durable", () => {
  const room = twoMembers();
  room.isLogHeld = true;
  room.say(1, "halo", 7);
  room.join(3, "Ani", 1);
  room.send(3, { type: "sync", epochId: EPOCH, lastSequence: 0 });
  // Sent again before it is published, and once more after.
  room.say(3, "halo", 7);
  room.answer();
  room.say(3, "halo", 7);
  assertEquals(types(room.take(3)), ["welcome", "stored"]);
  assertEquals(room.log.length, 1);
});

Deno.test("ChatServer.handleData() lets members wait while too much is not durable", () => {
  const limits = { messageBurst: 10_000, messagesPerSecond: 10_000 };
  const room = new TestRoom(limits);
  room.enter(1, "Ani");
  room.enter(2, "Budi");
  room.isLogHeld = true;
  for (let i = 0; i < MAX_UNSTORED_MESSAGES; i++) room.say(1, "x", i);
  assertEquals(room.server.isPaused(1), false);
  room.say(1, "one more", 5_000);
  room.say(2, "and one", 5_001);
  room.say(1, "and another", 5_002);
  assertEquals([1, 2].map((member) => room.server.isPaused(member)), [
    true,
    true,
  ]);
  assertEquals(room.asked.length, MAX_UNSTORED_MESSAGES);
  room.outputs.length = 0;
  room.answer(1);
  assertEquals(room.outputs.some(({ type }) => type === "resume"), false);
  room.answer(2);
  assertEquals(room.outputs.filter(({ type }) => type === "resume"), [
    { type: "resume", member: 1 },
    { type: "resume", member: 2 },
  ]);
  room.answer();
  const last = room.log.slice(-3).map(textOf);
  // Who waits longest goes first, each in its own order.
  assertEquals(last, ["one more", "and another", "and one"]);
});

Deno.test("Room lets a member leave when its last words are durable", () => {
  const room = twoMembers();
  room.isLogHeld = true;
  room.say(1, "bye", 7);
  room.send(1, { type: "leave" });
  assertEquals(room.closed.size, 0);
  room.answer();
  assertEquals(types(room.take(1)), ["stored"]);
  assertEquals(types(room.take(2)), ["event", "left"]);
  assertEquals(room.closed.get(1), { type: "quit" });
});

Deno.test("Room forgets what waits of a member that is lost", () => {
  const room = twoMembers();
  room.isLogHeld = true;
  room.say(1, "bye", 7);
  room.send(1, { type: "leave" });
  room.say(1, "ghost", 8);
  room.lose(1);
  room.answer();
  assertEquals(room.server.isPaused(1), false);
  assertEquals(types(room.take(2)), ["left", "event"]);
  assertEquals(room.closed.size, 0);
});

Deno.test("Room closes a paused member that broke the protocol, after what it said before", () => {
  const room = new TestRoom({}, { events: eventsOf(1, 1) });
  room.isLogHeld = true;
  room.enter(1, "Ani");
  room.say(1, "halo", 7);
  room.sendBytes(1, new Uint8Array([2, 0xff, 0xff]));
  room.say(1, "ghost", 8);
  assertEquals(room.closed.size, 0);
  room.answer();
  assertEquals(room.closed.get(1)?.type, "chatProtocol");
  assertEquals(room.asked.length, 1);
});

Deno.test("ChatServer.stop() closes everybody when what was taken is durable", () => {
  const room = twoMembers();
  room.isLogHeld = true;
  room.say(1, "halo", 7);
  room.server.stop();
  room.say(2, "too late", 8);
  room.drain();
  assertEquals(room.closed.size, 0);
  assertEquals(room.join(3, "Citra").type, "refused");
  room.answer();
  assertEquals(types(room.take(1)), ["stored"]);
  assertEquals(types(room.take(2)), ["event"]);
  assertEquals(Array.from(room.closed.keys()), [1, 2]);
  assertEquals(room.log.length, 1);
});

Deno.test("ChatServer.stop() takes nothing of what waits", () => {
  const room = new TestRoom({ messageBurst: 10_000 });
  room.enter(1, "Ani");
  room.enter(2, "Budi");
  room.isLogHeld = true;
  for (let i = 0; i <= MAX_UNSTORED_MESSAGES; i++) room.say(1, "x", i);
  assertEquals(room.server.isPaused(1), true);
  room.server.stop();
  room.answer();
  assertEquals(room.log.length, MAX_UNSTORED_MESSAGES);
  assertEquals(Array.from(room.closed.keys()), [1, 2]);
});

Deno.test("ChatServer.stop() called again does not wait for the log", () => {
  const room = twoMembers();
  room.isLogHeld = true;
  room.say(1, "halo", 7);
  room.server.stop();
  room.server.stop();
  room.drain();
  assertEquals(Array.from(room.closed.keys()), [1, 2]);
  room.answer();
  assertEquals(types(room.take(1)), []);
});

Deno.test("Room goes on after the log's last message at a start", () => {
  const room = new TestRoom({}, { events: eventsOf(1, 5) });
  room.enter(1, "Ani");
  const [welcome, ...missed] = room.take(1);
  assert(welcome?.type === "welcome");
  assertEquals(welcome.epochId, EPOCH);
  assertEquals([welcome.resumeAfter, welcome.lastSequence], [0, 5]);
  assertEquals(sequences(missed), [1, 2, 3, 4, 5]);
  room.say(1, "halo", 7);
  assertEquals(sequences(room.take(1)), [6]);
});

Deno.test("Room goes on after a log that was trimmed to nothing", () => {
  const room = new TestRoom({}, { events: eventsOf(1, 5), recent: 0 });
  room.server.handleTrimmed(1, 6);
  room.enter(1, "Ani");
  const [welcome] = room.take(1);
  assert(welcome?.type === "welcome");
  assertEquals([welcome.resumeAfter, welcome.lastSequence], [5, 5]);
});

Deno.test("Room recognises a resend after a start, and recalls an author once", () => {
  const events = [...eventsOf(1, 3), written(4, 1, "old")];
  const room = new TestRoom({}, { events });
  room.isLogHeld = true;
  room.join(1, "Ani", 1);
  room.send(1, { type: "sync", epochId: EPOCH, lastSequence: 4 });
  room.say(1, "old", 1_004);
  room.say(1, "new", 1_005);
  assertEquals(room.asked, [{
    type: "recall",
    recall: {
      roomId: 1,
      authorKey: authorKeyOf(1),
      limit: MAX_UNACKNOWLEDGED_MESSAGES,
    },
  }]);
  assertEquals(room.server.isPaused(1), true);
  room.answer(1);
  assertEquals(room.server.isPaused(1), false);
  assertEquals(sequences(room.take(1).slice(1)), [4]);
  room.answer();
  assertEquals(room.log.map(textOf).slice(3), ["old", "new"]);
  room.lose(1);
  room.join(2, "Ani", 1);
  assertEquals(room.asked, []);
});

Deno.test("Room recognises a resend of a client it has forgotten", () => {
  const room = new TestRoom();
  room.enter(1, "Ani");
  room.say(1, "halo", 7);
  room.lose(1);
  crowdOut(room);
  room.join(2, "Ani", 1);
  room.send(2, { type: "sync", epochId: EPOCH, lastSequence: 1 });
  room.say(2, "halo", 7);
  assertEquals(room.log.length, 1);
});

Deno.test("Room recognises a resend of a client it has forgotten, of what is not durable", () => {
  const room = new TestRoom();
  room.enter(1, "Ani");
  room.isLogHeld = true;
  room.say(1, "halo", 7);
  room.lose(1);
  crowdOut(room);
  room.join(2, "Ani", 1);
  room.send(2, { type: "sync", epochId: EPOCH, lastSequence: 0 });
  room.say(2, "halo", 7);
  room.isLogHeld = false;
  room.drain();
  assertEquals(room.log.length, 1);
  assertEquals(types(room.take(2)), ["welcome", "stored"]);
});

Deno.test("Room ignores what was recalled of who is forgotten or knows it", () => {
  const room = new TestRoom({}, { events: eventsOf(1, 1) });
  room.server.handleRecalled(1, authorKeyOf(5), eventsOf(1, 1), MOMENT);
  room.enter(1, "Ani");
  room.server.handleRecalled(1, authorKeyOf(1), [written(1, 1, "x")], MOMENT);
  room.take(1);
  room.say(1, "taken for another", 1_001);
  assertEquals(room.log.length, 2);
});

Deno.test("Room reads what a member missed from the log, page by page", () => {
  const pages = 3;
  const last = pages * HISTORY_PAGE_MESSAGES + 2;
  const room = new TestRoom({}, { events: eventsOf(1, last), recent: 2 });
  room.isDraining = false;
  room.join(1, "Ani");
  room.send(1, { type: "sync", epochId: EPOCH, lastSequence: 0 });
  const received: ServerMessage[] = [];
  for (let page = 1; page <= pages; page++) {
    received.push(...room.take(1).filter(({ type }) => type !== "welcome"));
    assertEquals(received.length, page * HISTORY_PAGE_MESSAGES);
    room.server.handleDrained(1);
    room.drain();
  }
  received.push(...room.take(1));
  assertEquals(sequences(received), numbers(1, last));
  room.enter(2, "Budi");
  room.take(1);
  room.say(2, "live", 1);
  assertEquals(sequences(room.take(1)), [last + 1]);
});

Deno.test("Room pages what it remembers, too", () => {
  const last = HISTORY_PAGE_MESSAGES + 1;
  const room = new TestRoom({}, { events: eventsOf(1, last) });
  room.isDraining = false;
  room.enter(1, "Ani");
  assertEquals(room.take(1).length, 1 + HISTORY_PAGE_MESSAGES);
  room.server.handleDrained(1);
  room.drain();
  assertEquals(sequences(room.take(1)), [last]);
});

Deno.test("Room sends who is behind what is said meanwhile once, in its place", () => {
  const last = HISTORY_PAGE_MESSAGES + 1;
  const room = new TestRoom({}, { events: eventsOf(1, last) });
  room.isDraining = false;
  room.enter(1, "Ani");
  room.enter(2, "Budi");
  room.join(3, "Citra");
  room.send(3, { type: "sync", epochId: EPOCH, lastSequence: last });
  for (const member of [1, 2]) room.take(member);
  room.say(3, "from another", 1);
  room.say(1, "own", 2);
  // Comings and goings have no place, and are told at once.
  room.lose(2);
  assertEquals(types(room.take(1)), ["left"]);
  room.server.handleDrained(1);
  room.drain();
  const rest = room.take(1);
  assertEquals(types(rest), ["event", "event", "stored", "event"]);
  assertEquals(sequences(rest), [...numbers(last, last + 2), last + 2]);
  room.say(1, "again", 3);
  assertEquals(sequences(room.take(1)), [last + 3]);
});

Deno.test("Room does not answer a resend out of order to who is behind", () => {
  const last = HISTORY_PAGE_MESSAGES;
  const events = [...eventsOf(1, last), written(last + 1, 1, "mine")];
  const room = new TestRoom({}, { events });
  room.isDraining = false;
  room.join(1, "Ani");
  room.send(1, { type: "sync", epochId: EPOCH, lastSequence: 0 });
  room.take(1);
  room.say(1, "mine", 1_000 + last + 1);
  assertEquals(room.take(1), []);
  room.server.handleDrained(1);
  room.drain();
  assertEquals(types(room.take(1)), ["stored", "event"]);
});

Deno.test("ChatServer.handleLoaded() leaves out what is durable but not published", () => {
  const room = new TestRoom({}, { events: eventsOf(1, 3), recent: 1 });
  room.enter(2, "Budi");
  room.isLogHeld = true;
  room.join(1, "Ani");
  room.send(1, { type: "sync", epochId: EPOCH, lastSequence: 0 });
  room.say(2, "not yet", 1);
  const event = written(4, 2, "not yet");
  room.server.handleLoaded(1, 1, [...eventsOf(1, 3), event], MOMENT);
  room.drain();
  assertEquals(sequences(room.take(1).slice(1)), [1, 2, 3]);
  room.server.handleAppended([{ roomId: 1, throughSequence: 4 }], MOMENT);
  room.drain();
  assertEquals(sequences(room.take(1)), [4]);
});

Deno.test("ChatServer.handleLoaded() ignores a page of who is gone", () => {
  const room = new TestRoom({}, { events: eventsOf(1, 3), recent: 1 });
  room.isLogHeld = true;
  room.join(1, "Ani");
  room.send(1, { type: "sync", epochId: EPOCH, lastSequence: 0 });
  room.lose(1);
  room.answer();
  assertEquals(room.closed.size, 0);
});

Deno.test("ChatServer.handleTrimmed() shortens what who comes back is sent", () => {
  const room = new TestRoom({}, { events: eventsOf(1, 9) });
  room.server.handleTrimmed(1, 8);
  room.join(1, "Ani");
  room.send(1, { type: "sync", epochId: EPOCH, lastSequence: 2 });
  const [welcome, ...missed] = room.take(1);
  assert(welcome?.type === "welcome");
  assertEquals(welcome.resumeAfter, 7);
  assertEquals(sequences(missed), [8, 9]);
});

Deno.test("ChatServer.handleTrimmed() leaves no hole in what somebody is being sent", () => {
  const room = new TestRoom({}, { events: eventsOf(1, 9), recent: 1 });
  room.isLogHeld = true;
  room.join(1, "Ani");
  room.send(1, { type: "sync", epochId: EPOCH, lastSequence: 2 });
  room.log.splice(0, 5);
  room.server.handleTrimmed(1, 6);
  room.answer();
  assertEquals(room.closed.get(1), { type: "tooSlow" });
  room.join(2, "Ani", 1);
  room.send(2, { type: "sync", epochId: EPOCH, lastSequence: 2 });
  room.answer();
  const [welcome, ...missed] = room.take(2);
  assert(welcome?.type === "welcome");
  assertEquals(welcome.resumeAfter, 5);
  assertEquals(sequences(missed), [6, 7, 8, 9]);
});

Deno.test("ChatServer.handleTrimmed() never reaches beyond what is published", () => {
  const room = new TestRoom();
  room.enter(1, "Ani");
  room.isLogHeld = true;
  room.say(1, "one", 1);
  room.say(1, "two", 2);
  room.server.handleTrimmed(1, 2);
  room.enter(2, "Budi");
  room.answer();
  const [welcome, ...messages] = room.take(2);
  assert(welcome?.type === "welcome");
  assertEquals([welcome.resumeAfter, welcome.lastSequence], [0, 0]);
  assertEquals(sequences(messages), [1, 2]);
});

function twoMembers(): TestRoom {
  const room = new TestRoom();
  room.enter(1, "Ani");
  room.enter(2, "Budi");
  for (const member of [1, 2]) room.take(member);
  return room;
}

/** An event with the ID 1,000 and its sequence number. */
function written(sequence: number, instance: number, text: string): LogEvent {
  return {
    sequence,
    id: idOf(1_000 + sequence),
    authorKey: authorKeyOf(instance),
    accountId: 0,
    author: "Ani",
    act: plainMessage(text),
    timeMs: TIME,
  };
}

/** So many come and go that the room forgets those before. */
function crowdOut(room: TestRoom): void {
  for (let i = 0; i <= MAX_DEPARTED_AUTHORS; i++) {
    room.join(1_000 + i, "passer-by", 1_000 + i);
    room.lose(1_000 + i);
  }
}

function types(messages: readonly ServerMessage[]): string[] {
  return messages.map(({ type }) => type);
}

function sequences(messages: readonly ServerMessage[]): number[] {
  return messages.map((message) =>
    message.type === "event" || message.type === "stored"
      ? message.sequence
      : -1
  );
}

function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
