/**
 * What the page shows while much that was missed is on its way: the newest
 * page, below what has come so far.
 *
 * @module
 */

import type { ClientEvent } from "../bridge.ts";
import type { NoticeItem, RoomItem } from "./page_state.ts";

type CatchUpEvent = Extract<ClientEvent, { readonly type: "catchUp" }>;

/**
 * Tells whether an item stands below what is still to come.
 *
 * @param item The item, if there is one.
 * @returns Whether it is that of a catch-up.
 */
export function isCatchUp(item: RoomItem | undefined): item is NoticeItem {
  return item?.type === "notice" && item.event.type === "fetching";
}

/**
 * The items without those of a catch-up.
 *
 * @param items The items.
 * @returns What remains.
 */
export function withoutCatchUp(
  items: readonly RoomItem[],
): readonly RoomItem[] {
  return items.filter((item) => !isCatchUp(item));
}

/**
 * What to show of a stage.
 *
 * @param items What is shown now.
 * @param event The stage.
 * @returns The notice; undefined if it is over.
 */
export function fetchingOf(
  items: readonly RoomItem[],
  event: CatchUpEvent,
): Extract<NoticeItem["event"], { readonly type: "fetching" }> | undefined {
  switch (event.stage) {
    case "begun":
      return { type: "fetching", events: event.events, newest: [] };
    case "preview": {
      const shown = items.find(isCatchUp)?.event;
      if (shown?.type !== "fetching") return undefined;
      return { ...shown, newest: event.messages };
    }
    case "done":
      return undefined;
  }
}
