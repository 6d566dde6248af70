import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../lib/base/assert.ts";
import { ClientLogin } from "../../../lib/chat/client_login.ts";
import { encodeLoginMessage } from "../../../lib/chat/login_message.ts";
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
  RIGHT_FINISH,
  serverLogin,
  SESSION_KEY,
  stretched,
  STRETCHING,
} from "./login_test_pair.ts";

Deno.test("ClientLogin asks for the stretching that the server wants", () => {
  const client = clientLogin();
  const [reply] = serverLogin().handleData(client.start(), 0);
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
  const [step] = server.handleData(finish.bytes, 0);
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
  client.start();
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
  const [reply] = serverLogin().handleData(client.start(), 0);
  assert(reply?.type === "reply");
  const twice = new Uint8Array(2 * reply.bytes.length);
  twice.set(reply.bytes);
  twice.set(reply.bytes, reply.bytes.length);
  const steps = client.handleData(twice);
  assertEquals(steps.map((step) => step.type), ["refused"]);
});

Deno.test("ClientLogin refuses garbage, then ignores the rest", () => {
  const client = clientLogin();
  client.start();
  const [step] = client.handleData(new Uint8Array([1, 0xff]));
  assertEquals(step?.type, "refused");
  assertEquals(client.handleData(new Uint8Array([1, 0xff])), []);
});

Deno.test("ClientLogin.start() works once", () => {
  const client = clientLogin();
  client.start();
  assertThrows(() => client.start(), AssertionError);
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
      throttle: new LoginThrottle(0),
      address: "192.0.2.1",
    });
    const { request, state } = opaque.startClientLogin(password);
    const clientInstance = new Uint8Array(16);
    const client = new ClientLogin({
      name: "Ani",
      request,
      clientInstance,
      isStretchingAllowed,
    });
    const [reply] = server.handleData(client.start(), 0);
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
    const [step] = server.handleData(finish.bytes, 0);
    assert(step?.type === "accepted");
    assertEquals(step.sessionKey, finish.sessionKey);
  });
}

/** Brings a client to the point where it stretches. */
function challenge(client: ClientLogin, server: ServerLogin): Uint8Array {
  const [reply] = server.handleData(client.start(), 0);
  assert(reply?.type === "reply");
  const [step] = client.handleData(reply.bytes);
  assertEquals(step?.type, "stretch");
  return reply.bytes;
}
