import { assert } from "../base/assert.ts";
import { type Reader, Writer } from "../base/bytes.ts";
import { US_PER_MS } from "../base/time.ts";
import { deriveDataKeys } from "../crypto/key_schedule.ts";
import type { DirectionKeys } from "../crypto/noise.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TransportError, TransportErrorCode } from "../wire/error_code.ts";
import {
  type AckFrame,
  decodeFrames,
  type Frame,
  FrameType,
  isAckEliciting,
  isAllowedInLogin,
  type StreamFrame,
} from "../wire/frame.ts";
import {
  type CookiePacket,
  PROTOCOL_VERSION,
  type ReplyPacket,
  type ShortPacket,
  type VersionNegotiationPacket,
} from "../wire/packet.ts";
import type { Address } from "./address.ts";
import type { CloseReason, ConnectionEvent } from "./connection_event.ts";
import type { ClientHello, HandshakeResult } from "./handshake.ts";
import type { DirectionalKeys } from "./packet_protection.ts";
import { PacketSpace } from "./packet_space.ts";
import { ReceiveStream } from "./receive_stream.ts";
import { SendBuffer } from "./send_buffer.ts";
import { type Stream, StreamSet } from "./stream_set.ts";
import { MAX_ACK_DELAY_US, MAX_AUTH_BYTES, MAX_PTO_US, type TransportConfig } from "./transport_config.ts";

/** What a connection is made with. */
export interface ConnectionOptions {
  /** Limits and times. */
  readonly config: TransportConfig;
  /** Primitives. */
  readonly crypto: CryptoProvider;
  /** Our connection ID, 8 bytes: what the peer sends to. */
  readonly connectionId: Uint8Array;
  /** Where the peer is. */
  readonly remote: Address;
  /** Now. */
  readonly nowUs: number;
  /** Called for every event, during the call that caused it; it must not call back into the connection. */
  readonly onEvent: (connection: Connection, event: ConnectionEvent) => void;
  /** Called when something changed outside `handle*`, so that the owner polls. */
  readonly onActive: (connection: Connection) => void;
}

/** What one side starts with: a client repeats Hellos, a server has already answered one. */
export type ConnectionStart =
  | { readonly type: "client"; readonly hello: ClientHello }
  | {
    readonly type: "server";
    readonly handshake: HandshakeResult;
    readonly remoteId: Uint8Array;
    /** The Reply datagram, repeated when a Hello is. */
    readonly reply: Uint8Array;
  };

type Phase =
  | { readonly type: "hello"; readonly hello: ClientHello; readonly giveUpUs: number }
  | { readonly type: "login"; readonly giveUpUs: number }
  | { readonly type: "open" }
  | { readonly type: "closing"; readonly reason: CloseReason; readonly untilUs: number; packets: number }
  | { readonly type: "closed" };

/** Bytes a peer may have waiting to be sent to it before its application should let it go. */
export const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

/**
 * One connection, on either side. Does no input or output of its own:
 *
 * - `handle*` takes input: a datagram's packet, a deadline that passed. `nowUs` never runs backwards.
 * - Application commands (`writeStream`, `close`, ...) change state.
 * - `poll*` gives output. After any change, call `pollTransmit` until it returns 0, then read `deadlineUs`.
 *
 * Events are reported through `onEvent` while a call runs; `closed` is the last one, and everything after it is ignored.
 *
 *     client:  hello --Reply--> login --first data packet--> open --> closing --> closed
 *     server:                   login --authenticated()----> open --> closing --> closed
 */
