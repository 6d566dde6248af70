import { assert } from "@std/assert";
import {
  type ClientMessage,
  encodeClientMessage,
  type ServerMessage,
} from "../../../lib/chat/chat_message.ts";
import { ChatServer } from "../../../lib/chat/chat_server.ts";
import type {
  JoinAnswer,
  JoinOptions,
} from "../../../lib/chat/chat_server_input.ts";
import type {
  ChatServerNotice,
  ChatServerOutput,
} from "../../../lib/chat/chat_server_output.ts";
import type { ChatClose } from "../../../lib/chat/close_code.ts";
import {
  type ChatLimits,
  DEFAULT_CHAT_LIMITS,
} from "../../../lib/chat/limits.ts";
import { frameMessage } from "../../../lib/chat/message_deframer.ts";
import { checkName } from "../../../lib/chat/name.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import type { LogEvent } from "../../../lib/chat/room_log.ts";
import { noPeople } from "./fake_registration.ts";
import { findIn, loadFrom } from "./log_messages.ts";
import { TestInbox } from "./test_inbox.ts";
import { NEW_ROOMS } from "./wire_values.ts";

/** The room's epoch. */
export const EPOCH: Uint8Array = new Uint8Array(8).fill(0xee);

/** The wall clock of every call. */
export const TIME = 1_763_800_000_000;

/** What a login says of somebody. */
export type TestAccount = Pick<JoinOptions, "accountId" | "role">;

const GUEST: TestAccount = { accountId: 0, role: "guest" };

/** A room's log at a start. */
export interface TestLog {
  /** All of it, ascending. */
  readonly events?: readonly LogEvent[];
  /** How many of the newest the server is given. */
  readonly recent?: number;
}

/**
 * A server whose members are moved by hand and whose outputs are sorted. Its
 * log answers at once, unless it is held.
 */
export class TestRoom {
  /** The server. */
  readonly server: ChatServer;
  /** All outputs so far. */
  readonly outputs: ChatServerOutput[] = [];
  /** Notices so far. */
  readonly notices: ChatServerNotice[] = [];
  /** Closed members and why. */
  readonly closed = new Map<number, ChatClose>();
  /** The monotonic time of the next calls. */
  nowUs = 0;
  /** What the log has. */
  readonly log: LogEvent[];
  /** Whether the log waits with its answers until {@linkcode answer}. */
  isLogHeld = false;
  /** Whether members take what they are sent. */
  isDraining = true;
  readonly #asked: ChatServerOutput[] = [];
  readonly #inbox = new TestInbox();

  /** Creates a room without members. */
  constructor(limits: Partial<ChatLimits> = {}, log: TestLog = {}) {
    const { events = [], recent = events.length } = log;
    this.log = [...events];
    const lastSequence = events.at(-1)?.sequence ?? 0;
    this.server = new ChatServer({
      room: "Lab",
      log: {
        epochId: EPOCH,
        firstSequence: events[0]?.sequence ?? lastSequence + 1,
        lastSequence,
        topic: "",
        recent: events.slice(events.length - recent),
      },
      ...NEW_ROOMS,
      openRoom: true,
      people: noPeople(),
      limits: { ...DEFAULT_CHAT_LIMITS, ...limits },
    });
  }

  /** Joins without `sync`. */
  join(
    member: number,
    name: string,
    instance = member,
    account: TestAccount = GUEST,
  ): JoinAnswer {
    const check = checkName(name);
    assert(check.type === "valid");
    const answer = this.server.join({
      member,
      name: check.name,
      authorKey: authorKeyOf(instance),
      address: "192.0.2.1",
      ...account,
      nowUs: this.nowUs,
      timeMs: TIME,
    });
    this.drain();
    return answer;
  }

  /** Joins and syncs as a client that was never here. */
  enter(
    member: number,
    name: string,
    instance = member,
    account: TestAccount = GUEST,
  ): void {
    this.join(member, name, instance, account);
    this.send(member, {
      type: "sync",
      epochId: new Uint8Array(8),
      lastSequence: 0,
    });
  }

  /** Gives the server a message of a member. */
  send(member: number, message: ClientMessage): void {
    this.sendBytes(member, frameMessage(encodeClientMessage(message)));
  }

  /** Says something. */
  say(member: number, text: string, id: number): void {
    this.send(member, { type: "act", id: idOf(id), act: plainMessage(text) });
  }

  /** Gives the server bytes of a member. */
  sendBytes(member: number, bytes: Uint8Array): void {
    const { nowUs } = this;
    this.server.handleData({ member, bytes, nowUs, timeMs: TIME });
    this.drain();
  }

  /** A member's connection is lost. */
  lose(member: number): void {
    this.server.leave(member, "lost", TIME);
    this.drain();
  }

  /** Takes what a member was sent since the last call. */
  take(member: number): ServerMessage[] {
    return this.#inbox.take(member);
  }

  /** What the log was asked and has not answered. */
  get asked(): readonly ChatServerOutput[] {
    return this.#asked;
  }

  /** The log answers the first so many questions. */
  answer(count = this.#asked.length): void {
    const { server } = this;
    const time = { nowUs: this.nowUs, timeMs: TIME };
    for (const output of this.#asked.splice(0, count)) {
      if (output.type === "append") {
        this.log.push(output.event);
        const { sequence: throughSequence } = output.event;
        server.handleAppended([{ roomId: 1, throughSequence }], time);
      } else if (output.type === "load") {
        const { loadId } = output.load;
        const events = loadFrom(this.log, output.load);
        server.handleLoaded(1, loadId, events, time);
      } else if (output.type === "recall") {
        const { authorKey, limit } = output.recall;
        const own = this.log.filter((event) => event.authorKey === authorKey);
        server.handleRecalled(1, authorKey, own.slice(-limit), time);
      } else if (output.type === "find") {
        const { findId, query } = output.find;
        server.handleFound(1, findId, findIn(this.log, query));
      }
      this.drain();
    }
  }

  /** Sorts the server's outputs. */
  drain(): void {
    for (;;) {
      const output = this.server.pollOutput();
      if (output === undefined) {
        if (this.isLogHeld || this.#asked.length === 0) return;
        this.answer();
        continue;
      }
      this.outputs.push(output);
      switch (output.type) {
        case "append":
        case "load":
        case "recall":
        case "find":
          this.#asked.push(output);
          break;
        case "change":
        case "query":
        case "end":
          // About other rooms: `rooms_test.ts`.
          break;
        case "drain":
          if (this.isDraining) this.server.handleDrained(output.member);
          break;
        case "resume":
          break;
        case "send":
          this.#inbox.receive(output.to, output.bytes);
          break;
        case "close":
          this.closed.set(output.member, output.close);
          break;
        case "notice":
          this.notices.push(output.notice);
          break;
      }
    }
  }
}

/** The author key of a small number. */
export function authorKeyOf(instance: number): string {
  return instance.toString(16).padStart(32, "0");
}

/** Events of a log: `text N` of somebody who is not in the room. */
export function eventsOf(first: number, last: number): LogEvent[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    sequence: first + index,
    id: idOf(first + index),
    authorKey: authorKeyOf(99),
    address: "192.0.2.1",
    accountId: 0,
    author: "Zul",
    act: plainMessage(`text ${first + index}`),
    timeMs: TIME,
  }));
}

/** A message ID for a small number. */
export function idOf(value: number): Uint8Array {
  const id = new Uint8Array(16);
  id[14] = value >>> 8;
  id[15] = value;
  return id;
}
