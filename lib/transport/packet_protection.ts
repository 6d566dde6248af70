import { assert } from "../base/assert.ts";
import type { CryptoProvider, OpeningKey, SealingKey } from "../crypto/provider.ts";

/** Keys of one epoch, one for each direction, 32 bytes each. */
export interface DirectionalKeys {
  /** Seals what we send. */
  readonly send: Uint8Array;
  /** Opens what the peer sent. */
  readonly receive: Uint8Array;
}

/** Packets before and after the password was proven: docs/PROTOCOL.md section 2.3. */
export type Epoch = 0 | 1;
/** Packets under the keys of the Noise handshake; they carry the login. */
export const LOGIN_EPOCH: Epoch = 0;
/** Packets under the keys that both the handshake and the password made. */
export const DATA_EPOCH: Epoch = 1;

/**
 * Owns the keys of a connection and which of them is in use. There is one packet number space: the sealing key of the
 * data epoch goes on counting where the login's stopped.
 */
export class PacketProtection {
  readonly #crypto: CryptoProvider;
  #sealing: SealingKey;
  #loginOpening: OpeningKey | undefined;
  #dataOpening: OpeningKey | undefined;
  /** The data epoch's sealing key, waiting for the peer to be able to open with it. */
  #nextSealing: Uint8Array | undefined;
  #sendEpoch: Epoch = LOGIN_EPOCH;

  /**
   * @param crypto Primitives.
   * @param login Keys the Noise handshake gave.
   */
  constructor(crypto: CryptoProvider, login: DirectionalKeys) {
    this.#crypto = crypto;
    this.#sealing = crypto.sealingKey(login.send, 0);
    this.#loginOpening = crypto.openingKey(login.receive);
  }

  /** Epoch of the packets we send. */
  get sendEpoch(): Epoch {
    return this.#sendEpoch;
  }

  /** Number of the next packet we send. */
  get nextPacketNumber(): number {
    return this.#sealing.nextPacketNumber;
  }

  /** True once packets of the data epoch can be opened. */
  get hasDataKeys(): boolean {
    return this.#dataOpening !== undefined;
  }

  /** Makes the data epoch readable; sending moves over with `switchToData`. */
  installDataKeys(keys: DirectionalKeys): void {
    assert(this.#dataOpening === undefined, "data keys are installed once");
    this.#dataOpening = this.#crypto.openingKey(keys.receive);
    this.#nextSealing = keys.send.slice();
  }

  /** Sends in the data epoch from now on. */
  switchToData(): void {
    assert(this.#nextSealing !== undefined, "data keys are installed before they are used");
    const next = this.#crypto.sealingKey(this.#nextSealing, this.#sealing.nextPacketNumber);
    this.#sealing.free();
    this.#sealing = next;
    this.#nextSealing.fill(0);
    this.#nextSealing = undefined;
    this.#sendEpoch = DATA_EPOCH;
  }

  /** The peer reached the data epoch: nothing of the login is opened any more. */
  dropLoginKeys(): void {
    this.#loginOpening?.free();
    this.#loginOpening = undefined;
  }

  /** Seals a packet in place; see {@linkcode SealingKey}. @returns Its end. */
  seal(packet: Uint8Array, start: number, bodyStart: number, bodyEnd: number): number {
    return this.#sealing.seal(packet, start, bodyStart, bodyEnd);
  }

  /**
   * The key that opens packets of an epoch, or undefined if there is none (yet, or any more).
   *
   * @param epoch The epoch in the packet's header.
   */
  openingKey(epoch: Epoch): OpeningKey | undefined {
    return epoch === LOGIN_EPOCH ? this.#loginOpening : this.#dataOpening;
  }

  /** Zeroes all keys. */
  free(): void {
    this.#sealing.free();
    this.dropLoginKeys();
    this.#dataOpening?.free();
    this.#dataOpening = undefined;
    this.#nextSealing?.fill(0);
    this.#nextSealing = undefined;
  }
}
