import { assert, assertEquals } from "@std/assert";
import { type RoomEvent, RoomView } from "../../../lib/ui/room_view.ts";
import { dayText } from "../../../lib/ui/terminal_lines.ts";
import { terminalStyle } from "../../../lib/ui/terminal_style.ts";
import {
  connection,
  message,
  NOON_MS,
  ownMessage,
  stored,
  WELCOME,
} from "./fake_session.ts";
import type { ClientEvent } from "../../../lib/ui/bridge.ts";

function room(): {
  show: (...events: ClientEvent[]) => string[];
  view: RoomView;
} {
  const style = terminalStyle(false);
  const view = new RoomView({ language: "en", style, timeZone: "UTC" });
  const show = (...events: ClientEvent[]) =>
    events.flatMap((event) => view.handleEvent(event as RoomEvent, 200));
  return { view, show };
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Versions of the Unicode library differ in the comma. */
function day(timeMs: number): string {
  return "* " + dayText("en", timeMs, "UTC");
}

Deno.test("RoomView says where one is", () => {
  assertEquals(room().show(WELCOME), [
    "* You are Ani in the room Lobby at 10.0.0.1, port 8080.",
    "* The server's key: ABCD EFGH",
    "* 2 people are here: Ani, Budi.",
    "* Enter sends, Alt+Enter starts a new line, Tab completes, /help lists commands, QUIT leaves.",
  ]);
});

Deno.test("RoomView says once where what was not read begins", () => {
  const at = (sequence: number) =>
    message({
      delivery: { state: "stored", sequence, timeMs: NOON_MS, forwardedTo: 0 },
    });
  const lines = (readSequence: number) =>
    room().show({ ...WELCOME, readSequence }, at(1), at(2), at(3))
      .map((line, i) => line === "* New messages:" ? i : -1)
      .filter((index) => index >= 0).length;
  assertEquals([0, 1, 2, 3].map(lines), [0, 1, 1, 0]);
});

Deno.test("RoomView says how to acknowledge an announcement of somebody else", () => {
  const style = "announcement";
  const lines = room().show(WELCOME, message({ style, text: "All out" }));
  assertEquals(lines.slice(-2), [
    "14:30 #1 (!) Budi: All out",
    "* Seen it? Say so: /ack 1",
  ]);
  const earlier = room().show(WELCOME, message({ style, earlier: true }));
  assertEquals(earlier.some((line) => line.includes("/ack")), false);
});

Deno.test("RoomView says that a room is open", () => {
  const lines = room().show({ ...WELCOME, openRoom: true, members: ["Ani"] });
  assertEquals(lines[2], "* Nobody else is here yet.");
  assert(lines.at(-1)?.startsWith("* This room is open"));
});

Deno.test("RoomView lists only the first of many members", () => {
  const members = Array.from({ length: 1200 }, (_, i) => `m${i}`);
  const line = room().show({ ...WELCOME, members })[2] ?? "";
  assert(line.startsWith("* 1,200 people are here: m0, "), line);
  assert(line.endsWith(", m19 and 1,180 more."), line);
});

Deno.test("RoomView shows messages, and who comes and goes", () => {
  const { show } = room();
  assertEquals(
    show(
      message(),
      { type: "joined", roomId: 1, name: "Cici", timeMs: NOON_MS },
      {
        type: "left",
        roomId: 1,
        name: "Cici",
        reason: "lost",
        timeMs: NOON_MS,
      },
      { type: "gap", roomId: 1, missedMessages: 3 },
    ),
    [
      "14:30 #1 Budi: halo",
      "14:30 * Cici joined the room.",
      "14:30 * Cici lost the connection.",
      "* 3 messages were missed: the server no longer has them.",
    ],
  );
});

Deno.test("RoomView marks history and the days in it", () => {
  const { show } = room();
  const earlier = { earlier: true, text: "old" };
  assertEquals(
    show(
      message({ ...earlier, timeMs: NOON_MS - DAY_MS }),
      message(earlier),
      message(),
    ),
    [
      "* Earlier messages:",
      day(NOON_MS - DAY_MS),
      "14:30 #1 Budi: old",
      day(NOON_MS),
      "14:30 #2 Budi: old",
      "14:30 #3 Budi: halo",
    ],
  );
});

Deno.test("RoomView names the day when midnight passes", () => {
  const { show } = room();
  show(message());
  assertEquals(
    show({
      type: "joined",
      roomId: 1,
      name: "Cici",
      timeMs: NOON_MS + DAY_MS,
    })[0],
    day(NOON_MS + DAY_MS),
  );
});

Deno.test("RoomView says nothing of a message on its ordinary way", () => {
  const { show, view } = room();
  assertEquals(show(ownMessage("a", "halo")), ["14:30 #1 Ani: halo"]);
  assertEquals(view.unsentCount, 1);
  assertEquals(show(stored("a")), []);
  assertEquals(view.unsentCount, 0);
});

Deno.test("RoomView marks what waits for the server, until it is sent", () => {
  const { show } = room();
  show(WELCOME, ownMessage("a", "one"));
  assertEquals(show(connection("reconnecting")), [
    "* Connection lost. Reconnecting. Keep writing: messages wait here and go out then.",
    "* 1 message waits for the server.",
  ]);
  assertEquals(show(ownMessage("b", "two")), [
    "14:30 #2 Ani: two (waits for the server)",
  ]);
  assertEquals(show(WELCOME, connection("online")), ["* Connected again."]);
  assertEquals(show(stored("a")), []);
  assertEquals(show(stored("b")), ["* The 2 messages that waited were sent."]);
});

Deno.test("RoomView tells only the first of many attempts", () => {
  const { show } = room();
  show(WELCOME, connection("reconnecting"));
  assertEquals(show(connection("reconnecting", 2)), []);
});

Deno.test("RoomView tells once that the server stopped", () => {
  const { show } = room();
  show(WELCOME, connection("reconnecting"));
  const stopped = (attempt: number, serverStopped: boolean): ClientEvent => ({
    type: "connection",
    connection: { state: "reconnecting", attempt, serverStopped },
  });
  assertEquals(show(stopped(2, true)).length, 1);
  assertEquals(show(stopped(3, true), stopped(4, false)), []);
});

Deno.test("RoomView tells when the server answers again", () => {
  const { show } = room();
  show(WELCOME, connection("unresponsive"));
  assertEquals(show(connection("online")), ["* The server answers again."]);
  assertEquals(show(connection("online")), []);
});

Deno.test("RoomView says which message was refused, and why", () => {
  const { show, view } = room();
  const text = "x".repeat(50) + "\n\x1b";
  show(ownMessage("a", text));
  const reason = { code: "tooFast", retryAfterSeconds: 2 } as const;
  const delivery = { state: "refused", reason } as const;
  assertEquals(show({ type: "delivery", roomId: 1, id: "a", delivery }), [
    `* Not sent: “${
      "x".repeat(40)
    }…”. Too many messages at once. Wait 2 seconds, then send it again.`,
  ]);
  assertEquals(view.unsentCount, 0);
});
