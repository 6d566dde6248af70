import {
  type Frame,
  FrameType,
  type ResetStreamFrame,
  type StopSendingFrame,
  type StreamFrame,
} from "../wire/frame.ts";
import type { ConnectionEvent } from "./connection_event.ts";
import type { FrameScheduler } from "./frame_scheduler.ts";
import { type Stream, type StreamCredit, StreamSet } from "./stream_set.ts";

/** Frames that concern streams. */
export type StreamsFrame = Extract<
  Frame,
  {
    type:
      | "stream"
      | "resetStream"
      | "stopSending"
      | "maxData"
      | "maxStreamData"
      | "maxStreams";
  }
>;

/** What the streams of a connection need from it. */
export interface ConnectionStreamsOptions {
  /** Whether this side is the server. */
  readonly isServer: boolean;
  /** What we let the peer send. */
  readonly credit: StreamCredit;
  /** Takes events. */
  readonly onEvent: (event: ConnectionEvent) => void;
  /** Called when there may be something to send. */
  readonly onActive: () => void;
}

/**
 * The streams of one connection, as its application uses them. Open from the moment the password is proven; before and
 * after, commands are ignored. Stream 0 is there from the start, on both sides.
 */
export class ConnectionStreams {
  /** The streams and their credit; for the connection's own use. */
  readonly set: StreamSet;
  readonly #options: ConnectionStreamsOptions;
  #scheduler: FrameScheduler | undefined;
  #isOpen = false;

  /**
   * Creates the connection streams.
   *
   * @param options What they need.
   */
  constructor(options: ConnectionStreamsOptions) {
    this.#options = options;
    this.set = new StreamSet(options.isServer, options.credit);
  }

  /** The handshake is done: frames can be sent, and the peer's credit is known. */
  start(scheduler: FrameScheduler, peer: StreamCredit): void {
    this.#scheduler = scheduler;
    this.set.setPeerCredit(peer);
  }

