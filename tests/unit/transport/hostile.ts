/**
 * A peer that has the keys of a connection and says what it likes: it takes a
 * side's place in a {@linkcode Pair} and seals any payload.
 */
import { Reader, Writer } from "../../../lib/base/bytes.ts";
import type { CloseReason } from "../../../lib/transport/connection_event.ts";
import { decodeFrames, type Frame } from "../../../lib/wire/frame.ts";
import type { ControlFrame } from "../../../lib/wire/frame.ts";
import {
  encodeAuthHeader,
  encodeControlFrame,
  encodeStreamHeader,
} from "../../../lib/wire/frame_encoder.ts";
import { decodeHeader, writeShortHeader } from "../../../lib/wire/packet.ts";
import { crypto, type Pair, type Side } from "./pair.ts";

/** Above every number the side itself has used. */
const FIRST_PACKET_NUMBER = 100;

export class Hostile {
  readonly #pair: Pair;
  readonly #as: Side;
  readonly #victim: Side;
  packetNumber = FIRST_PACKET_NUMBER;

  /** @param as Whose place it takes; nothing reaches that side any more. */
  constructor(pair: Pair, as: Side) {
    pair.loseFlying();
    pair.delivers = () => false;
    this.#pair = pair;
    this.#as = as;
    this.#victim = as === pair.client ? pair.server : pair.client;
  }

  /** Seals a payload into one packet. */
  seal(
    payload: Uint8Array,
    options: { epoch?: 0 | 1; keyPhase?: 0 | 1; packetNumber?: number } = {},
  ): Uint8Array {
    const epoch = options.epoch ?? 1;
    const packetNumber = options.packetNumber ?? this.packetNumber++;
    const writer = new Writer(new Uint8Array(2048));
    writeShortHeader(writer, {
      epoch,
      keyPhase: options.keyPhase ?? 0,
      destinationId: this.#victim.connection!.connectionId,
      packetNumber,
      packetNumberBytes: 4,
    });
    const bodyStart = writer.position;
    writer.put(payload);
    const key = crypto.sealingKey(this.#keys("seal")[epoch]!, packetNumber);
    const end = key.seal(writer.bytes, 0, bodyStart, writer.position);
    key.free();
    return writer.bytes.slice(0, end);
  }

  /** Sends a payload in one packet, and lets the victim answer. */
  send(
    payload: Uint8Array,
    options?: { epoch?: 0 | 1; keyPhase?: 0 | 1 },
  ): void {
    this.#pair.inject(this.#victim, this.seal(payload, options));
    this.#pair.drain(this.#victim);
  }

  /** What the victim said in its packets since a point of the log. */
  heard(since: number): Frame[] {
    const frames: Frame[] = [];
    for (const { bytes, toServer } of this.#pair.sent.slice(since)) {
      if (toServer === this.#victim.isServer) continue;
      frames.push(...this.open(bytes) ?? []);
    }
    return frames;
  }

  /** The frames of a packet of the victim. */
  open(datagram: Uint8Array): Frame[] | undefined {
    const header = decodeHeader(datagram, datagram.length);
    if (header?.type !== "short") return undefined;
    const copy = datagram.slice();
    const secret = this.#keys("open")[header.epoch];
    if (secret === undefined) return undefined;
    const key = crypto.openingKey(secret);
    // Connections in tests are short, so that truncated numbers are whole.
    const number = header.truncatedPacketNumber;
    const end = key.open(copy, 0, header.bodyOffset, copy.length, number);
    key.free();
    if (end < 0) return undefined;
    return decodeFrames(new Reader(copy, header.bodyOffset, end));
  }

  /** Why the victim ended the connection. */
  get closed(): CloseReason | undefined {
    return this.#victim.closed;
  }

  /** The keys of the epochs, in their order. */
  #keys(use: "seal" | "open"): Uint8Array[] {
    const keys = this.#as.keys.filter((key) => key.use === use);
    // Noise message 2 has two sealed parts: they come before the packets.
    const isNoise = use === (this.#as.isServer ? "seal" : "open");
    return keys.slice(isNoise ? 2 : 0).map(({ key }) => key);
  }
}

/** A payload of frames. */
export function payload(...parts: (ControlFrame | Uint8Array)[]): Uint8Array {
  const writer = new Writer(new Uint8Array(4096));
  for (const part of parts) {
    if (part instanceof Uint8Array) writer.put(part);
    else encodeControlFrame(writer, part);
  }
  return writer.bytes.slice(0, writer.position);
}

/** A STREAM frame. */
export function streamFrame(
  streamId: number,
  offset: number,
  data: Uint8Array,
  fin = false,
): Uint8Array {
  const writer = new Writer(new Uint8Array(data.length + 32));
  encodeStreamHeader(writer, { streamId, offset, length: data.length, fin });
  writer.put(data);
  return writer.bytes.slice(0, writer.position);
}

/** An AUTH frame. */
export function authFrame(offset: number, data: Uint8Array): Uint8Array {
  const writer = new Writer(new Uint8Array(data.length + 32));
  encodeAuthHeader(writer, { offset, length: data.length });
  writer.put(data);
  return writer.bytes.slice(0, writer.position);
}

/** An ACK frame of one range, both ends included. */
export function ackFrame(
  smallest: number,
  largest: number,
  delayUs = 0,
): Uint8Array {
  const writer = new Writer(new Uint8Array(32));
  writer.u8(2);
  writer.varint(largest);
  writer.varint(delayUs >> 3);
  writer.varint(0);
  writer.varint(largest - smallest);
  return writer.bytes.slice(0, writer.position);
}
