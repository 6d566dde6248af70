/**
 * The bottom of a terminal, where a line is typed while other lines scroll by
 * above it. Knows what is drawn and says what to write to change it.
 *
 * @module
 */

import stringWidth from "string-width";
import type { LineLayout } from "./line_editor.ts";

/** Erases from the cursor to the end of the screen (ECMA-48 ED). */
const ERASE_BELOW = "\x1b[J";

/** What is drawn at the bottom of a terminal. */
export class TerminalScreen {
  #drawn: LineLayout | undefined;

  /**
   * Prints lines above the line being typed, and draws that again.
   *
   * @param lines The lines, without line breaks.
   * @param layout The line being typed; undefined if none is asked for.
   * @param columns The terminal's width now.
   * @returns What to write.
   */
  print(
    lines: readonly string[],
    layout: LineLayout | undefined,
    columns: number,
  ): string {
    const above = lines.map((line) => line + "\r\n").join("");
    return this.#erase(columns) + above + this.#draw(layout);
  }

  /**
   * Leaves the line as it stands, for good, and goes on below it.
   *
   * @returns What to write.
   */
  release(): string {
    const drawn = this.#drawn;
    if (drawn === undefined) return "";
    this.#drawn = undefined;
    return "\r\n".repeat(drawn.rows.length - drawn.cursorRow);
  }

  /**
   * Empties the screen and draws the line at its top.
   *
   * @param layout The line being typed; undefined if none is asked for.
   * @returns What to write.
   */
  clear(layout: LineLayout | undefined): string {
    return "\x1b[H\x1b[2J" + this.#draw(layout);
  }

  #erase(columns: number): string {
    const drawn = this.#drawn;
    if (drawn === undefined) return "";
    const up = rowsAboveCursor(drawn, columns);
    return (up > 0 ? `\x1b[${up}A` : "") + "\r" + ERASE_BELOW;
  }

  #draw(layout: LineLayout | undefined): string {
    this.#drawn = layout;
    if (layout === undefined) return "";
    const up = layout.rows.length - 1 - layout.cursorRow;
    return layout.rows.join("\r\n") + (up > 0 ? `\x1b[${up}A` : "") + "\r" +
      (layout.cursorColumn > 0 ? `\x1b[${layout.cursorColumn}C` : "");
  }
}

/** A terminal that became narrower has broken the rows anew. */
function rowsAboveCursor(drawn: LineLayout, columns: number): number {
  let rows = Math.floor(drawn.cursorColumn / columns);
  for (const row of drawn.rows.slice(0, drawn.cursorRow)) {
    rows += Math.max(1, Math.ceil(stringWidth(row) / columns));
  }
  return rows;
}
