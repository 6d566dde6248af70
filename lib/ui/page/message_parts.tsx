/**
 * What a message is made of besides its author and its time.
 *
 * @module
 */

/// <reference lib="dom" />

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ClientCommand } from "../bridge.ts";
import { quotedStart } from "../change_text.ts";
import type { Language } from "../strings.ts";
import { type MessageItem, sequenceOf } from "./page_state.ts";
import { PAGE_STRINGS } from "./page_strings.ts";
import { hasReacted } from "./page_talk.ts";
import { RichText } from "./rich_text.tsx";

/** What a message can do to the rest of the page; the same for its life. */
export interface MessageActions {
  /** The room that all of it is in. */
  readonly roomId: number;
  /** Whether messages of others can be removed. */
  readonly mayRemove: boolean;
  /** Takes its text back into the input. */
  readonly onTakeBack: (item: MessageItem) => void;
  /** Starts a command in the input. */
  readonly onCompose: (command: string) => void;
  /** Does something at once. */
  readonly onCommand: (command: ClientCommand) => void;
}

/** What a part of a message is told. */
export interface MessagePartProps {
  /** The page's language. */
  readonly language: Language;
  /** The message. */
  readonly item: MessageItem;
  /** The message it answers, if that is in the list. */
  readonly quoted: MessageItem | undefined;
  /** The own name. */
  readonly self: string;
  /** What it can do. */
  readonly actions: MessageActions;
}

/** The emoji that are one click away. */
const QUICK_EMOJI = ["👍", "❤️", "😂", "🎉", "❓"];

/**
 * What a message says: what it answers, its text, and what became of it.
 *
 * @param props The message.
 * @returns The text, or what stands for it.
 */
export function MessageBody(props: MessagePartProps): VNode {
  const { language, item, quoted, self } = props;
  const strings = PAGE_STRINGS[language];
  if (item.text === "") {
    const { removal } = item;
    const by = removal === undefined || removal.author === item.author
      ? ""
      : ` · ${removal.author}`;
    return <div class="text removed">{strings.removed + by}</div>;
  }
  return (
    <div
      class={item.style === "announcement" ? "text announcement" : "text"}
      dir="auto"
    >
      {item.style === "announcement" && (
        <strong class="label">{strings.announcement}</strong>
      )}
      {item.replyTo !== 0 && (
        <blockquote class="quote" dir="auto">
          {quoted === undefined ? strings.olderMessage : (
            <>
              <bdi>{quoted.author}</bdi>:{" "}
              {quoted.text === "" ? strings.removed : quotedStart(quoted.text)}
            </>
          )}
        </blockquote>
      )}
      {item.style === "action"
        ? (
          <em>
            <bdi>{item.author}</bdi> <RichText text={item.text} self={self} />
          </em>
        )
        : <RichText text={item.text} self={self} />}
      {(item.isEdited || item.isPinned) && (
        <span class="marks">
          {item.isEdited && <span>{strings.edited}</span>}
          {item.isPinned && <span>📌 {strings.pinned}</span>}
        </span>
      )}
    </div>
  );
}

/**
 * The emoji at a message, each of which can be joined or left, and the menu of
 * what else can be done with it.
 *
 * @param props The message.
 * @returns The row below its text; nothing for one the server does not have.
 */
export function MessageFoot(props: MessagePartProps): VNode | null {
  const { language, item, self, actions } = props;
  const [isOpen, setOpen] = useState(false);
  const target = sequenceOf(item);
  if (target === undefined || item.text === "") return null;
  const react = (emoji: string) => {
    const isOn = !hasReacted(item, emoji, self);
    const act = { type: "react", target, emoji, isOn } as const;
    actions.onCommand({ type: "act", roomId: actions.roomId, act });
    setOpen(false);
  };
  return (
    <div
      class={`foot${item.reactions.length > 0 || isOpen ? " full" : ""}`}
      // A new message is read aloud, not what could be done with it.
      aria-live="off"
    >
      {item.reactions.map(({ emoji, names }) => (
        <button
          key={emoji}
          type="button"
          class="reaction"
          aria-pressed={names.includes(self)}
          aria-label={`${emoji} ${names.length}: ${names.join(", ")}`}
          title={names.join(", ")}
          onClick={() => react(emoji)}
        >
          {emoji} {names.length}
        </button>
      ))}
      <button
        type="button"
        class="more"
        aria-label={PAGE_STRINGS[language].actions}
        title={PAGE_STRINGS[language].actions}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        ⋯
      </button>
      {isOpen && (
        <MessageMenu
          {...props}
          target={target}
          onReact={react}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}

function MessageMenu(
  props: MessagePartProps & {
    readonly target: number;
    readonly onReact: (emoji: string) => void;
    readonly onClose: () => void;
  },
): VNode {
  const { language, item, target, actions, onReact, onClose } = props;
  const strings = PAGE_STRINGS[language];
  const compose = (command: string) => {
    onClose();
    actions.onCompose(command);
  };
  const act = (what: Extract<ClientCommand, { type: "act" }>["act"]) => {
    onClose();
    actions.onCommand({ type: "act", roomId: actions.roomId, act: what });
  };
  const pin = () => act({ type: "pin", target, isOn: !item.isPinned });
  const menu = useRef<HTMLDivElement>(null);
  // At the end of the list, what is above the menu makes room for it.
  useEffect(() => {
    menu.current?.closest(".message")?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div
      ref={menu}
      class="menu"
      role="group"
      aria-label={strings.actions}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <span class="number">#{target}</span>
      {QUICK_EMOJI.map((emoji) => (
        <button
          key={emoji}
          type="button"
          class="quick"
          onClick={() => onReact(emoji)}
        >
          {emoji}
        </button>
      ))}
      <MenuButton
        label={strings.reply}
        onClick={() => compose(`/reply ${target} `)}
      />
      <MenuButton
        label={item.isPinned ? strings.unpin : strings.pin}
        onClick={pin}
      />
      {item.own && <OwnButtons {...props} compose={compose} />}
      {(item.own || actions.mayRemove) && (
        <RemoveButton
          language={language}
          onRemove={() => act({ type: "remove", target })}
        />
      )}
    </div>
  );
}

/** What only the author can do. */
function OwnButtons(
  props: MessagePartProps & {
    readonly target: number;
    readonly onClose: () => void;
    readonly compose: (command: string) => void;
  },
): VNode {
  const { language, item, target, actions, onClose, compose } = props;
  const strings = PAGE_STRINGS[language];
  const askReceipts = () => {
    onClose();
    const query = { type: "receipts", target } as const;
    actions.onCommand({
      type: "ask",
      roomId: actions.roomId,
      questionId: target,
      query,
    });
  };
  return (
    <>
      <MenuButton label={strings.whoHasRead} onClick={askReceipts} />
      <MenuButton
        label={strings.edit}
        onClick={() => compose(`/edit ${target} ${item.text}`)}
      />
    </>
  );
}

/** Asks once more before it does it. */
function RemoveButton(props: {
  readonly language: Language;
  readonly onRemove: () => void;
}): VNode {
  const strings = PAGE_STRINGS[props.language];
  const [isSure, setSure] = useState(false);
  return (
    <MenuButton
      label={isSure ? strings.removeSurely : strings.remove}
      onClick={() => isSure ? props.onRemove() : setSure(true)}
    />
  );
}

function MenuButton(props: {
  readonly label: string;
  readonly onClick: () => void;
}): VNode {
  return (
    <button type="button" class="link" onClick={props.onClick}>
      {props.label}
    </button>
  );
}
