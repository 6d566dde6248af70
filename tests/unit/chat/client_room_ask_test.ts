/** What a client does with questions to the server. */
import { assert, assertEquals } from "@std/assert";
import { ClientRoom } from "../../../lib/chat/client_room.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import {
  connected,
  give,
  online,
  takeEvents,
  takeSent,
  WELCOME,
} from "./test_client_room.ts";
import { idOf, TIME } from "./test_room.ts";

const HISTORY = {
  type: "history",
  direction: "before",
  sequence: 0,
  limit: 5,
} as const;

Deno.test("ClientRoom.ask() asks at once, and tells the answer", () => {
  const client = online();
  client.ask(70, HISTORY);
  const [request] = takeSent(client);
  assert(request?.type === "request");
  assertEquals(request.query, HISTORY);
  const answer = {
    type: "history",
    isEnd: true,
    messages: [{
      sequence: 3,
      author: "Budi",
      own: false,
      style: "plain",
      replyTo: 0,
      text: "halo",
      isEdited: false,
      timeMs: TIME,
    }],
  } as const;
  give(client, { type: "answer", requestId: request.requestId, answer });
  assertEquals(takeEvents(client), [{
    type: "answer",
    questionId: 70,
    answer,
  }]);
});

Deno.test("ClientRoom.ask() does not wait for the pace of messages, nor for what was missed", () => {
  const client = connected();
  give(client, { ...WELCOME, lastSequence: 5, messageBurst: 1 });
  takeEvents(client);
  client.send({ id: idOf(1), act: plainMessage("halo"), timeMs: TIME });
  client.ask(1, { type: "who" });
  assertEquals(takeSent(client).map(({ type }) => type), ["request"]);
});

Deno.test("ClientRoom.ask() needs the server, and keeps nothing for later", () => {
  const client = new ClientRoom();
  const refusal = { code: "offline" } as const;
  client.ask(1, { type: "who" });
  client.handleConnected();
  client.ask(2, { type: "who" });
  takeSent(client);
  give(client, WELCOME);
  client.ask(3, { type: "who" });
  takeSent(client);
  client.ask(4, { type: "whois", name: "Budi" });
  client.handleDisconnected();
  const unanswered = takeEvents(client).filter(({ type }) =>
    type === "unanswered"
  );
  assertEquals(
    unanswered,
    [1, 2, 3, 4].map((questionId) => ({
      type: "unanswered",
      questionId,
      refusal,
    })),
  );
  client.handleConnected();
  assertEquals(takeSent(client).map(({ type }) => type), ["sync"]);
  give(client, WELCOME);
  assertEquals(takeSent(client), []);
});

Deno.test("ClientRoom takes no answer to what it did not ask", () => {
  const client = online();
  client.ask(1, { type: "who" });
  const [request] = takeSent(client);
  assert(request?.type === "request");
  const { requestId } = request;
  give(client, {
    type: "answer",
    requestId,
    answer: { type: "history", isEnd: true, messages: [] },
  });
  assertEquals(takeEvents(client).map(({ type }) => type), [
    "unanswered",
    "violation",
  ]);
});

Deno.test("ClientRoom tells why a question was refused", () => {
  const client = online();
  client.ask(8, { type: "who" });
  const [request] = takeSent(client);
  assert(request?.type === "request");
  const refusal = { code: "busy", retryAfterSeconds: 5 } as const;
  give(client, { type: "failed", requestId: request.requestId, refusal });
  assertEquals(takeEvents(client), [
    { type: "unanswered", questionId: 8, refusal },
  ]);
});
