/**
 * What a person looks up in the page.
 *
 * @module
 */

import type { ClientCommand } from "../bridge.ts";
import type { LookupCommand } from "../lookup_command.ts";
import type { PeopleCommand } from "../people_command.ts";
import { lookupQuery } from "../lookup_query.ts";
import { type RoomState, sequenceOf } from "./page_state.ts";

/**
 * Makes a question of a command.
 *
 * @param room The room as it is shown.
 * @param command What was typed.
 * @returns The command for the session.
 */
export function askCommand(
  room: RoomState,
  command: LookupCommand,
): ClientCommand {
  return {
    type: "ask",
    roomId: room.welcome.roomId,
    // Answers are shown as they come: no two of them need to be told apart.
    questionId: room.nextSerial,
    query: lookupQuery(command, {
      oldestShown: oldestShown(room),
      timeZone: undefined,
    }),
  };
}

/**
 * Makes a question of a decision about people.
 *
 * @param room The room as it is shown.
 * @param query What is decided.
 * @returns The command for the session.
 */
export function peopleCommand(
  { welcome: { roomId }, nextSerial: questionId }: RoomState,
  query: PeopleCommand,
): ClientCommand {
  return { type: "ask", roomId, questionId, query };
}

/** Messages and what was shown of the past; 0 if there is none. */
function oldestShown({ items }: RoomState): number {
  let oldest = Infinity;
  for (const item of items) {
    if (item.type === "message") {
      oldest = Math.min(oldest, sequenceOf(item) ?? Infinity);
    } else if (
      item.event.type === "answer" && item.event.answer.type === "history"
    ) {
      oldest = Math.min(
        oldest,
        item.event.answer.messages[0]?.sequence ?? Infinity,
      );
    }
  }
  return oldest === Infinity ? 0 : oldest;
}
