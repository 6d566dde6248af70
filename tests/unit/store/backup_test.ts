import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { backupDatabase, restoreDatabase } from "../../../lib/store/backup.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { StoreKeeper } from "../../../lib/store/store_keeper.ts";
import {
  committedThrough,
  logEvent,
  logEvents,
  writesOf,
} from "./log_events.ts";
import { openRequest } from "./open_request.ts";
import { HAS_MODES, modeOf, withFolder } from "./temporary_folder.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

function open(path: string): StoreKeeper {
  return StoreKeeper.open(openRequest(path), NOW_MS);
}

function append(keeper: StoreKeeper, first: number, last: number): void {
  const events = logEvents(first, last);
  assertEquals(
    keeper.handleRequest({ type: "commit", writes: writesOf(events) }),
    committedThrough(events.at(-1)!.sequence),
  );
}

function close(keeper: StoreKeeper): void {
  keeper.handleRequest({ type: "close" });
}

/** Makes a closed database with messages 1 to `last`. */
function make(path: string, last: number): Uint8Array {
  const keeper = open(path);
  append(keeper, 1, last);
  close(keeper);
  return keeper.state.epochId;
}

function stateOf(path: string): StoreKeeper["state"] {
  const keeper = open(path);
  close(keeper);
  return keeper.state;
}

function codeOf(action: () => unknown): string {
  return assertThrows(action, StoreError).code;
}

function filesOf(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

Deno.test(
  "backupDatabase() copies what an open database has committed",
  withFolder((folder) => {
    const keeper = open(`${folder}/chat.sqlite`);
    // Some of it in the file, some in the write-ahead log only.
    append(keeper, 1, 3000);
    append(keeper, 3001, 3010);
    backupDatabase(`${folder}/chat.sqlite`, `${folder}/copy`);
    append(keeper, 3011, 3020);
    close(keeper);
    const { lastSequence, recent, epochId } = stateOf(`${folder}/copy`);
    assertEquals([lastSequence, epochId], [3010, keeper.state.epochId]);
    assertEquals(recent, logEvents(2911, 3010));
    assertEquals(stateOf(`${folder}/chat.sqlite`).lastSequence, 3020);
  }),
);

Deno.test(
  "backupDatabase() makes one private file and nothing else",
  withFolder((folder) => {
    make(`${folder}/chat.sqlite`, 5);
    Deno.mkdirSync(`${folder}/backups`);
    backupDatabase(`${folder}/chat.sqlite`, `${folder}/backups/copy`);
    assertEquals(filesOf(`${folder}/backups`), ["copy"]);
    if (HAS_MODES) assertEquals(modeOf(`${folder}/backups/copy`), 0o600);
  }),
);

Deno.test(
  "backupDatabase() replaces no file, and leaves none where it fails",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    assertEquals(
      codeOf(() => backupDatabase(path, `${folder}/copy`)),
      "noSuchFile",
    );
    make(path, 5);
    Deno.writeTextFileSync(`${folder}/taken`, "mine");
    const before = filesOf(folder);
    assertEquals(
      codeOf(() => backupDatabase(path, `${folder}/taken`)),
      "fileExists",
    );
    assertEquals(
      codeOf(() => backupDatabase(path, `${folder}/no/copy`)),
      "noSuchFile",
    );
    assertEquals(Deno.readTextFileSync(`${folder}/taken`), "mine");
    Deno.writeTextFileSync(path, "x".repeat(5000));
    assertEquals(
      codeOf(() => backupDatabase(path, `${folder}/copy`)),
      "notADatabase",
    );
    assertEquals(filesOf(folder), before);
  }),
);

Deno.test(
  "backupDatabase() makes no copy of a damaged database",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    make(path, 2000);
    damage(path);
    assertEquals(
      codeOf(() => backupDatabase(path, `${folder}/copy`)),
      "corrupt",
    );
  }),
);

