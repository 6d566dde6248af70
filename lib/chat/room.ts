import { assert } from "../base/assert.ts";
import { equalBytes } from "../base/bytes.ts";
import { US_PER_S } from "../base/time.ts";
import { ActRules } from "./act_rules.ts";
import { Author, type RecentMessage } from "./author.ts";
import {
  type ActMessage,
  type ActRefusal,
  decodeClientMessage,
  type LeaveReason,
  type ServerMessage,
  type SyncMessage,
  type WelcomeMessage,
} from "./chat_message.ts";
import type { InputTime, MemberData } from "./chat_server_input.ts";
import {
  type ChatServerNotice,
  publishedNotice,
} from "./chat_server_output.ts";
import {
  checkChatLimits,
  EPOCH_ID_BYTES,
  MAX_UNACKNOWLEDGED_MESSAGES,
  MAX_UNSTORED_MESSAGES,
} from "./limits.ts";
import type { OutputQueue } from "./output_queue.ts";
import type { Person } from "./person.ts";
import { ProtocolError } from "./protocol_error.ts";
import { RoomFeed } from "./room_feed.ts";
import type { LogFound } from "./room_find.ts";
import type { EnterOptions, RoomOptions } from "./room_input.ts";
import type { LogEvent } from "./room_log.ts";
import { RoomRequests } from "./room_requests.ts";
import { type Member, newMember, Roster } from "./roster.ts";
import type { Rate } from "./token_bucket.ts";

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
  readonly #rate: Rate;
  readonly #outputs: OutputQueue;
  readonly #feed: RoomFeed;
  readonly #roster = new Roster();
  readonly #requests: RoomRequests;
  readonly #rules: ActRules;
  /** What the room is about, as far as it is published. */
  #topic: string;
  /** The newest message that has a place. */
  #acceptedSequence: number;
  /** Accepted and not published yet, in order. */
  readonly #unstored: UnstoredMessage[] = [];
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
    const { log, outputs } = options;
    assert(log.epochId.length === EPOCH_ID_BYTES, "epoch ID length");
    const limits = checkChatLimits(options.limits);
    this.#options = options;
    this.#outputs = outputs;
    this.#acceptedSequence = log.lastSequence;
    // A client paces what it sends. Of that at most its window can arrive
    // bunched together, so who keeps to the announced rate is never refused.
    this.#rate = {
      burst: limits.messageBurst + MAX_UNACKNOWLEDGED_MESSAGES,
      count: limits.messagesPerSecond,
      periodUs: US_PER_S,
    };
    this.#feed = new RoomFeed({ log, limits, outputs });
    this.#requests = new RoomRequests(this.#roster, outputs);
    this.#rules = new ActRules(limits, log.recent);
    this.#topic = log.topic;
  }

  /** Whether all that was accepted is published. */
  get isSettled(): boolean {
    return this.#unstored.length === 0;
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
    if (previous !== undefined) {
      assert(previous.person === person, "who is another person left before");
      this.#takeOver(previous, handle, timeMs);
      return;
    }
    const author = this.#knownAuthor(authorKey) ??
      this.#newAuthor(authorKey, nowUs);
    this.#roster.add(newMember({ handle, person, author }));
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
    const { waiting } = member;
    try {
      for (const body of member.deframer.push(data.bytes)) {
        const isHandled = waiting.length === 0 &&
          this.#handleMessage(member, body, data);
        if (this.#roster.get(member.handle) === undefined) return;
        if (!isHandled) waiting.push(body);
      }
      if (waiting.length > 0) this.#paused.add(member);
    } catch (error) {
      this.#handleViolation(member, error, data.timeMs);
    }
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
    const { lastSequence } = this.#feed;
    assert(throughSequence <= this.#acceptedSequence, "nobody appended that");
    const stored = this.#unstored.splice(0, throughSequence - lastSequence);
    this.#publish(stored);
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
    if (loadId < 0) return this.#handleLookup(handleOf(loadId), events, time);
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
    const author = this.#knownAuthor(authorKey);
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

  /** Takes no more messages. What was accepted is published as ever. */
  stop(): void {
    this.#isStopped = true;
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
        return this.#handleAct(member, message, time);
      case "leave":
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
          nowUs: time.nowUs,
          lastSequence: this.#feed.lastSequence,
        });
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
    this.#sendTo(member, this.#welcome(person, resumeAfter));
    this.#feed.add({ handle, authorKey: author.key, after: resumeAfter });
  }

  #welcome(person: Person, resumeAfter: number): WelcomeMessage {
    const { roomId, kind, name, log, openRoom, limits } = this.#options;
    return {
      type: "welcome",
      room: name,
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
      isLocked: false,
      slowSeconds: 0,
      readSequence: 0,
      members: this.#roster.announced(),
    };
  }

  #handleAct(member: Member, message: ActMessage, time: InputTime): boolean {
    const { author, lookup } = member;
    // One question at a time: its answer does not say what it is about.
    if (!author.isRecalled || lookup !== undefined) return false;
    const { id, act } = message;
    const recent = author.findRecent(id);
    if (recent !== undefined) {
      this.#answerResend(member, recent);
      return true;
    }
    if (this.#unstored.length >= MAX_UNSTORED_MESSAGES) return false;
    let refusal = this.#rules.checkContent(act) ??
      checkRate(author, time.nowUs);
    if (refusal === undefined) {
      const missing = this.#rules.missingTarget(act, this.#feed);
      if (missing !== undefined) return this.#lookUp(member, missing);
      refusal = this.#rules.checkTarget(
        act,
        { authorKey: author.key, accountId: member.person.accountId },
        this.#feed,
      );
    }
    if (refusal === undefined) {
      // What is refused is not counted: its resend is not recognised.
      author.bucket.take(time.nowUs);
      author.isFlooding = false;
      this.#accept(member, message, time.timeMs);
    } else this.#refuse(member, { id, refusal, timeMs: time.timeMs });
    return true;
  }

  /** Asks the log what an act is about; it waits for that. */
  #lookUp(member: Member, sequence: number): false {
    member.lookup = sequence;
    const loadId = lookupIdOf(member.handle);
    const load = { loadId, after: sequence - 1, limit: 1 };
    this.#outputs.push({ type: "load", load });
    return false;
  }

  #handleLookup(
    handle: number,
    events: readonly LogEvent[],
    time: InputTime,
  ): void {
    const member = this.#roster.get(handle);
    if (member?.lookup === undefined) return;
    this.#rules.handleLookup(member.lookup, events[0]);
    member.lookup = undefined;
    this.#resume(member, time);
  }

  /**
   * After `resumeAfter` the member's stream has every message, its own ones as
   * `stored`: only what is older needs an answer of its own.
   */
  #answerResend(member: Member, { stored }: RecentMessage): void {
    if (stored === undefined || stored.sequence > member.resumeAfter!) return;
    this.#sendTo(member, stored);
  }

  #refuse(
    member: Member,
    { id, refusal, timeMs }: {
      readonly id: Uint8Array;
      readonly refusal: ActRefusal;
      readonly timeMs: number;
    },
  ): void {
    const { author, person: { name } } = member;
    this.#sendTo(member, { type: "refused", id, refusal });
    const isFlooding = refusal.code === "tooFast";
    if (!isFlooding || !author.isFlooding) {
      const { text } = name;
      this.#notice({ type: "messageRefused", author: text, refusal, timeMs });
    }
    author.isFlooding = isFlooding;
  }

  /** Gives an act its place. Nobody learns of it until it is durable. */
  #accept(member: Member, { id, act }: ActMessage, timeMs: number): void {
    const { author, person } = member;
    const event: LogEvent = {
      sequence: ++this.#acceptedSequence,
      id,
      authorKey: author.key,
      accountId: person.accountId,
      author: person.name.text,
      act,
      timeMs,
    };
    author.addRecent(id);
    this.#rules.handleAccepted(event);
    this.#unstored.push({ event, author, person });
    this.#outputs.push({ type: "append", event });
  }

  /** Shows durable messages to everybody and tells their authors. */
  #publish(messages: readonly UnstoredMessage[]): void {
    const group = messages.map(({ event, author, person }) => {
      const writer = this.#roster.byAuthor(author.key)?.handle;
      return { event, writer, own: this.#roster.membersOf(person) };
    });
    for (const [index, { stored }] of this.#feed.publish(group).entries()) {
      const { event, author } = messages[index]!;
      author.setStored(stored);
      this.#rules.handlePublished(event);
      if (event.act.type === "topic") this.#topic = event.act.text;
      this.#notice(publishedNotice(event, stored.forwardedTo));
    }
  }

  /** The author of a member, of somebody who left, or of what is not stored. */
  #knownAuthor(key: string): Author | undefined {
    return this.#roster.authorOf(key) ??
      this.#unstored.find(({ author }) => author.key === key)?.author;
  }

  /** What it wrote at an earlier start of the server is in the log. */
  #newAuthor(authorKey: string, nowUs: number): Author {
    const author = new Author(authorKey, this.#rate, nowUs);
    if (this.#acceptedSequence === 0) {
      author.recall([]);
    } else {
      const limit = MAX_UNACKNOWLEDGED_MESSAGES;
      this.#outputs.push({ type: "recall", recall: { authorKey, limit } });
    }
    return author;
  }

  #takeOver(previous: Member, handle: number, timeMs: number): void {
    const { person, author, announcedMs } = previous;
    const next = newMember({ handle, person, author });
    this.#roster.replace(previous, { ...next, announcedMs });
    this.#feed.remove(previous.handle);
    this.#paused.delete(previous);
    const { text: name } = person.name;
    this.#notice({ type: "returned", name, timeMs });
  }

  #remove(member: Member, reason: LeaveReason, timeMs: number): void {
    const { text: name } = member.person.name;
    this.#roster.remove(member);
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
    this.#outputs.push({ type: "notice", notice });
  }
}

/** A message that has its place in the order, but may not be shown yet. */
interface UnstoredMessage {
  readonly event: LogEvent;
  readonly author: Author;
  readonly person: Person;
}

function checkRate(author: Author, nowUs: number): ActRefusal | undefined {
  const waitUs = author.bucket.waitUs(nowUs);
  if (waitUs === 0) return undefined;
  return { code: "tooFast", retryAfterSeconds: Math.ceil(waitUs / US_PER_S) };
}

/** Loads for look-ups have negative IDs, those of pages the member's handle. */
function lookupIdOf(handle: number): number {
  return -1 - handle;
}

function handleOf(lookupId: number): number {
  return -1 - lookupId;
}
