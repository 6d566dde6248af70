/**
 * The rows of the message list.
 *
 * @module
 */

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { deliveryText, type Language, noticeText } from "../strings.ts";
import { authorHue, authorLetter } from "./author.ts";
import { formatDay, formatMoment, formatTime } from "./format_time.ts";
import { Icon } from "./icons.tsx";
import type { Row } from "./message_rows.ts";
import type { MessageItem, NoticeItem } from "./page_state.ts";
import { PAGE_STRINGS } from "./page_strings.ts";

/**
 * One row. Drawn anew only if what it shows has changed, so that a list of
 * thousands stays quick.
 *
 * @param props The row, and what takes a message back into the input; the
 * latter must do the same for the page's life.
 * @returns The row.
 */
export function ListRow(props: {
  readonly language: Language;
  readonly row: Row;
  readonly onTakeBack: (item: MessageItem) => void;
}): VNode {
  const { language, row, onTakeBack } = props;
  return useMemo(
    () => drawRow(language, row, onTakeBack),
    [language, ...contentOf(row)],
  );
}

/** What a row shows, always four values: equal values draw the same row. */
function contentOf(row: Row): readonly unknown[] {
  switch (row.type) {
    case "message":
      return [row.item, row.first, row.last, undefined];
    case "notices":
      return [row.notices[0], row.notices.length, undefined, undefined];
    case "day":
      return [row.timeMs, new Date().toDateString(), undefined, undefined];
    case "arrival":
      return [undefined, undefined, undefined, undefined];
  }
}

function drawRow(
  language: Language,
  row: Row,
  onTakeBack: (item: MessageItem) => void,
): VNode {
  switch (row.type) {
    case "message":
      return row.item.own
        ? <OwnMessage {...row} language={language} onTakeBack={onTakeBack} />
        : <OthersMessage {...row} language={language} />;
    case "notices":
      return (
        <div role="listitem" class="aside">
          {row.notices.map((notice) => (
            <Notice key={notice.serial} language={language} notice={notice} />
          ))}
        </div>
      );
    case "day":
      return (
        <div role="listitem" class="divider">
          <span>{formatDay(language, row.timeMs, Date.now())}</span>
        </div>
      );
    case "arrival":
      return (
        <div role="listitem" class="divider arrival">
          <span>{PAGE_STRINGS[language].arrival}</span>
        </div>
      );
  }
}

interface MessageProps {
  readonly language: Language;
  readonly item: MessageItem;
  readonly first: boolean;
  readonly last: boolean;
}

function OthersMessage(props: MessageProps): VNode {
  const { language, item, first } = props;
  return (
    <div
      role="listitem"
      class={`message ${authorHue(item.author)}${first ? " first" : ""}`}
    >
      {first && (
        <span class="token" aria-hidden="true">
          {authorLetter(item.author)}
        </span>
      )}
      <p class="by">
        <bdi class={first ? "author" : "spoken"}>{item.author}</bdi>{" "}
        <Time language={language} timeMs={item.timeMs} />
      </p>
      <div class="text" dir="auto">{item.text}</div>
    </div>
  );
}

function OwnMessage(
  props: MessageProps & {
    readonly onTakeBack: (item: MessageItem) => void;
  },
): VNode {
  const { language, item, first, last } = props;
  const strings = PAGE_STRINGS[language];
  const { delivery } = item;
  const failed = delivery.state === "refused" || delivery.state === "unsent";
  return (
    <div role="listitem" class={`message own${first ? " first" : ""}`}>
      <p class="spoken">{item.author}</p>
      <div class="text" dir="auto">{item.text}</div>
      {(last || delivery.state !== "stored") && (
        <p class={`state state-${delivery.state}`}>
          <Time language={language} timeMs={item.timeMs} />
          <span class="delivery">
            <Icon name={failed ? "alert" : delivery.state} />
            {delivery.state === "unsent"
              ? strings.unsent
              : deliveryText(language, delivery)}
          </span>
          {failed && (
            <button
              type="button"
              class="link"
              onClick={() => props.onTakeBack(item)}
            >
              {strings.takeBack}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

function Notice(props: {
  readonly language: Language;
  readonly notice: NoticeItem;
}): VNode {
  const { language, notice } = props;
  const { event } = notice;
  return (
    <p class="notice">
      {noticeText(language, event)}
      {event.type !== "gap" && (
        <>
          {" "}
          <Time language={language} timeMs={event.timeMs} />
        </>
      )}
    </p>
  );
}

function Time(props: {
  readonly language: Language;
  readonly timeMs: number;
}): VNode {
  const { language, timeMs } = props;
  return (
    <time
      dateTime={new Date(timeMs).toISOString()}
      title={formatMoment(language, timeMs)}
    >
      {formatTime(language, timeMs)}
    </time>
  );
}
