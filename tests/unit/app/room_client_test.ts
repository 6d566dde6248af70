import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MAX_QUEUED_EVENTS } from "../../../lib/app/event_queue.ts";
import {
  connect,
  enterRoom,
  type RoomClient,
  RoomError,
} from "../../../lib/app/room_client.ts";
import { failureText } from "../../../lib/app/room_failure.ts";
import {
  connection,
  message,
  NOON_MS,
  stored,
  WELCOME,
} from "../ui/fake_session.ts";
import { ScriptSession } from "./script_session.ts";

const LOGIN = { host: "h", port: 1, name: "Ani", password: "x", history: 0 };

async function inside(
  options: { history?: number; lastSequence?: number } = {},
): Promise<{ session: ScriptSession; room: RoomClient }> {
  const { history = 0, lastSequence = 0 } = options;
  const session = new ScriptSession();
  const entering = enterRoom(session, { ...LOGIN, history });
  session.emit({ ...WELCOME, lastSequence });
  return { session, room: await entering };
}

function said(sequence: number, earlier = false, roomId = 1) {
  const delivery = {
    state: "stored",
    sequence,
    timeMs: NOON_MS,
    forwardedTo: 1,
  } as const;
  return message({ roomId, id: `m${sequence}`, earlier, delivery });
}

/** Leaves, and gives all that was not read. */
async function rest(room: RoomClient): Promise<unknown[]> {
  await room.close();
  return await Array.fromAsync(room);
}

Deno.test("enterRoom() logs in and knows who is there", async () => {
  const { session, room } = await inside();
  const { history: _, ...login } = LOGIN;
  assertEquals(session.take(), [{ type: "login", ...login }]);
  assertEquals([room.name, room.room], ["Ani", "Lobby"]);
  session.emit({ type: "joined", roomId: 1, name: "Citra", timeMs: 1 });
  session.emit({
    type: "left",
    roomId: 1,
    name: "Budi",
    reason: "quit",
    timeMs: 2,
  });
  assertEquals(room.members, ["Ani", "Citra"]);
});

Deno.test("RoomClient knows people by the names that they take", async () => {
  const { session, room } = await inside();
  const change = { type: "memberChanged", roomId: 1, role: "guest" } as const;
  const rest = { ...change, isAway: false };
  session.emit({ ...rest, name: "Budi", newName: "Bobi", own: false });
  session.emit({ ...rest, name: "Ani", newName: "Anita", own: true });
  assertEquals([room.name, room.members], ["Anita", ["Bobi", "Anita"]]);
});

Deno.test("enterRoom() throws why the login was refused, and is over", async () => {
  const session = new ScriptSession();
  const entering = enterRoom(session, LOGIN);
  session.emit({ type: "loginRefused", refusal: { code: "wrongPassword" } });
  const error = await assertRejects(() => entering, RoomError);
  assertEquals(error.failure, {
    type: "loginRefused",
    refusal: { code: "wrongPassword" },
  });
  assertStringIncludes(error.message, "password");
  assertEquals(session.commands.at(-1), { type: "quit" });
});

Deno.test("connect() refuses what is no address", async () => {
  const error = await assertRejects(
    () => connect({ server: "http://x/", name: "Ani" }),
    RoomError,
  );
  assertEquals(error.failure.type, "serverInvalid");
});

Deno.test("RoomClient tells what happens, in order", async () => {
  const { session, room } = await inside();
  session.emit(
    said(1),
    { type: "joined", roomId: 1, name: "Citra", timeMs: 1 },
    connection("reconnecting"),
    { type: "gap", roomId: 1, missedMessages: 2 },
  );
  assertEquals(await rest(room), [
    {
      type: "message",
      roomId: 1,
      sequence: 1,
      id: "m1",
      author: "Budi",
      text: "halo",
      style: "plain",
      replyTo: 0,
      timeMs: NOON_MS,
      own: false,
      earlier: false,
      room: "Lobby",
    },
    { type: "joined", roomId: 1, name: "Citra", timeMs: 1, room: "Lobby" },
    {
      type: "connection",
      state: "reconnecting",
      attempt: 1,
      serverStopped: false,
    },
    { type: "gap", roomId: 1, missedMessages: 2, room: "Lobby" },
  ]);
});

