/**
 * Who claims or releases a name in the moment in which something else changes
 * about its rooms: whatever the order in which both are asked for and are made
 * durable, it is in the same rooms afterwards, on the disk as in memory.
 */
import { assert, assertEquals } from "@std/assert";
import { US_PER_S } from "../../lib/base/time.ts";
import type { Query } from "../../lib/chat/request.ts";
import { CLAIM_RECORD, CLAIM_REQUEST } from "../unit/chat/people_world.ts";
import { TIME } from "../unit/chat/test_room.ts";
import type { TestServer } from "../unit/chat/test_server.ts";
import { withFolder } from "../unit/store/temporary_folder.ts";
import { type LateServer, startLate, startStored } from "./stored_server.ts";

/** Who Guru is, and Budi once he has a name of his own. */
const GURU = { accountId: 8, role: "moderator" } as const;
const BUDI = { accountId: 1, role: "member" } as const;

/** Somebody asks for something; the database commits one change, or all. */
type Step = "asks" | "moves" | "commits" | "commits all";

const ORDERS: readonly (readonly Step[])[] = [
  ["asks", "commits", "moves", "commits"],
  ["asks", "moves", "commits", "commits"],
  ["asks", "moves", "commits all"],
  ["moves", "asks", "commits", "commits"],
  ["moves", "asks", "commits all"],
  ["moves", "commits", "asks", "commits"],
];

/** What is asked, by which stream, and where Budi is then. */
interface Asking {
  readonly title: string;
  readonly member: number;
  readonly query: Query;
  readonly rooms: readonly number[];
}

const ASKINGS: readonly Asking[] = [
  {
    title: "creates a room",
    member: 2,
    query: { type: "createRoom", kind: "public", name: "Sains" },
    rooms: [4, 5],
  },
  {
    title: "joins a room",
    member: 2,
    query: { type: "joinRoom", name: "Umum" },
    rooms: [3, 4],
  },
  {
    title: "leaves a room",
    member: 2,
    query: { type: "leaveRoom", roomId: 4 },
    rooms: [],
  },
  {
    title: "begins a talk",
    member: 2,
    query: { type: "direct", name: "Guru" },
    rooms: [4, 5],
  },
  {
    title: "is begun a talk with",
    member: 1,
    query: { type: "direct", name: "Budi" },
    rooms: [4, 5],
  },
  {
    title: "is invited",
    member: 11,
    query: { type: "invite", name: "Budi" },
    rooms: [2, 4],
  },
];

/** A name is claimed, or given back. */
type Move = "claims" | "releases";

/**
 * Guru (1) is in her private room 2 as 11, and has made the public room 3. Budi
 * (2) has made the public room 4, and has a name of his own if he gives it
 * back.
 */
function start(path: string, move: Move): LateServer {
  const late = startLate(path, TIME);
  const { world } = late;
  const create = (member: number, name: string, kind: "public" | "private") => {
    world.ask(member, { type: "createRoom", kind, name });
    late.commit();
  };
  world.join(1, "Guru", { account: GURU });
  world.join(2, "Budi");
  late.commit();
  create(1, "Rahasia", "private");
  create(1, "Umum", "public");
  world.enter(11, 1, 2);
  create(2, "Lama", "public");
  if (move === "releases") {
    ask(world, "claims");
    late.commit();
  }
  for (const member of [1, 2, 11]) world.take(member);
  return late;
}

function ask(world: TestServer, move: Move): void {
  if (move === "releases") {
    assertEquals(world.ask(2, { type: "release" }), undefined);
    return;
  }
  world.ask(2, { type: "claimStart", request: CLAIM_REQUEST });
  const finish = { type: "claimFinish", record: CLAIM_RECORD } as const;
  assertEquals(world.ask(2, finish), undefined);
}

