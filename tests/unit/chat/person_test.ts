import { assertEquals } from "@std/assert";
import { isSamePerson, personKeyOf } from "../../../lib/chat/person.ts";

Deno.test("personKeyOf() is the account's, or for a guest the client's", () => {
  assertEquals(personKeyOf(0, "ab"), "ab");
  assertEquals(personKeyOf(7, "ab"), "account:7");
});

Deno.test("isSamePerson() knows who shares the client or the account", () => {
  const guest = { authorKey: "ab", accountId: 0 };
  assertEquals(isSamePerson(guest, { ...guest }), true);
  assertEquals(isSamePerson(guest, { ...guest, accountId: 7 }), true);
  assertEquals(isSamePerson(guest, { ...guest, authorKey: "cd" }), false);
  const member = { authorKey: "ab", accountId: 7 };
  assertEquals(isSamePerson(member, { ...member, authorKey: "cd" }), true);
  assertEquals(isSamePerson(member, { authorKey: "cd", accountId: 8 }), false);
});
