/** How many rooms there may be, and how many people in them. */
import { assertEquals } from "@std/assert";
import {
  MAX_CREATED_ROOMS,
  MAX_PRIVATE_MEMBERS,
  MAX_ROOMS,
  MAX_ROOMS_OF_PERSON,
} from "../../../lib/chat/limits.ts";
import { authorKeyOf, type TestAccount } from "./test_room.ts";
import { TestDisk, TestServer } from "./test_server.ts";

const ANI: TestAccount = { accountId: 7, role: "member" };

/** Ani (1) and Budi (2). */
function two(disk: TestDisk): TestServer {
  const world = new TestServer(disk);
  world.join(1, "Ani", { account: ANI });
  world.join(2, "Budi");
  for (const member of [1, 2]) world.take(member);
  return world;
}

/** Where there is no room, guests who do not come back are looked for first. */
const LOOKING_FOR_ROOM = { code: "busy", retryAfterSeconds: 1 } as const;

Deno.test("ChatServer lets a person make so many rooms, and be in so many", () => {
  const world = two(new TestDisk());
  for (let i = 0; i < MAX_CREATED_ROOMS; i++) {
    world.create(1, `Kelas ${i}x`, "public");
    world.create(2, `Klub ${i}x`, "public");
  }
  const query = { type: "createRoom", kind: "public", name: "Satu" } as const;
  assertEquals(world.ask(1, query), {
    code: "createdTooManyRooms",
    limitRooms: MAX_CREATED_ROOMS,
  });
  world.join(3, "Citra");
  for (let i = 0; i < 10; i++) world.create(3, `Seni ${i}x`, "public");
  for (let i = 0; i < MAX_CREATED_ROOMS; i++) {
    world.ask(3, { type: "joinRoom", name: `Kelas ${i}x` });
    world.ask(3, { type: "joinRoom", name: `Klub ${i}x` });
  }
  const full = {
    code: "inTooManyRooms",
    limitRooms: MAX_ROOMS_OF_PERSON,
  } as const;
  assertEquals(world.ask(3, query), LOOKING_FOR_ROOM);
  assertEquals(world.ask(3, query), full);
  assertEquals(world.ask(1, { type: "direct", name: "Citra" }), full);
  // Where it is already, it may be.
  const again = world.ask(3, { type: "joinRoom", name: "Klub 3x" });
  assertEquals(again !== undefined && "type" in again, true);
});

Deno.test("ChatServer has so many rooms at most", () => {
  const disk = new TestDisk();
  for (let roomId = 2; roomId <= MAX_ROOMS; roomId++) {
    const name = `Kelas ${roomId}x`;
    const room = { ...disk.rooms.known.rooms[0]!, roomId, name };
    disk.rooms.apply({ type: "createRoom", room, members: [], timeMs: 0 });
  }
  const world = two(disk);
  const query = { type: "createRoom", kind: "public", name: "Satu" } as const;
  assertEquals(world.ask(1, query), LOOKING_FOR_ROOM);
  assertEquals(world.ask(1, query), {
    code: "tooManyRooms",
    limitRooms: MAX_ROOMS,
  });
});

Deno.test("ChatServer lets so many belong to a private room", () => {
  const disk = new TestDisk();
  const members = Array.from({ length: MAX_PRIVATE_MEMBERS - 1 }, (_, i) => ({
    person: authorKeyOf(1_000 + i),
    name: `Tamu ${i}`,
  }));
  const owner = { person: "account:7", name: "Ani" };
  const room = {
    ...disk.rooms.known.rooms[0]!,
    roomId: 2,
    kind: "private" as const,
    name: "Rahasia",
    creator: owner.person,
  };
  const all = [owner, ...members];
  disk.rooms.apply({ type: "createRoom", room, members: all, timeMs: 0 });
  const world = two(disk);
  world.enter(11, 1, 2);
  const query = { type: "invite", name: "Budi" } as const;
  assertEquals(world.ask(11, query), LOOKING_FOR_ROOM);
  assertEquals(world.ask(11, query), {
    code: "roomFull",
    limitMembers: MAX_PRIVATE_MEMBERS,
  });
});
