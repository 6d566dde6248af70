import { assertEquals } from "@std/assert";
import { MAX_SEARCH_MS } from "../../../lib/chat/limits.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import type { LogFound, LogQuery } from "../../../lib/chat/room_find.ts";
import { searchTerms } from "../../../lib/chat/search_words.ts";
import { openDatabase } from "../../../lib/store/database.ts";
import { MessageIndex } from "../../../lib/store/message_index.ts";
import { migrate } from "../../../lib/store/migrations.ts";
import { retainStep } from "../../../lib/store/retention.ts";
import { RoomLog } from "../../../lib/store/room_log.ts";
import { RoomSearch } from "../../../lib/store/room_search.ts";
import { logMessages } from "../chat/log_messages.ts";
import { done, logEvent, logEvents, said } from "./log_events.ts";
import { withFolder } from "./temporary_folder.ts";

/** Message `n` is written at this time and `n` milliseconds. */
const START_MS = 1_700_000_000_000;

/** A clock by which nothing takes time. */
const STOPPED = () => 0;

interface Room {
  readonly log: RoomLog;
  readonly search: RoomSearch;
  /** Indexes everything. */
  readonly catchUp: () => void;
  /** Removes what was written before message `n`. */
  readonly removeBefore: (n: number) => void;
}

function withRoom(test: (room: Room) => void): () => void {
  return withFolder((folder) => {
    const { database } = openDatabase(`${folder}/chat.sqlite`);
    try {
      migrate(database);
      database.exec(
        `INSERT INTO room (room_id, name, kind, topic, created_ms)
         VALUES (1, 'one', 'public', '', 0), (2, 'two', 'public', '', 0)`,
      );
      // Another room's messages are in between.
      new RoomLog(database, 2).append(logEvents(1, 20));
      const retention = { maxAgeMs: 0, maxBytes: undefined };
      const index = new MessageIndex(database);
      test({
        log: new RoomLog(database, 1),
        search: new RoomSearch(database, 1, index),
        catchUp: () => {
          while (index.step());
        },
        removeBefore: (n) => {
          while (retainStep(database, retention, START_MS + n));
        },
      });
    } finally {
      database.close();
    }
  });
}

Deno.test(
  "RoomSearch.message() reads one message, and who acknowledged it",
  withRoom(({ log, search }) => {
    const hear = {
      type: "message",
      style: "announcement",
      replyTo: 0,
      text: "hear",
    } as const;
    const acknowledge = (target: number) =>
      ({ type: "acknowledge", target }) as const;
    log.append([
      logEvent(1, { act: hear }),
      logEvent(2, { act: hear }),
      logEvent(3, { act: acknowledge(1) }),
      logEvent(4, { act: acknowledge(2) }),
      logEvent(5, { act: acknowledge(1) }),
      logEvent(6, { act: acknowledge(1) }),
    ]);
    const found = search.message({ type: "message", target: 1, through: 5 });
    assertEquals(found.messages.map(({ text }) => text), ["hear"]);
    assertEquals(
      found.acknowledged,
      [3, 5].map((sequence) => {
        const { authorKey, accountId, author, timeMs } = logEvent(sequence);
        return { authorKey, accountId, name: author, timeMs };
      }),
    );
    for (const target of [3, 7]) {
      const { messages } = search.message({
        type: "message",
        target,
        through: 9,
      });
      assertEquals(messages, []);
    }
  }),
);

/** Asks for words, and goes on until there is an answer. */
function find(
  { search }: Room,
  words: string,
  change: Partial<Extract<LogQuery, { type: "search" }>> = {},
): LogFound {
  return finish(search, {
    type: "search",
    terms: searchTerms(words),
    authorNameKey: "",
    sinceMs: 0,
    untilMs: 8e15,
    before: 1_000_000,
    limit: 10,
    ...change,
  });
}

function page({ search }: Room, before: number, limit: number): LogFound {
  return finish(search, { type: "before", before, limit });
}

function pageUp(
  { search }: Room,
  after: number,
  limit: number,
  through: number,
): LogFound {
  return finish(search, { type: "after", after, through, limit });
}

function finish(search: RoomSearch, query: LogQuery): LogFound {
  const run = search.begin(query);
  for (let step = 0; step < 64; step++) {
    const found = search.step(run, STOPPED);
    if (found !== undefined) return found;
  }
  throw new Error("a search has no end");
}

