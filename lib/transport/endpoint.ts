import { equalBytes, Writer } from "../base/bytes.ts";
import { US_PER_S } from "../base/time.ts";
import { TokenBucket } from "../base/token_bucket.ts";
import { checkCookie, makeCookie } from "../crypto/cookie.ts";
import { statelessResetToken } from "../crypto/key_schedule.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import {
  CONNECTION_ID_BYTES,
  connectionIdKey,
  decodeHeader,
  encodeCookie,
  encodeReply,
  encodeStatelessReset,
  encodeVersionNegotiation,
  type HelloPacket,
  isStatelessReset,
  MAX_DATAGRAM_BYTES,
  PROTOCOL_VERSION,
  type ShortPacket,
  statelessResetBytes,
  type UnsupportedVersionPacket,
} from "../wire/packet.ts";
import type { TransportParameters } from "../wire/transport_parameters.ts";
import { type Address, addressKey } from "./address.ts";
import { Connection } from "./connection.ts";
import type { ConnectionEvent } from "./connection_event.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import {
  addTraffic,
  NO_TRAFFIC,
  type TrafficTotals,
} from "./connection_stats.ts";
import { ConnectionTrace } from "./connection_trace.ts";
import { acceptHello, ClientHello, type RandomBytes } from "./handshake.ts";
import { TimerQueue } from "./timer_queue.ts";
import type { TraceEvent } from "./trace_event.ts";
import {
  MAX_ACK_DELAY_US,
  MAX_RESETS_PER_SECOND,
  MAX_SENT_DATAGRAM_BYTES,
  MIN_RESET_TRIGGER_BYTES,
  type TransportConfig,
} from "./transport_config.ts";

/** What makes an endpoint a server. */
export interface ServerSecrets {
  /** X25519 secret, 32 bytes: the identity clients pin. */
  readonly staticSecret: Uint8Array;
  /** 32 bytes that outlive a restart, so that forgotten connections can be told. */
  readonly resetKey: Uint8Array;
}

/** What an endpoint is made with. */
export interface EndpointOptions {
  /** Limits and times. */
  readonly config: TransportConfig;
  /** Primitives. */
  readonly crypto: CryptoProvider;
  /** Randomness, from outside. */
  readonly random: RandomBytes;
  /** Given to a server; a client has none and accepts nobody. */
  readonly server?: ServerSecrets;
  /** Told everything that packets do, during the call that does it; costs nothing where it is not given. */
  readonly onTrace?: ((event: TraceEvent) => void) | undefined;
}

/** An event and whose it is. */
export interface EndpointEvent {
  /** The connection. */
  readonly connection: Connection;
  /** What happened. */
  readonly event: ConnectionEvent;
}

/** Counters of what an endpoint refused or answered without a connection. */
export interface EndpointStats {
  /** Datagrams that are no packet of this protocol, or of no connection here. */
  junk: number;
  /** Packets that were forged, foreign or repeated. */
  unopened: number;
  /** Cookies sent. */
  cookies: number;
  /** Hellos without a valid cookie, beyond the handshake rate or beyond the number of connections. */
  refusedHellos: number;
  /** Handshakes computed. */
  handshakes: number;
  /** Stateless resets sent. */
  resets: number;
  /** Connections given up for newer ones. */
  evicted: number;
}

/** Answers without a connection that may wait to be sent; more are dropped, as a network would. */
const MAX_QUEUED_ANSWERS = 256;

/**
 * All connections behind one socket: finds the connection a datagram belongs to, admits new ones, keeps their timers.
 *
 * The driver calls `handleDatagram` or `handleTimeout`, then `pollTransmit` until it returns undefined, then `pollEvent`
 * until it returns undefined (which may make more to transmit), then waits until `deadlineUs` or the next datagram.
 */
export class Endpoint {
  /** What was refused or answered without a connection. */
  readonly stats: EndpointStats = {
    junk: 0,
    unopened: 0,
    cookies: 0,
    refusedHellos: 0,
    handshakes: 0,
    resets: 0,
    evicted: 0,
  };
  readonly #options: EndpointOptions;
  readonly #connections = new Map<string, Connection>();
  /** Server: connections by client address and client connection ID, so that a repeated Hello finds its own. */
  readonly #byHello = new Map<
    string,
    { connection: Connection; noiseMessage: Uint8Array }
  >();
  /** Server: connections without a login, oldest first. */
  readonly #pending = new Set<Connection>();
  readonly #helloKeys = new Map<Connection, string>();
  /** Connections that may have something to send, in the order they got it. */
  readonly #active = new Set<Connection>();
  readonly #timers = new TimerQueue<Connection>();
  readonly #answers: { to: Address; datagram: Uint8Array }[] = [];
  #events: EndpointEvent[] = [];
  #nextEvent = 0;
  /** Of the connections that are forgotten. */
  #pastTraffic: TrafficTotals = NO_TRAFFIC;
  /** The time of the newest call, for the trace. */
  #nowUs = 0;
  readonly #cookieKey: Uint8Array;
  readonly #handshakes: TokenBucket;
  readonly #resets: TokenBucket = perSecond(MAX_RESETS_PER_SECOND);

