/**
 * A room as JSON Lines. The fields are in docs/EXPORT.md: programs of others
 * read them.
 *
 * @module
 */

import type {
  MessageEntry,
  RoomEntry,
  RoomFacts,
} from "../chat/room_record.ts";
import { jsonLine } from "./printable_text.ts";

/** Changes when a reader of the version before would misread a file. */
const JSON_EXPORT_VERSION = 1;

/**
 * Writes the first line.
 *
 * @param facts The room.
 * @param nowMs When it is written, in milliseconds since 1970.
 * @returns One line.
 */
export function jsonExportHead(facts: RoomFacts, nowMs: number): string {
  return jsonLine({
    format: "gas-room",
    version: JSON_EXPORT_VERSION,
    room: facts.name,
    kind: facts.kind,
    topic: facts.topic,
    firstSequence: facts.firstSequence,
    lastSequence: facts.lastSequence,
    exportedAt: isoTime(nowMs),
  });
}

/**
 * Writes what was said.
 *
 * @param entry A message or a topic.
 * @returns One line.
 */
export function jsonExportEntry(entry: RoomEntry): string {
  const { type, sequence, author } = entry;
  const head = { type, sequence, time: isoTime(entry.timeMs), author };
  return jsonLine(
    entry.type === "topic"
      ? { ...head, text: entry.text }
      : { ...head, ...messageFields(entry) },
  );
}

function messageFields(
  { style, state, edits, answered }: MessageEntry,
): Readonly<Record<string, unknown>> {
  const { text, removal, reactions, isPinned } = state;
  const reply = answered === undefined ? {} : { replyTo: answered.sequence };
  if (text === "") {
    return {
      style,
      ...reply,
      // Without fields if the event of the removal is not kept any more.
      removed: removal === undefined
        ? {}
        : { by: removal.author, time: isoTime(removal.timeMs) },
    };
  }
  return {
    style,
    ...reply,
    text,
    ...(edits.count === 0
      ? {}
      : { edits: { count: edits.count, times: edits.timesMs.map(isoTime) } }),
    ...(reactions.length === 0 ? {} : { reactions }),
    ...(isPinned ? { pinned: true } : {}),
  };
}

/** ISO 8601, UTC, to the millisecond. */
function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
