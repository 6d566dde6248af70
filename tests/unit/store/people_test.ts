import { assert, assertEquals, assertThrows } from "@std/assert";
import type { DatabaseSync } from "node:sqlite";
import type {
  AccountPassword,
  AuditAction,
  AuditEntry,
  Ban,
} from "../../../lib/chat/account.ts";
import { checkName, type MemberName } from "../../../lib/chat/name.ts";
import type { PeopleChange } from "../../../lib/chat/people_change.ts";
import { MAX_ACCOUNTS, MAX_AUDIT_ROWS } from "../../../lib/chat/limits.ts";
import { inTransaction, openDatabase } from "../../../lib/store/database.ts";
import { migrate } from "../../../lib/store/migrations.ts";
import { PeopleStore } from "../../../lib/store/people.ts";
import { withFolder } from "./temporary_folder.ts";

/** A name that keeps the rules. */
function nameOf(text: string): MemberName {
  const check = checkName(text);
  assert(check.type === "valid");
  return check.name;
}

function passwordOf(seed: number): AccountPassword {
  return {
    identifier: `account ${seed}`,
    record: new Uint8Array(192).fill(seed),
    stretching: { memoryKiB: 65_536, iterations: 1, parallelism: 1 },
  };
}

function entry(what: AuditAction, whom = ""): AuditEntry {
  return { timeMs: 5, who: "Ani", what, whom, detail: "" };
}

function claim(name: string, seed: number): PeopleChange {
  return {
    type: "claim",
    name: nameOf(name),
    password: passwordOf(seed),
    person: `guest ${seed}`,
    audit: entry("claim", name),
  };
}

const BAN: Ban = {
  kind: "network",
  value: "192.0.2.0/24",
  reason: "Spam",
  by: "Ani",
  byRole: "moderator",
  untilMs: 0,
};

/** Runs a test on a database of the present schema. */
function withPeople(
  test: (people: PeopleStore, database: DatabaseSync) => void,
): () => void {
  return withFolder((folder) => {
    const { database } = openDatabase(`${folder}/chat.sqlite`);
    try {
      migrate(database);
      test(new PeopleStore(database), database);
    } finally {
      database.close();
    }
  });
}

function accountOf(people: PeopleStore, text: string) {
  const { key } = nameOf(text);
  const result = people.query({ type: "account", key });
  assert(result.type === "account");
  const { account } = result;
  const accounts = people.state(0).accounts.filter((one) =>
    one.name.key === key
  );
  assertEquals(accounts, account === undefined ? [] : [account]);
  return account;
}

function auditOf(people: PeopleStore): string[] {
  const result = people.query({ type: "audit", before: 0, limit: 100 });
  assert(result.type === "audit");
  return result.rows.map(({ what, whom }) => `${what} ${whom}`.trim());
}

Deno.test(
  "PeopleStore.apply() claims a name, and writes it down",
  withPeople((people) => {
    assertEquals(accountOf(people, "ani"), undefined);
    assertEquals(people.apply(claim("Ani", 1)), {
      type: "claimed",
      accountId: 1,
    });
    assertEquals(accountOf(people, "ANI"), {
      accountId: 1,
      name: nameOf("Ani"),
      role: "member",
      profile: "",
      createdMs: 5,
      password: passwordOf(1),
    });
    assertEquals(auditOf(people), ["claim Ani"]);
  }),
);

for (const other of ["NEIL", "Nell", "nell"]) {
  Deno.test(
    `PeopleStore.apply() refuses ${other}, when it is claimed or looks like what is`,
    withPeople((people) => {
      people.apply(claim("Nell", 1));
      assertEquals(people.apply(claim(other, 2)), { type: "nameClaimed" });
      assertEquals(auditOf(people), ["claim Nell"]);
    }),
  );
}

