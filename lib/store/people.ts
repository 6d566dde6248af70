import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  type Account,
  type AuditEntry,
  type AuditRow,
  type Ban,
  BAN_KINDS,
  type Mute,
} from "../chat/account.ts";
import { banKey } from "../chat/ban_list.ts";
import { MAX_ACCOUNTS, MAX_AUDIT_ROWS } from "../chat/limits.ts";
import type { MemberName } from "../chat/name.ts";
import type {
  PeopleChange,
  PeopleChangeResult,
  PeopleQuery,
  PeopleQueryResult,
  PeopleState,
} from "../chat/people_change.ts";
import { type Role, ROLES } from "../chat/role.ts";
import { accountKeyOf } from "../chat/person.ts";

/** Accounts, bans, mutes and the audit, in a database. */
export class PeopleStore {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;

  /**
   * Uses a database of the present schema.
   *
   * @param database The database; it must stay open as long as this is used.
   */
  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  /**
   * Reads what a server knows of people when it starts.
   *
   * @param nowMs The wall clock: what is over is left out.
   * @returns All of it.
   */
  state(nowMs: number): PeopleState {
    const { selectAccounts, selectBans, selectMutes } = this.#statements;
    return {
      accounts: selectAccounts.all().map(accountOf),
      bans: selectBans.all(nowMs).map(banOf),
      mutes: selectMutes.all(nowMs).map(muteOf),
    };
  }

  /**
   * Makes a change, and writes down that it was made. To be called in a
   * transaction: it is both or none. What cannot be done changes nothing.
   *
   * @param change The change.
   * @returns What came of it.
   */
  apply(change: PeopleChange): PeopleChangeResult {
    const result = this.#change(change);
    const isDone = result.type === "done" || result.type === "claimed";
    if (isDone && change.type !== "setProfile") this.writeDown(change.audit);
    return result;
  }

  /**
   * Answers a question.
   *
   * @param query The question.
   * @returns What is known.
   */
  query(query: PeopleQuery): PeopleQueryResult {
    switch (query.type) {
      case "account": {
        const row = this.#statements.selectByKey.get(query.key);
        return { type: "account", account: row && accountOf(row) };
      }
      case "audit": {
        const before = query.before === 0
          ? Number.MAX_SAFE_INTEGER
          : query.before;
        const rows = this.#statements.selectAudit.all(before, query.limit + 1)
          .map(auditRowOf);
        const isEnd = rows.length <= query.limit;
        return { type: "audit", rows: rows.slice(0, query.limit), isEnd };
      }
    }
  }

  /**
   * Writes down what was done, in the transaction in which it is.
   *
   * @param entry What.
   */
  writeDown({ timeMs, who, what, whom, detail }: AuditEntry): void {
    const { insertAudit, trimAudit } = this.#statements;
    const { lastInsertRowid } = insertAudit.run(
      timeMs,
      who,
      what,
      whom,
      detail,
    );
    trimAudit.run(Number(lastInsertRowid) - MAX_AUDIT_ROWS);
  }

  #change(change: PeopleChange): PeopleChangeResult {
    const run = this.#statements;
    switch (change.type) {
      case "claim":
        return this.#claim(change);
      case "setPassword": {
        const { identifier, record, stretching } = change.password;
        const { memoryKiB, iterations, parallelism } = stretching;
        return this.#erasing(() =>
          found(run.setPassword.run(
            identifier,
            record,
            memoryKiB,
            iterations,
            parallelism,
            change.accountId,
          ))
        );
      }
      case "release":
        return this.#release(change.accountId, change.person);
      case "rename":
        return this.#rename(change.accountId, change.name);
      case "setProfile":
        return found(run.setProfile.run(change.profile, change.accountId));
      case "setRole":
        return found(
          run.setRole.run(ROLES.indexOf(change.role), change.accountId),
        );
      case "ban":
        this.#ban(change.ban);
        return DONE;
      case "unban":
        return found(run.deleteBan.run(banKey(change.kind, change.value)));
      case "mute":
        run.insertMute.run(change.mute.person, change.mute.untilMs);
        return DONE;
      case "unmute":
        return found(run.deleteMute.run(change.person));
      case "note":
        return DONE;
    }
  }

  #claim(
    { name, password, person, audit }: Extract<
      PeopleChange,
      { readonly type: "claim" }
    >,
  ): PeopleChangeResult {
    const run = this.#statements;
    if (run.selectSimilar.get(name.key, name.skeleton) !== undefined) {
      return { type: "nameClaimed" };
    }
    const count = Number(run.countAccounts.get()!["count"]);
    if (count >= MAX_ACCOUNTS) return { type: "tooMany", limit: MAX_ACCOUNTS };
    const { memoryKiB, iterations, parallelism } = password.stretching;
    const { lastInsertRowid } = run.insertAccount.run(
      name.text,
      name.key,
      name.skeleton,
      password.identifier,
      password.record,
      memoryKiB,
      iterations,
      parallelism,
      ROLES.indexOf("member"),
      audit.timeMs,
    );
    const accountId = Number(lastInsertRowid);
    this.#move(accountKeyOf(accountId), person);
    return { type: "claimed", accountId };
  }

  #release(accountId: number, person: string): PeopleChangeResult {
    const { deleteAccount } = this.#statements;
    const result = this.#erasing(() => found(deleteAccount.run(accountId)));
    if (result.type === "done") this.#move(person, accountKeyOf(accountId));
    return result;
  }

  /** Who is silent stays so, and who is in a room stays there. */
  #move(person: string, old: string): void {
    const { moveMute, moveMember, moveCreator } = this.#statements;
    for (const move of [moveMute, moveMember, moveCreator]) {
      move.run(person, old);
    }
  }

  #rename(accountId: number, name: MemberName): PeopleChangeResult {
    const run = this.#statements;
    const similar = run.selectSimilar.all(name.key, name.skeleton);
    if (similar.some((row) => row["account_id"] !== accountId)) {
      return { type: "nameClaimed" };
    }
    return found(run.rename.run(name.text, name.key, name.skeleton, accountId));
  }

  #ban(ban: Ban): void {
    const { kind, value, reason, by, byRole, untilMs } = ban;
    this.#statements.insertBan.run(
      banKey(kind, value),
      BAN_KINDS.indexOf(kind),
      value,
      reason,
      by,
      ROLES.indexOf(byRole),
      untilMs,
    );
  }

  /** What of a password is let go is erased from the pages it leaves free. */
  #erasing(change: () => PeopleChangeResult): PeopleChangeResult {
    const before = this.#database.prepare("PRAGMA secure_delete").get();
    this.#database.exec("PRAGMA secure_delete = ON");
    try {
      return change();
    } finally {
      const value = Number(before!["secure_delete"]);
      this.#database.exec(`PRAGMA secure_delete = ${value}`);
    }
  }
}

