/**
 * A terminal in which lines scroll by above the one being typed.
 *
 * @module
 */

import { KeyDecoder } from "./key_decoder.ts";
import type {
  LineEditor,
  LineEditorRequest,
  LineLayout,
} from "./line_editor.ts";
import { TerminalScreen } from "./terminal_screen.ts";

/** A terminal, as far as a face uses it. */
export interface TerminalIo {
  /** Writes text with its control sequences. */
  write(text: string): void;
  /** Registers the one listener for input; undefined is the end of it. */
  onInput(listener: (bytes: Uint8Array | undefined) => void): void;
  /** Registers the one listener for a changed size. */
  onResize(listener: () => void): void;
  /** Returns the size now. */
  size(): { readonly columns: number; readonly rows: number };
  /** Switches between keys as they are pressed and edited lines with echo. */
  setRaw(raw: boolean): void;
  /** Writes a new file; one that is there stays as it is. */
  saveFile(path: string, text: string): FileSaving;
}

/** What became of a file to be written. */
export type FileSaving =
  | { readonly type: "saved" }
  | { readonly type: "exists" }
  | { readonly type: "failed"; readonly reason: string };

/** What a person asks of a face with a key. */
export type TerminalRequest = Exclude<
  LineEditorRequest,
  { readonly type: "clearScreen" }
>;

/** Makes a terminal mark what is pasted (xterm "Bracketed Paste Mode"). */
const PASTE_MARKS_ON = "\x1b[?2004h";
const PASTE_MARKS_OFF = "\x1b[?2004l";

/** Rows a line being typed may take; the talk above must stay visible. */
const MAX_LINE_ROWS = 8;

/** Prints lines and asks for one. */
export class TerminalConsole {
  readonly #io: TerminalIo;
  readonly #decoder = new KeyDecoder();
  readonly #screen = new TerminalScreen();
  #editor: LineEditor | undefined;

  /**
   * Uses a terminal; `open` takes it over.
   *
   * @param io The terminal.
   */
  constructor(io: TerminalIo) {
    this.#io = io;
  }

  /** The terminal's width now. */
  get columns(): number {
    return Math.max(1, this.#io.size().columns);
  }

  /**
   * Takes the terminal over.
   *
   * @param handleRequest Is called with what keys ask for. With no line asked
   *   for, these are interrupts only. A terminal that is closed ends the input.
   */
  open(handleRequest: (request: TerminalRequest) => void): void {
    this.#io.setRaw(true);
    this.#io.write(PASTE_MARKS_ON);
    this.#io.onResize(() => this.print([]));
    this.#io.onInput((bytes) => {
      if (bytes === undefined) return handleRequest({ type: "endOfInput" });
      this.#handleBytes(bytes, handleRequest);
    });
  }

  /** Gives the terminal back as it was, with the cursor on a fresh row. */
  close(): void {
    this.show(undefined);
    this.#io.write(PASTE_MARKS_OFF);
    this.#io.setRaw(false);
  }

  /**
   * Prints lines above the one being typed.
   *
   * @param lines Lines without line breaks that a terminal only shows.
   */
  print(lines: readonly string[]): void {
    this.#io.write(this.#screen.print(lines, this.#layout(), this.columns));
  }

  /** Makes the terminal call the person. */
  ring(): void {
    this.#io.write("\x07");
  }

  /**
   * Asks for a line instead of the one before, which disappears.
   *
   * @param editor The line; undefined to ask for none.
   */
  show(editor: LineEditor | undefined): void {
    this.#editor = editor;
    this.print([]);
  }

  /** Leaves the line as it was answered; no line is asked for then. */
  keep(): void {
    this.#editor = undefined;
    this.#io.write(this.#screen.release());
  }

  #handleBytes(
    bytes: Uint8Array,
    handleRequest: (request: TerminalRequest) => void,
  ): void {
    for (const key of this.#decoder.handleInput(bytes)) {
      const request = this.#editor === undefined
        ? key.type === "interrupt" ? { type: key.type } : undefined
        : this.#editor.handleKey(key);
      if (request === undefined) continue;
      if (request.type === "clearScreen") {
        this.#io.write(this.#screen.clear(this.#layout()));
        continue;
      }
      // A kept or refused line must be seen as it was typed.
      this.print([]);
      handleRequest(request);
    }
    this.print([]);
  }

  #layout(): LineLayout | undefined {
    const { rows } = this.#io.size();
    return this.#editor?.layout({
      columns: this.columns,
      maxRows: Math.max(1, Math.min(MAX_LINE_ROWS, rows - 2)),
    });
  }
}
