import { assertEquals, assertObjectMatch } from "@std/assert";
import type {
  AckedBytes,
  CongestionController,
  LostBytes,
} from "../../../lib/transport/congestion_controller.ts";
import { CALM_ACKS, EAGER_ACKS } from "../../../lib/transport/ack_frequency.ts";
import { LossRecovery } from "../../../lib/transport/loss_recovery.ts";
import type { SentPacket } from "../../../lib/transport/sent_packets.ts";
import {
  CALM_ACK_DELAY_US,
  CALM_PACKETS,
  GRANULARITY_US,
  INITIAL_RTT_US,
  MAX_ACK_DELAY_US,
  MAX_PTO_US,
  MAX_REMEMBERED_LOSSES,
} from "../../../lib/transport/transport_config.ts";

/** Notes what it is told; the window is fixed. */
class Notes implements CongestionController {
  windowBytes = 12_000;
  readonly isInSlowStart = false;
  readonly acked: AckedBytes[] = [];
  readonly lost: LostBytes[] = [];
  onAcked(acked: AckedBytes): void {
    this.acked.push(acked);
  }
  onLost(lost: LostBytes): void {
    this.lost.push(lost);
  }
  spuriousLosses = 0;
  onSpuriousLoss(): void {
    this.spuriousLosses++;
  }
}

const PACKET_BYTES = 100;

function send(
  recovery: LossRecovery,
  packetNumber: number,
  sentUs: number,
  ackEliciting = true,
  isMtuProbe = false,
): void {
  recovery.onSent({
    packetNumber,
    sentUs,
    bytes: PACKET_BYTES,
    ackEliciting,
    isMtuProbe,
    frames: [],
  });
}

function ack(
  recovery: LossRecovery,
  nowUs: number,
  ...ranges: number[]
): boolean {
  return recovery.handleAck(
    { largest: ranges[1]! - 1, delayUs: 0, ranges },
    nowUs,
  );
}

function numbers(packets: readonly SentPacket[]): number[] {
  return packets.map(({ packetNumber }) => packetNumber);
}

/** A recovery whose round-trip time is known to be 100 ms, or another. */
function measured(rttUs = 100_000): {
  recovery: LossRecovery;
  notes: Notes;
} {
  const notes = new Notes();
  const recovery = new LossRecovery(notes);
  send(recovery, 0, 0);
  ack(recovery, rttUs, 0, 1);
  notes.acked.length = 0;
  return { recovery, notes };
}

Deno.test("LossRecovery.handleAck() takes acknowledged packets out of flight", () => {
  const { recovery } = measured();
  for (const number of [1, 2, 3]) send(recovery, number, 200_000);
  assertEquals(recovery.inFlightBytes, 3 * PACKET_BYTES);
  assertEquals(ack(recovery, 300_000, 3, 4, 1, 2), true);
  assertEquals(numbers(recovery.acked), [1, 3]);
  assertEquals(recovery.inFlightBytes, PACKET_BYTES);
  assertEquals(recovery.largestAcked, 3);
});

Deno.test("LossRecovery.handleAck() refuses an ACK of a packet that was never sent", () => {
  const { recovery } = measured();
  send(recovery, 1, 200_000);
  assertEquals(ack(recovery, 300_000, 0, 3), false);
  assertEquals(recovery.inFlightBytes, PACKET_BYTES);
  assertEquals(ack(new LossRecovery(new Notes()), 1, 0, 1), false);
});

Deno.test("LossRecovery.handleAck() takes the same ACK twice", () => {
  const { recovery, notes } = measured();
  send(recovery, 1, 200_000);
  ack(recovery, 300_000, 0, 2);
  assertEquals(ack(recovery, 310_000, 0, 2), true);
  assertEquals(recovery.acked, []);
  assertEquals(notes.acked.length, 1);
  assertEquals(recovery.inFlightBytes, 0);
});

Deno.test("LossRecovery.handleAck() measures by the largest packet if it is new", () => {
  const { recovery } = measured();
  send(recovery, 1, 200_000);
  send(recovery, 2, 250_000);
  ack(recovery, 330_000, 2, 3);
  assertEquals(recovery.rtt.latestUs, 80_000);
  // The largest is known already: no sample.
  ack(recovery, 500_000, 1, 3);
  assertEquals(recovery.rtt.latestUs, 80_000);
});

