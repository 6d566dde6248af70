import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { LogEvent } from "../../../lib/chat/room_log.ts";
import { lockDatabase, openDatabase } from "../../../lib/store/database.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { StoreKeeper } from "../../../lib/store/store_keeper.ts";
import type { OpenRequest } from "../../../lib/store/store_messages.ts";
import { logMessages } from "../chat/log_messages.ts";
import {
  authorKey,
  committedThrough,
  logEvent,
  logEvents,
  writesOf,
} from "./log_events.ts";
import { openRequest } from "./open_request.ts";
import { withFolder } from "./temporary_folder.ts";

const NOW_MS = 1_700_000_100_000;

/** Opens, does something, and closes in whatever case. */
function withKeeper<Result>(
  path: string,
  action: (keeper: StoreKeeper) => Result,
  change: Partial<OpenRequest> = {},
): Result {
  const keeper = StoreKeeper.open(openRequest(path, change), NOW_MS);
  try {
    return action(keeper);
  } finally {
    keeper.handleRequest({ type: "close" });
  }
}

/** Changes a database from outside, as another program does. */
function tamper(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

Deno.test(
  "StoreKeeper goes on where it was closed",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const first = withKeeper(path, (keeper) => {
      const { state } = keeper;
      assertEquals([state.firstSequence, state.lastSequence], [1, 0]);
      assertEquals(state.recent, []);
      keeper.handleRequest({
        type: "commit",
        writes: writesOf(logEvents(1, 9)),
      });
      return state;
    });
    assertEquals(first.epochId.length, 8);
    const second = withKeeper(path, ({ state }) => state, { recentEvents: 3 });
    assertEquals(second, {
      epochId: first.epochId,
      firstSequence: 1,
      lastSequence: 9,
      topic: "",
      recent: logEvents(7, 9),
    });
  }),
);

Deno.test(
  "StoreKeeper draws another epoch for another database",
  withFolder((folder) => {
    const [one, two] = ["one", "two"].map((name) =>
      withKeeper(`${folder}/${name}`, ({ state }) => state.epochId)
    );
    assertEquals(one!.toString() === two!.toString(), false);
  }),
);

Deno.test(
  "StoreKeeper answers what is asked for",
  withFolder((folder) => {
    withKeeper(`${folder}/chat.sqlite`, (keeper) => {
      const events = logEvents(1, 9);
      assertEquals(
        keeper.handleRequest({ type: "commit", writes: writesOf(events) }),
        committedThrough(events.at(-1)!.sequence),
      );
      const load = { roomId: 1, loadId: 7, after: 4, limit: 2 };
      assertEquals(keeper.handleRequest({ type: "load", load }), {
        type: "loaded",
        roomId: 1,
        loadId: 7,
        events: logEvents(5, 6),
      });
      const recall = { roomId: 1, authorKey: authorKey(1), limit: 2 };
      assertEquals(keeper.handleRequest({ type: "recall", recall }), {
        type: "recalled",
        roomId: 1,
        authorKey: authorKey(1),
        events: [logEvent(4), logEvent(7)],
      });
    });
  }),
);

Deno.test(
  "StoreKeeper.searchStep() gives every search its turn",
  withFolder((folder) => {
    withKeeper(`${folder}/chat.sqlite`, (keeper) => {
      for (let first = 1; first < 40_000; first += 8_000) {
        const events = logEvents(first, first + 7_999);
        keeper.handleRequest({ type: "commit", writes: writesOf(events) });
      }
      const long = {
        type: "search",
        terms: [{ word: "absent", isPrefix: false }],
        authorNameKey: "",
        sinceMs: 0,
        untilMs: Infinity,
        before: 40_001,
        limit: 5,
      } as const;
      const short = { type: "before", before: 10, limit: 2 } as const;
      while (keeper.indexStep());
      assertEquals(keeper.isSearching, false);
      for (const [findId, query] of [long, short].entries()) {
        const request = {
          type: "find",
          find: { roomId: 1, findId, query },
        } as const;
        assertEquals(keeper.handleRequest(request), undefined);
      }
      assertEquals(keeper.searchStep(() => 0), undefined);
      assertEquals(keeper.searchStep(() => 0), {
        type: "found",
        roomId: 1,
        findId: 1,
        found: {
          messages: logMessages([logEvent(8), logEvent(9)]).reverse(),
          searchedTo: 8,
          isEnd: false,
        },
      });
      assertEquals(keeper.searchStep(() => 0), {
        type: "found",
        roomId: 1,
        findId: 0,
        found: { messages: [], searchedTo: 1, isEnd: true },
      });
      assertEquals(keeper.isSearching, false);
    });
  }),
);

