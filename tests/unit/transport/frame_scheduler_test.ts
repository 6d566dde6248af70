import { assert, assertEquals } from "@std/assert";
import { Reader, Writer } from "../../../lib/base/bytes.ts";
import { AckFrequency } from "../../../lib/transport/ack_frequency.ts";
import { AckTracker } from "../../../lib/transport/ack_tracker.ts";
import { CALM_PACKETS } from "../../../lib/transport/transport_config.ts";
import { FrameScheduler } from "../../../lib/transport/frame_scheduler.ts";
import { SendBuffer } from "../../../lib/transport/send_buffer.ts";
import type { SentFrame } from "../../../lib/transport/sent_packets.ts";
import { StreamSet } from "../../../lib/transport/stream_set.ts";
import { MAX_QUEUED_DATAGRAMS } from "../../../lib/transport/transport_config.ts";
import { decodeFrames, type Frame } from "../../../lib/wire/frame.ts";

const CREDIT = { maxData: 1_000_000, maxStreamData: 100_000, maxStreams: 16 };

/** A scheduler with all it is filled from. */
class Fixture {
  readonly acks = new AckTracker();
  readonly ackFrequency = new AckFrequency();
  readonly auth = new SendBuffer(-1, 4096);
  readonly streams: StreamSet;
  readonly scheduler: FrameScheduler;

  constructor(peer = CREDIT) {
    this.streams = new StreamSet(false, CREDIT);
    this.streams.setPeerCredit(peer);
    this.scheduler = new FrameScheduler(this);
  }

  /** A stream with that many bytes to send. */
  stream(priority: number, bytes: number): number {
    const stream = this.streams.open(priority)!;
    stream.send.write(new Uint8Array(bytes));
    return stream.id;
  }

  /** Fills one packet; its frames are decoded again. */
  fill(options: {
    room?: number;
    content?: boolean;
    streamsOpen?: boolean;
    isLast?: boolean;
  } = {}): Frame[] {
    const { room = 1_100, ...rest } = options;
    const writer = new Writer(new Uint8Array(room));
    this.scheduler.fill(writer, {
      nowUs: 1_000,
      content: true,
      streamsOpen: true,
      isLast: false,
      ...rest,
    });
    if (writer.position === 0) return [];
    return decodeFrames(new Reader(writer.bytes, 0, writer.position));
  }

  /** What the last packet would be remembered by. */
  get frames(): readonly SentFrame[] {
    return this.scheduler.frames;
  }

  /** Which streams the packets carry until nothing is left. */
  order(): number[] {
    const ids: number[] = [];
    while (this.scheduler.hasContent(true)) {
      for (const frame of this.fill()) {
        if (frame.type === "stream") ids.push(frame.streamId);
      }
    }
    return ids;
  }
}

function types(frames: readonly Frame[]): string[] {
  return frames.map(({ type }) => type);
}

Deno.test("FrameScheduler.fill() writes nothing where there is nothing", () => {
  const fixture = new Fixture();
  assertEquals(fixture.scheduler.hasContent(true), false);
  assertEquals(fixture.fill(), []);
  assertEquals(fixture.scheduler.ackEliciting, false);
});

Deno.test("FrameScheduler.fill() puts a stream of priority 0 before one of priority 8", () => {
  const fixture = new Fixture();
  const file = fixture.stream(8, 5_000);
  const chat = fixture.stream(0, 3_000);
  const order = fixture.order();
  assertEquals(order.lastIndexOf(chat) < order.indexOf(file), true);
});

Deno.test("FrameScheduler.fill() lets a new chat message pass a file that waits", () => {
  const fixture = new Fixture();
  const file = fixture.stream(8, 50_000);
  const chat = fixture.stream(0, 0);
  for (let packet = 0; packet < 10; packet++) fixture.fill();
  fixture.streams.get(chat)!.send.write(new Uint8Array(100));
  const [first] = fixture.fill();
  assert(first?.type === "stream");
  assertEquals([first.streamId, first.data.length], [chat, 100]);
  assert(file !== chat);
});

