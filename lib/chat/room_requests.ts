import { US_PER_S } from "../base/time.ts";
import type { RequestMessage } from "./chat_message.ts";
import {
  MAX_ANSWER_TEXT_BYTES,
  MAX_OPEN_REQUESTS,
  MAX_TIME_MS,
  MAX_WAITING_FINDS,
} from "./limits.ts";
import type { OutputQueue } from "./output_queue.ts";
import { type Authorship, isSamePerson, personKeyOf } from "./person.ts";
import { isPeopleRequest } from "./people_request.ts";
import type {
  HistoryQuery,
  PastMessage,
  RoomAnswer,
  SearchQuery,
} from "./request.ts";
import type { RequestRefusal } from "./request_refusal.ts";
import type { RoomOptions } from "./room_input.ts";
import type { LogFind, LogFound, LogMessage, LogQuery } from "./room_find.ts";
import type { RoomReceipts } from "./room_receipts.ts";
import type { Member, Roster } from "./roster.ts";
import { authorNameKey, findTerms, searchTerms } from "./search_words.ts";
import { isServerQuery } from "./server_query.ts";

/** When a request came. */
export interface RequestMoment {
  /** The monotonic time. */
  readonly nowUs: number;
  /** The wall clock. */
  readonly timeMs: number;
  /** The newest message that is published: nobody is told of later ones. */
  readonly lastSequence: number;
}

/** What of a room it needs. */
export type RoomAsked = Pick<
  RoomOptions,
  "roomId" | "outputs" | "nextFindId" | "onQuery" | "guard"
>;

/**
 * Answers what members ask, beside the room's order
 * (docs/PROTOCOL.md section 7.9). Nothing that is asked can hold up a message:
 * what takes the log is looked up meanwhile, only so much of it may wait, and
 * an answer is sent when it is there.
 */
export class RoomRequests {
  readonly #roomId: number;
  readonly #nextFindId: () => number;
  readonly #onQuery: RoomAsked["onQuery"];
  readonly #guard: RoomAsked["guard"];
  readonly #roster: Roster;
  readonly #outputs: OutputQueue;
  readonly #receipts: RoomReceipts;
  /** What the log was asked, by find ID. */
  readonly #waiting = new Map<number, WaitingRequest>();

  /**
   * Answers for a room.
   *
   * @param asked The room.
   * @param parts Who is in it, and how far they are.
   */
  constructor(
    { roomId, outputs, nextFindId, onQuery, guard }: RoomAsked,
    { roster, receipts }: {
      readonly roster: Roster;
      readonly receipts: RoomReceipts;
    },
  ) {
    this.#roomId = roomId;
    this.#outputs = outputs;
    this.#nextFindId = nextFindId;
    this.#onQuery = onQuery;
    this.#guard = guard;
    this.#roster = roster;
    this.#receipts = receipts;
  }

