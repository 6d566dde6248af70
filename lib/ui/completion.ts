/**
 * What a line that is being typed can go on with: the commands, the people for
 * commands that are about one and after an `@`, the rooms. The table of
 * commands decides; every face offers the same.
 *
 * @module
 */

import type { CommandParameter, SlashCommand } from "./slash_command.ts";

/** More are not looked through: one types on instead. */
export const MAX_CANDIDATES = 50;

/** A name has no more code units, so an `@` further back is another one's. */
const MAX_NAME_LENGTH = 64;

/** What can be offered. */
export interface CompletionSources {
  /** The commands, in the order in which they are listed. */
  readonly commands: readonly SlashCommand[];
  /** The people, in the order in which they are offered. */
  readonly people: readonly string[];
  /** The names of the rooms, likewise. */
  readonly rooms: readonly string[];
}

/** What a line can go on with. */
export interface Completion {
  /** What is being typed. */
  readonly kind: "command" | "name" | "mention" | "room";
  /** Where it begins, in UTF-16 units. */
  readonly start: number;
  /** Where it ends: at the caret. */
  readonly end: number;
  /** What of it is typed, without a sign before it. */
  readonly typed: string;
  /** What it can become; at least one. */
  readonly candidates: readonly Candidate[];
  /** How many more there are. */
  readonly more: number;
}

/** One of several that can be meant. */
export interface Candidate {
  /** What it is called. */
  readonly label: string;
  /** What takes the place of what is typed. */
  readonly text: string;
  /** The command, where it is one. */
  readonly command: SlashCommand | undefined;
}

/**
 * Finds what a line can go on with.
 *
 * @param text The line.
 * @param caret Where it is typed, in UTF-16 units.
 * @param sources What can be offered.
 * @returns The candidates; undefined if there are none.
 */
export function completionAt(
  text: string,
  caret: number,
  sources: CompletionSources,
): Completion | undefined {
  const before = text.slice(0, caret);
  const gap = /^\s/.test(text.slice(caret)) ? "" : " ";
  return completeCommand(before, gap, sources) ??
    completeMention(before, gap, sources);
}

/**
 * Gives what all candidates begin with.
 *
 * @param completion The candidates.
 * @returns What can be typed without choosing one; with one candidate, all of
 *   it.
 */
export function commonStart(
  { candidates }: Pick<Completion, "candidates">,
): string {
  const [first, ...others] = candidates.map(({ text }) => text);
  const characters = [...first!];
  let count = characters.length;
  for (const other of others) {
    const its = [...other];
    let i = 0;
    while (i < count && fold(characters[i]!) === fold(its[i] ?? "")) i++;
    count = i;
  }
  return characters.slice(0, count).join("");
}

/**
 * Tells whether what is typed is one of the candidates already, and so perhaps
 * meant as it is.
 *
 * @param completion The candidates.
 */
export function isTypedOut(
  { typed, candidates }: Pick<Completion, "typed" | "candidates">,
): boolean {
  return candidates.some(({ label, command }) =>
    fold(command?.name ?? label) === fold(typed)
  );
}

/** In any case, and however an accent is written. */
function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

function completeCommand(
  before: string,
  gap: string,
  { commands, people, rooms }: CompletionSources,
): Completion | undefined {
  if (!before.startsWith("/") || before.startsWith("//")) return undefined;
  const [word, name = ""] = /^\/(\S*)/.exec(before)!;
  if (word === before) {
    return completionOf({
      kind: "command",
      start: 0,
      end: before.length,
      typed: name,
      found: commands.filter((command) => startsWith(command.name, name))
        .map((command) => ({
          label: "/" + command.name,
          text: `/${command.name}${command.parameters.length > 0 ? gap : ""}`,
          command,
        })),
    });
  }
  const command = commands.find((command) =>
    command.name === name.toLowerCase()
  );
  const place = command && parameterAt(before, word.length, command.parameters);
  if (place === undefined) return undefined;
  const { kind, start, isLast } = place;
  if (kind !== "name" && kind !== "room") return undefined;
  // A name may be typed as it is mentioned, and a room as it is labelled.
  const sign = kind === "name" ? /^["@]/ : /^["@#]/;
  const typed = before.slice(start).replace(sign, "");
  const names = kind === "name" ? people : rooms;
  return completionOf({
    kind,
    start,
    end: before.length,
    typed,
    found: names.filter((name) => startsWith(name, typed)).map((name) => ({
      label: name,
      text: isLast ? name : quoted(name) + gap,
      command: undefined,
    })),
  });
}

/** In a line with something after it, white space would end a name. */
function quoted(name: string): string {
  return /\s/.test(name) ? `"${name}"` : name;
}

/** Where in a command something is typed. */
interface Place {
  readonly kind: CommandParameter["kind"];
  readonly start: number;
  readonly isLast: boolean;
}

/** What stands for a parameter that is followed by another one. */
const WORD = /\s+(?:"[^"]*"|[^\s"]\S*)(?=\s)/y;

const IS_NUMBER = /^\s+#?\d+$/;

function parameterAt(
  before: string,
  nameEnd: number,
  parameters: readonly CommandParameter[],
): Place | undefined {
  let end = nameEnd;
  for (const [i, { kind, isOptional = false }] of parameters.entries()) {
    const isLast = i === parameters.length - 1;
    const start = end + /^\s*/.exec(before.slice(end))![0].length;
    if (kind === "text" || isLast) return { kind, start, isLast };
    WORD.lastIndex = end;
    const found = WORD.exec(before)?.[0];
    if (found === undefined) {
      const isSkipped = isOptional && !/^#?\d*$/.test(before.slice(start));
      if (isSkipped && kind === "number") continue;
      return { kind, start, isLast };
    }
    if (kind === "number" && isOptional && !IS_NUMBER.test(found)) continue;
    end += found.length;
  }
  return undefined;
}

/** Somebody's name after an `@` that begins a word. */
function completeMention(
  before: string,
  gap: string,
  { people }: CompletionSources,
): Completion | undefined {
  const start = before.lastIndexOf("@");
  if (start === -1 || before.length - start > MAX_NAME_LENGTH + 1) {
    return undefined;
  }
  if (/[\p{L}\p{N}_.]$/u.test(before.slice(0, start))) return undefined;
  const typed = before.slice(start + 1);
  return completionOf({
    kind: "mention",
    start,
    end: before.length,
    typed,
    found: people.filter((name) => startsWith(name, typed)).map((name) => ({
      label: name,
      text: `@${name}${gap}`,
      command: undefined,
    })),
  });
}

function startsWith(name: string, typed: string): boolean {
  return fold(name).startsWith(fold(typed));
}

function completionOf(
  { found, ...rest }:
    & Omit<Completion, "candidates" | "more">
    & { readonly found: readonly Candidate[] },
): Completion | undefined {
  if (found.length === 0) return undefined;
  const candidates = found.slice(0, MAX_CANDIDATES);
  return { ...rest, candidates, more: found.length - candidates.length };
}
