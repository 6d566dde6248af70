/** Many rooms of one server, and who may be where. */

import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../../lib/base/prng.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import { EPOCH, idOf, type TestAccount } from "./test_room.ts";
import { TestDisk, TestServer } from "./test_server.ts";

const ANI: TestAccount = { accountId: 7, role: "member" };
const MODERATOR: TestAccount = { accountId: 8, role: "moderator" };

/** A server whose disk can be looked at. */
class DiskServer extends TestServer {
  readonly disk: TestDisk;

  constructor(disk: TestDisk) {
    super(disk);
    this.disk = disk;
  }
}

/** Ani (1) and Budi (2), who have read what they were sent. */
function two(disk = new TestDisk()): DiskServer {
  const world = new DiskServer(disk);
  world.join(1, "Ani", { account: ANI });
  world.join(2, "Budi");
  for (const member of [1, 2]) world.take(member);
  return world;
}

Deno.test("ChatServer lists a person's rooms after the welcome", () => {
  const world = new TestServer();
  world.join(1, "Ani");
  assertEquals(world.takeTypes(1), ["welcome", "roomList"]);
});

Deno.test("ChatServer tells all devices of who makes a room, and lets them enter", () => {
  const world = two();
  world.join(3, "Ani", { account: ANI });
  world.take(1);
  world.take(3);
  const roomId = world.create(2, "Sains", "public");
  assertEquals(roomId, 2);
  assertEquals(world.take(2), [
    { type: "roomOpened", roomId, kind: "public", name: "Sains", by: "" },
  ]);
  assertEquals(world.take(1), []);
  assertEquals(world.ask(1, { type: "joinRoom", name: "sains" }), {
    type: "joinRoom",
    roomId,
  });
  for (const member of [1, 3]) {
    assertEquals(world.take(member), [
      { type: "roomOpened", roomId, kind: "public", name: "Sains", by: "" },
    ]);
  }
});

Deno.test("ChatServer keeps what is said in a room among who has entered it", () => {
  const world = two();
  const roomId = world.create(1, "Sains", "public");
  world.ask(2, { type: "joinRoom", name: "Sains" });
  world.enter(11, 1, roomId);
  world.enter(12, 2, roomId);
  const [welcome] = world.take(12);
  assert(welcome?.type === "welcome");
  assertEquals([welcome.room, welcome.roomId, welcome.kind], [
    "Sains",
    roomId,
    "public",
  ]);
  assertEquals(welcome.members.map(({ name }) => name), ["Ani", "Budi"]);
  for (const member of [1, 2, 11]) world.take(member);
  world.say(11, "in the room", 1);
  world.say(1, "in the default room", 2);
  assertEquals(world.takeTexts(12), ["in the room"]);
  assertEquals(world.takeTexts(2), ["in the default room"]);
  assertEquals(world.disk.eventsOf(roomId).length, 1);
});

Deno.test("ChatServer forgets nothing of a room in which nobody is", () => {
  const world = two();
  const roomId = world.create(1, "Sains", "public");
  world.enter(11, 1, roomId);
  world.say(11, "one", 1);
  world.server.closeStream(11, 0);
  world.drain();
  world.enter(12, 1, roomId);
  assertEquals(world.takeTypes(12), ["welcome", "stored", "event"]);
  // Also which message it was.
  world.say(12, "one", 1);
  assertEquals(world.disk.eventsOf(roomId).length, 1);
});

Deno.test("ChatServer lists the rooms again after its own start", () => {
  const disk = new TestDisk();
  const before = two(disk);
  const roomId = before.create(1, "Sains", "public");
  before.enter(11, 1, roomId);
  before.say(11, "one", 1);
  const world = two(disk);
  world.lose(1);
  world.join(3, "Ani", { account: ANI, client: 3 });
  assertEquals(world.take(3).at(-1), {
    type: "roomList",
    rooms: [{
      roomId,
      kind: "public",
      name: "Sains",
      lastSequence: 1,
      readSequence: 0,
    }],
  });
  assertEquals(world.create(2, "Seni", "public"), roomId + 1);
});

