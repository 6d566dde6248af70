import { TransportError, TransportErrorCode } from "../wire/error_code.ts";
import { ReceiveStream } from "./receive_stream.ts";
import { SendBuffer } from "./send_buffer.ts";

/** Both halves of a bidirectional stream. */
export interface Stream {
  /** Its ID; the lowest bit tells who opened it. */
  readonly id: number;
  /** Our half. */
  readonly send: SendBuffer;
  /** The peer's half. */
  readonly receive: ReceiveStream;
  /** Lower goes first; equals take turns. */
  readonly priority: number;
  /** Set when we reset our half: what to tell the peer, until it is acknowledged. */
  reset: { readonly code: number; readonly finalSize: number } | undefined;
  /** Set when we no longer read: the code to tell the peer. */
  stopped: number | undefined;
}

/** What the peer lets us send, and what we let it send. */
export interface StreamCredit {
  /** Bytes on all streams together. */
  readonly maxData: number;
  /** Bytes on each stream. */
  readonly maxStreamData: number;
  /** Streams. */
  readonly maxStreams: number;
}

/** Priority of a stream nobody set one for. Chat, on stream 0, stands above. */
export const DEFAULT_PRIORITY = 8;

/** Keeps the streams of one connection and their flow control (RFC 9000 sections 2 to 4). */
export class StreamSet {
  readonly #streams = new Map<number, Stream>();
  /** The open streams by priority; equals in the order of their next turn. */
  readonly #order: Stream[] = [];
  readonly #isServer: boolean;
  readonly #local: StreamCredit;
  #peer: StreamCredit = { maxData: 0, maxStreamData: 0, maxStreams: 0 };
  /** New stream bytes ever sent, against `maxDataToSend`. */
  sentBytes = 0;
  /** The peer's connection credit. */
  maxDataToSend = 0;
  /** Stream bytes ever received, by highest offset. */
  receivedBytes = 0;
  /** Stream bytes ever read. */
  readBytes = 0;
  /** Our connection credit, as the peer knows it. */
  maxDataToReceive: number;
  /** Streams the peer may open in total, as it knows it. */
  maxStreamsToReceive: number;
  #nextLocal: number;
  #localOpened = 0;
  #maxLocalStreams = 0;
  #remoteOpened = 0;
  #remoteClosed = 0;

  /**
   * Creates the stream set.
   *
   * @param isServer Which IDs are ours: the lowest bit of a stream's ID is 0 where the client opened it.
   * @param local What we let the peer send.
   */
  constructor(isServer: boolean, local: StreamCredit) {
    this.#isServer = isServer;
    this.#local = local;
    this.maxDataToReceive = local.maxData;
    this.maxStreamsToReceive = local.maxStreams;
    this.#nextLocal = isServer ? 1 : 0;
  }

  /** Number of open streams. */
  get size(): number {
    return this.#streams.size;
  }

  /** True if some stream has bytes that may go now. */
  get hasSendable(): boolean {
    return this.nextSendable() !== undefined;
  }

  /** The stream whose turn it is, if any has bytes that credit lets go. */
  nextSendable(): Stream | undefined {
    const hasCredit = this.sentBytes < this.maxDataToSend;
    for (const stream of this.#order) {
      if (stream.send.hasUncredited || (hasCredit && stream.send.hasNew)) {
        return stream;
      }
    }
    return undefined;
  }

