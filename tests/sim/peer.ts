import { assertEquals } from "@std/assert";
import type { Prng } from "../../lib/base/prng.ts";
import type { CryptoProvider } from "../../lib/crypto/provider.ts";
import type { Address } from "../../lib/transport/address.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import type {
  CloseReason,
  ConnectionEvent,
} from "../../lib/transport/connection_event.ts";
import { Endpoint } from "../../lib/transport/endpoint.ts";
import {
  DEFAULT_TRANSPORT_CONFIG,
  type TransportConfig,
} from "../../lib/transport/transport_config.ts";
import { cheapCrypto } from "./cheap_crypto.ts";
import type { Node } from "./simulation.ts";

export const SERVER: Address = { hostname: "10.0.0.1", port: 8080 };
export const CLIENT: Address = { hostname: "10.0.0.2", port: 5000 };

/** What this side did with its half of a stream, and what it knows of the other's. */
export interface PeerStream {
  writtenBytes: number;
  readBytes: number;
  isFinished: boolean;
  isReset: boolean;
  isStopped: boolean;
  /** The other side cut its half off. */
  sawReset: boolean;
  /** The other side no longer reads; our half was cut off by that. */
  sawStop: boolean;
}

/** How a peer differs from one on a network of friends. */
export interface PeerOptions {
  readonly primitives?: CryptoProvider;
  /** The other side may say anything. */
  readonly expectsAnything?: boolean;
}

/**
 * One side of a connection without a chat. What it writes can be told from its
 * place in its stream, so that every byte is checked as it is read.
 */
export class Peer implements Node {
  address: Address;
  endpoint: Endpoint;
  connection: Connection | undefined;
  closed: CloseReason | undefined;
  established = false;
  /** False to leave what arrives unread. */
  reads = true;
  /** Unreliable datagrams that arrived. */
  datagrams = 0;
  readonly streams = new Map<number, PeerStream>();
  readonly #isServer: boolean;
  readonly #isTrusting: boolean;
  readonly #authBytes = new WeakMap<Connection, number>();

  constructor(
    prng: Prng,
    isServer: boolean,
    options: Partial<TransportConfig> & PeerOptions = {},
  ) {
    const { primitives = cheapCrypto, expectsAnything = false, ...config } =
      options;
    this.#isServer = isServer;
    this.#isTrusting = !expectsAnything;
    this.address = isServer ? SERVER : CLIENT;
    const random = (length: number) => prng.bytes(length);
    this.endpoint = new Endpoint({
      config: { ...DEFAULT_TRANSPORT_CONFIG, ...config },
      crypto: primitives,
      random,
      ...(isServer
        ? { server: { staticSecret: random(32), resetKey: random(32) } }
        : {}),
    });
  }

  /** The stream, made when it is first spoken of. */
  stream(streamId: number): PeerStream {
    const known = this.streams.get(streamId);
    if (known !== undefined) return known;
    const stream = {
      writtenBytes: 0,
      readBytes: 0,
      isFinished: false,
      isReset: false,
      isStopped: false,
      sawReset: false,
      sawStop: false,
    };
    this.streams.set(streamId, stream);
    return stream;
  }

  /** Writes the next bytes of a stream. */
  write(streamId: number, length: number): void {
    const stream = this.stream(streamId);
    if (stream.isFinished || stream.isReset || stream.sawStop) return;
    const start = stream.writtenBytes;
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index++) {
      bytes[index] = byteAt(this.#isServer, streamId, start + index);
    }
    stream.writtenBytes += length;
    this.connection!.streams.write(streamId, bytes);
  }

  /** Reads whatever is there. */
  readAll(): void {
    for (const streamId of this.streams.keys()) this.#read(streamId);
  }

  onEvent = (connection: Connection, event: ConnectionEvent): void => {
    this.connection = connection;
    switch (event.type) {
      case "identified":
        connection.sendAuth(new Uint8Array(100));
        return;
      case "authReadable":
        this.#readAuth(connection);
        return;
      case "established":
        this.established = true;
        this.stream(0);
        return;
      case "streamOpened":
        this.stream(event.streamId);
        return;
      case "streamReadable":
        if (this.reads) this.#read(event.streamId);
        return;
      case "streamReset":
        this.stream(event.streamId).sawReset = true;
        return;
      case "streamStopped":
        this.stream(event.streamId).sawStop = true;
        return;
      case "datagramReceived":
        this.datagrams++;
        return;
      case "closed":
        this.closed = event.reason;
        return;
      case "streamDrained":
      case "pathResponsive":
      case "pathUnresponsive":
        return;
    }
  };

  #read(streamId: number): void {
    const stream = this.stream(streamId);
    for (;;) {
      const bytes = this.connection!.streams.read(streamId);
      if (bytes === undefined) return;
      if (!this.#isTrusting) continue;
      for (const byte of bytes) {
        const expected = byteAt(!this.#isServer, streamId, stream.readBytes);
        if (byte !== expected) {
          assertEquals(byte, expected, `stream ${streamId}`);
        }
        stream.readBytes++;
      }
    }
  }

  /** A login in the shape of the real one: 100 bytes there, 300 back, 64 there. */
  #readAuth(connection: Connection): void {
    for (;;) {
      const bytes = connection.readAuth();
      if (bytes === undefined) return;
      const before = this.#authBytes.get(connection) ?? 0;
      const after = before + bytes.length;
      this.#authBytes.set(connection, after);
      const reached = (count: number) => before < count && after >= count;
      if (this.#isServer && reached(100)) {
        connection.sendAuth(new Uint8Array(300));
      }
      if (!this.#isServer && reached(300)) {
        connection.sendAuth(new Uint8Array(64));
      }
      if (reached(this.#isServer ? 164 : 300)) {
        connection.authenticated(new Uint8Array(64).fill(7));
      }
    }
  }
}

/** The byte of a place in a half of a stream. */
function byteAt(ofServer: boolean, streamId: number, offset: number): number {
  return (offset * 167 + (offset >>> 8) * 59 + streamId * 31 +
    (ofServer ? 1 : 0)) & 0xff;
}