Deno.test(
  "restoreDatabase() puts a copy in the place, with another epoch",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const epochId = make(path, 5);
    backupDatabase(path, `${folder}/copy`);
    const copy = Deno.readFileSync(`${folder}/copy`);
    const keeper = open(path);
    append(keeper, 6, 9);
    close(keeper);
    const kept = restoreDatabase(path, `${folder}/copy`, NOW_MS);
    assertEquals(kept, `${path}.before-20260102T030405Z`);
    assertEquals(Deno.readFileSync(`${folder}/copy`), copy);
    const restored = stateOf(path);
    assertEquals(restored.recent, logEvents(1, 5));
    assert(restored.epochId.toString() !== epochId.toString());
    const before = stateOf(kept!);
    assertEquals([before.lastSequence, before.epochId], [9, epochId]);
    if (HAS_MODES) assertEquals(modeOf(path), 0o600);
  }),
);

Deno.test(
  "restoreDatabase() needs no database to be there",
  withFolder((folder) => {
    make(`${folder}/copy`, 5);
    const path = `${folder}/chat.sqlite`;
    assertEquals(restoreDatabase(path, `${folder}/copy`, NOW_MS), undefined);
    assertEquals(stateOf(path).recent, logEvents(1, 5));
  }),
);

Deno.test(
  "restoreDatabase() takes a database that a killed server left",
  withFolder((folder) => {
    const keeper = open(`${folder}/left`);
    append(keeper, 1, 5);
    Deno.mkdirSync(`${folder}/killed`);
    for (const ending of ["", "-wal"]) {
      const name = `${folder}/killed/chat.sqlite${ending}`;
      Deno.copyFileSync(`${folder}/left${ending}`, name);
    }
    close(keeper);
    const path = `${folder}/chat.sqlite`;
    restoreDatabase(path, `${folder}/killed/chat.sqlite`, NOW_MS);
    assertEquals(stateOf(path).recent, logEvents(1, 5));
  }),
);

Deno.test(
  "restoreDatabase() changes nothing while a server runs",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    make(`${folder}/copy`, 5);
    const keeper = open(path);
    append(keeper, 1, 1);
    const before = filesOf(folder);
    assertEquals(
      codeOf(() => restoreDatabase(path, `${folder}/copy`, NOW_MS)),
      "locked",
    );
    assertEquals(filesOf(folder), before);
    close(keeper);
    assertEquals(stateOf(path).recent, [logEvent(1)]);
  }),
);

Deno.test(
  "restoreDatabase() changes nothing if the copy is not whole",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    make(path, 1);
    const copies: [string, () => void][] = [
      ["noSuchFile", () => {}],
      ["notADatabase", () => Deno.writeTextFileSync(`${folder}/copy`, "")],
      ["notADatabase", () => Deno.writeTextFileSync(`${folder}/copy`, "hi")],
      ["newerSchema", () => {
        make(`${folder}/copy`, 5);
        const database = new DatabaseSync(`${folder}/copy`);
        database.exec("PRAGMA user_version = 99");
        database.close();
      }],
      ["corrupt", () => {
        make(`${folder}/copy`, 2000);
        damage(`${folder}/copy`);
      }],
    ];
    for (const [code, prepare] of copies) {
      removeAll(folder, "copy");
      prepare();
      const before = filesOf(folder);
      const error = assertThrows(
        () => restoreDatabase(path, `${folder}/copy`, NOW_MS),
        StoreError,
      );
      assertEquals([error.code, error.path], [code, `${folder}/copy`]);
      assertEquals(
        filesOf(folder),
        [...new Set([...before, "chat.sqlite-lock"])].sort(),
      );
      assertEquals(stateOf(path).recent, [logEvent(1)]);
    }
  }),
);

Deno.test(
  "restoreDatabase() replaces a damaged database, with its log",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    make(`${folder}/copy`, 5);
    make(path, 2000);
    Deno.writeTextFileSync(path, "no database ".repeat(1000));
    Deno.writeTextFileSync(`${path}-wal`, "no log");
    const kept = restoreDatabase(path, `${folder}/copy`, NOW_MS);
    assertEquals(stateOf(path).recent, logEvents(1, 5));
    assertEquals(Deno.readTextFileSync(`${kept}-wal`), "no log");
  }),
);

function damage(path: string): void {
  const bytes = Deno.readFileSync(path);
  const middle = Math.floor(bytes.length / 4096 / 2) * 4096;
  bytes.fill(0xff, middle, middle + 4096);
  Deno.writeFileSync(path, bytes);
}

function removeAll(folder: string, start: string): void {
  for (const name of filesOf(folder)) {
    if (name.startsWith(start)) Deno.removeSync(`${folder}/${name}`);
  }
}
