import { assertEquals, assertRejects } from "@std/assert";
import type { LogFound } from "../../../lib/chat/room_find.ts";
import type { LogEvent } from "../../../lib/chat/room_log.ts";
import {
  MAX_GROUP_WRITES,
  Store,
  type StoreOptions,
} from "../../../lib/store/store.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { logMessages } from "../chat/log_messages.ts";
import { authorKey, logEvent, logEvents } from "./log_events.ts";
import { openRequest } from "./open_request.ts";

const WORKER = new URL(
  "../../../lib/store/store_worker.ts",
  import.meta.url,
);
/** Answers as its database's path says. */
const SCRIPTED_WORKER = new URL("./scripted_worker.ts", import.meta.url);

/** What a store told. */
interface Told {
  readonly appended: number[];
  readonly pages: [number | string, readonly LogEvent[]][];
  readonly found: [number, LogFound][];
  readonly changed: unknown[];
  readonly queried: unknown[];
  readonly unwritable: (string | undefined)[];
}

/** A store with what it told, and a way to wait for that. */
async function openStore(
  path: string,
  change: Partial<StoreOptions> = {},
): Promise<
  { store: Store; told: Told; until(check: () => boolean): Promise<void> }
> {
  const told: Told = {
    appended: [],
    pages: [],
    found: [],
    changed: [],
    queried: [],
    unwritable: [],
  };
  let watch = () => {};
  const tell = <Item>(list: Item[], item: Item) => {
    list.push(item);
    watch();
  };
  const store = await Store.open({
    ...openRequest(path),
    worker: WORKER,
    retryMs: 0,
    handlers: {
      onAppended: ([appended]) =>
        tell(told.appended, appended!.throughSequence),
      onChanged: (changeId, result) => tell(told.changed, [changeId, result]),
      onQueried: (queryId, result) => tell(told.queried, [queryId, result]),
      onLoaded: (_room, loadId, events) => tell(told.pages, [loadId, events]),
      onRecalled: (_room, key, events) => tell(told.pages, [key, events]),
      onFound: (_room, findId, found) => tell(told.found, [findId, found]),
      onTrimmed: () => {},
      onUnwritable: (code) => tell(told.unwritable, code),
    },
    ...change,
  });
  return {
    store,
    told,
    until: (check) =>
      new Promise((resolve) => {
        watch = () => check() && resolve();
        watch();
      }),
  };
}

