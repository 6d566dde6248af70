import { Reader, Writer } from "../base/bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TransportError, TransportErrorCode } from "../wire/error_code.ts";
import {
  type AckFrame,
  type AckFrequencyFrame,
  type ControlFrame,
  decodeFrames,
  type Frame,
  type ImmediateAckFrame,
  isAckEliciting,
  isAllowedInLogin,
} from "../wire/frame.ts";
import { encodeControlFrame } from "../wire/frame_encoder.ts";
import {
  decodePacketNumber,
  encodePacketNumberLength,
  type ShortPacket,
  TAG_BYTES,
  writeShortHeader,
} from "../wire/packet.ts";
import type { Address } from "./address.ts";
import { AckTracker } from "./ack_tracker.ts";
import type { CongestionController } from "./congestion_controller.ts";
import type { ConnectionTrace } from "./connection_trace.ts";
import { Cubic } from "./cubic.ts";
import { FrameScheduler } from "./frame_scheduler.ts";
import { LossRecovery } from "./loss_recovery.ts";
import { NewReno } from "./new_reno.ts";
import { Pacer } from "./pacer.ts";
import {
  type DirectionalKeys,
  LOGIN_EPOCH,
  PacketProtection,
} from "./packet_protection.ts";
import { PathMtu } from "./path_mtu.ts";
import { ReplayWindow } from "./replay_window.ts";
import type { SendBuffer } from "./send_buffer.ts";
import type { StreamSet } from "./stream_set.ts";
import {
  ACK_ONLY_PING_INTERVAL,
  MAX_SENT_DATAGRAM_BYTES,
  type TransportConfig,
} from "./transport_config.ts";

/** What a packet space takes from the configuration. */
export type PacketSpaceConfig = Pick<
  TransportConfig,
  "congestionControl" | "keyUpdatePackets"
>;

/** A packet that was authenticated and is no duplicate. */
export interface OpenedPacket {
  /** Its number. */
  readonly packetNumber: number;
  /** True if none with a larger number came before. */
  readonly isNewest: boolean;
  /** Its frames; their data are views of the datagram. */
  readonly frames: readonly Frame[];
  /** Whether it asks for an acknowledgement. */
  readonly ackEliciting: boolean;
}

/**
 * The protected packets of one connection, in both directions: sealing and opening, numbers, replay, acknowledgements
 * and loss. What the frames mean to streams and to the connection is its owner's matter.
 */
export class PacketSpace {
  /** The keys. */
  readonly protection: PacketProtection;
  /** What goes into packets. */
  readonly scheduler: FrameScheduler;
  /** What was sent, and when it counts as lost. */
  readonly recovery: LossRecovery;
  readonly #acks = new AckTracker();
  readonly #replay = new ReplayWindow();
  readonly #remoteId: Uint8Array;
  readonly #peerMaxBytes: number;
  readonly #config: PacketSpaceConfig;
  readonly #trace: ConnectionTrace | undefined;
  #pacer = new Pacer();
  #mtu: PathMtu;
  #ackOnlyPackets = 0;
  /** Packets below this number had their turn to be repeated by a probe. */
  #repeatedEnd = 0;

  /**
   * Creates the packet space.
   *
   * @param parts Keys of the login epoch, the peer's connection ID (copied), the largest datagram it takes, and what
   * packets are filled from.
   */
  constructor(parts: {
    crypto: CryptoProvider;
    loginKeys: DirectionalKeys;
    remote: Address;
    remoteId: Uint8Array;
    peerMaxBytes: number;
    config: PacketSpaceConfig;
    auth: SendBuffer;
    streams: StreamSet;
    trace?: ConnectionTrace | undefined;
  }) {
    this.protection = new PacketProtection(
      parts.crypto,
      parts.loginKeys,
      parts.config.keyUpdatePackets,
    );
    this.recovery = new LossRecovery(makeController(parts.config));
    this.scheduler = new FrameScheduler({
      acks: this.#acks,
      ackFrequency: this.recovery.ackFrequency,
      auth: parts.auth,
      streams: parts.streams,
    });
    this.#remoteId = parts.remoteId.slice();
    this.#peerMaxBytes = parts.peerMaxBytes;
    this.#config = parts.config;
    this.#trace = parts.trace;
    this.#mtu = new PathMtu(parts.remote, parts.peerMaxBytes);
  }

