import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { Writer } from "../../../lib/base/bytes.ts";
import type { CryptoProvider } from "../../../lib/crypto/provider.ts";
import { PacketProtection } from "../../../lib/transport/packet_protection.ts";
import {
  KEY_UPDATE_PACKETS,
  KEY_UPDATE_US,
} from "../../../lib/transport/transport_config.ts";
import {
  TransportError,
  TransportErrorCode,
} from "../../../lib/wire/error_code.ts";
import {
  decodeHeader,
  type Epoch,
  type KeyPhase,
  writeShortHeader,
} from "../../../lib/wire/packet.ts";
import { crypto } from "./pair.ts";

const key = (value: number): Uint8Array => new Uint8Array(32).fill(value);
const LOGIN = { send: key(1), receive: key(2) };
const DATA = { send: key(3), receive: key(4) };
const mirrored = ({ send, receive }: typeof LOGIN) => ({
  send: receive,
  receive: send,
});
const HOUR_US = KEY_UPDATE_US;

/** A sealed packet with its full number. */
interface Sealed {
  readonly datagram: Uint8Array;
  readonly packetNumber: number;
  readonly keyPhase: KeyPhase;
}

/** One end that seals packets and opens those of the other. */
class End {
  readonly protection: PacketProtection;
  nowUs = 0;

  constructor(login: typeof LOGIN) {
    this.protection = new PacketProtection(crypto, login);
  }

  /** Goes on to the data epoch. */
  enterData(keys: typeof DATA): void {
    this.protection.installDataKeys(keys);
    this.protection.switchToData(this.nowUs);
  }

  seal(): Sealed {
    const { protection } = this;
    const packetNumber = protection.nextPacketNumber;
    const writer = new Writer(new Uint8Array(64));
    writeShortHeader(writer, {
      epoch: protection.sendEpoch,
      keyPhase: protection.sendPhase,
      destinationId: new Uint8Array(8),
      packetNumber,
      packetNumberBytes: 4,
    });
    const bodyStart = writer.position;
    writer.put(Uint8Array.of(1, 2, 3));
    const end = protection.seal(writer.bytes, 0, bodyStart, writer.position);
    const datagram = writer.bytes.slice(0, end);
    return { datagram, packetNumber, keyPhase: protection.sendPhase };
  }

  opens({ datagram, packetNumber }: Sealed): boolean {
    const header = decodeHeader(datagram, datagram.length);
    assert(header?.type === "short");
    const copy = datagram.slice();
    const packet = { header, packetNumber, nowUs: this.nowUs };
    const end = this.protection.open(copy, copy.length, packet);
    if (end < 0) return false;
    assertEquals([...copy.slice(header.bodyOffset, end)], [1, 2, 3]);
    return true;
  }
}

function ends(): [End, End] {
  return [new End(LOGIN), new End(mirrored(LOGIN))];
}

/** Both in the data epoch, and each knows that the other is. */
function dataEnds(): [End, End] {
  const [one, other] = ends();
  one.enterData(DATA);
  other.enterData(mirrored(DATA));
  exchange(one, other);
  return [one, other];
}

/** A packet each way, acknowledged. */
function exchange(one: End, other: End): void {
  for (
    const [from, to] of [[one, other], [other, one], [one, other]] as const
  ) {
    const packet = from.seal();
    assert(to.opens(packet));
    from.protection.onAcked(packet.packetNumber);
  }
}

function forged(
  packet: Sealed,
  change: Partial<{ epoch: Epoch; keyPhase: KeyPhase }>,
): Sealed {
  const datagram = packet.datagram.slice();
  if (change.epoch !== undefined) {
    datagram[0] = datagram[0]! & ~0x20 | change.epoch << 5;
  }
  if (change.keyPhase !== undefined) {
    datagram[0] = datagram[0]! & ~0x10 | change.keyPhase << 4;
  }
  return { ...packet, datagram };
}

Deno.test("PacketProtection opens in each epoch what the other end sealed in it", () => {
  const [one, other] = ends();
  assertEquals(one.protection.sendEpoch, 0);
  const login = one.seal();
  assert(other.opens(login));
  assertEquals(other.opens(forged(login, { epoch: 1 })), false);
  one.enterData(DATA);
  other.enterData(mirrored(DATA));
  assertEquals(one.protection.sendEpoch, 1);
  const data = one.seal();
  assertEquals(other.opens(forged(data, { epoch: 0 })), false);
  assert(other.opens(data));
});

