import { AccountDirectory } from "../chat/account_directory.ts";
import { makeAuthorKey } from "../chat/author.ts";
import type { ChangeResult, QueryResult } from "../chat/change.ts";
import { ChatServer } from "../chat/chat_server.ts";
import type {
  ChatServerOptions,
  RoomAppended,
} from "../chat/chat_server_input.ts";
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
import type { Registration } from "../chat/claims.ts";
import type { OwnerCode } from "../chat/owner_code.ts";
import type { PeopleState } from "../chat/people_change.ts";
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

/**
 * As long as no more waits on a stream, the others of its connection are not looked at: 50 rooms that are as full are 50
 * MB at most.
 */
const MAX_QUIET_BYTES = 1024 * 1024;

/** What the core is made with. */
export interface ServerCoreOptions {
  /** OPAQUE. */
  readonly opaque: ServerOpaque & Registration["opaque"];
  /** The server's OPAQUE secrets. */
  readonly setup: string;
  /** The room password's registration. */
  readonly record: Uint8Array;
  /** What it was registered with. */
  readonly stretching: Stretching;
  /** What is known of people. */
  readonly people: PeopleState;
  /** Makes an owner of a server that has none. */
  readonly ownerCode: OwnerCode | undefined;
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
  readonly chat: Omit<ChatServerOptions, "people">;
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
  | {
    readonly type: "member";
    /** The handle of stream 0. */
    readonly handle: number;
    /** The handles of all its streams. */
    readonly handles: Map<number, number>;
    /** The secret by which the client is known. */
    readonly clientInstance: Uint8Array;
  };

/** What a member handle stands for. */
interface MemberStream {
  readonly connection: Connection;
  readonly streamId: number;
}

/**
 * Joins transport, login, room and log on the server, without input or output: the driver and the simulation feed it the
 * same events.
 */
export class ServerCore {
  readonly #options: ServerCoreOptions;
  readonly #accounts: AccountDirectory;
  readonly #chat: ChatServer;
  readonly #guests = new Map<Connection, Guest>();
  readonly #members = new Map<number, MemberStream>();
  #nextHandle = 1;

