/**
 * A native window that shows a page: webview 0.12's C library by FFI, in the
 * shape of webview_deno's `Webview` class. {@link loadWebview} comes first;
 * importing this module loads nothing.
 *
 * The window lives on the thread that made it, which must be the main one
 * (macOS allows no other). {@link Webview.run} blocks that thread; callbacks
 * bound to the page still run on it, but no promise settles and no timer fires
 * until the window is closed. Another thread makes a second `Webview` from the
 * first one's pointer and may call its `dispatch*` methods only.
 *
 * @module
 */

import {
  explainCreateFailure,
  explainLoadFailure,
  WindowUnavailableError,
} from "./window_unavailable.ts";

/** What a window's size means; the values of {@link SizeHint}. */
export type SizeHint = 0 | 1 | 2 | 3;

/** What a window's size means. */
export const SizeHint: {
  /** The size to begin with. */
  readonly NONE: 0;
  /** The smallest size. */
  readonly MIN: 1;
  /** The largest size; without effect on Linux. */
  readonly MAX: 2;
  /** The size for good. */
  readonly FIXED: 3;
} = { NONE: 0, MIN: 1, MAX: 2, FIXED: 3 };

/** A window's size. */
export interface Size {
  /** Width in pixels, as the page counts them. */
  readonly width: number;
  /** Height in pixels, as the page counts them. */
  readonly height: number;
  /** What the size means. */
  readonly hint: SizeHint;
}

/**
 * Loads the webview library, once per thread.
 *
 * @param path Where it lies; every thread of a program gives the same.
 * @throws {WindowUnavailableError} If the system cannot load it.
 * @throws {TypeError} If another library was loaded before.
 */
