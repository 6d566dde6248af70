import type { Opaque, Stretching } from "../crypto/opaque.ts";
import type { ChatClose } from "./close_code.ts";
import { MAX_LOGIN_MESSAGE_BYTES } from "./limits.ts";
import {
  decodeLoginMessage,
  encodeLoginMessage,
  type LoginFinish,
  type LoginStart,
} from "./login_message.ts";
import type { LoginThrottle } from "./login_throttle.ts";
import { frameMessage, MessageDeframer } from "./message_deframer.ts";
import { checkName, type MemberName } from "./name.ts";
import { ProtocolError } from "./protocol_error.ts";

/** Under which the room's password is registered with OPAQUE. */
export const ROOM_USER_IDENTIFIER = "room";

/** What a server's login needs of OPAQUE. */
export type ServerOpaque = Pick<
  Opaque,
  "startServerLogin" | "finishServerLogin"
>;

/** What {@linkcode ServerLogin} needs. */
export interface ServerLoginOptions {
  /** OPAQUE. */
  readonly opaque: ServerOpaque;
  /** The server's OPAQUE secrets. */
  readonly setup: string;
  /** The room password's record, registered for {@linkcode ROOM_USER_IDENTIFIER}. */
  readonly record: Uint8Array;
  /** What the record was registered with. */
  readonly stretching: Stretching;
  /** The server's static public key in hexadecimal. */
  readonly serverIdentity: string;
  /** The one throttle of the server. */
  readonly throttle: LoginThrottle;
  /** The client's IP address, without port. */
  readonly address: string;
}

/** What the caller does next. */
export type ServerLoginStep =
  /** Put these bytes on the stream of AUTH frames. */
  | { readonly type: "reply"; readonly bytes: Uint8Array }
  /** Use the key, then let the client join. */
  | {
    readonly type: "accepted";
    readonly name: MemberName;
    /** 64 bytes, to be mixed into the traffic keys. */
    readonly sessionKey: Uint8Array;
    /** 16 secret bytes by which a returning client is known. */
    readonly clientInstance: Uint8Array;
  }
  /** Close the connection. */
  | { readonly type: "refused"; readonly close: ChatClose };

/**
 * The server's side of one login (docs/PROTOCOL.md section 6.3). The name's
 * rules are checked first; whether it is taken is said only to those who know
 * the password, by {@linkcode ChatServer.join}.
 */
export class ServerLogin {
  readonly #options: ServerLoginOptions;
  readonly #deframer = new MessageDeframer(MAX_LOGIN_MESSAGE_BYTES);
  #state: State = { type: "awaitingStart" };

  /**
   * Creates the login of a new connection.
   *
   * @param options What to check against.
   */
  constructor(options: ServerLoginOptions) {
    this.#options = options;
  }

  /**
   * Takes bytes from the stream of AUTH frames.
   *
   * @param bytes The next bytes, cut anywhere.
   * @param nowUs The monotonic time.
   * @returns What to do, in order. After a refusal nothing more comes.
   */
  handleData(bytes: Uint8Array, nowUs: number): ServerLoginStep[] {
    if (this.#state.type === "refused") return [];
    const steps: ServerLoginStep[] = [];
    try {
      for (const body of this.#deframer.push(bytes)) {
        const step = this.#handleMessage(body, nowUs);
        steps.push(step);
        if (step.type === "refused") break;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      steps.push(this.#refuse({ type: "chatProtocol", reason: error.message }));
    }
    return steps;
  }

  #handleMessage(body: Uint8Array, nowUs: number): ServerLoginStep {
    const message = decodeLoginMessage(body);
    const state = this.#state;
    if (state.type === "awaitingStart" && message.type === "start") {
      return this.#handleStart(message, nowUs);
    }
    if (state.type === "awaitingFinish" && message.type === "finish") {
      return this.#handleFinish(message, state, nowUs);
    }
    throw new ProtocolError("login message out of turn");
  }

  #handleStart(message: LoginStart, nowUs: number): ServerLoginStep {
    const { opaque, throttle, address, stretching } = this.#options;
    const check = checkName(message.name);
    if (check.type === "invalid") {
      return this.#refuse({ type: "nameInvalid", rule: check.rule });
    }
    const answer = throttle.charge(address, nowUs);
    if (answer.type === "refused") {
      const { retryAfterSeconds } = answer;
      return this.#refuse({ type: "throttled", retryAfterSeconds });
    }
    const start = opaque.startServerLogin({
      setup: this.#options.setup,
      record: this.#options.record,
      userIdentifier: ROOM_USER_IDENTIFIER,
      request: message.request,
      serverIdentity: this.#options.serverIdentity,
    });
    if (start === undefined) {
      throw new ProtocolError("malformed OPAQUE request");
    }
    this.#state = {
      type: "awaitingFinish",
      name: check.name,
      opaqueState: start.state,
    };
    const { response } = start;
    const reply = encodeLoginMessage({
      type: "challenge",
      response,
      stretching,
    });
    return { type: "reply", bytes: frameMessage(reply) };
  }

  #handleFinish(
    message: LoginFinish,
    state: AwaitingFinish,
    nowUs: number,
  ): ServerLoginStep {
    const { opaque, serverIdentity, throttle, address } = this.#options;
    const sessionKey = opaque.finishServerLogin({
      state: state.opaqueState,
      finish: message.finish,
      serverIdentity,
    });
    if (sessionKey === undefined) {
      return this.#refuse({ type: "wrongPassword" });
    }
    throttle.refund(address, nowUs);
    this.#state = { type: "accepted" };
    const { clientInstance } = message;
    return { type: "accepted", name: state.name, sessionKey, clientInstance };
  }

  #refuse(close: ChatClose): ServerLoginStep {
    this.#state = { type: "refused" };
    return { type: "refused", close };
  }
}

interface AwaitingFinish {
  readonly type: "awaitingFinish";
  readonly name: MemberName;
  /** Secret. */
  readonly opaqueState: string;
}

type State =
  | { readonly type: "awaitingStart" }
  | AwaitingFinish
  | { readonly type: "accepted" }
  | { readonly type: "refused" };
