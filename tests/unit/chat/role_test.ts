import { assertEquals } from "@std/assert";
import { compareRoles, isAtLeast, ROLES } from "../../../lib/chat/role.ts";

Deno.test("compareRoles() and isAtLeast() know the order of the roles", () => {
  for (const [a, role] of ROLES.entries()) {
    for (const [b, other] of ROLES.entries()) {
      assertEquals(Math.sign(compareRoles(role, other)), Math.sign(a - b));
      assertEquals(isAtLeast(role, other), a >= b);
    }
  }
});
