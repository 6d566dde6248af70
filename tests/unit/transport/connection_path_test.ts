/** Paths: a client that moves, paths that carry less than before, and the pace. */
import { assert, assertEquals } from "@std/assert";
import { PATH_VALIDATION_TIMEOUT_US } from "../../../lib/transport/transport_config.ts";
import { Hostile, payload } from "./hostile.ts";
import { CLIENT, Pair } from "./pair.ts";

/** Where a client is after it moved. */
const ELSEWHERE = { hostname: "10.9.9.9", port: 6_000 };

Deno.test("a path that stops to carry large datagrams is used with small ones", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  pair.advance(1_000_000);
  const largest = Math.max(...pair.sent.map(({ bytes }) => bytes.length));
  assert(largest > 1_200, "the path carried more than the least");
  pair.delivers = (datagram) => datagram.length <= 1_200;
  client.streams.write(0, new Uint8Array(300_000));
  const isDone = () => pair.server.bytesOf(0).length === 300_000;
  assert(pair.runUntil(isDone, 20_000_000), "all arrives");
});

Deno.test("the loop does not spin when a loss shrinks the window of a paced sender", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  pair.latencyUs = 40_000;
  client.streams.write(0, new Uint8Array(400_000));
  let count = 0;
  // A burst is lost now and then; `advance` fails if a deadline stays past.
  pair.delivers = (_datagram, toServer) => !toServer || count++ % 50 > 12;
  const isDone = () => pair.server.bytesOf(0).length === 400_000;
  assert(pair.runUntil(isDone, 120_000_000));
});

Deno.test("the loop does not spin when what a paced sender waited with is gone", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  pair.latencyUs = 40_000;
  // More than a burst; what waits for the pace expires meanwhile.
  for (let i = 0; i < 60; i++) {
    client.sendDatagram(new Uint8Array(900), pair.nowUs + 10);
  }
  pair.advance(1_000_000);
  assertEquals(pair.client.closed, undefined);
});

Deno.test("the loop does not spin when an unproven path has no room for the ACK that is due", () => {
  const pair = new Pair();
  pair.establish();
  const hostile = new Hostile(pair, pair.client);
  const ping = payload({ type: "ping" });
  // Gaps wide enough that the ACK of all these needs more than a hundred bytes.
  for (let i = 0; i < 40; i++) {
    hostile.packetNumber += 100;
    hostile.send(ping);
  }
  hostile.packetNumber += 100;
  pair.inject(pair.server, hostile.seal(ping), ELSEWHERE);
  pair.advance(PATH_VALIDATION_TIMEOUT_US / 2);
  assertEquals(pair.server.connection!.remote, ELSEWHERE);
  pair.advance(PATH_VALIDATION_TIMEOUT_US);
  assertEquals(pair.server.connection!.remote, CLIENT);
});
