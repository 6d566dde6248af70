/** Expected windows are worked out by hand from RFC 9438 section 4. */
import { assert, assertEquals } from "@std/assert";
import { Cubic } from "../../../lib/transport/cubic.ts";

const DATAGRAM = 1_200;
const INITIAL = 10 * DATAGRAM;
const MINIMUM = 2 * DATAGRAM;
const RTT_US = 100_000;

/** A sender that uses its whole window. */
class Sender {
  readonly cubic = new Cubic();
  nowUs = 1_000_000;
  packetNumber = 0;

  /** An ACK of bytes, sent a round trip ago. */
  ack(bytes = DATAGRAM, isUsed = true): void {
    const { cubic, nowUs } = this;
    cubic.onAcked({
      bytes,
      largestSentUs: nowUs - RTT_US,
      largestAcked: this.packetNumber++,
      nextPacketNumber: this.packetNumber + 50,
      priorInFlightBytes: isUsed ? cubic.windowBytes : 0,
      latestRttUs: RTT_US,
      smoothedRttUs: RTT_US,
      nowUs,
    });
  }

  /** One round trip in which everything is acknowledged. */
  round(isUsed = true): void {
    const packets = Math.floor(this.cubic.windowBytes / DATAGRAM);
    for (let i = 0; i < packets; i++) {
      this.nowUs += Math.floor(RTT_US / packets);
      this.ack(DATAGRAM, isUsed);
    }
  }

  lose(persistent = false): void {
    this.nowUs += RTT_US;
    this.cubic.onLost({
      bytes: DATAGRAM,
      largestSentUs: this.nowUs - 1,
      persistent,
      nowUs: this.nowUs,
    });
    this.nowUs += RTT_US + 1;
  }

  /** Grows to that many datagrams by slow start. */
  static withWindow(datagrams: number): Sender {
    const sender = new Sender();
    sender.ack((datagrams - 10) * DATAGRAM);
    assertEquals(sender.cubic.windowBytes, datagrams * DATAGRAM);
    return sender;
  }

  get datagrams(): number {
    return this.cubic.windowBytes / DATAGRAM;
  }
}

Deno.test("Cubic starts with ten datagrams, in slow start", () => {
  const { cubic } = new Sender();
  assertEquals([cubic.windowBytes, cubic.isInSlowStart], [INITIAL, true]);
});

Deno.test("Cubic doubles each round trip in slow start", () => {
  const sender = new Sender();
  sender.round();
  assertEquals(sender.datagrams, 20);
  sender.round();
  assertEquals(sender.datagrams, 40);
});

Deno.test("Cubic.onLost() keeps seven tenths", () => {
  const sender = Sender.withWindow(100);
  sender.lose();
  assertEquals(sender.datagrams, 70);
  assertEquals(sender.cubic.isInSlowStart, false);
});

Deno.test("Cubic.onLost() shrinks once for a round trip", () => {
  const sender = Sender.withWindow(100);
  sender.lose();
  const { nowUs } = sender;
  sender.cubic.onLost({
    bytes: DATAGRAM,
    largestSentUs: nowUs - RTT_US - 2,
    persistent: false,
    nowUs,
  });
  assertEquals(sender.datagrams, 70);
});

Deno.test("Cubic.onLost() keeps two datagrams", () => {
  const sender = new Sender();
  for (let i = 0; i < 20; i++) sender.lose();
  assertEquals(sender.cubic.windowBytes, MINIMUM);
});

Deno.test("Cubic follows the curve back to where the path was full", () => {
  const sender = Sender.withWindow(1_000);
  sender.lose();
  assertEquals(sender.datagrams, 700);
  // K = cbrt(W_max * (1 - 0.7) / C) = cbrt(1000 * 0.3 / 0.4) = 9.086 s.
  const startUs = sender.nowUs;
  const after = (seconds: number) => {
    while (sender.nowUs < startUs + seconds * 1_000_000) sender.round();
    return sender.datagrams;
  };
  // W(t) = 0.4 (t - 9.086)^3 + 1000, where one round trip ahead is aimed at.
  for (
    const [seconds, expected] of [[2, 857], [5, 973], [9, 1_000], [
      12,
      1_010,
    ]] as const
  ) {
    const datagrams = after(seconds);
    assert(Math.abs(datagrams - expected) < 15, `${datagrams} at ${seconds} s`);
  }
});

