import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import {
  type SentPacket,
  SentPackets,
} from "../../../lib/transport/sent_packets.ts";
import { MAX_SENT_PACKETS } from "../../../lib/transport/transport_config.ts";

function packet(packetNumber: number): SentPacket {
  return {
    packetNumber,
    sentUs: 0,
    bytes: 1,
    ackEliciting: true,
    isMtuProbe: false,
    frames: [],
  };
}

function filled(...numbers: number[]): SentPackets {
  const sent = new SentPackets();
  for (const number of numbers) sent.add(packet(number));
  return sent;
}

Deno.test("SentPackets.get() finds what was added", () => {
  const sent = filled(0, 1, 2);
  assertEquals(sent.get(1)?.packetNumber, 1);
  assertEquals(sent.get(3), undefined);
  assertEquals(sent.get(-1), undefined);
  assertEquals([sent.first, sent.end], [0, 3]);
});

Deno.test("SentPackets.remove() moves the first number over what is gone", () => {
  const sent = filled(0, 1, 2, 3);
  sent.remove(1);
  assertEquals(sent.first, 0);
  sent.remove(0);
  assertEquals(sent.first, 2);
  sent.remove(3);
  sent.remove(2);
  assertEquals([sent.first, sent.end], [4, 4]);
});

Deno.test("SentPackets.remove() refuses what is not there", () => {
  const sent = filled(0);
  assertThrows(() => sent.remove(1), AssertionError);
  sent.remove(0);
  assertThrows(() => sent.remove(0), AssertionError);
});

Deno.test("SentPackets.add() refuses a number a second time", () => {
  const sent = filled(0, 1);
  assertThrows(() => sent.add(packet(1)), AssertionError);
  sent.remove(0);
  sent.remove(1);
  assertThrows(() => sent.add(packet(1)), AssertionError);
});

Deno.test("SentPackets.add() grows past a number that was left out", () => {
  const sent = new SentPackets();
  for (let number = 0; number < 16; number++) sent.add(packet(number));
  sent.add(packet(20));
  for (let number = 16; number < 20; number++) {
    assertEquals(sent.get(number), undefined);
  }
  for (let number = 0; number < 16; number++) {
    assertEquals(sent.get(number)?.packetNumber, number);
    sent.remove(number);
  }
  assertEquals(sent.first, 20);
});

Deno.test("SentPackets.hasRoom ends at the limit, and isOverfull begins at twice that", () => {
  const sent = new SentPackets();
  let number = 0;
  while (sent.hasRoom) sent.add(packet(number++));
  assertEquals(number, MAX_SENT_PACKETS);
  assertEquals(sent.isOverfull, false);
  while (!sent.isOverfull) sent.add(packet(number++));
  assertEquals(number, 2 * MAX_SENT_PACKETS);
  for (let i = 0; i < number; i++) sent.remove(i);
  assertEquals([sent.hasRoom, sent.isOverfull], [true, false]);
});
