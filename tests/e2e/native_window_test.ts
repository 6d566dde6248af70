/**
 * The real native window on a private display: clicks and keys by xdotool, its
 * Worker played by `fixtures/window_worker.ts`, which echoes.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  installWebviewLibrary,
  locateWebviewLibrary,
  webviewBinary,
} from "../../lib/ui/webview_library.ts";
import {
  hasInk,
  missingForWindows,
  until,
  VirtualDisplay,
  withoutSandboxIfImpossible,
} from "./virtual_display.ts";

const missing = missingForWindows();
if (missing !== undefined) {
  console.log(`native window tests are left out: ${missing} is missing`);
}

/** A running fixture and what it has printed so far. */
class Fixture implements AsyncDisposable {
  readonly lines: string[] = [];
  stderr = "";
  readonly #process: Deno.ChildProcess;
  readonly #home: string;
  readonly #read: Promise<unknown>;

  private constructor(process: Deno.ChildProcess, home: string) {
    this.#process = process;
    this.#home = home;
    this.#read = Promise.all([this.#readLines(), this.#readErrors()]);
  }

  static async start(
    scenario: string,
    display: string | undefined,
  ): Promise<Fixture> {
    const home = await Deno.makeTempDir();
    const binary = webviewBinary();
    const libraryPath = await installWebviewLibrary({
      binary,
      source: locateWebviewLibrary(binary, import.meta.url),
      folder: home,
    });
    const main = new URL("./fixtures/window_main.ts", import.meta.url);
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", main.href, libraryPath, scenario],
      env: {
        // WebKit keeps its caches out of the real home.
        XDG_CACHE_HOME: home,
        XDG_DATA_HOME: home,
        WAYLAND_DISPLAY: "",
        DISPLAY: display ?? "",
        ...await withoutSandboxIfImpossible(),
      },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new Fixture(process, home);
  }

  /** Waits for a line. */
  async line(wanted: string): Promise<void> {
    await until(
      `"${wanted}" among ${JSON.stringify(this.lines)}`,
      () => this.lines.includes(wanted) ? true : undefined,
    );
  }

  /** Waits for the end of the program. */
  async end(): Promise<Deno.CommandStatus> {
    const status = await this.#process.status;
    await this.#read;
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It ended by itself.
    }
    await this.end();
    await Deno.remove(this.#home, { recursive: true });
  }

  async #readLines(): Promise<void> {
    let rest = "";
    const texts = this.#process.stdout.pipeThrough(new TextDecoderStream());
    for await (const text of texts) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.lines.push(...lines);
    }
  }

  async #readErrors(): Promise<void> {
    const texts = this.#process.stderr.pipeThrough(new TextDecoderStream());
    for await (const text of texts) this.stderr += text;
  }
}

function windowTest(
  name: string,
  scenario: string,
  run: (fixture: Fixture, display: VirtualDisplay) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: missing !== undefined,
    async fn() {
      await using display = await VirtualDisplay.start();
      await using fixture = await Fixture.start(scenario, display.name);
      await run(fixture, display);
    },
  });
}

/** The end of a program whose window went away in good order. */
async function assertEndsWell(fixture: Fixture): Promise<void> {
  const { code, signal } = await fixture.end();
  assertEquals({ code, signal }, { code: 0, signal: null }, fixture.stderr);
  assertEquals(fixture.lines.slice(-3).toSorted(), [
    "told closed",
    "window closed",
    "worker finished",
  ]);
  assert(!fixture.stderr.includes("CRITICAL"), fixture.stderr);
}

windowTest(
  "native window carries what is typed to the Worker and back",
  "echo",
  async (fixture, display) => {
    await fixture.line("ready");
    const window = await display.window("GAS fixture");
    await display.click(window, 200, 24);
    await display.type(window, "hello");
    await display.press("Return");
    await fixture.line('page: "hello"');
    await fixture.line('page: "shown: hello"');
    // What the page knows must also be seen, below the three rows of controls.
    await until("the echo on the screen", async () => {
      const image = await display.pixels();
      return hasInk(image, { top: 200, bottom: 600, left: 0, right: 600 })
        ? true
        : undefined;
    });
    display.close(window);
    await assertEndsWell(fixture);
  },
);

windowTest(
  "native window closes when the Worker says so",
  "echo",
  async (fixture, display) => {
    await fixture.line("ready");
    const window = await display.window("GAS fixture");
    // Until the page has its layout, clicks fall through it.
    const clicking = clickUntilEnd(fixture, display, window);
    await fixture.line("worker finished");
    await clicking;
    await assertEndsWell(fixture);
  },
);

windowTest(
  "native window brings the page back after a reload",
  "echo",
  async (fixture, display) => {
    await fixture.line("ready");
    const window = await display.window("GAS fixture");
    // Until the page has its layout, clicks fall through it.
    await until("the reloaded page", async () => {
      await display.click(window, 60, 120);
      const count = fixture.lines.filter((line) => line === "ready").length;
      return count > 1 ? true : undefined;
    });
    display.close(window);
    await assertEndsWell(fixture);
  },
);

windowTest(
  "native window shows a burst of 10,000 events in order",
  "burst",
  async (fixture, display) => {
    const window = await display.window("GAS fixture");
    await fixture.line('page: "counted 10000 true"');
    display.close(window);
    await assertEndsWell(fixture);
  },
);

windowTest(
  "native window slows a Worker that posts faster than the page shows",
  "flood",
  async (fixture, display) => {
    const window = await display.window("GAS fixture");
    await fixture.line('page: "counted 60000 true"');
    assert(fixture.lines.includes("flooded with pauses"));
    display.close(window);
    await assertEndsWell(fixture);
  },
);

windowTest(
  "native window can be closed while events stream in",
  "close while busy",
  async (fixture, display) => {
    const window = await display.window("GAS fixture");
    await fixture.line("ready");
    display.close(window);
    await assertEndsWell(fixture);
  },
);

Deno.test({
  name: "native window says that there is no display",
  ignore: missing !== undefined,
  async fn() {
    await using fixture = await Fixture.start("echo", undefined);
    assertEquals((await fixture.end()).code, 0);
    assertStringIncludes(fixture.lines.join(), "noDisplay");
  },
});

async function clickUntilEnd(
  fixture: Fixture,
  display: VirtualDisplay,
  window: string,
): Promise<void> {
  while (!fixture.lines.includes("window closed")) {
    await display.click(window, 60, 72);
  }
}
