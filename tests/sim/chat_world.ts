import { DEFAULT_ROOM_ID } from "../../lib/chat/room_kind.ts";
import type { Account } from "../../lib/chat/account.ts";
import { makeAuthorKey } from "../../lib/chat/author.ts";
import type { KeptRoom } from "../../lib/chat/client_journal.ts";
import { checkName } from "../../lib/chat/name.ts";
import {
  GUEST_ACCOUNT_ID,
  type PersonKey,
  personKeyOf,
} from "../../lib/chat/person.ts";
import { type Act, plainMessage } from "../../lib/chat/room_event.ts";
import { wordsOf } from "./event_words.ts";
import { assert } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { encodeHex } from "../../lib/base/bytes.ts";
import { ClientCore } from "../../lib/app/client_core.ts";
import { ServerCore } from "../../lib/app/server_core.ts";
import type { ServerConsoleNotice } from "../../lib/ui/server_console.ts";
import {
  type ChatLimits,
  CLIENT_INSTANCE_BYTES,
  DEFAULT_CHAT_LIMITS,
} from "../../lib/chat/limits.ts";
import { NO_PEOPLE, type PeopleState } from "../../lib/chat/people_change.ts";
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
import { RoomSide } from "./room_side.ts";
import { SimClientDisk, SimJournal } from "./sim_journal.ts";
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
  /** Who has claimed a name. */
  readonly people?: PeopleState;
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
      people: options.people ?? NO_PEOPLE,
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

/** What a client is started with. */
export interface SimClientOptions {
  readonly name: string;
  readonly address: Address;
  readonly server: Address;
  /** The server's. */
  readonly disk: SimDisk;
  readonly simulation: Simulation;
  /** Its own, if it has one: what it keeps outlives it. */
  readonly ownDisk?: SimClientDisk | undefined;
  /** Its last life, which was killed. */
  readonly previous?: SimClient;
  /** Its account; 0 for a guest. */
  readonly accountId?: number;
}

/** A client with the real transport and chat code, and what its face would have seen. */
export class SimClient implements Node {
  address: Address;
  endpoint: Endpoint;
  readonly name: string;
  readonly events: ClientEvent[] = [];
  /** Why its connections ended. */
  readonly closes: CloseReason[] = [];
  /** The rooms it is in, as far as it knows: the default one always. */
  readonly rooms = new Map<number, RoomSide>();
  /** Those that it has left, with what was known of them then. */
  readonly left: RoomSide[] = [];
  /** How often it stretched the password. */
  stretches = 0;
  /** Its connection, for tests that break it. */
  connection: Connection | undefined;
  readonly options: SimClientOptions;
  readonly #core: ClientCore;
  readonly #simulation: Simulation;
  readonly #kept: readonly KeptRoom[];
  /** By which the server tells it from others. */
  #key = "";

  constructor(prng: Prng, options: SimClientOptions) {
    this.name = options.name;
    this.address = options.address;
    this.options = options;
    this.#simulation = options.simulation;
    const { ownDisk } = options;
    this.#kept = ownDisk?.memory.rooms ?? [];
    this.#enter(DEFAULT_ROOM_ID);
    const random = (length: number) => {
      const bytes = prng.bytes(length);
      // Nothing else that it draws is as long.
      if (length === CLIENT_INSTANCE_BYTES) {
        const instance = ownDisk?.memory.clientInstance ?? bytes;
        this.#key = makeAuthorKey(crypto, instance);
      }
      return bytes;
    };
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
    const address = this.options.server;
    const { hostname, port } = address;
    const target = {
      host: hostname,
      port,
      address,
      name: this.name,
      password,
    };
    this.#core.login(target, momentAt(this.#simulation.nowUs));
  }

  send(text: string): void {
    this.act(plainMessage(text));
  }

  act(act: Act, roomId: number = DEFAULT_ROOM_ID): void {
    const side = this.rooms.get(roomId);
    if (this.isInRoom) side?.written.push(wordsOf({ act }));
    this.#core.act(roomId, act, momentAt(this.#simulation.nowUs));
  }

