/**
 * The rows of the message list.
 *
 * @module
 */

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { changeText, notDoneText, wantedText } from "../change_text.ts";
import { questionRefusalText } from "../lookup_strings.ts";
import { memberNews } from "../member_news.ts";
import { roomStrings } from "../room_strings.ts";
import { slashHelpRows } from "../slash_command.ts";
import {
  deliveryText,
  type Language,
  messageRefusalText,
  noticeText,
} from "../strings.ts";
import { AnswerBlock, FetchingBlock } from "./answer_block.tsx";
import { AnnouncementFoot } from "./announcement.tsx";
import { authorHue, authorLetter } from "./author.ts";
import { formatDay, formatMoment, formatTime } from "./format_time.ts";
import { Icon } from "./icons.tsx";
import type { Row } from "./message_rows.ts";
import {
  type MessageActions,
  MessageBody,
  MessageFoot,
  type MessagePartProps,
} from "./message_parts.tsx";
import type { NoticeItem } from "./page_state.ts";
import { PAGE_STRINGS } from "./page_strings.ts";

/** What a row is told. */
export interface ListRowProps {
  /** The page's language. */
  readonly language: Language;
  /** The row. */
  readonly row: Row;
  /** The own name. */
  readonly self: string;
  /** What messages can do; the same for the page's life. */
  readonly actions: MessageActions;
}

/**
 * One row. Drawn anew only if what it shows has changed, so that a list of
 * thousands stays quick.
 *
 * @param props The row.
 * @returns The row.
 */
export function ListRow(props: ListRowProps): VNode {
  const { language, row, self, actions } = props;
  return useMemo(
    () => drawRow(props),
    [language, self, actions.mayRemove, ...contentOf(row)],
  );
}

/** What a row shows, always four values: equal values draw the same row. */
function contentOf(row: Row): readonly unknown[] {
  switch (row.type) {
    case "message":
      return [row.item, row.first, row.last, row.quoted];
    case "notices":
      return [row.notices[0], row.notices.length, undefined, undefined];
    case "day":
      return [row.timeMs, new Date().toDateString(), undefined, undefined];
    case "arrival":
    case "unread":
      return [undefined, undefined, undefined, undefined];
  }
}

function drawRow({ language, row, self, actions }: ListRowProps): VNode {
  switch (row.type) {
    case "message":
      return row.item.own
        ? <OwnMessage {...row} {...{ language, self, actions }} />
        : <OthersMessage {...row} {...{ language, self, actions }} />;
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
    case "unread":
      return (
        <div role="listitem" class="divider arrival">
          <span>{PAGE_STRINGS[language].newMessages}</span>
        </div>
      );
  }
}

interface MessageProps extends MessagePartProps {
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
      <MessageBody {...props} />
      <AnnouncementFoot {...props} />
      <MessageFoot {...props} />
    </div>
  );
}

function OwnMessage(props: MessageProps): VNode {
  const { language, item, first, last } = props;
  const strings = PAGE_STRINGS[language];
  const { delivery } = item;
  const failed = delivery.state === "refused" || delivery.state === "unsent";
  return (
    <div role="listitem" class={`message own${first ? " first" : ""}`}>
      <p class="spoken">{item.author}</p>
      <MessageBody {...props} />
      <AnnouncementFoot {...props} />
      <MessageFoot {...props} />
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
              onClick={() => props.actions.onTakeBack(item)}
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
  if (event.type === "help") {
    return (
      <dl class="notice help">
        {slashHelpRows(language).map(([usage, help]) => (
          <div key={usage}>
            <dt>{usage}</dt>
            <dd>{help}</dd>
          </div>
        ))}
      </dl>
    );
  }
  if (event.type === "fetching") {
    return <FetchingBlock language={language} fetching={event} />;
  }
  if (event.type === "answer") {
    return <AnswerBlock language={language} answer={event.answer} />;
  }
  return (
    <p class="notice">
      {noticeWords(language, event)}
      {"timeMs" in event && (
        <>
          {" "}
          <Time language={language} timeMs={event.timeMs} />
        </>
      )}
    </p>
  );
}

function noticeWords(
  language: Language,
  event: Exclude<
    NoticeItem["event"],
    { readonly type: "help" | "answer" | "fetching" }
  >,
): string {
  if (event.type === "unanswered") {
    return questionRefusalText(language, event.refusal);
  }
  if (event.type === "roomOpened") {
    const { opened, inList } = roomStrings(language);
    return `${opened(event, event.by)} ${inList}`;
  }
  if (event.type === "memberNews") {
    return memberNews(language, event.change, event.before).join(" ");
  }
  if (event.type !== "change" && event.type !== "changeRefused") {
    return noticeText(language, event);
  }
  const { act } = event;
  const number = act.type === "topic" ? undefined : act.target;
  const message = { number, text: "" };
  if (event.type === "change") return changeText(language, event, message);
  return notDoneText(language, {
    wanted: wantedText(language, act, message),
    why: messageRefusalText(language, event.reason),
  });
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
