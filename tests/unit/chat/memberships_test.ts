import { assert, assertEquals } from "@std/assert";
import { MAX_OPEN_REQUESTS } from "../../../lib/chat/limits.ts";
import { Memberships } from "../../../lib/chat/memberships.ts";

/** Nobody is in a room. */
const NOTHING = { memberships: [], changes: [], readSequence: 0 };

/** Budi, a guest, whose rooms are known; gives what was decided. */
function known(): { memberships: Memberships; decided: string[] } {
  const memberships = new Memberships();
  const rooms = memberships.add("guest");
  assert(rooms !== undefined);
  memberships.settle("guest", rooms, NOTHING);
  return { memberships, decided: [] };
}

Deno.test("Memberships.whenKnown() waits until the person's rooms are known", () => {
  const memberships = new Memberships();
  const decided: string[] = [];
  const rooms = memberships.add("guest")!;
  memberships.whenKnown("guest", () => decided.push("a"));
  memberships.decideWaiting("guest");
  assertEquals(decided, []);
  memberships.settle("guest", rooms, NOTHING);
  memberships.decideWaiting("guest");
  assertEquals(decided, ["a"]);
});

Deno.test("Memberships.whenKnown() waits while the person's key is about to be another one", () => {
  const { memberships, decided } = known();
  memberships.hold("guest");
  memberships.whenKnown("guest", () => decided.push("a"));
  memberships.whenKnown("other", () => decided.push("other"));
  assertEquals(decided, ["other"]);
  memberships.rekey("account:7", "guest", { key: true, oldKey: false });
  assertEquals(decided, ["other"]);
  memberships.letGo("guest");
  assertEquals(decided, ["other", "a"]);
});

Deno.test("Memberships.letGo() decides what waited also where the key stays", () => {
  const { memberships, decided } = known();
  memberships.hold("guest");
  memberships.whenKnown("guest", () => decided.push("a"));
  memberships.letGo("guest");
  assertEquals(decided, ["a"]);
  memberships.whenKnown("guest", () => decided.push("b"));
  assertEquals(decided, ["a", "b"]);
});

Deno.test("Memberships.letGo() decides nothing while the store is asked for the key once more", () => {
  const { memberships, decided } = known();
  memberships.hold("guest");
  memberships.hold("guest");
  memberships.whenKnown("guest", () => decided.push("a"));
  memberships.letGo("guest");
  assertEquals(decided, []);
  memberships.letGo("guest");
  assertEquals(decided, ["a"]);
});

Deno.test("Memberships.settle() lets nothing be decided while the key is about to be another one", () => {
  const memberships = new Memberships();
  const decided: string[] = [];
  const rooms = memberships.add("guest")!;
  memberships.whenKnown("guest", () => decided.push("a"));
  memberships.hold("guest");
  memberships.settle("guest", rooms, NOTHING);
  memberships.decideWaiting("guest");
  assertEquals(decided, []);
  memberships.letGo("guest");
  assertEquals(decided, ["a"]);
});

Deno.test("Memberships.letGo() decides nothing for who has gone", () => {
  const { memberships, decided } = known();
  memberships.hold("guest");
  memberships.whenKnown("guest", () => decided.push("a"));
  memberships.delete("guest");
  memberships.letGo("guest");
  assertEquals(decided, []);
});

Deno.test("Memberships.whenKnown() lets only so much wait", () => {
  const { memberships } = known();
  memberships.hold("guest");
  for (let i = 0; i < MAX_OPEN_REQUESTS; i++) {
    assertEquals(memberships.whenKnown("guest", () => {}), undefined);
  }
  assertEquals(memberships.whenKnown("guest", () => {}), {
    code: "tooManyOpen",
    limitRequests: MAX_OPEN_REQUESTS,
  });
});
