import { assertEquals, assertStrictEquals } from "@std/assert";
import { OutputQueue } from "../../../lib/chat/output_queue.ts";

Deno.test("OutputQueue gives outputs in order, also those added meanwhile", () => {
  const queue = new OutputQueue();
  assertEquals(queue.poll(), undefined);
  queue.push({ type: "drain", member: 1 });
  queue.push({ type: "drain", member: 2 });
  assertEquals(queue.poll(), { type: "drain", member: 1 });
  queue.push({ type: "drain", member: 3 });
  assertEquals(queue.poll(), { type: "drain", member: 2 });
  assertEquals(queue.poll(), { type: "drain", member: 3 });
  assertEquals(queue.poll(), undefined);
  queue.push({ type: "drain", member: 4 });
  assertEquals(queue.poll(), { type: "drain", member: 4 });
});

Deno.test("OutputQueue.send() frames a message, for those it was given", () => {
  const queue = new OutputQueue();
  const to = [1, 2];
  queue.send(to, { type: "joined", name: "A", role: "guest", timeMs: 1 });
  const output = queue.poll();
  if (output?.type !== "send") throw new Error("it is not sent");
  assertStrictEquals(output.to, to);
  assertEquals(output.bytes, new Uint8Array([6, 0x84, 5, 0x61, 0x41, 0, 1]));
});