Deno.test("PacketProtection opens nothing of the data epoch before it has its keys", () => {
  const [one, other] = ends();
  one.enterData(DATA);
  assertEquals(other.opens(one.seal()), false);
});

Deno.test("PacketProtection goes on counting in the data epoch", () => {
  const [one] = ends();
  one.seal();
  one.seal();
  one.protection.installDataKeys(DATA);
  one.seal();
  assertEquals(one.protection.nextPacketNumber, 3);
  one.protection.switchToData(0);
  assertEquals(one.protection.nextPacketNumber, 3);
  one.seal();
  assertEquals(one.protection.nextPacketNumber, 4);
});

Deno.test("PacketProtection opens both epochs until the login's keys are dropped", () => {
  const [one, other] = ends();
  const login = one.seal();
  other.protection.installDataKeys(mirrored(DATA));
  assert(other.opens(login));
  other.protection.dropLoginKeys();
  other.protection.dropLoginKeys();
  assertEquals(other.opens(login), false);
  one.enterData(DATA);
  assert(other.opens(one.seal()));
});

Deno.test("PacketProtection replaces data keys until it uses them", () => {
  const [one, other] = ends();
  assertThrows(() => one.protection.switchToData(0), AssertionError);
  one.protection.installDataKeys({ send: key(8), receive: key(9) });
  one.enterData(DATA);
  other.enterData(mirrored(DATA));
  assert(other.opens(one.seal()));
  assert(one.opens(other.seal()));
  assertThrows(() => one.protection.installDataKeys(DATA), AssertionError);
});

Deno.test("PacketProtection copies the keys it waits with", () => {
  const [one, other] = ends();
  const keys = { send: key(3), receive: key(4) };
  one.protection.installDataKeys(keys);
  keys.send.fill(0);
  keys.receive.fill(0);
  one.protection.switchToData(0);
  other.enterData(mirrored(DATA));
  assert(other.opens(one.seal()));
});

Deno.test("PacketProtection.free() ends all keys, in any epoch, twice", () => {
  for (const epochs of [0, 1, 2]) {
    const [one] = ends();
    if (epochs > 0) one.protection.installDataKeys(DATA);
    if (epochs > 1) one.protection.switchToData(0);
    one.protection.free();
    one.protection.free();
    const seal = () => one.protection.seal(new Uint8Array(64), 0, 13, 16);
    assertThrows(seal, AssertionError);
  }
});

Deno.test("PacketProtection.updateIfDue() begins a phase an hour after the last, and the peer follows", () => {
  const [one, other] = dataEnds();
  one.protection.updateIfDue(HOUR_US - 1);
  assertEquals(one.protection.sendPhase, 0);
  one.protection.updateIfDue(HOUR_US);
  assertEquals(one.protection.sendPhase, 1);
  assert(other.opens(one.seal()));
  assertEquals(other.protection.sendPhase, 1);
  assert(one.opens(other.seal()));
});

Deno.test("PacketProtection.updateIfDue() begins no phase before the last is acknowledged", () => {
  const [one, other] = dataEnds();
  one.protection.updateIfDue(HOUR_US);
  const first = one.seal();
  one.protection.updateIfDue(3 * HOUR_US);
  assertEquals(one.protection.sendPhase, 1);
  assert(other.opens(first));
  one.protection.onAcked(first.packetNumber - 1);
  one.protection.updateIfDue(3 * HOUR_US);
  assertEquals(one.protection.sendPhase, 1);
  one.protection.onAcked(first.packetNumber);
  one.protection.updateIfDue(3 * HOUR_US);
  assertEquals(one.protection.sendPhase, 0);
  assert(other.opens(one.seal()));
});

Deno.test("PacketProtection.updateIfDue() begins no phase in the login epoch", () => {
  const [one] = ends();
  one.protection.onAcked(0);
  one.protection.updateIfDue(HOUR_US);
  one.protection.installDataKeys(DATA);
  one.protection.updateIfDue(HOUR_US);
  assertEquals(one.protection.sendPhase, 0);
});

