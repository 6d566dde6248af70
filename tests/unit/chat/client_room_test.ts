import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeHex } from "../../../lib/base/bytes.ts";
import { ClientRoom } from "../../../lib/chat/client_room.ts";
import type {
  ClientMessage,
  ServerMessage,
} from "../../../lib/chat/chat_message.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import { textOf } from "./event_text.ts";
import {
  connected,
  give,
  message,
  online,
  stored,
  takeEvents,
  takeSent,
  WELCOME,
} from "./test_client_room.ts";
import { EPOCH, idOf, TIME } from "./test_room.ts";
import { GUEST_ROOM, guests } from "./wire_values.ts";

const US_PER_S = 1_000_000;

Deno.test("ClientRoom sends a sync of nothing first", () => {
  const client = new ClientRoom();
  assertEquals(client.pollTransmit(0), undefined);
  client.handleConnected();
  assertEquals(takeSent(client), [{
    type: "sync",
    epochId: new Uint8Array(8),
    lastSequence: 0,
  }]);
});

Deno.test("ClientRoom tells of the welcome", () => {
  const client = connected();
  give(client, WELCOME);
  assertEquals(takeEvents(client), [{
    type: "welcome",
    room: "Lab",
    self: "Ani",
    members: ["Budi", "Ani"],
    openRoom: true,
    topic: "",
    epoch: "ee".repeat(8),
    messageLimitCharacters: 10,
    lastSequence: 0,
    ...GUEST_ROOM,
    people: guests("Budi", "Ani"),
  }]);
  assertEquals(client.members, ["Budi", "Ani"]);
});

Deno.test("ClientRoom tells of messages, and which were written earlier", () => {
  const client = connected();
  give(client, { ...WELCOME, resumeAfter: 4, lastSequence: 5 });
  give(client, message(5), message(6));
  assertEquals(takeEvents(client).slice(1), [
    {
      type: "message",
      id: `${"ee".repeat(8)}-5`,
      author: "Budi",
      accountId: 0,
      own: false,
      style: "plain",
      replyTo: 0,
      text: "text 5",
      timeMs: TIME,
      earlier: true,
      delivery: {
        state: "stored",
        sequence: 5,
        timeMs: TIME,
        forwardedTo: 0,
      },
    },
    {
      type: "message",
      id: `${"ee".repeat(8)}-6`,
      author: "Budi",
      accountId: 0,
      own: false,
      style: "plain",
      replyTo: 0,
      text: "text 6",
      timeMs: TIME,
      earlier: false,
      delivery: {
        state: "stored",
        sequence: 6,
        timeMs: TIME,
        forwardedTo: 0,
      },
    },
  ]);
});

Deno.test("ClientRoom keeps the members", () => {
  const client = online();
  const joined = {
    type: "joined",
    name: "Citra",
    role: "guest",
    timeMs: TIME,
  } as const;
  give(client, joined);
  assertEquals(client.members, ["Budi", "Ani", "Citra"]);
  const left = {
    type: "left",
    name: "Budi",
    reason: "lost",
    timeMs: TIME,
  } as const;
  give(client, left);
  assertEquals(client.members, ["Ani", "Citra"]);
  assertEquals(takeEvents(client), [joined, left]);
});

Deno.test("ClientRoom.send() shows the message at once, then how it was delivered", () => {
  const client = online();
  client.send({ id: idOf(1), act: plainMessage("halo"), timeMs: TIME });
  assertEquals(takeEvents(client), [{
    type: "message",
    id: encodeHex(idOf(1)),
    author: "Ani",
    accountId: 0,
    own: true,
    style: "plain",
    replyTo: 0,
    text: "halo",
    timeMs: TIME,
    earlier: false,
    delivery: { state: "queued" },
  }]);
  assertEquals(takeSent(client), [{
    type: "act",
    id: idOf(1),
    act: plainMessage("halo"),
  }]);
  assertEquals(client.isDrained, false);
  give(client, stored(1, 1));
  assertEquals(takeEvents(client), [{
    type: "delivery",
    id: encodeHex(idOf(1)),
    delivery: { state: "stored", sequence: 1, timeMs: TIME, forwardedTo: 3 },
  }]);
  assertEquals(client.isDrained, true);
});

Deno.test("ClientRoom.send() makes text well-formed", () => {
  const client = online();
  client.send({ id: idOf(1), act: plainMessage("a\ud800"), timeMs: TIME });
  assertEquals(takeSent(client), [{
    type: "act",
    id: idOf(1),
    act: plainMessage("a\ufffd"),
  }]);
});

