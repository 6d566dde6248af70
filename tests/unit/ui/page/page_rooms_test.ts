import { assertEquals } from "@std/assert";
import {
  INITIAL_PAGE_STATE,
  type PageEvent,
  type PageState,
  reducePage,
} from "../../../../lib/ui/page/page_state.ts";
import type { RoomCommand } from "../../../../lib/ui/room_command.ts";
import { PageErrands } from "../../../../lib/ui/page/page_errands.ts";
import {
  message,
  OPENED,
  OPENED_WELCOME as ENTERED,
  WELCOME,
} from "../fake_session.ts";

function says(roomId: number, text: string, sequence = 1): PageEvent {
  const delivery = { state: "stored", timeMs: 0, forwardedTo: 0 } as const;
  return message({
    roomId,
    id: text,
    text,
    delivery: { ...delivery, sequence },
  });
}

function reduce(...events: readonly PageEvent[]): PageState {
  return events.reduce(reducePage, INITIAL_PAGE_STATE);
}

/** The room as it is told of after a reconnect. */
const KNOWN = { ...OPENED, isNew: false };

function listed({ rooms }: PageState): unknown[] {
  return rooms.map(({ name, unread, isMentioned }) => [
    name,
    unread,
    isMentioned,
  ]);
}

Deno.test("reducePage() keeps the rooms apart, and counts what was not read", () => {
  const state = reduce(
    WELCOME,
    KNOWN,
    ENTERED,
    says(1, "here"),
    says(2, "there"),
    says(2, `@${WELCOME.self} look`, 2),
  );
  assertEquals(state.room?.items.length, 1);
  assertEquals(state.elsewhere.get(2)?.items.length, 2);
  assertEquals(listed(state), [["Lobby", 0, false], ["Sains", 2, true]]);
});

Deno.test("reducePage() takes a name for a mention only where it is one", () => {
  const { self } = WELCOME;
  for (const text of [`@${self}ta`, `mail@${self}`, `\`@${self}\``]) {
    const state = reduce(WELCOME, OPENED, ENTERED, says(2, text));
    assertEquals(listed(state)[1], ["Sains", 1, false], text);
  }
});

Deno.test("reducePage() does not count what another device has read", () => {
  const read = { ...OPENED, readSequence: 5 };
  const state = reduce(WELCOME, read, ENTERED, says(2, "old", 5));
  assertEquals(listed(state)[1], ["Sains", 0, false]);
});

Deno.test("reducePage() shows the room that is wanted, and keeps the other", () => {
  const state = reduce(
    WELCOME,
    KNOWN,
    ENTERED,
    says(1, "here"),
    says(2, "there"),
    { type: "roomWanted", roomId: 2 },
    says(1, "later", 2),
  );
  assertEquals(state.room?.welcome.room, "Sains");
  assertEquals(listed(state), [["Lobby", 1, false], ["Sains", 0, false]]);
  const back = reducePage(state, { type: "roomWanted", roomId: 1 });
  assertEquals(back.room?.items.length, 2);
});

Deno.test("reducePage() shows a new room once it is there", () => {
  const answer = { type: "createRoom", roomId: 2 } as const;
  const asked = { type: "answer", roomId: 1, questionId: 1, answer } as const;
  for (
    const order of [[asked, OPENED, ENTERED], [OPENED, ENTERED, asked]] as const
  ) assertEquals(reduce(WELCOME, ...order).room?.welcome.roomId, 2);
});

Deno.test("reducePage() stays in a room where something is being written", () => {
  const answer = { type: "createRoom", roomId: 2 } as const;
  const asked = { type: "answer", roomId: 1, questionId: 1, answer } as const;
  for (
    const order of [[asked, OPENED, ENTERED], [OPENED, ENTERED, asked]] as const
  ) {
    const [first, ...rest] = order;
    const before = reduce(WELCOME, first);
    const state = rest.reduce(reducePage, { ...before, isWriting: true });
    assertEquals(state.room?.welcome.roomId, 1);
    const later = reducePage({ ...state, isWriting: false }, ENTERED);
    assertEquals(later.room?.welcome.roomId, 1);
  }
});

