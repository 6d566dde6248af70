/** What becomes of the rooms of guests who do not come back. */
import { assert, assertEquals } from "@std/assert";
import type {
  Change,
  RoomFacts,
  RoomMember,
} from "../../../lib/chat/change.ts";
import { GUEST_MEMBERSHIP_DAYS } from "../../../lib/chat/limits.ts";
import type { RoomKind } from "../../../lib/chat/room_kind.ts";
import { StoreKeeper } from "../../../lib/store/store_keeper.ts";
import type { StoreWrite } from "../../../lib/store/store_messages.ts";
import { logEvent, writesOf } from "./log_events.ts";
import { openRequest } from "./open_request.ts";
import { withFolder } from "./temporary_folder.ts";

const DAY_MS = 86_400_000;
const START_MS = 1_700_000_000_000;
/** The first moment at which a guest of {@linkcode START_MS} is gone. */
const LATE_MS = START_MS + GUEST_MEMBERSHIP_DAYS * DAY_MS + 1;

const ANI = { person: "account:7", name: "Ani" };
const BUDI = { person: "b0".repeat(16), name: "Budi" };
const CITRA = { person: "c0".repeat(16), name: "Citra" };

/** Makes a room with members. */
function created(
  roomId: number,
  kind: RoomKind,
  ...members: readonly RoomMember[]
): Change {
  const room: RoomFacts = {
    roomId,
    kind,
    name: kind === "direct" ? "" : `Room ${roomId}`,
    creator: members[0]!.person,
    isLocked: false,
    slowSeconds: 0,
    members: kind === "public" ? [] : members,
  };
  return { type: "createRoom", room, members, timeMs: START_MS };
}

function changesOf(...changes: readonly Change[]): StoreWrite[] {
  return changes.map((change, changeId) => ({
    type: "change",
    changeId,
    change,
  }));
}

/** Opens a database at a time, and does something with it. */
function withKeeper<Result>(
  path: string,
  nowMs: number,
  use: (keeper: StoreKeeper) => Result,
): Result {
  const keeper = StoreKeeper.open(openRequest(path), nowMs);
  try {
    return use(keeper);
  } finally {
    keeper.handleRequest({ type: "close" });
  }
}

function commit(keeper: StoreKeeper, writes: readonly StoreWrite[]): unknown {
  const reply = keeper.handleRequest({ type: "commit", writes });
  assert(reply?.type === "committed");
  return reply.changed.at(-1)?.result;
}

/** The rooms that there are, with who is known to belong to them. */
function roomsOf({ rooms }: StoreKeeper): unknown[] {
  return rooms.rooms.slice(1).map(({ roomId, members }) => [
    roomId,
    ...members.map(({ name }) => name),
  ]);
}

function roomIdsOf(keeper: StoreKeeper, { person }: RoomMember): number[] {
  const query = { type: "memberships", person } as const;
  const reply = keeper.handleRequest({ type: "query", queryId: 1, query });
  assert(reply?.type === "queried" && reply.result.type === "memberships");
  return reply.result.memberships.map(({ roomId }) => roomId);
}

const MANY: readonly Change[] = [
  created(2, "private", ANI, BUDI),
  created(3, "private", BUDI),
  created(4, "direct", ANI, BUDI),
  created(5, "direct", BUDI, CITRA),
  created(6, "public", BUDI, CITRA),
  created(7, "public", BUDI),
];

/** Looks for guests who do not come back, with nobody there. */
function expireAt(nowMs: number): StoreWrite[] {
  const beforeMs = nowMs - GUEST_MEMBERSHIP_DAYS * DAY_MS;
  return changesOf({
    type: "expireGuests",
    beforeMs,
    present: [],
    timeMs: nowMs,
  });
}

Deno.test(
  "StoreKeeper ends what guests belong to who were not seen for long",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    withKeeper(path, START_MS, (keeper) => {
      const timeMs = START_MS + 5;
      const seen: Change = { type: "seen", member: CITRA, timeMs };
      commit(keeper, changesOf(...MANY, seen));
    });
    withKeeper(path, LATE_MS, (keeper) => {
      commit(keeper, expireAt(LATE_MS - 1));
      assertEquals(roomIdsOf(keeper, BUDI), [2, 3, 4, 5, 6, 7]);
      commit(keeper, expireAt(LATE_MS));
    });
    withKeeper(path, LATE_MS, (keeper) => {
      // In 3 and 7 is nobody any more; nobody would answer in 4 and 5.
      assertEquals(roomsOf(keeper), [[2, "Ani"], [6]]);
      assertEquals(roomIdsOf(keeper, ANI), [2]);
      assertEquals(roomIdsOf(keeper, BUDI), []);
      assertEquals(roomIdsOf(keeper, CITRA), [6]);
      assertEquals(keeper.rooms.lastRoomId, 7);
    });
  }),
);

Deno.test(
  "StoreKeeper keeps a room to which nobody belongs while something was said there lately",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    withKeeper(path, START_MS, (keeper) => {
      const left: Change = {
        type: "removeMember",
        roomId: 7,
        person: BUDI.person,
      };
      commit(keeper, [
        ...changesOf(created(7, "public", BUDI), left),
        ...writesOf([logEvent(1, { timeMs: START_MS + DAY_MS })], 7),
      ]);
    });
    withKeeper(path, LATE_MS, (keeper) => {
      commit(keeper, expireAt(LATE_MS));
    });
    withKeeper(path, LATE_MS, (keeper) => {
      assertEquals(roomsOf(keeper), [[7]]);
      commit(keeper, expireAt(LATE_MS + DAY_MS));
    });
    withKeeper(path, LATE_MS, (keeper) => {
      assertEquals(roomsOf(keeper), []);
    });
  }),
);

Deno.test(
  "StoreKeeper ends what guests belong to when it is asked, but not of those who are there",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    withKeeper(path, START_MS, (keeper) => {
      commit(keeper, changesOf(...MANY));
      const expire = {
        type: "expireGuests",
        beforeMs: START_MS + 1,
        timeMs: LATE_MS,
      } as const;
      assertEquals(
        commit(keeper, changesOf({ ...expire, present: [BUDI.person] })),
        { type: "expired", left: [], archived: [5] },
      );
      assertEquals(commit(keeper, changesOf({ ...expire, present: [] })), {
        type: "expired",
        left: [
          { roomId: 2, person: BUDI.person },
          { roomId: 3, person: BUDI.person },
        ],
        archived: [4, 3, 6, 7],
      });
      assertEquals(commit(keeper, changesOf({ ...expire, present: [] })), {
        type: "expired",
        left: [],
        archived: [],
      });
    });
    withKeeper(path, START_MS, (keeper) => {
      assertEquals(roomsOf(keeper), [[2, "Ani"]]);
    });
  }),
);
