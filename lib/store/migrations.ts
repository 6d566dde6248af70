/**
 * The schema, as the steps that lead to it. A step that was released is never
 * changed: a new one follows.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "./store_error.ts";

/** One step forward: SQL that leads from the schema before it. */
export type Migration = string;

/**
 * 1: One log of events for each room.
 *
 * - `meta`: facts about this file, by name.
 * - `author`: who wrote, by a hash: the secret by which a client is known again
 *   is nowhere in the file.
 * - `event`: `event_id` grows in the order of the commits, over all rooms;
 *   `sequence` is the order within a room, without a gap. The index by author
 *   ends in `event_id`, so it gives an author's newest events at once.
 *   (author, message) is not unique on purpose: which resends are recognised is
 *   decided before, and a client that breaks the rules of its message IDs must
 *   not be able to make a commit fail.
 */
const FIRST: Migration = `
  CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE room (
    room_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    archived_ms INTEGER
  ) STRICT;

  CREATE TABLE author (
    author_id INTEGER PRIMARY KEY,
    instance_hash BLOB NOT NULL UNIQUE
  ) STRICT;

  CREATE TABLE event (
    event_id INTEGER PRIMARY KEY,
    room_id INTEGER NOT NULL REFERENCES room,
    sequence INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    author_id INTEGER NOT NULL REFERENCES author,
    author_name TEXT NOT NULL,
    message_id BLOB NOT NULL,
    text TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    UNIQUE (room_id, sequence)
  ) STRICT;

  CREATE INDEX event_by_author ON event (author_id);
`;

/**
 * 2: Events of other kinds than messages.
 *
 * - `target`: the sequence number of the message that an event is about; 0 if
 *   it is about none.
 * - `detail`: a message's style; whether a reaction or a pin is on.
 * - `text`: what was written, an emoji, a topic. Empty for a message that was
 *   removed, and for its edits: the index finds those.
 */
const ACTS: Migration = `
  ALTER TABLE event ADD COLUMN target INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE event ADD COLUMN detail INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX edit_by_target ON event (room_id, target) WHERE kind = 2;
`;

/**
 * 3: An index of the words of messages, for search (`message_index.ts`).
 *
 * - `message_index`: an FTS5 table without content, so that no text is in the
 *   file twice; its `rowid` tells the event (since step 6 by `indexRow()`), and
 *   what is in `words` is what `MessageIndex` makes of a text. Neither positions
 *   (`detail`) nor lengths are kept: matches are looked at one by one, and
 *   ordered by their age.
 *   With `secure-delete` a removed message leaves no word behind. Its parts are
 *   put together a little at a time by `MessageIndex`, not by FTS5 in portions
 *   for which everybody would wait.
 * - `index_cursor`: one row. Messages before this event are indexed, and only
 *   those (`MessageIndex.step()`).
 */
const MESSAGE_INDEX: Migration = `
  CREATE VIRTUAL TABLE message_index USING fts5 (
    words, content = '', columnsize = 0, detail = 'none', tokenize = 'ascii'
  );
  INSERT INTO message_index (message_index, rank)
    VALUES ('secure-delete', 1), ('automerge', 0), ('crisismerge', 256);

  CREATE TABLE index_cursor (next_event_id INTEGER NOT NULL) STRICT;
  INSERT INTO index_cursor VALUES (0);
`;

/**
 * 4: Rooms and people.
 *
 * - `event.account_id`: the account its author was in; 0 for a guest.
 * - `room.creator`: who made it, as in `room_member`; empty for the default room.
 * - `room_member`: who belongs to a room; nobody is written down for the default
 *   room. `person` is a guest's `instance_hash` in hexadecimal, or `account:` and
 *   a number (`PersonKey`); `name` is what it was called when it came.
 * - `acknowledgement_by_target`: finds who acknowledged an announcement.
 */
const ROOMS: Migration = `
  ALTER TABLE event ADD COLUMN account_id INTEGER NOT NULL DEFAULT 0;

  ALTER TABLE room ADD COLUMN creator TEXT NOT NULL DEFAULT '';
  ALTER TABLE room ADD COLUMN is_locked INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE room ADD COLUMN slow_seconds INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE room_member (
    room_id INTEGER NOT NULL REFERENCES room,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    joined_ms INTEGER NOT NULL,
    delivered_sequence INTEGER NOT NULL DEFAULT 0,
    read_sequence INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room_id, person)
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX room_member_by_person ON room_member (person);

  CREATE INDEX acknowledgement_by_target ON event (room_id, target, sequence)
    WHERE kind = 7;
`;

