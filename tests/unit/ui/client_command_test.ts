import { assertEquals } from "@std/assert";
import type { ServerQuery } from "../../../lib/chat/server_query.ts";
import type { ClientCommand } from "../../../lib/ui/bridge.ts";
import { decodeClientCommand } from "../../../lib/ui/client_command.ts";
import type { PeopleCommand } from "../../../lib/ui/people_command.ts";

const ROOM_QUERIES: readonly ServerQuery[] = [
  { type: "rooms" },
  { type: "createRoom", kind: "private", name: "Seni" },
  { type: "joinRoom", name: "Seni" },
  { type: "leaveRoom", roomId: 2 },
  { type: "direct", name: "Budi" },
  { type: "invite", name: "Budi" },
  { type: "archive" },
];

const PEOPLE_QUERIES: readonly PeopleCommand[] = [
  { type: "release" },
  { type: "bans" },
  { type: "nick", name: "Ani" },
  { type: "away", text: "" },
  { type: "profile", text: "Kelas 7B" },
  { type: "owner", code: "ABCD" },
  { type: "lock", isOn: true },
  { type: "role", name: "Ani", role: "moderator" },
  { type: "kick", name: "Ani", reason: "" },
  { type: "ban", kind: "network", value: "::/64", reason: "", seconds: 0 },
  { type: "unban", kind: "name", value: "Ani" },
  { type: "mute", name: "Ani", seconds: 60 },
  { type: "slow", seconds: 5 },
  { type: "audit", before: 0 },
];

const COMMANDS: readonly ClientCommand[] = [
  ...[...ROOM_QUERIES, ...PEOPLE_QUERIES].map((query) =>
    ({ type: "ask", roomId: 1, questionId: 5, query }) as const
  ),
  { type: "faceReady" },
  {
    type: "login",
    host: "10.0.0.1",
    port: 8080,
    name: "Ana",
    password: "GAS1",
  },
  { type: "cancelLogin" },
  { type: "forgetServerKey", host: "example.org", port: 65_535 },
  { type: "send", roomId: 1, text: "</script>\u2028" },
  ...([
    { type: "message", style: "action", replyTo: 0, text: "waves" },
    { type: "message", style: "plain", replyTo: 7, text: "yes" },
    { type: "edit", target: 7, text: "no" },
    { type: "remove", target: 7 },
    { type: "react", target: 7, emoji: "👍", isOn: true },
    { type: "pin", target: 7, isOn: false },
    { type: "topic", text: "what it is about" },
    { type: "message", style: "announcement", replyTo: 0, text: "hear" },
    { type: "acknowledge", target: 7 },
  ] as const).map((act) => ({ type: "act", roomId: 2, act }) as const),
  { type: "read", roomId: 2, sequence: 7 },
  {
    type: "ask",
    roomId: 1,
    questionId: 8,
    query: { type: "receipts", target: 3 },
  },
  { type: "ask", roomId: 1, questionId: 9, query: { type: "roll", target: 3 } },
  { type: "claim", roomId: 2, questionId: 3, password: "hunter2" },
  { type: "quit" },
  { type: "ask", roomId: 1, questionId: 1, query: { type: "who" } },
  {
    type: "ask",
    roomId: 1,
    questionId: 2,
    query: { type: "whois", name: "Ana" },
  },
  {
    roomId: 1,
    type: "ask",
    questionId: 3,
    query: {
      type: "history",
      direction: "before",
      sequence: 0,
      limit: 50,
    },
  },
  {
    roomId: 1,
    type: "ask",
    questionId: 4,
    query: {
      type: "search",
      words: "rapat",
      author: "",
      sinceMs: 0,
      untilMs: 8_640_000_000_000_000,
      before: 9,
      limit: 1,
    },
  },
];

Deno.test("decodeClientCommand() reads every command", () => {
  for (const command of COMMANDS) {
    assertEquals(decodeClientCommand(JSON.stringify(command)), command);
  }
});

Deno.test("decodeClientCommand() refuses a missing field", () => {
  for (const command of COMMANDS) {
    for (const field of Object.keys(command)) {
      const { [field]: _, ...rest } = command as unknown as Record<
        string,
        unknown
      >;
      assertEquals(decodeClientCommand(JSON.stringify(rest)), undefined);
    }
  }
});