for (
  const [what, text, reason] of [
    ["empty", " \n", { code: "empty" }],
    ["too long", "🙂".repeat(11), {
      code: "tooLong",
      limitCharacters: 10,
      characters: 11,
    }],
  ] as const
) {
  Deno.test(`ClientRoom.send() refuses what is ${what} by itself`, () => {
    const client = online();
    client.send({ id: idOf(1), act: plainMessage(text), timeMs: TIME });
    const [event] = takeEvents(client);
    assert(event?.type === "message");
    assertEquals(event.delivery, { state: "refused", reason });
    assertEquals(takeSent(client), []);
    assertEquals(client.isDrained, true);
  });
}

Deno.test("ClientRoom.send() refuses more than the outbox holds", () => {
  const client = new ClientRoom();
  for (let i = 0; i < 1_000; i++) {
    assertEquals(client.outboxFree, 1_000 - i);
    client.send({ id: idOf(i), act: plainMessage("x"), timeMs: TIME });
  }
  takeEvents(client);
  client.send({ id: idOf(1_000), act: plainMessage("x"), timeMs: TIME });
  const [event] = takeEvents(client);
  assert(event?.type === "message");
  assertEquals(event.delivery, {
    state: "refused",
    reason: { code: "outboxFull", limitMessages: 1_000 },
  });
});

Deno.test("ClientRoom.send() wants a new ID", () => {
  const client = new ClientRoom();
  client.send({ id: idOf(1), act: plainMessage("x"), timeMs: TIME });
  for (const id of [idOf(1), new Uint8Array(15)]) {
    assertThrows(
      () => client.send({ id, act: plainMessage("x"), timeMs: TIME }),
      RangeError,
    );
  }
});

Deno.test("ClientRoom passes on what the server refuses", () => {
  const client = online();
  for (let i = 1; i <= 3; i++) {
    client.send({ id: idOf(i), act: plainMessage("halo"), timeMs: TIME });
  }
  takeSent(client);
  takeEvents(client);
  give(
    client,
    refused(1, { code: "empty" }),
    refused(2, { code: "tooLong", limitCharacters: 2 }),
    refused(3, { code: "tooFast", retryAfterSeconds: 4 }),
  );
  assertEquals(
    takeEvents(client).map((event) =>
      event.type === "delivery" && event.delivery
    ),
    [
      { state: "refused", reason: { code: "empty" } },
      {
        state: "refused",
        reason: { code: "tooLong", limitCharacters: 2, characters: 4 },
      },
      { state: "refused", reason: { code: "tooFast", retryAfterSeconds: 4 } },
    ],
  );
  assertEquals(client.isDrained, true);
});

Deno.test("ClientRoom sends what was written while offline once it is online", () => {
  const client = new ClientRoom();
  client.send({ id: idOf(1), act: plainMessage("early"), timeMs: TIME });
  client.handleConnected();
  assertEquals(takeSent(client).map(({ type }) => type), ["sync"]);
  give(client, { ...WELCOME, lastSequence: 1 });
  assertEquals(takeSent(client), []);
  give(client, message(1));
  assertEquals(takeSent(client).map(({ type }) => type), ["act"]);
});

Deno.test("ClientRoom has 32 messages on the way and keeps the others in order", () => {
  const client = online();
  for (let i = 1; i <= 40; i++) {
    client.send({ id: idOf(i), act: plainMessage(`${i}`), timeMs: TIME });
  }
  assertEquals(texts(takeSent(client)), numbers(1, 32));
  assertEquals(client.nextTimeoutUs(0), undefined);
  give(client, stored(1, 1), stored(2, 2), refused(3, { code: "empty" }));
  assertEquals(texts(takeSent(client)), numbers(33, 35));
});

Deno.test("ClientRoom paces itself just below the announced rate", () => {
  const client = connected();
  give(client, { ...WELCOME, messageBurst: 2, messagesPerSecond: 10 });
  for (let i = 1; i <= 4; i++) {
    client.send({ id: idOf(i), act: plainMessage(`${i}`), timeMs: TIME });
  }
  assertEquals(texts(takeSent(client)), ["1", "2"]);
  const nextUs = client.nextTimeoutUs(0);
  assertEquals(nextUs, Math.ceil(US_PER_S / 9.9));
  assertEquals(client.pollTransmit(nextUs! - 1), undefined);
  assertEquals(texts(takeSent(client, nextUs)), ["3"]);
  assertEquals(client.nextTimeoutUs(nextUs!), Math.ceil(2 * US_PER_S / 9.9));
});

