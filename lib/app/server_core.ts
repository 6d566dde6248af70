import type { ChatLimits } from "../chat/limits.ts";
import { ChatServer } from "../chat/chat_server.ts";
import type { LeaveReason } from "../chat/chat_message.ts";
import {
  type ChatClose,
  CloseCode,
  decodeClose,
  encodeClose,
} from "../chat/close_code.ts";
import { encodeLoginMessage } from "../chat/login_message.ts";
import type { LoginThrottle } from "../chat/login_throttle.ts";
import { frameMessage } from "../chat/message_deframer.ts";
import {
  ServerLogin,
  type ServerLoginStep,
  type ServerOpaque,
} from "../chat/server_login.ts";
import {
  type SessionTickets,
  TICKET_RANDOM_BYTES,
  type TicketHolder,
} from "../chat/session_tickets.ts";
import type { Stretching } from "../crypto/opaque.ts";
import type { Connection } from "../transport/connection.ts";
import type { CloseReason } from "../transport/connection_event.ts";
import type { EndpointEvent } from "../transport/endpoint.ts";
import { MAX_BUFFERED_BYTES } from "../transport/transport_config.ts";
import type { ServerConsoleNotice } from "../ui/server_console.ts";
import type { Moment } from "./moment.ts";

/** What the core is made with. */
export interface ServerCoreOptions {
  /** OPAQUE. */
  readonly opaque: ServerOpaque;
  /** The server's OPAQUE secrets. */
  readonly setup: string;
  /** The room password's registration. */
  readonly record: Uint8Array;
  /** What it was registered with. */
  readonly stretching: Stretching;
  /** The server's public key in hexadecimal. */
  readonly serverIdentity: string;
  /** The one throttle. */
  readonly throttle: LoginThrottle;
  /** Lets clients come back without the password. */
  readonly tickets: SessionTickets;
  /** Randomness. */
  readonly random: (length: number) => Uint8Array;
  /** The room. */
  readonly chat: {
    readonly room: string;
    readonly epochId: Uint8Array;
    readonly openRoom: boolean;
    readonly limits: ChatLimits;
  };
  /** Takes what the terminal shows. */
  readonly onNotice: (
    notice: ServerConsoleNotice,
    address: string | undefined,
  ) => void;
}

/** What a connection means to the server. */
type Guest =
  | { readonly type: "login"; readonly login: ServerLogin }
  | { readonly type: "member"; readonly handle: number };

/**
 * Joins transport, login and room on the server, without input or output: the driver and the simulation feed it the same
 * events.
 */
export class ServerCore {
  readonly #options: ServerCoreOptions;
  readonly #chat: ChatServer;
  readonly #guests = new Map<Connection, Guest>();
  readonly #members = new Map<number, Connection>();
  /** Where members came from, by name, until they are announced. */
  readonly #arriving = new Map<string, string>();
  #nextHandle = 1;

  /**
   * Creates the server core.
   *
   * @param options What it joins.
   */
  constructor(options: ServerCoreOptions) {
    this.#options = options;
    this.#chat = new ChatServer(options.chat);
  }

  /** Members in the room. */
  get memberCount(): number {
    return this.#chat.memberCount;
  }

  /** Takes an event of the endpoint. */
  handleEvent({ connection, event }: EndpointEvent, moment: Moment): void {
    switch (event.type) {
      case "authReadable":
        this.#handleAuth(connection, moment);
        return;
      case "streamReadable":
        this.#handleChat(connection, event.streamId, moment);
        return;
      case "closed":
        this.#handleClosed(connection, event.reason, moment);
        return;
      case "streamOpened":
        // The chat needs none but stream 0, which is open from the start.
        connection.streams.stop(event.streamId, CloseCode.chatProtocol);
        return;
      case "identified":
      case "established":
      case "streamReset":
      case "streamStopped":
      case "datagramReceived":
      case "pathUnresponsive":
      case "pathResponsive":
        return;
    }
  }

  /** Tells everybody that the server stops. */
  stop(moment: Moment): void {
    this.#chat.stop();
    this.#drain(moment);
  }

