/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The Worker behind `Store`: owns the database, so that the network never waits
 * for the disk. A module of its own, because it acts when it is loaded.
 *
 * @module
 */

import { StoreError } from "./store_error.ts";
import { StoreKeeper } from "./store_keeper.ts";
import type {
  OpenRequest,
  StoreReply,
  StoreRequest,
} from "./store_messages.ts";

/** What is not to be kept goes this often: an hour more or less is no matter. */
const RETENTION_INTERVAL_MS = 3_600_000;

/**
 * A commit waits so long for who searches, and a step longer at most. The timer
 * of the next turn takes 1 to 2 ms; a message to itself would be handled before
 * all that waits for the disk.
 */
const SEARCH_TURN_MS = 8;

/** How much longer than indexing the writing may take in between. */
const INDEX_REST = 4;

/** Undefined before the database is open, and once it is closed. */
let keeper: StoreKeeper | undefined;
let retentionTimer: ReturnType<typeof setTimeout> | undefined;
/** Whether something was written since the last step of the index. */
let isWriting = false;
let indexTimer: ReturnType<typeof setTimeout> | undefined;
let searchTimer: ReturnType<typeof setTimeout> | undefined;

self.onmessage = ({ data }: MessageEvent<OpenRequest | StoreRequest>) => {
  orFail(() => {
    if (data.type === "open") {
      keeper = StoreKeeper.open(data, Date.now());
      const { state, rooms, people, wasExposed } = keeper;
      answer({ type: "opened", state, rooms, people, wasExposed });
      scheduleRetention(0);
      scheduleIndex(0);
    } else if (keeper !== undefined) {
      const opened = keeper;
      if (data.type === "close") stop();
      const reply = opened.handleRequest(data);
      if (reply !== undefined) answer(reply);
      if (data.type === "find") scheduleSearch();
      if (data.type === "commit") {
        isWriting = true;
        scheduleIndex(0);
      }
    }
  });
};

/**
 * Takes no turn any more. Deno 2.4 also calls a timer that is cleared in the
 * turn of the event loop in which it is due, and crashes where a statement of a
 * closed database is used: so each looks whether there is a keeper.
 */
function stop(): void {
  keeper = undefined;
  clearTimeout(retentionTimer);
  clearTimeout(indexTimer);
  clearTimeout(searchTimer);
}

/** One step a turn, and where much is written a rest after it. */
function scheduleIndex(delayMs: number): void {
  indexTimer ??= setTimeout(() => {
    indexTimer = undefined;
    orFail(() => {
      isWriting = false;
      const startMs = performance.now();
      const isMore = keeper?.indexStep();
      const tookMs = performance.now() - startMs;
      if (isMore !== true) return;
      // An append that came meanwhile is handled before this.
      indexTimer = setTimeout(() => {
        indexTimer = undefined;
        if (keeper === undefined) return;
        scheduleIndex(isWriting ? INDEX_REST * tookMs : 0);
      });
    });
  }, delayMs);
}

/** Some steps a turn: what is to be written comes in between. */
function scheduleSearch(): void {
  searchTimer ??= setTimeout(() => {
    searchTimer = undefined;
    orFail(() => {
      const endMs = performance.now() + SEARCH_TURN_MS;
      do {
        const reply = keeper?.searchStep(clockMs);
        if (reply !== undefined) answer(reply);
      } while (keeper?.isSearching && performance.now() < endMs);
      if (keeper?.isSearching) scheduleSearch();
    });
  });
}

function clockMs(): number {
  return performance.now();
}

/** One step a turn: what is to be written comes in between. */
function scheduleRetention(delayMs: number): void {
  retentionTimer = setTimeout(() => {
    if (keeper === undefined) return;
    const opened = keeper;
    orFail(() => {
      const reply = opened.retainStep(Date.now());
      if (reply !== undefined) answer(reply);
      scheduleRetention(reply === undefined ? RETENTION_INTERVAL_MS : 0);
    });
  }, delayMs);
}

/** What is no error of the store is a bug: it goes to the Worker's `onerror`. */
function orFail(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const { code, path, detail } = error;
    answer({ type: "failed", code, path, detail });
  }
}

function answer(reply: StoreReply): void {
  self.postMessage(reply);
}
