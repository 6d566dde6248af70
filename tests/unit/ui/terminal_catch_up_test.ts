import { assertEquals, assertStringIncludes } from "@std/assert";
import { TerminalCatchUp } from "../../../lib/ui/terminal_catch_up.ts";
import type { ClientEvent } from "../../../lib/ui/bridge.ts";
import { message, NOON_MS, ownMessage } from "./fake_session.ts";
import { inside } from "./terminal_setup.ts";

function missed(sequence: number): Extract<ClientEvent, { type: "message" }> {
  const stored = { state: "stored", timeMs: NOON_MS, forwardedTo: 0 } as const;
  const delivery = { ...stored, sequence };
  return message({ id: `${sequence}`, text: `halo ${sequence}`, delivery });
}

Deno.test("TerminalCatchUp.hold() keeps the last screen and counts the rest", () => {
  const catchUp = new TerminalCatchUp();
  catchUp.begin();
  for (let sequence = 1; sequence <= 1_000; sequence++) {
    assertEquals(catchUp.hold(missed(sequence), [`${sequence}`]), true);
  }
  const { passedOver, newest } = catchUp.end();
  assertEquals(passedOver, 980);
  const lines = newest.flatMap(({ lines }) => lines);
  assertEquals([lines[0], lines.at(-1)], ["981", "1000"]);
});

Deno.test("TerminalCatchUp.hold() takes nothing outside a catch-up", () => {
  const catchUp = new TerminalCatchUp();
  assertEquals(catchUp.hold(missed(1), []), false);
  catchUp.begin();
  catchUp.end();
  assertEquals(catchUp.hold(missed(2), []), false);
});

Deno.test("TerminalCatchUp.begin() counts what nobody was shown of the last one", () => {
  const catchUp = new TerminalCatchUp();
  catchUp.begin();
  catchUp.hold(missed(1), []);
  catchUp.complete();
  assertEquals(catchUp.isComplete, true);
  catchUp.begin();
  assertEquals(catchUp.isComplete, false);
  catchUp.hold(missed(2), ["2"]);
  const { passedOver, newest } = catchUp.end();
  assertEquals([passedOver, newest.length], [1, 1]);
  catchUp.begin();
  assertEquals(catchUp.end().passedOver, 0);
});

Deno.test("TerminalCatchUp.hold() lets pass what is said here meanwhile", () => {
  const catchUp = new TerminalCatchUp();
  catchUp.begin();
  assertEquals(catchUp.hold(ownMessage("m1", "halo"), []), false);
});

Deno.test("runTerminalFace() shows the end of what was missed, and how much it passed over", () => {
  const { session, terminal } = inside();
  const about = { type: "catchUp", roomId: 1 } as const;
  session.emit({ ...about, stage: "begun", events: 100 });
  for (let sequence = 1; sequence <= 100; sequence++) {
    session.emit(missed(sequence));
  }
  session.emit({ ...about, stage: "done" });
  const [begun, passedOver, ...shown] = terminal.screen;
  assertStringIncludes(begun!, "Fetching 100 earlier messages");
  assertStringIncludes(passedOver!, "80 older events are not shown");
  assertEquals(shown.length, 21);
  assertStringIncludes(shown[0]!, "Budi: halo 81");
  assertEquals(shown.at(-1), ">");
});
