import stringWidth from "string-width";
import type {
  FileSaving,
  TerminalIo,
} from "../../../lib/ui/terminal_console.ts";

const encoder = new TextEncoder();
const graphemes = new Intl.Segmenter();

/** A control sequence, a control character, or text. */
// deno-lint-ignore no-control-regex
const TOKEN = /\x1b\[([?\d;]*)([A-Za-z])|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+/g;

/**
 * A terminal without a person: understands what the faces write, and nothing
 * else. Like a real one it waits behind a full row before it breaks it.
 */
export class FakeTerminal implements TerminalIo {
  columns: number;
  height: number;
  isRaw = false;
  marksPaste = false;
  /** Whether anything was written with colors. */
  hasColors = false;
  /** How often it was made to call the person. */
  rings = 0;
  /** Files that were saved, by their paths. */
  readonly files = new Map<string, string>();
  /** Everything that was written. */
  written = "";
  #rows: string[][] = [[]];
  #row = 0;
  #column = 0;
  #onInput: (bytes: Uint8Array | undefined) => void = () => {};
  #onResize: () => void = () => {};

  constructor(columns = 40, height = 24) {
    this.columns = columns;
    this.height = height;
  }

  /** The rows, without white space at their ends, and without empty ones below. */
  get screen(): string[] {
    const rows = this.#rows.map((row) => row.join("").trimEnd());
    while (rows.at(-1) === "") rows.pop();
    return rows;
  }

  /** The cursor's place. */
  get cursor(): [row: number, column: number] {
    return [this.#row, this.#column];
  }

  type(text: string): void {
    this.#onInput(encoder.encode(text));
  }

  hangUp(): void {
    this.#onInput(undefined);
  }

  resize(columns: number): void {
    this.columns = columns;
    this.#onResize();
  }

  saveFile(path: string, text: string): FileSaving {
    if (this.files.has(path)) return { type: "exists" };
    if (path === "") return { type: "failed", reason: "no name" };
    this.files.set(path, text);
    return { type: "saved" };
  }

  write(text: string): void {
    this.written += text;
    for (const [token, parameters, final] of text.matchAll(TOKEN)) {
      if (final !== undefined) this.#control(parameters ?? "", final);
      else if (token === "\r") this.#column = 0;
      else if (token === "\n") this.#lineFeed();
      else if (token === "\x07") this.rings++;
      else this.#print(token);
    }
  }

  onInput(listener: (bytes: Uint8Array | undefined) => void): void {
    this.#onInput = listener;
  }

  onResize(listener: () => void): void {
    this.#onResize = listener;
  }

  size(): { columns: number; rows: number } {
    return { columns: this.columns, rows: this.height };
  }

  setRaw(raw: boolean): void {
    this.isRaw = raw;
  }

  #control(parameters: string, final: string): void {
    const count = Number(parameters || 1);
    switch (final) {
      case "A":
        this.#row = Math.max(0, this.#row - count);
        return;
      case "C":
        this.#column += count;
        return;
      case "H":
        this.#row = 0;
        this.#column = 0;
        return;
      case "J":
        if (parameters === "2") this.#rows = [[]];
        else {
          this.#rows.length = this.#row + 1;
          this.#rows[this.#row]?.splice(this.#column);
        }
        return;
      case "h":
      case "l":
        this.marksPaste = final === "h";
        return;
      case "m":
        this.hasColors = true;
        return;
      default:
        throw new Error(`unknown control sequence ESC [${parameters}${final}`);
    }
  }

  #print(text: string): void {
    if (text < " " || text === "\x7f") {
      throw new Error(`unexpected control character ${JSON.stringify(text)}`);
    }
    for (const { segment } of graphemes.segment(text)) {
      const width = stringWidth(segment);
      if (this.#column + width > this.columns) {
        this.#column = 0;
        this.#lineFeed();
      }
      const row = this.#rows[this.#row] ??= [];
      while (row.length < this.#column) row.push(" ");
      if (width === 0) {
        // What has no width goes to the character before it, as an accent does.
        const before = row.findLastIndex((cell) => cell !== "");
        row[Math.max(before, 0)] = (row[before] ?? "") + segment;
        continue;
      }
      row[this.#column] = segment;
      for (let i = 1; i < width; i++) row[this.#column + i] = "";
      this.#column += width;
    }
  }

  #lineFeed(): void {
    this.#row++;
    this.#rows[this.#row] ??= [];
  }
}
