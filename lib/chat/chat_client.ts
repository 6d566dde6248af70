import { assert } from "../base/assert.ts";
import { encodeHex, equalBytes } from "../base/bytes.ts";
import { US_PER_S } from "../base/time.ts";
import { countCharacters } from "./character_count.ts";
import type {
  ChatClientEvent,
  DeliveryState,
  MessageRefusal,
} from "./chat_client_event.ts";
import {
  type ClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  type EventMessage,
  type RefusedMessage,
  type ServerMessage,
  type StoredMessage,
  type WelcomeMessage,
} from "./chat_message.ts";
import {
  DEFAULT_CHAT_LIMITS,
  EPOCH_ID_BYTES,
  MAX_MEMBERS,
  MAX_OUTBOX_MESSAGES,
  MAX_SERVER_MESSAGE_BYTES,
  MAX_TOPIC_CHARACTERS,
  MAX_UNACKNOWLEDGED_MESSAGES,
  MESSAGE_ID_BYTES,
} from "./limits.ts";
import { frameMessage, MessageDeframer } from "./message_deframer.ts";
import { ProtocolError } from "./protocol_error.ts";
import { type Act, isEmoji, type MessageAct } from "./room_event.ts";
import { type Rate, TokenBucket } from "./token_bucket.ts";

/** An act to send. */
export interface OutgoingAct {
  /** A new ID of 16 bytes, from `makeMessageId()`. */
  readonly id: Uint8Array;
  /** What to do; its texts are as typed. */
  readonly act: Act;
  /** The wall clock, in milliseconds since 1970. */
  readonly timeMs: number;
}

/**
 * The client's side of a room, without I/O (docs/PROTOCOL.md section 7). It
 * lives across connections: acts are kept until the server has answered
 * for them, and after a break it asks for what it missed.
 *
 * After any call drain {@linkcode ChatClient.pollTransmit} and
 * {@linkcode ChatClient.pollEvent}, then wait for input or until
 * {@linkcode ChatClient.nextTimeoutUs}.
 *
 * It never sends faster than the welcome allows, nor more than a window ahead
 * of the answers: acts wait here, in order, instead of being refused. A message
 * is shown at once, as waiting; what changes messages is shown when it has its
 * place.
 */
export class ChatClient {
  #state: State = "offline";
  #deframer = new MessageDeframer(MAX_SERVER_MESSAGE_BYTES);
  #isLeaving = false;
  /** What the last welcome said; undefined before the first. */
  #welcome: WelcomeMessage | undefined;
  /** The last message of the welcome's epoch that was seen. */
  #lastSequence = 0;
  /** Messages up to this one were written before this client came. */
  #earlierUntil = 0;
  readonly #members = new Set<string>();
  /** By hexadecimal ID, in the order of sending. */
  readonly #outbox = new Map<string, OutboxEntry>();
  /** How many of the outbox were sent on this connection. */
  #inFlight = 0;
  #bucket: TokenBucket | undefined;
  #events: ChatClientEvent[] = [];
  #polled = 0;

  /** Whether the server has answered for every message. */
  get isDrained(): boolean {
    return this.#outbox.size === 0;
  }

  /** How many more messages {@linkcode ChatClient.send} takes now. */
  get outboxFree(): number {
    return MAX_OUTBOX_MESSAGES - this.#outbox.size;
  }

