import { assert, assertEquals } from "@std/assert";
import type { Change, RoomFacts } from "../../../lib/chat/change.ts";
import { StoreKeeper } from "../../../lib/store/store_keeper.ts";
import type { StoreWrite } from "../../../lib/store/store_messages.ts";
import { logEvent, logEvents, writesOf } from "./log_events.ts";
import { openRequest } from "./open_request.ts";
import { withFolder } from "./temporary_folder.ts";

const NOW_MS = 1_700_000_000_000;
const ANI = { person: "account:7", name: "Ani" };
const BUDI = { person: "ab".repeat(16), name: "Budi" };

const AUDIT = {
  timeMs: NOW_MS + 2,
  who: "Ani",
  what: "archive",
  whom: "room 5",
  detail: "",
} as const;

function facts(roomId: number, change: Partial<RoomFacts> = {}): RoomFacts {
  return {
    roomId,
    kind: "public",
    name: `Room ${roomId}`,
    creator: ANI.person,
    isLocked: false,
    slowSeconds: 0,
    members: [],
    ...change,
  };
}

function created(room: RoomFacts): Change {
  const members = room.members.length > 0 ? room.members : [ANI];
  return { type: "createRoom", room, members, timeMs: NOW_MS };
}

function changesOf(...changes: readonly Change[]): StoreWrite[] {
  return changes.map((change, changeId) => ({
    type: "change",
    changeId,
    change,
  }));
}

/** Has a database, for one test after the other. */
function withKeeper<Result>(
  path: string,
  use: (keeper: StoreKeeper) => Result,
): Result {
  const keeper = StoreKeeper.open(openRequest(path), NOW_MS);
  try {
    return use(keeper);
  } finally {
    keeper.handleRequest({ type: "close" });
  }
}

function commit(keeper: StoreKeeper, writes: readonly StoreWrite[]): void {
  const reply = keeper.handleRequest({ type: "commit", writes });
  assertEquals(reply?.type, "committed");
}

function roomIdsOf(keeper: StoreKeeper, person: string): number[] {
  const query = { type: "memberships", person } as const;
  const reply = keeper.handleRequest({ type: "query", queryId: 1, query });
  assert(reply?.type === "queried" && reply.result.type === "memberships");
  return reply.result.memberships.map(({ roomId }) => roomId);
}

Deno.test(
  "StoreKeeper commits events of several rooms and changes as one group, in their order",
  withFolder((folder) => {
    withKeeper(`${folder}/chat.sqlite`, (keeper) => {
      const writes = [
        ...writesOf(logEvents(1, 2)),
        ...changesOf(created(facts(2))),
        ...writesOf(logEvents(1, 3), 2),
        ...writesOf([logEvent(3)]),
      ];
      assertEquals(keeper.handleRequest({ type: "commit", writes }), {
        type: "committed",
        appended: [
          { roomId: 1, throughSequence: 3 },
          { roomId: 2, throughSequence: 3 },
        ],
        changed: [{ changeId: 0, result: { type: "done" } }],
      });
      const query = { type: "roomState", roomId: 2 } as const;
      const reply = keeper.handleRequest({ type: "query", queryId: 5, query });
      assert(reply?.type === "queried" && reply.result.type === "roomState");
      assertEquals(reply.queryId, 5);
      assertEquals(reply.result.state, {
        ...keeper.state,
        firstSequence: 1,
        lastSequence: 3,
        recent: logEvents(1, 3),
      });
    });
  }),
);

Deno.test(
  "StoreKeeper writes nothing of a group that has one thing too many",
  withFolder((folder) => {
    withKeeper(`${folder}/chat.sqlite`, (keeper) => {
      commit(keeper, writesOf(logEvents(1, 2)));
      const writes = [
        ...changesOf(created(facts(2))),
        ...writesOf([logEvent(1)], 2),
        ...writesOf([logEvent(9)]),
      ];
      let isThrown = false;
      try {
        keeper.handleRequest({ type: "commit", writes });
      } catch {
        isThrown = true;
      }
      assert(isThrown);
      assertEquals(roomIdsOf(keeper, ANI.person), []);
      commit(keeper, [
        ...changesOf(created(facts(2))),
        ...writesOf([logEvent(1)], 2),
        ...writesOf([logEvent(3)]),
      ]);
      assertEquals(roomIdsOf(keeper, ANI.person), [2]);
    });
  }),
);

