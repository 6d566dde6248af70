/** What the chat's decoders take: fuzzing starts from it. */

import { GUEST_ROOM, guests } from "../unit/chat/wire_values.ts";
import {
  FUZZED_PEOPLE_ANSWERS,
  FUZZED_PEOPLE_REQUESTS,
} from "./fuzzed_people.ts";
import { FUZZED_ACTS } from "./fuzzed_acts.ts";
import { plainMessage } from "../../lib/chat/room_event.ts";
import {
  encodeClientMessage,
  encodeServerMessage,
} from "../../lib/chat/chat_message.ts";
import { encodeLoginMessage } from "../../lib/chat/login_message.ts";
import type { ServerQuery } from "../../lib/chat/server_query.ts";

/** A message's or a client's ID. */
export const ID: Uint8Array = new Uint8Array(16).fill(0xaa);
/** A log's epoch. */
export const EPOCH: Uint8Array = new Uint8Array(8).fill(0xee);
/** What passwords are registered with. */
export const STRETCHING = { memoryKiB: 65_536, iterations: 1, parallelism: 1 };

const SERVER_QUERIES: readonly ServerQuery[] = [
  { type: "rooms" },
  { type: "createRoom", kind: "public", name: "Sains" },
  { type: "joinRoom", name: "Sains" },
  { type: "leaveRoom", roomId: 2 },
  { type: "direct", name: "bystander" },
  { type: "invite", name: "bystander" },
  { type: "archive" },
];

/** Messages of clients, of all kinds. */
export const CLIENT_BODIES: readonly Uint8Array[] = [
  encodeClientMessage({ type: "sync", epochId: EPOCH, lastSequence: 0 }),
  encodeClientMessage({ type: "act", id: ID, act: plainMessage("héllo 🙂") }),
  encodeClientMessage({
    type: "act",
    id: ID,
    act: plainMessage("x".repeat(300)),
  }),
  ...FUZZED_ACTS.map((act) =>
    encodeClientMessage({ type: "act", id: ID, act })
  ),
  encodeClientMessage({ type: "leave" }),
  ...FUZZED_PEOPLE_REQUESTS.map((query) =>
    encodeClientMessage({ type: "request", requestId: 1, query })
  ),
  encodeClientMessage({ type: "enter", roomId: 2 }),
  ...SERVER_QUERIES.map((query) =>
    encodeClientMessage({ type: "request", requestId: 1, query })
  ),
  encodeClientMessage({ type: "position", delivered: 7, read: 5 }),
  encodeClientMessage({
    type: "request",
    requestId: 3,
    query: { type: "roll", target: 7 },
  }),
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

/** Messages of servers, of all kinds. */
export const SERVER_BODIES: readonly Uint8Array[] = [
  encodeServerMessage({
    type: "roomList",
    rooms: [{
      roomId: 2,
      kind: "direct",
      name: "Ani",
      lastSequence: 24,
      readSequence: 0,
    }],
  }),
  encodeServerMessage({
    type: "roomOpened",
    roomId: 2,
    kind: "public",
    name: "Sains",
    by: "Ani",
  }),
  encodeServerMessage({ type: "roomClosed", roomId: 2, reason: "left" }),
  encodeServerMessage({
    type: "roomChanged",
    isLocked: true,
    slowSeconds: 30,
  }),
  encodeServerMessage({
    type: "answer",
    requestId: 4,
    answer: {
      type: "receipts",
      read: ["Ani"],
      delivered: ["Budi", "Cici"],
      missing: [],
    },
  }),
  encodeServerMessage({
    type: "answer",
    requestId: 5,
    answer: {
      type: "roll",
      acknowledged: [{ name: "Ani", timeMs: 7 }],
      missing: ["Budi"],
    },
  }),
  encodeServerMessage({
    type: "receipt",
    receipts: [
      { sequence: 5, delivered: 2, read: 1, of: 3 },
      { sequence: 6, delivered: 0, read: 0, of: 3 },
    ],
  }),
  encodeServerMessage({ type: "read", readSequence: 24 }),
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
  encodeServerMessage({
    type: "joined",
    name: "Citra",
    role: "guest",
    timeMs: 0,
  }),
  encodeServerMessage({
    type: "left",
    name: "Budi",
    reason: "lost",
    timeMs: 0,
  }),
  encodeServerMessage({
    type: "memberChanged",
    name: "Budi",
    newName: "Bobi",
    role: "member",
    isAway: true,
  }),
  ...FUZZED_PEOPLE_ANSWERS.map((answer) =>
    encodeServerMessage({ type: "answer", requestId: 1, answer })
  ),
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
    type: "failed",
    requestId: 3,
    refusal: { code: "tooFast", retryAfterSeconds: 2 },
  }),
];

/** Messages of logins, of all kinds. */
export const LOGIN_BODIES: readonly Uint8Array[] = [
  encodeLoginMessage({
    type: "start",
    name: "Ani",
    request: new Uint8Array(96),
  }),
  encodeLoginMessage({
    type: "challenge",
    response: new Uint8Array(320),
    stretching: STRETCHING,
  }),
  encodeLoginMessage({
    type: "finish",
    finish: new Uint8Array(64),
    clientInstance: ID,
  }),
  encodeLoginMessage({
    type: "resume",
    ticket: new Uint8Array(250),
    name: "Ani",
    proof: new Uint8Array(32),
  }),
  encodeLoginMessage({
    type: "ticket",
    ticket: new Uint8Array(250),
    secret: new Uint8Array(32),
    lifetimeSeconds: 604_800,
  }),
  encodeLoginMessage({ type: "ticketRefused" }),
];