  /**
   * Creates the endpoint.
   *
   * @param options Limits, primitives, and the secrets that make it a server.
   */
  constructor(options: EndpointOptions) {
    this.#options = options;
    this.#cookieKey = options.random(32);
    this.#handshakes = perSecond(options.config.maxHandshakesPerSecond);
  }

  /** Number of connections, with and without a login. */
  get size(): number {
    return this.#connections.size;
  }

  /** The connections. */
  get connections(): Iterable<Connection> {
    return this.#connections.values();
  }

  /** The counters of all connections there are and were; counts them anew at each call. */
  get traffic(): TrafficTotals {
    let totals = this.#pastTraffic;
    for (const { stats } of this.connections) {
      totals = addTraffic(totals, stats);
    }
    return totals;
  }

  /**
   * Starts a connection to a server.
   *
   * @param remote The server's address.
   * @param nowUs Now.
   * @returns The connection; its events tell how it goes.
   */
  connect(remote: Address, nowUs: number): Connection {
    const { crypto, random } = this.#options;
    this.#nowUs = nowUs;
    const connectionId = random(CONNECTION_ID_BYTES);
    const hello = new ClientHello({
      crypto,
      connectionId,
      parameters: this.#parameters(undefined),
      random,
      nowUs,
    });
    const connection = new Connection(
      this.#connectionOptions(connectionId, remote, nowUs),
      { type: "client", hello },
    );
    this.#add(connection);
    return connection;
  }