Deno.test("LossRecovery.handleAck() measures nothing where nothing asked for an ACK", () => {
  const recovery = new LossRecovery(new Notes());
  send(recovery, 0, 0, false);
  ack(recovery, 70_000, 0, 1);
  assertEquals(recovery.rtt.hasSample, false);
});

Deno.test("LossRecovery.handleAck() believes no longer delay than a peer is ever asked for", () => {
  const { recovery } = measured();
  send(recovery, 1, 200_000);
  recovery.handleAck(
    { largest: 1, delayUs: 10_000_000, ranges: [1, 2] },
    400_000,
  );
  const adjusted = 200_000 - CALM_ACK_DELAY_US;
  assertEquals(
    recovery.rtt.smoothedUs,
    Math.round((7 * 100_000 + adjusted) / 8),
  );
});

Deno.test("LossRecovery.handleAck() declares lost what is three packets behind", () => {
  const { recovery, notes } = measured();
  for (let number = 1; number <= 5; number++) send(recovery, number, 200_000);
  ack(recovery, 210_000, 5, 6);
  assertEquals(numbers(recovery.lost), [1, 2]);
  assertEquals(recovery.inFlightBytes, 2 * PACKET_BYTES);
  assertEquals(recovery.lostPackets, 2);
  assertEquals(notes.lost, [{
    bytes: 2 * PACKET_BYTES,
    largestSentUs: 200_000,
    persistent: false,
    nowUs: 210_000,
  }]);
});

Deno.test("LossRecovery.handleAck() declares lost what was sent nine eighths of an RTT ago", () => {
  const { recovery } = measured();
  send(recovery, 1, 200_000);
  send(recovery, 2, 240_000);
  // The sample is 60 ms, the smoothed RTT 95 ms: 9/8 of it are 106,875 us.
  ack(recovery, 300_000, 2, 3);
  assertEquals(recovery.rtt.smoothedUs, 95_000);
  assertEquals(recovery.lost, []);
  assertEquals(recovery.deadlineUs, 200_000 + 106_875);
  recovery.handleTimeout(306_875);
  assertEquals(numbers(recovery.lost), [1]);
  assertEquals(recovery.inFlightBytes, 0);
  assertEquals(recovery.deadlineUs, undefined);
  assertEquals(recovery.ptoCount, 0);
});

Deno.test("LossRecovery keeps the timer for the next packet after one was lost by time", () => {
  const { recovery } = measured();
  send(recovery, 1, 200_000);
  send(recovery, 2, 210_000);
  send(recovery, 3, 240_000);
  ack(recovery, 300_000, 3, 4);
  recovery.handleTimeout(306_875);
  assertEquals(numbers(recovery.lost), [1]);
  assertEquals(recovery.deadlineUs, 316_875);
  recovery.handleTimeout(316_875);
  assertEquals(numbers(recovery.lost), [2]);
});

Deno.test("LossRecovery's time threshold is never finer than the granularity", () => {
  const { recovery } = measured(100);
  send(recovery, 1, 10_000);
  send(recovery, 2, 10_010);
  ack(recovery, 10_110, 2, 3);
  assertEquals(recovery.deadlineUs, 11_000);
});

Deno.test("LossRecovery forgets packets of ACKs alone without telling the congestion controller", () => {
  const { recovery, notes } = measured();
  for (const number of [1, 2]) send(recovery, number, 200_000, false);
  for (const number of [3, 4, 5]) send(recovery, number, 200_000);
  ack(recovery, 210_000, 3, 6);
  assertEquals(numbers(recovery.lost), [1, 2]);
  assertEquals(notes.lost, []);
  assertEquals(recovery.sent.first, recovery.sent.end);
});

Deno.test("LossRecovery tells the congestion controller of packets in flight alone", () => {
  const { recovery, notes } = measured();
  send(recovery, 1, 200_000);
  send(recovery, 2, 210_000, false);
  send(recovery, 3, 220_000);
  send(recovery, 4, 230_000, false);
  send(recovery, 5, 230_000);
  // Lost: 1 in flight, 2 not. The newer one must not count as a new loss event.
  ack(recovery, 240_000, 5, 6);
  assertEquals(notes.lost[0]!.largestSentUs, 200_000);
  send(recovery, 6, 250_000, false);
  ack(recovery, 260_000, 6, 7, 3, 6);
  assertObjectMatch(notes.acked.at(-1)!, {
    bytes: PACKET_BYTES,
    largestSentUs: 220_000,
    priorInFlightBytes: PACKET_BYTES,
    nowUs: 260_000,
  });
});

