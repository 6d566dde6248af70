import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  containsNetwork,
  isAddress,
  isNarrow,
  networkText,
  parseNetwork,
} from "../../../lib/chat/network_address.ts";

for (
  const [text, written] of [
    ["192.0.2.1", "192.0.2.1"],
    [" 192.0.2.1/32 ", "192.0.2.1"],
    ["192.0.2.77/24", "192.0.2.0/24"],
    ["10.255.0.1/9", "10.128.0.0/9"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1/120", "192.0.2.0/24"],
    ["2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"],
    ["2001:db8::/32", "2001:db8::/32"],
    ["2001:db8:1:2:3:4:5:6/48", "2001:db8:1::/48"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["fe80::1%eth0", "fe80::1"],
    ["::", "::"],
    ["::1", "::1"],
    ["0.0.0.0/0", "0.0.0.0/0"],
  ] as const
) {
  Deno.test(`networkText() writes ${text} as ${written}`, () => {
    const network = parseNetwork(text);
    assert(network !== undefined);
    assertEquals(networkText(network), written);
    assertEquals(parseNetwork(written), network);
  });
}

for (
  const text of [
    "",
    "Ani",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "1.2.3.04",
    "1.2.3.4/33",
    "1.2.3.4/",
    "1.2.3.4/8/8",
    "1.2.3.4/-1",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8",
    "12345::",
    "g::",
    "::1.2.3",
    "1.2.3.4::",
    "::/129",
  ]
) {
  Deno.test(`parseNetwork() refuses "${text}"`, () => {
    assertStrictEquals(parseNetwork(text), undefined);
  });
}

for (
  const [outer, inner, expected] of [
    ["192.0.2.0/24", "192.0.2.255", true],
    ["192.0.2.0/24", "192.0.3.0", false],
    ["192.0.2.0/24", "::ffff:192.0.2.9", true],
    ["192.0.2.0/24", "192.0.0.0/16", false],
    ["192.0.2.1", "192.0.2.1", true],
    ["192.0.2.1", "192.0.2.2", false],
    ["2001:db8::/33", "2001:db8:7fff::1", true],
    ["2001:db8::/33", "2001:db8:8000::1", false],
    ["2001:db8::/32", "32.1.13.184", false],
  ] as const
) {
  Deno.test(`containsNetwork() ${expected ? "finds" : "does not find"} ${inner} in ${outer}`, () => {
    const found = containsNetwork(parseNetwork(outer)!, parseNetwork(inner)!);
    assertEquals(found, expected);
  });
}

Deno.test("isAddress() and isNarrow() tell how much a network is", () => {
  const narrow = (text: string) => isNarrow(parseNetwork(text)!);
  assert(isAddress(parseNetwork("192.0.2.1")!));
  assert(!isAddress(parseNetwork("192.0.2.0/31")!));
  assertEquals(
    ["10.0.0.0/8", "0.0.0.0/7", "2001::/16", "::/15", "::/0"].map(narrow),
    [true, false, true, false, false],
  );
});
