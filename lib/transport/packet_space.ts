import { Reader, Writer } from "../base/bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TransportError, TransportErrorCode } from "../wire/error_code.ts";
import type { AckFrame, ControlFrame } from "../wire/frame.ts";
import { encodeControlFrame } from "../wire/frame_encoder.ts";
import {
  decodePacketNumber,
  encodePacketNumberLength,
  type ShortPacket,
  TAG_BYTES,
  writeShortHeader,
} from "../wire/packet.ts";
import { AckTracker } from "./ack_tracker.ts";
import { FrameScheduler } from "./frame_scheduler.ts";
import { LossRecovery } from "./loss_recovery.ts";
import { NewReno } from "./new_reno.ts";
import { type DirectionalKeys, PacketProtection } from "./packet_protection.ts";
import { ReplayWindow } from "./replay_window.ts";
import type { SendBuffer } from "./send_buffer.ts";
import type { StreamSet } from "./stream_set.ts";
import { ACK_ONLY_PING_INTERVAL, MAX_SENT_DATAGRAM_BYTES } from "./transport_config.ts";

/** A packet that was authenticated and is no duplicate. */
export interface OpenedPacket {
  /** Its number. */
  readonly packetNumber: number;
  /** Its frames, not yet decoded; a view of the datagram. */
  readonly payload: Reader;
}

/**
 * The protected packets of one connection, in both directions: sealing and opening, numbers, replay, acknowledgements
 * and loss. What the frames mean to streams and to the connection is its owner's matter.
 */
export class PacketSpace {
  readonly protection: PacketProtection;
  readonly scheduler: FrameScheduler;
  readonly recovery: LossRecovery = new LossRecovery(new NewReno());
  readonly #acks = new AckTracker();
  readonly #replay = new ReplayWindow();
  readonly #remoteId: Uint8Array;
  #ackOnlyPackets = 0;

