import { eraseAct } from "../../lib/chat/room_event.ts";
import { assertEquals } from "@std/assert";
import type { Prng } from "../../lib/base/prng.ts";
import { US_PER_MS, US_PER_S } from "../../lib/base/time.ts";
import type { LogFind, LogFound } from "../../lib/chat/room_find.ts";
import type {
  LogEvent,
  LogLoad,
  LogRecall,
  LogState,
  MessageLog,
} from "../../lib/chat/room_log.ts";
import { findIn } from "../unit/chat/log_messages.ts";
import type { Node, Simulation } from "./simulation.ts";

/** The fastest answer of a disk. */
const MIN_LATENCY_US = US_PER_MS / 10;
/** The slowest answer of a good one. */
const GOOD_LATENCY_US: number = 30 * US_PER_MS;
/** How many events one commit takes at most. */
const MAX_GROUP_EVENTS = 512;
/** Where nothing can be written it is tried again so often. */
const FULL_RETRY_US: number = US_PER_S;
/** Until when a machine that sleeps is looked at again. */
const SLEEP_US: number = US_PER_S / 10;

/** A disk: what is on it outlives every process. */
export class SimDisk {
  /** Names the log's numbers, as long as the disk lasts. */
  readonly epochId: Uint8Array;
  /** All that is durable, in order: the first is at 0. What is removed has no text. */
  readonly events: LogEvent[] = [];
  /** The same, as it came. */
  readonly originals: LogEvent[] = [];
  /** Nothing more fits on it. */
  isFull = false;
  /** The slowest of its answers. */
  maxLatencyUs: number = GOOD_LATENCY_US;
  /** Events that were being written when a process was killed, and came onto the disk or did not. */
  readonly torn = { kept: 0, lost: 0 };

  constructor(prng: Prng) {
    this.epochId = prng.bytes(8);
  }

  /** Makes an event durable. */
  add(event: LogEvent): void {
    this.events.push(event);
    this.originals.push(event);
    if (event.act.type !== "remove") return;
    const { target } = event.act;
    for (const [index, other] of this.events.entries()) {
      const { act } = other;
      if (
        index === target - 1 || act.type === "edit" && act.target === target
      ) {
        this.events[index] = { ...other, act: eraseAct(act) };
      }
    }
  }

  /** Where the log stands when a server starts. */
  state(recent: number): LogState {
    const { epochId, events } = this;
    return {
      epochId,
      firstSequence: 1,
      lastSequence: events.length,
      topic: topicOf(events),
      recent: events.slice(-recent),
    };
  }
}

function topicOf(events: readonly LogEvent[]): string {
  const { act } = events.findLast(({ act }) => act.type === "topic") ?? {};
  return act?.type === "topic" ? act.text : "";
}

/** What takes a log's answers. */
export interface LogAnswers {
  handleAppended(throughSequence: number): void;
  handleLoaded(loadId: number, events: readonly LogEvent[]): void;
  handleRecalled(authorKey: string, events: readonly LogEvent[]): void;
  handleFound(findId: number, found: LogFound): void;
}

/**
 * The store of one server process in virtual time: it commits in groups, takes
 * its time for everything, and dies with its server in the middle of it.
 */
export class SimLog implements MessageLog {
  readonly #prng: Prng;
  readonly #disk: SimDisk;
  readonly #simulation: Simulation;
  readonly #machine: Node;
  readonly #answers: LogAnswers;
  /** Not on the disk yet, in order; the first so many are being written. */
  readonly #waiting: LogEvent[] = [];
  #writing = 0;
  #isDead = false;

  constructor(
    prng: Prng,
    options: {
      disk: SimDisk;
      simulation: Simulation;
      machine: Node;
      answers: LogAnswers;
    },
  ) {
    this.#prng = prng;
    this.#disk = options.disk;
    this.#simulation = options.simulation;
    this.#machine = options.machine;
    this.#answers = options.answers;
  }

  /** How many events it was given that are not durable. */
  get waiting(): number {
    return this.#waiting.length;
  }

  append(event: LogEvent): void {
    this.#waiting.push(event);
    if (this.#writing === 0) this.#write();
  }

  load({ loadId, after, limit }: LogLoad): void {
    this.#later(() => {
      // Read when it answers: there may be more by then than is published.
      const page = this.#disk.events.slice(after, after + limit);
      this.#answers.handleLoaded(loadId, page);
    });
  }

  recall({ authorKey, limit }: LogRecall): void {
    this.#later(() => {
      const own = this.#disk.events.filter((event) =>
        event.authorKey === authorKey
      );
      this.#answers.handleRecalled(authorKey, own.slice(-limit));
    });
  }

  /** The process is killed: of the group that is being written any part may be on the disk, of the rest nothing. */
  kill(): void {
    this.#isDead = true;
    if (this.#disk.isFull) return;
    const kept = this.#prng.between(0, this.#writing);
    this.#disk.torn.kept += kept;
    this.#disk.torn.lost += this.#writing - kept;
    this.#commit(kept);
  }

  find({ findId, query }: LogFind): void {
    this.#later(() => {
      const found = findIn(this.#disk.events, query);
      this.#answers.handleFound(findId, found);
    });
  }

  #write(): void {
    this.#writing = Math.min(this.#waiting.length, MAX_GROUP_EVENTS);
    this.#later(() => this.#finish());
  }

  #finish(): void {
    if (this.#disk.isFull) {
      this.#later(() => this.#finish(), FULL_RETRY_US);
      return;
    }
    this.#commit(this.#writing);
    this.#writing = 0;
    const throughSequence = this.#disk.events.length;
    // Durable before anybody is told; the next group is on its way meanwhile.
    this.#later(() => this.#answers.handleAppended(throughSequence));
    if (this.#waiting.length > 0) this.#write();
  }

  #commit(count: number): void {
    for (const event of this.#waiting.splice(0, count)) {
      assertEquals(event.sequence, this.#disk.events.length + 1, "no gap");
      this.#disk.add(event);
    }
  }

  #later(run: () => void, delayUs?: number): void {
    const { nowUs } = this.#simulation;
    const latencyUs = delayUs ??
      this.#prng.between(MIN_LATENCY_US, this.#disk.maxLatencyUs);
    this.#simulation.at(nowUs + latencyUs, () => {
      if (this.#isDead) return;
      if (this.#simulation.isAsleep(this.#machine)) this.#later(run, SLEEP_US);
      else run();
    });
  }
}
