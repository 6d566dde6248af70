/**
 * Two endpoints joined by two queues in virtual time: the smallest network on
 * which a connection can be tried, and each datagram of it looked at, dropped
 * or changed. The application on each side logs in by itself.
 */
import { assert } from "@std/assert";
import { concatBytes } from "../../../lib/base/bytes.ts";
import { Prng } from "../../../lib/base/prng.ts";
import type { CryptoProvider } from "../../../lib/crypto/provider.ts";
import { loadSodium } from "../../../lib/crypto/sodium.ts";
import {
  type Address,
  equalAddresses,
} from "../../../lib/transport/address.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import type {
  CloseReason,
  ConnectionEvent,
} from "../../../lib/transport/connection_event.ts";
import { Endpoint } from "../../../lib/transport/endpoint.ts";
import type { TraceEvent } from "../../../lib/transport/trace_event.ts";
import {
  DEFAULT_TRANSPORT_CONFIG,
  type TransportConfig,
} from "../../../lib/transport/transport_config.ts";
import { cheapCrypto } from "../../sim/cheap_crypto.ts";

/** The real primitives; pairs use cheaper ones unless they are given these. */
export const crypto: CryptoProvider = await loadSodium();
export const SERVER: Address = { hostname: "10.0.0.1", port: 8080 };
export const CLIENT: Address = { hostname: "10.0.0.2", port: 5000 };

/** One way at first, in microseconds: a local network. */
export const LATENCY_US = 1_000;

/** Polls at one moment of virtual time before it counts as a spinning loop. */
const MAX_TURNS_WITHOUT_TIME = 5_000;

/** A login in the shape of the real one: this many bytes there, back, there. */
const REQUEST_BYTES = 100;
const RESPONSE_BYTES = 300;
const FINISH_BYTES = 64;

/** A datagram that was sent. */
export interface Sent {
  readonly toServer: boolean;
  readonly to: Address;
  readonly bytes: Uint8Array;
  readonly timeUs: number;
}

/** A key somebody sealed or opened with. */
export interface UsedKey {
  readonly use: "seal" | "open";
  readonly key: Uint8Array;
}

/** The primitives of one side, with a memory of its keys, that may fail. */
function watched(primitives: CryptoProvider, side: Side): CryptoProvider {
  return {
    hash: (length, input, key) => primitives.hash(length, input, key),
    x25519PublicKey: (secret) => primitives.x25519PublicKey(secret),
    x25519: (secret, publicKey) => primitives.x25519(secret, publicKey),
    sealingKey(bytes, first) {
      side.keys.push({ use: "seal", key: bytes.slice() });
      const key = primitives.sealingKey(bytes, first);
      return {
        get nextPacketNumber() {
          return key.nextPacketNumber;
        },
        seal(packet, start, bodyStart, bodyEnd) {
          if (side.sealFailure !== undefined) throw side.sealFailure;
          return key.seal(packet, start, bodyStart, bodyEnd);
        },
        skipPacketNumber: () => key.skipPacketNumber(),
        free: () => key.free(),
      };
    },
    openingKey(bytes) {
      side.keys.push({ use: "open", key: bytes.slice() });
      return primitives.openingKey(bytes);
    },
  };
}

/** One endpoint with the application above it. */
export class Side {
  readonly address: Address;
  readonly isServer: boolean;
  readonly keys: UsedKey[] = [];
  readonly events: ConnectionEvent[] = [];
  /** What arrived on each stream. */
  readonly received: Map<number, Uint8Array[]> = new Map();
  /** The newest connection an event was about. */
  connection: Connection | undefined;
  endpoint: Endpoint;
  /** False to leave the login to the test. */
  logsIn = true;
  /** False to leave what streams bring unread. */
  reads = true;
  /** What sealing a packet throws: stands for any bug of ours. */
  sealFailure: Error | undefined;
  /** Bytes of the login that arrived. */
  readonly #authBytes = new WeakMap<Connection, number>();