Deno.test(
  "PeopleStore.apply() sets another password, and the old one is gone from the file",
  withPeople((people) => {
    people.apply(claim("Ani", 1));
    const result = people.apply({
      type: "setPassword",
      accountId: 1,
      password: passwordOf(2),
      audit: entry("setPassword", "Ani"),
    });
    assertEquals(result, { type: "done" });
    assertEquals(accountOf(people, "Ani")?.password, passwordOf(2));
    assertEquals(auditOf(people), ["setPassword Ani", "claim Ani"]);
  }),
);

Deno.test(
  "PeopleStore.apply() releases a name, whose number never comes again",
  withPeople((people) => {
    people.apply(claim("Ani", 1));
    const audit = entry("release", "Ani");
    people.apply({ type: "release", accountId: 1, person: "guest 1", audit });
    assertEquals(accountOf(people, "Ani"), undefined);
    assertEquals(people.apply(claim("Ani", 2)), {
      type: "claimed",
      accountId: 2,
    });
    assertEquals(
      people.apply({ type: "release", accountId: 1, person: "guest 1", audit }),
      {
        type: "notFound",
      },
    );
    assertEquals(auditOf(people), ["claim Ani", "release Ani", "claim Ani"]);
  }),
);

Deno.test(
  "PeopleStore.apply() gives a guest what was the account's that it releases",
  withPeople((people, database) => {
    people.apply(claim("Ani", 1));
    const audit = entry("release", "Ani");
    const mute = { person: "account:1", untilMs: 100 };
    people.apply({ type: "mute", mute, audit: entry("mute", "Ani") });
    database.exec(`
      INSERT INTO room (room_id, name, kind, topic, created_ms, creator)
        VALUES (2, 'Sains', 'public', '', 0, 'account:1');
      INSERT INTO room_member (room_id, person, name, joined_ms, read_sequence)
        VALUES (2, 'account:1', 'Ani', 0, 3), (2, 'account:2', 'Budi', 0, 0);
    `);
    people.apply({ type: "release", accountId: 1, person: "guest 9", audit });
    assertEquals(people.state(0).mutes, [{ ...mute, person: "guest 9" }]);
    assertEquals(
      database.prepare(
        "SELECT person, read_sequence AS read FROM room_member ORDER BY person",
      ).all().map((row) => ({ ...row })),
      [{ person: "account:2", read: 0 }, { person: "guest 9", read: 3 }],
    );
    const { creator } = database.prepare("SELECT creator FROM room").get()!;
    assertEquals(creator, "guest 9");
  }),
);

Deno.test(
  "PeopleStore.apply() renames an account, but not to another one's name",
  withPeople((people) => {
    people.apply(claim("Ani", 1));
    people.apply(claim("Budi", 2));
    const rename = (name: string) =>
      people.apply({
        type: "rename",
        accountId: 1,
        name: nameOf(name),
        audit: entry("rename", name),
      });
    assertEquals(rename("BUDI"), { type: "nameClaimed" });
    assertEquals(rename("ANI"), { type: "done" });
    assertEquals(rename("Citra"), { type: "done" });
    assertEquals(accountOf(people, "Ani"), undefined);
    assertEquals(accountOf(people, "citra")?.accountId, 1);
  }),
);

Deno.test(
  "PeopleStore.apply() sets role and profile",
  withPeople((people) => {
    people.apply(claim("Ani", 1));
    const audit = entry("setRole", "Ani");
    people.apply({ type: "setRole", accountId: 1, role: "owner", audit });
    people.apply({ type: "setProfile", accountId: 1, profile: "Hello" });
    const account = accountOf(people, "Ani");
    assertEquals([account?.role, account?.profile], ["owner", "Hello"]);
    assertEquals(auditOf(people), ["setRole Ani", "claim Ani"]);
  }),
);