Deno.test("decodeClientCommand() refuses a field too many", () => {
  for (const command of COMMANDS) {
    const json = JSON.stringify({ ...command, extra: 1 });
    assertEquals(decodeClientCommand(json), undefined);
  }
});

Deno.test("decodeClientCommand() refuses a field of another type", () => {
  for (const command of COMMANDS) {
    for (const field of Object.keys(command)) {
      const json = JSON.stringify({ ...command, [field]: null });
      assertEquals(decodeClientCommand(json), undefined);
    }
  }
});

Deno.test("decodeClientCommand() refuses a question that is not exactly one", () => {
  for (const command of COMMANDS) {
    if (command.type !== "ask") continue;
    const queries = Object.keys(command.query).flatMap((field) => [
      { ...command.query, [field]: undefined },
      { ...command.query, [field]: null },
      { ...command.query, extra: 1 },
    ]);
    for (const query of queries) {
      const json = JSON.stringify({ ...command, query });
      assertEquals(decodeClientCommand(json), undefined, json);
    }
  }
  for (const [sequence, limit] of [[0, 0], [0, 51], [-1, 1], [0.5, 1]]) {
    const query = { type: "history", direction: "after", sequence, limit };
    const json = JSON.stringify({ type: "ask", questionId: 1, query });
    assertEquals(decodeClientCommand(json), undefined, json);
  }
});

Deno.test("decodeClientCommand() refuses what is no port", () => {
  for (const port of [0, -1, 1.5, 65_536]) {
    const json = JSON.stringify({ type: "forgetServerKey", host: "h", port });
    assertEquals(decodeClientCommand(json), undefined);
  }
});

Deno.test("decodeClientCommand() refuses a text beyond all limits unread", () => {
  const json = JSON.stringify({ type: "send", text: "x".repeat(2 ** 20) });
  assertEquals(decodeClientCommand(json), undefined);
});

Deno.test("decodeClientCommand() refuses an act that is not exactly one", () => {
  const acts: unknown[] = [
    {},
    { type: "shout", text: "x" },
    { type: "topic", text: "x", target: 1 },
    { type: "message", style: "loud", replyTo: 0, text: "x" },
    { type: "message", style: "plain", replyTo: -1, text: "x" },
    ...[0, 1.5, "1", 2 ** 53].map((target) => ({ type: "remove", target })),
  ];
  for (const command of COMMANDS) {
    if (command.type !== "act") continue;
    for (const field of Object.keys(command.act)) {
      acts.push({ ...command.act, [field]: null });
      acts.push({ ...command.act, [field]: undefined });
    }
  }
  for (const act of acts) {
    const json = JSON.stringify({ type: "act", act });
    assertEquals(decodeClientCommand(json), undefined, json);
  }
});

Deno.test("decodeClientCommand() takes only exact questions about rooms and people", () => {
  for (
    const query of [
      { type: "claimStart", request: {} },
      { type: "claimFinish", record: {} },
      { type: "release", name: "Ani" },
      { type: "createRoom", kind: "direct", name: "Seni" },
      { type: "leaveRoom", roomId: 0 },
      { type: "invite" },
      { type: "nick", name: 1 },
      { type: "away" },
      { type: "role", name: "Ani", role: "king" },
      { type: "ban", kind: "house", value: "a", reason: "", seconds: 0 },
      { type: "ban", kind: "name", value: "a", reason: "", seconds: -1 },
      { type: "ban", kind: "name", value: "a", reason: "", seconds: 1e12 },
      { type: "unban", kind: 0, value: "a" },
      { type: "mute", name: "Ani", seconds: 0.5 },
      { type: "slow", seconds: 3_601 },
      { type: "lock", isOn: 1 },
      { type: "audit", before: "0" },
      { type: "kick", name: "Ani" },
      { type: "owner", code: null },
    ]
  ) {
    const command = { type: "ask", roomId: 1, questionId: 1, query };
    assertEquals(decodeClientCommand(JSON.stringify(command)), undefined);
  }
});
