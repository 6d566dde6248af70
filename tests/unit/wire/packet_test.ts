import {
  assert,
  assertEquals,
  assertFalse,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { concatBytes, decodeHex, Writer } from "../../../lib/base/bytes.ts";
import {
  connectionIdKey,
  decodeHeader,
  decodePacketNumber,
  encodeCookie,
  encodeHello,
  encodePacketNumberLength,
  encodeReply,
  encodeStatelessReset,
  encodeVersionNegotiation,
  isStatelessReset,
  MAX_COOKIE_BYTES,
  MAX_HELLO_MESSAGE_BYTES,
  MAX_LISTED_VERSIONS,
  MAX_RECEIVED_DATAGRAM_BYTES,
  MAX_REPLY_MESSAGE_BYTES,
  MIN_HELLO_BYTES,
  MIN_SHORT_PACKET_BYTES,
  type PacketHeader,
  PROTOCOL_VERSION,
  shortHeaderBytes,
  statelessResetBytes,
  writeShortHeader,
} from "../../../lib/wire/packet.ts";

const DESTINATION_ID = decodeHex("c0c1c2c3c4c5c6c7");
const SOURCE_ID = decodeHex("5051525354555657");
const IDS = { destinationId: DESTINATION_ID, sourceId: SOURCE_ID };

/** What an encoder writes. */
function written(encode: (writer: Writer) => void): Uint8Array {
  const writer = new Writer(new Uint8Array(2048));
  encode(writer);
  return writer.bytes.subarray(0, writer.position);
}

function hello(cookieBytes = 17, noiseBytes = 100): Uint8Array {
  return written((writer) =>
    encodeHello(writer, {
      ...IDS,
      cookie: new Uint8Array(cookieBytes).fill(1),
      noiseMessage: new Uint8Array(noiseBytes).fill(2),
    })
  );
}

function longPacket(first: number, version: number, rest: string): Uint8Array {
  return written((writer) => {
    writer.u8(first);
    writer.u32(version);
    writer.put(DESTINATION_ID);
    writer.put(SOURCE_ID);
    writer.put(decodeHex(rest));
  });
}

function decode(datagram: Uint8Array): PacketHeader | undefined {
  return decodeHeader(datagram, datagram.length);
}

function shortPacket(first: number, length: number): Uint8Array {
  const packet = new Uint8Array(length);
  packet[0] = first;
  return packet;
}

Deno.test("decodeHeader() drops every prefix of every handshake packet", () => {
  const packets = [
    hello(),
    written((writer) =>
      encodeCookie(writer, { ...IDS, cookie: new Uint8Array(17) })
    ),
    written((writer) =>
      encodeReply(writer, { ...IDS, noiseMessage: new Uint8Array(96) })
    ),
    written((writer) =>
      encodeVersionNegotiation(writer, {
        ...IDS,
        versions: [PROTOCOL_VERSION],
      })
    ),
  ];
  for (const packet of packets) {
    assert(decode(packet) !== undefined);
    for (let length = 0; length < packet.length; length++) {
      assertEquals(decodeHeader(packet, length), undefined);
    }
  }
});

Deno.test("decodeHeader() drops handshake packets with bytes behind", () => {
  for (const rest of ["82", "83"]) {
    const packet = longPacket(parseInt(rest, 16), PROTOCOL_VERSION, "0111");
    assert(decode(packet) !== undefined);
    assertEquals(decode(concatBytes(packet, Uint8Array.of(0))), undefined);
  }
});

Deno.test("decodeHeader() drops a Hello whose padding is not zero", () => {
  const packet = hello();
  packet[MIN_HELLO_BYTES - 1] = 1;
  assertEquals(decode(packet), undefined);
});

Deno.test("decodeHeader() takes a Hello with more padding than necessary", () => {
  const packet = concatBytes(hello(), new Uint8Array(200));
  assertEquals(decode(packet)?.type, "hello");
});

Deno.test("decodeHeader() drops datagrams longer than the limit", () => {
  const limit = MAX_RECEIVED_DATAGRAM_BYTES;
  const packet = concatBytes(hello(), new Uint8Array(limit));
  assertEquals(decodeHeader(packet, limit)?.type, "hello");
  assertEquals(decodeHeader(packet, limit + 1), undefined);
});

Deno.test("decodeHeader() takes fields at their limits only", () => {
  assertEquals(decode(hello(0, 1))?.type, "hello");
  assertEquals(
    decode(hello(MAX_COOKIE_BYTES, MAX_HELLO_MESSAGE_BYTES))?.type,
    "hello",
  );
  const over = (first: number, field: number) => {
    const packet = written((writer) => {
      writer.put(longPacket(first, PROTOCOL_VERSION, ""));
      if (first === 0x81) writer.u8(0);
      writer.varint(field);
      writer.put(new Uint8Array(first === 0x81 ? 1300 : field));
    });
    return decode(packet);
  };
  assertEquals(over(0x81, MAX_HELLO_MESSAGE_BYTES)?.type, "hello");
  assertEquals(over(0x81, MAX_HELLO_MESSAGE_BYTES + 1), undefined);
  assertEquals(over(0x82, MAX_COOKIE_BYTES)?.type, "cookie");
  assertEquals(over(0x82, MAX_COOKIE_BYTES + 1), undefined);
  assertEquals(over(0x83, MAX_REPLY_MESSAGE_BYTES)?.type, "reply");
  assertEquals(over(0x83, MAX_REPLY_MESSAGE_BYTES + 1), undefined);
});

Deno.test("decodeHeader() drops empty fields that must not be empty", () => {
  for (const first of [0x82, 0x83]) {
    assertEquals(decode(longPacket(first, PROTOCOL_VERSION, "00")), undefined);
  }
  const packet = new Uint8Array(MIN_HELLO_BYTES);
  packet.set(longPacket(0x81, PROTOCOL_VERSION, "0000"));
  assertEquals(decode(packet), undefined);
});

Deno.test("decodeHeader() drops lengths of more than two bytes", () => {
  for (const rest of ["8000000111", "c00000000000000111", "ffffffffffffffff"]) {
    assertEquals(decode(longPacket(0x82, PROTOCOL_VERSION, rest)), undefined);
  }
  assertEquals(
    decode(longPacket(0x82, PROTOCOL_VERSION, "400111"))?.type,
    "cookie",
  );
});

Deno.test("decodeHeader() drops first bytes that mean nothing", () => {
  const valid = [];
  for (let first = 0; first < 0x100; first++) {
    const packet = new Uint8Array(MIN_HELLO_BYTES);
    packet.set(longPacket(first, PROTOCOL_VERSION, "000111"));
    if (decode(packet) !== undefined) valid.push(first);
  }
  const short = [0x40, 0x41, 0x42, 0x43, 0x60, 0x61, 0x62, 0x63];
  assertEquals(valid, [...short, 0x70, 0x71, 0x72, 0x73, 0x81]);
});

Deno.test("decodeHeader() takes 1 to 16 whole versions", () => {
  for (let count = 0; count <= MAX_LISTED_VERSIONS + 1; count++) {
    const packet = longPacket(0x80, 0, "47415301".repeat(count));
    const expected = count >= 1 && count <= MAX_LISTED_VERSIONS;
    assertEquals(decode(packet) !== undefined, expected);
    const torn = concatBytes(packet, new Uint8Array(2));
    assertEquals(decode(torn), undefined);
  }
});

Deno.test("decodeHeader() drops version 0 that negotiates nothing", () => {
  assertEquals(decode(longPacket(0x81, 0, "47415301")), undefined);
});

Deno.test("decodeHeader() reports another version only where an answer is smaller", () => {
  const packet = new Uint8Array(MIN_HELLO_BYTES);
  packet.set(longPacket(0x9f, PROTOCOL_VERSION + 1, "ff"));
  assertEquals(decode(packet)?.type, "unsupportedVersion");
  assertEquals(decodeHeader(packet, MIN_HELLO_BYTES - 1), undefined);
});

Deno.test("decodeHeader() drops short packets without room for the tag", () => {
  for (let bytes = 1; bytes <= 4; bytes++) {
    const first = 0x60 | bytes - 1;
    const least = shortHeaderBytes(bytes) + 16;
    assertEquals(decode(shortPacket(first, least))?.type, "short");
    assertEquals(decode(shortPacket(first, least - 1)), undefined);
  }
});

Deno.test("decodeHeader() borrows fields from the datagram", () => {
  const packet = hello();
  const header = decode(packet);
  assert(header?.type === "hello");
  assertStrictEquals(header.cookie.buffer, packet.buffer);
  assertStrictEquals(header.noiseMessage.buffer, packet.buffer);
  assertStrictEquals(header.sourceId.buffer, packet.buffer);
});

Deno.test("decodeHeader() gives the map key of a short packet's connection ID", () => {
  const packet = shortPacket(0x60, 40);
  packet.set(DESTINATION_ID, 1);
  const header = decode(packet);
  assert(header?.type === "short");
  assertEquals(header.destinationId, connectionIdKey(DESTINATION_ID));
});

Deno.test("connectionIdKey() differs wherever a byte differs", () => {
  const keys = new Set([connectionIdKey(new Uint8Array(8))]);
  for (let i = 0; i < 8; i++) {
    for (const value of [1, 0x7f, 0x80, 0xff]) {
      const id = new Uint8Array(10);
      id[1 + i] = value;
      keys.add(connectionIdKey(id, 1));
    }
  }
  assertEquals(keys.size, 33);
});

Deno.test("encodePacketNumberLength() follows RFC 9000 appendix A.2", () => {
  assertEquals(encodePacketNumberLength(0xac5c02, 0xabe8b3), 2);
  assertEquals(encodePacketNumberLength(0xace8fe, 0xabe8b3), 3);
});

Deno.test("encodePacketNumberLength() grows with what is unacknowledged", () => {
  const edges: [number, number][] = [
    [2 ** 7, 1],
    [2 ** 7 + 1, 2],
    [2 ** 15, 2],
    [2 ** 15 + 1, 3],
    [2 ** 23, 3],
    [2 ** 23 + 1, 4],
    [2 ** 31, 4],
  ];
  for (const [unacked, bytes] of edges) {
    assertEquals(encodePacketNumberLength(5000 + unacked, 5000), bytes);
    assertEquals(encodePacketNumberLength(unacked - 1, undefined), bytes);
    assertEquals(encodePacketNumberLength(unacked - 1, -1), bytes);
  }
});

Deno.test("encodePacketNumberLength() refuses what cannot be restored", () => {
  for (const packetNumber of [10, 9, 11 + 2 ** 31]) {
    assertThrows(
      () => encodePacketNumberLength(packetNumber, 10),
      AssertionError,
    );
  }
});

Deno.test("decodePacketNumber() follows RFC 9000 appendix A.3", () => {
  assertEquals(decodePacketNumber(0x9b32, 2, 0xa82f_30ea), 0xa82f_9b32);
});

Deno.test("decodePacketNumber() takes the number nearest to the expected", () => {
  assertEquals(decodePacketNumber(0, 1, undefined), 0);
  assertEquals(decodePacketNumber(0xff, 1, undefined), 0xff);
  assertEquals(decodePacketNumber(0x00, 1, 0xff), 0x100);
  assertEquals(decodePacketNumber(0xfe, 1, 0x100), 0xfe);
  assertEquals(decodePacketNumber(0x80, 1, 0xff), 0x180);
  assertEquals(decodePacketNumber(0x81, 1, 0xff), 0x81);
  assertEquals(decodePacketNumber(0x00, 1, 0x17f), 0x200);
  assertEquals(decodePacketNumber(0x00, 1, 0x180), 0x200);
  assertEquals(decodePacketNumber(0x00, 1, 0x17e), 0x100);
  assertEquals(decodePacketNumber(5, 4, 2 ** 40), 2 ** 40 + 5);
});

Deno.test("writeShortHeader() asserts what the caller must keep", () => {
  const good = {
    epoch: 1,
    keyPhase: 0,
    destinationId: DESTINATION_ID,
    packetNumber: 1,
    packetNumberBytes: 1,
  } as const;
  const writer = () => new Writer(new Uint8Array(20));
  writeShortHeader(writer(), good);
  const bad = [
    { ...good, packetNumberBytes: 0 },
    { ...good, packetNumberBytes: 5 },
    { ...good, epoch: 0, keyPhase: 1 } as const,
    { ...good, destinationId: new Uint8Array(7) },
  ];
  for (const header of bad) {
    assertThrows(() => writeShortHeader(writer(), header), AssertionError);
  }
});

Deno.test("encodeHello() pads from where it starts", () => {
  const writer = new Writer(new Uint8Array(1500).fill(9), 7);
  encodeHello(writer, {
    ...IDS,
    cookie: new Uint8Array(),
    noiseMessage: new Uint8Array(32),
  });
  assertEquals(writer.position, 7 + MIN_HELLO_BYTES);
  const packet = writer.bytes.subarray(7, writer.position);
  assertEquals(decode(packet)?.type, "hello");
});

Deno.test("handshake encoders assert the limits that decodeHeader() checks", () => {
  const tooLong: ((writer: Writer) => void)[] = [
    (writer) =>
      encodeHello(writer, {
        ...IDS,
        cookie: new Uint8Array(MAX_COOKIE_BYTES + 1),
        noiseMessage: new Uint8Array(32),
      }),
    (writer) =>
      encodeHello(writer, {
        ...IDS,
        cookie: new Uint8Array(),
        noiseMessage: new Uint8Array(MAX_HELLO_MESSAGE_BYTES + 1),
      }),
    (writer) => encodeCookie(writer, { ...IDS, cookie: new Uint8Array() }),
    (writer) =>
      encodeReply(writer, {
        ...IDS,
        noiseMessage: new Uint8Array(MAX_REPLY_MESSAGE_BYTES + 1),
      }),
    (writer) => encodeVersionNegotiation(writer, { ...IDS, versions: [] }),
    (writer) =>
      encodeCookie(writer, {
        destinationId: new Uint8Array(7),
        sourceId: SOURCE_ID,
        cookie: new Uint8Array(1),
      }),
  ];
  for (const encode of tooLong) {
    assertThrows(() => written(encode), AssertionError);
  }
});

Deno.test("every answer to a Hello is smaller than the Hello", () => {
  const answers = [
    written((writer) =>
      encodeCookie(writer, {
        ...IDS,
        cookie: new Uint8Array(MAX_COOKIE_BYTES),
      })
    ),
    written((writer) =>
      encodeReply(writer, {
        ...IDS,
        noiseMessage: new Uint8Array(MAX_REPLY_MESSAGE_BYTES),
      })
    ),
    written((writer) =>
      encodeVersionNegotiation(writer, {
        ...IDS,
        versions: new Array<number>(MAX_LISTED_VERSIONS).fill(1),
      })
    ),
  ];
  for (const answer of answers) assert(answer.length < MIN_HELLO_BYTES);
});

Deno.test("statelessResetBytes() is less than what provoked it", () => {
  for (let trigger = 0; trigger <= MIN_SHORT_PACKET_BYTES; trigger++) {
    assertEquals(statelessResetBytes(trigger), 0);
  }
  for (let trigger = MIN_SHORT_PACKET_BYTES + 1; trigger < 1500; trigger++) {
    const length = statelessResetBytes(trigger);
    assert(length >= MIN_SHORT_PACKET_BYTES && length < trigger);
  }
});

Deno.test("encodeStatelessReset() looks like a short packet", () => {
  const token = new Uint8Array(16).fill(0xaa);
  for (let trigger = 27; trigger < 60; trigger++) {
    for (const filler of [0x00, 0xff]) {
      const length = statelessResetBytes(trigger);
      const writer = new Writer(new Uint8Array(length));
      const random = new Uint8Array(64).fill(filler);
      encodeStatelessReset(writer, { token, random });
      assertEquals(writer.remaining, 0);
      assertEquals(decode(writer.bytes)?.type, "short");
      assert(isStatelessReset(writer.bytes, length, token));
    }
  }
});

Deno.test("isStatelessReset() wants the token at the end of the datagram", () => {
  const token = new Uint8Array(16).fill(0xaa);
  const reset = shortPacket(0x60, 40);
  reset.set(token, 20);
  assert(isStatelessReset(reset, 36, token));
  assertFalse(isStatelessReset(reset, 37, token));
  assertFalse(isStatelessReset(reset, 25, token));
  reset[35] = 0xab;
  assertFalse(isStatelessReset(reset, 36, token));
});

Deno.test("isStatelessReset() is false for a long packet", () => {
  const token = new Uint8Array(16).fill(0xaa);
  for (const first of [0x00, 0x83, 0xff]) {
    const packet = shortPacket(first, 40);
    packet.set(token, 24);
    assertFalse(isStatelessReset(packet, 40, token));
  }
});