  constructor(
    isServer: boolean,
    options: {
      config: TransportConfig;
      random: Prng;
      primitives: CryptoProvider;
      onTrace?: ((event: TraceEvent) => void) | undefined;
    },
  ) {
    this.isServer = isServer;
    this.address = isServer ? SERVER : CLIENT;
    const random = (length: number) => options.random.bytes(length);
    this.endpoint = new Endpoint({
      config: options.config,
      crypto: watched(options.primitives, this),
      random,
      onTrace: options.onTrace,
      ...(isServer
        ? { server: { staticSecret: random(32), resetKey: random(32) } }
        : {}),
    });
  }

  /** Why the connection ended, once it has. */
  get closed(): CloseReason | undefined {
    const last = this.events.find((event) => event.type === "closed");
    return last?.type === "closed" ? last.reason : undefined;
  }

  has(type: ConnectionEvent["type"]): boolean {
    return this.events.some((event) => event.type === type);
  }

  count(type: ConnectionEvent["type"]): number {
    return this.events.filter((event) => event.type === type).length;
  }

  /** All bytes a stream brought. */
  bytesOf(streamId: number): Uint8Array {
    return concatBytes(...this.received.get(streamId) ?? []);
  }

  handleEvent(connection: Connection, event: ConnectionEvent): void {
    this.connection = connection;
    this.events.push(event);
    if (event.type === "streamReadable" && this.reads) {
      this.read(connection, event.streamId);
    }
    if (!this.logsIn) return;
    if (event.type === "identified") {
      connection.sendAuth(new Uint8Array(REQUEST_BYTES));
    }
    if (event.type === "authReadable") this.#readAuth(connection);
  }

  read(connection: Connection, streamId: number): void {
    const pieces = this.received.get(streamId) ?? [];
    this.received.set(streamId, pieces);
    for (;;) {
      const bytes = connection.streams.read(streamId);
      if (bytes === undefined) return;
      pieces.push(bytes);
    }
  }

  #readAuth(connection: Connection): void {
    for (;;) {
      const bytes = connection.readAuth();
      if (bytes === undefined) return;
      const before = this.#authBytes.get(connection) ?? 0;
      const after = before + bytes.length;
      this.#authBytes.set(connection, after);
      const reached = (count: number) => before < count && after >= count;
      if (this.isServer && reached(REQUEST_BYTES)) {
        connection.sendAuth(new Uint8Array(RESPONSE_BYTES));
      }
      if (this.isServer && reached(REQUEST_BYTES + FINISH_BYTES)) {
        connection.authenticated(SESSION_KEY);
      }
      if (!this.isServer && reached(RESPONSE_BYTES)) {
        connection.sendAuth(new Uint8Array(FINISH_BYTES));
        connection.authenticated(SESSION_KEY);
      }
    }
  }
}

export const SESSION_KEY: Uint8Array = new Uint8Array(64).fill(7);

/** What a pair may be made with. */
export interface PairOptions {
  readonly seed?: number | string;
  readonly crypto?: CryptoProvider;
  readonly client?: Partial<TransportConfig>;
  readonly server?: Partial<TransportConfig>;
  /** Told what the packets of one side do. */
  readonly onClientTrace?: (event: TraceEvent) => void;
  readonly onServerTrace?: (event: TraceEvent) => void;
}

export class Pair {
  nowUs = 1_000_000;
  /** One way, from now on. */
  latencyUs: number = LATENCY_US;
  readonly client: Side;
  readonly server: Side;
  readonly prng: Prng;
  /** Everything ever sent, before anything is dropped. */
  readonly sent: Sent[] = [];
  /** Says which datagrams arrive; may change them. */
  delivers: (datagram: Uint8Array, toServer: boolean) => boolean = () => true;
  /** Where the client is now. */
  clientAddress: Address = CLIENT;
  /** Datagrams on their way, in the order of their arrival. */
  readonly flying: { arrivesUs: number; sent: Sent }[] = [];
  readonly #buffer = new Uint8Array(2048);
  #turns = 0;

  constructor(options: PairOptions = {}) {
    this.prng = new Prng(options.seed ?? 1);
    const primitives = options.crypto ?? cheapCrypto;
    this.server = new Side(true, {
      config: { ...DEFAULT_TRANSPORT_CONFIG, ...options.server },
      random: this.prng.fork(),
      primitives,
      onTrace: options.onServerTrace,
    });
    this.client = new Side(false, {
      config: { ...DEFAULT_TRANSPORT_CONFIG, ...options.client },
      random: this.prng.fork(),
      primitives,
      onTrace: options.onClientTrace,
    });
  }

