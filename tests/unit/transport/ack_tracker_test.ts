import { assertEquals } from "@std/assert";
import { AckTracker } from "../../../lib/transport/ack_tracker.ts";
import {
  MAX_ACK_DELAY_US,
  MAX_SENT_ACK_RANGES,
} from "../../../lib/transport/transport_config.ts";
import type { AckFrequencyFrame } from "../../../lib/wire/frame.ts";

function receive(
  tracker: AckTracker,
  packetNumber: number,
  nowUs: number,
  ackEliciting = true,
): void {
  tracker.onReceived({ packetNumber, ackEliciting, nowUs });
}

Deno.test("AckTracker.onReceived() delays the ACK of a single packet", () => {
  const tracker = new AckTracker();
  assertEquals(tracker.deadlineUs, undefined);
  receive(tracker, 0, 1_000);
  assertEquals(tracker.deadlineUs, 1_000 + MAX_ACK_DELAY_US);
});

Deno.test("AckTracker.onReceived() makes the second packet's ACK due at once", () => {
  const tracker = new AckTracker();
  receive(tracker, 0, 1_000);
  receive(tracker, 1, 2_000);
  assertEquals(tracker.deadlineUs, 2_000);
});

Deno.test("AckTracker.onReceived() makes an ACK due at once after a gap", () => {
  const tracker = new AckTracker();
  receive(tracker, 0, 1_000);
  tracker.onAckSent();
  receive(tracker, 2, 2_000);
  assertEquals(tracker.deadlineUs, 2_000);
});

Deno.test("AckTracker.onReceived() makes an ACK due at once for a late packet", () => {
  const tracker = new AckTracker();
  receive(tracker, 5, 1_000);
  tracker.onAckSent();
  receive(tracker, 4, 2_000);
  assertEquals(tracker.deadlineUs, 2_000);
});

Deno.test("AckTracker.onReceived() asks for no ACK of what asks for none", () => {
  const tracker = new AckTracker();
  receive(tracker, 0, 1_000, false);
  receive(tracker, 7, 1_000, false);
  receive(tracker, 3, 1_000, false);
  assertEquals(tracker.deadlineUs, undefined);
  assertEquals([...tracker.ranges], [[0, 1], [3, 4], [7, 8]]);
});

Deno.test("AckTracker.onReceived() sees no gap behind a packet that asks for no ACK", () => {
  const tracker = new AckTracker();
  receive(tracker, 0, 1_000, false);
  receive(tracker, 1, 2_000);
  assertEquals(tracker.deadlineUs, 2_000 + MAX_ACK_DELAY_US);
});

Deno.test("AckTracker.onReceived() never moves a deadline back", () => {
  const tracker = new AckTracker();
  receive(tracker, 3, 1_000);
  receive(tracker, 1, 2_000);
  receive(tracker, 4, 3_000);
  assertEquals(tracker.deadlineUs, 2_000);
});

Deno.test("AckTracker.onAckSent() lets the next pair begin anew", () => {
  const tracker = new AckTracker();
  receive(tracker, 0, 1_000);
  receive(tracker, 1, 1_000);
  tracker.onAckSent();
  assertEquals(tracker.deadlineUs, undefined);
  receive(tracker, 2, 5_000);
  assertEquals(tracker.deadlineUs, 5_000 + MAX_ACK_DELAY_US);
});

Deno.test("AckTracker.delayUs() counts from the largest packet", () => {
  const tracker = new AckTracker();
  receive(tracker, 5, 1_000);
  receive(tracker, 2, 9_000);
  assertEquals(tracker.delayUs(10_000), 9_000);
  receive(tracker, 6, 11_000);
  assertEquals(tracker.delayUs(11_500), 500);
});

Deno.test("AckTracker.onReceived() keeps a bounded number of ranges, the newest", () => {
  const tracker = new AckTracker();
  for (let i = 0; i < 1_000; i++) receive(tracker, 2 * i, i);
  assertEquals(tracker.ranges.size, MAX_SENT_ACK_RANGES);
  assertEquals(tracker.ranges.max, 1_998);
  assertEquals(tracker.ranges.min, 2 * (1_000 - MAX_SENT_ACK_RANGES));
});

Deno.test("AckTracker.onAckAcked() forgets what was reported and arrived", () => {
  const tracker = new AckTracker();
  for (const number of [0, 1, 2, 5, 6, 9]) receive(tracker, number, 1);
  tracker.onAckAcked(5);
  assertEquals([...tracker.ranges], [[6, 7], [9, 10]]);
});

