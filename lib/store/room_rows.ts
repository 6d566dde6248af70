/**
 * Rooms and who is in them, as rows.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import type {
  Membership,
  RoomChange,
  RoomFacts,
  RoomMember,
} from "../chat/change.ts";
import type { PersonKey } from "../chat/person.ts";
import { DEFAULT_ROOM_ID, type RoomKind } from "../chat/room_kind.ts";

/** The rooms of a database. */
export interface KnownRooms {
  /** Those that are not archived, in the order in which they were made. */
  readonly rooms: readonly RoomFacts[];
  /** The highest number of any. */
  readonly lastRoomId: number;
}

/**
 * Reads the rooms.
 *
 * @param database The database.
 * @returns The rooms.
 */
export function readRooms(database: DatabaseSync): KnownRooms {
  const rows = database.prepare(
    `SELECT room_id, kind, name, creator, is_locked, slow_seconds FROM room
     WHERE archived_ms IS NULL ORDER BY room_id`,
  ).all();
  const selectMembers = database.prepare(
    "SELECT person, name FROM room_member WHERE room_id = ? ORDER BY joined_ms, person",
  );
  const rooms = rows.map((row): RoomFacts => {
    const roomId = row["room_id"] as number;
    const kind = row["kind"] as RoomKind;
    const members = kind === "public"
      ? []
      : selectMembers.all(roomId).map(memberOf);
    return {
      roomId,
      kind,
      name: row["name"] as string,
      creator: row["creator"] as string,
      isLocked: row["is_locked"] === 1,
      slowSeconds: row["slow_seconds"] as number,
      members,
    };
  });
  const last = database.prepare("SELECT MAX(room_id) AS last FROM room").get();
  return { rooms, lastRoomId: Number(last!["last"]) };
}

/**
 * Reads in which rooms somebody is.
 *
 * @param database The database.
 * @param person Who.
 * @returns The rooms that are not archived, besides the default one.
 */
export function readMemberships(
  database: DatabaseSync,
  person: PersonKey,
): Membership[] {
  const rows = database.prepare(
    `SELECT room_id, read_sequence, COALESCE(
       (SELECT MAX(sequence) FROM event WHERE event.room_id = room.room_id), 0
     ) AS last_sequence
     FROM room_member JOIN room USING (room_id)
     WHERE person = ? AND archived_ms IS NULL AND room_id <> ${DEFAULT_ROOM_ID}
     ORDER BY room_id`,
  ).all(person);
  return rows.map((row) => ({
    roomId: row["room_id"] as number,
    lastSequence: row["last_sequence"] as number,
    readSequence: row["read_sequence"] as number,
  }));
}

/** What is known of somebody in the default room. */
export interface Stay {
  /** When it was last seen, in milliseconds since 1970; 0 for never. */
  readonly seenMs: number;
  /** The last event that it has read; 0 for none. */
  readonly readSequence: number;
}

/**
 * Reads what is known of somebody in the default room.
 *
 * @param database The database.
 * @param person Who.
 * @returns What is known.
 */
export function readStay(database: DatabaseSync, person: PersonKey): Stay {
  const row = database.prepare(
    `SELECT seen_ms, read_sequence FROM room_member
     WHERE room_id = ${DEFAULT_ROOM_ID} AND person = ?`,
  ).get(person);
  return {
    seenMs: Number(row?.["seen_ms"] ?? 0),
    readSequence: Number(row?.["read_sequence"] ?? 0),
  };
}

/**
 * Writes a change, in the transaction of its group.
 *
 * @param database The database.
 * @param change The change.
 */
export function writeChange(
  database: DatabaseSync,
  change: Exclude<RoomChange, { readonly type: "expireGuests" }>,
): void {
  switch (change.type) {
    case "createRoom": {
      const { roomId, kind, name, creator } = change.room;
      database.prepare(
        `INSERT INTO room (room_id, name, kind, topic, created_ms, creator)
         VALUES (?, ?, ?, '', ?, ?)`,
      ).run(roomId, name, kind, change.timeMs, creator);
      for (const member of change.members) {
        addMember(database, { roomId, member, timeMs: change.timeMs });
      }
      return;
    }
    case "addMember":
      return addMember(database, change);
    case "removeMember":
      database.prepare(
        "DELETE FROM room_member WHERE room_id = ? AND person = ?",
      ).run(change.roomId, change.person);
      return;
    case "positions": {
      const update = database.prepare(
        `UPDATE room_member
         SET delivered_sequence = MAX(delivered_sequence, ?),
           read_sequence = MAX(read_sequence, ?)
         WHERE room_id = ? AND person = ?`,
      );
      for (const { person, delivered, read } of change.positions) {
        update.run(delivered, read, change.roomId, person);
      }
      return;
    }
    case "seen":
      return noteSeen(database, change);
    case "archiveRoom":
      database.prepare("UPDATE room SET archived_ms = ? WHERE room_id = ?")
        .run(change.audit.timeMs, change.roomId);
      return;
    case "lockRoom":
      database.prepare("UPDATE room SET is_locked = ? WHERE room_id = ?")
        .run(Number(change.isLocked), change.roomId);
      return;
    case "slowRoom":
      database.prepare("UPDATE room SET slow_seconds = ? WHERE room_id = ?")
        .run(change.slowSeconds, change.roomId);
      return;
  }
}

function noteSeen(
  database: DatabaseSync,
  { member: { person, name }, timeMs }: Extract<
    RoomChange,
    { readonly type: "seen" }
  >,
): void {
  database.prepare("UPDATE room_member SET seen_ms = ? WHERE person = ?")
    .run(timeMs, person);
  database.prepare(
    `INSERT INTO room_member (room_id, person, name, joined_ms, seen_ms)
     VALUES (${DEFAULT_ROOM_ID}, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET name = excluded.name`,
  ).run(person, name, timeMs, timeMs);
}

function addMember(
  database: DatabaseSync,
  { roomId, member, timeMs }: {
    readonly roomId: number;
    readonly member: RoomMember;
    readonly timeMs: number;
  },
): void {
  database.prepare(
    `INSERT OR IGNORE INTO room_member (room_id, person, name, joined_ms,
       seen_ms) VALUES (?, ?, ?, ?, ?)`,
  ).run(roomId, member.person, member.name, timeMs, timeMs);
}

/**
 * Reads who belongs to a room.
 *
 * @param row Its person and name.
 * @returns Who.
 */
export function memberOf(row: Readonly<Record<string, unknown>>): RoomMember {
  return { person: row["person"] as string, name: row["name"] as string };
}