  /** The stream had its turn: its equals come before it now. */
  takeTurn(stream: Stream): void {
    if (this.#order.length === 1) return;
    this.#order.splice(this.#order.indexOf(stream), 1);
    this.#enqueue(stream);
  }

  /** Takes the peer's transport parameters. */
  setPeerCredit(peer: StreamCredit): void {
    this.#peer = peer;
    this.maxDataToSend = peer.maxData;
    this.#maxLocalStreams = peer.maxStreams;
  }

  /** An open stream. */
  get(id: number): Stream | undefined {
    return this.#streams.get(id);
  }

  /**
   * Opens a stream of ours.
   *
   * @param priority Lower goes first.
   * @returns The stream, or undefined while the peer allows no more.
   */
  open(priority: number): Stream | undefined {
    if (this.#localOpened >= this.#maxLocalStreams) return undefined;
    const stream = this.#create(this.#nextLocal, priority);
    this.#nextLocal += 2;
    this.#localOpened++;
    return stream;
  }

  /**
   * The stream a frame of the peer names, opened if it is the peer's to open.
   *
   * @param id The stream.
   * @param frameType For the error.
   * @param onOpened Called for every stream this opens.
   * @returns Undefined for a stream that is over: late frames for it are ignored.
   * @throws {TransportError} If the stream cannot exist.
   */
  forFrame(
    id: number,
    frameType: number,
    onOpened: (stream: Stream) => void,
  ): Stream | undefined {
    const known = this.#streams.get(id);
    if (known !== undefined) return known;
    const isLocal = (id & 1) === (this.#isServer ? 1 : 0);
    if (isLocal) {
      if (id < this.#nextLocal) return undefined;
      throw new TransportError(
        TransportErrorCode.streamState,
        frameType,
        "a stream that was never opened",
      );
    }
    const index = Math.floor(id / 2);
    if (index < this.#remoteOpened) return undefined;
    if (index >= this.maxStreamsToReceive) {
      throw new TransportError(
        TransportErrorCode.streamLimit,
        frameType,
        "too many streams",
      );
    }
    // RFC 9000 section 3.2: a frame for a higher number opens the lower ones too.
    while (this.#remoteOpened <= index) {
      const next = this.#remoteOpened * 2 + (this.#isServer ? 0 : 1);
      // Chat goes first in both directions.
      const stream = this.#create(next, next === 0 ? 0 : DEFAULT_PRIORITY);
      this.#remoteOpened++;
      onOpened(stream);
    }
    return this.#streams.get(id);
  }

  /** Counts received bytes against the connection's credit. */
  onReceived(growth: number, frameType: number): void {
    this.receivedBytes += growth;
    if (this.receivedBytes > this.maxDataToReceive) {
      throw new TransportError(
        TransportErrorCode.flowControl,
        frameType,
        "beyond the connection's credit",
      );
    }
  }

  /** Raises how many streams we may open. */
  onMaxStreams(maxStreams: number): void {
    this.#maxLocalStreams = Math.max(this.#maxLocalStreams, maxStreams);
  }

  /** True if half of the connection's credit is used, so that new credit should go out. */
  get owesMaxData(): boolean {
    return this.maxDataToReceive - this.readBytes <= this.#local.maxData / 2;
  }

  /** The connection credit we would grant now. */
  get dataCredit(): number {
    return this.readBytes + this.#local.maxData;
  }

  /** True if half of a stream's credit is used and more will be needed. */
  owesMaxStreamData(stream: ReceiveStream): boolean {
    return stream.finalSize === undefined &&
      stream.maxOffset - stream.readOffset <= this.#local.maxStreamData / 2;
  }

  /** The credit we would grant a stream now. */
  streamCredit(stream: ReceiveStream): number {
    return stream.readOffset + this.#local.maxStreamData;
  }

  /** True if closed streams of the peer made room for more. */
  get owesMaxStreams(): boolean {
    return this.maxStreamsToReceive - this.#remoteClosed <=
      this.#local.maxStreams / 2;
  }

  /** How many streams, counted from the first, we would let the peer open now. */
  get streamsCredit(): number {
    return this.#remoteClosed + this.#local.maxStreams;
  }

  /** Forgets a stream whose both halves are over. @returns True if it was. */
  closeIfDone(stream: Stream): boolean {
    if (
      !stream.send.isDone || !stream.receive.isDone ||
      stream.reset !== undefined
    ) return false;
    if (!this.#streams.delete(stream.id)) return false;
    this.#order.splice(this.#order.indexOf(stream), 1);
    if ((stream.id & 1) !== (this.#isServer ? 1 : 0)) this.#remoteClosed++;
    return true;
  }

  #enqueue(stream: Stream): void {
    let index = this.#order.length;
    while (index > 0 && this.#order[index - 1]!.priority > stream.priority) {
      index--;
    }
    this.#order.splice(index, 0, stream);
  }

  #create(id: number, priority: number): Stream {
    const stream: Stream = {
      id,
      send: new SendBuffer(id, this.#peer.maxStreamData),
      receive: new ReceiveStream(id, this.#local.maxStreamData),
      priority,
      reset: undefined,
      stopped: undefined,
    };
    this.#streams.set(id, stream);
    this.#enqueue(stream);
    return stream;
  }
}