Deno.test(
  "PeopleStore keeps bans, one of each thing, until they are over",
  withPeople((people) => {
    const audit = entry("ban", BAN.value);
    people.apply({ type: "ban", ban: { ...BAN, reason: "Once" }, audit });
    people.apply({ type: "ban", ban: BAN, audit });
    const name: Ban = { ...BAN, kind: "name", value: "Budi", untilMs: 100 };
    people.apply({ type: "ban", ban: { ...name, value: "BUDI" }, audit });
    people.apply({ type: "ban", ban: name, audit });
    assertEquals(people.state(99).bans, [BAN, name]);
    assertEquals(people.state(100).bans, [BAN]);
    const { kind, value } = BAN;
    const unban = { type: "unban", kind, value, audit } as const;
    assertEquals(people.apply(unban), { type: "done" });
    assertEquals(people.apply(unban), { type: "notFound" });
    assertEquals(people.state(0).bans, [name]);
  }),
);

Deno.test(
  "PeopleStore keeps mutes; a guest's goes over to the account",
  withPeople((people) => {
    const audit = entry("mute", "Budi");
    const mute = { person: "guest 7", untilMs: 100 };
    people.apply({ type: "mute", mute, audit });
    assertEquals(people.state(99).mutes, [mute]);
    people.apply(claim("Budi", 7));
    assertEquals(people.state(99).mutes, [{ ...mute, person: "account:1" }]);
    assertEquals(people.state(100).mutes, []);
    const person = "account:1";
    people.apply({ type: "unmute", person, audit });
    assertEquals(people.state(99).mutes, []);
  }),
);

Deno.test(
  "PeopleStore.query() pages through the audit, the newest first",
  withPeople((people) => {
    for (let i = 1; i <= 5; i++) {
      people.apply({ type: "note", audit: entry("kick", `Guest ${i}`) });
    }
    const page = (before: number, limit: number) => {
      const result = people.query({ type: "audit", before, limit });
      assert(result.type === "audit");
      return [result.rows.map(({ auditId }) => auditId), result.isEnd];
    };
    assertEquals(page(0, 2), [[5, 4], false]);
    assertEquals(page(4, 2), [[3, 2], false]);
    assertEquals(page(2, 2), [[1], true]);
    assertEquals(page(1, 2), [[], true]);
  }),
);

Deno.test(
  "PeopleStore.apply() in a transaction that fails leaves neither change nor entry",
  withPeople((people, database) => {
    assertThrows(() =>
      inTransaction(database, () => {
        people.apply(claim("Ani", 1));
        throw new RangeError("no");
      }), RangeError);
    assertEquals(accountOf(people, "Ani"), undefined);
    assertEquals(auditOf(people), []);
  }),
);

Deno.test(
  "PeopleStore.apply() refuses one claimed name too many",
  withPeople((people, database) => {
    database.exec(`
      WITH RECURSIVE number (n) AS (
        SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${
      MAX_ACCOUNTS - 1
    }
      )
      INSERT INTO account (name, key, skeleton, identifier, record, memory_kib,
        iterations, parallelism, role, profile, created_ms)
      SELECT 'a' || n, 'a' || n, 'a' || n, n, X'00', 1, 1, 1, 1, '', 0
      FROM number`);
    const last = people.apply(claim("Ani", 1));
    assertEquals(last, { type: "claimed", accountId: MAX_ACCOUNTS });
    assertEquals(people.apply(claim("Budi", 2)), {
      type: "tooMany",
      limit: MAX_ACCOUNTS,
    });
    assertEquals(auditOf(people), ["claim Ani"]);
  }),
);

Deno.test(
  "PeopleStore keeps so many entries of the audit, and the oldest goes",
  withPeople((people, database) => {
    database.exec(`
      WITH RECURSIVE number (n) AS (
        SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${MAX_AUDIT_ROWS}
      )
      INSERT INTO audit (time_ms, who, what, whom, detail)
      SELECT 0, '', 'kick', '', '' FROM number`);
    people.apply({ type: "note", audit: entry("kick", "Budi") });
    const row = database.prepare(
      "SELECT COUNT(*) AS count, MIN(audit_id) AS first FROM audit",
    ).get()!;
    assertEquals([row["count"], row["first"]], [MAX_AUDIT_ROWS, 2]);
  }),
);
