import { US_PER_MS } from "../base/time.ts";
import type { Endpoint, EndpointEvent } from "../transport/endpoint.ts";
import type { Address } from "../transport/address.ts";
import { MAX_DATAGRAM_BYTES } from "../wire/packet.ts";
import { Timeout } from "./timeout.ts";
import type { DatagramSocket } from "./udp_socket.ts";

/** What a driver joins. */
export interface UdpDriverOptions {
  /** The protocol. */
  readonly endpoint: Endpoint;
  /** One socket, or one for each address family. */
  readonly sockets: readonly DatagramSocket[];
  /** Monotonic time in whole microseconds. */
  readonly nowUs: () => number;
  /** Takes every event of the endpoint, in order. */
  readonly onEvent: (event: EndpointEvent) => void;
  /** Takes a bug of ours that surfaced while input was handled; the loop goes on. */
  readonly onError: (error: unknown) => void;
}

/** Microtasks within which a datagram that waits in the system's buffer comes out of `receive`: measured 3, and one to spare. */
const RECEIVE_MICROTASKS = 4;
/** Bytes taken in before the answers go out, however many wait: a flood of small datagrams or a file holds nobody up. */
const MAX_INPUT_BATCH_BYTES = 65_536;

/**
 * The one loop that feeds an endpoint: a datagram or a deadline goes in, then everything that follows from it comes out.
 * Whoever changes a connection elsewhere calls `wake`.
 */
export class UdpDriver implements AsyncDisposable {
  readonly #options: UdpDriverOptions;
  readonly #buffer = new Uint8Array(MAX_DATAGRAM_BYTES);
  #sockets: readonly DatagramSocket[];
  #receiving: Promise<unknown>;
  #drained: Promise<void> = Promise.resolve();
  #isDraining = false;
  #isSettling = false;
  /** Bytes taken in since the last output ended. */
  #inputBatchBytes = 0;
  /** True from the start of disposal: nothing comes in any more, so that what goes out has an end. */
  #isClosing = false;
  readonly #timeout = new Timeout();
  #timerUs = Infinity;
  #isClosed = false;

  /**
   * Creates the udp driver.
   *
   * @param options What to join. Receiving starts at once.
   */
  constructor(options: UdpDriverOptions) {
    this.#options = options;
    this.#sockets = options.sockets;
    this.#receiving = this.#receive();
  }

  /**
   * Goes on with another socket: the machine slept, or its network changed. The connections notice nothing but a new
   * path.
   *
   * @param open Makes the new socket; called when the old one is closed, so that it may have the same port.
   */
  rebind(open: () => DatagramSocket): void {
    for (const socket of this.#sockets) socket.close();
    this.#sockets = [open()];
    this.#receiving = this.#receive();
  }

  /** Sends what a change of a connection made ready. @returns When it is sent. */
  wake(): Promise<void> {
    if (!this.#isDraining && !this.#isClosed) this.#drained = this.#drain();
    return this.#drained;
  }

  /** Sends what is ready, then closes the sockets. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    await this.wake();
    this.#isClosed = true;
    this.#timeout.clear();
    for (const socket of this.#sockets) socket.close();
    await this.#receiving;
  }

  #receive(): Promise<unknown> {
    return Promise.all(
      this.#sockets.map((socket) =>
        socket.receive((datagram, length, from) =>
          this.#handleDatagram(datagram, length, from)
        )
      ),
    );
  }

  #handleDatagram(datagram: Uint8Array, length: number, from: Address): void {
    if (this.#isClosing) return;
    this.#try(() => {
      this.#options.endpoint.handleDatagram(datagram, length, {
        from,
        nowUs: this.#options.nowUs(),
      });
    });
    this.#inputBatchBytes += length;
    void this.#settle();
  }

  /**
   * Takes in everything that has arrived before anything goes out, so that what goes to one peer shares datagrams, and
   * one ACK answers many. No timer is waited for: a lone datagram is answered at once.
   */
  async #settle(): Promise<void> {
    if (this.#isSettling || this.#isDraining) return;
    this.#isSettling = true;
    let before: number;
    do {
      before = this.#inputBatchBytes;
      for (let i = 0; i < RECEIVE_MICROTASKS; i++) await undefined;
    } while (
      before < this.#inputBatchBytes &&
      this.#inputBatchBytes < MAX_INPUT_BATCH_BYTES
    );
    this.#isSettling = false;
    await this.wake();
  }

  /**
   * Events go first: what the application answers then shares datagrams with acknowledgements, and a flood of input
   * that is answered without a connection cannot hold them up.
   */
  async #drain(): Promise<void> {
    this.#isDraining = true;
    for (;;) {
      this.#deliverEvents();
      const transmit = this.#pollTransmit();
      if (transmit === undefined) break;
      // Input that arrives while this waits is picked up by the next round.
      await this.#socketFor(transmit.to).send(
        this.#buffer.subarray(0, transmit.length),
        transmit.to,
      );
      // A flood of input can keep this loop busy; deadlines come all the same.
      if (this.#timerUs === Infinity) this.#arm();
    }
    this.#isDraining = false;
    this.#inputBatchBytes = 0;
    this.#arm();
  }

  #deliverEvents(): void {
    const { endpoint, onEvent } = this.#options;
    for (
      let event = endpoint.pollEvent();
      event !== undefined;
      event = endpoint.pollEvent()
    ) {
      const next = event;
      this.#try(() => onEvent(next));
    }
  }

  #pollTransmit(): ReturnType<Endpoint["pollTransmit"]> {
    for (;;) {
      try {
        return this.#options.endpoint.pollTransmit(
          this.#buffer,
          this.#options.nowUs(),
        );
      } catch (error) {
        // That connection is over; the others go on.
        this.#options.onError(error);
        this.#deliverEvents();
      }
    }
  }

  #socketFor(to: Address): DatagramSocket {
    const sockets = this.#sockets;
    if (sockets.length === 1) return sockets[0]!;
    const isV6 = to.hostname.includes(":");
    return sockets.find((socket) =>
      socket.local.hostname.includes(":") === isV6
    ) ?? sockets[0]!;
  }

  /** Sets the timer, unless the one set comes early enough: moving a timer for every datagram would cost more. */
  #arm(): void {
    const deadlineUs = this.#options.endpoint.deadlineUs;
    if (
      deadlineUs === undefined || this.#isClosed || this.#timerUs <= deadlineUs
    ) return;
    this.#timerUs = deadlineUs;
    // Rounded up: a timer that fires early would find nothing to do.
    const delayMs = Math.max(
      0,
      Math.ceil((deadlineUs - this.#options.nowUs()) / US_PER_MS),
    );
    this.#timeout.set(delayMs, () => {
      this.#timerUs = Infinity;
      this.#try(() =>
        this.#options.endpoint.handleTimeout(this.#options.nowUs())
      );
      void this.wake();
    });
  }

  #try(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
