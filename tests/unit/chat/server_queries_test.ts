import { assertEquals } from "@std/assert";
import { MAX_OPEN_REQUESTS } from "../../../lib/chat/limits.ts";
import { TestServer } from "./test_server.ts";

const JOIN = { type: "joinRoom", name: "Sains" } as const;

/** Ani (1), who has made a room, and Budi (2), of whom nothing is known yet. */
function arriving(): { world: TestServer; roomId: number } {
  const world = new TestServer();
  world.join(1, "Ani");
  const roomId = world.create(1, "Sains", "public");
  world.isHeld = true;
  world.join(2, "Budi");
  return { world, roomId };
}

Deno.test("ServerQueries lets who asks at once wait until it is known where that is", () => {
  const { world, roomId } = arriving();
  world.take(2);
  assertEquals(world.ask(2, JOIN), undefined);
  assertEquals(world.ask(2, { type: "rooms" }), undefined);
  world.answer();
  assertEquals(world.takeTypes(2), ["roomList", "answer"]);
  world.answer();
  const [opened, joined] = world.take(2);
  assertEquals(opened?.type, "roomOpened");
  assertEquals(joined, {
    type: "answer",
    requestId: 2,
    answer: { type: "joinRoom", roomId },
  });
});

Deno.test("ServerQueries lets only so many questions of one person wait", () => {
  const { world } = arriving();
  for (let i = 0; i < MAX_OPEN_REQUESTS; i++) {
    assertEquals(world.ask(2, JOIN), undefined);
  }
  assertEquals(world.ask(2, JOIN), {
    code: "tooManyOpen",
    limitRequests: MAX_OPEN_REQUESTS,
  });
});

Deno.test("ServerQueries forgets what somebody has asked who has gone", () => {
  const { world } = arriving();
  world.ask(2, JOIN);
  world.lose(2);
  world.isHeld = false;
  world.answer();
  world.join(3, "Citra");
  world.ask(3, JOIN);
  assertEquals(world.ask(3, { type: "rooms" }), {
    type: "rooms",
    rooms: [{ roomId: 2, name: "Sains", present: 0, isIn: true }],
  });
});
