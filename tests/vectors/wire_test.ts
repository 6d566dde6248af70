/**
 * Our packets and frames against golden bytes, both ways. The bytes change only
 * together with docs/PROTOCOL.md and its version.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  decodeHex,
  encodeHex,
  Reader,
  Writer,
} from "../../lib/base/bytes.ts";
import { RangeSet } from "../../lib/base/range_set.ts";
import { loadSodium } from "../../lib/crypto/sodium.ts";
import { TransportError } from "../../lib/wire/error_code.ts";
import { decodeFrames, type Frame } from "../../lib/wire/frame.ts";
import {
  encodeAck,
  encodeAuthHeader,
  encodeControlFrame,
  encodeDatagramHeader,
  encodePadding,
  encodeStreamHeader,
} from "../../lib/wire/frame_encoder.ts";
import {
  decodeHeader,
  decodePacketNumber,
  encodeCookie,
  encodeHello,
  encodeReply,
  encodeVersionNegotiation,
  type Epoch,
  type HelloPacket,
  type KeyPhase,
  type VersionNegotiationPacket,
  writeShortHeader,
} from "../../lib/wire/packet.ts";
import {
  decodeTransportParameters,
  encodeTransportParameters,
  type TransportParameters,
} from "../../lib/wire/transport_parameters.ts";
import vectors from "./wire.json" with { type: "json" };

/** A decoded value as the vectors write it: bytes as hexadecimal digits. */
type Plain = Readonly<Record<string, unknown>>;

const sodium = await loadSodium();

for (const vector of vectors.packets) {
  const bytes = new Uint8Array(vector.paddedTo ?? vector.hex.length / 2);
  bytes.set(decodeHex(vector.hex));

  Deno.test(`decodeHeader() reads the vector "${vector.name}"`, () => {
    // What follows the datagram in its buffer must not matter.
    const buffer = new Uint8Array(2048).fill(0xee);
    buffer.set(bytes);
    const header = decodeHeader(buffer, bytes.length);
    assert(header !== undefined);
    assertEquals(toPlain(header), vector.header as Plain);
  });

  const encode = packetEncoder(vector.header);
  if (encode === undefined) continue;
  Deno.test(`packet encoders write the vector "${vector.name}"`, () => {
    const writer = new Writer(new Uint8Array(1452));
    encode(writer);
    const length = writer.position;
    assertEquals(
      encodeHex(writer.bytes.subarray(0, length)),
      encodeHex(bytes).slice(0, 2 * length),
    );
    if (vector.header.type !== "short") assertEquals(length, bytes.length);
  });
}

for (const vector of vectors.protectedPackets) {
  const { packetNumber, packetNumberBytes } = vector;
  const name = `packet ${packetNumber} of epoch ${vector.epoch}`;

  Deno.test(`protected vector "${name}" is what sealing makes`, () => {
    const key = sodium.sealingKey(decodeHex(vector.key), packetNumber);
    const writer = new Writer(new Uint8Array(100));
    writeShortHeader(writer, {
      epoch: vector.epoch as Epoch,
      keyPhase: 0,
      destinationId: decodeHex(vector.destinationId),
      packetNumber,
      packetNumberBytes,
    });
    const bodyStart = writer.position;
    writer.put(decodeHex(vector.payload));
    const end = key.seal(writer.bytes, 0, bodyStart, writer.position);
    key.free();
    assertEquals(encodeHex(writer.bytes.subarray(0, end)), vector.hex);
  });

  Deno.test(`protected vector "${name}" opens`, () => {
    const key = sodium.openingKey(decodeHex(vector.key));
    const packet = decodeHex(vector.hex);
    const header = decodeHeader(packet, packet.length);
    assert(header?.type === "short");
    const restored = decodePacketNumber(
      header.truncatedPacketNumber,
      header.packetNumberBytes,
      packetNumber - 1,
    );
    assertEquals(restored, packetNumber);
    const { bodyOffset } = header;
    const end = key.open(packet, 0, bodyOffset, packet.length, restored);
    key.free();
    assertEquals(encodeHex(packet.subarray(bodyOffset, end)), vector.payload);
  });
}

for (const vector of vectors.frames) {
  Deno.test(`decodeFrames() reads the vector "${vector.name}"`, () => {
    const frames = decodeFrames(new Reader(decodeHex(vector.hex)));
    const { hasLength: _, ...expected } = vector.frame as Plain;
    assertEquals(frames.map(toPlain), [expected]);
  });

  if (vector.decodeOnly) continue;
  Deno.test(`frame encoders write the vector "${vector.name}"`, () => {
    const writer = new Writer(new Uint8Array(vector.hex.length / 2));
    encodeFrame(writer, vector.frame);
    assertEquals(encodeHex(writer.bytes), vector.hex);
    assertEquals(writer.remaining, 0);
  });
}

