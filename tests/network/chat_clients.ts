/**
 * A process with clients of ours, each with a socket of its own. Runs inside a
 * network namespace; see remote_clients.ts for what it is told and tells.
 *
 * @module
 */

import { ClientSession } from "../../lib/app/client_session.ts";
import type { ClientEvent } from "../../lib/ui/bridge.ts";
import { clockMs, openRemote } from "./remote_clients.ts";

const LOGIN_WORKER = new URL(
  "../../lib/crypto/login_worker.ts",
  import.meta.url,
);
/** The public default: the room is open. */
const PASSWORD = "GAS1";

const { report, commands } = openRemote();
const sessions = new Map<string, ClientSession>();

async function enter(
  { host, port, name }: { host: string; port: number; name: string },
): Promise<void> {
  const session = await ClientSession.create({
    dataDir: await Deno.makeTempDir({ dir: Deno.args[0]! }),
    host: undefined,
    port: undefined,
    clientPort: 0,
    name: undefined,
    // Asked for each time a Worker is started.
    get loginWorker() {
      report({ type: "stretching" });
      return LOGIN_WORKER.href;
    },
  });
  sessions.set(name, session);
  const entered = Promise.withResolvers<void>();
  session.subscribe((event) => {
    if (event.type === "welcome") entered.resolve();
    handleEvent(name, event);
  });
  session.handleCommand({
    type: "login",
    host,
    port,
    name,
    password: PASSWORD,
  });
  await entered.promise;
}

function handleEvent(name: string, event: ClientEvent): void {
  if (event.type === "message" && !event.own) {
    report({ type: "received", name, text: event.text, atMs: clockMs() });
  } else if (
    event.type === "loginRefused" || event.type === "ended" ||
    event.type === "gap" ||
    (event.type === "delivery" && event.delivery.state === "refused")
  ) report({ type: "failed", why: JSON.stringify(event) });
}

for await (const command of commands) {
  switch (command.type) {
    case "join":
      for (const name of command.names) await enter({ ...command, name });
      report({ type: "joined" });
      break;
    case "send": {
      const { name, text } = command;
      const atMs = clockMs();
      sessions.get(name)!.handleCommand({ type: "send", roomId: 1, text });
      report({ type: "sent", name, text, atMs });
      break;
    }
  }
}
