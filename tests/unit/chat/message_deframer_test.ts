import { assertEquals, assertThrows } from "@std/assert";
import { concatBytes } from "../../../lib/base/bytes.ts";
import {
  frameMessage,
  MessageDeframer,
} from "../../../lib/chat/message_deframer.ts";
import { ProtocolError } from "../../../lib/chat/protocol_error.ts";

Deno.test("frameMessage() puts the length in front as a varint", () => {
  assertEquals(frameMessage(bytes(3)), new Uint8Array([3, 7, 7, 7]));
  assertEquals(frameMessage(bytes(64)).subarray(0, 2), hex(0x40, 0x40));
  assertEquals(
    frameMessage(bytes(16_384)).subarray(0, 4),
    hex(0x80, 0x00, 0x40, 0x00),
  );
});

Deno.test("MessageDeframer.push() gives the messages of one chunk in order", () => {
  const deframer = new MessageDeframer(100);
  const stream = concatBytes(frameMessage(bytes(2)), frameMessage(bytes(70)));
  assertEquals(deframer.push(stream), [bytes(2), bytes(70)]);
});

Deno.test("MessageDeframer.push() joins a message cut into single bytes", () => {
  const deframer = new MessageDeframer(70_000);
  const stream = frameMessage(bytes(20_000));
  const messages: Uint8Array[] = [];
  for (let i = 0; i < stream.length; i++) {
    messages.push(...deframer.push(stream.subarray(i, i + 1)));
  }
  assertEquals(messages, [bytes(20_000)]);
});

Deno.test("MessageDeframer.push() keeps a copy of what is incomplete", () => {
  const deframer = new MessageDeframer(100);
  const start = frameMessage(bytes(4)).slice(0, 3);
  assertEquals(deframer.push(start), []);
  start.fill(0);
  assertEquals(deframer.push(bytes(2)), [bytes(4)]);
});

Deno.test("MessageDeframer.push() gives empty messages", () => {
  const deframer = new MessageDeframer(100);
  assertEquals(deframer.push(hex(0, 1, 9, 0)), [hex(), hex(9), hex()]);
});

Deno.test("MessageDeframer.push() takes a message of exactly the limit", () => {
  assertEquals(new MessageDeframer(64).push(frameMessage(bytes(64))).length, 1);
});

Deno.test("MessageDeframer.push() refuses a longer message by its length alone", () => {
  const head = frameMessage(bytes(65)).subarray(0, 2);
  assertThrows(() => new MessageDeframer(64).push(head), ProtocolError);
});

Deno.test("MessageDeframer.push() refuses a longer message whose length came in parts", () => {
  const deframer = new MessageDeframer(64);
  assertEquals(deframer.push(hex(0x40)), []);
  assertThrows(() => deframer.push(hex(65)), ProtocolError);
});

Deno.test("MessageDeframer.push() refuses a length of 8 bytes", () => {
  const head = hex(0xc0, 0, 0, 0, 0, 0, 0, 1, 5);
  assertThrows(() => new MessageDeframer(64).push(head), ProtocolError);
});

function bytes(length: number): Uint8Array {
  return new Uint8Array(length).fill(7);
}

function hex(...values: number[]): Uint8Array {
  return new Uint8Array(values);
}
