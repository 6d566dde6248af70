import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { decodeHex, encodeHex } from "../../../lib/base/bytes.ts";
import { loadSodium } from "../../../lib/crypto/sodium.ts";
import {
  deriveResumption,
  openTicket,
  passwordMark,
  type ResumptionInputs,
  sealTicket,
  TICKET_OVERHEAD_BYTES,
  TICKET_SALT_BYTES,
  ticketKey,
} from "../../../lib/crypto/session_ticket.ts";
import vectors from "../../vectors/key_schedule.json" with { type: "json" };

const crypto = await loadSodium();
const { ticket: vector } = vectors;
const KEY = decodeHex(vector.ticketKey);
const SALT = decodeHex(vector.salt);
const CONTENTS = decodeHex(vector.contents);
const INPUTS: ResumptionInputs = {
  crypto,
  secret: decodeHex(vector.secret),
  handshakeHash: decodeHex(vector.handshakeHash),
};

function seal(): Uint8Array {
  return sealTicket({ crypto, key: KEY, salt: SALT, contents: CONTENTS });
}

function open(ticket: Uint8Array, key = KEY): Uint8Array | undefined {
  return openTicket({ crypto, key, ticket });
}

/** The same bytes with one bit changed. */
function changed(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >>> 3] = copy[bit >>> 3]! ^ (1 << (bit & 7));
  return copy;
}

Deno.test("ticketKey() matches the vector", () => {
  const key = ticketKey(crypto, decodeHex(vector.resetKey));
  assertEquals(encodeHex(key), vector.ticketKey);
});

Deno.test("sealTicket() matches the vector", () => {
  assertEquals(encodeHex(seal()), vector.ticket);
  assertEquals(seal().length, CONTENTS.length + TICKET_OVERHEAD_BYTES);
});

Deno.test("sealTicket() refuses a salt that is too short", () => {
  const salt = new Uint8Array(TICKET_SALT_BYTES - 1);
  assertThrows(
    () => sealTicket({ crypto, key: KEY, salt, contents: CONTENTS }),
    RangeError,
  );
});

Deno.test("openTicket() gives what was sealed, and leaves the ticket as it is", () => {
  const ticket = seal();
  assertEquals(open(ticket), CONTENTS);
  assertEquals(ticket, seal());
});

Deno.test("openTicket() opens one without contents", () => {
  const empty = new Uint8Array();
  const ticket = sealTicket({ crypto, key: KEY, salt: SALT, contents: empty });
  assertEquals(open(ticket), empty);
});

Deno.test("openTicket() refuses a changed bit anywhere", () => {
  const ticket = seal();
  for (let bit = 0; bit < 8 * ticket.length; bit++) {
    assertEquals(open(changed(ticket, bit)), undefined);
  }
});

Deno.test("openTicket() refuses every other length", () => {
  const ticket = seal();
  for (let length = 0; length < ticket.length; length++) {
    assertEquals(open(ticket.slice(0, length)), undefined);
  }
  assertEquals(open(new Uint8Array([...ticket, 0])), undefined);
  assertEquals(open(new Uint8Array(3_000)), undefined);
});

Deno.test("openTicket() refuses the ticket of another key", () => {
  assertEquals(open(seal(), changed(KEY, 255)), undefined);
});

Deno.test("passwordMark() matches the vector", () => {
  const maskingKey = decodeHex(vector.maskingKey);
  const mark = passwordMark({ crypto, key: KEY, maskingKey });
  assertEquals(encodeHex(mark), vector.passwordMark);
});

Deno.test("deriveResumption() matches the vector", () => {
  const { proof, sessionKey } = deriveResumption(INPUTS);
  assertEquals(encodeHex(proof), vector.proof);
  assertEquals(encodeHex(sessionKey), vector.sessionKey);
});

Deno.test("deriveResumption() depends on secret and handshake", () => {
  const { proof, sessionKey } = deriveResumption(INPUTS);
  for (
    const other of [
      { ...INPUTS, secret: changed(INPUTS.secret, 0) },
      { ...INPUTS, handshakeHash: changed(INPUTS.handshakeHash, 511) },
    ]
  ) {
    const { proof: otherProof, sessionKey: otherKey } = deriveResumption(other);
    assertNotEquals(otherProof, proof);
    assertNotEquals(otherKey, sessionKey);
  }
});

Deno.test("deriveResumption() sends nothing of the session key", () => {
  const { proof, sessionKey } = deriveResumption(INPUTS);
  assertNotEquals(proof, sessionKey.slice(0, proof.length));
});

Deno.test("deriveResumption() refuses a secret of another length", () => {
  for (const length of [0, 16, 31, 33, 64]) {
    const secret = new Uint8Array(length);
    assertThrows(() => deriveResumption({ ...INPUTS, secret }), RangeError);
  }
});
