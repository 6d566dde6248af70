import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { type Act, plainMessage } from "../../../lib/chat/room_event.ts";
import type { MessageEntry, RoomEntry } from "../../../lib/chat/room_record.ts";
import { RoomReader } from "../../../lib/store/room_reader.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { StoreKeeper } from "../../../lib/store/store_keeper.ts";
import { logEvent, logEvents, writesOf } from "./log_events.ts";
import { openRequest } from "./open_request.ts";
import { withFolder } from "./temporary_folder.ts";

function open(folder: string): StoreKeeper {
  return StoreKeeper.open(openRequest(`${folder}/chat.sqlite`), 0);
}

/** Appends acts after what is there; their times are their numbers. */
function append(keeper: StoreKeeper, first: number, acts: readonly Act[]) {
  const events = acts.map((act, i) =>
    logEvent(first + i, { act, author: "Ani", timeMs: first + i })
  );
  keeper.handleRequest({ type: "commit", writes: writesOf(events) });
}

function close(keeper: StoreKeeper): void {
  keeper.handleRequest({ type: "close" });
}

function readAll(folder: string, room?: string): RoomEntry[] {
  using reader = RoomReader.open(`${folder}/chat.sqlite`, room);
  return [...reader.pages()].flat();
}

function textsOf(entries: readonly RoomEntry[]): string[] {
  return entries.map((entry) =>
    entry.type === "topic" ? entry.text : entry.state.text
  );
}

function codeOf(action: () => unknown): string {
  return assertThrows(action, StoreError).code;
}

Deno.test(
  "RoomReader.pages() reads what an open database has committed, in order",
  withFolder((folder) => {
    const keeper = open(folder);
    keeper.handleRequest({
      type: "commit",
      writes: writesOf(logEvents(1, 1000)),
    });
    const entries = readAll(folder);
    assertEquals(
      entries.map(({ sequence }) => sequence),
      [
        ...Array(1000).keys(),
      ].map((i) => i + 1),
    );
    assertEquals(textsOf(entries).at(-1), "Message 1000");
    close(keeper);
  }),
);

Deno.test(
  "RoomReader.pages() folds later events into the messages they are about",
  withFolder((folder) => {
    const keeper = open(folder);
    append(keeper, 1, [
      plainMessage("one"),
      plainMessage("two"),
      { type: "message", style: "action", replyTo: 1, text: "three" },
    ]);
    // Pages apart from what they change.
    keeper.handleRequest({
      type: "commit",
      writes: writesOf(logEvents(4, 200)),
    });
    append(keeper, 201, [
      { type: "edit", target: 1, text: "uno" },
      { type: "edit", target: 1, text: "eins" },
      { type: "react", target: 1, emoji: "👍", isOn: true },
      { type: "react", target: 1, emoji: "🎉", isOn: true },
      { type: "react", target: 1, emoji: "🎉", isOn: false },
      { type: "pin", target: 1, isOn: true },
      { type: "remove", target: 2 },
      { type: "topic", text: "numbers" },
    ]);
    close(keeper);
    const entries = readAll(folder);
    const [one, two, three] = entries as MessageEntry[];
    assertEquals(one!.state.text, "eins");
    assertEquals(one!.edits, { count: 2, timesMs: [201, 202] });
    assertEquals(one!.state.reactions, [{ emoji: "👍", names: ["Ani"] }]);
    assertEquals(one!.state.isPinned, true);
    assertEquals(two!.state.text, "");
    assertEquals(two!.state.removal, { author: "Ani", timeMs: 207 });
    assertEquals(three!.style, "action");
    assertEquals(three!.answered, { sequence: 1, author: "Ani", text: "eins" });
    assertEquals(entries.length, 201);
    assertEquals(entries.at(-1), {
      type: "topic",
      sequence: 208,
      timeMs: 208,
      author: "Ani",
      text: "numbers",
    });
  }),
);

Deno.test(
  "RoomReader.pages() ends with what was there at the start",
  withFolder((folder) => {
    const keeper = open(folder);
    append(keeper, 1, [plainMessage("one")]);
    using reader = RoomReader.open(`${folder}/chat.sqlite`, undefined);
    append(keeper, 2, [
      plainMessage("two"),
      { type: "edit", target: 1, text: "later" },
    ]);
    assertEquals(textsOf([...reader.pages()].flat()), ["one"]);
    assertEquals(reader.facts.lastSequence, 1);
    close(keeper);
  }),
);

Deno.test(
  "RoomReader.pages() gives no text that was removed meanwhile",
  withFolder((folder) => {
    const keeper = open(folder);
    append(keeper, 1, [plainMessage("secret")]);
    using reader = RoomReader.open(`${folder}/chat.sqlite`, undefined);
    append(keeper, 2, [{ type: "remove", target: 1 }]);
    assertEquals(textsOf([...reader.pages()].flat()), [""]);
    close(keeper);
  }),
);

Deno.test(
  "RoomReader.pages() says that an answered message is not kept any more",
  withFolder((folder) => {
    const keeper = open(folder);
    append(keeper, 1, [
      plainMessage("one"),
      { type: "message", style: "plain", replyTo: 1, text: "two" },
    ]);
    close(keeper);
    const database = new DatabaseSync(`${folder}/chat.sqlite`);
    database.exec("DELETE FROM event WHERE sequence = 1");
    database.close();
    const [two] = readAll(folder) as MessageEntry[];
    assertEquals(two!.answered, { sequence: 1, author: undefined, text: "" });
  }),
);

Deno.test(
  "RoomReader.pages() keeps a NUL and a byte order mark in a text",
  withFolder((folder) => {
    const keeper = open(folder);
    append(keeper, 1, [plainMessage("\ufeffa\0b")]);
    close(keeper);
    assertEquals(textsOf(readAll(folder)), ["\ufeffa\0b"]);
  }),
);

Deno.test(
  "RoomReader.open() finds a room by its name in any case",
  withFolder((folder) => {
    close(open(folder));
    const database = new DatabaseSync(`${folder}/chat.sqlite`);
    database.exec(`
      INSERT INTO room (room_id, name, kind, topic, created_ms)
      VALUES (7, 'Kelas 2', 'public', 'Ujian', 0)`);
    database.close();
    using reader = RoomReader.open(`${folder}/chat.sqlite`, "kelas 2");
    assertEquals(reader.facts, {
      name: "Kelas 2",
      kind: "public",
      topic: "Ujian",
      firstSequence: 1,
      lastSequence: 0,
    });
    assertEquals([...reader.pages()], []);
    const error = assertThrows(
      () => RoomReader.open(`${folder}/chat.sqlite`, "Kelas"),
      StoreError,
    );
    assertEquals([error.code, error.detail], ["noSuchRoom", "Room, Kelas 2"]);
  }),
);

Deno.test(
  "RoomReader.open() refuses what is no database of this schema",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    assertEquals(codeOf(() => readAll(folder)), "noSuchFile");
    Deno.writeTextFileSync(path, "not a database ".repeat(100));
    assertEquals(codeOf(() => readAll(folder)), "notADatabase");
    Deno.removeSync(path);
    close(open(folder));
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 1");
    assertEquals(codeOf(() => readAll(folder)), "olderSchema");
    database.exec("PRAGMA user_version = 999");
    assertEquals(codeOf(() => readAll(folder)), "newerSchema");
    database.close();
  }),
);
