import { assert, assertEquals } from "@std/assert";
import { TimerQueue } from "../../../lib/transport/timer_queue.ts";

class Owner {
  deadlineUs: number | undefined;
  constructor(deadlineUs?: number) {
    this.deadlineUs = deadlineUs;
  }
}

function queueOf(...owners: Owner[]): TimerQueue<Owner> {
  const queue = new TimerQueue<Owner>();
  for (const owner of owners) queue.update(owner);
  return queue;
}

Deno.test("TimerQueue.pollExpired() gives owners in the order of their deadlines", () => {
  const owners = [30, 10, 20].map((time) => new Owner(time));
  const queue = queueOf(...owners);
  assertEquals(queue.deadlineUs, 10);
  assertEquals(queue.pollExpired(9), undefined);
  assertEquals(queue.pollExpired(30), owners[1]);
  assertEquals(queue.pollExpired(30), owners[2]);
  assertEquals(queue.pollExpired(30), owners[0]);
  assertEquals(queue.pollExpired(30), undefined);
  assertEquals(queue.deadlineUs, undefined);
});

Deno.test("TimerQueue.update() takes no note of never", () => {
  const queue = queueOf(new Owner());
  assertEquals(queue.deadlineUs, undefined);
});

Deno.test("TimerQueue.pollExpired() passes over a deadline that moved later", () => {
  const owner = new Owner(10);
  const queue = queueOf(owner);
  owner.deadlineUs = 50;
  assertEquals(queue.pollExpired(20), undefined);
  assertEquals(queue.deadlineUs, 50);
  assertEquals(queue.pollExpired(50), owner);
});

Deno.test("TimerQueue.update() takes an earlier deadline", () => {
  const owner = new Owner(50);
  const queue = queueOf(owner);
  owner.deadlineUs = 10;
  queue.update(owner);
  assertEquals(queue.deadlineUs, 10);
  assertEquals(queue.pollExpired(10), owner);
  assertEquals(queue.pollExpired(100), undefined);
});

Deno.test("TimerQueue.pollExpired() passes over a deadline that is gone", () => {
  const owner = new Owner(10);
  const queue = queueOf(owner);
  owner.deadlineUs = undefined;
  assertEquals(queue.pollExpired(20), undefined);
  assertEquals(queue.deadlineUs, undefined);
});

Deno.test("TimerQueue.remove() forgets an owner until its next update", () => {
  const owner = new Owner(10);
  const queue = queueOf(owner);
  queue.remove(owner);
  assertEquals(queue.pollExpired(20), undefined);
  queue.update(owner);
  assertEquals(queue.pollExpired(20), owner);
});

Deno.test("TimerQueue.pollExpired() gives an owner once for each update", () => {
  const owner = new Owner(10);
  const queue = queueOf(owner);
  assertEquals(queue.pollExpired(10), owner);
  assertEquals(queue.pollExpired(10), undefined);
});

Deno.test("TimerQueue.update() adds nothing for a deadline that moves later", () => {
  const owner = new Owner(10);
  const queue = queueOf(owner);
  for (let timeUs = 11; timeUs < 60; timeUs++) {
    owner.deadlineUs = timeUs;
    queue.update(owner);
  }
  assertEquals(queue.entries, 1);
});

Deno.test("TimerQueue stays small while deadlines go to and fro", () => {
  const owners = Array.from({ length: 20 }, () => new Owner());
  const queue = new TimerQueue<Owner>();
  // A message and its ACK: the deadline comes near and goes far again.
  for (let round = 0; round < 1_000; round++) {
    const nowUs = round * 1_000;
    for (const owner of owners) {
      owner.deadlineUs = nowUs + 100;
      queue.update(owner);
      owner.deadlineUs = nowUs + 30_000_000;
      queue.update(owner);
    }
    assertEquals(queue.pollExpired(nowUs + 500), undefined);
  }
  assert(queue.entries <= 4 * owners.length + 64, `${queue.entries} entries`);
});

Deno.test("TimerQueue stays small while owners come and go", () => {
  const queue = new TimerQueue<Owner>();
  for (let i = 0; i < 5_000; i++) {
    const owner = new Owner(1_000_000 + i);
    queue.update(owner);
    queue.remove(owner);
  }
  assert(queue.entries <= 66, `${queue.entries} entries`);
});
