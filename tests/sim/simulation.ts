import { assert } from "@std/assert";
import type { Address } from "../../lib/transport/address.ts";
import { addressKey } from "../../lib/transport/address.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import type { ConnectionEvent } from "../../lib/transport/connection_event.ts";
import type { Endpoint } from "../../lib/transport/endpoint.ts";
import type { Delivery, Network } from "./network.ts";

/** One machine: a socket's endpoint and the application above it. */
export interface Node {
  address: Address;
  endpoint: Endpoint;
  /** Takes an event of the endpoint. */
  readonly onEvent: (
    connection: Connection,
    event: ConnectionEvent,
    nowUs: number,
  ) => void;
  /** When `onTimer` is to be called; undefined for never. */
  readonly deadlineUs?: () => number | undefined;
  /** The application's own timers. */
  readonly onTimer?: (nowUs: number) => void;
  /** The machine slept until now. */
  readonly onWake?: (nowUs: number) => void;
}

/** How a machine sleeps. */
export interface Sleep {
  /** Datagrams wait in its socket meanwhile, as far as they fit; else they are lost. */
  readonly queues: boolean;
  /** Waking, it looks at its timers before it looks at its socket. */
  readonly timersFirst: boolean;
}

/** What waits in a socket nobody reads: Linux' default buffer. */
const SOCKET_BUFFER_BYTES = 212_992;

/** Calls at one moment of virtual time before it counts as a spinning loop. */
const MAX_TURNS_WITHOUT_TIME = 20_000;

/**
 * Drives nodes and their network through virtual time, with the same loop as the real driver: one input, then
 * everything that follows from it.
 */
export class Simulation {
  nowUs = 1_000_000;
  readonly network: Network;
  readonly nodes: Node[] = [];
  readonly #byAddress = new Map<string, Node>();
  readonly #actions: { timeUs: number; run: () => void }[] = [];
  readonly #buffer = new Uint8Array(2048);
  readonly #asleep = new Map<Node, { sleep: Sleep; inbox: Delivery[] }>();
  /** Inputs and outputs so far: work, as opposed to time. */
  steps = 0;
  #turns = 0;

  constructor(network: Network) {
    this.network = network;
  }

  add(node: Node): void {
    this.nodes.push(node);
    this.#byAddress.set(addressKey(node.address), node);
  }

  remove(node: Node): void {
    this.nodes.splice(this.nodes.indexOf(node), 1);
    for (const [key, owner] of this.#byAddress) {
      if (owner === node) this.#byAddress.delete(key);
    }
    this.#asleep.delete(node);
  }

  /** A node has another address from now on; the old one may still lead to it. */
  move(node: Node, address: Address, options: { keepsOld: boolean }): void {
    if (!options.keepsOld) this.#byAddress.delete(addressKey(node.address));
    node.address = address;
    this.#byAddress.set(addressKey(address), node);
  }

  isAsleep(node: Node): boolean {
    return this.#asleep.has(node);
  }

