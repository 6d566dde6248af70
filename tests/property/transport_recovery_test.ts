/**
 * LossRecovery against the pseudo code of RFC 9002 appendix A, written down
 * slowly: any sequence of sends, ACKs and timeouts gives the same packets
 * acknowledged and lost, the same timer and the same bytes in flight.
 */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type {
  AckedBytes,
  CongestionController,
  LostBytes,
} from "../../lib/transport/congestion_controller.ts";
import { LossRecovery } from "../../lib/transport/loss_recovery.ts";
import { NewReno } from "../../lib/transport/new_reno.ts";
import type { SentPacket } from "../../lib/transport/sent_packets.ts";
import {
  CALM_ACK_DELAY_US,
  CALM_PACKETS,
  GRANULARITY_US,
  INITIAL_RTT_US,
  MAX_ACK_DELAY_US,
  MAX_PTO_US,
  PACKET_THRESHOLD,
} from "../../lib/transport/transport_config.ts";

interface Packet {
  readonly packetNumber: number;
  readonly timeSent: number;
  readonly bytes: number;
  readonly ackEliciting: boolean;
}

/** Appendix A, with its names; times in whole microseconds. */
class Oracle {
  latestRtt = 0;
  minRtt = 0;
  smoothedRtt = INITIAL_RTT_US;
  rttvar = INITIAL_RTT_US / 2;
  hasSample = false;
  largestAcked = -1;
  lossTime = 0;
  timeOfLastAckElicitingPacket = 0;
  ptoCount = 0;
  sentPackets = new Map<number, Packet>();
  acked: number[] = [];
  lost: number[] = [];
  /** Section 6.1.1 allows a threshold that grows with the reordering seen. */
  packetThreshold = PACKET_THRESHOLD;
  everLost = new Set<number>();
  /** Packets that arrived since the last trouble: what is asked of the peer's ACKs follows from it. */
  calmPackets = 0;

  /** The longest delay that the peer was asked for last. */
  get maxAckDelay(): number {
    return this.calmPackets < CALM_PACKETS
      ? MAX_ACK_DELAY_US
      : CALM_ACK_DELAY_US;
  }

  // A.5
  onPacketSent(packet: Packet): void {
    this.sentPackets.set(packet.packetNumber, packet);
    if (packet.ackEliciting) {
      this.timeOfLastAckElicitingPacket = packet.timeSent;
    }
  }

  // A.7
  onAckReceived(
    acknowledged: ReadonlySet<number>,
    delay: number,
    now: number,
  ): void {
    this.acked = [];
    this.lost = [];
    const largest = Math.max(...acknowledged);
    this.largestAcked = Math.max(this.largestAcked, largest);
    for (const number of acknowledged) {
      if (!this.everLost.delete(number)) continue;
      const reordering = largest - number + 1;
      this.packetThreshold = Math.max(this.packetThreshold, reordering);
    }
    const newly = [...this.sentPackets.values()].filter((packet) =>
      acknowledged.has(packet.packetNumber)
    );
    for (const { packetNumber } of newly) this.sentPackets.delete(packetNumber);
    this.acked = newly.map(({ packetNumber }) => packetNumber);
    if (newly.length === 0) return;
    const newest = newly.at(-1)!;
    const includesEliciting = newly.some((packet) => packet.ackEliciting);
    if (newest.packetNumber === largest && includesEliciting) {
      this.updateRtt(now - newest.timeSent, delay);
    }
    this.detectAndRemoveLostPackets(now);
    if (this.lost.length === 0) this.calmPackets += newly.length;
    this.ptoCount = 0;
  }

  // A.7, UpdateRtt
  updateRtt(sample: number, delay: number): void {
    this.latestRtt = sample;
    if (!this.hasSample) {
      this.hasSample = true;
      this.minRtt = sample;
      this.smoothedRtt = sample;
      this.rttvar = Math.floor(sample / 2);
      return;
    }
    this.minRtt = Math.min(this.minRtt, sample);
    // An ACK may have been on its way since a longer delay was asked for.
    const ackDelay = Math.min(delay, CALM_ACK_DELAY_US);
    const adjusted = sample >= this.minRtt + ackDelay
      ? sample - ackDelay
      : sample;
    const rttvarSample = Math.abs(this.smoothedRtt - adjusted);
    this.rttvar = Math.round(3 / 4 * this.rttvar + 1 / 4 * rttvarSample);
    this.smoothedRtt = Math.round(
      7 / 8 * this.smoothedRtt + 1 / 8 * adjusted,
    );
  }

