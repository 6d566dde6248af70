/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The Worker behind `runInLoginWorker`: does one task and answers. A module of
 * its own, because it acts when it is loaded.
 *
 * @module
 */

import type { LoginTask, LoginTaskOutcome } from "./login_task.ts";
import { loadOpaque, type Opaque } from "./opaque.ts";

// Listening starts before anything is awaited: the task may be here already.
self.onmessage = async ({ data }: MessageEvent<LoginTask>) => {
  self.postMessage(await outcomeOf(data));
};

async function outcomeOf(task: LoginTask): Promise<LoginTaskOutcome> {
  try {
    const opaque = await loadOpaque();
    return { type: "finished", result: runTask(opaque, task) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { type: "failed", message };
  }
}

function runTask(
  opaque: Opaque,
  task: LoginTask,
): ReturnType<
  Opaque["register" | "finishClientLogin" | "finishClientRegistration"]
> {
  switch (task.type) {
    case "register":
      return opaque.register(task.options);
    case "finishClientLogin":
      return opaque.finishClientLogin(task.options);
    case "finishClientRegistration":
      return opaque.finishClientRegistration(task.options);
  }
}
