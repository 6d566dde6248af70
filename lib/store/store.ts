import type {
  Change,
  ChangeResult,
  QueryResult,
  StoreQuery,
} from "../chat/change.ts";
import type { AuditEntry } from "../chat/account.ts";
import type { RoomAppended } from "../chat/chat_server_input.ts";
import type { LogFind, LogFound } from "../chat/room_find.ts";
import type {
  LogEvent,
  LogLoad,
  LogRecall,
  LogState,
  MessageLog,
} from "../chat/room_log.ts";
import type { PeopleState } from "../chat/people_change.ts";
import type { Retention } from "./retention.ts";
import type { KnownRooms } from "./room_rows.ts";
import { StoreError } from "./store_error.ts";
import type {
  OpenRequest,
  StoreReply,
  StoreRequest,
  StoreWrite,
  UnwritableCode,
} from "./store_messages.ts";

/** Takes what a store answers. */
export interface StoreHandlers {
  /** Everything up to these sequence numbers is on the disk. */
  readonly onAppended: (appended: readonly RoomAppended[]) => void;
  /** A change is on the disk. */
  readonly onChanged: (changeId: number, result: ChangeResult) => void;
  /** The answer to {@linkcode Store.query}. */
  readonly onQueried: (queryId: number, result: QueryResult) => void;
  /** The answer to {@linkcode Store.load}. */
  readonly onLoaded: (
    roomId: number,
    loadId: number,
    events: readonly LogEvent[],
  ) => void;
  /** The answer to {@linkcode Store.recall}. */
  readonly onRecalled: (
    roomId: number,
    authorKey: string,
    events: readonly LogEvent[],
  ) => void;
  /** The answer to {@linkcode Store.find}. */
  readonly onFound: (roomId: number, findId: number, found: LogFound) => void;
  /** Events of a room before this sequence number are not kept any more. */
  readonly onTrimmed: (roomId: number, firstSequence: number) => void;
  /**
   * The disk cannot be written, and is tried again until it can; undefined once
   * it can again. What waits is not lost and not acknowledged.
   */
  readonly onUnwritable: (code: UnwritableCode | undefined) => void;
}

/** What a store is opened with. */
export interface StoreOptions {
  /** The module of the Worker, `store_worker.ts`. */
  readonly worker: URL;
  /** The database's file. */
  readonly path: string;
  /** The default room's name, for a new database. */
  readonly room: string;
  /** How many of the newest events the caller wants at once. */
  readonly recentEvents: number;
  /** What is kept. */
  readonly retention: Retention;
  /** How long a disk that cannot be written is left alone; a second. */
  readonly retryMs?: number;
  /** Takes the answers. */
  readonly handlers: StoreHandlers;
}

/** More in a commit saves little, and a commit of so many takes about 10 ms. */
export const MAX_GROUP_WRITES = 512;

/** Who makes room sees soon that it helped. */
const RETRY_MS = 1_000;

/**
 * The room's log on the disk. A Worker writes it, so nothing here ever waits.
 *
 * What is appended goes to the disk in groups: the first at once, and while one
 * is being written the next one gathers. So a lone message waits for nothing
 * but the disk, and under load one wait for the disk carries many.
 */
export class Store implements MessageLog, AsyncDisposable {
  /** What the log was like when it was opened. */
  readonly state: LogState;
  /** All its rooms. */
  readonly rooms: KnownRooms;
  /** What is known of people. */
  readonly people: PeopleState;
  /** Whether other users of this computer could read the file until now. */
  readonly wasExposed: boolean;
  /** Resolves if the database cannot be used any more: end the server. */
  readonly failed: Promise<StoreError>;
  readonly #connection: WorkerConnection;
  readonly #handlers: StoreHandlers;
  readonly #retryMs: number;
  /** Not yet on the disk; the first of them are the group being written. */
  #waiting: StoreWrite[] = [];
  #groupWrites = 0;
  #isFlushPlanned = false;
  #unwritable: UnwritableCode | undefined;
  /** Set while a disk that cannot be written is left alone. */
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  /** Called when nothing waits, or what waits cannot be written. */
  #onIdle: (() => void)[] = [];
  #isClosing = false;
  readonly #closed = Promise.withResolvers<void>();

  private constructor(
    connection: WorkerConnection,
    opened: Extract<StoreReply, { readonly type: "opened" }>,
    { handlers, retryMs = RETRY_MS }: StoreOptions,
  ) {
    this.state = opened.state;
    this.rooms = opened.rooms;
    this.people = opened.people;
    this.wasExposed = opened.wasExposed;
    this.#connection = connection;
    this.#handlers = handlers;
    this.#retryMs = retryMs;
    this.failed = connection.failed;
    connection.onReply = (reply) => this.#handleReply(reply);
  }

  /**
   * Opens the database, or makes one.
   *
   * @param options What to open.
   * @returns The store.
   * @throws {StoreError} If it cannot be used, or another server uses it.
   */
  static async open(options: StoreOptions): Promise<Store> {
    const { worker, path, room, recentEvents, retention } = options;
    const connection = new WorkerConnection(worker, path);
    const opened = Promise.withResolvers<StoreReply>();
    connection.onReply = opened.resolve;
    connection.post({ type: "open", path, room, recentEvents, retention });
    const reply = await Promise.race([opened.promise, connection.failed]);
    if (reply instanceof StoreError) {
      connection.end();
      throw reply;
    }
    if (reply.type !== "opened") throw new TypeError(`Cannot be ${reply.type}`);
    return new Store(connection, reply, options);
  }

