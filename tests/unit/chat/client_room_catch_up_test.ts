/** What a client does that has missed more than a page. */
import { assert, assertEquals } from "@std/assert";
import type { ClientRoom } from "../../../lib/chat/client_room.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import {
  connected,
  give,
  takeEvents,
  takeSent,
  WELCOME,
} from "./test_client_room.ts";
import { idOf, TIME } from "./test_room.ts";

const BEHIND = 65;

function behind(): { client: ClientRoom; requestId: number } {
  const client = connected();
  give(client, { ...WELCOME, lastSequence: BEHIND });
  const [request] = takeSent(client);
  assert(request?.type === "request");
  assertEquals(request.query, {
    type: "history",
    direction: "before",
    sequence: BEHIND + 1,
    limit: 50,
  });
  return { client, requestId: request.requestId };
}

function past(sequence: number) {
  return {
    sequence,
    author: "Budi",
    own: false,
    style: "plain",
    replyTo: 0,
    text: `text ${sequence}`,
    isEdited: false,
    timeMs: TIME,
  } as const;
}

function giveRest(client: ClientRoom): void {
  for (let sequence = 1; sequence <= BEHIND; sequence++) {
    give(client, {
      type: "event",
      sequence,
      author: "Budi",
      accountId: 0,
      act: plainMessage(`text ${sequence}`),
      timeMs: TIME,
    });
  }
}

function stages(client: ClientRoom): string[] {
  return takeEvents(client).flatMap((event) =>
    event.type === "catchUp" ? [event.stage] : []
  );
}

Deno.test("ClientRoom tells the newest page of many missed messages before the rest", () => {
  const { client, requestId } = behind();
  const messages = [past(BEHIND - 1), past(BEHIND)];
  const answer = { type: "history", isEnd: false, messages } as const;
  give(client, { type: "answer", requestId, answer });
  assertEquals(takeEvents(client).slice(1), [
    { type: "catchUp", stage: "begun", events: BEHIND },
    { type: "catchUp", stage: "preview", messages },
  ]);
  giveRest(client);
  const events = takeEvents(client);
  assertEquals(events.at(-1), { type: "catchUp", stage: "done" });
  const shown = events.filter(({ type }) => type === "message");
  assertEquals(shown.length, BEHIND);
});

Deno.test("ClientRoom sends nothing of its outbox before all it missed has come", () => {
  const { client } = behind();
  client.send({ id: idOf(1), act: plainMessage("halo"), timeMs: TIME });
  assertEquals(takeSent(client), []);
  giveRest(client);
  assertEquals(takeSent(client).map(({ type }) => type), ["act"]);
});

Deno.test("ClientRoom asks for no preview of a page", () => {
  const client = connected();
  give(client, { ...WELCOME, lastSequence: BEHIND - 1 });
  assertEquals(takeSent(client), []);
  assertEquals(stages(client), []);
});

Deno.test("ClientRoom tells no preview after the rest, nor the refusal of one", () => {
  const late = behind();
  giveRest(late.client);
  const answer = { type: "history", isEnd: false, messages: [past(BEHIND)] };
  give(late.client, {
    type: "answer",
    requestId: late.requestId,
    answer: { ...answer, type: "history" },
  });
  assertEquals(stages(late.client), ["begun", "done"]);
  const refused = behind();
  takeEvents(refused.client);
  const refusal = { code: "busy", retryAfterSeconds: 5 } as const;
  const { requestId } = refused;
  give(refused.client, { type: "failed", requestId, refusal });
  assertEquals(takeEvents(refused.client), []);
});

Deno.test("ClientRoom ends a catch-up with its connection", () => {
  const { client, requestId } = behind();
  takeEvents(client);
  const messages = [past(BEHIND)];
  const answer = { type: "history", isEnd: false, messages } as const;
  give(client, { type: "answer", requestId, answer });
  client.handleDisconnected();
  assertEquals(takeEvents(client).at(-1), { type: "catchUp", stage: "done" });
});
