import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { DeliveryState } from "../../../../lib/chat/chat_client_event.ts";
import type { ClientEvent } from "../../../../lib/ui/bridge.ts";
import {
  INITIAL_PAGE_STATE,
  MAX_ITEMS,
  type PageEvent,
  type PageState,
  reducePage,
  type RoomState,
} from "../../../../lib/ui/page/page_state.ts";
import { WELCOME } from "../fake_session.ts";

const FORM: ClientEvent = {
  type: "loginForm",
  host: "lab",
  port: 8080,
  name: "Ani",
};

const places = new Map<string, number>();

/** Each message has a place of its own. */
function placeOf(id: string): number {
  const place = places.get(id) ?? places.size + 1;
  places.set(id, place);
  return place;
}

function storedAs(id: string): DeliveryState {
  return { state: "stored", sequence: placeOf(id), timeMs: 50, forwardedTo: 1 };
}

function says(
  id: string,
  more: Partial<Extract<ClientEvent, { type: "message" }>> = {},
): ClientEvent {
  return {
    type: "message",
    roomId: 1,
    id,
    author: "Budi",
    own: false,
    style: "plain",
    replyTo: 0,
    text: id,
    timeMs: 1,
    earlier: false,
    delivery: storedAs(id),
    ...more,
  };
}

function queues(id: string): ClientEvent {
  return says(id, { author: "Ani", own: true, delivery: { state: "queued" } });
}

function delivers(id: string): ClientEvent {
  return { type: "delivery", roomId: 1, id, delivery: storedAs(id) };
}

function after(...events: readonly PageEvent[]): PageState {
  return events.reduce(reducePage, INITIAL_PAGE_STATE);
}

function roomAfter(...events: readonly PageEvent[]): RoomState {
  const { room } = after(WELCOME, ...events);
  assert(room !== undefined);
  return room;
}

/** The list in short: message IDs, and the types of notices. */
function listed(room: RoomState): string[] {
  return room.items.map((item) =>
    item.type === "message" ? item.id : item.event.type
  );
}

Deno.test("reducePage() fills the login form", () => {
  const { view, login } = after(FORM);
  assertEquals(view, "login");
  assertEquals(login.filled, { host: "lab", port: 8080, name: "Ani" });
});

Deno.test("reducePage() follows a login and its refusal", () => {
  const running = after(FORM, { type: "loginProgress", stage: "connecting" });
  assertEquals(running.login.progress, "connecting");
  const refused = reducePage(running, {
    type: "loginRefused",
    refusal: { code: "roomFull" },
  });
  assertEquals(refused.login.progress, undefined);
  assertEquals(refused.login.refusal, { code: "roomFull" });
  const again = reducePage(refused, {
    type: "loginProgress",
    stage: "connecting",
  });
  assertEquals(again.login.refusal, undefined, "a new try starts clean");
});

Deno.test("reducePage() shows the room with its members in order", () => {
  const { view, room } = after(FORM, WELCOME);
  assertEquals(view, "room");
  assertEquals(room?.members, ["Ani", "Budi"]);
});

Deno.test("reducePage() keeps the list when a connection comes back", () => {
  const room = roomAfter(
    says("a"),
    {
      type: "connection",
      connection: { state: "reconnecting", attempt: 1, serverStopped: false },
    },
    { ...WELCOME, members: ["Ani"] },
  );
  assertEquals(listed(room), ["a"]);
  assertEquals(room.members, ["Ani"]);
  assertEquals(room.connection, { state: "online" });
});

Deno.test("reducePage() starts a new list in another room", () => {
  assertEquals(listed(roomAfter(says("a"), { ...WELCOME, port: 9000 })), []);
});

Deno.test("reducePage() keeps messages that wait below all others", () => {
  const room = roomAfter(
    queues("mine 1"),
    queues("mine 2"),
    says("theirs"),
    { type: "joined", roomId: 1, name: "Citra", timeMs: 2 },
  );
  assertEquals(listed(room), ["theirs", "joined", "mine 1", "mine 2"]);
});

Deno.test("reducePage() puts a stored message where it was stored", () => {
  const room = roomAfter(
    queues("mine 1"),
    queues("mine 2"),
    says("before"),
    delivers("mine 1"),
    says("after"),
    delivers("mine 2"),
  );
  assertEquals(listed(room), ["before", "mine 1", "after", "mine 2"]);
  const item = room.items[1];
  assert(item?.type === "message");
  assertEquals(item.delivery, storedAs(item.id));
  assertEquals(item.timeMs, 50, "the server's time counts");
});

Deno.test("reducePage() shows a refused message at its place", () => {
  const delivery = { state: "refused", reason: { code: "empty" } } as const;
  const room = roomAfter(queues("mine"), {
    roomId: 1,
    type: "delivery",
    id: "mine",
    delivery,
  }, says("theirs"));
  assertEquals(listed(room), ["mine", "theirs"]);
});

Deno.test("reducePage() takes a repeated message as its state only", () => {
  const room = roomAfter(
    queues("mine"),
    says("theirs"),
    says("mine", { own: true }),
    says("theirs"),
  );
  assertEquals(listed(room), ["theirs", "mine"]);
  assertEquals(room.received, 1);
});

