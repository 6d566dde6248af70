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

let keeper: StoreKeeper | undefined;
let retentionTimer: ReturnType<typeof setTimeout> | undefined;

self.onmessage = ({ data }: MessageEvent<OpenRequest | StoreRequest>) => {
  orFail(() => {
    if (data.type === "open") {
      keeper = StoreKeeper.open(data, Date.now());
      const { state, wasExposed } = keeper;
      answer({ type: "opened", state, wasExposed });
      scheduleRetention(keeper, 0);
    } else if (keeper !== undefined) {
      if (data.type === "close") clearTimeout(retentionTimer);
      answer(keeper.handleRequest(data));
    }
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
