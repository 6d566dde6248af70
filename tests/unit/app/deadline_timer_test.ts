import { assertEquals } from "@std/assert";
import { DeadlineTimer } from "../../../lib/app/deadline_timer.ts";

Deno.test("DeadlineTimer.arm() calls when something is due, until nothing is", async () => {
  const deadlines: (number | undefined)[] = [5, 7];
  const due: number[] = [];
  const isOver = Promise.withResolvers<void>();
  using timer = new DeadlineTimer({
    deadlineUs: () => deadlines[0],
    nowUs: () => 9,
    onDue() {
      due.push(deadlines.shift()!);
      if (deadlines.length === 0) isOver.resolve();
    },
  });
  timer.arm();
  timer.arm();
  await isOver.promise;
  assertEquals(due, [5, 7]);
});

Deno.test("DeadlineTimer waits for nothing once it is disposed", () => {
  // The sanitizer of the test finds a timer that goes on.
  const timer = new DeadlineTimer({
    deadlineUs: () => 1e12,
    nowUs: () => 0,
    onDue() {},
  });
  timer.arm();
  timer[Symbol.dispose]();
  timer.arm();
});
