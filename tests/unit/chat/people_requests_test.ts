import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { DONE } from "../../../lib/chat/people_desk.ts";
import type { ServerPeopleRequest } from "../../../lib/chat/people_requests.ts";
import { ProtocolError } from "../../../lib/chat/protocol_error.ts";
import { ROLES } from "../../../lib/chat/role.ts";
import { CLAIM_STRETCHING } from "./fake_registration.ts";
import {
  CLAIM_RECORD,
  CLAIM_REQUEST,
  nameOf,
  PEOPLE_TIME,
  PeopleWorld,
} from "./people_world.ts";

const MINUTE_MS = 60_000;

/** Each request, and the least role that may make it. */
const NEEDS: readonly (readonly [ServerPeopleRequest, number])[] = [
  [{ type: "claimStart", request: CLAIM_REQUEST }, 0],
  [{ type: "nick", name: "Dewi" }, 0],
  [{ type: "away", text: "Lunch" }, 0],
  [{ type: "release" }, 1],
  [{ type: "profile", text: "Hello" }, 1],
  [{ type: "owner", code: "" }, 1],
  [{ type: "kick", name: "Budi", reason: "" }, 2],
  [{
    type: "ban",
    kind: "name",
    value: "Budi",
    reason: "",
    seconds: 0,
  }, 2],
  [{ type: "unban", kind: "name", value: "Budi" }, 2],
  [{ type: "bans" }, 2],
  [{ type: "mute", name: "Budi", seconds: 60 }, 2],
  [{ type: "audit", before: 0 }, 2],
  [{ type: "role", name: "Citra", role: "moderator" }, 3],
];

for (const [request, least] of NEEDS) {
  for (const [rank, role] of ROLES.entries()) {
    const isEnough = rank >= least;
    Deno.test(`PeopleRequests ${isEnough ? "takes" : "refuses"} ${request.type} of a ${role}`, () => {
      const world = new PeopleWorld();
      world.joinAs("Citra", "member");
      world.join("Budi");
      const refusal = world.refusal(world.joinAs("Ani", role), request);
      const needs = { code: "needsRole", role: ROLES[least]! };
      if (isEnough) assert(JSON.stringify(refusal) !== JSON.stringify(needs));
      else assertEquals(refusal, needs);
    });
  }
}

Deno.test("PeopleRequests lets a guest claim the name it is in with", () => {
  const world = new PeopleWorld();
  const ani = world.join("Ani");
  const start = { type: "claimStart", request: CLAIM_REQUEST } as const;
  assertEquals(world.ask(ani, start), {
    type: "answer",
    answer: {
      type: "claimStart",
      response: new Uint8Array(64).fill(3),
      stretching: CLAIM_STRETCHING,
    },
  });
  const finish = { type: "claimFinish", record: CLAIM_RECORD } as const;
  assertEquals(world.ask(ani, finish), {
    type: "answer",
    answer: { type: "claimed", accountId: 1 },
  });
  assertEquals([ani.person.key, ani.person.role], ["account:1", "member"]);
  const { account } = world.accounts.find(nameOf("Ani"));
  assertEquals(account?.password.record, CLAIM_RECORD);
  assertEquals(world.told, ["Ani, Ani, member"]);
  assertEquals(world.tickets, ["Ani 1"]);
  assertEquals(world.audit(), ["Ani claim Ani"]);
});

Deno.test("PeopleRequests tells nobody of a claim before it is durable, and takes nothing else meanwhile", () => {
  const world = new PeopleWorld();
  const ani = world.join("Ani");
  world.isSlow = true;
  assertEquals(world.claim(ani), undefined);
  assertEquals([world.told, ani.person.accountId], [[], 0]);
  const asker = { device: ani, nowUs: 0, timeMs: 0 };
  const isTaken = world.requests.handleRequest(2, { type: "release" }, asker);
  assertEquals(isTaken, false);
  assertEquals(world.commit()?.type, "answer");
  assertEquals(ani.person.accountId, 1);
});

Deno.test("PeopleRequests ends a claim that was not begun, or for another name", () => {
  const world = new PeopleWorld();
  const ani = world.join("Ani");
  const finish = { type: "claimFinish", record: CLAIM_RECORD } as const;
  assertEquals(world.refusal(ani, finish), { code: "noClaim" });
  world.ask(ani, { type: "claimStart", request: CLAIM_REQUEST });
  world.ask(ani, { type: "nick", name: "Dewi" });
  assertEquals(world.refusal(ani, finish), { code: "noClaim" });
});

