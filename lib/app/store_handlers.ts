import type { StoreHandlers } from "../store/store.ts";
import { moment } from "./moment.ts";
import type { ServerCore } from "./server_core.ts";

/** What a store's answers are carried to. */
export interface StoreListeners {
  /** Gives the core; called when there is an answer, and not before. */
  readonly core: () => ServerCore;
  /** Sends what an answer made ready. */
  readonly wake: () => void;
  /** Told that the disk cannot be written, or can again. */
  readonly onUnwritable: StoreHandlers["onUnwritable"];
  /** Takes a bug of ours; the server goes on. */
  readonly onError: (error: unknown) => void;
}

/**
 * Carries what a store answers to the server's core.
 *
 * @param listeners Where to.
 * @returns What a store is opened with.
 */
export function storeHandlers(listeners: StoreListeners): StoreHandlers {
  const { core, wake, onUnwritable, onError } = listeners;
  const answer = (handle: () => void) => {
    try {
      handle();
    } catch (error) {
      onError(error);
    }
    wake();
  };
  return {
    onAppended: (appended) =>
      answer(() => core().handleAppended(appended, moment())),
    onChanged: (changeId, result) =>
      answer(() => core().handleChanged(changeId, result, moment())),
    onQueried: (queryId, result) =>
      answer(() => core().handleQueried(queryId, result, moment())),
    onLoaded: (roomId, loadId, events) =>
      answer(() => core().handleLoaded(roomId, loadId, events, moment())),
    onRecalled: (roomId, authorKey, events) =>
      answer(() => core().handleRecalled(roomId, authorKey, events, moment())),
    onFound: (roomId, findId, found) =>
      answer(() => core().handleFound(roomId, findId, found, moment())),
    onTrimmed: (roomId, firstSequence) =>
      answer(() => core().handleTrimmed(roomId, firstSequence)),
    onUnwritable,
  };
}