Deno.test("PacketProtection opens packets of the phase before that come late", () => {
  const [one, other] = dataEnds();
  const late = one.seal();
  one.protection.updateIfDue(HOUR_US);
  const [first, second] = [one.seal(), one.seal()];
  assert(other.opens(second));
  assert(other.opens(first));
  assert(other.opens(late));
  // The end that began it still gets packets of the other's old phase.
  const [three, four] = dataEnds();
  const old = four.seal();
  three.protection.updateIfDue(HOUR_US);
  assert(three.opens(old));
  assertEquals(three.protection.sendPhase, 1);
});

Deno.test("PacketProtection follows two ends that begin a phase at once", () => {
  const [one, other] = dataEnds();
  one.protection.updateIfDue(HOUR_US);
  other.protection.updateIfDue(HOUR_US);
  assert(other.opens(one.seal()));
  assert(one.opens(other.seal()));
  assertEquals([one.protection.sendPhase, other.protection.sendPhase], [1, 1]);
});

Deno.test("PacketProtection goes through many phases", () => {
  const [one, other] = dataEnds();
  for (let phase = 1; phase < 20; phase++) {
    const nowUs = phase * 2 * HOUR_US;
    const [first, second] = phase % 3 === 0 ? [other, one] : [one, other];
    first.nowUs = second.nowUs = nowUs;
    first.protection.updateIfDue(nowUs);
    assertEquals(first.protection.sendPhase, phase & 1);
    exchange(first, second);
    assertEquals(second.protection.sendPhase, phase & 1);
  }
});

Deno.test("PacketProtection is moved by no forged phase", () => {
  const [one, other] = dataEnds();
  const packet = one.seal();
  for (let i = 0; i < 10; i++) {
    assertEquals(other.opens(forged(packet, { keyPhase: 1 })), false);
  }
  assertEquals(other.protection.sendPhase, 0);
  assert(other.opens(packet));
});

Deno.test("PacketProtection refuses a phase that begins before packets of the last one", () => {
  const [one, other] = ends();
  one.enterData(DATA);
  other.enterData(mirrored(DATA));
  for (let i = 0; i < 5; i++) one.seal();
  assert(other.opens(one.seal()));
  // Another end with the same keys that was quicker with its update.
  const [cheat] = ends();
  cheat.enterData(DATA);
  cheat.protection.onAcked(cheat.seal().packetNumber);
  cheat.protection.updateIfDue(HOUR_US);
  const error = assertThrows(() => other.opens(cheat.seal()), TransportError);
  assertEquals(error.code, TransportErrorCode.keyUpdate);
});

Deno.test("PacketProtection refuses a data epoch that begins with another phase than the first", () => {
  const [one, other] = ends();
  one.enterData(DATA);
  one.protection.onAcked(one.seal().packetNumber);
  one.protection.updateIfDue(HOUR_US);
  other.protection.installDataKeys(mirrored(DATA));
  const error = assertThrows(() => other.opens(one.seal()), TransportError);
  assertEquals(error.code, TransportErrorCode.keyUpdate);
});

Deno.test("PacketProtection.updateIfDue() begins a phase after enough packets", () => {
  // Sealing them all would take seconds: keys of this provider only count.
  let next = 0;
  const counting: CryptoProvider = {
    ...crypto,
    hash: (length, input, key) => crypto.hash(length, input, key),
    openingKey: (key) => crypto.openingKey(key),
    sealingKey: () => ({
      get nextPacketNumber() {
        return next;
      },
      seal: (_packet, _start, _bodyStart, bodyEnd) => (next++, bodyEnd + 16),
      skipPacketNumber: () => {},
      free: () => {},
    }),
  };
  const protection = new PacketProtection(counting, LOGIN);
  next = 10;
  protection.installDataKeys(DATA);
  protection.switchToData(0);
  next = 10 + KEY_UPDATE_PACKETS - 1;
  protection.onAcked(10);
  protection.updateIfDue(0);
  assertEquals(protection.sendPhase, 0);
  next++;
  protection.updateIfDue(0);
  assertEquals(protection.sendPhase, 1);
});