function sequences({ messages }: LogFound): number[] {
  return messages.map(({ sequence }) => sequence);
}

Deno.test(
  "RoomSearch reads pages backwards, with an explicit start",
  withRoom((room) => {
    room.log.append(logEvents(1, 10));
    const first = page(room, 11, 4);
    assertEquals(first, {
      messages: logMessages(logEvents(7, 10)).reverse(),
      searchedTo: 7,
      isEnd: false,
    });
    assertEquals(sequences(page(room, 7, 4)), [6, 5, 4, 3]);
    assertEquals(page(room, 3, 2), {
      messages: logMessages(logEvents(1, 2)).reverse(),
      searchedTo: 1,
      isEnd: true,
    });
    assertEquals(page(room, 1, 4), {
      messages: [],
      searchedTo: 1,
      isEnd: true,
    });
  }),
);

Deno.test(
  "RoomSearch of an empty room is at the start",
  withRoom((room) => {
    assertEquals(page(room, 1, 4).isEnd, true);
    assertEquals(find(room, "pagi", { before: 1 }), {
      messages: [],
      searchedTo: 1,
      isEnd: true,
    });
  }),
);

Deno.test(
  "RoomSearch finds the newest first, and goes on from there",
  withRoom((room) => {
    const { log } = room;
    log.append([
      said(1, "Rapat besok"),
      said(2, "Jam berapa?"),
      said(3, "rapat jam sembilan"),
      said(4, "RAPAT lagi"),
    ]);
    room.catchUp();
    const first = find(room, "rapat", { limit: 2 });
    assertEquals(sequences(first), [4, 3]);
    assertEquals([first.searchedTo, first.isEnd], [3, false]);
    const second = find(room, "rapat", { before: first.searchedTo });
    assertEquals(sequences(second), [1]);
    assertEquals([second.searchedTo, second.isEnd], [1, true]);
    assertEquals(sequences(find(room, "jam rapat")), [3]);
    assertEquals(sequences(find(room, "rap*")), [4, 3, 1]);
    assertEquals(sequences(find(room, "absent")), []);
  }),
);

Deno.test(
  "RoomSearch finds beginnings of words, however long they are",
  withRoom((room) => {
    room.log.append([
      said(1, "pembangunan"),
      said(2, "pembanding"),
      said(3, "pembangkang, pembangunan"),
      said(4, "pem"),
      said(5, "𐐨𐐩𐐪𐐫 pa"),
    ]);
    const found = (words: string) => sequences(find(room, words));
    for (let round = 0; round < 2; round++) {
      assertEquals(found("pem*"), [4, 3, 2, 1]);
      assertEquals(found("pemb*"), [3, 2, 1]);
      assertEquals(found("pembang*"), [3, 1]);
      assertEquals(found("pembangu* pembangk*"), [3]);
      assertEquals(found("𐐨𐐩𐐪*"), [5]);
      assertEquals(found("pax*"), []);
      room.catchUp();
    }
  }),
);

Deno.test(
  "RoomSearch finds by person and by time, with words and without",
  withRoom((room) => {
    const { log } = room;
    const text = "pagi";
    log.append([
      said(1, text, { author: "Ani" }),
      said(2, text, { author: "Budi" }),
      said(3, "siang", { author: "Ani" }),
      said(4, text, { author: "ANI" }),
    ]);
    room.catchUp();
    const authorNameKey = "ani";
    assertEquals(sequences(find(room, "", { authorNameKey })), [4, 3, 1]);
    assertEquals(sequences(find(room, "pagi", { authorNameKey })), [4, 1]);
    const sinceMs = START_MS + 2;
    const untilMs = START_MS + 3;
    assertEquals(sequences(find(room, "", { sinceMs, untilMs })), [3, 2]);
    assertEquals(sequences(find(room, "pagi", { sinceMs })), [4, 2]);
    assertEquals(sequences(find(room, "pagi", { untilMs })), [2, 1]);
    assertEquals(find(room, "pagi", { untilMs: 0 }).isEnd, true);
    assertEquals(find(room, "", { sinceMs: 8e15 }).isEnd, true);
  }),
);