/** Goes through an order, and on until all is durable. */
function run(
  { world, commit }: LateServer,
  { member, query }: Asking,
  { move, order }: { readonly move: Move; readonly order: readonly Step[] },
): void {
  let isRefused = false;
  const carryOut = (step: Step) => {
    switch (step) {
      case "asks": {
        const refusal = world.ask(member, query);
        isRefused = refusal !== undefined;
        const busy = { code: "busy", retryAfterSeconds: 1 } as const;
        // What one asks of oneself waits.
        if (isRefused) assertEquals([member === 2, refusal], [false, busy]);
        return;
      }
      case "moves":
        return ask(world, move);
      case "commits":
        commit(1);
        return;
      case "commits all":
        commit();
        return;
    }
  };
  order.forEach(carryOut);
  while (commit());
  if (isRefused) carryOut("asks");
  assert(!isRefused);
  while (commit());
}

/** Where somebody is who comes with another device. */
function listed(world: TestServer, member: number): number[] {
  const list = world.take(member).find(({ type }) => type === "roomList");
  assert(list?.type === "roomList");
  return list.rooms.map(({ roomId }) => roomId).sort();
}

/** What Budi was told, and which rooms he may enter. */
function checkTold(
  { world }: LateServer,
  { member, query, rooms }: Asking,
): void {
  const types = world.takeTypes(2);
  const told = query.type === "leaveRoom" ? "roomClosed" : "roomOpened";
  const answers = member === 2 ? ["answer", "answer"] : ["answer"];
  assertEquals(
    types.filter((type) => type !== "memberChanged").sort(),
    [...answers, told],
  );
  for (const roomId of [2, 3, 4, 5]) world.enter(20 + roomId, 2, roomId);
  const entered = [2, 3, 4, 5].filter((roomId) =>
    !world.ended.includes(20 + roomId)
  );
  assertEquals(entered, [...rooms]);
}

function checkOrder(
  path: string,
  asking: Asking,
  move: Move,
  order: readonly Step[],
): void {
  const late = start(path, move);
  const { world, keeper } = late;
  run(late, asking, { move, order });
  checkTold(late, asking);
  if (move === "claims") {
    world.join(3, "Budi", { account: BUDI });
    assertEquals(listed(world, 3), [...asking.rooms]);
  }
  const { directory } = world.server.registry;
  const creators = [4, 5].map((roomId) => directory.get(roomId)?.creator);
  keeper.handleRequest({ type: "close" });

  const later = startStored(path, TIME);
  later.world.join(1, "Guru", {
    account: GURU,
    client: 9,
  });
  if (move === "claims") {
    later.world.join(2, "Budi", { account: BUDI, client: 7 });
  } else later.world.join(2, "Budi", { client: 2 });
  assertEquals(listed(later.world, 2), [...asking.rooms]);
  const stored = later.world.server.registry.directory;
  assertEquals([4, 5].map((roomId) => stored.get(roomId)?.creator), creators);
  if (asking.query.type === "direct") {
    const talk = { type: "direct", name: "Guru" } as const;
    assertEquals(later.world.ask(2, talk), { type: "direct", roomId: 5 });
  }
  later.keeper.handleRequest({ type: "close" });
}

for (const move of ["claims", "releases"] as const) {
  for (const asking of ASKINGS) {
    Deno.test(
      `who ${move} a name and ${asking.title} is where that leads, in any order`,
      withFolder((folder) => {
        ORDERS.forEach((order, index) =>
          checkOrder(`${folder}/${index}.sqlite`, asking, move, order)
        );
      }),
    );
  }
}

Deno.test(
  "what is read while a name is claimed stays read after a restart",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const { world, keeper, commit } = start(path, "claims");
    world.enter(24, 2, 4);
    world.say(24, "one", 1);
    ask(world, "claims");
    world.send(24, { type: "position", delivered: 1, read: 1 });
    world.nowUs += US_PER_S;
    world.server.handleTimeout(world.nowUs);
    world.drain();
    while (commit());
    keeper.handleRequest({ type: "close" });

    const later = startStored(path, TIME);
    later.world.join(2, "Budi", { account: BUDI, client: 7 });
    const list = later.world.take(2).find(({ type }) => type === "roomList");
    assert(list?.type === "roomList");
    assertEquals(list.rooms.map(({ readSequence }) => readSequence), [1]);
    later.keeper.handleRequest({ type: "close" });
  }),
);
