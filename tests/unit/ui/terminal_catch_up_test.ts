import { assertEquals } from "@std/assert";
import { TerminalCatchUp } from "../../../lib/ui/terminal_catch_up.ts";
import type { ClientEvent } from "../../../lib/ui/bridge.ts";

type Message = Extract<ClientEvent, { readonly type: "message" }>;

function message(sequence: number): Message {
  return {
    type: "message",
    roomId: 1,
    id: `${sequence}`,
    author: "Budi",
    own: false,
    style: "plain",
    replyTo: 0,
    text: "halo",
    timeMs: 0,
    earlier: false,
    delivery: { state: "stored", sequence, timeMs: 0, forwardedTo: 0 },
  };
}

Deno.test("TerminalCatchUp.hold() keeps the last screen and counts the rest", () => {
  const catchUp = new TerminalCatchUp();
  catchUp.begin();
  for (let sequence = 1; sequence <= 1_000; sequence++) {
    assertEquals(catchUp.hold(message(sequence), [`${sequence}`]), true);
  }
  const { passedOver, newest } = catchUp.end();
  assertEquals(passedOver, 980);
  const lines = newest.flatMap(({ lines }) => lines);
  assertEquals([lines[0], lines.at(-1)], ["981", "1000"]);
});

Deno.test("TerminalCatchUp.hold() takes nothing outside a catch-up", () => {
  const catchUp = new TerminalCatchUp();
  assertEquals(catchUp.hold(message(1), []), false);
  catchUp.begin();
  catchUp.end();
  assertEquals(catchUp.hold(message(2), []), false);
});

Deno.test("TerminalCatchUp.begin() counts what nobody was shown of the last one", () => {
  const catchUp = new TerminalCatchUp();
  catchUp.begin();
  catchUp.hold(message(1), []);
  catchUp.complete();
  assertEquals(catchUp.isComplete, true);
  catchUp.begin();
  assertEquals(catchUp.isComplete, false);
  catchUp.hold(message(2), ["2"]);
  const { passedOver, newest } = catchUp.end();
  assertEquals([passedOver, newest.length], [1, 1]);
  catchUp.begin();
  assertEquals(catchUp.end().passedOver, 0);
});

Deno.test("TerminalCatchUp.hold() lets pass what is said here meanwhile", () => {
  const catchUp = new TerminalCatchUp();
  catchUp.begin();
  const own = { ...message(1), own: true, delivery: { state: "queued" } };
  assertEquals(catchUp.hold(own as Message, []), false);
});