Deno.test("LossRecovery's probe timeout is due a PTO after the last packet that asks for an ACK", () => {
  const recovery = new LossRecovery(new Notes());
  assertEquals(recovery.deadlineUs, undefined);
  send(recovery, 0, 1_000);
  send(recovery, 1, 5_000);
  send(recovery, 2, 9_000, false);
  const ptoUs = INITIAL_RTT_US + 4 * (INITIAL_RTT_US / 2) + MAX_ACK_DELAY_US;
  assertEquals(recovery.deadlineUs, 5_000 + ptoUs);
});

Deno.test("LossRecovery.handleTimeout() asks for two probes and declares nothing lost", () => {
  const recovery = new LossRecovery(new Notes());
  send(recovery, 0, 0);
  recovery.handleTimeout(recovery.deadlineUs!);
  assertEquals(recovery.probesDue, 2);
  assertEquals(recovery.lost, []);
  assertEquals(recovery.inFlightBytes, PACKET_BYTES);
  assertEquals(recovery.deadlineUs, undefined);
  send(recovery, 1, 400_000);
  assertEquals(recovery.probesDue, 1);
  send(recovery, 2, 400_000, false);
  assertEquals(recovery.probesDue, 1);
  send(recovery, 3, 400_000);
  assertEquals(recovery.probesDue, 0);
});

Deno.test("LossRecovery doubles the probe timeout up to its cap, until an ACK comes", () => {
  const { recovery } = measured(10_000);
  send(recovery, 1, 0);
  const waits: number[] = [];
  let nowUs = 0;
  let number = 2;
  for (let i = 0; i < 8; i++) {
    waits.push(recovery.deadlineUs! - nowUs);
    nowUs = recovery.deadlineUs!;
    recovery.handleTimeout(nowUs);
    while (recovery.probesDue > 0) send(recovery, number++, nowUs);
  }
  // 10 ms + 4 * 5 ms + 10 ms.
  assertEquals(waits, [
    40_000,
    80_000,
    160_000,
    320_000,
    640_000,
    1_280_000,
    MAX_PTO_US,
    MAX_PTO_US,
  ]);
  ack(recovery, nowUs + 10_000, number - 1, number);
  assertEquals(recovery.ptoCount, 0);
});

Deno.test("LossRecovery.roomBytes is what the window leaves", () => {
  const { recovery, notes } = measured();
  notes.windowBytes = 2 * PACKET_BYTES;
  send(recovery, 1, 0);
  assertEquals(recovery.roomBytes, PACKET_BYTES);
  send(recovery, 2, 0);
  assertEquals(recovery.roomBytes, 0);
  notes.windowBytes = PACKET_BYTES;
  assertEquals(recovery.roomBytes, -PACKET_BYTES);
});

Deno.test("LossRecovery.oldestInFlight() passes over packets of ACKs alone", () => {
  const { recovery } = measured();
  send(recovery, 1, 0, false);
  send(recovery, 2, 0);
  send(recovery, 3, 0, false);
  send(recovery, 4, 0);
  assertEquals(recovery.oldestInFlight(0)?.packetNumber, 2);
  assertEquals(recovery.oldestInFlight(3)?.packetNumber, 4);
  assertEquals(recovery.oldestInFlight(5), undefined);
});

// RTT 10 ms: PTO 55 ms, persistent congestion after three of them, but the RTT
// sample of the ACK that shows the loss counts already.

/** Packets in flight at those times, all lost but the last; what is found. */
function isPersistent(
  times: readonly number[],
  isAckEliciting: (index: number) => boolean = () => true,
): boolean {
  const { recovery, notes } = measured(10_000);
  times.forEach((time, index) =>
    send(recovery, index + 1, time, isAckEliciting(index))
  );
  const last = times.length;
  const nowUs = times.at(-1)! + 10_000;
  ack(recovery, nowUs, last, last + 1);
  if (recovery.lost.length < last - 1) {
    recovery.handleTimeout(recovery.deadlineUs!);
  }
  return notes.lost.some(({ persistent }) => persistent);
}

Deno.test("LossRecovery finds persistent congestion when nothing got through for three PTOs", () => {
  assertEquals(isPersistent([100_000, 200_000, 300_000, 400_000]), true);
});

Deno.test("LossRecovery finds no persistent congestion in a shorter loss", () => {
  assertEquals(isPersistent([100_000, 150_000, 200_000, 220_000]), false);
});

