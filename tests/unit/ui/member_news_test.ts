import { assertEquals } from "@std/assert";
import {
  knownPeople,
  type MemberChange,
  memberNews,
  peopleAfter,
} from "../../../lib/ui/member_news.ts";

const BUDI = { name: "Budi", role: "guest", isAway: false } as const;
const CHANGE: MemberChange = {
  type: "memberChanged",
  roomId: 1,
  ...BUDI,
  newName: "Budi",
  own: false,
};

Deno.test("memberNews() says what has changed, in both languages", () => {
  const change: MemberChange = {
    ...CHANGE,
    newName: "Budi S",
    role: "owner",
    isAway: true,
  };
  assertEquals(memberNews("en", change, BUDI), [
    "Budi is now Budi S.",
    "Budi S is an owner now.",
    "Budi S is away.",
  ]);
  assertEquals(memberNews("id", change, BUDI), [
    "Budi sekarang bernama Budi S.",
    "Budi S sekarang pemilik.",
    "Budi S sedang pergi.",
  ]);
});

Deno.test("memberNews() says nothing of what stays", () => {
  assertEquals(memberNews("en", CHANGE, BUDI), []);
  assertEquals(memberNews("en", CHANGE, undefined), []);
  assertEquals(memberNews("id", CHANGE, { ...BUDI, isAway: true }), [
    "Budi sudah kembali.",
  ]);
});

Deno.test("knownPeople() takes for guests whom it knows nothing of", () => {
  const ani = { name: "Ani", role: "owner", isAway: true } as const;
  const people = knownPeople({ members: ["Ani", "Budi"], people: [ani] });
  assertEquals([...people.values()], [ani, BUDI]);
});

Deno.test("peopleAfter() follows who comes, goes, and is another", () => {
  const come = { type: "joined", roomId: 1, name: "Budi", timeMs: 0 } as const;
  const here = peopleAfter(new Map(), { ...come, role: "member" });
  assertEquals([...here.values()], [{ ...BUDI, role: "member" }]);
  const renamed = peopleAfter(here, { ...CHANGE, newName: "Budi S" });
  assertEquals([...renamed.keys()], ["Budi S"]);
  const left = { ...come, type: "left", reason: "quit" } as const;
  assertEquals(peopleAfter(here, left).size, 0);
});
