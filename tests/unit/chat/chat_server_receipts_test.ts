/** Who has read what, in all rooms: what is told and what is kept of it. */

import { assertEquals } from "@std/assert";
import { US_PER_S } from "../../../lib/base/time.ts";
import type { TestAccount } from "./test_room.ts";
import { TestDisk, TestServer } from "./test_server.ts";

const ANI: TestAccount = { accountId: 7, role: "member" };
const BUDI: TestAccount = { accountId: 8, role: "member" };

/** Ani (1), Budi (2), and a private room of theirs in which Ani (11) wrote. */
function talk(disk: TestDisk): { world: TestServer; roomId: number } {
  const world = new TestServer(disk);
  world.join(1, "Ani", { account: ANI });
  world.join(2, "Budi");
  const roomId = world.create(1, "Sains", "private");
  world.enter(11, 1, roomId);
  world.ask(11, { type: "invite", name: "Budi" });
  world.say(11, "halo", 1);
  tick(world);
  world.take(11);
  return { world, roomId };
}

function tick(world: TestServer): void {
  world.nowUs += US_PER_S;
  world.server.handleTimeout(world.nowUs);
  world.drain();
}

Deno.test("ChatServer counts who belongs to a private room and is not there", () => {
  const { world, roomId } = talk(new TestDisk());
  world.join(3, "Cici");
  world.ask(11, { type: "invite", name: "Cici" });
  world.enter(12, 2, roomId);
  world.send(12, { type: "position", delivered: 1, read: 0 });
  world.take(11);
  tick(world);
  const receipts = [{ sequence: 1, delivered: 1, read: 0, of: 2 }];
  assertEquals(world.take(11).at(-1), { type: "receipt", receipts });
});

Deno.test("ChatServer keeps over its own end what somebody has read", () => {
  const disk = new TestDisk();
  const { world, roomId } = talk(disk);
  world.enter(12, 2, roomId);
  world.send(12, { type: "position", delivered: 1, read: 1 });
  tick(world);
  const later = new TestServer(disk);
  later.join(2, "Budi");
  later.enter(12, 2, roomId);
  const [welcome] = later.take(12);
  assertEquals(welcome?.type === "welcome" && welcome.readSequence, 1);
});

Deno.test("ChatServer tells a person's device in a room what it has read there on another", () => {
  const { world, roomId } = talk(new TestDisk());
  world.join(4, "Ani", { account: ANI });
  world.join(3, "Ani", { account: ANI });
  world.enter(14, 4, roomId);
  world.ask(2, { type: "direct", name: "Ani" });
  world.enter(12, 2, roomId);
  world.say(12, "apa kabar", 1);
  for (const member of [1, 11, 3, 4, 14]) world.take(member);
  world.send(14, { type: "position", delivered: 2, read: 2 });
  tick(world);
  assertEquals(world.take(11), [{ type: "read", readSequence: 2 }]);
  // Not where that device is not in the room, nor in another room.
  for (const member of [1, 3, 4, 14]) assertEquals(world.take(member), []);
});

Deno.test("ChatServer lists rooms with what was read in this moment on another device", () => {
  const { world, roomId } = talk(new TestDisk());
  world.send(11, { type: "position", delivered: 1, read: 1 });
  world.join(4, "Ani", { account: ANI });
  const list = world.take(4).find(({ type }) => type === "roomList");
  assertEquals(
    list?.type === "roomList" &&
      list.rooms.map((room) => [room.roomId, room.readSequence]),
    [[roomId, 1]],
  );
});

/** Budi (2) has read message 1 of Ani (1) in the default room, not the next. */
function hall(disk: TestDisk): TestServer {
  const world = new TestServer(disk);
  world.join(1, "Ani", { account: ANI });
  world.join(2, "Budi", { account: BUDI });
  world.say(1, "halo", 1);
  world.say(1, "apa kabar", 2);
  world.send(2, { type: "position", delivered: 2, read: 1 });
  return world;
}

/** What a new device of Budi (22, of client 5) comes to know as read. */
function readOn(disk: TestDisk): number {
  const world = new TestServer(disk);
  world.join(22, "Budi", { account: BUDI, client: 5 });
  tick(world);
  const known = world.take(22).flatMap((message) =>
    "readSequence" in message ? [message.readSequence] : []
  );
  return Math.max(...known);
}

Deno.test("ChatServer keeps over its own end what was read in the default room", () => {
  const disk = new TestDisk();
  const world = hall(disk);
  world.server.stop();
  world.drain();
  assertEquals(world.closed.get(2), { type: "serverStopped" });
  assertEquals(readOn(disk), 1);
});

Deno.test("ChatServer keeps in other rooms what was read in the moment of its end", () => {
  const disk = new TestDisk();
  const { world, roomId } = talk(disk);
  world.enter(12, 2, roomId);
  world.send(12, { type: "position", delivered: 1, read: 1 });
  world.server.stop();
  world.drain();
  const later = new TestServer(disk);
  later.join(2, "Budi");
  later.enter(12, 2, roomId);
  const [welcome] = later.take(12);
  assertEquals(welcome?.type === "welcome" && welcome.readSequence, 1);
});

Deno.test("ChatServer keeps for when it is killed what was read in the default room a minute before", () => {
  const disk = new TestDisk();
  const world = hall(disk);
  tick(world);
  assertEquals(readOn(disk), 1);
  world.send(2, { type: "position", delivered: 2, read: 2 });
  tick(world);
  assertEquals(readOn(disk), 1);
  // Also if nothing else happens, and who has read it is gone.
  world.lose(2);
  tick(world);
  const nextUs = world.server.nextTimeoutUs()!;
  assertEquals(nextUs, 61 * US_PER_S);
  world.server.handleTimeout(nextUs);
  world.drain();
  assertEquals(readOn(disk), 2);
  assertEquals(world.server.nextTimeoutUs(), undefined);
});

Deno.test("ChatServer tells a device what was read in the default room if that is looked up after its welcome", () => {
  const disk = new TestDisk();
  const world = hall(disk);
  world.server.stop();
  world.drain();
  const later = new TestServer(disk);
  later.isHeld = true;
  later.join(22, "Budi", { account: BUDI, client: 5 });
  const [welcome] = later.take(22);
  assertEquals(welcome?.type === "welcome" && welcome.readSequence, 0);
  later.answer();
  tick(later);
  assertEquals(later.take(22).at(-1), { type: "read", readSequence: 1 });
});

Deno.test("ChatServer knows of who comes back what it has read and is not on the disk", () => {
  const disk = new TestDisk();
  const world = hall(disk);
  tick(world);
  world.send(2, { type: "position", delivered: 2, read: 2 });
  world.lose(2);
  world.join(22, "Budi", { account: BUDI, client: 5 });
  const [welcome] = world.take(22);
  assertEquals(welcome?.type === "welcome" && welcome.readSequence, 2);
});
