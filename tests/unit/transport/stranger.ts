/**
 * A server's endpoint alone, and strangers that send it single datagrams: what
 * it answers, to whom and with how much, is all there is to see.
 */
import { assert } from "@std/assert";
import { Writer } from "../../../lib/base/bytes.ts";
import { Prng } from "../../../lib/base/prng.ts";
import { type Address, addressKey } from "../../../lib/transport/address.ts";
import type { ConnectionEvent } from "../../../lib/transport/connection_event.ts";
import { Endpoint } from "../../../lib/transport/endpoint.ts";
import { ClientHello } from "../../../lib/transport/handshake.ts";
import {
  DEFAULT_TRANSPORT_CONFIG,
  type TransportConfig,
} from "../../../lib/transport/transport_config.ts";
import { decodeHeader, encodeHello } from "../../../lib/wire/packet.ts";
import { cheapCrypto } from "../../sim/cheap_crypto.ts";

/** A datagram the server sent. */
export interface Answer {
  readonly to: Address;
  readonly bytes: Uint8Array;
}

export class LoneServer {
  nowUs = 1_000_000;
  readonly endpoint: Endpoint;
  readonly events: ConnectionEvent[] = [];
  readonly prng: Prng;
  readonly #buffer = new Uint8Array(2_048);

  constructor(config: Partial<TransportConfig> = {}) {
    this.prng = new Prng("lone server");
    const random = (length: number) => this.prng.bytes(length);
    this.endpoint = new Endpoint({
      config: { ...DEFAULT_TRANSPORT_CONFIG, ...config },
      crypto: cheapCrypto,
      random,
      server: { staticSecret: random(32), resetKey: random(32) },
    });
  }

  /** Hands over a datagram. @returns All that is sent thereupon. */
  take(datagram: Uint8Array, from: Address): Answer[] {
    const copy = datagram.slice();
    this.endpoint.handleDatagram(copy, copy.length, {
      from,
      nowUs: this.nowUs,
    });
    return this.drain();
  }

  /** Lets time pass, in as many steps as the endpoint asks for. */
  advance(us: number): Answer[] {
    const endUs = this.nowUs + us;
    const answers: Answer[] = [];
    for (let turn = 0;; turn++) {
      assert(turn < 100_000, "a deadline stays past");
      const deadlineUs = this.endpoint.deadlineUs ?? Infinity;
      if (deadlineUs > endUs) break;
      this.nowUs = Math.max(this.nowUs, deadlineUs);
      this.endpoint.handleTimeout(this.nowUs);
      answers.push(...this.drain());
    }
    this.nowUs = endUs;
    return answers;
  }

  drain(): Answer[] {
    const answers: Answer[] = [];
    for (;;) {
      const transmit = this.endpoint.pollTransmit(this.#buffer, this.nowUs);
      if (transmit === undefined) break;
      const bytes = this.#buffer.slice(0, transmit.length);
      answers.push({ to: transmit.to, bytes });
    }
    for (;;) {
      const next = this.endpoint.pollEvent();
      if (next === undefined) return answers;
      this.events.push(next.event);
    }
  }
}

/** An address for each number. */
export function addressOf(index: number): Address {
  return {
    hostname: `10.${index >> 16}.${index >> 8 & 255}.${index & 255}`,
    port: 5_000,
  };
}

export class Stranger {
  readonly address: Address;
  readonly connectionId: Uint8Array;
  readonly hello: ClientHello;

  constructor(server: LoneServer, index: number) {
    const { prng } = server;
    this.address = addressOf(index);
    this.connectionId = prng.bytes(8);
    this.hello = new ClientHello({
      crypto: cheapCrypto,
      connectionId: this.connectionId,
      parameters: {
        idleTimeoutMs: 30_000,
        maxData: 1 << 20,
        maxStreamData: 1 << 20,
        maxStreams: 8,
        maxAckDelayUs: 25_000,
        maxDatagramBytes: 2_048,
      },
      random: (length) => prng.bytes(length),
      nowUs: server.nowUs,
    });
  }

  /** The next Hello. */
  encode(nowUs: number): Uint8Array {
    const writer = new Writer(new Uint8Array(1_200));
    this.hello.encode(writer, nowUs);
    return writer.bytes;
  }

  /** Fetches a cookie. @returns The Hello that shows it. */
  admitted(server: LoneServer): Uint8Array {
    const [answer] = server.take(this.encode(server.nowUs), this.address);
    assert(answer !== undefined, "a Hello is answered");
    const header = decodeHeader(answer.bytes, answer.bytes.length);
    assert(header?.type === "cookie", "by a Cookie");
    assert(addressKey(answer.to) === addressKey(this.address));
    this.hello.handleCookie(header.cookie, server.nowUs);
    return this.encode(server.nowUs);
  }
}

/** Writes a Hello with a cookie and a Noise message of the test's choice. */
export function helloOf(fields: {
  sourceId: Uint8Array;
  cookie: Uint8Array;
  noiseMessage: Uint8Array;
}): Uint8Array {
  const writer = new Writer(new Uint8Array(1_200));
  encodeHello(writer, { destinationId: new Uint8Array(8), ...fields });
  return writer.bytes;
}