Deno.test("PeopleRequests throws for malformed OPAQUE messages", () => {
  const world = new PeopleWorld();
  const ani = world.join("Ani");
  assertThrows(
    () => world.ask(ani, { type: "claimStart", request: new Uint8Array(32) }),
    ProtocolError,
  );
  world.ask(ani, { type: "claimStart", request: CLAIM_REQUEST });
  assertThrows(
    () => world.ask(ani, { type: "claimFinish", record: new Uint8Array(192) }),
    ProtocolError,
  );
});

Deno.test("PeopleRequests sends away who took the name while its claim was on the way to the disk", () => {
  const world = new PeopleWorld();
  const ani = world.join("Ani");
  world.isSlow = true;
  world.claim(ani);
  world.people.remove(ani);
  world.join("ANI");
  world.commit();
  assertEquals(world.removed, [["ANI", { type: "nameTaken" }]]);
  assertEquals(world.accounts.find(nameOf("Ani")).account?.accountId, 1);
});

Deno.test("PeopleRequests changes the password of who claims again, and gives all devices tickets", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "member");
  const before = world.accounts.get(1)!.password.identifier;
  world.join("Ani");
  world.forget();
  assertEquals(world.claim(ani)?.type, "answer");
  assertEquals(world.tickets, ["Ani 1", "Ani 1"]);
  assert(world.accounts.get(1)!.password.identifier !== before);
  assertEquals(world.audit().at(-1), "Ani setPassword Ani");
});

Deno.test("PeopleRequests makes a guest of who releases the name, on one device", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "moderator");
  world.join("Ani");
  world.forget();
  assertEquals(world.ask(ani, { type: "release" }), DONE);
  assertEquals(world.removed, [["Ani", { type: "wrongPassword" }]]);
  assertEquals([ani.person.accountId, ani.person.role], [0, "guest"]);
  assertEquals(world.accounts.size, 0);
  assertEquals(world.told, ["Ani, Ani, guest"]);
  assertEquals(world.tickets, ["Ani 0"]);
});

Deno.test("PeopleRequests renames a guest at once, and an account for good", () => {
  const database = new DatabaseSync(":memory:");
  const world = new PeopleWorld(database);
  const ani = world.joinAs("Ani", "member");
  const budi = world.join("Budi");
  assertEquals(world.ask(budi, { type: "nick", name: " Bobi " }), DONE);
  assertEquals(world.ask(ani, { type: "nick", name: "Anita" }), DONE);
  assertEquals(world.told, ["Budi, Bobi, guest", "Ani, Anita, member"]);
  assertEquals(world.tickets, ["Bobi 0", "Anita 1"]);
  assertEquals(world.audit().at(-1), "Ani rename Ani Anita");
  const { account } = new PeopleWorld(database).accounts.find(nameOf("Anita"));
  assertEquals(account?.accountId, 1);
});

for (
  const [name, refusal] of [
    ["Nell", { code: "nameTaken" }],
    ["NEIL", { code: "nameTaken" }],
    ["Budi", { code: "nameTaken" }],
    ["server", { code: "nameInvalid", rule: "reserved" }],
    ["", { code: "nameInvalid", rule: "empty" }],
  ] as const
) {
  Deno.test(`PeopleRequests refuses the new name "${name}" to guests and others`, () => {
    const world = new PeopleWorld();
    world.people.remove(world.joinAs("Nell", "member"));
    world.join("Budi");
    for (const role of ["guest", "owner"] as const) {
      const asker = world.joinAs(`Ani ${role}`, role);
      assertEquals(world.refusal(asker, { type: "nick", name }), refusal);
    }
  });
}

Deno.test("PeopleRequests lets somebody write the own name in another way", () => {
  const world = new PeopleWorld();
  const nell = world.joinAs("Nell", "member");
  for (const name of ["NELL", "NEIL", "Nell"]) {
    assertEquals(world.ask(nell, { type: "nick", name }), DONE);
  }
  assertEquals(world.told.length, 3);
});

