import { assert } from "../base/assert.ts";
import { equalBytes } from "../base/bytes.ts";
import {
  decodeClientMessage,
  type LeaveReason,
  type ServerMessage,
  type SyncMessage,
} from "./chat_message.ts";
import type { WelcomeMessage } from "./welcome_message.ts";
import type { InputTime, MemberData } from "./chat_server_input.ts";
import {
  type ChatServerNotice,
  publishedNotice,
} from "./chat_server_output.ts";
import {
  checkChatLimits,
  EPOCH_ID_BYTES,
  MAX_CLIENT_MESSAGE_BYTES,
} from "./limits.ts";
import { MessageDeframer } from "./message_deframer.ts";
import type { OutputQueue } from "./output_queue.ts";
import type { Person, PersonKey } from "./person.ts";
import { ProtocolError } from "./protocol_error.ts";
import { handleOfLookup, RoomActs, type UnstoredAct } from "./room_acts.ts";
import { RoomFeed } from "./room_feed.ts";
import type { LogFound } from "./room_find.ts";
import type { EnterOptions, RoomOptions } from "./room_input.ts";
import { DEFAULT_ROOM_ID } from "./room_kind.ts";
import type { LogEvent } from "./room_log.ts";
import { type GateState, RoomGate } from "./room_gate.ts";
import { RoomReceipts } from "./room_receipts.ts";
import { RoomRequests } from "./room_requests.ts";
import { type Member, newMember, Roster } from "./roster.ts";

/**
 * One room, without I/O (docs/PROTOCOL.md section 7). Who may enter is decided
 * before. After any call its outputs are in the queue that it was made with, in
 * the order in which they must happen.
 *
 * A member enters with its stream, and is announced when its `sync` arrives,
 * unless the same person is here already. Then it is sent the welcome, what it
 * missed, and everything after that, so its stream has every sequence number
 * once and in order: `stored` for its own acts, `event` for those of others.
 *
 * A message is shown to nobody before the log has it: it is accepted, appended
 * (`append`, {@linkcode Room.handleAppended}) and only then published. If
 * the log falls behind, members are paused rather than refused.
 *
 * What a member asks beside it is answered by {@linkcode RoomRequests}, some of
 * it from the log (`find`, {@linkcode ChatServer.handleFound}).
 *
 * What a member missed goes out in pages ({@linkcode RoomFeed}): from memory or
 * from the log (`load`, {@linkcode Room.handleLoaded}), each when the one
 * before it is on its way (`drain`, {@linkcode Room.handleDrained}).
 */
export class Room {
  readonly #options: RoomOptions;
  readonly #outputs: OutputQueue;
  readonly #feed: RoomFeed;
  readonly #roster = new Roster();
  readonly #requests: RoomRequests;
  readonly #acts: RoomActs;
  readonly #gate: RoomGate;
  readonly #receipts: RoomReceipts;
  /** What the room is about, as far as it is published. */
  #topic: string;
  #isStopped = false;
  /** Members whose messages wait, the longest waiting first. */
  readonly #paused = new Set<Member>();

