/**
 * The rooms of this person, and how to make a new one.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { RoomKind } from "../../chat/room_kind.ts";
import type { RoomCommand } from "../room_command.ts";
import type { Language } from "../strings.ts";
import { Icon, type IconName } from "./icons.tsx";
import type { ListedRoom, Unread } from "./page_rooms.ts";
import { ROOM_LIST_STRINGS } from "./room_list_strings.ts";

/**
 * The list at the side. On a narrow page it is seen only while its panel is
 * open.
 *
 * @param props The rooms, which one is shown, whether the panel is open, and
 * what follows a choice.
 * @returns The list.
 */
export function RoomList(props: {
  readonly language: Language;
  readonly rooms: readonly ListedRoom[];
  readonly shownId: number;
  readonly open: boolean;
  readonly onShow: (roomId: number) => void;
  readonly onRoomCommand: (command: RoomCommand) => void;
}): VNode {
  const { language, rooms, shownId, onShow } = props;
  const strings = ROOM_LIST_STRINGS[language];
  const [isMaking, setMaking] = useState(false);
  return (
    <nav
      id="rooms"
      class={props.open ? "rooms open" : "rooms"}
      aria-label={strings.rooms}
    >
      <h2>{strings.rooms}</h2>
      <ul>
        {rooms.map((room) => (
          <li key={room.roomId}>
            <button
              type="button"
              class={`room-link${room.unread > 0 ? " unread-room" : ""}`}
              aria-current={room.roomId === shownId ? "true" : undefined}
              onClick={() => onShow(room.roomId)}
            >
              <Icon name={KIND_ICONS[room.kind]} />
              <span class="spoken">{`${strings.kinds[room.kind]} `}</span>
              <bdi>{room.name}</bdi>
              <UnreadTally language={language} {...room} />
            </button>
          </li>
        ))}
      </ul>
      {isMaking
        ? (
          <NewRoom
            language={language}
            onDone={() => setMaking(false)}
            onRoomCommand={props.onRoomCommand}
          />
        )
        : (
          <button
            type="button"
            class="quiet new-room"
            onClick={() => setMaking(true)}
          >
            {strings.newRoom}
          </button>
        )}
    </nav>
  );
}

/** How much was not read, and whether it is for this person; nothing for none. */
export function UnreadTally(
  { language, unread, isMentioned }: Unread & { readonly language: Language },
): VNode | null {
  if (unread === 0) return null;
  return (
    <span class={isMentioned ? "tally mentioned" : "tally"}>
      {isMentioned && <span aria-hidden="true">@</span>}
      {unread}
      <span class="spoken">
        {" "}
        {ROOM_LIST_STRINGS[language].unread(isMentioned)}
      </span>
    </span>
  );
}

function NewRoom(props: {
  readonly language: Language;
  readonly onDone: () => void;
  readonly onRoomCommand: (command: RoomCommand) => void;
}): VNode {
  const strings = ROOM_LIST_STRINGS[props.language];
  const [name, setName] = useState("");
  const [isPrivate, setPrivate] = useState(false);
  return (
    <form
      class="make-room"
      onSubmit={(event) => {
        event.preventDefault();
        const kind = isPrivate ? "private" : "public";
        const wanted = name.trim();
        if (wanted === "") return;
        props.onRoomCommand({ type: "create", name: wanted, kind });
        props.onDone();
      }}
    >
      <label>
        {strings.name}
        <input
          type="text"
          value={name}
          autofocus
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={isPrivate}
          onChange={(event) => setPrivate(event.currentTarget.checked)}
        />
        {strings.onlyInvited}
      </label>
      <div class="make-room-actions">
        <button type="submit" class="primary">{strings.create}</button>
        <button type="button" class="quiet" onClick={props.onDone}>
          {strings.cancel}
        </button>
      </div>
    </form>
  );
}

const KIND_ICONS: Readonly<Record<RoomKind, IconName>> = {
  public: "hash",
  private: "lock",
  direct: "person",
};