Deno.test("RoomClient tells only as many earlier messages as were asked for", async () => {
  for (const history of [0, 2]) {
    const { session, room } = await inside({ history, lastSequence: 5 });
    session.emit(...[1, 2, 3, 4, 5].map((place) => said(place, true)), said(6));
    const places = (await rest(room)).map((event) =>
      (event as { sequence: number }).sequence
    );
    assertEquals(places, history === 0 ? [6] : [4, 5, 6]);
  }
});

Deno.test("RoomClient tells what its person wrote on another device", async () => {
  const { session, room } = await inside({ history: 1, lastSequence: 4 });
  session.emit({ ...said(3, true), own: true, author: "Ani" });
  session.emit({ ...said(4, true), own: true, author: "Ani" });
  session.emit({ ...said(5), own: true, author: "Ani" });
  const told = await rest(room) as Record<string, unknown>[];
  assertEquals(
    told.map(({ sequence, own, earlier }) => [sequence, own, earlier]),
    [
      [4, true, true],
      [5, true, false],
    ],
  );
});

Deno.test("RoomClient.send() gives the place, and tells the message as own", async () => {
  const { session, room } = await inside();
  const sent = room.send("hello");
  session.emit(stored("hello"));
  const place = { sequence: 1, id: "hello", timeMs: NOON_MS };
  assertEquals(await sent, { ...place, forwardedTo: 1 });
  assertEquals(await rest(room), [{
    type: "message",
    roomId: 1,
    ...place,
    author: "Ani",
    text: "hello",
    style: "plain",
    replyTo: 0,
    own: true,
    earlier: false,
    room: "Lobby",
  }]);
});

Deno.test("RoomClient tells what was changed", async () => {
  const { session, room } = await inside();
  const change = {
    type: "change",
    roomId: 1,
    sequence: 2,
    act: { type: "remove", target: 1 },
    author: "Budi",
    own: false,
    timeMs: NOON_MS,
    earlier: false,
  } as const;
  session.emit(change);
  assertEquals(await rest(room), [{ ...change, room: "Lobby" }]);
});

Deno.test("RoomClient.send() throws why a message was refused", async () => {
  const { session, room } = await inside();
  const sent = room.send("hello");
  session.emit({
    roomId: 1,
    type: "delivery",
    id: "hello",
    delivery: { state: "refused", reason: { code: "empty" } },
  });
  const error = await assertRejects(() => sent, RoomError);
  assertEquals(error.failure.type, "messageRefused");
});

Deno.test("RoomClient throws when it is put out of the room", async () => {
  const { session, room } = await inside();
  const sent = room.send("hello");
  const reason = { code: "removed", reason: "spam" } as const;
  session.emit({ type: "ended", reason });
  await assertRejects(() => sent, RoomError);
  await assertRejects(() => room.send("again"), RoomError);
  const error = await assertRejects(() => Array.fromAsync(room), RoomError);
  assertEquals(error.failure, { type: "ended", reason });
  await room.close();
});

Deno.test("RoomClient.close() ends the reading and what waits", async () => {
  const { room } = await inside();
  const sent = room.send("hello");
  const reading = Array.fromAsync(room);
  await room.close();
  assertEquals(await reading, []);
  await assertRejects(() => sent, RoomError);
});

/** Inside a room that is not the default one. */
async function insideDev(
  options: { history?: number; lastSequence?: number } = {},
): Promise<{ session: ScriptSession; room: RoomClient }> {
  const { history = 0, lastSequence = 0 } = options;
  const session = new ScriptSession();
  const wanted = { type: "room", name: "dev" } as const;
  const entering = enterRoom(session, { ...LOGIN, history, room: wanted });
  const answer = { type: "joinRoom", roomId: 7 } as const;
  session.emit(
    WELCOME,
    { type: "answer", roomId: 1, questionId: 1, answer },
    {
      type: "roomOpened",
      roomId: 7,
      kind: "public",
      name: "dev",
      by: "",
      isNew: true,
      lastSequence,
      readSequence: 0,
    },
    { ...WELCOME, roomId: 7, room: "dev", members: ["Ani"], lastSequence },
  );
  const room = await entering;
  session.take();
  return { session, room };
}

