/**
 * The input at the foot of the room.
 *
 * @module
 */

/// <reference lib="dom" />

import type { RefObject, VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { countCharacters } from "../../chat/character_count.ts";
import type { ClientCommand } from "../bridge.ts";
import type { LookupCommand } from "../lookup_command.ts";
import type { RoomCommand } from "../room_command.ts";
import {
  readTypedLine,
  type TalkInView,
  type TypedLine,
  type TypedProblem,
  typedProblemText,
} from "../slash_command.ts";
import { type Language, messageRefusalText } from "../strings.ts";
import { CompletionList } from "./completion_list.tsx";
import type { Draft } from "./draft.ts";
import { firstCharacters, isQuit, messageText } from "./draft_text.ts";
import { Icon } from "./icons.tsx";
import {
  type Addressee,
  charactersLeftText,
  PAGE_STRINGS,
  shortenText,
  suggestionsText,
} from "./page_strings.ts";
import {
  type Completions,
  type KnownNames,
  useCompletions,
} from "./use_completions.ts";

/** The counter appears when fewer characters than this are left. */
const COUNTER_FROM_LEFT = 200;

/**
 * Drafts longer than this get the greatest height without asking the engine,
 * which would have to lay out all of it.
 */
const MAX_MEASURED_LENGTH = 4_000;

/**
 * Drafts longer than this many times the limit, in UTF-16 units, are not edited
 * in place. A character has up to two units, so every draft of up to twice the
 * limit can be.
 */
const MAX_EDITED_LIMITS = 4;

/** A line that is about people. */
export type TypedPeopleLine = Extract<
  TypedLine,
  { readonly type: "people" | "claim" }
>;

/** What the input is told. */
export interface ComposerProps {
  /** The page's language. */
  readonly language: Language;
  /** The longest message in characters. */
  readonly limit: number;
  /** Whether the session is over. */
  readonly ended: boolean;
  /** The text being written. */
  readonly draft: Draft;
  /** Gives the names that can be meant. */
  readonly names: () => KnownNames;
  /** Gives the talk that commands are about. */
  readonly talk: () => TalkInView;
  /** Takes what is to be done. */
  readonly onCommand: (command: ClientCommand) => void;
  /** The room it is for. */
  readonly roomId: number;
  /** Who reads there. */
  readonly addressee: Addressee;
  /** Does something about rooms. */
  readonly onRoomCommand: (command: RoomCommand) => void;
  /** Does something about people. */
  readonly onPeople: (typed: TypedPeopleLine) => void;
  /** Asks the server. */
  readonly onLookUp: (command: LookupCommand) => void;
  /** Shows which commands there are. */
  readonly onHelpWanted: () => void;
}

/**
 * The message box: grows with the text, sends on Enter, keeps what is too long.
 *
 * @param props What it is told.
 * @returns The input.
 */
export function Composer(props: ComposerProps): VNode {
  const { draft } = props;
  const strings = PAGE_STRINGS[props.language];
  /** Why the draft as it is was not sent. */
  const [typedProblem, setTypedProblem] = useState<TypedProblem>();
  const { box, facts, handleInput } = useDraft(
    draft,
    props.limit,
    () => {
      setTypedProblem(undefined);
      completions.refresh();
    },
  );
  const completions = useCompletions(box, draft, props.names);
  const problem = findProblem(props, facts.characters) ??
    (typedProblem && typedProblemText(props.language, typedProblem));
  const sendable = facts.quit ||
    (problem === undefined && facts.characters > 0);
  const send = () => {
    if (!sendable) return;
    const refused = submit(props, facts);
    if (refused !== undefined) return setTypedProblem(refused);
    draft.replace("");
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
        draft.focus();
      }}
    >
      <CompletionList language={props.language} completions={completions} />
      <div class="box">
        <textarea
          ref={box}
          rows={1}
          dir="auto"
          aria-label={strings.message}
          aria-describedby="composer-note"
          aria-invalid={facts.characters > props.limit}
          placeholder={strings.placeholder(props.addressee)}
          {...completions.attributes}
          {...boxHandlers(draft, completions, send)}
          onInput={handleInput}
        />
        <button type="submit" class="primary" disabled={!sendable}>
          <Icon name="send" />
          <span>{strings.send}</span>
        </button>
      </div>
      <ComposerNotes
        language={props.language}
        problem={problem}
        suggestions={completions.count}
        limit={props.limit}
        characters={facts.characters}
        draft={draft}
      />
    </form>
  );
}

/** What happens in the box, apart from what is typed. */
function boxHandlers(
  draft: Draft,
  completions: Completions,
  send: () => void,
) {
  return {
    onClick: completions.handleCaret,
    onKeyUp: completions.handleCaret,
    onBlur: completions.close,
    onPaste(event: ClipboardEvent) {
      const pasted = event.clipboardData?.getData("text/plain") ?? "";
      if (draft.handlePaste(pasted)) event.preventDefault();
    },
    onKeyDown(event: KeyboardEvent) {
      if (isComposing(event) || completions.handleKey(event)) return;
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      send();
    },
  };
}