export class Connection {
  /** Our connection ID. */
  readonly connectionId: Uint8Array;
  /** Where the peer is. */
  readonly remote: Address;
  /** Free for the application: what this connection means to it. */
  context: unknown;
  readonly #config: TransportConfig;
  readonly #crypto: CryptoProvider;
  readonly #onEvent: ConnectionOptions["onEvent"];
  readonly #onActive: ConnectionOptions["onActive"];
  readonly #isServer: boolean;
  readonly #streams: StreamSet;
  readonly #authSend: SendBuffer = new SendBuffer(-1, MAX_AUTH_BYTES);
  readonly #authReceive: ReceiveStream = new ReceiveStream(-1, MAX_AUTH_BYTES);
  #phase: Phase;
  #space: PacketSpace | undefined;
  #handshake: HandshakeResult | undefined;
  readonly #reply: Uint8Array | undefined;
  #replyDue = false;
  #closeDue = false;
  #idleTimeoutUs: number;
  #lastReceivedUs: number;
  /** Since when something we sent asks for an answer; undefined while nothing does. */
  #waitingSinceUs: number | undefined;
  #isUnresponsive = false;

  /**
   * @param options Common to both sides.
   * @param start Particular to each.
   */
  constructor(options: ConnectionOptions, start: ConnectionStart) {
    this.connectionId = options.connectionId;
    this.remote = options.remote;
    this.#config = options.config;
    this.#crypto = options.crypto;
    this.#onEvent = options.onEvent;
    this.#onActive = options.onActive;
    this.#isServer = start.type === "server";
    this.#streams = new StreamSet(this.#isServer, options.config);
    this.#idleTimeoutUs = options.config.idleTimeoutUs;
    this.#lastReceivedUs = options.nowUs;
    if (start.type === "client") {
      const giveUpUs = options.nowUs + options.config.helloTimeoutUs;
      this.#phase = { type: "hello", hello: start.hello, giveUpUs };
    } else {
      this.#phase = { type: "login", giveUpUs: options.nowUs + options.config.loginTimeoutUs };
      this.#reply = start.reply;
      this.#replyDue = true;
      this.#startLogin(start.handshake, start.remoteId, options.nowUs);
    }
  }

  /** True once the password is proven, until the connection ends. */
  get isEstablished(): boolean {
    return this.#phase.type === "open";
  }

  /** True once the connection is over and can be forgotten. */
  get isClosed(): boolean {
    return this.#phase.type === "closed";
  }

  /** True from the moment the connection ends: by a close of ours or the peer's, or a timeout. */
  get isEnding(): boolean {
    return this.#phase.type === "closing" || this.#phase.type === "closed";
  }

  /** The token by which the peer would say that it forgot this connection. */
  get resetToken(): Uint8Array | undefined {
    return this.#handshake?.peerParameters.statelessResetToken;
  }

  /** Smoothed round-trip time in microseconds. */
  get rttUs(): number | undefined {
    const rtt = this.#space?.recovery.rtt;
    return rtt?.hasSample ? rtt.smoothedUs : undefined;
  }

  // ---- input -------------------------------------------------------------------------------------------------------

