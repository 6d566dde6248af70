import { MAX_SEARCH_PAGES } from "./limits.ts";
import type { FoundMessage, RoomAnswer, SearchQuery } from "./request.ts";

/** What a search found. */
export type SearchAnswer = Extract<RoomAnswer, { readonly type: "search" }>;

/**
 * One search, to which a server may need more than one answer: it stops looking
 * after some time and says how far it got (docs/PROTOCOL.md section 7.9).
 */
export class SearchPages {
  readonly #query: SearchQuery;
  readonly #matches: FoundMessage[] = [];
  #last: SearchAnswer | undefined;
  #pages = 0;

  /**
   * Begins without an answer.
   *
   * @param query What is sought.
   */
  constructor(query: SearchQuery) {
    this.#query = query;
  }

  /** All answers so far as one; undefined if there is none. */
  get answer(): SearchAnswer | undefined {
    return this.#last && { ...this.#last, matches: [...this.#matches] };
  }

  /**
   * Takes an answer.
   *
   * @param answer What the server said.
   * @returns What to ask next; undefined if that was all that was wanted, or as
   * much as one search may ask.
   */
  add(answer: SearchAnswer): SearchQuery | undefined {
    this.#matches.push(...answer.matches);
    this.#last = answer;
    this.#pages++;
    const { isStart, searchedFrom } = answer;
    const limit = this.#query.limit - this.#matches.length;
    const isDone = isStart || searchedFrom === 0 || limit <= 0 ||
      this.#pages === MAX_SEARCH_PAGES;
    return isDone ? undefined : { ...this.#query, before: searchedFrom, limit };
  }
}
