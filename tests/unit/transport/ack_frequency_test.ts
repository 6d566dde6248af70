import { assertEquals } from "@std/assert";
import {
  AckFrequency,
  CALM_ACKS,
  EAGER_ACKS,
} from "../../../lib/transport/ack_frequency.ts";
import {
  CALM_ACK_DELAY_US,
  CALM_ACK_ELICITING_THRESHOLD,
  CALM_PACKETS,
} from "../../../lib/transport/transport_config.ts";
import { MAX_REQUESTED_ACK_DELAY_US } from "../../../lib/wire/frame.ts";

/** On a path that has been calm for long enough; the peer was told. */
function calm(): AckFrequency {
  const frequency = new AckFrequency();
  frequency.onAcked(CALM_PACKETS);
  frequency.isDue = false;
  return frequency;
}

Deno.test("AckFrequency begins with prompt ACKs, about which nothing is said", () => {
  const frequency = new AckFrequency();
  assertEquals(frequency.policy, EAGER_ACKS);
  assertEquals(frequency.isDue, false);
});

Deno.test("AckFrequency.onAcked() asks for few ACKs after enough packets in a row", () => {
  const frequency = new AckFrequency();
  frequency.onAcked(CALM_PACKETS - 1);
  assertEquals([frequency.policy, frequency.isDue], [EAGER_ACKS, false]);
  frequency.onAcked(1);
  assertEquals([frequency.policy, frequency.isDue], [CALM_ACKS, true]);
});

Deno.test("AckFrequency.onAcked() counts from the last trouble", () => {
  const frequency = new AckFrequency();
  frequency.onAcked(CALM_PACKETS - 1);
  frequency.onTrouble();
  frequency.onAcked(CALM_PACKETS - 1);
  assertEquals(frequency.policy, EAGER_ACKS);
  frequency.onAcked(1);
  assertEquals(frequency.policy, CALM_ACKS);
});

Deno.test("AckFrequency.onAcked() says nothing again while the path stays calm", () => {
  const frequency = calm();
  frequency.onAcked(10 * CALM_PACKETS);
  assertEquals(frequency.isDue, false);
});

Deno.test("AckFrequency.onTrouble() asks for prompt ACKs at once, and once", () => {
  const frequency = calm();
  frequency.onTrouble();
  assertEquals([frequency.policy, frequency.isDue], [EAGER_ACKS, true]);
  frequency.isDue = false;
  frequency.onTrouble();
  assertEquals(frequency.isDue, false);
});

Deno.test("AckFrequency.onTrouble() has nothing to say before the path was ever calm", () => {
  const frequency = new AckFrequency();
  frequency.onTrouble();
  assertEquals(frequency.isDue, false);
});

Deno.test("AckFrequency.frame says the policy, and its sequence grows with each change", () => {
  const frequency = calm();
  const { frame: first } = frequency;
  assertEquals(first, {
    type: "ackFrequency",
    sequence: first.sequence,
    threshold: CALM_ACK_ELICITING_THRESHOLD,
    maxAckDelayUs: CALM_ACK_DELAY_US,
  });
  assertEquals(frequency.frame, first);
  frequency.onTrouble();
  const { sequence, threshold, maxAckDelayUs } = frequency.frame;
  assertEquals(sequence, first.sequence + 1);
  assertEquals({ threshold, maxDelayUs: maxAckDelayUs }, EAGER_ACKS);
});

Deno.test("AckFrequency.onFrameLost() repeats the newest frame and none before", () => {
  const frequency = calm();
  const { sequence } = frequency.frame;
  frequency.onFrameLost(sequence);
  assertEquals(frequency.isDue, true);
  frequency.onTrouble();
  frequency.isDue = false;
  frequency.onFrameLost(sequence);
  assertEquals(frequency.isDue, false);
});

Deno.test("AckFrequency never asks for more than a peer takes", () => {
  for (const { threshold, maxDelayUs } of [EAGER_ACKS, CALM_ACKS]) {
    assertEquals(threshold >= 1, true);
    assertEquals(maxDelayUs <= MAX_REQUESTED_ACK_DELAY_US, true);
  }
});
