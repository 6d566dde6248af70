import { DEFAULT_ROOM_ID } from "../lib/chat/room_kind.ts";
import { Prng } from "../lib/base/prng.ts";
import { ClientCore } from "../lib/app/client_core.ts";
import { moment } from "../lib/app/moment.ts";
import { randomBytes } from "../lib/app/random_bytes.ts";
import type {
  ClientLoginResult,
  ClientLoginStart,
  FinishClientLoginOptions,
} from "../lib/crypto/opaque.ts";
import type { CryptoProvider } from "../lib/crypto/provider.ts";
import { monotonicUs } from "../lib/net/monotonic_clock.ts";
import type { Connection } from "../lib/transport/connection.ts";
import { Endpoint, type EndpointEvent } from "../lib/transport/endpoint.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../lib/transport/transport_config.ts";
import type { ClientEvent } from "../lib/ui/bridge.ts";
import { MessageScanner } from "./message_scanner.ts";
import { fakeFinishLogin, fakeStartLogin } from "../tests/sim/fake_opaque.ts";

/** The password of every server here: nobody else can reach them. */
export const PASSWORD = "GAS1";

/** How a client proves that it knows the password. */
export interface LoginSteps {
  /** OPAQUE's first step. */
  readonly start: (password: string) => ClientLoginStart;
  /** Its last step; the result may be given at once or later. */
  readonly finish: (
    options: FinishClientLoginOptions,
    give: (result: ClientLoginResult | undefined) => void,
  ) => void;
}

/** Messages of the right sizes, without the arithmetic. */
export const FREE_LOGIN: LoginSteps = {
  start: () => fakeStartLogin(new Prng(1)),
  finish: (options, give) => give(fakeFinishLogin(options)),
};

/** What a member is made with. */
export interface RoomMemberOptions {
  /** Primitives. */
  readonly crypto: CryptoProvider;
  /** How it logs in. */
  readonly login: LoginSteps;
  /** Its name in the room. */
  readonly name: string;
  /** It is in the room; how long that took since `connect`. */
  readonly onWelcome: (us: number) => void;
  /** Takes what a face would be told, as far as it matters here. */
  readonly onEvent: (event: ClientEvent) => void;
  /**
   * If given, what is said in the room is not decoded but scanned for the
   * benchmark's texts, which go here.
   */
  readonly onText?: (text: Uint8Array) => void;
  /** There may be something to transmit, outside any call of the owner. */
  readonly onActive: () => void;
}

/**
 * One client: endpoint and client core as in `gas-client`. Only the face and the
 * disk are missing, and whoever owns it brings the socket.
 */
export class RoomMember {
  /** The transport. */
  readonly endpoint: Endpoint;
  readonly #options: RoomMemberOptions;
  readonly #core: ClientCore;
  #connectedUs = 0;
  /** From the welcome on, if texts are only scanned for. */
  #scanner: MessageScanner | undefined;

  /** @param options Who it is. Nothing is sent before `connect`. */
  constructor(options: RoomMemberOptions) {
    const { crypto, login } = options;
    this.#options = options;
    this.endpoint = new Endpoint({
      config: DEFAULT_TRANSPORT_CONFIG,
      crypto,
      random: randomBytes,
    });
    this.#core = new ClientCore({
      endpoint: this.endpoint,
      crypto,
      random: randomBytes,
      startLogin: login.start,
      stretch: (connection, task) => this.#finishLogin(connection, task),
      changedKey: () => undefined,
      onLoggedIn: () => {},
      fingerprint: () => "",
      emit: (event) => this.#handleEvent(event),
    });
  }

  /** When its endpoint wants to be called; undefined for never. */
  get deadlineUs(): number | undefined {
    return this.endpoint.deadlineUs;
  }

  /** Starts to enter the room of a server on the loopback interface. */
  connect(port: number): void {
    this.#connectedUs = monotonicUs();
    const host = "127.0.0.1";
    const { name, onActive } = this.#options;
    this.#core.login({
      host,
      port,
      address: { hostname: host, port },
      name,
      password: PASSWORD,
    }, moment());
    onActive();
  }

  /** Says something. */
  send(text: string): void {
    this.#core.send(DEFAULT_ROOM_ID, text, moment());
    this.#options.onActive();
  }

  /** Leaves. */
  quit(): void {
    this.#core.quit(moment());
    this.#options.onActive();
  }

  /** Takes an event of its endpoint. */
  handleEvent(event: EndpointEvent): void {
    if (this.#scanner !== undefined && event.event.type === "streamReadable") {
      this.#scan(this.#scanner, event.connection);
    } else this.#core.handleEvent(event, moment());
  }

  #scan(scanner: MessageScanner, connection: Connection): void {
    for (;;) {
      const bytes = connection.streams.read(0);
      if (bytes === undefined) return;
      scanner.push(bytes, this.#options.onText!);
    }
  }

  #finishLogin(connection: Connection, task: FinishClientLoginOptions): void {
    this.#options.login.finish(task, (result) => {
      this.#core.handleStretched(connection, result, moment());
      this.#options.onActive();
    });
  }

  #handleEvent(event: ClientEvent): void {
    switch (event.type) {
      case "welcome":
        if (this.#options.onText !== undefined) {
          this.#scanner = new MessageScanner();
        }
        this.#options.onWelcome(monotonicUs() - this.#connectedUs);
        return;
      case "loginRefused":
        throw new Error(`the login was refused: ${event.refusal.code}`);
      case "connection":
        // A path that is silent for a while is slow, not wrong.
        if (event.connection.state === "reconnecting") {
          this.#options.onEvent(event);
        }
        return;
      case "message":
      case "delivery":
      case "gap":
      case "unkept":
      case "ended":
        this.#options.onEvent(event);
        return;
      case "loginForm":
      case "loginProgress":
      case "joined":
      case "left":
        return;
    }
  }
}
