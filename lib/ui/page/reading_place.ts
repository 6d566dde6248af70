/**
 * Where the reader is in the message list: at the end, which then stays in sight, or somewhere above, which then stays still.
 *
 * @module
 */

/// <reference lib="dom" />

import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RoomState } from "./page_state.ts";

/** What the message list does with the reader's place. */
export interface ReadingPlace {
  /** The scrolling element, holding one list. */
  readonly log: RefObject<HTMLDivElement>;
  /** How many messages of others came below the place. */
  readonly unread: number;
  /** To be called when the element was scrolled. */
  readonly handleScroll: () => void;
  /** Goes to the end. */
  readonly scrollToEnd: () => void;
}

/** Nearer to the end than this counts as being there: about a line of text. */
const END_TOLERANCE_PX = 24;

/**
 * Keeps the reader's place while the list changes. By hand, because not every engine anchors scrolling by itself.
 *
 * @param room The room whose messages the list shows.
 * @returns What the list needs.
 */
export function useReadingPlace(room: RoomState): ReadingPlace {
  const log = useRef<HTMLDivElement>(null);
  /** The topmost row in sight and where it was; undefined at the end. */
  const anchor = useRef<{ row: HTMLElement; top: number }>();
  /** How far down the end was when it was last gone to. */
  const endTop = useRef(0);
  const newestSerial = useRef<number>();
  /** How many messages of others were there when the list was last drawn. */
  const drawnCount = useRef(room.received);
  const [readCount, setReadCount] = useState<number>();

  const scrollToEnd = () => {
    const element = log.current;
    if (element === null) return;
    element.scrollTop = element.scrollHeight;
    endTop.current = element.scrollTop;
  };
  const handleScroll = () => {
    const element = log.current;
    if (element === null) return;
    if (distanceToEnd(element) <= END_TOLERANCE_PX) {
      anchor.current = undefined;
      setReadCount(undefined);
      return;
    }
    const row = topmostRow(element);
    if (row === undefined) return;
    anchor.current = { row, top: topWithin(element, row) };
    setReadCount((count) => count ?? drawnCount.current);
  };

  /** For a reader at the end: unless scrolled away a moment ago, and the engine has not said so yet. */
  const stayAtEnd = () => {
    const element = log.current;
    if (element === null) return;
    const left = element.scrollTop < endTop.current - END_TOLERANCE_PX &&
      distanceToEnd(element) > END_TOLERANCE_PX;
    if (left) handleScroll();
    else scrollToEnd();
  };

  useLayoutEffect(() => {
    const element = log.current;
    const newest = room.items.at(-1);
    const wrote = newest?.type === "message" && newest.own &&
      newest.serial !== newestSerial.current;
    newestSerial.current = newest?.serial;
    const place = anchor.current;
    if (wrote) scrollToEnd();
    else if (place === undefined) stayAtEnd();
    else if (element !== null && place.row.isConnected) {
      const moved = topWithin(element, place.row) - place.top;
      if (moved !== 0) element.scrollTop += moved;
    }
    drawnCount.current = room.received;
  }, [room.items]);

  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => {
      if (anchor.current === undefined) stayAtEnd();
    });
    if (log.current !== null) observer.observe(log.current);
    return () => observer.disconnect();
  }, []);

  const unread = readCount === undefined ? 0 : room.received - readCount;
  return { log, unread, handleScroll, scrollToEnd };
}

function distanceToEnd(log: HTMLElement): number {
  return log.scrollHeight - log.clientHeight - log.scrollTop;
}

function topWithin(log: HTMLElement, row: HTMLElement): number {
  return row.getBoundingClientRect().top - log.getBoundingClientRect().top;
}

/** Searches by halving, as bundles lie in order, and rows in them. */
function topmostRow(log: HTMLDivElement): HTMLElement | undefined {
  const edge = log.getBoundingClientRect().top;
  const list = log.querySelector("[role=list]");
  const bundle = list && firstBelow(list.children, edge);
  return bundle ? firstBelow(bundle.children, edge) : undefined;
}

/** The first element that reaches below an edge. */
function firstBelow(
  elements: HTMLCollection,
  edge: number,
): HTMLElement | undefined {
  let low = 0;
  let high = elements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { bottom } = elements[middle]!.getBoundingClientRect();
    if (bottom <= edge) low = middle + 1;
    else high = middle;
  }
  return elements[low] as HTMLElement | undefined;
}
