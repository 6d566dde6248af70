/** What encoders write, decoders read back, for any values. */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  concatBytes,
  decodeHex,
  encodeHex,
  equalBytes,
  Reader,
  varintBytes,
  Writer,
} from "../../lib/base/bytes.ts";
import { RangeSet } from "../../lib/base/range_set.ts";
import {
  type ControlFrame,
  decodeFrames,
  MAX_ACK_RANGES,
  MAX_PACKET_NUMBER,
  MAX_REQUESTED_ACK_DELAY_US,
  MAX_STREAM_COUNT,
} from "../../lib/wire/frame.ts";
import {
  ackBytes,
  controlFrameBytes,
  encodeAck,
  encodeControlFrame,
  encodeStreamHeader,
  streamHeaderBytes,
} from "../../lib/wire/frame_encoder.ts";
import {
  connectionIdKey,
  decodeHeader,
  decodePacketNumber,
  encodeCookie,
  encodeHello,
  encodePacketNumberLength,
  encodeReply,
  encodeVersionNegotiation,
  type PacketHeader,
  writeShortHeader,
} from "../../lib/wire/packet.ts";
import {
  decodeTransportParameters,
  encodeTransportParameters,
  type TransportParameters,
} from "../../lib/wire/transport_parameters.ts";

const bytes = fc.uint8Array({ maxLength: 100 });
const id = fc.uint8Array({ minLength: 8, maxLength: 8 });
const reason = fc.string({ unit: "grapheme", maxLength: 20 });

/** Every length of varint equally often. */
const varint = fc.oneof(
  fc.nat(2 ** 6 - 1),
  fc.nat(2 ** 14 - 1),
  fc.nat(2 ** 30 - 1),
  fc.maxSafeNat(),
);

const streamCount = varint.map((value) => Math.min(value, MAX_STREAM_COUNT));

/** Any small frame. */
const controlFrame = fc.oneof(
  fc.record({ type: fc.constant("ping") }),
  fc.record({ type: fc.constant("immediateAck") }),
  fc.record({
    type: fc.constant("ackFrequency"),
    sequence: varint,
    threshold: varint.map((value) => Math.max(value, 1)),
    maxAckDelayUs: fc.oneof(
      varint.map((value) => Math.min(value, MAX_REQUESTED_ACK_DELAY_US)),
      fc.nat(MAX_REQUESTED_ACK_DELAY_US),
    ),
  }),
  fc.record({
    type: fc.constant("resetStream"),
    streamId: varint,
    errorCode: varint,
    finalSize: varint,
  }),
  fc.record({
    type: fc.constant("stopSending"),
    streamId: varint,
    errorCode: varint,
  }),
  fc.record({ type: fc.constant("maxData"), maximum: varint }),
  fc.record({
    type: fc.constant("maxStreamData"),
    streamId: varint,
    maximum: varint,
  }),
  fc.record({ type: fc.constant("maxStreams"), maximum: streamCount }),
  fc.record({ type: fc.constant("dataBlocked"), limit: varint }),
  fc.record({
    type: fc.constant("streamDataBlocked"),
    streamId: varint,
    limit: varint,
  }),
  fc.record({ type: fc.constant("streamsBlocked"), limit: streamCount }),
  fc.record({ type: fc.constant("pathChallenge"), data: id }),
  fc.record({ type: fc.constant("pathResponse"), data: id }),
  fc.record({
    type: fc.constant("connectionClose"),
    code: varint,
    frameType: varint,
    reason,
  }),
  fc.record({ type: fc.constant("applicationClose"), code: varint, reason }),
) as fc.Arbitrary<ControlFrame>;

Deno.test("Reader.varint() reads what Writer.varint() writes", () => {
  fc.assert(fc.property(varint, (value) => {
    const writer = new Writer(new Uint8Array(varintBytes(value)));
    writer.varint(value);
    assertEquals(writer.remaining, 0);
    assertEquals(new Reader(writer.bytes).varint(), value);
  }));
});

Deno.test("decodeHex() reads what encodeHex() writes", () => {
  fc.assert(fc.property(bytes, (value) => {
    assertEquals(decodeHex(encodeHex(value)), value);
    assertEquals(decodeHex(encodeHex(value).toUpperCase()), value);
  }));
});

Deno.test("equalBytes() agrees with comparing hexadecimal digits", () => {
  fc.assert(fc.property(bytes, bytes, (a, b) => {
    assert(equalBytes(a, a.slice()));
    assertEquals(equalBytes(a, b), encodeHex(a) === encodeHex(b));
  }));
});

Deno.test("decodePacketNumber() restores what a peer may have in flight", () => {
  const property = fc.property(
    varint,
    fc.nat(2 ** 31 - 1),
    fc.nat(),
    (largestAcked, ahead, received) => {
      const packetNumber = largestAcked + 1 + ahead;
      fc.pre(packetNumber < Number.MAX_SAFE_INTEGER);
      const length = encodePacketNumberLength(packetNumber, largestAcked);
      // The receiver has what it acknowledged, and perhaps some of the rest.
      const largestReceived = largestAcked + received % (ahead + 1);
      const truncated = packetNumber % 2 ** (8 * length);
      assertEquals(
        decodePacketNumber(truncated, length, largestReceived),
        packetNumber,
      );
    },
  );
  fc.assert(property, { numRuns: 1000 });
});

