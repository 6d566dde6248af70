import { assert, assertEquals } from "@std/assert";
import type { Account } from "../../../lib/chat/account.ts";
import { AccountDirectory } from "../../../lib/chat/account_directory.ts";
import {
  encodeLoginMessage,
  type LoginResume,
} from "../../../lib/chat/login_message.ts";
import { LoginThrottle } from "../../../lib/chat/login_throttle.ts";
import { frameMessage } from "../../../lib/chat/message_deframer.ts";
import { checkName, type MemberName } from "../../../lib/chat/name.ts";
import type {
  ServerLogin,
  ServerLoginOptions,
  ServerLoginStep,
  ServerOpaque,
} from "../../../lib/chat/server_login.ts";
import {
  fakeOpaque,
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
    login.handleData(startBytes(`Ani ${i}`), NOW);
    login.handleData(finishBytes(new Uint8Array(64)), NOW);
  }
  const steps = serverLogin(throttle).handleData(startBytes(), NOW);
  assertEquals(refusal(steps), { type: "throttled", retryAfterSeconds: 10 });
});

Deno.test("ServerLogin throttles challenges that are never answered", () => {
  const throttle = new LoginThrottle(0);
  for (let i = 0; i < 50; i++) {
    serverLogin(throttle).handleData(startBytes(`Ani ${i}`), NOW);
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
  const wrong = (name: string) =>
    resumeBytes({ name, proof: new Uint8Array(32) });
  for (let i = 0; i < 50; i++) {
    const login = serverLogin(throttle);
    const [step] = login.handleData(wrong(`Ani ${i}`), NOW);
    assertEquals(step?.type, "reply");
  }
  const steps = serverLogin(throttle).handleData(wrong("Ani"), NOW);
  assertEquals(refusal(steps), { type: "throttled", retryAfterSeconds: 10 });
});

Deno.test("ServerLogin takes a good ticket from an address that guessed too much, and does not count it", () => {
  const throttle = new LoginThrottle(0);
  for (let i = 0; i < 50; i++) {
    serverLogin(throttle).handleData(startBytes(`Ani ${i}`), NOW);
  }
  for (let i = 0; i < 100; i++) {
    const [step] = serverLogin(throttle).handleData(resumeBytes(), NOW);
    assertEquals(step?.type, "accepted");
  }
});

Deno.test("ServerLogin counts a refused ticket and the challenge after it as one guess", () => {
  const throttle = new LoginThrottle(0);
  const logins = Array.from({ length: 50 }, () => serverLogin(throttle));
  for (const [i, login] of logins.entries()) {
    const name = `Ani ${i}`;
    const wrong = resumeBytes({ name, ticket: new Uint8Array() });
    assertEquals(login.handleData(wrong, NOW)[0]?.type, "reply");
    assertEquals(login.handleData(startBytes(name), NOW)[0]?.type, "reply");
  }
  // Whoever then knows the password has cost nothing.
  for (const login of logins) {
    login.handleData(finishBytes(RIGHT_FINISH), NOW);
  }
  assertEquals(throttle.addressCount, 0);
});

Deno.test("ServerLogin throttles guesses at one name from many addresses", () => {
  const throttle = new LoginThrottle(0);
  const guess = (i: number, name: string) =>
    serverLogin(throttle, { address: `192.0.2.${i}` })
      .handleData(startBytes(name), NOW);
  for (let i = 0; i < 20; i++) {
    assertEquals(guess(i, i % 2 === 0 ? "Ani" : "ANI")[0]?.type, "reply");
  }
  const refused = refusal(guess(20, "ani"));
  assertEquals(refused, { type: "throttled", retryAfterSeconds: 30 });
  assertEquals(guess(20, "Budi")[0]?.type, "reply");
});

Deno.test("ServerLogin counts a name of its own after a refused ticket of another", () => {
  const throttle = new LoginThrottle(0);
  const login = serverLogin(throttle);
  login.handleData(resumeBytes({ name: "Citra" }), NOW);
  login.handleData(startBytes("Budi"), NOW);
  assertEquals(throttle.nameCount, 2);
});

/** Nell has claimed her name. */
const NELL: Account = {
  accountId: 7,
  name: nameOf("Nell"),
  role: "moderator",
  profile: "",
  createdMs: 0,
  password: {
    identifier: "account of Nell",
    record: new Uint8Array(192).fill(7),
    stretching: STRETCHING,
  },
};

/** Notes for whom each password is asked. */
function notingOpaque(): { opaque: ServerOpaque; asked: string[] } {
  const asked: string[] = [];
  const startServerLogin: ServerOpaque["startServerLogin"] = (options) => {
    asked.push(`${options.userIdentifier} ${options.record?.[0]}`);
    return fakeOpaque.startServerLogin(options);
  };
  return { opaque: { ...fakeOpaque, startServerLogin }, asked };
}

Deno.test("ServerLogin asks for the account's password if the name is claimed, with the same messages", () => {
  const accounts = new AccountDirectory([NELL]);
  const { opaque, asked } = notingOpaque();
  const answers = ["NELL", "Budi", "NEIL"].map((name) => {
    const login = serverLogin(undefined, { accounts, opaque });
    return login.handleData(startBytes(name), NOW);
  });
  assertEquals(asked, ["account of Nell 7", "room 0", "room 0"]);
  assertEquals(answers[0], answers[1]);
});

Deno.test("ServerLogin accepts the holder of a claimed name under the name as it is claimed", () => {
  const accounts = new AccountDirectory([NELL]);
  const login = serverLogin(undefined, { accounts });
  login.handleData(startBytes("NELL"), NOW);
  const [step] = login.handleData(finishBytes(RIGHT_FINISH), NOW);
  assert(step?.type === "accepted");
  assertEquals([step.name.text, step.account], ["Nell", NELL]);
});

Deno.test("ServerLogin answers a wrong password of a claimed name as of any", () => {
  const accounts = new AccountDirectory([NELL]);
  const refusals = ["Nell", "Budi", "NEIL"].map((name) => {
    const login = serverLogin(undefined, { accounts });
    login.handleData(startBytes(name), NOW);
    return login.handleData(finishBytes(new Uint8Array(64)), NOW);
  });
  const close = { type: "wrongPassword" } as const;
  const expected = [{ type: "refused", close }] as const;
  assertEquals(refusals, [[...expected], [...expected], [...expected]]);
});

Deno.test("ServerLogin says that a name looks like a claimed one only to who knows the password", () => {
  const accounts = new AccountDirectory([NELL]);
  const login = serverLogin(undefined, { accounts });
  login.handleData(startBytes("NEIL"), NOW);
  const steps = login.handleData(finishBytes(RIGHT_FINISH), NOW);
  assertEquals(refusal(steps), { type: "nameTaken" });
});

for (
  const [what, change] of [
    ["claimed", (accounts) => accounts.put(NELL)],
    ["released", (accounts) => accounts.remove(NELL.accountId)],
    ["given another password", (accounts) => {
      const password = { ...NELL.password, identifier: "another" };
      accounts.put({ ...NELL, password });
    }],
  ] as readonly (readonly [string, (accounts: AccountDirectory) => void])[]
) {
  Deno.test(`ServerLogin refuses the password of before when the name is ${what} meanwhile`, () => {
    const accounts = new AccountDirectory(what === "claimed" ? [] : [NELL]);
    const login = serverLogin(undefined, { accounts });
    login.handleData(startBytes("Nell"), NOW);
    change(accounts);
    const steps = login.handleData(finishBytes(RIGHT_FINISH), NOW);
    assertEquals(refusal(steps), { type: "wrongPassword" });
  });
}

Deno.test("ServerLogin asks the tickets with whose name it is", () => {
  const accounts = new AccountDirectory([NELL]);
  const asked: unknown[] = [];
  const tickets: ServerLoginOptions["tickets"] = {
    redeem(options) {
      asked.push(options.account?.accountId);
      const { sessionKey } = RESUMPTION;
      return { clientInstance: INSTANCE, sessionKey };
    },
  };
  const resume = (name: string) =>
    serverLogin(undefined, { accounts, tickets })
      .handleData(resumeBytes({ name }), NOW);
  const [nell] = resume("Nell");
  const [budi] = resume("Budi");
  assert(nell?.type === "accepted" && budi?.type === "accepted");
  assertEquals([nell.account, budi.account], [NELL, undefined]);
  assertEquals(refusal(resume("NEIL")), { type: "nameTaken" });
  assertEquals(asked, [7, undefined, undefined]);
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

/** A name that keeps the rules. */
function nameOf(text: string): MemberName {
  const check = checkName(text);
  assert(check.type === "valid");
  return check.name;
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