  // A.10
  detectAndRemoveLostPackets(now: number): void {
    this.lossTime = 0;
    const lossDelay = this.lossDelay;
    for (const packet of [...this.sentPackets.values()]) {
      if (packet.packetNumber > this.largestAcked) continue;
      const isLate = packet.timeSent <= now - lossDelay;
      const isBehind =
        this.largestAcked >= packet.packetNumber + this.packetThreshold;
      if (isLate || isBehind) {
        this.sentPackets.delete(packet.packetNumber);
        this.lost.push(packet.packetNumber);
        if (!packet.ackEliciting) continue;
        this.everLost.add(packet.packetNumber);
        this.calmPackets = 0;
      } else {
        const time = packet.timeSent + lossDelay;
        this.lossTime = this.lossTime === 0
          ? time
          : Math.min(this.lossTime, time);
      }
    }
  }

  get lossDelay(): number {
    const rtt = Math.max(this.latestRtt, this.smoothedRtt);
    return Math.max(Math.floor(9 / 8 * rtt), GRANULARITY_US);
  }

  // A.9
  onLossDetectionTimeout(now: number): "loss" | "probe" {
    this.lost = [];
    if (this.lossTime !== 0) {
      this.detectAndRemoveLostPackets(now);
      return "loss";
    }
    this.ptoCount++;
    this.calmPackets = 0;
    return "probe";
  }

  // A.8, with the cap of this implementation
  get timer(): number | undefined {
    if (this.lossTime !== 0) return this.lossTime;
    const eliciting = [...this.sentPackets.values()].some((packet) =>
      packet.ackEliciting
    );
    if (!eliciting) return undefined;
    const pto = this.smoothedRtt + Math.max(4 * this.rttvar, GRANULARITY_US) +
      this.maxAckDelay;
    return this.timeOfLastAckElicitingPacket +
      Math.min(pto * 2 ** this.ptoCount, MAX_PTO_US);
  }

  get bytesInFlight(): number {
    let bytes = 0;
    for (const packet of this.sentPackets.values()) {
      if (packet.ackEliciting) bytes += packet.bytes;
    }
    return bytes;
  }
}

/** Lets everything go, and adds up what it is told. */
class Sums implements CongestionController {
  readonly windowBytes = 1e9;
  readonly isInSlowStart = false;
  acked = 0;
  lost = 0;
  onAcked({ bytes }: AckedBytes): void {
    this.acked += bytes;
  }
  onLost({ bytes }: LostBytes): void {
    this.lost += bytes;
  }
  onSpuriousLoss(): void {}
}

