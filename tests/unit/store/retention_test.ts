import { plainMessage } from "../../../lib/chat/room_event.ts";
import { assert, assertEquals } from "@std/assert";
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../../lib/store/database.ts";
import { MessageIndex } from "../../../lib/store/message_index.ts";
import { migrate } from "../../../lib/store/migrations.ts";
import {
  retainStep,
  type Retention,
  usedBytes,
} from "../../../lib/store/retention.ts";
import { RoomLog } from "../../../lib/store/room_log.ts";
import { authorKey, logEvent, logEvents } from "./log_events.ts";
import { withFolder } from "./temporary_folder.ts";

const EVERYTHING: Retention = { maxAgeMs: undefined, maxBytes: undefined };

/** Message `n` is written at this time and `n` milliseconds. */
const START_MS = 1_700_000_000_000;

/** Makes a test body with two empty rooms. */
function withRooms(
  test: (database: DatabaseSync, rooms: [RoomLog, RoomLog]) => void,
): () => void {
  return withFolder((folder) => {
    const { database } = openDatabase(`${folder}/chat.sqlite`);
    try {
      migrate(database);
      database.exec(
        `INSERT INTO room (room_id, name, kind, topic, created_ms)
         VALUES (1, 'one', 'public', '', 0), (2, 'two', 'public', '', 0)`,
      );
      test(database, [new RoomLog(database, 1), new RoomLog(database, 2)]);
    } finally {
      database.close();
    }
  });
}

/** Does all there is to do; gives the number of steps. */
function retainAll(
  database: DatabaseSync,
  retention: Partial<Retention>,
  nowMs = START_MS,
): number {
  let steps = 0;
  while (retainStep(database, { ...EVERYTHING, ...retention }, nowMs)) steps++;
  return steps;
}

function authorCount(database: DatabaseSync): unknown {
  return database.prepare("SELECT COUNT(*) AS count FROM author").get()!.count;
}

Deno.test(
  "retainStep() removes nothing by default",
  withRooms((database, [log]) => {
    log.append(logEvents(1, 1000));
    assertEquals(retainStep(database, EVERYTHING, Infinity), undefined);
    assertEquals(log.firstSequence, 1);
  }),
);

Deno.test(
  "retainStep() removes what is too old, some at a time",
  withRooms((database, [log]) => {
    log.append(logEvents(1, 2000));
    const retention = { ...EVERYTHING, maxAgeMs: 1000 };
    const nowMs = START_MS + 2500;
    assert(retainStep(database, retention, nowMs));
    assertEquals(log.firstSequence, 51);
    retainAll(database, retention, nowMs);
    assertEquals([log.firstSequence, log.lastSequence], [1500, 2000]);
    assertEquals(log.page(0, 1000), logEvents(1500, 2000));
  }),
);

Deno.test(
  "retainStep() leaves no gap where the clock went back",
  withRooms((database, [log]) => {
    const events = logEvents(1, 10);
    events[4] = logEvent(5, { timeMs: START_MS + 100 });
    log.append(events);
    retainAll(database, { maxAgeMs: 0 }, START_MS + 100);
    assertEquals(log.firstSequence, 5);
  }),
);

Deno.test(
  "retainStep() is not held up by what a wrong clock has put into the future",
  withRooms((database, [log]) => {
    const ahead = { timeMs: START_MS + 365 * 86_400_000 };
    log.append(logEvents(1, 99));
    for (let at = 100; at <= 299; at++) log.append([logEvent(at, ahead)]);
    log.append(logEvents(300, 400));
    const retention = { ...EVERYTHING, maxAgeMs: 0 };
    const nowMs = START_MS + 350;
    retainStep(database, retention, nowMs);
    assertEquals(log.firstSequence, 51, "some at a time");
    retainAll(database, retention, nowMs);
    assertEquals(log.firstSequence, 350);
    retainAll(database, retention, START_MS + 99);
    assertEquals(log.firstSequence, 350);
  }),
);

Deno.test(
  "retainStep() keeps the newest of every room, and its number",
  withRooms((database, [one, two]) => {
    one.append([logEvent(1)]);
    two.append(logEvents(1, 5));
    one.append([logEvent(2)]);
    retainAll(database, { maxAgeMs: 0 }, START_MS + 1_000_000);
    assertEquals([one.firstSequence, one.lastSequence], [2, 2]);
    assertEquals([two.firstSequence, two.lastSequence], [5, 5]);
    retainAll(database, { maxBytes: 1 });
    assertEquals(new RoomLog(database, 2).lastSequence, 5);
  }),
);

Deno.test(
  "retainStep() brings the database below its size, and its file too",
  withRooms((database, [log]) => {
    const act = plainMessage("x".repeat(500));
    log.append(logEvents(1, 4000).map((event) => ({ ...event, act })));
    const maxBytes = 1_000_000;
    assert(usedBytes(database) > 2 * maxBytes);
    const steps = retainAll(database, { maxBytes });
    // Of 50 messages, then of 100 pages.
    assert(steps > 40 && steps < 90, `${steps}`);
    const used = usedBytes(database);
    assert(used <= maxBytes && used > maxBytes / 2, `${used}`);
    assertEquals(log.lastSequence, 4000);
    assert(log.firstSequence > 1000);
    const pages = database.prepare("PRAGMA page_count").get()!["page_count"];
    assertEquals(Number(pages) * 4096, used);
  }),
);

Deno.test(
  "retainStep() leaves no word of what it removed",
  withRooms((database, [log]) => {
    const word = () =>
      database.prepare(
        `SELECT COUNT(*) AS count FROM message_index_data
         WHERE instr(block, CAST('rahasia' AS BLOB)) > 0`,
      ).get()!["count"];
    log.append([
      logEvent(1, { act: plainMessage("Ini rahasia") }),
      logEvent(2),
    ]);
    while (new MessageIndex(database).step());
    assertEquals(word(), 1);
    retainAll(database, { maxAgeMs: 0 }, START_MS + 1_000_000);
    assertEquals(word(), 0);
  }),
);

Deno.test(
  "retainStep() forgets authors of whom nothing is left",
  withRooms((database, [log]) => {
    log.append([
      logEvent(1, { authorKey: authorKey(1) }),
      logEvent(2, { authorKey: authorKey(2) }),
      logEvent(3, { authorKey: authorKey(1) }),
    ]);
    assertEquals(authorCount(database), 2);
    retainAll(database, { maxAgeMs: 0 }, START_MS + 1_000_000);
    assertEquals(authorCount(database), 1);
  }),
);
