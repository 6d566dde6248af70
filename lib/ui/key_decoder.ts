/**
 * Turns the bytes a terminal in raw mode sends into keys.
 *
 * @module
 */

/** One key press, or text that came at once. */
export type Key =
  /** Typed text without control characters. */
  | { readonly type: "text"; readonly text: string }
  /** Pasted text, as the terminal marked it; it may hold anything. */
  | { readonly type: "paste"; readonly text: string }
  | { readonly type: KeyName };

/** The keys that do something. All others are swallowed. */
export type KeyName =
  | "enter"
  | "lineBreak"
  | "left"
  | "right"
  | "wordLeft"
  | "wordRight"
  | "home"
  | "end"
  | "up"
  | "down"
  | "backspace"
  | "delete"
  | "deleteWord"
  | "deleteToStart"
  | "deleteToEnd"
  | "clearScreen"
  | "complete"
  | "interrupt"
  | "endOfInput";

/** Control characters, with the meaning GNU Readline made common. */
const CONTROL_KEYS: ReadonlyMap<string, KeyName> = new Map([
  ["\x01", "home"],
  ["\x02", "left"],
  ["\x03", "interrupt"],
  ["\x04", "endOfInput"],
  ["\x05", "end"],
  ["\x06", "right"],
  ["\x08", "backspace"],
  ["\t", "complete"],
  ["\n", "enter"],
  ["\x0b", "deleteToEnd"],
  ["\x0c", "clearScreen"],
  ["\r", "enter"],
  ["\x0e", "down"],
  ["\x10", "up"],
  ["\x15", "deleteToStart"],
  ["\x17", "deleteWord"],
  ["\x7f", "backspace"],
]);

/** What follows ESC [ or ESC O: xterm control sequences, "PC-Style Function Keys". */
const SEQUENCE_KEYS: ReadonlyMap<string, KeyName> = new Map([
  ["A", "up"],
  ["B", "down"],
  ["C", "right"],
  ["D", "left"],
  ["H", "home"],
  ["F", "end"],
  ["1~", "home"],
  ["3~", "delete"],
  ["4~", "end"],
  ["7~", "home"],
  ["8~", "end"],
  ["1;3C", "wordRight"],
  ["1;3D", "wordLeft"],
  ["1;5C", "wordRight"],
  ["1;5D", "wordLeft"],
]);

/** What follows a lone ESC: a key with Alt. */
const ALT_KEYS: ReadonlyMap<string, KeyName> = new Map([
  ["\r", "lineBreak"],
  ["\n", "lineBreak"],
  ["b", "wordLeft"],
  ["f", "wordRight"],
  ["\x7f", "deleteWord"],
  ["\x08", "deleteWord"],
]);

const PASTE_START = "200~";
const PASTE_END = "\x1b[201~";

/** A longer sequence is none that a terminal sends. */
const MAX_SEQUENCE_CHARACTERS = 32;

/** A longer paste is cut: no message is that long. */
const MAX_PASTE_CHARACTERS = 65_536;

/** Decodes a terminal's input, however it is cut into pieces. */
export class KeyDecoder {
  readonly #utf8 = new TextDecoder();
  /** The start of an escape sequence or of a paste's end mark. */
  #pending = "";
  #paste: string | undefined;

  /**
   * Takes the next bytes.
   *
   * @param bytes What the terminal sent.
   * @returns The keys that are complete.
   */
  handleInput(bytes: Uint8Array): Key[] {
    const input = this.#pending + this.#utf8.decode(bytes, { stream: true });
    this.#pending = "";
    const keys: Key[] = [];
    let position = 0;
    while (position < input.length) {
      position = this.#paste === undefined
        ? this.#decodeKey(input, position, keys)
        : this.#decodePaste(input, position, keys);
    }
    return keys;
  }

  #decodeKey(input: string, start: number, keys: Key[]): number {
    const character = input[start] ?? "";
    if (character === "\x1b") return this.#decodeEscape(input, start, keys);
    // deno-lint-ignore no-control-regex
    const text = /^[^\u0000-\u001f\u007f-\u009f]+/.exec(input.slice(start));
    if (text !== null) {
      keys.push({ type: "text", text: text[0] });
      return start + text[0].length;
    }
    const type = CONTROL_KEYS.get(character);
    if (type !== undefined) keys.push({ type });
    return start + 1;
  }

  #decodeEscape(input: string, start: number, keys: Key[]): number {
    const next = input[start + 1];
    if (next === undefined) {
      this.#pending = "\x1b";
      return input.length;
    }
    if (next !== "[" && next !== "O") {
      const type = ALT_KEYS.get(next);
      if (type === undefined) return start + 1;
      keys.push({ type });
      return start + 2;
    }
    // ECMA-48 section 5.4: parameters, intermediates, one final byte.
    const rest = input.slice(start + 2, start + 2 + MAX_SEQUENCE_CHARACTERS);
    const sequence = /^[0-?]*[ -/]*[@-~]/.exec(rest)?.[0];
    if (sequence === undefined) {
      if (/^[ -?]*$/.test(rest) && rest.length < MAX_SEQUENCE_CHARACTERS) {
        this.#pending = input.slice(start);
        return input.length;
      }
      return start + 2;
    }
    if (sequence === PASTE_START) this.#paste = "";
    const type = SEQUENCE_KEYS.get(sequence);
    if (type !== undefined) keys.push({ type });
    return start + 2 + sequence.length;
  }

  #decodePaste(input: string, start: number, keys: Key[]): number {
    const end = input.indexOf(PASTE_END, start);
    if (end !== -1) {
      keys.push({ type: "paste", text: this.#pasted(input.slice(start, end)) });
      this.#paste = undefined;
      return end + PASTE_END.length;
    }
    const kept = endMarkStart(input, start);
    this.#paste = this.#pasted(input.slice(start, kept));
    this.#pending = input.slice(kept);
    return input.length;
  }

  #pasted(more: string): string {
    return ((this.#paste ?? "") + more).slice(0, MAX_PASTE_CHARACTERS);
  }
}

/** Where an end mark may have begun that is not complete yet. */
function endMarkStart(input: string, start: number): number {
  const from = Math.max(start, input.length - PASTE_END.length + 1);
  for (let i = from; i < input.length; i++) {
    if (PASTE_END.startsWith(input.slice(i))) return i;
  }
  return input.length;
}
