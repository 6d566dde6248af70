import { assert, assertEquals } from "@std/assert";
import { KEY_UPDATE_US } from "../../../lib/transport/transport_config.ts";
import { LATENCY_US, Pair } from "./pair.ts";

Deno.test("Connection.stats counts every datagram of both ways", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  client.streams.write(0, new Uint8Array(50_000));
  pair.advance(1_000_000);
  const toServer = pair.sent.filter((datagram) => datagram.toServer);
  const bytes = toServer.reduce((sum, { bytes }) => sum + bytes.length, 0);
  assertEquals(client.stats.sentDatagrams, toServer.length);
  assertEquals(client.stats.sentBytes, bytes);
  assertEquals(
    client.stats.receivedDatagrams,
    pair.sent.length - toServer.length,
  );
});

Deno.test("Connection.stats shows the path", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  pair.advance(1_000_000);
  const { stats } = client;
  assert(stats.minRttUs >= 2 * LATENCY_US);
  assert(stats.smoothedRttUs >= stats.minRttUs);
  assert(stats.windowBytes > 0);
  assertEquals(stats.inFlightBytes, 0);
  assertEquals(stats.mtuBytes, 1_452);
  assert(stats.ackFrames > 0);
});

Deno.test("Connection.stats counts losses, repetitions and probe timeouts", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  assertEquals(client.stats.lostPackets, 0);
  assertEquals(client.stats.retransmittedBytes, 0);
  let isFirst = true;
  pair.delivers = (_datagram, toServer) => {
    const isLost = toServer && isFirst;
    if (toServer) isFirst = false;
    return !isLost;
  };
  client.streams.write(0, new Uint8Array(500));
  pair.advance(2_000_000);
  assertEquals(client.stats.probeTimeouts, 1);
  assertEquals(client.stats.lostPackets, 1);
  assertEquals(client.stats.spuriousLosses, 0);
  assertEquals(client.stats.retransmittedBytes, 500);
});

Deno.test("Connection.stats counts key updates on both sides", () => {
  const pair = new Pair({
    client: { idleTimeoutUs: 2 * KEY_UPDATE_US },
    server: { idleTimeoutUs: 2 * KEY_UPDATE_US },
  });
  const { client, server } = pair.establish();
  pair.nowUs += KEY_UPDATE_US;
  client.streams.write(0, new Uint8Array(10));
  pair.advance(1_000_000);
  assertEquals([client.stats.keyUpdates, server.stats.keyUpdates], [1, 1]);
});

Deno.test("Connection.stats stays when the connection is over", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  client.close(0, "", pair.nowUs);
  pair.advance(10_000_000);
  assert(client.isClosed);
  assert(client.stats.sentDatagrams > 3);
  assert(client.stats.smoothedRttUs >= 2 * LATENCY_US);
});

Deno.test("Endpoint.traffic sums connections there are and were", () => {
  const pair = new Pair();
  const { client: first } = pair.establish();
  first.close(0, "", pair.nowUs);
  pair.advance(10_000_000);
  assertEquals(pair.client.endpoint.size, 0);
  const second = pair.connect();
  pair.advance(1_000_000);
  assertEquals(
    pair.client.endpoint.traffic.sentBytes,
    first.stats.sentBytes + second.stats.sentBytes,
  );
});
