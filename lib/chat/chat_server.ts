import { assert } from "../base/assert.ts";
import { encodeHex, equalBytes } from "../base/bytes.ts";
import { US_PER_S } from "../base/time.ts";
import { type AcceptedMessage, Author } from "./author.ts";
import { countCharacters } from "./character_count.ts";
import {
  decodeClientMessage,
  encodeServerMessage,
  type LeaveReason,
  type SendMessage,
  type SendRefusal,
  type ServerMessage,
  type StoredMessage,
  type SyncMessage,
} from "./chat_message.ts";
import type {
  ChatServerNotice,
  ChatServerOutput,
} from "./chat_server_output.ts";
import type { ChatClose } from "./close_code.ts";
import {
  type ChatLimits,
  checkChatLimits,
  CLIENT_INSTANCE_BYTES,
  EPOCH_ID_BYTES,
  MAX_CLIENT_MESSAGE_BYTES,
  MAX_DEPARTED_AUTHORS,
  MAX_UNACKNOWLEDGED_MESSAGES,
} from "./limits.ts";
import { frameMessage, MessageDeframer } from "./message_deframer.ts";
import type { MemberName } from "./name.ts";
import { ProtocolError } from "./protocol_error.ts";
import { RoomHistory } from "./room_history.ts";
import type { Rate } from "./token_bucket.ts";

/** What {@linkcode ChatServer} needs. */
export interface ChatServerOptions {
  /** The room's name, for people. */
  readonly room: string;
  /** 8 random bytes: this life of the history. */
  readonly epochId: Uint8Array;
  /** Whether the password is the public default. */
  readonly openRoom: boolean;
  /** What the operator allows. */
  readonly limits: ChatLimits;
}

/** Who wants to join, after a login. */
export interface JoinOptions {
  /** The caller's handle of the connection; never used before. */
  readonly member: number;
  /** The name from the login. */
  readonly name: MemberName;
  /** The secret from the login by which a returning client is known. */
  readonly clientInstance: Uint8Array;
  /** The monotonic time. */
  readonly nowUs: number;
  /** The wall clock, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** The answer of {@linkcode ChatServer.join}. */
export type JoinAnswer =
  | { readonly type: "joined" }
  /** Close the connection. */
  | { readonly type: "refused"; readonly close: ChatClose };

/** Bytes from a member. */
export interface MemberData {
  /** Whose. */
  readonly member: number;
  /** The next bytes of its stream 0, cut anywhere; not kept. */
  readonly bytes: Uint8Array;
  /** The monotonic time. */
  readonly nowUs: number;
  /** The wall clock, in milliseconds since 1970. */
  readonly timeMs: number;
}

/**
 * One room, without I/O (docs/PROTOCOL.md section 7). After any call drain
 * {@linkcode ChatServer.pollOutput}; outputs are in the order they must happen.
 *
 * A member joins after its login, and is announced when its `sync` arrives.
 * Then it is sent the welcome, what it missed, and everything after that, so
 * its stream has every sequence number once and in order: `stored` for its own
 * messages, `message` for those of others.
 */
export class ChatServer {
  readonly #options: ChatServerOptions;
  readonly #rate: Rate;
  readonly #history: RoomHistory;
  #acceptedSequence = 0;
  #isStopped = false;
  readonly #members = new Map<number, Member>();
  /** The same members, by {@linkcode MemberName.key}, in the order they came. */
  readonly #byKey = new Map<string, Member>();
  readonly #bySkeleton = new Map<string, Member>();
  readonly #byInstance = new Map<string, Member>();
  /** Clients that left after writing something; the longest gone first. */
  readonly #departed = new Map<string, Author>();
  /** Who gets what is said: the members that have synced. */
  readonly #audience = new Set<number>();
  #outputs: ChatServerOutput[] = [];
  #polled = 0;

