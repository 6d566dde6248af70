/**
 * Standard output whose reader may be slow, or gone.
 *
 * @module
 */

import { systemWords } from "../base/system_words.ts";

/** Where the text goes. */
export interface OutputSink {
  /** Writes text; fails once nobody reads it, or it cannot be written. */
  write(text: string): Promise<void>;
}

/**
 * Text that waits for a slow reader. Ten thousand long messages fit: who does
 * not read for so long does not read any more.
 */
export const MAX_WAITING_CHARACTERS = 32 * 1024 * 1024;

/** Why no more can be written. */
export type OutputEnd =
  /** The reader is gone, as after `| head`. */
  | { readonly type: "unread" }
  /** The reader is there, and does not read. */
  | { readonly type: "stuck" }
  /** It is a file, and its disk refuses more; `reason` is in its words. */
  | { readonly type: "failed"; readonly reason: string };

/**
 * Sorts what a write has failed with.
 *
 * @param error What was thrown.
 * @returns Why no more can be written.
 */
export function outputEndOf(error: unknown): OutputEnd {
  if (error instanceof Deno.errors.BrokenPipe) return { type: "unread" };
  return { type: "failed", reason: systemWords(error) };
}

/** Writes text in order, without ever blocking who writes. */
export class OutputQueue {
  readonly #sink: OutputSink;
  readonly #onClosed: (why: OutputEnd) => void;
  #waiting: string[] = [];
  #waitingCharacters = 0;
  /** What is to be done once all that waits is written. */
  #onWritten: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  #isClosed = false;

  /**
   * Starts empty.
   *
   * @param sink Where the text goes.
   * @param onClosed Is called once when no more can be written.
   */
  constructor(sink: OutputSink, onClosed: (why: OutputEnd) => void) {
    this.#sink = sink;
    this.#onClosed = onClosed;
  }

  /**
   * Writes text, now or later.
   *
   * @param text The text.
   * @param onWritten Called when it is written, unless more is written with it:
   * then only what came with the last.
   */
  write(text: string, onWritten?: () => void): void {
    if (this.#isClosed) return;
    if (this.#waitingCharacters + text.length > MAX_WAITING_CHARACTERS) {
      return this.#close({ type: "stuck" });
    }
    this.#waiting.push(text);
    this.#onWritten = onWritten ?? this.#onWritten;
    this.#waitingCharacters += text.length;
    this.#writing ??= this.#drain();
  }

  /** Resolves when everything is written, or cannot be. */
  async flush(): Promise<void> {
    if (!this.#isClosed) await this.#writing;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && !this.#isClosed) {
        const text = this.#waiting.join("");
        this.#waiting = [];
        const onWritten = this.#onWritten;
        this.#onWritten = undefined;
        await this.#sink.write(text);
        this.#waitingCharacters -= text.length;
        onWritten?.();
      }
    } catch (error) {
      this.#close(outputEndOf(error));
    } finally {
      this.#writing = undefined;
    }
  }

  #close(why: OutputEnd): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting = [];
    this.#onClosed(why);
  }
}