  #handleAuth(connection: Connection, moment: Moment): void {
    const guest = this.#guests.get(connection) ?? this.#greet(connection);
    for (
      let bytes = connection.readAuth();
      bytes !== undefined;
      bytes = connection.readAuth()
    ) {
      if (guest.type !== "login") continue;
      for (const step of guest.login.handleData(bytes, moment)) {
        this.#takeStep(connection, step, moment);
      }
    }
  }

  #greet(connection: Connection): Guest {
    const login = new ServerLogin({
      ...this.#options,
      address: connection.remote.hostname,
      handshakeHash: connection.handshakeHash!,
    });
    const guest: Guest = { type: "login", login };
    this.#guests.set(connection, guest);
    return guest;
  }

  #takeStep(
    connection: Connection,
    step: ServerLoginStep,
    moment: Moment,
  ): void {
    switch (step.type) {
      case "reply":
        connection.sendAuth(step.bytes);
        return;
      case "refused":
        this.#refuse(connection, step.close, moment);
        return;
      case "accepted": {
        connection.authenticated(step.sessionKey);
        const member = this.#nextHandle++;
        this.#guests.set(connection, { type: "member", handle: member });
        this.#members.set(member, connection);
        const { name, clientInstance } = step;
        const answer = this.#chat.join({
          member,
          name,
          clientInstance,
          ...moment,
        });
        if (answer.type === "refused") {
          this.#refuse(connection, answer.close, moment);
        } else {
          const holder = { name: name.text, clientInstance };
          this.#sendTicket(connection, holder, moment);
        }
        this.#drain(moment);
        return;
      }
    }
  }

  /** In the data epoch, where only who proved the password can read it. */
  #sendTicket(
    connection: Connection,
    holder: TicketHolder,
    { timeMs }: Moment,
  ): void {
    const { tickets, random } = this.#options;
    const ticket = tickets.issue({
      ...holder,
      random: random(TICKET_RANDOM_BYTES),
      timeMs,
    });
    connection.sendAuth(frameMessage(encodeLoginMessage(ticket)));
  }

  #refuse(
    connection: Connection,
    close: ChatClose,
    { nowUs, timeMs }: Moment,
  ): void {
    const { code, reason } = encodeClose(close);
    connection.close(code, reason, nowUs);
    const address = connection.remote.hostname;
    this.#options.onNotice(
      { type: "loginRefused", address, close, timeMs },
      address,
    );
  }

  #handleChat(connection: Connection, streamId: number, moment: Moment): void {
    const guest = this.#guests.get(connection);
    if (guest?.type !== "member" || streamId !== 0) return;
    for (
      let bytes = connection.streams.read(0);
      bytes !== undefined;
      bytes = connection.streams.read(0)
    ) {
      this.#chat.handleData({ member: guest.handle, bytes, ...moment });
    }
    this.#drain(moment);
  }

  #handleClosed(
    connection: Connection,
    reason: CloseReason,
    moment: Moment,
  ): void {
    const guest = this.#guests.get(connection);
    this.#guests.delete(connection);
    if (guest?.type === "member") {
      this.#members.delete(guest.handle);
      this.#chat.leave(guest.handle, leaveReason(reason), moment.timeMs);
      this.#drain(moment);
    } else if (
      reason.type === "application" && reason.code === CloseCode.wrongPassword
    ) {
      // The client is the one that learns it; the guess was already counted.
      const { timeMs } = moment;
      const address = connection.remote.hostname;
      this.#options.onNotice({
        type: "loginRefused",
        address,
        close: { type: "wrongPassword" },
        timeMs,
      }, address);
    }
  }

  #drain(moment: Moment): void {
    for (
      let output = this.#chat.pollOutput();
      output !== undefined;
      output = this.#chat.pollOutput()
    ) {
      switch (output.type) {
        case "send":
          for (const member of output.to) {
            this.#send(member, output.bytes, moment);
          }
          break;
        case "close": {
          const { code, reason } = encodeClose(output.close);
          this.#members.get(output.member)?.close(code, reason, moment.nowUs);
          break;
        }
        case "notice":
          this.#notify(output.notice);
          break;
      }
    }
  }

  #notify(notice: ServerConsoleNotice): void {
    const name = notice.type === "joined" || notice.type === "returned"
      ? notice.name
      : undefined;
    const address = name === undefined ? undefined : this.#arriving.get(name);
    if (name !== undefined) this.#arriving.delete(name);
    this.#options.onNotice(notice, address);
  }

  #send(member: number, bytes: Uint8Array, { nowUs }: Moment): void {
    const connection = this.#members.get(member);
    if (connection === undefined) return;
    connection.streams.write(0, bytes);
    if (connection.streams.bufferedBytes(0) <= MAX_BUFFERED_BYTES) return;
    // Who does not read would fill the memory; who comes back gets what was missed.
    const { code, reason } = encodeClose({ type: "tooSlow" });
    connection.close(code, reason, nowUs);
  }
}

function leaveReason(reason: CloseReason): LeaveReason {
  if (reason.type !== "application") return "lost";
  return decodeClose(reason)?.type === "quit" ? "quit" : "lost";
}
