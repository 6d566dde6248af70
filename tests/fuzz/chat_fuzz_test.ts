/**
 * Random and damaged bytes against everything in lib/chat that reads what a
 * peer sent. Decoders throw ProtocolError and nothing else; the machines throw
 * nothing at all.
 */

import { NEW_ROOMS } from "../unit/chat/wire_values.ts";
import {
  CLIENT_BODIES,
  EPOCH,
  ID,
  LOGIN_BODIES,
  SERVER_BODIES,
  STRETCHING,
} from "./chat_bodies.ts";
import { plainMessage } from "../../lib/chat/room_event.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { concatBytes } from "../../lib/base/bytes.ts";
import { Prng } from "../../lib/base/prng.ts";
import { ClientRoom } from "../../lib/chat/client_room.ts";
import {
  decodeClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  encodeServerMessage,
} from "../../lib/chat/chat_message.ts";
import { ChatServer } from "../../lib/chat/chat_server.ts";
import { noPeople } from "../unit/chat/fake_registration.ts";
import type { ChatServerOutput } from "../../lib/chat/chat_server_output.ts";
import { ClientLogin } from "../../lib/chat/client_login.ts";
import { decodeClose, encodeClose } from "../../lib/chat/close_code.ts";
import { DEFAULT_CHAT_LIMITS } from "../../lib/chat/limits.ts";
import {
  decodeLoginMessage,
  encodeLoginMessage,
} from "../../lib/chat/login_message.ts";
import { AccountDirectory } from "../../lib/chat/account_directory.ts";
import { LoginThrottle } from "../../lib/chat/login_throttle.ts";
import {
  frameMessage,
  MessageDeframer,
} from "../../lib/chat/message_deframer.ts";
import { checkName } from "../../lib/chat/name.ts";
import { ProtocolError } from "../../lib/chat/protocol_error.ts";
import { ServerLogin } from "../../lib/chat/server_login.ts";
import {
  SessionTickets,
  TICKET_RANDOM_BYTES,
} from "../../lib/chat/session_tickets.ts";
import {
  deriveResumption,
  openTicket,
  sealTicket,
  ticketKey,
} from "../../lib/crypto/session_ticket.ts";
import { loadSodium } from "../../lib/crypto/sodium.ts";

const crypto = await loadSodium();
const SYNC = CLIENT_BODIES[0]!;
const RUNS = 20_000;

for (
  const { name, decode, encode, bodies } of [
    {
      name: "decodeClientMessage",
      decode: decodeClientMessage,
      encode: encodeClientMessage,
      bodies: CLIENT_BODIES,
    },
    {
      name: "decodeServerMessage",
      decode: decodeServerMessage,
      encode: encodeServerMessage,
      bodies: SERVER_BODIES,
    },
    {
      name: "decodeLoginMessage",
      decode: decodeLoginMessage,
      encode: encodeLoginMessage,
      bodies: LOGIN_BODIES,
    },
  ] as readonly Codec[]
) {
  Deno.test(`fuzz ${name}() takes only what its encoder writes`, () => {
    const prng = new Prng(name);
    let taken = 0;
    for (let i = 0; i < RUNS; i++) {
      const body = anyBody(prng, bodies);
      try {
        const message = decode(body);
        assertEquals(encode(message), body);
        taken++;
      } catch (error) {
        assertInstanceOf(error, ProtocolError);
      }
    }
    assert(taken > 0, "some damage leaves a message");
  });
}

Deno.test("fuzz MessageDeframer.push() with random bytes", () => {
  const prng = new Prng("deframer");
  for (let i = 0; i < RUNS; i++) {
    const deframer = new MessageDeframer(prng.between(0, 100));
    try {
      for (let chunk = 0; chunk < 5; chunk++) {
        deframer.push(prng.bytes(prng.below(40)));
      }
    } catch (error) {
      assertInstanceOf(error, ProtocolError);
    }
  }
});