for (const vector of vectors.badFrames) {
  Deno.test(`decodeFrames() refuses the vector "${vector.name}"`, () => {
    const error = assertThrows(
      () => decodeFrames(new Reader(decodeHex(vector.hex))),
      TransportError,
    );
    assertEquals(error.code, vector.code as number);
    assertEquals(error.frameType, vector.frameType);
  });
}

for (const vector of vectors.transportParameters) {
  const parameters = fromPlain(vector.parameters) as TransportParameters;

  Deno.test(`transport parameters of the vector "${vector.name}" decode`, () => {
    const decoded = decodeTransportParameters(decodeHex(vector.hex));
    assertEquals(decoded, parameters);
  });

  Deno.test(`transport parameters of the vector "${vector.name}" encode`, () => {
    assertEquals(encodeHex(encodeTransportParameters(parameters)), vector.hex);
  });
}

/** Bytes, and the bytes behind a connection ID's key, become digits. */
function toPlain(value: object): Plain {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (field instanceof Uint8Array) return [name, encodeHex(field)];
      if (name !== "destinationId") return [name, field];
      const key = [...field as string].map((char) => char.charCodeAt(0));
      return [name, encodeHex(Uint8Array.from(key))];
    }),
  );
}

/** Digits become bytes, in the fields that hold bytes. */
function fromPlain(value: object): unknown {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const isBytes = typeof field === "string" && name !== "type" &&
        name !== "reason";
      return [name, isBytes ? decodeHex(field) : field];
    }),
  );
}

/** The fields of all packets with a long header. */
type PacketFields =
  & Omit<HelloPacket, "type">
  & Omit<VersionNegotiationPacket, "type">;

/** How to write a packet; undefined for those of another version. */
function packetEncoder(
  header: Plain & { readonly type: string },
): ((writer: Writer) => void) | undefined {
  const fields = fromPlain(header) as PacketFields;
  switch (header.type) {
    case "versionNegotiation":
      return (writer) => encodeVersionNegotiation(writer, fields);
    case "hello":
      return (writer) => encodeHello(writer, fields);
    case "cookie":
      return (writer) => encodeCookie(writer, fields);
    case "reply":
      return (writer) => encodeReply(writer, fields);
    case "short":
      return (writer) =>
        writeShortHeader(writer, {
          epoch: header["epoch"] as Epoch,
          keyPhase: header["keyPhase"] as KeyPhase,
          destinationId: fields.destinationId,
          // The bytes in front are what truncation removes.
          packetNumber: 0x12_0000_0000 +
            (header["truncatedPacketNumber"] as number),
          packetNumberBytes: header["packetNumberBytes"] as number,
        });
  }
  return undefined;
}

/** Writes any frame; data after its header. */
function encodeFrame(writer: Writer, plain: object): void {
  const frame = fromPlain(plain) as Frame & { readonly hasLength?: boolean };
  switch (frame.type) {
    case "padding":
      return encodePadding(writer);
    case "ack": {
      const ranges = new RangeSet();
      for (let i = 0; i < frame.ranges.length; i += 2) {
        ranges.add(frame.ranges[i]!, frame.ranges[i + 1]!);
      }
      // What is below a unit of the delay is lost.
      const delayUs = frame.delayUs + 7;
      return encodeAck(writer, { ranges, delayUs, maxRanges: 64 });
    }
    case "auth": {
      const { offset, data } = frame;
      encodeAuthHeader(writer, { offset, length: data.length });
      return writer.put(data);
    }
    case "stream": {
      const { streamId, offset, fin, data } = frame;
      const length = frame.hasLength ? data.length : undefined;
      encodeStreamHeader(writer, { streamId, offset, length, fin });
      return writer.put(data);
    }
    case "datagram": {
      const { data } = frame;
      encodeDatagramHeader(writer, frame.hasLength ? data.length : undefined);
      return writer.put(data);
    }
    case "ping":
    case "resetStream":
    case "stopSending":
    case "maxData":
    case "maxStreamData":
    case "maxStreams":
    case "dataBlocked":
    case "streamDataBlocked":
    case "streamsBlocked":
    case "pathChallenge":
    case "pathResponse":
    case "ackFrequency":
    case "immediateAck":
    case "connectionClose":
    case "applicationClose":
      return encodeControlFrame(writer, frame);
  }
}