  /** Takes the server's cookie. */
  handleCookie(packet: CookiePacket, nowUs: number): void {
    if (this.#phase.type === "hello") this.#phase.hello.handleCookie(packet.cookie, nowUs);
  }

  /** Takes the server's list of versions, if it is an answer to a Hello of ours. */
  handleVersionNegotiation(packet: VersionNegotiationPacket): void {
    // One that lists our version is no answer to us (docs/PROTOCOL.md section 2.5).
    if (this.#phase.type !== "hello" || packet.versions.includes(PROTOCOL_VERSION)) return;
    this.#end({ type: "version", supported: packet.versions });
  }

  /** Takes the server's Reply. */
  handleReply(packet: ReplyPacket, nowUs: number): void {
    if (this.#phase.type !== "hello") return;
    const { hello } = this.#phase;
    this.#guard(nowUs, () => {
      const result = hello.handleReply(packet, nowUs);
      if (result === undefined) return;
      this.#phase = { type: "login", giveUpUs: nowUs + this.#config.loginTimeoutUs };
      this.#lastReceivedUs = nowUs;
      this.#startLogin(result, packet.sourceId, nowUs);
      if (result.rttUs !== undefined) this.#space!.recovery.rtt.update(result.rttUs, 0);
      this.#onEvent(this, { type: "identified", serverIdentity: result.serverIdentity });
    });
  }

  /** The client repeated its Hello: the Reply was lost, and goes out again. */
  handleRepeatedHello(): void {
    if (this.#phase.type === "login") this.#replyDue = true;
  }

  /**
   * Takes a protected packet, which is opened in place.
   *
   * @returns False if it was forged, foreign or a duplicate.
   */
  handlePacket(datagram: Uint8Array, length: number, packet: { header: ShortPacket; nowUs: number }): boolean {
    const { header, nowUs } = packet;
    if (this.#phase.type === "closing") {
      // RFC 9000 section 10.2.1: the peer may have missed the close. It is told at the 1st, 2nd, 4th, 8th... packet, so
      // that neither a flood nor two ends that both close are answered for long.
      const packets = ++this.#phase.packets;
      if ((packets & (packets - 1)) === 0) this.#closeDue = true;
      return true;
    }
    const opened = this.#space?.open(datagram, length, header);
    if (opened === undefined) return false;
    this.#onReceived(nowUs);
    if (header.epoch === 1) this.#onDataEpoch();
    this.#guard(nowUs, () => {
      const elicits = this.#applyFrames(opened.payload, header.epoch === 0, nowUs);
      this.#space?.onReceived(opened.packetNumber, elicits, nowUs);
    });
    return true;
  }

  /** The peer answered a packet of ours with its reset token: it lost the connection. */
  handleStatelessReset(): void {
    this.#end({ type: "reset" });
  }