  /**
   * Takes a datagram. It may be overwritten; nothing of it is kept.
   *
   * @param datagram Starts with the datagram.
   * @param length Its length.
   * @param from Where it came from.
   * @param nowUs Now; never smaller than in an earlier call.
   */
  handleDatagram(
    datagram: Uint8Array,
    length: number,
    options: { from: Address; nowUs: number },
  ): void {
    const { from, nowUs } = options;
    this.#nowUs = nowUs;
    const header = decodeHeader(datagram, length);
    if (header === undefined) {
      this.stats.junk++;
      return;
    }
    if (header.type === "short") {
      this.#handleShort(datagram, length, { header, from, nowUs });
      return;
    }
    if (header.type === "hello") {
      this.#handleHello(header, from, nowUs);
      return;
    }
    if (header.type === "unsupportedVersion") {
      this.#answerVersion(header, from);
      return;
    }
    const connection = this.#connections.get(
      connectionIdKey(header.destinationId),
    );
    if (connection === undefined) {
      this.stats.junk++;
      return;
    }
    connection.counters.onReceived(length);
    if (header.type === "cookie") connection.handleCookie(header, nowUs);
    else if (header.type === "reply") connection.handleReply(header, nowUs);
    else connection.handleVersionNegotiation(header);
    this.#active.add(connection);
  }

  /** Acts on every deadline that has passed. */
  handleTimeout(nowUs: number): void {
    this.#nowUs = nowUs;
    for (;;) {
      const connection = this.#timers.pollExpired(nowUs);
      if (connection === undefined) return;
      this.#active.add(connection);
      try {
        connection.handleTimeout(nowUs);
      } catch (error) {
        connection.abort();
        throw error;
      }
      // Its deadline moves when it has been polled; until then it is in the active set, not in the queue.
    }
  }

  /**
   * Writes the next datagram to send.
   *
   * @param buffer Where; {@linkcode MAX_DATAGRAM_BYTES}.
   * @param nowUs Now.
   * @returns Where it goes and its length, or undefined if nothing is to be sent now.
   */
  pollTransmit(
    buffer: Uint8Array,
    nowUs: number,
  ): { to: Address; length: number } | undefined {
    this.#nowUs = nowUs;
    for (const connection of this.#active) {
      let length: number;
      try {
        length = connection.pollTransmit(buffer, nowUs);
      } catch (error) {
        connection.abort();
        throw error;
      }
      if (length > 0) {
        connection.counters.onSent(length);
        return { to: connection.remote, length };
      }
      this.#active.delete(connection);
      this.#settle(connection);
    }
    // Strangers come last: a flood of them does not hold up those who are in.
    const answer = this.#answers.shift();
    if (answer === undefined) return undefined;
    buffer.set(answer.datagram);
    return { to: answer.to, length: answer.datagram.length };
  }

  /** The next event, in the order they happened. */
  pollEvent(): EndpointEvent | undefined {
    if (this.#nextEvent < this.#events.length) {
      return this.#events[this.#nextEvent++];
    }
    if (this.#nextEvent > 0) {
      this.#events = [];
      this.#nextEvent = 0;
    }
    return undefined;
  }

  /** When `handleTimeout` is to be called next; undefined for never. Right once `pollTransmit` returned undefined. */
  get deadlineUs(): number | undefined {
    return this.#timers.deadlineUs;
  }

  /** A connection has been polled to the end: it is forgotten if it is over, else its deadline is noted. */
  #settle(connection: Connection): void {
    if (!connection.isClosed) {
      this.#timers.update(connection);
      return;
    }
    this.#timers.remove(connection);
    this.#pastTraffic = addTraffic(this.#pastTraffic, connection.stats);
    this.#connections.delete(connectionIdKey(connection.connectionId));
    this.#pending.delete(connection);
    const helloKey = this.#helloKeys.get(connection);
    if (helloKey === undefined) return;
    this.#helloKeys.delete(connection);
    if (this.#byHello.get(helloKey)?.connection === connection) {
      this.#byHello.delete(helloKey);
    }
  }

  #add(connection: Connection): void {
    this.#connections.set(connectionIdKey(connection.connectionId), connection);
    this.#active.add(connection);
  }

  #connectionOptions(
    connectionId: Uint8Array,
    remote: Address,
    nowUs: number,
  ): ConnectionOptions {
    const { config, crypto, onTrace, random, server } = this.#options;
    const trace = onTrace === undefined ? undefined : new ConnectionTrace({
      connectionId,
      nowUs: () => this.#nowUs,
      onTrace,
    });
    trace?.started(server !== undefined, remote);
    return {
      config,
      crypto,
      connectionId,
      remote,
      random,
      nowUs,
      trace,
      onEvent: (connection, event) => {
        if (event.type === "established") this.#pending.delete(connection);
        trace?.told(event);
        this.#events.push({ connection, event });
      },
      onActive: (connection) => {
        this.#active.add(connection);
      },
    };
  }

  #parameters(resetToken: Uint8Array | undefined): TransportParameters {
    const { config } = this.#options;
    return {
      idleTimeoutMs: Math.floor(config.idleTimeoutUs / 1000),
      maxData: config.maxData,
      maxStreamData: config.maxStreamData,
      maxStreams: config.maxStreams,
      maxAckDelayUs: MAX_ACK_DELAY_US,
      maxDatagramBytes: MAX_DATAGRAM_BYTES,
      ...(resetToken === undefined ? {} : { statelessResetToken: resetToken }),
    };
  }

  #handleShort(
    datagram: Uint8Array,
    length: number,
    packet: { header: ShortPacket; from: Address; nowUs: number },
  ): void {
    const connection = this.#connections.get(packet.header.destinationId);
    if (connection !== undefined) {
      if (connection.handlePacket(datagram, length, packet)) {
        connection.counters.onReceived(length);
      } else {
        this.stats.unopened++;
      }
      this.#active.add(connection);
      return;
    }
    if (this.#options.server !== undefined) {
      this.#answerReset(datagram, length, packet);
      return;
    }
    for (const candidate of this.#connections.values()) {
      const token = candidate.resetToken;
      if (token === undefined || !isStatelessReset(datagram, length, token)) {
        continue;
      }
      candidate.handleStatelessReset();
      return;
    }
    this.stats.junk++;
  }

  /** Says that the connection is unknown here; always with fewer bytes than came (docs/PROTOCOL.md section 2.7). */
  #answerReset(
    datagram: Uint8Array,
    length: number,
    packet: { from: Address; nowUs: number },
  ): void {
    this.stats.junk++;
    const bytes = statelessResetBytes(length);
    if (
      length < MIN_RESET_TRIGGER_BYTES || bytes === 0 ||
      !this.#resets.tryTake(packet.nowUs)
    ) return;
    const { crypto, random, server } = this.#options;
    const token = statelessResetToken(
      crypto,
      server!.resetKey,
      datagram.slice(1, 1 + CONNECTION_ID_BYTES),
    );
    const writer = new Writer(new Uint8Array(bytes));
    encodeStatelessReset(writer, { token, random: random(bytes) });
    this.stats.resets++;
    this.#answer(packet.from, writer.bytes);
  }

  #answerVersion(header: UnsupportedVersionPacket, from: Address): void {
    if (this.#options.server === undefined) {
      this.stats.junk++;
      return;
    }
    const writer = new Writer(new Uint8Array(64));
    encodeVersionNegotiation(writer, {
      destinationId: header.sourceId,
      sourceId: header.destinationId,
      versions: [PROTOCOL_VERSION],
    });
    this.#answer(from, writer.bytes.subarray(0, writer.position));
  }

  /** Admission: a cookie first, state only for those who can receive at their address. */
  #handleHello(header: HelloPacket, from: Address, nowUs: number): void {
    const { crypto, server } = this.#options;
    if (server === undefined) {
      this.stats.junk++;
      return;
    }
    const helloKey = addressKey(from) + connectionIdKey(header.sourceId);
    const known = this.#byHello.get(helloKey);
    if (
      known !== undefined && equalBytes(known.noiseMessage, header.noiseMessage)
    ) {
      known.connection.handleRepeatedHello();
      this.#active.add(known.connection);
      return;
    }
    if (known?.connection.isConfirmed) {
      // A damaged copy of the Hello that began the connection, or a forgery: nobody draws the same ID twice.
      this.stats.refusedHellos++;
      return;
    }
    const inputs = {
      crypto,
      key: this.#cookieKey,
      address: addressKey(from),
      clientConnectionId: header.sourceId,
      nowUs,
    };
    if (
      header.cookie.length === 0 ||
      !checkCookie({ ...inputs, cookie: header.cookie })
    ) {
      if (header.cookie.length > 0) this.stats.refusedHellos++;
      this.stats.cookies++;
      const writer = new Writer(new Uint8Array(128));
      encodeCookie(writer, {
        destinationId: header.sourceId,
        sourceId: header.destinationId,
        cookie: makeCookie(inputs),
      });
      this.#answer(from, writer.bytes.subarray(0, writer.position));
      return;
    }
    if (!this.#handshakes.tryTake(nowUs)) {
      this.stats.refusedHellos++;
      return;
    }
    this.#accept(header, { from, nowUs, helloKey });
  }

  #accept(
    header: HelloPacket,
    options: { from: Address; nowUs: number; helloKey: string },
  ): void {
    const { config, crypto, random, server } = this.#options;
    // An earlier Hello of the same client was damaged on the way: its handshake can never succeed.
    const damaged = this.#byHello.get(options.helloKey)?.connection;
    if (damaged !== undefined && this.#pending.has(damaged)) {
      this.#evict(damaged);
    }
    for (const oldest of this.#pending) {
      if (this.#pending.size < config.maxPendingConnections) break;
      this.#evict(oldest);
    }
    if (this.#connections.size >= config.maxConnections) {
      this.stats.refusedHellos++;
      return;
    }
    const connectionId = random(CONNECTION_ID_BYTES);
    const accepted = acceptHello({
      crypto,
      staticSecret: server!.staticSecret,
      clientConnectionId: header.sourceId,
      noiseMessage: header.noiseMessage,
      connectionId,
      parameters: this.#parameters(
        statelessResetToken(crypto, server!.resetKey, connectionId),
      ),
      random,
    });
    this.stats.handshakes++;
    if (accepted === undefined) return;
    const writer = new Writer(new Uint8Array(MAX_SENT_DATAGRAM_BYTES));
    encodeReply(writer, {
      destinationId: header.sourceId,
      sourceId: connectionId,
      noiseMessage: accepted.noiseMessage,
    });
    const connection = new Connection(
      this.#connectionOptions(connectionId, options.from, options.nowUs),
      {
        type: "server",
        handshake: accepted,
        remoteId: header.sourceId,
        reply: writer.bytes.slice(0, writer.position),
      },
    );
    this.#add(connection);
    this.#pending.add(connection);
    this.#byHello.set(options.helloKey, {
      connection,
      noiseMessage: header.noiseMessage.slice(),
    });
    this.#helloKeys.set(connection, options.helloKey);
  }

  #evict(connection: Connection): void {
    this.stats.evicted++;
    connection.evict();
    this.#active.delete(connection);
    this.#settle(connection);
  }

  #answer(to: Address, datagram: Uint8Array): void {
    if (this.#answers.length < MAX_QUEUED_ANSWERS) {
      this.#answers.push({ to, datagram });
    }
  }
}

/** At most so many a second, with a burst of as many. */
function perSecond(count: number): TokenBucket {
  return new TokenBucket({ burst: count, count, periodUs: US_PER_S }, 0);
}
