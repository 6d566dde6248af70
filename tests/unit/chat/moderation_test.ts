import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { MAX_BANS, MAX_MUTES } from "../../../lib/chat/limits.ts";
import { DONE } from "../../../lib/chat/people_desk.ts";
import type { ServerPeopleRequest } from "../../../lib/chat/people_requests.ts";
import { compareRoles, type Role, ROLES } from "../../../lib/chat/role.ts";
import { nameOf, PEOPLE_TIME, PeopleWorld } from "./people_world.ts";

/** A ban of a name for good. */
function banOf(value: string): ServerPeopleRequest {
  return { type: "ban", kind: "name", value, reason: "Spam", seconds: 0 };
}

const DEEDS: readonly ((name: string) => ServerPeopleRequest)[] = [
  (name) => ({ type: "kick", name, reason: "" }),
  (name) => ({ type: "mute", name, seconds: 60 }),
  banOf,
  (value) => ({
    type: "ban",
    kind: "address",
    value,
    reason: "",
    seconds: 60,
  }),
];

for (const deed of DEEDS) {
  for (const own of ["moderator", "owner"] as const) {
    for (const role of ROLES) {
      const request = deed("Budi");
      const isAbove = compareRoles(own, role) > 0;
      Deno.test(`Moderation ${isAbove ? "lets" : "refuses"} ${JSON.stringify(request)} by a ${own} of a ${role}`, () => {
        const world = new PeopleWorld();
        const ani = world.joinAs("Ani", own, "192.0.2.7");
        world.joinAs("Budi", role);
        const expected = isAbove ? DONE : { code: "outranked", role };
        assertEquals(world.refusal(ani, request), expected);
      });
    }
  }
}

Deno.test("Moderation protects who is not there, if the name is claimed", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "moderator");
  world.people.remove(world.joinAs("Budi", "owner"));
  const outranked = { code: "outranked", role: "owner" };
  assertEquals(world.refusal(ani, banOf("budi")), outranked);
  const mute = { type: "mute", name: "Budi", seconds: 60 } as const;
  assertEquals(world.refusal(ani, mute), outranked);
});

Deno.test("Moderation sends away all devices of who is kicked, and says by whom and why", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "moderator");
  world.joinAs("Budi", "member");
  world.join("Budi");
  const kick = { type: "kick", name: "BUDI", reason: " Too\nloud " } as const;
  world.isSlow = true;
  assertEquals(world.ask(ani, kick), undefined);
  assertEquals(world.removed, []);
  assertEquals(world.commit(), DONE);
  const close = { type: "kicked", by: "Ani", reason: "Too loud" } as const;
  assertEquals(world.removed, [["Budi", close], ["Budi", close]]);
  assertEquals(world.audit().at(-1), "Ani kick Budi Too loud");
  assertEquals(world.refusal(ani, kick), { code: "unknownName" });
});

Deno.test("Moderation bans a name, sends its holder away, and keeps that over a restart", () => {
  const database = new DatabaseSync(":memory:");
  const world = new PeopleWorld(database);
  const ani = world.joinAs("Ani", "moderator");
  world.join("Nell");
  assertEquals(world.ask(ani, banOf(" nell ")), DONE);
  const close = {
    type: "banned",
    untilSeconds: 0,
    by: "Ani",
    reason: "Spam",
  } as const;
  assertEquals(world.removed, [["Nell", close]]);
  assertEquals(world.audit().at(-1), "Ani ban nell Spam");
  const later = new PeopleWorld(database).requests;
  const subject = (name: string) => ({
    name: nameOf(name),
    address: "192.0.2.1",
    role: "guest" as Role,
  });
  assertEquals(later.banOf(subject("NEIL"), PEOPLE_TIME), close);
  assertEquals(later.banOf(subject("Budi"), PEOPLE_TIME), undefined);
});

Deno.test("Moderation bans somebody's address by the name, for a while", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "moderator", "192.0.2.7");
  world.join("Budi", "192.0.2.8");
  world.join("Citra", "192.0.2.8");
  const request = {
    type: "ban",
    kind: "address",
    value: "Budi",
    reason: "",
    seconds: 60,
  } as const;
  assertEquals(world.ask(ani, request), DONE);
  const untilSeconds = PEOPLE_TIME / 1_000 + 60;
  const close = {
    type: "banned",
    untilSeconds,
    by: "Ani",
    reason: "",
  } as const;
  assertEquals(world.removed, [["Budi", close], ["Citra", close]]);
  const reply = world.ask(ani, { type: "bans" });
  assert(reply?.type === "answer" && reply.answer.type === "bans");
  assertEquals(reply.answer.bans.map(({ value }) => value), ["192.0.2.8"]);
});