  /** Acts on every deadline that has passed. */
  handleTimeout(nowUs: number): void {
    switch (this.#phase.type) {
      case "hello":
        if (this.#phase.giveUpUs <= nowUs) this.#end({ type: "silent" });
        return;
      case "closing":
        if (this.#phase.untilUs <= nowUs) this.#finish();
        return;
      case "closed":
        return;
      case "login":
        if (this.#phase.giveUpUs <= nowUs) {
          this.#end({ type: "loginTimeout" });
          return;
        }
        break;
      case "open":
        break;
    }
    if (this.#idleUs <= nowUs) {
      this.#end({ type: "idle" });
      return;
    }
    if (!this.#isUnresponsive && (this.#unresponsiveUs ?? Infinity) <= nowUs) {
      this.#isUnresponsive = true;
      this.#onEvent(this, { type: "pathUnresponsive" });
    }
    if ((this.#keepAliveUs ?? Infinity) <= nowUs) this.#space!.scheduler.pingDue = true;
    this.#space!.handleTimeout(nowUs);
    this.#noteInFlight();
  }

  // ---- output ------------------------------------------------------------------------------------------------------

  /**
   * Writes the next datagram to send.
   *
   * @param buffer Where; at least 1200 bytes.
   * @param nowUs Now.
   * @returns Its length, 0 if nothing is to be sent now.
   */
  pollTransmit(buffer: Uint8Array, nowUs: number): number {
    switch (this.#phase.type) {
      case "hello":
        return this.#writeHello(this.#phase.hello, buffer, nowUs);
      case "closing":
        return this.#writeClose(this.#phase.reason, buffer);
      case "closed":
        return 0;
      case "login":
      case "open":
        break;
    }
    if (this.#replyDue) {
      this.#replyDue = false;
      buffer.set(this.#reply!);
      return this.#reply!.length;
    }
    const space = this.#space!;
    const length = space.write(buffer, nowUs, this.#phase.type === "open");
    if (length > 0 && space.scheduler.ackEliciting) this.#waitingSinceUs ??= nowUs;
    return length;
  }

  /** When `handleTimeout` or `pollTransmit` next has something to do; undefined for never. */
  get deadlineUs(): number | undefined {
    switch (this.#phase.type) {
      case "hello":
        return Math.min(this.#phase.hello.deadlineUs, this.#phase.giveUpUs);
      case "closing":
        return this.#phase.untilUs;
      case "closed":
        return undefined;
      case "login":
      case "open":
        break;
    }
    return Math.min(
      this.#idleUs,
      this.#phase.type === "login" ? this.#phase.giveUpUs : Infinity,
      this.#isUnresponsive ? Infinity : this.#unresponsiveUs ?? Infinity,
      this.#keepAliveUs ?? Infinity,
      this.#space!.deadlineUs ?? Infinity,
    );
  }

  // ---- login -------------------------------------------------------------------------------------------------------

  /** Sends bytes of the login. Kept by reference until acknowledged. */
  sendAuth(bytes: Uint8Array): void {
    if (this.isEnding) return;
    this.#authSend.write(bytes);
    this.#onActive(this);
  }

  /** The next bytes of the login, in order. */
  readAuth(): Uint8Array | undefined {
    return this.#authReceive.read();
  }

  /**
   * Both sides know the session key. A server starts the data epoch at once; a client is ready to open it, and follows
   * when the server's first packet of that epoch shows that the key is the same.
   *
   * @param sessionKey The login's 64 bytes.
   */
  authenticated(sessionKey: Uint8Array): void {
    if (this.#phase.type !== "login") return;
    const { protection } = this.#space!;
    if (protection.hasDataKeys) return;
    const { loginKeys, handshakeHash } = this.#handshake!;
    const keys = deriveDataKeys({ crypto: this.#crypto, loginKeys, handshakeHash, sessionKey });
    protection.installDataKeys(this.#directional(keys));
    if (this.#isServer) this.#establish();
    this.#onActive(this);
  }

  // ---- streams -----------------------------------------------------------------------------------------------------

  /**
   * Opens a stream.
   *
   * @param priority Lower goes first; stream 0 has 0.
   * @returns Its ID, or undefined while the peer allows no more.
   */
  openStream(priority: number): number | undefined {
    return this.#phase.type === "open" ? this.#streams.open(priority)?.id : undefined;
  }

  /**
   * Sends bytes on a stream. Ignored once the connection ends or the stream was cut off.
   *
   * @param streamId The stream.
   * @param bytes Kept by reference until acknowledged; must not change.
   */
  writeStream(streamId: number, bytes: Uint8Array): void {
    const stream = this.#openStreamOf(streamId);
    if (stream === undefined || stream.reset !== undefined || stream.send.isDone) return;
    stream.send.write(bytes);
    this.#onActive(this);
  }

  /** Ends our half of a stream; what was written still arrives. */
  finishStream(streamId: number): void {
    const stream = this.#openStreamOf(streamId);
    if (stream === undefined || stream.reset !== undefined) return;
    stream.send.finish();
    this.#onActive(this);
  }

  /** Cuts our half of a stream off; what was not acknowledged may be lost. */
  resetStream(streamId: number, code: number): void {
    const stream = this.#openStreamOf(streamId);
    if (stream !== undefined) this.#reset(stream, code);
  }

  /** Stops reading a stream and asks the peer to stop sending it. */
  stopStream(streamId: number, code: number): void {
    const stream = this.#openStreamOf(streamId);
    if (stream === undefined || stream.stopped !== undefined || stream.receive.isDone) return;
    stream.stopped = code;
    this.#countRead(stream, stream.receive.discard());
    this.#space!.scheduler.onStopped(stream);
    this.#onActive(this);
  }

  /** The next bytes of a stream, in order; undefined if there are none now. */
  readStream(streamId: number): Uint8Array | undefined {
    const stream = this.#openStreamOf(streamId);
    const bytes = stream?.receive.read();
    if (bytes !== undefined) this.#countRead(stream!, bytes.length);
    return bytes;
  }

  /** True once everything of the peer's half was read, up to its end. */
  isStreamFinished(streamId: number): boolean {
    return this.#openStreamOf(streamId)?.receive.isDone ?? true;
  }

  /** Bytes written to a stream that the peer has not acknowledged; 0 if the stream is over. */
  bufferedBytes(streamId: number): number {
    return this.#streams.get(streamId)?.send.bufferedBytes ?? 0;
  }

  /**
   * Ends the connection and tells the peer why.
   *
   * @param code The application's code.
   * @param reason At most 256 bytes of UTF-8.
   */
  close(code: number, reason: string, nowUs: number): void {
    if (this.isEnding) return;
    if (this.#phase.type === "hello") this.#end({ type: "local", code, reason });
    else this.#startClosing({ type: "local", code, reason }, nowUs);
    this.#onActive(this);
  }

  /** A bug of ours surfaced outside `handlePacket`: the connection ends without another word, so that the rest goes on. */
  abort(): void {
    const code = TransportErrorCode.internalError;
    this.#end({ type: "transport", by: "local", code, frameType: 0, reason: "internal error" });
    this.#finish();
  }

  /** Forgets the connection at once, for a newer one. */
  evict(): void {
    if (this.#phase.type === "closing") this.#finish();
    else this.#end({ type: "evicted" });
  }

  // ---- frames ------------------------------------------------------------------------------------------------------

  /** Decodes all, then applies all: a packet that breaks the protocol changes nothing. @returns Whether it asks for an ACK. */
  #applyFrames(payload: Reader, isLogin: boolean, nowUs: number): boolean {
    const frames = decodeFrames(payload);
    let elicits = false;
    for (const frame of frames) {
      if (isLogin && !isAllowedInLogin(frame)) {
        throw new TransportError(TransportErrorCode.protocolViolation, 0, `${frame.type} before the login`);
      }
      elicits ||= isAckEliciting(frame);
    }
    for (const frame of frames) {
      this.#applyFrame(frame, nowUs);
      if (this.isEnding) return false;
    }
    return elicits;
  }

  #applyFrame(frame: Frame, nowUs: number): void {
    switch (frame.type) {
      case "padding":
      case "ping":
      case "dataBlocked":
      case "streamDataBlocked":
      case "streamsBlocked":
        return;
      case "ack":
        this.#applyAck(frame, nowUs);
        return;
      case "auth":
        if (frame.offset + frame.data.length > MAX_AUTH_BYTES) {
          throw new TransportError(TransportErrorCode.authBufferExceeded, FrameType.auth, "the login is too long");
        }
        this.#authReceive.handleData(frame.offset, frame.data, { fin: false, frameType: FrameType.auth });
        if (this.#authReceive.isReadable) this.#onEvent(this, { type: "authReadable" });
        return;
      case "stream":
        this.#applyStream(frame);
        return;
      case "resetStream": {
        const stream = this.#streamForFrame(frame.streamId, FrameType.resetStream);
        if (stream === undefined) return;
        const { receive } = stream;
        const wasDone = receive.isDone;
        const growth = frame.finalSize - receive.highestOffset;
        receive.setFinalSize(frame.finalSize, FrameType.resetStream);
        this.#streams.onReceived(growth, FrameType.resetStream);
        receive.highestOffset = frame.finalSize;
        this.#countRead(stream, receive.discard());
        if (!wasDone) this.#onEvent(this, { type: "streamReset", streamId: stream.id, code: frame.errorCode });
        return;
      }
      case "stopSending": {
        const stream = this.#streamForFrame(frame.streamId, FrameType.stopSending);
        if (stream === undefined || stream.reset !== undefined || stream.send.isDone) return;
        this.#onEvent(this, { type: "streamStopped", streamId: stream.id, code: frame.errorCode });
        this.#reset(stream, frame.errorCode);
        return;
      }
      case "maxData":
        this.#streams.maxDataToSend = Math.max(this.#streams.maxDataToSend, frame.maximum);
        return;
      case "maxStreamData": {
        const stream = this.#streamForFrame(frame.streamId, FrameType.maxStreamData);
        if (stream !== undefined) stream.send.maxOffset = Math.max(stream.send.maxOffset, frame.maximum);
        return;
      }
      case "maxStreams":
        this.#streams.onMaxStreams(frame.maximum);
        return;
      case "pathChallenge":
      case "pathResponse":
      case "datagram":
        throw new TransportError(TransportErrorCode.protocolViolation, 0, `${frame.type} was not agreed on`);
      case "connectionClose":
        this.#end({ by: "peer", ...frame, type: "transport" });
        return;
      case "applicationClose":
        this.#end({ type: "application", code: frame.code, reason: frame.reason });
        return;
    }
  }

  #applyAck(frame: AckFrame, nowUs: number): void {
    const space = this.#space!;
    if (!space.handleAck(frame, nowUs)) {
      throw new TransportError(TransportErrorCode.protocolViolation, FrameType.ack, "an ACK of an unsent packet");
    }
    this.#noteInFlight();
  }

  /** Nothing is waited for any more once everything was acknowledged or, by its timer, declared lost. */
  #noteInFlight(): void {
    if (this.#space!.recovery.inFlightBytes === 0) this.#waitingSinceUs = undefined;
  }

  #applyStream(frame: StreamFrame): void {
    const stream = this.#streamForFrame(frame.streamId, FrameType.stream);
    if (stream === undefined) return;
    const { receive } = stream;
    const growth = receive.handleData(frame.offset, frame.data, { fin: frame.fin, frameType: FrameType.stream });
    this.#streams.onReceived(growth, FrameType.stream);
    if (stream.stopped !== undefined) {
      this.#countRead(stream, receive.discard());
      this.#closeIfDone(stream);
    } else if (receive.isReadable || receive.isDone) {
      this.#onEvent(this, { type: "streamReadable", streamId: stream.id });
      this.#closeIfDone(stream);
    }
  }

  #streamForFrame(streamId: number, frameType: number): Stream | undefined {
    return this.#streams.forFrame(streamId, frameType, (opened) => {
      this.#onEvent(this, { type: "streamOpened", streamId: opened.id });
    });
  }

  #openStreamOf(streamId: number): Stream | undefined {
    return this.#phase.type === "open" ? this.#streams.get(streamId) : undefined;
  }

  #countRead(stream: Stream, bytes: number): void {
    this.#streams.readBytes += bytes;
    this.#space!.scheduler.onRead(stream);
    this.#closeIfDone(stream);
    this.#onActive(this);
  }

  #reset(stream: Stream, code: number): void {
    if (stream.reset !== undefined || stream.send.isDone) return;
    stream.reset = { code, finalSize: stream.send.nextOffset };
    stream.send.discard();
    this.#space!.scheduler.onReset(stream);
    this.#onActive(this);
  }

  #closeIfDone(stream: Stream): void {
    if (this.#streams.closeIfDone(stream)) this.#space!.scheduler.onStreamClosed();
  }

  // ---- life --------------------------------------------------------------------------------------------------------

  #startLogin(handshake: HandshakeResult, remoteId: Uint8Array, nowUs: number): void {
    this.#handshake = handshake;
    this.#lastReceivedUs = nowUs;
    const { peerParameters } = handshake;
    this.#idleTimeoutUs = Math.min(this.#idleTimeoutUs, peerParameters.idleTimeoutMs * US_PER_MS);
    this.#streams.setPeerCredit(peerParameters);
    this.#space = new PacketSpace({
      crypto: this.#crypto,
      loginKeys: this.#directional(handshake.loginKeys),
      remoteId,
      auth: this.#authSend,
      streams: this.#streams,
    });
  }

  #directional(keys: DirectionKeys): DirectionalKeys {
    return this.#isServer
      ? { send: keys.responderToInitiator, receive: keys.initiatorToResponder }
      : { send: keys.initiatorToResponder, receive: keys.responderToInitiator };
  }

  /** A packet under the data keys arrived: the peer has them too. */
  #onDataEpoch(): void {
    const { protection } = this.#space!;
    protection.dropLoginKeys();
    if (this.#phase.type !== "login") return;
    assert(!this.#isServer, "a server is established before it can open a data packet");
    this.#establish();
  }

  #establish(): void {
    this.#space!.protection.switchToData();
    this.#phase = { type: "open" };
    // Stream 0 is there from the start, on both sides.
    if (this.#isServer) {
      this.#streams.forFrame(0, 0, () => {});
      // The client follows when it sees a packet of the new epoch: one goes out even if there is nothing to say.
      this.#space!.scheduler.pingDue = true;
    } else {
      this.#streams.open(0);
    }
    this.#onEvent(this, { type: "established" });
  }

  #onReceived(nowUs: number): void {
    this.#lastReceivedUs = nowUs;
    if (this.#waitingSinceUs !== undefined) this.#waitingSinceUs = nowUs;
    if (!this.#isUnresponsive) return;
    this.#isUnresponsive = false;
    this.#onEvent(this, { type: "pathResponsive" });
  }

  get #idleUs(): number {
    // RFC 9000 section 10.1: what we sent last also restarts the wait, but only the first of a series.
    return Math.max(this.#lastReceivedUs, this.#waitingSinceUs ?? 0) + this.#idleTimeoutUs;
  }

  get #unresponsiveUs(): number | undefined {
    return this.#waitingSinceUs === undefined ? undefined : this.#waitingSinceUs + this.#config.unresponsiveUs;
  }

  /** Only clients keep connections alive; a server's answer to the PING is its own sign of life. */
  get #keepAliveUs(): number | undefined {
    if (this.#isServer || this.#waitingSinceUs !== undefined) return undefined;
    // A third of the idle timeout, so that two may be lost, where the peer is less patient than our own interval.
    return this.#lastReceivedUs + Math.min(this.#config.keepAliveUs, Math.floor(this.#idleTimeoutUs / 3));
  }

  /** Runs what a peer can make fail; a broken protocol closes the connection, a bug of ours does too and is reported. */
  #guard(nowUs: number, run: () => void): void {
    try {
      run();
    } catch (error) {
      const { code, frameType, reason } = error instanceof TransportError
        ? error
        : new TransportError(TransportErrorCode.internalError, 0, "internal error");
      this.#startClosing({ type: "transport", by: "local", code, frameType, reason }, nowUs);
      if (!(error instanceof TransportError)) throw error;
    }
  }

