import { assert, assertEquals } from "@std/assert";
import {
  encodeLoginMessage,
  type LoginResume,
} from "../../../lib/chat/login_message.ts";
import { LoginThrottle } from "../../../lib/chat/login_throttle.ts";
import { frameMessage } from "../../../lib/chat/message_deframer.ts";
import type {
  ServerLogin,
  ServerLoginStep,
} from "../../../lib/chat/server_login.ts";
import {
  INSTANCE,
  NOW,
  RESUMPTION,
  RIGHT_FINISH,
  RIGHT_TICKET,
  serverLogin,
  SESSION_KEY,
  startBytes,
  STRETCHING,
} from "./login_test_pair.ts";

const TICKET_REFUSED = frameMessage(
  encodeLoginMessage({ type: "ticketRefused" }),
);

Deno.test("ServerLogin answers a start with the challenge", () => {
  const steps = serverLogin().handleData(startBytes(), NOW);
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
  login.handleData(startBytes("  Ani "), NOW);
  const [step] = login.handleData(finishBytes(RIGHT_FINISH), NOW);
  assert(step?.type === "accepted");
  assertEquals(step.name.text, "Ani");
  assertEquals(step.sessionKey, SESSION_KEY);
  assertEquals(step.clientInstance, INSTANCE);
});

Deno.test("ServerLogin refuses who does not know the password, for good", () => {
  const login = serverLogin();
  login.handleData(startBytes(), NOW);
  const wrong = finishBytes(new Uint8Array(64));
  assertEquals(refusal(login.handleData(wrong, NOW)), {
    type: "wrongPassword",
  });
  assertEquals(login.handleData(finishBytes(RIGHT_FINISH), NOW), []);
});

Deno.test("ServerLogin refuses a bad name before anything else", () => {
  const throttle = new LoginThrottle(0);
  const steps = serverLogin(throttle).handleData(
    startBytes("a\tb"),
    NOW,
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
    login.handleData(startBytes(), NOW);
    login.handleData(finishBytes(new Uint8Array(64)), NOW);
  }
  const steps = serverLogin(throttle).handleData(startBytes(), NOW);
  assertEquals(refusal(steps), { type: "throttled", retryAfterSeconds: 10 });
});

Deno.test("ServerLogin throttles challenges that are never answered", () => {
  const throttle = new LoginThrottle(0);
  for (let i = 0; i < 50; i++) {
    serverLogin(throttle).handleData(startBytes(), NOW);
  }
  const steps = serverLogin(throttle).handleData(startBytes(), NOW);
  assertEquals(refusal(steps)?.type, "throttled");
});

Deno.test("ServerLogin does not count right passwords", () => {
  const throttle = new LoginThrottle(0);
  for (let i = 0; i < 200; i++) {
    const login = serverLogin(throttle);
    login.handleData(startBytes(), NOW);
    const [step] = login.handleData(finishBytes(RIGHT_FINISH), NOW);
    assertEquals(step?.type, "accepted");
  }
});

Deno.test("ServerLogin takes messages cut anywhere", () => {
  const login = serverLogin();
  const start = startBytes();
  assertEquals(login.handleData(start.subarray(0, 50), NOW), []);
  const [step] = login.handleData(start.subarray(50), NOW);
  assertEquals(step?.type, "reply");
});

Deno.test("ServerLogin accepts a good ticket at once, without OPAQUE", () => {
  const [step] = serverLogin().handleData(resumeBytes(), NOW);
  assert(step?.type === "accepted");
  assertEquals(step.name.text, "Ani");
  assertEquals(step.sessionKey, RESUMPTION.sessionKey);
  assertEquals(step.clientInstance, INSTANCE);
});

for (
  const [what, changes] of [
    ["another ticket", { ticket: new Uint8Array(100) }],
    ["an empty ticket", { ticket: new Uint8Array() }],
    ["another proof", { proof: new Uint8Array(32) }],
    ["another name", { name: "Budi" }],
    ["a name that breaks a rule", { name: "a\tb" }],
  ] as const
) {
  Deno.test(`ServerLogin answers ${what} with the same refusal, then takes the password`, () => {
    const login = serverLogin();
    assertEquals(login.handleData(resumeBytes(changes), NOW), [
      { type: "reply", bytes: TICKET_REFUSED },
    ]);
    login.handleData(startBytes(), NOW);
    const [step] = login.handleData(finishBytes(RIGHT_FINISH), NOW);
    assertEquals(step?.type, "accepted");
  });
}

