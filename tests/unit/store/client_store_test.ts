import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { decodeHex, encodeHex } from "../../../lib/base/bytes.ts";
import { encodeClientMessage } from "../../../lib/chat/chat_message.ts";
import type { KeptRoom } from "../../../lib/chat/client_journal.ts";
import type { OutgoingAct } from "../../../lib/chat/outbox.ts";
import { type Act, plainMessage } from "../../../lib/chat/room_event.ts";
import type { SeenEvent } from "../../../lib/chat/seen_event.ts";
import {
  ClientStore,
  MAX_KEPT_EVENTS,
} from "../../../lib/store/client_store.ts";
import { CLIENT_MIGRATIONS } from "../../../lib/store/client_migrations.ts";
import { openDatabase } from "../../../lib/store/database.ts";
import { migrate } from "../../../lib/store/migrations.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { HAS_MODES, modeOf, withFolder } from "./temporary_folder.ts";

const EPOCH = new Uint8Array(8).fill(7);
const ROOM = {
  kind: "public",
  room: "Lobby",
  self: "Ani",
  openRoom: true,
  topic: "rain",
  messageLimitCharacters: 10,
  fingerprint: "ABCD",
} as const;

const FIXTURES = new URL("../../fixtures/", import.meta.url);

let instances = 0;

function open(folder: string, failures: string[] = []): ClientStore {
  return ClientStore.open({
    path: `${folder}/room.sqlite`,
    random: (length) => new Uint8Array(length).fill(++instances),
    onFailure: ({ code }) => failures.push(code),
  });
}

/** Does something with the file while nobody has it. */
function withDatabase<Result>(
  folder: string,
  action: (database: DatabaseSync) => Result,
): Result {
  const database = new DatabaseSync(`${folder}/room.sqlite`);
  try {
    return action(database);
  } finally {
    database.close();
  }
}

function id(number: number): Uint8Array {
  return decodeHex(number.toString(16).padStart(32, "0"));
}

function outgoing(
  number: number,
  act: Act = plainMessage(`text ${number}`),
): OutgoingAct {
  return { id: id(number), act, timeMs: number };
}

function seen(
  sequence: number,
  { own = false, act = plainMessage(`text ${sequence}`) }: {
    own?: boolean;
    act?: Act;
  } = {},
): SeenEvent {
  const author = own ? "Ani" : "Budi";
  return { sequence, author, accountId: 0, own, act, timeMs: sequence };
}

function queue(store: ClientStore, outgoing: OutgoingAct): void {
  store.record(1, { type: "queued", outgoing });
}

function settle(store: ClientStore, number: number): void {
  store.record(1, { type: "settled", id: id(number) });
}

function see(store: ClientStore, ...events: SeenEvent[]): void {
  for (const event of events) {
    store.record(1, { type: "seen", event });
    place(store, event.sequence);
  }
}

function place(store: ClientStore, lastSequence: number): void {
  store.setPlaces(new Map([[1, { epochId: EPOCH, lastSequence }]]));
}

/** The only room. */
function kept({ memory }: ClientStore): KeptRoom {
  assert(memory.rooms.length <= 1);
  return memory.rooms[0] ?? {
    roomId: 1,
    place: undefined,
    known: undefined,
    outbox: [],
    events: [],
  };
}

function codeOf(action: () => unknown): string {
  return assertThrows(action, StoreError).code;
}

Deno.test(
  "ClientStore.open() begins as somebody new who knows nothing",
  withFolder((folder) => {
    const store = open(folder);
    const { clientInstance, ...rest } = store.memory;
    assertEquals(clientInstance.length, 16);
    assertEquals(rest, { rooms: [] });
    store.close();
  }),
);

Deno.test(
  "ClientStore gives the next one all that it was told",
  withFolder((folder) => {
    const store = open(folder);
    store.setRoom(1, ROOM);
    const pin = outgoing(3, { type: "pin", target: 9, isOn: true });
    for (const act of [outgoing(1), outgoing(2), pin]) queue(store, act);
    settle(store, 1);
    settle(store, 2);
    const acts: Act[] = [
      { type: "message", style: "action", replyTo: 1, text: "wa\0ves" },
      { type: "edit", target: 9, text: "\ufeffnew" },
      { type: "react", target: 9, emoji: "👍", isOn: true },
      { type: "topic", text: "rain" },
    ];
    const events = acts.map((act, i) => seen(9 + i, { act, own: i === 1 }));
    see(store, ...events);
    store.close();
    const next = open(folder);
    assertEquals(next.memory, {
      clientInstance: store.memory.clientInstance,
      rooms: [{
        roomId: 1,
        place: { epochId: EPOCH, lastSequence: 12 },
        known: ROOM,
        outbox: [pin],
        events,
      }],
    });
    next.close();
  }),
);

