import { encodeHex } from "../base/bytes.ts";
import { DEFAULT_CHAT_LIMITS, EPOCH_ID_BYTES } from "../chat/limits.ts";
import { LoginThrottle } from "../chat/login_throttle.ts";
import { ROOM_USER_IDENTIFIER } from "../chat/server_login.ts";
import { SessionTickets } from "../chat/session_tickets.ts";
import { fingerprint } from "../crypto/key_schedule.ts";
import { runInLoginWorker } from "../crypto/login_task.ts";
import {
  loadOpaque,
  maskingKey,
  type RegisterOptions,
  STRETCHING_DEFAULT,
} from "../crypto/opaque.ts";
import { loadSodium } from "../crypto/sodium.ts";
import { bindServerSockets } from "../net/bind.ts";
import { monotonicUs } from "../net/monotonic_clock.ts";
import { UdpDriver } from "../net/udp_driver.ts";
import type { DatagramSocket } from "../net/udp_socket.ts";
import { dataFilePath } from "../store/data_dir.ts";
import { loadServerIdentity } from "../store/identity_file.ts";
import { Endpoint } from "../transport/endpoint.ts";
import type { TraceEvent } from "../transport/trace_event.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../transport/transport_config.ts";
import type { ServerConsoleNotice } from "../ui/server_console.ts";
import type { ServerSetup } from "./load_options.ts";
import { moment } from "./moment.ts";
import { normalizePassword } from "./normalize_password.ts";
import { randomBytes } from "./random_bytes.ts";
import { ServerCore } from "./server_core.ts";
import { simulated } from "./simulated_network.ts";

/** A server that listens. */
export interface RunningServer extends AsyncDisposable {
  /** Where it listens. */
  readonly sockets: readonly DatagramSocket[];
  /** Its public key, as people compare it. */
  readonly fingerprint: string;
  /** True if other users of this computer could read the server's secrets until now. */
  readonly wasExposed: boolean;
  /** Tells everybody that it stops, then closes. */
  stop(): Promise<void>;
}

/** What a server is started with. */
export interface StartServerOptions {
  /** What the person chose. */
  readonly setup:
    & Pick<
      ServerSetup,
      "host" | "port" | "password" | "openRoom" | "dataDir"
    >
    & Partial<Pick<ServerSetup, "simulate">>;
  /** Module of the Worker that stretches the password. */
  readonly loginWorker: URL;
  /** The room's name. */
  readonly room: string;
  /** Takes what happens. */
  readonly onNotice: (
    notice: ServerConsoleNotice,
    address: string | undefined,
  ) => void;
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
 */
export async function startServer(
  options: StartServerOptions,
): Promise<RunningServer> {
  const { setup } = options;
  // Before the slow work: a taken port is told at once.
  const sockets = bindServerSockets({ host: setup.host, port: setup.port });
  const [crypto, opaque] = await Promise.all([loadSodium(), loadOpaque()]);
  const { identity, wasExposed } = loadServerIdentity(
    dataFilePath(setup.dataDir, "identity"),
    {
      randomBytes,
      createServerSetup: () => opaque.createServerSetup(),
    },
  );
  const publicKey = crypto.x25519PublicKey(identity.noiseStaticSecret);
  const login = {
    setup: identity.opaqueServerSetup,
    stretching: STRETCHING_DEFAULT,
    serverIdentity: encodeHex(publicKey),
  };
  const record = await register(options, login);
  const core = new ServerCore({
    ...login,
    opaque,
    record,
    throttle: new LoginThrottle(monotonicUs()),
    tickets: new SessionTickets({
      crypto,
      resetKey: identity.statelessResetKey,
      maskingKey: maskingKey(record),
    }),
    random: randomBytes,
    chat: {
      room: options.room,
      epochId: randomBytes(EPOCH_ID_BYTES),
      openRoom: setup.openRoom,
      limits: DEFAULT_CHAT_LIMITS,
    },
    onNotice: options.onNotice,
  });
  const endpoint = new Endpoint({
    config: DEFAULT_TRANSPORT_CONFIG,
    crypto,
    random: randomBytes,
    server: {
      staticSecret: identity.noiseStaticSecret,
      resetKey: identity.statelessResetKey,
    },
    onTrace: options.onTrace,
  });
  const driver = new UdpDriver({
    endpoint,
    sockets: sockets.map((socket) => simulated(socket, setup.simulate)),
    nowUs: monotonicUs,
    onEvent: (event) => core.handleEvent(event, moment()),
    onError: options.onError,
  });
  const stop = async () => {
    core.stop(moment());
    await driver[Symbol.asyncDispose]();
  };
  return {
    sockets,
    fingerprint: fingerprint(crypto, publicKey),
    wasExposed,
    stop,
    [Symbol.asyncDispose]: stop,
  };
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
