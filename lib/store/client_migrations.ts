/**
 * The schema of a client's file, as the steps that lead to it. A step that
 * was released is never changed: a new one follows.
 *
 * @module
 */

import type { Migration } from "./migrations.ts";

/**
 * 1: The rooms of one person on one server.
 *
 * - `meta`: facts, by name: who the client is to the server.
 * - `room`: the place in each, and what its welcome said.
 * - `outbox`: acts that are to be sent, in the order of `position`.
 * - `event`: the newest that were seen in each room. `edited` is the message
 *   whose text an edit is; 0 for anything else.
 *
 * `message` is the act or event as it is on the wire.
 */
const FIRST: Migration = `
  CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value ANY NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE room (
    room_id INTEGER PRIMARY KEY,
    epoch_id BLOB,
    last_sequence INTEGER NOT NULL,
    known BLOB
  ) STRICT;

  CREATE TABLE outbox (
    position INTEGER PRIMARY KEY,
    room_id INTEGER NOT NULL,
    message_id BLOB NOT NULL UNIQUE,
    message BLOB NOT NULL,
    time_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE event (
    room_id INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    edited INTEGER NOT NULL,
    own INTEGER NOT NULL,
    message BLOB NOT NULL,
    PRIMARY KEY (room_id, sequence)
  ) STRICT, WITHOUT ROWID;
`;

/** All steps. The number of a file's schema is how many it has behind it. */
export const CLIENT_MIGRATIONS: readonly Migration[] = [FIRST];
