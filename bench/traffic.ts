import { US_PER_S } from "../lib/base/time.ts";
import { monotonicUs } from "../lib/net/monotonic_clock.ts";
import type { ClientEvent } from "../lib/ui/bridge.ts";
import { Histogram } from "./histogram.ts";
import { MESSAGE_BYTES, TEXT_MARK, type Workload } from "./workload.ts";

/** Wrong deliveries that are described; the rest is counted. */
const MAX_DESCRIBED = 5;

/**
 * The talk in a room: who sends when, and whether everybody got everything once
 * and in order.
 */
export class Traffic {
  /** Times from the sender's call to the receiver's event, in the window. */
  readonly latency: Histogram = new Histogram();
  /** Deliveries so far. */
  deliveries = 0;
  /** Messages sent so far. */
  messages = 0;
  /** Deliveries that were not the next of their sender. */
  wrong = 0;
  /** The first of what went wrong, for people. */
  readonly problems: string[] = [];
  readonly #workload: Workload;
  readonly #send: (sender: number, text: string) => void;
  /** By receiver and sender: the last number that came. */
  readonly #received: Int32Array;
  /** By sender: the last number that was sent. */
  readonly #sent: Int32Array;
  /** By sender: the last number that the last client has. */
  readonly #returned: Int32Array;
  #windowUs = { start: Infinity, end: Infinity };
  #isSending = false;
  #nextUs: number | undefined;

  /**
   * @param workload What is sent.
   * @param send Sends a text as one of the clients.
   */
  constructor(
    workload: Workload,
    send: (sender: number, text: string) => void,
  ) {
    const { clients, senders } = workload;
    this.#workload = workload;
    this.#send = send;
    this.#received = new Int32Array(clients * senders);
    this.#sent = new Int32Array(senders);
    this.#returned = new Int32Array(senders);
  }

  /** Starts sending. */
  start(): void {
    this.#isSending = true;
    const { load, senders } = this.#workload;
    if (load.type === "paced") {
      this.#nextUs = monotonicUs();
      return;
    }
    for (let sender = 0; sender < senders; sender++) this.#fillWindow(sender);
  }

  /** When the next message is to be sent by the clock; undefined for never. */
  get deadlineUs(): number | undefined {
    return this.#nextUs;
  }

  /** Sends what is due by the clock. */
  handleTimeout(nowUs: number): void {
    const { load, senders } = this.#workload;
    if (load.type !== "paced") return;
    while (this.#nextUs !== undefined && this.#nextUs <= nowUs) {
      this.#publish(this.messages % senders);
      this.#nextUs += US_PER_S / load.messagesPerSecond;
    }
  }

  /** From now on, latencies count. */
  startWindow(): void {
    this.#windowUs.start = monotonicUs();
  }

  /** Sends no more. */
  stop(): void {
    this.#windowUs.end = monotonicUs();
    this.#isSending = false;
    this.#nextUs = undefined;
  }

  /** True once every receiver has every message. */
  get isComplete(): boolean {
    return this.deliveries >= this.expected;
  }

  /** Deliveries there must be of what was sent so far. */
  get expected(): number {
    return this.messages * (this.#workload.clients - 1);
  }

  /** Takes what a client's face would be told. */
  handleEvent(receiver: number, event: ClientEvent): void {
    if (event.type === "message") {
      if (!event.own) this.handleText(receiver, ASCII.encode(event.text));
    } else if (event.type !== "delivery") {
      this.#complain(`client ${receiver}: ${JSON.stringify(event)}`);
    } else if (
      event.delivery.state !== "stored" ||
      event.delivery.forwardedTo !== this.#workload.clients - 1
    ) {
      this.#complain(`client ${receiver}: ${JSON.stringify(event.delivery)}`);
    }
  }

  /** Takes a text that a client received, as ASCII. */
  handleText(receiver: number, text: Uint8Array): void {
    const nowUs = monotonicUs();
    const sender = readHex(text, 2, 4);
    const number = readHex(text, 4, 12);
    const sentUs = readHex(text, 12, 28);
    const at = receiver * this.#workload.senders + sender;
    const wanted = this.#received[at]! + 1;
    this.#received[at] = number;
    this.deliveries++;
    if (number !== wanted) {
      this.#complain(
        `client ${receiver} got ${number} of ${sender}, not ${wanted}`,
      );
    }
    const { start, end } = this.#windowUs;
    if (sentUs >= start && sentUs < end) this.latency.add(nowUs - sentUs);
    if (receiver !== this.#workload.clients - 1) return;
    this.#returned[sender] = number;
    if (this.#workload.load.type === "closedLoop") this.#fillWindow(sender);
  }

  #fillWindow(sender: number): void {
    const { load } = this.#workload;
    const window = load.type === "closedLoop" ? load.window : 0;
    while (
      this.#isSending &&
      this.#sent[sender]! < this.#returned[sender]! + window
    ) this.#publish(sender);
  }

  #publish(sender: number): void {
    const number = ++this.#sent[sender]!;
    this.messages++;
    this.#send(sender, encodeText(sender, number));
  }

  #complain(problem: string): void {
    this.wrong++;
    if (this.problems.length < MAX_DESCRIBED) this.problems.push(problem);
  }
}

/** Sender, number and time in fixed places, filled up to the size. */
function encodeText(sender: number, number: number): string {
  return `${TEXT_MARK}${hex(sender, 2)}${hex(number, 8)}${
    hex(monotonicUs(), 16)
  }`
    .padEnd(MESSAGE_BYTES, "abcdefghijklmnopqrstuvwxyz");
}

/** Without a string in between: this runs for every delivery. */
function readHex(text: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const code = text[at]!;
    value = value * 16 + (code < 0x60 ? code - 0x30 : code - 0x57);
  }
  return value;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

const ASCII = new TextEncoder();
