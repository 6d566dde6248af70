import { textOf } from "../chat/event_text.ts";
import { type Act, plainMessage } from "../../../lib/chat/room_event.ts";
import { assertEquals, assertThrows } from "@std/assert";
import type { DatabaseSync } from "node:sqlite";
import { AssertionError } from "../../../lib/base/assert.ts";
import { openDatabase } from "../../../lib/store/database.ts";
import { migrate } from "../../../lib/store/migrations.ts";
import { MAX_COUNTED_REACTIONS } from "../../../lib/chat/limits.ts";
import {
  ERASE_EDITS,
  RoomLog,
  SELECT_REACTIONS,
} from "../../../lib/store/room_log.ts";
import { authorKey, logEvent, logEvents } from "./log_events.ts";
import { withFolder } from "./temporary_folder.ts";

/** Makes a test body with an empty database with two rooms. */
function withDatabase(test: (database: DatabaseSync) => void): () => void {
  return withFolder((folder) => {
    const { database } = openDatabase(`${folder}/chat.sqlite`);
    try {
      migrate(database);
      database.exec(
        `INSERT INTO room (room_id, name, kind, topic, created_ms)
         VALUES (1, 'one', 'public', '', 0), (2, 'two', 'public', '', 0)`,
      );
      test(database);
    } finally {
      database.close();
    }
  });
}

Deno.test(
  "RoomLog starts empty",
  withDatabase((database) => {
    const log = new RoomLog(database, 1);
    assertEquals([log.firstSequence, log.lastSequence], [1, 0]);
    assertEquals(log.page(0, 10), []);
    assertEquals(log.newest(10), []);
  }),
);

Deno.test(
  "RoomLog.append() keeps every field, and a new log goes on from there",
  withDatabase((database) => {
    const events = [
      logEvent(1, {
        act: plainMessage("\ufeffa\0b\r\n🙂\u202e"),
        author: "Ana 🙂",
      }),
      logEvent(2, { act: plainMessage("x".repeat(16_000)) }),
      logEvent(3, { timeMs: 8_640_000_000_000_000 }),
    ];
    new RoomLog(database, 1).append(events);
    const log = new RoomLog(database, 1);
    assertEquals(log.page(0, 10), events);
    assertEquals([log.firstSequence, log.lastSequence], [1, 3]);
    log.append([logEvent(4)]);
    assertEquals(log.newest(1), [logEvent(4)]);
  }),
);

Deno.test(
  "RoomLog.append() takes neither a gap nor a repeat, and nothing of that group",
  withDatabase((database) => {
    const log = new RoomLog(database, 1);
    log.append(logEvents(1, 3));
    const wrong = [[logEvent(5)], [logEvent(3)], [logEvent(4), logEvent(6)]];
    for (const events of wrong) {
      assertThrows(() => log.append(events), AssertionError);
      assertEquals(log.lastSequence, 3);
    }
    log.append([logEvent(4)]);
    assertEquals(log.page(0, 10), logEvents(1, 4));
  }),
);

Deno.test(
  "RoomLog.append() undoes a group that cannot be written, new authors too",
  withDatabase((database) => {
    const log = new RoomLog(database, 1);
    log.append(logEvents(1, 2));
    const pages = Number(
      database.prepare("PRAGMA page_count").get()!["page_count"],
    );
    database.exec(`PRAGMA max_page_count = ${pages + 1}`);
    const stranger = authorKey(9);
    const group = logEvents(3, 200).map((event) => ({
      ...event,
      authorKey: stranger,
    }));
    assertThrows(() => log.append(group), Error, "full");
    assertEquals(log.page(0, 10), logEvents(1, 2));
    database.exec("PRAGMA max_page_count = 100000");
    log.append(group);
    assertEquals(log.newestOf(stranger, 1000), group);
  }),
);

