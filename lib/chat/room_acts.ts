import { assert } from "../base/assert.ts";
import { US_PER_S } from "../base/time.ts";
import type { Rate } from "../base/token_bucket.ts";
import type { ActRefusal } from "./act_refusal.ts";
import { ActRules } from "./act_rules.ts";
import { Author, type RecentMessage } from "./author.ts";
import type { ActMessage } from "./chat_message.ts";
import type { InputTime } from "./chat_server_input.ts";
import {
  MAX_UNACKNOWLEDGED_MESSAGES,
  MAX_UNSTORED_MESSAGES,
} from "./limits.ts";
import type { OutputQueue } from "./output_queue.ts";
import { isSamePerson, type Person } from "./person.ts";
import type { RoomFeed } from "./room_feed.ts";
import type { RoomGate } from "./room_gate.ts";
import type { RoomGuard } from "./room_guard.ts";
import type { RoomOptions } from "./room_input.ts";
import type { LogEvent } from "./room_log.ts";
import type { Member, Roster } from "./roster.ts";

/** An act that has its place in the order, but may not be shown yet. */
export interface UnstoredAct {
  /** What it becomes. */
  readonly event: LogEvent;
  /** The client. */
  readonly author: Author;
  /** Whose it was then. */
  readonly person: Person;
}

/** The parts of a room that acts go through. */
export interface RoomParts {
  /** Who is in it. */
  readonly roster: Roster;
  /** What is published. */
  readonly feed: RoomFeed;
  /** Who may say something. */
  readonly gate: RoomGate;
}

/**
 * Takes the acts of a room's members: each gets its place in the order, and
 * waits there until the log has it; or is refused.
 */
export class RoomActs {
  readonly #roomId: number;
  readonly #isTold: boolean;
  readonly #outputs: OutputQueue;
  readonly #rate: Rate;
  readonly #rules: ActRules;
  readonly #roster: Roster;
  readonly #feed: RoomFeed;
  readonly #gate: RoomGate;
  readonly #guard: RoomGuard;
  /** The newest act that has a place. */
  #acceptedSequence: number;
  /** Accepted and not published yet, in order. */
  readonly #unstored: UnstoredAct[] = [];