Deno.test("ChatServer ends a stream to a room that one is not in, as if there were none", () => {
  const world = two();
  const hidden = world.create(1, "Rahasia", "private");
  const open = world.create(1, "Sains", "public");
  for (
    const [member, roomId] of [[11, hidden], [12, open], [13, 99], [14, 1]]
  ) {
    world.enter(member!, 2, roomId!);
    assertEquals(world.take(member!), []);
  }
  assertEquals(world.ended, [11, 12, 13, 14]);
  assertEquals(world.closed.size, 0);
});

Deno.test("ChatServer hides a private room from who is not in it", () => {
  const world = two();
  world.create(1, "Rahasia", "private");
  for (const name of ["Rahasia", "Nothing"]) {
    assertEquals(world.ask(2, { type: "joinRoom", name }), {
      code: "noSuchRoom",
    });
  }
  assertEquals(world.ask(2, { type: "rooms" }), { type: "rooms", rooms: [] });
  for (const roomId of [2, 99]) {
    assertEquals(world.ask(2, { type: "leaveRoom", roomId }), {
      code: "noSuchRoom",
    });
  }
  // A name tells nothing either.
  assertEquals(world.create(2, "Rahasia", "public"), 3);
});

Deno.test("ChatServer lets only who has claimed a name make a private room", () => {
  const world = two();
  assertEquals(
    world.ask(2, { type: "createRoom", kind: "private", name: "Rahasia" }),
    { code: "needsRole", role: "member" },
  );
});

Deno.test("ChatServer lets members of a private room invite, and says who did", () => {
  const world = two();
  const roomId = world.create(1, "Rahasia", "private");
  world.enter(11, 1, roomId);
  assertEquals(world.ask(11, { type: "invite", name: "budi" }), {
    type: "invite",
  });
  assertEquals(world.take(2), [
    { type: "roomOpened", roomId, kind: "private", name: "Rahasia", by: "Ani" },
  ]);
  world.enter(12, 2, roomId);
  assertEquals(world.takeTypes(12), ["welcome"]);
  world.join(3, "Citra");
  assertEquals(world.ask(12, { type: "invite", name: "Citra" }), {
    code: "needsRole",
    role: "member",
  });
  assertEquals(world.ask(11, { type: "invite", name: "Nobody" }), {
    code: "unknownName",
  });
  assertEquals(world.ask(1, { type: "invite", name: "Citra" }), {
    code: "notPossible",
  });
});

for (
  const [name, refusal] of [
    ["Sains", { code: "roomNameTaken" }],
    ["SAINS", { code: "roomNameTaken" }],
    ["SaIns", { code: "roomNameTaken" }],
    ["Lab", { code: "roomNameTaken" }],
    ["", { code: "roomNameInvalid", rule: "empty" }],
    ["x".repeat(33), { code: "roomNameInvalid", rule: "tooLong" }],
    ["a\u200fb", { code: "roomNameInvalid", rule: "controlCharacter" }],
    ["S\u0430ins", { code: "roomNameInvalid", rule: "confusable" }],
    ["Server", { code: "roomNameInvalid", rule: "reserved" }],
  ] as const
) {
  Deno.test(`ChatServer refuses a room called ${JSON.stringify(name)}`, () => {
    const world = two();
    world.create(1, "Sains", "public");
    const query = { type: "createRoom", kind: "public", name } as const;
    assertEquals(world.ask(2, query), refusal);
  });
}

Deno.test("ChatServer keeps the streams of a room from each other's messages", () => {
  const world = two();
  const roomId = world.create(1, "Sains", "public");
  world.enter(11, 1, roomId);
  world.send(11, { type: "leave" });
  assertEquals(world.closed.get(1)?.type, "chatProtocol");
  const asked = two();
  asked.enter(11, 1, asked.create(1, "Sains", "public"));
  asked.send(11, { type: "request", requestId: 1, query: { type: "rooms" } });
  assertEquals(asked.closed.get(1)?.type, "chatProtocol");
});

Deno.test("ChatServer closes who says something on a stream before it enters", () => {
  const world = two();
  world.server.openStream({ member: 11, device: 1 });
  world.say(11, "hi", 1);
  assertEquals(world.closed.get(1)?.type, "chatProtocol");
  world.send(2, { type: "enter", roomId: 1 });
  assertEquals(world.closed.get(2)?.type, "chatProtocol");
});

