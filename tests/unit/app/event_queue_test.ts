import { assertEquals, assertRejects } from "@std/assert";
import { EventQueue, MAX_QUEUED_EVENTS } from "../../../lib/app/event_queue.ts";

/** A queue, and whether it asked its source to wait. */
function makeQueue(): { queue: EventQueue<number>; calls: boolean[] } {
  const calls: boolean[] = [];
  const queue = new EventQueue<number>({
    onFull: (isFull) => calls.push(isFull),
  });
  return { queue, calls };
}

function fill(queue: EventQueue<number>, count: number): void {
  for (let i = 0; i < count; i++) queue.push(i);
}

Deno.test("EventQueue gives events in order, waiting for those to come", async () => {
  const { queue } = makeQueue();
  queue.push(1);
  assertEquals(await queue.next(), { done: false, value: 1 });
  const next = queue.next();
  queue.push(2);
  queue.push(3);
  assertEquals(await next, { done: false, value: 2 });
  queue.end();
  queue.push(4);
  assertEquals(await queue.next(), { done: false, value: 3 });
  assertEquals(await queue.next(), { done: true, value: undefined });
});

Deno.test("EventQueue throws at its end what it ended with", async () => {
  const { queue } = makeQueue();
  const waiting = queue.next();
  queue.end(new RangeError("gone"));
  await assertRejects(() => waiting, RangeError);
  await assertRejects(() => queue.next(), RangeError);
});

Deno.test("EventQueue drops the oldest while nobody reads", async () => {
  const { queue, calls } = makeQueue();
  fill(queue, MAX_QUEUED_EVENTS + 2);
  assertEquals(await queue.next(), { done: false, value: 2 });
  assertEquals(calls, []);
});

Deno.test("EventQueue asks its source to wait for a slow reader", async () => {
  const { queue, calls } = makeQueue();
  const first = queue.next();
  fill(queue, MAX_QUEUED_EVENTS + 2);
  assertEquals(await first, { done: false, value: 0 });
  assertEquals(calls, [true]);
  for (let i = 1; i <= MAX_QUEUED_EVENTS + 1; i++) {
    assertEquals(await queue.next(), { done: false, value: i });
  }
  assertEquals(calls, [true, false]);
});

Deno.test("EventQueue waits no more for a reader that has stopped", async () => {
  const { queue, calls } = makeQueue();
  void queue.next();
  fill(queue, MAX_QUEUED_EVENTS + 2);
  await queue.return();
  assertEquals(calls, [true, false]);
});
