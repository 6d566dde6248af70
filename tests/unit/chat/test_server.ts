import { assert, assertEquals } from "@std/assert";
import {
  type ClientMessage,
  encodeClientMessage,
  type ServerMessage,
} from "../../../lib/chat/chat_message.ts";
import type { GateChange } from "../../../lib/chat/chat_people.ts";
import { ChatServer } from "../../../lib/chat/chat_server.ts";
import type {
  ChatServerOptions,
  InputTime,
} from "../../../lib/chat/chat_server_input.ts";
import type { ChatServerOutput } from "../../../lib/chat/chat_server_output.ts";
import type { ChatClose } from "../../../lib/chat/close_code.ts";
import { DEFAULT_CHAT_LIMITS } from "../../../lib/chat/limits.ts";
import { frameMessage } from "../../../lib/chat/message_deframer.ts";
import { checkName } from "../../../lib/chat/name.ts";
import { isPeopleChange } from "../../../lib/chat/people_change.ts";
import type { Answer, Query } from "../../../lib/chat/request.ts";
import type { RequestRefusal } from "../../../lib/chat/request_refusal.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import type { LogEvent, LogState } from "../../../lib/chat/room_log.ts";
import { noPeople } from "./fake_registration.ts";
import { loadFrom } from "./log_messages.ts";
import { MemoryRooms } from "./memory_rooms.ts";
import {
  authorKeyOf,
  EPOCH,
  idOf,
  type TestAccount,
  TIME,
} from "./test_room.ts";
import { TestInbox } from "./test_inbox.ts";

/** What a server is started on. */
export interface TestStore {
  /** Where the log of the default room stands. */
  readonly state: LogState;
  /** The rooms. */
  readonly known: Pick<ChatServerOptions, "rooms" | "lastRoomId">;
  /** Does what a server asks. */
  readonly carryOut: (
    server: ChatServer,
    output: ChatServerOutput,
    time: InputTime,
  ) => void;
}

/** What outlives a server, in memory. */
export class TestDisk implements TestStore {
  /** The rooms. */
  readonly rooms = new MemoryRooms();
  readonly #events = new Map<number, LogEvent[]>();

  /** The events of a room. */
  eventsOf(roomId: number): LogEvent[] {
    const events = this.#events.get(roomId) ?? [];
    this.#events.set(roomId, events);
    return events;
  }

  get state(): LogState {
    return this.stateOf(1);
  }

  get known(): TestStore["known"] {
    return this.rooms.known;
  }

  /** Where the log of a room stands. */
  stateOf(roomId: number): LogState {
    const recent = this.eventsOf(roomId);
    return {
      epochId: EPOCH,
      firstSequence: 1,
      lastSequence: recent.length,
      topic: "",
      recent: [...recent],
    };
  }

  carryOut(
    server: ChatServer,
    output: ChatServerOutput,
    time: InputTime,
  ): void {
    switch (output.type) {
      case "append": {
        const { roomId, event } = output;
        this.eventsOf(roomId).push(event);
        const throughSequence = event.sequence;
        server.handleAppended([{ roomId, throughSequence }], time);
        return;
      }
      case "load": {
        const { roomId, loadId } = output.load;
        const events = loadFrom(this.eventsOf(roomId), output.load);
        server.handleLoaded(roomId, loadId, events, time);
        return;
      }
      case "recall": {
        const { roomId, authorKey, limit } = output.recall;
        const own = this.eventsOf(roomId).filter((event) =>
          event.authorKey === authorKey
        );
        server.handleRecalled(
          roomId,
          authorKey,
          own.slice(-limit),
          time,
        );
        return;
      }
      case "change":
        if (!isPeopleChange(output.change)) this.rooms.apply(output.change);
        server.handleChanged(output.changeId, { type: "done" }, time);
        return;
      case "query": {
        const { queryId, query } = output;
        // Nobody here has a name of their own.
        if (query.type === "account" || query.type === "audit") return;
        const result = query.type === "roomState"
          ? { type: query.type, state: this.stateOf(query.roomId) }
          : {
            type: query.type,
            memberships: this.rooms.membershipsOf(
              query.person,
              (roomId) => this.eventsOf(roomId).length,
            ),
            ...this.rooms.stayOf(query.person),
          };
        server.handleQueried(queryId, result, time);
        return;
      }
    }
  }
}

/** A server with several rooms, on a store that answers at once unless it is held. */
export class TestServer {
  /** The server. */
  readonly server: ChatServer;
  /** Closed connections, by the handle of stream 0. */
  readonly closed = new Map<number, ChatClose>();
  /** Streams that the server has ended. */
  readonly ended: number[] = [];
  /** The monotonic time of the next calls. */
  nowUs = 0;
  /** The wall clock. */
  timeMs: number = TIME;
  /** Whether the disk waits with what it is asked. */
  isHeld = false;
  readonly #store: TestStore;
  readonly #asked: ChatServerOutput[] = [];
  readonly #inbox = new TestInbox();
  #requestId = 0;