  /**
   * Creates the server core.
   *
   * @param options What it joins.
   */
  constructor(options: ServerCoreOptions) {
    this.#options = options;
    const { people, ownerCode, opaque, setup, stretching } = options;
    this.#accounts = new AccountDirectory(people.accounts);
    this.#chat = new ChatServer({
      ...options.chat,
      people: {
        accounts: this.#accounts,
        state: people,
        registration: { opaque, setup, stretching },
        ownerCode,
      },
    });
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
      case "streamDrained":
        this.#handleDrained(connection, event.streamId, moment);
        return;
      case "closed":
        this.#handleClosed(connection, event.reason, moment);
        return;
      case "streamOpened":
        this.#handleOpened(connection, event.streamId);
        return;
      case "streamReset":
      case "streamStopped":
        this.#endStream(connection, event.streamId, moment);
        return;
      case "identified":
      case "established":
      case "datagramReceived":
      case "pathUnresponsive":
      case "pathResponsive":
        return;
    }
  }

  /** The logs of these rooms have more. */
  handleAppended(appended: readonly RoomAppended[], moment: Moment): void {
    this.#chat.handleAppended(appended, moment);
    this.#drain(moment);
  }

  /** A change is durable. */
  handleChanged(
    changeId: number,
    result: ChangeResult,
    moment: Moment,
  ): void {
    this.#chat.handleChanged(changeId, result, moment);
    this.#drain(moment);
  }

  /** The store's answer to a question. */
  handleQueried(queryId: number, result: QueryResult, moment: Moment): void {
    this.#chat.handleQueried(queryId, result, moment);
    this.#drain(moment);
  }

  /** The log's answer to a load. */
  handleLoaded(
    roomId: number,
    loadId: number,
    events: readonly LogEvent[],
    moment: Moment,
  ): void {
    this.#chat.handleLoaded(roomId, loadId, events, moment);
    this.#drain(moment);
  }

  /** The log's answer to a recall. */
  handleRecalled(
    roomId: number,
    authorKey: string,
    events: readonly LogEvent[],
    moment: Moment,
  ): void {
    this.#chat.handleRecalled(roomId, authorKey, events, moment);
    this.#drain(moment);
  }

  /** What the log found. */
  handleFound(
    roomId: number,
    findId: number,
    found: LogFound,
    moment: Moment,
  ): void {
    this.#chat.handleFound(roomId, findId, found);
    this.#drain(moment);
  }

  /** The log has forgotten all events before this one. */
  handleTrimmed(roomId: number, firstSequence: number): void {
    this.#chat.handleTrimmed(roomId, firstSequence);
  }

  /**
   * Tells when the chat has something to do by itself.
   *
   * @returns The monotonic time, perhaps past; undefined while there is nothing.
   */
  deadlineUs(): number | undefined {
    return this.#chat.nextTimeoutUs();
  }

  /** Does what is due. */
  handleTimeout(moment: Moment): void {
    this.#chat.handleTimeout(moment.nowUs);
    this.#drain(moment);
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
      accounts: this.#accounts,
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
        const { name, account, clientInstance } = step;
        this.#guests.set(connection, {
          type: "member",
          handle: member,
          handles: new Map([[0, member]]),
          clientInstance,
        });
        this.#members.set(member, { connection, streamId: 0 });
        const authorKey = makeAuthorKey(this.#options.crypto, clientInstance);
        const answer = this.#chat.join({
          member,
          name,
          authorKey,
          accountId: account?.accountId ?? GUEST_ACCOUNT_ID,
          role: account?.role ?? "guest",
          address: connection.remote.hostname,
          ...moment,
        });
        if (answer.type === "refused") {
          this.#refuse(connection, answer.close, moment);
        } else {
          const holder = { name: name.text, clientInstance, account };
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

  #renewTicket(
    { member, name, account }: Extract<
      ChatServerOutput,
      { readonly type: "identity" }
    >,
    moment: Moment,
  ): void {
    const connection = this.#members.get(member)?.connection;
    const guest = connection && this.#guests.get(connection);
    if (connection === undefined || guest?.type !== "member") return;
    const { clientInstance } = guest;
    this.#sendTicket(connection, { name, clientInstance, account }, moment);
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

  #handleOpened(connection: Connection, streamId: number): void {
    const guest = this.#guests.get(connection);
    if (guest?.type !== "member") return;
    const member = this.#nextHandle++;
    guest.handles.set(streamId, member);
    this.#members.set(member, { connection, streamId });
    this.#chat.openStream({ member, device: guest.handle });
  }

  #handleChat(
    connection: Connection,
    streamId: number,
    moment: Moment,
  ): void {
    const member = this.#handleOf(connection, streamId);
    if (member === undefined) return;
    this.#read(member, moment);
    this.#drain(moment);
  }

  #handleOf(connection: Connection, streamId: number): number | undefined {
    const guest = this.#guests.get(connection);
    return guest?.type === "member" ? guest.handles.get(streamId) : undefined;
  }

  /** The client is not in that room any more. */
  #endStream(
    connection: Connection,
    streamId: number,
    moment: Moment,
  ): void {
    const member = this.#handleOf(connection, streamId);
    if (member === undefined || streamId === 0) return;
    this.#end(member);
    this.#chat.closeStream(member, moment.timeMs);
    this.#drain(moment);
  }

  #forgetStream(member: number): void {
    const stream = this.#members.get(member);
    if (stream === undefined) return;
    this.#members.delete(member);
    const guest = this.#guests.get(stream.connection);
    if (guest?.type === "member") guest.handles.delete(stream.streamId);
  }

  /** What is not read while a member is paused uses up the credit of its client, which then waits. */
  #read(member: number, moment: Moment): void {
    const stream = this.#members.get(member);
    if (stream === undefined) return;
    const { connection, streamId } = stream;
    const { streams } = connection;
    while (!this.#chat.isPaused(member)) {
      const bytes = streams.read(streamId);
      if (bytes === undefined) break;
      this.#chat.handleData({ member, bytes, ...moment });
    }
    if (streamId === 0 || !streams.isFinished(streamId)) return;
    this.#endStream(connection, streamId, moment);
  }

  #handleDrained(
    connection: Connection,
    streamId: number,
    moment: Moment,
  ): void {
    const member = this.#handleOf(connection, streamId);
    if (member === undefined) return;
    this.#chat.handleDrained(member);
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
      for (const member of guest.handles.values()) {
        this.#members.delete(member);
      }
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
        this.#members.get(output.member)?.connection
          .close(code, reason, moment.nowUs);
        return;
      }
      case "end":
        this.#end(output.member);
        return;
      case "resume":
        this.#read(output.member, moment);
        return;
      case "drain": {
        const stream = this.#members.get(output.member);
        stream?.connection.streams
          .notifyDrained(stream.streamId, DRAINED_BYTES);
        return;
      }
      case "append":
        log.append(output.roomId, output.event, output.audit);
        return;
      case "change":
        log.change(output.changeId, output.change);
        return;
      case "query":
        log.query(output.queryId, output.query);
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
      case "identity":
        this.#renewTicket(output, moment);
        return;
      case "notice":
        this.#options.onNotice(output.notice, undefined);
        return;
    }
  }

  /** What was sent still arrives; what comes is not read any more. */
  #end(member: number): void {
    const stream = this.#members.get(member);
    if (stream === undefined) return;
    const { connection: { streams }, streamId } = stream;
    this.#forgetStream(member);
    streams.finish(streamId);
    streams.stop(streamId, CloseCode.quit);
  }

  #send(member: number, bytes: Uint8Array, { nowUs }: Moment): void {
    const stream = this.#members.get(member);
    if (stream === undefined) return;
    const { connection, streamId } = stream;
    connection.streams.write(streamId, bytes);
    if (!this.#isTooSlow(stream)) return;
    // Who does not read would fill the memory; who comes back gets what was missed.
    const { code, reason } = encodeClose({ type: "tooSlow" });
    connection.close(code, reason, nowUs);
  }

  /** All streams of a connection share its buffer; mostly one of them is empty, which is looked at first. */
  #isTooSlow({ connection, streamId }: MemberStream): boolean {
    const { streams } = connection;
    let bytes = streams.bufferedBytes(streamId);
    if (bytes <= MAX_QUIET_BYTES) return false;
    const guest = this.#guests.get(connection);
    if (guest?.type !== "member") return false;
    for (const other of guest.handles.keys()) {
      if (other !== streamId) bytes += streams.bufferedBytes(other);
    }
    return bytes > MAX_BUFFERED_BYTES;
  }
}

function leaveReason(reason: CloseReason): LeaveReason {
  if (reason.type !== "application") return "lost";
  return decodeClose(reason)?.type === "quit" ? "quit" : "lost";
}