  ask(
    questionId: number,
    query: Query,
    roomId: number = DEFAULT_ROOM_ID,
  ): void {
    this.#core.ask(
      { roomId, questionId, query },
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

  /** Told all that its face is told. */
  onTold: (event: ClientEvent) => void = () => {};

  /** Who it is to the server. */
  get person(): PersonKey {
    return personKeyOf(this.options.accountId ?? GUEST_ACCOUNT_ID, this.#key);
  }

  /** Its side of the default room. */
  get room(): RoomSide {
    return this.rooms.get(DEFAULT_ROOM_ID)!;
  }

  /** All rooms it has ever known in this life. */
  get sides(): RoomSide[] {
    return [...this.rooms.values(), ...this.left];
  }

  /** Its side of a room, or that of an earlier life if this one has not been there. */
  sideOf(roomId: number): RoomSide | undefined {
    const side = this.rooms.get(roomId);
    const hasLeft = this.left.some((side) => side.roomId === roomId);
    if (side !== undefined || hasLeft) return side;
    return this.options.previous?.sideOf(roomId);
  }

  #enter(roomId: number): void {
    if (this.rooms.has(roomId)) return;
    const { previous, disk, ownDisk, accountId = 0, name } = this.options;
    const isNew = this.left.some((side) => side.roomId === roomId);
    const known = this.#kept.find((room) => room.roomId === roomId);
    // Somebody who was here before, in an earlier life or an earlier stay.
    const isAgain = isNew ||
      previous !== undefined && (ownDisk !== undefined || accountId > 0);
    const earlier = isNew || ownDisk === undefined
      ? undefined
      : previous?.sideOf(roomId);
    const side = new RoomSide({
      roomId,
      disk,
      name,
      person: () => this.person,
      hasPlace: !isNew && known?.place !== undefined,
      kept: () => isNew ? [] : known?.events ?? [],
      isFirst: !isAgain,
      earlier,
    });
    this.rooms.set(roomId, side);
  }

  #record(event: ClientEvent): void {
    this.onTold(event);
    const roomId = "roomId" in event ? event.roomId : DEFAULT_ROOM_ID;
    if (roomId === DEFAULT_ROOM_ID) this.events.push(event);
    if (event.type === "roomOpened") this.#enter(roomId);
    const side = this.rooms.get(roomId);
    if (side !== undefined) side.handleEvent(event);
    else assert(isOfNoRoom(event), `${this.name}: ${JSON.stringify(event)}`);
    if (event.type !== "roomClosed" || side === undefined) return;
    this.rooms.delete(roomId);
    this.left.push(side);
  }
}

/** Whether a client may be told that of a room it is not in. */
function isOfNoRoom(event: ClientEvent): boolean {
  if (event.type === "message" || event.type === "delivery") {
    return event.delivery.state !== "stored";
  }
  const others = ["roomClosed", "changeRefused", "answer", "unanswered"];
  return others.includes(event.type);
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

/** What a world is made with. */
export interface WorldOptions {
  readonly clients: number;
  readonly profile: NetworkProfile;
  readonly limits?: Partial<ChatLimits>;
  /** So many of the clients have claimed their names. */
  readonly members?: number;
  /** Whether what a client keeps outlives it. */
  readonly keepsStores?: boolean;
}

/** Makes a server and some clients that have not logged in yet. */
export function makeWorld(seed: number, options: WorldOptions): World {
  const prng = new Prng(seed);
  const simulation = new Simulation(new Network(prng.fork(), options.profile));
  const disk = new SimDisk(prng.fork());
  const { limits = {}, members = 0, keepsStores = false } = options;
  const accounts = Array.from(
    { length: members },
    (_, index) => accountOf(index + 1),
  );
  const people = { ...NO_PEOPLE, accounts };
  const server = new SimServer(prng.fork(), {
    simulation,
    disk,
    limits,
    people,
  });
  simulation.add(server);
  const clients = Array.from({ length: options.clients }, (_, index) => {
    const address = { hostname: `10.0.1.${index + 1}`, port: 5000 };
    const client = new SimClient(prng.fork(), {
      name: `client${index + 1}`,
      address,
      server: server.address,
      disk,
      simulation,
      ownDisk: keepsStores ? new SimClientDisk(prng.fork()) : undefined,
      accountId: index < members ? index + 1 : GUEST_ACCOUNT_ID,
    });
    simulation.add(client);
    return client;
  });
  return { simulation, server, disk, clients, prng };
}

/** Whose name is that of a client. */
function accountOf(accountId: number): Account {
  const check = checkName(`client${accountId}`);
  assert(check.type === "valid");
  const record = new Uint8Array(192);
  return {
    accountId,
    name: check.name,
    role: "member",
    profile: "",
    createdMs: START_MS,
    password: {
      identifier: check.name.text,
      record,
      stretching: STRETCHING_DEFAULT,
    },
  };
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
