/**
 * Every decoder a stranger's bytes can reach, with inputs it takes and the
 * one error it may answer others with.
 *
 * @module
 */

import { CLIENT_BODIES, LOGIN_BODIES, SERVER_BODIES } from "./chat_bodies.ts";
import { assert, assertEquals } from "@std/assert";
import { decodeHex, Reader } from "../../lib/base/bytes.ts";
import type { Prng } from "../../lib/base/prng.ts";
import {
  decodeClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  encodeServerMessage,
} from "../../lib/chat/chat_message.ts";
import { decodeClose } from "../../lib/chat/close_code.ts";
import {
  decodeLoginMessage,
  encodeLoginMessage,
} from "../../lib/chat/login_message.ts";
import {
  frameMessage,
  MessageDeframer,
} from "../../lib/chat/message_deframer.ts";
import { checkName } from "../../lib/chat/name.ts";
import { ProtocolError } from "../../lib/chat/protocol_error.ts";
import { checkCookie, makeCookie } from "../../lib/crypto/cookie.ts";
import { NoiseNx } from "../../lib/crypto/noise.ts";
import { loadSodium } from "../../lib/crypto/sodium.ts";
import { TransportError } from "../../lib/wire/error_code.ts";
import { decodeFrames } from "../../lib/wire/frame.ts";
import { decodeHeader } from "../../lib/wire/packet.ts";
import { decodeTransportParameters } from "../../lib/wire/transport_parameters.ts";
import vectors from "../vectors/wire.json" with { type: "json" };
import { drawFrames } from "./hostile_frames.ts";
import { mutate } from "./mutation.ts";

const crypto = await loadSodium();

/** A decoder under fire. */
export interface DecoderFuzz {
  readonly name: string;
  /** Makes an input and decodes it. @returns True if it was taken. */
  readonly step: (prng: Prng) => boolean;
}

/** Makes a target of a decoder. */
function target(
  name: string,
  corpus: readonly Uint8Array[],
  decode: (input: Uint8Array) => boolean,
  draw: (prng: Prng, corpus: readonly Uint8Array[]) => Uint8Array = damaged,
): DecoderFuzz {
  return { name, step: (prng) => decode(draw(prng, corpus)) };
}

/** Some bytes of nobody, or a valid input with damage. */
function damaged(prng: Prng, corpus: readonly Uint8Array[]): Uint8Array {
  if (prng.ratio(1, 16)) return prng.bytes(prng.below(80));
  const input = corpus[prng.below(corpus.length)]!;
  return prng.ratio(1, 32) ? input : mutate(prng, input);
}

/** True if it was decoded, false if it was refused by its error. */
function takes(
  kind: new (...args: never[]) => Error,
  decode: () => unknown,
): boolean {
  try {
    decode();
    return true;
  } catch (error) {
    if (error instanceof kind) return false;
    throw error;
  }
}

const packets = vectors.packets.map(({ hex, paddedTo }) => {
  const packet = new Uint8Array(paddedTo ?? hex.length / 2);
  packet.set(decodeHex(hex));
  return packet;
});
const payloads = [...vectors.frames, ...vectors.badFrames].map(({ hex }) =>
  decodeHex(hex)
);
const parameters = vectors.transportParameters.map(({ hex }) => decodeHex(hex));

const cookieInputs = {
  crypto,
  key: new Uint8Array(32).fill(1),
  address: "10.0.0.2 5000",
  clientConnectionId: new Uint8Array(8).fill(2),
  nowUs: 1_000_000,
};
const cookie = makeCookie(cookieInputs);

/** The server's answer to the hello of {@linkcode noiseInitiator}. */
const noiseAnswer = ((): Uint8Array => {
  const responder = NoiseNx.responder({
    crypto,
    prologue: new Uint8Array(0),
    ephemeralSecret: new Uint8Array(32).fill(4),
    staticSecret: new Uint8Array(32).fill(5),
  });
  responder.readMessage(noiseInitiator().hello);
  return responder.writeMessage(new Uint8Array(20));
})();

function noiseInitiator(): { initiator: NoiseNx; hello: Uint8Array } {
  const initiator = NoiseNx.initiator({
    crypto,
    prologue: new Uint8Array(0),
    ephemeralSecret: new Uint8Array(32).fill(3),
  });
  return { initiator, hello: initiator.writeMessage(new Uint8Array(20)) };
}

/** All of them. */
export const DECODERS: readonly DecoderFuzz[] = [
  target("decodeHeader", packets, (input) => {
    const header = decodeHeader(input, input.length);
    return header !== undefined;
  }),
  target(
    "decodeFrames",
    payloads,
    (input) => takes(TransportError, () => decodeFrames(new Reader(input))),
    (prng, corpus) =>
      prng.ratio(1, 2) ? drawFrames(prng) : damaged(prng, corpus),
  ),
  target(
    "decodeTransportParameters",
    parameters,
    (input) => takes(TransportError, () => decodeTransportParameters(input)),
  ),
  target(
    "decodeClientMessage",
    CLIENT_BODIES,
    (input) =>
      takes(ProtocolError, () => {
        assertEquals(encodeClientMessage(decodeClientMessage(input)), input);
      }),
  ),
  target(
    "decodeServerMessage",
    SERVER_BODIES,
    (input) =>
      takes(ProtocolError, () => {
        assertEquals(encodeServerMessage(decodeServerMessage(input)), input);
      }),
  ),
  target(
    "decodeLoginMessage",
    LOGIN_BODIES,
    (input) =>
      takes(ProtocolError, () => {
        assertEquals(encodeLoginMessage(decodeLoginMessage(input)), input);
      }),
  ),
  target(
    "MessageDeframer",
    [...CLIENT_BODIES, ...SERVER_BODIES].map((body) => frameMessage(body)),
    (input) =>
      takes(ProtocolError, () => {
        const deframer = new MessageDeframer(500);
        for (let at = 0; at < input.length; at += 7) {
          for (const body of deframer.push(input.subarray(at, at + 7))) {
            assert(body.length <= 500, "longer than allowed");
          }
        }
      }),
  ),
  target(
    "decodeClose",
    [new TextEncoder().encode("retry-after=12")],
    (input) => {
      const reason = new TextDecoder().decode(input);
      return decodeClose({ code: input[0] ?? 0, reason }) !== undefined;
    },
  ),
  target(
    "checkName",
    [new TextEncoder().encode("Budi Santoso 🙂")],
    (input) => "key" in checkName(new TextDecoder().decode(input)),
  ),
  target("checkCookie", [cookie], (input) => {
    const isGood = checkCookie({ ...cookieInputs, cookie: input });
    const isSame = input.length === cookie.length &&
      input.every((byte, index) => byte === cookie[index]);
    assertEquals(isGood, isSame, "only the cookie is the cookie");
    return isGood;
  }),
];

/** Costs three Diffie-Hellman functions, so it gets fewer cases. */
export const NOISE_DECODER: DecoderFuzz = target(
  "NoiseNx.readMessage",
  [noiseAnswer],
  (input) => noiseInitiator().initiator.readMessage(input) !== undefined,
);