/** Makes a test body that has an empty folder of its own. */
function inFolder(test: (folder: string) => Promise<void>) {
  return async () => {
    const folder = await Deno.makeTempDir();
    try {
      await test(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

Deno.test(
  "Store.append() tells when events are on the disk, in groups",
  inFolder(async (folder) => {
    const { store, told, until } = await openStore(`${folder}/chat.sqlite`);
    const events = logEvents(1, MAX_GROUP_WRITES + 10);
    for (const event of events) store.append(1, event);
    await until(() => told.appended.at(-1) === events.length);
    assertEquals(told.appended, [MAX_GROUP_WRITES, MAX_GROUP_WRITES + 10]);
    await store[Symbol.asyncDispose]();
    const again = await openStore(`${folder}/chat.sqlite`, {
      recentEvents: 10_000,
    });
    assertEquals(again.store.state.recent, events);
    await again.store[Symbol.asyncDispose]();
  }),
);

Deno.test(
  "Store.load() and Store.recall() see what was appended before",
  inFolder(async (folder) => {
    const { store, told, until } = await openStore(`${folder}/chat.sqlite`);
    for (const event of logEvents(1, 9)) store.append(1, event);
    await store.flushed();
    store.load({ roomId: 1, loadId: 3, after: 7, limit: 9 });
    store.recall({ roomId: 1, authorKey: authorKey(2), limit: 1 });
    await until(() => told.pages.length === 2);
    assertEquals(told.pages, [
      [3, logEvents(8, 9)],
      [authorKey(2), [logEvent(8)]],
    ]);
    await store[Symbol.asyncDispose]();
  }),
);

Deno.test(
  "Store.find() looks something up while events go to the disk",
  inFolder(async (folder) => {
    const { store, told, until } = await openStore(`${folder}/chat.sqlite`);
    for (const event of logEvents(1, 9)) store.append(1, event);
    await store.flushed();
    const query = { type: "before", before: 5, limit: 2 } as const;
    store.find({ roomId: 1, findId: 3, query });
    store.append(1, logEvent(10));
    await until(() => told.found.length === 1 && told.appended.at(-1) === 10);
    assertEquals(told.found, [[3, {
      messages: logMessages([logEvent(3), logEvent(4)]).reverse(),
      searchedTo: 3,
      isEnd: false,
    }]]);
    await store[Symbol.asyncDispose]();
  }),
);

Deno.test(
  "Store closes also while it looks something up",
  inFolder(async (folder) => {
    const { store, told } = await openStore(`${folder}/chat.sqlite`);
    const query = { type: "before", before: 5, limit: 2 } as const;
    for (let findId = 0; findId < 100; findId++) {
      store.find({ roomId: 1, findId, query });
    }
    await store[Symbol.asyncDispose]();
    assertEquals(told.found, []);
  }),
);

Deno.test(
  "Store.flushed() waits for the last group and for who is told of it",
  inFolder(async (folder) => {
    const { store, told } = await openStore(`${folder}/chat.sqlite`);
    for (const event of logEvents(1, 600)) store.append(1, event);
    await store.flushed();
    assertEquals(told.appended, [512, 600]);
    await store.flushed();
    await store[Symbol.asyncDispose]();
  }),
);

Deno.test(
  "Store closes with everything on the disk, and tells nothing any more",
  inFolder(async (folder) => {
    const { store, told } = await openStore(`${folder}/chat.sqlite`);
    for (const event of logEvents(1, 700)) store.append(1, event);
    await store[Symbol.asyncDispose]();
    assertEquals(told.appended, []);
    const again = await openStore(`${folder}/chat.sqlite`);
    assertEquals(again.store.state.lastSequence, 700);
    await again.store[Symbol.asyncDispose]();
  }),
);

Deno.test(
  "Store.open() says why it cannot be opened",
  inFolder(async (folder) => {
    const path = `${folder}/chat.sqlite`;
    const { store } = await openStore(path);
    const error = await assertRejects(() => openStore(path), StoreError);
    assertEquals([error.code, error.path], ["locked", path]);
    await store[Symbol.asyncDispose]();
  }),
);

Deno.test("Store tries again what could not be written, and tells once", async () => {
  const { store, told, until } = await openStore("full 3 times", {
    worker: SCRIPTED_WORKER,
  });
  for (const event of logEvents(1, 5)) store.append(1, event);
  await until(() => told.appended.length > 0);
  assertEquals(told.unwritable, ["full", undefined]);
  assertEquals(told.appended, [5]);
  await store[Symbol.asyncDispose]();
});

Deno.test("Store closes although it cannot write", async () => {
  const { store, told, until } = await openStore("full 9 times", {
    worker: SCRIPTED_WORKER,
    retryMs: 1_000_000,
  });
  store.append(1, logEvent(1));
  await until(() => told.unwritable.length > 0);
  await store[Symbol.asyncDispose]();
  assertEquals(told.appended, []);
});

Deno.test("Store.failed tells what cannot be repaired, and closes", async () => {
  const { store, told } = await openStore("corrupt", {
    worker: SCRIPTED_WORKER,
  });
  store.append(1, logEvent(1));
  const { code } = await store.failed;
  assertEquals(code, "corrupt");
  await store[Symbol.asyncDispose]();
  assertEquals(told.appended, []);
});

Deno.test("Store.failed tells that its worker crashed", async () => {
  const { store } = await openStore("crash", {
    worker: SCRIPTED_WORKER,
  });
  store.append(1, logEvent(1));
  const { code, detail } = await store.failed;
  assertEquals(code, "io");
  assertEquals(detail.includes("as scripted"), true);
  await store[Symbol.asyncDispose]();
});

Deno.test(
  "Store.change() and Store.query() tell what has become of rooms",
  inFolder(async (folder) => {
    const { store, told, until } = await openStore(`${folder}/chat.sqlite`);
    const room = { ...store.rooms.rooms[0]!, roomId: 2, name: "Lab" };
    const members = [{ person: "account:7", name: "Ani" }];
    const change = { type: "createRoom", room, members, timeMs: 0 } as const;
    store.change(7, change);
    store.append(2, logEvent(1));
    await store.flushed();
    assertEquals(told.changed, [[7, { type: "done" }]]);
    store.query(8, { type: "memberships", person: "account:7" });
    await until(() => told.queried.length === 1);
    assertEquals(told.queried, [[8, {
      type: "memberships",
      memberships: [{ roomId: 2, lastSequence: 1, readSequence: 0 }],
      seenMs: 0,
      readSequence: 0,
    }]]);
    await store[Symbol.asyncDispose]();
  }),
);