Deno.test("LossRecovery finds no persistent congestion between packets of ACKs alone", () => {
  assertEquals(
    isPersistent(
      [100_000, 200_000, 300_000, 400_000],
      (index) => index === 1 || index === 3,
    ),
    false,
  );
});

Deno.test("LossRecovery finds no persistent congestion across a packet that got through", () => {
  const { recovery, notes } = measured(10_000);
  for (let i = 1; i <= 6; i++) send(recovery, i, i * 60_000);
  ack(recovery, 370_000, 6, 7, 3, 4);
  assertEquals(numbers(recovery.lost), [1, 2, 4, 5]);
  assertEquals(notes.lost[0]!.persistent, false);
});

Deno.test("LossRecovery finds no persistent congestion before the first RTT sample", () => {
  const notes = new Notes();
  const recovery = new LossRecovery(notes);
  for (let i = 0; i < 5; i++) send(recovery, i, i * 1_000_000);
  ack(recovery, 4_010_000, 4, 5);
  assertEquals(notes.lost[0]!.persistent, false);
});

Deno.test("LossRecovery does not tell the congestion controller of a lost MTU probe", () => {
  const { recovery, notes } = measured();
  send(recovery, 1, 200_000, true, true);
  for (const number of [2, 3, 4]) send(recovery, number, 200_000);
  ack(recovery, 210_000, 2, 5);
  assertEquals(numbers(recovery.lost), [1]);
  assertEquals(notes.lost, []);
  assertEquals([recovery.inFlightBytes, recovery.deadlineUs], [0, undefined]);
});

Deno.test("LossRecovery takes no MTU probe for the newest lost packet", () => {
  const { recovery, notes } = measured();
  send(recovery, 1, 200_000);
  send(recovery, 2, 205_000, true, true);
  for (const number of [3, 4, 5]) send(recovery, number, 206_000);
  ack(recovery, 210_000, 5, 6);
  assertEquals(numbers(recovery.lost), [1, 2]);
  assertEquals(notes.lost[0]!.largestSentUs, 200_000);
});

Deno.test("LossRecovery reports packets that arrive after they were declared lost", () => {
  const { recovery, notes } = measured();
  for (const number of [1, 2, 3, 4, 5]) send(recovery, number, 200_000);
  ack(recovery, 210_000, 4, 6);
  assertEquals(numbers(recovery.lost), [1, 2]);
  ack(recovery, 211_000, 4, 6, 1, 2);
  assertEquals(numbers(recovery.late), [1]);
  assertEquals(notes.spuriousLosses, 0);
  // The whole loss was none: only now is it taken back.
  ack(recovery, 212_000, 4, 6, 1, 3);
  assertEquals(numbers(recovery.late), [2]);
  assertEquals(notes.spuriousLosses, 1);
  ack(recovery, 213_000, 4, 6, 1, 3);
  assertEquals(recovery.late, []);
});

Deno.test("LossRecovery waits for more packets on a path that was seen to reorder", () => {
  const { recovery } = measured();
  for (let number = 1; number <= 6; number++) send(recovery, number, 200_000);
  ack(recovery, 210_000, 6, 7);
  assertEquals(numbers(recovery.lost), [1, 2, 3]);
  ack(recovery, 211_000, 6, 7, 1, 4);
  // Number 1 came five behind the newest: as much is tolerated from now on.
  for (let number = 7; number <= 13; number++) send(recovery, number, 212_000);
  ack(recovery, 213_000, 12, 13);
  assertEquals(numbers(recovery.lost), [4, 5]);
  ack(recovery, 214_000, 13, 14);
  assertEquals(numbers(recovery.lost), [7]);
});

Deno.test("LossRecovery remembers a bounded number of losses", () => {
  const { recovery } = measured();
  const count = 2 * MAX_REMEMBERED_LOSSES;
  for (let i = 1; i <= count + 3; i++) send(recovery, i, 200_000);
  ack(recovery, 210_000, count + 3, count + 4);
  assertEquals(recovery.lost.length, count);
  ack(recovery, 211_000, count + 3, count + 4, 1, count + 1);
  assertEquals(recovery.late.length, MAX_REMEMBERED_LOSSES);
});