  /**
   * Takes a request. It is answered or refused now, or when the log has
   * answered.
   *
   * @param member Whose.
   * @param request The request.
   * @param moment When.
   */
  handleRequest(
    member: Member,
    request: RequestMessage,
    moment: RequestMoment,
  ): void {
    const { requestId, query } = request;
    const asker = {
      member: member.handle,
      authorKey: member.author.key,
      accountId: member.person.accountId,
      requestId,
    };
    const waitUs = member.author.requestBucket.waitUs(moment.nowUs);
    if (waitUs > 0) {
      const retryAfterSeconds = Math.ceil(waitUs / US_PER_S);
      return this.#refuse(asker, { code: "tooFast", retryAfterSeconds });
    }
    member.author.requestBucket.take(moment.nowUs);
    if (isServerQuery(query) || isPeopleRequest(query)) {
      const { nowUs, timeMs } = moment;
      const { handle } = member;
      this.#onQuery({ member: handle, requestId, query, nowUs, timeMs });
      return;
    }
    switch (query.type) {
      case "who":
        return this.#answer(asker, {
          type: "who",
          members: this.#roster.present(),
        });
      case "history":
      case "search":
        return this.#ask(asker, query, logQueryOf(query, moment));
      case "whois": {
        const key = authorNameKey(query.name);
        const wanted = { type: "whois", key } as const;
        return this.#ask(asker, wanted, newestOf(key, moment));
      }
      case "receipts":
      case "roll": {
        const { target } = query;
        const { lastSequence: through } = moment;
        const withMembers = query.type === "roll";
        const message = { type: "message", target, through } as const;
        return this.#ask(asker, query, { ...message, withMembers });
      }
    }
  }

  /**
   * Takes what the log found.
   *
   * @param findId As asked for.
   * @param found What it has.
   */
  handleFound(findId: number, found: LogFound): void {
    const request = this.#waiting.get(findId);
    if (request === undefined) return;
    this.#waiting.delete(findId);
    const { asker, wanted } = request;
    // Who came back asks again.
    if (this.#roster.get(asker.member) === undefined) return;
    switch (wanted.type) {
      case "history":
        return this.#answer(asker, historyOf(found, wanted, asker));
      case "search":
        return this.#answer(asker, matchesOf(found, wanted, asker));
      case "whois":
        return this.#answerWhois(asker, wanted.key, found);
      case "receipts":
        return this.#answerReceipts(asker, found);
      case "roll":
        return this.#answerRoll(asker, found);
    }
  }

  #ask(
    asker: Asker,
    wanted: Wanted,
    query: LogFind["query"] | undefined,
  ): void {
    if (query === undefined) {
      return this.#refuse(asker, { code: "nothingSought" });
    }
    if (this.#openCount(asker.member) >= MAX_OPEN_REQUESTS) {
      const limitRequests = MAX_OPEN_REQUESTS;
      return this.#refuse(asker, { code: "tooManyOpen", limitRequests });
    }
    if (this.#waiting.size >= MAX_WAITING_FINDS) {
      const retryAfterSeconds = BUSY_RETRY_SECONDS;
      return this.#refuse(asker, { code: "busy", retryAfterSeconds });
    }
    const findId = this.#nextFindId();
    this.#waiting.set(findId, { asker, wanted });
    this.#outputs.push({
      type: "find",
      find: { roomId: this.#roomId, findId, query },
    });
  }

  #openCount(member: number): number {
    let count = 0;
    for (const { asker } of this.#waiting.values()) {
      if (asker.member === member) count++;
    }
    return count;
  }

  #answerWhois(asker: Asker, key: string, { messages }: LogFound): void {
    const account = this.#guard.accountOf(key);
    const present = this.#roster.presentByKey(key);
    const name = present?.name ?? account?.name.text ?? messages[0]?.author;
    if (name === undefined) return this.#refuse(asker, { code: "unknownName" });
    this.#answer(asker, {
      type: "whois",
      name,
      sinceMs: present?.sinceMs ?? 0,
      lastWroteMs: messages[0]?.timeMs ?? 0,
      role: account?.role ?? "guest",
      isAway: present?.isAway ?? false,
      awayText: this.#roster.personByKey(key)?.awayText ?? "",
      profile: account?.profile ?? "",
      claimedMs: account?.createdMs ?? 0,
    });
  }

  #answerReceipts(asker: Asker, { messages: [message] }: LogFound): void {
    if (message === undefined) {
      return this.#refuse(asker, { code: "noSuchMessage" });
    }
    if (!isSamePerson(message, asker)) {
      return this.#refuse(asker, { code: "notYours" });
    }
    const { accountId, authorKey } = asker;
    const author = personKeyOf(accountId, authorKey);
    const names = this.#receipts.namesOf(message.sequence, author);
    this.#answer(asker, { type: "receipts", ...names });
  }

  #answerRoll(
    asker: Asker,
    { messages: [message], acknowledged = [], members = [] }: LogFound,
  ): void {
    if (message === undefined) {
      return this.#refuse(asker, { code: "noSuchMessage" });
    }
    if (message.style !== "announcement") {
      return this.#refuse(asker, { code: "notAnnouncement" });
    }
    const roll = this.#receipts.rollOf(message, { acknowledged, members });
    this.#answer(asker, { type: "roll", ...roll });
  }

  #answer({ member, requestId }: Asker, answer: RoomAnswer): void {
    this.#outputs.send([member], { type: "answer", requestId, answer });
  }

  #refuse({ member, requestId }: Asker, refusal: RequestRefusal): void {
    this.#outputs.send([member], { type: "failed", requestId, refusal });
  }
}

