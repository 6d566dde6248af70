/** Silence, keep-alives, and the end of a connection. */
import { assert, assertEquals } from "@std/assert";
import { TransportErrorCode } from "../../../lib/wire/error_code.ts";
import {
  DEFAULT_TRANSPORT_CONFIG,
  MAX_ACK_DELAY_US,
  MAX_PTO_US,
} from "../../../lib/transport/transport_config.ts";
import { ackFrame, authFrame, Hostile, payload } from "./hostile.ts";
import { CLIENT, crypto, LATENCY_US, Pair } from "./pair.ts";

const { idleTimeoutUs, keepAliveUs, loginTimeoutUs, unresponsiveUs } =
  DEFAULT_TRANSPORT_CONFIG;

Deno.test("a connection with nothing to say stays open", () => {
  const pair = new Pair({ crypto });
  pair.establish();
  pair.advance(20 * idleTimeoutUs);
  assertEquals([pair.client.closed, pair.server.closed], [
    undefined,
    undefined,
  ]);
  assertEquals(pair.client.count("pathUnresponsive"), 0);
  assertEquals(pair.server.count("pathUnresponsive"), 0);
});

Deno.test("an idle connection costs one PING and one ACK a keep-alive interval", () => {
  const pair = new Pair();
  pair.establish();
  const before = pair.sent.length;
  pair.advance(10 * keepAliveUs);
  assert(pair.sent.length - before <= 20, `${pair.sent.length - before} sent`);
  assert(pair.sent.length - before >= 18, `${pair.sent.length - before} sent`);
});

Deno.test("keep-alives go on after the last packet in flight was declared lost by time", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  client.streams.write(0, new Uint8Array(10));
  pair.advance(1_000_000);
  // A PING is lost, and its probe timeout sends two more: the first of these is
  // lost too, the second arrives. So a packet is lost by the timer, while
  // nothing else is in flight and nothing is to be repeated.
  let dropped = 0;
  pair.delivers = (_datagram, toServer) => !toServer || ++dropped > 2;
  pair.advance(keepAliveUs + 1_000_000);
  assert(dropped > 2);
  pair.advance(3 * idleTimeoutUs);
  assertEquals(pair.client.closed, undefined);
  assertEquals(pair.server.closed, undefined);
  assertEquals(pair.client.count("pathUnresponsive"), 0);
});

Deno.test("a client keeps alive a server that is less patient than its own keep-alive", () => {
  const pair = new Pair({ server: { idleTimeoutUs: 3_000_000 } });
  pair.establish();
  pair.advance(20_000_000);
  assertEquals([pair.client.closed, pair.server.closed], [
    undefined,
    undefined,
  ]);
});

Deno.test("both ends give up after the idle timeout of a dead path", () => {
  const pair = new Pair();
  pair.establish();
  pair.delivers = () => false;
  pair.advance(2 * idleTimeoutUs);
  assertEquals(pair.client.closed, { type: "idle" });
  assertEquals(pair.server.closed, { type: "idle" });
  assertEquals([pair.client.endpoint.size, pair.server.endpoint.size], [0, 0]);
  assertEquals(pair.client.endpoint.deadlineUs, undefined);
});

Deno.test("the smaller idle timeout of both ends counts for both", () => {
  const pair = new Pair({ client: { idleTimeoutUs: 5_000_000 } });
  pair.establish();
  pair.delivers = () => false;
  assert(pair.runUntil(() => pair.server.closed !== undefined, 6_000_000));
  assertEquals(pair.server.closed, { type: "idle" });
});

Deno.test("silence after sent data is told once, and its end too", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  pair.delivers = () => false;
  client.streams.write(0, new Uint8Array(10));
  const startUs = pair.nowUs;
  assert(pair.runUntil(() => pair.client.has("pathUnresponsive"), 10_000_000));
  assertEquals(pair.nowUs - startUs, unresponsiveUs);
  pair.advance(5_000_000);
  assertEquals(pair.client.count("pathUnresponsive"), 1);
  assertEquals(pair.client.count("pathResponsive"), 0);
  pair.delivers = () => true;
  assert(pair.runUntil(() => pair.client.has("pathResponsive"), 5_000_000));
  pair.advance(10_000_000);
  assertEquals(pair.client.count("pathResponsive"), 1);
  assertEquals(pair.client.count("pathUnresponsive"), 1);
});

Deno.test("a login that is not finished in time ends on both sides", () => {
  const pair = new Pair();
  pair.server.logsIn = false;
  pair.connect();
  pair.advance(loginTimeoutUs + 1_000_000);
  assertEquals(pair.client.closed, { type: "loginTimeout" });
  assertEquals(pair.server.closed, { type: "loginTimeout" });
  assertEquals([pair.client.endpoint.size, pair.server.endpoint.size], [0, 0]);
});

Deno.test("a client says that nobody answers", () => {
  const pair = new Pair();
  pair.delivers = () => false;
  pair.connect();
  pair.advance(DEFAULT_TRANSPORT_CONFIG.helloTimeoutUs);
  assertEquals(pair.client.closed, { type: "silent" });
  assert(pair.sent.length >= 4 && pair.sent.length <= 10);
});

Deno.test("a close reaches the peer with its code and reason", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  client.close(7, "removed", pair.nowUs);
  pair.advance(3_000_000);
  assertEquals(pair.client.closed, {
    type: "local",
    code: 7,
    reason: "removed",
  });
  assertEquals(pair.server.closed, {
    type: "application",
    code: 7,
    reason: "removed",
  });
  assertEquals([pair.client.endpoint.size, pair.server.endpoint.size], [0, 0]);
});

