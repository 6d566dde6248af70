/**
 * N clients and one server, joined by reliable pipes in memory that are cut
 * anywhere, break and come back at random, and a log that answers at random.
 *
 * Goal: whatever the breaks, every message typed is stored exactly once; all
 * see one order without a gap, of what the log has; a client that comes back is
 * not noticed by the others; nobody who uses ClientRoom is refused for speed.
 * All this also when the server is killed, with any part of what it asked the
 * log to keep.
 *
 * Method: a seeded world takes random steps, then is allowed to settle, then
 * is checked against what was typed and against the log.
 *
 * @module
 */

import { loadFrom } from "../unit/chat/log_messages.ts";
import { NEW_ROOMS } from "../unit/chat/wire_values.ts";
import { textOf } from "../unit/chat/event_text.ts";
import { plainMessage } from "../../lib/chat/room_event.ts";
import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { ClientRoom } from "../../lib/chat/client_room.ts";
import type { ClientRoomEvent } from "../../lib/chat/chat_client_event.ts";
import { ChatServer } from "../../lib/chat/chat_server.ts";
import { noPeople } from "../unit/chat/fake_registration.ts";
import type {
  ChatServerNotice,
  ChatServerOutput,
} from "../../lib/chat/chat_server_output.ts";
import { type ChatLimits, DEFAULT_CHAT_LIMITS } from "../../lib/chat/limits.ts";
import { makeMessageId } from "../../lib/chat/message_id.ts";
import { checkName, type MemberName } from "../../lib/chat/name.ts";
import type { LogEvent } from "../../lib/chat/room_log.ts";
import { encodeHex } from "../../lib/base/bytes.ts";

const SEEDS = 30;
const STEPS = 1_000;

Deno.test("ClientRoom and ChatServer keep every message once and in order over breaking pipes", () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = new World(seed);
    try {
      for (let step = 0; step < STEPS; step++) world.step();
      world.settle();
      world.check();
    } catch (error) {
      throw new Error(`seed ${seed}: ${world.options}`, { cause: error });
    }
  }
});

/** A connection: two pipes, each a list of bytes on their way. */
interface Pipes {
  readonly handle: number;
  up: Uint8Array[];
  down: Uint8Array[];
  /** The server has closed: the client learns it after what is on the way. */
  isClosing: boolean;
}

class Person {
  readonly name: MemberName;
  instance: Uint8Array;
  client = new ClientRoom();
  pipes: Pipes | undefined;
  newestHandle = 0;
  /** Old pipes whose server end does not know yet. */
  lingering: Pipes[] = [];
  events: ClientRoomEvent[] = [];
  readonly typed: string[] = [];

  constructor(name: string, instance: Uint8Array) {
    const check = checkName(name);
    assert(check.type === "valid");
    this.name = check.name;
    this.instance = instance;
  }
}

class World {
  readonly options: string;
  readonly #prng: Prng;
  readonly #limits: ChatLimits;
  readonly #epochId: Uint8Array;
  #server: ChatServer;
  /** What the log has. */
  readonly #log: LogEvent[] = [];
  /** What it was asked and has not answered. */
  #asked: ChatServerOutput[] = [];
  /** Members to which less waits to be sent than before. */
  #draining: number[] = [];
  readonly #people: Person[] = [];
  readonly #notices: ChatServerNotice[] = [];
  /** Whom the others know to be there. */
  readonly #announced = new Set<string>();
  /** Who is about to leave, as the server sees it. */
  #leaving: string | undefined;
  #handles = 0;
  #nowUs = 0;
  #typed = 0;
  readonly #breakOneIn: number;
  readonly #typeOneIn: number;
  readonly #answerOneIn: number;
  readonly #killOneIn: number;