/** Who asked, and which of its requests it was. */
interface Asker extends Authorship {
  readonly member: number;
  readonly requestId: number;
}

/** What to make of the log's answer. */
type Wanted =
  | HistoryQuery
  | SearchQuery
  | { readonly type: "whois"; readonly key: string }
  | { readonly type: "receipts" | "roll" };

interface WaitingRequest {
  readonly asker: Asker;
  readonly wanted: Wanted;
}

/** Undefined if nothing is sought. */
function logQueryOf(
  query: HistoryQuery | SearchQuery,
  { lastSequence }: RequestMoment,
): LogQuery | undefined {
  const { limit } = query;
  const beforeOf = (sequence: number) =>
    sequence === 0 ? lastSequence + 1 : Math.min(sequence, lastSequence + 1);
  if (query.type === "history") {
    const { direction, sequence } = query;
    return direction === "before"
      ? { type: "before", before: beforeOf(sequence), limit }
      : { type: "after", after: sequence, through: lastSequence, limit };
  }
  const { words, author, sinceMs, untilMs } = query;
  const terms = searchTerms(words);
  const nameKey = authorNameKey(author);
  const isAnything = terms.length === 0 && nameKey === "" && sinceMs === 0 &&
    untilMs === MAX_TIME_MS;
  // Words without a letter or digit are nowhere; they do not mean everything.
  if (isAnything || terms.length === 0 && words.trim() !== "") return undefined;
  return {
    type: "search",
    terms,
    authorNameKey: nameKey,
    sinceMs,
    untilMs,
    before: beforeOf(query.before),
    limit,
  };
}

function newestOf(
  nameKey: string,
  { lastSequence }: RequestMoment,
): LogQuery {
  return {
    type: "search",
    terms: [],
    authorNameKey: nameKey,
    sinceMs: 0,
    untilMs: MAX_TIME_MS,
    before: lastSequence + 1,
    limit: 1,
  };
}

function historyOf(
  { messages, isEnd }: LogFound,
  { direction }: HistoryQuery,
  asker: Asker,
): RoomAnswer {
  const kept = withinAnswer(messages);
  const past = kept.map((message) => pastMessage(message, asker));
  return {
    type: "history",
    isEnd: isEnd && kept.length === messages.length,
    messages: direction === "before" ? past.reverse() : past,
  };
}

function matchesOf(
  { messages, searchedTo, isEnd }: LogFound,
  { words }: SearchQuery,
  asker: Asker,
): RoomAnswer {
  const kept = withinAnswer(messages);
  const isWhole = kept.length === messages.length;
  const terms = searchTerms(words);
  return {
    type: "search",
    isStart: isEnd && isWhole,
    searchedFrom: isWhole ? searchedTo : kept.at(-1)!.sequence,
    matches: kept.map((message) => ({
      ...pastMessage(message, asker),
      ranges: findTerms(message.text, terms) ?? [],
    })),
  };
}

/** The first messages, as far as they fit one answer. */
function withinAnswer(messages: readonly LogMessage[]): readonly LogMessage[] {
  let bytes = 0;
  for (const [index, { text }] of messages.entries()) {
    bytes += MAX_UNIT_BYTES * text.length;
    if (bytes > MAX_ANSWER_TEXT_BYTES && index > 0) {
      return messages.slice(0, index);
    }
  }
  return messages;
}

function pastMessage(
  { authorKey, accountId, ...message }: LogMessage,
  asker: Asker,
): PastMessage {
  return { ...message, own: isSamePerson({ authorKey, accountId }, asker) };
}

/** UTF-8 of one UTF-16 code unit, at most. */
const MAX_UNIT_BYTES = 3;

/** By then some of what waited is done. */
const BUSY_RETRY_SECONDS = 5;
