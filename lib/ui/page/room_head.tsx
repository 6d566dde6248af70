/**
 * The head of the room: where one is, who is there, and on demand all that is
 * known about the server.
 *
 * @module
 */

import type { VNode } from "preact";
import type { Language } from "../strings.ts";
import type { Panel } from "./chat_view.tsx";
import { Icon, Mark } from "./icons.tsx";
import { type ListedRoom, unreadIn } from "./page_rooms.ts";
import type { RoomState } from "./page_state.ts";
import { PAGE_STRINGS, peopleText } from "./page_strings.ts";
import { UnreadTally } from "./room_list.tsx";
import { ROOM_LIST_STRINGS } from "./room_list_strings.ts";

/**
 * The room's head with its two panel buttons.
 *
 * @param props The room and the others, the open panel, and what the buttons do.
 * @returns The head, followed by the open panel.
 */
export function RoomHead(props: {
  readonly language: Language;
  readonly room: RoomState;
  readonly rooms: readonly ListedRoom[];
  readonly panel: Panel;
  readonly onPanel: (panel: Panel) => void;
  readonly onSwitchLanguage: () => void;
  readonly onLeave: () => void;
}): VNode {
  const { language, room, panel, onPanel } = props;
  const strings = PAGE_STRINGS[language];
  const gate = ROOM_LIST_STRINGS[language];
  const people = peopleText(language, room.members.length);
  const toggle = (wanted: Panel) => () =>
    onPanel(panel === wanted ? undefined : wanted);
  return (
    <header class="head">
      <Mark />
      <button
        type="button"
        class="quiet rooms-button"
        title={gate.rooms}
        aria-expanded={panel === "rooms"}
        aria-controls="rooms"
        onClick={toggle("rooms")}
      >
        <Icon name="rooms" />
        <span class="spoken">{gate.rooms}</span>
        <UnreadTally language={language} {...unreadIn(props.rooms)} />
      </button>
      <div class="title">
        <h1 dir="auto">{room.welcome.room}</h1>
        {room.welcome.openRoom && <span class="badge">{strings.openRoom}</span>}
        {room.welcome.isLocked && <span class="badge">{gate.locked}</span>}
        {room.welcome.slowSeconds > 0 && (
          <span class="badge">{gate.slow(room.welcome.slowSeconds)}</span>
        )}
        {room.topic !== "" && (
          <p class="topic" dir="auto" title={room.topic}>{room.topic}</p>
        )}
      </div>
      <button
        type="button"
        class="quiet members-button"
        aria-label={people}
        title={people}
        aria-expanded={panel === "members"}
        aria-controls="members"
        onClick={toggle("members")}
      >
        <Icon name="people" />
        <span>{room.members.length}</span>
      </button>
      <button
        type="button"
        class="quiet"
        aria-label={strings.aboutRoom}
        title={strings.aboutRoom}
        aria-expanded={panel === "about"}
        aria-controls="about"
        onClick={toggle("about")}
      >
        <Icon name="about" />
      </button>
      {panel === "about" && <About {...props} />}
    </header>
  );
}

function About(props: {
  readonly language: Language;
  readonly room: RoomState;
  readonly onSwitchLanguage: () => void;
  readonly onLeave: () => void;
}): VNode {
  const { language } = props;
  const { openRoom, host, port, fingerprint } = props.room.welcome;
  const strings = PAGE_STRINGS[language];
  return (
    <section id="about" class="about" aria-label={strings.aboutRoom}>
      {openRoom && (
        <div class="open-room">
          <strong>{strings.openRoom}</strong>
          <p>{strings.openRoomMeaning}</p>
        </div>
      )}
      <dl>
        <dt>{strings.server}</dt>
        <dd>{host}</dd>
        <dt>{strings.port}</dt>
        <dd>{port}</dd>
        <dt>{strings.fingerprint}</dt>
        <dd>
          <span class="fingerprint">{fingerprint}</span>
          <p class="hint">{strings.fingerprintUse}</p>
        </dd>
      </dl>
      <div class="about-actions">
        <button
          type="button"
          class="quiet"
          lang={language === "en" ? "id" : "en"}
          onClick={props.onSwitchLanguage}
        >
          <Icon name="globe" />
          {strings.otherLanguage}
        </button>
        <button type="button" class="secondary" onClick={props.onLeave}>
          {strings.leave}
        </button>
      </div>
    </section>
  );
}
