/**
 * The text being written, which outlives the box it is written in.
 *
 * @module
 */

/// <reference lib="dom" />

/** What the box shows of a text too long to be edited: some screens of it. */
const PREVIEW_LENGTH = 2_000;

/**
 * A draft: in the box while there is one, else kept here.
 *
 * A megabyte in a text box stops every engine for seconds, at each key. So a
 * text of more than a given length is kept here; the box shows its beginning
 * and cannot be typed in until the draft is shortened or taken back.
 */
export class Draft {
  #text = "";
  /** The last text that was short enough to be edited. */
  #editable = "";
  #maxLength = Number.POSITIVE_INFINITY;
  #box: HTMLTextAreaElement | undefined;

  /** The whole text as it stands. */
  get text(): string {
    return this.#text;
  }

  /** Whether the text is too long to be edited. */
  get isHeld(): boolean {
    return this.#text.length > this.#maxLength;
  }

  /**
   * Moves the draft into a box.
   *
   * @param box A box that has just appeared.
   * @param maxLength Longest text to edit, in UTF-16 units.
   */
  attach(box: HTMLTextAreaElement, maxLength: number): void {
    this.#box = box;
    this.#maxLength = maxLength;
    this.#show();
  }

  /** Lets go of a box that is about to disappear. */
  detach(): void {
    this.#box = undefined;
  }

  /** Takes over what was typed, dropped or filled into the box. */
  handleInput(): void {
    if (this.#box === undefined || this.#box.readOnly) return;
    this.#text = this.#box.value;
    if (this.isHeld) this.#show();
    else this.#editable = this.#text;
  }

  /**
   * Takes a paste before the box gets it, if the text becomes too long by it.
   *
   * @param pasted The pasted text.
   * @returns True if the paste was taken.
   */
  handlePaste(pasted: string): boolean {
    if (this.#box === undefined || this.isHeld) return this.isHeld;
    const { value, selectionStart, selectionEnd } = this.#box;
    if (value.length + pasted.length <= this.#maxLength) return false;
    this.replace(
      value.slice(0, selectionStart) + pasted + value.slice(selectionEnd),
    );
    return true;
  }

  /**
   * Replaces the text, as if it had been typed.
   *
   * @param text The new text.
   */
  replace(text: string): void {
    this.#text = text;
    if (!this.isHeld) this.#editable = text;
    this.#show();
    this.#box?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /**
   * Replaces a part of the text in the box, and goes behind it.
   *
   * @param start Where the part begins, in UTF-16 units.
   * @param end Where it ends.
   * @param text What takes its place.
   */
  splice(start: number, end: number, text: string): void {
    if (this.#box === undefined || this.isHeld) return;
    this.replace(this.#text.slice(0, start) + text + this.#text.slice(end));
    this.#box.setSelectionRange(start + text.length, start + text.length);
  }

  /** Goes back to the last text that could be edited. */
  takeBack(): void {
    this.replace(this.#editable);
  }

  /**
   * Adds text on a line of its own and goes there.
   *
   * @param text What to add.
   */
  append(text: string): void {
    const before = this.#text;
    this.replace(before.trim() === "" ? text : `${before}\n${text}`);
    this.focus();
  }

  /**
   * Puts a command before the text, which becomes what comes after it.
   *
   * @param command The command, up to there. One that brings its own text
   * replaces what was there.
   */
  start(command: string): void {
    this.replace(command.endsWith(" ") ? command + this.#text : command);
    this.focus();
  }

  /** Puts the cursor into the box, if there is one. */
  focus(): void {
    this.#box?.focus();
  }

  #show(): void {
    if (this.#box === undefined) return;
    const held = this.isHeld;
    this.#box.readOnly = held;
    this.#box.value = held
      ? `${this.#text.slice(0, PREVIEW_LENGTH)}…`
      : this.#text;
  }
}
