import { assertEquals } from "@std/assert";
import type { QuestionRefusal } from "../../../lib/chat/open_requests.ts";
import type { Role } from "../../../lib/chat/role.ts";
import type { ClientEvent } from "../../../lib/ui/bridge.ts";
import {
  MAX_HELD_EVENTS,
  RoomEntry,
  type ScriptEvent,
  type WantedRoom,
} from "../../../lib/ui/room_entry.ts";
import { connection, FakeSession, message, WELCOME } from "./fake_session.ts";

const DEV: WantedRoom = { type: "room", name: "dev" };
const BUDI: WantedRoom = { type: "person", name: "Budi" };
const THERE: ClientEvent = { ...WELCOME, roomId: 7, room: "dev" };

/** A way into a room, and what came of it. */
class Way {
  readonly session = new FakeSession();
  readonly told: ScriptEvent[] = [];
  /** What is to be done later, and after how many seconds. */
  readonly later: { seconds: number; callback: () => void }[] = [];
  readonly entry: RoomEntry;

  constructor(wanted: WantedRoom | undefined, isSameGuest = false) {
    this.entry = new RoomEntry({
      session: this.session,
      wanted,
      isSameGuest,
      onEvent: (event) => this.told.push(event),
      later: (seconds, callback) => {
        this.later.push({ seconds, callback });
        return () => this.later.splice(0);
      },
    });
    this.session.subscribe((event) => this.entry.handleEvent(event));
  }

  /** The questions since the last call. */
  asked(): unknown[] {
    return this.session.take().map((command) =>
      command.type === "ask" ? command.query : command
    );
  }

  answer(questionId: number, roomId: number): void {
    const answer = { type: "joinRoom", roomId } as const;
    this.session.emit({ type: "answer", roomId: 1, questionId, answer });
  }

  fail(questionId: number, refusal: QuestionRefusal): void {
    this.session.emit({ type: "unanswered", roomId: 1, questionId, refusal });
  }

  get types(): string[] {
    return this.told.map(({ type }) => type);
  }
}

function said(roomId: number, id = "m1"): ClientEvent {
  return message({ roomId, id });
}

function opened(isNew: boolean): ClientEvent {
  return {
    type: "roomOpened",
    roomId: 7,
    kind: "public",
    name: "dev",
    by: "",
    isNew,
    lastSequence: 0,
    readSequence: 0,
  };
}

function closed(reason: "meanwhile" | "archived"): ClientEvent {
  return { type: "roomClosed", roomId: 7, reason };
}

function welcomeAs(role: Role): ClientEvent {
  const people = [{ name: "Ani", role, isAway: false }];
  return { ...WELCOME, people };
}

Deno.test("RoomEntry tells of the default room alone if none is wanted", () => {
  const { session, told, entry } = new Way(undefined);
  session.emit(WELCOME, said(7), said(1));
  assertEquals(told, [WELCOME, said(1)]);
  assertEquals(entry.roomId, 1);
  assertEquals(session.take(), []);
});

Deno.test("RoomEntry joins a room and tells what happens there", () => {
  const way = new Way(DEV);
  way.session.emit({ type: "loginProgress", stage: "connecting" });
  way.session.emit(WELCOME, said(1));
  assertEquals(way.asked(), [{ type: "joinRoom", name: "dev" }]);
  assertEquals([way.types, way.entry.roomId], [["loginProgress"], 0]);
  way.answer(1, 7);
  way.session.emit(THERE, said(7), said(8), said(1));
  assertEquals(way.told.slice(1), [THERE, said(7)]);
  assertEquals(way.entry.roomId, 7);
});

Deno.test("RoomEntry loses nothing of a room that was entered before the answer", () => {
  const way = new Way(DEV);
  way.session.emit(WELCOME, opened(false), THERE, said(7, "a"), said(8));
  assertEquals(way.told, []);
  way.answer(1, 7);
  way.session.emit(said(7, "b"));
  assertEquals(way.told, [THERE, said(7, "a"), said(7, "b")]);
});

Deno.test("RoomEntry keeps only so much before the answer, and says how much is missing", () => {
  const way = new Way(DEV);
  way.session.emit(WELCOME, THERE);
  const own = message({ roomId: 7, id: "own", own: true });
  way.session.emit(own);
  for (let i = 0; i < MAX_HELD_EVENTS; i++) way.session.emit(said(7, `${i}`));
  way.answer(1, 7);
  const gap = { type: "gap", roomId: 7, missedMessages: 2 } as const;
  assertEquals(way.told.slice(0, 4), [THERE, gap, own, said(7, "2")]);
});

