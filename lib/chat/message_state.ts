/**
 * What a message has become: the fold of the events that concern it. Every
 * client folds the same events in the same order, and so shows the same.
 *
 * @module
 */

import { MAX_MEMBERS, MAX_REACTION_KINDS } from "./limits.ts";
import type { ChangeAct, ReactAct } from "./room_event.ts";

/** An emoji at a message. */
export interface Reaction {
  /** Which. */
  readonly emoji: string;
  /** Whose, in the order they came; at least one. */
  readonly names: readonly string[];
}

/** How a message is now. */
export interface MessageState {
  /** What it says; empty if it was removed. */
  readonly text: string;
  /** Whether it once said something else. */
  readonly isEdited: boolean;
  /** Who removed it and when; undefined if nobody did, or that is not known. */
  readonly removal: Removal | undefined;
  /** The emoji at it, in the order they came. */
  readonly reactions: readonly Reaction[];
  /** Whether it is pinned. */
  readonly isPinned: boolean;
  /** Who acknowledged it, if it is an announcement, in the order they did. */
  readonly acknowledged: readonly Acknowledgement[];
}

/** That somebody has seen an announcement. */
export interface Acknowledgement {
  /** Who. */
  readonly name: string;
  /** When that was said, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** That a message was removed. */
export interface Removal {
  /** Who did. */
  readonly author: string;
  /** When, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** A change of a message, with who made it. */
export interface MessageChange {
  /** What. */
  readonly act: ChangeAct;
  /** Who. */
  readonly author: string;
  /** When, in milliseconds since 1970. */
  readonly timeMs: number;
}

/**
 * Gives the state of a message that nothing has happened to.
 *
 * @param text What it says; empty if the text is gone already.
 * @returns Its state.
 */
export function newMessageState(text: string): MessageState {
  return {
    text,
    isEdited: false,
    removal: undefined,
    reactions: [],
    isPinned: false,
    acknowledged: [],
  };
}

/**
 * Applies an event to the message it is about.
 *
 * @param state How the message was.
 * @param change What happened.
 * @returns How it is now; the same object if nothing changed.
 */
export function changeMessage(
  state: MessageState,
  { act, author, timeMs }: MessageChange,
): MessageState {
  switch (act.type) {
    case "edit":
      // What is removed later has no text any more; what it said is unknown.
      if (act.text === "" || isRemoved(state)) return state;
      return { ...state, text: act.text, isEdited: true };
    case "remove":
      return { ...newMessageState(""), removal: { author, timeMs } };
    case "react": {
      if (isRemoved(state)) return state;
      const reactions = applyReaction(state.reactions, act, author);
      return reactions === state.reactions ? state : { ...state, reactions };
    }
    case "pin":
      if (isRemoved(state) || state.isPinned === act.isOn) return state;
      return { ...state, isPinned: act.isOn };
    case "topic":
      return state;
    case "acknowledge": {
      const { acknowledged } = state;
      if (isRemoved(state) || acknowledged.length >= MAX_MEMBERS) return state;
      if (acknowledged.some(({ name }) => name === author)) return state;
      return {
        ...state,
        acknowledged: [...acknowledged, { name: author, timeMs }],
      };
    }
  }
}

/**
 * Tells whether a message was removed.
 *
 * @param state How it is.
 * @returns Whether it has no text any more.
 */
export function isRemoved(state: MessageState): boolean {
  return state.text === "";
}

/**
 * Puts an emoji at a message, or takes it back.
 *
 * @param reactions What is there.
 * @param act Which emoji.
 * @param name Whose.
 * @returns What is there then; the same object if nothing changed.
 */
export function applyReaction(
  reactions: readonly Reaction[],
  { emoji, isOn }: Pick<ReactAct, "emoji" | "isOn">,
  name: string,
): readonly Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (known === undefined) {
    if (!isOn || reactions.length >= MAX_REACTION_KINDS) return reactions;
    return [...reactions, { emoji, names: [name] }];
  }
  if (known.names.includes(name) === isOn) return reactions;
  if (isOn && known.names.length >= MAX_MEMBERS) return reactions;
  const names = isOn
    ? [...known.names, name]
    : known.names.filter((other) => other !== name);
  return reactions.flatMap((reaction) => {
    if (reaction !== known) return [reaction];
    return names.length === 0 ? [] : [{ emoji, names }];
  });
}