  /** Who is in the room, the client included, as far as it knows. */
  get members(): string[] {
    return Array.from(this.#members);
  }

  /** Takes note that a login succeeded: stream 0 of a connection is open. */
  handleConnected(): void {
    assert(this.#state === "offline", "one connection at a time");
    this.#state = "connected";
    this.#deframer = new MessageDeframer(MAX_SERVER_MESSAGE_BYTES);
    this.#inFlight = 0;
    for (const entry of this.#outbox.values()) entry.isSent = false;
  }

  /** Takes note that the connection is gone. */
  handleDisconnected(): void {
    this.#state = "offline";
  }

  /**
   * Takes bytes from stream 0.
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
      this.#state = "offline";
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
  send({ id: messageId, act: typed, timeMs }: OutgoingAct): void {
    const id = encodeHex(messageId);
    if (messageId.length !== MESSAGE_ID_BYTES || this.#outbox.has(id)) {
      throw new RangeError("Cannot send an act: its ID is not a new one");
    }
    const act = wellFormed(typed);
    const reason = this.#checkAct(act);
    if (reason === undefined) {
      const entry = { id: messageId, act, isSent: false, isPaced: false };
      this.#outbox.set(id, entry);
    }
    if (act.type === "message") {
      this.#showOwn(id, act, timeMs, reason);
    } else if (reason !== undefined) {
      this.#events.push({ type: "changeRefused", act, reason });
    }
  }

  #showOwn(
    id: string,
    { style, replyTo, text }: MessageAct,
    timeMs: number,
    reason: MessageRefusal | undefined,
  ): void {
    const delivery: DeliveryState = reason === undefined
      ? { state: "queued" }
      : { state: "refused", reason };
    this.#events.push({
      type: "message",
      id,
      author: this.#welcome?.self ?? "",
      own: true,
      style,
      replyTo,
      text,
      timeMs,
      earlier: false,
      delivery,
    });
  }

  /**
   * Leaves the room after what was sent so far; what still waits is not sent.
   * The server answers by closing the connection with `quit`.
   */
  leave(): void {
    this.#isLeaving = true;
  }

  /**
   * Gives the next bytes for stream 0.
   *
   * @param nowUs The monotonic time.
   * @returns The bytes; undefined if nothing may be sent now.
   */
  pollTransmit(nowUs: number): Uint8Array | undefined {
    const state = this.#state;
    if (state === "connected") {
      this.#state = "syncing";
      return encodeFramed({
        type: "sync",
        epochId: this.#welcome?.epochId ?? NO_EPOCH,
        lastSequence: this.#lastSequence,
      });
    }
    if (this.#isLeaving && (state === "replaying" || state === "online")) {
      this.#state = "left";
      return encodeFramed({ type: "leave" });
    }
    const entry = this.#nextUnsent();
    if (entry === undefined || this.#paceWaitUs(entry, nowUs) > 0) {
      return undefined;
    }
    if (!entry.isPaced) this.#bucket?.take(nowUs);
    entry.isPaced = true;
    entry.isSent = true;
    this.#inFlight++;
    return encodeFramed({ type: "act", id: entry.id, act: entry.act });
  }

  /**
   * Tells when {@linkcode ChatClient.pollTransmit} gives more without any
   * further input.
   *
   * @param nowUs The monotonic time.
   * @returns The monotonic time of it; undefined if only input brings more.
   */
  nextTimeoutUs(nowUs: number): number | undefined {
    const entry = this.#nextUnsent();
    if (entry === undefined) return undefined;
    return nowUs + this.#paceWaitUs(entry, nowUs);
  }

  /**
   * Gives the next event.
   *
   * @returns The event; undefined if there is none until the next input.
   */
  pollEvent(): ChatClientEvent | undefined {
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
        this.#handleRefused(message);
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
    }
  }

  #handleWelcome(welcome: WelcomeMessage, nowUs: number): void {
    const { room, self, members, openRoom, topic, resumeAfter } = welcome;
    const known = this.#welcome;
    const isSameEpoch = known !== undefined &&
      equalBytes(known.epochId, welcome.epochId);
    const missedMessages = isSameEpoch ? resumeAfter - this.#lastSequence : 0;
    if (missedMessages < 0) throw new ProtocolError("welcome goes back");
    if (known === undefined) this.#earlierUntil = welcome.lastSequence;
    else if (!isSameEpoch) this.#earlierUntil = 0;
    this.#welcome = welcome;
    this.#lastSequence = resumeAfter;
    this.#members.clear();
    for (const name of members) this.#members.add(name);
    if (!isSamePace(known, welcome)) {
      this.#bucket = new TokenBucket(paceOf(welcome), nowUs);
    }
    const { messageCharacters: messageLimitCharacters } = welcome;
    this.#events.push({
      type: "welcome",
      room,
      self,
      members,
      openRoom,
      topic,
      epoch: encodeHex(welcome.epochId),
      messageLimitCharacters,
      lastSequence: welcome.lastSequence,
    });
    if (missedMessages > 0) this.#events.push({ type: "gap", missedMessages });
    this.#state = "replaying";
    this.#endReplay();
  }

  #handleRoomEvent({ sequence, author, act, timeMs }: EventMessage): void {
    if (sequence !== this.#lastSequence + 1) throw outOfOrder();
    this.#lastSequence = sequence;
    const earlier = sequence <= this.#earlierUntil;
    if (act.type === "message") {
      const { style, replyTo, text } = act;
      this.#events.push({
        type: "message",
        id: `${encodeHex(this.#welcome!.epochId)}-${sequence}`,
        author,
        own: false,
        style,
        replyTo,
        text,
        timeMs,
        earlier,
        delivery: { state: "stored", sequence, timeMs, forwardedTo: 0 },
      });
    } else {
      const own = false;
      const change = { sequence, act, author, own, timeMs, earlier };
      this.#events.push({ type: "change", ...change });
    }
    this.#endReplay();
  }

  #handleStored(message: StoredMessage): void {
    const { sequence, timeMs, forwardedTo } = message;
    // An older place answers a resend whose first answer was lost in a gap.
    if (sequence > this.#lastSequence + 1) throw outOfOrder();
    const isOld = this.#state === "replaying" &&
      !this.#outbox.has(encodeHex(message.id));
    const entry = isOld ? undefined : this.#settle(message.id);
    this.#lastSequence = Math.max(this.#lastSequence, sequence);
    // Answered in another epoch: the history was restored from a copy.
    if (entry === undefined) return this.#endReplay();
    const { act } = entry;
    if (act.type === "message") {
      this.#events.push({
        type: "delivery",
        id: encodeHex(message.id),
        delivery: { state: "stored", sequence, timeMs, forwardedTo },
      });
    } else {
      const author = this.#welcome!.self;
      const change = { act, author, own: true, timeMs, earlier: false };
      this.#events.push({ type: "change", sequence, ...change });
    }
    this.#endReplay();
  }

  #handleRefused({ id, refusal }: RefusedMessage): void {
    const { act } = this.#settle(id);
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
  #settle(messageId: Uint8Array): OutboxEntry {
    const id = encodeHex(messageId);
    const entry = this.#outbox.get(id);
    if (entry === undefined) throw new ProtocolError("answer to nothing");
    this.#outbox.delete(id);
    if (entry.isSent) this.#inFlight--;
    return entry;
  }

  /** What was missed is there: the outbox may be sent. */
  #endReplay(): void {
    if (this.#state !== "replaying") return;
    if (this.#lastSequence < this.#welcome!.lastSequence) return;
    this.#state = "online";
  }

  #checkAct(act: Act): MessageRefusal | undefined {
    const { messageCharacters } = this.#welcome ?? DEFAULT_CHAT_LIMITS;
    const refusal = checkContent(act, messageCharacters);
    if (refusal !== undefined || this.outboxFree > 0) return refusal;
    return { code: "outboxFull", limitMessages: MAX_OUTBOX_MESSAGES };
  }

  /** The next message that the window allows to send. */
  #nextUnsent(): OutboxEntry | undefined {
    if (this.#state !== "online") return undefined;
    if (this.#inFlight >= MAX_UNACKNOWLEDGED_MESSAGES) return undefined;
    // What was sent is in front, at most a window of it.
    for (const entry of this.#outbox.values()) {
      if (!entry.isSent) return entry;
    }
    return undefined;
  }

  /** How long the pace holds a message back; a resend was paced before. */
  #paceWaitUs(entry: OutboxEntry, nowUs: number): number {
    return entry.isPaced ? 0 : this.#bucket?.waitUs(nowUs) ?? 0;
  }
}

