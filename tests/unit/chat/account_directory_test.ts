import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { Account } from "../../../lib/chat/account.ts";
import { AccountDirectory } from "../../../lib/chat/account_directory.ts";
import { checkName, type MemberName } from "../../../lib/chat/name.ts";
import type { Role } from "../../../lib/chat/role.ts";

function nameOf(text: string): MemberName {
  const check = checkName(text);
  assert(check.type === "valid");
  return check.name;
}

function account(accountId: number, name: string, role: Role = "member") {
  const password = {
    identifier: name,
    record: new Uint8Array(192),
    stretching: { memoryKiB: 65_536, iterations: 1, parallelism: 1 },
  };
  const one: Account = {
    accountId,
    name: nameOf(name),
    role,
    profile: "",
    createdMs: 0,
    password,
  };
  return one;
}

Deno.test("AccountDirectory.find() knows a name in any case, and what looks like it", () => {
  const nell = account(1, "Nell");
  const directory = new AccountDirectory([nell]);
  const find = (name: string) => directory.find(nameOf(name));
  assertEquals(find("nell"), { account: nell, isLookalike: false });
  assertEquals(find("NEIL"), { account: undefined, isLookalike: true });
  assertEquals(find("Neil"), { account: undefined, isLookalike: false });
  assertStrictEquals(directory.get(1), nell);
});

Deno.test("AccountDirectory.put() forgets what was known of the account", () => {
  const directory = new AccountDirectory([account(1, "Nell")]);
  const dewi = account(1, "Dewi", "owner");
  assertEquals(directory.hasOwner, false);
  directory.put(dewi);
  assertEquals([directory.size, directory.hasOwner], [1, true]);
  assertEquals(directory.find(nameOf("Dewi")).account, dewi);
  assertEquals(directory.find(nameOf("Nell")).account, undefined);
  assertEquals(directory.find(nameOf("NEIL")).isLookalike, false);
});

Deno.test("AccountDirectory.remove() frees the name", () => {
  const directory = new AccountDirectory([account(1, "Nell")]);
  directory.remove(1);
  directory.remove(1);
  assertEquals(directory.size, 0);
  assertEquals(directory.find(nameOf("Nell")).account, undefined);
  directory.put(account(2, "NEIL"));
  assertEquals(directory.find(nameOf("NEIL")).account?.accountId, 2);
});
