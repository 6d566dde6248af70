import { assert, assertEquals } from "@std/assert";
import { ChatClient } from "../../../lib/chat/chat_client.ts";
import type { ChatClientEvent } from "../../../lib/chat/chat_client_event.ts";
import {
  type ClientMessage,
  decodeClientMessage,
  encodeServerMessage,
  type ServerMessage,
} from "../../../lib/chat/chat_message.ts";
import { encodeHex } from "../../../lib/base/bytes.ts";
import {
  frameMessage,
  MessageDeframer,
} from "../../../lib/chat/message_deframer.ts";
import type { Query } from "../../../lib/chat/request.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import { message, WELCOME } from "./test_client_room.ts";

function takeEvents(client: ChatClient): ChatClientEvent[] {
  const events: ChatClientEvent[] = [];
  for (;;) {
    const event = client.pollEvent();
    if (event === undefined) return events;
    events.push(event);
  }
}

Deno.test("ChatClient says of which room its bytes and events are", () => {
  const client = new ChatClient();
  client.handleConnected();
  assertEquals(client.pollTransmit(0)?.roomId, 1);
  const bytes = frameMessage(encodeServerMessage(WELCOME));
  client.handleData({ roomId: 1, bytes }, 0);
  const [welcome] = takeEvents(client);
  assertEquals([welcome?.type, welcome?.roomId], ["welcome", 1]);
  const id = new Uint8Array(16).fill(1);
  client.send(1, { id, act: plainMessage("halo"), timeMs: 1 });
  assertEquals(client.pollTransmit(0)?.roomId, 1);
  for (const { roomId } of takeEvents(client)) assertEquals(roomId, 1);
});

const LISTED = {
  roomId: 7,
  kind: "private",
  name: "Sains",
  lastSequence: 0,
  readSequence: 0,
} as const;

function tell(client: ChatClient, message: ServerMessage, roomId = 1): void {
  const bytes = frameMessage(encodeServerMessage(message));
  client.handleData({ roomId, bytes }, 0);
}

/** What is sent now, by room. */
function takeSent(client: ChatClient): [number, ClientMessage][] {
  const sent: [number, ClientMessage][] = [];
  for (;;) {
    const next = client.pollTransmit(0);
    if (next === undefined) return sent;
    const bodies = new MessageDeframer(100_000).push(next.bytes);
    for (const body of bodies) {
      sent.push([next.roomId, decodeClientMessage(body)]);
    }
  }
}

function inside(): ChatClient {
  const client = new ChatClient();
  client.handleConnected();
  takeSent(client);
  tell(client, WELCOME);
  return client;
}

/** A client in room 7 as well. */
function inRoom(): ChatClient {
  const client = inside();
  tell(client, { type: "roomList", rooms: [LISTED] });
  takeSent(client);
  tell(client, { ...WELCOME, roomId: 7, room: "Sains" }, 7);
  takeEvents(client);
  return client;
}

Deno.test("ChatClient enters each room of the list on its own stream", () => {
  const client = inside();
  tell(client, { type: "roomList", rooms: [LISTED] });
  const opened = takeEvents(client).at(-1);
  assertEquals<unknown>(opened, {
    type: "roomOpened",
    ...LISTED,
    by: "",
    isNew: false,
  });
  assertEquals(takeSent(client), [
    [7, { type: "enter", roomId: 7 }],
    [7, { type: "sync", epochId: new Uint8Array(8), lastSequence: 0 }],
  ]);
  // Told twice, it is entered once.
  tell(client, { type: "roomList", rooms: [LISTED] });
  assertEquals(takeSent(client), []);
});

Deno.test("ChatClient keeps place and outbox of each room over a new connection", () => {
  const client = inRoom();
  const id = new Uint8Array(16).fill(3);
  client.send(7, { id, act: plainMessage("halo"), timeMs: 1 });
  const act = { type: "act", id, act: plainMessage("halo") } as const;
  assertEquals(takeSent(client), [[7, act]]);
  client.handleDisconnected();
  client.handleConnected();
  assertEquals(takeSent(client).map(([roomId]) => roomId), [1]);
  tell(client, WELCOME);
  tell(client, { type: "roomList", rooms: [LISTED] });
  const { epochId } = WELCOME;
  assertEquals(takeSent(client), [
    [7, { type: "enter", roomId: 7 }],
    [7, { type: "sync", epochId, lastSequence: 0 }],
  ]);
  tell(client, { ...WELCOME, roomId: 7, room: "Sains" }, 7);
  assertEquals(takeSent(client), [[7, act]]);
});