Deno.test(
  "RoomSearch goes on over the borders of blocks, a block at a time",
  withRoom((room) => {
    const { log, search } = room;
    for (let first = 1; first <= 70_000; first += 10_000) {
      log.append(
        logEvents(first, first + 9_999).map((event) => ({
          ...event,
          act: plainMessage(
            event.sequence % 30_000 === 1 ? "jarang" : "biasa",
          ),
        })),
      );
    }
    room.catchUp();
    assertEquals(sequences(find(room, "jarang")), [60_001, 30_001, 1]);
    assertEquals(
      sequences(find(room, "biasa", { before: 32_770, limit: 3 })),
      [32_769, 32_768, 32_767],
    );
    const query = {
      type: "search",
      terms: searchTerms("biasa jarang"),
      authorNameKey: "",
      sinceMs: 0,
      untilMs: 8e15,
      before: 70_001,
      limit: 3,
    } as const;
    const run = search.begin(query);
    assertEquals([search.step(run, STOPPED), search.step(run, STOPPED)], [
      undefined,
      undefined,
    ]);
    assertEquals(search.step(run, STOPPED)?.isEnd, true);
  }),
);

Deno.test(
  "RoomSearch.step() says how far it got when it looked for long",
  withRoom((room) => {
    const { log, search, catchUp } = room;
    log.append(logEvents(1, 300));
    catchUp();
    const query = {
      type: "search",
      terms: searchTerms("message"),
      authorNameKey: "",
      sinceMs: 0,
      untilMs: 8e15,
      before: 301,
      limit: 250,
    } as const;
    // A step takes half of the time there is.
    let nowMs = 0;
    const clockMs = () => nowMs += MAX_SEARCH_MS / 2;
    const run = search.begin(query);
    assertEquals(search.step(run, clockMs), undefined);
    const found = search.step(run, clockMs)!;
    assertEquals(found, {
      messages: logMessages(logEvents(101, 300)).reverse(),
      searchedTo: 101,
      isEnd: false,
    });
    const rest = finish(search, { ...query, before: found.searchedTo });
    assertEquals([rest.messages.length, rest.isEnd], [100, true]);
  }),
);

Deno.test(
  "RoomSearch ends where the log does, also if that changes meanwhile",
  withRoom((room) => {
    const { log, search, removeBefore } = room;
    log.append(logEvents(1, 200));
    const run = search.begin({ type: "before", before: 100, limit: 5 });
    removeBefore(150);
    assertEquals(search.step(run, STOPPED), {
      messages: [],
      searchedTo: 1,
      isEnd: true,
    });
    assertEquals(sequences(page(room, 153, 5)), [152, 151, 150]);
    assertEquals(find(room, "message", { before: 100 }).isEnd, true);
    assertEquals(find(room, "message", { limit: 90 }).messages.length, 51);
  }),
);

Deno.test(
  "RoomSearch takes more candidates than one step looks at",
  withRoom((room) => {
    const { log } = room;
    log.append(logEvents(1, 500));
    room.catchUp();
    const found = find(room, "message", { limit: 450 });
    assertEquals(found.messages, logMessages(logEvents(51, 500)).reverse());
  }),
);

Deno.test(
  "RoomSearch finds also what is not indexed yet, in its place",
  withRoom((room) => {
    const { log, catchUp } = room;
    log.append(logEvents(1, 10));
    catchUp();
    log.append(logEvents(11, 1_200));
    const all = { limit: 2_000 };
    assertEquals(
      find(room, "message", all).messages,
      logMessages(logEvents(1, 1_200)).reverse(),
    );
    assertEquals(sequences(find(room, "5", all)), [5]);
    assertEquals(sequences(find(room, "1111", all)), [1111]);
    const authorNameKey = "author 1";
    const of = find(room, "", { authorNameKey, ...all });
    assertEquals(of.messages.length, 400);
    catchUp();
    assertEquals(find(room, "", { authorNameKey, ...all }), of);
  }),
);

Deno.test(
  "RoomSearch reads pages forwards, with an explicit end",
  withRoom((room) => {
    room.log.append(logEvents(1, 10));
    assertEquals(pageUp(room, 0, 4, 10), {
      messages: logMessages(logEvents(1, 4)),
      searchedTo: 4,
      isEnd: false,
    });
    assertEquals(sequences(pageUp(room, 4, 4, 10)), [5, 6, 7, 8]);
    const last = pageUp(room, 8, 4, 9);
    assertEquals([sequences(last), last.isEnd], [[9], true]);
    assertEquals(pageUp(room, 6, 4, 10).isEnd, true);
    assertEquals(pageUp(room, 10, 4, 10), {
      messages: [],
      searchedTo: 10,
      isEnd: true,
    });
    room.log.append(logEvents(11, 40));
    room.removeBefore(30);
    assertEquals(sequences(pageUp(room, 0, 2, 40)), [30, 31]);
  }),
);

