import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { checkName, type MemberName } from "../../../lib/chat/name.ts";
import {
  type Admission,
  type Arrival,
  People,
} from "../../../lib/chat/people.ts";
import { authorKeyOf } from "./test_room.ts";

function nameOf(text: string): MemberName {
  const check = checkName(text);
  assert(check.type === "valid");
  return check.name;
}

function guest(handle: number, text: string, client = handle): Arrival {
  return {
    handle,
    authorKey: authorKeyOf(client),
    name: nameOf(text),
    accountId: 0,
    role: "guest",
    address: "192.0.2.1",
  };
}

function member(handle: number, text: string, client = handle): Arrival {
  return { ...guest(handle, text, client), accountId: 7, role: "member" };
}

function admitted(
  admission: Admission,
): Extract<Admission, { type: "admitted" }> {
  assert(admission.type === "admitted");
  return admission;
}

Deno.test("People.admit() lets in who has a free name", () => {
  const people = new People(9);
  const { device, previous } = admitted(people.admit(guest(1, "Ani")));
  assertEquals(previous, undefined);
  assertEquals(device.person, {
    key: authorKeyOf(1),
    name: nameOf("Ani"),
    accountId: 0,
    role: "guest",
    isAway: false,
    awayText: "",
  });
  assertStrictEquals(people.get(1), device);
  assertStrictEquals(people.holderOf(nameOf("ANI")), device.person);
});

Deno.test("People.admit() refuses a name that is taken, or looks like one", () => {
  const people = new People(9);
  people.admit(guest(1, "Paul"));
  for (const text of ["Paul", "PAUL", "PauI"]) {
    assertEquals(people.admit(guest(2, text)), {
      type: "refused",
      reason: "nameTaken",
    });
  }
  assertEquals(people.deviceCount, 1);
});

Deno.test("People.admit() refuses who is one too many, but for a return", () => {
  const people = new People(2);
  people.admit(guest(1, "Ani"));
  people.admit(guest(2, "Budi"));
  assertEquals(people.admit(guest(3, "Citra")), {
    type: "refused",
    reason: "roomFull",
  });
  assertEquals(people.admit(guest(3, "Budi", 2)).type, "admitted");
  assertEquals(people.admit(guest(4, "Citra", 2)).type, "admitted");
});

Deno.test("People.admit() gives a returning client its person", () => {
  const people = new People(9);
  const first = admitted(people.admit(guest(1, "Ani")));
  const second = admitted(people.admit(guest(2, "ani", 1)));
  assertEquals(second.isReturn, true);
  assertStrictEquals(second.previous, first.device);
  assertStrictEquals(second.device.person, first.device.person);
  assertEquals(people.get(1), undefined);
  // What comes late of the old connection is no matter.
  people.remove(first.device);
  assertEquals(people.devicesOf(authorKeyOf(1)), [second.device]);
});

Deno.test("People.admit() makes a client that comes under another name another self", () => {
  const people = new People(9);
  const first = admitted(people.admit(guest(1, "Ani")));
  const second = admitted(people.admit(guest(2, "Anita", 1)));
  assertEquals(second.isReturn, false);
  assertStrictEquals(second.previous, first.device);
  assertEquals(people.holderOf(nameOf("Ani")), undefined);
  assertEquals(people.deviceCount, 1);
  // Also under one that looks like the old one.
  assertEquals(people.admit(guest(3, "AnIta", 1)).type, "admitted");
});

Deno.test("People.admit() makes the devices of an account one person", () => {
  const people = new People(9);
  const first = admitted(people.admit(member(1, "Ani")));
  const second = admitted(people.admit(member(2, "Ani")));
  assertEquals([second.previous, second.isReturn], [undefined, false]);
  assertStrictEquals(second.device.person, first.device.person);
  assertEquals(first.device.person.key, "account:7");
  assertEquals(people.devicesOf("account:7"), [first.device, second.device]);
  people.remove(first.device);
  assertEquals(people.admit(guest(3, "Ani")), {
    type: "refused",
    reason: "nameTaken",
  });
  people.remove(second.device);
  assertEquals(people.devicesOf("account:7"), []);
  assertEquals(people.admit(guest(3, "Ani")).type, "admitted");
});

Deno.test("People.admit() lets one device of an account return beside another", () => {
  const people = new People(9);
  const first = admitted(people.admit(member(1, "Ani")));
  const second = admitted(people.admit(member(2, "Ani")));
  const third = admitted(people.admit(member(3, "Ani", 1)));
  assertEquals(third.isReturn, true);
  assertStrictEquals(third.previous, first.device);
  assertEquals(people.devicesOf("account:7"), [second.device, third.device]);
});

Deno.test("People.admit() keeps an account's name from a guest on one of its devices", () => {
  const people = new People(9);
  people.admit(member(1, "Ani"));
  people.admit(member(2, "Ani"));
  assertEquals(people.admit(guest(3, "Ani", 1)), {
    type: "refused",
    reason: "nameTaken",
  });
  // With its only device it is free.
  people.remove(people.get(2)!);
  const { previous, isReturn } = admitted(people.admit(guest(3, "Ani", 1)));
  assertEquals([previous?.handle, isReturn], [1, false]);
});

Deno.test("People.clear() lets everybody go", () => {
  const people = new People(9);
  people.admit(guest(1, "Ani"));
  people.admit(member(2, "Budi"));
  people.clear();
  assertEquals([people.deviceCount, people.devices()], [0, []]);
  assertEquals(people.admit(guest(3, "Ani")).type, "admitted");
});
