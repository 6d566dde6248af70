import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { Ban } from "../../../lib/chat/account.ts";
import { BanList, tidyBanValue } from "../../../lib/chat/ban_list.ts";
import { MAX_BANS } from "../../../lib/chat/limits.ts";
import { checkName } from "../../../lib/chat/name.ts";
import type { Role } from "../../../lib/chat/role.ts";

function ban(
  change: Pick<Ban, "kind" | "value"> & Partial<Ban>,
): Ban {
  return {
    reason: "",
    by: "Ani",
    byRole: "moderator",
    untilMs: 0,
    ...change,
  };
}

function subject(name: string, address: string, role: Role = "guest") {
  const check = checkName(name);
  assert(check.type === "valid");
  return { name: check.name, address, role };
}

for (
  const [kind, value, name, address, isMeant] of [
    ["name", "Nell", "nell", "192.0.2.1", true],
    ["name", "Nell", "NEIL", "192.0.2.1", true],
    ["name", "Nell", "Neil", "192.0.2.1", false],
    ["address", "192.0.2.1", "Budi", "192.0.2.1", true],
    ["address", "192.0.2.1", "Budi", "::ffff:192.0.2.1", true],
    ["address", "192.0.2.1", "Budi", "192.0.2.2", false],
    ["network", "192.0.2.0/24", "Budi", "192.0.2.200", true],
    ["network", "192.0.2.0/24", "Budi", "192.0.3.200", false],
    ["network", "2001:db8::/32", "Budi", "2001:db8:7::1", true],
    ["network", "2001:db8::/32", "Budi", "2001:db9:7::1", false],
    ["network", "2001:db8::/32", "Budi", "192.0.2.1", false],
    ["network", "192.0.2.0/24", "Budi", "no address", false],
  ] as const
) {
  Deno.test(`BanList.find() ${isMeant ? "finds" : "does not find"} ${name} at ${address} by a ban of ${value}`, () => {
    const one = ban({ kind, value });
    const found = new BanList([one]).find(subject(name, address), 0);
    assertStrictEquals(found, isMeant ? one : undefined);
  });
}

Deno.test("BanList.find() means nobody of the role that decided, or above", () => {
  const list = new BanList([ban({ kind: "network", value: "192.0.2.0/24" })]);
  const isMeant = (role: Role) =>
    list.find(subject("Budi", "192.0.2.1", role), 0) !== undefined;
  assertEquals([isMeant("guest"), isMeant("member")], [true, true]);
  assertEquals([isMeant("moderator"), isMeant("owner")], [false, false]);
});

Deno.test("BanList.find() gives the ban that lasts longest", () => {
  const short = ban({ kind: "name", value: "Budi", untilMs: 100 });
  const long = ban({ kind: "address", value: "192.0.2.1", untilMs: 200 });
  const list = new BanList([long, short]);
  const budi = subject("Budi", "192.0.2.1");
  assertStrictEquals(list.find(budi, 0), long);
  const forGood = ban({ kind: "network", value: "192.0.2.0/24" });
  list.add(forGood);
  assertStrictEquals(list.find(budi, 0), forGood);
});

Deno.test("BanList forgets a ban that is over", () => {
  const list = new BanList([
    ban({ kind: "name", value: "Budi", untilMs: 100 }),
  ]);
  const budi = subject("Budi", "192.0.2.1");
  assert(list.find(budi, 99) !== undefined);
  assertStrictEquals(list.find(budi, 100), undefined);
  assertEquals(list.list(99).length, 1);
  assertEquals(list.list(100).length, 0);
});

Deno.test("BanList has one ban of each thing, which can be taken back", () => {
  const list = new BanList();
  list.add(ban({ kind: "name", value: "Budi", reason: "1" }));
  list.add(ban({ kind: "name", value: "BUDI", reason: "2" }));
  assertEquals(list.list(0).map(({ reason }) => reason), ["2"]);
  assertEquals(list.get("name", "budi")?.value, "BUDI");
  assertEquals(list.remove("name", "budi"), true);
  assertEquals(list.remove("name", "budi"), false);
  assertEquals(list.list(0), []);
});

Deno.test("BanList.hasRoom() is true again when a ban is over", () => {
  const list = new BanList();
  for (let i = 0; i < MAX_BANS; i++) {
    assert(list.hasRoom(0));
    const untilMs = i === 0 ? 100 : 0;
    list.add(ban({ kind: "name", value: `Budi ${i}`, untilMs }));
  }
  assertEquals([list.hasRoom(99), list.hasRoom(100)], [false, true]);
});

for (
  const [kind, value, expected] of [
    ["name", "  Budi ", "Budi"],
    ["name", "a\tb", undefined],
    ["address", "192.0.2.1", "192.0.2.1"],
    ["address", "192.0.2.0/24", undefined],
    ["address", "Budi", undefined],
    ["network", "192.0.2.9/24", "192.0.2.0/24"],
    ["network", "192.0.2.9", "192.0.2.9"],
    ["network", "0.0.0.0/0", undefined],
    ["network", "::/8", undefined],
  ] as const
) {
  Deno.test(`tidyBanValue() makes ${expected} of the ${kind} "${value}"`, () => {
    assertStrictEquals(tidyBanValue(kind, value), expected);
  });
}
