import { assertEquals } from "@std/assert";
import { US_PER_S } from "../../../lib/base/time.ts";
import { MAX_RECEIPT_MESSAGES } from "../../../lib/chat/limits.ts";
import { Positions } from "../../../lib/chat/positions.ts";

/** A room in which `ann` wrote the messages 1 to `count`; it has ticked. */
function roomOf(persons: readonly string[], count = 1): Positions {
  const positions = new Positions(0);
  for (const person of persons) positions.enter(person);
  for (let at = 1; at <= count; at++) positions.handlePublished(at, "ann");
  positions.handleTimeout(0);
  return positions;
}

/** What `ann` is told at the next tick. */
function tick(positions: Positions, nowUs = US_PER_S) {
  const { receipts } = positions.handleTimeout(nowUs);
  return receipts.find(({ person }) => person === "ann")?.receipts ?? [];
}

Deno.test("Positions.handleTimeout() tells an author how many of the others have a message", () => {
  const positions = roomOf(["ann", "bob", "eve"]);
  positions.handlePosition("bob", { delivered: 1, read: 1 });
  positions.handlePosition("eve", { delivered: 1, read: 0 });
  assertEquals(tick(positions), [{
    sequence: 1,
    delivered: 2,
    read: 1,
    of: 2,
  }]);
});

Deno.test("Positions.handleTimeout() does not count the author", () => {
  const positions = roomOf(["ann", "bob"]);
  positions.handlePosition("ann", { delivered: 1, read: 1 });
  assertEquals(tick(positions), []);
});

Deno.test("Positions.handleTimeout() tells only what is new", () => {
  const positions = roomOf(["ann", "bob", "eve"], 2);
  positions.handlePosition("bob", { delivered: 1, read: 1 });
  assertEquals(tick(positions), [{
    sequence: 1,
    delivered: 1,
    read: 1,
    of: 2,
  }]);
  positions.handlePosition("bob", { delivered: 2, read: 1 });
  assertEquals(tick(positions, 2 * US_PER_S), [
    { sequence: 2, delivered: 1, read: 0, of: 2 },
  ]);
});

Deno.test("Positions.handleTimeout() tells nothing more once all have read it", () => {
  const positions = roomOf(["ann", "bob"]);
  positions.handlePosition("bob", { delivered: 1, read: 1 });
  assertEquals(tick(positions), [{
    sequence: 1,
    delivered: 1,
    read: 1,
    of: 1,
  }]);
  positions.enter("eve");
  assertEquals(tick(positions, 2 * US_PER_S), []);
});

Deno.test("Positions.handleTimeout() tells only authors that are here", () => {
  const positions = roomOf(["ann", "bob"]);
  positions.leave("ann");
  positions.handlePosition("bob", { delivered: 1, read: 0 });
  assertEquals(tick(positions), []);
  positions.enter("ann");
  assertEquals(tick(positions, 2 * US_PER_S), [
    { sequence: 1, delivered: 1, read: 0, of: 1 },
  ]);
});

Deno.test("Positions.enter() has an author's new device told everything again", () => {
  const positions = roomOf(["ann", "bob"]);
  positions.handlePosition("bob", { delivered: 1, read: 0 });
  assertEquals(tick(positions).length, 1);
  positions.enter("ann");
  assertEquals(tick(positions, 2 * US_PER_S).length, 1);
});

Deno.test("Positions.handleTimeout() tells of the newest messages of an author", () => {
  const positions = roomOf(["ann", "bob"], MAX_RECEIPT_MESSAGES + 1);
  positions.handlePosition("bob", { delivered: 100, read: 0 });
  assertEquals(
    tick(positions).map(({ sequence }) => sequence),
    Array.from({ length: MAX_RECEIPT_MESSAGES }, (_, i) => i + 2),
  );
});

Deno.test("Positions.nextTimeoutUs() is undefined while nothing changes", () => {
  const positions = roomOf(["ann", "bob"]);
  assertEquals(positions.nextTimeoutUs(), undefined);
  positions.handlePosition("bob", { delivered: 0, read: 0 });
  assertEquals(positions.nextTimeoutUs(), undefined);
  positions.handlePosition("bob", { delivered: 1, read: 0 });
  assertEquals(positions.nextTimeoutUs(), US_PER_S);
});

Deno.test("Positions.handleTimeout() does nothing before its time", () => {
  const positions = roomOf(["ann", "bob"]);
  positions.handlePosition("bob", { delivered: 1, read: 0 });
  assertEquals(tick(positions, US_PER_S - 1), []);
  assertEquals(tick(positions).length, 1);
});

Deno.test("Positions.handleTimeout() names who is further once", () => {
  const positions = roomOf(["ann", "bob"], 3);
  positions.handlePosition("bob", { delivered: 2, read: 1 });
  positions.handlePosition("bob", { delivered: 3, read: 2 });
  const person = "bob";
  assertEquals(positions.handleTimeout(US_PER_S).moved, [
    { person, delivered: 3, read: 2 },
  ]);
  positions.enter("eve");
  assertEquals(positions.handleTimeout(2 * US_PER_S).moved, []);
});

