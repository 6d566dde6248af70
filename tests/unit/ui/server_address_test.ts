import { assertEquals } from "@std/assert";
import {
  parsePort,
  parseServerAddress,
  serverAddressText,
} from "../../../lib/ui/server_address.ts";

Deno.test("parseServerAddress() takes hosts without a port", () => {
  const hosts = [
    "localhost",
    "192.168.1.20",
    "lab-3.kampus.ac.id",
    "kelas_é",
    "::1",
    "::",
    "fe80::1%eth0",
    "2001:db8::192.0.2.1",
  ];
  for (const host of hosts) {
    assertEquals(parseServerAddress(` ${host} `), { host, port: undefined });
  }
});

Deno.test("parseServerAddress() takes hosts with a port", () => {
  assertEquals(parseServerAddress("h:1"), { host: "h", port: 1 });
  assertEquals(parseServerAddress("[::1]:65535"), { host: "::1", port: 65535 });
  assertEquals(parseServerAddress("[::1]"), { host: "::1", port: undefined });
});

Deno.test("parseServerAddress() refuses what is no address", () => {
  const texts = [
    "",
    " ",
    ":",
    ":8080",
    "h:",
    "h:0",
    "h:65536",
    "h:80x",
    "http://h",
    "h/x",
    "a b",
    "a\x1bb",
    "-h",
    "[::1",
    "[]",
    "[::1]x",
    "x".repeat(300),
  ];
  for (const text of texts) {
    assertEquals(parseServerAddress(text), undefined, text);
  }
});

Deno.test("serverAddressText() writes what parseServerAddress() reads", () => {
  for (const host of ["h", "10.0.0.1", "::1"]) {
    for (const port of [8080, 9000]) {
      const parsed = parseServerAddress(serverAddressText(host, port));
      assertEquals([parsed?.host, parsed?.port ?? 8080], [host, port]);
    }
  }
});

Deno.test("parsePort() takes whole numbers from 1 to 65535", () => {
  assertEquals(["1", "65535"].map(parsePort), [1, 65535]);
  for (const text of ["", "0", "65536", "-1", "1.5", "1e3", "000080"]) {
    assertEquals(parsePort(text), undefined);
  }
});
