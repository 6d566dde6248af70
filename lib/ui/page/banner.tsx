/**
 * The line above the messages when the connection is not well or the session is
 * over.
 *
 * @module
 */

import type { VNode } from "preact";
import { type Language, noticeText } from "../strings.ts";
import { Icon } from "./icons.tsx";
import type { RoomState } from "./page_state.ts";
import { PAGE_STRINGS } from "./page_strings.ts";

/**
 * The banner; its live region stays in the page, so that a screen reader hears
 * what appears in it.
 *
 * @param props The room, and what a wish to log in again does.
 * @returns The banner, empty while all is well.
 */
export function Banner(props: {
  readonly language: Language;
  readonly room: RoomState;
  readonly onLoginWanted: () => void;
}): VNode {
  const { language, room } = props;
  if (room.ended !== undefined) {
    return (
      <div role="status" class="banner banner-ended">
        <Icon name="alert" />
        <p>{noticeText(language, { type: "ended", reason: room.ended })}</p>
        <button type="button" class="primary" onClick={props.onLoginWanted}>
          {PAGE_STRINGS[language].loginAgain}
        </button>
      </div>
    );
  }
  const connection = room.connection;
  const text = noticeText(language, { type: "connection", connection });
  if (text === "") return <div role="status" />;
  return (
    <div role="status" class="banner">
      <span class="pulse" aria-hidden="true" />
      <p>{text}</p>
    </div>
  );
}