Deno.test(
  "readRooms() gives what the changes have made of the rooms",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const secret = facts(3, { kind: "private", members: [ANI] });
    const talk = facts(4, { kind: "direct", name: "", members: [ANI, BUDI] });
    withKeeper(path, (keeper) => {
      commit(
        keeper,
        changesOf(
          created(facts(2)),
          created(secret),
          created(talk),
          created(facts(5)),
          { type: "addMember", roomId: 3, member: BUDI, timeMs: NOW_MS + 1 },
          { type: "addMember", roomId: 2, member: BUDI, timeMs: NOW_MS + 1 },
          { type: "removeMember", roomId: 2, person: ANI.person },
          { type: "archiveRoom", roomId: 5, audit: AUDIT },
          { type: "lockRoom", roomId: 2, isLocked: true, audit: AUDIT },
          { type: "slowRoom", roomId: 3, slowSeconds: 30, audit: AUDIT },
        ),
      );
    });
    withKeeper(path, (keeper) => {
      const { rooms, lastRoomId } = keeper.rooms;
      assertEquals(rooms.slice(1), [
        facts(2, { isLocked: true }),
        { ...secret, slowSeconds: 30, members: [ANI, BUDI] },
        { ...talk, members: [BUDI, ANI] },
      ]);
      assertEquals(rooms[0]?.roomId, 1);
      assertEquals(lastRoomId, 5);
      assertEquals(roomIdsOf(keeper, ANI.person), [3, 4]);
      assertEquals(roomIdsOf(keeper, BUDI.person), [2, 3, 4]);
      assertEquals(roomIdsOf(keeper, "nobody"), []);
    });
  }),
);

Deno.test(
  "readMemberships() tells how far each room is",
  withFolder((folder) => {
    withKeeper(`${folder}/chat.sqlite`, (keeper) => {
      commit(keeper, changesOf(created(facts(2)), created(facts(3))));
      commit(keeper, writesOf(logEvents(1, 4), 3));
      const position = { person: ANI.person, delivered: 4, read: 3 };
      const stranger = { ...position, person: "nobody" };
      commit(
        keeper,
        changesOf({
          type: "positions",
          roomId: 3,
          positions: [position, stranger],
        }),
      );
      const query = { type: "memberships", person: ANI.person } as const;
      assertEquals(
        keeper.handleRequest({ type: "query", queryId: 1, query }),
        {
          type: "queried",
          queryId: 1,
          result: {
            type: "memberships",
            memberships: [
              { roomId: 2, lastSequence: 0, readSequence: 0 },
              { roomId: 3, lastSequence: 4, readSequence: 3 },
            ],
            seenMs: 0,
            readSequence: 0,
          },
        },
      );
    });
  }),
);

Deno.test(
  "readStay() tells how far somebody is in the default room, who was ever there",
  withFolder((folder) => {
    withKeeper(`${folder}/chat.sqlite`, (keeper) => {
      const readBy = (person: string, read: number): Change => ({
        type: "positions",
        roomId: 1,
        positions: [{ person, delivered: 4, read }],
      });
      commit(keeper, changesOf(readBy(ANI.person, 2)));
      assertEquals(stayOf(keeper, ANI.person), [0, 0]);
      const seen = { type: "seen", member: ANI, timeMs: 7 } as const;
      commit(keeper, changesOf(seen, readBy(ANI.person, 3)));
      assertEquals(stayOf(keeper, ANI.person), [7, 3]);
      // It may have been told before it was known where that one was.
      commit(keeper, changesOf(readBy(ANI.person, 1)));
      assertEquals(stayOf(keeper, ANI.person), [7, 3]);
      assertEquals(roomIdsOf(keeper, ANI.person), []);
    });
  }),
);

Deno.test(
  "StoreKeeper keeps the logs of more rooms than it has open",
  withFolder((folder) => {
    withKeeper(`${folder}/chat.sqlite`, (keeper) => {
      const roomIds = Array.from({ length: 200 }, (_, index) => index + 2);
      commit(
        keeper,
        changesOf(...roomIds.map((roomId) => created(facts(roomId)))),
      );
      for (let sequence = 1; sequence <= 3; sequence++) {
        commit(
          keeper,
          roomIds.flatMap((roomId) => writesOf([logEvent(sequence)], roomId)),
        );
      }
      for (const roomId of [2, 201]) {
        const load = { roomId, loadId: 1, after: 0, limit: 9 };
        const reply = keeper.handleRequest({ type: "load", load });
        assertEquals(reply, {
          type: "loaded",
          roomId,
          loadId: 1,
          events: logEvents(1, 3),
        });
      }
    });
  }),
);

function stayOf(keeper: StoreKeeper, person: string): unknown {
  const query = { type: "memberships", person } as const;
  const reply = keeper.handleRequest({ type: "query", queryId: 1, query });
  return reply?.type === "queried" && reply.result.type === "memberships" &&
    [reply.result.seenMs, reply.result.readSequence];
}
