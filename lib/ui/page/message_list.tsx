/**
 * The scrolling list of messages.
 *
 * @module
 */

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { Language } from "../strings.ts";
import { Icon } from "./icons.tsx";
import { ListRow } from "./list_row.tsx";
import { arrangeRows, bundleRows } from "./message_rows.ts";
import type { MessageActions } from "./message_parts.tsx";
import type { RoomState } from "./page_state.ts";
import { newMessagesText, PAGE_STRINGS } from "./page_strings.ts";
import { useReadingPlace } from "./reading_place.ts";
import { useReadReport } from "./read_report.ts";

/**
 * The room's messages. Stays at the end while the reader is there, else keeps
 * the place and offers a button to the new ones.
 *
 * @param props The room, what messages can do, and what follows when the reader
 * went to the end.
 * @returns The list.
 */
export function MessageList(props: {
  readonly language: Language;
  readonly room: RoomState;
  readonly actions: MessageActions;
  readonly onReadAll: () => void;
}): VNode {
  const { language, room } = props;
  const strings = PAGE_STRINGS[language];
  const bundles = useMemo(
    () => bundleRows(arrangeRows(room.items, room.readSequence)),
    [room.items, room.readSequence],
  );
  const { log, unread, handleScroll, scrollToEnd } = useReadingPlace(room);
  useReadReport(
    room,
    unread === 0,
    (sequence) =>
      props.actions.onCommand({
        type: "read",
        roomId: props.actions.roomId,
        sequence,
      }),
  );
  return (
    <div class="messages">
      <div
        ref={log}
        class="log"
        role="log"
        aria-live="polite"
        aria-relevant="additions"
        aria-label={strings.messages}
        tabIndex={0}
        onScroll={handleScroll}
      >
        {room.trimmed && <p class="aside">{strings.trimmed}</p>}
        {bundles.length === 0 && <p class="aside empty">{strings.empty}</p>}
        <div role="list">
          {bundles.map((bundle) => (
            <div key={bundle.key} role="presentation" class="bundle">
              {bundle.rows.map((row) => (
                <ListRow
                  key={`${row.type} ${row.serial}`}
                  language={language}
                  row={row}
                  self={room.welcome.self}
                  actions={props.actions}
                />
              ))}
            </div>
          ))}
        </div>
      </div>
      {unread > 0 && (
        <button
          type="button"
          class="unread"
          onClick={() => {
            scrollToEnd();
            props.onReadAll();
          }}
        >
          <Icon name="down" />
          {newMessagesText(language, unread)}
        </button>
      )}
    </div>
  );
}
