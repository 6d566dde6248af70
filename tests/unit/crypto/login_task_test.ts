import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { runInLoginWorker } from "../../../lib/crypto/login_task.ts";
import {
  type FinishClientLoginOptions,
  loadOpaque,
  STRETCHING_MIN,
} from "../../../lib/crypto/opaque.ts";
import { OPAQUE_RECORD_BYTES } from "../../../lib/crypto/opaque_record.ts";

const url = new URL("../../../lib/crypto/login_worker.ts", import.meta.url);
const opaque = await loadOpaque();
const setup = opaque.createServerSetup();
const common = { stretching: STRETCHING_MIN, serverIdentity: "5e".repeat(32) };
const registration = {
  ...common,
  setup,
  userIdentifier: "room",
  password: "GAS1",
};

/** Both ends of a login as far as the client's last step. */
function startLogin(password: string): {
  options: FinishClientLoginOptions;
  serverState: string;
} {
  const { serverIdentity } = common;
  const start = opaque.startClientLogin(password);
  const answer = opaque.startServerLogin({
    setup,
    record: opaque.register(registration),
    userIdentifier: "room",
    request: start.request,
    serverIdentity,
  })!;
  const { response } = answer;
  return {
    options: { ...common, state: start.state, password, response },
    serverState: answer.state,
  };
}

Deno.test("runInLoginWorker() registers a password that opens a login", async () => {
  const record = await runInLoginWorker(url, {
    type: "register",
    options: registration,
  });
  assertEquals(record.length, OPAQUE_RECORD_BYTES);
  const { serverIdentity } = common;
  const start = opaque.startClientLogin("GAS1");
  const { response } = opaque.startServerLogin({
    setup,
    record,
    userIdentifier: "room",
    request: start.request,
    serverIdentity,
  })!;
  const finished = opaque.finishClientLogin({
    ...common,
    state: start.state,
    password: "GAS1",
    response,
  });
  assert(finished !== undefined);
});

Deno.test("runInLoginWorker() finishes a login that the server accepts", async () => {
  const { options, serverState } = startLogin("GAS1");
  const finished = await runInLoginWorker(url, {
    type: "finishClientLogin",
    options,
  });
  const sessionKey = opaque.finishServerLogin({
    state: serverState,
    finish: finished!.finish,
    serverIdentity: common.serverIdentity,
  });
  assertEquals(finished?.sessionKey, sessionKey);
});

Deno.test("runInLoginWorker() answers undefined for a wrong password", async () => {
  const { options } = startLogin("GAS2");
  const finished = await runInLoginWorker(url, {
    type: "finishClientLogin",
    options,
  });
  assertStrictEquals(finished, undefined);
});

Deno.test("runInLoginWorker() rejects stretching out of range", async () => {
  const { options } = startLogin("GAS1");
  const stretching = { ...STRETCHING_MIN, memoryKiB: 2 ** 21 };
  await assertRejects(
    () =>
      runInLoginWorker(url, {
        type: "finishClientLogin",
        options: { ...options, stretching },
      }),
    Error,
    "out of range",
  );
});

Deno.test("runInLoginWorker() rejects a Worker that cannot be loaded", async () => {
  const missing = new URL("data:application/javascript,throw new Error()");
  await assertRejects(
    () =>
      runInLoginWorker(missing, { type: "register", options: registration }),
    Error,
    "login worker failed",
  );
});

Deno.test("runInLoginWorker() makes the record of a registration", async () => {
  const { stretching, serverIdentity } = common;
  const start = opaque.startClientRegistration("mine");
  const response = opaque.createRegistrationResponse({
    setup,
    userIdentifier: "account",
    request: start.request,
  })!;
  const record = await runInLoginWorker(url, {
    type: "finishClientRegistration",
    options: {
      state: start.state,
      password: "mine",
      response,
      stretching,
      serverIdentity,
    },
  });
  assert(opaque.isRecord({
    setup,
    userIdentifier: "account",
    record: record!,
  }));
});