Deno.test("a login is refused with code and reason", () => {
  const pair = new Pair();
  pair.server.logsIn = false;
  pair.connect();
  assert(pair.runUntil(() => pair.server.has("authReadable"), 1_000_000));
  pair.server.connection!.close(2, "wrong password", pair.nowUs);
  pair.advance(3_000_000);
  const reason = "wrong password";
  assertEquals(pair.client.closed, { type: "application", code: 2, reason });
});

Deno.test("a close that was lost is repeated when the peer goes on", () => {
  const pair = new Pair();
  const { client, server } = pair.establish();
  pair.delivers = (_datagram, toServer) => !toServer;
  client.close(1, "gone", pair.nowUs);
  pair.drain(pair.client);
  pair.delivers = () => true;
  server.streams.write(0, new Uint8Array(5));
  pair.advance(3_000_000);
  assertEquals(pair.server.closed?.type, "application");
});

Deno.test("a second close changes nothing", () => {
  const pair = new Pair();
  const { client } = pair.establish();
  client.close(1, "first", pair.nowUs);
  client.close(2, "second", pair.nowUs);
  pair.advance(3_000_000);
  assertEquals(pair.client.count("closed"), 1);
  assertEquals(pair.server.closed, {
    type: "application",
    code: 1,
    reason: "first",
  });
});

Deno.test("two ends that close at the same moment do not answer each other for long", () => {
  const pair = new Pair();
  const { client, server } = pair.establish();
  const before = pair.sent.length;
  client.close(1, "client", pair.nowUs);
  server.close(2, "server", pair.nowUs);
  pair.advance(10_000_000);
  assert(pair.sent.length - before <= 8, `${pair.sent.length - before} sent`);
  assertEquals([pair.client.endpoint.size, pair.server.endpoint.size], [0, 0]);
});

Deno.test("a closing connection answers a flood of forged packets a few times", () => {
  const pair = new Pair();
  const { server } = pair.establish();
  server.close(1, "bye", pair.nowUs);
  pair.drain(pair.server);
  const before = pair.sent.length;
  const forged = new Uint8Array(26).fill(1);
  forged[0] = 0x60;
  forged.set(server.connectionId, 1);
  for (let i = 0; i < 1000; i++) {
    pair.inject(pair.server, forged);
    pair.drain(pair.server);
  }
  assert(pair.sent.length - before <= 12, `${pair.sent.length - before} sent`);
});

Deno.test("a peer that makes the path look slow does not stretch the closing state", () => {
  const pair = new Pair();
  const { server } = pair.establish();
  const hostile = new Hostile(pair, pair.client);
  server.streams.write(0, new Uint8Array(10));
  pair.drain(pair.server);
  const packetNumber = lastNumberOf(pair);
  // It stays alive, and acknowledges that packet alone, 20 seconds late.
  for (let second = 0; second < 20; second++) {
    pair.advance(1_000_000);
    hostile.send(payload({ type: "ping" }));
  }
  hostile.send(ackFrame(packetNumber, packetNumber));
  assert(server.stats.smoothedRttUs > 1_000_000);
  hostile.send(payload(Uint8Array.of(0x3f)));
  const startUs = pair.nowUs;
  assertEquals(hostile.closed?.type, "transport");
  assert(pair.runUntil(() => pair.server.endpoint.size === 0, 1_000_000_000));
  assert(pair.nowUs - startUs <= 3 * MAX_PTO_US, `${pair.nowUs - startUs} us`);
});

/** The largest packet number of the server so far: its packets all carry it whole. */
function lastNumberOf(pair: Pair): number {
  const short = pair.sent.filter(({ toServer, bytes }) =>
    !toServer && bytes[0]! < 0x80
  );
  return short.length - 1;
}

Deno.test("the closing state lasts three probe timeouts", () => {
  const pair = new Pair();
  const { server } = pair.establish();
  pair.delivers = () => false;
  server.close(1, "bye", pair.nowUs);
  pair.drain(pair.server);
  const untilUs = server.deadlineUs!;
  const rttUs = server.stats.smoothedRttUs;
  assert(untilUs - pair.nowUs >= 3 * (rttUs + MAX_ACK_DELAY_US));
  assert(rttUs >= 2 * LATENCY_US);
  assert(pair.runUntil(() => pair.server.endpoint.size === 0, untilUs));
  assertEquals(pair.nowUs, untilUs);
});

Deno.test("a broken protocol in the login closes with the code of its error", () => {
  const pair = new Pair();
  pair.server.logsIn = false;
  pair.connect();
  assert(pair.runUntil(() => pair.server.has("authReadable"), 1_000_000));
  const hostile = new Hostile(pair, pair.client);
  pair.delivers = () => true;
  hostile.send(authFrame(4096, new Uint8Array(1)), { epoch: 0 });
  pair.advance(100_000);
  const code = TransportErrorCode.authBufferExceeded;
  assertEquals(pair.client.closed, {
    type: "transport",
    by: "peer",
    code,
    frameType: 6,
    reason: "the login is too long",
  });
});

Deno.test("a connection that has nothing to do has nothing due", () => {
  const pair = new Pair();
  const { client, server } = pair.establish();
  assert(client.deadlineUs! > pair.nowUs + keepAliveUs / 2);
  assert(server.deadlineUs! > pair.nowUs + idleTimeoutUs / 2);
  assertEquals(CLIENT.port, server.remote.port);
});
