import { assertEquals } from "@std/assert";
import { MAX_ANSWER_MESSAGES, MAX_TIME_MS } from "../../../lib/chat/limits.ts";
import type {
  Answer,
  FoundMessage,
  PastMessage,
} from "../../../lib/chat/request.ts";
import { dayStartMs } from "../../../lib/ui/lookup_query.ts";
import { RoomLookups } from "../../../lib/ui/room_lookups.ts";
import type { Language } from "../../../lib/ui/strings.ts";
import { dayText } from "../../../lib/ui/terminal_lines.ts";
import { terminalStyle } from "../../../lib/ui/terminal_style.ts";
import { NOON_MS } from "./fake_session.ts";
import { readLine } from "./read_line.ts";

const DAY_MS = 86_400_000;

/** Not every engine writes a comma in them. */
const SUNDAY = dayText("en", NOON_MS, "UTC");
const SATURDAY = dayText("en", NOON_MS - DAY_MS, "UTC");
const MINGGU = dayText("id", NOON_MS, "UTC");

function lookups(language: Language = "en", colors = false): RoomLookups {
  const style = terminalStyle(colors);
  let questionId = 0;
  return new RoomLookups({
    roomId: 1,
    nextQuestionId: () => ++questionId,
    language,
    style,
    timeZone: "UTC",
    roomLabel: (roomId) => roomId === 1 ? "#Lobby" : undefined,
  });
}

function ask(face: RoomLookups, line: string): unknown {
  const typed = readLine(line);
  if (typed.type !== "lookUp") return undefined;
  const command = face.ask(typed.command);
  return command.type === "ask" ? command.query : undefined;
}

function show(
  face: RoomLookups,
  answer: Answer,
  columns = 80,
): string[] {
  return face.handleEvent(
    { type: "answer", roomId: 1, questionId: 1, answer },
    columns,
  );
}

function past(
  sequence: number,
  text: string,
  change: Partial<PastMessage> = {},
): FoundMessage {
  return {
    sequence,
    author: "Budi",
    own: false,
    style: "plain",
    replyTo: 0,
    text,
    isEdited: false,
    timeMs: NOON_MS,
    ranges: [],
    ...change,
  };
}

Deno.test("RoomLookups asks for what is older than what it knows to be shown", () => {
  const face = lookups();
  const history = (sequence: number, limit = 20) => ({
    type: "history",
    direction: "before",
    sequence,
    limit,
  });
  assertEquals(ask(face, "/history"), history(0));
  const stored = { state: "stored", timeMs: 0, forwardedTo: 0 } as const;
  face.noteShown({ ...stored, sequence: 41 });
  face.noteShown({ ...stored, sequence: 42 });
  face.noteShown({ state: "queued" });
  assertEquals(ask(face, "/history 5"), history(41, 5));
  assertEquals(ask(face, "/history 999"), history(41, MAX_ANSWER_MESSAGES));
  const messages = [past(30, "satu"), past(31, "dua")];
  show(face, { type: "history", isEnd: false, messages });
  assertEquals(ask(face, "/history"), history(30));
  // What was found somewhere is not what is shown before it.
  show(face, {
    type: "search",
    isStart: true,
    searchedFrom: 1,
    matches: [past(3, "tiga")],
  });
  assertEquals(ask(face, "/history"), history(30));
});

Deno.test("RoomLookups asks for whole days of the person's time zone", () => {
  const search = {
    type: "search",
    words: "rapat",
    author: "Ani",
    sinceMs: 0,
    untilMs: MAX_TIME_MS,
    before: 0,
    limit: 20,
  };
  const face = lookups();
  assertEquals(ask(face, "/search rapat from:Ani"), search);
  assertEquals(
    ask(face, "/search rapat from:Ani since:2026-11-21 until:2026-12-31"),
    {
      ...search,
      sinceMs: Date.UTC(2026, 10, 21),
      untilMs: Date.UTC(2027, 0, 1) - 1,
    },
  );
  assertEquals(ask(face, "/search rapat from:Ani before:70"), {
    ...search,
    before: 70,
  });
});

Deno.test("dayStartMs() knows time zones and the days on which clocks change", () => {
  const start = (timeZone: string, year: number, month: number, day: number) =>
    new Date(dayStartMs({ year, month, day }, timeZone)).toISOString();
  assertEquals(start("UTC", 2026, 11, 22), "2026-11-22T00:00:00.000Z");
  assertEquals(start("Asia/Jakarta", 2026, 11, 22), "2026-11-21T17:00:00.000Z");
  // Clocks go forward on the 29th and back on 25 October, at night.
  assertEquals(start("Europe/Berlin", 2026, 3, 29), "2026-03-28T23:00:00.000Z");
  assertEquals(start("Europe/Berlin", 2026, 3, 30), "2026-03-29T22:00:00.000Z");
  assertEquals(
    start("Europe/Berlin", 2026, 10, 26),
    "2026-10-25T23:00:00.000Z",
  );
  assertEquals(start("Asia/Jakarta", 1970, 1, 1), "1970-01-01T00:00:00.000Z");
});

Deno.test("RoomLookups shows older messages as a block under their days", () => {
  const messages = [
    past(1, "selamat pagi", { timeMs: NOON_MS - DAY_MS }),
    past(2, "satu\n14:30 Ani: dua"),
  ];
  assertEquals(show(lookups(), { type: "history", isEnd: false, messages }), [
    "* 2 older messages:",
    `│ * ${SATURDAY}`,
    "│ 14:30 Budi: selamat pagi",
    `│ * ${SUNDAY}`,
    "│ 14:30 Budi: satu",
    "│       14:30 Ani: dua",
    "* End of the older messages. /history again shows those before them.",
  ]);
  const none = { type: "history", isEnd: true, messages: [] } as const;
  assertEquals(show(lookups(), none), ["* Nothing older is kept."]);
});

