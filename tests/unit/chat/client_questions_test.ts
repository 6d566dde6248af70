import { assert, assertEquals } from "@std/assert";
import {
  ClientQuestions,
  type QuestionEvent,
} from "../../../lib/chat/client_questions.ts";
import { MAX_SEARCH_PAGES, MAX_TIME_MS } from "../../../lib/chat/limits.ts";
import type { FoundMessage } from "../../../lib/chat/request.ts";
import type { SearchAnswer } from "../../../lib/chat/search_pages.ts";
import type { RequestMessage } from "../../../lib/chat/chat_message.ts";

function setUp() {
  const told: QuestionEvent[] = [];
  const questions = new ClientQuestions((event) => told.push(event));
  const poll = () => {
    const request = questions.poll();
    assert(request !== undefined);
    return request;
  };
  /** Answers a search. */
  const answer = (
    { requestId }: RequestMessage,
    found: Partial<SearchAnswer>,
  ) =>
    questions.handleAnswer({
      type: "answer",
      requestId,
      answer: {
        type: "search",
        isStart: false,
        searchedFrom: 0,
        matches: [],
        ...found,
      },
    });
  return { questions, poll, answer, take: () => told.splice(0) };
}

const SEARCH = {
  type: "search",
  words: "halo",
  author: "",
  sinceMs: 0,
  untilMs: MAX_TIME_MS,
  before: 0,
  limit: 3,
} as const;

function found(sequence: number): FoundMessage {
  return {
    sequence,
    author: "Ani",
    style: "plain",
    replyTo: 0,
    text: "halo",
    isEdited: false,
    timeMs: sequence,
    own: false,
    ranges: [0, 4],
  };
}

/** The request for the newest page of much that was missed. */
function begin(questions: ClientQuestions): number {
  questions.beginCatchUp(0, 1_000);
  const request = questions.poll();
  assert(request?.query.type === "history");
  return request.requestId;
}

Deno.test("ClientQuestions.ask() says at once what cannot be asked", () => {
  const { questions, take } = setUp();
  questions.ask(1, { type: "whois", name: "x".repeat(1_000) });
  const [event] = take();
  assert(event?.type === "unanswered" && event.refusal.code === "tooLong");
  assertEquals(questions.poll(), undefined);
});

Deno.test("ClientQuestions tells the answer to its own question as a preview", () => {
  const { questions, take } = setUp();
  const requestId = begin(questions);
  assertEquals(take(), [{ type: "catchUp", stage: "begun", events: 1_000 }]);
  const answer = { type: "history", isEnd: true, messages: [] } as const;
  questions.handleAnswer({ type: "answer", requestId, answer });
  questions.endCatchUp();
  questions.endCatchUp();
  assertEquals(take(), [
    { type: "catchUp", stage: "preview", messages: [] },
    { type: "catchUp", stage: "done" },
  ]);
});

Deno.test("ClientQuestions says nothing of its own question when it is refused", () => {
  const { questions, take } = setUp();
  const requestId = begin(questions);
  take();
  const refusal = { code: "busy", retryAfterSeconds: 1 } as const;
  questions.handleFailed({ type: "failed", requestId, refusal });
  assertEquals(take(), []);
});

Deno.test("ClientQuestions goes on with a search where the server stopped", () => {
  const { questions, take, poll, answer } = setUp();
  questions.ask(7, SEARCH);
  const first = poll();
  assertEquals(first.query, SEARCH);
  answer(first, { searchedFrom: 900, matches: [found(950), found(900)] });
  const second = poll();
  assertEquals(second.query, { ...SEARCH, before: 900, limit: 1 });
  assertEquals(take(), []);
  answer(second, { searchedFrom: 10, matches: [found(20)] });
  assertEquals(take(), [{
    type: "answer",
    questionId: 7,
    answer: {
      type: "search",
      isStart: false,
      searchedFrom: 10,
      matches: [found(950), found(900), found(20)],
    },
  }]);
  assertEquals(questions.poll(), undefined);
});

Deno.test("ClientQuestions ends a search at the start, and after some questions", () => {
  const { questions, take, poll, answer } = setUp();
  questions.ask(1, SEARCH);
  answer(poll(), { searchedFrom: 500 });
  answer(poll(), { isStart: true, searchedFrom: 1 });
  questions.ask(2, SEARCH);
  for (let page = 0; page < MAX_SEARCH_PAGES; page++) {
    assertEquals(take().length, page === 0 ? 1 : 0);
    answer(poll(), { searchedFrom: 900 - page });
  }
  const [event] = take();
  assert(event?.type === "answer" && event.answer.type === "search");
  assertEquals([event.questionId, event.answer.isStart], [2, false]);
  // As if nothing was looked at: 0 asks for the newest.
  questions.ask(3, SEARCH);
  answer(poll(), { searchedFrom: 0 });
  assertEquals(take().length, 1);
  assertEquals(questions.poll(), undefined);
});

Deno.test("ClientQuestions tells what a search found before it was refused", () => {
  const { questions, take, poll, answer } = setUp();
  const refusal = { code: "tooFast", retryAfterSeconds: 1 } as const;
  questions.ask(1, SEARCH);
  const { requestId } = poll();
  questions.handleFailed({ type: "failed", requestId, refusal });
  assertEquals(take(), [{ type: "unanswered", questionId: 1, refusal }]);
  questions.ask(2, SEARCH);
  answer(poll(), { searchedFrom: 500, matches: [found(600)] });
  const next = poll();
  questions.handleFailed({ ...next, type: "failed", refusal });
  const [event] = take();
  assert(event?.type === "answer" && event.answer.type === "search");
  assertEquals(event.answer.matches, [found(600)]);
});

Deno.test("ClientQuestions.handleDisconnected() leaves no caller waiting", () => {
  const { questions, take } = setUp();
  begin(questions);
  questions.ask(5, { type: "who" });
  take();
  questions.handleDisconnected();
  const refusal = { code: "offline" } as const;
  assertEquals(take(), [
    { type: "unanswered", questionId: 5, refusal },
    { type: "catchUp", stage: "done" },
  ]);
});