Deno.test(
  "RoomLog.page() gives at most what is asked for",
  withDatabase((database) => {
    const log = new RoomLog(database, 1);
    log.append(logEvents(1, 20));
    assertEquals(log.page(5, 3), logEvents(6, 8));
    assertEquals(log.page(18, 10), logEvents(19, 20));
    assertEquals(log.page(20, 10), []);
    assertEquals(log.newest(2), logEvents(19, 20));
  }),
);

Deno.test(
  "RoomLog.newestOf() gives one author's newest",
  withDatabase((database) => {
    const log = new RoomLog(database, 1);
    log.append(logEvents(1, 9));
    assertEquals(log.newestOf(authorKey(1), 2), [logEvent(4), logEvent(7)]);
    assertEquals(log.newestOf(authorKey(7), 2), []);
    const reopened = new RoomLog(database, 1);
    assertEquals(reopened.newestOf(authorKey(0), 1), [logEvent(9)]);
  }),
);

Deno.test(
  "RoomLog keeps rooms apart",
  withDatabase((database) => {
    const one = new RoomLog(database, 1);
    const two = new RoomLog(database, 2);
    one.append(logEvents(1, 3));
    two.append([logEvent(1, { act: plainMessage("elsewhere") })]);
    assertEquals(two.lastSequence, 1);
    assertEquals(two.newestOf(authorKey(1), 9).map(textOf), [
      "elsewhere",
    ]);
    assertEquals(one.page(0, 9), logEvents(1, 3));
  }),
);

/** A message of each kind of act there is, on message 1. */
const ACTS: readonly Act[] = [
  plainMessage("halo"),
  { type: "message", style: "action", replyTo: 1, text: "waves" },
  { type: "edit", target: 1, text: "hello" },
  { type: "react", target: 1, emoji: "👍", isOn: true },
  { type: "react", target: 1, emoji: "👍", isOn: false },
  { type: "pin", target: 1, isOn: true },
  { type: "pin", target: 1, isOn: false },
  { type: "topic", text: "what it is about" },
  { type: "message", style: "announcement", replyTo: 0, text: "hear" },
  { type: "acknowledge", target: 1 },
];

function eventsOf(acts: readonly Act[], first = 1) {
  return acts.map((act, i) => logEvent(first + i, { act }));
}

Deno.test(
  "RoomLog.append() keeps every kind of act",
  withDatabase((database) => {
    new RoomLog(database, 1).append(eventsOf(ACTS));
    assertEquals(new RoomLog(database, 1).page(0, 99), eventsOf(ACTS));
  }),
);

Deno.test(
  "RoomLog.topic is the last one of its room",
  withDatabase((database) => {
    const log = new RoomLog(database, 1);
    assertEquals(log.topic, "");
    log.append(eventsOf([...ACTS, { type: "topic", text: "a\0b" }]));
    assertEquals([log.topic, new RoomLog(database, 1).topic], ["a\0b", "a\0b"]);
    assertEquals(new RoomLog(database, 2).topic, "");
  }),
);

Deno.test(
  "RoomLog.append() erases what an event removes, and only that",
  withDatabase((database) => {
    const log = new RoomLog(database, 1);
    new RoomLog(database, 2).append(eventsOf(ACTS));
    log.append(eventsOf(ACTS));
    log.append(eventsOf([
      { type: "edit", target: 1, text: "again" },
      { type: "edit", target: 2, text: "other" },
      { type: "remove", target: 1 },
    ], ACTS.length + 1));
    const acts = log.page(0, 99).map(({ act }) => act);
    assertEquals(acts, [
      plainMessage(""),
      ACTS[1]!,
      { type: "edit", target: 1, text: "" },
      ...ACTS.slice(3),
      { type: "edit", target: 1, text: "" },
      { type: "edit", target: 2, text: "other" },
      { type: "remove", target: 1 },
    ]);
    assertEquals(new RoomLog(database, 2).page(0, 99), eventsOf(ACTS));
  }),
);

