import { assert, assertEquals } from "@std/assert";
import type { DatabaseSync } from "node:sqlite";
import type { LogEvent } from "../../../lib/chat/room_log.ts";
import { openDatabase } from "../../../lib/store/database.ts";
import {
  BLOCK_MESSAGES,
  blockQuery,
  blockStart,
  indexedOf,
  indexRow,
  MessageIndex,
  SELECT_INDEXED,
} from "../../../lib/store/message_index.ts";
import { migrate } from "../../../lib/store/migrations.ts";
import { RoomLog } from "../../../lib/store/room_log.ts";
import { done, said } from "./log_events.ts";
import { withFolder } from "./temporary_folder.ts";

interface Setup {
  readonly database: DatabaseSync;
  readonly index: MessageIndex;
  /** Room 1. */
  readonly log: RoomLog;
  /** Appends a message to a room, not indexed yet. */
  readonly say: (
    text: string,
    change?: Partial<LogEvent>,
    room?: 1 | 2,
  ) => void;
  /** Indexes everything. */
  readonly catchUp: () => void;
}

function withIndex(test: (setup: Setup) => void): () => void {
  return withFolder((folder) => {
    const { database } = openDatabase(`${folder}/chat.sqlite`);
    try {
      migrate(database);
      database.exec(
        `INSERT INTO room (room_id, name, kind, topic, created_ms)
         VALUES (1, 'one', 'public', '', 0), (2, 'two', 'public', '', 0)`,
      );
      const logs = [new RoomLog(database, 1), new RoomLog(database, 2)];
      const index = new MessageIndex(database);
      test({
        database,
        index,
        log: logs[0]!,
        say(text, change = {}, room = 1) {
          const log = logs[room - 1]!;
          log.append([said(log.lastSequence + 1, text, change)]);
        },
        catchUp() {
          while (index.step());
        },
      });
    } finally {
      database.close();
    }
  });
}

/** The events that match; `word*` is the beginning of a word. */
function find(
  database: DatabaseSync,
  words: string,
  { sequence = 1, roomId = 1, authorNameKey = "" } = {},
): unknown[] {
  const terms = words.split(" ").filter((word) => word !== "").map((word) => ({
    word: word.replace("*", ""),
    isPrefix: word.endsWith("*"),
  }));
  const query = blockQuery({ roomId, sequence, terms, authorNameKey });
  return database.prepare(
    `SELECT rowid FROM message_index WHERE message_index MATCH ?
     ORDER BY rowid DESC`,
  ).all(query).map(({ rowid }) => indexRow(Number(rowid)));
}

Deno.test(
  "MessageIndex.step() makes messages known by their words, and remove() unknown",
  withIndex(({ database, index, say, catchUp }) => {
    say("Selamat pagi, PAGI Café!");
    say("pagi buta");
    assertEquals(find(database, "pagi"), []);
    catchUp();
    assertEquals(find(database, "pagi"), [1, 2]);
    assertEquals(find(database, "pagi cafe"), [1]);
    assertEquals(find(database, "sela*"), [1]);
    assertEquals(find(database, "sela"), []);
    const row = database.prepare(`${SELECT_INDEXED} WHERE event_id = 1`).get();
    index.remove(indexedOf(row!));
    assertEquals(find(database, "pagi"), [2]);
    assertEquals(find(database, "cafe"), []);
  }),
);

Deno.test(
  "MessageIndex.remove() leaves alone what is not indexed yet",
  withIndex(({ database, index, say, catchUp }) => {
    say("pagi");
    catchUp();
    say("pagi");
    const row = database.prepare(`${SELECT_INDEXED} WHERE event_id = 2`).get();
    index.remove(indexedOf(row!));
    assertEquals(find(database, "pagi"), [1]);
    assertEquals(index.nextEventId, 2);
    catchUp();
    assertEquals(find(database, "pagi"), [1, 2]);
  }),
);

