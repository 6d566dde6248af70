/** Several devices of one person in a room; accounts are injected. */

import { assert, assertEquals } from "@std/assert";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import { EPOCH, idOf, TestRoom, TIME } from "./test_room.ts";

const ANI = { accountId: 7, role: "member" } as const;

Deno.test("Room tells who came with the first device and who left with the last", () => {
  const room = new TestRoom();
  room.enter(1, "Budi");
  room.take(1);
  room.enter(2, "Ani", 2, ANI);
  const joined = { type: "joined", name: "Ani", timeMs: TIME } as const;
  assertEquals(room.take(1), [{ ...joined, role: "member" }]);
  room.enter(3, "Ani", 3, ANI);
  assertEquals([room.take(1), room.server.memberCount], [[], 3]);
  room.lose(2);
  assertEquals(room.take(1), []);
  room.send(3, { type: "leave" });
  assertEquals(room.take(1), [{
    type: "left",
    name: "Ani",
    reason: "quit",
    timeMs: TIME,
  }]);
  assertEquals(room.notices.map(({ type }) => type), [
    "joined",
    "joined",
    "left",
  ]);
});

Deno.test("Room counts the devices of a person once among its members", () => {
  const room = new TestRoom();
  room.enter(1, "Ani", 1, ANI);
  room.enter(2, "Ani", 2, ANI);
  const [welcome] = room.take(2);
  assert(welcome?.type === "welcome");
  assertEquals([welcome.accountId, welcome.role], [7, "member"]);
  assertEquals(welcome.members, [
    { name: "Ani", role: "member", isAway: false },
  ]);
});

Deno.test("Room shows what a person writes on its other devices, as of its account", () => {
  const room = new TestRoom();
  room.enter(1, "Ani", 1, ANI);
  room.enter(2, "Ani", 2, ANI);
  room.enter(3, "Budi");
  for (const member of [1, 2, 3]) room.take(member);
  room.say(1, "halo", 7);
  const event = {
    type: "event",
    sequence: 1,
    author: "Ani",
    accountId: 7,
    act: plainMessage("halo"),
    timeMs: TIME,
  } as const;
  assertEquals([room.take(2), room.take(3)], [[event], [event]]);
  // The own other device is nobody else.
  const stored = { type: "stored", id: idOf(7), sequence: 1, timeMs: TIME };
  assertEquals(room.take(1), [{ ...stored, forwardedTo: 1 } as never]);
  assertEquals(room.log[0]?.accountId, 7);
});

Deno.test("Room lets a person edit on one device what it wrote on another", () => {
  const room = new TestRoom();
  room.enter(1, "Ani", 1, ANI);
  room.enter(2, "Ani", 2, ANI);
  room.say(1, "halo", 7);
  room.take(2);
  const act = { type: "edit", target: 1, text: "hallo" } as const;
  room.send(2, { type: "act", id: idOf(8), act });
  assertEquals(room.take(2).map(({ type }) => type), ["stored"]);
});

Deno.test("Room gives each device of a person its own resends and rate", () => {
  const room = new TestRoom({ messageBurst: 1, messagesPerSecond: 1 });
  room.enter(1, "Ani", 1, ANI);
  room.enter(2, "Ani", 2, ANI);
  for (let i = 0; i < 40; i++) room.say(1, "flood", i);
  room.take(2);
  room.say(2, "calm", 0);
  assertEquals(room.take(2).map(({ type }) => type), ["stored"]);
});

Deno.test("Room lets one device return while another stays, unnoticed", () => {
  const room = new TestRoom();
  room.enter(1, "Ani", 1, ANI);
  room.enter(2, "Ani", 2, ANI);
  room.enter(3, "Budi");
  room.take(3);
  room.join(4, "Ani", 1, ANI);
  assertEquals(room.closed.get(1), { type: "replaced" });
  room.send(4, { type: "sync", epochId: EPOCH, lastSequence: 0 });
  room.lose(1);
  assertEquals(room.take(3), []);
  room.say(2, "both here", 1);
  assertEquals(room.take(4).map(({ type }) => type), ["welcome", "event"]);
});
