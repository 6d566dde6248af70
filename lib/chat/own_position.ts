import { US_PER_S } from "../base/time.ts";
import type { Position } from "./positions.ts";
import type { PositionMessage } from "./receipt_message.ts";

/**
 * How far a client is in its room, and what the server knows of that. It is told
 * at most once a second, and nothing while nothing changes: what people read
 * costs a datagram a second at worst, however much is said.
 */
export class OwnPosition {
  #delivered = 0;
  #read = 0;
  #told: Position | undefined;
  /** When the next may follow the one before. */
  #nextUs = 0;
  /** When what is not told yet is due; undefined while there is nothing. */
  #dueUs: number | undefined;

  /** Another log: its numbers mean other messages. */
  reset(): void {
    this.#delivered = 0;
    this.#read = 0;
    this.#told = undefined;
  }

  /** A new connection: what was told on the one before may not have arrived. */
  handleConnected(): void {
    this.#told = undefined;
  }

  /**
   * Takes note that a message of somebody else has come.
   *
   * @param sequence Its place; everything before it has come, too.
   */
  handleDelivered(sequence: number): void {
    this.#delivered = Math.max(this.#delivered, sequence);
  }

  /**
   * Takes note of what was read here.
   *
   * @param sequence The last message.
   */
  handleRead(sequence: number): void {
    this.#read = Math.max(this.#read, sequence);
  }

  /**
   * Takes note of what the server knows to be read, perhaps on another device:
   * it is not told that again.
   *
   * @param sequence The last message.
   */
  handleKnown(sequence: number): void {
    this.handleRead(sequence);
    const { delivered, read } = this.#told ?? NOWHERE;
    this.#told = { delivered, read: Math.max(read, sequence) };
  }

  /**
   * Gives what the server is to be told.
   *
   * @param nowUs The monotonic time; undefined if this is the last time.
   * @returns The message; undefined if there is nothing to tell yet.
   */
  poll(nowUs: number | undefined): PositionMessage | undefined {
    const next = this.#untold();
    if (next === undefined) return undefined;
    if (nowUs !== undefined) {
      if (nowUs < this.nextTimeoutUs(nowUs)!) return undefined;
      this.#nextUs = nowUs + INTERVAL_US;
    }
    this.#told = next;
    this.#dueUs = undefined;
    return { type: "position", ...next };
  }

  /**
   * Tells when {@linkcode OwnPosition.poll} gives something.
   *
   * @param nowUs The monotonic time.
   * @returns The monotonic time, perhaps past; undefined while there is nothing.
   */
  nextTimeoutUs(nowUs: number): number | undefined {
    if (this.#untold() === undefined) return undefined;
    return this.#dueUs ??= Math.max(this.#nextUs, nowUs + GATHER_US);
  }

  /** What was read is not further than what has come. */
  #untold(): Position | undefined {
    const delivered = this.#delivered;
    const read = Math.min(this.#read, delivered);
    const told = this.#told ?? NOWHERE;
    return delivered > told.delivered || read > told.read
      ? { delivered, read }
      : undefined;
  }
}

const NOWHERE: Position = { delivered: 0, read: 0 };

/** As often as the server counts. */
const INTERVAL_US = US_PER_S;

/** What comes is mostly read at once: both go in one message. */
const GATHER_US = US_PER_S / 4;
