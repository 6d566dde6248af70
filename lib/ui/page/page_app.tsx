/**
 * The whole page: one state, the view for it, and the language.
 *
 * @module
 */

/// <reference lib="dom" />

import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Language, pickLanguage } from "../strings.ts";
import { ChatView } from "./chat_view.tsx";
import { Draft } from "./draft.ts";
import { Mark } from "./icons.tsx";
import { LoginView } from "./login_view.tsx";
import { openPageBridge, type PageBridge } from "./page_bridge.ts";
import { PageErrands } from "./page_errands.ts";
import { unreadIn } from "./page_rooms.ts";
import {
  INITIAL_PAGE_STATE,
  type PageEvent,
  type PageState,
  reducePage,
} from "./page_state.ts";
import { PAGE_STRINGS } from "./page_strings.ts";

/**
 * The page's root.
 *
 * @returns The view of the present state.
 */
export function PageApp(): VNode {
  const [state, setState] = useState<PageState>(INITIAL_PAGE_STATE);
  const [language, setLanguage] = useState<Language>(() =>
    pickLanguage(navigator.language)
  );
  const bridge = useRef<PageBridge>();
  const [drafts] = useState(() => new Map<number, Draft>());
  const [errands] = useState(() => new PageErrands());
  const handleEvents = (events: readonly PageEvent[]) => {
    const { isAsking } = errands;
    setState((before) => {
      const shown = before.room && drafts.get(before.room.welcome.roomId);
      const isWriting = shown !== undefined && shown.text !== "";
      return events.reduce(reducePage, { ...before, isWriting, isAsking });
    });
    for (const event of events) {
      const command = errands.handleEvent(event);
      if (command !== undefined) bridge.current?.send(command);
    }
  };
  useLayoutEffect(() => {
    bridge.current = openPageBridge(handleEvents);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useTitle(state);

  const common = {
    language,
    onSwitchLanguage: () => setLanguage(language === "en" ? "id" : "en"),
    onCommand: (command: Parameters<PageBridge["send"]>[0]) =>
      bridge.current?.send(command),
  };
  if (state.view === "login") {
    return <LoginView {...common} login={state.login} />;
  }
  if (state.view === "room" && state.room !== undefined) {
    const { roomId } = state.room.welcome;
    const draft = drafts.get(roomId) ?? new Draft();
    drafts.set(roomId, draft);
    return (
      <ChatView
        {...common}
        key={roomId}
        room={state.room}
        rooms={state.rooms}
        draft={draft}
        onRoomCommand={(command) => {
          const errand = errands.run(command, state.rooms, roomId);
          if (errand.type === "roomWanted") handleEvents([errand]);
          else common.onCommand(errand);
        }}
        onPageEvent={(event) => handleEvents([event])}
      />
    );
  }
  return <Placard language={language} view={state.view} />;
}

/** Names the room in the window's title, with what nobody looked at. */
function useTitle(state: PageState): void {
  const [hiddenFrom, setHiddenFrom] = useState<number>();
  const room = state.view === "room" ? state.room : undefined;
  const received = room?.received ?? 0;
  const readElsewhere = room?.readElsewhere ?? 0;
  const elsewhere = room === undefined ? 0 : unreadIn(state.rooms).unread;
  useEffect(() => {
    const note = () => setHiddenFrom(document.hidden ? received : undefined);
    document.addEventListener("visibilitychange", note);
    return () => document.removeEventListener("visibilitychange", note);
  }, [received]);
  useEffect(() => {
    const here = hiddenFrom === undefined
      ? 0
      : received - Math.max(hiddenFrom, readElsewhere);
    const missed = here + elsewhere;
    const name = room === undefined ? "" : `${room.welcome.room} · `;
    document.title = `${missed > 0 ? `(${missed}) ` : ""}${name}GAS Chatroom`;
  }, [hiddenFrom, received, readElsewhere, elsewhere, room?.welcome.room]);
}

function Placard(props: {
  readonly language: Language;
  readonly view: PageState["view"];
}): VNode {
  const strings = PAGE_STRINGS[props.language];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [props.view]);
  const [title, next, action] = placardText(props.view, strings);
  return (
    <main class="placard">
      <Mark />
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      {next && <p>{next}</p>}
      {action && (
        <button
          type="button"
          class="primary"
          onClick={() => location.reload()}
        >
          {action}
        </button>
      )}
    </main>
  );
}

function placardText(
  view: PageState["view"],
  strings: typeof PAGE_STRINGS[Language],
): readonly [string, string?, string?] {
  switch (view) {
    case "left":
      return [strings.leftTitle, strings.leftNext];
    case "takenOver":
      return [strings.takenOverTitle, strings.takenOverNext, strings.useHere];
    case "gone":
      return [strings.goneTitle, strings.goneNext, strings.tryAgain];
    case "starting":
    case "login":
    case "room":
      return [strings.starting];
  }
}
