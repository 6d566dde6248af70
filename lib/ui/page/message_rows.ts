/**
 * Turns the room's items into the rows of the message list: groups by author,
 * separates days, joins notices.
 *
 * @module
 */

import {
  type MessageItem,
  type NoticeItem,
  type RoomItem,
  sequenceOf,
} from "./page_state.ts";

/** Messages of one author closer than this form a group under one name. */
export const GROUP_GAP_MS = 5 * 60_000;

/**
 * How many items' rows form a bundle. A new message then costs the engine a
 * walk over one bundle and over the list of bundles, whatever came before.
 */
export const BUNDLE_ITEMS = 50;

/** A line of the message list; `serial` is that of its first item. */
export type Row =
  /** A new day begins; `timeMs` lies in it. */
  | { readonly type: "day"; readonly serial: number; readonly timeMs: number }
  | {
    readonly type: "message";
    readonly serial: number;
    readonly item: MessageItem;
    /** The message it answers, if that is in the list. */
    readonly quoted: MessageItem | undefined;
    /** True for the first of a group: it carries name and time. */
    readonly first: boolean;
    /** True for the last of a group: an own one carries its delivery state. */
    readonly last: boolean;
  }
  /** Notices with nothing between them; an answer is alone. */
  | {
    readonly type: "notices";
    readonly serial: number;
    readonly notices: readonly NoticeItem[];
  }
  /** Everything above was written before this client came. */
  | { readonly type: "arrival"; readonly serial: number }
  /** Everything below is new to the reader. */
  | { readonly type: "unread"; readonly serial: number };

/** Rows that follow each other. */
export interface RowBundle {
  /** Stays the same while rows are added below and dropped above. */
  readonly key: number;
  /** At least one row. */
  readonly rows: readonly Row[];
}

/**
 * Arranges items in rows.
 *
 * @param items The room's items, oldest first.
 * @param readSequence The last message that was read when the reader came, or
 * looked away; 0 for none.
 * @returns The rows, oldest first.
 */
export function arrangeRows(
  items: readonly RoomItem[],
  readSequence = 0,
): Row[] {
  const rows: Row[] = [];
  const lastEarlier = items.findLastIndex((item) =>
    item.type === "message" && item.earlier
  );
  const answered = findAnswered(items);
  const firstUnread = findUnread(items, readSequence);
  let day: Day = { startMs: 0, endMs: 0 };
  for (const [index, item] of items.entries()) {
    const { serial } = item;
    const timeMs = timeOf(item);
    if (timeMs !== undefined && !isWithin(day, timeMs)) {
      day = dayOf(timeMs);
      rows.push({ type: "day", serial, timeMs });
    }
    if (item === firstUnread) rows.push({ type: "unread", serial });
    if (item.type === "message") pushMessage(rows, item, answered);
    else pushNotice(rows, item);
    if (index === lastEarlier) rows.push({ type: "arrival", serial });
  }
  return rows;
}

/**
 * Bundles rows by their serials, so that a row stays in its bundle.
 *
 * @param rows The rows, oldest first.
 * @returns The bundles, oldest first.
 */
export function bundleRows(rows: readonly Row[]): RowBundle[] {
  const bundles: { key: number; rows: Row[] }[] = [];
  for (const row of rows) {
    const key = Math.floor(row.serial / BUNDLE_ITEMS);
    const open = bundles.at(-1);
    // An own message that waited has an older serial than those it follows.
    if (open !== undefined && key <= open.key) open.rows.push(row);
    else bundles.push({ key, rows: [row] });
  }
  return bundles;
}

/** The first message of others that was not read, if some before it was. */
function findUnread(
  items: readonly RoomItem[],
  readSequence: number,
): RoomItem | undefined {
  if (readSequence === 0) return undefined;
  const isUnread = (item: RoomItem) =>
    item.type === "message" && !item.own &&
    (sequenceOf(item) ?? 0) > readSequence;
  const index = items.findIndex(isUnread);
  const isFirst = items.slice(0, Math.max(0, index)).every((item) =>
    item.type !== "message"
  );
  return isFirst ? undefined : items[index];
}

/** The messages that others answer, by their places. */
function findAnswered(
  items: readonly RoomItem[],
): ReadonlyMap<number, MessageItem> {
  const wanted = new Set<number>();
  const found = new Map<number, MessageItem>();
  for (const item of items.toReversed()) {
    if (item.type !== "message") continue;
    if (item.replyTo !== 0) wanted.add(item.replyTo);
    const sequence = sequenceOf(item);
    if (sequence !== undefined && wanted.has(sequence)) {
      found.set(sequence, item);
    }
  }
  return found;
}

function pushMessage(
  rows: Row[],
  item: MessageItem,
  answered: ReadonlyMap<number, MessageItem>,
): void {
  const above = rows.at(-1);
  const first =
    !(above?.type === "message" && belongTogether(above.item, item));
  if (!first) rows[rows.length - 1] = { ...above, last: false };
  const { serial } = item;
  const quoted = answered.get(item.replyTo);
  rows.push({ type: "message", serial, item, quoted, first, last: true });
}

function pushNotice(rows: Row[], item: NoticeItem): void {
  const above = rows.at(-1);
  // A row is drawn anew if its first notice changed: only blocks ever do.
  const isJoined = above?.type === "notices" && !isBlock(item) &&
    !isBlock(above.notices[0]);
  if (isJoined) {
    rows[rows.length - 1] = { ...above, notices: [...above.notices, item] };
  } else {
    rows.push({ type: "notices", serial: item.serial, notices: [item] });
  }
}

/** It changes, and has a row of its own. */
function isBlock(item: NoticeItem | undefined): boolean {
  return item?.event.type === "answer" || item?.event.type === "fetching";
}

function belongTogether(above: MessageItem, below: MessageItem): boolean {
  return above.author === below.author && above.own === below.own &&
    Math.abs(below.timeMs - above.timeMs) < GROUP_GAP_MS;
}

function timeOf(item: RoomItem): number | undefined {
  if (item.type === "message") return item.timeMs;
  return "timeMs" in item.event ? item.event.timeMs : undefined;
}

interface Day {
  readonly startMs: number;
  readonly endMs: number;
}

function isWithin(day: Day, timeMs: number): boolean {
  return timeMs >= day.startMs && timeMs < day.endMs;
}

function dayOf(timeMs: number): Day {
  const start = new Date(timeMs);
  start.setHours(0, 0, 0, 0);
  const end = new Date(start);
  end.setDate(end.getDate() + 1);
  return { startMs: start.getTime(), endMs: end.getTime() };
}
