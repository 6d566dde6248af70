import { assertEquals } from "@std/assert";
import type { RoomQuery } from "../../../lib/chat/request.ts";
import { idOf, TestRoom, TIME } from "./test_room.ts";

const ANI = 1;
const BUDI = 2;
const CICI = 3;

/** Ani announced something (1) and said something (2). */
function announced(): TestRoom {
  const room = new TestRoom();
  room.enter(ANI, "Ani", ANI, { accountId: 1, role: "moderator" });
  room.enter(BUDI, "Budi");
  room.enter(CICI, "Cici");
  room.send(ANI, {
    type: "act",
    id: idOf(1),
    act: { type: "message", style: "announcement", replyTo: 0, text: "Hear!" },
  });
  room.say(ANI, "halo", 2);
  for (const member of [ANI, BUDI, CICI]) room.take(member);
  return room;
}

function acknowledge(room: TestRoom, member: number, id: number): void {
  const act = { type: "acknowledge", target: 1 } as const;
  room.send(member, { type: "act", id: idOf(id), act });
}

/** What a member is answered. */
function ask(room: TestRoom, member: number, query: RoomQuery): unknown {
  room.take(member);
  room.nowUs += 1_000_000;
  room.send(member, { type: "request", requestId: 1, query });
  const [message] = room.take(member);
  if (message?.type === "failed") return message.refusal.code;
  return message?.type === "answer" ? message.answer : message;
}

Deno.test("Room answers who has acknowledged an announcement, and who has not", () => {
  const room = announced();
  acknowledge(room, BUDI, 3);
  acknowledge(room, BUDI, 4);
  assertEquals(ask(room, CICI, { type: "roll", target: 1 }), {
    type: "roll",
    acknowledged: [{ name: "Budi", timeMs: TIME }],
    missing: ["Cici"],
  });
});

Deno.test("Room has those on its roll who left without acknowledging", () => {
  const room = announced();
  room.lose(CICI);
  acknowledge(room, BUDI, 3);
  room.lose(BUDI);
  assertEquals(ask(room, ANI, { type: "roll", target: 1 }), {
    type: "roll",
    acknowledged: [{ name: "Budi", timeMs: TIME }],
    missing: ["Cici"],
  });
});

Deno.test("Room has a name on its roll once, whoever has had it", () => {
  const room = announced();
  acknowledge(room, BUDI, 3);
  room.lose(BUDI);
  room.lose(CICI);
  room.enter(12, "Budi", 12);
  room.enter(13, "Cici", 13);
  room.lose(ANI);
  room.enter(14, "Ani", 14);
  assertEquals(ask(room, 14, { type: "roll", target: 1 }), {
    type: "roll",
    acknowledged: [{ name: "Budi", timeMs: TIME }],
    missing: ["Cici"],
  });
});

Deno.test("Room has a person of two devices on its roll once", () => {
  const room = announced();
  const account = { accountId: 7, role: "member" } as const;
  room.enter(8, "Dewi", 8, account);
  room.enter(9, "Dewi", 9, account);
  acknowledge(room, 8, 3);
  acknowledge(room, 9, 3);
  const roll = ask(room, ANI, { type: "roll", target: 1 });
  assertEquals(roll, {
    type: "roll",
    acknowledged: [{ name: "Dewi", timeMs: TIME }],
    missing: ["Budi", "Cici"],
  });
});

Deno.test("Room has no roll of what is no announcement, or nothing", () => {
  const room = announced();
  const rollOf = (target: number) => ask(room, ANI, { type: "roll", target });
  assertEquals(rollOf(2), "notAnnouncement");
  assertEquals(rollOf(9), "noSuchMessage");
  acknowledge(room, BUDI, 3);
  assertEquals(rollOf(3), "noSuchMessage");
});

Deno.test("Room answers an author who has its message", () => {
  const room = announced();
  room.send(BUDI, { type: "position", delivered: 2, read: 2 });
  room.send(CICI, { type: "position", delivered: 2, read: 0 });
  room.enter(4, "Dewi");
  assertEquals(ask(room, ANI, { type: "receipts", target: 2 }), {
    type: "receipts",
    read: ["Budi"],
    delivered: ["Cici"],
    missing: ["Dewi"],
  });
});

Deno.test("Room tells nobody but its author who has a message", () => {
  const room = announced();
  const query = { type: "receipts", target: 2 } as const;
  assertEquals(ask(room, BUDI, query), "notYours");
  assertEquals(ask(room, ANI, { ...query, target: 9 }), "noSuchMessage");
});

Deno.test("Room takes no announcement of a guest", () => {
  const room = announced();
  room.send(BUDI, {
    type: "act",
    id: idOf(5),
    act: { type: "message", style: "announcement", replyTo: 0, text: "Hear!" },
  });
  const [message] = room.take(BUDI);
  assertEquals(message?.type === "refused" && message.refusal, {
    code: "needsRole",
    role: "moderator",
  });
});