Deno.test("ChatServer takes no more of a stream until its room is there", () => {
  const world = two();
  const roomId = world.create(1, "Sains", "public");
  world.isHeld = true;
  world.enter(11, 1, roomId);
  assertEquals([world.server.isPaused(11), world.take(11)], [true, []]);
  world.answer();
  assertEquals(world.server.isPaused(11), false);
  assertEquals(world.takeTypes(11), ["welcome"]);
});

Deno.test("ChatServer tells a room who comes and goes, and of all rooms who is lost", () => {
  const world = two();
  const roomId = world.create(1, "Sains", "public");
  world.ask(2, { type: "joinRoom", name: "Sains" });
  world.enter(11, 1, roomId);
  world.enter(12, 2, roomId);
  assertEquals(world.takeTypes(11), ["welcome", "joined"]);
  world.server.closeStream(12, 0);
  world.drain();
  assertEquals(world.takeTypes(11), ["left"]);
  world.enter(13, 2, roomId);
  world.take(1);
  world.lose(2);
  assertEquals(world.takeTypes(11), ["joined", "left"]);
  assertEquals(world.takeTypes(1), ["left"]);
});

Deno.test("ChatServer lets a client return to its rooms unnoticed", () => {
  const world = two();
  const roomId = world.create(1, "Sains", "public");
  world.ask(2, { type: "joinRoom", name: "Sains" });
  world.enter(11, 1, roomId);
  world.enter(12, 2, roomId);
  world.take(11);
  world.join(3, "Budi", { client: 2 });
  assertEquals(world.closed.get(2), { type: "replaced" });
  world.lose(2);
  world.enter(13, 3, roomId);
  assertEquals(world.take(11), []);
  world.say(11, "still here?", 1);
  assertEquals(world.takeTypes(13), ["welcome", "event"]);
  // One that does not enter again has left with its connection.
  world.join(4, "Budi", { client: 2 });
  assertEquals(world.takeTypes(11), ["stored"]);
  world.lose(4);
  assertEquals(world.takeTypes(11), ["left"]);
});

Deno.test("ChatServer ends the older of two streams of a client to one room", () => {
  const world = two();
  const roomId = world.create(1, "Sains", "public");
  world.enter(11, 1, roomId);
  world.enter(12, 1, roomId);
  assertEquals(world.ended, [11]);
  world.say(11, "nothing", 1);
  world.say(12, "something", 2);
  assertEquals(world.disk.eventsOf(roomId).length, 1);
});

Deno.test("ChatServer lets who leaves a room back only if it may", () => {
  const world = two();
  const roomId = world.create(1, "Rahasia", "private");
  world.enter(11, 1, roomId);
  world.ask(11, { type: "invite", name: "Budi" });
  world.enter(12, 2, roomId);
  world.take(11);
  world.take(2);
  assertEquals(world.ask(2, { type: "leaveRoom", roomId }), {
    type: "leaveRoom",
  });
  assertEquals(world.take(2), [
    { type: "roomClosed", roomId, reason: "left" },
  ]);
  assertEquals([world.ended, world.takeTypes(11)], [[12], ["left"]]);
  assertEquals(world.ask(2, { type: "joinRoom", name: "Rahasia" }), {
    code: "noSuchRoom",
  });
  assertEquals(world.ask(2, { type: "leaveRoom", roomId: 1 }), {
    code: "noSuchRoom",
  });
});

Deno.test("ChatServer begins one talk of two, which outlives the server and both", () => {
  const disk = new TestDisk();
  const before = two(disk);
  const answer = before.ask(1, { type: "direct", name: "Budi" });
  assertEquals(answer, { type: "direct", roomId: 2 });
  const opened = { type: "roomOpened", roomId: 2, kind: "direct" } as const;
  assertEquals(before.take(1), [{ ...opened, name: "Budi", by: "" }]);
  assertEquals(before.take(2), [{ ...opened, name: "Ani", by: "Ani" }]);
  before.enter(11, 1, 2);
  before.say(11, "between us", 1);
  assertEquals(before.ask(2, { type: "direct", name: "Ani" }), answer);

  const world = two(disk);
  assertEquals(world.ask(2, { type: "direct", name: "Ani" }), answer);
  world.enter(12, 2, 2);
  const [welcome, said] = world.take(12);
  assert(welcome?.type === "welcome" && said?.type === "event");
  assertEquals([welcome.room, welcome.kind], ["Ani", "direct"]);
  world.join(3, "Citra");
  world.take(3);
  world.enter(13, 3, 2);
  assertEquals([world.take(13), world.ended], [[], [13]]);
});