Deno.test("FrameScheduler.fill() gives equals turns, packet by packet", () => {
  const fixture = new Fixture();
  const ids = [0, 1, 2].map(() => fixture.stream(8, 10_000));
  const counts = new Map<number, number>();
  for (let packet = 0; packet < 9; packet++) {
    for (const frame of fixture.fill()) {
      assert(frame.type === "stream");
      const bytes = counts.get(frame.streamId) ?? 0;
      counts.set(frame.streamId, bytes + frame.data.length);
    }
  }
  const [least, most] = [
    Math.min(...counts.values()),
    Math.max(...counts.values()),
  ];
  assertEquals([...counts.keys()].sort(), ids);
  assert(most - least <= 1_100, `${least} and ${most} bytes`);
});

Deno.test("FrameScheduler.fill() puts several short streams into one packet", () => {
  const fixture = new Fixture();
  for (let i = 0; i < 5; i++) fixture.stream(8, 20);
  assertEquals(fixture.fill().length, 5);
});

Deno.test("FrameScheduler.fill() keeps to the connection's credit", () => {
  const fixture = new Fixture({ ...CREDIT, maxData: 150 });
  const one = fixture.stream(8, 100);
  const two = fixture.stream(8, 100);
  const frames = fixture.fill();
  const bytes = frames.map((frame) =>
    frame.type === "stream" ? [frame.streamId, frame.data.length] : []
  );
  assertEquals(bytes, [[one, 100], [two, 50]]);
  assertEquals(fixture.scheduler.hasContent(true), false);
  assertEquals(fixture.streams.sentBytes, 150);
  fixture.streams.maxDataToSend = 175;
  assertEquals(fixture.scheduler.hasContent(true), true);
});

Deno.test("FrameScheduler.fill() counts repeated bytes once against the credit", () => {
  const fixture = new Fixture({ ...CREDIT, maxData: 100 });
  fixture.stream(8, 100);
  fixture.fill();
  for (let i = 0; i < 3; i++) {
    fixture.scheduler.onLost(fixture.frames);
    assertEquals(types(fixture.fill()), ["stream"]);
  }
  assertEquals(fixture.streams.sentBytes, 100);
});

Deno.test("FrameScheduler.fill() keeps streams back until they are open, not the login", () => {
  const fixture = new Fixture();
  fixture.stream(0, 100);
  assertEquals(fixture.scheduler.hasContent(false), false);
  assertEquals(fixture.fill({ streamsOpen: false }), []);
  fixture.auth.write(new Uint8Array(50));
  assertEquals(fixture.scheduler.hasContent(false), true);
  assertEquals(types(fixture.fill({ streamsOpen: false })), ["auth"]);
});

Deno.test("FrameScheduler.fill() cuts the login into packets", () => {
  const fixture = new Fixture();
  fixture.auth.write(Uint8Array.from({ length: 2_500 }, (_, i) => i & 255));
  const pieces = [fixture.fill(), fixture.fill(), fixture.fill()].flat();
  const bytes: number[] = [];
  for (const piece of pieces) {
    assert(piece.type === "auth");
    assertEquals(piece.offset, bytes.length);
    bytes.push(...piece.data);
  }
  assertEquals(bytes.length, 2_500);
  assertEquals(bytes.every((byte, i) => byte === (i & 255)), true);
});

Deno.test("FrameScheduler.fill() sends an ACK with whatever else goes", () => {
  const fixture = new Fixture();
  fixture.acks.onReceived({ packetNumber: 3, ackEliciting: true, nowUs: 200 });
  fixture.stream(0, 10);
  const [ack, stream] = fixture.fill();
  assert(ack?.type === "ack" && stream?.type === "stream");
  assertEquals([ack.largest, ack.delayUs], [3, 800]);
  assertEquals(fixture.acks.deadlineUs, undefined);
  assertEquals(fixture.fill(), []);
});

Deno.test("FrameScheduler.fill() sends the ACK alone where content may not go", () => {
  const fixture = new Fixture();
  fixture.acks.onReceived({ packetNumber: 3, ackEliciting: true, nowUs: 200 });
  fixture.stream(0, 10);
  assertEquals(types(fixture.fill({ content: false })), ["ack"]);
  assertEquals(fixture.scheduler.ackEliciting, false);
});