Deno.test(
  "RoomLog.append() erases nothing if its group cannot be written",
  withDatabase((database) => {
    const log = new RoomLog(database, 1);
    log.append(eventsOf(ACTS));
    const group = [
      logEvent(ACTS.length + 1, { act: { type: "remove", target: 1 } }),
      logEvent(ACTS.length + 3),
    ];
    assertThrows(() => log.append(group), AssertionError);
    assertEquals(log.page(0, 99), eventsOf(ACTS));
  }),
);

Deno.test(
  "RoomLog.append() leaves no removed text in the file",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const { database } = openDatabase(path);
    migrate(database);
    database.exec(
      `INSERT INTO room (room_id, name, kind, topic, created_ms)
       VALUES (1, 'one', 'public', '', 0)`,
    );
    const log = new RoomLog(database, 1);
    // Long enough for pages of its own, which become free.
    const secret = "Zq7".repeat(5_000);
    log.append([logEvent(1, { act: plainMessage(secret) })]);
    log.append(eventsOf([
      { type: "edit", target: 1, text: `Zq7 ${secret}` },
      { type: "remove", target: 1 },
    ], 2));
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const bytes = new TextDecoder("latin1").decode(Deno.readFileSync(path));
    database.close();
    assertEquals(bytes.includes("Zq7"), false);
  }),
);

Deno.test(
  "RoomLog.load() gives the reactions to a message that were not taken back",
  withDatabase((database) => {
    const log = new RoomLog(database, 1);
    const react = (sequence: number, author: string, isOn = true) =>
      logEvent(sequence, {
        author,
        act: { type: "react", target: 2, emoji: "👍", isOn },
      });
    const other = logEvent(9, {
      act: { type: "react", target: 3, emoji: "👍", isOn: true },
    });
    log.append([
      ...logEvents(1, 3),
      react(4, "Ani"),
      react(5, "Budi"),
      react(6, "Ani", false),
      react(7, "Citra"),
      react(8, "Ani"),
      other,
      react(10, "Citra", false),
    ]);
    const load = { roomId: 1, loadId: -1, after: 1, limit: 1 };
    assertEquals(log.load(load), logEvents(2, 2));
    assertEquals(log.load({ ...load, withReactions: true }), [
      ...logEvents(2, 2),
      react(5, "Budi"),
      react(8, "Ani"),
    ]);
    assertEquals(log.load({ ...load, after: 10, withReactions: true }), []);
  }),
);

Deno.test(
  "RoomLog looks at the newest reactions to a message only",
  withDatabase((database) => {
    const log = new RoomLog(database, 1);
    const emoji = (index: number) => String.fromCodePoint(0x1F600 + index);
    const toggle = Array.from(
      { length: MAX_COUNTED_REACTIONS },
      (_, index) =>
        logEvent(3 + index, {
          author: "Ani",
          act: {
            type: "react",
            target: 1,
            emoji: emoji(1),
            isOn: index % 2 === 1,
          },
        }),
    );
    log.append([
      ...logEvents(1, 1),
      logEvent(2, {
        act: { type: "react", target: 1, emoji: emoji(0), isOn: true },
      }),
      ...toggle,
    ]);
    assertEquals(log.reactionsTo(1), [toggle.at(-1)!]);
  }),
);

Deno.test(
  "RoomLog finds the reactions to a message by their index",
  withDatabase((database) => {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${SELECT_REACTIONS}`)
      .all(1, 1).map(({ detail }) => String(detail));
    const index = "INDEX reaction_by_target (room_id=? AND target=?)";
    assertEquals(plan.filter((step) => step.includes(index)).length, 1);
    assertEquals(plan.filter((step) => step.startsWith("SCAN event")), []);
  }),
);

Deno.test(
  "RoomLog finds the edits to erase by their index",
  withDatabase((database) => {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${ERASE_EDITS}`)
      .all(1, 1).map(({ detail }) => String(detail));
    assertEquals(plan, [
      "SEARCH event USING INDEX edit_by_target (room_id=? AND target=?)",
    ]);
  }),
);
