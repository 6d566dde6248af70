/** What is done and what is written down of it are one transaction, over a real database. */
import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { StoreKeeper } from "../../lib/store/store_keeper.ts";
import { idOf, TIME } from "../unit/chat/test_room.ts";
import type { TestServer } from "../unit/chat/test_server.ts";
import { withFolder } from "../unit/store/temporary_folder.ts";
import { startStored } from "./stored_server.ts";

const MODERATOR = { accountId: 7, role: "moderator" } as const;

/** Something that moderators do in room 2. */
interface AuditedDeed {
  /** The moderator, in the room as member 11, does it. */
  readonly act: (world: TestServer) => void;
  /** Gives something else once it is done. */
  readonly sql: string;
  /** What that gives before and after. */
  readonly values: readonly [number, number];
  /** The table that it changes. */
  readonly table: "room" | "event";
  /** What is written down. */
  readonly entry: string;
}

const DEEDS: Readonly<Record<string, AuditedDeed>> = {
  "locking a room": {
    act: (world) => world.ask(11, { type: "lock", isOn: true }),
    sql: "SELECT is_locked AS value FROM room WHERE room_id = 2",
    values: [0, 1],
    table: "room",
    entry: "Guru lock room 2",
  },
  "slow mode": {
    act: (world) => world.ask(11, { type: "slow", seconds: 30 }),
    sql: "SELECT slow_seconds AS value FROM room WHERE room_id = 2",
    values: [0, 30],
    table: "room",
    entry: "Guru slow room 2 30",
  },
  "removing what another one wrote": {
    act: (world) => {
      const act = { type: "remove", target: 1 } as const;
      world.send(11, { type: "act", id: idOf(9), act });
    },
    sql: "SELECT MAX(sequence) AS value FROM event WHERE room_id = 2",
    values: [1, 2],
    table: "event",
    entry: "Guru removeMessage room 2 1",
  },
  "archiving a room": {
    act: (world) => world.ask(11, { type: "archive" }),
    sql: "SELECT archived_ms NOTNULL AS value FROM room WHERE room_id = 2",
    values: [0, 1],
    table: "room",
    entry: "Guru archive room 2",
  },
};

/** Does it to a room in which Budi has said something. */
function run(
  path: string,
  { act }: AuditedDeed,
  use: (doing: () => void, keeper: StoreKeeper) => void,
): void {
  const { world, keeper } = startStored(path, TIME);
  world.join(1, "Guru", { account: MODERATOR });
  world.join(2, "Budi");
  world.create(1, "Sains", "public");
  world.ask(2, { type: "joinRoom", name: "Sains" });
  world.enter(11, 1, 2);
  world.enter(12, 2, 2);
  world.say(12, "rude", 1);
  use(() => act(world), keeper);
  keeper.handleRequest({ type: "close" });
}

/** Writes to a database from outside. */
function tamper(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** What is on the disk of it. */
function onDisk(path: string, { sql }: AuditedDeed): [number, string[]] {
  const database = new DatabaseSync(path);
  const { value } = database.prepare(sql).get() as { value: number };
  const entries = database.prepare("SELECT * FROM audit").all().map((
    { who, what, whom, detail },
  ) => [who, what, whom, detail].join(" ").trim());
  database.close();
  return [value, entries];
}

for (const [what, deed] of Object.entries(DEEDS)) {
  Deno.test(
    `${what} is in the audit`,
    withFolder((folder) => {
      const path = `${folder}/chat.sqlite`;
      run(path, deed, (doing) => doing());
      assertEquals(onDisk(path, deed), [deed.values[1], [deed.entry]]);
    }),
  );

  // Whichever of both fails takes the other one with it.
  for (const table of ["audit", deed.table]) {
    Deno.test(
      `${what} is done and in the audit, or neither, when writing to ${table} fails`,
      withFolder((folder) => {
        const path = `${folder}/chat.sqlite`;
        run(path, deed, (doing) => {
          const change = table === "room" ? "UPDATE" : "INSERT";
          tamper(
            path,
            `CREATE TRIGGER torn BEFORE ${change} ON ${table}
             BEGIN SELECT RAISE(ABORT, 'torn'); END`,
          );
          assertThrows(doing, Error, "torn");
        });
        assertEquals(onDisk(path, deed), [deed.values[0], []]);
      }),
    );
  }
}

Deno.test(
  "removing an own message is in no audit",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const deed: AuditedDeed = {
      ...DEEDS["removing what another one wrote"]!,
      act: (world) => {
        const act = { type: "remove", target: 1 } as const;
        world.send(12, { type: "act", id: idOf(9), act });
      },
    };
    run(path, deed, (doing) => doing());
    assertEquals(onDisk(path, deed), [2, []]);
  }),
);
