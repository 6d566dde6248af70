import { assertEquals } from "@std/assert";
import {
  checkPermission,
  checkRank,
  type Deed,
  LEAST_ROLES,
} from "../../../lib/chat/permission.ts";
import { compareRoles, isAtLeast, ROLES } from "../../../lib/chat/role.ts";

for (const [name, least] of Object.entries(LEAST_ROLES)) {
  const deed = name as Deed;
  const refusal = { code: "needsRole", role: least };
  for (const role of ROLES) {
    const isEnough = isAtLeast(role, least);
    Deno.test(`checkPermission() ${isEnough ? "lets" : "refuses"} ${deed} by a ${role}`, () => {
      const expected = isEnough ? undefined : refusal;
      assertEquals(checkPermission(deed, { role }), expected as never);
    });
  }
}

for (const [name, least] of Object.entries(LEAST_ROLES)) {
  if (least === "guest") continue;
  const isTheirs = ["invite", "archive"].includes(name);
  Deno.test(`checkPermission() ${isTheirs ? "lets" : "refuses"} ${name} by a guest in a room of the own making`, () => {
    const doer = { role: "guest", isCreator: true } as const;
    assertEquals(
      checkPermission(name as Deed, doer) === undefined,
      isTheirs,
    );
  });
}

for (const actor of ROLES) {
  for (const target of ROLES) {
    const isAbove = compareRoles(actor, target) > 0;
    Deno.test(`checkRank() ${isAbove ? "lets" : "refuses"} what a ${actor} does to a ${target}`, () => {
      const expected = isAbove
        ? undefined
        : { code: "outranked", role: target } as const;
      assertEquals(checkRank(actor, target), expected);
    });
  }
}
