import type { DatabaseSync } from "node:sqlite";
import type { GuestExpiry } from "../chat/change.ts";
import type { PersonKey } from "../chat/person.ts";
import { DEFAULT_ROOM_ID } from "../chat/room_kind.ts";

/** Which guests do not come back. */
export interface ExpiryOptions {
  /** They were not seen since then. */
  readonly beforeMs: number;
  /** These are there all the same. */
  readonly present: readonly PersonKey[];
  /** The wall clock. */
  readonly timeMs: number;
}

/**
 * Ends what guests belong to who do not come back, and archives rooms: direct
 * talks with them, in which nobody would answer; private rooms to which nobody
 * belongs, since nobody can ever enter them; and public ones to which nobody
 * belongs and in which nothing was said since then. In the transaction of the
 * caller.
 *
 * @param database The database.
 * @param options Which guests.
 * @returns What is over.
 */
export function expireGuests(
  database: DatabaseSync,
  { beforeMs, present, timeMs }: ExpiryOptions,
): GuestExpiry {
  const isPresent = new Set(present);
  const rows = database.prepare(`
    SELECT room_id, person, kind FROM room_member JOIN room USING (room_id)
    WHERE archived_ms IS NULL AND seen_ms < ? AND person NOT GLOB 'account:*'
    ORDER BY room_id`).all(beforeMs);
  const remove = database.prepare(
    "DELETE FROM room_member WHERE room_id = ? AND person = ?",
  );
  const archived = new Set<number>();
  const left: { roomId: number; person: PersonKey }[] = [];
  for (const row of rows) {
    const roomId = row["room_id"] as number;
    const person = row["person"] as PersonKey;
    if (isPresent.has(person)) continue;
    if (row["kind"] === "direct") {
      archived.add(roomId);
      continue;
    }
    remove.run(roomId, person);
    if (row["kind"] === "private") left.push({ roomId, person });
  }
  const deserted = database.prepare(`
    SELECT room_id FROM room
    WHERE archived_ms IS NULL AND room_id <> ${DEFAULT_ROOM_ID}
      AND NOT EXISTS (
        SELECT 1 FROM room_member WHERE room_member.room_id = room.room_id)
      AND (kind <> 'public' OR COALESCE(
        (SELECT time_ms FROM event WHERE event.room_id = room.room_id
         ORDER BY sequence DESC LIMIT 1), created_ms) < ?)
    ORDER BY room_id`).all(beforeMs);
  for (const row of deserted) archived.add(row["room_id"] as number);
  const archive = database.prepare(
    "UPDATE room SET archived_ms = ? WHERE room_id = ?",
  );
  for (const roomId of archived) archive.run(timeMs, roomId);
  return { left, archived: Array.from(archived) };
}

/**
 * Forgets which guests were in the default room who do not come back. They lose
 * nothing by it, also if the clock is wrong.
 *
 * @param database The database.
 * @param beforeMs They were not seen since then.
 */
export function forgetGuests(database: DatabaseSync, beforeMs: number): void {
  database.prepare(`
    DELETE FROM room_member WHERE room_id = ${DEFAULT_ROOM_ID}
      AND seen_ms < ? AND person NOT GLOB 'account:*'`).run(beforeMs);
}
