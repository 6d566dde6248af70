import type { Act } from "../../lib/chat/room_event.ts";

/** What an event says, in words that tell it from others: of a message its text. */
export function wordsOf({ act }: { readonly act: Act }): string {
  if (act.type === "message") return act.text;
  const { type, ...fields } = act;
  return [type, ...Object.values(fields)].join(" ");
}

/** Whether nothing else ever says the same: it has a text that a swarm has numbered. */
export function isUnique(words: string): boolean {
  return /\bclient\d+ \d+\b/.test(words);
}
