/**
 * The native window as the Worker sees it: the other end of a `NativeWindow`'s
 * port. Commands arrive as messages; events leave as scripts, many events in
 * one script when they come faster than the page shows them.
 *
 * Only one script is on its way at a time, and the page acknowledges each. So
 * a lone event leaves at once, a burst is coalesced by itself, the memory the
 * window's thread reads is known to be read, and a slow page slows the sender
 * ({@link RemoteWindow.isCongested}) instead of filling the native queue.
 *
 * @module
 */

import { loadWebview, Webview } from "webview";
import type { ClientCommand, ClientEvent } from "./bridge.ts";
import { decodeClientCommand } from "./client_command.ts";
import { DETACHED } from "./native_window.ts";
import type { WindowHandle, WindowMessage } from "./native_window.ts";

/** What a {@link RemoteWindow} tells the Worker. */
export interface RemoteWindowListener {
  /** A person did something in the page. */
  onCommand(command: ClientCommand): void;
  /** The page caught up after {@link RemoteWindow.isCongested}. */
  onDrained(): void;
  /** The window is closed; events are ignored from here on. */
  onClosed(): void;
}

/** The part of `Webview` that works from another thread. */
export interface DispatchTarget {
  /** Runs a script; the returned memory is read until the script has run. */
  dispatchEval(source: string): Uint8Array;
  /** Ends the window's loop, which closes it. */
  dispatchTerminate(): void;
}

/** The part of a `MessagePort` that is used. */
export interface RemoteWindowPort {
  /** Takes what the window's thread says. */
  onmessage: ((event: MessageEvent) => void) | null;
  /** Answers. */
  postMessage(message: unknown): void;
}

/** The native window as the Worker sees it. */
export class RemoteWindow {
  readonly #port: RemoteWindowPort;
  readonly #listener: RemoteWindowListener;
  readonly #open: (handle: WindowHandle) => DispatchTarget;
  #target: DispatchTarget | undefined;
  #state: "loading" | "ready" | "closing" | "closed" = "loading";
  /** Events that wait, as JSON. */
  #queue: string[] = [];
  #queuedCharacters = 0;
  #wasCongested = false;
  #lastBatch = 0;
  /** The script on its way, if any. */
  #inFlight: Uint8Array | undefined;
  /**
   * Scripts whose page went away before it acknowledged them. Dispatches run in
   * order: the next acknowledgement tells that these were read, too.
   */
  #abandoned: Uint8Array[] = [];

  /**
   * Listens to the window; it may still be opening.
   *
   * @param port The `NativeWindow`'s port.
   * @param listener Whom to tell.
   * @param open Reaches the window; replaced in tests.
   */
  constructor(
    port: RemoteWindowPort,
    listener: RemoteWindowListener,
    open: (handle: WindowHandle) => DispatchTarget = openWebview,
  ) {
    this.#port = port;
    this.#listener = listener;
    this.#open = open;
    port.onmessage = ({ data }) => this.#handleMessage(data as WindowMessage);
  }

  /**
   * Whether so much waits for the page that the caller should take no more from
   * the network until `onDrained`.
   */
  get isCongested(): boolean {
    return this.#queuedCharacters >= CONGESTED_CHARACTERS;
  }

  /**
   * Shows an event in the page, after all earlier ones.
   *
   * @param event The event.
   */
  postEvent(event: ClientEvent): void {
    if (this.#state !== "ready") return;
    const json = JSON.stringify(event);
    this.#queue.push(json);
    this.#queuedCharacters += json.length;
    if (this.isCongested) this.#wasCongested = true;
    this.#flush();
  }

  /** Closes the window, as if its user had; `onClosed` follows. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closing";
    this.#target?.dispatchTerminate();
  }

  #handleMessage(message: WindowMessage): void {
    switch (message.type) {
      case "opened":
        this.#target = this.#open(message.handle);
        if (this.#state === "closing") this.#target.dispatchTerminate();
        return;
      case "command":
        return this.#handleCommand(message.json);
      case "shown":
        return this.#handleShown(message.batch);
      case "closed":
        this.#state = "closed";
        this.#target = undefined;
        this.#discardQueue();
        this.#port.postMessage(DETACHED);
        return this.#listener.onClosed();
    }
  }

  #handleCommand(json: string): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    const command = decodeClientCommand(json);
    if (command === undefined) return;
    if (command.type === "faceReady") {
      // A page that (re)loads is told the whole state anew by the session.
      this.#state = "ready";
      this.#discardQueue();
      if (this.#inFlight !== undefined) this.#abandoned.push(this.#inFlight);
      this.#inFlight = undefined;
    }
    this.#listener.onCommand(command);
  }

  #handleShown(batch: number): void {
    // An earlier page's late acknowledgement says nothing about this batch.
    if (batch !== this.#lastBatch) return;
    this.#inFlight = undefined;
    this.#abandoned = [];
    this.#flush();
    if (this.#wasCongested && !this.isCongested) {
      this.#wasCongested = false;
      this.#listener.onDrained();
    }
  }

  #flush(): void {
    if (this.#inFlight !== undefined || this.#queue.length === 0) return;
    if (this.#target === undefined) return;
    let count = 0;
    let characters = 0;
    for (const json of this.#queue) {
      if (count > 0 && characters + json.length > MAX_BATCH_CHARACTERS) break;
      count++;
      characters += json.length;
    }
    const events = this.#queue.splice(0, count).join(",");
    this.#queuedCharacters -= characters;
    this.#inFlight = this.#target.dispatchEval(
      `try{gasEvents([${escapeScript(events)}])}` +
        `finally{gasShown(${++this.#lastBatch})}`,
    );
  }

  #discardQueue(): void {
    this.#queue = [];
    this.#queuedCharacters = 0;
    this.#wasCongested = false;
  }
}

/**
 * Makes JSON safe to stand in any script: in older engines U+2028 and U+2029
 * end a line inside a string, and `</script>` or `<!--` would matter if the
 * script ever stood in HTML. None of the three occurs outside JSON strings.
 *
 * @param json The JSON text.
 * @returns The same value as a JavaScript expression.
 */
export function escapeScript(json: string): string {
  return json.replace(
    /[<\u2028\u2029]/g,
    (character) =>
      "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

function openWebview(handle: WindowHandle): DispatchTarget {
  loadWebview(handle.libraryPath);
  const pointer = Deno.UnsafePointer.create(handle.pointer);
  if (pointer === null) throw new TypeError("a window's pointer is not null");
  return new Webview(pointer);
}

/**
 * A page takes about 10 ms for a batch of this size; a bigger one would hold up
 * typing.
 */
const MAX_BATCH_CHARACTERS = 64 * 1024;

/** Twenty thousand short messages: a second's work for the page. */
const CONGESTED_CHARACTERS = 4 * 1024 * 1024;