Deno.test("RoomLookups shows what became of messages, and what they answer", () => {
  const messages = [
    past(1, "satu", { isEdited: true }),
    past(2, ""),
    past(3, "melambai", { style: "action", replyTo: 1 }),
    past(4, "ya", { replyTo: 2 }),
    past(5, "tidak", { replyTo: 99 }),
  ];
  const answer = { type: "history", isEnd: true, messages } as const;
  assertEquals(show(lookups(), answer).slice(2, -1), [
    "│ 14:30 Budi: satu (edited)",
    "│ 14:30 Budi: (removed)",
    "│ 14:30 » Budi > Budi: satu",
    "│       melambai",
    "│ 14:30 Budi: > Budi: (removed)",
    "│       ya",
    "│ 14:30 Budi: > an older message",
    "│       tidak",
  ]);
});

Deno.test("RoomLookups fits blocks into the terminal", () => {
  const messages = [past(1, "kata ".repeat(30))];
  const lines = show(
    lookups(),
    { type: "history", isEnd: true, messages },
    40,
  );
  for (const line of lines) assertEquals(line.length < 40, true, line);
});

Deno.test("RoomLookups shows what was found as it was said, and how to go on", () => {
  const matches = [
    past(9, "dua"),
    past(8, "satu", { timeMs: NOON_MS - DAY_MS }),
  ];
  const answer = {
    type: "search",
    isStart: false,
    searchedFrom: 8,
    matches,
  } as const;
  assertEquals(show(lookups(), answer), [
    "* 2 messages were found:",
    `│ * ${SATURDAY}`,
    "│ 14:30 Budi: satu",
    `│ * ${SUNDAY}`,
    "│ 14:30 Budi: dua",
    "* There may be older ones: add before:8",
  ]);
  assertEquals(show(lookups(), { ...answer, matches: [], isStart: true }), [
    "* Nothing was found.",
  ]);
  assertEquals(show(lookups("id"), { ...answer, matches: [] }), [
    "* Tidak ada yang ditemukan.",
    "* Baru pesan terbaru yang diperiksa: tambahkan before:8 untuk melanjutkan.",
  ]);
});

Deno.test("RoomLookups tells who is here and what is known of a name", () => {
  const members = [{
    name: "Ani",
    role: "guest",
    isAway: false,
    sinceMs: NOON_MS,
  }] as const;
  assertEquals(show(lookups(), { type: "who", members }), [
    "* 1 person is here:",
    `│ * Ani, since ${SUNDAY}, 14:30`,
  ]);
  const whois = {
    type: "whois",
    name: "Budi",
    role: "guest",
    isAway: false,
    awayText: "",
    profile: "",
    claimedMs: 0,
  } as const;
  assertEquals(
    show(lookups(), { ...whois, sinceMs: NOON_MS, lastWroteMs: 0 }),
    [
      `* Budi is here since ${SUNDAY}, 14:30. No message is kept.`,
    ],
  );
  assertEquals(
    show(lookups("id"), { ...whois, sinceMs: 0, lastWroteMs: NOON_MS }),
    [`* Budi tidak di sini. Terakhir menulis: ${MINGGU}, 14:30.`],
  );
  const known = {
    ...whois,
    sinceMs: NOON_MS,
    lastWroteMs: 0,
    role: "moderator",
    isAway: true,
    awayText: "Lunch",
    profile: "Teacher",
    claimedMs: NOON_MS,
  } as const;
  assertEquals(show(lookups(), known), [
    `* Budi is here since ${SUNDAY}, 14:30. No message is kept.`,
    "│ * moderator",
    "│ * away: Lunch",
    "│ * Teacher",
  ]);
});

Deno.test("RoomLookups says why there is no answer", () => {
  const refusal = { code: "offline" } as const;
  const event = {
    type: "unanswered",
    roomId: 1,
    questionId: 1,
    refusal,
  } as const;
  assertEquals(lookups().handleEvent(event, 100), [
    "* This needs the server, which is out of reach now. Try again once it is back.",
  ]);
});

Deno.test("RoomLookups lets no text act on the terminal, nor on its bar", () => {
  const messages = [past(1, "\x1b[2J\r\nBudi")];
  const lines = show(lookups("en", true), {
    type: "history",
    isEnd: true,
    messages,
  });
  const block = lines.filter((line) => line.includes("│"));
  assertEquals(block.length, 3);
  assertEquals(lines.join("").includes("\x1b[2J"), false);
});

Deno.test("RoomLookups shows a page of the audit and how to get the one before", () => {
  const rows = [9, 7].map((auditId) => ({
    auditId,
    timeMs: NOON_MS,
    who: "Ani",
    what: "kick",
    whom: "Budi",
    detail: "",
  } as const));
  const page = (isEnd: boolean, language?: Language) =>
    show(lookups(language), { type: "audit", rows, isEnd });
  const entry = `│ * ${SUNDAY}, 14:30  Ani removed Budi`;
  assertEquals(page(false), [
    "* 2 entries, the newest first:",
    entry,
    entry,
    "* There are older ones: /audit before:7",
  ]);
  assertEquals(page(true).length, 3);
  assertEquals(page(false, "id").at(-1)?.endsWith("/audit before:7"), true);
});
