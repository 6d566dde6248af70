import { encodeHex } from "../base/bytes.ts";
import { ChatClient, type RoomQuestion } from "../chat/chat_client.ts";
import type { ChatClientEvent } from "../chat/chat_client_event.ts";
import { ClientLogin, type ClientLoginStep } from "../chat/client_login.ts";
import {
  type ChatClose,
  decodeClose,
  encodeClose,
} from "../chat/close_code.ts";
import type { ClientJournal, RoomPlace } from "../chat/client_journal.ts";
import { CLIENT_INSTANCE_BYTES } from "../chat/limits.ts";
import { makeMessageId } from "../chat/message_id.ts";
import { type Act, plainMessage } from "../chat/room_event.ts";
import { DEFAULT_ROOM_ID } from "../chat/room_kind.ts";
import {
  type ClientLoginResult,
  isStretchingAllowed,
} from "../crypto/opaque.ts";
import { deriveResumption } from "../crypto/session_ticket.ts";
import type { Connection } from "../transport/connection.ts";
import type { CloseReason } from "../transport/connection_event.ts";
import type { EndpointEvent } from "../transport/endpoint.ts";
import type { Refusal, ToldEvent } from "../ui/bridge.ts";
import type { ClientCoreOptions, LoginTarget } from "./client_core_options.ts";
import { type HeldTicket, TicketHolder } from "./ticket_holder.ts";
import { endOf, isPassing, refusalOf, refusalOfEnd } from "./login_refusal.ts";
import type { Moment } from "./moment.ts";
import {
  type Attempt,
  type ClientState,
  retryWaitUs,
} from "./client_attempt.ts";
import { ClientStreams } from "./client_streams.ts";
import { RoomMemories } from "./room_memories.ts";

/**
 * Joins transport, login and room on the client, without input or output: connects, logs in, comes back by itself after
 * a lost connection, and tells a face what happens. The session and the simulation feed it the same events.
 */
export class ClientCore {
  readonly #options: ClientCoreOptions;
  #state: ClientState = { type: "out" };
  #chat = new ChatClient();
  #clientInstance: Uint8Array;
  /** What the next start begins from. */
  #memory: RoomMemories | undefined;
  /** For the name of the room that is joined. */
  readonly #ticket = new TicketHolder();
  /** Reconnects since the connection was lost; 0 for the first login of a session. */
  #retries = 0;
  #wasInside = false;
  #isReading = true;

  /**
   * Creates the client core.
   *
   * @param options What it joins.
   */
  constructor(options: ClientCoreOptions) {
    this.#options = options;
    this.#clientInstance = options.random(CLIENT_INSTANCE_BYTES);
  }

  /** True while a room is joined or being returned to: a message can be taken. */
  get isInRoom(): boolean {
    return this.#wasInside;
  }

  /** True if no login is under way and no room is joined. */
  get isOut(): boolean {
    return this.#state.type === "out";
  }

  /** True once the polite leaving is done, or needs no more waiting. */
  get isOver(): boolean {
    return this.#state.type === "over";
  }

