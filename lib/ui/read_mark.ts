import type { ClientEvent, FaceSession } from "./bridge.ts";

/**
 * Says that a message was read, and everything before it.
 *
 * @param session Whose session.
 * @param message The message; one without a place is nobody else's.
 */
export function markRead(
  session: Pick<FaceSession, "handleCommand">,
  { roomId, delivery }: Pick<
    Extract<ClientEvent, { readonly type: "message" }>,
    "roomId" | "delivery"
  >,
): void {
  if (delivery.state !== "stored") return;
  const { sequence } = delivery;
  session.handleCommand({ type: "read", roomId, sequence });
}
