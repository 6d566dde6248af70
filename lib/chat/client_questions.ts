import { CatchUp, type CatchUpStage, PREVIEW_QUESTION_ID } from "./catch_up.ts";
import type { ClientRoomEvent } from "./chat_client_event.ts";
import type {
  AnswerMessage,
  FailedMessage,
  RequestMessage,
} from "./chat_message.ts";
import { OpenRequests, type QuestionRefusal } from "./open_requests.ts";
import type { Answer, Query } from "./request.ts";
import { type SearchAnswer, SearchPages } from "./search_pages.ts";

/** What is told of questions, and of what is asked when much was missed. */
export type QuestionEvent = Extract<
  ClientRoomEvent,
  { readonly type: "answer" | "unanswered" | "catchUp" }
>;

/**
 * What a client asks in one room: the caller's questions, and its own for the
 * newest page of what it missed, which is told as a {@linkcode CatchUpStage}.
 */
export class ClientQuestions {
  readonly #tell: (event: QuestionEvent) => void;
  readonly #requests = new OpenRequests();
  readonly #catchUp = new CatchUp();
  /** Searches that are not answered to the end, by the caller's number. */
  readonly #searches = new Map<number, SearchPages>();

  /**
   * Starts without a question.
   *
   * @param tell Takes what is told.
   */
  constructor(tell: (event: QuestionEvent) => void) {
    this.#tell = tell;
  }

  /**
   * Takes a question; what is wrong with it is told at once.
   *
   * @param questionId The caller's number of it.
   * @param query What to ask.
   */
  ask(questionId: number, query: Query): void {
    const refusal = this.#requests.ask(questionId, query);
    if (refusal !== undefined) this.#tellUnanswered(questionId, refusal);
    else if (query.type === "search") {
      this.#searches.set(questionId, new SearchPages(query));
    }
  }

  /**
   * Takes a question that cannot be asked now.
   *
   * @param questionId The caller's number of it.
   */
  askOffline(questionId: number): void {
    this.#tellUnanswered(questionId, { code: "offline" });
  }

  /** The next request to send; undefined if there is none. */
  poll(): RequestMessage | undefined {
    return this.#requests.poll();
  }

  /**
   * Takes an answer.
   *
   * @param message What the server said.
   * @throws {ProtocolError} If that was not asked.
   */
  handleAnswer({ requestId, answer }: AnswerMessage): void {
    const questionId = this.#requests.settle(requestId, answer.type);
    if (answer.type === "search") this.#goOn(questionId, answer);
    else if (questionId !== PREVIEW_QUESTION_ID) {
      this.#tellAnswer(questionId, answer);
    } else if (answer.type === "history") {
      this.#tellStage(this.#catchUp.preview(answer.messages));
    }
  }

  /**
   * Takes a refusal.
   *
   * @param message What the server said.
   * @throws {ProtocolError} If that was not asked.
   */
  handleFailed({ requestId, refusal }: FailedMessage): void {
    const questionId = this.#requests.settle(requestId, undefined);
    // What was found before it was asked too fast is not thrown away.
    const answer = this.#searches.get(questionId)?.answer;
    this.#searches.delete(questionId);
    if (answer !== undefined) this.#tellAnswer(questionId, answer);
    else this.#tellUnanswered(questionId, refusal);
  }

  /**
   * Asks for the newest page if much was missed.
   *
   * @param after The last event that this client has.
   * @param through The newest event there is.
   */
  beginCatchUp(after: number, through: number): void {
    const begun = this.#catchUp.begin(after, through);
    if (begun === undefined) return;
    this.#requests.ask(PREVIEW_QUESTION_ID, begun.query);
    this.#tellStage(begun.stage);
  }

  /** Takes note that all that was missed is there. */
  endCatchUp(): void {
    this.#tellStage(this.#catchUp.end());
  }

  /** Takes note that the room is closed, and says no more. */
  handleRoomClosed(): void {
    for (const { questionId, type } of this.#requests.clear()) {
      // Its answer may come after what it has done.
      if (type === "archive") this.#tellAnswer(questionId, { type });
      else this.#tellUnanswered(questionId, { code: "noSuchRoom" });
    }
  }

  /** Takes note that the connection is gone. */
  handleDisconnected(): void {
    this.#searches.clear();
    for (const { questionId } of this.#requests.clear()) {
      this.askOffline(questionId);
    }
    this.endCatchUp();
  }

  /** Asks for what the server has not looked at yet. */
  #goOn(questionId: number, answer: SearchAnswer): void {
    const pages = this.#searches.get(questionId)!;
    const next = pages.add(answer);
    const refusal = next && this.#requests.ask(questionId, next);
    if (next !== undefined && refusal === undefined) return;
    this.#searches.delete(questionId);
    this.#tellAnswer(questionId, pages.answer!);
  }

  #tellAnswer(questionId: number, answer: Answer): void {
    this.#tell({ type: "answer", questionId, answer });
  }

  #tellStage(stage: CatchUpStage | undefined): void {
    if (stage !== undefined) this.#tell({ type: "catchUp", ...stage });
  }

  /** Who asked by itself is not told. */
  #tellUnanswered(questionId: number, refusal: QuestionRefusal): void {
    if (questionId === PREVIEW_QUESTION_ID) return;
    this.#tell({ type: "unanswered", questionId, refusal });
  }
}