/** Who opened which rooms, as it was told in the room that is shown. */
function told({ room }: PageState): unknown[] {
  return room!.items.flatMap((item) =>
    item.type === "notice" && item.event.type === "roomOpened"
      ? [[item.event.by, item.event.kind, item.event.name]]
      : []
  );
}

Deno.test("reducePage() tells where one is of a room that somebody opened", () => {
  const invited = { ...OPENED, kind: "private", by: "Budi" } as const;
  const talk = { ...OPENED, roomId: 3, kind: "direct", name: "Citra" } as const;
  const state = reduce(WELCOME, invited, ENTERED, { ...talk, by: "Citra" });
  assertEquals(told(state), [
    ["Budi", "private", "Sains"],
    ["Citra", "direct", "Citra"],
  ]);
  assertEquals(state.room?.welcome.roomId, 1);
  // A reconnect tells of it once more.
  const again = reducePage(state, { ...invited, by: "", isNew: false });
  assertEquals(told(again).length, 2);
});

Deno.test("reducePage() tells of a room that another device made, and of none from before", () => {
  assertEquals(told(reduce(WELCOME, OPENED)), [["", "public", "Sains"]]);
  assertEquals(told(reduce(WELCOME, KNOWN)), []);
});

Deno.test("reducePage() tells nothing of a room that it shows", () => {
  const answer = { type: "createRoom", roomId: 2 } as const;
  const asked = { type: "answer", roomId: 1, questionId: 1, answer } as const;
  for (
    const order of [[asked, OPENED, ENTERED], [OPENED, asked, ENTERED]] as const
  ) {
    const asking = { ...reduce(WELCOME), isAsking: true };
    const state = order.reduce<PageState>(reducePage, asking);
    assertEquals(state.room?.welcome.roomId, 2);
    assertEquals([told(state), state.elsewhere.get(1)?.items], [[], []]);
  }
});

Deno.test("reducePage() tells once of a room that was asked for, where something is being written", () => {
  const answer = { type: "createRoom", roomId: 2 } as const;
  const asked = { type: "answer", roomId: 1, questionId: 1, answer } as const;
  const writing = { ...reduce(WELCOME), isWriting: true };
  const orders = [
    // The page has asked until the answer is there.
    [{ ...writing, isAsking: true }, [OPENED, asked, ENTERED]],
    [{ ...writing, isAsking: true }, [OPENED, ENTERED, asked]],
    [writing, [asked, OPENED, ENTERED]],
  ] as const;
  for (const [before, order] of orders) {
    const state = order.reduce<PageState>(reducePage, before);
    assertEquals(state.room?.welcome.roomId, 1);
    assertEquals(told(state), [["", "public", "Sains"]]);
  }
});

Deno.test("reducePage() shows the first room when the other is closed", () => {
  const state = reduce(WELCOME, OPENED, ENTERED, {
    type: "roomWanted",
    roomId: 2,
  }, { type: "roomClosed", roomId: 2, reason: "archived" });
  assertEquals(state.room?.welcome.roomId, 1);
  assertEquals([state.rooms.length, state.elsewhere.size], [1, 0]);
});

Deno.test("PageErrands sends a text to one person once the talk is there", () => {
  const errands = new PageErrands();
  const asked = errands.run({ type: "msg", name: "Budi", text: "psst" }, [], 1);
  const questionId = asked.type === "ask" ? asked.questionId : -1;
  const answer = { type: "direct", roomId: 2 } as const;
  const answered = { type: "answer", roomId: 1, questionId, answer } as const;
  assertEquals(errands.handleEvent(answered), undefined);
  assertEquals(errands.handleEvent(OPENED), {
    type: "send",
    roomId: 2,
    text: "psst",
  });
});

Deno.test("reducePage() takes off what was read on another device, with its mark", () => {
  const calling = `@${WELCOME.self} look`;
  const state = reduce(
    WELCOME,
    OPENED,
    ENTERED,
    says(2, calling, 1),
    says(2, "there", 2),
    says(2, "and there", 3),
    { type: "read", roomId: 2, readSequence: 1 },
  );
  assertEquals(listed(state)[1], ["Sains", 2, false]);
  const later = [
    { type: "read", roomId: 2, readSequence: 3 },
    // What comes after it was read on the way.
    { type: "read", roomId: 2, readSequence: 4 },
    says(2, calling, 4),
  ] as const;
  const read = later.reduce(reducePage, state);
  assertEquals(listed(read)[1], ["Sains", 0, false]);
  const called = reducePage(read, says(2, calling, 5));
  assertEquals(listed(called)[1], ["Sains", 1, true]);
});

