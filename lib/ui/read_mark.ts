import type { DeliveryState, FaceSession } from "./bridge.ts";

/**
 * Says that a message was read, and everything before it.
 *
 * @param session Whose session.
 * @param delivery Where the message is; one without a place is nobody else's.
 */
export function markRead(
  session: Pick<FaceSession, "handleCommand">,
  delivery: DeliveryState,
): void {
  if (delivery.state !== "stored") return;
  session.handleCommand({ type: "read", sequence: delivery.sequence });
}
