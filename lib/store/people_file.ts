/**
 * What the operator does with the database beside a server that may be running
 * on it: `gas-server owner` and `gas-server audit`.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { assert } from "../base/assert.ts";
import type { AuditRow } from "../chat/account.ts";
import { checkName } from "../chat/name.ts";
import {
  connectDatabase,
  inTransaction,
  lockDatabase,
  openDatabase,
  refuseForeign,
  withOpenErrors,
} from "./database.ts";
import {
  migrate,
  refuseNewerSchema,
  SCHEMA_VERSION,
  schemaVersion,
} from "./migrations.ts";
import { PeopleStore } from "./people.ts";
import { StoreError, withStoreErrors } from "./store_error.ts";

/** What {@linkcode makeOwner} did. */
export type OwnerOutcome =
  | { readonly type: "made"; readonly name: string }
  | { readonly type: "alreadyOwner"; readonly name: string }
  /** A name must be claimed first: nobody else could be told from its owner. */
  | { readonly type: "notClaimed" };

/**
 * Makes the holder of a name an owner of the server. A running server knows it
 * when the person logs in the next time.
 *
 * @param path The server's database.
 * @param name Whose.
 * @param nowMs The wall clock.
 * @returns What was done.
 * @throws {StoreError} If there is no database, or it cannot be written.
 */
export function makeOwner(
  path: string,
  name: string,
  nowMs: number,
): OwnerOutcome {
  return withDatabase(path, (database) => {
    const check = checkName(name);
    if (check.type === "invalid") return { type: "notClaimed" };
    const people = new PeopleStore(database);
    return inTransaction(database, () => {
      const { key } = check.name;
      const result = people.query({ type: "account", key });
      const account = result.type === "account" ? result.account : undefined;
      if (account === undefined) return { type: "notClaimed" };
      const { accountId, name: { text } } = account;
      if (account.role === "owner") return { type: "alreadyOwner", name: text };
      people.apply({
        type: "setRole",
        accountId,
        role: "owner",
        audit: {
          timeMs: nowMs,
          who: "",
          what: "setRole",
          whom: text,
          detail: "owner",
        },
      });
      return { type: "made", name: text };
    });
  });
}

/** How many rows are read at a time. */
const PAGE_ROWS = 1_000;

/**
 * Reads what was done to whom.
 *
 * @param path The server's database.
 * @returns The entries, the oldest first.
 * @throws {StoreError} If there is no database, or it cannot be read.
 */
export function readAudit(path: string): AuditRow[] {
  return withDatabase(path, (database) => {
    const people = new PeopleStore(database);
    const rows: AuditRow[] = [];
    for (let before = 0;;) {
      const page = people.query({ type: "audit", before, limit: PAGE_ROWS });
      assert(page.type === "audit", "it was asked for");
      rows.push(...page.rows);
      before = page.rows.at(-1)?.auditId ?? 0;
      if (page.isEnd) return rows.reverse();
    }
  });
}

function withDatabase<Result>(
  path: string,
  action: (database: DatabaseSync) => Result,
): Result {
  const database = withStoreErrors(path, () => connect(path));
  try {
    return withStoreErrors(path, () => action(database));
  } finally {
    database.close();
  }
}

function connect(path: string): DatabaseSync {
  try {
    Deno.statSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new StoreError("noSuchFile", path, "no such file");
  }
  const database = connectDatabase(path);
  try {
    withOpenErrors(path, () => refuseForeign(database, path));
    refuseNewerSchema(database, path);
    if (schemaVersion(database) < SCHEMA_VERSION) bringForward(path);
    database.exec("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Of a database that an earlier version left, while no server has it. */
function bringForward(path: string): void {
  using _lock = lockDatabase(path);
  const { database } = openDatabase(path);
  try {
    migrate(database);
  } finally {
    database.close();
  }
}
