import { GUEST_ROOM, guests } from "./wire_values.ts";
import { textOf } from "./event_text.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { EventMessage } from "../../../lib/chat/chat_message.ts";
import { EPOCH, idOf, TestRoom, TIME } from "./test_room.ts";

Deno.test("Room welcomes a member with the room, its limits and its members", () => {
  const room = new TestRoom();
  room.enter(1, "Ani");
  room.enter(2, "Budi");
  assertEquals(room.take(2), [{
    type: "welcome",
    room: "Lab",
    self: "Budi",
    epochId: EPOCH,
    resumeAfter: 0,
    lastSequence: 0,
    openRoom: true,
    topic: "",
    messageCharacters: 4_000,
    messageBurst: 100,
    messagesPerSecond: 20,
    ...GUEST_ROOM,
    members: guests("Ani", "Budi"),
  }]);
});

Deno.test("Room tells the others who joins, after the sync", () => {
  const room = new TestRoom();
  room.enter(1, "Ani");
  room.take(1);
  room.join(2, "Budi");
  assertEquals(room.take(1), []);
  room.send(2, { type: "sync", epochId: new Uint8Array(8), lastSequence: 0 });
  assertEquals(room.take(1), [{
    type: "joined",
    name: "Budi",
    role: "guest",
    timeMs: TIME,
  }]);
  assertEquals(room.notices.at(-1), {
    type: "joined",
    name: "Budi",
    timeMs: TIME,
  });
});

Deno.test("Room sends a message to all others and `stored` to its author", () => {
  const room = threeMembers();
  room.say(2, "halo", 7);
  const message: EventMessage = {
    type: "event",
    sequence: 1,
    author: "Budi",
    accountId: 0,
    act: plainMessage("halo"),
    timeMs: TIME,
  };
  assertEquals(room.take(1), [message]);
  assertEquals(room.take(3), [message]);
  assertEquals(room.take(2), [{
    type: "stored",
    id: idOf(7),
    sequence: 1,
    timeMs: TIME,
    forwardedTo: 2,
  }]);
  assertEquals(room.notices.at(-1), {
    type: "message",
    sequence: 1,
    author: "Budi",
    style: "plain",
    text: "halo",
    timeMs: TIME,
    forwardedTo: 2,
  });
});

Deno.test("Room encodes a message once for all receivers and the history", () => {
  const room = threeMembers();
  room.outputs.length = 0;
  room.say(1, "halo", 7);
  const sends = room.outputs.filter((output) => output.type === "send");
  assertEquals(sends.map((output) => output.to), [[2, 3], [1]]);
  room.outputs.length = 0;
  room.enter(4, "Dian");
  const replay = room.outputs.filter((output) => output.type === "send").at(-1);
  assertStrictEquals(replay?.bytes, sends[0]?.bytes);
});

Deno.test("Room counts a message to nobody as forwarded to 0", () => {
  const room = new TestRoom();
  room.enter(1, "Ani");
  room.take(1);
  room.say(1, "halo?", 1);
  const [stored] = room.take(1);
  assert(stored?.type === "stored");
  assertEquals(stored.forwardedTo, 0);
});

Deno.test("Room sends the history to who comes later", () => {
  const room = new TestRoom({ historyMessages: 2 });
  room.enter(1, "Ani");
  for (let i = 1; i <= 5; i++) room.say(1, `text ${i}`, i);
  room.enter(2, "Budi");
  const [welcome, ...messages] = room.take(2);
  assert(welcome?.type === "welcome");
  assertEquals([welcome.resumeAfter, welcome.lastSequence], [3, 5]);
  assertEquals(
    messages.map((message) => message.type === "event" && textOf(message)),
    ["text 4", "text 5"],
  );
});

Deno.test("Room sends who comes back what it missed, its own as `stored` and with what it said", () => {
  const room = threeMembers();
  room.say(1, "one", 1);
  room.say(2, "two", 2);
  room.say(1, "three", 3);
  room.lose(2);
  room.join(4, "Budi", 2);
  room.take(4);
  room.send(4, { type: "sync", epochId: EPOCH, lastSequence: 1 });
  const [welcome, ...missed] = room.take(4);
  assert(welcome?.type === "welcome");
  assertEquals([welcome.resumeAfter, welcome.lastSequence], [1, 3]);
  assertEquals(
    missed.map((
      message,
    ) => [message.type, "sequence" in message && message.sequence]),
    [["stored", 2], ["event", 2], ["event", 3]],
  );
});

Deno.test("Room sends the whole history to a client of another epoch", () => {
  const room = threeMembers();
  room.say(1, "one", 1);
  room.join(4, "Dian");
  const epochId = new Uint8Array(8).fill(1);
  room.send(4, { type: "sync", epochId, lastSequence: 900 });
  const [welcome, ...messages] = room.take(4);
  assert(welcome?.type === "welcome");
  assertEquals(welcome.resumeAfter, 0);
  assertEquals(messages.length, 1);
});

