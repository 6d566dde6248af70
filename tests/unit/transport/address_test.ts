import { assertEquals } from "@std/assert";
import {
  addressKey,
  equalAddresses,
  isLoopback,
} from "../../../lib/transport/address.ts";

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

Deno.test("isLoopback() knows the addresses of this computer itself", () => {
  const is = (hostname: string) => isLoopback({ hostname, port: 80 });
  for (const hostname of ["127.0.0.1", "127.8.9.10", "::1"]) {
    assertEquals(is(hostname), true, hostname);
  }
  // IPv4 as a socket of both families shows it.
  assertEquals(is("::ffff:127.0.0.1"), true);
  assertEquals(is("::FFFF:127.0.0.1"), true);
});

Deno.test("isLoopback() is false where a network is on the way", () => {
  const hosts = ["10.127.0.1", "192.168.0.127", "1.127.0.0", "12.7.0.1"];
  hosts.push("::", "fe80::1", "::ffff:10.0.0.1", "2001:db8::ffff:127.0.0.1");
  for (const hostname of hosts) {
    assertEquals(isLoopback({ hostname, port: 80 }), false, hostname);
  }
});
