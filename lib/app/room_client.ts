/**
 * The chat as a library for a Deno script: connect, read what is said, say
 * something. docs/SCRIPTING.md is its manual.
 *
 * @example A bot that greets whoever comes
 * ```ts ignore
 * import { connect } from "./lib/app/room_client.ts";
 *
 * await using room = await connect({ server: "192.168.1.20", name: "Door" });
 * for await (const event of room) {
 *   if (event.type === "joined") await room.send(`Hello, ${event.name}!`);
 * }
 * ```
 *
 * @module
 */

import type { DeliveryState } from "../chat/chat_client_event.ts";
import type { LeaveReason } from "../chat/chat_message.ts";
import {
  chooseDataDir,
  createDataDir,
  DATA_DIR_ENVIRONMENT,
} from "../store/data_dir.ts";
import type {
  ClientEvent,
  ConnectionState,
  FaceSession,
} from "../ui/bridge.ts";
import type { ChangeAct, MessageStyle } from "../chat/room_event.ts";
import { DEFAULT_PASSWORD } from "../ui/login_questions.ts";
import { markRead } from "../ui/read_mark.ts";
import {
  RoomEntry,
  type ScriptEvent,
  wantedLabel,
  type WantedRoom,
} from "../ui/room_entry.ts";
import {
  DEFAULT_SERVER_PORT,
  parseServerAddress,
} from "../ui/server_address.ts";
import { ClientSession, type ClientSessionOptions } from "./client_session.ts";
import { EventQueue } from "./event_queue.ts";
import { RoomError, type RoomFailure } from "./room_failure.ts";

export { RoomError, type RoomFailure };

/** Where and as whom to go into a room. */
export interface ConnectOptions {
  /** The server: `HOST` or `HOST:PORT`, the port 8080 where it is left out. */
  readonly server: string;
  /** The name that the others see. */
  readonly name: string;
  /** The room's password; `GAS1` where it is left out. */
  readonly password?: string;
  /** How many of the newest earlier messages come first; none by default. */
  readonly history?: number;
  /**
   * The name of the room: one that this person is in, or a public one, which is
   * joined until `close()`. The one that everybody is in where it is left out.
   */
  readonly room?: string;
  /**
   * Instead of a room: with whom to talk alone. Takes a claimed name of one's
   * own, and the other must be there when the talk is the first one.
   */
  readonly to?: string;
  /**
   * Where the keys of the servers that were met are kept. `gas-client`'s own
   * folder where it is left out, so that both know the same servers.
   */
  readonly dataDir?: string;
}

/** What happened in the room. Plain data: `tail --json` prints it as it is. */
export type RoomEvent =
  | {
    readonly type: "message";
    /** In which room. */
    readonly roomId: number;
    /** Its place in the room's order, in which changes have places, too. */
    readonly sequence: number;
    /** Names it in this client's events and answers. */
    readonly id: string;
    /** Who wrote it. */
    readonly author: string;
    /** What was said, as it was typed; empty if it was removed meanwhile. */
    readonly text: string;
    /** Whether it says something, or tells what its author does. */
    readonly style: MessageStyle;
    /** The place of the message it answers; 0 if it answers none. */
    readonly replyTo: number;
    /** When the server got it, in milliseconds since 1970. */
    readonly timeMs: number;
    /** Whether it was written under this client's name. */
    readonly own: boolean;
    /** Whether it was written before this client came. */
    readonly earlier: boolean;
    /** The room's name; of a direct talk the other's. */
    readonly room: string;
  }
  /** Somebody edited, removed, pinned or reacted to a message, or set the topic. */
  | {
    readonly type: "change";
    readonly roomId: number;
    /** Its place in the room's order. */
    readonly sequence: number;
    /** What was done, and to the message at which place. */
    readonly act: ChangeAct;
    readonly author: string;
    readonly own: boolean;
    readonly timeMs: number;
    readonly earlier: boolean;
    readonly room: string;
  }
  | {
    readonly type: "joined";
    readonly roomId: number;
    readonly name: string;
    readonly timeMs: number;
    readonly room: string;
  }
  | {
    readonly type: "left";
    readonly roomId: number;
    readonly name: string;
    readonly reason: LeaveReason;
    readonly timeMs: number;
    readonly room: string;
  }
  /** The server has removed messages that this client never got. */
  | {
    readonly type: "gap";
    readonly roomId: number;
    readonly missedMessages: number;
    readonly room: string;
  }
  /** How the connection is from now on. It comes back by itself. */
  | { readonly type: "connection" } & ConnectionState;