Deno.test("FrameScheduler.fill() sends a due PING only where nothing else asks for an ACK", () => {
  const fixture = new Fixture();
  fixture.scheduler.pingDue = true;
  fixture.stream(0, 10);
  assertEquals(types(fixture.fill()), ["stream"]);
  assertEquals(fixture.scheduler.pingDue, false);
  fixture.scheduler.pingDue = true;
  assertEquals(types(fixture.fill()), ["ping"]);
  assertEquals(fixture.scheduler.ackEliciting, true);
  assertEquals(fixture.scheduler.hasContent(true), false);
});

Deno.test("FrameScheduler.onAcked() makes the ACK tracker forget", () => {
  const fixture = new Fixture();
  for (const packetNumber of [0, 1, 5]) {
    fixture.acks.onReceived({ packetNumber, ackEliciting: true, nowUs: 1 });
  }
  fixture.fill();
  fixture.scheduler.onAcked(fixture.frames);
  assertEquals([...fixture.acks.ranges], [[5, 6]]);
});

Deno.test("FrameScheduler.onAcked() ends a stream whose end is acknowledged before its middle", () => {
  const fixture = new Fixture();
  const id = fixture.stream(8, 1_500);
  const stream = fixture.streams.get(id)!;
  stream.send.finish();
  stream.receive.setFinalSize(0, 0);
  fixture.fill();
  const first = fixture.frames;
  fixture.fill();
  const last = fixture.frames;
  fixture.scheduler.onAcked(last);
  assertEquals(fixture.streams.size, 1);
  fixture.scheduler.onAcked(first);
  assertEquals(fixture.streams.size, 0);
});

Deno.test("FrameScheduler.onLost() repeats an end mark", () => {
  const fixture = new Fixture();
  const id = fixture.stream(8, 10);
  fixture.streams.get(id)!.send.finish();
  fixture.fill();
  fixture.scheduler.onLost(fixture.frames);
  const [frame] = fixture.fill();
  assert(frame?.type === "stream");
  assertEquals([frame.data.length, frame.fin], [10, true]);
});

Deno.test("FrameScheduler.onRead() grants new credit, with today's values when it is repeated", () => {
  const fixture = new Fixture();
  const id = fixture.stream(8, 0);
  const stream = fixture.streams.get(id)!;
  const read = (bytes: number) => {
    stream.receive.readOffset += bytes;
    fixture.streams.readBytes += bytes;
    fixture.scheduler.onRead(stream);
  };
  read(10_000);
  assertEquals(fixture.scheduler.hasContent(true), false);
  read(50_000);
  assertEquals(fixture.fill(), [
    { type: "maxStreamData", streamId: id, maximum: 160_000 },
  ]);
  assertEquals(stream.receive.maxOffset, 160_000);
  const lost = fixture.frames;
  read(20_000);
  assertEquals(fixture.scheduler.hasContent(true), false);
  fixture.scheduler.onLost(lost);
  assertEquals(fixture.fill(), [
    { type: "maxStreamData", streamId: id, maximum: 180_000 },
  ]);
  fixture.streams.readBytes = 600_000;
  fixture.scheduler.onRead(stream);
  assertEquals(fixture.fill(), [{ type: "maxData", maximum: 1_600_000 }]);
  fixture.scheduler.onLost(fixture.frames);
  assertEquals(types(fixture.fill()), ["maxData"]);
});

Deno.test("FrameScheduler.onLost() grants no credit to a stream whose end is known", () => {
  const fixture = new Fixture();
  const stream = fixture.streams.get(fixture.stream(8, 0))!;
  stream.receive.readOffset = 60_000;
  fixture.scheduler.onRead(stream);
  fixture.fill();
  stream.receive.setFinalSize(70_000, 0);
  fixture.scheduler.onLost(fixture.frames);
  assertEquals(fixture.fill(), []);
});