Deno.test("Cubic is never slower than Reno on a short path", () => {
  const sender = Sender.withWindow(20);
  sender.lose();
  assertEquals(sender.datagrams, 14);
  // Section 4.3: alpha = 3 * 0.3 / 1.7 = 0.53 datagrams a round trip; the curve
  // needs cbrt(20 * 0.3 / 0.4) = 2.5 s for six.
  for (let i = 0; i < 10; i++) sender.round();
  assert(sender.datagrams >= 18, `${sender.datagrams} datagrams`);
});

Deno.test("Cubic makes room when it shrinks twice in a row", () => {
  const sender = Sender.withWindow(1_000);
  sender.lose();
  sender.round();
  sender.lose();
  // Section 4.7: the new plateau is 0.85 of the window at the second loss.
  const plateau = sender.datagrams / 0.7 * 0.85;
  for (let i = 0; i < 90; i++) sender.round();
  assert(Math.abs(sender.datagrams - plateau) < 15, `${sender.datagrams}`);
});

Deno.test("Cubic does not grow a window that is not used, and does not count that time", () => {
  const sender = Sender.withWindow(1_000);
  sender.lose();
  for (let i = 0; i < 10; i++) sender.round();
  const before = sender.datagrams;
  for (let i = 0; i < 100; i++) sender.round(false);
  assertEquals(sender.datagrams, before);
  sender.round();
  const growth = sender.datagrams - before;
  assert(growth >= 0 && growth < 25, `${growth} datagrams at once`);
});

Deno.test("Cubic grows by half a window a round trip at most", () => {
  const sender = Sender.withWindow(1_000);
  sender.lose();
  sender.round();
  sender.nowUs += 60_000_000;
  const before = sender.datagrams;
  sender.round();
  assert(sender.datagrams <= 1.7 * before, `${before} to ${sender.datagrams}`);
});

Deno.test("Cubic.onLost() falls to the minimum in persistent congestion, and slow start begins anew", () => {
  const sender = Sender.withWindow(100);
  sender.lose(true);
  assertEquals(sender.cubic.windowBytes, MINIMUM);
  assertEquals(sender.cubic.isInSlowStart, true);
  sender.ack(2 * DATAGRAM);
  assertEquals(sender.cubic.windowBytes, 2 * MINIMUM);
});

Deno.test("Cubic.onSpuriousLoss() takes the last shrinking back, once", () => {
  const sender = Sender.withWindow(100);
  sender.lose();
  sender.cubic.onSpuriousLoss();
  assertEquals([sender.datagrams, sender.cubic.isInSlowStart], [100, true]);
  sender.lose();
  sender.cubic.onSpuriousLoss();
  sender.cubic.onSpuriousLoss();
  assertEquals(sender.datagrams, 100);
});

Deno.test("Cubic leaves slow start when the round-trip time rises", () => {
  const sender = new Sender();
  let rttUs = RTT_US;
  let packet = 0;
  for (let round = 0; round < 20 && sender.cubic.isInSlowStart; round++) {
    const end = packet + 20;
    while (packet < end) {
      sender.nowUs += 1_000;
      sender.cubic.onAcked({
        bytes: DATAGRAM,
        largestSentUs: sender.nowUs - rttUs,
        largestAcked: packet++,
        nextPacketNumber: end,
        priorInFlightBytes: 1e9,
        latestRttUs: rttUs,
        smoothedRttUs: rttUs,
        nowUs: sender.nowUs,
      });
    }
    rttUs += round < 3 ? 0 : 20_000;
  }
  assertEquals(sender.cubic.isInSlowStart, false);
});
