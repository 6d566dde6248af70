import { assert } from "../base/assert.ts";
import { nextKey } from "../crypto/key_schedule.ts";
import type { DirectionKeys } from "../crypto/noise.ts";
import {
  type CryptoProvider,
  FORGED_PACKETS_MAX,
  type OpeningKey,
  type SealingKey,
} from "../crypto/provider.ts";
import { TransportError, TransportErrorCode } from "../wire/error_code.ts";
import type { Epoch, KeyPhase, ShortPacket } from "../wire/packet.ts";
import { KEY_UPDATE_PACKETS, KEY_UPDATE_US } from "./transport_config.ts";

/** Keys of one epoch, one for each direction, 32 bytes each. */
export interface DirectionalKeys {
  /** Seals what we send. */
  readonly send: Uint8Array;
  /** Opens what the peer sent. */
  readonly receive: Uint8Array;
}

/** Packets under the keys of the Noise handshake; they carry the login. */
export const LOGIN_EPOCH: Epoch = 0;
/** Packets under the keys that both the handshake and the password made. */
export const DATA_EPOCH: Epoch = 1;

/**
 * Gives the keys of both directions to one side.
 *
 * @param keys Keys by who sends with them.
 * @param isServer Which side: the client is the initiator.
 */
export function directionalKeys(
  keys: DirectionKeys,
  isServer: boolean,
): DirectionalKeys {
  return isServer
    ? { send: keys.responderToInitiator, receive: keys.initiatorToResponder }
    : { send: keys.initiatorToResponder, receive: keys.responderToInitiator };
}

/** The keys of the data epoch (docs/PROTOCOL.md section 5.5). */
interface DataKeys {
  /** What the current keys are; the next ones are made from them. */
  readonly secrets: { send: Uint8Array; receive: Uint8Array };
  opening: OpeningKey;
  /** Opens packets of the phase before, which may still be on their way. */
  previousOpening: OpeningKey | undefined;
  /** Made when the first packet of another phase arrives. */
  nextOpening: OpeningKey | undefined;
  phase: KeyPhase;
  /** Smallest packet number received in this phase. */
  firstReceived: number;
  /** First packet number sent in this phase. */
  firstSent: number;
  /** When this phase began. */
  startUs: number;
  /** True once the peer acknowledged a packet of this phase: only then may the next begin. */
  isConfirmed: boolean;
}

/**
 * Owns the keys of a connection and which of them is in use. There is one packet number space: the sealing key of the
 * data epoch goes on counting where the login's stopped, and so does every key after an update.
 */
export class PacketProtection {
  readonly #crypto: CryptoProvider;
  #sealing: SealingKey;
  #loginOpening: OpeningKey | undefined;
  #data: DataKeys | undefined;
  #sendEpoch: Epoch = LOGIN_EPOCH;
  #keyUpdates = 0;
  readonly #keyUpdatePackets: number;

  /**
   * Creates the packet protection.
   *
   * @param crypto Primitives.
   * @param login Keys the Noise handshake gave.
   * @param keyUpdatePackets Packets sealed with one key before the next is used.
   */
  constructor(
    crypto: CryptoProvider,
    login: DirectionalKeys,
    keyUpdatePackets: number = KEY_UPDATE_PACKETS,
  ) {
    this.#keyUpdatePackets = keyUpdatePackets;
    this.#crypto = crypto;
    this.#sealing = crypto.sealingKey(login.send, 0);
    this.#loginOpening = crypto.openingKey(login.receive);
  }

  /** Epoch of the packets we send. */
  get sendEpoch(): Epoch {
    return this.#sendEpoch;
  }

  /** Key phase of the packets we send. */
  get sendPhase(): KeyPhase {
    return this.#sendEpoch === LOGIN_EPOCH ? 0 : this.#data!.phase;
  }

  /** Times both directions moved to the next keys. */
  get keyUpdates(): number {
    return this.#keyUpdates;
  }

  /** Number of the next packet we send. */
  get nextPacketNumber(): number {
    return this.#sealing.nextPacketNumber;
  }

