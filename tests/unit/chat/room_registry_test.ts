/** What people are told of rooms while the disk is slow. */

import { assert, assertEquals } from "@std/assert";
import type { TestAccount } from "./test_room.ts";
import { TestServer } from "./test_server.ts";

const ANI: TestAccount = { accountId: 7, role: "member" };

/** Ani (1) and Budi (2), who have read what they were sent. */
function two(): TestServer {
  const world = new TestServer();
  world.join(1, "Ani", { account: ANI });
  world.join(2, "Budi");
  for (const member of [1, 2]) world.take(member);
  return world;
}

Deno.test("RoomRegistry tells nobody of a room that the disk does not have", () => {
  const world = two();
  world.isHeld = true;
  const query = { type: "createRoom", kind: "public", name: "Sains" } as const;
  assertEquals(world.ask(1, query), undefined);
  assertEquals(world.take(1), []);
  // For what is asked next it counts already.
  assertEquals(world.ask(2, query), { code: "roomNameTaken" });
  world.answer();
  assertEquals(world.takeTypes(1), ["roomOpened", "answer"]);
});

Deno.test("RoomRegistry lists no room to another device before the disk has it", () => {
  const world = two();
  world.isHeld = true;
  world.ask(1, { type: "createRoom", kind: "public", name: "Sains" });
  world.join(3, "Ani", { account: ANI });
  const list = world.take(3).find(({ type }) => type === "roomList");
  assertEquals(list, { type: "roomList", rooms: [] });
  world.answer();
  assertEquals(world.takeTypes(3), ["roomOpened"]);
});

Deno.test("RoomRegistry lists a room that is left or ended until the disk knows", () => {
  for (const type of ["leaveRoom", "archive"] as const) {
    const world = two();
    const roomId = world.create(1, "Sains", "public");
    world.enter(11, 1, roomId);
    world.isHeld = true;
    if (type === "archive") world.ask(11, { type });
    else world.ask(1, { type, roomId });
    world.join(3, "Ani", { account: ANI });
    const list = world.take(3).find(({ type }) => type === "roomList");
    assert(list?.type === "roomList");
    assertEquals(list.rooms.map(({ roomId }) => roomId), [roomId]);
    // It is not let in any more, and told why when that is sure.
    world.enter(13, 3, roomId);
    assertEquals(world.ended, [13]);
    world.answer();
    assertEquals(world.takeTypes(3), ["roomClosed"]);
  }
});