  constructor(seed: number) {
    const prng = new Prng(seed);
    this.#prng = prng;
    // Swarm: each run has its own weights, so that some faults are rare.
    this.#breakOneIn = prng.between(5, 200);
    this.#typeOneIn = prng.between(1, 10);
    this.#answerOneIn = prng.between(1, 30);
    this.#killOneIn = prng.between(100, 1_000);
    this.#limits = {
      ...DEFAULT_CHAT_LIMITS,
      messageBurst: prng.between(1, 60),
      messagesPerSecond: prng.between(1, 200),
      historyMessages: prng.ratio(1, 2) ? prng.between(1, 20) : 5_000,
    };
    this.options = JSON.stringify({
      ...this.#limits,
      breakOneIn: this.#breakOneIn,
      typeOneIn: this.#typeOneIn,
      answerOneIn: this.#answerOneIn,
      killOneIn: this.#killOneIn,
    });
    this.#epochId = prng.bytes(8);
    this.#server = this.#startServer();
    const count = prng.between(2, 6);
    for (let i = 0; i < count; i++) {
      this.#people.push(new Person(`person ${i}`, prng.bytes(16)));
    }
  }

  step(): void {
    const prng = this.#prng;
    this.#nowUs += prng.between(0, 20_000);
    const person = this.#people[prng.below(this.#people.length)]!;
    if (prng.ratio(1, this.#typeOneIn)) {
      // One line, or a paste.
      const lines = prng.ratio(1, 10) ? prng.between(5, 30) : 1;
      for (let i = 0; i < lines; i++) this.#type(person);
    }
    if (person.pipes === undefined) {
      if (prng.ratio(1, 10)) this.#connect(person);
    } else if (prng.ratio(1, this.#breakOneIn)) {
      this.#breakPipes(person, person.pipes);
    }
    if (person.lingering.length > 0 && prng.ratio(1, 20)) {
      this.#serverLearns(person, person.lingering.shift()!);
    }
    if (prng.ratio(1, 400)) this.#restart(person);
    if (prng.ratio(1, this.#answerOneIn)) this.#answer();
    if (prng.ratio(1, this.#answerOneIn)) this.#drainMember();
    if (prng.ratio(1, this.#killOneIn)) this.#killServer();
    this.#pump(person, () => prng.ratio(1, 4));
  }

  /** Lets everybody connect and everything arrive. */
  settle(): void {
    for (const person of this.#people) {
      if (person.pipes === undefined) this.#connect(person);
      for (const pipes of person.lingering.splice(0)) {
        this.#serverLearns(person, pipes);
      }
    }
    // The slowest rate sends one a second.
    for (let i = 0; i < 4 * STEPS && !this.#isSettled(); i++) {
      this.#nowUs += 500_000;
      this.#flush();
      for (const person of this.#people) this.#pump(person, () => false);
    }
    assert(this.#isSettled(), "everything arrives in the end");
  }

  check(): void {
    const stored = this.#log.map(textOf);
    const refusals = this.#notices.filter(({ type }) =>
      type === "messageRefused"
    );
    assertEquals(refusals, [], "nobody is too fast");
    const typed = this.#people.flatMap((person) => person.typed);
    assertEquals(stored.toSorted(), typed.toSorted(), "each stored once");
    const present = this.#people.map((person) => person.name.text).toSorted();
    for (const person of this.#people) {
      assertEquals(person.client.members.toSorted(), present);
      this.#checkEvents(person, stored);
    }
  }

  /** What one client was told must be the log's order, without a gap. */
  #checkEvents(person: Person, stored: readonly string[]): void {
    const texts = new Map<string, string>();
    const answered = new Set<string>();
    let last: number | undefined;
    for (const event of person.events) {
      assert(event.type !== "gap", "nothing is ever gone");
      if (event.type !== "message" && event.type !== "delivery") continue;
      if (event.type === "message") texts.set(event.id, event.text);
      const { delivery, id } = event;
      if (delivery.state === "queued") continue;
      assert(delivery.state === "stored", "nothing is refused");
      assert(!answered.has(id), "one answer to each message");
      answered.add(id);
      const { sequence } = delivery;
      assertEquals(texts.get(id), stored[sequence - 1]);
      last ??= sequence - 1;
      assertEquals(sequence, last + 1, "each once, in order");
      last = sequence;
    }
    if (stored.length > 0 && last !== undefined) {
      assertEquals(last, stored.length, "everybody has the last message");
    }
  }

  #isSettled(): boolean {
    return this.#people.every(({ client, pipes }) =>
      client.isDrained && pipes !== undefined && pipes.up.length === 0 &&
      pipes.down.length === 0
    ) && this.#asked.length === 0 && this.#draining.length === 0;
  }

  #type(person: Person): void {
    if (person.client.outboxFree === 0) return;
    const text = `text ${++this.#typed}`;
    person.typed.push(text);
    person.client.send({
      id: makeMessageId({ timeMs: this.#timeMs, random: this.#prng.bytes(10) }),
      act: plainMessage(text),
      timeMs: this.#timeMs,
    });
  }

  #connect(person: Person): void {
    const handle = ++this.#handles;
    person.newestHandle = handle;
    const { name, instance } = person;
    const answer = this.#server.join({
      member: handle,
      name,
      authorKey: encodeHex(instance),
      address: "192.0.2.1",
      accountId: 0,
      role: "guest",
      nowUs: this.#nowUs,
      timeMs: this.#timeMs,
    });
    assertEquals(answer.type, "joined", "a client may always come back");
    person.pipes = { handle, up: [], down: [], isClosing: false };
    person.client.handleConnected();
    this.#drainServer();
  }

  /** The client knows at once; the server now, or later. */
  #breakPipes(person: Person, pipes: Pipes): void {
    person.client.handleDisconnected();
    person.pipes = undefined;
    if (this.#prng.ratio(1, 2)) this.#serverLearns(person, pipes);
    else person.lingering.push(pipes);
  }

  #serverLearns(person: Person, pipes: Pipes): void {
    const name = person.name.text;
    // Of an old connection the server wants to know nothing any more.
    const isNewest = pipes.handle === person.newestHandle;
    if (isNewest) this.#leaving = name;
    this.#server.leave(pipes.handle, "lost", this.#timeMs);
    this.#drainServer();
    this.#leaving = undefined;
    if (isNewest) assert(!this.#announced.has(name), "the others are told");
  }

  /**
   * The program ends politely and starts anew, as another instance. What it
   * had not sent yet is gone with it, so it waits for an empty outbox.
   */
  #restart(person: Person): void {
    if (person.pipes === undefined || !person.client.isDrained) return;
    person.client.leave();
    this.#leaving = person.name.text;
    this.#pump(person, () => false);
    // It leaves after its last words, and they after what the log owes.
    this.#flush();
    this.#pump(person, () => false);
    this.#leaving = undefined;
    assertEquals(person.pipes, undefined, "the server closed");
    this.#checkEvents(person, this.#log.map(textOf));
    person.client = new ClientRoom();
    person.events = [];
    person.instance = this.#prng.bytes(16);
  }

  #startServer(): ChatServer {
    const recent = this.#prng.between(0, this.#limits.historyMessages);
    return new ChatServer({
      room: "lab",
      log: {
        epochId: this.#epochId,
        firstSequence: 1,
        lastSequence: this.#log.length,
        topic: "",
        recent: recent === 0 ? [] : this.#log.slice(-recent),
      },
      ...NEW_ROOMS,
      people: noPeople(),
      openRoom: false,
      limits: this.#limits,
    });
  }

  /** The process ends: some of what is not durable yet may have become it. */
  #killServer(): void {
    const prng = this.#prng;
    const appends = this.#asked.flatMap((output) =>
      output.type === "append" ? [output.event] : []
    );
    this.#log.push(...appends.slice(0, prng.between(0, appends.length)));
    this.#asked = [];
    this.#draining = [];
    this.#announced.clear();
    this.#server = this.#startServer();
    for (const person of this.#people) {
      person.lingering = [];
      if (person.pipes === undefined) continue;
      person.client.handleDisconnected();
      person.pipes = undefined;
    }
  }

  /** The log answers what it was asked, all or some of it. */
  #answer(): void {
    const time = { nowUs: this.#nowUs, timeMs: this.#timeMs };
    const count = this.#prng.between(0, this.#asked.length);
    let appended = 0;
    for (const output of this.#asked.splice(0, count)) {
      if (output.type === "append") {
        this.#log.push(output.event);
        appended = output.event.sequence;
      } else if (output.type === "load") {
        const { loadId } = output.load;
        const page = loadFrom(this.#log, output.load);
        this.#server.handleLoaded(1, loadId, page, time);
      } else if (output.type === "recall") {
        const { authorKey, limit } = output.recall;
        const own = this.#log.filter((event) => event.authorKey === authorKey);
        this.#server.handleRecalled(1, authorKey, own.slice(-limit), time);
      }
    }
    // Later than the pages that were read, which may hold the same.
    if (appended > 0) {
      const throughSequence = appended;
      this.#server.handleAppended([{ roomId: 1, throughSequence }], time);
    }
    this.#drainServer();
  }

  #drainMember(): void {
    const member = this.#draining.shift();
    if (member !== undefined) this.#server.handleDrained(member);
    this.#drainServer();
  }

  #flush(): void {
    while (this.#asked.length > 0 || this.#draining.length > 0) {
      this.#answer();
      this.#drainMember();
    }
  }

  /** Moves bytes of one client until nothing moves or it is told to stop. */
  #pump(person: Person, stops: () => boolean): void {
    while (!stops()) {
      const { pipes, client } = person;
      if (pipes === undefined) return;
      const bytes = client.pollTransmit(this.#nowUs);
      if (bytes !== undefined) pipes.up.push(bytes);
      const isPaused = this.#server.isPaused(pipes.handle);
      const up = isPaused ? undefined : this.#takeChunk(pipes.up);
      if (up !== undefined) {
        const { handle: member } = pipes;
        const nowUs = this.#nowUs;
        const timeMs = this.#timeMs;
        this.#server.handleData({ member, bytes: up, nowUs, timeMs });
        this.#drainServer();
      }
      const down = this.#takeChunk(pipes.down);
      if (down !== undefined) client.handleData(down, this.#nowUs);
      this.#drainClient(person);
      if (pipes.isClosing && pipes.down.length === 0) {
        client.handleDisconnected();
        person.pipes = undefined;
      }
      if (!bytes && !up && !down) return;
    }
  }

  /** Takes a random part of what is on the way. */
  #takeChunk(pipe: Uint8Array[]): Uint8Array | undefined {
    const first = pipe.shift();
    if (first === undefined) return undefined;
    const cut = this.#prng.between(1, first.length);
    if (cut < first.length) pipe.unshift(first.subarray(cut));
    return first.slice(0, cut);
  }

  #drainServer(): void {
    for (;;) {
      const output = this.#server.pollOutput();
      if (output === undefined) return;
      switch (output.type) {
        case "send":
          for (const member of output.to) {
            this.#pipesOf(member)?.down.push(output.bytes);
          }
          break;
        case "close": {
          assert(output.close.type !== "chatProtocol", "a violation");
          const pipes = this.#pipesOf(output.member);
          if (pipes !== undefined) pipes.isClosing = true;
          break;
        }
        case "append":
        case "load":
        case "recall":
          this.#asked.push(output);
          break;
        case "drain":
          this.#draining.push(output.member);
          break;
        case "resume":
          break;
        case "notice":
          this.#handleNotice(output.notice);
          break;
      }
    }
  }

  /** A client that takes its own place is neither leaving nor joining. */
  #handleNotice(notice: ChatServerNotice): void {
    this.#notices.push(notice);
    if (notice.type === "joined") {
      assert(!this.#announced.has(notice.name), "joined twice");
      this.#announced.add(notice.name);
    } else if (notice.type === "left") {
      assertEquals(notice.name, this.#leaving, "nobody leaves by itself");
      this.#announced.delete(notice.name);
    }
  }

  #drainClient(person: Person): void {
    for (;;) {
      const event = person.client.pollEvent();
      if (event === undefined) return;
      person.events.push(event);
    }
  }

  #pipesOf(handle: number): Pipes | undefined {
    for (const { pipes } of this.#people) {
      if (pipes?.handle === handle) return pipes;
    }
    return undefined;
  }

  get #timeMs(): number {
    return 1_763_800_000_000 + Math.floor(this.#nowUs / 1_000);
  }
}
