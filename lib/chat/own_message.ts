import type {
  ClientRoomEvent,
  DeliveryState,
  MessageRefusal,
} from "./chat_client_event.ts";
import type { MessageAct } from "./room_event.ts";

/** A message as its author's client shows it before the server has it. */
export interface OwnMessage {
  /** The ID in hexadecimal. */
  readonly id: string;
  /** What is said. */
  readonly act: MessageAct;
  /** By the client's clock. */
  readonly timeMs: number;
  /** The own name. */
  readonly author: string;
  /** The own account; 0 for a guest. */
  readonly accountId: number;
  /** Why it goes nowhere; undefined if it waits. */
  readonly reason: MessageRefusal | undefined;
}

/**
 * What is shown of an own message at once.
 *
 * @param message The message.
 * @returns The event.
 */
export function showOwnMessage(
  { id, act, timeMs, author, accountId, reason }: OwnMessage,
): Extract<ClientRoomEvent, { readonly type: "message" }> {
  const { style, replyTo, text } = act;
  const delivery: DeliveryState = reason === undefined
    ? { state: "queued" }
    : { state: "refused", reason };
  return {
    type: "message",
    id,
    author,
    accountId,
    own: true,
    style,
    replyTo,
    text,
    timeMs,
    earlier: false,
    delivery,
  };
}
