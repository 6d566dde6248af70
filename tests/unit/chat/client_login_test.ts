import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { AccountDirectory } from "../../../lib/chat/account_directory.ts";
import { ClientLogin } from "../../../lib/chat/client_login.ts";
import {
  encodeLoginMessage,
  type LoginMessage,
  type LoginTicket,
} from "../../../lib/chat/login_message.ts";
import { LoginThrottle } from "../../../lib/chat/login_throttle.ts";
import { frameMessage } from "../../../lib/chat/message_deframer.ts";
import {
  ROOM_USER_IDENTIFIER,
  ServerLogin,
} from "../../../lib/chat/server_login.ts";
import {
  isStretchingAllowed,
  loadOpaque,
  STRETCHING_MIN,
} from "../../../lib/crypto/opaque.ts";
import {
  clientLogin,
  fakeTickets,
  HANDSHAKE_HASH,
  NOW,
  REQUEST,
  RESUMPTION,
  RIGHT_FINISH,
  RIGHT_TICKET,
  serverLogin,
  SESSION_KEY,
  stretched,
  STRETCHING,
} from "./login_test_pair.ts";

const TICKET: LoginTicket = {
  type: "ticket",
  ticket: RIGHT_TICKET,
  secret: new Uint8Array(32).fill(5),
  lifetimeSeconds: 60,
};

const REFUSED: LoginMessage = { type: "ticketRefused" };

const CHALLENGE: LoginMessage = {
  type: "challenge",
  response: new Uint8Array(320),
  stretching: STRETCHING,
};

Deno.test("ClientLogin asks for the stretching that the server wants", () => {
  const client = clientLogin();
  const [reply] = serverLogin().handleData(client.start(REQUEST), NOW);
  assert(reply?.type === "reply");
  assertEquals(client.handleData(reply.bytes), [{
    type: "stretch",
    response: new Uint8Array(320).fill(7),
    stretching: STRETCHING,
  }]);
});

Deno.test("ClientLogin finishes with what the server accepts", () => {
  const client = clientLogin();
  const server = serverLogin();
  challenge(client, server);
  const finish = client.handleStretched(stretched(RIGHT_FINISH));
  assert(finish?.type === "finish");
  assertEquals(finish.sessionKey, SESSION_KEY);
  const [step] = server.handleData(finish.bytes, NOW);
  assertEquals(step?.type, "accepted");
});

Deno.test("ClientLogin calls a failed stretching a wrong password", () => {
  const client = clientLogin();
  challenge(client, serverLogin());
  assertEquals(client.handleStretched(undefined), {
    type: "refused",
    close: { type: "wrongPassword" },
  });
});

Deno.test("ClientLogin refuses a stretching out of range before doing it", () => {
  const client = clientLogin();
  client.start(REQUEST);
  assertEquals(
    client.handleData(frameMessage(encodeLoginMessage({
      type: "challenge",
      response: new Uint8Array(320),
      stretching: { ...STRETCHING, memoryKiB: 4_000_000 },
    }))),
    [{
      type: "refused",
      close: { type: "chatProtocol", reason: "key stretching out of range" },
    }],
  );
});

Deno.test("ClientLogin refuses a second challenge and forgets the first", () => {
  const client = clientLogin();
  const bytes = challenge(client, serverLogin());
  const [step] = client.handleData(bytes);
  assertEquals(step?.type, "refused");
  assertEquals(client.handleStretched(stretched(RIGHT_FINISH)), undefined);
});

Deno.test("ClientLogin refuses both challenges of one chunk", () => {
  const client = clientLogin();
  const [reply] = serverLogin().handleData(client.start(REQUEST), NOW);
  assert(reply?.type === "reply");
  const twice = new Uint8Array(2 * reply.bytes.length);
  twice.set(reply.bytes);
  twice.set(reply.bytes, reply.bytes.length);
  const steps = client.handleData(twice);
  assertEquals(steps.map((step) => step.type), ["refused"]);
});

Deno.test("ClientLogin refuses garbage, then ignores the rest", () => {
  const client = clientLogin();
  client.start(REQUEST);
  const [step] = client.handleData(new Uint8Array([1, 0xff]));
  assertEquals(step?.type, "refused");
  assertEquals(client.handleData(new Uint8Array([1, 0xff])), []);
});

Deno.test("ClientLogin.start() works once", () => {
  const client = clientLogin();
  client.start(REQUEST);
  assertThrows(() => client.start(REQUEST), AssertionError);
});

Deno.test("ClientLogin.resume() gives what the server accepts", () => {
  const step = clientLogin().resume(RIGHT_TICKET, RESUMPTION);
  assert(step.type === "finish");
  assertEquals(step.sessionKey, RESUMPTION.sessionKey);
  const [accepted] = serverLogin().handleData(step.bytes, NOW);
  assert(accepted?.type === "accepted");
  assertEquals(accepted.sessionKey, step.sessionKey);
});

Deno.test("ClientLogin goes on with the password after a refused ticket", () => {
  const client = clientLogin();
  const server = serverLogin();
  const step = client.resume(new Uint8Array(), RESUMPTION);
  assert(step.type === "finish");
  const [refusal] = server.handleData(step.bytes, NOW);
  assert(refusal?.type === "reply");
  assertEquals(client.handleData(refusal.bytes), [{ type: "ticketRefused" }]);
  challenge(client, server);
  const finish = client.handleStretched(stretched(RIGHT_FINISH));
  assert(finish?.type === "finish");
  assertEquals(server.handleData(finish.bytes, NOW)[0]?.type, "accepted");
});

