import { encodeHex } from "../base/bytes.ts";
import { DEFAULT_CHAT_LIMITS } from "../chat/limits.ts";
import { LoginThrottle } from "../chat/login_throttle.ts";
import { OWNER_CODE_RANDOM_BYTES, OwnerCode } from "../chat/owner_code.ts";
import { ROOM_USER_IDENTIFIER } from "../chat/server_login.ts";
import { SessionTickets } from "../chat/session_tickets.ts";
import { fingerprint } from "../crypto/key_schedule.ts";
import { runInLoginWorker } from "../crypto/login_task.ts";
import {
  loadOpaque,
  type Opaque,
  type RegisterOptions,
  STRETCHING_DEFAULT,
} from "../crypto/opaque.ts";
import { maskingKey } from "../crypto/opaque_record.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { loadSodium } from "../crypto/sodium.ts";
import { bindServerSockets } from "../net/bind.ts";
import { monotonicUs } from "../net/monotonic_clock.ts";
import { UdpDriver } from "../net/udp_driver.ts";
import type { DatagramSocket } from "../net/udp_socket.ts";
import { dataFilePath } from "../store/data_dir.ts";
import {
  type LoadedIdentity,
  loadServerIdentity,
  type ServerIdentity,
} from "../store/identity_file.ts";
import { Store, type StoreHandlers } from "../store/store.ts";
import { type StoreError, withStoreErrors } from "../store/store_error.ts";
import type { UnwritableCode } from "../store/store_messages.ts";
import { Endpoint } from "../transport/endpoint.ts";
import type { TraceEvent } from "../transport/trace_event.ts";
import type { ServerConsoleNotice } from "../ui/server_console.ts";
import type { ServerSetup } from "./load_options.ts";
import { DeadlineTimer } from "./deadline_timer.ts";
import { moment } from "./moment.ts";
import { normalizePassword } from "./normalize_password.ts";
import { randomBytes } from "./random_bytes.ts";
import { ServerCore, type ServerCoreOptions } from "./server_core.ts";
import { simulated } from "./simulated_network.ts";
import { storeHandlers } from "./store_handlers.ts";
import { SERVER_TRANSPORT_CONFIG } from "./transport_configs.ts";

/** A server that listens. */
export interface RunningServer extends AsyncDisposable {
  /** Where it listens. */
  readonly sockets: readonly DatagramSocket[];
  /** Its public key, as people compare it. */
  readonly fingerprint: string;
  /** True if other users of this computer could read the server's secrets until now. */
  readonly wasExposed: boolean;
  /** True if they could read what was said. */
  readonly wasHistoryExposed: boolean;
  /** Makes an owner of a server that has none; to be shown to its operator. */
  readonly ownerCode: string | undefined;
  /** Resolves if nothing can be stored any more, for good: stop the server. */
  readonly failed: Promise<StoreError>;
  /** Tells everybody that it stops, then closes. */
  stop(): Promise<void>;
}

/** What a server is started with. */
export interface StartServerOptions {
  /** What the person chose. */
  readonly setup:
    & Pick<
      ServerSetup,
      "host" | "port" | "password" | "openRoom" | "dataDir" | "retention"
    >
    & Partial<Pick<ServerSetup, "simulate">>;
  /** Module of the Worker that stretches the password. */
  readonly loginWorker: URL;
  /** Module of the Worker that owns the database. */
  readonly storeWorker: URL;
  /** The room's name. */
  readonly room: string;
  /** Takes what happens. */
  readonly onNotice: (
    notice: ServerConsoleNotice,
    address: string | undefined,
  ) => void;
  /** Told that messages cannot be stored for now, and why; undefined once they can again. */
  readonly onUnwritable: (code: UnwritableCode | undefined) => void;
  /** Takes a bug of ours; the server goes on. */
  readonly onError: (error: unknown) => void;
  /** Told everything that packets do. */
  readonly onTrace?: ((event: TraceEvent) => void) | undefined;
}

/**
 * Starts a server.
 *
 * @param options What to run.
 * @returns The server, once it listens.
 * @throws {Deno.errors.AddrInUse} If the port is taken.
 * @throws {Deno.errors.AddrNotAvailable} If the host is no address of this machine.
 * @throws {StoreError} If what was said cannot be read, or nothing be stored.
 */
