import type { RoomFacts } from "../../../lib/chat/change.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import { searchTerms } from "../../../lib/chat/search_words.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../../lib/store/database.ts";
import {
  migrate,
  refuseNewerSchema,
  SCHEMA_VERSION,
  schemaVersion,
} from "../../../lib/store/migrations.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { StoreKeeper } from "../../../lib/store/store_keeper.ts";
import type { StoreReply } from "../../../lib/store/store_messages.ts";
import {
  authorKey,
  committedThrough,
  logEvent,
  writesOf,
} from "./log_events.ts";
import { openRequest } from "./open_request.ts";
import { withFolder } from "./temporary_folder.ts";

const FIXTURES = new URL("../../fixtures/", import.meta.url);

/** The tables and indexes, as SQLite writes them down. */
function schemaOf(database: DatabaseSync): unknown[] {
  return database.prepare(
    "SELECT type, name, tbl_name FROM sqlite_schema ORDER BY name",
  ).all().map((row) => ({ ...row }));
}

/** The numbers of the messages that have a word. */
function search(keeper: StoreKeeper, word: string): number[] {
  const query = {
    type: "search",
    terms: searchTerms(word),
    authorNameKey: "",
    sinceMs: 0,
    untilMs: Infinity,
    before: 100,
    limit: 10,
  } as const;
  keeper.handleRequest({ type: "find", find: { roomId: 1, findId: 1, query } });
  let reply: StoreReply | undefined;
  while (keeper.isSearching) reply = keeper.searchStep(() => 0);
  assert(reply?.type === "found");
  return reply.found.messages.map(({ sequence }) => sequence);
}

Deno.test(
  "migrate() does what is missing, once",
  withFolder((folder) => {
    const { database } = openDatabase(`${folder}/chat.sqlite`);
    try {
      assertEquals(schemaVersion(database), 0);
      migrate(database);
      assertEquals(schemaVersion(database), SCHEMA_VERSION);
      const schema = schemaOf(database);
      migrate(database);
      assertEquals(schemaOf(database), schema);
    } finally {
      database.close();
    }
  }),
);

Deno.test(
  "refuseNewerSchema() refuses what a newer program has written",
  withFolder((folder) => {
    const { database } = openDatabase(`${folder}/chat.sqlite`);
    try {
      migrate(database);
      refuseNewerSchema(database, "x");
      database.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
      const error = assertThrows(
        () => refuseNewerSchema(database, "x"),
        StoreError,
      );
      assertEquals([error.code, error.path], ["newerSchema", "x"]);
    } finally {
      database.close();
    }
  }),
);

/** What the files have; the first three are in all of them. */
const EXPECTED = [
  logEvent(2, { act: plainMessage("It's “two”;\n-- 🙂") }),
  logEvent(3),
  logEvent(4, { act: plainMessage("a\0b") }),
  logEvent(5, {
    act: { type: "edit", target: 4, text: "edited" },
    author: "Author 1",
    authorKey: authorKey(1),
  }),
  logEvent(6, { act: { type: "react", target: 4, emoji: "👍", isOn: true } }),
];

/** Since schema 4. */
const LAB: RoomFacts = {
  roomId: 2,
  kind: "private",
  name: "Lab",
  creator: "account:7",
  isLocked: true,
  slowSeconds: 30,
  members: [{ person: "account:7", name: "Ani" }],
};

// Each file is a dump of a database of that schema.
for (let version = 1; version <= SCHEMA_VERSION; version++) {
  Deno.test(
    `a database of schema ${version} opens, and goes on`,
    withFolder((folder) => {
      const path = `${folder}/chat.sqlite`;
      const old = new DatabaseSync(path);
      old.exec(
        Deno.readTextFileSync(new URL(`schema_${version}.sql`, FIXTURES)),
      );
      assertEquals(schemaVersion(old), version);
      old.close();
      const keeper = StoreKeeper.open(openRequest(path), 0);
      try {
        const { epochId, firstSequence, lastSequence, topic, recent } =
          keeper.state;
        const expected = EXPECTED.slice(0, version === 1 ? 3 : 5);
        assertEquals([...epochId], [1, 2, 3, 4, 5, 6, 7, 8]);
        assertEquals([firstSequence, lastSequence], [2, 1 + expected.length]);
        assertEquals(topic, version === 1 ? "" : "What it is about");
        assertEquals(recent, expected);
        assertEquals(keeper.rooms.lastRoomId, version < 4 ? 1 : 2);
        assertEquals(keeper.rooms.rooms.slice(1), version < 4 ? [] : [LAB]);
        assertEquals(
          [
            keeper.people.accounts.map(({ name, role }) =>
              `${name.text} ${role}`
            ),
            keeper.people.bans.map(({ value }) => value),
            keeper.people.mutes.map(({ person }) => person),
          ],
          version < 5
            ? [[], [], []]
            : [["Author 1 member"], ["192.0.2.0/24"], ["guest"]],
        );
        assertEquals(search(keeper, "two"), [2]);
        assertEquals(search(keeper, "message"), [3]);
        assertEquals(search(keeper, "mess*"), [3]);
        const next = lastSequence + 1;
        const events = [logEvent(next)];
        assertEquals(
          keeper.handleRequest({ type: "commit", writes: writesOf(events) }),
          committedThrough(events.at(-1)!.sequence),
        );
        for (let round = 0; round < 2; round++) {
          assertEquals(search(keeper, "message"), [next, 3]);
          assertEquals(search(keeper, "edited"), version === 1 ? [] : [4]);
          assertEquals(search(keeper, "a"), version === 1 ? [4] : []);
          while (keeper.indexStep());
        }
      } finally {
        keeper.handleRequest({ type: "close" });
      }
    }),
  );
}