Deno.test("FrameScheduler.onReset() repeats RESET_STREAM until it is acknowledged", () => {
  const fixture = new Fixture();
  const stream = fixture.streams.get(fixture.stream(8, 10))!;
  stream.reset = { code: 7, finalSize: 4 };
  stream.send.discard();
  fixture.scheduler.onReset(stream);
  const expected: Frame = {
    type: "resetStream",
    streamId: stream.id,
    errorCode: 7,
    finalSize: 4,
  };
  assertEquals(fixture.fill(), [expected]);
  assertEquals(fixture.fill(), []);
  fixture.scheduler.onLost(fixture.frames);
  const lost = [{ type: "resetStream", streamId: stream.id }] as const;
  fixture.scheduler.onLost(lost);
  assertEquals(fixture.fill(), [expected]);
  fixture.scheduler.onAcked(fixture.frames);
  assertEquals(stream.reset, undefined);
  fixture.scheduler.onLost(lost);
  assertEquals(fixture.fill(), []);
});

Deno.test("FrameScheduler.onStopped() repeats STOP_SENDING until the end is known", () => {
  const fixture = new Fixture();
  const stream = fixture.streams.get(fixture.stream(8, 0))!;
  stream.stopped = 5;
  fixture.scheduler.onStopped(stream);
  const expected: Frame = {
    type: "stopSending",
    streamId: stream.id,
    errorCode: 5,
  };
  assertEquals(fixture.fill(), [expected]);
  const lost = fixture.frames;
  fixture.scheduler.onLost(lost);
  assertEquals(fixture.fill(), [expected]);
  stream.receive.setFinalSize(0, 0);
  fixture.scheduler.onLost(lost);
  assertEquals(fixture.fill(), []);
});

