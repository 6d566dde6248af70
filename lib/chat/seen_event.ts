import type { ClientRoomEvent } from "./chat_client_event.ts";
import type { Act } from "./room_event.ts";

/** An event of the room that a client has seen. */
export interface SeenEvent {
  /** Its place. */
  readonly sequence: number;
  /** Who did it. */
  readonly author: string;
  /** The account of who did it; 0 for a guest. */
  readonly accountId: number;
  /** Whether the same person did it, on this client or another one. */
  readonly own: boolean;
  /** What was done. */
  readonly act: Act;
  /** When the server got it, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** How faces are told of it. */
export type ShownEvent = Extract<
  ClientRoomEvent,
  { readonly type: "message" | "change" }
>;

/** What belongs to a {@linkcode SeenEvent} when it is shown. */
export interface ShownOptions {
  /** The log that the place belongs to, as in the welcome. */
  readonly epoch: string;
  /** Whether that was before this client came. */
  readonly earlier: boolean;
}

/**
 * Tells faces of an event at its place.
 *
 * @param event What was seen.
 * @param options What belongs to it.
 * @returns A message that is stored, or a change.
 */
export function showSeen(
  { sequence, author, accountId, own, act, timeMs }: SeenEvent,
  { epoch, earlier }: ShownOptions,
): ShownEvent {
  if (act.type !== "message") {
    const origin = { author, accountId, own, timeMs, earlier };
    return { type: "change", sequence, act, ...origin };
  }
  const { style, replyTo, text } = act;
  return {
    type: "message",
    id: `${epoch}-${sequence}`,
    author,
    accountId,
    own,
    style,
    replyTo,
    text,
    timeMs,
    earlier,
    delivery: { state: "stored", sequence, timeMs, forwardedTo: 0 },
  };
}
