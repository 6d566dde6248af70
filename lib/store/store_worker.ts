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

/** Undefined before the database is open, and once it is closed. */
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
  searchTurns.port1.close();
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
