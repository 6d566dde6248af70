import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { decodeHex, encodeHex } from "../../../lib/base/bytes.ts";
import { Prng } from "../../../lib/base/prng.ts";
import {
  type DataKeyInputs,
  deriveDataKeys,
  fingerprint,
  nextKey,
  noisePrologue,
  statelessResetToken,
} from "../../../lib/crypto/key_schedule.ts";
import { loadSodium } from "../../../lib/crypto/sodium.ts";
import vectors from "../../vectors/key_schedule.json" with { type: "json" };

const crypto = await loadSodium();

/** The inputs of the vector. */
function vectorInputs(): DataKeyInputs {
  const { dataKeys } = vectors;
  return {
    crypto,
    loginKeys: {
      initiatorToResponder: decodeHex(dataKeys.loginInitiatorToResponder),
      responderToInitiator: decodeHex(dataKeys.loginResponderToInitiator),
    },
    handshakeHash: decodeHex(dataKeys.handshakeHash),
    sessionKey: decodeHex(dataKeys.sessionKey),
  };
}

/** The same bytes with one bit changed. */
function changed(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[copy.length - 1] = copy[copy.length - 1]! ^ 1;
  return copy;
}

Deno.test("noisePrologue() matches the vector", () => {
  const { version, clientConnectionId, prologue } = vectors.prologue;
  const actual = noisePrologue({
    version,
    clientConnectionId: decodeHex(clientConnectionId),
  });
  assertEquals(encodeHex(actual), prologue);
});

Deno.test("deriveDataKeys() matches the vector", () => {
  const keys = deriveDataKeys(vectorInputs());
  const { initiatorToResponder, responderToInitiator } = vectors.dataKeys;
  assertEquals(encodeHex(keys.initiatorToResponder), initiatorToResponder);
  assertEquals(encodeHex(keys.responderToInitiator), responderToInitiator);
});

Deno.test("deriveDataKeys() depends on every input, in both directions", () => {
  const inputs = vectorInputs();
  const { loginKeys } = inputs;
  const variants: DataKeyInputs[] = [
    inputs,
    { ...inputs, sessionKey: changed(inputs.sessionKey) },
    { ...inputs, handshakeHash: changed(inputs.handshakeHash) },
    {
      ...inputs,
      loginKeys: {
        ...loginKeys,
        initiatorToResponder: changed(loginKeys.initiatorToResponder),
      },
    },
    {
      ...inputs,
      loginKeys: {
        ...loginKeys,
        responderToInitiator: changed(loginKeys.responderToInitiator),
      },
    },
  ];
  const seen = new Set<string>();
  for (const variant of variants) {
    const keys = deriveDataKeys(variant);
    seen.add(encodeHex(keys.initiatorToResponder));
    seen.add(encodeHex(keys.responderToInitiator));
  }
  assertEquals(seen.size, 2 * variants.length);
});

Deno.test("deriveDataKeys() leaves its inputs as they were", () => {
  const inputs = vectorInputs();
  deriveDataKeys(inputs);
  assertEquals(inputs, vectorInputs());
});

Deno.test("deriveDataKeys() refuses a session key or hash of another length", () => {
  const inputs = vectorInputs();
  for (const length of [0, 32, 63, 65]) {
    const wrong = new Uint8Array(length);
    assertThrows(
      () => deriveDataKeys({ ...inputs, sessionKey: wrong }),
      RangeError,
    );
    assertThrows(
      () => deriveDataKeys({ ...inputs, handshakeHash: wrong }),
      RangeError,
    );
  }
});

Deno.test("nextKey() matches the vector", () => {
  const next = nextKey(crypto, decodeHex(vectors.nextKey.key));
  assertEquals(encodeHex(next), vectors.nextKey.next);
});

Deno.test("nextKey() never comes back to a key", () => {
  const seen = new Set<string>();
  let key: Uint8Array = new Uint8Array(32);
  for (let i = 0; i < 100; i++) {
    seen.add(encodeHex(key));
    key = nextKey(crypto, key);
  }
  assertEquals(seen.size, 100);
});

Deno.test("statelessResetToken() matches the vector", () => {
  const { resetKey, connectionId, token } = vectors.statelessReset;
  const actual = statelessResetToken(
    crypto,
    decodeHex(resetKey),
    decodeHex(connectionId),
  );
  assertEquals(encodeHex(actual), token);
});

Deno.test("statelessResetToken() differs per connection ID and per key", () => {
  const prng = new Prng(1);
  const [key, otherKey] = [prng.bytes(32), prng.bytes(32)];
  const [id, otherId] = [prng.bytes(8), prng.bytes(8)];
  const token = statelessResetToken(crypto, key, id);
  assertNotEquals(statelessResetToken(crypto, key, otherId), token);
  assertNotEquals(statelessResetToken(crypto, otherKey, id), token);
  assertEquals(statelessResetToken(crypto, key, id), token);
});

Deno.test("fingerprint() matches the vector", () => {
  const { publicKey, fingerprint: expected } = vectors.fingerprint;
  assertEquals(fingerprint(crypto, decodeHex(publicKey)), expected);
});

Deno.test("fingerprint() is five groups of four unmistakable characters", () => {
  const prng = new Prng(2);
  const seen = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const text = fingerprint(crypto, prng.bytes(32));
    assertMatch(text, /^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
    seen.add(text);
  }
  assertEquals(seen.size, 200);
});