/** What the server has made of a message. */
export interface StoredText {
  /** Its place in the room's order. */
  readonly sequence: number;
  /** Its ID, as of its event. */
  readonly id: string;
  /** When the server got it, in milliseconds since 1970. */
  readonly timeMs: number;
  /** To how many others it went at once. */
  readonly forwardedTo: number;
}

/** A session, as far as a script's stay in a room needs it. */
export interface RoomSession extends FaceSession {
  /** Resolves when everything is closed. */
  readonly finished: Promise<void>;
  /** Stops or resumes reading the room. */
  setReading(isReading: boolean): void;
}

/**
 * Goes into a room.
 *
 * @param options Where and as whom.
 * @returns The room, once inside.
 * @throws {RoomError} If the login fails, or the room cannot be entered.
 * @throws {TypeError} If both a room and a person are named.
 */
export async function connect(options: ConnectOptions): Promise<RoomClient> {
  const { server, name, password = DEFAULT_PASSWORD, history = 0 } = options;
  const address = parseServerAddress(server);
  if (address === undefined) {
    throw new RoomError({ type: "serverInvalid", server });
  }
  const room = wantedRoom(options);
  const dataDir = options.dataDir ?? findDataDir();
  createDataDir(dataDir);
  const { host, port = DEFAULT_SERVER_PORT } = address;
  const session = await createScriptSession({
    dataDir,
    loginWorker: new URL("../crypto/login_worker.ts", import.meta.url).href,
  });
  return await enterRoom(session, {
    host,
    port,
    name,
    password,
    history,
    room,
  });
}

function wantedRoom({ room, to }: ConnectOptions): WantedRoom | undefined {
  if (room !== undefined && to !== undefined) {
    throw new TypeError("Cannot enter two rooms: room and to are given");
  }
  if (room !== undefined) return { type: "room", name: room };
  return to === undefined ? undefined : { type: "person", name: to };
}

/** @throws {TypeError} If there is no home folder. */
function findDataDir(): string {
  const dataDir = chooseDataDir({
    given: Deno.env.get("GAS_DATA") || undefined,
    programDir: undefined,
    os: Deno.build.os,
    env: Object.fromEntries(
      DATA_DIR_ENVIRONMENT.map((name) => [name, Deno.env.get(name)]),
    ),
    isDirectory: () => false,
  });
  if (dataDir === undefined) {
    throw new TypeError("Cannot find a home folder: name one as dataDir");
  }
  return dataDir;
}

/**
 * Makes a session that remembers the keys of servers and nothing else.
 *
 * @param options What a script decides of it.
 * @returns The session.
 */
export function createScriptSession(
  options:
    & Pick<ClientSessionOptions, "dataDir" | "loginWorker">
    & Partial<ClientSessionOptions>,
): Promise<ClientSession> {
  return ClientSession.create({
    host: undefined,
    port: undefined,
    clientPort: undefined,
    name: undefined,
    ...options,
    memory: "servers",
  });
}

/** A login, and what is wanted of the room. */
export interface RoomLogin {
  /** The server's name or address. */
  readonly host: string;
  /** Its port. */
  readonly port: number;
  /** The name that the others see. */
  readonly name: string;
  /** The room's password. */
  readonly password: string;
  /** How many of the newest earlier messages come first. */
  readonly history: number;
  /** Which room; undefined for the default one. */
  readonly room?: WantedRoom | undefined;
}

/**
 * Logs in with a session that has not logged in yet.
 *
 * @param session The session; it is this room's from now on.
 * @param login Where and as whom.
 * @returns The room, which is being entered.
 */
export function startRoom(
  session: RoomSession,
  { history, room: wanted, ...login }: RoomLogin,
): RoomClient {
  const room = new RoomClient(session, { history, wanted });
  session.handleCommand({ type: "login", ...login });
  return room;
}

