import { assertEquals } from "@std/assert";
import {
  MAX_WAITING_CHARACTERS,
  OutputQueue,
} from "../../../lib/ui/output_queue.ts";

/** A reader that takes one text at a time, when it is told to. */
class SlowReader {
  readonly taken: string[] = [];
  #pending: PromiseWithResolvers<void> | undefined;

  write(text: string): Promise<void> {
    this.taken.push(text);
    this.#pending = Promise.withResolvers();
    return this.#pending.promise;
  }

  async read(): Promise<void> {
    this.#pending?.resolve();
    await tick();
  }

  async leave(): Promise<void> {
    this.#pending?.reject(new Deno.errors.BrokenPipe());
    await tick();
  }
}

/** Lets everything run that waits for nothing. */
function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("OutputQueue writes in order, together what waited together", async () => {
  const reader = new SlowReader();
  const queue = new OutputQueue(reader, () => {});
  queue.write("a");
  queue.write("b");
  queue.write("c");
  assertEquals(reader.taken, ["a"]);
  await reader.read();
  assertEquals(reader.taken, ["a", "bc"]);
  await reader.read();
  await queue.flush();
  queue.write("d");
  assertEquals(reader.taken, ["a", "bc", "d"]);
});

Deno.test("OutputQueue.flush() waits for the reader", async () => {
  const reader = new SlowReader();
  const queue = new OutputQueue(reader, () => {});
  queue.write("a");
  let isFlushed = false;
  const flushed = queue.flush().then(() => isFlushed = true);
  await tick();
  assertEquals(isFlushed, false);
  await reader.read();
  await flushed;
});

Deno.test("OutputQueue tells once that the reader is gone", async () => {
  const reader = new SlowReader();
  const closed: boolean[] = [];
  const queue = new OutputQueue(reader, (isStuck) => closed.push(isStuck));
  queue.write("a");
  queue.write("b");
  await reader.leave();
  queue.write("c");
  await queue.flush();
  assertEquals(closed, [false]);
  assertEquals(reader.taken, ["a"]);
});

Deno.test("OutputQueue gives a reader up that does not read", async () => {
  const reader = new SlowReader();
  const closed: boolean[] = [];
  const queue = new OutputQueue(reader, (isStuck) => closed.push(isStuck));
  const text = "x".repeat(MAX_WAITING_CHARACTERS / 4);
  for (let i = 0; i < 4; i++) queue.write(text);
  assertEquals(closed, []);
  queue.write("y");
  assertEquals(closed, [true]);
  // Not waited for: it would be for ever.
  await queue.flush();
});
