/**
 * Says what the person has read.
 *
 * @module
 */

/// <reference lib="dom" />

import { useEffect, useRef } from "preact/hooks";
import { type RoomState, sequenceOf } from "./page_state.ts";

/**
 * Reports the newest message as read while the end of the list is in sight of
 * somebody who looks at the page.
 *
 * @param room The room.
 * @param isAllShown Whether nothing came below what is in sight.
 * @param onRead Takes the place of a message that was read, each at most once.
 */
export function useReadReport(
  room: RoomState,
  isAllShown: boolean,
  onRead: (sequence: number) => void,
): void {
  const reported = useRef({ epoch: "", sequence: 0 });
  const newest = newestOfOthers(room);
  useEffect(() => {
    const report = () => {
      if (!isAllShown || document.hidden || !document.hasFocus()) return;
      const { epoch } = room.welcome;
      const last = reported.current;
      if (last.epoch === epoch && last.sequence >= newest) return;
      reported.current = { epoch, sequence: newest };
      if (newest > 0) onRead(newest);
    };
    report();
    addEventListener("focus", report);
    document.addEventListener("visibilitychange", report);
    return () => {
      removeEventListener("focus", report);
      document.removeEventListener("visibilitychange", report);
    };
  }, [newest, isAllShown, room.welcome.epoch]);
}

function newestOfOthers({ items }: RoomState): number {
  const newest = items.findLast((item) =>
    item.type === "message" && !item.own && sequenceOf(item) !== undefined
  );
  return newest?.type === "message" ? sequenceOf(newest)! : 0;
}
