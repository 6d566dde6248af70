import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { PacketProtection } from "../../../lib/transport/packet_protection.ts";
import { crypto } from "./pair.ts";

const key = (value: number): Uint8Array => new Uint8Array(32).fill(value);
const LOGIN = { send: key(1), receive: key(2) };
const DATA = { send: key(3), receive: key(4) };
const mirrored = ({ send, receive }: typeof LOGIN) => ({
  send: receive,
  receive: send,
});

/** Both ends of the same keys. */
function ends(): [PacketProtection, PacketProtection] {
  return [
    new PacketProtection(crypto, LOGIN),
    new PacketProtection(crypto, mirrored(LOGIN)),
  ];
}

/** Seals a packet with one byte of header and two of body. */
function seal(protection: PacketProtection): Uint8Array {
  const packet = Uint8Array.from({ length: 19 }, () => 9);
  assertEquals(protection.seal(packet, 0, 1, 3), 19);
  return packet;
}

/** Opens what `seal` made; false without a key or if it does not open. */
function opens(
  protection: PacketProtection,
  packet: Uint8Array,
  epoch: 0 | 1,
  packetNumber: number,
): boolean {
  const end = protection.openingKey(epoch)?.open(
    packet.slice(),
    0,
    1,
    19,
    packetNumber,
  );
  return end === 3;
}

Deno.test("PacketProtection opens in each epoch what the other end sealed in it", () => {
  const [one, other] = ends();
  assertEquals([one.sendEpoch, one.hasDataKeys], [0, false]);
  const login = seal(one);
  assert(opens(other, login, 0, 0));
  assertEquals(opens(other, login, 1, 0), false);
  one.installDataKeys(DATA);
  other.installDataKeys(mirrored(DATA));
  one.switchToData();
  assertEquals([one.sendEpoch, one.hasDataKeys], [1, true]);
  const data = seal(one);
  assertEquals(opens(other, data, 0, 1), false);
  assert(opens(other, data, 1, 1));
});

Deno.test("PacketProtection goes on counting in the data epoch", () => {
  const [one] = ends();
  seal(one);
  seal(one);
  one.installDataKeys(DATA);
  seal(one);
  assertEquals(one.nextPacketNumber, 3);
  one.switchToData();
  assertEquals(one.nextPacketNumber, 3);
  seal(one);
  assertEquals(one.nextPacketNumber, 4);
});

Deno.test("PacketProtection opens both epochs until the login's keys are dropped", () => {
  const [one, other] = ends();
  const login = seal(one);
  other.installDataKeys(mirrored(DATA));
  assert(opens(other, login, 0, 0));
  other.dropLoginKeys();
  other.dropLoginKeys();
  assertEquals(opens(other, login, 0, 0), false);
  assert(other.openingKey(1) !== undefined);
});

Deno.test("PacketProtection takes data keys once, and only before it uses them", () => {
  const [one] = ends();
  assertThrows(() => one.switchToData(), AssertionError);
  one.installDataKeys(DATA);
  assertThrows(() => one.installDataKeys(DATA), AssertionError);
});

Deno.test("PacketProtection copies the keys it waits with", () => {
  const [one, other] = ends();
  const keys = { send: key(3), receive: key(4) };
  one.installDataKeys(keys);
  keys.send.fill(0);
  one.switchToData();
  other.installDataKeys(mirrored(DATA));
  assert(opens(other, seal(one), 1, 0));
});

Deno.test("PacketProtection.free() ends all keys, in any epoch, twice", () => {
  for (const epochs of [0, 1, 2]) {
    const [one] = ends();
    if (epochs > 0) one.installDataKeys(DATA);
    if (epochs > 1) one.switchToData();
    one.free();
    one.free();
    assertEquals([one.openingKey(0), one.openingKey(1)], [undefined, undefined]);
    assertThrows(() => seal(one), AssertionError);
  }
});
