/**
 * Cuts a stream of bytes into lines of text.
 *
 * @module
 */

/** A line of input. */
export type InputLine =
  | { readonly type: "line"; readonly text: string }
  /** The line was longer than allowed; its text is not kept. */
  | { readonly type: "tooLong"; readonly characters: number };

/** Cuts UTF-8 into lines, keeping no more than one line of allowed length. */
export class LineSplitter {
  readonly #utf8 = new TextDecoder();
  readonly #limitCharacters: number;
  #text = "";
  #droppedCharacters = 0;

  /**
   * Starts at the beginning of a line.
   *
   * @param limitCharacters The longest line, in code points.
   */
  constructor(limitCharacters: number) {
    this.#limitCharacters = limitCharacters;
  }

  /**
   * Takes the next bytes.
   *
   * @param bytes Any piece of the stream.
   * @returns The lines that are complete, without `\n` or `\r\n`.
   */
  handleInput(bytes: Uint8Array): InputLine[] {
    return this.#split(this.#utf8.decode(bytes, { stream: true }));
  }

  /**
   * Takes the end of the stream.
   *
   * @returns The last line, if it had no line break.
   */
  handleEnd(): InputLine[] {
    const lines = this.#split(this.#utf8.decode());
    return this.#text === "" ? lines : [...lines, this.#takeLine()];
  }

  #split(text: string): InputLine[] {
    const pieces = text.split("\n");
    const last = pieces.pop() ?? "";
    const lines = pieces.map((piece) => {
      this.#append(piece);
      return this.#takeLine();
    });
    this.#append(last);
    return lines;
  }

  #append(piece: string): void {
    // A code point takes at most two units; one more may be the "\r".
    const room = 2 * (this.#limitCharacters + 1) - this.#text.length;
    this.#text += piece.slice(0, room);
    this.#droppedCharacters += countCharacters(piece.slice(room));
  }

  #takeLine(): InputLine {
    const text = this.#droppedCharacters === 0 && this.#text.endsWith("\r")
      ? this.#text.slice(0, -1)
      : this.#text;
    const characters = countCharacters(text) + this.#droppedCharacters;
    this.#text = "";
    this.#droppedCharacters = 0;
    return characters > this.#limitCharacters
      ? { type: "tooLong", characters }
      : { type: "line", text };
  }
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
