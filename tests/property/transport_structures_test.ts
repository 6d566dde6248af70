/**
 * The transport's data structures against slow oracles that do the obvious
 * thing: whatever the sequence of operations, both answer the same.
 */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { ReceiveStream } from "../../lib/transport/receive_stream.ts";
import { ReplayWindow } from "../../lib/transport/replay_window.ts";
import { type Piece, SendBuffer } from "../../lib/transport/send_buffer.ts";
import {
  type SentPacket,
  SentPackets,
} from "../../lib/transport/sent_packets.ts";
import { TimerQueue } from "../../lib/transport/timer_queue.ts";
import {
  TransportError,
  TransportErrorCode,
} from "../../lib/wire/error_code.ts";

/** Packet numbers that a receiver meets: near the newest, and far jumps. */
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -70, max: 70 }) },
    { weight: 2, arbitrary: fc.integer({ min: -2_200, max: 2_200 }) },
    { weight: 1, arbitrary: fc.integer({ min: -10_000, max: 5_000_000_000 }) },
  ),
  { minLength: 1, maxLength: 300, size: "max" },
);

Deno.test("ReplayWindow accepts a number once, and none from before its window", () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const window = new ReplayWindow();
      const accepted = new Set<number>();
      let largest = -1;
      for (const step of steps) {
        const number = Math.max(0, largest + step);
        const isExpected = !accepted.has(number) && number > largest - 2_048;
        assertEquals(window.accept(number), isExpected, `number ${number}`);
        accepted.add(number);
        largest = Math.max(largest, number);
        assertEquals(window.largest, largest);
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});

const packetSteps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("add" as const),
        skipped: fc.oneof(
          { weight: 5, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }) },
        ),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant("remove" as const),
        index: fc.nat(),
      }),
    },
  ),
  { maxLength: 200, size: "max" },
);

Deno.test("SentPackets holds what a Map would", () => {
  fc.assert(
    fc.property(packetSteps, (steps) => {
      const sent = new SentPackets();
      const oracle = new Map<number, SentPacket>();
      let next = 0;
      for (const step of steps) {
        if (step.type === "add") {
          next += step.skipped;
          const packet = { packetNumber: next++ } as SentPacket;
          sent.add(packet);
          oracle.set(packet.packetNumber, packet);
        } else if (oracle.size > 0) {
          const number = [...oracle.keys()][step.index % oracle.size]!;
          sent.remove(number);
          oracle.delete(number);
        }
        assertEquals(sent.end, next);
        for (let number = -1; number <= next; number++) {
          assert(sent.get(number) === oracle.get(number), `number ${number}`);
        }
        const first = Math.min(...oracle.keys());
        assert(oracle.size === 0 ? sent.first <= next : sent.first <= first);
        if (oracle.size > 0) assertEquals(sent.first, first);
      }
    }),
    { numRuns: 200, seed: 1 },
  );
});

interface Owner {
  deadlineUs: number | undefined;
}
const timerSteps = fc.array(
  fc.record({
    owner: fc.nat({ max: 7 }),
    action: fc.constantFrom("move", "move", "move", "clear", "remove"),
    deadlineUs: fc.nat({ max: 200 }),
    elapsedUs: fc.nat({ max: 15 }),
  }),
  { maxLength: 200, size: "max" },
);

