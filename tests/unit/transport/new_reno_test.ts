/** Expected windows are worked out by hand from RFC 9002 section 7 and appendix B. */
import { assertEquals } from "@std/assert";
import { NewReno } from "../../../lib/transport/new_reno.ts";

const DATAGRAM = 1_200;
const INITIAL = 10 * DATAGRAM;
const MINIMUM = 2 * DATAGRAM;

/** An ACK of bytes while the whole window was in flight. */
function ack(
  reno: NewReno,
  bytes: number,
  largestSentUs: number,
  priorInFlightBytes = reno.windowBytes,
): void {
  reno.onAcked({
    bytes,
    largestSentUs,
    largestAcked: 0,
    nextPacketNumber: 1,
    latestRttUs: 1,
    smoothedRttUs: 1,
    priorInFlightBytes,
    nowUs: largestSentUs + 1,
  });
}

function lose(
  reno: NewReno,
  largestSentUs: number,
  nowUs: number,
  persistent = false,
): void {
  reno.onLost({ bytes: DATAGRAM, largestSentUs, nowUs, persistent });
}

Deno.test("NewReno starts with ten datagrams", () => {
  assertEquals(new NewReno().windowBytes, INITIAL);
});

Deno.test("NewReno.onAcked() grows by what was acknowledged in slow start", () => {
  const reno = new NewReno();
  ack(reno, 5 * DATAGRAM, 1);
  assertEquals(reno.windowBytes, INITIAL + 5 * DATAGRAM);
  ack(reno, 100, 2);
  assertEquals(reno.windowBytes, INITIAL + 5 * DATAGRAM + 100);
});

Deno.test("NewReno.onAcked() does not grow a window that was not used", () => {
  const reno = new NewReno();
  ack(reno, DATAGRAM, 1, INITIAL - DATAGRAM - 1);
  assertEquals(reno.windowBytes, INITIAL);
  // Less than a datagram was left: that counts as used.
  ack(reno, DATAGRAM, 1, INITIAL - DATAGRAM);
  assertEquals(reno.windowBytes, INITIAL + DATAGRAM);
});

Deno.test("NewReno.onLost() halves the window", () => {
  const reno = new NewReno();
  lose(reno, 10, 20);
  assertEquals(reno.windowBytes, INITIAL / 2);
});

Deno.test("NewReno.onLost() halves once for a round trip", () => {
  const reno = new NewReno();
  lose(reno, 10, 20);
  lose(reno, 15, 25);
  lose(reno, 20, 30);
  assertEquals(reno.windowBytes, INITIAL / 2);
  lose(reno, 21, 40);
  assertEquals(reno.windowBytes, INITIAL / 4);
});

Deno.test("NewReno.onLost() keeps two datagrams", () => {
  const reno = new NewReno();
  for (let i = 1; i < 20; i++) lose(reno, 10 * i, 10 * i + 1);
  assertEquals(reno.windowBytes, MINIMUM);
});

Deno.test("NewReno.onAcked() does not grow for packets sent before the loss was seen", () => {
  const reno = new NewReno();
  lose(reno, 10, 20);
  ack(reno, 5 * DATAGRAM, 20);
  assertEquals(reno.windowBytes, INITIAL / 2);
});

Deno.test("NewReno.onAcked() grows by one datagram a window in congestion avoidance", () => {
  const reno = new NewReno();
  lose(reno, 10, 20);
  for (let i = 0; i < 4; i++) ack(reno, DATAGRAM, 30);
  assertEquals(reno.windowBytes, 5 * DATAGRAM);
  ack(reno, DATAGRAM, 30);
  assertEquals(reno.windowBytes, 6 * DATAGRAM);
  for (let i = 0; i < 5; i++) ack(reno, DATAGRAM, 30);
  assertEquals(reno.windowBytes, 6 * DATAGRAM);
  ack(reno, DATAGRAM, 30);
  assertEquals(reno.windowBytes, 7 * DATAGRAM);
});

Deno.test("NewReno.onAcked() loses no growth to rounding when ACKs are small", () => {
  const reno = new NewReno();
  lose(reno, 10, 20);
  for (let acked = 0; acked < 5 * DATAGRAM; acked += 7) ack(reno, 7, 30);
  assertEquals(reno.windowBytes, 6 * DATAGRAM);
});

Deno.test("NewReno.onLost() falls to the minimum in persistent congestion, and slow start begins anew", () => {
  const reno = new NewReno();
  lose(reno, 10, 20, true);
  assertEquals(reno.windowBytes, MINIMUM);
  // Appendix B.8: the recovery period ends at once; up to half the old window
  // the window doubles.
  ack(reno, 2 * DATAGRAM, 15);
  assertEquals(reno.windowBytes, 4 * DATAGRAM);
  ack(reno, DATAGRAM, 16);
  assertEquals(reno.windowBytes, 5 * DATAGRAM);
  ack(reno, DATAGRAM, 17);
  assertEquals(reno.windowBytes, 5 * DATAGRAM);
});

Deno.test("NewReno.onSpuriousLoss() takes the last halving back, once", () => {
  const reno = new NewReno();
  lose(reno, 10, 20);
  reno.onSpuriousLoss();
  assertEquals([reno.windowBytes, reno.isInSlowStart], [INITIAL, true]);
  reno.onSpuriousLoss();
  assertEquals(reno.windowBytes, INITIAL);
});

Deno.test("NewReno.onSpuriousLoss() does not take persistent congestion back", () => {
  const reno = new NewReno();
  lose(reno, 10, 20, true);
  reno.onSpuriousLoss();
  assertEquals(reno.windowBytes, MINIMUM);
});
