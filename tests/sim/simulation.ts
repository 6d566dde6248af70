import { assert } from "@std/assert";
import type { Address } from "../../lib/transport/address.ts";
import { addressKey } from "../../lib/transport/address.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import type { ConnectionEvent } from "../../lib/transport/connection_event.ts";
import type { Endpoint } from "../../lib/transport/endpoint.ts";
import type { Network } from "./network.ts";

/** One machine: a socket's endpoint and the application above it. */
export interface Node {
  readonly address: Address;
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
}

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
    this.#byAddress.delete(addressKey(node.address));
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
    for (;;) {
      let moved = false;
      for (;;) {
        const transmit = node.endpoint.pollTransmit(this.#buffer, this.nowUs);
        if (transmit === undefined) break;
        moved = true;
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
      if (node === undefined) return;
      const { bytes, from } = delivery;
      node.endpoint.handleDatagram(bytes, bytes.length, {
        from,
        nowUs: this.nowUs,
      });
      this.drain(node);
      return;
    }
    for (const node of [...this.nodes]) {
      if ((node.endpoint.deadlineUs ?? Infinity) <= this.nowUs) {
        node.endpoint.handleTimeout(this.nowUs);
      }
      if ((node.deadlineUs?.() ?? Infinity) <= this.nowUs) {
        node.onTimer?.(this.nowUs);
      }
      this.drain(node);
    }
  }
}