export async function startServer(
  options: StartServerOptions,
): Promise<RunningServer> {
  const { setup } = options;
  await using opened = new AsyncDisposableStack();
  // Before the slow work: a taken port is told at once.
  const sockets = bindServerSockets({ host: setup.host, port: setup.port });
  opened.defer(() => sockets.forEach((socket) => socket.close()));
  const [crypto, opaque] = await Promise.all([loadSodium(), loadOpaque()]);
  const { identity, wasExposed } = loadIdentity(setup.dataDir, opaque);
  const publicKey = crypto.x25519PublicKey(identity.noiseStaticSecret);
  const login = {
    setup: identity.opaqueServerSetup,
    stretching: STRETCHING_DEFAULT,
    serverIdentity: encodeHex(publicKey),
  };
  const record = await register(options, login);
  const store = opened.use(
    await openStore(
      options,
      storeHandlers({
        core: () => core,
        wake: () => {
          timer.arm();
          void driver.wake();
        },
        onUnwritable: options.onUnwritable,
        onError: options.onError,
      }),
    ),
  );
  const ownerCode = makeOwnerCode(store);
  const core = makeCore(options, {
    ...login,
    opaque,
    record,
    crypto,
    identity,
    store,
    ownerCode,
  });
  const driver = new UdpDriver({
    endpoint: makeEndpoint(crypto, identity, options.onTrace),
    sockets: sockets.map((socket) => simulated(socket, setup.simulate)),
    nowUs: monotonicUs,
    onEvent: (event) => {
      core.handleEvent(event, moment());
      timer.arm();
    },
    onError: options.onError,
  });
  const timer = makeTimer(core, driver);
  const stop = () => {
    timer[Symbol.dispose]();
    return stopAll(core, store, driver);
  };
  // From here on `stop` closes all of it.
  opened.move();
  return {
    sockets,
    fingerprint: fingerprint(crypto, publicKey),
    wasExposed,
    wasHistoryExposed: store.wasExposed,
    ownerCode: ownerCode?.text,
    failed: store.failed,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Until there is an owner, whoever runs the server can make one. */
function makeOwnerCode({ people: { accounts } }: Store): OwnerCode | undefined {
  return accounts.some(({ role }) => role === "owner")
    ? undefined
    : new OwnerCode(randomBytes(OWNER_CODE_RANDOM_BYTES));
}

function makeTimer(core: ServerCore, driver: UdpDriver): DeadlineTimer {
  return new DeadlineTimer({
    deadlineUs: () => core.deadlineUs(),
    nowUs: monotonicUs,
    onDue: () => {
      core.handleTimeout(moment());
      void driver.wake();
    },
  });
}

async function stopAll(
  core: ServerCore,
  store: Store,
  driver: UdpDriver,
): Promise<void> {
  core.stop(moment());
  // What was taken is stored and shown before everybody is sent away.
  await store.flushed();
  core.stop(moment());
  await driver[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
}

function loadIdentity(dataDir: string, opaque: Opaque): LoadedIdentity {
  const path = dataFilePath(dataDir, "identity");
  return withStoreErrors(path, () =>
    loadServerIdentity(path, {
      randomBytes,
      createServerSetup: () => opaque.createServerSetup(),
    }));
}

/** What a core is made of. */
interface CoreParts
  extends
    Pick<ServerCoreOptions, "opaque" | "record">,
    Omit<RegisterOptions, "userIdentifier" | "password"> {
  readonly crypto: CryptoProvider;
  readonly identity: ServerIdentity;
  readonly store: Store;
  readonly ownerCode: OwnerCode | undefined;
}

function makeCore(
  { setup, room, onNotice }: StartServerOptions,
  { identity, store, ownerCode, ...parts }: CoreParts,
): ServerCore {
  return new ServerCore({
    ...parts,
    throttle: new LoginThrottle(monotonicUs()),
    people: store.people,
    ownerCode,
    tickets: new SessionTickets({
      crypto: parts.crypto,
      resetKey: identity.statelessResetKey,
      maskingKey: maskingKey(parts.record),
    }),
    random: randomBytes,
    chat: {
      room,
      log: store.state,
      ...store.rooms,
      openRoom: setup.openRoom,
      limits: DEFAULT_CHAT_LIMITS,
    },
    log: store,
    onNotice,
  });
}

function openStore(
  { setup, storeWorker, room }: StartServerOptions,
  handlers: StoreHandlers,
): Promise<Store> {
  return Store.open({
    worker: storeWorker,
    path: dataFilePath(setup.dataDir, "history"),
    room,
    recentEvents: DEFAULT_CHAT_LIMITS.historyMessages,
    retention: setup.retention,
    handlers,
  });
}

function makeEndpoint(
  crypto: CryptoProvider,
  identity: ServerIdentity,
  onTrace: ((event: TraceEvent) => void) | undefined,
): Endpoint {
  return new Endpoint({
    config: SERVER_TRANSPORT_CONFIG,
    crypto,
    random: randomBytes,
    server: {
      staticSecret: identity.noiseStaticSecret,
      resetKey: identity.statelessResetKey,
    },
    onTrace,
  });
}

/** Registers the room's password. Its record is a new one at each start. */
function register(
  { loginWorker, setup: { password } }: StartServerOptions,
  login: Omit<RegisterOptions, "userIdentifier" | "password">,
): Promise<Uint8Array> {
  const userIdentifier = ROOM_USER_IDENTIFIER;
  return runInLoginWorker(loginWorker, {
    type: "register",
    options: {
      ...login,
      userIdentifier,
      password: normalizePassword(password),
    },
  });
}
