import { assert, assertEquals, assertThrows } from "@std/assert";
import { checkName } from "../../../lib/chat/name.ts";
import { lockDatabase, openDatabase } from "../../../lib/store/database.ts";
import { migrate, SCHEMA_VERSION } from "../../../lib/store/migrations.ts";
import { PeopleStore } from "../../../lib/store/people.ts";
import { makeOwner, readAudit } from "../../../lib/store/people_file.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { withFolder } from "./temporary_folder.ts";

/** Makes a database in which Ani has claimed her name. */
function makeDatabase(path: string): void {
  const { database } = openDatabase(path);
  migrate(database);
  const check = checkName("Ani");
  assert(check.type === "valid");
  new PeopleStore(database).apply({
    type: "claim",
    name: check.name,
    password: {
      identifier: "account",
      record: new Uint8Array(192),
      stretching: { memoryKiB: 65_536, iterations: 1, parallelism: 1 },
    },
    person: "guest",
    audit: { timeMs: 1, who: "Ani", what: "claim", whom: "Ani", detail: "" },
  });
  database.close();
}

Deno.test(
  "makeOwner() makes the holder of a claimed name an owner, while a server runs",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    makeDatabase(path);
    using _server = lockDatabase(path);
    assertEquals(makeOwner(path, " ani ", 7), { type: "made", name: "Ani" });
    assertEquals(makeOwner(path, "Ani", 8), {
      type: "alreadyOwner",
      name: "Ani",
    });
    assertEquals(readAudit(path), [
      {
        auditId: 1,
        timeMs: 1,
        who: "Ani",
        what: "claim",
        whom: "Ani",
        detail: "",
      },
      {
        auditId: 2,
        timeMs: 7,
        who: "",
        what: "setRole",
        whom: "Ani",
        detail: "owner",
      },
    ]);
  }),
);

for (const name of ["Budi", "", "a\tb"]) {
  Deno.test(
    `makeOwner() says that "${name}" is not claimed`,
    withFolder((folder) => {
      const path = `${folder}/chat.sqlite`;
      makeDatabase(path);
      assertEquals(makeOwner(path, name, 7), { type: "notClaimed" });
      assertEquals(readAudit(path).length, 1);
    }),
  );
}

Deno.test(
  "makeOwner() makes no database",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const error = assertThrows(() => makeOwner(path, "Ani", 7), StoreError);
    assertEquals(error.code, "noSuchFile");
    assertEquals([...Deno.readDirSync(folder)], []);
  }),
);

Deno.test(
  "makeOwner() and readAudit() take a database of an earlier version, if no server has it",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const { database } = openDatabase(path);
    const schema = new URL("../../fixtures/schema_1.sql", import.meta.url);
    database.exec(Deno.readTextFileSync(schema));
    database.close();
    const lock = lockDatabase(path);
    const error = assertThrows(() => readAudit(path), StoreError);
    assertEquals(error.code, "locked");
    lock[Symbol.dispose]();
    assertEquals(makeOwner(path, "Ani", 7), { type: "notClaimed" });
    assertEquals(readAudit(path), []);
    assert(SCHEMA_VERSION > 1);
  }),
);
