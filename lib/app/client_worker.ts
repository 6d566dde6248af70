/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The Worker behind the native window: the main thread is blocked inside the
 * window's own loop, so the session runs here. A module of its own, because it
 * acts when it is loaded.
 *
 * @module
 */

import { RemoteWindow } from "../ui/remote_window.ts";
import { ClientSession, type ClientSessionOptions } from "./client_session.ts";
import { onStopSignal } from "./stop_signal.ts";

/** What the main thread starts this Worker with. */
export interface ClientWorkerStart {
  /** The session to run. */
  readonly session: ClientSessionOptions;
  /** The window's end of the channel. */
  readonly port: MessagePort;
}

// Listening starts before anything is awaited: the start may be here already.
self.onmessage = async ({ data }: MessageEvent<ClientWorkerStart>) => {
  const session = await ClientSession.create(data.session);
  const window = new RemoteWindow(data.port, {
    onCommand: (command) => session.handleCommand(command),
    onDrained: () => session.setReading(true),
    onClosed: () => session.handleCommand({ type: "quit" }),
  });
  session.subscribe((event) => {
    window.postEvent(event);
    if (window.isCongested) session.setReading(false);
    if (event.type === "ended" && event.reason.code === "quit") window.close();
  });
  // The main thread hears no signal while the window is open.
  onStopSignal(() => window.close());
  // A window with nobody behind it would only look alive.
  self.addEventListener("error", () => window.close());
  self.addEventListener("unhandledrejection", () => window.close());
  await session.finished;
  self.postMessage("finished");
};
