import { assert } from "../base/assert.ts";
import type { ClientLoginResult, Stretching } from "../crypto/opaque.ts";
import type { ChatClose } from "./close_code.ts";
import { MAX_LOGIN_MESSAGE_BYTES } from "./limits.ts";
import { decodeLoginMessage, encodeLoginMessage } from "./login_message.ts";
import { frameMessage, MessageDeframer } from "./message_deframer.ts";
import { ProtocolError } from "./protocol_error.ts";

/** What {@linkcode ClientLogin} needs. */
export interface ClientLoginOptions {
  /** The user's name. */
  readonly name: string;
  /** OPAQUE's KE1, 96 bytes, made from the password. */
  readonly request: Uint8Array;
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
  /** Close the connection. */
  | { readonly type: "refused"; readonly close: ChatClose };

/**
 * The client's side of one login (docs/PROTOCOL.md section 6.3). What the
 * server refuses comes as the connection's close, not through here.
 */
export class ClientLogin {
  readonly #options: ClientLoginOptions;
  readonly #deframer = new MessageDeframer(MAX_LOGIN_MESSAGE_BYTES);
  #state: "new" | "awaitingChallenge" | "stretching" | "done" = "new";

  /**
   * Creates the login of a new connection.
   *
   * @param options Who wants in.
   */
  constructor(options: ClientLoginOptions) {
    this.#options = options;
  }

  /**
   * Starts the login.
   *
   * @returns Bytes for the stream of AUTH frames.
   */
  start(): Uint8Array {
    assert(this.#state === "new", "a login starts once");
    this.#state = "awaitingChallenge";
    const { name, request } = this.#options;
    return frameMessage(encodeLoginMessage({ type: "start", name, request }));
  }

  /**
   * Takes bytes from the stream of AUTH frames.
   *
   * @param bytes The next bytes, cut anywhere.
   * @returns What to do, in order.
   */
  handleData(bytes: Uint8Array): ClientLoginStep[] {
    if (this.#state === "done") return [];
    const steps: ClientLoginStep[] = [];
    try {
      for (const body of this.#deframer.push(bytes)) {
        steps.push(this.#handleMessage(body));
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#state = "done";
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
    if (this.#state === "done") return undefined;
    assert(this.#state === "stretching", "nothing was asked for");
    this.#state = "done";
    if (result === undefined) {
      return { type: "refused", close: { type: "wrongPassword" } };
    }
    const { finish, sessionKey } = result;
    const { clientInstance } = this.#options;
    const body = encodeLoginMessage({ type: "finish", finish, clientInstance });
    return { type: "finish", bytes: frameMessage(body), sessionKey };
  }

  #handleMessage(body: Uint8Array): ClientLoginStep {
    const message = decodeLoginMessage(body);
    if (this.#state !== "awaitingChallenge" || message.type !== "challenge") {
      throw new ProtocolError("login message out of turn");
    }
    const { response, stretching } = message;
    if (!this.#options.isStretchingAllowed(stretching)) {
      throw new ProtocolError("key stretching out of range");
    }
    this.#state = "stretching";
    return { type: "stretch", response, stretching };
  }
}