  /** See {@linkcode MessageLog.append}. */
  append(roomId: number, event: LogEvent, audit?: AuditEntry): void {
    const entry = audit === undefined ? {} : { audit };
    this.#waiting.push({ type: "event", roomId, event, ...entry });
    this.#planFlush();
  }

  /** See {@linkcode MessageLog.change}. */
  change(changeId: number, change: Change): void {
    this.#waiting.push({ type: "change", changeId, change });
    this.#planFlush();
  }

  /** See {@linkcode MessageLog.query}. */
  query(queryId: number, query: StoreQuery): void {
    this.#connection.post({ type: "query", queryId, query });
  }

  /** See {@linkcode MessageLog.load}. */
  load(load: LogLoad): void {
    this.#connection.post({ type: "load", load });
  }

  /** See {@linkcode MessageLog.recall}. */
  recall(recall: LogRecall): void {
    this.#connection.post({ type: "recall", recall });
  }

  /** See {@linkcode MessageLog.find}. */
  find(find: LogFind): void {
    this.#connection.post({ type: "find", find });
  }

  /**
   * Waits until everything that was appended is on the disk, and its handlers
   * were called; or until that turns out to be impossible for now.
   */
  async flushed(): Promise<void> {
    if (this.#retryTimer !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onIdle.push(resolve);
    this.#planFlush();
    await Promise.race([promise, this.failed]);
  }

  /**
   * Writes what waits, unless the disk cannot be written, and closes the
   * database. No handler is called any more.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    await this.flushed();
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#connection.post({ type: "close" });
    await Promise.race([this.#closed.promise, this.failed]);
    this.#connection.end();
  }

  /** What one input brings is one group. */
  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    queueMicrotask(() => {
      this.#isFlushPlanned = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#groupWrites > 0) return;
    const writes = this.#waiting.slice(0, MAX_GROUP_WRITES);
    if (writes.length === 0) {
      this.#settle();
      return;
    }
    this.#groupWrites = writes.length;
    this.#connection.post({ type: "commit", writes });
  }

  #handleReply(reply: StoreReply): void {
    switch (reply.type) {
      case "committed":
        this.#handleCommitted(reply);
        return;
      case "unwritable":
        this.#handleUnwritable(reply.code);
        return;
      case "loaded":
        if (this.#isClosing) return;
        this.#handlers.onLoaded(reply.roomId, reply.loadId, reply.events);
        return;
      case "recalled":
        if (this.#isClosing) return;
        this.#handlers.onRecalled(reply.roomId, reply.authorKey, reply.events);
        return;
      case "found":
        if (this.#isClosing) return;
        this.#handlers.onFound(reply.roomId, reply.findId, reply.found);
        return;
      case "queried":
        if (this.#isClosing) return;
        this.#handlers.onQueried(reply.queryId, reply.result);
        return;
      case "trimmed":
        if (this.#isClosing) return;
        for (const { roomId, firstSequence } of reply.trimmed) {
          this.#handlers.onTrimmed(roomId, firstSequence);
        }
        return;
      case "closed":
        this.#closed.resolve();
        return;
      case "opened":
      case "failed":
        return;
    }
  }

  #handleCommitted(
    { appended, changed }: Extract<
      StoreReply,
      { readonly type: "committed" }
    >,
  ): void {
    this.#waiting = this.#waiting.slice(this.#groupWrites);
    this.#groupWrites = 0;
    // The next group goes first, so that the disk does not wait for what the
    // caller does; that nothing waits any more is said after it.
    if (this.#waiting.length > 0) this.#flush();
    else this.#planFlush();
    if (this.#isClosing) return;
    if (this.#unwritable !== undefined) {
      this.#unwritable = undefined;
      this.#handlers.onUnwritable(undefined);
    }
    if (appended.length > 0) this.#handlers.onAppended(appended);
    for (const { changeId, result } of changed) {
      this.#handlers.onChanged(changeId, result);
    }
  }

  #handleUnwritable(code: UnwritableCode): void {
    // Nobody was told that any of it is stored.
    this.#settle();
    if (this.#isClosing) return;
    this.#retryTimer = setTimeout(() => {
      // Deno 2.4 calls also what was cleared in the same turn.
      if (this.#retryTimer === undefined) return;
      this.#retryTimer = undefined;
      this.#groupWrites = 0;
      this.#flush();
    }, this.#retryMs);
    if (this.#unwritable === code) return;
    this.#unwritable = code;
    this.#handlers.onUnwritable(code);
  }

  #settle(): void {
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}

/** A Worker, its messages with their types, and its failures as errors. */
class WorkerConnection {
  /** Takes every reply but a failure. */
  onReply: (reply: StoreReply) => void = () => {};
  /** Resolves when there will be no more replies. */
  readonly failed: Promise<StoreError>;
  readonly #worker: Worker;

  constructor(module: URL, path: string) {
    const { promise, resolve } = Promise.withResolvers<StoreError>();
    this.failed = promise;
    this.#worker = new Worker(module, { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<StoreReply>) => {
      if (data.type === "failed") {
        resolve(new StoreError(data.code, data.path, data.detail));
      } else {
        this.onReply(data);
      }
    };
    this.#worker.onerror = (event) => {
      // Handled here: otherwise it would end the whole process.
      event.preventDefault();
      resolve(new StoreError("io", path, event.message));
    };
  }

  post(request: OpenRequest | StoreRequest): void {
    this.#worker.postMessage(request);
  }

  end(): void {
    this.#worker.terminate();
  }
}