  /**
   * Creates an empty room.
   *
   * @param options The room.
   * @throws {RangeError} If a limit is out of range.
   */
  constructor(options: ChatServerOptions) {
    assert(options.epochId.length === EPOCH_ID_BYTES, "epoch ID length");
    const limits = checkChatLimits(options.limits);
    this.#options = options;
    // A client paces what it sends. Of that at most its window can arrive
    // bunched together, so who keeps to the announced rate is never refused.
    this.#rate = {
      burst: limits.messageBurst + MAX_UNACKNOWLEDGED_MESSAGES,
      count: limits.messagesPerSecond,
      periodUs: US_PER_S,
    };
    this.#history = new RoomHistory({
      maxMessages: limits.historyMessages,
      maxBytes: limits.historyBytes,
    });
  }

  /** How many members there are, those whose `sync` is on its way included. */
  get memberCount(): number {
    return this.#members.size;
  }

  /**
   * Lets a client in after its login, unless the name or the room is taken. A
   * client that comes back while its old connection lingers takes its own
   * place, and the others notice nothing.
   *
   * @param options Who.
   * @returns Whether it is in.
   */
  join(options: JoinOptions): JoinAnswer {
    const { member: handle, name, clientInstance, nowUs, timeMs } = options;
    assert(!this.#members.has(handle), "a member handle is used once");
    assert(
      clientInstance.length === CLIENT_INSTANCE_BYTES,
      "client instance length",
    );
    if (this.#isStopped) return refused("serverStopped");
    const instanceKey = encodeHex(clientInstance);
    const previous = this.#byInstance.get(instanceKey);
    if (previous?.name.key === name.key) {
      this.#takeOver(previous, handle, timeMs);
      return { type: "joined" };
    }
    const holder = this.#byKey.get(name.key) ??
      this.#bySkeleton.get(name.skeleton);
    if (holder !== undefined && holder !== previous) {
      return refused("nameTaken");
    }
    // The same client under another name: its old self has gone.
    if (previous !== undefined) {
      this.#remove(previous, "lost", timeMs);
      this.#close(previous.handle, { type: "replaced" });
    }
    if (this.#members.size >= this.#options.limits.members) {
      return refused("roomFull");
    }
    const author = this.#departed.get(instanceKey) ??
      new Author(instanceKey, this.#rate, nowUs);
    this.#departed.delete(instanceKey);
    this.#add(newMember(handle, name, author));
    return { type: "joined" };
  }

  /**
   * Takes bytes from a member. What breaks the protocol ends that member's
   * connection; bytes of a member that is gone are ignored.
   *
   * @param data Whose and which.
   */
  handleData(data: MemberData): void {
    const member = this.#members.get(data.member);
    if (member === undefined) return;
    try {
      for (const body of member.deframer.push(data.bytes)) {
        this.#handleMessage(member, body, data);
        if (!this.#members.has(member.handle)) return;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#remove(member, "lost", data.timeMs);
      const reason = error.message;
      this.#close(member.handle, { type: "chatProtocol", reason });
    }
  }

  /**
   * Takes note that a member's connection is gone. Does nothing if the member
   * is out of the room already.
   *
   * @param member Whose.
   * @param reason What to tell the others.
   * @param timeMs The wall clock.
   */
  leave(member: number, reason: LeaveReason, timeMs: number): void {
    const leaving = this.#members.get(member);
    if (leaving !== undefined) this.#remove(leaving, reason, timeMs);
  }

  /** Closes every member's connection and lets nobody in any more. */
  stop(): void {
    this.#isStopped = true;
    for (const handle of this.#members.keys()) {
      this.#close(handle, { type: "serverStopped" });
    }
    this.#members.clear();
    this.#byKey.clear();
    this.#bySkeleton.clear();
    this.#byInstance.clear();
    this.#audience.clear();
  }

  /**
   * Gives the next thing to do.
   *
   * @returns The output; undefined if there is none until the next input.
   */
  pollOutput(): ChatServerOutput | undefined {
    const output = this.#outputs[this.#polled++];
    if (output === undefined) {
      this.#outputs = [];
      this.#polled = 0;
    }
    return output;
  }

  #handleMessage(member: Member, body: Uint8Array, data: MemberData): void {
    const message = decodeClientMessage(body);
    if (member.isSynced === (message.type === "sync")) {
      throw new ProtocolError("sync comes first, and once");
    }
    switch (message.type) {
      case "sync":
        this.#handleSync(member, message, data.timeMs);
        return;
      case "send":
        this.#handleSend(member, message, data);
        return;
      case "leave":
        this.#remove(member, "quit", data.timeMs);
        this.#close(member.handle, { type: "quit" });
        return;
    }
  }

  #handleSync(member: Member, sync: SyncMessage, timeMs: number): void {
    const { room, epochId, openRoom, limits } = this.#options;
    const history = this.#history;
    const isKnown = equalBytes(sync.epochId, epochId);
    if (isKnown && sync.lastSequence > history.lastSequence) {
      throw new ProtocolError("sync is ahead of the room");
    }
    const resumeAfter = Math.max(
      history.firstSequence - 1,
      isKnown ? sync.lastSequence : 0,
    );
    if (!member.isAnnounced) {
      const { text: name } = member.name;
      this.#broadcast({ type: "joined", name, timeMs });
      this.#notice({ type: "joined", name, timeMs });
    }
    member.isSynced = true;
    member.isAnnounced = true;
    this.#audience.add(member.handle);
    this.#sendTo(member, {
      type: "welcome",
      room,
      self: member.name.text,
      epochId,
      resumeAfter,
      lastSequence: history.lastSequence,
      openRoom,
      messageCharacters: limits.messageCharacters,
      messageBurst: limits.messageBurst,
      messagesPerSecond: limits.messagesPerSecond,
      members: this.#announcedNames(),
    });
    this.#sendHistory(member, resumeAfter);
  }

  /** Sends what a member missed: its own messages as `stored`. */
  #sendHistory(member: Member, resumeAfter: number): void {
    const to = [member.handle];
    const { lastSequence } = this.#history;
    for (let at = resumeAfter + 1; at <= lastSequence; at++) {
      const { authorKey, stored, bytes } = this.#history.at(at);
      if (authorKey === member.author.instanceKey) {
        this.#sendTo(member, stored);
      } else {
        this.#outputs.push({ type: "send", to, bytes });
      }
    }
  }

  #handleSend(member: Member, send: SendMessage, data: MemberData): void {
    const { author } = member;
    const { id, text } = send;
    const recent = author.findRecent(id);
    if (recent !== undefined) {
      // One that is not published yet is answered when it is.
      if (recent.stored !== undefined) this.#sendTo(member, recent.stored);
      return;
    }
    const refusal = this.#checkSend(author, text, data.nowUs);
    if (refusal !== undefined) {
      this.#refuse(member, { id, refusal, timeMs: data.timeMs });
      return;
    }
    author.bucket.take(data.nowUs);
    author.isFlooding = false;
    this.#publish(this.#accept(member, send, data.timeMs));
  }

  #refuse(
    member: Member,
    { id, refusal, timeMs }: {
      readonly id: Uint8Array;
      readonly refusal: SendRefusal;
      readonly timeMs: number;
    },
  ): void {
    const { author, name } = member;
    this.#sendTo(member, { type: "refused", id, refusal });
    const isFlooding = refusal.code === "tooFast";
    if (!isFlooding || !author.isFlooding) {
      const { text } = name;
      this.#notice({ type: "messageRefused", author: text, refusal, timeMs });
    }
    author.isFlooding = isFlooding;
  }

  #checkSend(
    author: Author,
    text: string,
    nowUs: number,
  ): SendRefusal | undefined {
    const { messageCharacters: limitCharacters } = this.#options.limits;
    if (text.trim() === "") return { code: "empty" };
    if (
      text.length > limitCharacters && countCharacters(text) > limitCharacters
    ) return { code: "tooLong", limitCharacters };
    const waitUs = author.bucket.waitUs(nowUs);
    if (waitUs === 0) return undefined;
    return {
      code: "tooFast",
      retryAfterSeconds: Math.ceil(waitUs / US_PER_S),
    };
  }

  /** Gives a message its place. Nobody learns of it until it is published. */
  #accept(
    member: Member,
    { id, text }: SendMessage,
    timeMs: number,
  ): AcceptedMessage {
    const sequence = ++this.#acceptedSequence;
    const { author, name } = member;
    author.addRecent(id);
    return {
      stored: { type: "stored", id, sequence, timeMs },
      author,
      authorName: name.text,
      text,
    };
  }

  /**
   * Shows a message to everybody and tells its author. Apart from
   * {@linkcode ChatServer.#accept}, because what is shown must be durable where
   * a store keeps the history.
   */
  #publish(message: AcceptedMessage): void {
    const { author, authorName, text } = message;
    const { id, sequence, timeMs } = message.stored;
    const writer = this.#byInstance.get(author.instanceKey);
    const to: number[] = [];
    for (const handle of this.#audience) {
      if (handle !== writer?.handle) to.push(handle);
    }
    const bytes = frameMessage(encodeServerMessage({
      type: "message",
      sequence,
      id,
      author: authorName,
      text,
      timeMs,
    }));
    const forwardedTo = to.length;
    if (forwardedTo > 0) this.#outputs.push({ type: "send", to, bytes });
    const stored: StoredMessage = { ...message.stored, forwardedTo };
    author.setStored(stored);
    this.#history.add({ stored, authorKey: author.instanceKey, bytes });
    // An author that is coming back learns it after its sync.
    if (writer?.isSynced) this.#sendTo(writer, stored);
    this.#notice({
      type: "message",
      sequence,
      author: authorName,
      text,
      timeMs,
      forwardedTo,
    });
  }

  #takeOver(previous: Member, handle: number, timeMs: number): void {
    const { name, author, isAnnounced } = previous;
    this.#members.delete(previous.handle);
    this.#audience.delete(previous.handle);
    this.#add({ ...newMember(handle, name, author), isAnnounced });
    this.#close(previous.handle, { type: "replaced" });
    this.#notice({ type: "returned", name: name.text, timeMs });
  }

  #add(member: Member): void {
    this.#members.set(member.handle, member);
    this.#byKey.set(member.name.key, member);
    this.#bySkeleton.set(member.name.skeleton, member);
    this.#byInstance.set(member.author.instanceKey, member);
  }

  #remove(member: Member, reason: LeaveReason, timeMs: number): void {
    const { handle, name, author } = member;
    this.#members.delete(handle);
    this.#byKey.delete(name.key);
    this.#bySkeleton.delete(name.skeleton);
    this.#byInstance.delete(author.instanceKey);
    this.#audience.delete(handle);
    this.#departed.set(author.instanceKey, author);
    if (this.#departed.size > MAX_DEPARTED_AUTHORS) {
      const [longestGone] = this.#departed.keys();
      this.#departed.delete(longestGone!);
    }
    if (!member.isAnnounced) return;
    this.#broadcast({ type: "left", name: name.text, reason, timeMs });
    this.#notice({ type: "left", name: name.text, reason, timeMs });
  }

  #announcedNames(): string[] {
    const names: string[] = [];
    for (const member of this.#byKey.values()) {
      if (member.isAnnounced) names.push(member.name.text);
    }
    return names;
  }

  #broadcast(message: ServerMessage): void {
    if (this.#audience.size === 0) return;
    const to = Array.from(this.#audience);
    const bytes = frameMessage(encodeServerMessage(message));
    this.#outputs.push({ type: "send", to, bytes });
  }

  #sendTo(member: Member, message: ServerMessage): void {
    const bytes = frameMessage(encodeServerMessage(message));
    this.#outputs.push({ type: "send", to: [member.handle], bytes });
  }

  #close(member: number, close: ChatClose): void {
    this.#outputs.push({ type: "close", member, close });
  }

  #notice(notice: ChatServerNotice): void {
    this.#outputs.push({ type: "notice", notice });
  }
}

interface Member {
  readonly handle: number;
  readonly name: MemberName;
  readonly author: Author;
  readonly deframer: MessageDeframer;
  /** Whether it is sent what is said. */
  isSynced: boolean;
  /** Whether the others know of it; stays over a takeover. */
  isAnnounced: boolean;
}

function newMember(handle: number, name: MemberName, author: Author): Member {
  return {
    handle,
    name,
    author,
    deframer: new MessageDeframer(MAX_CLIENT_MESSAGE_BYTES),
    isSynced: false,
    isAnnounced: false,
  };
}

function refused(
  type: "serverStopped" | "nameTaken" | "roomFull",
): JoinAnswer {
  return { type: "refused", close: { type } };
}
