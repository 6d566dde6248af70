/**
 * What a member asks and is answered, apart from the room's order: the fields
 * of `request` and `answer` (docs/PROTOCOL.md section 7.9).
 *
 * @module
 */

import type { CborValue, FieldReader } from "./cbor.ts";
import {
  MAX_ANSWER_MESSAGES,
  MAX_AWAY_CHARACTERS,
  MAX_MATCH_RANGES,
  MAX_MEMBERS,
  MAX_MESSAGE_CHARACTERS,
  MAX_NAME_CHARACTERS,
  MAX_PROFILE_CHARACTERS,
  MAX_RAW_NAME_CHARACTERS,
  MAX_SEARCH_CHARACTERS,
  MAX_TIME_MS,
} from "./limits.ts";
import type { Acknowledgement } from "./message_state.ts";
import {
  isPeopleAnswer,
  isPeopleRequest,
  type PeopleAnswer,
  peopleAnswerFields,
  type PeopleRequest,
  peopleRequestFields,
  readPeopleAnswer,
  readPeopleRequest,
} from "./people_request.ts";
import { ProtocolError } from "./protocol_error.ts";
import { type Role, ROLES } from "./role.ts";
import { MESSAGE_STYLES, type MessageStyle } from "./room_event.ts";
import {
  isServerQuery,
  readServerAnswer,
  readServerQuery,
  type ServerAnswer,
  serverAnswerFields,
  type ServerQuery,
  serverQueryFields,
} from "./server_query.ts";

/** Which way a page of history goes from its place. */
export type HistoryDirection = "before" | "after";

/** The messages next to a place. */
export interface HistoryQuery {
  /** Which query. */
  readonly type: "history";
  /** Older ones than the place, or newer ones. */
  readonly direction: HistoryDirection;
  /**
   * The place: any sequence number. 0 is beyond either end: before it are the
   * newest messages, after it the oldest.
   */
  readonly sequence: number;
  /** How many at most, from 1 to {@linkcode MAX_ANSWER_MESSAGES}. */
  readonly limit: number;
}

/** The messages that have some words, are of somebody, or of some time. */
export interface SearchQuery {
  /** Which query. */
  readonly type: "search";
  /** All of them are in the text: `searchTerms()`. May be empty. */
  readonly words: string;
  /** Who wrote it; empty for anybody. */
  readonly author: string;
  /** Written then or later, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** Written then or earlier; {@linkcode MAX_TIME_MS} for no limit. */
  readonly untilMs: number;
  /** Older than this sequence number; 0 for the newest. */
  readonly before: number;
  /** How many at most, from 1 to {@linkcode MAX_ANSWER_MESSAGES}. */
  readonly limit: number;
}

/** What a member can ask, in any room. */
export type Query = RoomQuery | ServerQuery | PeopleRequest;

/** What it is answered. */
export type Answer = RoomAnswer | ServerAnswer | PeopleAnswer;

/**
 * Tells whether a query is asked on stream 0, whatever room one is in
 * (docs/PROTOCOL.md sections 7.10 and 7.12).
 *
 * @param query A query.
 * @returns Whether it is.
 */
export function isAboutServer(query: Query): boolean {
  return (isServerQuery(query) || isPeopleRequest(query)) &&
    !ABOUT_ITS_ROOM.has(query.type);
}

/** Those of them that are about the room in whose stream they are asked. */
const ABOUT_ITS_ROOM: ReadonlySet<Query["type"]> = new Set(
  ["invite", "archive", "lock", "slow"] as const,
);

/** What a member can ask about a room. */
export type RoomQuery =
  | HistoryQuery
  | SearchQuery
  /** Who is in the room. */
  | { readonly type: "who" }
  /** What is known of a name. */
  | { readonly type: "whois"; readonly name: string }
  /** Who has an own message, by names. */
  | {
    readonly type: "receipts";
    /** Its sequence number. */
    readonly target: number;
  }
  /** Who has acknowledged an announcement. */
  | {
    readonly type: "roll";
    /** Its sequence number. */
    readonly target: number;
  };

