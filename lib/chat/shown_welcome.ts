import type { ClientRoomEvent } from "./chat_client_event.ts";
import type { WelcomeMessage } from "./welcome_message.ts";

/**
 * What is shown of a welcome.
 *
 * @param welcome The welcome.
 * @param epoch What its places belong to, for faces.
 * @returns The event.
 */
export function showWelcome(
  welcome: WelcomeMessage,
  epoch: string,
): Extract<ClientRoomEvent, { readonly type: "welcome" }> {
  return {
    type: "welcome",
    room: welcome.room,
    self: welcome.self,
    members: welcome.members.map(({ name }) => name),
    openRoom: welcome.openRoom,
    topic: welcome.topic,
    epoch,
    messageLimitCharacters: welcome.messageCharacters,
    lastSequence: welcome.lastSequence,
    roomId: welcome.roomId,
    kind: welcome.kind,
    accountId: welcome.accountId,
    role: welcome.role,
    isLocked: welcome.isLocked,
    slowSeconds: welcome.slowSeconds,
    readSequence: welcome.readSequence,
    people: welcome.members,
  };
}