Deno.test("LossRecovery.onNewPath() learns the path anew, and keeps what is in flight", () => {
  const { recovery } = measured();
  send(recovery, 1, 200_000);
  recovery.handleTimeout(recovery.deadlineUs!);
  const notes = new Notes();
  recovery.onNewPath(notes);
  assertEquals([recovery.rtt.hasSample, recovery.ptoCount], [false, 0]);
  assertEquals(recovery.inFlightBytes, PACKET_BYTES);
  ack(recovery, 900_000, 1, 2);
  assertEquals(notes.acked.length, 1);
});

/** Sends and acknowledges packets one by one until the path counts as calm; its round-trip time is 10 ms. */
function calm(): { recovery: LossRecovery; next: number; nowUs: number } {
  const recovery = new LossRecovery(new Notes());
  let nowUs = 0;
  for (let number = 0; number < CALM_PACKETS; number++) {
    send(recovery, number, nowUs);
    nowUs += 10_000;
    ack(recovery, nowUs, number, number + 1);
  }
  assertEquals(recovery.ackFrequency.policy, CALM_ACKS);
  return { recovery, next: CALM_PACKETS, nowUs };
}

Deno.test("LossRecovery counts packets towards a calm path, not ACKs", () => {
  const recovery = new LossRecovery(new Notes());
  for (let number = 0; number < CALM_PACKETS; number++) {
    send(recovery, number, 0);
  }
  ack(recovery, 10_000, 0, CALM_PACKETS - 1);
  ack(recovery, 11_000, 0, CALM_PACKETS - 1);
  assertEquals(recovery.ackFrequency.policy, EAGER_ACKS);
  ack(recovery, 12_000, 0, CALM_PACKETS);
  assertEquals(recovery.ackFrequency.policy, CALM_ACKS);
});

Deno.test("LossRecovery waits for the delay it asked for before it probes", () => {
  const { recovery, next, nowUs } = calm();
  send(recovery, next, nowUs);
  const { smoothedUs, varianceUs } = recovery.rtt;
  const ptoUs = (delayUs: number) =>
    smoothedUs + Math.max(4 * varianceUs, GRANULARITY_US) + delayUs;
  assertEquals(recovery.deadlineUs, nowUs + ptoUs(CALM_ACK_DELAY_US));
  recovery.ackFrequency.onTrouble();
  assertEquals(recovery.deadlineUs, nowUs + ptoUs(MAX_ACK_DELAY_US));
});

Deno.test("LossRecovery asks for prompt ACKs when a packet is lost", () => {
  const { recovery, next, nowUs } = calm();
  for (let i = 0; i < 4; i++) send(recovery, next + i, nowUs);
  ack(recovery, nowUs + 10_000, next + 3, next + 4);
  assertEquals(numbers(recovery.lost), [next]);
  assertEquals(recovery.ackFrequency.policy, EAGER_ACKS);
  assertEquals(recovery.ackFrequency.isDue, true);
});

Deno.test("LossRecovery asks for prompt ACKs when a packet is lost by time", () => {
  const { recovery, next, nowUs } = calm();
  send(recovery, next, nowUs);
  send(recovery, next + 1, nowUs);
  ack(recovery, nowUs + 10_000, next + 1, next + 2);
  assertEquals(recovery.ackFrequency.policy, CALM_ACKS);
  recovery.handleTimeout(recovery.deadlineUs!);
  assertEquals(numbers(recovery.lost), [next]);
  assertEquals(recovery.ackFrequency.policy, EAGER_ACKS);
});

Deno.test("LossRecovery asks for prompt ACKs when a probe is due", () => {
  const { recovery, next, nowUs } = calm();
  send(recovery, next, nowUs);
  recovery.handleTimeout(recovery.deadlineUs!);
  assertEquals(recovery.ackFrequency.policy, EAGER_ACKS);
});

Deno.test("LossRecovery.onNewPath() asks for prompt ACKs", () => {
  const { recovery } = calm();
  recovery.onNewPath(new Notes());
  assertEquals(recovery.ackFrequency.policy, EAGER_ACKS);
  assertEquals(recovery.ackFrequency.isDue, true);
});

Deno.test("LossRecovery stays calm when only a probe of the path's size is lost", () => {
  const { recovery, next, nowUs } = calm();
  send(recovery, next, nowUs, true, true);
  for (let i = 1; i < 4; i++) send(recovery, next + i, nowUs);
  ack(recovery, nowUs + 10_000, next + 1, next + 4);
  assertEquals(numbers(recovery.lost), [next]);
  assertEquals(recovery.ackFrequency.policy, CALM_ACKS);
});
