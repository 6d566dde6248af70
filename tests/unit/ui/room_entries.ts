import { newMessageState } from "../../../lib/chat/message_state.ts";
import type { MessageEntry, RoomFacts } from "../../../lib/chat/room_record.ts";

/** A room for exports. */
export const FACTS: RoomFacts = {
  name: "Kelas",
  kind: "public",
  topic: "Ujian",
  firstSequence: 1,
  lastSequence: 9,
};

/** Makes a message, of 2026-01-02 03:04:05 UTC. */
export function messageEntry(
  text: string,
  change: Partial<MessageEntry> = {},
): MessageEntry {
  return {
    type: "message",
    sequence: 5,
    timeMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    author: "Ani",
    style: "plain",
    state: newMessageState(text),
    edits: { count: 0, timesMs: [] },
    answered: undefined,
    ...change,
  };
}

/** Makes a message that somebody removed. */
export function removed(author: string, timeMs: number): MessageEntry {
  const state = { ...newMessageState(""), removal: { author, timeMs } };
  return messageEntry("", { state });
}
