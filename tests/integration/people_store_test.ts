/** Who somebody is in the rooms, over a real database: at restarts, and with a name claimed or released. */
import { assert, assertEquals } from "@std/assert";
import { US_PER_S } from "../../lib/base/time.ts";
import { CLAIM_RECORD, CLAIM_REQUEST } from "../unit/chat/people_world.ts";
import { idOf, TIME } from "../unit/chat/test_room.ts";
import type { TestServer } from "../unit/chat/test_server.ts";
import { withFolder } from "../unit/store/temporary_folder.ts";
import { startStored } from "./stored_server.ts";

const MODERATOR = { accountId: 7, role: "moderator" } as const;
const ANI = { accountId: 8, role: "member" } as const;

function announce(world: TestServer, member: number): void {
  const act = {
    type: "message",
    style: "announcement",
    replyTo: 0,
    text: "Hear!",
  } as const;
  world.send(member, { type: "act", id: idOf(1), act });
}

function acknowledge(world: TestServer, member: number, id: number): void {
  const act = { type: "acknowledge", target: 1 } as const;
  world.send(member, { type: "act", id: idOf(id), act });
}

/** Who has acknowledged message 1, and who has not. */
function rollOf(world: TestServer, member: number): unknown {
  const answer = world.ask(member, { type: "roll", target: 1 });
  assert(answer !== undefined && "acknowledged" in answer);
  const { acknowledged, missing } = answer;
  return [acknowledged.map(({ name }) => name), [...missing].sort()];
}

function claim(world: TestServer, member: number): void {
  world.ask(member, { type: "claimStart", request: CLAIM_REQUEST });
  const answer = world.ask(member, {
    type: "claimFinish",
    record: CLAIM_RECORD,
  });
  assertEquals(answer, { type: "claimed", accountId: 1 });
}

function tick(world: TestServer): void {
  world.nowUs += US_PER_S;
  world.server.handleTimeout(world.nowUs);
  world.drain();
}

Deno.test(
  "the roll of an announcement has those who were there before the server was started",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const first = startStored(path, TIME);
    first.world.join(1, "Guru", { account: MODERATOR });
    first.world.join(2, "Budi");
    first.world.join(3, "Citra");
    first.world.join(4, "Dewi");
    announce(first.world, 1);
    acknowledge(first.world, 2, 2);
    first.world.lose(2);
    assertEquals(rollOf(first.world, 1), [["Budi"], ["Citra", "Dewi"]]);
    first.keeper.handleRequest({ type: "close" });

    const { world, keeper } = startStored(path, TIME);
    world.join(11, "Guru", { account: MODERATOR, client: 9 });
    world.join(14, "Dewi", { client: 4 });
    assertEquals(rollOf(world, 11), [["Budi"], ["Citra", "Dewi"]]);
    // Under another name it is the same all the same.
    world.join(13, "Cici", { client: 3 });
    assertEquals(rollOf(world, 11), [["Budi"], ["Cici", "Dewi"]]);
    keeper.handleRequest({ type: "close" });
  }),
);

Deno.test(
  "the roll has guests who were there within a month before, and names that are claimed",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const first = startStored(path, TIME);
    first.world.join(2, "Budi");
    first.world.join(3, "Ani", { account: ANI });
    first.keeper.handleRequest({ type: "close" });
    for (const [days, missing] of [[29, ["Ani", "Budi"]], [31, ["Ani"]]]) {
      const copy = `${folder}/${days}.sqlite`;
      Deno.copyFileSync(path, copy);
      const { world, keeper } = startStored(copy, TIME);
      world.timeMs = TIME + Number(days) * 86_400_000;
      world.join(11, "Guru", { account: MODERATOR, client: 9 });
      announce(world, 11);
      assertEquals(rollOf(world, 11), [[], missing]);
      keeper.handleRequest({ type: "close" });
    }
  }),
);

Deno.test(
  "the roll has who claims a name once, also after a restart",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const first = startStored(path, TIME);
    first.world.join(1, "Guru", { account: MODERATOR });
    first.world.join(2, "Budi");
    first.world.join(3, "Citra");
    announce(first.world, 1);
    acknowledge(first.world, 3, 2);
    claim(first.world, 2);
    assertEquals(rollOf(first.world, 1), [["Citra"], ["Budi"]]);
    first.world.lose(2);
    assertEquals(rollOf(first.world, 1), [["Citra"], ["Budi"]]);
    first.keeper.handleRequest({ type: "close" });
    const { world, keeper } = startStored(path, TIME);
    world.join(11, "Guru", { account: MODERATOR, client: 9 });
    assertEquals(rollOf(world, 11), [["Citra"], ["Budi"]]);
    keeper.handleRequest({ type: "close" });
  }),
);

Deno.test(
  "who acknowledged as a guest and claims the name has acknowledged",
  withFolder((folder) => {
    const { world, keeper } = startStored(`${folder}/chat.sqlite`, TIME);
    world.join(1, "Guru", { account: MODERATOR });
    world.join(2, "Budi");
    announce(world, 1);
    acknowledge(world, 2, 2);
    claim(world, 2);
    assertEquals(rollOf(world, 1), [["Budi"], []]);
    keeper.handleRequest({ type: "close" });
  }),
);

