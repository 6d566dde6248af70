import type { ChatClientEvent } from "../chat/chat_client_event.ts";
import { isServerQuery } from "../chat/server_query.ts";
import type { ClientEvent } from "../ui/bridge.ts";

/** What the room tells a face as it is. */
export type ShownEvent = Extract<ClientEvent, { readonly type: Passed }>;

/** The events that may be shown. */
export type Passed = Exclude<
  ChatClientEvent["type"],
  "violation" | "welcome" | "queued" | "settled" | "seen"
>;

/**
 * Tells whether a face knows what to do with an event: what is about other
 * rooms than the default one is not shown.
 *
 * @param event The event.
 * @returns Whether it is passed on.
 */
export function isShown(
  event: Extract<ChatClientEvent, { readonly type: Passed }>,
): event is typeof event & ShownEvent {
  switch (event.type) {
    case "roomList":
    case "roomOpened":
    case "roomClosed":
      return false;
    case "answer":
      return !isServerQuery(event.answer);
    case "message":
    case "delivery":
    case "receipt":
    case "change":
    case "changeRefused":
    case "joined":
    case "left":
    case "gap":
    case "unanswered":
    case "memberChanged":
    case "roomChanged":
      return true;
  }
}
