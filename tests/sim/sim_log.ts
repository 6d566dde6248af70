import { eraseAct } from "../../lib/chat/room_event.ts";
import { assertEquals } from "@std/assert";
import type { Prng } from "../../lib/base/prng.ts";
import { US_PER_MS, US_PER_S } from "../../lib/base/time.ts";
import type {
  Change,
  ChangeResult,
  QueryResult,
  RoomFacts,
  RoomMember,
  StoreQuery,
} from "../../lib/chat/change.ts";
import type { RoomAppended } from "../../lib/chat/chat_server_input.ts";
import { DEFAULT_ROOM_ID } from "../../lib/chat/room_kind.ts";
import type { PersonKey } from "../../lib/chat/person.ts";
import type { StoreWrite } from "../../lib/store/store_messages.ts";
import { MemoryRooms } from "../unit/chat/memory_rooms.ts";
import type { LogFind, LogFound } from "../../lib/chat/room_find.ts";
import type {
  LogEvent,
  LogLoad,
  LogRecall,
  LogState,
  MessageLog,
} from "../../lib/chat/room_log.ts";
import { findIn, loadFrom } from "../unit/chat/log_messages.ts";
import type { Node, Simulation } from "./simulation.ts";

/** The fastest answer of a disk. */
const MIN_LATENCY_US = US_PER_MS / 10;
/** The slowest answer of a good one. */
const GOOD_LATENCY_US: number = 30 * US_PER_MS;
/** How many events one commit takes at most. */
const MAX_GROUP_EVENTS = 512;
/** What a room that is entered has in memory. */
const RECENT_EVENTS = 1_000;
/** Where nothing can be written it is tried again so often. */
const FULL_RETRY_US: number = US_PER_S;
/** Until when a machine that sleeps is looked at again. */
const SLEEP_US: number = US_PER_S / 10;

/** A disk: what is on it outlives every process. */
export class SimDisk {
  /** Names the log's numbers, as long as the disk lasts. */
  readonly epochId: Uint8Array;
  /** Which rooms there are and who is in them. */
  readonly rooms = new MemoryRooms();
  /** Who came into a room or left it, in order. */
  readonly moves: RoomMove[] = [];
  /** All rooms that were ever made, by number; the default room was there. */
  readonly made = new Map<number, RoomFacts>();
  readonly #events = new Map<number, LogEvent[]>();
  readonly #originals = new Map<number, LogEvent[]>();
  /** Nothing more fits on it. */
  isFull = false;
  /** The slowest of its answers. */
  maxLatencyUs: number = GOOD_LATENCY_US;
  /** Events that were being written when a process was killed, and came onto the disk or did not. */
  readonly torn = { kept: 0, lost: 0 };

  constructor(prng: Prng) {
    this.epochId = prng.bytes(8);
  }

  /** All that is durable of the default room, in order: the first is at 0. What is removed has no text. */
  get events(): LogEvent[] {
    return this.eventsOf(DEFAULT_ROOM_ID);
  }

  /** The same, as it came. */
  get originals(): LogEvent[] {
    return this.originalsOf(DEFAULT_ROOM_ID);
  }