Deno.test(
  "RoomSearch reads pages over more events than one step counts",
  withRoom((room) => {
    const pin = (i: number) =>
      done(i, { type: "pin", target: 1, isOn: i % 2 === 0 });
    const pins = Array.from({ length: 3_000 }, (_, i) => pin(i + 2));
    room.log.append([said(1, "pagi"), ...pins, said(3_002, "siang")]);
    assertEquals(sequences(page(room, 3_003, 5)), [3_002, 1]);
    assertEquals(sequences(page(room, 3_002, 5)), [1]);
    assertEquals(sequences(pageUp(room, 1, 5, 3_002)), [3_002]);
    for (let round = 0; round < 2; round++) {
      assertEquals(sequences(find(room, "pagi")), [1]);
      assertEquals(sequences(find(room, "", { sinceMs: START_MS })), [
        3_002,
        1,
      ]);
      room.catchUp();
    }
  }),
);

/** Before and after each of them is indexed, or all that is changed is. */
const INDEXED = ["never", "before the changes", "after the changes"] as const;

for (const when of INDEXED) {
  Deno.test(
    `RoomSearch finds what messages say now, indexed ${when}`,
    withRoom((room) => {
      const { log, catchUp } = room;
      log.append([
        said(1, "lama sekali"),
        said(2, "rahasia"),
        said(3, "tetap"),
        said(4, "rahasia lagi"),
      ]);
      if (when === "before the changes") catchUp();
      log.append([
        done(5, { type: "edit", target: 1, text: "baru" }),
        done(6, { type: "edit", target: 1, text: "terbaru" }),
        done(7, { type: "remove", target: 2 }),
        done(8, { type: "edit", target: 4, text: "rahasia lain" }),
      ]);
      log.append([done(9, { type: "remove", target: 4 })]);
      if (when === "after the changes") catchUp();
      for (const words of ["lama", "sekali", "baru", "rahasia", "lain"]) {
        assertEquals(find(room, words).messages, [], words);
      }
      const found = find(room, "terbaru").messages;
      assertEquals(
        found.map(({ sequence, text, isEdited }) => [
          sequence,
          text,
          isEdited,
        ]),
        [[1, "terbaru", true]],
      );
      assertEquals(sequences(find(room, "", { authorNameKey: "author 1" })), [
        1,
      ]);
      assertEquals(sequences(find(room, "", { sinceMs: START_MS })), [3, 1]);
      const shown = [
        [1, "terbaru", true],
        [2, "", false],
        [3, "tetap", false],
        [4, "", false],
      ];
      const row = ({ messages }: LogFound) =>
        messages.map((one) => [one.sequence, one.text, one.isEdited]);
      assertEquals(row(pageUp(room, 0, 9, 9)), shown);
      assertEquals(row(page(room, 10, 9)), shown.toReversed());
    }),
  );
}

Deno.test(
  "RoomSearch tells nothing that was removed while it looked",
  withRoom((room) => {
    const { log, search, catchUp } = room;
    const first = Array.from(
      { length: 200 },
      (_, i) => said(i + 1, i === 198 ? "rahasia jarang" : "jarang"),
    );
    log.append(first);
    catchUp();
    const run = search.begin({
      type: "search",
      terms: searchTerms("jarang"),
      authorNameKey: "",
      sinceMs: 0,
      untilMs: 8e15,
      before: 201,
      limit: 150,
    });
    assertEquals(search.step(run, STOPPED), undefined);
    log.append([
      done(201, { type: "remove", target: 199 }),
      done(202, { type: "edit", target: 198, text: "lain" }),
      done(203, { type: "edit", target: 197, text: "jarang sekali" }),
    ]);
    const found = search.step(run, STOPPED);
    assertEquals(sequences(found!).slice(0, 2), [200, 197]);
    assertEquals(found!.messages[1]!.text, "jarang sekali");
    assertEquals(JSON.stringify(found).includes("rahasia"), false);
  }),
);