  #writeHello(hello: ClientHello, buffer: Uint8Array, nowUs: number): number {
    if (hello.deadlineUs > nowUs) return 0;
    const writer = new Writer(buffer);
    hello.encode(writer, nowUs);
    return writer.position;
  }

  #writeClose(reason: CloseReason, buffer: Uint8Array): number {
    if (!this.#closeDue) return 0;
    this.#closeDue = false;
    if (reason.type === "local") {
      return this.#space!.writeClose(buffer, { type: "applicationClose", code: reason.code, reason: reason.reason });
    }
    assert(reason.type === "transport", "only closes of ours are sent");
    return this.#space!.writeClose(buffer, { ...reason, type: "connectionClose" });
  }

  /** Tells the peer, and stays for a while in case the telling is lost (RFC 9000 section 10.2). */
  #startClosing(reason: CloseReason, nowUs: number): void {
    if (this.isEnding) return;
    if (this.#space === undefined) {
      this.#end(reason);
      return;
    }
    // Limited, because a peer that delays its ACKs chooses our estimate of the path.
    const ptoUs = Math.min(this.#space.recovery.rtt.ptoUs(MAX_ACK_DELAY_US), MAX_PTO_US);
    this.#phase = { type: "closing", reason, untilUs: nowUs + 3 * ptoUs, packets: 0 };
    this.#closeDue = true;
    this.#onEvent(this, { type: "closed", reason });
    this.#onActive(this);
  }

  /** Ends without another word to the peer. */
  #end(reason: CloseReason): void {
    if (this.isEnding) return;
    this.#onEvent(this, { type: "closed", reason });
    this.#finish();
  }

  #finish(): void {
    this.#phase = { type: "closed" };
    this.#space?.protection.free();
    this.#space = undefined;
    this.#onActive(this);
  }
}
