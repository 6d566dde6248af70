/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The store's Worker, closed by a datagram in the very turn of the event loop in
 * which its timers are due. Says "done" a moment later.
 *
 * @module
 */

import "../../../lib/store/store_worker.ts";
import { logEvent } from "./log_events.ts";
import { openRequest } from "./open_request.ts";

/** Longer than the timers of the Worker wait. */
const LONG_MS = 10;

const answer = self.postMessage.bind(self);
self.postMessage = () => {};

function handle(data: unknown): void {
  self.dispatchEvent(new MessageEvent("message", { data }));
}

self.addEventListener("message", async (event) => {
  const { data: path } = event as MessageEvent<unknown>;
  if (typeof path !== "string") return;
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: 0,
  });
  await socket.send(new Uint8Array(1), socket.addr);
  handle(openRequest(path));
  const writes = [{ type: "event", roomId: 1, event: logEvent(1) }];
  handle({ type: "commit", writes });
  const closed = socket.receive().then(() => handle({ type: "close" }));
  const endMs = performance.now() + LONG_MS;
  while (performance.now() < endMs);
  await closed;
  socket.close();
  setTimeout(() => answer("done"), LONG_MS);
});