/**
 * Logs in with a session that has not logged in yet.
 *
 * @param session The session; it is this room's from now on.
 * @param login Where and as whom.
 * @returns The room, once inside.
 * @throws {RoomError} If that fails; the session is over then.
 */
export async function enterRoom(
  session: RoomSession,
  login: RoomLogin,
): Promise<RoomClient> {
  const room = startRoom(session, login);
  try {
    await room.entered;
  } catch (error) {
    await room.close();
    throw error;
  }
  return room;
}

type Event<Type extends ClientEvent["type"]> = Extract<
  ClientEvent,
  { readonly type: Type }
>;

/** A message that the server has not answered for. */
interface PendingText {
  readonly text: string;
  readonly answer: PromiseWithResolvers<StoredText>;
}

/**
 * A stay in a room. Reading it gives what happens, in order and without a gap,
 * also over lost connections; see {@linkcode connect}.
 */
export class RoomClient implements AsyncIterable<RoomEvent>, AsyncDisposable {
  readonly #session: RoomSession;
  readonly #history: number;
  readonly #label: string;
  readonly #entry: RoomEntry;
  readonly #events: EventQueue<RoomEvent>;
  readonly #entered: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #members = new Set<string>();
  /** By message ID. */
  readonly #pending = new Map<string, PendingText>();
  /** What the session is given at this moment, until it has an ID. */
  #unnamed: PendingText | undefined;
  #welcome: Event<"welcome"> | undefined;
  /** Earlier messages up to this place were not asked for. */
  #skipThrough = 0;
  #isQueueFull = false;
  #isClosing = false;
  #end: RoomError | undefined;