Deno.test("ChatServer finds a talk by the name of who is away", () => {
  const disk = new TestDisk();
  const before = two(disk);
  const query = { type: "direct", name: "BUDI" } as const;
  assertEquals(before.ask(1, query), { type: "direct", roomId: 2 });
  const world = new TestServer(disk);
  world.join(1, "Ani", { account: ANI });
  world.join(3, "Citra");
  assertEquals(world.ask(1, query), { type: "direct", roomId: 2 });
  assertEquals(world.ask(3, query), { code: "unknownName" });
  // Somebody else who is here now has that name.
  world.join(4, "Budi", { client: 9 });
  assertEquals(world.ask(1, query), { type: "direct", roomId: 3 });
});

for (
  const [what, name, refusal] of [
    ["oneself", "Ani", { code: "notPossible" }],
    ["nobody", "Nobody", { code: "unknownName" }],
    ["no name", "", { code: "unknownName" }],
  ] as const
) {
  Deno.test(`ChatServer refuses a talk with ${what}`, () => {
    assertEquals(two().ask(1, { type: "direct", name }), refusal);
  });
}

Deno.test("ChatServer lets nobody leave a talk, or end it", () => {
  const world = two();
  world.ask(1, { type: "direct", name: "Budi" });
  assertEquals(world.ask(1, { type: "leaveRoom", roomId: 2 }), {
    code: "notPossible",
  });
  world.enter(11, 1, 2);
  assertEquals(world.ask(11, { type: "archive" }), { code: "notPossible" });
  assertEquals(world.ask(1, { type: "archive" }), { code: "notPossible" });
});

Deno.test("ChatServer lets who made a room, or a moderator, end it", () => {
  const world = two();
  const roomId = world.create(2, "Sains", "public");
  world.ask(1, { type: "joinRoom", name: "Sains" });
  world.enter(11, 1, roomId);
  world.enter(12, 2, roomId);
  assertEquals(world.ask(11, { type: "archive" }), {
    code: "needsRole",
    role: "moderator",
  });
  for (const member of [1, 2, 11, 12]) world.take(member);
  world.isHeld = true;
  assertEquals(world.ask(12, { type: "archive" }), undefined);
  world.say(11, "too late", 5);
  assertEquals(world.take(11), [
    { type: "refused", id: idOf(5), refusal: { code: "archived" } },
  ]);
  world.isHeld = false;
  world.answer();
  assertEquals(world.takeTypes(12), ["answer"]);
  for (const member of [1, 2]) {
    assertEquals(world.take(member), [
      { type: "roomClosed", roomId, reason: "archived" },
    ]);
  }
  assertEquals(world.ended.toSorted(), [11, 12]);
  assertEquals(world.ask(1, { type: "joinRoom", name: "Sains" }), {
    code: "noSuchRoom",
  });
  const next = world.create(2, "Sains", "public");
  assertEquals(next, roomId + 1);
  world.join(3, "Citra", { account: MODERATOR });
  world.ask(3, { type: "joinRoom", name: "Sains" });
  world.enter(13, 3, next);
  assertEquals(world.ask(13, { type: "archive" }), { type: "archive" });
});

Deno.test("ChatServer.registry locks a room for all but moderators", () => {
  const world = two();
  world.join(3, "Citra", { account: MODERATOR });
  for (const member of [1, 2, 3]) world.take(member);
  assertEquals(world.setGate(1, { type: "lock", isOn: true }), undefined);
  const changed = { type: "roomChanged", slowSeconds: 0 } as const;
  assertEquals(world.take(1), [{ ...changed, isLocked: true }]);
  world.say(2, "hello?", 1);
  assertEquals(world.take(2).at(-1), {
    type: "refused",
    id: idOf(1),
    refusal: { code: "locked" },
  });
  world.say(3, "quiet please", 2);
  assertEquals(world.takeTexts(2), ["quiet please"]);
  const nowhere = world.setGate(99, { type: "lock", isOn: true });
  assertEquals(nowhere, { code: "noSuchRoom" });
});

