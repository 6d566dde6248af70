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

/** How much longer than indexing the writing may take in between. */
const INDEX_REST = 4;

let keeper: StoreKeeper | undefined;
let retentionTimer: ReturnType<typeof setTimeout> | undefined;
/** Whether something was written since the last step of the index. */
let isWriting = false;
let indexTimer: ReturnType<typeof setTimeout> | undefined;
/** A turn by a message of its own comes 50 times as soon as by a timer. */
const searchTurns = new MessageChannel();
let isSearchTurnDue = false;

self.onmessage = ({ data }: MessageEvent<OpenRequest | StoreRequest>) => {
  orFail(() => {
    if (data.type === "open") {
      keeper = StoreKeeper.open(data, Date.now());
      const { state, rooms, people, wasExposed } = keeper;
      answer({ type: "opened", state, rooms, people, wasExposed });
      scheduleRetention(keeper, 0);
      scheduleIndex(keeper, 0);
    } else if (keeper !== undefined) {
      if (data.type === "close") {
        clearTimeout(retentionTimer);
        clearTimeout(indexTimer);
        searchTurns.port1.close();
      }
      const reply = keeper.handleRequest(data);
      if (reply !== undefined) answer(reply);
      if (data.type === "find") scheduleSearch();
      if (data.type === "commit") {
        isWriting = true;
        scheduleIndex(keeper, 0);
      }
    }
  });
};

/** One step a turn, and where much is written a rest after it. */
function scheduleIndex(keeper: StoreKeeper, delayMs: number): void {
  indexTimer ??= setTimeout(() => {
    indexTimer = undefined;
    orFail(() => {
      isWriting = false;
      const startMs = performance.now();
      const isMore = keeper.indexStep();
      const tookMs = performance.now() - startMs;
      if (!isMore) return;
      // An append that came meanwhile is handled before this.
      indexTimer = setTimeout(() => {
        indexTimer = undefined;
        scheduleIndex(keeper, isWriting ? INDEX_REST * tookMs : 0);
      });
    });
  }, delayMs);
}

/** One step a turn: what is to be written comes in between. */
function scheduleSearch(): void {
  if (isSearchTurnDue) return;
  isSearchTurnDue = true;
  searchTurns.port2.postMessage(undefined);
}

searchTurns.port1.onmessage = () => {
  isSearchTurnDue = false;
  orFail(() => {
    const reply = keeper?.searchStep();
    if (reply !== undefined) answer(reply);
    if (keeper?.isSearching) scheduleSearch();
  });
};

/** One step a turn: what is to be written comes in between. */
function scheduleRetention(keeper: StoreKeeper, delayMs: number): void {
  retentionTimer = setTimeout(() => {
    orFail(() => {
      const reply = keeper.retainStep(Date.now());
      if (reply !== undefined) answer(reply);
      const delayMs = reply === undefined ? RETENTION_INTERVAL_MS : 0;
      scheduleRetention(keeper, delayMs);
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
