import { assert } from "../base/assert.ts";
import { Writer } from "../base/bytes.ts";
import { US_PER_MS } from "../base/time.ts";
import { deriveDataKeys } from "../crypto/key_schedule.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TransportError, TransportErrorCode } from "../wire/error_code.ts";
import { type AckFrame, type Frame, FrameType } from "../wire/frame.ts";
import {
  type CookiePacket,
  PROTOCOL_VERSION,
  type ReplyPacket,
  type ShortPacket,
  type VersionNegotiationPacket,
} from "../wire/packet.ts";
import { type Address, equalAddresses } from "./address.ts";
import { AuthStream } from "./auth_stream.ts";
import { closeReasonOf, Closing } from "./closing.ts";
import type { CloseReason } from "./connection_event.ts";
import { ConnectionStreams } from "./connection_streams.ts";
import type {
  ConnectionOptions,
  ConnectionStart,
} from "./connection_options.ts";
import type { ConnectionPhase } from "./connection_phase.ts";
import {
  type ConnectionStats,
  connectionStats,
  DatagramCounters,
} from "./connection_stats.ts";
import type { ConnectionTrace } from "./connection_trace.ts";
import type { ClientHello, HandshakeResult } from "./handshake.ts";
import { Liveness } from "./liveness.ts";
import { DATA_EPOCH, directionalKeys } from "./packet_protection.ts";
import { MIN_ALLOWANCE_BYTES, PacketSpace } from "./packet_space.ts";
import { PathSet } from "./path_set.ts";
import {
  MAX_ACK_DELAY_US,
  MAX_PTO_US,
  MAX_UNRELIABLE_BYTES,
  type TransportConfig,
} from "./transport_config.ts";

