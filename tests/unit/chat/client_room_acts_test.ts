/** What a client does with acts other than plain messages. */
import { assert, assertEquals } from "@std/assert";
import {
  type Act,
  type ChangeAct,
  plainMessage,
} from "../../../lib/chat/room_event.ts";
import {
  connected,
  give,
  message,
  online,
  stored,
  takeEvents,
  WELCOME,
} from "./test_client_room.ts";
import { idOf, TIME } from "./test_room.ts";

const EDIT: ChangeAct = { type: "edit", target: 1, text: "hello" };

Deno.test("ClientRoom tells of a change when it has its place, own or not", () => {
  const client = online();
  client.send({ id: idOf(1), act: EDIT, timeMs: 5 });
  assertEquals(takeEvents(client), []);
  assert(client.pollTransmit(0) !== undefined);
  const act: ChangeAct = { type: "pin", target: 1, isOn: true };
  give(client, { ...message(1), act }, stored(1, 2));
  const change = { type: "change", timeMs: TIME, earlier: false } as const;
  assertEquals(takeEvents(client), [
    { ...change, sequence: 1, act, author: "Budi", accountId: 0, own: false },
    {
      ...change,
      sequence: 2,
      act: EDIT,
      author: "Ani",
      accountId: 0,
      own: true,
    },
  ]);
  assertEquals(client.isDrained, true);
});

Deno.test("ClientRoom says which changes were made before it came", () => {
  const client = connected();
  give(
    client,
    { ...WELCOME, lastSequence: 1 },
    { ...message(1), act: EDIT },
    { ...message(2), act: EDIT },
  );
  const earlier = takeEvents(client).flatMap((event) =>
    event.type === "change" ? [event.earlier] : []
  );
  assertEquals(earlier, [true, false]);
});

Deno.test("ClientRoom sends a change again after a break, and tells of it once", () => {
  const client = online();
  client.send({ id: idOf(1), act: EDIT, timeMs: 5 });
  const first = client.pollTransmit(0);
  client.handleDisconnected();
  client.handleConnected();
  client.pollTransmit(0);
  give(client, WELCOME);
  assertEquals(client.pollTransmit(0), first);
  give(client, stored(1, 1));
  const types = takeEvents(client).map(({ type }) => type);
  assertEquals(types, ["welcome", "change"]);
});

Deno.test("ClientRoom says why a change goes nowhere", () => {
  const client = online();
  client.send({ id: idOf(1), act: EDIT, timeMs: 5 });
  client.pollTransmit(0);
  const refused = { type: "refused", id: idOf(1) } as const;
  give(client, { ...refused, refusal: { code: "notYours" } });
  assertEquals(takeEvents(client), [
    { type: "changeRefused", act: EDIT, reason: { code: "notYours" } },
  ]);
  client.send({ id: idOf(1), act: EDIT, timeMs: 5 });
  client.pollTransmit(0);
  const refusal = { code: "tooLong", limitCharacters: 3 } as const;
  give(client, { ...refused, refusal });
  assertEquals(takeEvents(client), [
    {
      type: "changeRefused",
      act: EDIT,
      reason: { ...refusal, characters: 5 },
    },
  ]);
});

for (
  const [what, act, code] of [
    ["an edit to nothing", { ...EDIT, text: " " }, "empty"],
    ["a long edit", { ...EDIT, text: "12345678901" }, "tooLong"],
    ["an empty topic", { type: "topic", text: "" }, "empty"],
    ["a long topic", { type: "topic", text: "x".repeat(257) }, "tooLong"],
    ["what is no emoji", {
      type: "react",
      target: 1,
      emoji: "ok",
      isOn: true,
    }, "notEmoji"],
  ] as readonly (readonly [string, ChangeAct, string])[]
) {
  Deno.test(`ClientRoom.send() refuses ${what} at once`, () => {
    const client = online();
    client.send({ id: idOf(1), act, timeMs: 5 });
    const [event] = takeEvents(client);
    assert(event?.type === "changeRefused");
    assertEquals([event.reason.code, event.act], [code, act]);
    assertEquals(client.pollTransmit(0), undefined);
  });
}

Deno.test("ClientRoom.send() makes every text well-formed", () => {
  const client = online();
  const lone = "a\ud800";
  const acts: Act[] = [
    { type: "edit", target: 1, text: lone },
    { type: "topic", text: lone },
    plainMessage(lone),
  ];
  for (const [i, act] of acts.entries()) {
    client.send({ id: idOf(1 + i), act, timeMs: 5 });
    client.pollTransmit(0);
    give(client, stored(1 + i, 1 + i));
  }
  const texts = takeEvents(client).flatMap((event) => {
    if (event.type === "message") return [event.text];
    return event.type === "change" && "text" in event.act
      ? [event.act.text]
      : [];
  });
  assertEquals(texts, Array(3).fill("a\ufffd"));
});

Deno.test("ClientRoom tells how a message is meant and what it answers", () => {
  const client = online();
  const act: Act = { type: "message", style: "action", replyTo: 7, text: "x" };
  client.send({ id: idOf(1), act, timeMs: 5 });
  give(client, { ...message(1), act });
  const shown = takeEvents(client).map((event) =>
    event.type === "message" && [event.own, event.style, event.replyTo]
  );
  assertEquals(shown, [[true, "action", 7], [false, "action", 7]]);
});
