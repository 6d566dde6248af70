/** Paths: a client that moves, paths that carry less than before, and the pace. */
import { assert, assertEquals } from "@std/assert";
import {
  type Address,
  equalAddresses,
} from "../../../lib/transport/address.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
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

/** A client whose window is larger than what the pace lets go at once. */
function grownPair(): { pair: Pair; client: Connection } {
  const pair = new Pair();
  pair.latencyUs = 40_000;
  const { client } = pair.establish();
  client.streams.write(0, new Uint8Array(400_000));
  const isDone = () => pair.server.bytesOf(0).length === 400_000;
  assert(pair.runUntil(isDone, 20_000_000));
  pair.advance(2_000_000);
  return { pair, client };
}

/** What was sent to the server since a point of the log, at once. */
function burstBytes(pair: Pair, since: number): number {
  const burst = pair.sent.slice(since).filter(({ toServer, timeUs }) =>
    toServer && timeUs === pair.nowUs
  );
  return burst.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

Deno.test("a burst is spread over the round trip", () => {
  const { pair, client } = grownPair();
  const since = pair.sent.length;
  client.streams.write(0, new Uint8Array(100_000));
  pair.drain(pair.client);
  const atOnce = burstBytes(pair, since);
  assert(atOnce < 20_000, `${atOnce} bytes at once`);
  pair.advance(pair.latencyUs);
  const sent = pair.sent.slice(since).filter(({ toServer }) => toServer);
  const bytes = sent.reduce((sum, { bytes }) => sum + bytes.length, 0);
  assert(bytes > 2 * atOnce, `${bytes} bytes in half a round trip`);
});

// In each of these `advance` fails if a deadline stays in the past.

Deno.test("the loop does not spin when a loss shrinks the window of a paced sender", () => {
  const { pair, client } = grownPair();
  let count = 0;
  pair.delivers = (_datagram, toServer) => !toServer || ++count % 150 > 5;
  client.streams.write(0, new Uint8Array(2_000_000));
  pair.advance(3_000_000);
  pair.delivers = () => true;
  pair.advance(20_000_000);
  assertEquals(client.streams.bufferedBytes(0), 0);
});

Deno.test("the loop does not spin when what waits for the pace expires", () => {
  const { pair, client } = grownPair();
  const since = pair.sent.length;
  for (let i = 0; i < 60; i++) {
    client.sendDatagram(new Uint8Array(900), pair.nowUs + 10);
  }
  pair.drain(pair.client);
  assert(burstBytes(pair, since) < 20_000, "the pace holds some back");
  pair.advance(1_000_000);
  assertEquals(pair.client.closed, undefined);
});

Deno.test("the loop does not spin when what waits for the pace is acknowledged late", () => {
  const { pair, client } = grownPair();
  const id = client.streams.open(8)!;
  client.streams.write(id, new Uint8Array(60_000));
  pair.drain(pair.client);
  client.streams.reset(id, 1);
  pair.drain(pair.client);
  pair.server.connection!.streams.stop(id, 1);
  pair.advance(1_000_000);
  assertEquals(client.streams.bufferedBytes(id), 0);
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

Deno.test("a path that carries no more than the least comes to rest", () => {
  const pair = new Pair();
  pair.delivers = (datagram) => datagram.length <= 1_200;
  pair.establish();
  pair.advance(30_000_000);
  const before = pair.sent.length;
  pair.advance(60_000_000);
  const sent = pair.sent.length - before;
  assert(sent <= 16, `${sent} datagrams in a minute`);
});

/** What the server sent to an address since a point of the log. */
function bytesTo(pair: Pair, address: Address, since: number): number {
  return pair.sent.slice(since)
    .filter(({ to }) => equalAddresses(to, address))
    .reduce((sum, { bytes }) => sum + bytes.length, 0);
}

Deno.test("a client that moved is followed, and loses nothing", () => {
  const pair = new Pair();
  const { client, server } = pair.establish();
  server.streams.write(0, new Uint8Array(200_000));
  pair.advance(5_000);
  pair.clientAddress = ELSEWHERE;
  client.streams.write(0, new Uint8Array(100));
  const isDone = () => pair.client.bytesOf(0).length === 200_000;
  assert(pair.runUntil(isDone, 20_000_000));
  assertEquals(server.remote, ELSEWHERE);
  assertEquals(pair.server.bytesOf(0).length, 100);
  pair.advance(PATH_VALIDATION_TIMEOUT_US + 1_000_000);
  assertEquals(server.remote, ELSEWHERE);
  assertEquals([pair.client.closed, pair.server.closed], [
    undefined,
    undefined,
  ]);
});

Deno.test("a client that moved is found by its keep-alive", () => {
  const pair = new Pair();
  const { server } = pair.establish();
  pair.clientAddress = ELSEWHERE;
  pair.advance(10_000_000);
  assertEquals(server.remote, ELSEWHERE);
  server.streams.write(0, new Uint8Array(10));
  pair.advance(100_000);
  assertEquals(pair.client.bytesOf(0).length, 10);
});

Deno.test("an unproven address gets three times what came from there at most", () => {
  const pair = new Pair();
  const { server } = pair.establish();
  const hostile = new Hostile(pair, pair.client);
  server.streams.write(0, new Uint8Array(100_000));
  const since = pair.sent.length;
  let came = 0;
  for (let i = 0; i < 5; i++) {
    const packet = hostile.seal(payload({ type: "ping" }));
    came += packet.length;
    pair.inject(pair.server, packet, ELSEWHERE);
    pair.advance(100_000);
    const went = bytesTo(pair, ELSEWHERE, since);
    assert(went > 0 && went <= 3 * came, `${went} bytes for ${came}`);
  }
});

Deno.test("a copy that overtakes the client's packet does not lead the server away", () => {
  const pair = new Pair();
  const { client, server } = pair.establish();
  client.streams.write(0, new Uint8Array(100));
  pair.drain(pair.client);
  // Somebody on the way sends a copy from elsewhere, and it arrives first.
  pair.inject(pair.server, pair.flying[0]!.sent.bytes, ELSEWHERE);
  pair.drain(pair.server);
  assertEquals(server.remote, ELSEWHERE);
  client.streams.write(0, new Uint8Array(100));
  pair.advance(100_000);
  assertEquals(server.remote, CLIENT);
  assertEquals(pair.server.bytesOf(0).length, 200);
});

Deno.test("a server returns to the proven address when the new one does not answer", () => {
  const pair = new Pair();
  const { client, server } = pair.establish();
  client.streams.write(0, new Uint8Array(100));
  pair.drain(pair.client);
  pair.inject(pair.server, pair.flying[0]!.sent.bytes, ELSEWHERE);
  pair.loseFlying();
  pair.advance(PATH_VALIDATION_TIMEOUT_US + 10_000);
  assertEquals(server.remote, CLIENT);
  server.streams.write(0, new Uint8Array(100));
  pair.advance(1_000_000);
  assertEquals(pair.client.bytesOf(0).length, 100);
});

Deno.test("a late packet from the old address does not lead the server back", () => {
  const pair = new Pair();
  const { client, server } = pair.establish();
  client.streams.write(0, new Uint8Array(100));
  pair.drain(pair.client);
  const late = pair.flying[0]!.sent.bytes.slice();
  pair.loseFlying();
  pair.clientAddress = ELSEWHERE;
  client.streams.write(0, new Uint8Array(100));
  pair.advance(1_000_000);
  assertEquals(server.remote, ELSEWHERE);
  pair.inject(pair.server, late, CLIENT);
  pair.advance(10_000);
  assertEquals(server.remote, ELSEWHERE);
});

Deno.test("nobody is followed before the login", () => {
  const pair = new Pair();
  pair.server.logsIn = false;
  pair.connect();
  assert(pair.runUntil(() => pair.server.has("authReadable"), 1_000_000));
  const hostile = new Hostile(pair, pair.client);
  const packet = hostile.seal(payload({ type: "ping" }), { epoch: 0 });
  pair.inject(pair.server, packet, ELSEWHERE);
  pair.advance(100_000);
  assertEquals(pair.server.connection!.remote, CLIENT);
});

Deno.test("a client that moved is found at once, whatever is in flight to where it was", () => {
  const pair = new Pair();
  const { client, server } = pair.establish();
  pair.clientAddress = ELSEWHERE;
  // Repeated until nearly a whole window is on its way to nobody.
  server.streams.write(0, new Uint8Array(928));
  pair.advance(7_900_000);
  assertEquals(pair.client.bytesOf(0).length, 0);
  client.probe();
  const isDone = () => pair.client.bytesOf(0).length === 928;
  assert(pair.runUntil(isDone, 500_000));
  assertEquals(server.remote, ELSEWHERE);
});