Deno.test("TimerQueue gives exactly the owners that are due, and wakes no later than they are", () => {
  fc.assert(
    fc.property(timerSteps, (steps) => {
      const queue = new TimerQueue<Owner>();
      const owners: Owner[] = Array.from({ length: 8 }, () => ({
        deadlineUs: undefined,
      }));
      const queued = new Set<Owner>();
      let nowUs = 0;
      for (const { owner: index, action, deadlineUs, elapsedUs } of steps) {
        const owner = owners[index]!;
        nowUs += elapsedUs;
        if (action === "remove") {
          queue.remove(owner);
          queued.delete(owner);
        } else {
          owner.deadlineUs = action === "clear"
            ? undefined
            : nowUs + deadlineUs;
          queue.update(owner);
          queued.add(owner);
        }
        const earliestUs = Math.min(
          ...[...queued].map((owner) => owner.deadlineUs ?? Infinity),
        );
        assert((queue.deadlineUs ?? Infinity) <= earliestUs);
        const due = new Set<Owner>();
        for (;;) {
          const expired = queue.pollExpired(nowUs);
          if (expired === undefined) break;
          assert(!due.has(expired), "each once");
          due.add(expired);
        }
        const expected = [...queued].filter((owner) =>
          owner.deadlineUs !== undefined && owner.deadlineUs <= nowUs
        );
        assertEquals(due, new Set(expected));
        assert((queue.deadlineUs ?? Infinity) > nowUs, "it moved on");
        for (const owner of due) {
          owner.deadlineUs = nowUs + 1 + deadlineUs;
          queue.update(owner);
        }
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});

/** What may happen to a stream's sending half. */
const sendStep = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("write" as const),
      length: fc.nat({ max: 120 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("take" as const),
      room: fc.integer({ min: 1, max: 100 }),
      credit: fc.nat({ max: 150 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom("ack" as const, "lose" as const, "probe" as const),
      index: fc.nat(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("raise" as const),
      by: fc.nat({ max: 200 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: "finish" as const }) },
);
type SendStep = typeof sendStep extends fc.Arbitrary<infer T> ? T : never;

/** A buffer beside a copy of all that was written and the packets that carried it. */
class SendModel {
  readonly buffer = new SendBuffer(0, 50);
  readonly written: number[] = [];
  /** Whether each byte was acknowledged; so was the end. */
  readonly acked: boolean[] = [];
  isEndAcked = false;
  isFinished = false;
  /** Pieces whose packets are neither acknowledged nor lost. */
  readonly flying: Piece[] = [];
  newBytes = 0;

  run(step: SendStep): void {
    const { buffer, flying } = this;
    switch (step.type) {
      case "write": {
        if (this.isFinished) return;
        const chunk = Uint8Array.from(
          { length: step.length },
          (_, i) => (this.written.length + i) * 7 & 255,
        );
        buffer.write(chunk);
        this.written.push(...chunk);
        return;
      }
      case "take":
        this.take(step.room, step.credit);
        return;
      case "raise":
        buffer.maxOffset += step.by;
        return;
      case "finish":
        this.isFinished = true;
        buffer.finish();
        return;
      case "ack":
      case "lose":
      case "probe": {
        if (flying.length === 0) return;
        const index = step.index % flying.length;
        const piece = flying[index]!;
        if (step.type !== "probe") flying.splice(index, 1);
        const { offset, length, fin } = piece;
        if (step.type === "ack") this.ack(piece);
        else buffer.onLost(offset, length, fin);
        return;
      }
    }
  }

  ack({ offset, length, fin }: Piece): void {
    this.buffer.onAcked(offset, length, fin);
    for (let i = offset; i < offset + length; i++) this.acked[i] = true;
    if (fin) this.isEndAcked = true;
  }

  /** Takes a piece; what it may be follows from what was written and acknowledged. */
  take(room: number, credit: number): boolean {
    const { buffer } = this;
    const piece: Piece = { offset: 0, length: 0, fin: false };
    const nextBefore = buffer.nextOffset;
    const had = { uncredited: buffer.hasUncredited, new: buffer.hasNew };
    const taken = buffer.take(room, credit, piece);
    assertEquals(taken, had.uncredited || (had.new && credit > 0));
    if (!taken) return false;
    const { offset, length, fin } = piece;
    const end = offset + length;
    assert(length <= room && end <= buffer.maxOffset);
    assert(end <= this.written.length);
    assert(buffer.nextOffset - nextBefore <= credit);
    if (fin) assert(this.isFinished && end === this.written.length);
    const target = new Uint8Array(length);
    buffer.copy(target, 0, piece);
    assertEquals([...target], this.written.slice(offset, end));
    for (let i = offset; i < end; i++) {
      assert(!this.acked[i], `byte ${i} was acknowledged already`);
    }
    this.flying.push(piece);
    return true;
  }

  /** Bytes from the first that was not acknowledged to the end. */
  get expectedBuffered(): number {
    const first = this.written.findIndex((_, i) => !this.acked[i]);
    return first < 0 ? 0 : this.written.length - first;
  }
}

Deno.test("SendBuffer sends every byte as it was written, none after its ACK, and lets all go", () => {
  fc.assert(
    fc.property(
      fc.array(sendStep, { maxLength: 150, size: "max" }),
      (steps) => {
        const model = new SendModel();
        for (const step of steps) {
          model.run(step);
          assertEquals(model.buffer.bufferedBytes, model.expectedBuffered);
        }
        // Then the network is good: everything arrives.
        const { buffer } = model;
        if (!model.isFinished) model.run({ type: "finish" });
        buffer.maxOffset = 1_000_000;
        for (const { offset, length, fin } of model.flying.splice(0)) {
          buffer.onLost(offset, length, fin);
        }
        while (model.take(37, 1_000_000));
        for (const piece of model.flying) model.ack(piece);
        assertEquals(buffer.isDone, true);
        assertEquals([buffer.bufferedBytes, model.isEndAcked], [0, true]);
        assertEquals(model.written.every((_, i) => model.acked[i]), true);
      },
    ),
    { numRuns: 400, seed: 1 },
  );
});

const LENGTH = 400;
const pieces = fc.array(
  fc.record({
    offset: fc.nat({ max: LENGTH + 20 }),
    length: fc.nat({ max: 60 }),
    fin: fc.oneof(
      { weight: 6, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.boolean() },
    ),
    action: fc.constantFrom("read", "readAll", "wait", "wait", "discard"),
    raise: fc.nat({ max: 40 }),
  }),
  { maxLength: 120, size: "max" },
);

/** A receiving half beside the bytes that arrived, one by one. */
class ReceiveModel {
  readonly stream = new ReceiveStream(0, 200);
  readonly arrived = new Set<number>();
  highest = 0;
  position = 0;
  end: number | undefined;

  /** The error that a piece must cause, if any. */
  expectedError(
    offset: number,
    length: number,
    fin: boolean,
  ): number | undefined {
    const end = offset + length;
    if (end > this.stream.maxOffset) return TransportErrorCode.flowControl;
    const isLater = this.end !== undefined && end > this.end;
    const isOther = fin && this.end !== undefined && end !== this.end;
    const isBelow = fin && end < this.highest;
    if (isLater || isOther || isBelow) return TransportErrorCode.finalSize;
    return undefined;
  }

  receive(offset: number, length: number, fin: boolean): void {
    const data = Uint8Array.from({ length }, (_, i) => (offset + i) * 3 & 255);
    const expected = this.expectedError(offset, length, fin);
    const before = this.highest;
    let growth: number;
    try {
      growth = this.stream.handleData(offset, data, { fin, frameType: 8 });
    } catch (error) {
      assert(error instanceof TransportError);
      assertEquals(error.code, expected);
      return;
    }
    assertEquals(expected, undefined);
    data.fill(0xee);
    this.highest = Math.max(this.highest, offset + length);
    assertEquals(growth, this.highest - before);
    if (fin) this.end = offset + length;
    for (let i = offset; i < offset + length; i++) this.arrived.add(i);
  }

  read(): boolean {
    assertEquals(this.stream.isReadable, this.arrived.has(this.position));
    const bytes = this.stream.read();
    if (bytes === undefined) return false;
    for (const byte of bytes) {
      assert(this.arrived.has(this.position));
      assertEquals(byte, this.position++ * 3 & 255);
    }
    return true;
  }

  discard(): void {
    assertEquals(this.stream.discard(), this.highest - this.position);
    this.position = this.highest;
  }
}

Deno.test("ReceiveStream gives each byte once and in order, whatever pieces come", () => {
  fc.assert(
    fc.property(pieces, (pieces) => {
      const model = new ReceiveModel();
      for (const { offset, length, fin, action, raise } of pieces) {
        model.stream.maxOffset = Math.min(
          model.stream.maxOffset + raise,
          LENGTH,
        );
        model.receive(offset, length, fin);
        if (action === "read") model.read();
        if (action === "readAll") { while (model.read()); }
        if (action === "discard" && raise > 35) model.discard();
        assertEquals(model.stream.readOffset, model.position);
        assertEquals(model.stream.highestOffset, model.highest);
        assertEquals(model.stream.finalSize, model.end);
        assertEquals(model.stream.isDone, model.end === model.position);
      }
      while (model.read());
      assert(!model.arrived.has(model.position));
    }),
    { numRuns: 400, seed: 1 },
  );
});