  /** A machine stops in the middle of everything. */
  sleep(node: Node, sleep: Sleep): void {
    if (!this.#asleep.has(node)) this.#asleep.set(node, { sleep, inbox: [] });
  }

  /** It goes on, with the time that has passed meanwhile. */
  wake(node: Node): void {
    const slept = this.#asleep.get(node);
    if (slept === undefined) return;
    this.#asleep.delete(node);
    if (slept.sleep.timersFirst) this.#handleTimers(node);
    for (const delivery of slept.inbox) this.#deliver(node, delivery);
    node.onWake?.(this.nowUs);
    this.drain(node);
  }

  /** Runs something at a time. */
  at(timeUs: number, run: () => void): void {
    let index = this.#actions.length;
    while (index > 0 && this.#actions[index - 1]!.timeUs > timeUs) index--;
    this.#actions.splice(index, 0, { timeUs, run });
  }

  /**
   * Goes on until a condition holds.
   *
   * @param isDone Asked after every step.
   * @param limitUs Virtual time it may take.
   * @returns False if the time ran out or nothing more would ever happen.
   */
  runUntil(isDone: () => boolean, limitUs: number): boolean {
    const endUs = this.nowUs + limitUs;
    for (const node of this.nodes) this.drain(node);
    while (!isDone()) {
      const nextUs = this.#nextUs();
      if (nextUs === undefined || nextUs > endUs) {
        this.nowUs = endUs;
        return false;
      }
      if (nextUs > this.nowUs) this.#turns = 0;
      assert(
        ++this.#turns < MAX_TURNS_WITHOUT_TIME,
        "the loop spins: a deadline stays in the past",
      );
      this.nowUs = Math.max(this.nowUs, nextUs);
      this.#step();
    }
    return true;
  }

  /** Sends what a node has to send and hands it its events, until there is nothing left. */
  drain(node: Node): void {
    if (this.#asleep.has(node)) return;
    for (;;) {
      let moved = false;
      for (;;) {
        const transmit = node.endpoint.pollTransmit(this.#buffer, this.nowUs);
        if (transmit === undefined) break;
        moved = true;
        this.steps++;
        this.network.send(
          node.address,
          transmit.to,
          this.#buffer.subarray(0, transmit.length),
          this.nowUs,
        );
      }
      for (;;) {
        const next = node.endpoint.pollEvent();
        if (next === undefined) break;
        moved = true;
        node.onEvent(next.connection, next.event, this.nowUs);
      }
      if (!moved) return;
      assert(
        ++this.#turns < MAX_TURNS_WITHOUT_TIME,
        "the loop spins: output never ends",
      );
    }
  }

  #nextUs(): number | undefined {
    let nextUs = this.network.deadlineUs ?? Infinity;
    nextUs = Math.min(nextUs, this.#actions[0]?.timeUs ?? Infinity);
    for (const node of this.nodes) {
      if (this.#asleep.has(node)) continue;
      nextUs = Math.min(
        nextUs,
        node.endpoint.deadlineUs ?? Infinity,
        node.deadlineUs?.() ?? Infinity,
      );
    }
    return nextUs === Infinity ? undefined : nextUs;
  }

  #step(): void {
    while (this.#actions.length > 0 && this.#actions[0]!.timeUs <= this.nowUs) {
      this.#actions.shift()!.run();
      for (const node of this.nodes) this.drain(node);
    }
    const delivery = this.network.poll(this.nowUs);
    if (delivery !== undefined) {
      const node = this.#byAddress.get(addressKey(delivery.to));
      if (node !== undefined) this.#deliver(node, delivery);
      return;
    }
    for (const node of [...this.nodes]) this.#handleTimers(node);
  }

  #deliver(node: Node, delivery: Delivery): void {
    const { bytes, from } = delivery;
    const slept = this.#asleep.get(node);
    if (slept !== undefined) {
      if (!slept.sleep.queues) return;
      const waiting = slept.inbox.reduce(
        (sum, { bytes }) => sum + bytes.length,
        0,
      );
      if (waiting + bytes.length <= SOCKET_BUFFER_BYTES) {
        slept.inbox.push(delivery);
      }
      return;
    }
    this.steps++;
    node.endpoint.handleDatagram(bytes, bytes.length, {
      from,
      nowUs: this.nowUs,
    });
    this.drain(node);
  }

  #handleTimers(node: Node): void {
    if (this.#asleep.has(node)) return;
    if ((node.endpoint.deadlineUs ?? Infinity) <= this.nowUs) {
      this.steps++;
      node.endpoint.handleTimeout(this.nowUs);
    }
    if ((node.deadlineUs?.() ?? Infinity) <= this.nowUs) {
      this.steps++;
      node.onTimer?.(this.nowUs);
    }
    this.drain(node);
  }
}
