import { monotonicUs } from "../lib/net/monotonic_clock.ts";
import { TimerQueue } from "../lib/transport/timer_queue.ts";
import { MAX_RECEIVED_DATAGRAM_BYTES } from "../lib/wire/packet.ts";
import { EpollSockets } from "./epoll_sockets.ts";
import type { RoomMember } from "./room_member.ts";

/** Datagrams read from one socket before the next has its turn. */
const MAX_READS = 16;
/** Longest wait for the system, so that an end condition is looked at. */
const MAX_WAIT_MS = 20;

/** Sends that come at their own times. */
export interface Pacer {
  /** When `handleTimeout` wants to be called; undefined for never. */
  readonly deadlineUs: number | undefined;
  /** Sends what is due. */
  handleTimeout(nowUs: number): void;
}

/**
 * The one loop behind all clients. It owns the thread: no promise and no timer
 * of the runtime takes part.
 */
export class ClientLoop {
  readonly #serverPort: number;
  readonly #pacer: Pacer;
  readonly #sockets = new EpollSockets();
  readonly #members: RoomMember[] = [];
  readonly #indexes = new Map<RoomMember, number>();
  readonly #timers = new TimerQueue<RoomMember>();
  readonly #active = new Set<RoomMember>();
  readonly #received = new Uint8Array(MAX_RECEIVED_DATAGRAM_BYTES);
  readonly #sent = new Uint8Array(MAX_RECEIVED_DATAGRAM_BYTES);

  /**
   * @param serverPort Where all members connect to.
   * @param pacer Who sends by the clock.
   */
  constructor(serverPort: number, pacer: Pacer) {
    this.#serverPort = serverPort;
    this.#pacer = pacer;
  }

  /** Gives a member its socket. @returns Its port. */
  add(member: RoomMember): number {
    const { index, port } = this.#sockets.open(this.#serverPort);
    this.#members[index] = member;
    this.#indexes.set(member, index);
    return port;
  }

  /** A member may have something to transmit. */
  activate(member: RoomMember): void {
    this.#active.add(member);
  }

  /**
   * Runs everything for a time.
   *
   * @param seconds How long.
   * @param isDone Ends it earlier.
   */
  run(seconds: number, isDone: () => boolean = () => false): void {
    const endUs = monotonicUs() + seconds * 1_000_000;
    this.#drainActive();
    while (!isDone()) {
      const nowUs = monotonicUs();
      if (nowUs >= endUs) return;
      const deadlineUs = Math.min(
        endUs,
        this.#timers.deadlineUs ?? Infinity,
        this.#pacer.deadlineUs ?? Infinity,
      );
      const waitMs = Math.ceil((deadlineUs - nowUs) / 1_000);
      this.#sockets.wait(
        Math.max(0, Math.min(waitMs, MAX_WAIT_MS)),
        (index) => this.#read(index),
      );
      this.#handleTimeouts();
    }
  }

  #read(index: number): void {
    const member = this.#members[index]!;
    const buffer = this.#received;
    const from = { hostname: "127.0.0.1", port: this.#serverPort };
    for (let i = 0; i < MAX_READS; i++) {
      const length = this.#sockets.receive(index, buffer);
      if (length < 0) break;
      const nowUs = monotonicUs();
      member.endpoint.handleDatagram(buffer, length, { from, nowUs });
    }
    this.#active.add(member);
    this.#drainActive();
  }

  #handleTimeouts(): void {
    const nowUs = monotonicUs();
    if ((this.#pacer.deadlineUs ?? Infinity) <= nowUs) {
      this.#pacer.handleTimeout(nowUs);
      this.#drainActive();
    }
    for (;;) {
      const member = this.#timers.pollExpired(nowUs);
      if (member === undefined) return;
      member.endpoint.handleTimeout(nowUs);
      this.#active.add(member);
      this.#drainActive();
    }
  }

  /** Sets iterate over what is added meanwhile, so this ends when all is sent. */
  #drainActive(): void {
    for (const member of this.#active) {
      this.#active.delete(member);
      this.#drain(member);
      this.#timers.update(member);
    }
  }

  #drain(member: RoomMember): void {
    const { endpoint } = member;
    const index = this.#indexes.get(member)!;
    for (;;) {
      for (
        let event = endpoint.pollEvent();
        event !== undefined;
        event = endpoint.pollEvent()
      ) member.handleEvent(event);
      const transmit = endpoint.pollTransmit(this.#sent, monotonicUs());
      if (transmit === undefined) return;
      this.#sockets.send(index, this.#sent, transmit.length);
    }
  }
}