/** A message of the room's past, as it is now. */
export interface PastMessage {
  /** Its place in the room's order. */
  readonly sequence: number;
  /** The author's name at that time. */
  readonly author: string;
  /** Whether the member that asks wrote it. */
  readonly own: boolean;
  /** How it is meant. */
  readonly style: MessageStyle;
  /** The sequence number of the message it answers; 0 for none. */
  readonly replyTo: number;
  /** What it says; empty if it was removed. */
  readonly text: string;
  /** Whether it once said something else; false if it was removed. */
  readonly isEdited: boolean;
  /** When the server took it, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** A message that was found. */
export interface FoundMessage extends PastMessage {
  /**
   * Where the words are in the text: start and end of each place in UTF-16
   * code units, ascending, without overlap.
   */
  readonly ranges: readonly number[];
}

/** A member as `who` tells it. */
export interface PresentMember {
  /** The name. */
  readonly name: string;
  /** What it may do. */
  readonly role: Role;
  /** Whether it has said that it is away. */
  readonly isAway: boolean;
  /** Since when, in milliseconds since 1970. */
  readonly sinceMs: number;
}

/** What the server knows. */
export type RoomAnswer =
  | {
    readonly type: "history";
    /**
     * Whether there is nothing beyond them that way: nothing older is kept, or
     * nothing newer was said.
     */
    readonly isEnd: boolean;
    /** Ascending; between them is no message that is kept. */
    readonly messages: readonly PastMessage[];
  }
  | {
    readonly type: "search";
    /** Whether nothing older is kept that was not looked at. */
    readonly isStart: boolean;
    /**
     * How far back the server has looked: all that it found from here on is in
     * the answer, and `before` with this number goes on.
     */
    readonly searchedFrom: number;
    /** Descending. */
    readonly matches: readonly FoundMessage[];
  }
  /** In the order in which they came. */
  | { readonly type: "who"; readonly members: readonly PresentMember[] }
  | {
    readonly type: "whois";
    /** The name as it is written now, or was when it was last used. */
    readonly name: string;
    /** Since when it is in the room; 0 if it is not. */
    readonly sinceMs: number;
    /** When its last message was written; 0 if none is kept. */
    readonly lastWroteMs: number;
    /** What it may do; that of the account, if the name is claimed. */
    readonly role: Role;
    /** Whether it has said that it is away. */
    readonly isAway: boolean;
    /** What it has said of that; may be empty. */
    readonly awayText: string;
    /** What it says of itself; may be empty. */
    readonly profile: string;
    /** Since when the name is claimed; 0 if it is not. */
    readonly claimedMs: number;
  }
  /** All others whom receipts count. */
  | ({ readonly type: "receipts" } & ReceiptNames)
  | ({ readonly type: "roll" } & AnnouncementRoll);

/** Who has a message; all together at most {@linkcode MAX_MEMBERS}. */
export interface ReceiptNames {
  /** Who has read it. */
  readonly read: readonly string[];
  /** Who has it and has not read it. */
  readonly delivered: readonly string[];
  /** Who does not have it yet. */
  readonly missing: readonly string[];
}

/**
 * Who has acknowledged an announcement, and who has not; all together at most
 * {@linkcode MAX_MEMBERS}.
 */
export interface AnnouncementRoll {
  /** Who has, in the order they did. */
  readonly acknowledged: readonly Acknowledgement[];
  /** Who has not. */
  readonly missing: readonly string[];
}

/**
 * Gives the fields of a query.
 *
 * @param query The query.
 * @returns Its code and what follows it.
 */
export function queryFields(query: Query): CborValue[] {
  if (isServerQuery(query)) return serverQueryFields(query);
  if (isPeopleRequest(query)) return peopleRequestFields(query);
  const code = QueryCode[query.type];
  switch (query.type) {
    case "history":
      return [
        code,
        DIRECTIONS.indexOf(query.direction),
        query.sequence,
        query.limit,
      ];
    case "search": {
      const { words, author, sinceMs, untilMs, before, limit } = query;
      return [code, words, author, sinceMs, untilMs, before, limit];
    }
    case "who":
      return [code];
    case "whois":
      return [code, query.name];
    case "receipts":
    case "roll":
      return [code, query.target];
  }
}

/**
 * Reads the fields of a query.
 *
 * @param fields They are next.
 * @returns The query.
 * @throws {ProtocolError} If it is none.
 */
export function readQuery(fields: FieldReader): Query {
  const code = fields.uint();
  switch (code) {
    case QueryCode.history:
      return {
        type: "history",
        direction: DIRECTIONS[fields.uint(DIRECTIONS.length - 1)]!,
        sequence: fields.uint(),
        limit: readLimit(fields),
      };
    case QueryCode.search:
      return {
        type: "search",
        words: fields.text(MAX_SEARCH_CHARACTERS),
        author: fields.text(MAX_RAW_NAME_CHARACTERS),
        sinceMs: fields.uint(MAX_TIME_MS),
        untilMs: fields.uint(MAX_TIME_MS),
        before: fields.uint(),
        limit: readLimit(fields),
      };
    case QueryCode.who:
      return { type: "who" };
    case QueryCode.whois:
      return { type: "whois", name: fields.text(MAX_RAW_NAME_CHARACTERS) };
    case QueryCode.receipts:
      return { type: "receipts", target: fields.uint() };
    case QueryCode.roll:
      return { type: "roll", target: fields.uint() };
  }
  return readPeopleRequest(code, fields) ?? readServerQuery(code, fields);
}

/**
 * Gives the fields of an answer: what repeats comes after its count, so that no
 * array is in another one.
 *
 * @param answer The answer.
 * @returns Its code and what follows it.
 */
export function answerFields(answer: Answer): CborValue[] {
  if (isServerQuery(answer)) return serverAnswerFields(answer);
  if (isPeopleAnswer(answer)) return peopleAnswerFields(answer);
  const code = QueryCode[answer.type];
  switch (answer.type) {
    case "history": {
      const { isEnd, messages } = answer;
      return [code, isEnd, messages.length, ...messages.flatMap(pastFields)];
    }
    case "search": {
      const { isStart, searchedFrom, matches } = answer;
      const found = matches.flatMap((match) => [
        ...pastFields(match),
        match.ranges.length / 2,
        ...match.ranges,
      ]);
      return [code, isStart, searchedFrom, matches.length, ...found];
    }
    case "who": {
      const { members } = answer;
      const present = members.flatMap((
        { name, role, isAway, sinceMs },
      ) => [name, ROLES.indexOf(role), isAway, sinceMs]);
      return [code, members.length, ...present];
    }
    case "whois": {
      const { name, sinceMs, lastWroteMs, role, isAway } = answer;
      const { awayText, profile, claimedMs } = answer;
      const facts = [name, sinceMs, lastWroteMs, ROLES.indexOf(role), isAway];
      return [code, ...facts, awayText, profile, claimedMs];
    }
    case "receipts": {
      const { read, delivered, missing } = answer;
      return [
        code,
        ...[read, delivered, missing].flatMap((names) => [
          names.length,
          ...names,
        ]),
      ];
    }
    case "roll": {
      const { acknowledged, missing } = answer;
      const times = acknowledged.flatMap(({ name, timeMs }) => [name, timeMs]);
      return [code, acknowledged.length, ...times, missing.length, ...missing];
    }
  }
}

/**
 * Reads the fields of an answer.
 *
 * @param fields They are next.
 * @returns The answer.
 * @throws {ProtocolError} If it is none.
 */
export function readAnswer(fields: FieldReader): Answer {
  const code = fields.uint();
  switch (code) {
    case QueryCode.history: {
      const isEnd = fields.bool();
      const messages = readMany(fields, MAX_ANSWER_MESSAGES, readPast);
      checkOrder(messages, 1);
      return { type: "history", isEnd, messages };
    }
    case QueryCode.search: {
      const isStart = fields.bool();
      const searchedFrom = fields.uint();
      const matches = readMany(fields, MAX_ANSWER_MESSAGES, readFound);
      checkOrder(matches, -1);
      return { type: "search", isStart, searchedFrom, matches };
    }
    case QueryCode.who:
      return {
        type: "who",
        members: readMany(fields, MAX_MEMBERS, (fields) => ({
          name: fields.text(MAX_NAME_CHARACTERS),
          role: readRole(fields),
          isAway: fields.bool(),
          sinceMs: fields.uint(MAX_TIME_MS),
        })),
      };
    case QueryCode.whois:
      return {
        type: "whois",
        name: fields.text(MAX_NAME_CHARACTERS),
        sinceMs: fields.uint(MAX_TIME_MS),
        lastWroteMs: fields.uint(MAX_TIME_MS),
        role: readRole(fields),
        isAway: fields.bool(),
        awayText: fields.text(MAX_AWAY_CHARACTERS),
        profile: fields.text(MAX_PROFILE_CHARACTERS),
        claimedMs: fields.uint(MAX_TIME_MS),
      };
    case QueryCode.receipts: {
      const read = readNames(fields, MAX_MEMBERS);
      const delivered = readNames(fields, MAX_MEMBERS - read.length);
      const most = MAX_MEMBERS - read.length - delivered.length;
      const missing = readNames(fields, most);
      return { type: "receipts", read, delivered, missing };
    }
    case QueryCode.roll: {
      const acknowledged = readMany(fields, MAX_MEMBERS, (fields) => ({
        name: fields.text(MAX_NAME_CHARACTERS),
        timeMs: fields.uint(MAX_TIME_MS),
      }));
      const missing = readNames(fields, MAX_MEMBERS - acknowledged.length);
      return { type: "roll", acknowledged, missing };
    }
  }
  return readPeopleAnswer(code, fields) ?? readServerAnswer(code, fields);
}

function readRole(fields: FieldReader): Role {
  return ROLES[fields.uint(ROLES.length - 1)]!;
}

function readLimit(fields: FieldReader): number {
  const limit = fields.uint(MAX_ANSWER_MESSAGES);
  if (limit === 0) throw new ProtocolError("a query for nothing");
  return limit;
}

function readMany<Item>(
  fields: FieldReader,
  maxCount: number,
  read: (fields: FieldReader) => Item,
): Item[] {
  const count = fields.uint(maxCount);
  return Array.from({ length: count }, () => read(fields));
}

function readNames(fields: FieldReader, maxCount: number): string[] {
  return readMany(
    fields,
    maxCount,
    (fields) => fields.text(MAX_NAME_CHARACTERS),
  );
}

function pastFields(message: PastMessage): CborValue[] {
  const { sequence, author, own, replyTo, text, isEdited, timeMs } = message;
  const style = MESSAGE_STYLES.indexOf(message.style);
  return [sequence, author, own, style, replyTo, text, isEdited, timeMs];
}

function readPast(fields: FieldReader): PastMessage {
  return {
    sequence: fields.uint(),
    author: fields.text(MAX_NAME_CHARACTERS),
    own: fields.bool(),
    style: MESSAGE_STYLES[fields.uint(MESSAGE_STYLES.length - 1)]!,
    replyTo: fields.uint(),
    text: fields.text(MAX_MESSAGE_CHARACTERS),
    isEdited: fields.bool(),
    timeMs: fields.uint(MAX_TIME_MS),
  };
}

function readFound(fields: FieldReader): FoundMessage {
  const message = readPast(fields);
  const places = readMany(fields, MAX_MATCH_RANGES, (fields) => [
    fields.uint(message.text.length),
    fields.uint(message.text.length),
  ]);
  const ranges = places.flat();
  let last = -1;
  for (const edge of ranges) {
    if (edge <= last) throw new ProtocolError("a range that goes back");
    last = edge;
  }
  return { ...message, ranges };
}

function checkOrder(messages: readonly PastMessage[], step: 1 | -1): void {
  for (const [index, { sequence }] of messages.entries()) {
    const before = messages[index - 1]?.sequence;
    if (before !== undefined && (sequence - before) * step <= 0) {
      throw new ProtocolError("an answer out of order");
    }
  }
}

/** By their numbers on the wire. */
const DIRECTIONS: readonly HistoryDirection[] = ["before", "after"];

/** A query and its answer have the same. */
const QueryCode = {
  history: 1,
  search: 2,
  who: 3,
  whois: 4,
  receipts: 20,
  roll: 21,
} as const;
