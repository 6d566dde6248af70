import { assertEquals } from "@std/assert";
import {
  MAX_WAITING_CHARACTERS,
  type OutputEnd,
  outputEndOf,
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
  const closed: OutputEnd[] = [];
  const queue = new OutputQueue(reader, (why) => closed.push(why));
  queue.write("a");
  queue.write("b");
  await reader.leave();
  queue.write("c");
  await queue.flush();
  assertEquals(closed, [{ type: "unread" }]);
  assertEquals(reader.taken, ["a"]);
});

Deno.test("OutputQueue gives a reader up that does not read", async () => {
  const reader = new SlowReader();
  const closed: OutputEnd[] = [];
  const queue = new OutputQueue(reader, (why) => closed.push(why));
  const text = "x".repeat(MAX_WAITING_CHARACTERS / 4);
  for (let i = 0; i < 4; i++) queue.write(text);
  assertEquals(closed, []);
  queue.write("y");
  assertEquals(closed, [{ type: "stuck" }]);
  // Not waited for: it would be for ever.
  await queue.flush();
});

Deno.test("outputEndOf() tells a full disk from a reader that is gone", () => {
  assertEquals(outputEndOf(new Deno.errors.BrokenPipe("Broken pipe")), {
    type: "unread",
  });
  assertEquals(
    outputEndOf(new Error("No space left on device (os error 28)")),
    {
      type: "failed",
      reason: "No space left on device",
    },
  );
});
