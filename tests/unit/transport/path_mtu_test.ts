import { assertEquals } from "@std/assert";
import { PathMtu } from "../../../lib/transport/path_mtu.ts";
import { MAX_DATAGRAM_BYTES } from "../../../lib/wire/packet.ts";
import {
  MTU_BLACK_HOLE_LOSSES,
  MTU_PROBES_PER_SIZE,
  MTU_RETRY_US,
} from "../../../lib/transport/transport_config.ts";

const NETWORK = { hostname: "192.168.1.2", port: 5_000 };

/** Probes until the search is over, on a path that carries so much. */
function search(mtu: PathMtu, carries: number, nowUs = 0): number[] {
  const sizes: number[] = [];
  for (;;) {
    const bytes = mtu.probeBytes(nowUs);
    if (bytes === undefined) return sizes;
    sizes.push(bytes);
    mtu.onProbeSent();
    assertEquals(mtu.probeBytes(nowUs), undefined, "one at a time");
    if (bytes <= carries) mtu.onProbeAcked(bytes, nowUs);
    else mtu.onProbeLost();
  }
}

Deno.test("PathMtu starts from what every path carries", () => {
  assertEquals(new PathMtu(NETWORK, 2_048).currentBytes, 1_200);
});

Deno.test("PathMtu finds an Ethernet path by its first probe", () => {
  const mtu = new PathMtu(NETWORK, 2_048);
  assertEquals(search(mtu, 1_452), [1_452]);
  assertEquals(mtu.currentBytes, 1_452);
});

Deno.test("PathMtu tries each size a few times, and then the next", () => {
  const mtu = new PathMtu(NETWORK, 2_048);
  const times = (bytes: number) => new Array(MTU_PROBES_PER_SIZE).fill(bytes);
  assertEquals(search(mtu, 1_380), [...times(1_452), ...times(1_400), 1_350]);
  assertEquals(mtu.currentBytes, 1_350);
});

Deno.test("PathMtu stays at the least where nothing larger gets through", () => {
  const mtu = new PathMtu(NETWORK, 2_048);
  assertEquals(search(mtu, 1_200).length, 4 * MTU_PROBES_PER_SIZE);
  assertEquals(mtu.currentBytes, 1_200);
});

Deno.test("PathMtu tries nothing that the peer does not take", () => {
  assertEquals(search(new PathMtu(NETWORK, 1_200), 9_000), []);
  assertEquals(search(new PathMtu(NETWORK, 1_399), 9_000), [1_350]);
});

Deno.test("PathMtu searches again after a while, upwards", () => {
  const mtu = new PathMtu(NETWORK, 2_048);
  search(mtu, 1_300);
  assertEquals(mtu.currentBytes, 1_280);
  assertEquals(search(mtu, 1_452, MTU_RETRY_US - 1), []);
  assertEquals(search(mtu, 1_452, MTU_RETRY_US), [1_452]);
  assertEquals(search(mtu, 1_452, 3 * MTU_RETRY_US), []);
});

Deno.test("PathMtu falls back when large packets are lost in a row, and none arrives", () => {
  const mtu = new PathMtu(NETWORK, 2_048);
  search(mtu, 1_452);
  for (let i = 1; i < MTU_BLACK_HOLE_LOSSES; i++) mtu.onLost(i, 1_452);
  mtu.onAcked(50, 1_000);
  assertEquals(mtu.currentBytes, 1_452);
  mtu.onLost(51, 1_452);
  assertEquals(mtu.currentBytes, 1_200);
});

Deno.test("PathMtu takes a burst that a full queue lost for what it is, if a later packet arrives", () => {
  const mtu = new PathMtu(NETWORK, 2_048);
  search(mtu, 1_452);
  mtu.onAcked(100, 1_452);
  for (let i = 0; i < 3 * MTU_BLACK_HOLE_LOSSES; i++) mtu.onLost(i, 1_452);
  assertEquals(mtu.currentBytes, 1_452);
});

Deno.test("PathMtu searches again at once after it fell back", () => {
  const mtu = new PathMtu(NETWORK, 2_048);
  search(mtu, 1_452);
  for (let i = 0; i < MTU_BLACK_HOLE_LOSSES; i++) mtu.onLost(i, 1_452);
  assertEquals(search(mtu, 1_400).at(-1), 1_400);
});

Deno.test("PathMtu tries large datagrams inside one computer only", () => {
  for (const hostname of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) {
    const mtu = new PathMtu({ hostname, port: 1 }, 20_000);
    assertEquals(search(mtu, 65_507), [MAX_DATAGRAM_BYTES]);
  }
  for (const hostname of ["192.168.1.127", "fe80::1", "::ffff:10.0.0.1"]) {
    const mtu = new PathMtu({ hostname, port: 1 }, 20_000);
    assertEquals(search(mtu, 65_507), [1_452]);
  }
});

Deno.test("PathMtu takes ordinary loss for what it is", () => {
  const mtu = new PathMtu(NETWORK, 2_048);
  search(mtu, 1_452);
  for (let i = 0; i < 10 * MTU_BLACK_HOLE_LOSSES; i++) {
    mtu.onLost(3 * i, 1_452);
    mtu.onLost(3 * i + 1, 900);
    if (i % 3 === 0) mtu.onAcked(3 * i + 2, 1_452);
  }
  assertEquals(mtu.currentBytes, 1_452);
});