Deno.test("reducePage() ignores the delivery of a message it does not have", () => {
  const before = after(WELCOME, says("a"));
  assertStrictEquals(reducePage(before, delivers("b")).room, before.room);
});

Deno.test("reducePage() counts messages of others, not history or own ones", () => {
  const room = roomAfter(
    says("old", { earlier: true }),
    queues("mine"),
    says("a"),
  );
  assertEquals(room.received, 1);
});

Deno.test("reducePage() follows who joins and leaves", () => {
  const room = roomAfter(
    { type: "joined", roomId: 1, name: "citra", timeMs: 1 },
    { type: "joined", roomId: 1, name: "Budi", timeMs: 2 },
    { type: "left", roomId: 1, name: "Ani", reason: "quit", timeMs: 3 },
  );
  assertEquals(room.members, ["Budi", "citra"]);
  assertEquals(listed(room), ["joined", "joined", "left"]);
});

Deno.test("reducePage() knows what people are, and tells what changes", () => {
  const budi = {
    type: "memberChanged",
    roomId: 1,
    name: "Budi",
    newName: "Budi S",
    role: "moderator",
    isAway: true,
    own: false,
  } as const;
  const ani = { ...budi, name: "Ani", newName: "Ani W", own: true } as const;
  const room = roomAfter(
    { type: "joined", roomId: 1, name: "Budi", role: "member", timeMs: 1 },
    budi,
    { ...ani, role: "owner", isAway: false },
  );
  assertEquals(room.members, ["Ani W", "Budi S"]);
  assertEquals(room.welcome.self, "Ani W");
  assertEquals([...room.people.values()], [
    { name: "Budi S", role: "moderator", isAway: true },
    { name: "Ani W", role: "owner", isAway: false },
  ]);
  const news = room.items.flatMap((item) =>
    item.type === "notice" && item.event.type === "memberNews"
      ? [item.event.before?.role]
      : []
  );
  assertEquals(news, ["member", "guest"]);
});

Deno.test("reducePage() numbers items without repeating", () => {
  const room = roomAfter(
    queues("mine"),
    says("a"),
    delivers("mine"),
    { type: "gap", roomId: 1, missedMessages: 2 },
  );
  const serials = room.items.map(({ serial }) => serial);
  assertEquals(serials, [1, 0, 2]);
  assertEquals(room.nextSerial, 3);
});

Deno.test("reducePage() keeps the newest items and says that it dropped some", () => {
  const events = Array.from(
    { length: MAX_ITEMS + 5 },
    (_, index) => says(String(index)),
  );
  const room = roomAfter(...events);
  assertEquals(room.items.length, MAX_ITEMS);
  assertEquals(listed(room)[0], "5");
  assertEquals(room.trimmed, true);
  assertEquals(roomAfter(says("a")).trimmed, false);
});

Deno.test("reducePage() marks what still waits at the end as not sent", () => {
  const room = roomAfter(queues("mine"), says("theirs"), {
    type: "ended",
    reason: { code: "removed", reason: "spam" },
  });
  assertEquals(room.ended, { code: "removed", reason: "spam" });
  const item = room.items.at(-1);
  assert(item?.type === "message");
  assertEquals(item.delivery, { state: "unsent" });
});

Deno.test("reducePage() offers a new login with the old names after an end", () => {
  const refusal = { code: "roomFull" } as const;
  const state = after(
    WELCOME,
    says("a"),
    { type: "ended", reason: { code: "refused", refusal } },
    { type: "loginWanted" },
  );
  assertEquals(state.view, "login");
  const { host, port, self: name } = WELCOME;
  assertEquals(state.login.filled, { host, port, name });
  assertEquals(state.login.refusal, refusal);
  const back = reducePage(state, WELCOME);
  assertEquals(back.room?.ended, undefined);
  assertEquals(back.room && listed(back.room), ["a"]);
});

Deno.test("reducePage() ends at quit, whatever the link does then", () => {
  const state = after(
    WELCOME,
    { type: "ended", reason: { code: "quit" } },
    { type: "linkClosed", reason: "gone" },
  );
  assertEquals(state.view, "left");
});

Deno.test("reducePage() shows that another page took over", () => {
  const state = after(WELCOME, { type: "linkClosed", reason: "takenOver" });
  assertEquals(state.view, "takenOver");
});

Deno.test("reducePage() starts over when the link opens anew", () => {
  assertStrictEquals(
    after(WELCOME, says("a"), { type: "linkOpened" }),
    INITIAL_PAGE_STATE,
  );
});

Deno.test("reducePage() forgets a message that was taken back", () => {
  const room = roomAfter(says("a"), queues("mine"), {
    type: "messageTakenBack",
    id: "mine",
  });
  assertEquals(listed(room), ["a"]);
});

Deno.test("reducePage() ignores a room's events outside a room", () => {
  const events: readonly PageEvent[] = [
    says("a"),
    delivers("a"),
    { type: "joined", roomId: 1, name: "Budi", timeMs: 1 },
    { type: "connection", connection: { state: "unresponsive" } },
    { type: "loginWanted" },
    { type: "ended", reason: { code: "removed", reason: "spam" } },
  ];
  for (const event of events) {
    assertStrictEquals(
      reducePage(INITIAL_PAGE_STATE, event),
      INITIAL_PAGE_STATE,
    );
  }
});
