/**
 * Asks for a new password in a terminal: masked, twice, and nowhere kept.
 *
 * @module
 */

import { LineEditor } from "./line_editor.ts";
import type { Language } from "./strings.ts";

/** What became of an answer. */
export type ClaimStep =
  /** It is to be typed once more. */
  | { readonly type: "again" }
  /** Nothing was typed. */
  | { readonly type: "cancelled" }
  /** The two are different. */
  | { readonly type: "different" }
  | { readonly type: "given"; readonly password: string };

/** The questions of one claim. */
export class ClaimPrompt {
  readonly #language: Language;
  #first: string | undefined;
  #line: LineEditor;

  /**
   * Starts with the first question.
   *
   * @param language The language to ask in.
   */
  constructor(language: Language) {
    this.#language = language;
    this.#line = maskedLine(
      language === "id"
        ? "Password baru untuk nama Anda (Enter saja membatalkan): "
        : "A new password for your name (Enter alone cancels): ",
    );
  }

  /** The line that is asked for. */
  get line(): LineEditor {
    return this.#line;
  }

  /**
   * Takes an answer.
   *
   * @param text What was typed.
   * @returns What became of it.
   */
  handleAnswer(text: string): ClaimStep {
    if (text === "") return { type: "cancelled" };
    if (this.#first === undefined) {
      this.#first = text;
      this.#line = maskedLine(
        this.#language === "id" ? "Sekali lagi: " : "Once more: ",
      );
      return { type: "again" };
    }
    return text === this.#first
      ? { type: "given", password: text }
      : { type: "different" };
  }
}

/**
 * Says why there is no new password.
 *
 * @param language The language to say it in.
 * @param step What became of the answer.
 * @returns One sentence, or two.
 */
export function claimStepText(
  language: Language,
  step: "cancelled" | "different",
): string {
  if (step === "cancelled") {
    return language === "id"
      ? "Tidak ada yang diubah."
      : "Nothing was changed.";
  }
  return language === "id"
    ? "Kedua password itu berbeda. Tulis /claim lagi."
    : "The two passwords are different. Write /claim again.";
}

function maskedLine(prompt: string): LineEditor {
  return new LineEditor({ prompt, masked: true });
}
