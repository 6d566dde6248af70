import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import {
  checkDatabase,
  inTransaction,
  lockDatabase,
  openDatabase,
  withOpenErrors,
} from "../../../lib/store/database.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { HAS_MODES, modeOf, withFolder } from "./temporary_folder.ts";

/** Expects a `StoreError` and gives its code. */
function codeOf(action: () => unknown): string {
  return assertThrows(action, StoreError).code;
}

function pragma(database: DatabaseSync, name: string): unknown {
  return database.prepare(`PRAGMA ${name}`).get()![name];
}

Deno.test(
  "openDatabase() makes every commit wait for the disk",
  withFolder((folder) => {
    const { database } = openDatabase(`${folder}/chat.sqlite`);
    try {
      assertEquals(pragma(database, "journal_mode"), "wal");
      // 2 is FULL, 2 is INCREMENTAL.
      assertEquals(pragma(database, "synchronous"), 2);
      assertEquals(pragma(database, "auto_vacuum"), 2);
      assertEquals(pragma(database, "fullfsync"), 1);
      assertEquals(pragma(database, "foreign_keys"), 1);
    } finally {
      database.close();
    }
  }),
);

Deno.test({
  name: "openDatabase() makes files that only the owner can read",
  ignore: !HAS_MODES,
  fn: withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const { database, wasExposed } = openDatabase(path);
    try {
      database.exec("CREATE TABLE t (a)");
      assertEquals(wasExposed, false);
      for (const ending of ["", "-wal", "-shm"]) {
        assertEquals(modeOf(path + ending), 0o600, ending);
      }
    } finally {
      database.close();
    }
  }),
});

Deno.test({
  name: "openDatabase() makes an exposed file private and tells",
  ignore: !HAS_MODES,
  fn: withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    openDatabase(path).database.close();
    Deno.chmodSync(path, 0o640);
    const { database, wasExposed } = openDatabase(path);
    database.close();
    assertEquals([wasExposed, modeOf(path)], [true, 0o600]);
  }),
});

Deno.test(
  "openDatabase() touches no file of another program",
  withFolder((folder) => {
    const path = `${folder}/other`;
    const texts = ["", "hello ".repeat(1000)];
    Deno.writeTextFileSync(path, texts[1]!);
    assertEquals(codeOf(() => openDatabase(path)), "notADatabase");
    assertEquals(Deno.readTextFileSync(path), texts[1]);
    const other = new DatabaseSync(`${folder}/other.sqlite`);
    other.exec("CREATE TABLE t (a)");
    other.close();
    const before = Deno.readFileSync(`${folder}/other.sqlite`);
    assertEquals(
      codeOf(() => openDatabase(`${folder}/other.sqlite`)),
      "notADatabase",
    );
    assertEquals(Deno.readFileSync(`${folder}/other.sqlite`), before);
    Deno.mkdirSync(`${folder}/folder`);
    assertEquals(
      codeOf(() => openDatabase(`${folder}/folder`)),
      "notADatabase",
    );
    assertEquals(codeOf(() => openDatabase(`${folder}/no/x`)), "noSuchFile");
  }),
);

Deno.test(
  "lockDatabase() lets one in at a time, and readers always",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const { database } = openDatabase(path);
    const lock = lockDatabase(path);
    assertEquals(codeOf(() => lockDatabase(path)), "locked");
    database.exec("CREATE TABLE t (a)");
    const reader = new DatabaseSync(path);
    reader.prepare("SELECT * FROM t").all();
    reader.close();
    database.close();
    lock[Symbol.dispose]();
    lockDatabase(path)[Symbol.dispose]();
  }),
);

Deno.test("lockDatabase() ends with a process that is killed", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/chat.sqlite`;
  const code = `import { lockDatabase } from ${
    JSON.stringify(new URL("../../../lib/store/database.ts", import.meta.url))
  };
    lockDatabase(${JSON.stringify(path)});
    console.log("locked");
    setInterval(() => {}, 1000);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode(code));
  await input.close();
  const output = child.stdout.getReader();
  await output.read();
  const whileItLives = codeOf(() => lockDatabase(path));
  child.kill("SIGKILL");
  await child.status;
  await output.cancel();
  lockDatabase(path)[Symbol.dispose]();
  await Deno.remove(folder, { recursive: true });
  assertEquals(whileItLives, "locked");
});

Deno.test(
  "checkDatabase() finds a damaged page",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const first = openDatabase(path).database;
    first.exec("CREATE TABLE t (a); CREATE INDEX i ON t (a)");
    for (let i = 0; i < 1000; i++) first.exec(`INSERT INTO t VALUES (${i})`);
    checkDatabase(first, path, "integrity");
    first.close();
    const bytes = Deno.readFileSync(path);
    bytes.fill(0xff, 3 * 4096, 4 * 4096);
    Deno.writeFileSync(path, bytes);
    const { database } = openDatabase(path);
    try {
      assertEquals(
        codeOf(() => checkDatabase(database, path, "quick")),
        "corrupt",
      );
    } finally {
      database.close();
    }
  }),
);

Deno.test(
  "inTransaction() undoes everything if the action throws",
  withFolder((folder) => {
    const { database } = openDatabase(`${folder}/chat.sqlite`);
    try {
      database.exec("CREATE TABLE t (a)");
      assertThrows(
        () =>
          inTransaction(database, () => {
            database.exec("INSERT INTO t VALUES (1)");
            throw new RangeError("no");
          }),
        RangeError,
      );
      const answer = inTransaction(database, () => {
        database.exec("INSERT INTO t VALUES (2)");
        return 42;
      });
      assertEquals(answer, 42);
      const rows = database.prepare("SELECT a FROM t").all();
      assertEquals(rows.map(({ a }) => a), [2]);
    } finally {
      database.close();
    }
  }),
);

Deno.test("withOpenErrors() tells what is wrong with the folder", () => {
  const path = "/no-such-folder/chat.sqlite";
  const error = assertThrows(() =>
    withOpenErrors(path, () => {
      const words = "unable to open database file";
      throw Object.assign(new Error(words), { code: "ERR_SQLITE_ERROR" });
    }), StoreError);
  assertEquals([error.code, error.path], ["noSuchFile", path]);
});