const QUIT: ClientCommand = { type: "quit" };

/** Does what was typed; gives why that cannot be done. */
function submit(
  props: ComposerProps,
  { quit }: DraftFacts,
): TypedProblem | undefined {
  const { draft, roomId, talk, onCommand } = props;
  const typed = readTypedLine(messageText(draft.text), talk());
  const command = quit || typed.type === "quit"
    ? QUIT
    : commandOf(roomId, typed);
  if (command !== undefined) onCommand(command);
  else if (typed.type === "lookUp") props.onLookUp(typed.command);
  else if (typed.type === "room") props.onRoomCommand(typed.command);
  else if (typed.type === "people" || typed.type === "claim") {
    props.onPeople(typed);
  } else if (typed.type === "help") props.onHelpWanted();
  else return typed as TypedProblem;
  return undefined;
}

function commandOf(
  roomId: number,
  typed: TypedLine,
): ClientCommand | undefined {
  if (typed.type === "message") {
    return { type: "send", roomId, text: typed.text };
  }
  return typed.type === "act"
    ? { type: "act", roomId, act: typed.act }
    : undefined;
}

/** What matters of a draft. */
interface DraftFacts {
  readonly characters: number;
  readonly quit: boolean;
}

function useDraft(draft: Draft, limit: number, onInput: () => void): {
  readonly box: RefObject<HTMLTextAreaElement>;
  readonly facts: DraftFacts;
  readonly handleInput: () => void;
} {
  const box = useRef<HTMLTextAreaElement>(null);
  const [facts, setFacts] = useState<DraftFacts>(() => inspect(draft.text));
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    draft.attach(element, limit * MAX_EDITED_LIMITS);
    fitHeight(element);
    element.focus();
    return () => draft.detach();
  }, [limit]);
  const handleInput = () => {
    draft.handleInput();
    onInput();
    setFacts(inspect(draft.text));
    if (box.current !== null) fitHeight(box.current);
  };
  return { box, facts, handleInput };
}

function ComposerNotes(props: {
  readonly language: Language;
  readonly problem: string | undefined;
  readonly suggestions: number;
  readonly limit: number;
  readonly characters: number;
  readonly draft: Draft;
}): VNode {
  const { language, problem, suggestions, limit, draft } = props;
  const suggested = suggestions > 0
    ? suggestionsText(language, suggestions)
    : undefined;
  const left = limit - props.characters;
  const shorten = () => {
    draft.replace(firstCharacters(messageText(draft.text), limit));
    draft.focus();
  };
  const takeBack = () => {
    draft.takeBack();
    draft.focus();
  };
  return (
    <div class="composer-notes">
      <p id="composer-note" class={noteClass(problem, suggested)}>
        <span role="status">{problem ?? suggested}</span>
        {problem === undefined && suggested === undefined &&
          PAGE_STRINGS[language].composerHint}
      </p>
      {left >= 0 && left < COUNTER_FROM_LEFT && (
        <p class="counter">{charactersLeftText(language, left)}</p>
      )}
      {draft.isHeld && (
        <p class="remedies">
          <button type="button" class="link" onClick={shorten}>
            {shortenText(language, limit)}
          </button>
          <button type="button" class="link" onClick={takeBack}>
            {PAGE_STRINGS[language].takeBackPaste}
          </button>
        </p>
      )}
    </div>
  );
}

/** A narrow page has no room for hints that nobody asked for. */
function noteClass(
  problem: string | undefined,
  suggested: string | undefined,
): string {
  if (problem !== undefined) return "problem";
  return suggested === undefined ? "hint" : "hint suggesting";
}

/** Why the draft cannot be sent, if there is a reason to tell. */
function findProblem(
  props: Pick<ComposerProps, "language" | "limit" | "ended">,
  characters: number,
): string | undefined {
  const { language, limit } = props;
  if (props.ended) return PAGE_STRINGS[language].sendEnded;
  if (characters <= limit) return undefined;
  return messageRefusalText(language, {
    code: "tooLong",
    limitCharacters: limit,
    characters,
  });
}

function inspect(draft: string): DraftFacts {
  return {
    characters: countCharacters(messageText(draft)),
    quit: isQuit(draft),
  };
}

/** Lets the box grow with its text; the stylesheet limits it. */
function fitHeight(box: HTMLTextAreaElement): void {
  const long = box.value.length > MAX_MEASURED_LENGTH;
  box.classList.toggle("full", long);
  box.style.height = "";
  if (!long) box.style.height = `${box.scrollHeight}px`;
}

/**
 * Enter then confirms a candidate of an input method. WebKit reports it after
 * the composition, with key code 229.
 */
function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}
