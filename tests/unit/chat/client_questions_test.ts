import { assert, assertEquals } from "@std/assert";
import {
  ClientQuestions,
  type QuestionEvent,
} from "../../../lib/chat/client_questions.ts";

function setUp() {
  const told: QuestionEvent[] = [];
  const questions = new ClientQuestions((event) => told.push(event));
  return { questions, take: () => told.splice(0) };
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
