/** How a terminal shows what changes a talk. */
import { assertEquals } from "@std/assert";
import type { ChangeAct } from "../../../lib/chat/room_event.ts";
import type { ClientEvent } from "../../../lib/ui/bridge.ts";
import { type RoomEvent, RoomView } from "../../../lib/ui/room_view.ts";
import { terminalStyle } from "../../../lib/ui/terminal_style.ts";
import { message, NOON_MS, WELCOME } from "./fake_session.ts";

function inside(language: "en" | "id" = "en") {
  const style = terminalStyle(false);
  const view = new RoomView({ language, style, timeZone: "UTC" });
  const show = (...events: ClientEvent[]) =>
    events.flatMap((event) => view.handleEvent(event as RoomEvent, 200));
  show(
    WELCOME,
    message({ text: "a message of which only the start is quoted" }),
  );
  return show;
}

function change(act: ChangeAct, earlier = false): ClientEvent {
  const rest = { sequence: 9, author: "Cici", own: false, timeMs: NOON_MS };
  return { type: "change", roomId: 1, act, earlier, ...rest };
}

const START = "a message of which only the start is quo…";

for (
  const [act, english, indonesian] of [
    [
      { type: "edit", target: 1, text: "new" },
      "Cici edited message 1: new",
      "Cici mengubah pesan 1: new",
    ],
    [
      { type: "edit", target: 1, text: "" },
      "Cici edited message 1, which was removed later.",
      "Cici mengubah pesan 1, yang kemudian dihapus.",
    ],
    [
      { type: "remove", target: 1 },
      "Cici removed message 1.",
      "Cici menghapus pesan 1.",
    ],
    [
      { type: "remove", target: 77 },
      "Cici removed an older message.",
      "Cici menghapus pesan yang lebih lama.",
    ],
    [
      { type: "react", target: 1, emoji: "👍", isOn: true },
      `Cici put 👍 at message 1 “${START}”.`,
      `Cici memberi 👍 pada pesan 1 “${START}”.`,
    ],
    [
      { type: "react", target: 1, emoji: "👍", isOn: false },
      `Cici took 👍 back from message 1 “${START}”.`,
      `Cici mencabut 👍 dari pesan 1 “${START}”.`,
    ],
    [
      { type: "pin", target: 1, isOn: true },
      `Cici pinned message 1 “${START}”.`,
      `Cici menyematkan pesan 1 “${START}”.`,
    ],
    [
      { type: "pin", target: 1, isOn: false },
      `Cici unpinned message 1 “${START}”.`,
      `Cici melepas sematan pesan 1 “${START}”.`,
    ],
    [
      { type: "topic", text: "algebra" },
      "Cici set the topic: algebra",
      "Cici menetapkan topik: algebra",
    ],
  ] as readonly (readonly [ChangeAct, string, string])[]
) {
  Deno.test(`RoomView says: ${english}`, () => {
    assertEquals(inside()(change(act)), [`14:30 * ${english}`]);
    assertEquals(inside("id")(change(act)), [`14:30 * ${indonesian}`]);
  });
}

Deno.test("RoomView shows of changes from before only the edits", () => {
  const show = inside();
  const edit: ChangeAct = { type: "edit", target: 1, text: "new" };
  assertEquals(show(change(edit, true)), [
    "14:30 * Cici edited message 1: new",
  ]);
  for (
    const act of [
      { ...edit, text: "" },
      { type: "react", target: 1, emoji: "👍", isOn: true },
      { type: "pin", target: 1, isOn: true },
      { type: "topic", text: "algebra" },
    ] as const
  ) assertEquals(show(change(act, true)), []);
  assertEquals(show(change({ type: "remove", target: 1 }, true)), []);
  const delivery = {
    state: "stored",
    sequence: 2,
    timeMs: NOON_MS,
    forwardedTo: 0,
  } as const;
  assertEquals(show(message({ id: "m2", replyTo: 1, delivery })), [
    "14:30 #2 Budi: > #1 Budi: (removed)",
    "      halo",
  ]);
});

Deno.test("RoomView quotes what a message answers", () => {
  const show = inside();
  const delivery = {
    state: "stored",
    sequence: 2,
    timeMs: NOON_MS,
    forwardedTo: 0,
  } as const;
  assertEquals(show(message({ id: "m2", replyTo: 1, text: "yes", delivery })), [
    `14:30 #2 Budi: > #1 Budi: ${START}`,
    "      yes",
  ]);
  assertEquals(show(message({ id: "m3", replyTo: 77, text: "yes" })), [
    "14:30 #3 Budi: > an older message",
    "      yes",
  ]);
});

Deno.test("RoomView shows what somebody does so that it looks like no notice", () => {
  const style = "action";
  assertEquals(inside()(message({ style, text: "joined the room." })), [
    "14:30 #2 » Budi joined the room.",
  ]);
});

Deno.test("RoomView shows that a message was removed", () => {
  assertEquals(inside()(message({ id: "m2", text: "" })), [
    "14:30 #2 Budi: (removed)",
  ]);
});

Deno.test("RoomView says why a change was refused", () => {
  const act: ChangeAct = { type: "edit", target: 1, text: "x" };
  const refused = { type: "changeRefused", act } as const;
  const reason = { code: "notYours" } as const;
  assertEquals(inside()({ roomId: 1, ...refused, reason }), [
    "* Not done: message 1 was not edited. Only who wrote it can do that.",
  ]);
});

Deno.test("RoomView says what the room is about", () => {
  const style = terminalStyle(false);
  const view = new RoomView({ language: "en", style, timeZone: "UTC" });
  const lines = view.handleEvent({ ...WELCOME, topic: "algebra" }, 200);
  assertEquals(lines[1], "* Topic: algebra");
});
