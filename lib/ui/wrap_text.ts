/**
 * Breaks text into rows at its words.
 *
 * @module
 */

import stringWidth from "string-width";

/** The room there is for text. */
export interface WrapSize {
  /** Columns of the first row. */
  readonly first: number;
  /** Columns of every other row. */
  readonly rest: number;
}

/** A web address stays whole, so that a terminal can open it. */
const WEB_ADDRESS = /^https?:\/\//;

const graphemes = new Intl.Segmenter();

/**
 * Breaks text into rows: at its line breaks, else at white space, else within
 * a word. Only a web address may be wider than a row.
 *
 * @param text The text; its line breaks are `\n`.
 * @param size The room there is.
 * @returns The rows, at least one.
 */
export function wrapText(text: string, size: WrapSize): string[] {
  const rows = new Rows(size);
  text.split("\n").forEach((line, i) => {
    if (i > 0) rows.start();
    for (const [token] of line.matchAll(/\s+|\S+/g)) rows.put(token);
  });
  return rows.rows;
}

class Rows {
  readonly rows: string[] = [""];
  readonly #size: WrapSize;
  #columns = 0;

  constructor(size: WrapSize) {
    this.#size = size;
  }

  start(): void {
    this.rows.push("");
    this.#columns = 0;
  }

  put(token: string): void {
    const columns = stringWidth(token);
    if (this.#columns + columns <= this.#room()) {
      return this.#append(token, columns);
    }
    // White space at a break is the break.
    if (token.trim() === "") return this.#wrap();
    if (this.#columns > 0) this.#wrap();
    if (columns <= this.#room() || WEB_ADDRESS.test(token)) {
      return this.#append(token, columns);
    }
    for (const { segment } of graphemes.segment(token)) {
      const width = stringWidth(segment);
      if (this.#columns + width > this.#room()) this.#wrap();
      this.#append(segment, width);
    }
  }

  #wrap(): void {
    // A row takes at least one character, however little room there is.
    if (this.#columns === 0) return;
    this.rows.push(this.rows.pop()!.trimEnd(), "");
    this.#columns = 0;
  }

  #append(text: string, columns: number): void {
    this.rows[this.rows.length - 1] += text;
    this.#columns += columns;
  }

  #room(): number {
    const { first, rest } = this.#size;
    return Math.max(1, this.rows.length === 1 ? first : rest);
  }
}
