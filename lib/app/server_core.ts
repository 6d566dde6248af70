import { makeAuthorKey } from "../chat/author.ts";
import { ChatServer } from "../chat/chat_server.ts";
import type { ChatServerOptions } from "../chat/chat_server_input.ts";
import type { ChatServerOutput } from "../chat/chat_server_output.ts";
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
import { GUEST_ACCOUNT_ID } from "../chat/person.ts";
import type { LogFound } from "../chat/room_find.ts";
import type { LogEvent, MessageLog } from "../chat/room_log.ts";
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
import type { CryptoProvider } from "../crypto/provider.ts";
import type { Connection } from "../transport/connection.ts";
import type { CloseReason } from "../transport/connection_event.ts";
import type { EndpointEvent } from "../transport/endpoint.ts";
import { MAX_BUFFERED_BYTES } from "../transport/transport_config.ts";
import type { ServerConsoleNotice } from "../ui/server_console.ts";
import type { Moment } from "./moment.ts";

/**
 * The next page of what a member missed follows when no more than this waits for it: a fast network is kept busy, and a
 * slow one costs little memory.
 */
export const DRAINED_BYTES = 262_144;

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
  /** The hash. */
  readonly crypto: Pick<CryptoProvider, "hash">;
  /** The room. */
  readonly chat: ChatServerOptions;
  /** Keeps the room's messages; its answers go to the methods `handle…` of the core. */
  readonly log: MessageLog;
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
 * Joins transport, login, room and log on the server, without input or output: the driver and the simulation feed it the
 * same events.
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
        if (event.streamId === 0) this.#handleChat(connection, moment);
        return;
      case "streamDrained":
        this.#handleDrained(connection, moment);
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

  /** The log has all events up to this one. */
  handleAppended(throughSequence: number, moment: Moment): void {
    this.#chat.handleAppended(throughSequence, moment);
    this.#drain(moment);
  }

  /** The log's answer to a load. */
  handleLoaded(
    loadId: number,
    events: readonly LogEvent[],
    moment: Moment,
  ): void {
    this.#chat.handleLoaded(loadId, events, moment);
    this.#drain(moment);
  }

  /** The log's answer to a recall. */
  handleRecalled(
    authorKey: string,
    events: readonly LogEvent[],
    moment: Moment,
  ): void {
    this.#chat.handleRecalled(authorKey, events, moment);
    this.#drain(moment);
  }

  /** What the log found. */
  handleFound(findId: number, found: LogFound, moment: Moment): void {
    this.#chat.handleFound(findId, found);
    this.#drain(moment);
  }

  /** The log has forgotten all events before this one. */
  handleTrimmed(firstSequence: number): void {
    this.#chat.handleTrimmed(firstSequence);
  }

  /**
   * Takes no more messages, and tells everybody that the server stops when the log has what was taken; called again, at
   * once.
   */
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
        const authorKey = makeAuthorKey(this.#options.crypto, clientInstance);
        const answer = this.#chat.join({
          member,
          name,
          authorKey,
          accountId: GUEST_ACCOUNT_ID,
          role: "guest",
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

  #handleChat(connection: Connection, moment: Moment): void {
    const guest = this.#guests.get(connection);
    if (guest?.type !== "member") return;
    this.#read(guest.handle, moment);
    this.#drain(moment);
  }

  /** What is not read while a member is paused uses up the credit of its client, which then waits. */
  #read(member: number, moment: Moment): void {
    const streams = this.#members.get(member)?.streams;
    while (!this.#chat.isPaused(member)) {
      const bytes = streams?.read(0);
      if (bytes === undefined) return;
      this.#chat.handleData({ member, bytes, ...moment });
    }
  }

  #handleDrained(connection: Connection, moment: Moment): void {
    const guest = this.#guests.get(connection);
    if (guest?.type !== "member") return;
    this.#chat.handleDrained(guest.handle);
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
      this.#carryOut(output, moment);
    }
  }

  #carryOut(output: ChatServerOutput, moment: Moment): void {
    const { log } = this.#options;
    switch (output.type) {
      case "send":
        for (const member of output.to) {
          this.#send(member, output.bytes, moment);
        }
        return;
      case "close": {
        const { code, reason } = encodeClose(output.close);
        this.#members.get(output.member)?.close(code, reason, moment.nowUs);
        return;
      }
      case "resume":
        this.#read(output.member, moment);
        return;
      case "drain":
        this.#members.get(output.member)?.streams
          .notifyDrained(0, DRAINED_BYTES);
        return;
      case "append":
        log.append(output.event);
        return;
      case "load":
        log.load(output.load);
        return;
      case "recall":
        log.recall(output.recall);
        return;
      case "find":
        log.find(output.find);
        return;
      case "notice":
        this.#notify(output.notice);
        return;
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
