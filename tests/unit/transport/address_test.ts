import { assertEquals } from "@std/assert";
import { addressKey, equalAddresses } from "../../../lib/transport/address.ts";

Deno.test("addressKey() writes addresses as people do", () => {
  assertEquals(addressKey({ hostname: "10.0.0.1", port: 80 }), "10.0.0.1:80");
  assertEquals(addressKey({ hostname: "::1", port: 80 }), "[::1]:80");
});

Deno.test("equalAddresses() compares host and port", () => {
  const address = { hostname: "10.0.0.1", port: 80 };
  assertEquals(equalAddresses(address, { ...address }), true);
  assertEquals(equalAddresses(address, { ...address, port: 81 }), false);
  const other = { ...address, hostname: "10.0.0.2" };
  assertEquals(equalAddresses(address, other), false);
});
