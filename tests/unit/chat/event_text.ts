import type { Act } from "../../../lib/chat/room_event.ts";

/** What a message says; of anything else, what it is. */
export function textOf({ act }: { readonly act: Act }): string {
  return act.type === "message" ? act.text : act.type;
}
