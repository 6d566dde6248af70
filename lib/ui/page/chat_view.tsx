/**
 * The room: its head, its messages, its members, and the input.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ClientCommand } from "../bridge.ts";
import type { Language } from "../strings.ts";
import { isAtLeast } from "../../chat/role.ts";
import { ClaimDialog } from "./claim_dialog.tsx";
import { askCommand, peopleCommand } from "./page_lookup.ts";
import { RoomLabels } from "./answer_block.tsx";
import { Banner } from "./banner.tsx";
import { Composer } from "./composer.tsx";
import type { Draft } from "./draft.ts";
import { MemberList } from "./member_list.tsx";
import { MessageList } from "./message_list.tsx";
import type { MessageActions } from "./message_parts.tsx";
import type { RoomCommand } from "../room_command.ts";
import { roomLabel } from "../room_strings.ts";
import type { ListedRoom } from "./page_rooms.ts";
import type { PageEvent, RoomState } from "./page_state.ts";
import { pageTalk } from "./page_talk.ts";
import { RoomHead } from "./room_head.tsx";
import { RoomList } from "./room_list.tsx";

/** Which of the panels that cover a narrow room is open. */
export type Panel = "rooms" | "members" | "about" | undefined;

/** What the room is told. */
export interface ChatViewProps {
  /** The page's language. */
  readonly language: Language;
  /** The room that is shown. */
  readonly room: RoomState;
  /** All rooms. */
  readonly rooms: readonly ListedRoom[];
  /** What is written, which outlives this view. */
  readonly draft: Draft;
  /** Switches the language. */
  readonly onSwitchLanguage: () => void;
  /** Does something about rooms. */
  readonly onRoomCommand: (command: RoomCommand) => void;
  /** Takes what is to be done. */
  readonly onCommand: (command: ClientCommand) => void;
  /** Takes what happens in the page alone. */
  readonly onPageEvent: (event: PageEvent) => void;
}

/**
 * The room's page.
 *
 * @param props The room and the others, the draft that outlives this view, the language and
 * its switch, and where commands and events go.
 * @returns The view.
 */
export function ChatView(props: ChatViewProps): VNode {
  const { language, room, onCommand, onPageEvent } = props;
  const [panel, setPanel] = useState<Panel>(undefined);
  const { roomId } = room.welcome;
  const show = (roomId: number) => {
    setPanel(undefined);
    onPageEvent({ type: "roomWanted", roomId });
  };
  return (
    <main
      class="room"
      onKeyDown={(event) => {
        if (event.key === "Escape") setPanel(undefined);
        const step = event.altKey ? ROOM_STEPS[event.key] : undefined;
        const next = step && neighbour(props.rooms, roomId, step);
        if (next === undefined) return;
        event.preventDefault();
        show(next);
      }}
    >
      <RoomHead
        language={language}
        room={room}
        rooms={props.rooms}
        panel={panel}
        onPanel={setPanel}
        onSwitchLanguage={props.onSwitchLanguage}
        onLeave={() => onCommand({ type: "quit" })}
      />
      <div class="middle">
        <RoomList
          language={language}
          rooms={props.rooms}
          shownId={roomId}
          open={panel === "rooms"}
          onShow={show}
          onRoomCommand={props.onRoomCommand}
        />
        <RoomLabels.Provider value={labelIn(props.rooms)}>
          <Conversation {...props} />
        </RoomLabels.Provider>
        <MemberList
          language={language}
          members={room.members}
          people={room.people}
          self={room.welcome.self}
          open={panel === "members"}
          onWriteTo={(name) =>
            props.onRoomCommand({ type: "msg", name, text: "" })}
        />
      </div>
    </main>
  );
}

/** What is said, and the input. */
function Conversation(props: ChatViewProps): VNode {
  const { language, room, draft, onCommand, onPageEvent } = props;
  const { roomId } = room.welcome;
  const actions = actionsOn(props);
  const [isClaiming, setClaiming] = useState(false);
  return (
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
        names={() => ({
          people: othersIn(room),
          rooms: props.rooms.map(({ name }) => name),
        })}
        talk={() => pageTalk(room)}
        roomId={roomId}
        addressee={room.welcome}
        onCommand={onCommand}
        onRoomCommand={props.onRoomCommand}
        onPeople={(typed) => {
          if (typed.type === "claim") setClaiming(true);
          else onCommand(peopleCommand(room, typed.request));
        }}
        onLookUp={(command) => onCommand(askCommand(room, command))}
        onHelpWanted={() => onPageEvent({ type: "helpWanted" })}
      />
      {isClaiming && (
        <ClaimDialog
          language={language}
          name={room.welcome.self}
          onClose={() => setClaiming(false)}
          onPassword={(password) =>
            onCommand({
              type: "claim",
              roomId,
              questionId: room.nextSerial,
              password,
            })}
        />
      )}
    </div>
  );
}

const ROOM_STEPS: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
};

/** The room above or below in the list. */
function neighbour(
  rooms: readonly ListedRoom[],
  roomId: number,
  step: number,
): number | undefined {
  const index = rooms.findIndex((room) => room.roomId === roomId);
  return rooms[index + step]?.roomId;
}

/** Names those of the rooms that are in the list. */
function labelIn(
  rooms: readonly ListedRoom[],
): (roomId: number) => string | undefined {
  return (roomId) => {
    const room = rooms.find((room) => room.roomId === roomId);
    return room && roomLabel(room);
  };
}

/** What can be done with a message, and where that goes. */
function actionsOn(
  { room, draft, onCommand, onPageEvent }: {
    readonly room: RoomState;
    readonly draft: Draft;
    readonly onCommand: (command: ClientCommand) => void;
    readonly onPageEvent: (event: PageEvent) => void;
  },
): MessageActions {
  return {
    roomId: room.welcome.roomId,
    mayRemove: isAtLeast(
      room.people.get(room.welcome.self)?.role ?? "guest",
      "moderator",
    ),
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
