/**
 * Finds the people that a text speaks to with `@name`.
 *
 * @module
 */

import { findCode } from "./code_ranges.ts";
import { MAX_NAME_CHARACTERS } from "./limits.ts";
import { nameKey } from "./name.ts";

/** A place where a text speaks to somebody. */
export interface Mention {
  /** Where it begins, with its sign, in UTF-16 units. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** Whom it means, as that name is written. */
  readonly name: string;
}

/** Names to look for, made by {@linkcode mentionNames}. */
export type MentionNames = ReadonlyMap<string, string>;

/**
 * Prepares names.
 *
 * @param names The names of people.
 * @returns What {@linkcode findMentions} looks for.
 */
export function mentionNames(names: Iterable<string>): MentionNames {
  const byKey = new Map<string, string>();
  for (const name of names) byKey.set(nameKey(name), name);
  return byKey;
}

/**
 * Finds mentions: `@`, where no word goes on, and a name, which ends where the
 * word does. The longest name counts, in any case and normalisation. There are
 * none in code.
 *
 * @param text Any text.
 * @param names Whose.
 * @returns The mentions, in their order, without overlap.
 */
export function findMentions(text: string, names: MentionNames): Mention[] {
  if (names.size === 0 || !text.includes("@")) return [];
  const code = findCode(text);
  const mentions: Mention[] = [];
  let signs = 0;
  let from = 0;
  for (;;) {
    const start = text.indexOf("@", from);
    if (start < 0 || ++signs > MAX_SIGNS) return mentions;
    from = start + 1;
    if (WORD_BEFORE.test(text.slice(Math.max(0, start - 2), start))) continue;
    if (code.some((range) => range.start <= start && start < range.end)) {
      continue;
    }
    const mention = longestAt(text, start, names);
    if (mention === undefined) continue;
    mentions.push(mention);
    from = mention.end;
  }
}

/**
 * Tells whether a text speaks to somebody.
 *
 * @param text Any text.
 * @param names Whose.
 * @returns Whether it does.
 */
export function isMentioned(text: string, names: MentionNames): boolean {
  return findMentions(text, names).length > 0;
}

function longestAt(
  text: string,
  start: number,
  names: MentionNames,
): Mention | undefined {
  const ahead = text.slice(start + 1, start + 1 + MAX_RAW_UNITS);
  let longest: Mention | undefined;
  for (const { index } of ahead.matchAll(WORD_END)) {
    const raw = ahead.slice(0, index);
    if (raw === "" || SPACE_AT_END.test(raw)) continue;
    const name = names.get(nameKey(raw));
    if (name === undefined) continue;
    longest = { start, end: start + 1 + index, name };
  }
  return longest;
}

/** Nobody speaks to more people at once; a text of signs stays quick to read. */
const MAX_SIGNS = 32;

/** Twice a name: decomposed, or of two units each. */
const MAX_RAW_UNITS = 2 * MAX_NAME_CHARACTERS + 1;

/** As in an address: `ann@example.org`. */
const WORD_BEFORE = /[\p{L}\p{M}\p{N}_@]$/u;

/** Places where no word goes on. */
const WORD_END =
  /(?<=[\p{L}\p{M}\p{N}_])(?![\p{L}\p{M}\p{N}_])|(?<=[^\p{L}\p{M}\p{N}_])/gu;

const SPACE_AT_END = /\s$/u;
