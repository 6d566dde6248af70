/**
 * The line a person types in a terminal, as a state machine: keys go in, and
 * {@linkcode LineEditor.layout} says what the terminal shall show.
 *
 * @module
 */

import stringWidth from "string-width";
import { commonStart, type Completion } from "./completion.ts";
import type { Key } from "./key_decoder.ts";
import { printableText } from "./printable_text.ts";

/** What a key asks of the program; editing is done by the editor itself. */
export type LineEditorRequest =
  /** Enter: the text is still there until `commit` or `clear`. */
  | { readonly type: "submit"; readonly text: string }
  /** Ctrl+C. */
  | { readonly type: "interrupt" }
  /** Ctrl+D on an empty line. */
  | { readonly type: "endOfInput" }
  /** Ctrl+L. */
  | { readonly type: "clearScreen" }
  /** Tab, where it cannot complete any further: show what is meant, perhaps. */
  | { readonly type: "candidates"; readonly completion: Completion };

/** How a line is asked for. */
export interface LineEditorOptions {
  /** What stands before the line. */
  readonly prompt: string;
  /** Whether the text is shown as stars. */
  readonly masked?: boolean;
  /** Whether the text may have line breaks. */
  readonly multiLine?: boolean;
  /**
   * Finds what the line can go on with.
   *
   * @param text The line.
   * @param caret Where the cursor is, in UTF-16 units.
   * @returns The candidates; undefined if there are none.
   */
  readonly complete?: (text: string, caret: number) => Completion | undefined;
}

/** The room a line has on the screen. */
export interface LayoutSize {
  /** Columns of the terminal. */
  readonly columns: number;
  /** Rows the line may take; more scroll. */
  readonly maxRows: number;
}

/** What a terminal shall show of a line. */
export interface LineLayout {
  /** The rows, none wider than the terminal. */
  readonly rows: readonly string[];
  /** The cursor's row, an index of `rows`. */
  readonly cursorRow: number;
  /** The cursor's column, from 0. */
  readonly cursorColumn: number;
}

/** No message is longer; a cat on the keyboard shall not slow the terminal. */
export const MAX_LINE_CHARACTERS = 20_000;

/** What a person still remembers of having typed. */
const MAX_HISTORY_LINES = 100;

/** A wider prompt would leave too little of the rows below it. */
const MAX_INDENT_COLUMNS = 4;

const TAB_COLUMNS = 4;

/** Characters as people see them: an emoji or a letter with accents is one. */
const graphemes = new Intl.Segmenter();

/** A line being typed. */
export class LineEditor {
  #prompt: string;
  readonly #masked: boolean;
  readonly #multiLine: boolean;
  readonly #complete: LineEditorOptions["complete"];
  readonly #history: string[] = [];
  /** The place in the history; its length for the new line. */
  #historyIndex = 0;
  /** The new line, while an older one is shown. */
  #draft = "";
  #before = "";
  #after = "";

  /**
   * Starts with an empty line.
   *
   * @param options How the line is asked for.
   */
  constructor(options: LineEditorOptions) {
    this.#prompt = options.prompt;
    this.#masked = options.masked ?? false;
    this.#multiLine = options.multiLine ?? false;
    this.#complete = options.complete;
  }

  /** Stands in front of the line from now on. */
  set prompt(prompt: string) {
    this.#prompt = prompt;
  }

  /** The text as typed so far. */
  get text(): string {
    return this.#before + this.#after;
  }

