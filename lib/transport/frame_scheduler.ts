import type { Writer } from "../base/bytes.ts";
import type { ControlFrame } from "../wire/frame.ts";
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
} from "../wire/frame_encoder.ts";
import { type AckFrequency, EAGER_ACKS } from "./ack_frequency.ts";
import type { AckTracker } from "./ack_tracker.ts";
import type { ReceiveStream } from "./receive_stream.ts";
import type { Piece, SendBuffer } from "./send_buffer.ts";
import type { SentFrame } from "./sent_packets.ts";
import type { Stream, StreamSet } from "./stream_set.ts";
import {
  MAX_PATH_RESPONSES,
  MAX_QUEUED_DATAGRAMS,
  MAX_SENT_ACK_RANGES,
} from "./transport_config.ts";

/** Below this a piece of a stream costs more header than it brings; it waits for the next packet. */
const MIN_PIECE_BYTES = 16;

/**
 * Decides what goes into the next packet, and what an acknowledged or lost packet means for what was in it. Order:
 * ACK, path frames, the login, datagrams, control frames, streams by priority, and a PING if nothing else asks for an
 * acknowledgement.
 */
export class FrameScheduler {
  /** What `fill` put into the packet. */
  frames: SentFrame[] = [];
  /** True if what `fill` wrote asks for an acknowledgement. */
  ackEliciting = false;
  /** True to send a PING with the next packet that would elicit nothing. */
  pingDue = false;
  /** Bytes of streams and of the login that were sent again. */
  retransmittedBytes = 0;
  /** What a new path's peer has to repeat, until it is sent. */
  challengeDue: Uint8Array | undefined;
  readonly #responsesDue: Uint8Array[] = [];
  readonly #datagrams: QueuedDatagram[] = [];
  readonly #acks: AckTracker;
  readonly #ackFrequency: AckFrequency;
  readonly #auth: SendBuffer;
  readonly #streams: StreamSet;
  readonly #piece: Piece = { offset: 0, length: 0, fin: false };
  #maxDataDue = false;
  #maxStreamsDue = false;
  readonly #maxStreamDataDue = new Set<ReceiveStream>();
  readonly #resetsDue = new Set<Stream>();
  readonly #stopsDue = new Set<Stream>();

  /**
   * Creates the frame scheduler.
   *
   * @param parts What the packets of one connection are filled from.
   */
  constructor(
    parts: {
      acks: AckTracker;
      ackFrequency: AckFrequency;
      auth: SendBuffer;
      streams: StreamSet;
    },
  ) {
    this.#acks = parts.acks;
    this.#ackFrequency = parts.ackFrequency;
    this.#auth = parts.auth;
    this.#streams = parts.streams;
  }

  /** Answers a challenge of the peer; more than a few at once are an attack, and only the newest count. */
  onChallenge(data: Uint8Array): void {
    this.#responsesDue.push(data.slice());
    if (this.#responsesDue.length > MAX_PATH_RESPONSES) {
      this.#responsesDue.shift();
    }
  }