Deno.test("RoomEntry knows the default room by its name", () => {
  const way = new Way({ type: "room", name: "lobby" });
  way.session.emit(WELCOME);
  assertEquals([way.types, way.entry.roomId], [["welcome"], 1]);
  assertEquals(way.asked(), []);
});

Deno.test("RoomEntry tells why a room cannot be entered", () => {
  const way = new Way(DEV);
  way.session.emit(WELCOME);
  const refusal = { code: "noSuchRoom" } as const;
  way.fail(1, refusal);
  assertEquals(way.told, [{ type: "roomRefused", refusal }]);
});

Deno.test("RoomEntry asks a busy server again after the time it names", () => {
  const way = new Way(DEV);
  way.session.emit(WELCOME);
  way.asked();
  way.fail(1, { code: "busy", retryAfterSeconds: 3 });
  assertEquals(way.later.map(({ seconds }) => seconds), [3]);
  way.later[0]!.callback();
  assertEquals(way.asked(), [{ type: "joinRoom", name: "dev" }]);
  way.answer(2, 7);
  assertEquals(way.entry.roomId, 7);
});

Deno.test("RoomEntry asks no more once the session is over", () => {
  const way = new Way(DEV);
  way.session.emit(WELCOME);
  way.fail(1, { code: "busy", retryAfterSeconds: 3 });
  way.session.emit({ type: "ended", reason: { code: "quit" } });
  assertEquals([way.later, way.types], [[], ["ended"]]);
});

Deno.test("RoomEntry asks again when the server is back", () => {
  const way = new Way(DEV);
  way.session.emit(WELCOME);
  way.fail(1, { code: "offline" });
  assertEquals(way.asked().length, 1);
  way.session.emit(connection("reconnecting"), WELCOME);
  assertEquals(way.asked(), [{ type: "joinRoom", name: "dev" }]);
  // Of the connection before.
  way.answer(1, 9);
  assertEquals(way.entry.roomId, 0);
});

Deno.test("RoomEntry does not ask again in a room that it is in", () => {
  const way = new Way(DEV);
  way.session.emit(WELCOME);
  way.answer(1, 7);
  way.asked();
  way.session.emit(connection("reconnecting"), WELCOME, opened(false), THERE);
  assertEquals(way.asked(), []);
  assertEquals(way.types, ["connection", "welcome"]);
});

Deno.test("RoomEntry tells that a room was closed", () => {
  const way = new Way(DEV);
  way.session.emit(WELCOME);
  way.answer(1, 7);
  way.session.emit(closed("archived"));
  assertEquals(way.told, [closed("archived")]);
});

Deno.test("RoomEntry looks for a room that was lost while the server was away, and says nothing elsewhere", () => {
  const way = new Way(DEV);
  way.session.emit(WELCOME);
  way.answer(1, 7);
  way.asked();
  way.session.emit(closed("meanwhile"));
  assertEquals(way.asked(), [{ type: "joinRoom", name: "dev" }]);
  assertEquals(way.entry.roomId, 7);
  way.answer(2, 12);
  assertEquals([way.entry.roomId, way.told], [12, []]);
});

Deno.test("RoomEntry.leave() leaves a room only if the script has joined it", () => {
  for (
    const [isNew, isSameGuest, left] of [
      [true, false, [{ type: "leaveRoom", roomId: 7 }]],
      [false, false, []],
      [true, true, []],
    ] as const
  ) {
    const way = new Way(DEV, isSameGuest);
    way.session.emit(WELCOME, opened(isNew));
    way.answer(1, 7);
    way.asked();
    way.entry.leave();
    way.entry.leave();
    assertEquals(way.asked(), [...left]);
  }
});

Deno.test("RoomEntry begins a talk for who has a name of its own, or stays the same guest", () => {
  for (const [role, isSameGuest] of [["member", false], ["guest", true]]) {
    const way = new Way(BUDI, isSameGuest === true);
    way.session.emit(welcomeAs(role as Role));
    assertEquals(way.asked(), [{ type: "direct", name: "Budi" }]);
  }
  const way = new Way(BUDI);
  way.session.emit(welcomeAs("guest"));
  assertEquals(way.asked(), []);
  const refusal = { code: "needsRole", role: "member" } as const;
  assertEquals(way.told, [{ type: "roomRefused", refusal }]);
});
