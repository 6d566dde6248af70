/**
 * A client that writes on as soon as something of it is acknowledged, and tells
 * on standard output what happens to it, for tests that kill it.
 *
 * Arguments: data folder, port, name, what each of its texts begins with. Any
 * input makes it write no more.
 */
import { ClientSession } from "../../lib/app/client_session.ts";
import type { ClientEvent } from "../../lib/ui/bridge.ts";
import type { TalkerLine } from "./talker_process.ts";

/** Messages on their way at a time, so that each kill finds some. */
const WINDOW = 10;

const [dataDir = "", port = "", name = "", prefix = ""] = Deno.args;
const own = new Map<string, string>();
let count = 0;
let isTalking = false;
let hasFinished = false;

const session = await ClientSession.create({
  dataDir,
  host: undefined,
  port: undefined,
  clientPort: 0,
  name: undefined,
  loginWorker:
    new URL("../../lib/crypto/login_worker.ts", import.meta.url).href,
  memory: "messages",
});

/** At once: what was told is told, whenever it is killed. */
function tell(line: TalkerLine): void {
  Deno.stdout.writeSync(
    new TextEncoder().encode(JSON.stringify(line) + "\n"),
  );
}

/** Not within an event: as a person does. */
function write(): void {
  queueMicrotask(() =>
    session.handleCommand({
      type: "send",
      roomId: 1,
      text: `${prefix} ${count++}`,
    })
  );
}

function handleEvent(event: ClientEvent): void {
  switch (event.type) {
    case "welcome":
      if (isTalking) return;
      isTalking = true;
      for (let i = 0; i < WINDOW; i++) write();
      return;
    case "message": {
      const { delivery, text } = event;
      if (delivery.state === "stored") {
        return tell({ type: "shown", sequence: delivery.sequence, text });
      }
      if (delivery.state === "refused") return tell({ type: "lost", event });
      own.set(event.id, text);
      return tell({ type: "kept", text });
    }
    case "delivery": {
      const { delivery, id } = event;
      if (delivery.state !== "stored") return tell({ type: "lost", event });
      const text = own.get(id)!;
      own.delete(id);
      const { sequence } = delivery;
      tell({ type: "acknowledged", sequence, text });
      if (!hasFinished) write();
      else if (own.size === 0) tell({ type: "finished" });
      return;
    }
    case "changeRefused":
    case "loginRefused":
    case "gap":
    case "unkept":
    case "ended":
      return tell({ type: "lost", event });
    case "change":
    case "loginForm":
    case "loginProgress":
    case "joined":
    case "left":
    case "connection":
      return;
  }
}

session.subscribe(handleEvent);
session.handleCommand({
  type: "login",
  host: "127.0.0.1",
  port: Number(port),
  name,
  password: "GAS1",
});
await Deno.stdin.read(new Uint8Array(1));
hasFinished = true;
