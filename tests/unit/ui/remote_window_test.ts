import { assert, assertEquals, assertFalse } from "@std/assert";
import type { ClientCommand, ClientEvent } from "../../../lib/ui/bridge.ts";
import type { WindowMessage } from "../../../lib/ui/native_window.ts";
import {
  escapeScript,
  RemoteWindow,
  type RemoteWindowPort,
} from "../../../lib/ui/remote_window.ts";

const HANDLE = { libraryPath: "/webview.so", pointer: 1n };

/** A remote window whose native side is played by the test. */
class Rig {
  readonly scripts: string[] = [];
  readonly commands: ClientCommand[] = [];
  readonly answers: unknown[] = [];
  terminations = 0;
  drained = 0;
  closed = 0;
  readonly remote: RemoteWindow;
  readonly #port: RemoteWindowPort = {
    onmessage: null,
    postMessage: (message: unknown) => void this.answers.push(message),
  };

  constructor() {
    this.remote = new RemoteWindow(
      this.#port,
      {
        onCommand: (command) => this.commands.push(command),
        onDrained: () => this.drained++,
        onClosed: () => this.closed++,
      },
      () => ({
        dispatchEval: (source) => {
          this.scripts.push(source);
          return new Uint8Array();
        },
        dispatchTerminate: () => this.terminations++,
      }),
    );
  }

  /** A rig whose page is loaded. */
  static ready(): Rig {
    const rig = new Rig();
    rig.say({ type: "opened", handle: HANDLE });
    rig.command({ type: "faceReady" });
    return rig;
  }

  say(message: WindowMessage): void {
    this.#port.onmessage?.(new MessageEvent("message", { data: message }));
  }

  command(command: ClientCommand): void {
    this.say({ type: "command", json: JSON.stringify(command) });
  }

  /** Runs the last script as the page does; returns the events it carried. */
  show(): unknown[] {
    const source = this.scripts.at(-1) ?? "";
    const shown: unknown[] = [];
    const gasEvents = (events: unknown[]) => shown.push(...events);
    const gasShown = (batch: number) => this.say({ type: "shown", batch });
    new Function("gasEvents", "gasShown", source)(gasEvents, gasShown);
    return shown;
  }
}

function left(name: string): ClientEvent {
  return { type: "left", roomId: 1, name, reason: "lost", timeMs: 1 };
}

Deno.test("RemoteWindow passes on the page's commands", () => {
  const rig = Rig.ready();
  rig.command({ type: "send", roomId: 1, text: "hello" });
  assertEquals(rig.commands, [
    { type: "faceReady" },
    { type: "send", roomId: 1, text: "hello" },
  ]);
});

Deno.test("RemoteWindow ignores what is not a command", () => {
  const rig = Rig.ready();
  rig.say({ type: "command", json: "{" });
  rig.say({ type: "command", json: '{"type":"eject"}' });
  assertEquals(rig.commands.length, 1);
});

Deno.test("RemoteWindow.postEvent() shows a lone event at once", () => {
  const rig = Rig.ready();
  rig.remote.postEvent(left("Ana"));
  assertEquals(rig.show(), [left("Ana")]);
});

Deno.test("RemoteWindow.postEvent() keeps one script on its way and joins the rest", () => {
  const rig = Rig.ready();
  for (const name of ["a", "b", "c"]) rig.remote.postEvent(left(name));
  assertEquals(rig.scripts.length, 1);
  assertEquals(rig.show(), [left("a")]);
  assertEquals(rig.scripts.length, 2);
  assertEquals(rig.show(), [left("b"), left("c")]);
  assertEquals(rig.scripts.length, 2);
});

Deno.test("RemoteWindow.postEvent() splits a burst into batches, in order", () => {
  const rig = Rig.ready();
  const names = Array.from({ length: 5_000 }, (_, i) => `${i}`.padEnd(100));
  for (const name of names) rig.remote.postEvent(left(name));
  const shown: unknown[] = [];
  while (shown.length < names.length) {
    assert(rig.scripts.at(-1)!.length < 100_000, "a batch blocks typing");
    shown.push(...rig.show());
  }
  assertEquals(shown, names.map(left));
  assert(rig.scripts.length < 20, "batches are too small");
});