Deno.test("ClientRoom.nextTimeoutUs() is undefined where time brings nothing", () => {
  const client = new ClientRoom();
  client.send({ id: idOf(1), act: plainMessage("x"), timeMs: TIME });
  assertEquals(client.nextTimeoutUs(0), undefined);
  client.handleConnected();
  assertEquals(client.nextTimeoutUs(0), undefined);
  takeSent(client);
  assertEquals(client.nextTimeoutUs(0), undefined);
});

Deno.test("ClientRoom asks for what it missed and sends again what was not answered", () => {
  const client = online();
  give(client, message(1));
  client.send({ id: idOf(1), act: plainMessage("one"), timeMs: TIME });
  client.send({ id: idOf(2), act: plainMessage("two"), timeMs: TIME });
  takeSent(client);
  client.handleDisconnected();
  assertEquals(client.pollTransmit(0), undefined);
  client.handleConnected();
  assertEquals(takeSent(client), [{
    type: "sync",
    epochId: EPOCH,
    lastSequence: 1,
  }]);
  takeEvents(client);
  give(client, { ...WELCOME, resumeAfter: 1, lastSequence: 3 });
  give(client, stored(1, 2), message(3));
  assertEquals(takeSent(client), [{
    type: "act",
    id: idOf(2),
    act: plainMessage("two"),
  }]);
  assertEquals(
    takeEvents(client).map((event) => event.type),
    ["welcome", "delivery", "message"],
  );
});

Deno.test("ClientRoom does not call earlier what it missed while away", () => {
  const client = online();
  client.handleDisconnected();
  client.handleConnected();
  takeSent(client);
  give(client, { ...WELCOME, lastSequence: 1 }, message(1));
  const event = takeEvents(client).at(-1);
  assert(event?.type === "message");
  assertEquals(event.earlier, false);
});

Deno.test("ClientRoom does not pace a resend again", () => {
  const client = connected();
  const slow = { ...WELCOME, messageBurst: 1, messagesPerSecond: 1 };
  give(client, slow);
  client.send({ id: idOf(1), act: plainMessage("1"), timeMs: TIME });
  client.send({ id: idOf(2), act: plainMessage("2"), timeMs: TIME });
  assertEquals(texts(takeSent(client)), ["1"]);
  client.handleDisconnected();
  client.handleConnected();
  takeSent(client);
  give(client, slow);
  assertEquals(texts(takeSent(client)), ["1"]);
});

Deno.test("ClientRoom tells of a gap", () => {
  const client = online();
  give(client, message(1));
  client.handleDisconnected();
  client.handleConnected();
  takeSent(client);
  takeEvents(client);
  give(client, { ...WELCOME, resumeAfter: 8, lastSequence: 9 }, message(9));
  assertEquals(takeEvents(client)[1], { type: "gap", missedMessages: 7 });
});

Deno.test("ClientRoom takes the old place of a message that fell into a gap", () => {
  const client = online();
  client.send({ id: idOf(1), act: plainMessage("one"), timeMs: TIME });
  takeSent(client);
  client.handleDisconnected();
  client.handleConnected();
  takeSent(client);
  give(client, { ...WELCOME, resumeAfter: 8, lastSequence: 8 });
  assertEquals(texts(takeSent(client)), ["one"]);
  give(client, stored(1, 3), message(9));
  assertEquals(client.isDrained, true);
  assertEquals(takeEvents(client).at(-1)?.type, "message");
});

Deno.test("ClientRoom starts over with a server that lost its history", () => {
  const client = online();
  give(client, message(1), message(2));
  client.handleDisconnected();
  client.handleConnected();
  takeSent(client);
  takeEvents(client);
  const epochId = new Uint8Array(8).fill(1);
  give(client, { ...WELCOME, epochId, lastSequence: 1 }, message(1));
  assertEquals(
    takeEvents(client).map((event) => event.type),
    ["welcome", "message"],
  );
});

Deno.test("ClientRoom.leave() goes after what was sent and before what waits", () => {
  const client = online();
  for (let i = 1; i <= 33; i++) {
    client.send({ id: idOf(i), act: plainMessage(`${i}`), timeMs: TIME });
  }
  assertEquals(takeSent(client).length, 32);
  client.leave();
  give(client, stored(1, 1));
  assertEquals(takeSent(client), [{ type: "leave" }]);
  assertEquals(takeSent(client), []);
});

Deno.test("ClientRoom.leave() waits for the welcome", () => {
  const client = connected();
  client.leave();
  assertEquals(takeSent(client), []);
  give(client, { ...WELCOME, lastSequence: 5 });
  assertEquals(takeSent(client), [{ type: "leave" }]);
});

