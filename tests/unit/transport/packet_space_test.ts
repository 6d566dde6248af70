import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  MIN_ALLOWANCE_BYTES,
  type OpenedPacket,
  PacketSpace,
} from "../../../lib/transport/packet_space.ts";
import { SendBuffer } from "../../../lib/transport/send_buffer.ts";
import { StreamSet } from "../../../lib/transport/stream_set.ts";
import type { CongestionController } from "../../../lib/transport/congestion_controller.ts";
import {
  ACK_ONLY_PING_INTERVAL,
  CALM_PACKETS,
  MAX_ACK_DELAY_US,
  MAX_SENT_DATAGRAM_BYTES,
  MAX_SENT_PACKETS,
} from "../../../lib/transport/transport_config.ts";
import {
  TransportError,
  TransportErrorCode,
} from "../../../lib/wire/error_code.ts";
import type { AckFrame, Frame } from "../../../lib/wire/frame.ts";
import { decodeHeader } from "../../../lib/wire/packet.ts";
import { crypto } from "./pair.ts";

const CREDIT = { maxData: 1 << 22, maxStreamData: 1 << 20, maxStreams: 16 };
const KEYS = [1, 2, 3, 4].map((value) => new Uint8Array(32).fill(value));

/** One end of a packet space, with its streams open. */
class End {
  readonly auth = new SendBuffer(-1, 4096);
  readonly streams: StreamSet;
  readonly space: PacketSpace;
  readonly buffer = new Uint8Array(2_048);
  /** Bytes the path allows. */
  allowanceBytes = Infinity;

  constructor(isServer: boolean, peerMaxBytes = MAX_SENT_DATAGRAM_BYTES) {
    this.streams = new StreamSet(isServer, CREDIT);
    this.streams.setPeerCredit(CREDIT);
    this.space = new PacketSpace({
      crypto,
      loginKeys: {
        send: KEYS[isServer ? 1 : 0]!,
        receive: KEYS[isServer ? 0 : 1]!,
      },
      remote: { hostname: "192.168.1.2", port: 5_000 },
      remoteId: new Uint8Array(8).fill(3),
      peerMaxBytes,
      config: { congestionControl: "newReno", keyUpdatePackets: 1_000 },
      auth: this.auth,
      streams: this.streams,
    });
    const { protection } = this.space;
    protection.installDataKeys({
      send: KEYS[isServer ? 3 : 2]!,
      receive: KEYS[isServer ? 2 : 3]!,
    });
    protection.switchToData(0);
  }

  /** Writes the next packet, if there is one. */
  write(nowUs: number): Uint8Array | undefined {
    const length = this.space.write(this.buffer, {
      nowUs,
      streamsOpen: true,
      allowanceBytes: this.allowanceBytes,
    });
    return length === 0 ? undefined : this.buffer.slice(0, length);
  }

  /** Writes all that may go now. @returns How many packets. */
  flush(nowUs: number): number {
    let packets = 0;
    while (this.write(nowUs) !== undefined) packets++;
    return packets;
  }

  /** Opens a packet, without a word about it. */
  open(datagram: Uint8Array, nowUs: number): OpenedPacket | undefined {
    const header = decodeHeader(datagram, datagram.length);
    assert(header?.type === "short");
    return this.space.open(datagram.slice(), datagram.length, {
      header,
      nowUs,
    });
  }

  /** Opens a packet and notes it. */
  receive(datagram: Uint8Array, nowUs: number): readonly Frame[] | undefined {
    const opened = this.open(datagram, nowUs);
    if (opened === undefined) return undefined;
    for (const frame of opened.frames) {
      if (frame.type === "ack") assert(this.space.handleAck(frame, nowUs));
    }
    this.space.onReceived(opened, nowUs);
    return opened.frames;
  }
}

function pair(): [End, End] {
  return [new End(false), new End(true)];
}

function types(frames: readonly Frame[] | undefined): string[] {
  return (frames ?? []).map(({ type }) => type);
}

Deno.test("PacketSpace.open() opens what the other end wrote, once", () => {
  const [one, other] = pair();
  one.auth.write(new Uint8Array(10));
  const packet = one.write(0)!;
  assertEquals(types(other.receive(packet, 0)), ["auth"]);
  assertEquals(other.receive(packet, 0), undefined);
});

