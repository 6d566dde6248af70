import { DEFAULT_ROOM_ID } from "../../lib/chat/room_kind.ts";
import {
  changeMessage,
  type MessageState,
  newMessageState,
} from "../../lib/chat/message_state.ts";
import { type Act, plainMessage } from "../../lib/chat/room_event.ts";
import { wordsOf } from "./event_words.ts";
import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { encodeHex } from "../../lib/base/bytes.ts";
import { ClientCore } from "../../lib/app/client_core.ts";
import { ServerCore } from "../../lib/app/server_core.ts";
import type { ServerConsoleNotice } from "../../lib/ui/server_console.ts";
import { type ChatLimits, DEFAULT_CHAT_LIMITS } from "../../lib/chat/limits.ts";
import { NO_PEOPLE } from "../../lib/chat/people_change.ts";
import type { Query } from "../../lib/chat/request.ts";
import { LoginThrottle } from "../../lib/chat/login_throttle.ts";
import { SessionTickets } from "../../lib/chat/session_tickets.ts";
import { STRETCHING_DEFAULT } from "../../lib/crypto/opaque.ts";
import type { Address } from "../../lib/transport/address.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import type {
  CloseReason,
  ConnectionEvent,
} from "../../lib/transport/connection_event.ts";
import { Endpoint, type ServerSecrets } from "../../lib/transport/endpoint.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../../lib/transport/transport_config.ts";
import type { ClientEvent } from "../../lib/ui/bridge.ts";
import { cheapCrypto as crypto } from "./cheap_crypto.ts";
import {
  fakeFinishLogin,
  fakeMaskingKey,
  fakeServerOpaque,
  fakeStartLogin,
} from "./fake_opaque.ts";
import { Network, type NetworkProfile } from "./network.ts";
import { type SimClientDisk, SimJournal } from "./sim_journal.ts";
import { SimDisk, SimLog } from "./sim_log.ts";
import { type Node, Simulation } from "./simulation.ts";

const PASSWORD = "GAS1";
/** The wall clock when the virtual time was zero: 2026-01-01. */
const START_MS = 1_767_225_600_000;
/** Virtual time a login may take before it counts as hanging. */
const LOGIN_LIMIT_US = 120_000_000;
/** How long key stretching takes a client. */
const STRETCH_US = 100_000;

function momentAt(nowUs: number): { nowUs: number; timeMs: number } {
  return { nowUs, timeMs: START_MS + Math.floor(nowUs / 1000) };
}

/** What a server is started with. */
export interface SimServerOptions {
  readonly simulation: Simulation;
  /** Where it keeps what is said. */
  readonly disk: SimDisk;
  readonly secrets?: ServerSecrets;
  readonly password?: string;
  readonly limits?: Partial<ChatLimits>;
}

/** A server with the real transport and chat code. */
export class SimServer implements Node {
  readonly address: Address = { hostname: "10.0.0.1", port: 8080 };
  readonly secrets: ServerSecrets;
  endpoint: Endpoint;
  readonly notices: ServerConsoleNotice[] = [];
  /** Why its connections ended. */
  readonly closes: CloseReason[] = [];
  /** Its connections that proved the password, while they last. */
  readonly connections = new Map<string, Connection>();
  /** How many messages there were when it was started. */
  readonly startSequence: number;
  readonly options: SimServerOptions;
  readonly log: SimLog;
  readonly #core: ServerCore;

