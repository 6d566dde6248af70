import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ActKind } from "../chat/room_event.ts";
import type {
  LogFound,
  LogMessage,
  LogQuery,
  MessageQuery,
} from "../chat/room_find.ts";
import type { RoomMember } from "../chat/change.ts";
import { GUEST_ROLL_DAYS, MAX_MEMBERS, MAX_SEARCH_MS } from "../chat/limits.ts";
import { DEFAULT_ROOM_ID } from "../chat/room_kind.ts";
import { authorNameKey, findTerms } from "../chat/search_words.ts";
import {
  acknowledgementOf,
  type EventRow,
  MESSAGE_COLUMNS,
  messageOf,
} from "./event_row.ts";
import {
  blockQuery,
  blockStart,
  indexRow,
  type MessageIndex,
} from "./message_index.ts";
import { memberOf } from "./room_rows.ts";

/** Looked at in one step: reading so many takes some milliseconds at most. */
const CANDIDATES_PER_STEP = 100;

/** Of what is not indexed yet, where most do not match and are short. */
const UNINDEXED_PER_STEP = 500;

/** Of events, most of which may be no messages: those are only counted. */
const EVENTS_PER_STEP = 1_000;

/** Of guests, who was there so long before an announcement is expected to see it. */
const GUEST_ROLL_MS = GUEST_ROLL_DAYS * 86_400_000;

/** Who has acknowledged an announcement. */
export const SELECT_ACKNOWLEDGED: string = `
  SELECT instance_hash, account_id, author_name, time_ms
  FROM event JOIN author USING (author_id)
  WHERE room_id = ? AND target = ? AND kind = ${ActKind.acknowledge}
    AND sequence <= ? ORDER BY sequence LIMIT ?`;

/**
 * Who is on the list of a room, under the name of an account as it is now. A
 * guest of the default room is on it for a while after it was there.
 */
const SELECT_MEMBERS = `
  SELECT person, COALESCE(account.name, room_member.name) AS name
  FROM room_member LEFT JOIN account ON person GLOB 'account:*'
    AND account_id = CAST(SUBSTR(person, LENGTH('account:') + 1) AS INTEGER)
  WHERE room_id = ?
    AND (room_id <> ${DEFAULT_ROOM_ID} OR person GLOB 'account:*' OR seen_ms > ?)
  ORDER BY seen_ms DESC, person LIMIT ?`;

/** Finds messages of one room, a step at a time. */
export class RoomSearch {
  readonly #roomId: number;
  readonly #index: MessageIndex;
  readonly #selectDown: StatementSync;
  readonly #selectUp: StatementSync;
  readonly #selectMatches: StatementSync;
  readonly #selectMessage: StatementSync;
  readonly #selectUnindexed: StatementSync;
  readonly #selectId: StatementSync;
  readonly #selectFirst: StatementSync;
  readonly #selectTime: StatementSync;
  readonly #selectAcknowledged: StatementSync;
  readonly #selectMembers: StatementSync;