Deno.test("PacketSpace.open() refuses a packet with any bit changed", () => {
  const [one, other] = pair();
  one.auth.write(new Uint8Array(10));
  const packet = one.write(0)!;
  for (let bit = 0; bit < packet.length * 8; bit++) {
    const forged = packet.slice();
    forged[bit >> 3]! ^= 1 << (bit & 7);
    if (decodeHeader(forged, forged.length)?.type !== "short") continue;
    assertEquals(other.open(forged, 0), undefined);
  }
  assertEquals(types(other.receive(packet, 0)), ["auth"]);
});

Deno.test("PacketSpace.write() writes nothing where nothing is due", () => {
  assertEquals(pair()[0].write(0), undefined);
});

Deno.test("PacketSpace.write() sends a lone ACK when it is due and not before", () => {
  const [one, other] = pair();
  one.auth.write(new Uint8Array(10));
  other.receive(one.write(0)!, 1_000);
  assertEquals(other.space.deadlineUs, 1_000 + MAX_ACK_DELAY_US);
  assertEquals(other.write(1_000 + MAX_ACK_DELAY_US - 1), undefined);
  const ack = other.write(1_000 + MAX_ACK_DELAY_US)!;
  assertEquals(types(one.receive(ack, 30_000)), ["ack"]);
  assertEquals(one.space.recovery.inFlightBytes, 0);
  assertEquals(one.space.deadlineUs, undefined);
});

Deno.test("PacketSpace.write() answers no ACK by an ACK", () => {
  const [one, other] = pair();
  one.auth.write(new Uint8Array(10));
  other.receive(one.write(0)!, 1_000);
  one.receive(other.write(100_000)!, 101_000);
  assertEquals(one.write(1_000_000), undefined);
  assertEquals(one.space.deadlineUs, undefined);
});

Deno.test("PacketSpace.write() keeps to the congestion window, but not with ACKs", () => {
  const [one, other] = pair();
  one.streams.open(8)!.send.write(new Uint8Array(100_000));
  let packets = 0;
  while (one.write(0) !== undefined) packets++;
  assertEquals(packets, 10);
  const window = one.space.recovery.congestion.windowBytes;
  assert(one.space.recovery.inFlightBytes <= window);
  other.auth.write(new Uint8Array(10));
  one.receive(other.write(0)!, 0);
  assertEquals(types(other.receive(one.write(50_000)!, 50_000)), ["ack"]);
});

Deno.test("PacketSpace.write() fills no packet beyond what may be sent", () => {
  const [one] = pair();
  one.streams.open(8)!.send.write(new Uint8Array(100_000));
  for (let packet = one.write(0); packet !== undefined; packet = one.write(0)) {
    assertEquals(packet.length, MAX_SENT_DATAGRAM_BYTES);
  }
});

Deno.test("PacketSpace.handleTimeout() repeats what the two oldest packets carried", () => {
  const [one] = pair();
  for (let i = 0; i < 4; i++) {
    one.auth.write(new Uint8Array(10).fill(i));
    one.write(i);
  }
  const [, other] = pair();
  const nowUs = one.space.deadlineUs!;
  one.space.handleTimeout(nowUs);
  // Both fit into the first probe; the second asks by a PING.
  const first = other.receive(one.write(nowUs)!, nowUs)!;
  assertEquals(types(first), ["auth"]);
  assert(first[0]!.type === "auth");
  assertEquals([first[0]!.offset, first[0]!.data.length], [0, 20]);
  assertEquals(types(other.receive(one.write(nowUs)!, nowUs)), ["ping"]);
  assertEquals(one.write(nowUs), undefined);
  assert(one.space.deadlineUs! > nowUs);
});

Deno.test("PacketSpace.handleTimeout() repeats everything in turn while no ACK comes", () => {
  const [one, other] = pair();
  // Five packets are lost, and then every ACK.
  const ids = [0, 1, 2, 3, 4].map((index) => {
    const stream = one.streams.open(8)!;
    stream.send.write(new Uint8Array(10));
    assert(one.write(index) !== undefined);
    return stream.id;
  });
  const arrived = new Set<number>();
  for (let timeout = 0; timeout < 4; timeout++) {
    const nowUs = one.space.deadlineUs!;
    one.space.handleTimeout(nowUs);
    for (;;) {
      const packet = one.write(nowUs);
      if (packet === undefined) break;
      for (const frame of other.receive(packet, nowUs)!) {
        if (frame.type === "stream") arrived.add(frame.streamId);
      }
    }
  }
  assertEquals([...arrived], ids);
});