  /** All that is durable of a room. */
  eventsOf(roomId: number): LogEvent[] {
    return listOf(this.#events, roomId);
  }

  /** The same, as it came. */
  originalsOf(roomId: number): LogEvent[] {
    return listOf(this.#originals, roomId);
  }

  /** Makes a change durable. */
  apply(change: Change): void {
    this.rooms.apply(change);
    if (change.type === "createRoom") {
      const { room, members } = change;
      const { roomId } = room;
      this.made.set(roomId, room);
      for (const member of members) {
        this.moves.push({ roomId, isIn: true, ...member });
      }
    } else if (change.type === "addMember") {
      const { roomId, member } = change;
      this.moves.push({ roomId, isIn: true, ...member });
    } else if (change.type === "removeMember") {
      const { roomId, person } = change;
      this.moves.push({ roomId, isIn: false, person, name: "" });
    }
  }

  /** Whether somebody ever belonged to a room. */
  wasIn(roomId: number, is: (member: RoomMember) => boolean): boolean {
    return this.moves.some((move) =>
      move.roomId === roomId && move.isIn && is(move)
    );
  }

  /** Whether somebody belongs to a room; of one that is archived, whether it did at the end. */
  isIn(roomId: number, person: PersonKey): boolean {
    const last = this.moves.findLast((move) =>
      move.roomId === roomId && move.person === person
    );
    return last?.isIn === true;
  }

  /** The rooms that somebody belongs to, besides the default one. */
  roomsOf(person: PersonKey): number[] {
    return this.rooms.membershipsOf(person, () => 0)
      .map(({ roomId }) => roomId).sort((a, b) => a - b);
  }

  /** The rooms with events. */
  get roomIds(): number[] {
    return Array.from(this.#events.keys());
  }

  /** Makes an event durable. */
  add(event: LogEvent, roomId: number = DEFAULT_ROOM_ID): void {
    const events = this.eventsOf(roomId);
    events.push(event);
    listOf(this.#originals, roomId).push(event);
    if (event.act.type !== "remove") return;
    const { target } = event.act;
    for (const [index, other] of events.entries()) {
      const { act } = other;
      if (
        index === target - 1 || act.type === "edit" && act.target === target
      ) {
        events[index] = { ...other, act: eraseAct(act) };
      }
    }
  }

  /** Where a room's log stands. */
  state(recent: number, roomId: number = DEFAULT_ROOM_ID): LogState {
    const { epochId } = this;
    const events = this.eventsOf(roomId);
    return {
      epochId,
      firstSequence: 1,
      lastSequence: events.length,
      topic: topicOf(events),
      recent: events.slice(-recent),
    };
  }
}

/** Somebody came into a room or left it. */
export interface RoomMove extends RoomMember {
  readonly roomId: number;
  readonly isIn: boolean;
}

function listOf(
  lists: Map<number, LogEvent[]>,
  roomId: number,
): LogEvent[] {
  const list = lists.get(roomId) ?? [];
  lists.set(roomId, list);
  return list;
}

function topicOf(events: readonly LogEvent[]): string {
  const { act } = events.findLast(({ act }) => act.type === "topic") ?? {};
  return act?.type === "topic" ? act.text : "";
}

/** What takes a log's answers. */
export interface LogAnswers {
  handleAppended(appended: readonly RoomAppended[]): void;
  handleChanged(changeId: number, result: ChangeResult): void;
  handleQueried(queryId: number, result: QueryResult): void;
  handleLoaded(
    roomId: number,
    loadId: number,
    events: readonly LogEvent[],
  ): void;
  handleRecalled(
    roomId: number,
    authorKey: string,
    events: readonly LogEvent[],
  ): void;
  handleFound(roomId: number, findId: number, found: LogFound): void;
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
  readonly #waiting: StoreWrite[] = [];
  #writing = 0;
  /** On the disk, and nobody was told. */
  readonly #untold: StoreWrite[] = [];
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
    return this.#waiting.filter(({ type }) => type === "event").length;
  }

  append(roomId: number, event: LogEvent): void {
    this.#waiting.push({ type: "event", roomId, event });
    if (this.#writing === 0) this.#write();
  }

  change(changeId: number, change: Change): void {
    this.#waiting.push({ type: "change", changeId, change });
    if (this.#writing === 0) this.#write();
  }

  query(queryId: number, query: StoreQuery): void {
    this.#later(() => {
      this.#answers.handleQueried(queryId, this.#answer(query));
    });
  }

  #answer(query: StoreQuery): QueryResult {
    const disk = this.#disk;
    switch (query.type) {
      // Nobody here asks for what is not in memory.
      case "account":
        return { type: "account", account: undefined };
      case "audit":
        return { type: "audit", rows: [], isEnd: true };
      case "memberships": {
        const memberships = disk.rooms.membershipsOf(
          query.person,
          (roomId) => disk.eventsOf(roomId).length,
        );
        const stay = disk.rooms.stayOf(query.person);
        return { type: "memberships", memberships, ...stay };
      }
      case "roomState": {
        const state = disk.state(RECENT_EVENTS, query.roomId);
        return { type: "roomState", state };
      }
    }
  }

  load(load: LogLoad): void {
    const { roomId, loadId } = load;
    this.#later(() => {
      // Read when it answers: there may be more by then than is published.
      const page = loadFrom(this.#disk.eventsOf(roomId), load);
      this.#answers.handleLoaded(roomId, loadId, page);
    });
  }

  recall({ roomId, authorKey, limit }: LogRecall): void {
    this.#later(() => {
      const own = this.#disk.eventsOf(roomId).filter((event) =>
        event.authorKey === authorKey
      );
      this.#answers.handleRecalled(roomId, authorKey, own.slice(-limit));
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

  find({ roomId, findId, query }: LogFind): void {
    this.#later(() => {
      const found = findIn(this.#disk.eventsOf(roomId), query);
      this.#answers.handleFound(roomId, findId, found);
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
    const written = this.#commit(this.#writing);
    this.#writing = 0;
    // Durable before anybody is told; the next group is on its way meanwhile.
    this.#untold.push(...written);
    this.#later(() => this.#tell(this.#untold.splice(0, written.length)));
    if (this.#waiting.length > 0) this.#write();
  }

  #commit(count: number): StoreWrite[] {
    const written = this.#waiting.splice(0, count);
    for (const write of written) {
      if (write.type === "change") this.#disk.apply(write.change);
      else {
        const { roomId, event } = write;
        const last = this.#disk.eventsOf(roomId).length;
        assertEquals(event.sequence, last + 1, "no gap");
        this.#disk.add(event, roomId);
      }
    }
    return written;
  }

  /** As many of the oldest as one group had, in their order. */
  #tell(written: readonly StoreWrite[]): void {
    const appended = new Map<number, number>();
    for (const write of written) {
      if (write.type === "event") {
        appended.set(write.roomId, write.event.sequence);
      }
    }
    if (appended.size > 0) {
      this.#answers.handleAppended(
        Array.from(appended, ([roomId, throughSequence]) => ({
          roomId,
          throughSequence,
        })),
      );
    }
    for (const write of written) {
      if (write.type !== "change") continue;
      this.#answers.handleChanged(write.changeId, { type: "done" });
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