  /** True once a packet of the peer was opened. */
  get hasOpened(): boolean {
    return this.#replay.largest >= 0;
  }

  /**
   * Opens a packet in place.
   *
   * @param datagram Holds the packet from its start.
   * @param length Length of the datagram.
   * @param packet The decoded header, and now.
   * @returns Undefined for a forged, foreign or repeated packet.
   * @throws {TransportError} If its frames break the protocol, or the peer changed keys against the rules.
   */
  open(
    datagram: Uint8Array,
    length: number,
    packet: { header: ShortPacket; nowUs: number },
  ): OpenedPacket | undefined {
    const { header, nowUs } = packet;
    const packetNumber = decodePacketNumber(
      header.truncatedPacketNumber,
      header.packetNumberBytes,
      this.#replay.largest,
    );
    const end = this.protection.open(datagram, length, {
      header,
      packetNumber,
      nowUs,
    });
    const isNewest = packetNumber > this.#replay.largest;
    if (end < 0 || !this.#replay.accept(packetNumber)) {
      const trigger = end < 0 ? "unopened" : "duplicate";
      this.#trace?.dropped(packetNumber, length, trigger);
      return undefined;
    }
    // All are decoded before any is applied: a packet that breaks the protocol changes nothing.
    const frames = decodeFrames(new Reader(datagram, header.bodyOffset, end));
    if (header.epoch === LOGIN_EPOCH) checkAllowedInLogin(frames);
    this.#trace?.received({
      packetNumber,
      epoch: header.epoch,
      bytes: length,
      frames,
      keyUpdates: this.protection.keyUpdates,
    });
    const ackEliciting = frames.some(isAckEliciting);
    return { packetNumber, isNewest, frames, ackEliciting };
  }

  /**
   * The frames of an opened packet were applied: it may be acknowledged.
   *
   * @throws {TransportError} If the peer goes on sending and acknowledges nothing: our ACKs would pile up.
   */
  onReceived(packet: OpenedPacket, nowUs: number): void {
    if (this.recovery.sent.isOverfull) {
      throw new TransportError(
        TransportErrorCode.internalError,
        0,
        "too many packets are not acknowledged",
      );
    }
    const { packetNumber, ackEliciting } = packet;
    this.#acks.onReceived({ packetNumber, ackEliciting, nowUs });
  }

  /**
   * Takes an ACK frame.
   *
   * @returns False if it acknowledges what was never sent.
   */
  handleAck(frame: AckFrame, nowUs: number): boolean {
    if (!this.recovery.handleAck(frame, nowUs)) return false;
    for (const packet of this.recovery.acked) {
      this.scheduler.onAcked(packet.frames);
      if (packet.isMtuProbe) this.#mtu.onProbeAcked(packet.bytes, nowUs);
      else this.#mtu.onAcked(packet.packetNumber, packet.bytes);
    }
    for (const packet of this.recovery.late) {
      this.scheduler.onAcked(packet.frames);
    }
    this.protection.onAcked(this.recovery.largestAcked);
    this.#trace?.acked(this.recovery);
    this.#onLost();
    return true;
  }

  /** The peer says how it wants to be acknowledged. */
  handleAckWish(
    frame: AckFrequencyFrame | ImmediateAckFrame,
    nowUs: number,
  ): void {
    if (frame.type === "immediateAck") this.#acks.onImmediateAck(nowUs);
    else this.#acks.onAckFrequency(frame, nowUs);
  }

  /** Largest datagram that is sent on this path. */
  get mtuBytes(): number {
    return this.#mtu.currentBytes;
  }

  /** When something is due here: an acknowledgement, a loss, a probe, the next datagram of a paced burst. */
  get deadlineUs(): number | undefined {
    const deadlineUs = Math.min(
      this.recovery.deadlineUs ?? Infinity,
      this.#acks.deadlineUs ?? Infinity,
      this.#pacer.deadlineUs ?? Infinity,
    );
    return deadlineUs === Infinity ? undefined : deadlineUs;
  }

  /** The peer is reached over another path: nothing known of the old one holds (RFC 9000 section 9.4). */
  onNewPath(remote: Address): void {
    this.recovery.onNewPath(makeController(this.#config));
    this.#pacer = new Pacer();
    this.#mtu = new PathMtu(remote, this.#peerMaxBytes);
  }

  /** Acts on a loss or probe deadline that has passed; a due ACK is sent by `write`. */
  handleTimeout(nowUs: number): void {
    const recoveryUs = this.recovery.deadlineUs;
    if (recoveryUs === undefined || recoveryUs > nowUs) return;
    this.recovery.handleTimeout(nowUs);
    this.#onLost();
    if (this.recovery.probesDue === 0) return;
    this.#trace?.probeTimeout(this.recovery.ptoCount);
    // What the oldest packets carried is sent again; they are not lost yet, and a late ACK still counts. Each packet has
    // its turn: its copy stands behind those that had none, or a peer whose ACKs are lost would get the same ever again.
    for (let probe = 0; probe < this.recovery.probesDue; probe++) {
      const packet = this.recovery.oldestInFlight(this.#repeatedEnd);
      if (packet === undefined) break;
      this.scheduler.onLost(packet.frames);
      this.#repeatedEnd = packet.packetNumber + 1;
    }
  }

  /**
   * Writes the next packet, if one may and needs to go now.
   *
   * @param buffer Where, from its start.
   * @param options Now; whether the password is proven; how many bytes may go on this path.
   * @returns Its length, 0 for none.
   */
  write(
    buffer: Uint8Array,
    options: { nowUs: number; streamsOpen: boolean; allowanceBytes: number },
  ): number {
    const { nowUs, streamsOpen, allowanceBytes } = options;
    if (allowanceBytes < MIN_ALLOWANCE_BYTES) return 0;
    const ackUs = this.#acks.deadlineUs;
    const isAckDue = ackUs !== undefined && ackUs <= nowUs;
    // Set again below if there is something that waits for it.
    this.#pacer.deadlineUs = undefined;
    if (this.recovery.probesDue > 0) this.scheduler.pingDue = true;
    const wantsContent = this.scheduler.hasContent(streamsOpen);
    const content = wantsContent && this.#maySend(nowUs);
    this.recovery.isHeldBack = wantsContent && !content;
    if (streamsOpen && !isAckDue) {
      const length = this.#writeMtuProbe(buffer, {
        nowUs,
        allowanceBytes,
        wantsContent,
      });
      if (length > 0) return length;
    }
    if (!content && !isAckDue) return 0;
    // A pure receiver's ACKs are never acknowledged; a PING now and then lets it forget what it reported.
    const addPing = !wantsContent &&
      ++this.#ackOnlyPackets >= ACK_ONLY_PING_INTERVAL;
    if (addPing) this.scheduler.pingDue = true;
    this.protection.updateIfDue(nowUs);
    // Probes have the size that every path carries: if this one stopped to carry more, their ACKs show it.
    const maxBytes = this.recovery.probesDue > 0
      ? MAX_SENT_DATAGRAM_BYTES
      : Math.min(
        this.#mtu.currentBytes,
        Math.max(this.recovery.roomBytes, MAX_SENT_DATAGRAM_BYTES),
      );
    const writer = this.#begin(buffer, Math.min(maxBytes, allowanceBytes));
    const bodyStart = writer.position;
    this.scheduler.fill(writer, {
      nowUs,
      content: content || addPing,
      streamsOpen,
      isLast: this.recovery.roomBytes <
        writer.end + TAG_BYTES + MAX_SENT_DATAGRAM_BYTES,
    });
    if (writer.position === bodyStart) return 0;
    if (this.scheduler.ackEliciting) this.#ackOnlyPackets = 0;
    return this.#seal(writer, bodyStart, { nowUs, isMtuProbe: false });
  }

  /** Writes a packet with nothing but the close of the connection. @returns Its length. */
  writeClose(buffer: Uint8Array, frame: ControlFrame): number {
    const writer = this.#begin(buffer, MAX_SENT_DATAGRAM_BYTES);
    const bodyStart = writer.position;
    encodeControlFrame(writer, frame);
    this.#traceSent(writer, bodyStart);
    return this.protection.seal(buffer, 0, bodyStart, writer.position);
  }

  #onLost(): void {
    for (const packet of this.recovery.lost) {
      this.scheduler.onLost(packet.frames);
      if (packet.isMtuProbe) this.#mtu.onProbeLost();
      else this.#mtu.onLost(packet.packetNumber, packet.bytes);
    }
    this.#trace?.lost(this.recovery);
  }

  #maySend(nowUs: number): boolean {
    const { recovery } = this;
    if (!recovery.sent.hasRoom) return false;
    // A challenge goes out whatever is in flight: that was sent on another path (RFC 9000 section 9.4).
    const isChallengeDue = this.scheduler.challengeDue !== undefined;
    if (recovery.probesDue > 0 || isChallengeDue) return true;
    if (recovery.roomBytes < MAX_SENT_DATAGRAM_BYTES) return false;
    const { windowBytes, isInSlowStart } = recovery.congestion;
    return this.#pacer.canSend({
      windowBytes,
      isInSlowStart,
      smoothedRttUs: recovery.rtt.smoothedUs,
    }, nowUs);
  }

  /** A packet of a size that is tried out; never in the way of something else, and only where the path is known to work. */
  #writeMtuProbe(
    buffer: Uint8Array,
    options: { nowUs: number; allowanceBytes: number; wantsContent: boolean },
  ): number {
    const { recovery } = this;
    const { nowUs, allowanceBytes, wantsContent } = options;
    if (!recovery.rtt.hasSample || recovery.ptoCount > 0) return 0;
    const bytes = this.#mtu.probeBytes(nowUs);
    if (
      bytes === undefined || bytes > Math.min(buffer.length, allowanceBytes)
    ) return 0;
    const isIdle = recovery.inFlightBytes === 0 && !wantsContent;
    if (!isIdle && recovery.roomBytes < bytes + MAX_SENT_DATAGRAM_BYTES) {
      return 0;
    }
    const writer = this.#begin(buffer, bytes);
    const bodyStart = writer.position;
    this.scheduler.fillMtuProbe(writer);
    this.#mtu.onProbeSent();
    return this.#seal(writer, bodyStart, { nowUs, isMtuProbe: true });
  }

  #begin(buffer: Uint8Array, maxBytes: number): Writer {
    const writer = new Writer(buffer, 0, maxBytes - TAG_BYTES);
    const packetNumber = this.protection.nextPacketNumber;
    writeShortHeader(writer, {
      epoch: this.protection.sendEpoch,
      keyPhase: this.protection.sendPhase,
      destinationId: this.#remoteId,
      packetNumber,
      packetNumberBytes: encodePacketNumberLength(
        packetNumber,
        this.recovery.largestAcked,
      ),
    });
    return writer;
  }

  #seal(
    writer: Writer,
    bodyStart: number,
    options: { nowUs: number; isMtuProbe: boolean },
  ): number {
    const packetNumber = this.protection.nextPacketNumber;
    this.#traceSent(writer, bodyStart);
    const length = this.protection.seal(
      writer.bytes,
      0,
      bodyStart,
      writer.position,
    );
    const { ackEliciting, frames } = this.scheduler;
    this.recovery.onSent({
      packetNumber,
      sentUs: options.nowUs,
      bytes: length,
      ackEliciting,
      isMtuProbe: options.isMtuProbe,
      frames,
    });
    if (ackEliciting) this.#pacer.onSent(length);
    return length;
  }

  #traceSent(writer: Writer, bodyStart: number): void {
    this.#trace?.sent(writer.bytes, {
      packetNumber: this.protection.nextPacketNumber,
      epoch: this.protection.sendEpoch,
      bodyStart,
      bodyEnd: writer.position,
      retransmittedBytes: this.scheduler.retransmittedBytes,
      keyUpdates: this.protection.keyUpdates,
    });
  }
}

function makeController(config: PacketSpaceConfig): CongestionController {
  return config.congestionControl === "cubic" ? new Cubic() : new NewReno();
}

/** Smallest share of an unproven path's allowance that is worth a packet: a challenge with its ACK. */
export const MIN_ALLOWANCE_BYTES = 80;

function checkAllowedInLogin(frames: readonly Frame[]): void {
  const forbidden = frames.find((frame) => !isAllowedInLogin(frame));
  if (forbidden === undefined) return;
  const reason = `${forbidden.type} before the login`;
  throw new TransportError(TransportErrorCode.protocolViolation, 0, reason);
}
