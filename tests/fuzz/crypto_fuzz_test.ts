/**
 * Random and damaged bytes against everything in lib/crypto that reads what a
 * peer sent. Each must answer -1, undefined or false, and throw nothing.
 */

import { assertEquals, assertFalse, assertStrictEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { checkCookie, makeCookie } from "../../lib/crypto/cookie.ts";
import { NoiseNx } from "../../lib/crypto/noise.ts";
import {
  isStretchingAllowed,
  loadOpaque,
  OPAQUE_FINISH_BYTES,
  OPAQUE_REQUEST_BYTES,
  OPAQUE_RESPONSE_BYTES,
  STRETCHING_MIN,
} from "../../lib/crypto/opaque.ts";
import {
  openTicket,
  sealTicket,
  ticketKey,
} from "../../lib/crypto/session_ticket.ts";
import { loadSodium } from "../../lib/crypto/sodium.ts";

const crypto = await loadSodium();
const opaque = await loadOpaque();
const SERVER = "5e".repeat(32);

/** Bytes changed as a hostile or broken network would; never the same ones. */
function damage(prng: Prng, bytes: Uint8Array): Uint8Array {
  if (prng.ratio(1, 4)) return bytes.slice(0, prng.below(bytes.length));
  if (prng.ratio(1, 4)) {
    const longer = new Uint8Array(bytes.length + prng.between(1, 64));
    longer.set(bytes);
    return longer;
  }
  const damaged = bytes.slice();
  const count = prng.between(1, 8);
  for (let i = 0; i < count; i++) {
    const at = prng.below(damaged.length);
    damaged[at] = damaged[at]! ^ (1 << prng.below(8));
  }
  // Bits that were changed back, or a length that came out the same.
  damaged[0] = damaged.every((byte, i) => byte === bytes[i])
    ? bytes[0]! ^ 1
    : damaged[0]!;
  return damaged;
}

Deno.test("fuzz OpeningKey.open() with random packets", () => {
  const prng = new Prng("crypto open random");
  const opening = crypto.openingKey(prng.bytes(32));
  for (let i = 0; i < 20_000; i++) {
    const packet = prng.bytes(prng.below(300));
    const start = prng.below(packet.length + 1);
    const bodyStart = prng.between(start, packet.length);
    const end = opening.open(
      packet,
      start,
      bodyStart,
      packet.length,
      prng.u32() * prng.below(2 ** 21),
    );
    assertEquals(end, -1);
  }
  assertEquals(opening.forgedPackets, 20_000);
  opening.free();
});

Deno.test("fuzz OpeningKey.open() with damaged packets", () => {
  const prng = new Prng("crypto open damaged");
  const key = prng.bytes(32);
  const sealing = crypto.sealingKey(key, 0);
  const opening = crypto.openingKey(key);
  for (let i = 0; i < 10_000; i++) {
    const header = prng.between(9, 13);
    const length = header + prng.below(100);
    const packet = new Uint8Array(length + 16);
    packet.set(prng.bytes(length));
    const number = sealing.nextPacketNumber;
    sealing.seal(packet, 0, header, length);
    const damaged = damage(prng, packet);
    const bodyStart = Math.min(header, damaged.length);
    assertEquals(
      opening.open(damaged, 0, bodyStart, damaged.length, number),
      -1,
    );
    assertEquals(
      opening.open(packet, 0, header, packet.length, number),
      length,
    );
  }
  sealing.free();
  opening.free();
});

Deno.test("fuzz NoiseNx.readMessage() with random and damaged answers", () => {
  const prng = new Prng("crypto noise second");
  const prologue = prng.bytes(8);
  const initiator = NoiseNx.initiator({
    crypto,
    prologue,
    ephemeralSecret: prng.bytes(32),
  });
  const responder = NoiseNx.responder({
    crypto,
    prologue,
    ephemeralSecret: prng.bytes(32),
    staticSecret: prng.bytes(32),
  });
  responder.readMessage(initiator.writeMessage(prng.bytes(40)));
  const message = responder.writeMessage(prng.bytes(60));
  for (let i = 0; i < 1_500; i++) {
    const bytes = prng.ratio(1, 2)
      ? damage(prng, message)
      : prng.bytes(prng.below(1_300));
    assertStrictEquals(initiator.readMessage(bytes), undefined);
  }
  assertEquals(initiator.readMessage(message)?.length, 60);
  assertEquals(initiator.split(), responder.split());
});

Deno.test("fuzz NoiseNx.readMessage() with random first messages", () => {
  const prng = new Prng("crypto noise first");
  const staticSecret = prng.bytes(32);
  for (let i = 0; i < 1_000; i++) {
    const responder = NoiseNx.responder({
      crypto,
      prologue: prng.bytes(8),
      ephemeralSecret: prng.bytes(32),
      staticSecret,
    });
    const message = prng.bytes(prng.below(1_300));
    // Any 32 bytes are a public key: what follows them is the payload.
    const payload = responder.readMessage(message);
    if (payload === undefined) continue;
    assertEquals(payload, message.slice(32));
    responder.writeMessage(new Uint8Array());
    responder.split();
  }
});

Deno.test("fuzz checkCookie() with random and damaged cookies", () => {
  const prng = new Prng("crypto cookie");
  const key = prng.bytes(32);
  for (let i = 0; i < 10_000; i++) {
    const inputs = {
      crypto,
      key,
      address: `192.0.2.${prng.below(256)}:${prng.below(65_536)}`,
      clientConnectionId: prng.bytes(8),
      nowUs: prng.u32() * 1_000,
    };
    const cookie = prng.ratio(1, 2)
      ? damage(prng, makeCookie(inputs))
      : prng.bytes(prng.below(65));
    assertFalse(checkCookie({ ...inputs, cookie }));
  }
});

Deno.test("fuzz openTicket() with random and damaged tickets", () => {
  const prng = new Prng("crypto ticket");
  const key = ticketKey(crypto, prng.bytes(32));
  for (let i = 0; i < 5_000; i++) {
    const contents = prng.bytes(prng.below(300));
    const salt = prng.bytes(32);
    const sealed = sealTicket({ crypto, key, salt, contents });
    const ticket = prng.ratio(1, 2)
      ? damage(prng, sealed)
      : prng.bytes(prng.below(3_000));
    assertStrictEquals(openTicket({ crypto, key, ticket }), undefined);
    assertEquals(openTicket({ crypto, key, ticket: sealed }), contents);
  }
});

Deno.test("fuzz Opaque.startServerLogin() and finishServerLogin()", () => {
  const prng = new Prng("crypto opaque server");
  const setup = opaque.createServerSetup();
  const common = { setup, userIdentifier: "room", serverIdentity: SERVER };
  const { request } = opaque.startClientLogin("password");
  for (let i = 0; i < 600; i++) {
    const bytes = prng.ratio(1, 2)
      ? damage(prng, request)
      : prng.bytes(OPAQUE_REQUEST_BYTES);
    // A damaged request may still be a valid one: then it gets an answer.
    const record = prng.ratio(1, 2) ? prng.bytes(192) : undefined;
    const start = opaque.startServerLogin({
      ...common,
      record,
      request: bytes,
    });
    if (start === undefined) continue;
    const finish = prng.bytes(OPAQUE_FINISH_BYTES);
    assertStrictEquals(
      opaque.finishServerLogin({
        state: start.state,
        finish,
        serverIdentity: SERVER,
      }),
      undefined,
    );
  }
});

Deno.test("fuzz Opaque.finishClientLogin()", () => {
  const prng = new Prng("crypto opaque client");
  const setup = opaque.createServerSetup();
  const { request, state } = opaque.startClientLogin("password");
  const { response } = opaque.startServerLogin({
    setup,
    record: undefined,
    userIdentifier: "room",
    request,
    serverIdentity: SERVER,
  })!;
  for (let i = 0; i < 40; i++) {
    const bytes = prng.ratio(3, 4)
      ? damage(prng, response)
      : prng.bytes(OPAQUE_RESPONSE_BYTES);
    const finished = opaque.finishClientLogin({
      state,
      password: "password",
      response: bytes,
      stretching: STRETCHING_MIN,
      serverIdentity: SERVER,
    });
    assertStrictEquals(finished, undefined);
  }
});

Deno.test("fuzz isStretchingAllowed() bounds what a client spends", () => {
  const prng = new Prng("crypto stretching");
  for (let i = 0; i < 10_000; i++) {
    const any = (): number =>
      [NaN, -1, 0.5, prng.below(12), prng.u32()][prng.below(5)]!;
    const stretching = {
      memoryKiB: any(),
      iterations: any(),
      parallelism: any(),
    };
    if (!isStretchingAllowed(stretching)) continue;
    const { memoryKiB, iterations } = stretching;
    assertEquals(memoryKiB <= 262_144 && iterations <= 10, true);
  }
});