  /**
   * Creates a room without members.
   *
   * @param options The room.
   * @throws {RangeError} If a limit is out of range.
   */
  constructor(options: RoomOptions) {
    const { roomId, log, outputs } = options;
    assert(log.epochId.length === EPOCH_ID_BYTES, "epoch ID length");
    const limits = checkChatLimits(options.limits);
    this.#options = options;
    this.#outputs = outputs;
    this.#feed = new RoomFeed({ roomId, log, limits, outputs });
    const roster = this.#roster;
    this.#receipts = new RoomReceipts(options, roster);
    this.#requests = new RoomRequests(options, {
      roster,
      receipts: this.#receipts,
    });
    this.#gate = new RoomGate(options);
    this.#acts = new RoomActs(options, {
      roster,
      feed: this.#feed,
      gate: this.#gate,
    });
    this.#topic = log.topic;
  }

  /** Whether nobody is in it and nothing waits: it may be forgotten. */
  get isIdle(): boolean {
    return this.#roster.size === 0 && this.isSettled;
  }

  /** How many persons are there, as the others know. */
  get presentCount(): number {
    return this.#roster.announced().length;
  }

  /** The newest message that is published. */
  get lastSequence(): number {
    return this.#feed.lastSequence;
  }

  /** Whether all that was accepted is published. */
  get isSettled(): boolean {
    return this.#acts.isSettled;
  }

  /**
   * Lets a client in. One that comes back while its old stream lingers takes its
   * own place, and the others notice nothing.
   *
   * @param options Who.
   */
  enter(options: EnterOptions): void {
    const { member: handle, person, authorKey, nowUs, timeMs } = options;
    assert(
      this.#roster.get(handle) === undefined,
      "a member handle is used once",
    );
    const previous = this.#roster.byAuthor(authorKey);
    assert(
      previous === undefined || previous.person === person,
      "who is another person left before",
    );
    const author = previous?.author ??
      this.#acts.authorOf(authorKey, nowUs);
    const deframer = options.deframer ??
      new MessageDeframer(MAX_CLIENT_MESSAGE_BYTES);
    const member = newMember({ handle, person, author, deframer });
    if (previous === undefined) this.#roster.add(member);
    else this.#takeOver(previous, member, timeMs);
  }

  /**
   * Takes note that a member's connection is gone and another one of the same
   * client there, which may enter: until then the others notice nothing.
   *
   * @param member Whose.
   */
  detach(member: number): void {
    const detached = this.#roster.get(member);
    if (detached === undefined) return;
    detached.resumeAfter = undefined;
    detached.waiting.length = 0;
    this.#feed.remove(member);
    this.#paused.delete(detached);
  }

  /**
   * Lets only moderators say something, or everybody; and sets the least time
   * between two messages of one person.
   *
   * @param gate How it is from now on.
   */
  changeGate({ isLocked, slowSeconds }: GateState): void {
    this.#gate.isLocked = isLocked;
    this.#gate.slowSeconds = slowSeconds;
    this.#broadcast({ type: "roomChanged", isLocked, slowSeconds });
  }

  /** Takes no more acts: the room is to be archived. */
  archive(): void {
    this.#gate.isArchived = true;
  }

  /**
   * Takes bytes from a member. What breaks the protocol ends that member's
   * connection; bytes of a member that is gone are ignored.
   *
   * @param data Whose and which.
   */
  handleData(data: MemberData): void {
    const member = this.#roster.get(data.member);
    if (member === undefined || this.#isStopped) return;
    try {
      this.#handleBodies(member, member.deframer.push(data.bytes), data);
    } catch (error) {
      this.#handleViolation(member, error, data.timeMs);
    }
  }

  /**
   * Takes messages that came with the one that let a member in.
   *
   * @param member Whose.
   * @param bodies The messages.
   * @param time When.
   */
  handleBodies(
    member: number,
    bodies: readonly Uint8Array[],
    time: InputTime,
  ): void {
    const entered = this.#roster.get(member)!;
    try {
      this.#handleBodies(entered, bodies, time);
    } catch (error) {
      this.#handleViolation(entered, error, time.timeMs);
    }
  }

  #handleBodies(
    member: Member,
    bodies: readonly Uint8Array[],
    time: InputTime,
  ): void {
    const { waiting } = member;
    for (const body of bodies) {
      const isHandled = waiting.length === 0 &&
        this.#handleMessage(member, body, time);
      if (this.#roster.get(member.handle) === undefined) return;
      if (!isHandled) waiting.push(body);
    }
    if (waiting.length > 0) this.#paused.add(member);
  }

  /**
   * Tells whether messages of a member wait, so that no more of its stream
   * should be read until the output `resume`.
   *
   * @param member Whose.
   * @returns Whether it is paused.
   */
  isPaused(member: number): boolean {
    const reader = this.#roster.get(member);
    return reader !== undefined && this.#paused.has(reader);
  }

  /**
   * Takes note that the log has messages: they are published.
   *
   * @param throughSequence All up to this one are durable.
   * @param time When.
   */
  handleAppended(throughSequence: number, time: InputTime): void {
    this.#publish(this.#acts.takeStored(throughSequence));
    for (const member of this.#paused) this.#resume(member, time);
  }

  /**
   * Takes a page of the log.
   *
   * @param loadId As asked for with `load`.
   * @param events Ascending and without a gap.
   * @param time When.
   */
  handleLoaded(
    loadId: number,
    events: readonly LogEvent[],
    time: InputTime,
  ): void {
    if (loadId < 0) {
      const member = this.#roster.get(handleOfLookup(loadId));
      if (member?.lookup === undefined) return;
      this.#acts.handleLookup(member, events);
      return this.#resume(member, time);
    }
    const member = this.#roster.get(loadId);
    if (member === undefined) return;
    if (this.#feed.handleLoaded(loadId, events)) return;
    this.#options.onEnd({
      member: loadId,
      reason: "lost",
      close: { type: "tooSlow" },
      timeMs: time.timeMs,
    });
  }

  /**
   * Takes note that a member has taken what it was sent.
   *
   * @param member Who, as asked for with `drain`.
   */
  handleDrained(member: number): void {
    this.#feed.handleDrained(member);
  }

  /**
   * Takes what the log has of an author's messages.
   *
   * @param authorKey As asked for with `recall`.
   * @param events The newest ones, ascending.
   * @param time When.
   */
  handleRecalled(
    authorKey: string,
    events: readonly LogEvent[],
    time: InputTime,
  ): void {
    const author = this.#acts.knownAuthor(authorKey);
    if (author === undefined || author.isRecalled) return;
    author.recall(events);
    const member = this.#roster.byAuthor(authorKey);
    if (member !== undefined && this.#paused.has(member)) {
      this.#resume(member, time);
    }
  }

  /**
   * Takes what the log found for a member.
   *
   * @param findId As asked for with `find`.
   * @param found What it has.
   */
  handleFound(findId: number, found: LogFound): void {
    this.#requests.handleFound(findId, found);
  }

  /** See {@linkcode RoomReceipts.handleKnown}. */
  handleKnown(person: PersonKey, read: number): void {
    this.#receipts.handleKnown(person, read);
  }

  /** See {@linkcode RoomReceipts.readSequence}. */
  readSequenceOf(person: Person): number {
    return this.#receipts.readSequence(person);
  }

  /** See {@linkcode RoomReceipts.nextTimeoutUs}. */
  nextTimeoutUs(): number | undefined {
    return this.#receipts.nextTimeoutUs();
  }

  /** See {@linkcode RoomReceipts.handleTimeout}. */
  handleTimeout(nowUs: number): void {
    this.#receipts.handleTimeout(nowUs);
  }

  /**
   * Takes note that the log keeps less.
   *
   * @param firstSequence The oldest message it still has.
   */
  handleTrimmed(firstSequence: number): void {
    this.#feed.handleTrimmed(firstSequence);
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
    const leaving = this.#roster.get(member);
    if (leaving !== undefined) this.#remove(leaving, reason, timeMs);
  }

  /**
   * Tells the members that somebody is another now.
   *
   * @param person Who.
   * @param oldName The name until now.
   */
  handlePersonChanged(person: Person, oldName: string): void {
    if (!this.#roster.isAnnounced(person)) return;
    const { name, role, isAway } = person;
    this.#broadcast({
      type: "memberChanged",
      name: oldName,
      newName: name.text,
      role,
      isAway,
    });
  }

  /**
   * Takes note that somebody's key is another one now.
   *
   * @param key The new key.
   * @param oldKey The key until now.
   */
  rekey(key: PersonKey, oldKey: PersonKey): void {
    this.#receipts.rekey(key, oldKey);
    this.#gate.rekey(key, oldKey);
  }

  /** Takes no more messages. What was accepted is published as ever. */
  stop(): void {
    this.#isStopped = true;
    this.#receipts.stop();
  }

  /** Forgets all members, and tells nobody. */
  clear(): void {
    for (const handle of this.#roster.handles()) this.#feed.remove(handle);
    this.#roster.clear();
    this.#paused.clear();
  }

  /** Puts a member out that broke the protocol. */
  #handleViolation(member: Member, error: unknown, timeMs: number): void {
    if (!(error instanceof ProtocolError)) throw error;
    this.#options.onEnd({
      member: member.handle,
      reason: "lost",
      close: { type: "chatProtocol", reason: error.message },
      timeMs,
    });
  }

  /** Handles what waits of a paused member, until one has to wait again. */
  #resume(member: Member, time: InputTime): void {
    if (this.#isStopped) return;
    const { handle, waiting } = member;
    let handled = 0;
    try {
      for (const body of waiting) {
        if (!this.#handleMessage(member, body, time)) break;
        if (this.#roster.get(handle) === undefined) return;
        handled++;
      }
    } catch (error) {
      this.#handleViolation(member, error, time.timeMs);
      return;
    }
    waiting.splice(0, handled);
    if (waiting.length > 0) return;
    this.#paused.delete(member);
    this.#outputs.push({ type: "resume", member: handle });
  }

  /** Handles a message; false if it has to wait, and what comes after it. */
  #handleMessage(
    member: Member,
    body: Uint8Array,
    time: InputTime,
  ): boolean {
    const message = decodeClientMessage(body);
    if ((member.resumeAfter === undefined) !== (message.type === "sync")) {
      throw new ProtocolError("sync comes first, and once");
    }
    switch (message.type) {
      case "sync":
        this.#handleSync(member, message, time.timeMs);
        return true;
      case "act":
        return this.#acts.handleAct(member, message, time);
      case "enter":
        throw new ProtocolError("enter comes first, and not on stream 0");
      case "leave":
        if (this.#options.roomId !== DEFAULT_ROOM_ID) {
          throw new ProtocolError("leave is for stream 0");
        }
        // Its last words come before the others are told that it left.
        if (!member.author.isAnswered) return false;
        this.#options.onEnd({
          member: member.handle,
          reason: "quit",
          close: { type: "quit" },
          timeMs: time.timeMs,
        });
        return true;
      case "request":
        this.#requests.handleRequest(member, message, {
          ...time,
          lastSequence: this.#feed.lastSequence,
        });
        return true;
      case "position":
        this.#receipts.handlePosition(member, message);
        return true;
    }
  }

  #handleSync(member: Member, sync: SyncMessage, timeMs: number): void {
    const { log: { epochId } } = this.#options;
    const isKnown = equalBytes(sync.epochId, epochId);
    if (isKnown && sync.lastSequence > this.#feed.lastSequence) {
      throw new ProtocolError("sync is ahead of the room");
    }
    const resumeAfter = this.#feed.resumeAfter(
      isKnown ? sync.lastSequence : undefined,
    );
    const { handle, person, author } = member;
    if (!this.#roster.isAnnounced(person)) {
      const { name: { text: name }, role } = person;
      this.#broadcast({ type: "joined", name, role, timeMs });
      this.#notice({ type: "joined", name, timeMs });
    }
    member.announcedMs ??= timeMs;
    member.resumeAfter = resumeAfter;
    this.#receipts.enter(member);
    this.#sendTo(member, this.#welcome(person, resumeAfter));
    this.#options.onWelcomed(handle);
    this.#feed.add({ handle, authorKey: author.key, after: resumeAfter });
  }

  #welcome(person: Person, resumeAfter: number): WelcomeMessage {
    const { roomId, kind, log, openRoom, limits } = this.#options;
    return {
      type: "welcome",
      room: this.#options.nameFor(person),
      self: person.name.text,
      epochId: log.epochId,
      resumeAfter,
      lastSequence: this.#feed.lastSequence,
      openRoom,
      topic: this.#topic,
      messageCharacters: limits.messageCharacters,
      messageBurst: limits.messageBurst,
      messagesPerSecond: limits.messagesPerSecond,
      roomId,
      kind,
      accountId: person.accountId,
      role: person.role,
      isLocked: this.#gate.isLocked,
      slowSeconds: this.#gate.slowSeconds,
      readSequence: this.#receipts.readSequence(person),
      members: this.#roster.announced(),
    };
  }

  /** Shows durable messages to everybody and tells their authors. */
  #publish(messages: readonly UnstoredAct[]): void {
    const group = messages.map(({ event, author, person }) => {
      // Who came back is another person object.
      const writer = this.#roster.byAuthor(author.key);
      const own = this.#roster.membersOf(writer?.person ?? person);
      return { event, writer: writer?.handle, own };
    });
    for (const [index, { stored }] of this.#feed.publish(group).entries()) {
      const { event, author } = messages[index]!;
      author.setStored(stored);
      this.#acts.handlePublished(event);
      this.#receipts.handlePublished(event);
      if (event.act.type === "topic") this.#topic = event.act.text;
      this.#notice(publishedNotice(event, stored.forwardedTo));
    }
  }

  #takeOver(previous: Member, next: Member, timeMs: number): void {
    next.announcedMs = previous.announcedMs;
    this.#roster.replace(previous, next);
    this.#feed.remove(previous.handle);
    this.#paused.delete(previous);
    const { text: name } = next.person.name;
    this.#notice({ type: "returned", name, timeMs });
  }

  #remove(member: Member, reason: LeaveReason, timeMs: number): void {
    const { text: name } = member.person.name;
    this.#roster.remove(member);
    this.#receipts.leave(member);
    this.#feed.remove(member.handle);
    this.#paused.delete(member);
    const isLast = !this.#roster.isAnnounced(member.person);
    if (member.announcedMs === undefined || !isLast) return;
    this.#broadcast({ type: "left", name, reason, timeMs });
    this.#notice({ type: "left", name, reason, timeMs });
  }

  /** Tells all who were welcomed, also those that are still behind. */
  #broadcast(message: ServerMessage): void {
    const to = this.#roster.welcomedHandles();
    if (to.length > 0) this.#outputs.send(to, message);
  }

  #sendTo(member: Member, message: ServerMessage): void {
    this.#outputs.send([member.handle], message);
  }

  #notice(notice: ChatServerNotice): void {
    if (!this.#options.isTold) return;
    this.#outputs.push({ type: "notice", notice });
  }
}
