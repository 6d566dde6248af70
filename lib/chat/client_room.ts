import { assert } from "../base/assert.ts";
import { concatBytes, encodeHex, equalBytes } from "../base/bytes.ts";
import type { ActRefusal } from "./act_refusal.ts";
import { countCharacters } from "./character_count.ts";
import type {
  ClientRoomEvent,
  DeliveryState,
  MessageRefusal,
} from "./chat_client_event.ts";
import {
  type ClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  type EventMessage,
  type ServerMessage,
  type StoredMessage,
} from "./chat_message.ts";
import type { WelcomeMessage } from "./welcome_message.ts";
import type { KeptRoom, RoomPlace } from "./client_journal.ts";
import { ClientQuestions } from "./client_questions.ts";
import {
  DEFAULT_CHAT_LIMITS,
  EPOCH_ID_BYTES,
  MAX_MEMBERS,
  MAX_OUTBOX_MESSAGES,
  MAX_SERVER_MESSAGE_BYTES,
  MESSAGE_ID_BYTES,
} from "./limits.ts";
import { frameMessage, MessageDeframer } from "./message_deframer.ts";
import type { MemberChangedMessage } from "./member_changed.ts";
import { Outbox, type OutboxEntry, type OutgoingAct } from "./outbox.ts";
import { showOwnMessage } from "./own_message.ts";
import { OwnPosition } from "./own_position.ts";
import { GUEST_ACCOUNT_ID } from "./person.ts";
import { ProtocolError } from "./protocol_error.ts";
import type { Query } from "./request.ts";
import type { Act } from "./room_event.ts";
import { DEFAULT_ROOM_ID } from "./room_kind.ts";
import { showSeen } from "./seen_event.ts";
import { showWelcome } from "./shown_welcome.ts";
import { SendingPace } from "./sending_pace.ts";
import { checkTypedAct, wellFormedAct } from "./typed_act.ts";

/**
 * The client's side of a room, without I/O (docs/PROTOCOL.md section 7). It
 * lives across connections: acts are kept until the server has answered
 * for them, and after a break it asks for what it missed.
 *
 * After any call drain {@linkcode ClientRoom.pollTransmit} and
 * {@linkcode ClientRoom.pollEvent}, then wait for input or until
 * {@linkcode ClientRoom.nextTimeoutUs}.
 *
 * It never sends faster than the welcome allows, nor more than a window ahead
 * of the answers: acts wait here, in order, instead of being refused. A message
 * is shown at once, as waiting; what changes messages is shown when it has its
 * place.
 */
