/** Receipts in rooms that people belong to whether they are there or not. */

import { assertEquals } from "@std/assert";
import { US_PER_S } from "../../../lib/base/time.ts";
import type { TestAccount } from "./test_room.ts";
import { TestDisk, TestServer } from "./test_server.ts";

const ANI: TestAccount = { accountId: 7, role: "member" };

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
