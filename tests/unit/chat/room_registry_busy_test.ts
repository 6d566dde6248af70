/** How much may wait for the disk. */
import { assertEquals } from "@std/assert";
import { MAX_WAITING_CHANGES } from "../../../lib/chat/limits.ts";
import { TestServer } from "./test_server.ts";

Deno.test("ChatServer refuses changes of rooms while too many wait, and takes them again later", () => {
  const world = new TestServer();
  const account = { accountId: 7, role: "moderator" } as const;
  world.join(1, "Ani", { account });
  const roomId = world.create(1, "Sains", "public");
  world.enter(11, 1, roomId);
  world.isHeld = true;
  for (let i = 0; i < MAX_WAITING_CHANGES; i++) {
    const answer = world.ask(1, { type: "slow", seconds: i % 60 });
    assertEquals(answer, undefined);
  }
  const busy = { code: "busy", retryAfterSeconds: 1 } as const;
  const create = { type: "createRoom", kind: "public", name: "Seni" } as const;
  assertEquals(world.ask(1, { type: "slow", seconds: 9 }), busy);
  assertEquals(world.ask(1, { type: "lock", isOn: true }), busy);
  assertEquals(world.ask(1, create), busy);
  assertEquals(world.ask(1, { type: "leaveRoom", roomId }), busy);
  assertEquals(world.ask(11, { type: "archive" }), busy);
  world.isHeld = false;
  world.answer();
  assertEquals(world.ask(1, create), {
    type: "createRoom",
    roomId: roomId + 1,
  });
});
