import {
  ClientSession,
  type SessionMemory,
} from "../../lib/app/client_session.ts";
import { type RunningServer, startServer } from "../../lib/app/server_app.ts";
import type { Impairment } from "../../lib/net/impairment.ts";
import type { TraceEvent } from "../../lib/transport/trace_event.ts";
import type { ClientEvent, Refusal } from "../../lib/ui/bridge.ts";
import type { ServerConsoleNotice } from "../../lib/ui/server_console.ts";

const LOGIN_WORKER = new URL(
  "../../lib/crypto/login_worker.ts",
  import.meta.url,
);
const STORE_WORKER = new URL(
  "../../lib/store/store_worker.ts",
  import.meta.url,
);
const HOST = "127.0.0.1";

/** A server on loopback with what its terminal would have shown. */
export interface TestServer extends AsyncDisposable {
  readonly notices: ServerConsoleNotice[];
  readonly port: number;
  readonly running: RunningServer;
}

/** Starts a server; its identity is in the data folder. */
export async function startTestServer(
  dataDir: string,
  options: {
    port?: number;
    password?: string;
    simulate?: Impairment;
    onTrace?: (event: TraceEvent) => void;
  } = {},
): Promise<TestServer> {
  const { port = 0, password = "GAS1" } = options;
  const notices: ServerConsoleNotice[] = [];
  const running = await startServer({
    setup: {
      host: HOST,
      port,
      password,
      openRoom: password === "GAS1",
      dataDir,
      retention: { maxAgeMs: undefined, maxBytes: undefined },
      simulate: options.simulate,
    },
    onTrace: options.onTrace,
    loginWorker: LOGIN_WORKER,
    storeWorker: STORE_WORKER,
    room: "Room",
    onNotice: (notice) => notices.push(notice),
    onUnwritable: (code) => {
      throw new Error(`The test's disk is ${code}`);
    },
    onError: (error) => {
      throw error;
    },
  });
  return {
    notices,
    port: running.sockets[0]!.local.port,
    running,
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

/** A client whose events can be waited for. */
export class TestClient implements AsyncDisposable {
  readonly events: ClientEvent[] = [];
  readonly session: ClientSession;
  #waiting: (() => void)[] = [];

  constructor(session: ClientSession) {
    this.session = session;
    session.subscribe((event) => {
      this.events.push(event);
      for (const check of this.#waiting.splice(0)) check();
    });
  }

  static async create(
    dataDir: string,
    options: {
      clientPort?: number;
      trace?: string;
      memory?: SessionMemory;
    } = {},
  ): Promise<TestClient> {
    const session = await ClientSession.create({
      dataDir,
      host: undefined,
      port: undefined,
      clientPort: options.clientPort ?? 0,
      name: undefined,
      loginWorker: LOGIN_WORKER.href,
      trace: options.trace,
      memory: options.memory,
    });
    return new TestClient(session);
  }

  /** Resolves with the first event from `from` on that satisfies the condition, past or future. */
  until<Type extends ClientEvent["type"]>(
    type: Type,
    condition: (event: Extract<ClientEvent, { type: Type }>) => boolean = () =>
      true,
    from = 0,
  ): Promise<Extract<ClientEvent, { type: Type }>> {
    type Wanted = Extract<ClientEvent, { type: Type }>;
    const isWanted = (event: ClientEvent): event is Wanted =>
      event.type === type && condition(event as Wanted);
    return new Promise((resolve) => {
      const check = () => {
        const found = this.events.slice(from).find(isWanted);
        if (found === undefined) this.#waiting.push(check);
        else resolve(found);
      };
      check();
    });
  }

  login(port: number, name: string, password = "GAS1"): void {
    this.session.handleCommand({
      type: "login",
      host: HOST,
      port,
      name,
      password,
    });
  }

  /** Logs in and waits until the room is entered. */
  async enter(port: number, name: string, password = "GAS1"): Promise<void> {
    const from = this.events.length;
    this.login(port, name, password);
    await this.until("welcome", () => true, from);
  }

  /** Logs in and returns why that failed. */
  async refusedLogin(
    port: number,
    name: string,
    password = "GAS1",
  ): Promise<Refusal> {
    const from = this.events.length;
    this.login(port, name, password);
    return (await this.until("loginRefused", () => true, from)).refusal;
  }

  send(text: string): void {
    this.session.handleCommand({ type: "send", roomId: 1, text });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.session.handleCommand({ type: "quit" });
    await this.session.finished;
  }
}

/** A folder that goes away with the test. */
export async function makeDataDir(): Promise<
  AsyncDisposable & { readonly path: string }
> {
  const path = await Deno.makeTempDir();
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
