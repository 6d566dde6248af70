/** What a room answers to what its members ask. */
import { assert, assertEquals } from "@std/assert";
import { US_PER_S } from "../../../lib/base/time.ts";
import type { ServerMessage } from "../../../lib/chat/chat_message.ts";
import {
  MAX_ANSWER_TEXT_BYTES,
  MAX_OPEN_REQUESTS,
  MAX_TIME_MS,
  MAX_WAITING_FINDS,
  REQUEST_BURST,
  REQUESTS_PER_SECOND,
} from "../../../lib/chat/limits.ts";
import type { RoomQuery, SearchQuery } from "../../../lib/chat/request.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import type { LogEvent } from "../../../lib/chat/room_log.ts";
import { authorKeyOf, eventsOf, idOf, TestRoom, TIME } from "./test_room.ts";

const SEARCH: SearchQuery = {
  type: "search",
  words: "text",
  author: "",
  sinceMs: 0,
  untilMs: MAX_TIME_MS,
  before: 0,
  limit: 10,
};
const HISTORY = {
  type: "history",
  direction: "before",
  sequence: 0,
  limit: 10,
} as const;

function roomOf(events: readonly LogEvent[] = eventsOf(1, 5)): TestRoom {
  const room = new TestRoom({}, { events });
  room.enter(1, "Ani");
  room.take(1);
  return room;
}

function ask(room: TestRoom, member: number, query: RoomQuery): void {
  room.send(member, { type: "request", requestId: 7, query });
}

/** Asks and takes the one answer. */
function answer(room: TestRoom, query: RoomQuery): ServerMessage | undefined {
  ask(room, 1, query);
  const [only, ...more] = room.take(1);
  assertEquals(more, []);
  return only;
}

function refusal(message: ServerMessage | undefined): unknown {
  assert(message?.type === "failed");
  return message.refusal;
}

Deno.test("RoomRequests answers history, ascending, with what is the member's own", () => {
  const [first, second] = eventsOf(1, 2);
  const room = roomOf([first!, { ...second!, authorKey: authorKeyOf(1) }]);
  const common = {
    author: "Zul",
    style: "plain",
    replyTo: 0,
    isEdited: false,
    timeMs: TIME,
  } as const;
  assertEquals(answer(room, HISTORY), {
    type: "answer",
    requestId: 7,
    answer: {
      type: "history",
      isEnd: true,
      messages: [
        { ...common, sequence: 1, own: false, text: "text 1" },
        { ...common, sequence: 2, own: true, text: "text 2" },
      ],
    },
  });
});

Deno.test("RoomRequests answers history after a place, to the end", () => {
  const room = roomOf();
  const after = { ...HISTORY, direction: "after", sequence: 2 } as const;
  for (
    const [limit, isEnd, expected] of [[2, false, [3, 4]], [3, true, [
      3,
      4,
      5,
    ]]] as const
  ) {
    const message = answer(room, { ...after, limit });
    assert(message?.type === "answer" && message.answer.type === "history");
    const { messages } = message.answer;
    assertEquals(messages.map(({ sequence }) => sequence), [...expected]);
    assertEquals(message.answer.isEnd, isEnd);
  }
  assertEquals(answer(room, { ...after, sequence: 5 }), {
    type: "answer",
    requestId: 7,
    answer: { type: "history", isEnd: true, messages: [] },
  });
});

Deno.test("RoomRequests answers with messages as they are now", () => {
  const room = roomOf();
  room.say(1, "lama", 11);
  room.say(1, "salah", 12);
  room.send(1, {
    type: "act",
    id: idOf(13),
    act: { type: "edit", target: 6, text: "baru" },
  });
  room.send(1, {
    type: "act",
    id: idOf(14),
    act: { type: "remove", target: 7 },
  });
  room.take(1);
  const history = answer(room, { ...HISTORY, limit: 2 });
  assert(history?.type === "answer" && history.answer.type === "history");
  assertEquals(
    history.answer.messages.map(({ text, isEdited }) => [text, isEdited]),
    [["baru", true], ["", false]],
  );
  for (
    const [words, expected] of [["baru", [6]], ["lama", []], [
      "salah",
      [],
    ]] as const
  ) {
    const found = answer(room, { ...SEARCH, words });
    assert(found?.type === "answer" && found.answer.type === "search");
    assertEquals(
      found.answer.matches.map(({ sequence }) => sequence),
      [...expected],
    );
  }
});

