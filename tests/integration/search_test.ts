/** Questions over real sockets, to the real store. */
import { assert, assertEquals } from "@std/assert";
import { MAX_TIME_MS } from "../../lib/chat/limits.ts";
import type { Answer, RoomQuery } from "../../lib/chat/request.ts";
import { makeDataDir, startTestServer, TestClient } from "./chat_fixture.ts";

const SEARCH = {
  type: "search",
  words: "",
  author: "",
  sinceMs: 0,
  untilMs: MAX_TIME_MS,
  before: 0,
  limit: 10,
} as const;

const HISTORY = {
  type: "history",
  direction: "before",
  sequence: 0,
  limit: 10,
} as const;

let questions = 0;

async function ask(
  client: TestClient,
  query: RoomQuery,
): Promise<Answer> {
  const questionId = ++questions;
  client.session.handleCommand({ type: "ask", roomId: 1, questionId, query });
  const event = await client.until(
    "answer",
    (event) => event.questionId === questionId,
  );
  return event.answer;
}

async function say(client: TestClient, ...texts: string[]): Promise<void> {
  for (const text of texts) client.send(text);
  const { id } = await client.until(
    "message",
    ({ text }) => text === texts.at(-1),
  );
  await client.until(
    "delivery",
    (event) => event.id === id && event.delivery.state === "stored",
  );
}

Deno.test("a client looks up what was said, also before the server was started again", async () => {
  await using dataDir = await makeDataDir();
  const first = await startTestServer(dataDir.path);
  const ana = await TestClient.create(dataDir.path);
  await ana.enter(first.port, "Ana");
  await say(ana, "Rapat besok jam dua", "Bawa buku", "Rapat dibatalkan");
  await ana[Symbol.asyncDispose]();
  await first.running.stop();
  await using second = await startTestServer(dataDir.path);
  await using budi = await TestClient.create(dataDir.path);
  await budi.enter(second.port, "Budi");
  await say(budi, "rapat apa?");

  const history = await ask(budi, { ...HISTORY, limit: 2 });
  assert(history.type === "history");
  assertEquals(history.isEnd, false);
  assertEquals(
    history.messages.map(({ text, own }) => [text, own]),
    [["Rapat dibatalkan", false], ["rapat apa?", true]],
  );
  const { sequence } = history.messages[0]!;
  const older = await ask(budi, { ...HISTORY, sequence });
  assert(older.type === "history");
  assertEquals(
    [older.isEnd, ...older.messages.map(({ text }) => text)],
    [true, "Rapat besok jam dua", "Bawa buku"],
  );

  const found = await ask(budi, { ...SEARCH, words: "RAPAT", author: "ana" });
  assert(found.type === "search");
  assertEquals(found.isStart, true);
  assertEquals(
    found.matches.map(({ text, ranges }) => [text, ranges]),
    [["Rapat dibatalkan", [0, 5]], ["Rapat besok jam dua", [0, 5]]],
  );
  const earlier = budi.events.find((event) =>
    event.type === "message" && event.text === "Rapat dibatalkan"
  );
  assert(earlier?.type === "message");
  assert(earlier.delivery.state === "stored");
  assertEquals(found.matches[0]!.sequence, earlier.delivery.sequence);

  const whois = await ask(budi, { type: "whois", name: "ana" });
  assert(whois.type === "whois");
  assertEquals([whois.name, whois.sinceMs], ["Ana", 0]);
  assertEquals(whois.lastWroteMs, found.matches[0]!.timeMs);
  const who = await ask(budi, { type: "who" });
  assert(who.type === "who");
  assertEquals(who.members.map(({ name }) => name), ["Budi"]);
});

Deno.test("nobody finds what was removed, and everybody what was edited", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using ana = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  await say(ana, "rahasia", "salah ketik");
  for (
    const act of [
      { type: "remove", target: 1 },
      { type: "edit", target: 2, text: "benar ketik" },
    ] as const
  ) {
    ana.session.handleCommand({ type: "act", roomId: 1, act });
    await ana.until("change", (event) => event.act.type === act.type);
  }
  const after = { ...HISTORY, direction: "after" } as const;
  const history = await ask(ana, after);
  assert(history.type === "history");
  assertEquals(history.isEnd, true);
  assertEquals(
    history.messages.map(({ text, isEdited }) => [text, isEdited]),
    [["", false], ["benar ketik", true]],
  );
  for (
    const [words, expected] of [
      ["rahasia", []],
      ["salah", []],
      ["ketik", ["benar ketik"]],
    ] as const
  ) {
    const found = await ask(ana, { ...SEARCH, words });
    assert(found.type === "search");
    assertEquals(found.matches.map(({ text }) => text), [...expected]);
  }
});

Deno.test("a question without the server is not answered, and says so at once", async () => {
  await using dataDir = await makeDataDir();
  const server = await startTestServer(dataDir.path);
  await using ana = await TestClient.create(dataDir.path);
  const query = { type: "who" } as const;
  ana.session.handleCommand({ type: "ask", roomId: 1, questionId: -1, query });
  await ana.enter(server.port, "Ana");
  await server.running.stop();
  await ana.until(
    "connection",
    ({ connection }) => connection.state === "reconnecting",
  );
  ana.session.handleCommand({ type: "ask", roomId: 1, questionId: -2, query });
  await ana.until("unanswered", ({ questionId }) => questionId === -2);
  const refusals = ana.events.filter((event) => event.type === "unanswered");
  assertEquals(
    refusals.map(({ questionId, refusal }) => [questionId, refusal]),
    [
      [-1, { code: "offline" }],
      [-2, { code: "offline" }],
    ],
  );
});
