/**
 * A private X display without a screen, and hands for it: what a person at a
 * keyboard would do to a native window.
 *
 * @module
 */

/** What the tests of a native window need beside Deno. */
const TOOLS = ["Xvfb", "xdotool", "import"];

/** The library of Debian's `libX11`, by which a window is asked to close. */
const X11 = "libX11.so.6";

/** What the webview library links to and a plain system may not have. */
const LIBRARIES = [X11, "libwebkitgtk-6.0.so.4", "libvulkan.so.1"];

/**
 * Says what keeps native windows from being tested here, if anything.
 *
 * @returns What is missing; nothing if all is there.
 */
export function missingForWindows(): string | undefined {
  if (Deno.build.os !== "linux") return "a Linux system";
  const path = (Deno.env.get("PATH") ?? "").split(":");
  const tool = TOOLS.find((name) =>
    !path.some((folder) => exists(`${folder}/${name}`))
  );
  if (tool !== undefined) return tool;
  // Only looked up: GTK and WebKit cannot be unloaded again.
  const { stdout } = new Deno.Command("/sbin/ldconfig", { args: ["-p"] })
    .outputSync();
  const known = new TextDecoder().decode(stdout);
  return LIBRARIES.find((library) => !known.includes(library));
}

/** A picture: three bytes a pixel, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** A private X display. */
export class VirtualDisplay implements AsyncDisposable {
  /** Its name, for the environment variable `DISPLAY`. */
  readonly name: string;
  readonly #server: Deno.ChildProcess;

  private constructor(name: string, server: Deno.ChildProcess) {
    this.name = name;
    this.#server = server;
  }

  /** Starts a display on the first free number. */
  static async start(): Promise<VirtualDisplay> {
    const server = new Deno.Command("Xvfb", {
      args: [
        // A display without clients would start anew, and refuse some meanwhile.
        ..."-displayfd 1 -noreset -nolisten tcp".split(" "),
        // Nothing dark before a window is there: see hasInk().
        ..."-screen 0 1280x800x24 -wr".split(" "),
      ],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    // The number arrives once the display takes clients; then nothing more.
    const reader = server.stdout.getReader();
    let number = "";
    while (!number.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error("Xvfb did not start");
      number += new TextDecoder().decode(value);
    }
    await reader.cancel();
    return new VirtualDisplay(`:${number.trim()}`, server);
  }

  /** Ends the display and, with it, every window on it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.kill("SIGTERM");
    await this.#server.status;
  }

  /**
   * Waits for a window.
   *
   * @param title The window's title.
   * @returns Its number.
   */
  async window(title: string): Promise<string> {
    const args = ["search", "--onlyvisible", "--name", `^${title}$`];
    return await until(`a window called ${title}`, async () => {
      const found = (await this.#run("xdotool", args)).trim();
      return found === "" ? undefined : found.split("\n").at(-1);
    });
  }

  /** Clicks into a window, `x` and `y` from its corner. */
  async click(window: string, x: number, y: number): Promise<void> {
    const move = ["mousemove", "--window", window, String(x), String(y)];
    await this.#run("xdotool", [...move, "click", "1"]);
  }

  /** Types into a window, as its focus is. */
  async type(window: string, text: string): Promise<void> {
    // Without a window manager nobody gives a window the keyboard.
    await this.#run("xdotool", ["windowfocus", "--sync", window]);
    await this.#run("xdotool", ["type", "--delay", "1", text]);
  }

  /** Presses one key, by X's name for it. */
  async press(key: string): Promise<void> {
    await this.#run("xdotool", ["key", key]);
  }

  /** Asks a window to close, as its frame's button does. */
  close(window: string): void {
    using x11 = openX11();
    x11.close(this.name, window);
  }

  /** Saves what a window shows; the ending (`.png`) says how. */
  async screenshot(path: string, window = "root"): Promise<void> {
    await this.#run("import", ["-window", window, "-depth", "8", path]);
  }

  /** What the display shows. */
  async pixels(): Promise<Pixels> {
    const path = await Deno.makeTempFile({ suffix: ".ppm" });
    try {
      await this.screenshot(path);
      const bytes = await Deno.readFile(path);
      // "P6\n1280 800\n255\n", then three bytes a pixel.
      const head = new TextDecoder().decode(bytes.subarray(0, 32));
      const [all, width, height] = /^P6\s(\d+)\s(\d+)\s255\s/.exec(head) ?? [];
      if (all === undefined) throw new Error(`no picture: ${head}`);
      const rgb = bytes.subarray(all.length);
      return { width: Number(width), height: Number(height), rgb };
    } finally {
      await Deno.remove(path);
    }
  }

  async #run(command: string, args: string[]): Promise<string> {
    const { stdout } = await new Deno.Command(command, {
      args,
      env: { DISPLAY: this.name },
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout);
  }
}

/**
 * Asks for a value again and again until it is there.
 *
 * @param what What is waited for, for the message of the failure.
 * @param ask Gives the value, or nothing yet.
 * @param limitMs How long to ask at most.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  limitMs = 30_000,
): Promise<T> {
  const signal = AbortSignal.timeout(limitMs);
  while (!signal.aborted) {
    const value = await ask();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited ${limitMs} ms for ${what}`);
}

/** A part of a picture. */
export interface Region {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Whether something dark is in a part of a picture. */
export function hasInk({ width, rgb }: Pixels, region: Region): boolean {
  for (let y = region.top; y < region.bottom; y++) {
    for (let x = region.left; x < region.right; x++) {
      if (rgb[(y * width + x) * 3]! < 64) return true;
    }
  }
  return false;
}

/**
 * WebKit puts the page's process into a sandbox of bubblewrap's and ends the
 * program where it cannot, as inside most containers.
 */
export async function withoutSandboxIfImpossible(): Promise<
  Record<string, string>
> {
  const args = ["--unshare-all", "--ro-bind", "/", "/", "true"];
  const { success } = await new Deno.Command("bwrap", { args, stderr: "null" })
    .output();
  return success ? {} : { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
}

interface X11Connection extends Disposable {
  close(display: string, window: string): void;
}

function openX11(): X11Connection {
  const library = Deno.dlopen(X11, {
    XOpenDisplay: { parameters: ["buffer"], result: "pointer" },
    XInternAtom: { parameters: ["pointer", "buffer", "i32"], result: "u64" },
    XSendEvent: {
      parameters: ["pointer", "u64", "i32", "i64", "buffer"],
      result: "i32",
    },
    XCloseDisplay: { parameters: ["pointer"], result: "i32" },
  });
  const c = (text: string) => new TextEncoder().encode(`${text}\0`);
  return {
    close(name, window) {
      const { symbols } = library;
      const display = symbols.XOpenDisplay(c(name));
      if (display === null) throw new Error(`no display ${name}`);
      // An XClientMessageEvent of 64-bit systems: WM_DELETE_WINDOW.
      const event = new DataView(new ArrayBuffer(192));
      event.setInt32(0, 33, true);
      event.setBigUint64(32, BigInt(window), true);
      const protocols = symbols.XInternAtom(display, c("WM_PROTOCOLS"), 0);
      event.setBigUint64(40, protocols, true);
      event.setInt32(48, 32, true);
      const deletion = symbols.XInternAtom(display, c("WM_DELETE_WINDOW"), 0);
      event.setBigUint64(56, deletion, true);
      const bytes = new Uint8Array(event.buffer);
      symbols.XSendEvent(display, BigInt(window), 0, 0n, bytes);
      symbols.XCloseDisplay(display);
    },
    [Symbol.dispose]: () => library.close(),
  };
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
