import { assert } from "../base/assert.ts";
import type { ReceiveStream } from "./receive_stream.ts";
import type { SendBuffer } from "./send_buffer.ts";
import { MAX_SENT_PACKETS } from "./transport_config.ts";

/** What a sent packet carried that must be known when it is acknowledged or lost. */
export type SentFrame =
  /** Our ACK: once it arrived, what it reported is forgotten. */
  | { readonly type: "ack"; readonly largest: number }
  /** A piece of a stream or of the login. */
  | {
    readonly type: "data";
    readonly buffer: SendBuffer;
    readonly offset: number;
    readonly length: number;
    readonly fin: boolean;
  }
  | { readonly type: "resetStream"; readonly streamId: number }
  | { readonly type: "stopSending"; readonly streamId: number }
  | { readonly type: "maxData" }
  | { readonly type: "maxStreamData"; readonly stream: ReceiveStream }
  | { readonly type: "maxStreams" }
  | { readonly type: "ackFrequency"; readonly sequence: number };

/** A packet that was sent and neither acknowledged nor declared lost. */
export interface SentPacket {
  /** Its number. */
  readonly packetNumber: number;
  /** When it was sent. */
  readonly sentUs: number;
  /** Size of the whole datagram share of this packet. */
  readonly bytes: number;
  /** Asks for an acknowledgement, and so counts as in flight. */
  readonly ackEliciting: boolean;
  /** Only tries out a size: its loss is no sign of congestion (RFC 8899 section 3). */
  readonly isMtuProbe: boolean;
  /** What it carried. */
  readonly frames: readonly SentFrame[];
}

/**
 * The sent packets by number. Numbers are consecutive, so a ring of slots serves: look-up, removal and appending take
 * constant time and nothing moves.
 */
export class SentPackets {
  #slots: (SentPacket | undefined)[] = new Array(16).fill(undefined);
  /** Number of the oldest packet that may still be here. */
  #first = 0;
  /** One past the newest. */
  #end = 0;

  /** Lowest number that may still be present. */
  get first(): number {
    return this.#first;
  }

  /** One past the highest number sent. */
  get end(): number {
    return this.#end;
  }

  /** True if another packet can be remembered. */
  get hasRoom(): boolean {
    return this.#end - this.#first < MAX_SENT_PACKETS;
  }

  /** True once packets of ACKs alone, which wait for no room, have taken as much again. */
  get isOverfull(): boolean {
    return this.#end - this.#first >= 2 * MAX_SENT_PACKETS;
  }

  /** Adds the newest packet. */
  add(packet: SentPacket): void {
    assert(packet.packetNumber >= this.#end, "packet numbers only grow");
    if (this.#first === this.#end) this.#first = packet.packetNumber;
    while (packet.packetNumber - this.#first >= this.#slots.length) {
      this.#grow();
    }
    this.#end = packet.packetNumber + 1;
    this.#slots[packet.packetNumber & (this.#slots.length - 1)] = packet;
  }

  /** The packet of that number, if it is still open. */
  get(packetNumber: number): SentPacket | undefined {
    if (packetNumber < this.#first || packetNumber >= this.#end) {
      return undefined;
    }
    return this.#slots[packetNumber & (this.#slots.length - 1)];
  }

  /** Forgets a packet. */
  remove(packetNumber: number): void {
    assert(
      this.get(packetNumber) !== undefined,
      "only an open packet is removed",
    );
    const mask = this.#slots.length - 1;
    this.#slots[packetNumber & mask] = undefined;
    while (
      this.#first < this.#end && this.#slots[this.#first & mask] === undefined
    ) this.#first++;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Array(old.length * 2).fill(undefined);
    for (let number = this.#first; number < this.#end; number++) {
      this.#slots[number & (this.#slots.length - 1)] =
        old[number & (old.length - 1)];
    }
  }
}
