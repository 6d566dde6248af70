/**
 * The schema of a client's room file, as the steps that lead to it. A step that
 * was released is never changed: a new one follows.
 *
 * @module
 */

import type { Migration } from "./migrations.ts";

/**
 * 1: One room of one person.
 *
 * - `meta`: facts, by name: who the client is to the server, its place, what the
 *   welcome said.
 * - `outbox`: acts that are to be sent, in the order of `position`.
 * - `event`: the newest that were seen. `edited` is the message whose text an
 *   edit is; 0 for anything else.
 *
 * `message` is the act or event as it is on the wire.
 */
const FIRST: Migration = `
  CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value ANY NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE outbox (
    position INTEGER PRIMARY KEY,
    message_id BLOB NOT NULL UNIQUE,
    message BLOB NOT NULL,
    time_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE event (
    sequence INTEGER PRIMARY KEY,
    edited INTEGER NOT NULL,
    own INTEGER NOT NULL,
    message BLOB NOT NULL
  ) STRICT;
`;

/** All steps. The number of a file's schema is how many it has behind it. */
export const CLIENT_MIGRATIONS: readonly Migration[] = [FIRST];