  /** Makes the data epoch readable; sending moves over with `switchToData`. Until then newer keys replace older ones. */
  installDataKeys(keys: DirectionalKeys): void {
    assert(
      this.#sendEpoch === LOGIN_EPOCH,
      "data keys in use are not replaced",
    );
    this.#freeData();
    this.#data = {
      secrets: { send: keys.send.slice(), receive: keys.receive.slice() },
      opening: this.#crypto.openingKey(keys.receive),
      previousOpening: undefined,
      nextOpening: undefined,
      phase: 0,
      firstReceived: Infinity,
      firstSent: 0,
      startUs: 0,
      isConfirmed: false,
    };
  }

  /** Sends in the data epoch from now on. */
  switchToData(nowUs: number): void {
    const data = this.#data;
    assert(data !== undefined, "data keys are installed before they are used");
    this.#seal(data.secrets.send);
    this.#sendEpoch = DATA_EPOCH;
    data.firstSent = this.nextPacketNumber;
    data.startUs = nowUs;
  }

  /** The peer reached the data epoch: nothing of the login is opened any more. */
  dropLoginKeys(): void {
    this.#loginOpening?.free();
    this.#loginOpening = undefined;
  }

  /** The peer acknowledged a packet of ours. */
  onAcked(packetNumber: number): void {
    const data = this.#data;
    if (
      data !== undefined && this.#sendEpoch === DATA_EPOCH &&
      packetNumber >= data.firstSent
    ) {
      data.isConfirmed = true;
    }
  }

  /** Begins a new key phase if the current one is confirmed, and old or much used. */
  updateIfDue(nowUs: number): void {
    const data = this.#data;
    if (data === undefined || !data.isConfirmed) return;
    const isDue = nowUs - data.startUs >= KEY_UPDATE_US ||
      this.nextPacketNumber - data.firstSent >= this.#keyUpdatePackets;
    if (!isDue) return;
    data.nextOpening ??= this.#makeNextOpening(data);
    this.#update(data, nowUs);
  }

  /** Seals a packet in place; see {@linkcode SealingKey}. @returns Its end. */
  seal(
    packet: Uint8Array,
    start: number,
    bodyStart: number,
    bodyEnd: number,
  ): number {
    return this.#sealing.seal(packet, start, bodyStart, bodyEnd);
  }

  /**
   * Opens a packet in place. A packet of the next key phase moves both directions there.
   *
   * @param datagram Holds the packet from its start.
   * @param length Its length.
   * @param packet Its header, full packet number, and now.
   * @returns Where its plaintext ends, or -1 if it is forged or there is no key for it.
   * @throws {TransportError} If the peer changed keys against the rules, or a key has refused too many forgeries.
   */
  open(
    datagram: Uint8Array,
    length: number,
    packet: { header: ShortPacket; packetNumber: number; nowUs: number },
  ): number {
    const { header, packetNumber } = packet;
    const data = this.#data;
    const isCurrent = header.epoch === LOGIN_EPOCH ||
      header.keyPhase === data?.phase;
    if (isCurrent || data === undefined) {
      const key = header.epoch === LOGIN_EPOCH
        ? this.#loginOpening
        : data?.opening;
      if (key === undefined) return -1;
      const end = key.open(
        datagram,
        0,
        header.bodyOffset,
        length,
        packetNumber,
      );
      if (end < 0) checkForgeries(key);
      else if (
        data !== undefined && header.epoch === DATA_EPOCH &&
        packetNumber < data.firstReceived
      ) {
        data.firstReceived = packetNumber;
      }
      return end;
    }
    if (
      packetNumber < data.firstReceived && data.previousOpening !== undefined
    ) {
      return data.previousOpening.open(
        datagram,
        0,
        header.bodyOffset,
        length,
        packetNumber,
      );
    }
    return this.#openNext(data, datagram, { ...packet, length });
  }

  /** Zeroes all keys. */
  free(): void {
    this.#sealing.free();
    this.dropLoginKeys();
    this.#freeData();
  }

  #freeData(): void {
    const data = this.#data;
    if (data === undefined) return;
    data.opening.free();
    data.previousOpening?.free();
    data.nextOpening?.free();
    data.secrets.send.fill(0);
    data.secrets.receive.fill(0);
    this.#data = undefined;
  }

  #openNext(
    data: DataKeys,
    datagram: Uint8Array,
    packet: {
      header: ShortPacket;
      packetNumber: number;
      length: number;
      nowUs: number;
    },
  ): number {
    // Made once and kept: forged packets must not cost a key derivation each (RFC 9001 section 6.3).
    data.nextOpening ??= this.#makeNextOpening(data);
    const { header, packetNumber, length, nowUs } = packet;
    const end = data.nextOpening.open(
      datagram,
      0,
      header.bodyOffset,
      length,
      packetNumber,
    );
    if (end < 0) {
      checkForgeries(data.nextOpening);
      return end;
    }
    if (packetNumber < data.firstReceived || this.#sendEpoch === LOGIN_EPOCH) {
      throw new TransportError(
        TransportErrorCode.keyUpdate,
        0,
        "a key update out of order",
      );
    }
    this.#update(data, nowUs);
    data.firstReceived = packetNumber;
    return end;
  }

  #makeNextOpening(data: DataKeys): OpeningKey {
    const secret = nextKey(this.#crypto, data.secrets.receive);
    const key = this.#crypto.openingKey(secret);
    secret.fill(0);
    return key;
  }

  /** Both directions move to the next phase (RFC 9001 section 6). */
  #update(data: DataKeys, nowUs: number): void {
    assert(
      data.nextOpening !== undefined,
      "the next key is made before it is used",
    );
    data.previousOpening?.free();
    data.previousOpening = data.opening;
    data.opening = data.nextOpening;
    data.nextOpening = undefined;
    this.#advance(data.secrets, "receive");
    this.#advance(data.secrets, "send");
    this.#seal(data.secrets.send);
    data.phase = data.phase === 0 ? 1 : 0;
    data.firstReceived = Infinity;
    data.firstSent = this.nextPacketNumber;
    data.startUs = nowUs;
    data.isConfirmed = false;
    this.#keyUpdates++;
  }

  #advance(secrets: DataKeys["secrets"], direction: "send" | "receive"): void {
    const next = nextKey(this.#crypto, secrets[direction]);
    secrets[direction].fill(0);
    secrets[direction] = next;
  }

  #seal(secret: Uint8Array): void {
    const next = this.#crypto.sealingKey(
      secret,
      this.#sealing.nextPacketNumber,
    );
    this.#sealing.free();
    this.#sealing = next;
  }
}

/** RFC 9001 section 6.6: a key that refused so many forgeries is not trusted any longer. */
function checkForgeries(key: OpeningKey): void {
  if (key.forgedPackets <= FORGED_PACKETS_MAX) return;
  throw new TransportError(
    TransportErrorCode.aeadLimit,
    0,
    "too many forged packets",
  );
}
