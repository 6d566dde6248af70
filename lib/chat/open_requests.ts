import { countCharacters } from "./character_count.ts";
import type { RequestMessage } from "./chat_message.ts";
import {
  MAX_AWAY_CHARACTERS,
  MAX_OPEN_REQUESTS,
  MAX_OWNER_CODE_CHARACTERS,
  MAX_PROFILE_CHARACTERS,
  MAX_RAW_NAME_CHARACTERS,
  MAX_REASON_CHARACTERS,
  MAX_SEARCH_CHARACTERS,
} from "./limits.ts";
import { ProtocolError } from "./protocol_error.ts";
import {
  isPeopleRequest,
  peopleAnswerType,
  type PeopleRequest,
} from "./people_request.ts";
import type { Answer, Query } from "./request.ts";
import type { RequestRefusal } from "./request_refusal.ts";

/** Why a question has no answer. */
export type QuestionRefusal =
  | RequestRefusal
  /** The server is out of reach; nothing is kept to be asked later. */
  | { readonly code: "offline" }
  /** The words or the name are too long. */
  | { readonly code: "tooLong"; readonly limitCharacters: number };

/** A client's questions of one connection, until each is answered. */
export class OpenRequests {
  /** The caller's numbers and what was asked, by the number on the wire. */
  readonly #open = new Map<number, Question>();
  readonly #unsent: RequestMessage[] = [];
  #nextId = 1;

  /**
   * Takes a question.
   *
   * @param questionId The caller's number of it.
   * @param query What to ask.
   * @returns Why it is not asked; undefined if it is.
   */
  ask(questionId: number, query: Query): QuestionRefusal | undefined {
    const refusal = checkQuery(query);
    if (refusal !== undefined) return refusal;
    if (this.#open.size >= MAX_OPEN_REQUESTS) {
      return { code: "tooManyOpen", limitRequests: MAX_OPEN_REQUESTS };
    }
    const requestId = this.#nextId++;
    this.#open.set(requestId, { questionId, type: answerType(query) });
    this.#unsent.push({
      type: "request",
      requestId,
      query: wellFormed(query),
    });
    return undefined;
  }

  /** The next request to send; undefined if there is none. */
  poll(): RequestMessage | undefined {
    return this.#unsent.shift();
  }

  /**
   * Takes note that a request is answered.
   *
   * @param requestId The number on the wire.
   * @param type What it is an answer to; undefined for a refusal.
   * @returns The caller's number.
   * @throws {ProtocolError} If that was not asked.
   */
  settle(requestId: number, type: Answer["type"] | undefined): number {
    const question = this.#open.get(requestId);
    if (question === undefined || (type ?? question.type) !== question.type) {
      throw new ProtocolError("answer to no question");
    }
    this.#open.delete(requestId);
    return question.questionId;
  }

  /**
   * Forgets all questions: their connection is gone.
   *
   * @returns The caller's numbers, and what was asked.
   */
  clear(): Question[] {
    const questions = Array.from(this.#open.values());
    this.#open.clear();
    this.#unsent.length = 0;
    return questions;
  }
}

/** A question that is not answered yet. */
export interface Question {
  /** The caller's number. */
  readonly questionId: number;
  /** What it will be answered with. */
  readonly type: Answer["type"];
}

function answerType(query: Query): Answer["type"] {
  return isPeopleRequest(query) ? peopleAnswerType(query.type) : query.type;
}

function checkQuery(query: Query): QuestionRefusal | undefined {
  if (isPeopleRequest(query)) return checkPeopleRequest(query);
  switch (query.type) {
    case "search":
      return checkLength(query.words, MAX_SEARCH_CHARACTERS) ??
        checkLength(query.author, MAX_RAW_NAME_CHARACTERS);
    case "whois":
    case "createRoom":
    case "joinRoom":
    case "direct":
    case "invite":
      return checkLength(query.name, MAX_RAW_NAME_CHARACTERS);
    case "history":
    case "who":
    case "rooms":
    case "leaveRoom":
    case "archive":
    case "receipts":
    case "roll":
      return undefined;
  }
}

function checkLength(
  text: string,
  limitCharacters: number,
): QuestionRefusal | undefined {
  return countCharacters(text) > limitCharacters
    ? { code: "tooLong", limitCharacters }
    : undefined;
}

function wellFormed(query: Query): Query {
  if (isPeopleRequest(query)) return wellFormedPeopleRequest(query);
  switch (query.type) {
    case "search": {
      const { words, author } = query;
      return {
        ...query,
        words: words.toWellFormed(),
        author: author.toWellFormed(),
      };
    }
    case "whois":
    case "createRoom":
    case "joinRoom":
    case "direct":
    case "invite":
      return { ...query, name: query.name.toWellFormed() };
    case "history":
    case "who":
    case "rooms":
    case "leaveRoom":
    case "archive":
    case "receipts":
    case "roll":
      return query;
  }
}

function checkPeopleRequest(
  request: PeopleRequest,
): QuestionRefusal | undefined {
  for (const [field, limit] of Object.entries(TEXT_LIMITS)) {
    const value = Reflect.get(request, field);
    const refusal = typeof value === "string"
      ? checkLength(value, limitOf(request, limit))
      : undefined;
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** What a person says of being away is shorter than a profile. */
function limitOf({ type }: PeopleRequest, limit: number): number {
  return type === "away" ? MAX_AWAY_CHARACTERS : limit;
}

function wellFormedPeopleRequest(request: PeopleRequest): PeopleRequest {
  const texts = Object.entries(request).map(([field, value]) =>
    [field, typeof value === "string" ? value.toWellFormed() : value] as const
  );
  return Object.fromEntries(texts) as unknown as PeopleRequest;
}

/** The longest texts, by the field that has them. */
const TEXT_LIMITS: Readonly<Record<string, number>> = {
  name: MAX_RAW_NAME_CHARACTERS,
  value: MAX_RAW_NAME_CHARACTERS,
  reason: MAX_REASON_CHARACTERS,
  text: MAX_PROFILE_CHARACTERS,
  code: MAX_OWNER_CODE_CHARACTERS,
};