Deno.test("Moderation bans a network, but nobody of the own role or above in it", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "moderator");
  world.joinAs("Budi", "owner");
  world.joinAs("Citra", "moderator");
  world.joinAs("Dewi", "member");
  world.forget();
  const request = {
    type: "ban",
    kind: "network",
    value: "192.0.2.99/24",
    reason: "",
    seconds: 0,
  } as const;
  assertEquals(world.ask(ani, request), DONE);
  assertEquals(world.removed.map(([name]) => name), ["Dewi"]);
});

for (
  const [kind, value] of [
    ["name", "a\tb"],
    ["address", "Nobody"],
    ["address", "192.0.2.0/24"],
    ["network", "0.0.0.0/0"],
    ["network", "Budi"],
  ] as const
) {
  Deno.test(`Moderation refuses a ban of the ${kind} "${value}"`, () => {
    const world = new PeopleWorld();
    const ani = world.joinAs("Ani", "moderator");
    const request = {
      type: "ban",
      kind,
      value,
      reason: "",
      seconds: 0,
    } as const;
    assertEquals(world.refusal(ani, request), { code: "banInvalid" });
  });
}

Deno.test("Moderation takes a ban back, which is there", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "moderator");
  world.ask(ani, banOf("Budi"));
  const unban = { type: "unban", kind: "name", value: "BUDI" } as const;
  assertEquals(world.ask(ani, unban), DONE);
  assertEquals(world.refusal(ani, unban), { code: "notFound" });
  assertEquals(world.audit().at(-1), "Ani unban Budi");
});

Deno.test("Moderation keeps so many bans and no more", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "moderator");
  for (let i = 0; i < MAX_BANS; i++) {
    assertEquals(world.ask(ani, banOf(`Budi ${i}`)), DONE);
  }
  const refusal = world.refusal(ani, banOf("Citra"));
  assertEquals(refusal, { code: "tooMany", limit: MAX_BANS });
  assertEquals(world.ask(ani, banOf("budi 7")), DONE);
});

Deno.test("Moderation lets somebody speak again", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "moderator");
  const budi = world.join("Budi");
  const mute = (seconds: number) =>
    world.refusal(ani, { type: "mute", name: "Budi", seconds });
  assertEquals(mute(0), { code: "notFound" });
  assertEquals(mute(60), DONE);
  assertEquals(mute(0), DONE);
  const { requests } = world;
  assertEquals(requests.checkMuted(budi.person, PEOPLE_TIME), undefined);
  assertEquals(world.audit().slice(-2), [
    "Ani mute Budi 2026-11-22T00:01:00.000Z",
    "Ani unmute Budi",
  ]);
});

Deno.test("Moderation keeps so many mutes and no more, until one is over", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "moderator");
  const mute = (name: string) =>
    world.refusal(ani, { type: "mute", name, seconds: 60 });
  for (let i = 0; i < MAX_MUTES; i++) {
    const guest = world.people.deviceCount < 90
      ? world.join(`Budi ${i}`)
      : undefined;
    assertEquals(mute(guest!.person.name.text), DONE);
    world.people.remove(guest!);
  }
  world.join("Citra");
  assertEquals(mute("Citra"), { code: "tooMany", limit: MAX_MUTES });
  world.timeMs += 60_000;
  assertEquals(mute("Citra"), DONE);
});

Deno.test("Moderation gives roles below the own one, to claimed names", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "owner");
  const budi = world.joinAs("Budi", "member");
  world.people.remove(world.joinAs("Citra", "member"));
  world.join("Dewi");
  world.joinAs("Eka", "owner");
  world.forget();
  const give = (name: string, role: Role) =>
    world.refusal(ani, { type: "role", name, role });
  assertEquals(give("Budi", "moderator"), DONE);
  assertEquals(give("citra", "moderator"), DONE);
  assertEquals(budi.person.role, "moderator");
  assertEquals(world.accounts.find(nameOf("Citra")).account?.role, "moderator");
  assertEquals(world.told, ["Budi, Budi, moderator"]);
  assertEquals(give("Budi", "member"), DONE);
  assertEquals(give("Budi", "owner"), { code: "outranked", role: "owner" });
  assertEquals(give("Eka", "member"), { code: "outranked", role: "owner" });
  assertEquals(give("Ani", "member"), { code: "outranked", role: "owner" });
  assertEquals(give("Dewi", "moderator"), {
    code: "needsRole",
    role: "member",
  });
  assertEquals(give("Nobody", "moderator"), { code: "unknownName" });
});