const DONE: PeopleChangeResult = { type: "done" };

function found({ changes }: { changes: number | bigint }): PeopleChangeResult {
  return Number(changes) > 0 ? DONE : { type: "notFound" };
}

type Row = Readonly<Record<string, unknown>>;

/** The schema says what each column holds: its tables are STRICT. */
function accountOf(row: Row): Account {
  return {
    accountId: row["account_id"] as number,
    name: {
      text: row["name"] as string,
      key: row["key"] as string,
      skeleton: row["skeleton"] as string,
    },
    role: roleOf(row["role"]),
    profile: row["profile"] as string,
    createdMs: row["created_ms"] as number,
    password: {
      identifier: row["identifier"] as string,
      record: row["record"] as Uint8Array,
      stretching: {
        memoryKiB: row["memory_kib"] as number,
        iterations: row["iterations"] as number,
        parallelism: row["parallelism"] as number,
      },
    },
  };
}

function banOf(row: Row): Ban {
  return {
    kind: BAN_KINDS[row["kind"] as number]!,
    value: row["value"] as string,
    reason: row["reason"] as string,
    by: row["by_name"] as string,
    byRole: roleOf(row["by_role"]),
    untilMs: row["until_ms"] as number,
  };
}

function muteOf(row: Row): Mute {
  return {
    person: row["person"] as string,
    untilMs: row["until_ms"] as number,
  };
}

/** Reads a row of the audit. */
function auditRowOf(row: Row): AuditRow {
  return {
    auditId: row["audit_id"] as number,
    timeMs: row["time_ms"] as number,
    who: row["who"] as string,
    what: row["what"] as AuditRow["what"],
    whom: row["whom"] as string,
    detail: row["detail"] as string,
  };
}

function roleOf(value: unknown): Role {
  return ROLES[value as number] ?? "guest";
}

type Statements = ReturnType<typeof prepare>;

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text);
  return {
    countAccounts: sql("SELECT COUNT(*) AS count FROM account"),
    selectSimilar: sql(
      "SELECT account_id FROM account WHERE key = ? OR skeleton = ?",
    ),
    selectAccounts: sql("SELECT * FROM account ORDER BY account_id"),
    selectByKey: sql("SELECT * FROM account WHERE key = ?"),
    insertAccount: sql(`
      INSERT INTO account (name, key, skeleton, identifier, record, memory_kib,
        iterations, parallelism, role, profile, created_ms)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?)`),
    setPassword: sql(`
      UPDATE account SET identifier = ?, record = ?, memory_kib = ?,
        iterations = ?, parallelism = ? WHERE account_id = ?`),
    deleteAccount: sql("DELETE FROM account WHERE account_id = ?"),
    rename: sql(`
      UPDATE account SET name = ?, key = ?, skeleton = ?
      WHERE account_id = ?`),
    setProfile: sql("UPDATE account SET profile = ? WHERE account_id = ?"),
    setRole: sql("UPDATE account SET role = ? WHERE account_id = ?"),
    selectBans: sql(`
      SELECT * FROM ban WHERE until_ms = 0 OR until_ms > ? ORDER BY rowid`),
    insertBan: sql(`
      INSERT OR REPLACE INTO ban (key, kind, value, reason, by_name, by_role,
        until_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`),
    deleteBan: sql("DELETE FROM ban WHERE key = ?"),
    selectMutes: sql("SELECT * FROM mute WHERE until_ms > ?"),
    insertMute: sql(
      "INSERT OR REPLACE INTO mute (person, until_ms) VALUES (?, ?)",
    ),
    deleteMute: sql("DELETE FROM mute WHERE person = ?"),
    moveMute: sql("UPDATE OR REPLACE mute SET person = ? WHERE person = ?"),
    moveMember: sql(
      "UPDATE OR REPLACE room_member SET person = ? WHERE person = ?",
    ),
    moveCreator: sql("UPDATE room SET creator = ? WHERE creator = ?"),
    insertAudit: sql(`
      INSERT INTO audit (time_ms, who, what, whom, detail)
      VALUES (?, ?, ?, ?, ?)`),
    trimAudit: sql("DELETE FROM audit WHERE audit_id <= ?"),
    selectAudit: sql(`
      SELECT * FROM audit WHERE audit_id < ?
      ORDER BY audit_id DESC LIMIT ?`),
  };
}