export class ClientRoom {
  #state: State = "offline";
  #deframer = new MessageDeframer(MAX_SERVER_MESSAGE_BYTES);
  #isLeaving = false;
  /** What the last welcome said; undefined before the first. */
  #welcome: WelcomeMessage | undefined;
  /** What the numbers belong to. */
  #epochId: Uint8Array = NO_EPOCH;
  /** The same for faces, who must tell apart also what no server does. */
  #epoch = "";
  /** How often the place was forgotten. */
  #forgottenPlaces = 0;
  /** The last message of that epoch that was seen. */
  #lastSequence = 0;
  /** The own event of the last `stored`: among what was missed it comes next. */
  #ownSequence = 0;
  /** Messages up to this one were written before this client came. */
  #earlierUntil = 0;
  readonly #members = new Set<string>();
  readonly #outbox = new Outbox();
  readonly #pace: SendingPace;
  readonly #questions = new ClientQuestions((event) =>
    this.#events.push(event)
  );
  readonly #position = new OwnPosition();
  #events: ClientRoomEvent[] = [];
  #polled = 0;
  /** The own name, as far as it is known. */
  #self = "";

  readonly #roomId: number;

  /**
   * Creates a client that is outside the room.
   *
   * @param roomId Which room.
   * @param memory Where an earlier one has stopped.
   */
  constructor(
    roomId: number = DEFAULT_ROOM_ID,
    memory?: Omit<KeptRoom, "events">,
  ) {
    this.#roomId = roomId;
    const { place, known: room, outbox = [] } = memory ?? {};
    this.#self = room?.self ?? "";
    this.#epochId = place?.epochId ?? NO_EPOCH;
    this.#lastSequence = place?.lastSequence ?? 0;
    for (const outgoing of outbox) this.#outbox.add(outgoing);
    this.#pace = new SendingPace(place !== undefined || outbox.length > 0);
  }

  /** Where it is in the room; undefined if it never was there. */
  get place(): RoomPlace | undefined {
    return this.#epochId === NO_EPOCH
      ? undefined
      : { epochId: this.#epochId, lastSequence: this.#lastSequence };
  }

  /** Whether the server has answered for every message. */
  get isDrained(): boolean {
    return this.#outbox.size === 0;
  }

  /** How many more messages {@linkcode ClientRoom.send} takes now. */
  get outboxFree(): number {
    return this.#outbox.free;
  }

  /** Who is in the room, the client included, as far as it knows. */
  get members(): string[] {
    return Array.from(this.#members);
  }

  /** Whether no stream of a connection is its. */
  get isOffline(): boolean {
    return this.#state === "offline";
  }

  /** Takes note that a login succeeded, and that it has a stream to open. */
  handleConnected(): void {
    assert(this.#state === "offline", "one connection at a time");
    this.#state = "connected";
    this.#deframer = new MessageDeframer(MAX_SERVER_MESSAGE_BYTES);
    this.#outbox.handleConnected();
    this.#position.handleConnected();
  }

  /** Takes note that the connection is gone. */
  handleDisconnected(): void {
    this.#goOffline();
  }

  /** Takes note that the server has ended its stream: it is closed, or to be. */
  handleEnded(): void {
    this.#questions.handleRoomClosed();
    this.#goOffline();
  }

  /**
   * Whether the server was told the place and has not answered. If it closes the
   * connection with `chatProtocol` now, that is no place of this server any
   * more: its log has become shorter.
   */
  get isPlaceAsked(): boolean {
    return this.#state === "syncing" && this.place !== undefined;
  }

  /**
   * Forgets the place. The next connection must be that of a new client
   * instance, which is told everything; what waits to be sent comes after the
   * place, so no such log has it.
   */
  forgetPlace(): void {
    if (this.place === undefined) return;
    this.#epochId = NO_EPOCH;
    this.#lastSequence = 0;
    this.#welcome = undefined;
    this.#forgottenPlaces++;
  }

  /** Ends the stay for good: what waits to be sent goes nowhere. */
  close(): void {
    this.handleEnded();
    const refusal = { code: "notInRoom" } as const;
    for (const { id } of this.#outbox.all()) this.#refuse(id, refusal);
  }

  /**
   * Takes bytes from its stream.
   *
   * @param bytes The next bytes, cut anywhere; not kept.
   * @param nowUs The monotonic time.
   */
  handleData(bytes: Uint8Array, nowUs: number): void {
    if (this.#state === "offline") return;
    try {
      for (const body of this.#deframer.push(bytes)) {
        this.#handleMessage(decodeServerMessage(body), nowUs);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#goOffline();
      this.#events.push({ type: "violation", reason: error.message });
    }
  }

  /**
   * Takes an act to send, connected or not. A message is answered with a
   * `message` event, and later with `delivery` unless it was refused at once;
   * anything else with `change` or `changeRefused` when that is known.
   *
   * @param outgoing The act.
   * @throws {RangeError} If the ID was used before or has a wrong length.
   */
  send({ id, act: typed, timeMs }: OutgoingAct): void {
    if (id.length !== MESSAGE_ID_BYTES || this.#outbox.has(id)) {
      throw new RangeError("Cannot send an act: its ID is not a new one");
    }
    const act = wellFormedAct(typed);
    const outgoing = { id, act, timeMs };
    const reason = this.#checkAct(act);
    if (reason === undefined) {
      this.#outbox.add(outgoing);
      this.#events.push({ type: "queued", outgoing });
    }
    if (act.type === "message") {
      const accountId = this.#welcome?.accountId ?? 0;
      const own = { id: encodeHex(id), author: this.#self, accountId };
      this.#events.push(showOwnMessage({ ...own, act, timeMs, reason }));
    } else if (reason !== undefined) {
      this.#events.push({ type: "changeRefused", act, reason });
    }
  }

  /**
   * Asks the server something. Answered once with `answer` or `unanswered`,
   * at the latest when the connection ends: a question is not kept for later.
   *
   * @param questionId The caller's number of it.
   * @param query What to ask.
   */
  ask(questionId: number, query: Query): void {
    const isReachable = this.#isInside && !this.#isLeaving;
    if (isReachable) this.#questions.ask(questionId, query);
    else this.#questions.askOffline(questionId);
  }

  /**
   * Takes note that the own name is claimed: what its holder writes elsewhere
   * is the person's own.
   *
   * @param accountId The account.
   */
  handleClaimed(accountId: number): void {
    this.#setAccount(accountId);
  }

  /**
   * Takes note of what the person has read.
   *
   * @param sequence The last message.
   */
  markRead(sequence: number): void {
    this.#position.handleRead(sequence);
  }

  /**
   * Leaves the room after what was sent so far; what still waits is not sent.
   * The server answers by closing the connection with `quit`.
   */
  leave(): void {
    this.#isLeaving = true;
  }

  /**
   * Gives the next bytes for its stream.
   *
   * @param nowUs The monotonic time.
   * @returns The bytes; undefined if nothing may be sent now.
   */
  pollTransmit(nowUs: number): Uint8Array | undefined {
    const state = this.#state;
    if (state === "connected") {
      this.#state = "syncing";
      const sync = encodeFramed({
        type: "sync",
        epochId: this.#epochId,
        lastSequence: this.#lastSequence,
      });
      const roomId = this.#roomId;
      // Stream 0 is the default room's.
      return roomId === DEFAULT_ROOM_ID
        ? sync
        : concatBytes(encodeFramed({ type: "enter", roomId }), sync);
    }
    if (this.#isLeaving && (state === "replaying" || state === "online")) {
      // What was read on the way out is told.
      const last = this.#position.poll(undefined);
      if (last !== undefined) return encodeFramed(last);
      this.#state = "left";
      return encodeFramed({ type: "leave" });
    }
    // Questions do not wait for the pace of messages.
    const request = state === "left" ? undefined : this.#questions.poll();
    if (request !== undefined) return encodeFramed(request);
    const entry = this.#nextUnsent();
    if (entry === undefined || this.#paceWaitUs(entry, nowUs) > 0) {
      // Last, so that it goes with what there is to send.
      const position = this.#isInside ? this.#position.poll(nowUs) : undefined;
      return position && encodeFramed(position);
    }
    if (!entry.isPaced) this.#pace.take(nowUs);
    this.#outbox.handleSent(entry);
    const { id, act } = entry.outgoing;
    return encodeFramed({ type: "act", id, act });
  }

  /**
   * Tells when {@linkcode ClientRoom.pollTransmit} gives more without any
   * further input.
   *
   * @param nowUs The monotonic time.
   * @returns The monotonic time of it; undefined if only input brings more.
   */
  nextTimeoutUs(nowUs: number): number | undefined {
    const entry = this.#nextUnsent();
    const sendUs = entry && nowUs + this.#paceWaitUs(entry, nowUs);
    const tellUs = this.#isInside
      ? this.#position.nextTimeoutUs(nowUs)
      : undefined;
    if (sendUs === undefined || tellUs === undefined) return sendUs ?? tellUs;
    return Math.min(sendUs, tellUs);
  }

  /**
   * Gives the next event.
   *
   * @returns The event; undefined if there is none until the next input.
   */
  pollEvent(): ClientRoomEvent | undefined {
    const event = this.#events[this.#polled++];
    if (event === undefined) {
      this.#events = [];
      this.#polled = 0;
    }
    return event;
  }

  #handleMessage(message: ServerMessage, nowUs: number): void {
    if ((message.type === "welcome") !== (this.#state === "syncing")) {
      throw new ProtocolError("welcome comes first, and once");
    }
    switch (message.type) {
      case "welcome":
        this.#handleWelcome(message, nowUs);
        return;
      case "event":
        this.#handleRoomEvent(message);
        return;
      case "stored":
        this.#handleStored(message);
        return;
      case "refused":
        this.#refuse(message.id, message.refusal);
        return;
      case "joined":
        if (this.#members.size >= MAX_MEMBERS) {
          throw new ProtocolError("too many members");
        }
        this.#members.add(message.name);
        this.#events.push(message);
        return;
      case "left":
        this.#members.delete(message.name);
        this.#events.push(message);
        return;
      case "memberChanged":
        this.#handleMemberChanged(message);
        return;
      case "roomList":
      case "roomOpened":
      case "roomClosed":
      case "roomChanged":
        this.#events.push(message);
        return;
      case "receipt":
        for (const receipt of message.receipts) {
          this.#events.push({ type: "receipt", ...receipt });
        }
        return;
      case "read":
        this.#position.handleKnown(message.readSequence);
        this.#events.push(message);
        return;
      case "answer":
        this.#questions.handleAnswer(message);
        return;
      case "failed":
        this.#questions.handleFailed(message);
        return;
    }
  }

  get #isInside(): boolean {
    return this.#state === "replaying" || this.#state === "online";
  }

  #handleMemberChanged(message: MemberChangedMessage): void {
    const { name, newName } = message;
    if (!this.#members.delete(name)) {
      throw new ProtocolError("a change of nobody");
    }
    this.#members.add(newName);
    const welcome = this.#welcome!;
    const own = welcome.self === name;
    if (own) {
      const { role } = message;
      this.#welcome = { ...welcome, self: newName, role };
      if (role === "guest") this.#setAccount(GUEST_ACCOUNT_ID);
    }
    this.#events.push({ ...message, own });
  }

  #setAccount(accountId: number): void {
    if (this.#welcome === undefined) return;
    this.#welcome = { ...this.#welcome, accountId };
  }

  #goOffline(): void {
    this.#state = "offline";
    this.#questions.handleDisconnected();
  }

  #handleWelcome(welcome: WelcomeMessage, nowUs: number): void {
    const { self, members, resumeAfter } = welcome;
    const known = this.#welcome;
    const isSameEpoch = equalBytes(this.#epochId, welcome.epochId);
    const missedMessages = isSameEpoch ? resumeAfter - this.#lastSequence : 0;
    if (missedMessages < 0) throw new ProtocolError("welcome goes back");
    if (known === undefined) this.#earlierUntil = welcome.lastSequence;
    else if (!isSameEpoch) this.#earlierUntil = 0;
    if (!isSameEpoch) this.#position.reset();
    this.#position.handleKnown(welcome.readSequence);
    this.#welcome = welcome;
    this.#self = self;
    if (!isSameEpoch) this.#epochId = welcome.epochId;
    const forgotten = this.#forgottenPlaces;
    const mark = forgotten === 0 ? "" : `.${forgotten}`;
    this.#epoch = `${encodeHex(welcome.epochId)}${mark}`;
    this.#lastSequence = resumeAfter;
    this.#ownSequence = 0;
    this.#members.clear();
    for (const { name } of members) this.#members.add(name);
    this.#pace.handleWelcome(welcome, nowUs);
    this.#events.push(showWelcome(welcome, this.#epoch));
    if (missedMessages > 0) this.#events.push({ type: "gap", missedMessages });
    this.#state = "replaying";
    this.#questions.beginCatchUp(resumeAfter, welcome.lastSequence);
    this.#endReplay();
  }

  #handleRoomEvent(message: EventMessage): void {
    const { sequence, author, accountId, act, timeMs } = message;
    const isOwn = sequence === this.#ownSequence;
    this.#ownSequence = 0;
    // What has waited here is shown already.
    if (isOwn && sequence === this.#lastSequence) return;
    if (sequence !== this.#lastSequence + 1) throw outOfOrder();
    this.#lastSequence = sequence;
    const earlier = sequence <= this.#earlierUntil;
    // Written here before, or on another device of the same person.
    const own = isOwn ||
      accountId !== 0 && accountId === this.#welcome!.accountId;
    if (!own && act.type === "message") {
      this.#position.handleDelivered(sequence);
    }
    const event = { sequence, author, accountId, own, act, timeMs };
    this.#events.push(
      { type: "seen", event },
      showSeen(event, { epoch: this.#epoch, earlier }),
    );
    this.#endReplay();
  }

  #handleStored({ id, sequence, timeMs, forwardedTo }: StoredMessage): void {
    // An older place answers a resend whose first answer was lost in a gap.
    if (sequence > this.#lastSequence + 1) throw outOfOrder();
    if (sequence > this.#lastSequence) {
      this.#ownSequence = sequence;
      // Nothing is known of it any more: the event tells.
      if (!this.#outbox.has(id)) return;
    }
    const act = this.#settle(id);
    this.#lastSequence = Math.max(this.#lastSequence, sequence);
    const { self: author, accountId } = this.#welcome!;
    const event = { sequence, author, accountId, own: true, act, timeMs };
    this.#events.push(
      { type: "seen", event },
      act.type === "message"
        ? {
          type: "delivery",
          id: encodeHex(id),
          delivery: { state: "stored", sequence, timeMs, forwardedTo },
        }
        : showSeen(event, { epoch: this.#epoch, earlier: false }),
    );
    this.#endReplay();
  }

  #refuse(
    id: Uint8Array,
    refusal: ActRefusal | { readonly code: "notInRoom" },
  ): void {
    const act = this.#settle(id);
    const text = act.type === "message" || act.type === "edit" ? act.text : "";
    const reason: MessageRefusal = refusal.code === "tooLong"
      ? { ...refusal, characters: countCharacters(text) }
      : refusal;
    if (act.type === "message") {
      const delivery: DeliveryState = { state: "refused", reason };
      this.#events.push({ type: "delivery", id: encodeHex(id), delivery });
    } else this.#events.push({ type: "changeRefused", act, reason });
  }

  /** Takes an answered act out of the outbox. */
  #settle(id: Uint8Array): Act {
    const outgoing = this.#outbox.settle(id);
    if (outgoing === undefined) throw new ProtocolError("answer to nothing");
    this.#events.push({ type: "settled", id });
    return outgoing.act;
  }

  /** What was missed is there: the outbox may be sent. */
  #endReplay(): void {
    if (this.#state !== "replaying") return;
    if (this.#lastSequence < this.#welcome!.lastSequence) return;
    this.#state = "online";
    this.#questions.endCatchUp();
  }

  #checkAct(act: Act): MessageRefusal | undefined {
    const { messageCharacters } = this.#welcome ?? DEFAULT_CHAT_LIMITS;
    const refusal = checkTypedAct(act, messageCharacters);
    if (refusal !== undefined || this.outboxFree > 0) return refusal;
    return { code: "outboxFull", limitMessages: MAX_OUTBOX_MESSAGES };
  }

  #nextUnsent(): OutboxEntry | undefined {
    return this.#state === "online" ? this.#outbox.nextUnsent() : undefined;
  }

  /** How long the pace holds a message back; a resend was paced before. */
  #paceWaitUs(entry: OutboxEntry, nowUs: number): number {
    return entry.isPaced ? 0 : this.#pace.waitUs(nowUs);
  }
}

/** How the connection stands. */
type State =
  | "offline"
  /** `sync` is to be sent. */
  | "connected"
  /** `welcome` is to come. */
  | "syncing"
  /** What was missed is coming. */
  | "replaying"
  | "online"
  /** `leave` was sent. */
  | "left";

function encodeFramed(message: ClientMessage): Uint8Array {
  return frameMessage(encodeClientMessage(message));
}

function outOfOrder(): ProtocolError {
  return new ProtocolError("a message is missing or came twice");
}

/** Known to no server. */
const NO_EPOCH = new Uint8Array(EPOCH_ID_BYTES);