Deno.test("PacketSpace.handleTimeout() does nothing before its time", () => {
  const [one] = pair();
  one.auth.write(new Uint8Array(10));
  one.write(0);
  one.space.handleTimeout(one.space.deadlineUs! - 1);
  assertEquals(one.space.recovery.ptoCount, 0);
  assertEquals(one.write(1), undefined);
});

Deno.test("PacketSpace.write() adds a PING to a pure receiver's ACKs now and then", () => {
  const [one, other] = pair();
  let pings = 0;
  const packets = 10 * ACK_ONLY_PING_INTERVAL;
  for (let i = 0; i < packets; i++) {
    one.auth.write(Uint8Array.of(1));
    other.receive(one.write(i * 100_000)!, i * 100_000);
    const ack = other.write(i * 100_000 + MAX_ACK_DELAY_US)!;
    const frames = one.receive(ack, i * 100_000 + MAX_ACK_DELAY_US);
    if (types(frames).includes("ping")) pings++;
  }
  assert(pings >= 9 && pings <= 10, `${pings} PINGs`);
  // So the receiver's own packets are acknowledged, and forgotten.
  const { sent } = other.space.recovery;
  assert(sent.end - sent.first <= 2 * ACK_ONLY_PING_INTERVAL);
});

Deno.test("PacketSpace.onReceived() ends it with a peer that acknowledges nothing", () => {
  const [, other] = pair();
  const error = assertThrows(() => {
    for (let number = 0; number < 10 * MAX_SENT_PACKETS; number++) {
      other.space.onReceived({
        packetNumber: number,
        isNewest: true,
        ackEliciting: true,
        frames: [],
      }, 0);
      other.flush(0);
    }
  }, TransportError);
  assertEquals(error.code, TransportErrorCode.internalError);
  const { sent } = other.space.recovery;
  assert(sent.end - sent.first <= 2 * MAX_SENT_PACKETS);
});

Deno.test("PacketSpace.handleAck() refuses an ACK of an unsent packet", () => {
  const [one] = pair();
  one.auth.write(new Uint8Array(10));
  one.write(0);
  const ack: AckFrame = { type: "ack", largest: 1, delayUs: 0, ranges: [0, 2] };
  assertEquals(one.space.handleAck(ack, 1), false);
});

Deno.test("PacketSpace.writeClose() writes a close and nothing else", () => {
  const [one, other] = pair();
  one.auth.write(new Uint8Array(10));
  const length = one.space.writeClose(one.buffer, {
    type: "applicationClose",
    code: 5,
    reason: "x".repeat(1_000),
  });
  const opened = other.open(one.buffer.slice(0, length), 0)!;
  assertEquals(opened.ackEliciting, false);
  assertEquals(opened.frames, [
    { type: "applicationClose", code: 5, reason: "x".repeat(256) },
  ]);
});

/** A window of a test's choice. */
class FixedWindow implements CongestionController {
  windowBytes = 1_000_000;
  readonly isInSlowStart = false;
  onAcked(): void {}
  onLost(): void {}
  onSpuriousLoss(): void {}
}

/** An end with a large window, 100 ms away from its peer, held back by its pace. */
function pacedEnd(): { one: End; window: FixedWindow; dueUs: number } {
  const one = new End(false);
  const window = new FixedWindow();
  one.space.recovery.congestion = window;
  one.space.recovery.rtt.update(100_000, 0);
  one.streams.open(8)!.send.write(new Uint8Array(500_000));
  const packets = one.flush(0);
  assert(packets > 8 && packets < 30, `${packets} packets at once`);
  const dueUs = one.space.deadlineUs!;
  assert(dueUs > 0 && dueUs < 20_000, `due after ${dueUs} us`);
  return { one, window, dueUs };
}

/** What the loop does when a deadline comes: afterwards it must lie ahead. */
function assertMovesOn(end: End, nowUs: number): void {
  end.space.handleTimeout(nowUs);
  end.flush(nowUs);
  assert((end.space.deadlineUs ?? Infinity) > nowUs, "the deadline stays past");
}