  /** The password is proven. */
  establish(): void {
    this.#isOpen = true;
    if (this.#options.isServer) this.set.forFrame(0, 0, () => {});
    else this.set.open(0);
  }

  /** The connection ends. */
  close(): void {
    this.#isOpen = false;
  }

  /**
   * Opens a stream.
   *
   * @param priority Lower goes first; stream 0 has 0.
   * @returns Its ID, or undefined while the peer allows no more.
   */
  open(priority: number): number | undefined {
    return this.#isOpen ? this.set.open(priority)?.id : undefined;
  }

  /**
   * Sends bytes. Ignored once the stream was finished or cut off.
   *
   * @param streamId The stream.
   * @param bytes Kept by reference until acknowledged; must not change.
   */
  write(streamId: number, bytes: Uint8Array): void {
    const stream = this.#get(streamId);
    if (stream === undefined || stream.reset !== undefined) return;
    if (stream.send.isFinished || stream.send.isDone) return;
    stream.send.write(bytes);
    this.#options.onActive();
  }

  /** Ends our half of a stream; what was written still arrives. */
  finish(streamId: number): void {
    const stream = this.#get(streamId);
    if (stream === undefined || stream.reset !== undefined) return;
    stream.send.finish();
    this.#options.onActive();
  }

  /** Cuts our half of a stream off; what was not acknowledged may be lost. */
  reset(streamId: number, code: number): void {
    const stream = this.#get(streamId);
    if (stream !== undefined) this.#reset(stream, code);
  }

  /** Stops reading a stream and asks the peer to stop sending it. */
  stop(streamId: number, code: number): void {
    const stream = this.#get(streamId);
    if (stream === undefined || stream.stopped !== undefined) return;
    if (stream.receive.isDone) return;
    stream.stopped = code;
    this.#countRead(stream, stream.receive.discard());
    this.#scheduler!.onStopped(stream);
    this.#options.onActive();
  }

  /** The next bytes of a stream, in order; undefined if there are none now. */
  read(streamId: number): Uint8Array | undefined {
    const stream = this.#get(streamId);
    const bytes = stream?.receive.read();
    if (bytes !== undefined) this.#countRead(stream!, bytes.length);
    return bytes;
  }

  /** True once everything of the peer's half was read, up to its end. */
  isFinished(streamId: number): boolean {
    return this.#get(streamId)?.receive.isDone ?? true;
  }

  /** Bytes written that the peer has not acknowledged; 0 if the stream is over. */
  bufferedBytes(streamId: number): number {
    return this.set.get(streamId)?.send.bufferedBytes ?? 0;
  }

  /**
   * Asks for one `streamDrained`, when no more than so many bytes wait for their acknowledgement; if that is so now,
   * it is the next event. Nothing comes if the stream is cut off first.
   *
   * @param streamId The stream.
   * @param bytes How many may wait.
   */
  notifyDrained(streamId: number, bytes: number): void {
    this.#get(streamId)?.send.whenDrained(bytes, () => {
      this.#options.onEvent({ type: "streamDrained", streamId });
    });
  }

  /**
   * Applies a frame of the peer.
   *
   * @throws {TransportError} If it breaks a rule of streams or credit.
   */
  handleFrame(frame: StreamsFrame): void {
    switch (frame.type) {
      case "stream":
        this.#handleData(frame);
        return;
      case "resetStream":
        this.#handleReset(frame);
        return;
      case "stopSending":
        this.#handleStop(frame);
        return;
      case "maxData":
        this.set.maxDataToSend = Math.max(
          this.set.maxDataToSend,
          frame.maximum,
        );
        return;
      case "maxStreamData": {
        const { streamId, maximum } = frame;
        const send = this.#forFrame(streamId, FrameType.maxStreamData)?.send;
        if (send !== undefined) {
          send.maxOffset = Math.max(send.maxOffset, maximum);
        }
        return;
      }
      case "maxStreams":
        this.set.onMaxStreams(frame.maximum);
        return;
    }
  }

  #handleData(frame: StreamFrame): void {
    const stream = this.#forFrame(frame.streamId, FrameType.stream);
    if (stream === undefined) return;
    const { receive } = stream;
    const growth = receive.handleData(frame.offset, frame.data, {
      fin: frame.fin,
      frameType: FrameType.stream,
    });
    this.set.onReceived(growth, FrameType.stream);
    if (stream.stopped !== undefined) {
      this.#countRead(stream, receive.discard());
    } else if (receive.isReadable || receive.isDone) {
      this.#options.onEvent({ type: "streamReadable", streamId: stream.id });
      this.#closeIfDone(stream);
    }
  }

  #handleReset(frame: ResetStreamFrame): void {
    const stream = this.#forFrame(frame.streamId, FrameType.resetStream);
    if (stream === undefined) return;
    const { receive } = stream;
    const wasDone = receive.isDone;
    const growth = frame.finalSize - receive.highestOffset;
    receive.setFinalSize(frame.finalSize, FrameType.resetStream);
    this.set.onReceived(growth, FrameType.resetStream);
    receive.highestOffset = frame.finalSize;
    this.#countRead(stream, receive.discard());
    if (wasDone) return;
    const { errorCode: code } = frame;
    this.#options.onEvent({ type: "streamReset", streamId: stream.id, code });
  }

  #handleStop(frame: StopSendingFrame): void {
    const stream = this.#forFrame(frame.streamId, FrameType.stopSending);
    if (stream === undefined || stream.reset !== undefined) return;
    if (stream.send.isDone) return;
    const { errorCode: code } = frame;
    this.#options.onEvent({ type: "streamStopped", streamId: stream.id, code });
    this.#reset(stream, code);
  }

  #forFrame(streamId: number, frameType: number): Stream | undefined {
    return this.set.forFrame(streamId, frameType, (opened) => {
      this.#options.onEvent({ type: "streamOpened", streamId: opened.id });
    });
  }

  #get(streamId: number): Stream | undefined {
    return this.#isOpen ? this.set.get(streamId) : undefined;
  }

  #countRead(stream: Stream, bytes: number): void {
    this.set.readBytes += bytes;
    this.#scheduler!.onRead(stream);
    this.#closeIfDone(stream);
    this.#options.onActive();
  }

  #reset(stream: Stream, code: number): void {
    if (stream.reset !== undefined || stream.send.isDone) return;
    stream.reset = { code, finalSize: stream.send.nextOffset };
    stream.send.discard();
    this.#scheduler!.onReset(stream);
    this.#options.onActive();
  }

  #closeIfDone(stream: Stream): void {
    if (this.set.closeIfDone(stream)) this.#scheduler!.onStreamClosed();
  }
}