Deno.test("ChatClient refuses what waits for a room that is closed", () => {
  for (const isMeanwhile of [false, true]) {
    const client = inRoom();
    const id = new Uint8Array(16).fill(3);
    client.send(7, { id, act: plainMessage("halo"), timeMs: 1 });
    takeEvents(client);
    tell(
      client,
      isMeanwhile
        ? { type: "roomList", rooms: [] }
        : { type: "roomClosed", roomId: 7, reason: "removed" },
    );
    const events = takeEvents(client);
    assertEquals(events.map(({ type }) => type), [
      "settled",
      "delivery",
      "roomClosed",
    ]);
    assertEquals<unknown>(events[1], {
      type: "delivery",
      roomId: 7,
      id: encodeHex(id),
      delivery: { state: "refused", reason: { code: "notInRoom" } },
    });
    assertEquals(client.placeIn(7), undefined);
  }
});

Deno.test("ChatClient archives a room that is closed before that is answered", () => {
  for (
    const [query, type] of [
      [{ type: "archive" }, "answer"],
      [{ type: "who" }, "unanswered"],
    ] as const
  ) {
    for (const isEndedBefore of [false, true]) {
      const client = inRoom();
      client.ask({ roomId: 7, questionId: 5, query });
      takeSent(client);
      // Streams have no order among them.
      if (isEndedBefore) client.handleEnded(7);
      tell(client, { type: "roomClosed", roomId: 7, reason: "archived" });
      const [told, closed] = takeEvents(client);
      assertEquals([told?.type, closed?.type], [type, "roomClosed"]);
      if (told?.type !== "unanswered") continue;
      assertEquals(told.refusal, { code: "noSuchRoom" });
    }
  }
});

Deno.test("ChatClient asks on stream 0 what is about the server, and answers where it was asked", () => {
  const client = inRoom();
  client.ask({ roomId: 7, questionId: 5, query: { type: "rooms" } });
  const [sent] = takeSent(client);
  assertEquals(sent?.[0], 1);
  const requestId = sent?.[1].type === "request" ? sent[1].requestId : 0;
  tell(client, {
    type: "answer",
    requestId,
    answer: { type: "rooms", rooms: [] },
  });
  const [answer] = takeEvents(client);
  assertEquals([answer?.type, answer?.roomId], ["answer", 7]);
  client.ask({ roomId: 7, questionId: 6, query: { type: "who" } });
  assertEquals(takeSent(client)[0]?.[0], 7);
});

Deno.test("ChatClient asks about people on stream 0, but about a room on its own", () => {
  const streamOf = (query: Query) => {
    const client = inRoom();
    client.ask({ roomId: 7, questionId: 5, query });
    return takeSent(client).map(([roomId]) => roomId);
  };
  assertEquals(streamOf({ type: "nick", name: "Ana" }), [1]);
  assertEquals(streamOf({ type: "bans" }), [1]);
  assertEquals(streamOf({ type: "lock", isOn: true }), [7]);
  assertEquals(streamOf({ type: "slow", seconds: 5 }), [7]);
});

Deno.test("ChatClient tells questions of different rooms apart that have the same number", () => {
  const client = inRoom();
  const query = { type: "rooms" } as const;
  const asked = [1, 7].map((roomId) => {
    client.ask({ roomId, questionId: 5, query });
    const [[, request] = []] = takeSent(client);
    assert(request?.type === "request");
    return request.requestId;
  });
  const answer = { type: "rooms", rooms: [] } as const;
  for (const requestId of asked) {
    tell(client, { type: "answer", requestId, answer });
  }
  assertEquals<unknown>(takeEvents(client), [
    { type: "answer", roomId: 1, questionId: 5, answer },
    { type: "answer", roomId: 7, questionId: 5, answer },
  ]);
});

Deno.test("ChatClient knows in every room what is its own once the name is claimed", () => {
  const client = inRoom();
  const record = new Uint8Array(192);
  const query = { type: "claimFinish", record } as const;
  client.ask({ roomId: 1, questionId: 5, query });
  const [[, request] = []] = takeSent(client);
  assert(request?.type === "request");
  const { requestId } = request;
  const answer = { type: "claimed", accountId: 3 } as const;
  tell(client, { type: "answer", requestId, answer });
  takeEvents(client);
  for (const roomId of [1, 7]) {
    tell(client, { ...message(1), author: "Ani", accountId: 3 }, roomId);
    const shown = takeEvents(client).at(-1);
    assert(shown?.type === "message" && shown.own);
  }
});

Deno.test("ChatClient goes on without a stream that the server has ended", () => {
  const client = inRoom();
  client.handleEnded(7);
  tell(client, { type: "roomOpened", ...LISTED, by: "Budi" });
  assertEquals(takeEvents(client).map(({ type }) => type), ["roomOpened"]);
  assertEquals(takeSent(client)[0], [7, { type: "enter", roomId: 7 }]);
});

Deno.test("ChatClient forgets all places if the server knows one no more", () => {
  const client = inRoom();
  client.handleDisconnected();
  client.handleConnected();
  assertEquals(client.handleRefusedPlace(), false);
  takeSent(client);
  assertEquals(client.handleRefusedPlace(), true);
  assertEquals([client.placeIn(1), client.placeIn(7)], [undefined, undefined]);
});
