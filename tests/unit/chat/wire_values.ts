/** What the messages of a room have, where a test is about something else. */

import type { WelcomeMessage } from "../../../lib/chat/welcome_message.ts";
import type { ChatServerOptions } from "../../../lib/chat/chat_server_input.ts";
import type { PresentPerson } from "../../../lib/chat/person.ts";

/** A welcome's part of a guest in the default room. */
export const GUEST_ROOM: Pick<
  WelcomeMessage,
  | "roomId"
  | "kind"
  | "accountId"
  | "role"
  | "isLocked"
  | "slowSeconds"
  | "readSequence"
> = {
  roomId: 1,
  kind: "public",
  accountId: 0,
  role: "guest",
  isLocked: false,
  slowSeconds: 0,
  readSequence: 0,
};

/** Guests of these names, all present. */
export function guests(...names: readonly string[]): PresentPerson[] {
  return names.map((name) => ({ name, role: "guest", isAway: false }));
}

/** The rooms of a new server. */
export const NEW_ROOMS: Pick<ChatServerOptions, "rooms" | "lastRoomId"> = {
  rooms: [{
    roomId: 1,
    kind: "public",
    name: "Lab",
    creator: "",
    isLocked: false,
    slowSeconds: 0,
    members: [],
  }],
  lastRoomId: 1,
};