  /** @param parts Keys of the login epoch, the peer's connection ID (copied), and what packets are filled from. */
  constructor(parts: {
    crypto: CryptoProvider;
    loginKeys: DirectionalKeys;
    remoteId: Uint8Array;
    auth: SendBuffer;
    streams: StreamSet;
  }) {
    this.protection = new PacketProtection(parts.crypto, parts.loginKeys);
    this.scheduler = new FrameScheduler({ acks: this.#acks, auth: parts.auth, streams: parts.streams });
    this.#remoteId = parts.remoteId.slice();
  }

  /**
   * Opens a packet in place.
   *
   * @param datagram Holds the packet from its start.
   * @param length Length of the datagram.
   * @param header The decoded header.
   * @returns Undefined for a forged, foreign or repeated packet.
   */
  open(datagram: Uint8Array, length: number, header: ShortPacket): OpenedPacket | undefined {
    const key = this.protection.openingKey(header.epoch);
    // Nobody goes on to a second data key in this version (docs/PROTOCOL.md section 2.9).
    if (key === undefined || header.keyPhase !== 0) return undefined;
    const packetNumber = decodePacketNumber(
      header.truncatedPacketNumber,
      header.packetNumberBytes,
      this.#replay.largest,
    );
    const end = key.open(datagram, 0, header.bodyOffset, length, packetNumber);
    if (end < 0 || !this.#replay.accept(packetNumber)) return undefined;
    return { packetNumber, payload: new Reader(datagram, header.bodyOffset, end) };
  }

  /**
   * The frames of an opened packet were applied: it may be acknowledged.
   *
   * @throws {TransportError} If the peer goes on sending and acknowledges nothing: our ACKs would pile up.
   */
  onReceived(packetNumber: number, ackEliciting: boolean, nowUs: number): void {
    if (this.recovery.sent.isOverfull) {
      throw new TransportError(TransportErrorCode.internalError, 0, "too many packets are not acknowledged");
    }
    this.#acks.onReceived({ packetNumber, ackEliciting, nowUs });
  }

  /**
   * Takes an ACK frame.
   *
   * @returns False if it acknowledges what was never sent.
   */
  handleAck(frame: AckFrame, nowUs: number): boolean {
    if (!this.recovery.handleAck(frame, nowUs)) return false;
    for (const packet of this.recovery.acked) this.scheduler.onAcked(packet.frames);
    for (const packet of this.recovery.lost) this.scheduler.onLost(packet.frames);
    return true;
  }

  /** When something is due here: an acknowledgement, a loss, a probe. */
  get deadlineUs(): number | undefined {
    const recoveryUs = this.recovery.deadlineUs;
    const ackUs = this.#acks.deadlineUs;
    if (recoveryUs === undefined || ackUs === undefined) return recoveryUs ?? ackUs;
    return Math.min(recoveryUs, ackUs);
  }

  /** Acts on a loss or probe deadline that has passed; a due ACK is sent by `write`. */
  handleTimeout(nowUs: number): void {
    const recoveryUs = this.recovery.deadlineUs;
    if (recoveryUs === undefined || recoveryUs > nowUs) return;
    this.recovery.handleTimeout(nowUs);
    for (const packet of this.recovery.lost) this.scheduler.onLost(packet.frames);
    if (this.recovery.probesDue === 0) return;
    // What the oldest packets carried is sent again; they are not lost yet, and a late ACK still counts.
    const oldest = this.recovery.oldestInFlight(0);
    if (oldest !== undefined) {
      this.scheduler.onLost(oldest.frames);
      const next = this.recovery.oldestInFlight(oldest.packetNumber + 1);
      if (next !== undefined) this.scheduler.onLost(next.frames);
    }
  }

  /**
   * Writes the next packet, if one may and needs to go now.
   *
   * @param buffer Where, from its start.
   * @param nowUs Now.
   * @param streamsOpen False until the password is proven.
   * @returns Its length, 0 for none.
   */
  write(buffer: Uint8Array, nowUs: number, streamsOpen: boolean): number {
    const ackUs = this.#acks.deadlineUs;
    const isAckDue = ackUs !== undefined && ackUs <= nowUs;
    if (this.recovery.probesDue > 0) this.scheduler.pingDue = true;
    const wantsContent = this.scheduler.hasContent(streamsOpen);
    const content = wantsContent && this.recovery.sent.hasRoom && this.recovery.canSend(MAX_SENT_DATAGRAM_BYTES);
    if (!content && !isAckDue) return 0;
    // A pure receiver's ACKs are never acknowledged; a PING now and then lets it forget what it reported.
    const addPing = !wantsContent && ++this.#ackOnlyPackets >= ACK_ONLY_PING_INTERVAL;
    if (addPing) this.scheduler.pingDue = true;
    const writer = this.#begin(buffer);
    const bodyStart = writer.position;
    this.scheduler.fill(writer, { nowUs, content: content || addPing, streamsOpen });
    if (writer.position === bodyStart) return 0;
    if (this.scheduler.ackEliciting) this.#ackOnlyPackets = 0;
    return this.#seal(writer, bodyStart, nowUs);
  }

  /** Writes a packet with nothing but the close of the connection. @returns Its length. */
  writeClose(buffer: Uint8Array, frame: ControlFrame): number {
    const writer = this.#begin(buffer);
    const bodyStart = writer.position;
    encodeControlFrame(writer, frame);
    return this.protection.seal(buffer, 0, bodyStart, writer.position);
  }

  #begin(buffer: Uint8Array): Writer {
    const writer = new Writer(buffer, 0, MAX_SENT_DATAGRAM_BYTES - TAG_BYTES);
    const packetNumber = this.protection.nextPacketNumber;
    writeShortHeader(writer, {
      epoch: this.protection.sendEpoch,
      keyPhase: 0,
      destinationId: this.#remoteId,
      packetNumber,
      packetNumberBytes: encodePacketNumberLength(packetNumber, this.recovery.largestAcked),
    });
    return writer;
  }

  #seal(writer: Writer, bodyStart: number, nowUs: number): number {
    const packetNumber = this.protection.nextPacketNumber;
    const length = this.protection.seal(writer.bytes, 0, bodyStart, writer.position);
    this.recovery.onSent({
      packetNumber,
      sentUs: nowUs,
      bytes: length,
      ackEliciting: this.scheduler.ackEliciting,
      frames: this.scheduler.frames,
    });
    return length;
  }
}
