import { assertEquals } from "@std/assert";
import { US_PER_S } from "../../../lib/base/time.ts";
import { eventsOf, TestRoom } from "./test_room.ts";

const ANI = 1;
const BUDI = 2;
const CICI = 3;
/** Budi's other device. */
const PHONE = 4;

/** Ani wrote message 1, which everybody was sent. */
function wrote(): TestRoom {
  const room = new TestRoom();
  room.enter(ANI, "Ani");
  room.enter(BUDI, "Budi");
  room.enter(CICI, "Cici");
  room.say(ANI, "halo", 1);
  tick(room);
  for (const member of [ANI, BUDI, CICI]) room.take(member);
  return room;
}

function tick(room: TestRoom): void {
  room.nowUs += US_PER_S;
  room.server.handleTimeout(room.nowUs);
  room.drain();
}

function reads(
  room: TestRoom,
  member: number,
  delivered = 1,
  read = delivered,
) {
  room.send(member, { type: "position", delivered, read });
}

Deno.test("Room tells an author who has a message, and nobody else", () => {
  const room = wrote();
  reads(room, BUDI);
  reads(room, CICI, 1, 0);
  assertEquals(room.server.nextTimeoutUs(), 2 * US_PER_S);
  tick(room);
  const receipts = [{ sequence: 1, delivered: 2, read: 1, of: 2 }];
  assertEquals(room.take(ANI), [{ type: "receipt", receipts }]);
  assertEquals([room.take(BUDI), room.take(CICI)], [[], []]);
  assertEquals(room.server.nextTimeoutUs(), undefined);
});

Deno.test("Room counts who left no more", () => {
  const room = wrote();
  reads(room, BUDI);
  room.lose(CICI);
  room.take(ANI);
  tick(room);
  const receipts = [{ sequence: 1, delivered: 1, read: 1, of: 1 }];
  assertEquals(room.take(ANI), [{ type: "receipt", receipts }]);
});

Deno.test("Room tells all devices of an author, and counts its person once", () => {
  const room = new TestRoom();
  const account = { accountId: 7, role: "member" } as const;
  room.enter(ANI, "Ani", 1, account);
  room.enter(4, "Ani", 4, account);
  room.enter(BUDI, "Budi");
  room.say(ANI, "halo", 1);
  reads(room, 4, 1, 0);
  reads(room, BUDI);
  room.take(ANI);
  room.take(4);
  tick(room);
  const receipts = [{ sequence: 1, delivered: 1, read: 1, of: 1 }];
  assertEquals(room.take(ANI), [{ type: "receipt", receipts }]);
  assertEquals(room.take(4), [{ type: "receipt", receipts }]);
});

Deno.test("Room tells an author again that comes back on a new connection", () => {
  const room = wrote();
  reads(room, BUDI);
  tick(room);
  room.take(ANI);
  room.enter(9, "Ani", ANI);
  room.take(9);
  tick(room);
  const receipts = [{ sequence: 1, delivered: 1, read: 1, of: 2 }];
  assertEquals(room.take(9), [{ type: "receipt", receipts }]);
});

Deno.test("Room tells authors of what they wrote before the server was started", () => {
  const room = new TestRoom({}, { events: eventsOf(1, 3) });
  room.enter(ANI, "Zul", 99);
  room.enter(BUDI, "Budi");
  room.take(ANI);
  reads(room, BUDI, 2, 1);
  tick(room);
  assertEquals(room.take(ANI), [{
    type: "receipt",
    receipts: [
      { sequence: 1, delivered: 1, read: 1, of: 1 },
      { sequence: 2, delivered: 1, read: 0, of: 1 },
    ],
  }]);
});

Deno.test("Room welcomes a person with what it has read", () => {
  const room = wrote();
  reads(room, BUDI);
  room.enter(9, "Budi", BUDI);
  const [welcome] = room.take(9);
  assertEquals(welcome?.type === "welcome" && welcome.readSequence, 1);
});

/** Ani wrote messages 1 and 2, which Budi has on two devices. */
function onTwoDevices(): TestRoom {
  const room = new TestRoom();
  const account = { accountId: 7, role: "member" } as const;
  room.enter(ANI, "Ani");
  room.enter(BUDI, "Budi", BUDI, account);
  room.enter(PHONE, "Budi", PHONE, account);
  room.say(ANI, "halo", 1);
  room.say(ANI, "apa kabar", 2);
  tick(room);
  for (const member of [ANI, BUDI, PHONE]) room.take(member);
  return room;
}

Deno.test("Room tells a person's other devices once what it has read on one", () => {
  const room = onTwoDevices();
  reads(room, BUDI, 2, 1);
  assertEquals(room.take(PHONE), []);
  tick(room);
  assertEquals(room.take(PHONE), [{ type: "read", readSequence: 1 }]);
  assertEquals(room.take(BUDI), []);
  assertEquals(room.take(ANI).map(({ type }) => type), ["receipt"]);
  reads(room, PHONE, 2, 1);
  tick(room);
  assertEquals([room.take(PHONE), room.take(BUDI)], [[], []]);
});

Deno.test("Room tells no device what that has read itself, or what only came to another", () => {
  const room = onTwoDevices();
  reads(room, BUDI, 2, 2);
  reads(room, PHONE, 2, 2);
  tick(room);
  assertEquals([room.take(PHONE), room.take(BUDI)], [[], []]);
  room.say(ANI, "halo?", 3);
  room.take(PHONE);
  reads(room, BUDI, 3, 2);
  tick(room);
  assertEquals(room.take(PHONE), []);
});

Deno.test("Room tells each device of what it has not read, once a second at most", () => {
  const room = onTwoDevices();
  reads(room, BUDI, 2, 1);
  tick(room);
  reads(room, PHONE, 2, 2);
  room.server.handleTimeout(room.nowUs);
  room.drain();
  assertEquals(room.take(BUDI), []);
  tick(room);
  assertEquals(room.take(BUDI), [{ type: "read", readSequence: 2 }]);
  assertEquals(room.take(PHONE), [{ type: "read", readSequence: 1 }]);
});

Deno.test("Room tells what is read of no messages that are not published", () => {
  const room = onTwoDevices();
  reads(room, BUDI, 9, 9);
  tick(room);
  assertEquals(room.take(PHONE), [{ type: "read", readSequence: 2 }]);
});

Deno.test("Room does not tell a device again what its welcome said", () => {
  const room = onTwoDevices();
  reads(room, BUDI, 2, 2);
  room.enter(9, "Budi", 9, { accountId: 7, role: "member" });
  const [welcome] = room.take(9);
  assertEquals(welcome?.type === "welcome" && welcome.readSequence, 2);
  tick(room);
  const types = room.take(9).map(({ type }) => type);
  assertEquals(types.includes("read"), false);
  assertEquals(room.take(PHONE).at(-1), { type: "read", readSequence: 2 });
});
