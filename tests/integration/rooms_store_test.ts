/** Rooms of a server over a real database, and a restart in between. */
import { assert, assertEquals } from "@std/assert";
import {
  GUEST_MEMBERSHIP_DAYS,
  MAX_PRIVATE_MEMBERS,
} from "../../lib/chat/limits.ts";
import { TIME } from "../unit/chat/test_room.ts";
import { withFolder } from "../unit/store/temporary_folder.ts";
import { startStored, type StoredServer } from "./stored_server.ts";

const ANI = { accountId: 7, role: "member" } as const;

Deno.test(
  "rooms, who is in them and what was said there outlive the server",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const first = startStored(path);
    first.world.join(1, "Ani", { account: ANI });
    first.world.join(2, "Budi");
    const hidden = first.world.create(1, "Rahasia", "private");
    const open = first.world.create(2, "Sains", "public");
    const talk = first.world.ask(2, { type: "direct", name: "Ani" });
    assert(talk !== undefined && "roomId" in talk);
    first.world.enter(11, 1, hidden);
    first.world.ask(11, { type: "invite", name: "Budi" });
    for (
      const [member, device, roomId] of [[12, 2, talk.roomId], [13, 2, open]]
    ) {
      first.world.enter(member!, device!, roomId!);
    }
    first.world.say(11, "hidden", 1);
    first.world.say(12, "between us", 2);
    first.world.say(13, "for all", 3);
    first.keeper.handleRequest({ type: "close" });

    const { world, keeper } = startStored(path);
    // Another device of Ani, the same client of Budi.
    world.join(5, "Ani", { account: ANI, client: 9 });
    world.join(6, "Budi", { client: 2 });
    const list = world.take(6).find(({ type }) => type === "roomList");
    assert(list?.type === "roomList");
    assertEquals(
      list.rooms.map(({ kind, name, lastSequence }) => [
        kind,
        name,
        lastSequence,
      ]),
      [["private", "Rahasia", 1], ["public", "Sains", 1], ["direct", "Ani", 1]],
    );
    world.enter(15, 5, talk.roomId);
    assertEquals(world.takeTexts(15), ["between us"]);
    world.enter(16, 6, hidden);
    assertEquals(world.takeTexts(16), ["hidden"]);
    world.say(15, "still here", 4);
    world.enter(17, 6, talk.roomId);
    assertEquals(world.takeTexts(17), ["between us", "still here"]);
    assertEquals(world.closed.size, 0);
    keeper.handleRequest({ type: "close" });
  }),
);

const DAY_MS = 86_400_000;

/** A day after the last day on which a guest belongs to something. */
const LATER_MS = TIME + (GUEST_MEMBERSHIP_DAYS + 1) * DAY_MS;

/** Ani makes a private room with as many guests as it may have, and goes on with one. */
function fillRoom({ world }: StoredServer): number {
  world.join(1, "Ani", { account: ANI });
  const roomId = world.create(1, "Rahasia", "private");
  world.enter(2, 1, roomId);
  for (let i = 1; i < MAX_PRIVATE_MEMBERS; i++) {
    world.join(100 + i, `Tamu ${i}x`);
    world.ask(2, { type: "invite", name: `Tamu ${i}x` });
    world.lose(100 + i);
  }
  return roomId;
}

const BUSY = { code: "busy", retryAfterSeconds: 1 } as const;
const FULL = { code: "roomFull", limitMembers: MAX_PRIVATE_MEMBERS } as const;

Deno.test(
  "a full room has space again once guests do not come back, while the server runs",
  withFolder((folder) => {
    const { world, keeper } = startStored(`${folder}/chat.sqlite`, TIME);
    fillRoom({ world, keeper });
    world.join(5, "Tamu 1x", { client: 101 });
    const talk = world.ask(5, { type: "direct", name: "Ani" });
    assert(talk !== undefined && "roomId" in talk);
    world.join(3, "Dewi");
    const invite = { type: "invite", name: "Dewi" } as const;
    assertEquals(world.ask(2, invite), BUSY);
    assertEquals(world.ask(2, invite), FULL);
    // Who was there meanwhile belongs to the room.
    world.lose(5);
    world.timeMs = LATER_MS - 90 * DAY_MS;
    world.join(6, "Tamu 2x", { client: 102 });
    world.lose(6);
    world.timeMs = LATER_MS;
    world.take(1);
    assertEquals(world.ask(2, invite), BUSY);
    assertEquals(world.ask(2, invite), { type: "invite" });
    const closed = world.take(1).filter(({ type }) => type === "roomClosed");
    const { roomId } = talk;
    assertEquals(closed, [{ type: "roomClosed", roomId, reason: "archived" }]);
    const room = world.server.registry.directory.get(2)!;
    assertEquals(Array.from(room.names.values()), ["Ani", "Tamu 2x", "Dewi"]);
    // The talk begins anew with who comes back after all.
    world.join(7, "Tamu 1x", { client: 101 });
    const again = world.ask(7, { type: "direct", name: "Ani" });
    assert(again !== undefined && "roomId" in again);
    assertEquals(again.roomId, roomId + 1);
    keeper.handleRequest({ type: "close" });
  }),
);

Deno.test(
  "a full room has space again once guests do not come back, after a restart",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const first = startStored(path, TIME);
    fillRoom(first);
    first.keeper.handleRequest({ type: "close" });
    const { world, keeper } = startStored(path, LATER_MS);
    world.timeMs = LATER_MS;
    world.join(1, "Ani", { account: ANI });
    world.enter(2, 1, 2);
    world.join(3, "Dewi");
    const invite = { type: "invite", name: "Dewi" } as const;
    assertEquals(world.ask(2, invite), BUSY);
    assertEquals(world.ask(2, invite), { type: "invite" });
    keeper.handleRequest({ type: "close" });
  }),
);

Deno.test(
  "a room that stays full is looked at once a day",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const { world, keeper } = startStored(path, TIME);
    fillRoom({ world, keeper });
    world.join(3, "Dewi");
    const invite = { type: "invite", name: "Dewi" } as const;
    world.timeMs = TIME + DAY_MS;
    assertEquals(world.ask(2, invite), BUSY);
    assertEquals(world.ask(2, invite), FULL);
    world.timeMs += DAY_MS - 1;
    assertEquals(world.ask(2, invite), FULL);
    keeper.handleRequest({ type: "close" });
  }),
);
