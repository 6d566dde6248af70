import { assert } from "../base/assert.ts";
import type { ClientLoginResult, Stretching } from "../crypto/opaque.ts";
import type { Resumption } from "../crypto/session_ticket.ts";
import type { ChatClose } from "./close_code.ts";
import { MAX_LOGIN_MESSAGE_BYTES } from "./limits.ts";
import {
  decodeLoginMessage,
  encodeLoginMessage,
  type LoginChallenge,
  type LoginTicket,
} from "./login_message.ts";
import { frameMessage, MessageDeframer } from "./message_deframer.ts";
import { ProtocolError } from "./protocol_error.ts";

/** What {@linkcode ClientLogin} needs. */
export interface ClientLoginOptions {
  /** The user's name. */
  readonly name: string;
  /** 16 random bytes, drawn once for the life of the client. */
  readonly clientInstance: Uint8Array;
  /** Whether a cost the server asks for is neither too low nor too high. */
  readonly isStretchingAllowed: (stretching: Stretching) => boolean;
}

/** What the caller does next. */
export type ClientLoginStep =
  /**
   * Finish OPAQUE in a Worker, because it blocks, and give the result to
   * {@linkcode ClientLogin.handleStretched}.
   */
  | {
    readonly type: "stretch";
    /** OPAQUE's KE2, 320 bytes. */
    readonly response: Uint8Array;
    readonly stretching: Stretching;
  }
  /** Put the bytes on the stream of AUTH frames, then use the key. */
  | {
    readonly type: "finish";
    readonly bytes: Uint8Array;
    /** 64 bytes, to be mixed into the traffic keys. */
    readonly sessionKey: Uint8Array;
  }
  /** {@linkcode ClientLogin.start} with the password: the ticket is no good. */
  | { readonly type: "ticketRefused" }
  /**
   * Keep it for the next connection. Only the data epoch shows that it is from
   * a server that knows the password.
   */
  | { readonly type: "ticket"; readonly ticket: LoginTicket }
  /** Close the connection. */
  | { readonly type: "refused"; readonly close: ChatClose };

/**
 * The client's side of one login (docs/PROTOCOL.md sections 6.3 and 6.4), by
 * password or by ticket. What the server refuses comes as the connection's
 * close, not through here, but for a ticket: after that the password is tried.
 */
export class ClientLogin {
  readonly #options: ClientLoginOptions;
  readonly #deframer = new MessageDeframer(MAX_LOGIN_MESSAGE_BYTES);
  #state: State = "new";

  /**
   * Creates the login of a new connection.
   *
   * @param options Who wants in.
   */
  constructor(options: ClientLoginOptions) {
    this.#options = options;
  }

  /**
   * Starts the login with the password.
   *
   * @param request OPAQUE's KE1, 96 bytes, made from the password.
   * @returns Bytes for the stream of AUTH frames.
   */
  start(request: Uint8Array): Uint8Array {
    assert(
      this.#state === "new" || this.#state === "ticketRefused",
      "a login starts once",
    );
    this.#state = "awaitingChallenge";
    const { name } = this.#options;
    return frameMessage(encodeLoginMessage({ type: "start", name, request }));
  }

  /**
   * Starts the login with a ticket, in place of {@linkcode ClientLogin.start}.
   *
   * @param ticket What the server gave on an earlier connection.
   * @param resumption Derived from the ticket's secret and this connection.
   * @returns What to do.
   */
  resume(ticket: Uint8Array, resumption: Resumption): ClientLoginStep {
    assert(this.#state === "new", "a ticket is tried once, and first");
    this.#state = "resuming";
    const { name } = this.#options;
    const { proof, sessionKey } = resumption;
    const body = encodeLoginMessage({ type: "resume", ticket, name, proof });
    return { type: "finish", bytes: frameMessage(body), sessionKey };
  }

  /**
   * Takes bytes from the stream of AUTH frames.
   *
   * @param bytes The next bytes, cut anywhere.
   * @returns What to do, in order.
   */
  handleData(bytes: Uint8Array): ClientLoginStep[] {
    if (this.#state === "over") return [];
    const steps: ClientLoginStep[] = [];
    try {
      for (const body of this.#deframer.push(bytes)) {
        steps.push(this.#handleMessage(body));
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#state = "over";
      const close: ChatClose = { type: "chatProtocol", reason: error.message };
      return [{ type: "refused", close }];
    }
    return steps;
  }

  /**
   * Takes the result of the stretching that was asked for. Without one the
   * password is wrong, or the server is not the one the password is for; the
   * two cannot be told apart.
   *
   * @param result What OPAQUE gave.
   * @returns What to do; undefined if the login ended meanwhile.
   */
  handleStretched(
    result: ClientLoginResult | undefined,
  ): ClientLoginStep | undefined {
    if (this.#state === "over") return undefined;
    assert(this.#state === "stretching", "nothing was asked for");
    if (result === undefined) {
      this.#state = "over";
      return { type: "refused", close: { type: "wrongPassword" } };
    }
    this.#state = "finished";
    const { finish, sessionKey } = result;
    const { clientInstance } = this.#options;
    const body = encodeLoginMessage({ type: "finish", finish, clientInstance });
    return { type: "finish", bytes: frameMessage(body), sessionKey };
  }

  #handleMessage(body: Uint8Array): ClientLoginStep {
    const message = decodeLoginMessage(body);
    switch (this.#state) {
      case "awaitingChallenge":
        if (message.type !== "challenge") break;
        return this.#handleChallenge(message);
      case "resuming":
      case "finished":
      case "done":
        if (message.type === "ticket") {
          this.#state = "done";
          return { type: "ticket", ticket: message };
        }
        if (message.type !== "ticketRefused" || this.#state !== "resuming") {
          break;
        }
        this.#state = "ticketRefused";
        return { type: "ticketRefused" };
      case "new":
      case "ticketRefused":
      case "stretching":
      case "over":
        break;
    }
    throw new ProtocolError("login message out of turn");
  }

  #handleChallenge(
    { response, stretching }: LoginChallenge,
  ): ClientLoginStep {
    if (!this.#options.isStretchingAllowed(stretching)) {
      throw new ProtocolError("key stretching out of range");
    }
    this.#state = "stretching";
    return { type: "stretch", response, stretching };
  }
}

type State =
  | "new"
  | "resuming"
  /** {@linkcode ClientLogin.start} is due. */
  | "ticketRefused"
  | "awaitingChallenge"
  | "stretching"
  /** The proof was sent; a ticket may come. */
  | "finished"
  /** One came; others follow when the person becomes another. */
  | "done"
  /** What comes is ignored. */
  | "over";
