import { HISTORY_PAGE_MESSAGES, MAX_ANSWER_MESSAGES } from "./limits.ts";
import type { HistoryQuery, PastMessage } from "./request.ts";

/** What a client is told of the coming of what it missed. */
export type CatchUpStage =
  /** Much was missed. It comes in its order, and is shown as it comes. */
  | {
    readonly stage: "begun";
    /** How many events that is. */
    readonly events: number;
  }
  /** The newest of it as it is now, before its place has come. */
  | { readonly stage: "preview"; readonly messages: readonly PastMessage[] }
  /** All of it has come, or the connection is gone. */
  | { readonly stage: "done" };

/** The question for a preview; callers number theirs from 0. */
export const PREVIEW_QUESTION_ID: number = -1;

/**
 * A client that missed more than a page asks for the newest page by itself
 * (docs/PROTOCOL.md section 7.9), so that somebody has something to read while
 * the rest comes.
 */
export class CatchUp {
  /** The last event that is not missed; undefined outside a catch-up. */
  #after: number | undefined;

  /**
   * Takes what a welcome said.
   *
   * @param after The last event that this client has.
   * @param through The newest event there is.
   * @returns What to tell and what to ask; undefined if it is not much.
   */
  begin(
    after: number,
    through: number,
  ): { stage: CatchUpStage; query: HistoryQuery } | undefined {
    const events = through - after;
    if (events <= HISTORY_PAGE_MESSAGES) return undefined;
    this.#after = after;
    return {
      stage: { stage: "begun", events },
      query: {
        type: "history",
        direction: "before",
        sequence: through + 1,
        limit: MAX_ANSWER_MESSAGES,
      },
    };
  }

  /**
   * Takes the answer.
   *
   * @param messages As the server gave them.
   * @returns What to tell; undefined if all is there already.
   */
  preview(messages: readonly PastMessage[]): CatchUpStage | undefined {
    const after = this.#after;
    if (after === undefined) return undefined;
    const missed = messages.filter(({ sequence }) => sequence > after);
    return { stage: "preview", messages: missed };
  }

  /**
   * Takes note that nothing more comes of what was missed.
   *
   * @returns What to tell; undefined if it was not much.
   */
  end(): CatchUpStage | undefined {
    if (this.#after === undefined) return undefined;
    this.#after = undefined;
    return { stage: "done" };
  }
}