for (
  const [what, messages] of [
    ["a second welcome", [WELCOME, WELCOME]],
    ["a message before the welcome", [message(1)]],
    ["a message twice", [WELCOME, message(1), message(1)]],
    ["a message out of order", [WELCOME, message(2)]],
    ["`stored` out of order", [WELCOME, stored(1, 2)]],
    ["an answer to nothing", [WELCOME, stored(9, 1), message(2)]],
    ["an own event twice", [WELCOME, stored(9, 1), message(1), message(1)]],
    ["a refusal of nothing", [WELCOME, refused(9, { code: "empty" })]],
  ] as readonly (readonly [string, readonly ServerMessage[]])[]
) {
  Deno.test(`ClientRoom calls ${what} a violation and listens no more`, () => {
    const client = connected();
    client.send({ id: idOf(1), act: plainMessage("x"), timeMs: TIME });
    give(client, ...messages);
    const violations = () =>
      takeEvents(client).filter(({ type }) => type === "violation").length;
    assertEquals(violations(), 1);
    give(client, {
      type: "joined",
      name: "Citra",
      role: "guest",
      timeMs: TIME,
    });
    assertEquals(takeEvents(client), []);
    assertEquals(client.isDrained, false);
  });
}

Deno.test("ClientRoom shows its own messages of a stay of which it has kept nothing", () => {
  const client = connected();
  client.send({ id: idOf(2), act: plainMessage("waits"), timeMs: TIME });
  takeEvents(client);
  give(client, { ...WELCOME, lastSequence: 3 }, stored(1, 1), message(1));
  give(client, stored(2, 2), message(2), message(3));
  const [, first, second, third] = takeEvents(client);
  assert(first?.type === "message" && third?.type === "message");
  assertEquals([first.own, third.own], [true, false]);
  // What waited is told once: that it is stored.
  assertEquals(second?.type, "delivery");
  assertEquals(client.isDrained, true);
});

Deno.test("ClientRoom shows its own messages in a history that was restored", () => {
  const client = online();
  client.send({ id: idOf(1), act: plainMessage("answered"), timeMs: TIME });
  client.send({ id: idOf(2), act: plainMessage("lost"), timeMs: TIME });
  takeSent(client);
  give(client, stored(1, 1));
  client.handleDisconnected();
  client.handleConnected();
  takeSent(client);
  takeEvents(client);
  const epochId = new Uint8Array(8).fill(9);
  give(client, { ...WELCOME, epochId, lastSequence: 2 }, stored(1, 1));
  give(client, message(1), message(2));
  assertEquals(takeEvents(client).map(({ type }) => type), [
    "welcome",
    "message",
    "message",
  ]);
  assertEquals(texts(takeSent(client)), ["lost"]);
});

Deno.test("ClientRoom calls a welcome that goes back a violation", () => {
  const client = online();
  give(client, message(1));
  client.handleDisconnected();
  client.handleConnected();
  takeSent(client);
  give(client, WELCOME);
  assertEquals(takeEvents(client).at(-1)?.type, "violation");
});

Deno.test("ClientRoom calls garbage a violation and goes on with a new connection", () => {
  const client = online();
  client.handleData(new Uint8Array([1, 0xff]), 0);
  assertEquals(takeEvents(client).at(-1)?.type, "violation");
  client.handleDisconnected();
  client.handleConnected();
  assertEquals(takeSent(client).length, 1);
});

Deno.test("ClientRoom refuses more members than a room can have", () => {
  const client = online();
  for (let i = 0; i < 2_000; i++) {
    give(client, {
      type: "joined",
      name: `member ${i}`,
      role: "guest",
      timeMs: TIME,
    });
  }
  assertEquals(takeEvents(client).at(-1)?.type, "violation");
  assertEquals(client.members.length, 2_000);
});

function texts(messages: readonly ClientMessage[]): string[] {
  return messages.map((message) =>
    message.type === "act" ? textOf(message) : message.type
  );
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);
}

function refused(
  id: number,
  refusal: (ServerMessage & { type: "refused" })["refusal"],
): ServerMessage {
  return { type: "refused", id: idOf(id), refusal };
}

Deno.test("ClientRoom tells what was read on another device, and does not echo it", () => {
  const client = online();
  give(client, message(1), message(2));
  takeEvents(client);
  client.nextTimeoutUs(0);
  assertEquals(takeSent(client, US_PER_S), [
    { type: "position", delivered: 2, read: 0 },
  ]);
  give(client, { type: "read", readSequence: 2 });
  assertEquals(takeEvents(client), [{ type: "read", readSequence: 2 }]);
  assertEquals(client.nextTimeoutUs(US_PER_S), undefined);
});