/** Ani (1, in the room as 11) and Budi (2, in it as 12); Ani wrote message 1. */
function privateRoom(world: TestServer): number {
  world.join(1, "Ani", { account: ANI });
  world.join(2, "Budi");
  const roomId = world.create(1, "Rahasia", "private");
  world.enter(11, 1, roomId);
  world.ask(11, { type: "invite", name: "Budi" });
  world.enter(12, 2, roomId);
  world.say(11, "halo", 5);
  return roomId;
}

function receiptsOf(world: TestServer, member: number): unknown[] {
  return world.take(member).flatMap((message) =>
    message.type === "receipt" ? message.receipts : []
  );
}

Deno.test(
  "who claims a name stays as far as it was in each room, and is counted on",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const first = startStored(path, TIME);
    const { world } = first;
    const roomId = privateRoom(world);
    world.send(12, { type: "position", delivered: 1, read: 1 });
    tick(world);
    const read = { delivered: 1, read: 1, of: 1 };
    assertEquals(receiptsOf(world, 11), [{ sequence: 1, ...read }]);
    claim(world, 2);
    world.say(11, "again", 6);
    world.send(12, { type: "position", delivered: 2, read: 2 });
    tick(world);
    assertEquals(receiptsOf(world, 11), [{ sequence: 2, ...read }]);
    assertEquals(world.ask(11, { type: "receipts", target: 2 }), {
      type: "receipts",
      read: ["Budi"],
      delivered: [],
      missing: [],
    });
    first.keeper.handleRequest({ type: "close" });

    const later = startStored(path, TIME);
    const account = { accountId: 1, role: "member" } as const;
    later.world.join(22, "Budi", { account, client: 99 });
    later.world.enter(32, 22, roomId);
    const [welcome] = later.world.take(32);
    assertEquals(welcome?.type === "welcome" && welcome.readSequence, 2);
    later.keeper.handleRequest({ type: "close" });
  }),
);

Deno.test(
  "who wrote something and claims the name is told who reads it",
  withFolder((folder) => {
    const { world, keeper } = startStored(`${folder}/chat.sqlite`, TIME);
    privateRoom(world);
    world.say(12, "hi", 6);
    claim(world, 2);
    world.take(12);
    world.send(11, { type: "position", delivered: 2, read: 2 });
    tick(world);
    const receipt = { sequence: 2, delivered: 1, read: 1, of: 1 };
    assertEquals(receiptsOf(world, 12), [receipt]);
    assertEquals(world.ask(12, { type: "receipts", target: 2 }), {
      type: "receipts",
      read: ["Ani"],
      delivered: [],
      missing: [],
    });
    keeper.handleRequest({ type: "close" });
  }),
);

Deno.test(
  "who releases a name is in its rooms as a guest, also after a restart",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const first = startStored(path, TIME);
    const { world } = first;
    const roomId = privateRoom(world);
    claim(world, 2);
    world.send(12, { type: "position", delivered: 1, read: 1 });
    const made = world.create(2, "Sains", "public");
    assertEquals(world.ask(2, { type: "release" }), { type: "done" });
    tick(world);
    world.say(12, "still here", 7);
    assertEquals(world.takeTexts(11), ["still here"]);
    const { directory } = world.server.registry;
    const guest = directory.get(made)!.creator;
    assertEquals(Array.from(directory.get(roomId)!.names.keys()), [
      "account:8",
      guest,
    ]);
    first.keeper.handleRequest({ type: "close" });

    const later = startStored(path, TIME);
    later.world.join(22, "Budi", { client: 2 });
    later.world.enter(32, 22, roomId);
    const [welcome] = later.world.take(32);
    assertEquals(welcome?.type === "welcome" && welcome.readSequence, 1);
    assertEquals(later.keeper.rooms.rooms.at(-1)?.creator, guest);
    later.keeper.handleRequest({ type: "close" });
  }),
);

Deno.test(
  "a person's other device is told after a restart what was read in the default room",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const first = startStored(path, TIME);
    first.world.join(1, "Ani", { account: ANI });
    first.world.join(2, "Budi");
    for (const id of [1, 2, 3]) first.world.say(2, `text ${id}`, id);
    first.world.send(1, { type: "position", delivered: 3, read: 2 });
    first.world.server.stop();
    first.world.drain();
    first.keeper.handleRequest({ type: "close" });

    const { world, keeper } = startStored(path, TIME);
    world.join(11, "Ani", { account: ANI, client: 9 });
    tick(world);
    assertEquals(world.take(11).at(-1), { type: "read", readSequence: 2 });
    world.join(12, "Ani", { account: ANI, client: 1 });
    world.take(12);
    world.send(11, { type: "position", delivered: 3, read: 3 });
    tick(world);
    assertEquals(world.take(12), [{ type: "read", readSequence: 3 }]);
    keeper.handleRequest({ type: "close" });
  }),
);

Deno.test(
  "who claims a name keeps what it has read in the default room",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const first = startStored(path, TIME);
    first.world.join(1, "Ani");
    first.world.join(2, "Budi");
    first.world.say(2, "halo", 1);
    first.world.send(1, { type: "position", delivered: 1, read: 1 });
    tick(first.world);
    claim(first.world, 1);
    first.keeper.handleRequest({ type: "close" });

    const { world, keeper } = startStored(path, TIME);
    world.join(11, "Ani", {
      account: { accountId: 1, role: "member" },
      client: 9,
    });
    tick(world);
    assertEquals(world.take(11).at(-1), { type: "read", readSequence: 1 });
    keeper.handleRequest({ type: "close" });
  }),
);