Deno.test("Room stores a resent message once and answers it once on each connection", () => {
  const room = threeMembers();
  room.say(1, "halo", 7);
  assertEquals(room.take(1).map(({ type }) => type), ["stored"]);
  room.take(2);
  room.say(1, "halo", 7);
  assertEquals(room.take(1), []);
  assertEquals(room.take(2), []);
  assertEquals(room.log.length, 1);
});

Deno.test("Room answers a resend that it does not answer in the order", () => {
  const room = threeMembers();
  room.say(2, "halo", 7);
  const [first] = room.take(2);
  room.lose(2);
  // It claims to have all, so it is sent nothing of what was said.
  room.join(4, "Budi", 2);
  room.send(4, { type: "sync", epochId: EPOCH, lastSequence: 1 });
  assertEquals(room.take(4).map(({ type }) => type), ["welcome"]);
  room.say(4, "halo", 7);
  assertEquals(room.take(4), [first!]);
  assertEquals(room.log.length, 1);
});

Deno.test("Room takes the same ID from two clients as two messages", () => {
  const room = threeMembers();
  room.say(1, "halo", 7);
  room.say(2, "halo", 7);
  assertEquals(
    room.take(3).map((message) => message.type === "event" && message.author),
    ["Ani", "Budi"],
  );
});

Deno.test("Room refuses an empty message", () => {
  const room = threeMembers();
  room.say(1, " \n\t", 7);
  assertEquals(room.take(1), [{
    type: "refused",
    id: idOf(7),
    refusal: { code: "empty" },
  }]);
  assertEquals(room.take(2), []);
  room.say(1, "full", 8);
  const [message] = room.take(2);
  assert(message?.type === "event");
  assertEquals(message.sequence, 1);
});

Deno.test("Room refuses a message above the room's limit, in characters", () => {
  const room = new TestRoom({ messageCharacters: 3 });
  room.enter(1, "Ani");
  room.take(1);
  room.say(1, "🙂🙂🙂", 1);
  assertEquals(room.take(1)[0]?.type, "stored");
  room.say(1, "🙂🙂🙂🙂", 2);
  assertEquals(room.take(1), [{
    type: "refused",
    id: idOf(2),
    refusal: { code: "tooLong", limitCharacters: 3 },
  }]);
});

Deno.test("Room takes a paste of 20 lines at once", () => {
  const room = threeMembers();
  for (let i = 0; i < 20; i++) room.say(1, `line ${i}`, i);
  assertEquals(room.take(1).every(({ type }) => type === "stored"), true);
});

Deno.test("Room tells a flooder when to go on", () => {
  const room = new TestRoom({ messageBurst: 2, messagesPerSecond: 1 });
  room.enter(1, "Ani");
  room.take(1);
  // The burst and the window of a client that paces itself.
  for (let i = 0; i < 2 + 32; i++) room.say(1, "flood", i);
  assertEquals(room.take(1).every(({ type }) => type === "stored"), true);
  room.say(1, "flood", 100);
  assertEquals(room.take(1), [{
    type: "refused",
    id: idOf(100),
    refusal: { code: "tooFast", retryAfterSeconds: 1 },
  }]);
  room.nowUs += 1_000_000;
  room.say(1, "calm", 101);
  assertEquals(room.take(1)[0]?.type, "stored");
});

Deno.test("Room tells the operator of a flood once", () => {
  const room = new TestRoom({ messageBurst: 1, messagesPerSecond: 1 });
  room.enter(1, "Ani");
  for (let i = 0; i < 100; i++) room.say(1, "flood", i);
  const refusals = room.notices.filter(({ type }) => type === "messageRefused");
  assertEquals(refusals.length, 1);
});

Deno.test("Room keeps a flooder's rate when it leaves and comes back", () => {
  const room = new TestRoom({ messageBurst: 1, messagesPerSecond: 1 });
  room.enter(1, "Ani");
  for (let i = 0; i < 100; i++) room.say(1, "flood", i);
  room.lose(1);
  room.enter(2, "Ani", 1);
  room.take(2);
  room.say(2, "flood", 200);
  assertEquals(room.take(2)[0]?.type, "refused");
});

Deno.test("ChatServer.join() refuses a name that is taken, whatever its case or look", () => {
  const room = new TestRoom();
  room.join(1, "Paul");
  for (const name of ["Paul", "PAUL", "PauI"]) {
    assertEquals(room.join(2, name), {
      type: "refused",
      close: { type: "nameTaken" },
    });
  }
  assertEquals(room.join(2, "Paula").type, "joined");
});

Deno.test("ChatServer.join() gives a name free when its member left", () => {
  const room = new TestRoom();
  room.enter(1, "Paul");
  room.send(1, { type: "leave" });
  assertEquals(room.join(2, "Paul").type, "joined");
});

Deno.test("ChatServer.join() refuses who comes to a full room", () => {
  const room = new TestRoom({ members: 1 });
  room.join(1, "Ani");
  assertEquals(room.join(2, "Budi"), {
    type: "refused",
    close: { type: "roomFull" },
  });
  room.lose(1);
  assertEquals(room.join(2, "Budi").type, "joined");
});

