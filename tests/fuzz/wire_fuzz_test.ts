/**
 * Random and damaged bytes into every decoder of lib/base and lib/wire. A
 * decoder may refuse them by its one documented error, or give a value that
 * lies within the input and survives being encoded again; nothing else.
 *
 * Seeds are fixed so that a run can be repeated; GAS_FUZZ_SEED adds one, such
 * as a commit hash, and GAS_FUZZ_ROUNDS makes runs longer.
 */
import { assert, assertEquals } from "@std/assert";
import {
  decodeHex,
  Reader,
  ShortInputError,
  Writer,
} from "../../lib/base/bytes.ts";
import { Prng } from "../../lib/base/prng.ts";
import { RangeSet } from "../../lib/base/range_set.ts";
import {
  TransportError,
  TransportErrorCode,
} from "../../lib/wire/error_code.ts";
import {
  decodeFrames,
  type Frame,
  MAX_ACK_RANGES,
} from "../../lib/wire/frame.ts";
import {
  ackBytes,
  authHeaderBytes,
  controlFrameBytes,
  datagramHeaderBytes,
  encodeAck,
  encodeAuthHeader,
  encodeControlFrame,
  encodeDatagramHeader,
  encodePadding,
  encodeStreamHeader,
  streamHeaderBytes,
} from "../../lib/wire/frame_encoder.ts";
import {
  decodeHeader,
  decodePacketNumber,
  isStatelessReset,
} from "../../lib/wire/packet.ts";
import {
  decodeTransportParameters,
  encodeTransportParameters,
} from "../../lib/wire/transport_parameters.ts";
import vectors from "../vectors/wire.json" with { type: "json" };

const SEEDS = ["wire 1", "wire 2"];
const ROUNDS = Number(Deno.env.get("GAS_FUZZ_ROUNDS") ?? 10_000);

const addedSeed = Deno.env.get("GAS_FUZZ_SEED");
if (addedSeed !== undefined) SEEDS.push(addedSeed);

const packets = vectors.packets.map(({ hex, paddedTo }) => {
  const packet = new Uint8Array(paddedTo ?? hex.length / 2);
  packet.set(decodeHex(hex));
  return packet;
});
const payloads = [...vectors.frames, ...vectors.badFrames].map(({ hex }) =>
  decodeHex(hex)
);
const parameters = vectors.transportParameters.map(({ hex }) => decodeHex(hex));

/** Runs a check on many inputs; a failure names seed and round. */
function fuzz(
  name: string,
  corpus: readonly Uint8Array[],
  check: (input: Uint8Array, prng: Prng) => void,
): void {
  for (const seed of SEEDS) {
    Deno.test(`${name}, seed "${seed}"`, () => {
      const prng = new Prng(`${name} ${seed}`);
      for (let round = 0; round < ROUNDS; round++) {
        const input = damaged(prng, corpus);
        try {
          check(input, prng);
        } catch (error) {
          throw new Error(`round ${round}`, { cause: error });
        }
      }
    });
  }
}

/** Random bytes, or several inputs of a corpus in a row with some damage. */
function damaged(prng: Prng, corpus: readonly Uint8Array[]): Uint8Array {
  if (prng.ratio(1, 8)) return prng.bytes(prng.below(80));
  const bytes: number[] = [];
  do bytes.push(...corpus[prng.below(corpus.length)]!); while (
    prng.ratio(1, 3)
  );
  for (let left = prng.below(4); left > 0; left--) {
    const at = prng.below(bytes.length + 1);
    const damage = prng.below(5);
    if (damage === 0) bytes.length = at;
    else if (damage === 1) bytes.splice(at, 0, ...prng.bytes(prng.below(9)));
    else if (damage === 2) bytes.splice(at, prng.below(9));
    else if (at < bytes.length) bytes[at]! ^= 1 << prng.below(8);
    // The start is where the structure is.
    if (damage === 4 && bytes.length > 0) {
      bytes[prng.below(Math.min(bytes.length, 24))] = prng.below(256);
    }
  }
  return Uint8Array.from(bytes);
}

/** The value, or undefined if it was refused by the documented error. */
function decoded<T>(decode: () => T, codes: readonly number[]): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof TransportError && codes.includes(error.code)) {
      assert(error.frameType >= 0 && error.frameType <= 0xff);
      assert(new TextEncoder().encode(error.reason).length <= 256);
      return undefined;
    }
    throw error;
  }
}

