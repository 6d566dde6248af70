/** Each permission, asked of a whole server by somebody who has it not. */
import { assert, assertEquals } from "@std/assert";
import { type Deed, LEAST_ROLES } from "../../../lib/chat/permission.ts";
import type { Act } from "../../../lib/chat/room_event.ts";
import { ROLES } from "../../../lib/chat/role.ts";
import { idOf, type TestAccount } from "./test_room.ts";
import { TestServer } from "./test_server.ts";

/** The one who tries, the same in a private room of Ani's. */
const BUDI = 2;
const BUDI_THERE = 12;

type Try = (world: TestServer) => unknown;

/** Tries an act; gives why it is refused. */
function act(act: Act): Try {
  return (world) => {
    world.take(BUDI);
    world.send(BUDI, { type: "act", id: idOf(77), act });
    const refused = world.take(BUDI).find(({ type }) => type === "refused");
    return refused?.type === "refused" ? refused.refusal : undefined;
  };
}

type Query = Parameters<TestServer["ask"]>[1];

function ask(query: Query, member = BUDI): Try {
  return (world) => world.ask(member, query);
}

/** What is tried for each deed that takes a role. */
const TRIES: Readonly<
  Record<
    {
      readonly [Name in Deed]: typeof LEAST_ROLES[Name] extends "guest" ? never
        : Name;
    }[Deed],
    readonly Try[]
  >
> = {
  becomeOwner: [ask({ type: "owner", code: "x" })],
  release: [ask({ type: "release" })],
  profile: [ask({ type: "profile", text: "x" })],
  invite: [ask({ type: "invite", name: "Citra" }, BUDI_THERE)],
  createPrivateRoom: [
    ask({ type: "createRoom", kind: "private", name: "Klub" }),
  ],
  removeOthers: [act({ type: "remove", target: 1 })],
  kick: [ask({ type: "kick", name: "Citra", reason: "" })],
  mute: [ask({ type: "mute", name: "Citra", seconds: 9 })],
  ban: [
    ask({ type: "ban", kind: "name", value: "Eka", reason: "", seconds: 9 }),
    ask({ type: "unban", kind: "name", value: "Eka" }),
    ask({ type: "bans" }),
  ],
  lock: [
    ask({ type: "lock", isOn: true }),
    ask({ type: "lock", isOn: true }, BUDI_THERE),
  ],
  slow: [ask({ type: "slow", seconds: 9 })],
  archive: [ask({ type: "archive" }, BUDI_THERE)],
  announce: [
    act({ type: "message", style: "announcement", replyTo: 0, text: "x" }),
  ],
  audit: [ask({ type: "audit", before: 0 })],
  setRole: [ask({ type: "role", name: "Citra", role: "moderator" })],
};

for (const [name, tries] of Object.entries(TRIES)) {
  const deed = name as keyof typeof TRIES;
  const least = LEAST_ROLES[deed];
  const role = ROLES[ROLES.indexOf(least) - 1]!;
  Deno.test(`ChatServer refuses ${deed} of a ${role}`, () => {
    const world = new TestServer();
    world.join(1, "Ani", { account: { accountId: 7, role: "owner" } });
    const account: TestAccount = { accountId: role === "guest" ? 0 : 8, role };
    world.join(BUDI, "Budi", { account });
    world.join(3, "Citra");
    const roomId = world.create(1, "Rahasia", "private");
    world.enter(11, 1, roomId);
    world.ask(11, { type: "invite", name: "Budi" });
    world.enter(BUDI_THERE, BUDI, roomId);
    world.say(1, "halo", 1);
    // Of removing it is said whose it is.
    const refusal = deed === "removeOthers"
      ? { code: "notYours" }
      : { code: "needsRole", role: least };
    assert(tries.length > 0);
    for (const once of tries) assertEquals(once(world), refusal);
  });
}