  constructor(prng: Prng, options: SimServerOptions) {
    const { password = PASSWORD, disk, simulation } = options;
    const limits = { ...DEFAULT_CHAT_LIMITS, ...options.limits };
    this.options = options;
    this.startSequence = disk.events.length;
    const random = (length: number) => prng.bytes(length);
    this.secrets = options.secrets ??
      { staticSecret: random(32), resetKey: random(32) };
    this.endpoint = new Endpoint({
      config: DEFAULT_TRANSPORT_CONFIG,
      crypto,
      random,
      server: this.secrets,
    });
    const now = () => momentAt(simulation.nowUs);
    this.log = new SimLog(prng.fork(), {
      disk,
      simulation,
      machine: this,
      answers: {
        handleAppended: (appended) =>
          this.#core.handleAppended(appended, now()),
        handleChanged: (id, result) =>
          this.#core.handleChanged(id, result, now()),
        handleQueried: (id, result) =>
          this.#core.handleQueried(id, result, now()),
        handleLoaded: (room, id, events) =>
          this.#core.handleLoaded(room, id, events, now()),
        handleRecalled: (room, key, events) =>
          this.#core.handleRecalled(room, key, events, now()),
        handleFound: (room, id, found) =>
          this.#core.handleFound(room, id, found, now()),
      },
    });
    this.#core = new ServerCore({
      opaque: fakeServerOpaque(password),
      setup: "",
      record: new Uint8Array(192),
      stretching: STRETCHING_DEFAULT,
      serverIdentity: encodeHex(
        crypto.x25519PublicKey(this.secrets.staticSecret),
      ),
      throttle: new LoginThrottle(simulation.nowUs),
      people: NO_PEOPLE,
      ownerCode: undefined,
      tickets: new SessionTickets({
        crypto,
        resetKey: this.secrets.resetKey,
        maskingKey: fakeMaskingKey(password),
      }),
      random,
      crypto,
      chat: {
        room: "Room",
        log: disk.state(limits.historyMessages),
        ...disk.rooms.known,
        openRoom: true,
        limits,
      },
      log: this.log,
      onNotice: (notice) => this.notices.push(notice),
    });
  }

  onEvent = (
    connection: Connection,
    event: ConnectionEvent,
    nowUs: number,
  ): void => {
    const hash = encodeHex(connection.handshakeHash!);
    if (event.type === "established") this.connections.set(hash, connection);
    if (event.type === "closed") {
      this.closes.push(event.reason);
      this.connections.delete(hash);
    }
    this.#core.handleEvent({ connection, event }, momentAt(nowUs));
  };

  deadlineUs = (): number | undefined => this.#core.deadlineUs();

  onTimer = (nowUs: number): void => this.#core.handleTimeout(momentAt(nowUs));

  /** What it published, in that order. */
  get order(): { sequence: number; text: string }[] {
    return this.notices.flatMap((notice) => {
      if (notice.type === "message") return [notice];
      if (notice.type !== "change") return [];
      return [{ sequence: notice.sequence, text: wordsOf(notice) }];
    });
  }

  /** Its process ends in the middle of everything. */
  kill(): void {
    this.options.simulation.remove(this);
    this.log.kill();
  }

  stop(nowUs: number): void {
    this.#core.stop(momentAt(nowUs));
  }
}

/** A client with the real transport and chat code, and what its face would have seen. */
export class SimClient implements Node {
  address: Address;
  endpoint: Endpoint;
  readonly name: string;
  readonly events: ClientEvent[] = [];
  /** Why its connections ended. */
  readonly closes: CloseReason[] = [];
  /** What it knows of the order, by place. */
  readonly bySequence = new Map<number, string>();
  /** Places of messages of others, in the order of their arrival. */
  readonly others: number[] = [];
  /** Texts it was told to send while it could, in order. */
  readonly written: string[] = [];
  /** Its own texts that it was told are stored, and where. */
  readonly acknowledged: { sequence: number; text: string }[] = [];
  /** Own messages that are stored. */
  readonly own: number[] = [];
  /** What messages have become, by place. */
  readonly states = new Map<number, MessageState>();
  /** How often it stretched the password. */
  stretches = 0;
  /** Its connection, for tests that break it. */
  connection: Connection | undefined;
  readonly #texts = new Map<string, string>();
  readonly #core: ClientCore;
  readonly #simulation: Simulation;
  readonly #server: Address;
  readonly #disk: SimDisk;