  /** When `handleTimeout` is to be called; undefined for never. */
  deadlineUs(nowUs: number): number | undefined {
    if (this.#state.type === "waiting") return this.#state.retryUs;
    return this.#state.type === "inside"
      ? this.#chat.nextTimeoutUs(nowUs)
      : undefined;
  }

  /** Starts a login. */
  login(target: LoginTarget, moment: Moment): void {
    if (this.#state.type !== "out") return;
    this.#chat = new ChatClient();
    this.#clientInstance = this.#options.random(CLIENT_INSTANCE_BYTES);
    this.#memory = undefined;
    this.#retries = 0;
    this.#connect(target, moment);
    this.#options.emit({ type: "loginProgress", stage: "connecting" });
  }

  /** Gives a login up. Not possible once inside. */
  cancelLogin(moment: Moment): void {
    if (this.#wasInside || this.#state.type !== "loggingIn") return;
    const { connection } = this.#state.attempt;
    this.#leaveRoom();
    this.#close(connection, { type: "quit" }, moment);
  }

  /** Sends a chat message, now or when the server is back. */
  send(roomId: number, text: string, moment: Moment): void {
    this.act(roomId, plainMessage(text), moment);
  }

  /** Does something in the room, now or when the server is back. */
  act(roomId: number, act: Act, moment: Moment): void {
    if (!this.#wasInside) return;
    const id = makeMessageId({
      timeMs: moment.timeMs,
      random: this.#options.random(10),
    });
    this.#chat.send(roomId, { id, act, timeMs: moment.timeMs });
    this.#drain(moment);
  }

  /** Asks the server something; the answer is an event. */
  ask(question: RoomQuestion, moment: Moment): void {
    this.#chat.ask(question);
    this.#drain(moment);
  }

  /** The person has read everything up to this message. */
  markRead(roomId: number, sequence: number): void {
    // Told when it is due: a face says so while it is being told something.
    this.#chat.markRead(roomId, sequence);
  }

  /** The public key of the server whose room this is, in hexadecimal; undefined outside. */
  get serverIdentity(): string | undefined {
    return this.#state.type === "inside"
      ? encodeHex(this.#state.attempt.identity!)
      : undefined;
  }

  /** Takes note of what to come back with from now on. */
  changeLogin(change: Partial<Pick<LoginTarget, "name" | "password">>): void {
    if (this.#state.type !== "inside") return;
    const { attempt } = this.#state;
    attempt.target = { ...attempt.target, ...change };
  }

  /** Leaves politely; called again, it waits no longer. `isOver` tells when it is done. */
  quit(moment: Moment): void {
    const state = this.#state;
    if (state.type === "inside") {
      this.#chat.leave();
      this.#drain(moment);
      this.#state = { type: "leaving" };
    } else if (state.type !== "over") {
      if (state.type === "loggingIn") {
        this.#close(state.attempt.connection, { type: "quit" }, moment);
      }
      this.#end();
    }
  }

  /** Takes an event of the endpoint. */
  handleEvent({ connection, event }: EndpointEvent, moment: Moment): void {
    if (event.type === "closed") {
      this.#handleClosed(connection, event.reason, moment);
      return;
    }
    const state = this.#state;
    if (
      (state.type !== "loggingIn" && state.type !== "inside") ||
      state.attempt.connection !== connection
    ) return;
    switch (event.type) {
      case "identified":
        this.#handleIdentified(state.attempt, event.serverIdentity, moment);
        return;
      case "authReadable":
        for (
          let bytes = connection.readAuth();
          bytes !== undefined;
          bytes = connection.readAuth()
        ) {
          for (const step of state.attempt.login?.handleData(bytes) ?? []) {
            this.#takeStep(state.attempt, step, moment);
          }
        }
        return;
      case "established":
        this.#enter(state.attempt, moment);
        return;
      case "streamReadable":
        this.#readStream(state.attempt, event.streamId, moment);
        return;
      case "pathUnresponsive":
        if (this.#wasInside) this.#showPath("unresponsive");
        return;
      case "pathResponsive":
        if (state.type === "inside") this.#showPath("online");
        return;
      case "streamReset":
      case "streamStopped":
        this.#endStream(state.attempt, event.streamId, moment);
        return;
      case "streamOpened":
      case "streamDrained":
      case "datagramReceived":
        return;
    }
  }

  /** The stretching that was asked for is done. */
  handleStretched(
    connection: Connection,
    result: ClientLoginResult | undefined,
    moment: Moment,
  ): void {
    const state = this.#state;
    if (state.type !== "loggingIn" || state.attempt.connection !== connection) {
      return;
    }
    const step = state.attempt.login?.handleStretched(result);
    if (step !== undefined) this.#takeStep(state.attempt, step, moment);
  }

  /** Acts on a deadline that has passed. */
  handleTimeout(moment: Moment): void {
    const state = this.#state;
    if (state.type === "waiting" && state.retryUs <= moment.nowUs) {
      this.#connect(state.target, moment);
    } else if (state.type === "inside") this.#drain(moment);
  }

  /** The machine woke, or its network changed: asks at once whether the server is still there. */
  handleWake(moment: Moment): void {
    const state = this.#state;
    if (state.type === "inside") state.attempt.connection.probe();
    else if (state.type === "waiting") this.#connect(state.target, moment);
  }

  /** Stops or resumes reading the room; flow control then makes the server wait. */
  setReading(isReading: boolean, moment: Moment): void {
    this.#isReading = isReading;
    if (this.#state.type !== "inside") return;
    const { attempt } = this.#state;
    for (const roomId of attempt.streams.rooms) {
      this.#read(attempt, roomId, moment);
    }
    this.#drain(moment);
  }

  #readStream(attempt: Attempt, streamId: number, moment: Moment): void {
    const roomId = attempt.streams.roomOf(streamId);
    if (roomId === undefined) return;
    this.#read(attempt, roomId, moment);
    this.#drain(moment);
  }

  #read({ streams }: Attempt, roomId: number, { nowUs }: Moment): void {
    while (this.#isReading) {
      const bytes = streams.read(roomId);
      if (bytes === undefined) break;
      this.#chat.handleData({ roomId, bytes }, nowUs);
    }
    if (!streams.isEnded(roomId)) return;
    streams.end(roomId);
    this.#chat.handleEnded(roomId);
  }

  #endStream({ streams }: Attempt, streamId: number, moment: Moment): void {
    const roomId = streams.roomOf(streamId);
    if (roomId === undefined || streamId === 0) return;
    streams.end(roomId);
    this.#chat.handleEnded(roomId);
    this.#drain(moment);
  }

  #connect(target: LoginTarget, moment: Moment): void {
    const connection = this.#options.endpoint.connect(
      target.address,
      moment.nowUs,
    );
    const attempt = {
      connection,
      streams: new ClientStreams(connection.streams),
      target,
      identity: undefined,
      login: undefined,
      opaqueState: "",
    };
    this.#state = { type: "loggingIn", attempt };
  }

  #handleIdentified(
    attempt: Attempt,
    identity: Uint8Array,
    moment: Moment,
  ): void {
    const { target } = attempt;
    attempt.identity = identity;
    const pinned = this.#options.changedKey(target, identity);
    if (pinned !== undefined) {
      const { fingerprint } = this.#options;
      const refusal: Refusal = {
        code: "serverKeyChanged",
        host: target.host,
        port: target.port,
        pinned: fingerprint(pinned),
        presented: fingerprint(identity),
      };
      this.#refuse(refusal);
      this.#close(attempt.connection, { type: "quit" }, moment);
      return;
    }
    if (!this.#wasInside) {
      this.#options.emit({ type: "loginProgress", stage: "authenticating" });
      if (this.#memory === undefined) {
        this.#recall(this.#options.openJournal?.(target, identity));
      }
    }
    attempt.login = new ClientLogin({
      name: target.name,
      clientInstance: this.#clientInstance,
      isStretchingAllowed,
    });
    const ticket = this.#ticket.usable(identity, moment.timeMs);
    if (ticket === undefined) this.#startWithPassword(attempt);
    else this.#resume(attempt, ticket, moment);
  }

  /** Goes on where an earlier stay has ended. */
  #recall(journal: ClientJournal | undefined): RoomMemories | undefined {
    if (journal === undefined) return undefined;
    this.#memory = new RoomMemories(journal, this.#options.emit);
    this.#clientInstance = journal.memory.clientInstance;
    this.#chat = new ChatClient(journal.memory);
    return this.#memory;
  }

  #resume(attempt: Attempt, ticket: HeldTicket, moment: Moment): void {
    const resumption = deriveResumption({
      crypto: this.#options.crypto,
      secret: ticket.secret,
      handshakeHash: attempt.connection.handshakeHash!,
    });
    const step = attempt.login!.resume(ticket.ticket, resumption);
    this.#takeStep(attempt, step, moment);
  }

