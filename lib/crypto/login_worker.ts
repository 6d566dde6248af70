/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The Worker behind `runInLoginWorker`: does one task and answers. A module of
 * its own, because it acts when it is loaded.
 *
 * @module
 */

import type { LoginTask, LoginTaskOutcome } from "./login_task.ts";
import { loadOpaque } from "./opaque.ts";

// Listening starts before anything is awaited: the task may be here already.
self.onmessage = async ({ data }: MessageEvent<LoginTask>) => {
  self.postMessage(await outcomeOf(data));
};

async function outcomeOf(task: LoginTask): Promise<LoginTaskOutcome> {
  try {
    const opaque = await loadOpaque();
    const result = task.type === "register"
      ? opaque.register(task.options)
      : opaque.finishClientLogin(task.options);
    return { type: "finished", result };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { type: "failed", message };
  }
}
