import { assert, assertEquals } from "@std/assert";
import { encodeLoginMessage } from "../../../lib/chat/login_message.ts";
import { LoginThrottle } from "../../../lib/chat/login_throttle.ts";
import { frameMessage } from "../../../lib/chat/message_deframer.ts";
import type {
  ServerLogin,
  ServerLoginStep,
} from "../../../lib/chat/server_login.ts";
import {
  clientLogin,
  INSTANCE,
  RIGHT_FINISH,
  serverLogin,
  SESSION_KEY,
  STRETCHING,
} from "./login_test_pair.ts";

Deno.test("ServerLogin answers a start with the challenge", () => {
  const steps = serverLogin().handleData(clientLogin().start(), 0);
  const response = new Uint8Array(320).fill(7);
  assertEquals(steps, [{
    type: "reply",
    bytes: frameMessage(encodeLoginMessage({
      type: "challenge",
      response,
      stretching: STRETCHING,
    })),
  }]);
});

Deno.test("ServerLogin accepts who knows the password, under the tidied name", () => {
  const login = serverLogin();
  login.handleData(clientLogin("  Ani ").start(), 0);
  const [step] = login.handleData(finishBytes(RIGHT_FINISH), 0);
  assert(step?.type === "accepted");
  assertEquals(step.name.text, "Ani");
  assertEquals(step.sessionKey, SESSION_KEY);
  assertEquals(step.clientInstance, INSTANCE);
});

Deno.test("ServerLogin refuses who does not know the password, for good", () => {
  const login = serverLogin();
  login.handleData(clientLogin().start(), 0);
  const wrong = finishBytes(new Uint8Array(64));
  assertEquals(refusal(login.handleData(wrong, 0)), { type: "wrongPassword" });
  assertEquals(login.handleData(finishBytes(RIGHT_FINISH), 0), []);
});

Deno.test("ServerLogin refuses a bad name before anything else", () => {
  const throttle = new LoginThrottle(0);
  const steps = serverLogin(throttle).handleData(
    clientLogin("a\tb").start(),
    0,
  );
  assertEquals(refusal(steps), {
    type: "nameInvalid",
    rule: "controlCharacter",
  });
  assertEquals(throttle.addressCount, 0);
});

Deno.test("ServerLogin throttles wrong guesses", () => {
  const throttle = new LoginThrottle(0);
  for (let i = 0; i < 50; i++) {
    const login = serverLogin(throttle);
    login.handleData(clientLogin().start(), 0);
    login.handleData(finishBytes(new Uint8Array(64)), 0);
  }
  const steps = serverLogin(throttle).handleData(clientLogin().start(), 0);
  assertEquals(refusal(steps), { type: "throttled", retryAfterSeconds: 10 });
});

Deno.test("ServerLogin throttles challenges that are never answered", () => {
  const throttle = new LoginThrottle(0);
  for (let i = 0; i < 50; i++) {
    serverLogin(throttle).handleData(clientLogin().start(), 0);
  }
  const steps = serverLogin(throttle).handleData(clientLogin().start(), 0);
  assertEquals(refusal(steps)?.type, "throttled");
});

Deno.test("ServerLogin does not count right passwords", () => {
  const throttle = new LoginThrottle(0);
  for (let i = 0; i < 200; i++) {
    const login = serverLogin(throttle);
    login.handleData(clientLogin().start(), 0);
    const [step] = login.handleData(finishBytes(RIGHT_FINISH), 0);
    assertEquals(step?.type, "accepted");
  }
});

Deno.test("ServerLogin takes messages cut anywhere", () => {
  const login = serverLogin();
  const start = clientLogin().start();
  assertEquals(login.handleData(start.subarray(0, 50), 0), []);
  const [step] = login.handleData(start.subarray(50), 0);
  assertEquals(step?.type, "reply");
});

for (
  const [what, attack] of [
    ["garbage", (login) => login.handleData(new Uint8Array([2, 9, 9]), 0)],
    [
      "an announced message that is too long",
      (login) => login.handleData(new Uint8Array([0x50, 0]), 0),
    ],
    [
      "a finish before the start",
      (login) => login.handleData(finishBytes(RIGHT_FINISH), 0),
    ],
    ["two starts", (login) => {
      login.handleData(clientLogin().start(), 0);
      return login.handleData(clientLogin().start(), 0);
    }],
    ["a challenge from the client", (login) =>
      login.handleData(
        frameMessage(encodeLoginMessage({
          type: "challenge",
          response: new Uint8Array(320),
          stretching: STRETCHING,
        })),
        0,
      )],
    ["a malformed OPAQUE request", (login) =>
      login.handleData(
        frameMessage(encodeLoginMessage({
          type: "start",
          name: "Ani",
          request: new Uint8Array(96),
        })),
        0,
      )],
    ["more after the finish", (login) => {
      login.handleData(clientLogin().start(), 0);
      login.handleData(finishBytes(RIGHT_FINISH), 0);
      return login.handleData(clientLogin().start(), 0);
    }],
  ] as readonly (readonly [string, (login: ServerLogin) => ServerLoginStep[]])[]
) {
  Deno.test(`ServerLogin refuses ${what}`, () => {
    const login = serverLogin();
    assertEquals(refusal(attack(login))?.type, "chatProtocol");
    assertEquals(login.handleData(clientLogin().start(), 0), []);
  });
}

function finishBytes(finish: Uint8Array): Uint8Array {
  return frameMessage(encodeLoginMessage({
    type: "finish",
    finish,
    clientInstance: INSTANCE,
  }));
}

function refusal(steps: readonly ServerLoginStep[]) {
  const [step] = steps;
  return step?.type === "refused" ? step.close : undefined;
}