Deno.test("AckTracker.onAckAcked() keeps the newest range whole", () => {
  const tracker = new AckTracker();
  for (let number = 0; number < 10; number++) receive(tracker, number, 1);
  tracker.onAckAcked(9);
  assertEquals([...tracker.ranges], [[0, 10]]);
  receive(tracker, 12, 1);
  tracker.onAckAcked(9);
  assertEquals([...tracker.ranges], [[12, 13]]);
});

Deno.test("AckTracker.onAckAcked() takes an ACK of an old ACK", () => {
  const tracker = new AckTracker();
  tracker.onAckAcked(100);
  for (const number of [200, 205]) receive(tracker, number, 1);
  tracker.onAckAcked(100);
  assertEquals([...tracker.ranges], [[200, 201], [205, 206]]);
});

/** A peer's wish, as its ACK_FREQUENCY says it. */
function wish(
  sequence: number,
  threshold: number,
  maxAckDelayUs: number,
): AckFrequencyFrame {
  return { type: "ackFrequency", sequence, threshold, maxAckDelayUs };
}

Deno.test("AckTracker.onAckFrequency() sets after how many packets an ACK is due at once", () => {
  const tracker = new AckTracker();
  tracker.onAckFrequency(wish(0, 5, 80_000), 0);
  for (let number = 0; number < 4; number++) receive(tracker, number, number);
  assertEquals(tracker.deadlineUs, 80_000);
  receive(tracker, 4, 4);
  assertEquals(tracker.deadlineUs, 4);
  tracker.onAckSent();
  receive(tracker, 5, 1_000);
  assertEquals(tracker.deadlineUs, 81_000);
});

Deno.test("AckTracker.onAckFrequency() holds for the packet that brought it", () => {
  const tracker = new AckTracker();
  receive(tracker, 0, 1_000);
  tracker.onAckSent();
  tracker.onAckFrequency(wish(0, 1, 80_000), 2_000);
  receive(tracker, 1, 2_000);
  assertEquals(tracker.deadlineUs, 2_000);
});

Deno.test("AckTracker.onReceived() reports a gap at once, whatever the peer asked for", () => {
  const tracker = new AckTracker();
  tracker.onAckFrequency(wish(0, 1_000, 1_000_000), 0);
  receive(tracker, 0, 1_000);
  assertEquals(tracker.deadlineUs, 1_001_000);
  receive(tracker, 2, 2_000);
  assertEquals(tracker.deadlineUs, 2_000);
});

Deno.test("AckTracker.onAckFrequency() ignores what is older than the newest it took, or the same", () => {
  const tracker = new AckTracker();
  tracker.onAckFrequency(wish(7, 2, 10_000), 0);
  tracker.onAckFrequency(wish(6, 50, 500_000), 0);
  tracker.onAckFrequency(wish(7, 50, 500_000), 0);
  receive(tracker, 0, 1_000);
  assertEquals(tracker.deadlineUs, 11_000);
  tracker.onAckFrequency(wish(6, 50, 1), 1_000);
  assertEquals(tracker.deadlineUs, 11_000);
  receive(tracker, 1, 2_000);
  assertEquals(tracker.deadlineUs, 2_000);
});

Deno.test("AckTracker.onAckFrequency() shortens the wait of what has arrived, and never prolongs it", () => {
  const tracker = new AckTracker();
  tracker.onAckFrequency(wish(1, 10, 80_000), 0);
  receive(tracker, 0, 1_000);
  tracker.onAckFrequency(wish(2, 2, 10_000), 5_000);
  assertEquals(tracker.deadlineUs, 15_000);
  tracker.onAckFrequency(wish(3, 10, 80_000), 6_000);
  assertEquals(tracker.deadlineUs, 15_000);
});

Deno.test("AckTracker.onAckFrequency() makes no ACK due where nothing waits", () => {
  const tracker = new AckTracker();
  receive(tracker, 0, 1_000, false);
  tracker.onAckFrequency(wish(0, 1, 0), 1_000);
  assertEquals(tracker.deadlineUs, undefined);
});

Deno.test("AckTracker.onImmediateAck() makes an ACK due now, once", () => {
  const tracker = new AckTracker();
  tracker.onAckFrequency(wish(0, 10, 80_000), 0);
  receive(tracker, 0, 1_000);
  tracker.onImmediateAck(2_000);
  receive(tracker, 1, 2_000);
  assertEquals(tracker.deadlineUs, 2_000);
  tracker.onAckSent();
  receive(tracker, 2, 3_000);
  assertEquals(tracker.deadlineUs, 83_000);
});