Deno.test("fuzz ChatServer.handleData() harms only its sender", () => {
  const prng = new Prng("server");
  const server = new ChatServer({
    room: "Lab",
    log: {
      epochId: EPOCH,
      firstSequence: 1,
      lastSequence: 0,
      topic: "",
      recent: [],
    },
    ...NEW_ROOMS,
    people: noPeople(),
    openRoom: true,
    limits: DEFAULT_CHAT_LIMITS,
  });
  let violations = 0;
  let paused = 0;
  join(server, 0, "bystander");
  for (let member = 1; member <= 3_000; member++) {
    join(server, member, `person ${member}`);
    // Whoever begins with anything else is closed at once.
    if (prng.ratio(3, 4)) {
      const bytes = frameMessage(SYNC);
      server.handleData({ member, bytes, nowUs: member, timeMs: member });
    }
    for (let i = 0; i < 5; i++) {
      const bytes = anyStream(prng, CLIENT_BODIES);
      server.handleData({ member, bytes, nowUs: member, timeMs: member });
      if (server.isPaused(member)) paused++;
    }
    server.leave(member, "lost", member);
    for (;;) {
      const output = server.pollOutput();
      if (output === undefined) break;
      answer(server, output);
      if (output.type !== "close") continue;
      assert(output.member === member, "the bystander stays");
      if (output.close.type === "chatProtocol") violations++;
    }
    assertEquals(server.memberCount, 1);
  }
  assert(violations > 1_000, "damage is noticed");
  assert(paused > 1_000, "some have to wait");
});

Deno.test("fuzz ClientRoom.handleData() ends in a violation or goes on", () => {
  const prng = new Prng("client");
  let violations = 0;
  for (let i = 0; i < 5_000; i++) {
    const client = new ClientRoom();
    client.send({ id: ID, act: plainMessage("halo"), timeMs: 0 });
    client.handleConnected();
    while (client.pollTransmit(0) !== undefined);
    client.handleData(frameMessage(SERVER_BODIES[0]!), 0);
    for (let chunk = 0; chunk < 5; chunk++) {
      client.handleData(anyStream(prng, SERVER_BODIES), 0);
      while (client.pollTransmit(chunk) !== undefined);
    }
    for (;;) {
      const event = client.pollEvent();
      if (event === undefined) break;
      if (event.type === "violation") violations++;
    }
  }
  assert(violations > 1_000, "damage is noticed");
});

Deno.test("fuzz ServerLogin.handleData() and ClientLogin.handleData() throw nothing", () => {
  const prng = new Prng("login");
  const throttle = new LoginThrottle(0);
  for (let i = 0; i < 5_000; i++) {
    const server = new ServerLogin({
      opaque: {
        startServerLogin: () => ({
          response: new Uint8Array(320),
          state: "",
        }),
        finishServerLogin: () => prng.ratio(1, 2) ? ID : undefined,
      },
      setup: "",
      record: new Uint8Array(192),
      stretching: STRETCHING,
      serverIdentity: "",
      throttle,
      accounts: new AccountDirectory(),
      address: `${prng.below(1_000)}`,
      tickets: {
        redeem: () =>
          prng.ratio(1, 4)
            ? { clientInstance: ID, sessionKey: new Uint8Array(64) }
            : undefined,
      },
      handshakeHash: new Uint8Array(64),
    });
    const client = new ClientLogin({
      name: "Ani",
      clientInstance: ID,
      isStretchingAllowed: () => prng.ratio(1, 2),
    });
    const request = new Uint8Array(96);
    if (prng.ratio(1, 2)) {
      client.resume(prng.bytes(250), {
        proof: prng.bytes(32),
        sessionKey: prng.bytes(64),
      });
    } else client.start(request);
    const time = { nowUs: i * 1_000_000, timeMs: i * 1_000 };
    for (let chunk = 0; chunk < 4; chunk++) {
      server.handleData(anyStream(prng, LOGIN_BODIES), time);
      for (const step of client.handleData(anyStream(prng, LOGIN_BODIES))) {
        if (step.type === "ticketRefused") client.start(request);
      }
    }
  }
});

Deno.test("fuzz SessionTickets.redeem() with random and damaged tickets", () => {
  const prng = new Prng("tickets");
  const [resetKey, maskingKey] = [prng.bytes(32), prng.bytes(64)];
  const tickets = new SessionTickets({ crypto, resetKey, maskingKey });
  const key = ticketKey(crypto, resetKey);
  const account = { accountId: 7, password: { record: prng.bytes(192) } };
  const holder = { name: "Ani", clientInstance: ID, account, timeMs: 0 };
  let taken = 0;
  for (let i = 0; i < 5_000; i++) {
    const random = prng.bytes(TICKET_RANDOM_BYTES);
    const { ticket, secret } = tickets.issue({ ...holder, random });
    const handshakeHash = prng.bytes(64);
    const { proof } = deriveResumption({ crypto, secret, handshakeHash });
    // Half of them keep a right seal, so that the damage reaches the decoder.
    const contents = openTicket({ crypto, key, ticket })!;
    const damaged = anyBody(prng, [contents]);
    const salt = prng.bytes(32);
    const offered = prng.ratio(1, 2)
      ? sealTicket({ crypto, key, salt, contents: damaged })
      : anyBody(prng, [ticket]);
    const redeemed = tickets.redeem({
      ...holder,
      ticket: offered,
      proof,
      handshakeHash,
    });
    if (redeemed === undefined) continue;
    taken++;
    // What was taken is a whole ticket, perhaps with another time or instance.
    assertEquals(redeemed.sessionKey.length, 64);
    assertEquals(redeemed.clientInstance.length, 16);
  }
  assert(taken > 0 && taken < 4_000);
});