  /** A pair whose client asks to connect; nothing is sent yet. */
  connect(): Connection {
    const connection = this.client.endpoint.connect(SERVER, this.nowUs);
    this.client.connection = connection;
    return connection;
  }

  /** Connects, logs in, and lets both come to rest. */
  establish(): { client: Connection; server: Connection } {
    this.connect();
    const isDone = () =>
      this.client.has("established") && this.server.has("established");
    assert(this.runUntil(isDone, 5_000_000), "the login works");
    this.advance(100_000);
    return {
      client: this.client.connection!,
      server: this.server.connection!,
    };
  }

  /** Runs through an amount of time. */
  advance(us: number): void {
    this.runUntil(() => false, us);
  }

  /** Runs until a condition holds. @returns False if the time ran out first. */
  runUntil(isDone: () => boolean, limitUs: number): boolean {
    const endUs = this.nowUs + limitUs;
    this.drain(this.client);
    this.drain(this.server);
    while (!isDone()) {
      const nextUs = this.#nextUs();
      if (nextUs > endUs) {
        this.nowUs = endUs;
        this.#turns = 0;
        return false;
      }
      if (nextUs > this.nowUs) this.#turns = 0;
      this.nowUs = Math.max(this.nowUs, nextUs);
      this.#step();
    }
    return true;
  }

  /** Hands a datagram to a side, as if it came from the other or from anywhere. */
  inject(to: Side, bytes: Uint8Array, from?: Address): void {
    this.#turns = 0;
    const copy = new Uint8Array(Math.max(2048, bytes.length));
    copy.set(bytes);
    to.endpoint.handleDatagram(copy, bytes.length, {
      from: from ?? (to.isServer ? this.clientAddress : SERVER),
      nowUs: this.nowUs,
    });
  }

  /** Sends and reports all a side has. */
  drain(side: Side): void {
    for (;;) {
      assert(++this.#turns < MAX_TURNS_WITHOUT_TIME, "output never ends");
      const transmit = side.endpoint.pollTransmit(this.#buffer, this.nowUs);
      if (transmit !== undefined) {
        this.#send(side, transmit.to, this.#buffer.slice(0, transmit.length));
        continue;
      }
      const next = side.endpoint.pollEvent();
      if (next === undefined) return;
      side.handleEvent(next.connection, next.event);
    }
  }

  /** Sends everything on its way into the void. */
  loseFlying(): void {
    this.flying.length = 0;
  }

  #send(from: Side, to: Address, bytes: Uint8Array): void {
    const sent = { toServer: !from.isServer, to, bytes, timeUs: this.nowUs };
    this.sent.push(sent);
    const copy = { ...sent, bytes: bytes.slice() };
    const isThere = !from.isServer || equalAddresses(to, this.clientAddress);
    if (!this.delivers(copy.bytes, copy.toServer) || !isThere) return;
    this.flying.push({ arrivesUs: this.nowUs + this.latencyUs, sent: copy });
  }

  #nextUs(): number {
    return Math.min(
      this.flying[0]?.arrivesUs ?? Infinity,
      this.client.endpoint.deadlineUs ?? Infinity,
      this.server.endpoint.deadlineUs ?? Infinity,
    );
  }

  #step(): void {
    assert(++this.#turns < MAX_TURNS_WITHOUT_TIME, "a deadline stays past");
    const next = this.flying[0];
    if (next !== undefined && next.arrivesUs <= this.nowUs) {
      this.flying.shift();
      const side = next.sent.toServer ? this.server : this.client;
      const turns = this.#turns;
      this.inject(side, next.sent.bytes);
      this.#turns = turns;
      this.drain(side);
      return;
    }
    for (const side of [this.client, this.server]) {
      if ((side.endpoint.deadlineUs ?? Infinity) > this.nowUs) continue;
      side.endpoint.handleTimeout(this.nowUs);
      this.drain(side);
    }
  }
}