for (
  const [how, logIn] of [
    ["by password", (client) => {
      challenge(client, serverLogin());
      client.handleStretched(stretched(RIGHT_FINISH));
    }],
    ["by ticket", (client) => client.resume(RIGHT_TICKET, RESUMPTION)],
  ] as readonly (readonly [string, (client: ClientLogin) => void])[]
) {
  Deno.test(`ClientLogin takes each ticket after a login ${how}, and nothing else`, () => {
    const client = clientLogin();
    logIn(client);
    const give = (message: LoginMessage) =>
      client.handleData(frameMessage(encodeLoginMessage(message)));
    for (let i = 0; i < 3; i++) {
      assertEquals(give(TICKET), [{ type: "ticket", ticket: TICKET }]);
    }
    assertEquals(give(REFUSED)[0]?.type, "refused");
  });
}

for (
  const [what, message, prepare] of [
    ["a ticket before the proof", TICKET, (client) => client.start(REQUEST)],
    ["a ticket while it stretches", TICKET, (client) => {
      challenge(client, serverLogin());
    }],
    ["a refused ticket without one", REFUSED, (client) => {
      client.start(REQUEST);
    }],
    ["a refused ticket after the finish", REFUSED, (client) => {
      challenge(client, serverLogin());
      client.handleStretched(stretched(RIGHT_FINISH));
    }],
    ["a ticket that is refused twice", REFUSED, (client) => {
      client.resume(RIGHT_TICKET, RESUMPTION);
      client.handleData(frameMessage(encodeLoginMessage(REFUSED)));
    }],
    ["a challenge in answer to a ticket", CHALLENGE, (client) => {
      client.resume(RIGHT_TICKET, RESUMPTION);
    }],
  ] as readonly (readonly [
    string,
    LoginMessage,
    (client: ClientLogin) => void,
  ])[]
) {
  Deno.test(`ClientLogin refuses ${what}`, () => {
    const client = clientLogin();
    prepare(client);
    const steps = client.handleData(frameMessage(encodeLoginMessage(message)));
    assertEquals(steps, [{
      type: "refused",
      close: { type: "chatProtocol", reason: "login message out of turn" },
    }]);
  });
}

Deno.test("ClientLogin.resume() comes first, and once", () => {
  const started = clientLogin();
  started.start(REQUEST);
  assertThrows(() => started.resume(RIGHT_TICKET, RESUMPTION), AssertionError);
  const resumed = clientLogin();
  resumed.resume(RIGHT_TICKET, RESUMPTION);
  assertThrows(() => resumed.resume(RIGHT_TICKET, RESUMPTION), AssertionError);
  assertThrows(() => resumed.start(REQUEST), AssertionError);
});

// The whole login with the real OPAQUE, once with the right password and once
// with a wrong one.
for (
  const [password, outcome] of [
    ["GAS1", "accepted"],
    ["GAS2", "wrongPassword"],
  ] as const
) {
  Deno.test(`ClientLogin and ServerLogin with OPAQUE: ${password} is ${outcome}`, async () => {
    const opaque = await loadOpaque();
    const serverIdentity = "ab".repeat(32);
    const setup = opaque.createServerSetup();
    const stretching = STRETCHING_MIN;
    const userIdentifier = ROOM_USER_IDENTIFIER;
    const record = opaque.register({
      setup,
      userIdentifier,
      password: "GAS1",
      stretching,
      serverIdentity,
    });
    const server = new ServerLogin({
      opaque,
      setup,
      record,
      stretching,
      serverIdentity,
      accounts: new AccountDirectory(),
      throttle: new LoginThrottle(0),
      address: "192.0.2.1",
      tickets: fakeTickets,
      handshakeHash: HANDSHAKE_HASH,
    });
    const { request, state } = opaque.startClientLogin(password);
    const clientInstance = new Uint8Array(16);
    const client = new ClientLogin({
      name: "Ani",
      clientInstance,
      isStretchingAllowed,
    });
    const [reply] = server.handleData(client.start(request), NOW);
    assert(reply?.type === "reply");
    const [stretch] = client.handleData(reply.bytes);
    assert(stretch?.type === "stretch");
    const result = opaque.finishClientLogin({
      state,
      password,
      response: stretch.response,
      stretching: stretch.stretching,
      serverIdentity,
    });
    const finish = client.handleStretched(result);
    if (outcome === "wrongPassword") {
      assert(finish?.type === "refused");
      assertEquals(finish.close.type, outcome);
      return;
    }
    assert(finish?.type === "finish");
    const [step] = server.handleData(finish.bytes, NOW);
    assert(step?.type === "accepted");
    assertEquals(step.sessionKey, finish.sessionKey);
  });
}

/** Brings a client to the point where it stretches. */
function challenge(client: ClientLogin, server: ServerLogin): Uint8Array {
  const [reply] = server.handleData(client.start(REQUEST), NOW);
  assert(reply?.type === "reply");
  const [step] = client.handleData(reply.bytes);
  assertEquals(step?.type, "stretch");
  return reply.bytes;
}