  constructor(
    prng: Prng,
    options: {
      name: string;
      address: Address;
      server: Address;
      /** The server's. */
      disk: SimDisk;
      simulation: Simulation;
      /** Its own, if it has one: what it keeps outlives it. */
      ownDisk?: SimClientDisk;
    },
  ) {
    this.name = options.name;
    this.address = options.address;
    this.#server = options.server;
    this.#disk = options.disk;
    this.#simulation = options.simulation;
    const random = (length: number) => prng.bytes(length);
    const { ownDisk } = options;
    this.endpoint = new Endpoint({
      config: DEFAULT_TRANSPORT_CONFIG,
      crypto,
      random,
    });
    this.#core = new ClientCore({
      endpoint: this.endpoint,
      crypto,
      random,
      startLogin: () => fakeStartLogin(prng),
      stretch: (connection, stretchOptions) => {
        this.stretches++;
        const result = fakeFinishLogin(stretchOptions);
        this.#simulation.at(this.#simulation.nowUs + STRETCH_US, () => {
          this.#core.handleStretched(
            connection,
            result,
            momentAt(this.#simulation.nowUs),
          );
        });
      },
      changedKey: () => undefined,
      openJournal: () => ownDisk && new SimJournal(ownDisk, prng.fork()),
      onLoggedIn: () => {},
      fingerprint: encodeHex,
      emit: (event) => this.#record(event),
    });
  }

  onEvent = (
    connection: Connection,
    event: ConnectionEvent,
    nowUs: number,
  ): void => {
    this.connection = connection;
    if (event.type === "closed") this.closes.push(event.reason);
    this.#core.handleEvent({ connection, event }, momentAt(nowUs));
  };

  deadlineUs = (): number | undefined =>
    this.#core.deadlineUs(this.#simulation.nowUs);

  onTimer = (nowUs: number): void => this.#core.handleTimeout(momentAt(nowUs));

  /** What the session does when its machine wakes. */
  onWake = (nowUs: number): void => this.#core.handleWake(momentAt(nowUs));

  get isInRoom(): boolean {
    return this.#core.isInRoom;
  }

  get isOut(): boolean {
    return this.#core.isOut;
  }

  login(password = PASSWORD): void {
    const { hostname, port } = this.#server;
    const target = {
      host: hostname,
      port,
      address: this.#server,
      name: this.name,
      password,
    };
    this.#core.login(target, momentAt(this.#simulation.nowUs));
  }

  send(text: string): void {
    this.act(plainMessage(text));
  }

  act(act: Act): void {
    if (this.isInRoom) this.written.push(wordsOf({ act }));
    this.actIn(DEFAULT_ROOM_ID, act);
  }

  actIn(roomId: number, act: Act): void {
    this.#core.act(roomId, act, momentAt(this.#simulation.nowUs));
  }

  ask(questionId: number, query: Query): void {
    this.#core.ask(
      { roomId: DEFAULT_ROOM_ID, questionId, query },
      momentAt(this.#simulation.nowUs),
    );
  }

  /** What a face says when its person reads. */
  markRead(sequence: number): void {
    this.#core.markRead(DEFAULT_ROOM_ID, sequence);
  }

  quit(): void {
    this.#core.quit(momentAt(this.#simulation.nowUs));
  }

  /** Told what happens in the other rooms. */
  onRoomEvent: (roomId: number, event: ClientEvent) => void = () => {};

  #record(event: ClientEvent): void {
    if ("roomId" in event && event.roomId !== DEFAULT_ROOM_ID) {
      return this.onRoomEvent(event.roomId, event);
    }
    this.events.push(event);
    switch (event.type) {
      case "message":
        this.#texts.set(event.id, event.text);
        if (event.delivery.state !== "stored") return;
        this.others.push(event.delivery.sequence);
        this.#placeMessage(event.delivery.sequence, event.text);
        return;
      case "delivery": {
        if (event.delivery.state !== "stored") return;
        const { sequence } = event.delivery;
        const text = this.#texts.get(event.id)!;
        this.acknowledged.push({ sequence, text });
        this.own.push(sequence);
        this.#placeMessage(sequence, text);
        return;
      }
      case "change":
        this.#change(event);
        return;
      case "changeRefused": {
        // Its removal came first, from here or from elsewhere.
        assertEquals(event.reason.code, "removed");
        const index = this.written.lastIndexOf(wordsOf(event));
        this.written.splice(index, 1);
        return;
      }
    }
  }

  #placeMessage(sequence: number, text: string): void {
    this.#place(sequence, text);
    this.states.set(sequence, newMessageState(text));
  }

  #change(event: Extract<ClientEvent, { type: "change" }>): void {
    const { sequence, act } = event;
    const text = wordsOf(event);
    if (event.own) this.acknowledged.push({ sequence, text });
    else this.others.push(sequence);
    this.#place(sequence, text);
    const state = act.type === "topic"
      ? undefined
      : this.states.get(act.target);
    if (act.type === "topic" || state === undefined) return;
    this.states.set(act.target, changeMessage(state, event));
  }

  /** Everything has one place for ever, is told once, and is durable before it is told. */
  #place(sequence: number, text: string): void {
    const known = this.bySequence.get(sequence);
    if (known !== undefined) {
      throw new Error(
        `${this.name} got message ${sequence} twice: ${known}, ${text}`,
      );
    }
    const what = `${this.name} got what may still be lost`;
    assert(isDurable(this.#disk, sequence, text), what);
    this.bySequence.set(sequence, text);
  }
}

