/**
 * Where the reader is in the message list, and what came below.
 *
 * @module
 */

/// <reference lib="dom" />

import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RoomState } from "./page_state.ts";
import { ScrollKeeper } from "./scroll_keeper.ts";

/** What the message list does with the reader's place. */
export interface ReadingPlace {
  /** The scrolling element. */
  readonly log: RefObject<HTMLDivElement>;
  /** How many messages of others came below the place. */
  readonly unread: number;
  /** To be called when the element was scrolled. */
  readonly handleScroll: () => void;
  /** Goes to the end. */
  readonly scrollToEnd: () => void;
}

/** How far down the reader of each room was when another one was shown. */
const PLACES = new Map<number, number>();

/**
 * Keeps the reader's place while the list changes. Who writes is taken to the
 * end.
 *
 * @param room The room whose messages the list shows.
 * @returns What the list needs.
 */
export function useReadingPlace(room: RoomState): ReadingPlace {
  const log = useRef<HTMLDivElement>(null);
  const keeper = useRef<ScrollKeeper>();
  const newestSerial = useRef<number>();
  /** How many messages of others there were when the list was last drawn. */
  const drawnCount = useRef(room.received);
  /** How many there were when the reader left the end; undefined there. */
  const [readCount, setReadCount] = useState<number>();
  const noteReadCount = () => {
    const isAtEnd = keeper.current?.isAtEnd ?? true;
    setReadCount((count) => isAtEnd ? undefined : count ?? drawnCount.current);
  };

  useLayoutEffect(() => {
    if (log.current === null) return;
    const started = new ScrollKeeper(log.current);
    keeper.current = started;
    const element = log.current;
    const place = PLACES.get(room.welcome.roomId);
    if (place !== undefined) {
      element.scrollTop = place;
      started.handleScroll();
    }
    const observer = new ResizeObserver(() => started.keepPlace());
    observer.observe(log.current);
    const list = log.current.querySelector("[role=list]");
    if (list !== null) observer.observe(list);
    return () => {
      observer.disconnect();
      if (started.isAtEnd) PLACES.delete(room.welcome.roomId);
      else PLACES.set(room.welcome.roomId, element.scrollTop);
    };
  }, []);
  useLayoutEffect(() => {
    const newest = room.items.at(-1);
    const wrote = newest?.type === "message" && newest.own &&
      newest.serial !== newestSerial.current;
    newestSerial.current = newest?.serial;
    if (wrote) keeper.current?.scrollToEnd();
    else keeper.current?.keepPlace();
    noteReadCount();
    drawnCount.current = room.received;
  }, [room.items]);

  return {
    log,
    unread: readCount === undefined ? 0 : room.received - readCount,
    handleScroll() {
      keeper.current?.handleScroll();
      noteReadCount();
    },
    scrollToEnd: () => keeper.current?.scrollToEnd(),
  };
}