Deno.test("fuzz checkName() with random text", () => {
  const prng = new Prng("name");
  for (let i = 0; i < RUNS; i++) {
    let raw = "";
    for (let length = prng.below(40); length > 0; length--) {
      const max = prng.ratio(1, 2) ? 0x2ff : 0xffff;
      raw += String.fromCharCode(prng.below(max + 1));
    }
    const check = checkName(raw);
    if (check.type === "valid") assert(check.name.text.isWellFormed());
  }
});

Deno.test("fuzz decodeClose() never changes the code", () => {
  const prng = new Prng("close");
  const reasons = ["", "rule=tooLong", "retry-after=12", "retry-after=0012"];
  for (let i = 0; i < RUNS; i++) {
    const code = prng.below(16);
    const reason = reasons[prng.below(reasons.length)]!;
    const close = decodeClose({ code, reason });
    if (close !== undefined) assertEquals(encodeClose(close).code, code);
  }
});

interface Codec {
  readonly name: string;
  // The three codecs differ in their message type only.
  // deno-lint-ignore no-explicit-any
  readonly decode: (body: Uint8Array) => any;
  // deno-lint-ignore no-explicit-any
  readonly encode: (message: any) => Uint8Array;
  readonly bodies: readonly Uint8Array[];
}

function join(server: ChatServer, member: number, raw: string): void {
  const check = checkName(raw);
  assert(check.type === "valid");
  const answer = server.join({
    member,
    name: check.name,
    authorKey: `${member}`,
    address: "192.0.2.1",
    accountId: 0,
    role: "guest",
    nowUs: member,
    timeMs: member,
  });
  assertEquals(answer.type, "joined");
}

/** The log does what it is asked. */
function answer(server: ChatServer, output: ChatServerOutput): void {
  const time = { nowUs: 0, timeMs: 0 };
  if (output.type === "append") {
    server.handleAppended([{
      roomId: 1,
      throughSequence: output.event.sequence,
    }], time);
  } else if (output.type === "load") {
    server.handleLoaded(1, output.load.loadId, [], time);
  } else if (output.type === "recall") {
    server.handleRecalled(1, output.recall.authorKey, [], time);
  } else if (output.type === "change") {
    server.handleChanged(output.changeId, { type: "done" }, time);
  } else if (output.type === "query") {
    const { queryId, query } = output;
    if (query.type !== "memberships") return;
    const stay = { seenMs: 0, readSequence: 0 };
    const result = { type: query.type, memberships: [], ...stay };
    server.handleQueried(queryId, result, time);
  } else if (output.type === "drain") {
    server.handleDrained(output.member);
  }
}

/** Some frames, most of them whole, and sometimes random bytes. */
function anyStream(prng: Prng, bodies: readonly Uint8Array[]): Uint8Array {
  if (prng.ratio(1, 10)) return prng.bytes(prng.below(50));
  const frames: Uint8Array[] = [];
  for (let i = prng.below(4); i > 0; i--) {
    const body = prng.ratio(3, 4)
      ? bodies[prng.below(bodies.length)]!
      : anyBody(prng, bodies);
    frames.push(frameMessage(body));
  }
  return concatBytes(...frames);
}

/** Random bytes, or a message with some bytes changed, cut or added. */
function anyBody(prng: Prng, bodies: readonly Uint8Array[]): Uint8Array {
  if (prng.ratio(1, 4)) return prng.bytes(prng.below(200));
  const body = bodies[prng.below(bodies.length)]!.slice();
  if (prng.ratio(1, 8)) return body.subarray(0, prng.below(body.length));
  if (prng.ratio(1, 8)) return concatBytes(body, prng.bytes(3));
  for (let i = prng.below(3); i > 0; i--) {
    body[prng.below(body.length)] = prng.below(256);
  }
  return body;
}