Deno.test(
  "ClientStore erases what a removal removes, with it",
  withFolder((folder) => {
    const store = open(folder);
    see(store, seen(1, { act: plainMessage("secret one") }), seen(2));
    see(store, seen(3, { act: { type: "edit", target: 1, text: "secret 3" } }));
    see(store, seen(4, { act: { type: "edit", target: 2, text: "stays" } }));
    store.flush();
    const remove: Act = { type: "remove", target: 1 };
    see(store, seen(5, { act: remove }));
    store.close();
    const next = open(folder);
    assertEquals(kept(next).events.map(({ act }) => act), [
      plainMessage(""),
      plainMessage("text 2"),
      { type: "edit", target: 1, text: "" },
      { type: "edit", target: 2, text: "stays" },
      remove,
    ]);
    next.close();
    for (const { name } of Deno.readDirSync(folder)) {
      const bytes = Deno.readFileSync(`${folder}/${name}`);
      assert(!new TextDecoder("latin1").decode(bytes).includes("secret"), name);
    }
  }),
);

Deno.test(
  "ClientStore.record() keeps at once only what is to be sent",
  withFolder((folder) => {
    const store = open(folder);
    see(store, seen(2));
    queue(store, outgoing(1));
    const count = (table: string) =>
      withDatabase(
        folder,
        (database) =>
          database.prepare(`SELECT count(*) AS n FROM ${table}`).get()!["n"],
      );
    assertEquals([count("outbox"), count("event")], [1, 0]);
    store.flush();
    assertEquals(count("event"), 1);
    store.close();
  }),
);

Deno.test(
  "ClientStore keeps the newest events, and no more",
  withFolder((folder) => {
    const store = open(folder);
    const last = MAX_KEPT_EVENTS + 5;
    for (let sequence = 1; sequence <= last; sequence++) {
      store.record(1, { type: "seen", event: seen(sequence) });
    }
    place(store, last);
    store.close();
    const next = open(folder);
    assertEquals(kept(next).events.length, MAX_KEPT_EVENTS);
    assertEquals(kept(next).events.at(-1), seen(last));
    next.close();
  }),
);

Deno.test(
  "ClientStore.startOver() keeps what is to be sent, and who sends it until it is",
  withFolder((folder) => {
    const store = open(folder);
    queue(store, outgoing(1));
    see(store, seen(1));
    store.startOver();
    see(store, seen(2));
    store.close();
    const same = open(folder);
    const { clientInstance } = store.memory;
    assertEquals(same.memory, {
      clientInstance,
      rooms: [{
        roomId: 1,
        place: undefined,
        known: undefined,
        outbox: [outgoing(1)],
        events: [],
      }],
    });
    settle(same, 1);
    see(same, seen(3, { own: true }));
    same.close();
    const other = open(folder);
    assert(other.memory.clientInstance[0] !== clientInstance[0]);
    assertEquals(kept(other).outbox, []);
    see(other, seen(4));
    other.close();
    const again = open(folder);
    assertEquals(kept(again).events, [seen(4)]);
    again.close();
  }),
);

Deno.test(
  "ClientStore.startAnew() keeps what is to be sent, for somebody new at once",
  withFolder((folder) => {
    const store = open(folder);
    store.setRoom(1, ROOM);
    queue(store, outgoing(1));
    see(store, seen(7));
    const clientInstance = new Uint8Array(16).fill(0xcd);
    store.startAnew(clientInstance);
    see(store, seen(2));
    store.close();
    const next = open(folder);
    assertEquals(next.memory, {
      clientInstance,
      rooms: [{
        roomId: 1,
        place: { epochId: EPOCH, lastSequence: 2 },
        known: undefined,
        outbox: [outgoing(1)],
        events: [seen(2)],
      }],
    });
    next.close();
  }),
);

const LEAVE = encodeClientMessage({ type: "leave" });