Deno.test("RoomRequests asks the log for nothing that is not published", () => {
  const room = roomOf();
  room.isLogHeld = true;
  room.say(1, "halo", 9);
  ask(room, 1, HISTORY);
  ask(room, 1, { ...HISTORY, sequence: 100 });
  ask(room, 1, { ...HISTORY, sequence: 3 });
  ask(room, 1, { ...HISTORY, direction: "after", sequence: 3 });
  const ends = room.asked.map((asked) => {
    if (asked.type !== "find") return undefined;
    const { query } = asked.find;
    if (query.type === "message") return undefined;
    return query.type === "after" ? query.through : query.before;
  });
  assertEquals(ends, [undefined, 6, 6, 3, 5]);
  room.answer();
  room.take(1);
  ask(room, 1, { type: "whois", name: "Zul" });
  const [whois] = room.asked;
  assert(whois?.type === "find" && whois.find.query.type === "search");
  assertEquals(whois.find.query.before, 7);
});

Deno.test("RoomRequests asks the log for words, an author and times", () => {
  const room = roomOf();
  room.isLogHeld = true;
  ask(room, 1, { ...SEARCH, words: "Rapat dua*", author: "ZUL", sinceMs: 5 });
  const [asked] = room.asked;
  assert(asked?.type === "find");
  assertEquals(asked.find.query, {
    type: "search",
    terms: [
      { word: "rapat", isPrefix: false },
      { word: "dua", isPrefix: true },
    ],
    authorNameKey: "zul",
    sinceMs: 5,
    untilMs: MAX_TIME_MS,
    before: 6,
    limit: 10,
  });
});

Deno.test("RoomRequests answers search with the places of the words", () => {
  const room = roomOf();
  const message = answer(room, { ...SEARCH, limit: 2 });
  assert(message?.type === "answer" && message.answer.type === "search");
  const { matches, searchedFrom, isStart } = message.answer;
  assertEquals(matches.map(({ sequence, ranges }) => [sequence, ranges]), [
    [5, [0, 4]],
    [4, [0, 4]],
  ]);
  assertEquals([searchedFrom, isStart], [4, false]);
});

Deno.test("RoomRequests refuses to look for nothing", () => {
  const room = roomOf();
  for (const words of ["", "  ", "!?"]) {
    assertEquals(refusal(answer(room, { ...SEARCH, words })), {
      code: "nothingSought",
    });
  }
  for (const change of [{ author: "Zul" }, { sinceMs: 1 }, { untilMs: 1 }]) {
    const message = answer(room, { ...SEARCH, words: "", ...change });
    assertEquals(message?.type, "answer");
  }
});

Deno.test("RoomRequests answers no more text than fits, and says that there is more", () => {
  const text = "x".repeat(16_000);
  const act = plainMessage(text);
  const events = eventsOf(1, 5).map((event) => ({ ...event, act }));
  const room = roomOf(events);
  const fitting = Math.floor(MAX_ANSWER_TEXT_BYTES / (3 * text.length));
  const history = answer(room, HISTORY);
  assert(history?.type === "answer" && history.answer.type === "history");
  assertEquals(history.answer.messages.length, fitting);
  assertEquals(history.answer.messages.at(-1)?.sequence, 5);
  assertEquals(history.answer.isEnd, false);
  const found = answer(room, { ...SEARCH, words: "", author: "Zul" });
  assert(found?.type === "answer" && found.answer.type === "search");
  const { matches, searchedFrom, isStart } = found.answer;
  assertEquals(matches.length, fitting);
  assertEquals([searchedFrom, isStart], [matches.at(-1)?.sequence, false]);
});