const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("send" as const),
      bytes: fc.integer({ min: 30, max: 1_200 }),
      ackEliciting: fc.oneof(
        { weight: 4, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
      elapsedUs: fc.nat({ max: 20_000 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("ack" as const),
      // How far below the newest each acknowledged packet lies.
      below: fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 8 }),
      delayUs: fc.nat({ max: 100_000 }),
      elapsedUs: fc.nat({ max: 150_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("talk" as const),
      // Up to more than what makes a path calm.
      rounds: fc.integer({ min: 1, max: CALM_PACKETS / 2 }),
      elapsedUs: fc.nat({ max: 20_000 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ type: "timeout" as const }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** Numbers as the flat, descending pairs of an ACK frame. */
function rangesOf(numbers: ReadonlySet<number>): number[] {
  const ranges: number[] = [];
  for (const number of [...numbers].sort((a, b) => b - a)) {
    if (ranges.at(-2) === number + 1) ranges[ranges.length - 2] = number;
    else ranges.push(number, number + 1);
  }
  return ranges;
}

/** Both, driven by the same actions. */
class Bench {
  readonly sums = new Sums();
  readonly recovery = new LossRecovery(this.sums);
  readonly oracle = new Oracle();
  nowUs = 0;
  next = 0;
  inFlightEver = 0;
  /** How often the path was calm when both were compared. */
  calmChecks = 0;

  send(bytes: number, ackEliciting: boolean): void {
    const packetNumber = this.next++;
    this.recovery.onSent(
      {
        packetNumber,
        sentUs: this.nowUs,
        bytes,
        ackEliciting,
        frames: [],
        isMtuProbe: false,
      } as SentPacket,
    );
    const timeSent = this.nowUs;
    this.oracle.onPacketSent({ packetNumber, timeSent, bytes, ackEliciting });
    if (ackEliciting) this.inFlightEver += bytes;
  }

  ack(numbers: ReadonlySet<number>, delayUs: number): void {
    const { recovery, oracle } = this;
    const largest = Math.max(...numbers);
    const ranges = rangesOf(numbers);
    assert(recovery.handleAck({ largest, delayUs, ranges }, this.nowUs));
    oracle.onAckReceived(numbers, delayUs, this.nowUs);
    assertEquals(numbersOf(recovery.acked), oracle.acked);
    assertEquals(numbersOf(recovery.lost), oracle.lost);
    assertEquals(recovery.rtt.smoothedUs, oracle.smoothedRtt);
    assertEquals(recovery.rtt.varianceUs, oracle.rttvar);
  }

  timeout(): void {
    const deadlineUs = this.recovery.deadlineUs;
    if (deadlineUs === undefined) return;
    this.nowUs = Math.max(this.nowUs, deadlineUs);
    this.recovery.handleTimeout(this.nowUs);
    const what = this.oracle.onLossDetectionTimeout(this.nowUs);
    if (what === "loss") {
      assertEquals(numbersOf(this.recovery.lost), this.oracle.lost);
      assert(this.recovery.lost.length > 0, "a timeout does something");
      return;
    }
    assertEquals(this.recovery.probesDue, 2);
    while (this.recovery.probesDue > 0) this.send(50, true);
  }

  run(action: Action): void {
    switch (action.type) {
      case "send":
        this.nowUs += action.elapsedUs;
        this.send(action.bytes, action.ackEliciting);
        return;
      case "ack": {
        if (this.next === 0) return;
        this.nowUs += action.elapsedUs;
        const numbers = action.below.map((below) =>
          Math.max(0, this.next - 1 - below)
        );
        this.ack(new Set(numbers), action.delayUs);
        return;
      }
      case "talk":
        for (let round = 0; round < action.rounds; round++) {
          for (let i = 0; i < 4; i++) this.send(50, true);
          this.nowUs += action.elapsedUs;
          this.ack(new Set([1, 2, 3, 4].map((below) => this.next - below)), 0);
        }
        return;
      case "timeout":
        this.timeout();
        return;
    }
  }

  check(): void {
    const { recovery, oracle, sums } = this;
    assertEquals(recovery.inFlightBytes, oracle.bytesInFlight);
    assertEquals(
      sums.acked + sums.lost + recovery.inFlightBytes,
      this.inFlightEver,
    );
    assertEquals(recovery.ptoCount, oracle.ptoCount);
    assertEquals(recovery.largestAcked, oracle.largestAcked);
    assertEquals(recovery.deadlineUs, oracle.timer);
    const { maxDelayUs } = recovery.ackFrequency.policy;
    assertEquals(maxDelayUs, oracle.maxAckDelay);
    if (maxDelayUs === CALM_ACK_DELAY_US) this.calmChecks++;
  }
}

function numbersOf(packets: readonly SentPacket[]): number[] {
  return packets.map(({ packetNumber }) => packetNumber);
}

Deno.test("LossRecovery does what RFC 9002 appendix A does", () => {
  let calmChecks = 0;
  fc.assert(
    fc.property(
      fc.array(action, { maxLength: 120, size: "max" }),
      (actions) => {
        const bench = new Bench();
        for (const action of actions) {
          bench.run(action);
          bench.check();
        }
        calmChecks += bench.calmChecks;
      },
    ),
    { numRuns: 400, seed: 1 },
  );
  assert(calmChecks > 100, `calm ${calmChecks} times`);
});

Deno.test("LossRecovery has nothing in flight and nothing due once everything is settled", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60, size: "max" }), (actions) => {
      const bench = new Bench();
      for (const action of actions) bench.run(action);
      bench.send(100, true);
      bench.nowUs += 50_000;
      bench.ack(new Set([bench.next - 1]), 0);
      // What was sent before is lost by its timer, if not at once.
      const packets = bench.next;
      for (let i = 0; i < packets; i++) bench.timeout();
      assertEquals(bench.next, packets, "no probe is needed");
      bench.check();
      assertEquals(bench.recovery.inFlightBytes, 0);
      assertEquals(bench.recovery.deadlineUs, undefined);
      assertEquals(bench.recovery.sent.first, bench.recovery.sent.end);
    }),
    { numRuns: 200, seed: 1 },
  );
});