Deno.test("RoomClient reads and writes in the room that is wanted, and leaves it", async () => {
  const { session, room } = await insideDev({ history: 1, lastSequence: 2 });
  assertEquals([room.room, room.members], ["dev", ["Ani"]]);
  session.emit(
    ...[1, 2].map((place) => said(place, true, 7)),
    said(3),
  );
  const sent = room.send("hello");
  session.emit(stored("hello", 7));
  assertEquals((await sent).sequence, 1);
  const told = await rest(room) as Record<string, unknown>[];
  const seen = told.map(({ sequence, roomId, room, own }) => [
    sequence,
    roomId,
    room,
    own,
  ]);
  assertEquals(seen, [[2, 7, "dev", false], [1, 7, "dev", true]]);
  assertEquals(
    session.commands.filter(({ type }) => type !== "read"),
    [
      { type: "send", roomId: 7, text: "hello" },
      {
        type: "ask",
        roomId: 1,
        questionId: 2,
        query: { type: "leaveRoom", roomId: 7 },
      },
      { type: "quit" },
    ],
  );
});

Deno.test("RoomClient throws when its room is over, and what waits is refused", async () => {
  const { session, room } = await insideDev();
  const sent = room.send("hello");
  session.emit(
    {
      type: "delivery",
      roomId: 7,
      id: "hello",
      delivery: { state: "refused", reason: { code: "notInRoom" } },
    },
    { type: "roomClosed", roomId: 7, reason: "archived" },
  );
  const refused = await assertRejects(() => sent, RoomError);
  assertEquals(refused.failure.type, "messageRefused");
  const error = await assertRejects(() => Array.fromAsync(room), RoomError);
  const failure = { type: "roomClosed", room: "#dev", reason: "archived" };
  assertEquals(error.failure, failure as typeof error.failure);
  assertEquals(error.message, "#dev is over: it was archived.");
  await room.close();
});

Deno.test("enterRoom() throws why the room cannot be entered, and is over", async () => {
  const session = new ScriptSession();
  const room = { type: "room", name: "dev" } as const;
  const entering = enterRoom(session, { ...LOGIN, room });
  session.emit(WELCOME, {
    type: "unanswered",
    roomId: 1,
    questionId: 1,
    refusal: { code: "noSuchRoom" },
  });
  const error = await assertRejects(() => entering, RoomError);
  assertEquals(error.message, "#dev: There is no such room.");
  assertEquals(session.commands.at(-1), { type: "quit" });
});

Deno.test("connect() takes a room or a person, not both", async () => {
  await assertRejects(
    () => connect({ server: "h", name: "Ani", room: "dev", to: "Budi" }),
    TypeError,
  );
});

Deno.test("RoomClient stops reading the room for a slow reader, but not for who waits for an answer", async () => {
  const { session, room } = await inside();
  const reader = room[Symbol.asyncIterator]();
  const first = reader.next();
  for (let i = 1; i <= MAX_QUEUED_EVENTS + 2; i++) session.emit(said(i));
  await first;
  assertEquals(session.reading, [false]);
  const sent = room.send("hello");
  assertEquals(session.reading.at(-1), true);
  session.emit(stored("hello"));
  await sent;
  assertEquals(session.reading.at(-1), false);
});

Deno.test("failureText() says every failure in both languages", () => {
  for (
    const failure of [
      { type: "serverInvalid", server: "a/b" },
      { type: "loginRefused", refusal: { code: "roomFull" } },
      { type: "messageRefused", refusal: { code: "empty" } },
      { type: "roomRefused", room: "#x", refusal: { code: "noSuchRoom" } },
      { type: "roomClosed", room: "#x", reason: "archived" },
      { type: "ended", reason: { code: "removed", reason: "spam" } },
    ] as const
  ) {
    const [english, indonesian] = [
      failureText("en", failure),
      failureText("id", failure),
    ];
    assertEquals(english.length > 0 && english !== indonesian, true);
  }
});