Deno.test("ChatServer.join() lets the same client take its place unnoticed, even in a full room", () => {
  const room = new TestRoom({ members: 2 });
  room.enter(1, "Ani");
  room.enter(2, "Budi");
  room.take(1);
  assertEquals(room.join(3, "budi", 2).type, "joined");
  assertEquals(room.closed.get(2), { type: "replaced" });
  room.send(3, { type: "sync", epochId: EPOCH, lastSequence: 0 });
  room.lose(2);
  assertEquals(room.take(1), []);
  const [welcome] = room.take(3);
  assert(welcome?.type === "welcome");
  assertEquals(welcome.self, "Budi");
  assertEquals(welcome.members, guests("Ani", "Budi"));
  room.say(1, "still here?", 1);
  assertEquals(room.take(3)[0]?.type, "event");
  assertEquals(room.take(2)[0]?.type, "welcome");
});

Deno.test("Room announces who left if its new connection is lost before the sync", () => {
  const room = new TestRoom();
  room.enter(1, "Ani");
  room.enter(2, "Budi");
  room.take(1);
  room.join(3, "Budi", 2);
  room.lose(3);
  assertEquals(room.take(1), [{
    type: "left",
    name: "Budi",
    reason: "lost",
    timeMs: TIME,
  }]);
});

Deno.test("Room says nothing of who left before its sync", () => {
  const room = new TestRoom();
  room.enter(1, "Ani");
  room.take(1);
  room.join(2, "Budi");
  room.lose(2);
  assertEquals(room.take(1), []);
});

Deno.test("ChatServer.join() lets a client come back under another name", () => {
  const room = threeMembers();
  assertEquals(room.join(4, "Dian", 3).type, "joined");
  assertEquals(room.closed.get(3), { type: "replaced" });
  assertEquals(room.take(1), [{
    type: "left",
    name: "Citra",
    reason: "lost",
    timeMs: TIME,
  }]);
  assertEquals(room.server.memberCount, 3);
});

Deno.test("ChatServer.join() does not let another client take a place", () => {
  const room = threeMembers();
  assertEquals(room.join(4, "Citra", 99), {
    type: "refused",
    close: { type: "nameTaken" },
  });
  assertEquals(room.closed.size, 0);
});

Deno.test("Room closes who leaves, and tells the others", () => {
  const room = threeMembers();
  room.send(2, { type: "leave" });
  assertEquals(room.closed.get(2), { type: "quit" });
  assertEquals(room.take(1), [{
    type: "left",
    name: "Budi",
    reason: "quit",
    timeMs: TIME,
  }]);
  room.lose(2);
  assertEquals(room.take(1), []);
});

Deno.test("Room ignores what follows a leave", () => {
  const room = threeMembers();
  room.send(2, { type: "leave" });
  room.say(2, "ghost", 1);
  assertEquals(room.take(1).map(({ type }) => type), ["left"]);
});

for (
  const [what, attack] of [
    ["speaks before its sync", (room) => {
      room.join(4, "Dian");
      room.say(4, "hi", 1);
    }],
    ["syncs twice", (room) => {
      room.enter(4, "Dian");
      room.send(4, { type: "sync", epochId: EPOCH, lastSequence: 0 });
    }],
    ["knows more than the room", (room) => {
      room.join(4, "Dian");
      room.send(4, { type: "sync", epochId: EPOCH, lastSequence: 1 });
    }],
    ["sends garbage", (room) => {
      room.enter(4, "Dian");
      room.sendBytes(4, new Uint8Array([2, 0xff, 0xff]));
    }],
    ["announces a huge message", (room) => {
      room.enter(4, "Dian");
      room.sendBytes(4, new Uint8Array([0xbf, 0xff, 0xff, 0xff]));
    }],
  ] as readonly (readonly [string, (room: TestRoom) => void])[]
) {
  Deno.test(`Room closes a member that ${what}, and nobody else`, () => {
    const room = threeMembers();
    attack(room);
    assertEquals(Array.from(room.closed.keys()), [4]);
    assertEquals(room.closed.get(4)?.type, "chatProtocol");
    assertEquals(room.server.memberCount, 3);
    room.take(2);
    room.say(1, "all well", 1);
    assertEquals(room.take(2).length, 1);
  });
}

Deno.test("ChatServer.stop() closes everybody and lets nobody in", () => {
  const room = threeMembers();
  room.server.stop();
  room.drain();
  assertEquals(Array.from(room.closed), [
    [1, { type: "serverStopped" }],
    [2, { type: "serverStopped" }],
    [3, { type: "serverStopped" }],
  ]);
  assertEquals(room.join(4, "Dian"), {
    type: "refused",
    close: { type: "serverStopped" },
  });
  assertEquals(room.server.memberCount, 0);
});

function threeMembers(): TestRoom {
  const room = new TestRoom();
  room.enter(1, "Ani");
  room.enter(2, "Budi");
  room.enter(3, "Citra");
  for (const member of [1, 2, 3]) room.take(member);
  room.outputs.length = 0;
  return room;
}