Deno.test("PacketSpace.write() goes on when its pace allows", () => {
  const { one, dueUs } = pacedEnd();
  one.space.handleTimeout(dueUs);
  assert(one.flush(dueUs) >= 1);
  assertMovesOn(one, dueUs);
});

Deno.test("PacketSpace.deadlineUs forgets the pace when the window shrinks meanwhile", () => {
  const { one, window, dueUs } = pacedEnd();
  window.windowBytes = 2_400;
  assertEquals(one.flush(dueUs - 1), 0);
  assertMovesOn(one, dueUs);
});

Deno.test("PacketSpace.deadlineUs forgets the pace when there is nothing to send any more", () => {
  const { one, dueUs } = pacedEnd();
  one.streams.get(0)!.send.discard();
  assertEquals(one.flush(dueUs - 1), 0);
  assertMovesOn(one, dueUs);
});

Deno.test("PacketSpace.write() shortens an ACK to what an unproven path allows", () => {
  const [one, other] = pair();
  for (let number = 0; number < 60; number++) {
    one.auth.write(Uint8Array.of(1));
    const packet = one.write(number)!;
    if (number % 2 === 0) other.receive(packet, number);
  }
  other.allowanceBytes = MIN_ALLOWANCE_BYTES;
  const ack = other.write(100)!;
  assert(ack.length <= MIN_ALLOWANCE_BYTES);
  assertEquals(types(one.receive(ack, 100)), ["ack"]);
  assertMovesOn(other, 100);
});

Deno.test("PacketSpace.handleTimeout() probes with packets that every path carries", () => {
  const [one, other] = [new End(false, 1_452), new End(true, 1_452)];
  one.auth.write(Uint8Array.of(1));
  other.receive(one.write(0)!, 0);
  one.receive(other.write(30_000)!, 30_000);
  // The path is tried with a larger packet, and carries it.
  const large = one.write(40_000)!;
  assertEquals(large.length, 1_452);
  other.receive(large, 40_000);
  one.receive(other.write(70_000)!, 70_000);
  one.streams.open(8)!.send.write(new Uint8Array(100_000));
  assertEquals(one.write(80_000)?.length, 1_452);
  one.flush(80_000);
  const nowUs = one.space.deadlineUs!;
  one.space.handleTimeout(nowUs);
  let probes = 0;
  for (let packet = one.write(nowUs); packet; packet = one.write(nowUs)) {
    assert(packet.length <= MAX_SENT_DATAGRAM_BYTES, `${packet.length} bytes`);
    probes++;
  }
  assertEquals(probes, 2);
});

/** An end on a calm path with a window of a fixed size and much to send. */
function windowed(windowBytes: number): End {
  const [one] = pair();
  one.space.recovery.congestion = {
    windowBytes,
    isInSlowStart: false,
    onAcked() {},
    onLost() {},
    onSpuriousLoss() {},
  };
  one.space.recovery.ackFrequency.onAcked(CALM_PACKETS);
  one.streams.open(0)!.send.write(new Uint8Array(100_000));
  return one;
}

Deno.test("PacketSpace.write() asks for an ACK at once wherever a calm path's window ends", () => {
  for (let windowBytes = 1_200; windowBytes <= 3_700; windowBytes++) {
    const one = windowed(windowBytes);
    const other = new End(true);
    let last: readonly Frame[] | undefined;
    for (let packet = one.write(0); packet; packet = one.write(0)) {
      last = other.receive(packet, 0);
    }
    const asks = types(last).includes("immediateAck");
    assert(asks, `a window of ${windowBytes} bytes`);
  }
});

Deno.test("PacketSpace.write() asks for an ACK at once in no packet that others follow at once", () => {
  const one = windowed(12_000);
  const other = new End(true);
  const asking: number[] = [];
  let packets = 0;
  for (let packet = one.write(0); packet; packet = one.write(0)) {
    const frames = types(other.receive(packet, 0));
    if (frames.includes("immediateAck")) asking.push(packets);
    packets++;
  }
  assertEquals([packets, asking], [10, [9]]);
});

Deno.test("PacketSpace.write() keeps a packet within the room that the window has", () => {
  const one = windowed(3_000);
  const packets = [one.write(0)!, one.write(0)!];
  assertEquals(packets.map(({ length }) => length), [1_200, 1_200]);
  assertEquals(one.write(0), undefined);
  assertEquals(one.space.recovery.roomBytes, 600);
});