fuzz("Reader.varint() throws ShortInputError only", payloads, (input) => {
  const reader = new Reader(input);
  try {
    while (reader.remaining > 0) {
      const before = reader.position;
      assert(Number.isSafeInteger(reader.varint()));
      assert(reader.position > before && reader.position <= reader.end);
    }
  } catch (error) {
    if (!(error instanceof ShortInputError)) throw error;
  }
});

fuzz("decodeHeader() never throws", packets, (input, prng) => {
  // A receive buffer still holds what came before.
  const buffer = prng.bytes(64);
  const datagram = new Uint8Array(input.length + buffer.length);
  datagram.set(input);
  datagram.set(buffer, input.length);
  const header = decodeHeader(datagram, input.length);
  assertEquals(header, decodeHeader(input, input.length));
  const token = prng.bytes(16);
  assert(!isStatelessReset(datagram, input.length, token));
  if (header === undefined) return;
  if (header.type === "short") {
    assert(header.bodyOffset + 16 <= input.length);
    const packetNumber = decodePacketNumber(
      header.truncatedPacketNumber,
      header.packetNumberBytes,
      prng.below(2 ** 40),
    );
    assert(Number.isSafeInteger(packetNumber) && packetNumber >= 0);
    return;
  }
  for (const field of Object.values(header)) {
    if (!(field instanceof Uint8Array)) continue;
    assert(field.byteOffset + field.length <= input.length);
  }
});

fuzz("decodeFrames() throws TransportError only", payloads, (input) => {
  const { frameEncoding, protocolViolation } = TransportErrorCode;
  const frames = decoded(
    () => decodeFrames(new Reader(input)),
    input.length === 0 ? [protocolViolation] : [frameEncoding],
  );
  if (frames === undefined) return;
  assert(frames.length > 0);
  const again = encodeAll(frames);
  assert(again.length <= input.length + 2 * frames.length);
  assertEquals(decodeFrames(new Reader(again)), frames);
});

fuzz("decodeTransportParameters() throws TransportError only", parameters, (
  input,
) => {
  const value = decoded(
    () => decodeTransportParameters(input),
    [TransportErrorCode.transportParameter],
  );
  if (value === undefined) return;
  const again = encodeTransportParameters(value);
  assertEquals(decodeTransportParameters(again), value);
});

/** Encodes frames one after the other, each with its length. */
function encodeAll(frames: readonly Frame[]): Uint8Array {
  const writer = new Writer(new Uint8Array(4096));
  for (const frame of frames) {
    const before = writer.position;
    assertEquals(encode(writer, frame), writer.position - before);
  }
  return writer.bytes.subarray(0, writer.position);
}

/** Encodes a frame and returns how long its size function says it is. */
function encode(writer: Writer, frame: Frame): number {
  switch (frame.type) {
    case "padding": {
      const end = writer.position + frame.length;
      const part = new Writer(writer.bytes, writer.position, end);
      encodePadding(part);
      writer.position = end;
      return frame.length;
    }
    case "ack": {
      const ranges = new RangeSet();
      for (let i = 0; i < frame.ranges.length; i += 2) {
        ranges.add(frame.ranges[i]!, frame.ranges[i + 1]!);
      }
      // A gap has at least one number, so none of them merge.
      assertEquals(ranges.size, frame.ranges.length / 2);
      const { delayUs } = frame;
      const ack = { ranges, delayUs, maxRanges: MAX_ACK_RANGES };
      encodeAck(writer, ack);
      return ackBytes(ack);
    }
    case "auth": {
      const header = { offset: frame.offset, length: frame.data.length };
      encodeAuthHeader(writer, header);
      writer.put(frame.data);
      return authHeaderBytes(header) + frame.data.length;
    }
    case "stream": {
      const header = { ...frame, length: frame.data.length };
      encodeStreamHeader(writer, header);
      writer.put(frame.data);
      return streamHeaderBytes(header) + frame.data.length;
    }
    case "datagram": {
      encodeDatagramHeader(writer, frame.data.length);
      writer.put(frame.data);
      return datagramHeaderBytes(frame.data.length) + frame.data.length;
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
      encodeControlFrame(writer, frame);
      return controlFrameBytes(frame);
  }
}
