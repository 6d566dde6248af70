/**
 * Whatever is written and whatever is sought: the index of a log throws
 * nothing, takes no word for a part of its query language, and finds what a
 * look at every text finds.
 */
import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { type Act, plainMessage } from "../../lib/chat/room_event.ts";
import type { LogEvent } from "../../lib/chat/room_log.ts";
import { authorNameKey, searchTerms } from "../../lib/chat/search_words.ts";
import { openDatabase } from "../../lib/store/database.ts";
import { MessageIndex } from "../../lib/store/message_index.ts";
import { migrate } from "../../lib/store/migrations.ts";
import { retainStep } from "../../lib/store/retention.ts";
import { RoomLog } from "../../lib/store/room_log.ts";
import { RoomSearch } from "../../lib/store/room_search.ts";
import { findIn, logMessages } from "../unit/chat/log_messages.ts";

/** Of words, of FTS5's query language, and of Unicode's corners. */
const PIECES = [
  "rapat",
  "Rapát",
  "rap",
  "会议",
  "ﷺ",
  "½",
  "İ",
  "ß",
  "𐐷",
  "\ud800",
  "\u0000",
  "\ufdfa",
  "\u0301",
  "\ue000",
  "\ue001",
  "\ue002",
  "1\ue0000\ue001rapat",
  "a".repeat(40),
  '"',
  '""',
  "*",
  "^",
  ":",
  "-",
  "+",
  "(",
  ")",
  "{",
  "}",
  "'",
  "\\",
  ";--",
  " ",
  "  ",
  "\n",
  "AND",
  "OR",
  "NOT",
  "NEAR(",
  "words:",
  "message_index",
  "DROP TABLE event;",
];

function draw(prng: Prng, most: number): string {
  let text = "";
  for (let count = prng.below(most); count > 0; count--) {
    text += prng.ratio(1, 10)
      ? String.fromCodePoint(prng.below(0x11_0000))
      : PIECES[prng.below(PIECES.length)];
    if (prng.ratio(1, 3)) text += " ";
  }
  return text.toWellFormed();
}

/** Mostly messages; also edits and removals of those before. */
function drawAct(prng: Prng, sequence: number): Act {
  const target = sequence - 1 - prng.below(60);
  if (target > 0 && prng.ratio(1, 6)) return { type: "remove", target };
  const text = draw(prng, 10) + "x";
  return target > 0 && prng.ratio(1, 4)
    ? { type: "edit", target, text }
    : plainMessage(text);
}

/** An author may edit and remove what is a message, and is not removed. */
function isAllowed({ act }: LogEvent, before: readonly LogEvent[]): boolean {
  if (act.type !== "edit" && act.type !== "remove") return true;
  return logMessages(before).some(({ sequence, text }) =>
    sequence === act.target && text !== ""
  );
}

function eventAt(prng: Prng, sequence: number): LogEvent {
  return {
    sequence,
    id: new Uint8Array(16),
    authorKey: "00",
    accountId: 0,
    // No name has it: checkName().
    author: draw(prng, 4).replaceAll("\0", ""),
    act: drawAct(prng, sequence),
    timeMs: sequence,
  };
}

Deno.test("RoomSearch finds what a look at every text finds, whatever is written and sought", () => {
  const folder = Deno.makeTempDirSync();
  const { database } = openDatabase(`${folder}/chat.sqlite`);
  try {
    migrate(database);
    database.exec(
      `INSERT INTO room (room_id, name, kind, topic, created_ms)
       VALUES (1, '', 'public', '', 0)`,
    );
    const prng = new Prng("hostile searches");
    const log = new RoomLog(database, 1);
    const index = new MessageIndex(database);
    const search = new RoomSearch(database, 1, index);
    const events: LogEvent[] = [];
    while (events.length < 600) {
      const event = eventAt(prng, events.length + 1);
      if (isAllowed(event, events)) events.push(event);
    }
    log.append(events.slice(0, 500));
    while (index.step());
    // Some of it is not indexed yet.
    log.append(events.slice(500));
    // Some of it is removed again.
    const retention = { maxAgeMs: 0, maxBytes: undefined };
    while (retainStep(database, retention, 100));
    const kept = events.filter(({ timeMs }) => timeMs >= 100);
    let hits = 0;
    for (let round = 0; round < 1_000; round++) {
      const terms = searchTerms(draw(prng, 6));
      const nameKey = prng.ratio(1, 4) ? authorNameKey(draw(prng, 4)) : "";
      if (terms.length === 0 && nameKey === "") continue;
      const query = {
        type: "search",
        terms,
        authorNameKey: nameKey,
        sinceMs: 0,
        untilMs: 1_000,
        before: 601,
        limit: 1_000,
      } as const;
      const run = search.begin(query);
      let found = search.step(run, () => 0);
      while (found === undefined) found = search.step(run, () => 0);
      const expected = findIn(kept, query).messages;
      assertEquals(
        found.messages,
        expected,
        JSON.stringify({ terms, nameKey }),
      );
      hits += expected.length;
    }
    assert(hits > 500, `${hits} found`);
  } finally {
    database.close();
    Deno.removeSync(folder, { recursive: true });
  }
});