  /**
   * Takes acts for a room.
   *
   * @param options The room.
   * @param parts What they go through.
   */
  constructor(options: RoomOptions, { roster, feed, gate }: RoomParts) {
    const { roomId, isTold, outputs, limits, log } = options;
    this.#roomId = roomId;
    this.#isTold = isTold;
    this.#outputs = outputs;
    this.#roster = roster;
    this.#feed = feed;
    this.#gate = gate;
    this.#guard = options.guard;
    this.#acceptedSequence = log.lastSequence;
    // A client paces what it sends. Of that at most its window can arrive
    // bunched together, so who keeps to the announced rate is never refused.
    this.#rate = {
      burst: limits.messageBurst + MAX_UNACKNOWLEDGED_MESSAGES,
      count: limits.messagesPerSecond,
      periodUs: US_PER_S,
    };
    this.#rules = new ActRules(limits, log.recent);
  }

  /** Whether all that was accepted is published. */
  get isSettled(): boolean {
    return this.#unstored.length === 0;
  }

  /**
   * Looks for an author: of a member, of somebody who left, or of what is not
   * stored.
   *
   * @param key Which client.
   * @returns The author, if it is known.
   */
  knownAuthor(key: string): Author | undefined {
    return this.#roster.authorOf(key) ??
      this.#unstored.find(({ author }) => author.key === key)?.author;
  }

  /**
   * Gives the author of a client that comes in. What it wrote at an earlier
   * start of the server is in the log.
   *
   * @param authorKey Which client.
   * @param nowUs The monotonic time.
   * @returns Its author.
   */
  authorOf(authorKey: string, nowUs: number): Author {
    const known = this.knownAuthor(authorKey);
    if (known !== undefined) return known;
    const author = new Author(authorKey, this.#rate, nowUs);
    if (this.#acceptedSequence === 0) {
      author.recall([]);
    } else {
      const limit = MAX_UNACKNOWLEDGED_MESSAGES;
      const recall = { roomId: this.#roomId, authorKey, limit };
      this.#outputs.push({ type: "recall", recall });
    }
    return author;
  }

  /**
   * Takes an act: it gets its place, or is refused, or has to wait.
   *
   * @param member Whose.
   * @param message The act.
   * @param time When.
   * @returns False if it has to wait, and what comes after it.
   */
  handleAct(member: Member, message: ActMessage, time: InputTime): boolean {
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
    const { person } = member;
    let refusal: ActRefusal | undefined = this.#rules.checkContent(act) ??
      this.#guard.checkAct(person, act, time.timeMs) ??
      this.#gate.check(act, person, time.nowUs) ??
      checkRate(author, time.nowUs);
    if (refusal === undefined) {
      const missing = this.#rules.missingTarget(act, this.#feed);
      if (missing !== undefined) return this.#lookUp(member, missing);
      refusal = this.#rules.checkTarget(act, {
        authorKey: author.key,
        accountId: person.accountId,
        mayRemove: (other) => this.#guard.mayRemove(person, other),
      }, this.#feed);
    }
    if (refusal === undefined) {
      // What is refused is not counted: its resend is not recognised.
      author.bucket.take(time.nowUs);
      author.isFlooding = false;
      this.#gate.handleAccepted(act, person, time.nowUs);
      this.#accept(member, message, time.timeMs);
    } else this.#refuse(member, { id, refusal, timeMs: time.timeMs });
    return true;
  }

  /** Asks the log what an act is about; it waits for that. */
  #lookUp(member: Member, sequence: number): false {
    member.lookup = sequence;
    const loadId = lookupIdOf(member.handle);
    const load = {
      roomId: this.#roomId,
      loadId,
      after: sequence - 1,
      limit: 1,
      withReactions: true,
    };
    this.#outputs.push({ type: "load", load });
    return false;
  }

  /**
   * Takes what the log has of the message that an act is about.
   *
   * @param member Whose act waits for it.
   * @param events What the log has at that place, and the reactions to it.
   */
  handleLookup(member: Member, events: readonly LogEvent[]): void {
    // What is accepted and not stored the log may not have. What it has may be
    // applied again: the last word of each name about each emoji counts.
    const unstored = this.#unstored.map(({ event }) => event);
    this.#rules.handleLookup(member.lookup!, [...events, ...unstored]);
    member.lookup = undefined;
  }

  /**
   * After `resumeAfter` the member's stream has every message, its own ones as
   * `stored`: only what is older needs an answer of its own.
   */
  #answerResend(member: Member, { stored }: RecentMessage): void {
    if (stored === undefined || stored.sequence > member.resumeAfter!) return;
    this.#outputs.send([member.handle], stored);
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
    this.#outputs.send([member.handle], { type: "refused", id, refusal });
    const isFlooding = refusal.code === "tooFast";
    if (this.#isTold && (!isFlooding || !author.isFlooding)) {
      const { text } = name;
      const notice = { author: text, refusal, timeMs };
      this.#outputs.push({
        type: "notice",
        notice: { type: "messageRefused", ...notice },
      });
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
    const target = act.type === "remove"
      ? this.#rules.authorOf(act.target)
      : undefined;
    const roomId = this.#roomId;
    const isOfOthers = target !== undefined && !isSamePerson(target, event);
    const audit = act.type === "remove" && isOfOthers
      ? this.#guard.auditOfRemoval(person, roomId, act.target, timeMs)
      : undefined;
    this.#rules.handleAccepted(event);
    this.#unstored.push({ event, author, person });
    this.#outputs.push({ type: "append", roomId, event, audit });
  }

  /**
   * Takes the acts that the log has now.
   *
   * @param throughSequence All up to this one are durable.
   * @returns Those that were not published yet, in order.
   */
  takeStored(throughSequence: number): UnstoredAct[] {
    assert(throughSequence <= this.#acceptedSequence, "nobody appended that");
    return this.#unstored.splice(0, throughSequence - this.#feed.lastSequence);
  }

  /**
   * Takes note that an act was published.
   *
   * @param event What it became.
   */
  handlePublished(event: LogEvent): void {
    this.#rules.handlePublished(event);
  }
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

/**
 * Gives the member for whom something was looked up.
 *
 * @param lookupId The ID of the load.
 * @returns Its handle.
 */
export function handleOfLookup(lookupId: number): number {
  return -1 - lookupId;
}