  #startWithPassword(attempt: Attempt): void {
    const { request, state } = this.#options.startLogin(
      attempt.target.password,
    );
    attempt.opaqueState = state;
    attempt.connection.sendAuth(attempt.login!.start(request));
  }

  #takeStep(attempt: Attempt, step: ClientLoginStep, moment: Moment): void {
    switch (step.type) {
      case "stretch":
        this.#options.stretch(attempt.connection, {
          state: attempt.opaqueState,
          password: attempt.target.password,
          response: step.response,
          stretching: step.stretching,
          serverIdentity: encodeHex(attempt.identity!),
        });
        return;
      case "finish":
        attempt.connection.sendAuth(step.bytes);
        attempt.connection.authenticated(step.sessionKey);
        return;
      case "ticketRefused":
        this.#ticket.forget();
        this.#startWithPassword(attempt);
        return;
      case "ticket":
        // In the login epoch it may be from somebody who does not know the password.
        if (this.#state.type === "inside") {
          this.#ticket.keep(step.ticket, attempt.identity!, moment.timeMs);
        }
        return;
      case "refused":
        // Inside the room the end of the connection leads to a new one.
        if (this.#state.type === "loggingIn") {
          this.#refuse(refusalOf(step.close, attempt.target));
        }
        this.#close(attempt.connection, step.close, moment);
        return;
    }
  }

  #enter(attempt: Attempt, moment: Moment): void {
    this.#state = { type: "inside", attempt };
    this.#options.onLoggedIn(attempt.target, attempt.identity!);
    this.#chat.handleConnected();
    this.#drain(moment);
  }

  /** Sends what the rooms have ready, and tells the face what happened in them. */
  #drain(moment: Moment): void {
    this.#transmit(moment);
    const touched = new Map<number, RoomPlace>();
    for (
      let event = this.#chat.pollEvent();
      event !== undefined;
      event = this.#chat.pollEvent()
    ) {
      this.#handleChatEvent(event, moment);
      const place = this.#chat.placeIn(event.roomId);
      if (place !== undefined) touched.set(event.roomId, place);
    }
    this.#memory?.setPlaces(touched);
  }

  #transmit({ nowUs }: Moment): void {
    if (this.#state.type !== "inside") return;
    const { streams } = this.#state.attempt;
    streams.flush();
    for (;;) {
      const sent = this.#chat.pollTransmit(nowUs);
      if (sent === undefined) return;
      streams.write(sent);
    }
  }

  #handleChatEvent(event: ChatClientEvent, moment: Moment): void {
    switch (event.type) {
      case "queued":
      case "settled":
      case "seen":
        this.#memory?.record(event.roomId, event);
        return;
      case "welcome":
        return this.#handleWelcome(event);
      case "violation":
        if (this.#state.type === "inside") {
          const close = { ...event, type: "chatProtocol" } as const;
          this.#close(this.#state.attempt.connection, close, moment);
        }
        return;
      case "memberChanged":
        if (event.own) this.changeLogin({ name: event.newName });
        break;
      case "message":
      case "delivery":
      case "change":
      case "changeRefused":
      case "joined":
      case "left":
      case "gap":
      case "catchUp":
      case "answer":
      case "unanswered":
      case "receipt":
      case "read":
      case "roomOpened":
      case "roomChanged":
        break;
      case "roomClosed":
        if (this.#state.type === "inside") {
          this.#state.attempt.streams.end(event.roomId);
        }
        this.#memory?.dropRoom(event.roomId);
        break;
    }
    this.#options.emit(event);
  }

  #handleWelcome(event: ToldEvent<"welcome">): void {
    if (this.#state.type !== "inside") return;
    const { target, identity } = this.#state.attempt;
    const { host, port } = target;
    const welcome = {
      ...event,
      fingerprint: this.#options.fingerprint(identity!),
      host,
      port,
    };
    this.#options.emit(welcome);
    this.#memory?.handleWelcome(welcome, this.#chat.placeIn(event.roomId));
    if (event.roomId !== DEFAULT_ROOM_ID) return;
    if (this.#wasInside) this.#showPath("online");
    this.#wasInside = true;
    this.#retries = 0;
  }

  #handleClosed(
    connection: Connection,
    reason: CloseReason,
    moment: Moment,
  ): void {
    const state = this.#state;
    if (state.type === "leaving") {
      this.#end();
      return;
    }
    if (
      (state.type !== "loggingIn" && state.type !== "inside") ||
      state.attempt.connection !== connection
    ) return;
    const { target } = state.attempt;
    const close = reason.type === "application"
      ? decodeClose(reason)
      : undefined;
    if (state.type === "inside") {
      const isElsewhere = close?.type === "chatProtocol" &&
        this.#chat.handleRefusedPlace();
      this.#chat.handleDisconnected();
      if (isElsewhere) return this.#startAnew(target, moment);
      this.#drain(moment);
    }
    const end = this.#wasInside ? endOf(close) : undefined;
    if (end !== undefined) {
      this.#leaveRoom();
      this.#options.emit({ type: "ended", reason: end });
      return;
    }
    if (this.#wasInside && isPassing(reason, close)) {
      this.#retry(
        target,
        { serverStopped: close?.type === "serverStopped" },
        moment,
      );
      return;
    }
    if (reason.type === "silent" && this.#enterSilentRoom(target, moment)) {
      return;
    }
    this.#refuse(refusalOfEnd(reason, close, target));
  }

  /** Comes back as somebody new, to a room that has lost what this one knew. */
  #startAnew(target: LoginTarget, moment: Moment): void {
    // It is for who this was.
    this.#ticket.forget();
    this.#clientInstance = this.#options.random(CLIENT_INSTANCE_BYTES);
    this.#memory?.startAnew(this.#clientInstance);
    this.#connect(target, moment);
  }

  /** Shows a room without its server, which is tried on; false if it is not known. */
  #enterSilentRoom(target: LoginTarget, moment: Moment): boolean {
    if (this.#memory !== undefined) return false;
    const memory = this.#recall(this.#options.openSilentRoom?.(target));
    if (memory?.showSilentRooms(target) !== true) return false;
    this.#wasInside = true;
    this.#retry(target, { serverStopped: false }, moment);
    return true;
  }

  #retry(
    target: LoginTarget,
    why: { serverStopped: boolean },
    moment: Moment,
  ): void {
    const waitUs = retryWaitUs(this.#retries++, this.#options.random(1)[0]!);
    const retryUs = moment.nowUs + waitUs;
    this.#state = { type: "waiting", target, retryUs };
    this.#options.emit({
      type: "connection",
      connection: { state: "reconnecting", attempt: this.#retries, ...why },
    });
  }

  /** Ends a login, or the return to a room, for a reason that waiting does not mend. */
  #refuse(refusal: Refusal): void {
    const wasInside = this.#wasInside;
    this.#leaveRoom();
    this.#options.emit(
      wasInside
        ? { type: "ended", reason: { code: "refused", refusal } }
        : { type: "loginRefused", refusal },
    );
  }

  #showPath(state: "online" | "unresponsive"): void {
    this.#options.emit({ type: "connection", connection: { state } });
  }

  #leaveRoom(): void {
    this.#ticket.forget();
    this.#memory?.close();
    this.#state = { type: "out" };
    this.#wasInside = false;
  }

  #end(): void {
    this.#leaveRoom();
    this.#state = { type: "over" };
    this.#options.emit({ type: "ended", reason: { code: "quit" } });
  }

  #close(connection: Connection, close: ChatClose, { nowUs }: Moment): void {
    const { code, reason } = encodeClose(close);
    connection.close(code, reason, nowUs);
  }
}
