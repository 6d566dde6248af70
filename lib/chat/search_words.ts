/**
 * Words, as a search sees them (docs/PROTOCOL.md section 7.9). The index of a
 * log is made of them, a question is taken apart into them, and what is marked
 * in a text are their places: all three by the same rules.
 *
 * @module
 */

import {
  MAX_MATCH_RANGES,
  MAX_SEARCH_WORDS,
  MAX_WORD_CHARACTERS,
  MIN_PREFIX_CHARACTERS,
} from "./limits.ts";
import { foldCase } from "./name_skeleton.ts";

/** A word to find. */
export interface SearchTerm {
  /** The word, folded; letters and digits only. */
  readonly word: string;
  /** Whether longer words that begin so are meant too. */
  readonly isPrefix: boolean;
}

/**
 * Lists the words of a text.
 *
 * @param text Any text.
 * @returns Each word once, folded.
 */
export function wordsOf(text: string): Set<string> {
  // Ten times as fast, and every message goes through here.
  if (ASCII.test(text)) {
    const words = text.toLowerCase().match(ASCII_WORDS) ?? [];
    return new Set(words.map((word) => word.slice(0, MAX_WORD_CHARACTERS)));
  }
  const words = new Set<string>();
  for (const { raw } of rawWords(text)) {
    const word = foldWord(raw);
    if (word !== "") words.add(word);
  }
  return words;
}

/**
 * Takes a question apart. All of its words must be in a text; one that is
 * followed by `*` stands for all words that begin so. What is beyond the limits
 * is left out, so that nothing is too much to ask.
 *
 * @param question What somebody typed.
 * @returns The words to find; none if there is no letter or digit in it.
 */
export function searchTerms(question: string): SearchTerm[] {
  const terms = new Map<string, SearchTerm>();
  for (const { raw, start } of rawWords(question)) {
    const word = foldWord(raw);
    if (word === "" || terms.has(word)) continue;
    const isPrefix = question[start + raw.length] === "*" &&
      [...word].length >= MIN_PREFIX_CHARACTERS;
    terms.set(word, { word, isPrefix });
    if (terms.size === MAX_SEARCH_WORDS) break;
  }
  return [...terms.values()];
}

/**
 * Folds a name as `checkName()` does for its key, so that a name is found in
 * any case. Any text is a name here.
 *
 * @param name The name.
 * @returns A text for comparing; empty if there is nothing to see in the name.
 */
export function authorNameKey(name: string): string {
  return foldCase(name.normalize("NFKC").replace(SPACES, " ").trim());
}

/**
 * Finds words in a text.
 *
 * @param text The text.
 * @param terms The words; all of them must be there.
 * @returns Where they are, at most {@linkcode MAX_MATCH_RANGES} times: start
 * and end of each place in UTF-16 code units, ascending, one after the other.
 * Undefined if one is not there.
 */
export function findTerms(
  text: string,
  terms: readonly SearchTerm[],
): number[] | undefined {
  const missing = new Set(terms);
  const ranges: number[] = [];
  for (const { raw, start } of rawWords(text)) {
    const word = foldWord(raw);
    let isHit = false;
    for (const term of terms) {
      if (!isMeant(term, word)) continue;
      isHit = true;
      missing.delete(term);
    }
    if (isHit) addRange(ranges, start, raw.length);
    if (missing.size === 0 && ranges.length > 2 * MAX_MATCH_RANGES) break;
  }
  if (missing.size > 0) return undefined;
  return ranges.slice(0, 2 * MAX_MATCH_RANGES);
}

function isMeant({ word, isPrefix }: SearchTerm, found: string): boolean {
  return isPrefix ? found.startsWith(word) : found === word;
}

/** Places that touch are one: in Chinese every character is a word here. */
function addRange(ranges: number[], start: number, length: number): void {
  if (ranges.at(-1) === start) ranges[ranges.length - 1] = start + length;
  else ranges.push(start, start + length);
}

/**
 * Makes words equal that differ in case, accents or width. Compatibility
 * decomposition can make signs of letters, which are dropped: what is left is
 * letters and digits, and so means nothing to any index.
 */
function foldWord(raw: string): string {
  const short = raw.slice(0, 4 * MAX_WORD_CHARACTERS).toLowerCase();
  const folded = ASCII_WORD.test(short)
    ? short
    // Mathematical capitals have no lower case before they are decomposed.
    : short.normalize("NFKD").toLowerCase().replace(NOT_LETTER_OR_DIGIT, "");
  // Cutting may part a surrogate pair.
  return folded.slice(0, MAX_WORD_CHARACTERS).toWellFormed()
    .replace("\ufffd", "");
}

const SPACES = /\p{Zs}+/gu;

const ASCII_WORD = /^[a-z0-9]*$/;

const NOT_LETTER_OR_DIGIT = /[^\p{L}\p{N}]+/gu;

/** Words as they stand in a text. */
function* rawWords(
  text: string,
): Generator<{ readonly raw: string; readonly start: number }> {
  for (const { 0: run, index } of text.matchAll(RUN)) {
    if (ASCII_WORD.test(run) || !SPACELESS.test(run)) {
      yield { raw: run, start: index };
      continue;
    }
    for (const { 0: raw, index: offset } of run.matchAll(WORD)) {
      yield { raw, start: index + offset };
    }
  }
}

// deno-lint-ignore no-control-regex
const ASCII = /^[\x00-\x7f]*$/;

const ASCII_WORDS = /[a-z0-9]+/g;

/** Letters and digits with their marks. */
const RUN = /[\p{L}\p{N}\p{M}]+/gu;

/** Scripts that are written without spaces between words. */
const SPACELESS =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u;

/** In a run: one character of these scripts with its marks, or what is not. */
const WORD =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]\p{M}*|[^\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]+/gu;
