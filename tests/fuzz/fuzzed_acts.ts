import type { Act } from "../../lib/chat/room_event.ts";

/** An act of each kind, to be damaged. */
export const FUZZED_ACTS: readonly Act[] = [
  { type: "message", style: "action", replyTo: 0, text: "waves" },
  { type: "message", style: "plain", replyTo: 1, text: "yes" },
  { type: "edit", target: 1, text: "héllo" },
  { type: "remove", target: 1 },
  { type: "react", target: 1, emoji: "👍", isOn: true },
  { type: "pin", target: 1, isOn: true },
  { type: "topic", text: "what it is about" },
  { type: "message", style: "announcement", replyTo: 0, text: "hear" },
  { type: "acknowledge", target: 1 },
];