Deno.test("FrameScheduler.fill() puts off control frames that do not fit", () => {
  const fixture = new Fixture();
  for (let i = 0; i < 10; i++) {
    const stream = fixture.streams.get(fixture.stream(8, 0))!;
    stream.reset = { code: 1, finalSize: 0 };
    stream.send.discard();
    fixture.scheduler.onReset(stream);
  }
  const ids: number[] = [];
  while (fixture.scheduler.hasContent(true)) {
    for (const frame of fixture.fill({ room: 20 })) {
      if (frame.type === "resetStream") ids.push(frame.streamId);
    }
  }
  assertEquals(ids, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
});

Deno.test("FrameScheduler.onLost() does not repeat an ACK or a PING", () => {
  const fixture = new Fixture();
  fixture.acks.onReceived({ packetNumber: 0, ackEliciting: true, nowUs: 1 });
  fixture.scheduler.pingDue = true;
  assertEquals(types(fixture.fill()), ["ack", "ping"]);
  fixture.scheduler.onLost(fixture.frames);
  assertEquals(fixture.scheduler.hasContent(true), false);
  assertEquals(fixture.fill(), []);
});

Deno.test("FrameScheduler.onChallenge() keeps the bytes, not the datagram they came in", () => {
  const fixture = new Fixture();
  const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  fixture.scheduler.onChallenge(data);
  data.fill(0);
  assertEquals(fixture.fill(), [{
    type: "pathResponse",
    data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  }]);
  assertEquals(fixture.scheduler.ackEliciting, true);
});

Deno.test("FrameScheduler.fill() sends a challenge once", () => {
  const fixture = new Fixture();
  fixture.scheduler.challengeDue = new Uint8Array(8).fill(3);
  assertEquals(fixture.scheduler.hasContent(false), true);
  assertEquals(types(fixture.fill({ streamsOpen: false })), ["pathChallenge"]);
  assertEquals(fixture.scheduler.hasContent(true), false);
});

Deno.test("FrameScheduler.queueDatagram() sends datagrams in order, whole, and none too late", () => {
  const fixture = new Fixture();
  const send = (bytes: number, expiresUs: number) =>
    fixture.scheduler.queueDatagram(new Uint8Array(bytes), expiresUs);
  send(600, 2_000);
  send(10, 1_000);
  send(600, 2_000);
  send(20, 2_000);
  const lengths = (frames: readonly Frame[]) =>
    frames.map((frame) => frame.type === "datagram" ? frame.data.length : -1);
  assertEquals(lengths(fixture.fill()), [600]);
  assertEquals(lengths(fixture.fill()), [600, 20]);
  assertEquals(fixture.scheduler.hasContent(true), false);
});

Deno.test("FrameScheduler.queueDatagram() lets the oldest give way", () => {
  const fixture = new Fixture();
  for (let i = 0; i < MAX_QUEUED_DATAGRAMS + 3; i++) {
    fixture.scheduler.queueDatagram(Uint8Array.of(i), 2_000);
  }
  const first = fixture.fill()[0];
  assert(first?.type === "datagram");
  assertEquals([...first.data], [3]);
});

/** A scheduler on a calm path. */
function calmFixture(): Fixture {
  const fixture = new Fixture();
  fixture.ackFrequency.onAcked(CALM_PACKETS);
  return fixture;
}

Deno.test("FrameScheduler.fill() says a new ACK frequency once", () => {
  const fixture = calmFixture();
  assertEquals(fixture.scheduler.hasContent(true), true);
  assertEquals(fixture.fill(), [fixture.ackFrequency.frame]);
  assertEquals(fixture.scheduler.ackEliciting, true);
  assertEquals(fixture.frames, [{
    type: "ackFrequency",
    sequence: fixture.ackFrequency.frame.sequence,
  }]);
  assertEquals(fixture.scheduler.hasContent(true), false);
  assertEquals(fixture.fill(), []);
});

Deno.test("FrameScheduler.fill() says no ACK frequency before the login is done", () => {
  const fixture = calmFixture();
  assertEquals(fixture.scheduler.hasContent(false), false);
  assertEquals(fixture.fill({ streamsOpen: false, isLast: true }), []);
});

Deno.test("FrameScheduler.fill() keeps an ACK frequency for a packet with room for it", () => {
  const fixture = calmFixture();
  assertEquals(fixture.fill({ room: 3 }), []);
  assertEquals(types(fixture.fill()), ["ackFrequency"]);
});

Deno.test("FrameScheduler.onLost() repeats the ACK frequency", () => {
  const fixture = calmFixture();
  const [first] = fixture.fill();
  const { frames } = fixture;
  fixture.scheduler.onLost(frames);
  assertEquals(fixture.fill(), [first!]);
});

Deno.test("FrameScheduler.onLost() leaves an ACK frequency that a newer one replaced", () => {
  const fixture = calmFixture();
  fixture.fill();
  const { frames } = fixture;
  fixture.ackFrequency.onTrouble();
  assertEquals(fixture.fill(), [fixture.ackFrequency.frame]);
  fixture.scheduler.onLost(frames);
  assertEquals(fixture.scheduler.hasContent(true), false);
});

Deno.test("FrameScheduler.fill() asks for an ACK at once in the last packet of a window on a calm path", () => {
  const fixture = calmFixture();
  fixture.fill();
  const stream = fixture.stream(0, 4_000);
  assertEquals(types(fixture.fill()), ["stream"]);
  const last = fixture.fill({ isLast: true });
  assertEquals(types(last), ["immediateAck", "stream"]);
  // It is not remembered: a lost one is forgotten.
  assertEquals(fixture.frames.map(({ type }) => type), ["data"]);
  assertEquals(fixture.streams.get(stream)?.send.hasNew, true);
});

Deno.test("FrameScheduler.fill() asks for no ACK at once where ACKs are prompt anyway", () => {
  const fixture = new Fixture();
  fixture.stream(0, 4_000);
  assertEquals(types(fixture.fill({ isLast: true })), ["stream"]);
  const calm = calmFixture();
  calm.ackFrequency.onTrouble();
  calm.stream(0, 4_000);
  const frames = types(calm.fill({ isLast: true }));
  assertEquals(frames, ["ackFrequency", "stream"]);
});

Deno.test("FrameScheduler.fill() asks for no ACK at once in a packet of ACKs alone", () => {
  const fixture = calmFixture();
  fixture.acks.onReceived({ packetNumber: 0, ackEliciting: true, nowUs: 0 });
  const frames = fixture.fill({ content: false, isLast: true });
  assertEquals(types(frames), ["ack"]);
});

Deno.test("FrameScheduler.fill() asks for no ACK at once where there is no room", () => {
  const fixture = calmFixture();
  fixture.fill();
  fixture.scheduler.queueDatagram(new Uint8Array(97), 2_000);
  // One byte of type, two of length.
  assertEquals(types(fixture.fill({ room: 100, isLast: true })), ["datagram"]);
});
