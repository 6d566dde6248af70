/**
 * The two messages of Noise NX that open a connection (docs/PROTOCOL.md sections 2.4 and 5), with the transport
 * parameters in their payloads.
 *
 * @module
 */

import { concatBytes, equalBytes, type Writer } from "../base/bytes.ts";
import { noisePrologue } from "../crypto/key_schedule.ts";
import { type DirectionKeys, NoiseNx } from "../crypto/noise.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import {
  CONNECTION_ID_BYTES,
  encodeHello,
  PROTOCOL_VERSION,
} from "../wire/packet.ts";
import {
  decodeTransportParameters,
  encodeTransportParameters,
  type TransportParameters,
} from "../wire/transport_parameters.ts";
import { HELLO_RETRY_US, MAX_HELLO_RETRY_US } from "./transport_config.ts";

/** Random bytes of the requested length, from outside: this folder has no randomness of its own. */
export type RandomBytes = (length: number) => Uint8Array;

/** What a finished handshake leaves. */
export interface HandshakeResult {
  /** Keys of the login epoch. */
  readonly loginKeys: DirectionKeys;
  /** 64 bytes that both ends share and nobody can choose. */
  readonly handshakeHash: Uint8Array;
  /** What the peer allows. */
  readonly peerParameters: TransportParameters;
}

/** What a client knows after the server's Reply. */
export interface ClientHandshakeResult extends HandshakeResult {
  /** The server's public key, 32 bytes: its identity. */
  readonly serverIdentity: Uint8Array;
  /** Time from the Hello to its Reply, where it is certain which Hello was answered. */
  readonly rttUs: number | undefined;
}

/** The client's side until the Reply: what to repeat, and when. */
export class ClientHello {
  readonly #crypto: CryptoProvider;
  readonly #connectionId: Uint8Array;
  /** Where Hellos go until the server has chosen its own connection ID. */
  readonly #destinationId: Uint8Array;
  readonly #ephemeralSecret: Uint8Array;
  readonly #parameters: Uint8Array;
  #cookie = new Uint8Array(0);
  #retryUs = HELLO_RETRY_US;
  #sentUs = 0;
  #sentWithCookie = 0;
  /** When the next Hello is due. */
  deadlineUs: number;

  /**
   * Creates the client hello.
   *
   * @param options Connection ID, our transport parameters, primitives, randomness and now.
   */
  constructor(options: {
    crypto: CryptoProvider;
    connectionId: Uint8Array;
    parameters: TransportParameters;
    random: RandomBytes;
    nowUs: number;
  }) {
    this.#crypto = options.crypto;
    this.#connectionId = options.connectionId;
    this.#destinationId = options.random(CONNECTION_ID_BYTES);
    this.#ephemeralSecret = options.random(32);
    this.#parameters = encodeTransportParameters(options.parameters);
    this.deadlineUs = options.nowUs;
  }

  /** Writes a Hello and sets the time of the next. */
  encode(writer: Writer, nowUs: number): void {
    encodeHello(writer, {
      destinationId: this.#destinationId,
      sourceId: this.#connectionId,
      cookie: this.#cookie,
      noiseMessage: this.#start().writeMessage(this.#parameters),
    });
    this.#sentUs = nowUs;
    if (this.#cookie.length > 0) this.#sentWithCookie++;
    this.deadlineUs = nowUs + this.#retryUs;
    this.#retryUs = Math.min(
      this.#retryUs + (this.#retryUs >> 1),
      MAX_HELLO_RETRY_US,
    );
  }

  /**
   * Takes the server's cookie; the next Hello goes out at once, but only for the first of several copies.
   *
   * @param cookie Borrowed.
   * @param nowUs Now.
   */
  handleCookie(cookie: Uint8Array, nowUs: number): void {
    if (equalBytes(this.#cookie, cookie)) return;
    this.#cookie = cookie.slice();
    this.#sentWithCookie = 0;
    this.#retryUs = HELLO_RETRY_US;
    this.deadlineUs = nowUs;
  }

  /**
   * Takes the server's Reply. A forged one changes nothing: each is read by a fresh handshake of the same secret.
   *
   * @param reply The packet's fields, borrowed.
   * @param nowUs Now.
   * @returns Undefined if it is not an answer to our Hello.
   */
  handleReply(
    reply: { readonly sourceId: Uint8Array; readonly noiseMessage: Uint8Array },
    nowUs: number,
  ): ClientHandshakeResult | undefined {
    const noise = this.#start();
    noise.writeMessage(this.#parameters);
    const payload = noise.readMessage(reply.noiseMessage);
    if (payload === undefined || payload.length < CONNECTION_ID_BYTES) {
      return undefined;
    }
    // The header's connection ID is not authenticated; its copy in the payload is.
    if (!equalBytes(payload.subarray(0, CONNECTION_ID_BYTES), reply.sourceId)) {
      return undefined;
    }
    return {
      loginKeys: noise.split(),
      handshakeHash: noise.handshakeHash,
      peerParameters: decodeTransportParameters(
        payload.slice(CONNECTION_ID_BYTES),
      ),
      serverIdentity: noise.remoteStatic!,
      rttUs: this.#sentWithCookie === 1 ? nowUs - this.#sentUs : undefined,
    };
  }

  #start(): NoiseNx {
    return NoiseNx.initiator({
      crypto: this.#crypto,
      prologue: noisePrologue({
        version: PROTOCOL_VERSION,
        clientConnectionId: this.#connectionId,
      }),
      ephemeralSecret: this.#ephemeralSecret,
    });
  }
}

/** What a server answers a Hello with. */
export interface AcceptedHello extends HandshakeResult {
  /** Noise message 2, for the Reply. */
  readonly noiseMessage: Uint8Array;
}

/**
 * Computes the server's side of the handshake, once the client's address is validated.
 *
 * @param options The Hello's fields, our identity, connection ID, parameters, and randomness.
 * @returns Undefined if message 1 or its parameters are not valid.
 */
export function acceptHello(options: {
  readonly crypto: CryptoProvider;
  readonly staticSecret: Uint8Array;
  readonly clientConnectionId: Uint8Array;
  readonly noiseMessage: Uint8Array;
  readonly connectionId: Uint8Array;
  readonly parameters: TransportParameters;
  readonly random: RandomBytes;
}): AcceptedHello | undefined {
  const noise = NoiseNx.responder({
    crypto: options.crypto,
    prologue: noisePrologue({
      version: PROTOCOL_VERSION,
      clientConnectionId: options.clientConnectionId,
    }),
    ephemeralSecret: options.random(32),
    staticSecret: options.staticSecret,
  });
  const payload = noise.readMessage(options.noiseMessage);
  if (payload === undefined) return undefined;
  const peerParameters = decodeUnauthenticated(payload);
  if (peerParameters === undefined) return undefined;
  const noiseMessage = noise.writeMessage(
    concatBytes(
      options.connectionId,
      encodeTransportParameters(options.parameters),
    ),
  );
  return {
    loginKeys: noise.split(),
    handshakeHash: noise.handshakeHash,
    peerParameters,
    noiseMessage,
  };
}

/** Message 1 is not authenticated: what does not decode is junk, not a broken protocol. */
function decodeUnauthenticated(
  payload: Uint8Array,
): TransportParameters | undefined {
  try {
    return decodeTransportParameters(payload);
  } catch {
    return undefined;
  }
}
