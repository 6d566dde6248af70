/**
 * What an announcement has that other messages have not.
 *
 * @module
 */

import type { VNode } from "preact";
import type { MessagePartProps } from "./message_parts.tsx";
import { sequenceOf } from "./page_state.ts";
import { PAGE_STRINGS } from "./page_strings.ts";

/**
 * Who has seen the announcement, and a button to say so.
 *
 * @param props The announcement.
 * @returns A row; nothing for other messages, and what the server does not have.
 */
export function AnnouncementFoot(props: MessagePartProps): VNode | null {
  const { language, item, self, actions } = props;
  const target = sequenceOf(item);
  if (item.style !== "announcement" || item.text === "") return null;
  if (target === undefined) return null;
  const strings = PAGE_STRINGS[language];
  const { acknowledged } = item;
  const isDone = acknowledged.some(({ name }) => name === self);
  const names = acknowledged.map(({ name }) => name).join(", ");
  return (
    <div class="announced" aria-live="off">
      <span title={names}>
        {strings.acknowledgedBy(acknowledged.length)}
      </span>
      {!item.own && !isDone && (
        <button
          type="button"
          class="acknowledge"
          onClick={() =>
            actions.onCommand({
              type: "act",
              roomId: actions.roomId,
              act: { type: "acknowledge", target },
            })}
        >
          {strings.acknowledge}
        </button>
      )}
      <button
        type="button"
        class="link"
        onClick={() =>
          actions.onCommand({
            type: "ask",
            roomId: actions.roomId,
            questionId: target,
            query: { type: "roll", target },
          })}
      >
        {strings.roll}
      </button>
    </div>
  );
}