Deno.test("RemoteWindow.postEvent() sends an event bigger than a batch", () => {
  const rig = Rig.ready();
  const big = left("x".repeat(200_000));
  rig.remote.postEvent(left("a"));
  rig.show();
  rig.remote.postEvent(big);
  assertEquals(rig.show(), [big]);
});

Deno.test("RemoteWindow goes on after an event the page failed on", () => {
  const rig = Rig.ready();
  rig.remote.postEvent(left("a"));
  const gasEvents = () => {
    throw new Error("page bug");
  };
  const gasShown = (batch: number) => rig.say({ type: "shown", batch });
  const run = new Function("gasEvents", "gasShown", rig.scripts[0]!);
  try {
    run(gasEvents, gasShown);
  } catch {
    // The page's own console shows it.
  }
  rig.remote.postEvent(left("b"));
  assertEquals(rig.show(), [left("b")]);
});

Deno.test("RemoteWindow tells when it is congested and when it no longer is", () => {
  const rig = Rig.ready();
  let posted = 0;
  while (!rig.remote.isCongested) {
    rig.remote.postEvent(left("x".repeat(1_000)));
    posted++;
  }
  assertEquals(rig.drained, 0);
  let shown = 0;
  while (rig.remote.isCongested) shown += rig.show().length;
  assertEquals(rig.drained, 1);
  while (shown < posted) shown += rig.show().length;
  assertEquals(rig.drained, 1);
});

Deno.test("RemoteWindow.postEvent() before a page is there has no effect", () => {
  const rig = new Rig();
  rig.remote.postEvent(left("a"));
  rig.say({ type: "opened", handle: HANDLE });
  rig.remote.postEvent(left("b"));
  assertEquals(rig.scripts, []);
});

Deno.test("RemoteWindow leaves the state to the session when the page reloads", () => {
  const rig = Rig.ready();
  rig.remote.postEvent(left("shown by the old page"));
  rig.remote.postEvent(left("never shown"));
  rig.command({ type: "faceReady" });
  rig.remote.postEvent(left("new"));
  assertEquals(rig.show(), [left("new")]);
  assertEquals(rig.scripts.length, 2);
});

Deno.test("RemoteWindow ignores the old page's acknowledgement after a reload", () => {
  const rig = Rig.ready();
  rig.remote.postEvent(left("old"));
  rig.command({ type: "faceReady" });
  rig.remote.postEvent(left("new"));
  rig.remote.postEvent(left("next"));
  rig.say({ type: "shown", batch: 1 });
  assertEquals(rig.scripts.length, 2);
});

Deno.test("RemoteWindow lets go of a closed window", () => {
  const rig = Rig.ready();
  rig.remote.postEvent(left("a"));
  rig.say({ type: "closed" });
  assertEquals(rig.answers, ["detached"]);
  assertEquals(rig.closed, 1);
  rig.say({ type: "shown", batch: 1 });
  rig.command({ type: "quit" });
  rig.remote.postEvent(left("b"));
  rig.remote.close();
  assertEquals(rig.scripts.length, 1);
  assertEquals(rig.terminations, 0);
  assertEquals(rig.commands.length, 1);
});

Deno.test("RemoteWindow.close() ends the window's loop", () => {
  const rig = Rig.ready();
  rig.remote.close();
  assertEquals(rig.terminations, 1);
  assertEquals(rig.closed, 0);
  rig.say({ type: "closed" });
  assertEquals(rig.closed, 1);
});

Deno.test("RemoteWindow.close() before the window is open closes it then", () => {
  const rig = new Rig();
  rig.remote.close();
  rig.say({ type: "opened", handle: HANDLE });
  assertEquals(rig.terminations, 1);
});

Deno.test("escapeScript() keeps the value and leaves nothing that ends a script", () => {
  const value = { text: "</script><!-- \u2028\u2029 \\u003c 😀 \ud800" };
  const source = escapeScript(JSON.stringify(value));
  assertFalse(/[<\u2028\u2029\ud800]/.test(source));
  assertEquals(new Function(`return ${source}`)(), value);
});
