import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ClientCommand } from "../../../lib/ui/bridge.ts";
import { TerminalRooms } from "../../../lib/ui/terminal_rooms.ts";
import { terminalStyle } from "../../../lib/ui/terminal_style.ts";
import { message, OPENED, OPENED_WELCOME, WELCOME } from "./fake_session.ts";

function setUp() {
  const commands: ClientCommand[] = [];
  const line = { text: "" };
  const rooms = new TerminalRooms({
    isWriting: () => line.text !== "",
    saveFile: () => ({ type: "saved" }),
    language: "en",
    style: terminalStyle(false),
    timeZone: "UTC",
    session: {
      handleCommand: (command) => commands.push(command),
      subscribe: () => {},
    },
  });
  rooms.handleEvent(WELCOME, 80);
  return { rooms, commands, line };
}

function enter(rooms: TerminalRooms): string[] {
  return [
    ...rooms.handleEvent(OPENED, 80),
    ...rooms.handleEvent(OPENED_WELCOME, 80),
  ];
}

function saidIn(roomId: number, text: string, sequence: number) {
  const delivery = { state: "stored", timeMs: 0, forwardedTo: 0 } as const;
  return message({
    roomId,
    id: `${roomId} ${sequence}`,
    text,
    delivery: { ...delivery, sequence },
  });
}

Deno.test("TerminalRooms announces on one line what is said elsewhere", () => {
  const { rooms } = setUp();
  enter(rooms);
  const lines = rooms.handleEvent(saidIn(2, "one\ntwo", 1), 80);
  assertEquals(lines.length, 1);
  assertStringIncludes(lines[0]!, "[#Sains] Budi: one");
});

Deno.test("TerminalRooms shows what came meanwhile when the room is shown", () => {
  const { rooms } = setUp();
  enter(rooms);
  rooms.handleEvent(saidIn(2, "one", 1), 80);
  rooms.handleEvent(saidIn(2, "two", 2), 80);
  const listed = rooms.run({ type: "rooms" }, 80).join("\n");
  assertStringIncludes(listed, "#Sains (2 unread)");
  assertStringIncludes(listed, "#Lobby (here)");
  const lines = rooms.run({ type: "join", name: "sains" }, 80).join("\n");
  assertStringIncludes(lines, "Budi: one");
  assertStringIncludes(lines, "Budi: two");
  assertEquals([rooms.roomId, rooms.prompt], [2, "#Sains> "]);
});

Deno.test("TerminalRooms joins a room it is not in, and shows it once it is there", () => {
  const { rooms, commands } = setUp();
  assertEquals(rooms.run({ type: "join", name: "Sains" }, 80), []);
  const asked = commands.at(-1);
  if (asked?.type !== "ask") throw new Error("nothing was asked");
  assertEquals(asked.query, { type: "joinRoom", name: "Sains" });
  rooms.handleEvent({
    type: "answer",
    roomId: 1,
    questionId: asked.questionId,
    answer: { type: "joinRoom", roomId: 2 },
  }, 80);
  assertEquals(rooms.roomId, 1);
  enter(rooms);
  assertEquals(rooms.roomId, 2);
});

Deno.test("TerminalRooms sends a text to one person, and stays where it is", () => {
  const { rooms, commands } = setUp();
  rooms.run({ type: "msg", name: "Budi", text: "psst" }, 80);
  const asked = commands.at(-1);
  if (asked?.type !== "ask") throw new Error("nothing was asked");
  rooms.handleEvent({ ...OPENED, kind: "direct", name: "Budi" }, 80);
  rooms.handleEvent({
    type: "answer",
    roomId: 1,
    questionId: asked.questionId,
    answer: { type: "direct", roomId: 2 },
  }, 80);
  assertEquals(commands.at(-1), { type: "send", roomId: 2, text: "psst" });
  assertEquals(rooms.roomId, 1);
});

Deno.test("TerminalRooms claims the own name in the room that is shown", () => {
  const { rooms, commands } = setUp();
  enter(rooms);
  rooms.run({ type: "join", name: "Sains" }, 80);
  rooms.claim("hunter2");
  const claim = commands.at(-1);
  if (claim?.type !== "claim") throw new Error("nothing was claimed");
  assertEquals(claim.roomId, 2);
});

Deno.test("TerminalRooms goes back to the first room when the other is closed", () => {
  const { rooms } = setUp();
  enter(rooms);
  rooms.run({ type: "join", name: "Sains" }, 80);
  const lines = rooms.handleEvent(
    { type: "roomClosed", roomId: 2, reason: "archived" },
    80,
  );
  assertStringIncludes(lines[0]!, "#Sains is over");
  assertEquals([rooms.roomId, rooms.prompt], [1, "> "]);
});