Deno.test("ServerLogin throttles refused tickets", () => {
  const throttle = new LoginThrottle(0);
  const wrong = resumeBytes({ proof: new Uint8Array(32) });
  for (let i = 0; i < 50; i++) {
    const [step] = serverLogin(throttle).handleData(wrong, NOW);
    assertEquals(step?.type, "reply");
  }
  const steps = serverLogin(throttle).handleData(wrong, NOW);
  assertEquals(refusal(steps), { type: "throttled", retryAfterSeconds: 10 });
});

Deno.test("ServerLogin takes a good ticket from an address that guessed too much, and does not count it", () => {
  const throttle = new LoginThrottle(0);
  for (let i = 0; i < 50; i++) {
    serverLogin(throttle).handleData(startBytes(), NOW);
  }
  for (let i = 0; i < 100; i++) {
    const [step] = serverLogin(throttle).handleData(resumeBytes(), NOW);
    assertEquals(step?.type, "accepted");
  }
});

Deno.test("ServerLogin counts a refused ticket and the challenge after it as one guess", () => {
  const throttle = new LoginThrottle(0);
  const logins = Array.from({ length: 50 }, () => serverLogin(throttle));
  const wrong = resumeBytes({ ticket: new Uint8Array() });
  for (const login of logins) {
    assertEquals(login.handleData(wrong, NOW)[0]?.type, "reply");
    assertEquals(login.handleData(startBytes(), NOW)[0]?.type, "reply");
  }
  // Whoever then knows the password has cost nothing.
  for (const login of logins) {
    login.handleData(finishBytes(RIGHT_FINISH), NOW);
  }
  assertEquals(throttle.addressCount, 0);
});

for (
  const [what, attack] of [
    ["garbage", (login) => login.handleData(new Uint8Array([2, 9, 9]), NOW)],
    [
      "an announced message that is too long",
      (login) => login.handleData(new Uint8Array([0x50, 0]), NOW),
    ],
    [
      "a finish before the start",
      (login) => login.handleData(finishBytes(RIGHT_FINISH), NOW),
    ],
    ["two starts", (login) => {
      login.handleData(startBytes(), NOW);
      return login.handleData(startBytes(), NOW);
    }],
    ["a challenge from the client", (login) =>
      login.handleData(
        frameMessage(encodeLoginMessage({
          type: "challenge",
          response: new Uint8Array(320),
          stretching: STRETCHING,
        })),
        NOW,
      )],
    ["a malformed OPAQUE request", (login) =>
      login.handleData(
        frameMessage(encodeLoginMessage({
          type: "start",
          name: "Ani",
          request: new Uint8Array(96),
        })),
        NOW,
      )],
    ["a second ticket", (login) => {
      login.handleData(resumeBytes({ name: "Budi" }), NOW);
      return login.handleData(resumeBytes(), NOW);
    }],
    ["a ticket after the start", (login) => {
      login.handleData(startBytes(), NOW);
      return login.handleData(resumeBytes(), NOW);
    }],
    ["a finish after a refused ticket", (login) => {
      login.handleData(resumeBytes({ name: "Budi" }), NOW);
      return login.handleData(finishBytes(RIGHT_FINISH), NOW);
    }],
    ["more after a good ticket", (login) => {
      login.handleData(resumeBytes(), NOW);
      return login.handleData(startBytes(), NOW);
    }],
    [
      "a refused ticket from the client",
      (login) => login.handleData(TICKET_REFUSED, NOW),
    ],
    ["more after the finish", (login) => {
      login.handleData(startBytes(), NOW);
      login.handleData(finishBytes(RIGHT_FINISH), NOW);
      return login.handleData(startBytes(), NOW);
    }],
  ] as readonly (readonly [string, (login: ServerLogin) => ServerLoginStep[]])[]
) {
  Deno.test(`ServerLogin refuses ${what}`, () => {
    const login = serverLogin();
    assertEquals(refusal(attack(login))?.type, "chatProtocol");
    assertEquals(login.handleData(startBytes(), NOW), []);
  });
}

function finishBytes(finish: Uint8Array): Uint8Array {
  return frameMessage(encodeLoginMessage({
    type: "finish",
    finish,
    clientInstance: INSTANCE,
  }));
}

function resumeBytes(changes: Partial<LoginResume> = {}): Uint8Array {
  return frameMessage(encodeLoginMessage({
    type: "resume",
    ticket: RIGHT_TICKET,
    name: "Ani",
    proof: RESUMPTION.proof,
    ...changes,
  }));
}

function refusal(steps: readonly ServerLoginStep[]) {
  const [step] = steps;
  return step?.type === "refused" ? step.close : undefined;
}
