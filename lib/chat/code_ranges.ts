/**
 * Finds code in plain text: what people put between backticks. Nothing in it is
 * a mention or a link.
 *
 * @module
 */

/** Code in a text. */
export interface CodeRange {
  /** Where it begins, with its marks, in UTF-16 units. */
  readonly start: number;
  /** Where it ends, with its marks. */
  readonly end: number;
  /** The code itself. */
  readonly code: string;
  /** Whether it stands on lines of its own. */
  readonly isBlock: boolean;
}

/**
 * Finds the code in a text, as CommonMark has it (sections 4.5 and 6.1): a block
 * stands between two lines of three backticks; on one line, code ends with as
 * many backticks as it begins with. A mark that is not closed is a mark.
 *
 * @param text Any text.
 * @returns The code, in its order, without overlap.
 */
export function findCode(text: string): CodeRange[] {
  if (!text.includes("`")) return [];
  const blocks = findBlocks(text);
  const ranges: CodeRange[] = [];
  let at = 0;
  for (const block of blocks) {
    ranges.push(...findInline(text, at, block.start), block);
    at = block.end;
  }
  ranges.push(...findInline(text, at, text.length));
  return ranges;
}

function findBlocks(text: string): CodeRange[] {
  const blocks: CodeRange[] = [];
  let opened:
    | { readonly start: number; readonly codeStart: number }
    | undefined;
  for (const { 0: line, index } of text.matchAll(LINE)) {
    const lineEnd = index + line.length;
    if (opened === undefined) {
      if (OPENING.test(line)) opened = { start: index, codeStart: lineEnd + 1 };
    } else if (CLOSING.test(line)) {
      const { start, codeStart } = opened;
      opened = undefined;
      const code = text.slice(codeStart, Math.max(codeStart, index - 1));
      if (code.trim() === "") continue;
      blocks.push({ start, end: lineEnd, code, isBlock: true });
    }
  }
  return blocks;
}

function findInline(text: string, from: number, to: number): CodeRange[] {
  const ranges: CodeRange[] = [];
  const marks = [...text.slice(from, to).matchAll(MARK)].map((match) => ({
    start: from + match.index,
    end: from + match.index + match[0].length,
    sign: match[0],
  }));
  /** The first mark behind the last code. */
  let next = 0;
  while (next < marks.length) {
    const open = marks[next]!;
    const close = closingMark(marks, next);
    if (close === undefined) {
      next++;
      continue;
    }
    const { start } = open;
    const { end } = marks[close]!;
    const code = text.slice(open.end, marks[close]!.start);
    if (code.trim() !== "") ranges.push({ start, end, code, isBlock: false });
    next = close + 1;
  }
  return ranges;
}

interface Mark {
  readonly start: number;
  readonly end: number;
  readonly sign: string;
}

/** On the same line, and not too far. */
function closingMark(marks: readonly Mark[], open: number): number | undefined {
  const { sign } = marks[open]!;
  if (sign === "\n") return undefined;
  const end = Math.min(marks.length, open + MAX_INNER_MARKS);
  for (let at = open + 1; at < end; at++) {
    const other = marks[at]!.sign;
    if (other === "\n") return undefined;
    if (other === sign) return at;
  }
  return undefined;
}

/** Nobody quotes more marks in one line; a text of marks stays quick to read. */
const MAX_INNER_MARKS = 64;

/** A line's end ends what is open on it. */
const MARK = /`+|\n/g;

const LINE = /[^\n]*/g;

/** It may name a language. */
const OPENING = /^```[^`]*$/;

const CLOSING = /^```[ \t]*$/;
