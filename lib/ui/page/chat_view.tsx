/**
 * The room: its head, its messages, its members, and the input.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ClientCommand } from "../bridge.ts";
import type { Language } from "../strings.ts";
import { askCommand } from "./page_lookup.ts";
import { Banner } from "./banner.tsx";
import { Composer } from "./composer.tsx";
import type { Draft } from "./draft.ts";
import { MemberList } from "./member_list.tsx";
import { MessageList } from "./message_list.tsx";
import type { MessageActions } from "./message_parts.tsx";
import type { PageEvent, RoomState } from "./page_state.ts";
import { pageTalk } from "./page_talk.ts";
import { RoomHead } from "./room_head.tsx";

/** Which of the panels that cover a narrow room is open. */
export type Panel = "members" | "about" | undefined;

/**
 * The room's page.
 *
 * @param props The room, the draft that outlives this view, the language and
 * its switch, and where commands and events go.
 * @returns The view.
 */
export function ChatView(props: {
  readonly language: Language;
  readonly room: RoomState;
  readonly draft: Draft;
  readonly onSwitchLanguage: () => void;
  readonly onCommand: (command: ClientCommand) => void;
  readonly onPageEvent: (event: PageEvent) => void;
}): VNode {
  const { language, room, draft, onCommand, onPageEvent } = props;
  const [panel, setPanel] = useState<Panel>(undefined);
  const actions = actionsOn(props);
  return (
    <main
      class="room"
      onKeyDown={(event) => {
        if (event.key === "Escape") setPanel(undefined);
      }}
    >
      <RoomHead
        language={language}
        room={room}
        panel={panel}
        onPanel={setPanel}
        onSwitchLanguage={props.onSwitchLanguage}
        onLeave={() => onCommand({ type: "quit" })}
      />
      <div class="middle">
        <div class="conversation">
          <Banner
            language={language}
            room={room}
            onLoginWanted={() => onPageEvent({ type: "loginWanted" })}
          />
          <MessageList
            language={language}
            room={room}
            actions={actions}
            onReadAll={() => draft.focus()}
          />
          <Composer
            language={language}
            limit={room.welcome.messageLimitCharacters}
            ended={room.ended !== undefined}
            draft={draft}
            people={() => othersIn(room)}
            talk={() => pageTalk(room)}
            onCommand={onCommand}
            onLookUp={(command) => onCommand(askCommand(room, command))}
            onHelpWanted={() => onPageEvent({ type: "helpWanted" })}
          />
        </div>
        <MemberList
          language={language}
          members={room.members}
          self={room.welcome.self}
          open={panel === "members"}
        />
      </div>
    </main>
  );
}

/** What can be done with a message, and where that goes. */
function actionsOn(
  { draft, onCommand, onPageEvent }: {
    readonly draft: Draft;
    readonly onCommand: (command: ClientCommand) => void;
    readonly onPageEvent: (event: PageEvent) => void;
  },
): MessageActions {
  return {
    onTakeBack(item) {
      draft.append(item.text);
      onPageEvent({ type: "messageTakenBack", id: item.id });
    },
    onCompose(command) {
      draft.start(command);
    },
    onCommand,
  };
}

/** Who is here besides this person. */
function othersIn({ members, welcome }: RoomState): readonly string[] {
  return members.filter((name) => name !== welcome.self);
}