  /**
   * Uses a database of the present schema.
   *
   * @param database The database; it must stay open as long as this is used.
   * @param roomId The room's row.
   * @param index The database's index, to know how far it is.
   */
  constructor(database: DatabaseSync, roomId: number, index: MessageIndex) {
    this.#roomId = roomId;
    this.#index = index;
    const isMessage = `kind = ${ActKind.message}`;
    const select =
      `SELECT ${MESSAGE_COLUMNS} FROM event JOIN author USING (author_id)`;
    this.#selectDown = database.prepare(
      `${select} WHERE room_id = ? AND sequence BETWEEN ? AND ?
         AND ${isMessage} ORDER BY sequence DESC LIMIT ?`,
    );
    this.#selectUp = database.prepare(
      `${select} WHERE room_id = ? AND sequence BETWEEN ? AND ?
         AND ${isMessage} ORDER BY sequence LIMIT ?`,
    );
    this.#selectMessage = database.prepare(
      `${select} WHERE room_id = ? AND sequence = ?`,
    );
    // CROSS keeps this order: the index first, then what it names.
    this.#selectMatches = database.prepare(
      `SELECT ${MESSAGE_COLUMNS} FROM message_index
         CROSS JOIN event ON event_id = ${indexRow(0)} - message_index.rowid
         JOIN author USING (author_id)
       WHERE message_index MATCH ? AND message_index.rowid >= ?
       ORDER BY message_index.rowid LIMIT ${CANDIDATES_PER_STEP}`,
    );
    this.#selectUnindexed = database.prepare(
      // The sign keeps SQLite from sorting all that is in the room.
      `SELECT sequence FROM event WHERE event_id >= ? AND +room_id = ?
       ORDER BY event_id LIMIT 1`,
    );
    this.#selectId = database.prepare(
      "SELECT event_id FROM event WHERE room_id = ? AND sequence = ?",
    );
    this.#selectFirst = database.prepare(
      "SELECT sequence FROM event WHERE room_id = ? ORDER BY sequence LIMIT 1",
    );
    this.#selectTime = database.prepare(
      "SELECT time_ms FROM event WHERE room_id = ? AND sequence = ?",
    );
    this.#selectAcknowledged = database.prepare(SELECT_ACKNOWLEDGED);
    this.#selectMembers = database.prepare(SELECT_MEMBERS);
  }

  /**
   * Reads one message, and who has acknowledged it.
   *
   * @param query Which.
   * @returns The message, if there is one at that place.
   */
  message({ target, through, withMembers }: MessageQuery): LogFound {
    const row = this.#selectMessage.get(this.#roomId, target);
    const isMessage = row?.["kind"] === ActKind.message;
    const members = isMessage && withMembers === true
      ? this.#membersSince(Number(row["time_ms"]) - GUEST_ROLL_MS)
      : undefined;
    return {
      messages: isMessage ? [messageOf(row)] : [],
      searchedTo: target,
      isEnd: true,
      acknowledged: this.#selectAcknowledged
        .all(this.#roomId, target, through, MAX_MEMBERS)
        .map(acknowledgementOf),
      ...members && { members },
    };
  }

  #membersSince(seenMs: number): RoomMember[] {
    return this.#selectMembers.all(this.#roomId, seenMs, MAX_MEMBERS)
      .map(memberOf);
  }

  /**
   * Begins to look for something. Nothing is read yet that takes time.
   *
   * @param query What to find.
   * @returns The search, for {@linkcode RoomSearch.step}.
   */
  begin(query: LogQuery): SearchRun {
    const first = Number(
      this.#selectFirst.get(this.#roomId)?.["sequence"] ?? Infinity,
    );
    return {
      query,
      ...this.#boundsOf(query, first),
      steps: 0,
      spentMs: 0,
      messages: [],
    };
  }

  /**
   * Looks a little further: some milliseconds at most, whatever is sought.
   *
   * @param run The search.
   * @param clockMs A monotonic clock.
   * @returns What was found, once that is all or took long; undefined to go on.
   */
  step(run: SearchRun, clockMs: () => number): LogFound | undefined {
    const { query } = run;
    const startMs = clockMs();
    run.steps++;
    if (!isAtEnd(run)) {
      if (query.type === "search") this.#readMatches(run, query);
      else this.#readOn(run, query.limit);
    }
    const isEnd = isAtEnd(run);
    run.spentMs += clockMs() - startMs;
    const isDone = isEnd || run.messages.length >= query.limit ||
      query.type === "search" && run.spentMs >= MAX_SEARCH_MS;
    if (!isDone) return undefined;
    const searchedTo = run.next - directionOf(query);
    return { messages: this.#asOfNow(run), searchedTo, isEnd };
  }

  /** Between the steps something may have been edited, removed or deleted. */
  #asOfNow({ query, steps, messages }: SearchRun): LogMessage[] {
    if (steps === 1) return messages;
    return messages.flatMap(({ sequence }) => {
      const row = this.#selectMessage.get(this.#roomId, sequence);
      const message = row && messageOf(row);
      return message !== undefined && isMatch(message, query) ? [message] : [];
    });
  }

  /** Takes the messages of the next events, whatever they say. */
  #readOn(run: SearchRun, limit: number, end = run.last): void {
    const { query, next } = run;
    if (directionOf(query) === 1) {
      const to = Math.min(end, next + EVENTS_PER_STEP - 1);
      const page = this.#selectUp.all(this.#roomId, next, to, limit);
      this.#take(run, { page, limit, to });
    } else {
      const to = Math.max(end, next - EVENTS_PER_STEP + 1);
      const page = this.#selectDown.all(this.#roomId, to, next, limit);
      this.#take(run, { page, limit, to });
    }
  }

  /** Looks at the candidates of one block, or at some of them. */
  #readMatches(run: SearchRun, query: SearchQuery): void {
    const { next, last } = run;
    const isByWords = query.terms.length > 0 || query.authorNameKey !== "";
    const id = this.#selectId.get(this.#roomId, next)?.["event_id"];
    // Deleted meanwhile, and what is older was before it.
    if (id === undefined) run.next = last - 1;
    else if (!isByWords) this.#readOn(run, CANDIDATES_PER_STEP);
    else if (Number(id) >= this.#index.nextEventId) {
      // One by one, down to where the index begins.
      const { nextEventId } = this.#index;
      const row = this.#selectUnindexed.get(nextEventId, this.#roomId)!;
      const end = Math.max(last, Number(row["sequence"]));
      this.#readOn(run, UNINDEXED_PER_STEP, end);
    } else {
      const question = { ...query, roomId: this.#roomId, sequence: next };
      const page = this.#selectMatches.all(
        blockQuery(question),
        indexRow(Number(id)),
      );
      const to = Math.max(last, blockStart(next));
      this.#take(run, { page, limit: CANDIDATES_PER_STEP, to });
    }
  }

  /** Keeps what matches of some candidates, and notes how far they go. */
  #take(
    run: SearchRun,
    { page, limit, to }: {
      readonly page: readonly EventRow[];
      readonly limit: number;
      readonly to: number;
    },
  ): void {
    const { query } = run;
    const direction = directionOf(query);
    const candidates = page.map(messageOf);
    const isBeyond = (message: LogMessage | undefined) =>
      message !== undefined && (message.sequence - to) * direction > 0;
    for (const message of candidates) {
      if (isBeyond(message)) break;
      if (isMatch(message, query)) run.messages.push(message);
      run.next = message.sequence + direction;
      if (run.messages.length === query.limit) return;
    }
    const isWhole = candidates.length < limit || isBeyond(candidates.at(-1));
    if (isWhole) run.next = to + direction;
  }

  #boundsOf(
    query: LogQuery,
    first: number,
  ): Pick<SearchRun, "next" | "last"> {
    switch (query.type) {
      case "before":
        return { next: query.before - 1, last: first };
      case "after":
        return { next: Math.max(query.after + 1, first), last: query.through };
      case "search":
        return this.#timeBounds(query, Math.min(first, query.before));
    }
  }

  /**
   * Where the times of a room begin and end among its numbers. Both grow
   * together, as long as the server's clock is not set back; what was written
   * around such a moment may be missed.
   */
  #timeBounds(
    { sinceMs, untilMs, before }: SearchQuery,
    first: number,
  ): Pick<SearchRun, "next" | "last"> {
    return {
      next: this.#firstFrom(untilMs + 1, first, before) - 1,
      last: this.#firstFrom(sinceMs, first, before),
    };
  }

  /** The first message of a range that was written then or later, by halving. */
  #firstFrom(timeMs: number, first: number, end: number): number {
    let low = first;
    let high = end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = this.#selectTime.get(this.#roomId, middle);
      if (Number(row?.["time_ms"] ?? Infinity) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A search under way. */
export interface SearchRun {
  /** What is sought. */
  readonly query: LogQuery;
  /** The event to look at last. */
  readonly last: number;
  /** The event to look at next; beyond `last` once all were looked at. */
  next: number;
  /** How often it was gone on with. */
  steps: number;
  /** How long that took. */
  spentMs: number;
  /** What was found, the nearest to the place first. */
  readonly messages: LogMessage[];
}

type SearchQuery = Extract<LogQuery, { readonly type: "search" }>;

function directionOf({ type }: LogQuery): 1 | -1 {
  return type === "after" ? 1 : -1;
}

function isAtEnd({ query, next, last }: SearchRun): boolean {
  return directionOf(query) === 1 ? next > last : next < last;
}

/** The index knows words; here is decided. */
function isMatch(message: LogMessage, query: LogQuery): boolean {
  if (query.type !== "search") return true;
  const { sinceMs, untilMs, terms, authorNameKey: nameKey } = query;
  const { text, author, timeMs } = message;
  return text !== "" && timeMs >= sinceMs && timeMs <= untilMs &&
    (nameKey === "" || authorNameKey(author) === nameKey) &&
    findTerms(text, terms) !== undefined;
}
