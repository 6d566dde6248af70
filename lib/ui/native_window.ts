/**
 * The chat's native window, on the main thread, which stays blocked inside it.
 * Everything else runs in a Worker, which drives the page through a
 * `RemoteWindow` at the other end of {@link NativeWindow.port}.
 *
 * The two ends agree like this:
 *
 * 1. The constructor opens the window and posts `opened`. The program sends the
 *    port to its Worker, then calls {@link NativeWindow.run}.
 * 2. While the main thread is blocked, the functions bound to the page still
 *    run on it: each posts one message to the Worker. The Worker answers by
 *    dispatching scripts to the native loop, without JavaScript on this thread.
 * 3. After the window closed, `closed` is posted and the Worker answers
 *    `detached`: its promise to dispatch nothing more. Only then is the window
 *    destroyed, so that no dispatch meets freed memory.
 *
 * @module
 */

import { loadWebview, SizeHint, Webview } from "webview";

/** What the main thread tells the Worker about the window. */
export type WindowMessage =
  /** The window is open; with this the Worker reaches it. */
  | { readonly type: "opened"; readonly handle: WindowHandle }
  /** The page called `gasCommand`; `json` is the command it gave. */
  | { readonly type: "command"; readonly json: string }
  /** The page has shown a batch of events. */
  | { readonly type: "shown"; readonly batch: number }
  /** The window is closed; the Worker answers {@link DETACHED}. */
  | { readonly type: "closed" };

/** How another thread reaches a window. */
export interface WindowHandle {
  /** Where the webview library lies. */
  readonly libraryPath: string;
  /** The address of the `webview_t`. */
  readonly pointer: bigint;
}

/** The Worker's answer to `closed`: it will not touch the window again. */
export const DETACHED = "detached";

/** What a window shows. */
export interface NativeWindowOptions {
  /** Where the webview library lies, as `installWebviewLibrary` returned it. */
  readonly libraryPath: string;
  /** The title in the window's frame. */
  readonly title: string;
  /**
   * The page: it calls `gasCommand(json)` with its `ClientCommand`s, first with
   * `faceReady`, and defines `gasEvents(events)`, which takes `ClientEvent`s.
   */
  readonly html: string;
  /** Whether the page offers developer tools. */
  readonly debug?: boolean;
}

/** A window on the main thread, driven from a Worker. */
export class NativeWindow {
  /** The Worker's end: to be transferred to it, once. */
  readonly port: MessagePort;
  readonly #port: MessagePort;
  readonly #webview: Webview;

  /**
   * Opens the window; it appears, and reacts once {@link NativeWindow.run} runs.
   *
   * @param options What it shows.
   * @throws {WindowUnavailableError} If no window can open here.
   */
  constructor({ libraryPath, title, html, debug }: NativeWindowOptions) {
    loadWebview(libraryPath);
    this.#webview = new Webview(debug ?? false, SIZE);
    this.#webview.size = MIN_SIZE;
    this.#webview.title = title;
    const channel = new MessageChannel();
    this.#port = channel.port1;
    this.port = channel.port2;
    this.#post({
      type: "opened",
      handle: {
        libraryPath,
        pointer: Deno.UnsafePointer.value(this.#webview.unsafeHandle),
      },
    });
    this.#webview.bind("gasCommand", (json) => {
      if (typeof json === "string") this.#post({ type: "command", json });
    });
    this.#webview.bind("gasShown", (batch) => {
      if (typeof batch === "number") this.#post({ type: "shown", batch });
    });
    this.#webview.bind("gasLost", () => this.#webview.setHTML(html));
    this.#webview.init(PAGE_GUARD);
    this.#webview.setHTML(html);
  }

  /**
   * Blocks this thread until the window is closed, by its user or by the
   * Worker; then waits for the Worker to let go of it, and destroys it.
   */
  async run(): Promise<void> {
    this.#webview.runLoop();
    if (await this.#detach()) this.#webview.destroy();
    this.#port.close();
  }

  /** Tells whether the Worker let go of the window. */
  #detach(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), DETACH_TIMEOUT_MS);
    this.#port.onmessage = ({ data }) => {
      if (data === DETACHED) resolve(true);
    };
    this.#post({ type: "closed" });
    return promise.finally(() => clearTimeout(timer));
  }

  #post(message: WindowMessage): void {
    this.#port.postMessage(message);
  }
}

/**
 * Runs in every page of the window before its own scripts. The window shows one
 * page that came from memory and has no address, so whatever a browser does to
 * an address would end it, or let another page call `gasCommand`:
 *
 * - Reloading leaves an empty page; it asks for ours again, which then tells
 *   `faceReady` anew. The menu that offers reloading is kept to where it offers
 *   cutting and pasting.
 * - Links lead nowhere, nor do files and links that are dropped; only text
 *   fields take what is dropped, if it is no file.
 */
const PAGE_GUARD = `(() => {
  const stop = (event) => event.preventDefault();
  const isText = (target) => target.closest?.("input, textarea") !== null;
  addEventListener("DOMContentLoaded", () => {
    if (document.scripts.length === 0) gasLost();
  });
  addEventListener("contextmenu", (event) => {
    if (!isText(event.target) && getSelection().isCollapsed) stop(event);
  });
  addEventListener("click", (event) => {
    if (event.target.closest?.("a[href]")) stop(event);
  });
  const stopDrop = (event) => {
    const isFile = event.dataTransfer.types.includes("Files");
    if (isFile || !isText(event.target)) stop(event);
  };
  addEventListener("dragover", stopDrop);
  addEventListener("drop", stopDrop);
})()`;

/** Wide enough for messages and members side by side on a small laptop. */
const SIZE = { width: 1040, height: 680, hint: SizeHint.NONE } as const;

/** The page's layout for narrow windows is made for this width and more. */
const MIN_SIZE = { width: 360, height: 420, hint: SizeHint.MIN } as const;

/**
 * A Worker answers within milliseconds. One that does not is dead or stuck, and
 * then the window is left to the end of the process rather than destroyed.
 */
const DETACH_TIMEOUT_MS = 2_000;