/** Appendix B, packet by packet, in floating point. */
class RenoOracle {
  congestionWindow = 12_000;
  ssthresh = Infinity;
  recoveryStart = -1;

  isLimited(priorInFlight: number): boolean {
    return priorInFlight + 1_200 < this.congestionWindow;
  }

  onPacketAcked(bytes: number, sent: number): void {
    if (sent <= this.recoveryStart) return;
    if (this.congestionWindow < this.ssthresh) this.congestionWindow += bytes;
    else this.congestionWindow += 1_200 * bytes / this.congestionWindow;
  }

  onCongestionEvent(sent: number, now: number): void {
    if (sent <= this.recoveryStart) return;
    this.recoveryStart = now;
    this.ssthresh = this.congestionWindow / 2;
    this.congestionWindow = Math.max(this.ssthresh, 2_400);
  }
}

const renoStep = fc.record({
  type: fc.constantFrom("ack", "ack", "ack", "ack", "ack", "lose", "persist"),
  bytes: fc.integer({ min: 40, max: 1_200 }),
  ageUs: fc.nat({ max: 60_000 }),
  elapsedUs: fc.nat({ max: 10_000 }),
  isUsed: fc.boolean(),
});

Deno.test("NewReno stays within two datagrams of RFC 9002 appendix B", () => {
  fc.assert(
    fc.property(
      fc.array(renoStep, { maxLength: 200, size: "max" }),
      (steps) => {
        const reno = new NewReno();
        const oracle = new RenoOracle();
        let nowUs = 100_000;
        for (const { type, bytes, ageUs, elapsedUs, isUsed } of steps) {
          nowUs += elapsedUs;
          const largestSentUs = nowUs - ageUs;
          if (type === "ack") {
            const priorInFlightBytes = isUsed ? 1e6 : 0;
            reno.onAcked({
              bytes,
              largestSentUs,
              priorInFlightBytes,
              nowUs,
              largestAcked: 0,
              nextPacketNumber: 1,
              latestRttUs: 1,
              smoothedRttUs: 1,
            });
            if (isUsed) oracle.onPacketAcked(bytes, largestSentUs);
          } else {
            const persistent = type === "persist";
            reno.onLost({ bytes, largestSentUs, persistent, nowUs });
            oracle.onCongestionEvent(largestSentUs, nowUs);
            if (persistent) {
              oracle.congestionWindow = 2_400;
              oracle.recoveryStart = -1;
            }
          }
          const difference = reno.windowBytes - oracle.congestionWindow;
          assert(Math.abs(difference) <= 2_400, `${difference} bytes`);
          assert(reno.windowBytes >= 2_400);
          // Without the drift of many steps: each is compared by itself.
          if (type !== "ack") oracle.congestionWindow = reno.windowBytes;
          if (type !== "ack") {
            oracle.ssthresh = Math.max(
              oracle.ssthresh,
              2_400,
            );
          }
        }
      },
    ),
    { numRuns: 200, seed: 1 },
  );
});