Deno.test("PeopleRequests tells who is away, and who is back", () => {
  const world = new PeopleWorld();
  const ani = world.join("Ani");
  world.ask(ani, { type: "away", text: " Lunch\n" });
  world.ask(ani, { type: "away", text: "Tea" });
  assertEquals([ani.person.isAway, ani.person.awayText], [true, "Tea"]);
  world.ask(ani, { type: "away", text: " " });
  assertEquals(world.told, ["Ani, Ani, guest, away", "Ani, Ani, guest"]);
});

Deno.test("PeopleRequests keeps what somebody says of themself", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "member");
  assertEquals(world.ask(ani, { type: "profile", text: "Teacher" }), DONE);
  assertEquals(world.accounts.get(1)?.profile, "Teacher");
});

Deno.test("PeopleRequests makes an owner of who has the code, once", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "member");
  const budi = world.joinAs("Budi", "member");
  const wrong = { type: "owner", code: "AAAA" } as const;
  const right = { type: "owner", code: world.ownerCode.text } as const;
  assertEquals(world.refusal(ani, wrong), { code: "wrongCode" });
  assertEquals(world.ask(ani, right), DONE);
  assertEquals(ani.person.role, "owner");
  assertEquals(world.told, ["Ani, Ani, owner"]);
  assertEquals(world.refusal(budi, right), { code: "wrongCode" });
  assertEquals(world.audit().at(-1), "Ani setRole Ani owner");
});

Deno.test("PeopleRequests tells moderators what was done", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "moderator");
  world.join("Budi");
  world.ask(ani, { type: "kick", name: "Budi", reason: "Spam" });
  const reply = world.ask(ani, { type: "audit", before: 0 });
  assert(reply?.type === "answer" && reply.answer.type === "audit");
  const { rows, isEnd } = reply.answer;
  assertEquals(isEnd, true);
  assertEquals(rows[0], {
    auditId: 3,
    timeMs: PEOPLE_TIME,
    who: "Ani",
    what: "kick",
    whom: "Budi",
    detail: "Spam",
  });
});

Deno.test("PeopleRequests.checkMuted() says for how long, and it is taken along into a claim and out of it", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "moderator");
  const budi = world.join("Budi");
  world.ask(ani, { type: "mute", name: "Budi", seconds: 120 });
  const muted = (timeMs: number) =>
    world.requests.checkMuted(budi.person, timeMs);
  assertEquals(muted(PEOPLE_TIME + MINUTE_MS), {
    code: "muted",
    retryAfterSeconds: 60,
  });
  world.claim(budi);
  assertEquals(muted(PEOPLE_TIME + MINUTE_MS)?.code, "muted");
  world.ask(budi, { type: "release" });
  assertEquals(budi.person.accountId, 0);
  assertEquals(muted(PEOPLE_TIME + MINUTE_MS)?.code, "muted");
  assertEquals(muted(PEOPLE_TIME + 2 * MINUTE_MS), undefined);
});

Deno.test("PeopleRequests silences nobody whose key is about to be another one, and does afterwards", () => {
  const world = new PeopleWorld();
  const ani = world.joinAs("Ani", "moderator");
  const owner = world.joinAs("Eka", "owner");
  const budi = world.join("Budi");
  const mute = { type: "mute", name: "Budi", seconds: 60 } as const;
  const muted = () => world.requests.checkMuted(budi.person, PEOPLE_TIME);
  world.isSlow = true;
  for (const [move, isGuest] of [["claims", false], ["releases", true]]) {
    if (move === "claims") world.claim(budi);
    else world.ask(budi, { type: "release" });
    const asker = { device: ani, nowUs: 0, timeMs: PEOPLE_TIME };
    assert(!world.requests.handleRequest(1, mute, asker));
    world.commit();
    assertEquals(budi.person.accountId === 0, isGuest);
    assertEquals(muted(), undefined);
    assert(world.requests.handleRequest(1, mute, asker));
    world.commit();
    assertEquals(muted(), { code: "muted", retryAfterSeconds: 60 });
    world.ask(ani, { ...mute, seconds: 0 });
    world.commit();
  }
  // What changes no key is no reason.
  world.ask(ani, { type: "profile", text: "Hello" });
  const asker = { device: owner, nowUs: 0, timeMs: PEOPLE_TIME };
  const ofAni = { ...mute, name: "Ani" };
  assert(world.requests.handleRequest(1, ofAni, asker));
});