Deno.test("Positions.handlePosition() goes back for nobody", () => {
  const positions = roomOf(["ann", "bob"], 3);
  positions.handlePosition("bob", { delivered: 3, read: 2 });
  positions.handlePosition("bob", { delivered: 2, read: 1 });
  assertEquals(positions.of("bob"), { delivered: 3, read: 2 });
});

Deno.test("Positions.handlePosition() takes the furthest of a person's devices", () => {
  const positions = roomOf(["ann", "bob"], 3);
  positions.enter("bob");
  positions.handlePosition("bob", { delivered: 3, read: 0 });
  positions.handlePosition("bob", { delivered: 2, read: 2 });
  assertEquals(positions.of("bob"), { delivered: 3, read: 2 });
});

Deno.test("Positions.handlePosition() ends at what is published", () => {
  const positions = roomOf(["ann", "bob"], 3);
  positions.handlePosition("bob", { delivered: 9, read: 8 });
  assertEquals(positions.of("bob"), { delivered: 3, read: 3 });
});

Deno.test("Positions.handlePosition() ignores who is not here", () => {
  const positions = roomOf(["ann"]);
  positions.handlePosition("bob", { delivered: 1, read: 1 });
  assertEquals(positions.of("bob"), undefined);
});

Deno.test("Positions.enter() goes on from what is kept of a person", () => {
  const positions = roomOf(["ann"], 3);
  positions.enter("bob", { delivered: 3, read: 2 });
  assertEquals(positions.of("bob"), { delivered: 3, read: 2 });
  assertEquals(tick(positions).map(({ read }) => read), [1, 1, 0]);
});

Deno.test("Positions.leave() does not count somebody any more who does not belong to the room", () => {
  const positions = roomOf(["ann", "bob", "eve"]);
  positions.addMember("eve");
  positions.leave("bob");
  positions.leave("eve");
  assertEquals(positions.personsOf(1, "ann").missing, ["eve"]);
  positions.removeMember("eve");
  assertEquals(positions.personsOf(1, "ann").missing, []);
});

Deno.test("Positions.leave() keeps for a while how far somebody was", () => {
  const positions = roomOf(["ann", "bob"]);
  positions.handlePosition("bob", { delivered: 1, read: 1 });
  positions.leave("bob");
  positions.enter("bob");
  assertEquals(positions.of("bob"), { delivered: 1, read: 1 });
});

Deno.test("Positions.personsOf() tells who has read a message, who has it, and who not", () => {
  const positions = roomOf(["ann", "bob", "eve", "ian"], 2);
  positions.handlePosition("bob", { delivered: 2, read: 2 });
  positions.handlePosition("eve", { delivered: 2, read: 1 });
  positions.handlePosition("ian", { delivered: 1, read: 1 });
  assertEquals(positions.personsOf(2, "ann"), {
    read: ["bob"],
    delivered: ["eve"],
    missing: ["ian"],
  });
});

Deno.test("Positions.rekey() goes on where somebody was, and keeps it", () => {
  const positions = roomOf(["ann", "bob"], 2);
  positions.handlePosition("bob", { delivered: 1, read: 1 });
  positions.rekey("account:1", "bob");
  positions.handlePosition("bob", { delivered: 2, read: 2 });
  positions.handlePosition("account:1", { delivered: 2, read: 1 });
  const { moved } = positions.handleTimeout(US_PER_S);
  assertEquals(moved, [{ person: "account:1", delivered: 2, read: 1 }]);
  assertEquals(positions.of("bob"), undefined);
  positions.leave("account:1");
  positions.rekey("bob", "account:1");
  assertEquals(positions.of("bob"), { delivered: 2, read: 1 });
});

Deno.test("Positions.rekey() leaves an author's messages its own", () => {
  const positions = roomOf(["bob", "ann"], 2);
  positions.rekey("account:1", "ann");
  positions.handlePublished(3, "account:1");
  positions.handlePosition("bob", { delivered: 3, read: 3 });
  const { receipts } = positions.handleTimeout(US_PER_S);
  assertEquals(
    receipts.map(({ person, receipts }) => [person, receipts.length]),
    [["account:1", 3]],
  );
});

Deno.test("Positions.takeMoved() names who is further before it is time, and once", () => {
  const positions = roomOf(["ann", "bob"], 3);
  positions.handlePosition("bob", { delivered: 2, read: 1 });
  positions.leave("bob");
  const moved = [{ person: "bob", delivered: 2, read: 1 }];
  assertEquals(positions.takeMoved(), moved);
  assertEquals(positions.takeMoved(), []);
  assertEquals(positions.handleTimeout(US_PER_S).moved, []);
});
