/**
 * Every decoder a stranger's bytes can reach, with inputs it takes and the
 * one error it may answer others with.
 *
 * @module
 */

import { GUEST_ROOM, guests } from "../unit/chat/wire_values.ts";
import { FUZZED_ACTS } from "./fuzzed_acts.ts";
import { plainMessage } from "../../lib/chat/room_event.ts";
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
const ID = new Uint8Array(16).fill(0xaa);
const EPOCH = new Uint8Array(8).fill(0xee);

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

const clientBodies = [
  encodeClientMessage({ type: "sync", epochId: EPOCH, lastSequence: 70 }),
  encodeClientMessage({
    type: "act",
    id: ID,
    act: plainMessage("héllo 🙂".repeat(9)),
  }),
  ...FUZZED_ACTS.map((act) =>
    encodeClientMessage({ type: "act", id: ID, act })
  ),
  encodeClientMessage({ type: "leave" }),
  encodeClientMessage({ type: "position", delivered: 70, read: 7 }),
  encodeClientMessage({
    type: "request",
    requestId: 1,
    query: {
      type: "search",
      words: "rapat*",
      author: "Budi",
      sinceMs: 0,
      untilMs: 1_763_800_000_000,
      before: 0,
      limit: 20,
    },
  }),
  encodeClientMessage({
    type: "request",
    requestId: 2,
    query: { type: "history", direction: "after", sequence: 7, limit: 50 },
  }),
];
const serverBodies = [
  encodeServerMessage({
    type: "welcome",
    room: "Lab",
    self: "Ani",
    epochId: EPOCH,
    resumeAfter: 0,
    lastSequence: 1,
    openRoom: false,
    topic: "",
    messageCharacters: 4_000,
    messageBurst: 100,
    messagesPerSecond: 20,
    ...GUEST_ROOM,
    members: guests("Ani", "Budi"),
  }),
  encodeServerMessage({
    type: "event",
    sequence: 1,
    author: "Budi",
    accountId: 0,
    act: plainMessage("halo"),
    timeMs: 1_763_800_000_000,
  }),
  encodeServerMessage({
    type: "stored",
    id: ID,
    sequence: 2,
    timeMs: 1_763_800_000_000,
    forwardedTo: 3,
  }),
  ...FUZZED_ACTS.map((act) =>
    encodeServerMessage({
      type: "event",
      sequence: 9,
      author: "Budi",
      accountId: 0,
      act,
      timeMs: 0,
    })
  ),
  encodeServerMessage({
    type: "refused",
    id: ID,
    refusal: { code: "tooFast", retryAfterSeconds: 2 },
  }),
  encodeServerMessage({ type: "left", name: "B", reason: "lost", timeMs: 0 }),
  encodeServerMessage({
    type: "answer",
    requestId: 1,
    answer: {
      type: "search",
      isStart: false,
      searchedFrom: 3,
      matches: [5, 4].map((sequence) => ({
        sequence,
        author: "Budi",
        style: "action",
        replyTo: 3,
        isEdited: true,
        own: false,
        text: "rapat jam dua",
        timeMs: 1_763_800_000_000,
        ranges: [0, 5, 10, 13],
      })),
    },
  }),
  encodeServerMessage({
    type: "answer",
    requestId: 2,
    answer: {
      type: "who",
      members: [{ name: "Ani", role: "guest", isAway: false, sinceMs: 7 }],
    },
  }),
  encodeServerMessage({
    type: "receipt",
    receipts: [{ sequence: 5, delivered: 2, read: 1, of: 3 }],
  }),
  encodeServerMessage({
    type: "failed",
    requestId: 3,
    refusal: { code: "tooFast", retryAfterSeconds: 2 },
  }),
];
const loginBodies = [
  encodeLoginMessage({
    type: "start",
    name: "Ani",
    request: new Uint8Array(96),
  }),
  encodeLoginMessage({
    type: "challenge",
    response: new Uint8Array(320),
    stretching: { memoryKiB: 65_536, iterations: 1, parallelism: 1 },
  }),
  encodeLoginMessage({
    type: "resume",
    ticket: new Uint8Array(250),
    name: "Ani",
    proof: new Uint8Array(32),
  }),
  encodeLoginMessage({ type: "ticketRefused" }),
];

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
    clientBodies,
    (input) =>
      takes(ProtocolError, () => {
        assertEquals(encodeClientMessage(decodeClientMessage(input)), input);
      }),
  ),
  target(
    "decodeServerMessage",
    serverBodies,
    (input) =>
      takes(ProtocolError, () => {
        assertEquals(encodeServerMessage(decodeServerMessage(input)), input);
      }),
  ),
  target(
    "decodeLoginMessage",
    loginBodies,
    (input) =>
      takes(ProtocolError, () => {
        assertEquals(encodeLoginMessage(decodeLoginMessage(input)), input);
      }),
  ),
  target(
    "MessageDeframer",
    [...clientBodies, ...serverBodies].map((body) => frameMessage(body)),
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