Deno.test("RoomRequests tells who is there, since they came first", () => {
  const room = roomOf();
  room.enter(2, "Budi");
  room.join(3, "Citra");
  // Comes back while its old connection lingers.
  room.enter(4, "Ani", 1);
  room.take(4);
  ask(room, 4, { type: "who" });
  assertEquals(room.take(4), [{
    type: "answer",
    requestId: 7,
    answer: {
      type: "who",
      members: [
        { name: "Ani", role: "guest", isAway: false, sinceMs: TIME },
        { name: "Budi", role: "guest", isAway: false, sinceMs: TIME },
      ],
    },
  }]);
});

Deno.test("RoomRequests tells what is known of a name", () => {
  const room = roomOf([]);
  assertEquals(answer(room, { type: "whois", name: "ANI" }), {
    type: "answer",
    requestId: 7,
    answer: {
      type: "whois",
      name: "Ani",
      sinceMs: TIME,
      lastWroteMs: 0,
      role: "guest",
      isAway: false,
      awayText: "",
      profile: "",
      claimedMs: 0,
    },
  });
  assertEquals(refusal(answer(room, { type: "whois", name: "Zul" })), {
    code: "unknownName",
  });
  assertEquals(answer(roomOf(), { type: "whois", name: "zul" }), {
    type: "answer",
    requestId: 7,
    answer: {
      type: "whois",
      name: "Zul",
      sinceMs: 0,
      lastWroteMs: TIME,
      role: "guest",
      isAway: false,
      awayText: "",
      profile: "",
      claimedMs: 0,
    },
  });
});

Deno.test("RoomRequests has a rate of its own, which stays with who comes back", () => {
  const room = roomOf();
  const who = { type: "who" } as const;
  for (let i = 0; i < REQUEST_BURST; i++) {
    assertEquals(answer(room, who)?.type, "answer");
  }
  const tooFast = { code: "tooFast", retryAfterSeconds: 1 };
  assertEquals(refusal(answer(room, who)), tooFast);
  room.lose(1);
  room.enter(2, "Ani", 1);
  room.take(2);
  ask(room, 2, who);
  assertEquals(refusal(room.take(2)[0]), tooFast);
  room.nowUs += US_PER_S / REQUESTS_PER_SECOND;
  ask(room, 2, who);
  assertEquals(room.take(2)[0]?.type, "answer");
  // Messages have another.
  room.say(2, "halo", 1);
  assertEquals(room.take(2)[0]?.type, "stored");
});

Deno.test("RoomRequests lets only so many of a member wait, and so many of all", () => {
  const room = roomOf();
  room.isLogHeld = true;
  for (let i = 0; i < MAX_OPEN_REQUESTS; i++) ask(room, 1, HISTORY);
  assertEquals(room.take(1), []);
  const tooMany = { code: "tooManyOpen", limitRequests: MAX_OPEN_REQUESTS };
  assertEquals(refusal(answer(room, HISTORY)), tooMany);
  // What needs no log is answered.
  assertEquals(answer(room, { type: "who" })?.type, "answer");
  const members = MAX_WAITING_FINDS / MAX_OPEN_REQUESTS;
  for (let member = 2; member <= members + 1; member++) {
    room.enter(member, `Tamu ${member}`);
    room.take(member);
    for (let i = 0; i < MAX_OPEN_REQUESTS; i++) ask(room, member, HISTORY);
  }
  assertEquals(refusal(room.take(members + 1)[0]), {
    code: "busy",
    retryAfterSeconds: 5,
  });
  assertEquals(
    room.asked.filter(({ type }) => type === "find").length,
    MAX_WAITING_FINDS,
  );
  room.answer();
  room.take(1);
  room.isLogHeld = false;
  assertEquals(answer(room, HISTORY)?.type, "answer");
});

Deno.test("RoomRequests answers nobody who has gone", () => {
  const room = roomOf();
  room.isLogHeld = true;
  ask(room, 1, HISTORY);
  room.lose(1);
  room.enter(2, "Ani", 1);
  room.take(2);
  room.answer();
  assertEquals([room.take(1), room.take(2)], [[], []]);
});

Deno.test("ChatServer takes no request before the sync", () => {
  const room = new TestRoom();
  room.join(1, "Ani");
  ask(room, 1, { type: "who" });
  assertEquals(room.closed.get(1)?.type, "chatProtocol");
});