Deno.test(
  "StoreKeeper is the only one, until it is closed",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    withKeeper(path, () => {
      const error = assertThrows(
        () => StoreKeeper.open(openRequest(path), NOW_MS),
        StoreError,
      );
      assertEquals(error.code, "locked");
    });
    withKeeper(path, () => {});
  }),
);

Deno.test(
  "StoreKeeper lets others in after an error of its own",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    withKeeper(path, () => {});
    tamper(path, "PRAGMA user_version = 99");
    for (const _ of [1, 2]) {
      const error = assertThrows(
        () => StoreKeeper.open(openRequest(path), NOW_MS),
        StoreError,
      );
      assertEquals(error.code, "newerSchema");
    }
  }),
);

Deno.test(
  "StoreKeeper looks for damage if the last server was killed, else not",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    withKeeper(path, (keeper) => {
      const events = logEvents(1, 2000);
      keeper.handleRequest({ type: "commit", writes: writesOf(events) });
    });
    // Only a check reads that page of events.
    const bytes = Deno.readFileSync(path);
    const middle = Math.floor(bytes.length / 4096 / 3) * 4096;
    bytes.fill(0xff, middle, middle + 4096);
    Deno.writeFileSync(path, bytes);
    withKeeper(path, () => {});
    tamper(path, "UPDATE meta SET value = x'00' WHERE key = 'clean'");
    const error = assertThrows(
      () => StoreKeeper.open(openRequest(path), NOW_MS),
      StoreError,
    );
    assertEquals(error.code, "corrupt");
  }),
);

Deno.test(
  "StoreKeeper says that it cannot write, and stores the same group later",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const opened = openDatabase(path);
    const { database } = opened;
    const owned = { ...opened, lock: lockDatabase(path) };
    const keeper = new StoreKeeper(owned, openRequest(path), NOW_MS);
    const append = (events: readonly LogEvent[]) =>
      keeper.handleRequest({ type: "commit", writes: writesOf(events) });
    append(logEvents(1, 5));
    const group = logEvents(6, 500);
    // SQLite takes at least what there is already.
    database.exec("PRAGMA max_page_count = 1");
    const full = { type: "unwritable", code: "full" } as const;
    assertEquals([append(group), append(group)], [full, full]);
    database.exec("PRAGMA max_page_count = 1000000; PRAGMA query_only = ON");
    assertEquals(append(group), { type: "unwritable", code: "readOnly" });
    // It waits until something can be written again.
    assertEquals(keeper.indexStep(), false);
    const load = { roomId: 1, loadId: 1, after: 0, limit: 1000 };
    const loaded = keeper.handleRequest({ type: "load", load });
    assertEquals(loaded?.type === "loaded" && loaded.events, logEvents(1, 5));
    database.exec("PRAGMA query_only = OFF");
    assertEquals(append(group), committedThrough(group.at(-1)!.sequence));
    keeper.handleRequest({ type: "close" });
    withKeeper(path, ({ state }) => {
      assertEquals(state.recent, logEvents(1, 500));
    }, { recentEvents: 1000 });
  }),
);

Deno.test(
  "StoreKeeper.retainStep() tells what is left, until nothing is to be done",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const retention = { maxAgeMs: 100_000 - 1200, maxBytes: undefined };
    withKeeper(path, (keeper) => {
      keeper.handleRequest({
        type: "commit",
        writes: writesOf(logEvents(1, 2000)),
      });
      const told: number[] = [];
      for (
        let reply = keeper.retainStep(NOW_MS);
        reply !== undefined;
        reply = keeper.retainStep(NOW_MS)
      ) {
        if (reply.type !== "trimmed") continue;
        for (const { firstSequence } of reply.trimmed) told.push(firstSequence);
      }
      assertEquals([told[0], told[1], told.at(-1)], [51, 101, 1200]);
      // Its authors' rows are new ones, if theirs were removed.
      const events = [logEvent(2001, { authorKey: authorKey(9) })];
      keeper.handleRequest({ type: "commit", writes: writesOf(events) });
    }, { retention });
    withKeeper(path, ({ state }) => {
      assertEquals([state.firstSequence, state.lastSequence], [1200, 2001]);
    });
  }),
);