for (
  const [what, sql] of [
    ["an act", "INSERT INTO outbox VALUES (1, 1, x'01', x'00', 1)"],
    [
      "another message",
      `INSERT INTO outbox VALUES (1, 1, x'01', x'${encodeHex(LEAVE)}', 1)`,
    ],
    ["an event", "INSERT INTO event VALUES (1, 1, 0, 0, x'ff')"],
    ["a room", "UPDATE room SET known = x'80'"],
  ] as const
) {
  Deno.test(
    `ClientStore.open() tells that ${what} cannot be read`,
    withFolder((folder) => {
      const store = open(folder);
      see(store, seen(1));
      store.close();
      withDatabase(folder, (database) => {
        database.exec("DELETE FROM event");
        database.exec(sql);
      });
      assertEquals(codeOf(() => open(folder)), "corrupt");
    }),
  );
}

Deno.test(
  "ClientStore.open() lets one program at a time have a room",
  withFolder((folder) => {
    const store = open(folder);
    assertEquals(codeOf(() => open(folder)), "locked");
    store.close();
    open(folder).close();
  }),
);

Deno.test(
  "ClientStore.open() leaves a file alone that it does not understand",
  withFolder((folder) => {
    open(folder).close();
    withDatabase(
      folder,
      (database) =>
        database.exec(`PRAGMA user_version = ${CLIENT_MIGRATIONS.length + 1}`),
    );
    assertEquals(codeOf(() => open(folder)), "newerSchema");
    Deno.removeSync(`${folder}/room.sqlite`);
    const { database } = openDatabase(`${folder}/room.sqlite`);
    migrate(database);
    database.close();
    assertEquals(codeOf(() => open(folder)), "notADatabase");
    assertEquals(codeOf(() => open(`${folder}/no`)), "noSuchFile");
  }),
);

Deno.test({
  name: "ClientStore makes files that only the owner can read",
  ignore: !HAS_MODES,
  fn: withFolder((folder) => {
    const store = open(folder);
    queue(store, outgoing(1));
    for (const { name } of Deno.readDirSync(folder)) {
      assertEquals(modeOf(`${folder}/${name}`), 0o600, name);
    }
    store.close();
  }),
});

Deno.test(
  "ClientStore tells once that it cannot write, and keeps all when it can again",
  withFolder((folder) => {
    const failures: string[] = [];
    const store = open(folder, failures);
    withDatabase(folder, (other) => {
      other.exec("BEGIN IMMEDIATE");
      queue(store, outgoing(1));
      queue(store, outgoing(2));
      settle(store, 1);
      see(store, seen(1, { own: true }));
      store.flush();
    });
    assertEquals(failures, ["locked"]);
    store.close();
    const next = open(folder);
    assertEquals(kept(next).outbox, [outgoing(2)]);
    assertEquals(kept(next).events, [seen(1, { own: true })]);
    next.close();
  }),
);

Deno.test(
  "ClientStore gives up what would wait for ever, and what is kept stays one moment",
  withFolder((folder) => {
    const failures: string[] = [];
    const store = open(folder, failures);
    queue(store, outgoing(1));
    see(store, seen(1));
    store.flush();
    withDatabase(folder, (other) => {
      other.exec("BEGIN IMMEDIATE");
      for (let sequence = 2; sequence <= 5_000; sequence++) {
        see(store, seen(sequence));
      }
    });
    settle(store, 1);
    see(store, seen(5_001, { own: true }));
    assertEquals(failures, ["locked"]);
    assertEquals(codeOf(() => open(folder)), "locked");
    store.close();
    const next = open(folder);
    assertEquals(kept(next).outbox, [outgoing(1)]);
    assertEquals(kept(next).events, [seen(1)]);
    assertEquals(kept(next).place?.lastSequence, 1);
    next.close();
  }),
);

// Each file is a dump of a room file of that schema, with something in it.
for (let version = 1; version <= CLIENT_MIGRATIONS.length; version++) {
  Deno.test(
    `a room file of schema ${version} opens, and goes on`,
    withFolder((folder) => {
      const dump = new URL(`client_schema_${version}.sql`, FIXTURES);
      withDatabase(
        folder,
        (database) => database.exec(Deno.readTextFileSync(dump)),
      );
      const store = open(folder);
      assertEquals(store.memory, {
        clientInstance: new Uint8Array(16).fill(0xab),
        rooms: [{
          roomId: 1,
          place: { epochId: EPOCH, lastSequence: 3 },
          known: ROOM,
          outbox: [outgoing(5)],
          events: [
            seen(2),
            seen(3, {
              own: true,
              act: { type: "edit", target: 2, text: "new" },
            }),
          ],
        }],
      });
      queue(store, outgoing(6));
      store.close();
      const next = open(folder);
      assertEquals(kept(next).outbox, [outgoing(5), outgoing(6)]);
      next.close();
    }),
  );
}
