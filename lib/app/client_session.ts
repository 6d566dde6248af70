import type { QuestionPlace, RoomQuestion } from "../chat/chat_client.ts";
import { fingerprint } from "../crypto/key_schedule.ts";
import { runInLoginWorker } from "../crypto/login_task.ts";
import {
  type ClientLoginResult,
  loadOpaque,
  type Opaque,
} from "../crypto/opaque.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { loadSodium } from "../crypto/sodium.ts";
import type { Impairment } from "../net/impairment.ts";
import { bindClientSocket, resolveHost } from "../net/bind.ts";
import { monotonicUs } from "../net/monotonic_clock.ts";
import { Timeout } from "../net/timeout.ts";
import { UdpDriver } from "../net/udp_driver.ts";
import type { DatagramSocket } from "../net/udp_socket.ts";
import { WakeWatch } from "../net/wake_watch.ts";
import { ClientStore } from "../store/client_store.ts";
import { dataFilePath } from "../store/data_dir.ts";
import { KnownServers } from "../store/known_servers.ts";
import { readProfile, updateProfile } from "../store/profile_file.ts";
import { roomFilePath } from "../store/room_file.ts";
import { StoreError, withStoreErrors } from "../store/store_error.ts";
import { Endpoint } from "../transport/endpoint.ts";
import type {
  ClientCommand,
  ClientEvent,
  FaceSession,
  UnkeptReason,
} from "../ui/bridge.ts";
import { DEFAULT_SERVER_PORT } from "../ui/server_address.ts";
import { ClientClaim } from "./client_claim.ts";
import { ClientCore } from "./client_core.ts";
import type { LoginTarget } from "./client_core_options.ts";
import { DeadlineTimer } from "./deadline_timer.ts";
import { moment } from "./moment.ts";
import { normalizePassword } from "./normalize_password.ts";
import { randomBytes } from "./random_bytes.ts";
import { ChatTranscript } from "./chat_transcript.ts";
import { simulated } from "./simulated_network.ts";
import { qlogStart, TraceFile } from "./trace_file.ts";
import { CLIENT_TRANSPORT_CONFIG } from "./transport_configs.ts";

/** What a session is made with; plain data, so that it can cross into a Worker. */
export interface ClientSessionOptions {
  /** Where the client keeps its files. */
  readonly dataDir: string;
  /** The server to suggest; what was used last where undefined. */
  readonly host: string | undefined;
  /** Its port. */
  readonly port: number | undefined;
  /** Our port: 0 for any, undefined for the first free one of 5000 to 5010. */
  readonly clientPort: number | undefined;
  /** The name to suggest. */
  readonly name: string | undefined;
  /** Module of the Worker that stretches the password. */
  readonly loginWorker: string;
  /** The file that gets a trace of every packet, made by `createTraceFile`. */
  readonly trace?: string | undefined;
  /** How the network is made bad on purpose. */
  readonly simulate?: Impairment | undefined;
  /** What outlives it; `messages` where undefined. */
  readonly memory?: SessionMemory | undefined;
}

/** What outlives a session. */
export type SessionMemory =
  /** The keys of servers: for a script that keeps the rest itself. */
  | "servers"
  /** What the login form is filled with, and what was said and is to be sent. */
  | "messages"
  /** The same, and the room is shown while its server is away. */
  | "room";

/** How long a polite leaving may take before the program ends anyway. */
const LEAVE_TIMEOUT_MS = 1_500;

/** The sockets and the protocol of one login, until the next. */
interface Link {
  readonly core: ClientCore;
  readonly driver: UdpDriver;
  readonly wakeWatch: WakeWatch;
  readonly timer: DeadlineTimer;
}

/**
 * The client behind every face: takes what a person does, owns the socket, and tells what happens. One login at a time;
 * each has a socket of its own, because the server's address decides its family.
 */
