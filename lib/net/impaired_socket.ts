import type { Prng } from "../base/prng.ts";
import type { Address } from "../transport/address.ts";
import type { Impairment } from "./impairment.ts";
import { Timeout } from "./timeout.ts";
import type { DatagramHandler, DatagramSocket } from "./udp_socket.ts";

/** Time, from outside, so that it can be virtual. All in milliseconds. */
export interface Timers {
  /** Now, by any monotonic clock. */
  nowMs(): number;
  /** Calls back once. @returns What cancels that. */
  start(delayMs: number, run: () => void): () => void;
}

/** The process's own clock and timers. */
export const SYSTEM_TIMERS: Timers = {
  nowMs: () => performance.now(),
  start(delayMs, run) {
    const timeout = new Timeout();
    timeout.set(delayMs, run);
    return () => timeout.clear();
  },
};

/** How much later than in its turn a reordered datagram arrives: the ones behind it overtake. */
export const REORDER_MS = 20;
/** Datagrams held back in one direction; more are lost, as in a full router. */
export const MAX_HELD_DATAGRAMS = 4096;
/** What a slow link queues; beyond it datagrams are lost, so that congestion control has something to find. */
export const MAX_QUEUE_MS = 500;

/** What an impaired socket is made with. */
export interface ImpairedSocketOptions {
  /** The socket behind it; closed with this one. */
  readonly socket: DatagramSocket;
  /** What happens to datagrams. */
  readonly impairment: Impairment;
  /** Decides which ones. */
  readonly prng: Prng;
  /** Time. */
  readonly timers: Timers;
}

/** A socket on a network that is made bad on purpose, in both directions (`--simulate`). */
export class ImpairedSocket implements DatagramSocket {
  readonly #socket: DatagramSocket;
  readonly #sending: ImpairedWay;
  readonly #receiving: ImpairedWay;
  /** The newest datagram's. */
  #sent: Promise<void> = Promise.resolve();

  /**
   * Creates the impaired socket.
   *
   * @param options The socket, and what happens to its datagrams.
   */
  constructor(options: ImpairedSocketOptions) {
    this.#socket = options.socket;
    this.#sending = new ImpairedWay(options);
    this.#receiving = new ImpairedWay(options);
  }

  /** Where it is bound. */
  get local(): Address {
    return this.#socket.local;
  }

  /** Receives what the bad network lets through, until the socket is closed. */
  async receive(handler: DatagramHandler): Promise<void> {
    await this.#socket.receive((datagram, length, from) => {
      this.#receiving.pass(
        datagram.subarray(0, length),
        // A copy for each duplicate, too: packets are opened in place.
        (bytes) => handler(bytes.slice(), length, from),
      );
    });
    // What `close` sent is on its way when nothing is received any more.
    await this.#sent;
  }

  /** Sends what the bad network lets through. @returns At once: the datagram is copied. */
  send(datagram: Uint8Array, to: Address): Promise<void> {
    this.#sending.pass(datagram, (bytes) => {
      this.#sent = this.#socket.send(bytes, to);
    });
    return Promise.resolve();
  }

  /** Closes the socket. What is held back is sent: the last datagrams of a program say that it leaves. */
  close(): void {
    this.#sending.flush();
    this.#receiving.drop();
    this.#socket.close();
  }

  /** Closes the socket. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** A datagram on its way. */
interface Held {
  readonly dueMs: number;
  readonly deliver: () => void;
}

/** One direction. */
class ImpairedWay {
  readonly #impairment: Impairment;
  readonly #prng: Prng;
  readonly #timers: Timers;
  /** By the time of their arrival. */
  readonly #held: Held[] = [];
  #cancel: (() => void) | undefined;
  /** When the slow link has sent all it was given. */
  #freeMs = 0;
  /** When the newest datagram that keeps its place arrives. */
  #lastDueMs = 0;

  constructor(options: ImpairedSocketOptions) {
    this.#impairment = options.impairment;
    this.#prng = options.prng.fork();
    this.#timers = options.timers;
  }

  pass(datagram: Uint8Array, deliver: (bytes: Uint8Array) => void): void {
    const { loss, duplicate } = this.#impairment;
    if (this.#happens(loss)) return;
    const bytes = this.#corrupted(datagram.slice());
    const copies = this.#happens(duplicate) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const dueMs = this.#dueMs(bytes.length);
      if (dueMs === undefined) return;
      this.#hold({ dueMs, deliver: () => deliver(bytes) });
    }
    this.#deliverDue();
  }

  flush(): void {
    this.#cancel?.();
    for (const { deliver } of this.#held.splice(0)) deliver();
  }

  drop(): void {
    this.#cancel?.();
    this.#held.length = 0;
  }

  #happens(percent: number): boolean {
    return percent > 0 && this.#prng.ratio(percent, 100);
  }

  #corrupted(bytes: Uint8Array): Uint8Array {
    if (bytes.length > 0 && this.#happens(this.#impairment.corrupt)) {
      bytes[this.#prng.below(bytes.length)]! ^= 1 << this.#prng.below(8);
    }
    return bytes;
  }

  /** When a datagram that is sent now arrives; undefined if the slow link's queue is full. */
  #dueMs(bytes: number): number | undefined {
    const { rate, delay, jitter, reorder } = this.#impairment;
    const nowMs = this.#timers.nowMs();
    let sentMs = nowMs;
    if (rate > 0) {
      const startMs = Math.max(this.#freeMs, nowMs);
      if (startMs - nowMs > MAX_QUEUE_MS) return undefined;
      // A kilobit per second is a bit per millisecond.
      sentMs = this.#freeMs = startMs + bytes * 8 / rate;
    }
    const wander = jitter > 0 ? this.#prng.between(0, jitter) : 0;
    const dueMs = Math.max(sentMs + delay + wander, this.#lastDueMs);
    if (this.#happens(reorder)) return dueMs + REORDER_MS;
    this.#lastDueMs = dueMs;
    return dueMs;
  }

  #hold(held: Held): void {
    if (this.#held.length >= MAX_HELD_DATAGRAMS) return;
    let index = this.#held.length;
    while (index > 0 && this.#held[index - 1]!.dueMs > held.dueMs) index--;
    this.#held.splice(index, 0, held);
  }

  #deliverDue(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const nowMs = this.#timers.nowMs();
    while (this.#held.length > 0 && this.#held[0]!.dueMs <= nowMs) {
      this.#held.shift()!.deliver();
    }
    const next = this.#held[0];
    if (next === undefined || this.#cancel !== undefined) return;
    this.#cancel = this.#timers.start(
      Math.ceil(next.dueMs - nowMs),
      () => this.#deliverDue(),
    );
  }
}
