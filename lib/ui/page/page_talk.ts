/**
 * What commands have to know of the page's list.
 *
 * @module
 */

import type { TalkInView } from "../slash_command.ts";
import { type MessageItem, type RoomState, sequenceOf } from "./page_state.ts";

/**
 * Shows the page's list to what reads commands. The number of a message is its
 * sequence number.
 *
 * @param room The room.
 * @returns The talk in it.
 */
export function pageTalk(room: RoomState): TalkInView {
  const messages = room.items.filter((item) => item.type === "message");
  const find = (sequence: number): MessageItem | undefined =>
    messages.findLast((item) => sequenceOf(item) === sequence);
  const lastOwn = messages.findLast((item) =>
    item.own && item.text !== "" && sequenceOf(item) !== undefined
  );
  return {
    sequenceOf: (number) => find(number) === undefined ? undefined : number,
    lastOwn: lastOwn && sequenceOf(lastOwn),
    hasReacted: (sequence, emoji) =>
      hasReacted(find(sequence), emoji, room.welcome.self),
  };
}

/**
 * Tells whether somebody's emoji is at a message.
 *
 * @param item The message; undefined if there is none.
 * @param emoji Which.
 * @param name Whose.
 * @returns Whether it is there.
 */
export function hasReacted(
  item: MessageItem | undefined,
  emoji: string,
  name: string,
): boolean {
  return item?.reactions.some((reaction) =>
    reaction.emoji === emoji && reaction.names.includes(name)
  ) ?? false;
}