Deno.test(
  "MessageIndex.change() replaces the words, and leaves none of a removed message",
  withIndex(({ database, log, say, catchUp }) => {
    const kept = (word: string) =>
      database.prepare(
        `SELECT COUNT(*) AS count FROM message_index_data
         WHERE instr(block, CAST(? AS BLOB)) > 0`,
      ).get(word)!["count"];
    say("rahasia");
    say("pagi");
    catchUp();
    log.append([done(3, { type: "edit", target: 1, text: "rahasia lain" })]);
    assertEquals([find(database, "rahasia"), find(database, "lain")], [[1], [
      1,
    ]]);
    log.append([done(4, { type: "edit", target: 1, text: "sandi" })]);
    assertEquals(find(database, "rahasia"), []);
    assertEquals([find(database, "sandi"), kept("sandi")], [[1], 1]);
    log.append([done(5, { type: "remove", target: 1 })]);
    assertEquals(find(database, "", { authorNameKey: "author 1" }), []);
    catchUp();
    assertEquals(find(database, "pagi"), [2]);
    assertEquals(["rahasia", "lain", "sandi"].map(kept), [0, 0, 0]);
  }),
);

Deno.test(
  "MessageIndex.change() leaves alone what is not kept, or not indexed yet",
  withIndex(({ database, log, say, catchUp }) => {
    say("pagi");
    log.append([done(2, { type: "edit", target: 1, text: "siang" })]);
    assertEquals(find(database, "siang"), []);
    database.exec("DELETE FROM event WHERE sequence = 1");
    log.append([done(3, { type: "remove", target: 1 })]);
    say("malam");
    catchUp();
    assertEquals(find(database, "malam"), [4]);
    assertEquals([find(database, "pagi"), find(database, "siang")], [[], []]);
  }),
);

Deno.test(
  "MessageIndex knows authors by their names, in any case and with spaces",
  withIndex(({ database, say, catchUp }) => {
    say("pagi", { author: "Ani Maria" });
    say("pagi", { author: "Ani" });
    catchUp();
    const of = (authorNameKey: string) =>
      find(database, "pagi", { authorNameKey });
    assertEquals(of("ani maria"), [1]);
    assertEquals(of("ani"), [2]);
    // A word of a text is no name.
    assertEquals(find(database, "", { authorNameKey: "pagi" }), []);
  }),
);

Deno.test(
  "MessageIndex keeps rooms apart",
  withIndex(({ database, say, catchUp }) => {
    say("pagi");
    say("pagi", {}, 2);
    catchUp();
    assertEquals(find(database, "pagi"), [1]);
    assertEquals(find(database, "pag*"), [1]);
    assertEquals(find(database, "pagi", { roomId: 2 }), [2]);
    assertEquals(find(database, "pagi", { sequence: BLOCK_MESSAGES }), []);
  }),
);

Deno.test(
  "MessageIndex.step() indexes some at a time, and goes on where another stopped",
  withIndex(({ database, index, say, catchUp }) => {
    for (let i = 1; i <= 300; i++) say(`teks ${i}`);
    assertEquals(index.step(), true);
    const { length } = find(database, "teks");
    assert(length > 0 && length < 300, `${length}`);
    assertEquals(index.nextEventId, length + 1);
    const other = new MessageIndex(database);
    while (other.step());
    assertEquals(find(database, "teks").length, 300);
    catchUp();
    assertEquals(find(database, "teks").length, 300);
    assertEquals(find(database, "211"), [211]);
    assertEquals(index.step(), false);
  }),
);

Deno.test(
  "MessageIndex.step() takes few messages that are long",
  withIndex(({ database, index, say, catchUp }) => {
    for (let i = 0; i < 5; i++) say("panjang ".repeat(500));
    index.step();
    assertEquals(index.nextEventId, 3);
    catchUp();
    assertEquals(find(database, "panjang"), [1, 2, 3, 4, 5]);
  }),
);

Deno.test(
  "MessageIndex.step() keeps its parts few",
  withIndex(({ database, index, say, catchUp }) => {
    for (let round = 0; round < 300; round++) {
      say(`teks ${round}`);
      while (index.step());
    }
    catchUp();
    const parts = database.prepare(
      "SELECT COUNT(DISTINCT segid) AS count FROM message_index_idx",
    ).get()!["count"];
    assert(Number(parts) < 30, `${parts} parts`);
  }),
);

Deno.test("blockStart() is the lowest number of a block", () => {
  const ends = [1, BLOCK_MESSAGES - 1, BLOCK_MESSAGES, 3 * BLOCK_MESSAGES - 1];
  assertEquals(ends.map(blockStart), [
    0,
    0,
    BLOCK_MESSAGES,
    2 * BLOCK_MESSAGES,
  ]);
});