  /**
   * Queues an unreliable datagram. Where the queue is full the oldest gives way.
   *
   * @param data Must not change.
   * @param expiresUs When it is no longer worth sending.
   */
  queueDatagram(data: Uint8Array, expiresUs: number): void {
    this.#datagrams.push({ data, expiresUs });
    if (this.#datagrams.length > MAX_QUEUED_DATAGRAMS) this.#datagrams.shift();
  }

  /** True if there is something besides ACKs to send; `streamsOpen` is false until the password is proven. */
  hasContent(streamsOpen: boolean): boolean {
    if (
      this.pingDue || this.challengeDue !== undefined ||
      this.#responsesDue.length > 0
    ) return true;
    if (streamsOpen && this.#datagrams.length > 0) return true;
    if (this.#auth.hasUncredited || this.#auth.hasNew) return true;
    return streamsOpen && (this.#hasControl() || this.#streams.hasSendable);
  }

  /**
   * Fills a packet's payload.
   *
   * @param writer Where; its end leaves room for the tag.
   * @param options `content` false for a packet of ACKs only; `streamsOpen` as above; `isLast` if the window is full
   * after it, so that the peer's ACK should not be delayed.
   */
  fill(
    writer: Writer,
    options: {
      nowUs: number;
      content: boolean;
      streamsOpen: boolean;
      isLast: boolean;
    },
  ): void {
    this.frames = [];
    this.ackEliciting = false;
    if (this.#acks.deadlineUs !== undefined) {
      this.#writeAck(writer, options.nowUs);
    }
    if (!options.content) return;
    this.#writePathFrames(writer);
    this.#writeAuth(writer);
    if (options.streamsOpen) {
      this.#writeDatagrams(writer, options.nowUs);
      if (this.#hasControl()) this.#writeControl(writer);
      if (
        options.isLast && this.#ackFrequency.policy !== EAGER_ACKS &&
        writer.remaining > 0
      ) {
        encodeControlFrame(writer, { type: "immediateAck" });
        this.ackEliciting = true;
      }
      this.#writeStreams(writer);
    }
    if (this.pingDue && !this.ackEliciting && writer.remaining > 0) {
      encodeControlFrame(writer, { type: "ping" });
      this.ackEliciting = true;
    }
    if (this.ackEliciting) this.pingDue = false;
  }

  /** Fills a packet that only tries out a size, padded to the end. Its ACK is wanted at once: until it comes, such a packet may fill the window. */
  fillMtuProbe(writer: Writer): void {
    this.frames = [];
    this.ackEliciting = true;
    encodeControlFrame(writer, { type: "immediateAck" });
    encodePadding(writer);
  }

  /** A stream was read: perhaps the peer gets new credit. */
  onRead(stream: Stream): void {
    if (this.#streams.owesMaxStreamData(stream.receive)) {
      this.#maxStreamDataDue.add(stream.receive);
    }
    if (this.#streams.owesMaxData) this.#maxDataDue = true;
  }

  /** Tells the peer that our half of a stream was cut off. */
  onReset(stream: Stream): void {
    this.#resetsDue.add(stream);
  }

  /** Tells the peer that we do not read a stream any more. */
  onStopped(stream: Stream): void {
    this.#stopsDue.add(stream);
  }

  /** A stream ended: perhaps the peer may open more. */
  onStreamClosed(): void {
    if (this.#streams.owesMaxStreams) this.#maxStreamsDue = true;
  }

  /** These frames arrived. */
  onAcked(frames: readonly SentFrame[]): void {
    for (const frame of frames) {
      if (frame.type === "ack") {
        this.#acks.onAckAcked(frame.largest);
      } else if (frame.type === "data") {
        frame.buffer.onAcked(frame.offset, frame.length, frame.fin);
        // The end may have been acknowledged before what stands in front of it.
        if (frame.buffer.isDone) this.#closeIfDone(frame.buffer.streamId);
      } else if (frame.type === "resetStream") {
        const stream = this.#streams.get(frame.streamId);
        if (stream !== undefined) stream.reset = undefined;
        this.#closeIfDone(frame.streamId);
      }
    }
  }

  /** These frames are lost, or are repeated by a probe: what still matters is sent again, with today's values. */
  onLost(frames: readonly SentFrame[]): void {
    for (const frame of frames) {
      switch (frame.type) {
        case "ack":
          break;
        case "data":
          frame.buffer.onLost(frame.offset, frame.length, frame.fin);
          break;
        case "maxData":
          this.#maxDataDue = true;
          break;
        case "maxStreamData":
          if (frame.stream.finalSize === undefined) {
            this.#maxStreamDataDue.add(frame.stream);
          }
          break;
        case "maxStreams":
          this.#maxStreamsDue = true;
          break;
        case "ackFrequency":
          this.#ackFrequency.onFrameLost(frame.sequence);
          break;
        case "resetStream":
        case "stopSending": {
          const stream = this.#streams.get(frame.streamId);
          if (stream === undefined) break;
          if (frame.type === "stopSending") this.#stopsDue.add(stream);
          else if (stream.reset !== undefined) this.#resetsDue.add(stream);
          break;
        }
      }
    }
  }

  #closeIfDone(streamId: number): void {
    const stream = this.#streams.get(streamId);
    if (stream !== undefined && this.#streams.closeIfDone(stream)) {
      this.onStreamClosed();
    }
  }

  #hasControl(): boolean {
    return this.#maxDataDue || this.#maxStreamsDue ||
      this.#ackFrequency.isDue ||
      this.#maxStreamDataDue.size > 0 ||
      this.#resetsDue.size > 0 || this.#stopsDue.size > 0;
  }

  #writeAck(writer: Writer, nowUs: number): void {
    const ranges = this.#acks.ranges;
    const delayUs = this.#acks.delayUs(nowUs);
    let maxRanges = MAX_SENT_ACK_RANGES;
    // Only on a path that is not proven yet is there too little room for all; one range fits anywhere.
    while (
      maxRanges > 1 &&
      writer.remaining < ackBytes({ ranges, delayUs, maxRanges })
    ) maxRanges >>= 1;
    encodeAck(writer, { ranges, delayUs, maxRanges });
    this.#acks.onAckSent();
    this.frames.push({ type: "ack", largest: ranges.max! });
  }

  /** Not repeated when lost: the challenger asks again. */
  #writePathFrames(writer: Writer): void {
    if (this.challengeDue !== undefined) {
      const frame: ControlFrame = {
        type: "pathChallenge",
        data: this.challengeDue,
      };
      if (writer.remaining < controlFrameBytes(frame)) return;
      encodeControlFrame(writer, frame);
      this.ackEliciting = true;
      this.challengeDue = undefined;
    }
    while (this.#responsesDue.length > 0) {
      const frame: ControlFrame = {
        type: "pathResponse",
        data: this.#responsesDue[0]!,
      };
      if (writer.remaining < controlFrameBytes(frame)) return;
      encodeControlFrame(writer, frame);
      this.ackEliciting = true;
      this.#responsesDue.shift();
    }
  }

  #writeDatagrams(writer: Writer, nowUs: number): void {
    while (this.#datagrams.length > 0) {
      const { data, expiresUs } = this.#datagrams[0]!;
      if (expiresUs > nowUs) {
        if (writer.remaining < datagramHeaderBytes(data.length) + data.length) {
          return;
        }
        encodeDatagramHeader(writer, data.length);
        writer.put(data);
        this.ackEliciting = true;
      }
      this.#datagrams.shift();
    }
  }

  #writeControl(writer: Writer): void {
    if (
      this.#ackFrequency.isDue && this.#put(writer, this.#ackFrequency.frame)
    ) {
      this.#ackFrequency.isDue = false;
    }
    for (const stream of this.#resetsDue) {
      if (
        stream.reset === undefined ||
        this.#put(writer, resetFrame(stream.id, stream.reset))
      ) {
        this.#resetsDue.delete(stream);
      }
    }
    for (const stream of this.#stopsDue) {
      const isOver = stream.stopped === undefined ||
        stream.receive.finalSize !== undefined;
      if (
        isOver ||
        this.#put(writer, {
          type: "stopSending",
          streamId: stream.id,
          errorCode: stream.stopped!,
        })
      ) {
        this.#stopsDue.delete(stream);
      }
    }
    for (const stream of this.#maxStreamDataDue) {
      const maximum = this.#streams.streamCredit(stream);
      if (
        !this.#put(writer, {
          type: "maxStreamData",
          streamId: stream.streamId,
          maximum,
        }, stream)
      ) continue;
      stream.maxOffset = maximum;
      this.#maxStreamDataDue.delete(stream);
    }
    if (
      this.#maxDataDue &&
      this.#put(writer, { type: "maxData", maximum: this.#streams.dataCredit })
    ) {
      this.#streams.maxDataToReceive = this.#streams.dataCredit;
      this.#maxDataDue = false;
    }
    if (
      this.#maxStreamsDue &&
      this.#put(writer, {
        type: "maxStreams",
        maximum: this.#streams.streamsCredit,
      })
    ) {
      this.#streams.maxStreamsToReceive = this.#streams.streamsCredit;
      this.#maxStreamsDue = false;
    }
  }

  /** Writes a control frame that is repeated if lost. @returns False if it does not fit this packet. */
  #put(writer: Writer, frame: RepeatedFrame, stream?: ReceiveStream): boolean {
    if (writer.remaining < controlFrameBytes(frame)) return false;
    encodeControlFrame(writer, frame);
    this.ackEliciting = true;
    if (frame.type === "maxStreamData") {
      this.frames.push({ type: frame.type, stream: stream! });
    } else if (frame.type === "maxData" || frame.type === "maxStreams") {
      this.frames.push({ type: frame.type });
    } else if (frame.type === "ackFrequency") {
      this.frames.push({ type: frame.type, sequence: frame.sequence });
    } else this.frames.push({ type: frame.type, streamId: frame.streamId });
    return true;
  }

  #writeAuth(writer: Writer): void {
    const piece = this.#piece;
    while (this.#auth.hasUncredited || this.#auth.hasNew) {
      const header = {
        offset: this.#auth.nextOffset,
        length: writer.remaining,
      };
      const room = writer.remaining - authHeaderBytes(header);
      if (room < MIN_PIECE_BYTES || !this.#auth.take(room, room, piece)) return;
      if (piece.offset < header.offset) {
        this.retransmittedBytes += piece.length;
      }
      encodeAuthHeader(writer, piece);
      this.#writePiece(writer, this.#auth);
    }
  }

  #writeStreams(writer: Writer): void {
    const streams = this.#streams;
    let stream = streams.nextSendable();
    while (stream !== undefined) {
      const buffer = stream.send;
      const header = {
        streamId: stream.id,
        offset: buffer.nextOffset,
        length: writer.remaining,
        fin: false,
      };
      const room = writer.remaining - streamHeaderBytes(header);
      if (room < MIN_PIECE_BYTES) return;
      const sentBefore = buffer.nextOffset;
      const piece = this.#piece;
      if (
        !buffer.take(room, streams.maxDataToSend - streams.sentBytes, piece)
      ) return;
      if (piece.offset < sentBefore) this.retransmittedBytes += piece.length;
      streams.sentBytes += buffer.nextOffset - sentBefore;
      encodeStreamHeader(writer, {
        streamId: stream.id,
        offset: piece.offset,
        length: piece.length,
        fin: piece.fin,
      });
      this.#writePiece(writer, buffer);
      streams.takeTurn(stream);
      stream = streams.nextSendable();
    }
  }

  #writePiece(writer: Writer, buffer: SendBuffer): void {
    const { offset, length, fin } = this.#piece;
    buffer.copy(writer.bytes, writer.position, this.#piece);
    writer.position += length;
    this.frames.push({ type: "data", buffer, offset, length, fin });
    this.ackEliciting = true;
  }
}

/** An unreliable datagram that waits. */
interface QueuedDatagram {
  readonly data: Uint8Array;
  readonly expiresUs: number;
}

/** Control frames that are sent again, with the values of that time, if they are lost. */
type RepeatedFrame = Extract<
  ControlFrame,
  {
    type:
      | "resetStream"
      | "stopSending"
      | "maxData"
      | "maxStreamData"
      | "maxStreams"
      | "ackFrequency";
  }
>;

function resetFrame(
  streamId: number,
  reset: { code: number; finalSize: number },
): RepeatedFrame {
  return {
    type: "resetStream",
    streamId,
    errorCode: reset.code,
    finalSize: reset.finalSize,
  };
}