/**
 * One connection, on either side. Does no input or output of its own:
 *
 * - `handle*` takes input: a datagram's packet, a deadline that passed. `nowUs` never runs backwards.
 * - Application commands (`streams.write`, `close`, ...) change state.
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
  /** Fed by the owner, who moves the datagrams. */
  readonly counters: DatagramCounters = new DatagramCounters();
  readonly #config: TransportConfig;
  readonly #crypto: CryptoProvider;
  readonly #onEvent: ConnectionOptions["onEvent"];
  readonly #onActive: ConnectionOptions["onActive"];
  readonly #trace: ConnectionTrace | undefined;
  readonly #isServer: boolean;
  /** The streams. */
  readonly streams: ConnectionStreams;
  readonly #auth = new AuthStream();
  readonly #paths: PathSet;
  readonly #liveness: Liveness;
  #phase: ConnectionPhase;
  #space: PacketSpace | undefined;
  #handshake: HandshakeResult | undefined;
  readonly #reply: Uint8Array | undefined;
  #replyDue = false;
  #lastStats: ConnectionStats | undefined;

  /**
   * Creates the connection.
   *
   * @param options Common to both sides.
   * @param start Particular to each.
   */
  constructor(options: ConnectionOptions, start: ConnectionStart) {
    this.connectionId = options.connectionId;
    this.#paths = new PathSet(options.remote, options.random);
    this.#config = options.config;
    this.#crypto = options.crypto;
    this.#onEvent = options.onEvent;
    this.#onActive = options.onActive;
    this.#trace = options.trace;
    this.#isServer = start.type === "server";
    this.streams = new ConnectionStreams({
      isServer: this.#isServer,
      credit: options.config,
      onEvent: (event) => this.#onEvent(this, event),
      onActive: () => this.#onActive(this),
    });
    this.#liveness = new Liveness({
      times: options.config,
      keepsAlive: !this.#isServer,
      nowUs: options.nowUs,
    });
    if (start.type === "client") {
      const giveUpUs = options.nowUs + options.config.helloTimeoutUs;
      this.#phase = { type: "hello", hello: start.hello, giveUpUs };
    } else {
      const giveUpUs = options.nowUs + options.config.loginTimeoutUs;
      this.#phase = { type: "login", giveUpUs };
      this.#reply = start.reply;
      this.#replyDue = true;
      this.#startLogin(start.handshake, start.remoteId, options.nowUs);
    }
  }

  /** Where the peer is. */
  get remote(): Address {
    return this.#paths.current.remote;
  }

  /** True once the connection is over and can be forgotten. */
  get isClosed(): boolean {
    return this.#phase.type === "closed";
  }

  /** True from the moment the connection ends: by a close of ours or the peer's, or a timeout. */
  get #isEnding(): boolean {
    return this.#phase.type === "closing" || this.#phase.type === "closed";
  }

  /** True once a packet of the peer was opened: its Hello arrived as it was sent. */
  get isConfirmed(): boolean {
    return this.#space?.hasOpened ?? false;
  }

  /** The token by which the peer would say that it forgot this connection. */
  get resetToken(): Uint8Array | undefined {
    return this.#handshake?.peerParameters.statelessResetToken;
  }

  /** 64 bytes that name this connection's handshake, for proofs bound to it; undefined on a client before the Reply. */
  get handshakeHash(): Uint8Array | undefined {
    return this.#handshake?.handshakeHash;
  }

  /** The numbers of this moment; of the last one, once the connection is over. */
  get stats(): ConnectionStats {
    return this.#lastStats ?? connectionStats(this.counters, this.#space);
  }

  /** Takes the server's cookie. */
  handleCookie(packet: CookiePacket, nowUs: number): void {
    if (this.#phase.type === "hello") {
      this.#phase.hello.handleCookie(packet.cookie, nowUs);
    }
  }

  /** Takes the server's list of versions, if it is an answer to a Hello of ours. */
  handleVersionNegotiation(packet: VersionNegotiationPacket): void {
    // One that lists our version is no answer to us (docs/PROTOCOL.md section 2.5).
    if (
      this.#phase.type !== "hello" || packet.versions.includes(PROTOCOL_VERSION)
    ) return;
    this.#end({ type: "version", supported: packet.versions });
  }

  /** Takes the server's Reply. */
  handleReply(packet: ReplyPacket, nowUs: number): void {
    if (this.#phase.type !== "hello") return;
    const { hello } = this.#phase;
    this.#guard(nowUs, () => {
      const result = hello.handleReply(packet, nowUs);
      if (result === undefined) return;
      this.#phase = {
        type: "login",
        giveUpUs: nowUs + this.#config.loginTimeoutUs,
      };
      this.#startLogin(result, packet.sourceId, nowUs);
      if (result.rttUs !== undefined) {
        this.#space!.recovery.rtt.update(result.rttUs, 0);
      }
      this.#onEvent(this, {
        type: "identified",
        serverIdentity: result.serverIdentity,
      });
    });
  }

  /** The client repeated its Hello: the Reply was lost, and goes out again. */
  handleRepeatedHello(): void {
    if (this.#phase.type === "login") this.#replyDue = true;
  }

  /**
   * Takes a protected packet, which is opened in place. A server follows its client to a new address.
   *
   * @param datagram Holds the packet from its start.
   * @param length Its length.
   * @param packet Its header, where it came from, and now.
   * @returns False if it was forged, foreign or a duplicate.
   */
  handlePacket(
    datagram: Uint8Array,
    length: number,
    packet: { header: ShortPacket; from: Address; nowUs: number },
  ): boolean {
    const { header, from, nowUs } = packet;
    if (this.#phase.type === "closing") {
      this.#phase.closing.onPacket();
      return true;
    }
    let isOpened = false;
    this.#guard(nowUs, () => {
      const opened = this.#space?.open(datagram, length, packet);
      if (opened === undefined) return;
      isOpened = true;
      if (this.#liveness.onReceived(nowUs)) {
        this.#onEvent(this, { type: "pathResponsive" });
      }
      if (header.epoch === DATA_EPOCH) this.#onDataEpoch();
      if (opened.isNewest) this.#followPeer(from, nowUs);
      if (equalAddresses(from, this.remote)) {
        this.#paths.current.onReceived(length);
      }
      for (const frame of opened.frames) {
        this.#applyFrame(frame, nowUs);
        if (this.#isEnding) return;
      }
      this.#space!.onReceived(opened, nowUs);
    });
    return isOpened;
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
        if (this.#phase.closing.untilUs <= nowUs) this.#finish();
        return;
      case "closed":
        return;
      case "login":
        if (this.#phase.giveUpUs <= nowUs) {
          const { loginTimeoutCode: code } = this.#config;
          if (code === undefined) this.#end({ type: "loginTimeout" });
          else this.close(code, "", nowUs);
          return;
        }
        break;
      case "open":
        break;
    }
    if (this.#liveness.idleUs <= nowUs) {
      this.#end({ type: "idle" });
      return;
    }
    if (this.#liveness.unresponsiveUs <= nowUs) {
      this.#liveness.isUnresponsive = true;
      this.#onEvent(this, { type: "pathUnresponsive" });
    }
    const space = this.#space!;
    if (this.#liveness.keepAliveUs <= nowUs) space.scheduler.pingDue = true;
    space.handleTimeout(nowUs);
    this.#noteInFlight();
    this.#paths.handleTimeout(nowUs);
    // Whatever ran out may have been the challenge: it is asked again until it is answered.
    const { isValidated, challenge } = this.#paths.current;
    if (!isValidated) space.scheduler.challengeDue = challenge;
  }

  /**
   * Writes the next datagram to send.
   *
   * @param buffer Where; {@linkcode MAX_DATAGRAM_BYTES}.
   * @param nowUs Now.
   * @returns Its length, 0 if nothing is to be sent now.
   */
  pollTransmit(buffer: Uint8Array, nowUs: number): number {
    switch (this.#phase.type) {
      case "hello":
        return this.#writeHello(this.#phase.hello, buffer, nowUs);
      case "closing":
        return this.#writeClose(this.#phase.closing, buffer);
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
    const path = this.#paths.current;
    const length = space.write(buffer, {
      nowUs,
      streamsOpen: this.#phase.type === "open",
      allowanceBytes: path.allowanceBytes,
    });
    if (length === 0) return 0;
    path.onSent(length);
    if (space.scheduler.ackEliciting) this.#liveness.onElicitingSent(nowUs);
    return length;
  }

  /** When `handleTimeout` or `pollTransmit` next has something to do; undefined for never. */
  get deadlineUs(): number | undefined {
    switch (this.#phase.type) {
      case "hello":
        return Math.min(this.#phase.hello.deadlineUs, this.#phase.giveUpUs);
      case "closing":
        return this.#phase.closing.untilUs;
      case "closed":
        return undefined;
      case "login":
      case "open":
        break;
    }
    // What an unproven path does not allow waits for the peer, not for a time.
    const canSend = this.#paths.current.allowanceBytes >= MIN_ALLOWANCE_BYTES;
    return Math.min(
      this.#liveness.idleUs,
      this.#liveness.unresponsiveUs,
      this.#liveness.keepAliveUs,
      this.#phase.type === "login" ? this.#phase.giveUpUs : Infinity,
      this.#paths.giveUpUs,
      canSend ? this.#space!.deadlineUs ?? Infinity : Infinity,
    );
  }

  /** Sends bytes of the login. Kept by reference until acknowledged. */
  sendAuth(bytes: Uint8Array): void {
    if (this.#isEnding) return;
    this.#auth.send.write(bytes);
    this.#onActive(this);
  }

  /** The next bytes of the login, in order. */
  readAuth(): Uint8Array | undefined {
    return this.#auth.read();
  }

  /**
   * Both sides know the session key. A server starts the data epoch at once; a client is ready to open it, and follows
   * when the server's first packet of that epoch shows that the key is the same. Until then a client may try another
   * key, if the server refused what the first was for.
   *
   * @param sessionKey The login's 64 bytes.
   */
  authenticated(sessionKey: Uint8Array): void {
    if (this.#phase.type !== "login") return;
    const { protection } = this.#space!;
    const { loginKeys, handshakeHash } = this.#handshake!;
    const keys = deriveDataKeys({
      crypto: this.#crypto,
      loginKeys,
      handshakeHash,
      sessionKey,
    });
    protection.installDataKeys(directionalKeys(keys, this.#isServer));
    if (this.#isServer) this.#establish();
    this.#onActive(this);
  }

  /**
   * Sends a datagram that may be lost, if it fits one packet.
   *
   * @param data At most {@linkcode MAX_UNRELIABLE_BYTES}; must not change.
   * @param expiresUs When it is no longer worth sending.
   * @throws {RangeError} If it is too long.
   */
  sendDatagram(data: Uint8Array, expiresUs: number): void {
    if (data.length > MAX_UNRELIABLE_BYTES) {
      throw new RangeError(`a datagram of ${data.length} bytes does not fit`);
    }
    if (this.#phase.type !== "open") return;
    this.#space!.scheduler.queueDatagram(data, expiresUs);
    this.#onActive(this);
  }

  /** Asks the peer for a sign of life now: the machine slept, or its network changed. */
  probe(): void {
    if (this.#space === undefined || this.#isEnding) return;
    this.#space.scheduler.pingDue = true;
    this.#onActive(this);
  }

  /**
   * Ends the connection and tells the peer why.
   *
   * @param code The application's code.
   * @param reason At most 256 bytes of UTF-8.
   */
  close(code: number, reason: string, nowUs: number): void {
    this.#startClosing({ type: "local", code, reason }, nowUs);
  }

  /** A bug of ours surfaced outside `handlePacket`: the connection ends without another word, so that the rest goes on. */
  abort(): void {
    this.#end(closeReasonOf(undefined));
    this.#finish();
  }

  /** Forgets the connection at once, for a newer one. */
  evict(): void {
    if (this.#phase.type === "closing") this.#finish();
    else this.#end({ type: "evicted" });
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
        if (this.#auth.handleFrame(frame)) {
          this.#onEvent(this, { type: "authReadable" });
        }
        return;
      case "stream":
      case "resetStream":
      case "stopSending":
      case "maxData":
      case "maxStreamData":
      case "maxStreams":
        this.streams.handleFrame(frame);
        return;
      case "ackFrequency":
      case "immediateAck":
        this.#space!.handleAckWish(frame, nowUs);
        return;
      case "pathChallenge":
        this.#space!.scheduler.onChallenge(frame.data);
        return;
      case "pathResponse":
        this.#paths.onResponse(frame.data);
        return;
      case "datagram":
        this.#onEvent(this, {
          type: "datagramReceived",
          data: frame.data.slice(),
        });
        return;
      case "connectionClose":
        this.#end({ by: "peer", ...frame, type: "transport" });
        return;
      case "applicationClose":
        this.#end({ ...frame, type: "application" });
        return;
    }
  }

  #applyAck(frame: AckFrame, nowUs: number): void {
    const space = this.#space!;
    if (!space.handleAck(frame, nowUs)) {
      throw new TransportError(
        TransportErrorCode.protocolViolation,
        FrameType.ack,
        "an ACK of an unsent packet",
      );
    }
    this.#noteInFlight();
  }

  /** Nothing is waited for any more once everything was acknowledged or, by its timer, declared lost. */
  #noteInFlight(): void {
    if (this.#space!.recovery.inFlightBytes === 0) {
      this.#liveness.onNothingInFlight();
    }
  }

  #startLogin(
    handshake: HandshakeResult,
    remoteId: Uint8Array,
    nowUs: number,
  ): void {
    this.#handshake = handshake;
    const { peerParameters } = handshake;
    this.#liveness.onReceived(nowUs);
    this.#liveness.limitIdleTimeout(peerParameters.idleTimeoutMs * US_PER_MS);
    this.#space = new PacketSpace({
      crypto: this.#crypto,
      loginKeys: directionalKeys(handshake.loginKeys, this.#isServer),
      remote: this.remote,
      remoteId,
      peerMaxBytes: peerParameters.maxDatagramBytes,
      config: this.#config,
      auth: this.#auth.send,
      streams: this.streams.set,
      trace: this.#trace,
    });
    this.streams.start(this.#space.scheduler, peerParameters);
  }

  /** A packet under the data keys arrived: the peer has them too. */
  #onDataEpoch(): void {
    const { protection } = this.#space!;
    protection.dropLoginKeys();
    if (this.#phase.type !== "login") return;
    assert(!this.#isServer, "a server is established before its client");
    this.#establish();
  }

  #establish(): void {
    this.#space!.protection.switchToData(this.#liveness.lastReceivedUs);
    this.#phase = { type: "open" };
    this.streams.establish();
    // The client follows when it sees a packet of the new epoch: one goes out even if there is nothing to say.
    if (this.#isServer) this.#space!.scheduler.pingDue = true;
    this.#onEvent(this, { type: "established" });
  }

  /** RFC 9000 section 9: the newest packet of a client shows where it is now. */
  #followPeer(from: Address, nowUs: number): void {
    if (!this.#isServer || this.#phase.type !== "open") return;
    const change = this.#paths.follow(from, nowUs);
    if (change === "none") return;
    this.counters.pathChanges++;
    this.#trace?.pathChanged(from);
    if (change === "returned") return;
    this.#space!.onNewPath(from);
    this.#space!.scheduler.challengeDue = this.#paths.current.challenge;
  }

  /** Runs what a peer can make fail; a broken protocol closes the connection, a bug of ours does too and is reported. */
  #guard(nowUs: number, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#startClosing(closeReasonOf(error), nowUs);
      if (!(error instanceof TransportError)) throw error;
    }
  }

  #writeHello(hello: ClientHello, buffer: Uint8Array, nowUs: number): number {
    if (hello.deadlineUs > nowUs) return 0;
    const writer = new Writer(buffer);
    hello.encode(writer, nowUs);
    return writer.position;
  }

  #writeClose(closing: Closing, buffer: Uint8Array): number {
    if (!closing.isDue) return 0;
    closing.isDue = false;
    const length = this.#space!.writeClose(buffer, closing.frame);
    return this.#paths.current.admit(length);
  }

  /** Tells the peer, and stays for a while in case the telling is lost (RFC 9000 section 10.2). */
  #startClosing(reason: CloseReason, nowUs: number): void {
    if (this.#isEnding) return;
    if (this.#space === undefined) {
      this.#end(reason);
      return;
    }
    // Limited, because a peer that delays its ACKs chooses our estimate of the path.
    const ptoUs = Math.min(
      this.#space.recovery.rtt.ptoUs(MAX_ACK_DELAY_US),
      MAX_PTO_US,
    );
    const closing = new Closing(reason, nowUs + 3 * ptoUs);
    this.#phase = { type: "closing", closing };
    this.streams.close();
    this.#onEvent(this, { type: "closed", reason });
    this.#onActive(this);
  }

  /** Ends without another word to the peer. */
  #end(reason: CloseReason): void {
    if (this.#isEnding) return;
    this.#onEvent(this, { type: "closed", reason });
    this.#finish();
  }

  #finish(): void {
    this.#phase = { type: "closed" };
    this.#lastStats = this.stats;
    this.streams.close();
    this.#space?.protection.free();
    this.#space = undefined;
    this.#onActive(this);
  }
}
