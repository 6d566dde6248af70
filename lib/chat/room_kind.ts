/**
 * Which rooms there are (docs/PROTOCOL.md section 7.1).
 *
 * @module
 */

/** Who may know of a room. */
export type RoomKind =
  /** Anybody, and may join. */
  | "public"
  /** Only who was invited. */
  | "private"
  /** Two persons, for ever. */
  | "direct";

/** By their numbers on the wire and in files. */
export const ROOM_KINDS: readonly RoomKind[] = ["public", "private", "direct"];

/** The room in which everybody is. */
export const DEFAULT_ROOM_ID = 1;