interface OutboxEntry {
  readonly id: Uint8Array;
  readonly act: Act;
  /** On the present connection. */
  isSent: boolean;
  /** Sent on any connection: the pace counts an act once. */
  isPaced: boolean;
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

/**
 * One percent below the announced rate, so that a clock of ours that runs fast
 * does not make us too fast.
 */
function paceOf(welcome: WelcomeMessage): Rate {
  return {
    burst: welcome.messageBurst,
    count: 99 * welcome.messagesPerSecond,
    periodUs: 100 * US_PER_S,
  };
}

function isSamePace(
  known: WelcomeMessage | undefined,
  welcome: WelcomeMessage,
): boolean {
  return known?.messageBurst === welcome.messageBurst &&
    known.messagesPerSecond === welcome.messagesPerSecond;
}

/** Lone surrogates have no UTF-8. */
function wellFormed(act: Act): Act {
  switch (act.type) {
    case "message":
    case "edit":
    case "topic":
      return { ...act, text: act.text.toWellFormed() };
    case "remove":
    case "react":
    case "pin":
      return act;
  }
}

/** What the server would refuse for what it says. */
function checkContent(
  act: Act,
  messageCharacters: number,
): MessageRefusal | undefined {
  switch (act.type) {
    case "message":
    case "edit":
      return checkText(act.text, messageCharacters);
    case "topic":
      return checkText(act.text, MAX_TOPIC_CHARACTERS);
    case "react":
      return isEmoji(act.emoji) ? undefined : { code: "notEmoji" };
    case "remove":
    case "pin":
      return undefined;
  }
}

function checkText(
  text: string,
  limitCharacters: number,
): MessageRefusal | undefined {
  if (text.trim() === "") return { code: "empty" };
  const characters = countCharacters(text);
  return characters > limitCharacters
    ? { code: "tooLong", limitCharacters, characters }
    : undefined;
}

function encodeFramed(message: ClientMessage): Uint8Array {
  return frameMessage(encodeClientMessage(message));
}

function outOfOrder(): ProtocolError {
  return new ProtocolError("a message is missing or came twice");
}

const NO_EPOCH = new Uint8Array(EPOCH_ID_BYTES);
