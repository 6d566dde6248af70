/**
 * How the page talks to the program: bound functions in the native window, a
 * WebSocket in a browser.
 *
 * @module
 */

import type { ClientCommand } from "../bridge.ts";
import type { PageEvent } from "./page_state.ts";

/** The page's end of the bridge. */
export interface PageBridge {
  /**
   * Tells the program what the person did. Lost if the program is gone, which
   * the page shows.
   */
  send(command: ClientCommand): void;
}

/** What the web view binds and calls in the page's global scope. */
interface NativeScope {
  /** Bound by the web view: one command as JSON. */
  gasCommand?: (json: string) => unknown;
  /** Called by the web view with events, in order. */
  gasEvents?: (events: readonly PageEvent[]) => void;
}

/**
 * A socket that is cut off after a shorter life is not opened again: two pages
 * must not take turns, nor this one knock at a port that has a new owner.
 */
const MIN_LIFE_MS = 5_000;

/**
 * Opens the bridge that this page was loaded for and tells the program that the
 * page is ready.
 *
 * @param onEvents Takes events in order.
 * @returns The bridge.
 */
export function openPageBridge(
  onEvents: (events: readonly PageEvent[]) => void,
): PageBridge {
  const scope = globalThis as NativeScope;
  const gasCommand = scope.gasCommand;
  if (gasCommand === undefined) return openSocket(onEvents);
  const bridge: PageBridge = {
    send: (command) => void gasCommand(JSON.stringify(command)),
  };
  scope.gasEvents = onEvents;
  bridge.send({ type: "faceReady" });
  return bridge;
}

function openSocket(
  onEvents: (events: readonly PageEvent[]) => void,
): PageBridge {
  const url = new URL("socket", location.href);
  url.protocol = "ws:";
  let socket = connect();
  return {
    send(command) {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(JSON.stringify(command));
    },
  };

  function connect(): WebSocket {
    const opening = new WebSocket(url);
    let openedMs = Number.POSITIVE_INFINITY;
    let isDismissed = false;
    opening.addEventListener("open", () => {
      openedMs = performance.now();
      onEvents([{ type: "linkOpened" }]);
      opening.send(JSON.stringify({ type: "faceReady" }));
    });
    opening.addEventListener("message", ({ data }: MessageEvent<string>) => {
      const events: readonly PageEvent[] = JSON.parse(data);
      isDismissed ||= events.some(({ type }) => type === "linkClosed");
      onEvents(events);
    });
    opening.addEventListener("close", () => {
      if (isDismissed) return;
      if (performance.now() - openedMs >= MIN_LIFE_MS) socket = connect();
      else onEvents([{ type: "linkClosed", reason: "gone" }]);
    });
    return opening;
  }
}