/** Whether an event says that, or said it before it was erased. */
export function isDurable(
  { events, originals }: SimDisk,
  sequence: number,
  text: string,
): boolean {
  const [event, original] = [events[sequence - 1], originals[sequence - 1]];
  return event !== undefined &&
    (wordsOf(event) === text || wordsOf(original!) === text);
}

/** A room in virtual time. */
export interface World {
  readonly simulation: Simulation;
  readonly server: SimServer;
  /** The server's. */
  readonly disk: SimDisk;
  readonly clients: readonly SimClient[];
  readonly prng: Prng;
}

/** Makes a server and some clients that have not logged in yet. */
export function makeWorld(
  seed: number,
  options: {
    clients: number;
    profile: NetworkProfile;
    limits?: Partial<ChatLimits>;
  },
): World {
  const prng = new Prng(seed);
  const simulation = new Simulation(new Network(prng.fork(), options.profile));
  const disk = new SimDisk(prng.fork());
  const { limits = {} } = options;
  const server = new SimServer(prng.fork(), { simulation, disk, limits });
  simulation.add(server);
  const clients = Array.from({ length: options.clients }, (_, index) => {
    const address = { hostname: `10.0.1.${index + 1}`, port: 5000 };
    const client = new SimClient(prng.fork(), {
      name: `client${index + 1}`,
      address,
      server: server.address,
      disk,
      simulation,
    });
    simulation.add(client);
    return client;
  });
  return { simulation, server, disk, clients, prng };
}

/** Logs everybody in; a login that the network swallowed is tried again, as a person would. */
export function logIn(
  world: Pick<World, "simulation">,
  clients: readonly SimClient[],
  what: string,
): void {
  for (const client of clients) client.login();
  const isInside = () => clients.every((client) => client.isInRoom);
  for (let round = 0; round < 10; round++) {
    const settled = () =>
      clients.every((client) => client.isInRoom || client.isOut);
    assert(
      world.simulation.runUntil(settled, LOGIN_LIMIT_US),
      `${what}: a login hangs`,
    );
    if (isInside()) return;
    for (const client of clients) if (client.isOut) client.login();
  }
  assert(isInside(), `${what}: nobody gets in`);
}
