import { assert, assertEquals } from "@std/assert";
import { ClientRoom } from "../../../lib/chat/client_room.ts";
import type { ClientRoomEvent } from "../../../lib/chat/chat_client_event.ts";
import { type Act, plainMessage } from "../../../lib/chat/room_event.ts";
import {
  connected,
  give,
  isForJournal,
  message,
  stored,
  takeEvents,
  takeSent,
  WELCOME,
} from "./test_client_room.ts";
import { EPOCH, idOf, TIME } from "./test_room.ts";

/** What an earlier client has left at place 4: a message to send. */
const MEMORY = {
  roomId: 1,
  place: { epochId: EPOCH, lastSequence: 4 },
  known: {
    kind: "public",
    room: "Lab",
    self: "Ani",
    openRoom: true,
    topic: "",
    messageLimitCharacters: 10,
    fingerprint: "",
  },
  outbox: [{ id: idOf(1), act: plainMessage("halo"), timeMs: TIME }],
  events: [],
} as const;

Deno.test("ClientRoom goes on from the place that an earlier one has left", () => {
  const client = new ClientRoom(1, MEMORY);
  assertEquals(client.place, MEMORY.place);
  client.handleConnected();
  assertEquals(takeSent(client), [{
    type: "sync",
    epochId: EPOCH,
    lastSequence: 4,
  }]);
  give(client, { ...WELCOME, resumeAfter: 4, lastSequence: 5 });
  assertEquals(takeSent(client), []);
  give(client, message(5));
  // The server counts what the earlier one has sent at the end.
  assertEquals(takeSent(client, 900), []);
  assertEquals(takeSent(client, 1_100), [{
    type: "act",
    id: idOf(1),
    act: plainMessage("halo"),
  }]);
  assertEquals(client.place, { epochId: EPOCH, lastSequence: 5 });
});

Deno.test("ClientRoom sends nothing of an earlier one that the server has already", () => {
  const client = new ClientRoom(1, MEMORY);
  client.handleConnected();
  takeSent(client);
  give(client, { ...WELCOME, resumeAfter: 4, lastSequence: 5 }, stored(1, 5));
  const [, delivery] = takeEvents(client);
  assertEquals(delivery?.type, "delivery");
  assertEquals(takeSent(client), []);
  assertEquals(client.isDrained, true);
});

Deno.test("ClientRoom tells what was removed since an earlier one was there", () => {
  const client = new ClientRoom(1, MEMORY);
  client.handleConnected();
  takeSent(client);
  give(client, { ...WELCOME, resumeAfter: 9, lastSequence: 9 });
  assertEquals(takeEvents(client)[1], { type: "gap", missedMessages: 5 });
});

Deno.test("ClientRoom knows no place before a welcome, and its name before one if it had one", () => {
  assertEquals(new ClientRoom().place, undefined);
  const client = new ClientRoom(1, MEMORY);
  client.send({ id: idOf(2), act: plainMessage("hi"), timeMs: TIME });
  const [shown] = takeEvents(client);
  assert(shown?.type === "message" && shown.author === "Ani");
});

Deno.test("ClientRoom tells what to keep before what to show", () => {
  const client = connected();
  give(client, WELCOME);
  while (client.pollEvent() !== undefined);
  const pin: Act = { type: "pin", target: 1, isOn: true };
  const queued = [plainMessage("hi"), pin, pin].map((act, index) => {
    const outgoing = { id: idOf(index + 1), act, timeMs: TIME };
    client.send(outgoing);
    return { type: "queued", outgoing } as const;
  });
  assertEquals(kept(client), [queued[0]!, "message", queued[1]!, queued[2]!]);
  takeSent(client);
  const id = idOf(3);
  give(client, message(1), stored(1, 2), stored(2, 3));
  give(client, { type: "refused", id, refusal: { code: "removed" } });
  const seen = (sequence: number, act: Act) => {
    const own = sequence > 1;
    const author = own ? "Ani" : "Budi";
    const origin = { author, accountId: 0, own, timeMs: TIME };
    const event = { sequence, act, ...origin };
    return { type: "seen", event } as const;
  };
  assertEquals(kept(client), [
    seen(1, plainMessage("text 1")),
    "message",
    { type: "settled", id: idOf(1) },
    seen(2, plainMessage("hi")),
    "delivery",
    { type: "settled", id: idOf(2) },
    seen(3, pin),
    "change",
    { type: "settled", id },
    "changeRefused",
  ]);
});

Deno.test("ClientRoom.forgetPlace() begins in the same room as somebody new, with its outbox", () => {
  const client = new ClientRoom(1, MEMORY);
  client.handleConnected();
  takeSent(client);
  assertEquals(client.isPlaceAsked, true);
  client.forgetPlace();
  client.handleDisconnected();
  assertEquals(client.place, undefined);
  client.handleConnected();
  assertEquals(takeSent(client), [{
    type: "sync",
    epochId: new Uint8Array(8),
    lastSequence: 0,
  }]);
  give(client, { ...WELCOME, lastSequence: 1 }, message(1));
  const [welcome, shown] = takeEvents(client);
  // Other messages stand where those were that are on the screen.
  assert(welcome?.type === "welcome" && welcome.epoch.endsWith(".1"));
  assert(shown?.type === "message" && shown.earlier);
  const [sent] = takeSent(client, 1_100);
  assert(sent?.type === "act");
  assertEquals(sent.id, idOf(1));
});

Deno.test("ClientRoom.isPlaceAsked until the server has answered", () => {
  const client = new ClientRoom(1, MEMORY);
  client.handleConnected();
  assertEquals(client.isPlaceAsked, false);
  takeSent(client);
  give(client, { ...WELCOME, resumeAfter: 4, lastSequence: 4 });
  assertEquals(client.isPlaceAsked, false);
  assertEquals(client.place, MEMORY.place);
  assertEquals(connected().isPlaceAsked, false);
});

/** What is for the journal, and the names of what is shown. */
function kept(client: ClientRoom): (ClientRoomEvent | string)[] {
  const events: (ClientRoomEvent | string)[] = [];
  for (;;) {
    const event = client.pollEvent();
    if (event === undefined) return events;
    events.push(isForJournal(event) ? event : event.type);
  }
}