  /** Starts on a disk. */
  constructor(store: TestStore = new TestDisk()) {
    this.#store = store;
    this.server = new ChatServer({
      room: "Lab",
      log: store.state,
      ...store.known,
      people: noPeople(),
      openRoom: true,
      limits: DEFAULT_CHAT_LIMITS,
    });
  }

  /** Somebody comes into the default room. */
  join(
    member: number,
    text: string,
    { client = member, account = GUEST }: {
      readonly client?: number;
      readonly account?: TestAccount;
    } = {},
  ): void {
    const check = checkName(text);
    assert(check.type === "valid");
    const { name } = check;
    const authorKey = authorKeyOf(client);
    const who = { member, name, authorKey, ...account };
    const answer = this.server.join({
      address: "192.0.2.1",
      ...who,
      ...this.#time,
    });
    assertEquals(answer.type, "joined");
    this.sync(member);
  }

  /** A device opens a stream and enters a room. */
  enter(member: number, device: number, roomId: number): void {
    this.server.openStream({ member, device });
    const first = frameMessage(encodeClientMessage({ type: "enter", roomId }));
    const second = frameMessage(encodeClientMessage(SYNC));
    this.sendBytes(member, new Uint8Array([...first, ...second]));
  }

  /** Says what a member has: nothing. */
  sync(member: number): void {
    this.send(member, SYNC);
  }

  /** Gives the server a message. */
  send(member: number, message: ClientMessage): void {
    this.sendBytes(member, frameMessage(encodeClientMessage(message)));
  }

  /** Gives the server bytes. */
  sendBytes(member: number, bytes: Uint8Array): void {
    this.server.handleData({ member, bytes, ...this.#time });
    this.drain();
  }

  /** Says something. */
  say(member: number, text: string, id: number): void {
    this.send(member, { type: "act", id: idOf(id), act: plainMessage(text) });
  }

  /** Asks something; gives the answer or why there is none, if it is there. */
  ask(member: number, query: Query): Answer | RequestRefusal | undefined {
    const requestId = ++this.#requestId;
    this.nowUs += 1_000_000;
    this.send(member, { type: "request", requestId, query });
    const message = this.#inbox.takeOne(
      member,
      (message) => "requestId" in message && message.requestId === requestId,
    );
    if (message?.type === "answer") return message.answer;
    return message?.type === "failed" ? message.refusal : undefined;
  }

  /** Makes a room; gives its number. */
  create(member: number, name: string, kind: "public" | "private"): number {
    const answer = this.ask(member, { type: "createRoom", kind, name });
    assert(answer !== undefined && "roomId" in answer, JSON.stringify(answer));
    return answer.roomId;
  }

  /** Changes who may write in a room, whoever may do that. */
  setGate(
    roomId: number,
    query: GateChange["query"],
  ): RequestRefusal | undefined {
    const what = query.type;
    const audit = { timeMs: TIME, who: "", what, whom: "", detail: "" };
    const change = { roomId, query, audit };
    const refusal = this.server.registry.setGate(change, () => {});
    this.drain();
    return refusal;
  }

  /** A connection is gone. */
  lose(member: number): void {
    this.server.leave(member, "lost", TIME);
    this.drain();
  }

  /** Takes what a member was sent since the last call. */
  take(member: number): ServerMessage[] {
    return this.#inbox.take(member);
  }

  /** Takes the kinds of what a member was sent. */
  takeTypes(member: number): string[] {
    return this.take(member).map(({ type }) => type);
  }

  /** Takes the texts that a member was sent. */
  takeTexts(member: number): string[] {
    return this.take(member).flatMap((message) =>
      message.type === "event" && message.act.type === "message"
        ? [message.act.text]
        : []
    );
  }

  /** The disk does what it was asked. */
  answer(): void {
    for (const output of this.#asked.splice(0)) {
      this.#store.carryOut(this.server, output, this.#time);
      this.drain();
    }
  }

  /** Sorts the server's outputs. */
  drain(): void {
    for (;;) {
      const output = this.server.pollOutput();
      if (output === undefined) {
        if (this.isHeld || this.#asked.length === 0) return;
        this.answer();
        continue;
      }
      switch (output.type) {
        case "send":
          this.#inbox.receive(output.to, output.bytes);
          break;
        case "close":
          this.closed.set(output.member, output.close);
          break;
        case "end":
          this.ended.push(output.member);
          break;
        case "drain":
          this.server.handleDrained(output.member);
          break;
        case "resume":
        case "notice":
          break;
        case "append":
        case "load":
        case "recall":
        case "find":
        case "change":
        case "query":
          this.#asked.push(output);
          break;
      }
    }
  }

  get #time(): InputTime {
    return { nowUs: this.nowUs, timeMs: this.timeMs };
  }
}

const GUEST: TestAccount = { accountId: 0, role: "guest" };

const SYNC: ClientMessage = {
  type: "sync",
  epochId: new Uint8Array(8),
  lastSequence: 0,
};
