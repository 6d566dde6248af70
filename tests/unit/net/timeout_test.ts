import { assertEquals } from "@std/assert";
import { Timeout } from "../../../lib/net/timeout.ts";

/** Timers of an event loop that calls what is due although it was cleared. */
function withLateTimers(test: (fire: () => void) => void): () => void {
  return () => {
    const due: (() => void)[] = [];
    const { setTimeout, clearTimeout } = globalThis;
    let nextId = 1;
    Object.assign(globalThis, {
      setTimeout(run: () => void) {
        due.push(run);
        return nextId++;
      },
      clearTimeout() {},
    });
    try {
      test(() => {
        for (const run of due.splice(0)) run();
      });
    } finally {
      Object.assign(globalThis, { setTimeout, clearTimeout });
    }
  };
}

Deno.test(
  "Timeout.set() calls back once, and not for what was set before",
  withLateTimers((fire) => {
    const timeout = new Timeout();
    const calls: string[] = [];
    timeout.set(1, () => calls.push("first"));
    timeout.set(1, () => calls.push("second"));
    fire();
    fire();
    assertEquals(calls, ["second"]);
  }),
);

Deno.test(
  "Timeout.set() may be called by what is due",
  withLateTimers((fire) => {
    const timeout = new Timeout();
    let calls = 0;
    const run = () => {
      calls++;
      timeout.set(1, run);
    };
    timeout.set(1, run);
    fire();
    fire();
    assertEquals(calls, 2);
  }),
);

Deno.test(
  "Timeout.clear() holds also in the turn in which the timer is due",
  withLateTimers((fire) => {
    const timeout = new Timeout();
    let calls = 0;
    timeout.set(1, () => calls++);
    timeout.clear();
    fire();
    assertEquals(calls, 0);
  }),
);