export class ClientSession implements FaceSession {
  readonly #options: ClientSessionOptions;
  readonly #crypto: CryptoProvider;
  readonly #opaque: Opaque;
  readonly #knownServers: KnownServers;
  readonly #transcript = new ChatTranscript();
  readonly #finished: PromiseWithResolvers<void> = Promise.withResolvers<
    void
  >();
  #listener: (event: ClientEvent) => void = () => {};
  readonly #trace: TraceFile | undefined;
  readonly #claim: ClientClaim;
  #link: Link | undefined;
  /** Counts logins, so that one that was cancelled while it looked a name up stays cancelled. */
  #loginCount = 0;
  readonly #leaveTimeout = new Timeout();
  /** Why nothing is kept, if that is still to be said. */
  #unkept: UnkeptReason | undefined;

  /**
   * Creates the client session.
   *
   * @param options Plain data.
   * @param primitives What `create` loads.
   */
  constructor(
    options: ClientSessionOptions,
    primitives: { crypto: CryptoProvider; opaque: Opaque },
  ) {
    this.#options = options;
    this.#crypto = primitives.crypto;
    this.#opaque = primitives.opaque;
    this.#claim = new ClientClaim({
      opaque: this.#opaque,
      loginWorker: () => new URL(options.loginWorker),
      serverIdentity: () => this.#link?.core.serverIdentity,
      ask: (question) => this.#ask(question),
      onClaimed: (password) => this.#link?.core.changeLogin({ password }),
      onFailed: (question) => this.#failToAsk(question),
    });
    this.#knownServers = new KnownServers(
      dataFilePath(options.dataDir, "knownServers"),
    );
    if (options.trace !== undefined) {
      this.#trace = new TraceFile(options.trace, {
        start: qlogStart("client"),
        onError: console.error,
      });
    }
  }

  /** Loads what a session needs. Nothing is sent before a login. */
  static async create(options: ClientSessionOptions): Promise<ClientSession> {
    const [crypto, opaque] = await Promise.all([loadSodium(), loadOpaque()]);
    return new ClientSession(options, { crypto, opaque });
  }

  /** Resolves when the session is over and everything is closed. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** Registers the face. */
  subscribe(listener: (event: ClientEvent) => void): void {
    this.#listener = listener;
  }

  /** Takes what a person did. */
  handleCommand(command: ClientCommand): void {
    switch (command.type) {
      case "faceReady":
        this.#showEverything();
        return;
      case "login":
        void this.#login(command);
        return;
      case "cancelLogin":
        this.#loginCount++;
        this.#link?.core.cancelLogin(moment());
        this.#wake();
        this.#showForm();
        return;
      case "forgetServerKey":
        this.#knownServers.forget(command.host, command.port);
        return;
      case "send":
        this.#link?.core.send(command.roomId, command.text, moment());
        this.#wake();
        return;
      case "act":
        this.#link?.core.act(command.roomId, command.act, moment());
        this.#wake();
        return;
      case "ask":
        this.#ask(command);
        return;
      case "claim":
        this.#claim.start(command, command.password);
        return;
      case "read":
        this.#link?.core.markRead(command.roomId, command.sequence);
        this.#transcript.record({
          type: "read",
          roomId: command.roomId,
          readSequence: command.sequence,
        });
        this.#link?.timer.arm();
        return;
      case "quit":
        void this.#quit();
        return;
    }
  }

  #ask(question: RoomQuestion): void {
    if (this.#link === undefined) return this.#failToAsk(question);
    this.#link.core.ask(question, moment());
    this.#wake();
  }

  #failToAsk({ roomId, questionId }: QuestionPlace): void {
    const refusal = { code: "offline" } as const;
    this.#emit({ type: "unanswered", roomId, questionId, refusal });
  }

  /**
   * Stops or resumes reading the room, for a face that cannot show events as fast as they come: what is not read stays
   * with the server.
   */
  setReading(isReading: boolean): void {
    this.#link?.core.setReading(isReading, moment());
    this.#wake();
  }

  #emit(event: ClientEvent): void {
    if (this.#claim.handleEvent(event)) return;
    this.#transcript.record(event);
    this.#listener(event);
    // Outside the room nobody is shown a notice.
    const why = this.#unkept;
    if (event.type !== "welcome" || why === undefined) return;
    this.#unkept = undefined;
    this.#emit({ type: "unkept", why, timeMs: Date.now() });
  }

  #showEverything(): void {
    const past = this.#transcript.replay();
    if (past.length === 0) this.#showForm();
    for (const event of past) this.#listener(event);
  }

  #showForm(): void {
    const profile = readProfile(dataFilePath(this.#options.dataDir, "profile"));
    const { host, port, name } = this.#options;
    this.#emit({
      type: "loginForm",
      host: host ?? profile.host ?? "",
      port: port ?? (host === undefined ? profile.port : undefined) ??
        DEFAULT_SERVER_PORT,
      name: name ?? profile.name ?? "",
    });
  }

  async #login(
    { host, port, name, password }: Extract<ClientCommand, { type: "login" }>,
  ): Promise<void> {
    if (this.#link !== undefined && !this.#link.core.isOut) return;
    const count = ++this.#loginCount;
    const hostname = await resolveHost(host);
    if (count !== this.#loginCount) return;
    if (hostname === undefined) {
      this.#emit({
        type: "loginRefused",
        refusal: { code: "addressInvalid", host },
      });
      return;
    }
    await this.#closeLink();
    try {
      this.#link = this.#open(hostname);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      this.#emit({
        type: "loginRefused",
        refusal: {
          code: "clientPortBusy",
          port: this.#options.clientPort ?? 0,
        },
      });
      return;
    }
    this.#link.core.login({
      host,
      port,
      address: { hostname, port },
      name,
      password: normalizePassword(password),
    }, moment());
    this.#wake();
  }

  #open(remoteHost: string): Link {
    const { clientPort, simulate } = this.#options;
    const trace = this.#trace;
    const bind = (port: number | undefined) =>
      simulated(bindClientSocket(remoteHost, port), simulate);
    const socket = bind(clientPort);
    const endpoint = new Endpoint({
      config: CLIENT_TRANSPORT_CONFIG,
      crypto: this.#crypto,
      random: randomBytes,
      onTrace: trace && ((event) => trace.handleTrace(event)),
    });
    const core = this.#createCore(endpoint);
    // Our own port again: a firewall may know it.
    const rebind = (): DatagramSocket => {
      try {
        return bind(socket.local.port);
      } catch {
        return bind(0);
      }
    };
    const driver = this.#drive(endpoint, core, { socket, rebind });
    const wakeWatch = new WakeWatch(() => {
      driver.rebind(rebind);
      core.handleWake(moment());
      this.#wake();
    });
    const timer = new DeadlineTimer({
      deadlineUs: () => core.deadlineUs(monotonicUs()),
      nowUs: monotonicUs,
      onDue: () => {
        core.handleTimeout(moment());
        void driver.wake();
      },
    });
    return { core, driver, wakeWatch, timer };
  }

  async #closeLink(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    link?.wakeWatch[Symbol.dispose]();
    link?.timer[Symbol.dispose]();
    await link?.driver[Symbol.asyncDispose]();
  }

  #createCore(endpoint: Endpoint): ClientCore {
    return new ClientCore({
      endpoint,
      crypto: this.#crypto,
      random: randomBytes,
      startLogin: (password) => this.#opaque.startClientLogin(password),
      stretch: (connection, options) => {
        const url = new URL(this.#options.loginWorker);
        const task = runInLoginWorker(url, {
          type: "finishClientLogin",
          options,
        });
        const onDone = (result: ClientLoginResult | undefined) => {
          this.#link?.core.handleStretched(connection, result, moment());
          this.#wake();
        };
        task.then(onDone, (error) => {
          console.error(error);
          onDone(undefined);
        });
      },
      changedKey: ({ host, port }, identity) => {
        const check = this.#knownServers.check(host, port, identity);
        return typeof check === "string" ? undefined : check.changed;
      },
      openJournal: (target, identity) => this.#openStore(target, identity),
      openSilentRoom: (target) => this.#openSilentRoom(target),
      onLoggedIn: (target, identity) => this.#remember(target, identity),
      fingerprint: (identity) => fingerprint(this.#crypto, identity),
      emit: (event) => this.#emit(event),
    });
  }

  /** Whatever is wrong with it keeps nobody from chatting. */
  #openStore(
    { name }: LoginTarget,
    identity: Uint8Array,
  ): ClientStore | undefined {
    const { dataDir, memory } = this.#options;
    if (memory === "servers") return undefined;
    this.#unkept = undefined;
    try {
      const path = withStoreErrors(
        dataDir,
        () => roomFilePath(dataDir, this.#crypto, { identity, name }),
      );
      return ClientStore.open({
        path,
        random: randomBytes,
        onFailure: (error) =>
          this.#emit({
            type: "unkept",
            why: unkeptReason(error),
            timeMs: Date.now(),
          }),
      });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#unkept = unkeptReason(error);
      return undefined;
    }
  }

  #openSilentRoom(target: LoginTarget): ClientStore | undefined {
    if (this.#options.memory !== "room") return undefined;
    const identity = this.#knownServers.pinned(target.host, target.port);
    return identity && this.#openStore(target, identity);
  }

  #drive(
    endpoint: Endpoint,
    core: ClientCore,
    sockets: { socket: DatagramSocket; rebind: () => DatagramSocket },
  ): UdpDriver {
    const driver: UdpDriver = new UdpDriver({
      endpoint,
      sockets: [sockets.socket],
      nowUs: monotonicUs,
      onEvent: (event) => {
        // The network may be another one now, and the socket tied to the old.
        if (event.event.type === "pathUnresponsive") {
          driver.rebind(sockets.rebind);
        }
        core.handleEvent(event, moment());
        this.#link?.timer.arm();
        if (core.isOver) void this.#finish();
      },
      onError: console.error,
    });
    return driver;
  }

  #remember({ host, port, name }: LoginTarget, identity: Uint8Array): void {
    this.#knownServers.pin(host, port, identity);
    if (this.#options.memory === "servers") return;
    updateProfile(dataFilePath(this.#options.dataDir, "profile"), {
      host,
      port,
      name,
    });
  }

  /** Sends what a command made ready, and waits for the core's next deadline. */
  #wake(): void {
    void this.#link?.driver.wake();
    this.#link?.timer.arm();
  }

  async #quit(): Promise<void> {
    this.#loginCount++;
    const core = this.#link?.core;
    if (core === undefined || core.isOut) {
      this.#emit({ type: "ended", reason: { code: "quit" } });
      await this.#finish();
      return;
    }
    core.quit(moment());
    this.#wake();
    if (core.isOver) {
      await this.#finish();
      return;
    }
    this.#leaveTimeout.set(LEAVE_TIMEOUT_MS, () => {
      core.quit(moment());
      void this.#finish();
    });
  }

  async #finish(): Promise<void> {
    this.#leaveTimeout.clear();
    await this.#closeLink();
    this.#trace?.[Symbol.dispose]();
    this.#finished.resolve();
  }
}

function unkeptReason({ code }: StoreError): UnkeptReason {
  switch (code) {
    case "full":
      return "full";
    case "locked":
      return "inUse";
    case "newerSchema":
      return "newer";
    case "corrupt":
    case "notADatabase":
      return "damaged";
    case "readOnly":
    case "noSuchFile":
    case "fileExists":
    case "io":
    // Of exports only.
    case "olderSchema":
    case "noSuchRoom":
      return "unwritable";
  }
}
