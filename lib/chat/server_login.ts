import type { Opaque, Stretching } from "../crypto/opaque.ts";
import type { Account, AccountPassword } from "./account.ts";
import type { AccountDirectory, NameHolder } from "./account_directory.ts";
import type { ChatClose } from "./close_code.ts";
import { MAX_LOGIN_MESSAGE_BYTES } from "./limits.ts";
import {
  decodeLoginMessage,
  encodeLoginMessage,
  type LoginFinish,
  type LoginResume,
  type LoginStart,
} from "./login_message.ts";
import type { Guess, LoginThrottle } from "./login_throttle.ts";
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
  /** Whose names are claimed: they have records of their own. */
  readonly accounts: Pick<AccountDirectory, "find">;
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
    /** Whose name it is; undefined for a guest. */
    readonly account: Account | undefined;
    /** 64 bytes, to be mixed into the traffic keys. */
    readonly sessionKey: Uint8Array;
    /** 16 secret bytes by which a returning client is known. */
    readonly clientInstance: Uint8Array;
  }
  /** Close the connection. */
  | { readonly type: "refused"; readonly close: ChatClose };

/**
 * The server's side of one login (docs/PROTOCOL.md sections 6.3 and 6.4). The
 * name's rules are checked first; whether it is taken or banned is said only to
 * those who know the password. Whether it is claimed nobody can tell: the steps
 * are the same, with the one record or the other.
 */
export class ServerLogin {
  readonly #options: ServerLoginOptions;
  readonly #deframer = new MessageDeframer(MAX_LOGIN_MESSAGE_BYTES);
  #state: State = { type: "awaitingStart", chargedNameKey: undefined };

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
      state.type === "awaitingStart" && message.type === "resume" &&
      state.chargedNameKey === undefined
    ) return this.#handleResume(message, time);
    throw new ProtocolError("login message out of turn");
  }

  #handleResume(message: LoginResume, time: ArrivalTime): ServerLoginStep {
    const { accounts, tickets, handshakeHash } = this.#options;
    const { ticket, proof } = message;
    const check = checkName(message.name);
    if (check.type === "valid") {
      const holder = accounts.find(check.name);
      const redeemed = tickets.redeem({
        ticket,
        proof,
        name: check.name.text,
        account: holder.account,
        handshakeHash,
        timeMs: time.timeMs,
      });
      if (redeemed !== undefined) {
        return this.#accept({ name: check.name, ...holder, ...redeemed });
      }
    }
    // Good tickets are not counted, so nobody can keep their holders out.
    const nameKey = check.type === "valid" ? check.name.key : "";
    const refusal = this.#charge(nameKey, time.nowUs);
    if (refusal !== undefined) return refusal;
    this.#state = { type: "awaitingStart", chargedNameKey: nameKey };
    const answer = encodeLoginMessage({ type: "ticketRefused" });
    return { type: "reply", bytes: frameMessage(answer) };
  }

  #handleStart(
    message: LoginStart,
    state: AwaitingStart,
    nowUs: number,
  ): ServerLoginStep {
    const { opaque, setup, serverIdentity } = this.#options;
    const check = checkName(message.name);
    if (check.type === "invalid") {
      return this.#refuse({ type: "nameInvalid", rule: check.rule });
    }
    const { name } = check;
    // A ticket that was refused has been charged for: once for a connection
    // and a name.
    const refusal = state.chargedNameKey === name.key
      ? undefined
      : this.#charge(name.key, nowUs);
    if (refusal !== undefined) return refusal;
    const { account } = this.#options.accounts.find(name);
    const { identifier, record, stretching } = this.#passwordOf(account);
    const start = opaque.startServerLogin({
      setup,
      record,
      userIdentifier: identifier,
      request: message.request,
      serverIdentity,
    });
    if (start === undefined) {
      throw new ProtocolError("malformed OPAQUE request");
    }
    const { response, state: opaqueState } = start;
    this.#state = { type: "awaitingFinish", name, identifier, opaqueState };
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
    const { accounts, opaque, serverIdentity, throttle, address } =
      this.#options;
    const sessionKey = opaque.finishServerLogin({
      state: state.opaqueState,
      finish: message.finish,
      serverIdentity,
    });
    const { name, identifier } = state;
    const holder = accounts.find(name);
    // The name may have been claimed or released, or its password changed,
    // since the challenge: what was proven is the password of before.
    const isCurrent =
      this.#passwordOf(holder.account).identifier === identifier;
    if (sessionKey === undefined || !isCurrent) {
      return this.#refuse({ type: "wrongPassword" });
    }
    throttle.refund({ address, nameKey: name.key }, nowUs);
    const { clientInstance } = message;
    return this.#accept({ name, ...holder, sessionKey, clientInstance });
  }

  /** The account's if the name is claimed, the room's otherwise. */
  #passwordOf(account: Account | undefined): AccountPassword {
    if (account !== undefined) return account.password;
    const { record, stretching } = this.#options;
    return { identifier: ROOM_USER_IDENTIFIER, record, stretching };
  }

  #accept(
    { name, account, isLookalike, sessionKey, clientInstance }: Accepted,
  ): ServerLoginStep {
    // Who knows the password may learn that a name is too like another one.
    if (isLookalike) return this.#refuse({ type: "nameTaken" });
    this.#state = { type: "accepted" };
    return {
      type: "accepted",
      name: account?.name ?? name,
      account,
      sessionKey,
      clientInstance,
    };
  }

  /** Counts a guess; refuses the login if there have been too many. */
  #charge(nameKey: string, nowUs: number): ServerLoginStep | undefined {
    const { throttle, address } = this.#options;
    const guess: Guess = { address, nameKey };
    const answer = throttle.charge(guess, nowUs);
    if (answer.type === "allowed") return undefined;
    const { retryAfterSeconds } = answer;
    return this.#refuse({ type: "throttled", retryAfterSeconds });
  }

  #refuse(close: ChatClose): ServerLoginStep {
    this.#state = { type: "refused" };
    return { type: "refused", close };
  }
}

/** Who has proven to be let in. */
interface Accepted extends NameHolder {
  readonly name: MemberName;
  readonly sessionKey: Uint8Array;
  readonly clientInstance: Uint8Array;
}

interface AwaitingStart {
  readonly type: "awaitingStart";
  /** Set if a ticket was refused, as a guess at that name: one is tried. */
  readonly chargedNameKey: string | undefined;
}

interface AwaitingFinish {
  readonly type: "awaitingFinish";
  readonly name: MemberName;
  /** What the challenge was for. */
  readonly identifier: string;
  /** Secret. */
  readonly opaqueState: string;
}

type State =
  | AwaitingStart
  | AwaitingFinish
  | { readonly type: "accepted" }
  | { readonly type: "refused" };
