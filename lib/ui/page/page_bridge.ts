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
 * Close code of the socket of a page that another page replaced. Private range
 * of RFC 6455 section 7.4.2.
 */
export const TAKEN_OVER_CLOSE_CODE = 4001;

/**
 * Close code of a socket that the program closed because it ends. RFC 6455
 * section 7.4.1.
 */
const NORMAL_CLOSE_CODE = 1000;

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
    let opened = false;
    opening.addEventListener("open", () => {
      opened = true;
      onEvents([{ type: "linkOpened" }]);
      opening.send(JSON.stringify({ type: "faceReady" }));
    });
    opening.addEventListener("message", (message: MessageEvent<string>) => {
      onEvents(JSON.parse(message.data));
    });
    opening.addEventListener("close", (event) => {
      if (event.code === TAKEN_OVER_CLOSE_CODE) {
        onEvents([{ type: "linkClosed", reason: "takenOver" }]);
      } else if (opened && event.code !== NORMAL_CLOSE_CODE) {
        // Cut off: the program may live on. Asked at once and once only,
        // because somebody else may listen there later.
        socket = connect();
      } else {
        onEvents([{ type: "linkClosed", reason: "gone" }]);
      }
    });
    return opening;
  }
}