  /**
   * Applies a key.
   *
   * @param key The key.
   * @returns What the program shall do, if the key asks for something.
   */
  handleKey(key: Key): LineEditorRequest | undefined {
    switch (key.type) {
      case "text":
      case "paste":
        return this.#splice(cleanInput(key.text, this.#multiLine));
      case "lineBreak":
        return this.#multiLine ? this.#splice("\n") : undefined;
      case "enter":
        return { type: "submit", text: this.text };
      case "interrupt":
        return { type: "interrupt" };
      case "clearScreen":
        return { type: "clearScreen" };
      case "endOfInput":
        if (this.text === "") return { type: "endOfInput" };
        return this.#set(this.#before, withoutFirst(this.#after));
      case "left":
        return this.#moveTo(withoutLast(this.#before).length);
      case "right":
        return this.#moveTo(
          this.text.length - withoutFirst(this.#after).length,
        );
      case "wordLeft":
        return this.#moveTo(withoutLastWord(this.#before).length);
      case "wordRight":
        return this.#moveTo(
          this.#before.length + firstWord(this.#after).length,
        );
      case "home":
        return this.#moveTo(0);
      case "end":
        return this.#moveTo(this.text.length);
      case "up":
        return this.#recall(this.#historyIndex - 1);
      case "down":
        return this.#recall(this.#historyIndex + 1);
      case "backspace":
        return this.#set(withoutLast(this.#before), this.#after);
      case "delete":
        return this.#set(this.#before, withoutFirst(this.#after));
      case "deleteWord":
        return this.#set(withoutLastWord(this.#before), this.#after);
      case "deleteToStart":
        return this.#set("", this.#after);
      case "deleteToEnd":
        return this.#set(this.#before, "");
      case "complete":
        return this.#completeWord();
    }
  }

  /** Empties the line and remembers its text for the up key. */
  commit(): void {
    const text = this.text;
    if (text !== "" && text !== this.#history.at(-1) && !this.#masked) {
      this.#history.push(text);
      if (this.#history.length > MAX_HISTORY_LINES) this.#history.shift();
    }
    this.#historyIndex = this.#history.length;
    this.#draft = "";
    this.#set("", "");
  }

  /**
   * Lays the line out for a terminal.
   *
   * @param size The room there is.
   * @returns The rows and the cursor's place in them.
   */
  layout(size: LayoutSize): LineLayout {
    // The last column stays free for the cursor behind a full row.
    const width = Math.max(1, size.columns - 1);
    const promptColumns = stringWidth(this.#prompt);
    const indent = promptColumns <= MAX_INDENT_COLUMNS ? promptColumns : 0;
    const flow = new RowFlow(width, indent);
    for (const cell of cellsOf(this.#prompt)) flow.put(cell);
    for (const cell of this.#shown(this.#before)) flow.put(cell);
    const cursor = flow.placeCursor();
    for (const cell of this.#shown(this.#after)) flow.put(cell);
    const top = Math.max(0, cursor.row - size.maxRows + 1);
    return {
      rows: flow.rows.slice(top, top + size.maxRows),
      cursorRow: cursor.row - top,
      cursorColumn: cursor.column,
    };
  }

  /** Types what all candidates begin with; asks to list them if that is here. */
  #completeWord(): LineEditorRequest | undefined {
    const before = this.#before;
    const completion = this.#complete?.(this.text, before.length);
    if (completion === undefined) return undefined;
    const start = commonStart(completion);
    const isOne = completion.candidates.length === 1 && completion.more === 0;
    const typed = completion.end - completion.start;
    if (start.length <= typed && !isOne) {
      return { type: "candidates", completion };
    }
    this.#set(before.slice(0, completion.start), this.#after);
    return this.#splice(start);
  }

  #splice(text: string): undefined {
    const room = MAX_LINE_CHARACTERS - this.text.length;
    return this.#set(this.#before + text.slice(0, room), this.#after);
  }

  #set(before: string, after: string): undefined {
    this.#before = before;
    this.#after = after;
    return undefined;
  }

  #moveTo(position: number): undefined {
    const text = this.text;
    return this.#set(text.slice(0, position), text.slice(position));
  }

  #recall(index: number): undefined {
    if (index < 0 || index > this.#history.length) return undefined;
    if (this.#historyIndex === this.#history.length) this.#draft = this.text;
    this.#historyIndex = index;
    return this.#set(this.#history[index] ?? this.#draft, "");
  }

  *#shown(text: string): Generator<Cell> {
    for (const cell of cellsOf(text)) yield this.#masked ? STAR : cell;
  }
}

/** A character as it is shown. */
interface Cell {
  readonly text: string;
  readonly columns: number;
}

const STAR: Cell = { text: "*", columns: 1 };

/** Fills rows with characters. */
class RowFlow {
  readonly rows: string[] = [""];
  readonly #width: number;
  readonly #indent: number;
  #column = 0;

  constructor(width: number, indent: number) {
    this.#width = width;
    this.#indent = indent;
  }

  put(cell: Cell): void {
    if (cell.text === "\n") return this.#startRow();
    if (this.#column + cell.columns > this.#width) this.#startRow();
    this.rows[this.rows.length - 1] += cell.text;
    this.#column += cell.columns;
  }

  placeCursor(): { row: number; column: number } {
    return { row: this.rows.length - 1, column: this.#column };
  }

  #startRow(): void {
    this.rows.push(" ".repeat(this.#indent));
    this.#column = this.#indent;
  }
}

function* cellsOf(text: string): Generator<Cell> {
  for (const { segment } of graphemes.segment(text)) {
    if (segment === "\t") {
      yield { text: " ".repeat(TAB_COLUMNS), columns: TAB_COLUMNS };
    } else yield { text: segment, columns: stringWidth(segment) };
  }
}

/**
 * Makes typed or pasted text fit: one kind of line break and none at the end,
 * only the first line where one is asked for, nothing a terminal would act on.
 */
function cleanInput(text: string, multiLine: boolean): string {
  const lines = text.replaceAll(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
  return (multiLine ? lines : lines.slice(0, 1))
    .map((line) => line.split("\t").map(printableText).join("\t"))
    .join("\n");
}

function withoutLast(text: string): string {
  let last = 0;
  for (const { index } of graphemes.segment(text)) last = index;
  return text.slice(0, last);
}

function withoutFirst(text: string): string {
  for (const { segment } of graphemes.segment(text)) {
    return text.slice(segment.length);
  }
  return "";
}

/** A word is what has no white space in it, as the shell's Ctrl+W has it. */
function withoutLastWord(text: string): string {
  return text.replace(/\S*\s*$/, "");
}

function firstWord(text: string): string {
  return /^\s*\S*/.exec(text)?.[0] ?? "";
}
