import { Prng } from "../lib/base/prng.ts";
import { moment } from "../lib/app/moment.ts";
import { randomBytes } from "../lib/app/random_bytes.ts";
import { ClientCore } from "../lib/app/client_core.ts";
import type { CryptoProvider } from "../lib/crypto/provider.ts";
import { monotonicUs } from "../lib/net/monotonic_clock.ts";
import { UdpDriver } from "../lib/net/udp_driver.ts";
import { UdpSocket } from "../lib/net/udp_socket.ts";
import type { Address } from "../lib/transport/address.ts";
import { Endpoint } from "../lib/transport/endpoint.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../lib/transport/transport_config.ts";
import type { ClientEvent } from "../lib/ui/bridge.ts";
import { fakeFinishLogin, fakeStartLogin } from "../tests/sim/fake_opaque.ts";

/** The password of the benchmark's server: nobody else can reach it. */
export const PASSWORD = "GAS1";

/** How a client proves that it knows the password. */
export type LoginSteps =
  & Pick<
    ConstructorParameters<typeof ClientCore>[0],
    "startLogin"
  >
  & {
    /** OPAQUE's last step. */
    readonly finish: (
      options: Parameters<
        ConstructorParameters<typeof ClientCore>[0]["stretch"]
      >[1],
    ) => Promise<Parameters<ClientCore["handleStretched"]>[1]>;
  };

/** Messages of the right sizes, without the arithmetic. */
export const FREE_LOGIN: LoginSteps = {
  startLogin: () => fakeStartLogin(new Prng(1)),
  finish: (options) => Promise.resolve(fakeFinishLogin(options)),
};

/** What a client is made with. */
export interface RoomClientOptions {
  /** Primitives. */
  readonly crypto: CryptoProvider;
  /** How it logs in. */
  readonly login: LoginSteps;
  /** Its name in the room. */
  readonly name: string;
  /** Takes what a face would be told. */
  readonly onEvent: (event: ClientEvent) => void;
}

/**
 * One member: its own socket, endpoint, driver and client core, as in
 * `gas-client`. Only the face and the disk are missing.
 */
export class RoomClient implements AsyncDisposable {
  readonly #options: RoomClientOptions;
  readonly #socket = UdpSocket.bind({ hostname: "127.0.0.1", port: 0 });
  readonly #core: ClientCore;
  readonly #driver: UdpDriver;
  readonly #welcome = Promise.withResolvers<number>();

  /** @param options Who it is. Nothing is sent before `connect`. */
  constructor(options: RoomClientOptions) {
    this.#options = options;
    const endpoint = new Endpoint({
      config: DEFAULT_TRANSPORT_CONFIG,
      crypto: options.crypto,
      random: randomBytes,
    });
    this.#core = new ClientCore({
      endpoint,
      crypto: options.crypto,
      random: randomBytes,
      startLogin: options.login.startLogin,
      stretch: async (connection, task) => {
        const result = await options.login.finish(task);
        this.#core.handleStretched(connection, result, moment());
        this.#wake();
      },
      changedKey: () => undefined,
      onLoggedIn: () => {},
      fingerprint: () => "",
      emit: (event) => this.#handleEvent(event),
    });
    this.#driver = new UdpDriver({
      endpoint,
      sockets: [this.#socket],
      nowUs: monotonicUs,
      onEvent: (event) => this.#core.handleEvent(event, moment()),
      onError: (error) => {
        throw error;
      },
    });
  }

  /** Its UDP port. */
  get port(): number {
    return this.#socket.local.port;
  }

  /**
   * Enters the room.
   *
   * @returns How long that took, from the first Hello to the welcome, in
   * microseconds.
   */
  async connect(address: Address): Promise<number> {
    const startUs = monotonicUs();
    const { name } = this.#options;
    const { hostname: host, port } = address;
    this.#core.login(
      { host, port, address, name, password: PASSWORD },
      moment(),
    );
    this.#wake();
    return await this.#welcome.promise - startUs;
  }

  /** Says something. */
  send(text: string): void {
    this.#core.send(text, moment());
    this.#wake();
  }

  /** Leaves. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#core.quit(moment());
    await this.#driver[Symbol.asyncDispose]();
  }

  #handleEvent(event: ClientEvent): void {
    switch (event.type) {
      case "welcome":
        this.#welcome.resolve(monotonicUs());
        return;
      case "loginRefused":
        this.#welcome.reject(new Error(`refused: ${event.refusal.code}`));
        return;
      case "connection":
        // A path that is silent for a while is slow, not wrong.
        if (event.connection.state === "reconnecting") {
          this.#options.onEvent(event);
        }
        return;
      case "message":
      case "delivery":
      case "gap":
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

  #wake(): void {
    void this.#driver.wake();
  }
}
