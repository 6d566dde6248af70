/**
 * What the input can go on with, and the keys for it.
 *
 * @module
 */

/// <reference lib="dom" />

import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import {
  type Completion,
  completionAt,
  type CompletionSources,
  isTypedOut,
} from "../completion.ts";
import { SLASH_COMMANDS } from "../slash_command.ts";
import type { Draft } from "./draft.ts";

/** The ID of the list. */
export const COMPLETIONS_ID = "completions";

/**
 * Gives the ID of an option of the list.
 *
 * @param index Its place.
 */
export function completionId(index: number): string {
  return `${COMPLETIONS_ID}-${index}`;
}

/** A list of candidates that is shown. */
interface OpenList {
  readonly completion: Completion;
  /** The candidate that Enter takes; undefined for none. */
  readonly active: number | undefined;
}

/** The names that can be meant. */
export type KnownNames = Omit<CompletionSources, "commands">;

/** What the input and the list have to do with candidates. */
export interface Completions {
  /** What is shown; undefined while there is no list. */
  readonly open: OpenList | undefined;
  /** How many candidates there are. */
  readonly count: number;
  /**
   * Attributes of the input: a combobox while there is a list (WAI-ARIA
   * Authoring Practices, "Combobox Pattern"), else the text box that it is.
   */
  readonly attributes: Readonly<Record<string, string | boolean | undefined>>;
  /** Looks again what the draft can go on with. */
  readonly refresh: () => void;
  /** Follows the caret: the list is for one place. */
  readonly handleCaret: () => void;
  /** Takes a key; tells whether it was for the list. */
  readonly handleKey: (event: KeyboardEvent) => boolean;
  /** Takes a candidate. */
  readonly take: (index: number) => void;
  /** Shows no list until the draft changes. */
  readonly close: () => void;
}

/**
 * Keeps the candidates for a draft.
 *
 * @param box The input.
 * @param draft What is written in it.
 * @param names Gives the names that can be meant.
 * @returns What the input and the list need.
 */
export function useCompletions(
  box: RefObject<HTMLTextAreaElement>,
  draft: Draft,
  names: () => KnownNames,
): Completions {
  const [open, setOpen] = useState<OpenList>();
  const close = () => setOpen(undefined);
  const refresh = () => setOpen(findList(box.current, draft, names()));
  const take = (index: number) => {
    const candidate = open?.completion.candidates[index];
    if (open === undefined || candidate === undefined) return;
    const { start, end } = open.completion;
    draft.splice(start, end, candidate.text);
    close();
  };
  return {
    open,
    count: open?.completion.candidates.length ?? 0,
    attributes: attributesOf(open),
    refresh,
    handleCaret() {
      // What was typed just now may have opened another list already.
      setOpen((open) =>
        open && isAtCaret(box.current, open) ? open : undefined
      );
    },
    handleKey(event) {
      const action = open && actionOf(event, open);
      if (open === undefined || action === undefined) return false;
      event.preventDefault();
      // An open panel stays.
      event.stopPropagation();
      if (action.type === "close") close();
      else if (action.type === "take") take(action.index);
      else setOpen({ ...open, active: action.index });
      return true;
    },
    take,
    close,
  };
}

function findList(
  box: HTMLTextAreaElement | null,
  draft: Draft,
  names: KnownNames,
): OpenList | undefined {
  if (box === null || draft.isHeld) return undefined;
  if (box.selectionStart !== box.selectionEnd) return undefined;
  const completion = completionAt(draft.text, box.selectionStart, {
    commands: SLASH_COMMANDS,
    ...names,
  });
  if (completion === undefined) return undefined;
  // Nobody asked for all the names yet.
  if (completion.kind !== "command" && completion.typed === "") {
    return undefined;
  }
  // What is typed out is sent by Enter, unless another candidate is chosen.
  if (!isTypedOut(completion)) return { completion, active: 0 };
  return completion.candidates.length === 1
    ? undefined
    : { completion, active: undefined };
}

function isAtCaret(
  box: HTMLTextAreaElement | null,
  { completion }: OpenList,
): boolean {
  return box?.selectionStart === completion.end &&
    box.selectionEnd === completion.end;
}

/** What a key does to the list. */
type Action =
  | { readonly type: "close" }
  | { readonly type: "take"; readonly index: number }
  | { readonly type: "go"; readonly index: number };

function actionOf(
  event: KeyboardEvent,
  { completion: { candidates }, active }: OpenList,
): Action | undefined {
  if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) {
    return undefined;
  }
  const last = candidates.length - 1;
  switch (event.key) {
    case "ArrowDown":
      return {
        type: "go",
        index: active === undefined || active === last ? 0 : active + 1,
      };
    case "ArrowUp":
      return { type: "go", index: active ? active - 1 : last };
    case "Tab":
      return { type: "take", index: active ?? 0 };
    case "Enter":
      return active === undefined ? undefined : { type: "take", index: active };
    case "Escape":
      return { type: "close" };
  }
  return undefined;
}

function attributesOf(open: OpenList | undefined): Completions["attributes"] {
  if (open === undefined) return { "aria-autocomplete": "list" };
  const { active } = open;
  return {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-haspopup": "listbox",
    "aria-expanded": true,
    "aria-controls": COMPLETIONS_ID,
    "aria-activedescendant": active === undefined
      ? undefined
      : completionId(active),
  };
}