export function loadWebview(path: string): void {
  if (loaded?.path === path) return;
  if (loaded !== undefined) {
    throw new TypeError(`webview library already loaded from ${loaded.path}`);
  }
  try {
    loaded = { path, symbols: Deno.dlopen(path, SYMBOLS).symbols };
    if (Deno.build.os === "linux") pin(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new WindowUnavailableError(
      explainLoadFailure(detail, Deno.build.os),
      { cause: error },
    );
  }
}

/**
 * A native window that shows a page.
 *
 * @example Shows a page until it is closed
 * ```ts ignore
 * loadWebview("/path/to/libwebview.so");
 * const webview = new Webview(false, { width: 400, height: 300, hint: 0 });
 * webview.title = "Hello";
 * webview.setHTML("<button onclick=\"greet('you')\">Greet</button>");
 * webview.bind("greet", (name) => console.log("hello", name));
 * webview.run();
 * ```
 */
export class Webview {
  #handle: Deno.PointerValue;
  readonly #symbols: WebviewSymbols;
  readonly #callbacks = new Map<string, BoundCallback>();

  /**
   * Takes over a window made on another thread.
   *
   * @param handle The other instance's {@link Webview.unsafeHandle}.
   */
  constructor(handle: Deno.PointerObject);
  /**
   * Opens a window.
   *
   * @param debug Whether the page offers developer tools.
   * @param size The window's size.
   * @param window A native window (`GtkWindow*`, `NSWindow*`, `HWND`) to embed
   * the page into, instead of a new one.
   * @throws {WindowUnavailableError} If no window can open here.
   */
  constructor(debug?: boolean, size?: Size, window?: Deno.PointerValue);
  constructor(
    debugOrHandle: boolean | Deno.PointerObject = false,
    size: Size = { width: 1024, height: 768, hint: SizeHint.NONE },
    window: Deno.PointerValue = null,
  ) {
    if (loaded === undefined) throw new TypeError("loadWebview() comes first");
    this.#symbols = loaded.symbols;
    if (typeof debugOrHandle === "object") {
      this.#handle = debugOrHandle;
      return;
    }
    this.#handle = this.#symbols.webview_create(
      debugOrHandle ? 1 : 0,
      window,
    );
    if (this.#handle === null) {
      throw new WindowUnavailableError(
        explainCreateFailure(Deno.build.os, displayName()),
      );
    }
    this.size = size;
  }

  /** The `webview_t` pointer; null once destroyed. */
  get unsafeHandle(): Deno.PointerValue {
    return this.#handle;
  }

  /** The native window: `GtkWindow*`, `NSWindow*` or `HWND`. */
  get unsafeWindowHandle(): Deno.PointerValue {
    return this.#symbols.webview_get_window(this.#alive());
  }

  /** The window's title. */
  set title(title: string) {
    const handle = this.#alive();
    check("set_title", this.#symbols.webview_set_title(handle, c(title)));
  }

  /** The window's size. */
  set size({ width, height, hint }: Size) {
    // 0.12's GTK backend returns "invalid argument" for every size it applied.
    this.#symbols.webview_set_size(this.#alive(), width, height, hint);
  }

  /**
   * Goes to an address.
   *
   * @param url The address; `data:` is allowed.
   */
  navigate(url: URL | string): void {
    const handle = this.#alive();
    check("navigate", this.#symbols.webview_navigate(handle, c(String(url))));
  }

  /**
   * Shows a page.
   *
   * @param html The page; its origin is opaque (`about:blank`). Windows takes
   * at most 2 MB.
   */
  setHTML(html: string): void {
    const handle = this.#alive();
    check("set_html", this.#symbols.webview_set_html(handle, c(html)));
  }

  /**
   * Gives every page to come a script that runs before its own.
   *
   * @param source The script.
   */
  init(source: string): void {
    check("init", this.#symbols.webview_init(this.#alive(), c(source)));
  }

  /**
   * Runs a script in the page. Scripts given before a page has begun to load
   * are lost; bind a function to learn what a script found.
   *
   * @param source The script.
   */
  eval(source: string): void {
    check("eval", this.#symbols.webview_eval(this.#alive(), c(source)));
  }

  /**
   * Gives the page a global function that calls back. In the page it returns a
   * promise of what the callback returned, or rejects with the message of what
   * it threw. The callback is synchronous: nothing would settle a promise while
   * {@link Webview.run} blocks the thread.
   *
   * @param name The function's name in the page.
   * @param callback Gets the arguments; what it returns passes as JSON.
   * @throws {TypeError} If the name is bound already.
   */
  bind(name: string, callback: (...args: unknown[]) => unknown): void {
    if (this.#callbacks.has(name)) throw new TypeError(`${name} is bound`);
    const bound: BoundCallback = new Deno.UnsafeCallback(
      CALLBACK_TYPE,
      (id, request) => {
        // The strings live until this returns.
        const args = JSON.parse(cStringAt(request));
        let status = 0;
        let result: unknown;
        try {
          result = callback(...args);
        } catch (error) {
          status = 1;
          result = error instanceof Error ? error.message : String(error);
        }
        const json = JSON.stringify(result) ?? "";
        this.#symbols.webview_return(this.#handle, id, status, c(json));
      },
    );
    this.#callbacks.set(name, bound);
    check(
      "bind",
      this.#symbols.webview_bind(this.#alive(), c(name), bound.pointer, null),
    );
  }

  /**
   * Takes a bound function away from the page. Not from inside that function.
   *
   * @param name The function's name in the page.
   */
  unbind(name: string): void {
    const bound = this.#callbacks.get(name);
    if (bound === undefined) return;
    check("unbind", this.#symbols.webview_unbind(this.#alive(), c(name)));
    this.#callbacks.delete(name);
    bound.close();
  }

  /**
   * Blocks until the window is closed, by its user or by
   * {@link Webview.terminate}, then destroys it.
   */
  run(): void {
    this.runLoop();
    this.destroy();
  }

  /** As {@link Webview.run}, without destroying the window after it. */
  runLoop(): void {
    check("run", this.#symbols.webview_run(this.#alive()));
  }

  /** Ends {@link Webview.run}; to be called from a bound function. */
  terminate(): void {
    check("terminate", this.#symbols.webview_terminate(this.#alive()));
  }

  /**
   * Closes the window and frees what it holds. Before that, other threads must
   * have ended dispatching: this runs what they dispatched, nothing later.
   */
  destroy(): void {
    if (this.#handle === null) return;
    const handle = this.#handle;
    // `webview_destroy` of 0.12 releases the page, then runs what is still in
    // the native queue: a script there would meet freed memory. So the page is
    // silenced and the queue emptied first.
    for (const name of this.#callbacks.keys()) {
      check("unbind", this.#symbols.webview_unbind(handle, c(name)));
    }
    this.dispatchTerminate();
    this.runLoop();
    this.#handle = null;
    check("destroy", this.#symbols.webview_destroy(handle));
    for (const bound of this.#callbacks.values()) bound.close();
    this.#callbacks.clear();
  }

  /**
   * Runs a script in the page, from any thread. The window's thread reads the
   * script later and executes no JavaScript of ours to do so.
   *
   * @param source The script.
   * @returns Memory the window's thread will read: keep it referenced until
   * the script has told that it ran.
   */
  dispatchEval(source: string): Uint8Array {
    const script = c(source);
    check(
      "dispatch",
      this.#symbols.webview_dispatch(
        this.#alive(),
        this.#symbols.webview_eval_address,
        script,
      ),
    );
    return script;
  }

  /**
   * Ends {@link Webview.run} from any thread. `webview_terminate` itself must
   * be called on the window's thread: on Windows it posts to its caller's.
   */
  dispatchTerminate(): void {
    check(
      "dispatch",
      this.#symbols.webview_dispatch(
        this.#alive(),
        this.#symbols.webview_terminate_address,
        null,
      ),
    );
  }

  #alive(): Deno.PointerObject {
    if (this.#handle === null) throw new TypeError("the window is destroyed");
    return this.#handle;
  }
}

/**
 * Keeps a loaded library for good. Deno unloads what a thread loaded when the
 * thread ends, but GTK's and WebKit's own threads still run then, and would
 * find their code gone.
 */
function pin(path: string): void {
  const libc = Deno.dlopen("libc.so.6", {
    dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
  });
  libc.symbols.dlopen(c(path), RTLD_NOW | RTLD_NODELETE);
  libc.close();
}

/** What the environment names as display, X11's or Wayland's. */
function displayName(): string | undefined {
  if (Deno.build.os === "windows" || Deno.build.os === "darwin") return;
  // An empty variable names nothing.
  return Deno.env.get("WAYLAND_DISPLAY") || Deno.env.get("DISPLAY") ||
    undefined;
}

/** A C string whose memory stays where it is for as long as it is referenced. */
function c(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) throw new TypeError("C strings cannot hold NUL");
  const encoded = new TextEncoder().encode(text);
  // An ArrayBuffer of its own: V8 may keep small typed arrays inside the heap,
  // where the collector moves them.
  const bytes = new Uint8Array(new ArrayBuffer(encoded.length + 1));
  bytes.set(encoded);
  return bytes;
}

function cStringAt(pointer: Deno.PointerValue): string {
  if (pointer === null) return "[]";
  return Deno.UnsafePointerView.getCString(pointer);
}

/** Errors are negative, notes positive (`webview_error_t`). */
function check(name: string, code: number): void {
  if (code < 0) throw new Error(`webview_${name} failed with ${code}`);
}

/** From Linux' dlfcn.h, the same on every processor we build for. */
const RTLD_NOW = 2;
const RTLD_NODELETE = 0x1000;

const CALLBACK_TYPE = {
  parameters: ["pointer", "pointer", "pointer"],
  result: "void",
} as const;

type BoundCallback = Deno.UnsafeCallback<typeof CALLBACK_TYPE>;

/** The C API of webview 0.12, as far as it is used. */
const SYMBOLS = {
  webview_create: { parameters: ["i32", "pointer"], result: "pointer" },
  webview_destroy: { parameters: ["pointer"], result: "i32" },
  webview_run: { parameters: ["pointer"], result: "i32" },
  webview_terminate: { parameters: ["pointer"], result: "i32" },
  webview_dispatch: {
    parameters: ["pointer", "function", "buffer"],
    result: "i32",
  },
  webview_get_window: { parameters: ["pointer"], result: "pointer" },
  webview_set_title: { parameters: ["pointer", "buffer"], result: "i32" },
  webview_set_size: {
    parameters: ["pointer", "i32", "i32", "i32"],
    result: "i32",
  },
  webview_navigate: { parameters: ["pointer", "buffer"], result: "i32" },
  webview_set_html: { parameters: ["pointer", "buffer"], result: "i32" },
  webview_init: { parameters: ["pointer", "buffer"], result: "i32" },
  webview_eval: { parameters: ["pointer", "buffer"], result: "i32" },
  webview_bind: {
    parameters: ["pointer", "buffer", "function", "pointer"],
    result: "i32",
  },
  webview_unbind: { parameters: ["pointer", "buffer"], result: "i32" },
  webview_return: {
    parameters: ["pointer", "pointer", "i32", "buffer"],
    result: "i32",
  },
  // The addresses of two functions, to be dispatched as they are: both take
  // the window and at most one pointer, as a dispatched function does.
  webview_eval_address: { name: "webview_eval", type: "pointer" },
  webview_terminate_address: { name: "webview_terminate", type: "pointer" },
} as const;

type WebviewSymbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** The one library of this thread. */
let loaded: { path: string; symbols: WebviewSymbols } | undefined;