/**
 * 5: People.
 *
 * - `account`: a name that somebody has claimed. `record` is what OPAQUE keeps
 *   of its password, `identifier` what it was registered for: neither tells the
 *   password. No number comes twice, so what a ticket or a message has of an
 *   account that is gone is never another one's.
 * - `ban`: `key` is the same for what is the same thing; `until_ms` is 0 for
 *   good.
 * - `mute`: of a person, `account:7` or a client's hash.
 * - `audit`: who did what to whom.
 */
const PEOPLE: Migration = `
  CREATE TABLE account (
    account_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    skeleton TEXT NOT NULL UNIQUE,
    identifier TEXT NOT NULL UNIQUE,
    record BLOB NOT NULL,
    memory_kib INTEGER NOT NULL,
    iterations INTEGER NOT NULL,
    parallelism INTEGER NOT NULL,
    role INTEGER NOT NULL,
    profile TEXT NOT NULL,
    created_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE ban (
    key TEXT PRIMARY KEY,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_name TEXT NOT NULL,
    by_role INTEGER NOT NULL,
    until_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE mute (
    person TEXT PRIMARY KEY,
    until_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE audit (
    audit_id INTEGER PRIMARY KEY AUTOINCREMENT,
    time_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    whom TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
`;

/**
 * 6: The index has the newest message first. It is made again, a step at a time,
 * as for a database that had none.
 */
const NEWEST_FIRST: Migration = `
  INSERT INTO message_index (message_index) VALUES ('delete-all');
  UPDATE index_cursor SET next_event_id = 0;
`;

/**
 * 7: `reaction_by_target` finds which emoji are at a message. The other index is
 * missing where step 4 was done before it had one.
 */
const REACTIONS: Migration = `
  CREATE INDEX IF NOT EXISTS acknowledgement_by_target
    ON event (room_id, target, sequence) WHERE kind = 7;
  CREATE INDEX reaction_by_target ON event (room_id, target, sequence)
    WHERE kind = 4;
`;

/**
 * 8: `room_member.seen_ms`: when the person was last there. Of those who belong
 * to a room until now that is not known: as of the newest event at the earliest.
 * From now on the default room has rows too: of who was there.
 */
const SEEN: Migration = `
  ALTER TABLE room_member ADD COLUMN seen_ms INTEGER NOT NULL DEFAULT 0;
  UPDATE room_member SET seen_ms = MAX(joined_ms, COALESCE(
    (SELECT time_ms FROM event ORDER BY event_id DESC LIMIT 1), 0));
`;

const MIGRATIONS: readonly Migration[] = [
  FIRST,
  ACTS,
  MESSAGE_INDEX,
  ROOMS,
  PEOPLE,
  NEWEST_FIRST,
  REACTIONS,
  SEEN,
];

/** The number of the schema that this program writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

/**
 * Brings a database to the present schema. Each step is one transaction: a
 * program that is killed in between goes on from there.
 *
 * @param database The database; close it if this throws.
 * @param migrations All steps; the server's by default.
 */
export function migrate(
  database: DatabaseSync,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  for (let done = schemaVersion(database); done < migrations.length; done++) {
    database.exec(
      `BEGIN IMMEDIATE; ${migrations[done]!}
       PRAGMA user_version = ${done + 1}; COMMIT;`,
    );
  }
}

/**
 * Refuses a database that a newer program has written.
 *
 * @param database The database.
 * @param path Its file, for errors.
 * @param known The newest schema there is; the server's by default.
 * @throws {StoreError} If it is of a newer schema: `newerSchema`.
 */
export function refuseNewerSchema(
  database: DatabaseSync,
  path: string,
  known: number = SCHEMA_VERSION,
): void {
  const version = schemaVersion(database);
  if (version <= known) return;
  const detail = `schema ${version}, and this program knows ${known}`;
  throw new StoreError("newerSchema", path, detail);
}

/**
 * Reads the number of a database's schema; 0 if it is empty.
 *
 * @param database The database.
 */
export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()!["user_version"]);
}