Deno.test("reducePage() keeps the mark of what was not read", () => {
  const state = reduce(
    WELCOME,
    OPENED,
    ENTERED,
    says(2, "there", 1),
    says(2, `@${WELCOME.self} look`, 2),
    { type: "read", roomId: 2, readSequence: 1 },
    { type: "read", roomId: 2, readSequence: 0 },
  );
  assertEquals(listed(state)[1], ["Sains", 1, true]);
});

Deno.test("reducePage() counts nothing again that was seen here", () => {
  const state = reduce(
    WELCOME,
    OPENED,
    ENTERED,
    says(1, "here", 1),
    { type: "roomWanted", roomId: 2 },
    says(1, "later", 2),
    { type: "roomWanted", roomId: 1 },
    { type: "roomWanted", roomId: 2 },
    says(1, "last", 3),
    { type: "read", roomId: 1, readSequence: 1 },
  );
  assertEquals(listed(state)[0], ["Lobby", 1, false]);
});

Deno.test("reducePage() takes off what a welcome, or a list of rooms, says was read meanwhile", () => {
  const state = reduce(
    WELCOME,
    OPENED,
    ENTERED,
    says(1, "here", 1),
    says(2, "there", 1),
    says(2, "and there", 2),
    { ...OPENED, isNew: false, readSequence: 1 },
  );
  assertEquals(listed(state)[1], ["Sains", 1, false]);
  const again = reducePage(state, { ...ENTERED, readSequence: 2 });
  assertEquals(listed(again)[1], ["Sains", 0, false]);
});

Deno.test("reducePage() keeps what was not read in the default room over a reconnect", () => {
  const state = reduce(
    WELCOME,
    OPENED,
    ENTERED,
    { type: "roomWanted", roomId: 2 },
    says(1, "here", 1),
    says(1, "and here", 2),
    { ...WELCOME, readSequence: 1 },
  );
  assertEquals(listed(state)[0], ["Lobby", 1, false]);
});

Deno.test("reducePage() tells the title what was read on another device", () => {
  const state = reduce(
    WELCOME,
    says(1, "old", 1),
    says(1, "new", 2),
    { type: "read", roomId: 1, readSequence: 1 },
  );
  assertEquals([state.room?.received, state.room?.readElsewhere], [2, 1]);
  assertEquals(state.room?.readSequence, 1);
  const behind = reduce(
    WELCOME,
    { type: "read", roomId: 1, readSequence: 1 },
    says(1, "old", 1),
    says(1, "new", 2),
  );
  assertEquals([behind.room?.received, behind.room?.readElsewhere], [1, 0]);
});

Deno.test("PageErrands waits for a room from the question to its answer", () => {
  const errands = new PageErrands();
  const ask = (command: RoomCommand) => {
    const asked = errands.run(command, [], 1);
    return asked.type === "ask" ? asked.questionId : -1;
  };
  ask({ type: "rooms" });
  assertEquals(errands.isAsking, false);
  const commands = [
    { type: "create", name: "Seni", kind: "public" },
    { type: "join", name: "Seni" },
    { type: "msg", name: "Budi", text: "" },
  ] as const;
  for (const command of commands) {
    const questionId = ask(command);
    assertEquals(errands.isAsking, true);
    const answer = { type: "joinRoom", roomId: 2 } as const;
    errands.handleEvent({ type: "answer", roomId: 1, questionId, answer });
    assertEquals(errands.isAsking, false);
  }
  const questionId = ask(commands[0]);
  const refusal = { code: "roomNameTaken" } as const;
  errands.handleEvent({ type: "unanswered", roomId: 1, questionId, refusal });
  assertEquals(errands.isAsking, false);
  ask(commands[1]);
  errands.handleEvent({ type: "linkOpened" });
  assertEquals(errands.isAsking, false);
});