Deno.test("ChatServer.registry makes people wait between their messages", () => {
  const world = two();
  world.setGate(1, { type: "slow", seconds: 30 });
  world.say(2, "one", 1);
  world.nowUs += 10_000_000;
  world.take(2);
  world.say(2, "two", 2);
  assertEquals(world.take(2), [{
    type: "refused",
    id: idOf(2),
    refusal: { code: "slowMode", retryAfterSeconds: 20 },
  }]);
  const act = { type: "react", target: 1, emoji: "👍", isOn: true } as const;
  world.send(2, { type: "act", id: idOf(3), act });
  world.nowUs += 20_000_000;
  world.say(2, "two", 4);
  assertEquals(world.takeTypes(2), ["stored", "stored"]);
});

Deno.test("ChatServer knows after a start which rooms are locked and slow", () => {
  const disk = new TestDisk();
  const before = two(disk);
  before.setGate(1, { type: "lock", isOn: true });
  before.setGate(1, { type: "slow", seconds: 30 });
  const world = new TestServer(disk);
  world.join(1, "Ani");
  const [welcome] = world.take(1);
  assert(welcome?.type === "welcome");
  assertEquals([welcome.isLocked, welcome.slowSeconds], [true, 30]);
});

Deno.test("ChatServer.stop() closes everybody when all rooms and changes are on the disk", () => {
  const world = two();
  const roomId = world.create(1, "Sains", "public");
  world.enter(11, 1, roomId);
  world.isHeld = true;
  world.say(11, "last words", 1);
  world.server.stop();
  world.drain();
  assertEquals(world.closed.size, 0);
  world.answer();
  assertEquals(world.closed.get(1), { type: "serverStopped" });
  assertEquals(world.takeTypes(11), ["welcome", "stored"]);
});

Deno.test("ChatServer syncs a room from where its client stands", () => {
  const world = two();
  const roomId = world.create(1, "Sains", "public");
  world.ask(2, { type: "joinRoom", name: "Sains" });
  world.enter(11, 1, roomId);
  for (let i = 1; i <= 3; i++) world.say(11, `text ${i}`, i);
  world.server.openStream({ member: 12, device: 2 });
  world.send(12, { type: "enter", roomId });
  world.send(12, { type: "sync", epochId: EPOCH, lastSequence: 2 });
  assertEquals(world.takeTexts(12), ["text 3"]);
});

Deno.test("fuzz ChatServer.handleData() of any stream harms only its sender", () => {
  const prng = new Prng("room streams");
  const world = two();
  const roomId = world.create(1, "Sains", "public");
  world.enter(11, 1, roomId);
  const frames = [
    { type: "enter", roomId },
    { type: "enter", roomId: 1 },
    { type: "enter", roomId: 99 },
    { type: "sync", epochId: new Uint8Array(8), lastSequence: 0 },
    { type: "sync", epochId: EPOCH, lastSequence: 0 },
    { type: "act", id: idOf(1), act: plainMessage("x") },
    { type: "leave" },
    { type: "request", requestId: 1, query: { type: "archive" } },
    { type: "request", requestId: 2, query: { type: "invite", name: "Ani" } },
    { type: "request", requestId: 3, query: { type: "rooms" } },
    { type: "request", requestId: 4, query: { type: "leaveRoom", roomId } },
  ] as const;
  let said = 0;
  for (let round = 0; round < 500; round++) {
    const device = 100 + 10 * round;
    world.join(device, "Zul", { client: 99 });
    world.ask(device, { type: "joinRoom", name: "Sains" });
    world.server.openStream({ member: device + 1, device });
    world.server.openStream({ member: device + 2, device });
    for (let step = 0; step < 12; step++) {
      const member = device + prng.below(3);
      const frame = frames[prng.below(frames.length)]!;
      const deed = prng.below(8);
      if (deed === 0) world.sendBytes(member, prng.bytes(9));
      else if (deed === 1) {
        world.server.closeStream(member, 0);
        world.drain();
      } else world.send(member, frame);
    }
    if (prng.ratio(1, 2)) world.lose(device);
    world.nowUs += 1_000_000;
    world.take(1);
    world.say(11, `text ${round}`, 1_000 + round);
    assertEquals(world.takeTypes(11).includes("stored"), true, `${round}`);
    said++;
  }
  assertEquals([world.closed.get(1), said], [undefined, 500]);
});
