/** What a terminal shows of rooms in which much was missed. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { PastMessage } from "../../../lib/chat/request.ts";
import type { ClientCommand, ClientEvent } from "../../../lib/ui/bridge.ts";
import { TerminalRooms } from "../../../lib/ui/terminal_rooms.ts";
import { terminalStyle } from "../../../lib/ui/terminal_style.ts";
import { WELCOME } from "./fake_session.ts";

/** What a terminal shows at once of what was missed. */
const SCREEN_EVENTS = 20;

/** Somebody in the rooms Lobby (1), which is shown, and Sains (2). */
function setUp() {
  const commands: ClientCommand[] = [];
  const rooms = new TerminalRooms({
    isWriting: () => false,
    saveFile: () => ({ type: "saved" }),
    language: "en",
    style: terminalStyle(false),
    timeZone: "UTC",
    session: {
      handleCommand: (command) => commands.push(command),
      subscribe: () => {},
    },
  });
  const tell = (event: Parameters<TerminalRooms["handleEvent"]>[0]) =>
    rooms.handleEvent(event, 80);
  tell(WELCOME);
  tell({
    type: "roomOpened",
    roomId: 2,
    kind: "public",
    name: "Sains",
    by: "",
    isNew: false,
    lastSequence: 0,
    readSequence: 0,
  });
  tell({ ...WELCOME, roomId: 2, room: "Sains" });
  const join = (name: string) => rooms.run({ type: "join", name }, 80);
  return { commands, tell, join };
}

function message(sequence: number) {
  return {
    type: "message",
    roomId: 1,
    id: `${sequence}`,
    author: "Budi",
    own: false,
    style: "plain",
    replyTo: 0,
    text: `text ${sequence}.`,
    timeMs: 0,
    earlier: false,
    delivery: { state: "stored", sequence, timeMs: 0, forwardedTo: 0 },
  } as const satisfies ClientEvent;
}

function past(sequence: number): PastMessage {
  const { author, own, style, replyTo, text, timeMs } = message(sequence);
  return {
    sequence,
    author,
    own,
    style,
    replyTo,
    text,
    timeMs,
    isEdited: false,
  };
}

function begun(events: number) {
  return { type: "catchUp", roomId: 1, stage: "begun", events } as const;
}

function preview(...messages: PastMessage[]) {
  return { type: "catchUp", roomId: 1, stage: "preview", messages } as const;
}

const DONE = { type: "catchUp", roomId: 1, stage: "done" } as const;

/** The messages among some lines, by their numbers. */
function numbersIn(lines: readonly string[]): number[] {
  return lines.flatMap((line) => /text (\d+)\./.exec(line)?.[1] ?? [])
    .map(Number);
}

function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

Deno.test("TerminalRooms says how much was missed and shows the newest of it first", () => {
  const { tell } = setUp();
  assertStringIncludes(tell(begun(300)).join("\n"), "Fetching 300 earlier");
  const lines = tell(preview(past(299), past(300)));
  assertEquals(numbersIn(lines), [299, 300]);
});

Deno.test("TerminalRooms prints only the end of what was missed, when all has come", () => {
  const { tell, commands } = setUp();
  tell(begun(100));
  for (const sequence of numbers(1, 100)) {
    assertEquals(tell(message(sequence)), []);
  }
  assert(!commands.some(({ type }) => type === "read"), "nothing is shown yet");
  const lines = tell(DONE);
  assertStringIncludes(lines.join("\n"), "80 older events are not shown");
  assertEquals(numbersIn(lines), numbers(101 - SCREEN_EVENTS, 100));
  const read = commands.findLast(({ type }) => type === "read");
  assert(read?.type === "read");
  assertEquals([read.roomId, read.sequence], [1, 100]);
  assertEquals(numbersIn(tell(message(101))), [101]);
});

Deno.test("TerminalRooms says nothing of events that are not shown where there are none", () => {
  const { tell } = setUp();
  tell(begun(2));
  tell(message(1));
  tell(message(2));
  const lines = tell(DONE);
  assertEquals(numbersIn(lines), [1, 2]);
  assert(!lines.join("\n").includes("not shown"));
});

Deno.test("TerminalRooms shows nothing of a catch-up in another room, and its end when that is shown", () => {
  const { tell, join } = setUp();
  join("Sains");
  assertEquals(tell(begun(100)), []);
  assertEquals(tell(preview(past(100))), []);
  for (const sequence of numbers(1, 100)) tell(message(sequence));
  assertEquals(tell(DONE), []);
  assertEquals(numbersIn(join("Lobby")), numbers(1, 100));
  assertEquals(numbersIn(tell(message(101))), [101]);
});

Deno.test("TerminalRooms loses nothing of a room that is left while it catches up", () => {
  const { tell, join } = setUp();
  tell(begun(100));
  for (const sequence of numbers(1, 60)) tell(message(sequence));
  join("Sains");
  for (const sequence of numbers(61, 100)) tell(message(sequence));
  assertEquals(tell(DONE), []);
  const lines = join("Lobby");
  assertStringIncludes(lines.join("\n"), "40 older events are not shown");
  assertEquals(numbersIn(lines), numbers(41, 100));
  assertEquals(numbersIn(tell(message(101))), [101]);
});

Deno.test("TerminalRooms goes on holding back for who returns before all has come", () => {
  const { tell, join } = setUp();
  tell(begun(100));
  for (const sequence of numbers(1, 40)) tell(message(sequence));
  join("Sains");
  for (const sequence of numbers(41, 60)) tell(message(sequence));
  assertEquals(numbersIn(join("Lobby")), []);
  for (const sequence of numbers(61, 100)) tell(message(sequence));
  assertEquals(numbersIn(tell(DONE)), numbers(101 - SCREEN_EVENTS, 100));
});