Deno.test("TerminalRooms tells what changed of who may write, and how often", () => {
  const { rooms } = setUp();
  enter(rooms);
  const change = (roomId: number, isLocked: boolean, slowSeconds: number) =>
    rooms.handleEvent(
      { type: "roomChanged", roomId, isLocked, slowSeconds },
      80,
    ).map((line) => line.trim());
  const locked = "The room is locked: only moderators write here now.";
  const open = "The room is open again: everybody may write.";
  const slow = "The room is slow: 20 s between two messages of one person.";
  assertEquals(change(1, false, 20), [`* ${slow}`]);
  assertEquals(change(1, true, 20), [`* ${locked}`]);
  assertEquals(change(2, true, 0), [`* [#Sains] ${locked}`]);
  assertEquals(change(1, false, 20), [`* ${open}`]);
  const again = { ...WELCOME, isLocked: true, slowSeconds: 20 };
  const lines = rooms.handleEvent(again, 80);
  assertEquals(lines.at(-1), `* ${locked}`);
  assertEquals(lines.filter((line) => line.includes("slow")), []);
});

Deno.test("TerminalRooms stays where something is being written", () => {
  const { rooms, commands, line } = setUp();
  rooms.run({ type: "create", kind: "public", name: "Sains" }, 80);
  const asked = commands.at(-1);
  if (asked?.type !== "ask") throw new Error("nothing was asked");
  line.text = "hal";
  enter(rooms);
  const { questionId } = asked;
  const answer = { type: "createRoom", roomId: 2 } as const;
  const lines = rooms.handleEvent(
    { type: "answer", roomId: 1, questionId, answer },
    80,
  );
  assertEquals(rooms.roomId, 1);
  assertStringIncludes(lines.join(" "), "/join Sains");
  rooms.run({ type: "join", name: "Sains" }, 80);
  assertEquals(rooms.roomId, 2);
});

Deno.test("TerminalRooms takes off what was read on another device", () => {
  const { rooms } = setUp();
  enter(rooms);
  for (const at of [1, 2, 3]) {
    rooms.handleEvent(saidIn(2, `text ${at}`, at), 80);
  }
  rooms.noteRead({ roomId: 2, readSequence: 1 });
  const list = () => rooms.run({ type: "rooms" }, 80).join("\n");
  assertStringIncludes(list(), "#Sains (2 unread)");
  rooms.handleEvent({ ...OPENED_WELCOME, readSequence: 3 }, 80);
  assertEquals(list().includes("unread"), false);
  const lines = rooms.run({ type: "join", name: "sains" }, 80);
  assertEquals(lines.some((line) => line.includes("text 3")), true);
});

Deno.test("TerminalRooms shows as new what was read nowhere", () => {
  const { rooms } = setUp();
  enter(rooms);
  for (const at of [1, 2, 3]) {
    rooms.handleEvent(saidIn(2, `text ${at}`, at), 80);
  }
  rooms.noteRead({ roomId: 2, readSequence: 2 });
  const lines = rooms.run({ type: "join", name: "sains" }, 80);
  const mark = lines.findIndex((line) => line.includes("New messages:"));
  assertEquals(lines[mark + 1]?.includes("text 3"), true);
});

Deno.test("TerminalRooms tells of a room that somebody opened, and how to go there", () => {
  const { rooms } = setUp();
  const say = (event: Partial<typeof OPENED>) =>
    rooms.handleEvent({ ...OPENED, ...event }, 120);
  const talk = { kind: "direct", name: "Budi" } as const;
  assertEquals(say({ roomId: 2, kind: "private", by: "Budi" }), [
    "* Budi invited you to #Sains. /join #Sains goes there.",
  ]);
  assertEquals(say({ roomId: 3, ...talk, by: "Budi" }), [
    "* Budi began a talk with you. /join @Budi goes there.",
  ]);
  assertEquals(say({ roomId: 4 }), [
    "* You are in #Sains now. /join #Sains goes there.",
  ]);
  assertEquals(say({ roomId: 5, ...talk }), [
    "* You have a talk with Budi now. /join @Budi goes there.",
  ]);
  assertEquals(say({ roomId: 6, isNew: false }), []);
});

Deno.test("TerminalRooms names in the audit the rooms that it knows", () => {
  const { rooms } = setUp();
  enter(rooms);
  const entry = { timeMs: 0, who: "Ani", what: "lock", detail: "" } as const;
  const rows = [2, 9].map((roomId) => ({
    ...entry,
    auditId: roomId,
    whom: `room ${roomId}`,
  }));
  const answer = { type: "audit", rows, isEnd: true } as const;
  const lines = rooms.handleEvent(
    { type: "answer", roomId: 1, questionId: 1, answer },
    120,
  );
  assertStringIncludes(lines[1]!, "Ani locked #Sains: ");
  assertStringIncludes(lines[2]!, "Ani locked room 9: ");
});
