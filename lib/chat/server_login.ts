import type { Opaque, Stretching } from "../crypto/opaque.ts";
import type { ChatClose } from "./close_code.ts";
import { MAX_LOGIN_MESSAGE_BYTES } from "./limits.ts";
import {
  decodeLoginMessage,
  encodeLoginMessage,
  type LoginFinish,
  type LoginResume,
  type LoginStart,
} from "./login_message.ts";
import type { LoginThrottle } from "./login_throttle.ts";
import { frameMessage, MessageDeframer } from "./message_deframer.ts";
import { checkName, type MemberName } from "./name.ts";
import { ProtocolError } from "./protocol_error.ts";
import type { SessionTickets } from "./session_tickets.ts";

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
  /** The server's tickets. */
  readonly tickets: Pick<SessionTickets, "redeem">;
  /** The 64 bytes that name the connection's handshake. */
  readonly handshakeHash: Uint8Array;
}

/** When something arrived. */
export interface ArrivalTime {
  /** The monotonic time. */
  readonly nowUs: number;
  /** The wall clock, in milliseconds since 1970. */
  readonly timeMs: number;
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
 * The server's side of one login (docs/PROTOCOL.md sections 6.3 and 6.4). The
 * name's rules are checked first; whether it is taken is said only to those who
 * know the password, by {@linkcode ChatServer.join}.
 */
export class ServerLogin {
  readonly #options: ServerLoginOptions;
  readonly #deframer = new MessageDeframer(MAX_LOGIN_MESSAGE_BYTES);
  #state: State = { type: "awaitingStart", isTicketRefused: false };

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
   * @param time When they came.
   * @returns What to do, in order. After a refusal nothing more comes.
   */
  handleData(bytes: Uint8Array, time: ArrivalTime): ServerLoginStep[] {
    if (this.#state.type === "refused") return [];
    const steps: ServerLoginStep[] = [];
    try {
      for (const body of this.#deframer.push(bytes)) {
        const step = this.#handleMessage(body, time);
        steps.push(step);
        if (step.type === "refused") break;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      steps.push(this.#refuse({ type: "chatProtocol", reason: error.message }));
    }
    return steps;
  }

  #handleMessage(body: Uint8Array, time: ArrivalTime): ServerLoginStep {
    const message = decodeLoginMessage(body);
    const state = this.#state;
    if (state.type === "awaitingStart" && message.type === "start") {
      return this.#handleStart(message, state, time.nowUs);
    }
    if (state.type === "awaitingFinish" && message.type === "finish") {
      return this.#handleFinish(message, state, time.nowUs);
    }
    if (
      state.type === "awaitingStart" && !state.isTicketRefused &&
      message.type === "resume"
    ) return this.#handleResume(message, time);
    throw new ProtocolError("login message out of turn");
  }

  #handleResume(message: LoginResume, time: ArrivalTime): ServerLoginStep {
    const { tickets, handshakeHash } = this.#options;
    const { ticket, proof } = message;
    const check = checkName(message.name);
    if (check.type === "valid") {
      const { name } = check;
      const { timeMs } = time;
      const redeemed = tickets.redeem({
        ticket,
        proof,
        name: name.text,
        handshakeHash,
        timeMs,
      });
      if (redeemed !== undefined) {
        this.#state = { type: "accepted" };
        return { type: "accepted", name, ...redeemed };
      }
    }
    // Good tickets are not counted, so nobody can keep their holders out.
    const refusal = this.#charge(time.nowUs);
    if (refusal !== undefined) return refusal;
    this.#state = { type: "awaitingStart", isTicketRefused: true };
    const answer = encodeLoginMessage({ type: "ticketRefused" });
    return { type: "reply", bytes: frameMessage(answer) };
  }

  #handleStart(
    message: LoginStart,
    state: AwaitingStart,
    nowUs: number,
  ): ServerLoginStep {
    const { opaque, stretching } = this.#options;
    const check = checkName(message.name);
    if (check.type === "invalid") {
      return this.#refuse({ type: "nameInvalid", rule: check.rule });
    }
    // A ticket that was refused has been charged for: once for a connection.
    const refusal = state.isTicketRefused ? undefined : this.#charge(nowUs);
    if (refusal !== undefined) return refusal;
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

  /** Counts a guess; refuses the login if there have been too many. */
  #charge(nowUs: number): ServerLoginStep | undefined {
    const { throttle, address } = this.#options;
    const answer = throttle.charge(address, nowUs);
    if (answer.type === "allowed") return undefined;
    const { retryAfterSeconds } = answer;
    return this.#refuse({ type: "throttled", retryAfterSeconds });
  }

  #refuse(close: ChatClose): ServerLoginStep {
    this.#state = { type: "refused" };
    return { type: "refused", close };
  }
}

interface AwaitingStart {
  readonly type: "awaitingStart";
  /** A connection tries one ticket. */
  readonly isTicketRefused: boolean;
}

interface AwaitingFinish {
  readonly type: "awaitingFinish";
  readonly name: MemberName;
  /** Secret. */
  readonly opaqueState: string;
}

type State =
  | AwaitingStart
  | AwaitingFinish
  | { readonly type: "accepted" }
  | { readonly type: "refused" };