Deno.test("decodeHeader() reads what writeShortHeader() writes", () => {
  const header = fc.record({
    epoch: fc.constantFrom(0, 1),
    keyPhase: fc.constantFrom(0, 1),
    destinationId: id,
    packetNumber: varint,
    packetNumberBytes: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(fc.property(header, ({ keyPhase, ...fields }) => {
    const phase = fields.epoch === 0 ? 0 : keyPhase as 0 | 1;
    const epoch = fields.epoch as 0 | 1;
    const writer = new Writer(new Uint8Array(50));
    writeShortHeader(writer, { ...fields, epoch, keyPhase: phase });
    assertEquals<PacketHeader | undefined>(decodeHeader(writer.bytes, 50), {
      type: "short",
      epoch,
      keyPhase: phase,
      destinationId: connectionIdKey(fields.destinationId),
      packetNumberOffset: 9,
      packetNumberBytes: fields.packetNumberBytes,
      truncatedPacketNumber: fields.packetNumber %
        2 ** (8 * fields.packetNumberBytes),
      bodyOffset: writer.position,
    });
  }));
});

Deno.test("decodeHeader() reads what the handshake encoders write", () => {
  const fields = fc.record({
    destinationId: id,
    sourceId: id,
    cookie: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    noiseMessage: fc.uint8Array({ minLength: 1, maxLength: 256 }),
    versions: fc.array(fc.nat(2 ** 32 - 1), { minLength: 1, maxLength: 16 }),
  });
  fc.assert(fc.property(fields, (all) => {
    const { destinationId, sourceId, cookie, noiseMessage, versions } = all;
    const ids = { destinationId, sourceId };
    const packets: [PacketHeader, (writer: Writer) => void][] = [
      [
        { type: "hello", ...ids, cookie, noiseMessage },
        (writer) => encodeHello(writer, all),
      ],
      [
        { type: "cookie", ...ids, cookie },
        (writer) => encodeCookie(writer, all),
      ],
      [
        { type: "reply", ...ids, noiseMessage },
        (writer) => encodeReply(writer, all),
      ],
      [
        { type: "versionNegotiation", ...ids, versions },
        (writer) => encodeVersionNegotiation(writer, all),
      ],
    ];
    for (const [header, encode] of packets) {
      const writer = new Writer(new Uint8Array(1452));
      encode(writer);
      assertEquals(decodeHeader(writer.bytes, writer.position), header);
    }
  }));
});

Deno.test("decodeFrames() reads any control frames, and their sizes fit", () => {
  fc.assert(
    fc.property(fc.array(controlFrame, { minLength: 1 }), (frames) => {
      let total = 0;
      for (const frame of frames) total += controlFrameBytes(frame);
      const writer = new Writer(new Uint8Array(total));
      for (const frame of frames) encodeControlFrame(writer, frame);
      assertEquals(writer.remaining, 0);
      assertEquals(decodeFrames(new Reader(writer.bytes)), frames);
    }),
  );
});

Deno.test("decodeFrames() reads any ACK back as its ranges", () => {
  const gaps = fc.array(fc.tuple(fc.nat(300), fc.nat(300)), {
    minLength: 1,
    maxLength: 80,
  });
  const ack = fc.tuple(varint, gaps, varint, fc.integer({ min: 1, max: 80 }));
  fc.assert(fc.property(ack, ([first, pairs, delayUs, maxRanges]) => {
    const ranges = new RangeSet();
    let end = Math.min(first, MAX_PACKET_NUMBER - 80 * 602);
    for (const [gap, length] of pairs) {
      ranges.add(end + gap + 1, end + gap + 2 + length);
      end += gap + 2 + length;
    }
    const options = { ranges, delayUs, maxRanges };
    const writer = new Writer(new Uint8Array(ackBytes(options)));
    encodeAck(writer, options);
    assertEquals(writer.remaining, 0);
    const expected = [...ranges].reverse()
      .slice(0, Math.min(maxRanges, MAX_ACK_RANGES));
    assertEquals(decodeFrames(new Reader(writer.bytes)), [{
      type: "ack",
      largest: ranges.max!,
      delayUs: delayUs - delayUs % 8,
      ranges: expected.flat(),
    }]);
  }));
});

Deno.test("decodeFrames() reads any STREAM frames, the last without a length", () => {
  const frame = fc.record({
    streamId: varint,
    offset: varint,
    data: bytes,
    fin: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 5 }), (fields) => {
      const parts: Uint8Array[] = [];
      const expected = fields.map((field, index) => {
        const { data } = field;
        const offset = Math.min(
          field.offset,
          Number.MAX_SAFE_INTEGER - data.length,
        );
        const isLast = index === fields.length - 1;
        const length = isLast ? undefined : data.length;
        const header = { ...field, offset, length };
        const writer = new Writer(new Uint8Array(streamHeaderBytes(header)));
        encodeStreamHeader(writer, header);
        parts.push(writer.bytes, data);
        return { type: "stream" as const, ...field, offset };
      });
      const frames = decodeFrames(new Reader(concatBytes(...parts)));
      assertEquals(frames, expected);
    }),
  );
});

Deno.test("decodeTransportParameters() reads what the encoder writes", () => {
  const parameters = fc.record({
    idleTimeoutMs: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    maxData: varint,
    maxStreamData: varint,
    maxStreams: streamCount,
    maxAckDelayUs: fc.nat(2 ** 24 - 1),
    maxDatagramBytes: fc.integer({ min: 1200, max: 65_527 }),
    statelessResetToken: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  }, {
    requiredKeys: [
      "idleTimeoutMs",
      "maxData",
      "maxStreamData",
      "maxStreams",
      "maxAckDelayUs",
      "maxDatagramBytes",
    ],
  });
  fc.assert(fc.property(parameters, (value: TransportParameters) => {
    const encoded = encodeTransportParameters(value);
    assertEquals(decodeTransportParameters(encoded), value);
  }));
});