  /**
   * Listens to a session.
   *
   * @param session The session.
   * @param options How many earlier messages to tell, and of which room.
   */
  constructor(
    session: RoomSession,
    { history, wanted }: {
      readonly history: number;
      readonly wanted: WantedRoom | undefined;
    },
  ) {
    this.#session = session;
    this.#history = history;
    this.#label = wanted === undefined ? "" : wantedLabel(wanted);
    this.#entry = new RoomEntry({
      session,
      wanted,
      isSameGuest: false,
      onEvent: (event) => this.#handleEvent(event),
    });
    this.#events = new EventQueue({
      onFull: (isFull) => {
        this.#isQueueFull = isFull;
        this.#setReading();
      },
    });
    session.subscribe((event) => this.#entry.handleEvent(event));
  }

  /** Resolves once inside. @throws {RoomError} If that fails. */
  get entered(): Promise<void> {
    return this.#entered.promise;
  }

  /** The room's name; of a direct talk the other's. */
  get room(): string {
    return this.#welcome?.room ?? "";
  }

  /** The own name, as the others see it. */
  get name(): string {
    return this.#welcome?.self ?? "";
  }

  /** Who is in the room, this client included. */
  get members(): string[] {
    return Array.from(this.#members);
  }

  /**
   * Says something. While the server is away it is kept, and sent when the
   * server is back.
   *
   * @param text What to say.
   * @returns Its place, once the server has stored it.
   * @throws {RoomError} If it is refused, or the stay ends before.
   */
  send(text: string): Promise<StoredText> {
    const answer = Promise.withResolvers<StoredText>();
    if (this.#end !== undefined) {
      answer.reject(this.#end);
      return answer.promise;
    }
    this.#unnamed = { text, answer };
    this.#session.handleCommand({
      type: "send",
      roomId: this.#entry.roomId,
      text,
    });
    this.#setReading();
    return answer.promise;
  }

  /**
   * Leaves the room. What was not answered before is not sent any more, so
   * wait for `send` first.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#entry.leave();
    this.#session.handleCommand({ type: "quit" });
    await this.#session.finished;
  }

  /** Reads what happens, for one reader at a time. */
  [Symbol.asyncIterator](): AsyncIterableIterator<RoomEvent> {
    return this.#events;
  }

  /** Leaves the room. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #handleEvent(event: ScriptEvent): void {
    switch (event.type) {
      case "loginForm":
      case "loginProgress":
        return;
      case "loginRefused":
        return this.#finish(event);
      case "roomRefused":
        return this.#finish({ ...event, room: this.#label });
      case "roomClosed": {
        // It was left on the way out.
        if (this.#isClosing) return;
        const { type, reason } = event;
        return this.#finish({ type, room: this.#label, reason });
      }
      case "welcome":
        return this.#enter(event);
      case "message":
        return this.#handleMessage(event);
      case "change":
        if (event.earlier && event.sequence <= this.#skipThrough) return;
        return this.#events.push({ ...event, room: this.room });
      case "changeRefused":
        // A script changes nothing: what it writes is messages.
        return;
      case "receipt":
      case "read":
        return;
      case "delivery":
        return this.#settle(event.id, event.delivery);
      case "joined":
        this.#members.add(event.name);
        return this.#events.push({ ...event, room: this.room });
      case "left":
        this.#members.delete(event.name);
        return this.#events.push({ ...event, room: this.room });
      case "memberChanged":
        return this.#rename(event);
      case "gap":
        return this.#events.push({ ...event, room: this.room });
      case "unkept":
        // A script's session keeps nothing.
        return;
      case "connection":
        return this.#events.push({ type: "connection", ...event.connection });
      case "ended":
        return this.#finish(event);
    }
  }

  #enter(welcome: Event<"welcome">): void {
    if (this.#welcome === undefined) {
      this.#skipThrough = welcome.lastSequence - this.#history;
    }
    this.#welcome = welcome;
    this.#members.clear();
    for (const name of welcome.members) this.#members.add(name);
    this.#entered.resolve();
  }

  #rename({ name, newName, own }: Event<"memberChanged">): void {
    this.#members.delete(name);
    this.#members.add(newName);
    if (own) this.#welcome = { ...this.#welcome!, self: newName };
  }

  #handleMessage(event: Event<"message">): void {
    const { id, author, text, style, replyTo, earlier, delivery } = event;
    const unnamed = this.#unnamed;
    if (event.own && unnamed !== undefined) {
      this.#unnamed = undefined;
      this.#pending.set(id, unnamed);
      return this.#settle(id, delivery);
    }
    if (delivery.state !== "stored") return;
    const { sequence, timeMs } = delivery;
    if (earlier && sequence <= this.#skipThrough) return;
    // Under a claimed name also what its holder writes on another device.
    const own = event.own || author === this.name;
    this.#tell({
      roomId: event.roomId,
      sequence,
      id,
      author,
      text,
      style,
      replyTo,
      timeMs,
      own,
      earlier,
    });
    markRead(this.#session, event);
  }

  #tell(
    message: Omit<Extract<RoomEvent, { type: "message" }>, "type" | "room">,
  ): void {
    this.#events.push({ type: "message", ...message, room: this.room });
  }

  #settle(id: string, delivery: DeliveryState): void {
    const pending = this.#pending.get(id);
    if (pending === undefined || delivery.state === "queued") return;
    this.#pending.delete(id);
    const { text, answer } = pending;
    if (delivery.state === "refused") {
      const refusal = delivery.reason;
      answer.reject(new RoomError({ type: "messageRefused", refusal }));
    } else {
      const { sequence, timeMs, forwardedTo } = delivery;
      const author = this.name;
      this.#tell({
        roomId: this.#entry.roomId,
        sequence,
        id,
        author,
        text,
        style: "plain",
        replyTo: 0,
        timeMs,
        own: true,
        earlier: false,
      });
      answer.resolve({ sequence, id, timeMs, forwardedTo });
    }
    this.#setReading();
  }

  /** Who waits for an answer must go on reading, however much that is. */
  #setReading(): void {
    this.#session.setReading(!this.#isQueueFull || this.#pending.size > 0);
  }

  #finish(failure: RoomFailure): void {
    if (this.#end !== undefined) return;
    const error = new RoomError(failure);
    this.#end = error;
    this.#entered.reject(error);
    for (const { answer } of this.#pending.values()) answer.reject(error);
    this.#pending.clear();
    const isQuit = failure.type === "ended" && failure.reason.code === "quit";
    if (isQuit) this.#events.end();
    else this.#events.end(error);
  }
}
