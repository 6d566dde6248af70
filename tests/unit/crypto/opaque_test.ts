import {
  assert,
  assertEquals,
  assertFalse,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type ClientLoginResult,
  isStretchingAllowed,
  loadOpaque,
  OPAQUE_FINISH_BYTES,
  OPAQUE_REQUEST_BYTES,
  OPAQUE_RESPONSE_BYTES,
  type Stretching,
  STRETCHING_DEFAULT,
  STRETCHING_MAX,
  STRETCHING_MIN,
} from "../../../lib/crypto/opaque.ts";
import {
  maskingKey,
  OPAQUE_RECORD_BYTES,
  OPAQUE_REGISTRATION_REQUEST_BYTES,
  OPAQUE_REGISTRATION_RESPONSE_BYTES,
} from "../../../lib/crypto/opaque_record.ts";

const opaque = await loadOpaque();
const setup = opaque.createServerSetup();
const SERVER = "5e".repeat(32);
const OTHER_SERVER = "07".repeat(32);
const ROOM = "room";
/** The cheapest that is allowed: nearly all of a test's time is stretching. */
const STRETCHING = STRETCHING_MIN;

/** The record of a password for the room. */
function register(password: string, stretching = STRETCHING): Uint8Array {
  return opaque.register({
    setup,
    userIdentifier: ROOM,
    password,
    stretching,
    serverIdentity: SERVER,
  });
}

const record = register("correct horse");

/** How a login differs from the one that succeeds. */
interface Login {
  readonly password?: string;
  readonly record?: Uint8Array | undefined;
  readonly setup?: string;
  readonly userIdentifier?: string;
  readonly stretching?: Stretching;
  readonly clientSeesServer?: string;
}

/** A login to its end, or to where the client gives up. */
function login(options: Login): {
  client: ClientLoginResult | undefined;
  serverSessionKey: Uint8Array | undefined;
} {
  const password = options.password ?? "correct horse";
  const start = opaque.startClientLogin(password);
  const answer = opaque.startServerLogin({
    setup: options.setup ?? setup,
    record: "record" in options ? options.record : record,
    userIdentifier: options.userIdentifier ?? ROOM,
    request: start.request,
    serverIdentity: SERVER,
  })!;
  const client = opaque.finishClientLogin({
    state: start.state,
    password,
    response: answer.response,
    stretching: options.stretching ?? STRETCHING,
    serverIdentity: options.clientSeesServer ?? SERVER,
  });
  const serverSessionKey = client && opaque.finishServerLogin({
    state: answer.state,
    finish: client.finish,
    serverIdentity: SERVER,
  });
  return { client, serverSessionKey };
}

Deno.test("Opaque gives both ends the same session key for the right password", () => {
  const { client, serverSessionKey } = login({});
  assertEquals(client?.sessionKey, serverSessionKey);
  assertEquals(serverSessionKey?.length, 64);
  assertEquals(client?.exportKey.length, 64);
});

Deno.test("Opaque gives each login a session key of its own and the same export key", () => {
  const first = login({}).client!;
  const second = login({}).client!;
  assertNotEquals(first.sessionKey, second.sessionKey);
  assertEquals(first.exportKey, second.exportKey);
});

Deno.test("Opaque messages and records have the documented lengths", () => {
  const start = opaque.startClientLogin("x");
  const answer = opaque.startServerLogin({
    setup,
    record,
    userIdentifier: ROOM,
    request: start.request,
    serverIdentity: SERVER,
  });
  assertEquals(start.request.length, OPAQUE_REQUEST_BYTES);
  assertEquals(answer?.response.length, OPAQUE_RESPONSE_BYTES);
  assertEquals(login({}).client?.finish.length, OPAQUE_FINISH_BYTES);
  assertEquals(record.length, OPAQUE_RECORD_BYTES);
});

Deno.test("Opaque.finishClientLogin() refuses a wrong password", () => {
  for (const password of ["correct hors", "Correct horse", ""]) {
    assertStrictEquals(login({ password }).client, undefined);
  }
});

Deno.test("Opaque.startServerLogin() answers for a user without record as for one with", () => {
  assertStrictEquals(login({ record: undefined }).client, undefined);
  const { request } = opaque.startClientLogin("x");
  const options = {
    setup,
    userIdentifier: ROOM,
    request,
    serverIdentity: SERVER,
  };
  const known = opaque.startServerLogin({ ...options, record })!;
  const unknown = opaque.startServerLogin({ ...options, record: undefined })!;
  assertEquals(unknown.response.length, known.response.length);
  // The blinded evaluation does not depend on the record: it tells nothing.
  assertEquals(
    unknown.response.slice(0, 32),
    known.response.slice(0, 32),
  );
});

Deno.test("Opaque.finishClientLogin() refuses a record under another identifier or setup", () => {
  const other = login({ userIdentifier: "somebody" });
  assertStrictEquals(other.client, undefined);
  const moved = login({ setup: opaque.createServerSetup() });
  assertStrictEquals(moved.client, undefined);
});

Deno.test("Opaque.finishClientLogin() refuses a server that relays another one's login", () => {
  const { client } = login({ clientSeesServer: OTHER_SERVER });
  assertStrictEquals(client, undefined);
});

Deno.test("Opaque.finishClientLogin() refuses other stretching than was registered", () => {
  const stretching = { ...STRETCHING, memoryKiB: STRETCHING.memoryKiB + 8 };
  assertStrictEquals(login({ stretching }).client, undefined);
});

Deno.test("maskingKey() is the same each time a password is registered", () => {
  const again = register("correct horse");
  assertNotEquals(again, record);
  assertEquals(maskingKey(again), maskingKey(record));
  assertEquals(maskingKey(record).length, 64);
});

Deno.test("maskingKey() differs with password, stretching, identifier and setup", () => {
  const stretching = { ...STRETCHING, memoryKiB: STRETCHING.memoryKiB + 8 };
  const common = {
    setup,
    userIdentifier: ROOM,
    password: "correct horse",
    stretching: STRETCHING,
    serverIdentity: SERVER,
  };
  for (
    const changes of [
      { password: "correct hors" },
      { stretching },
      { userIdentifier: "somebody" },
      { setup: opaque.createServerSetup() },
    ]
  ) {
    const other = opaque.register({ ...common, ...changes });
    assertNotEquals(maskingKey(other), maskingKey(record));
  }
});

Deno.test("maskingKey() refuses what is no record", () => {
  for (const length of [0, 191, 193]) {
    assertThrows(() => maskingKey(new Uint8Array(length)), RangeError);
  }
});

Deno.test("Opaque.finishServerLogin() refuses a finish from another login", () => {
  const start = opaque.startClientLogin("correct horse");
  const answer = opaque.startServerLogin({
    setup,
    record,
    userIdentifier: ROOM,
    request: start.request,
    serverIdentity: SERVER,
  })!;
  const finished = opaque.finishServerLogin({
    state: answer.state,
    finish: login({}).client!.finish,
    serverIdentity: SERVER,
  });
  assertStrictEquals(finished, undefined);
});

Deno.test("Opaque.finishServerLogin() refuses a finish of any wrong length", () => {
  const start = opaque.startClientLogin("correct horse");
  const { state } = opaque.startServerLogin({
    setup,
    record,
    userIdentifier: ROOM,
    request: start.request,
    serverIdentity: SERVER,
  })!;
  for (const length of [0, 63, 65, 100_000]) {
    const finish = new Uint8Array(length);
    const options = { state, finish, serverIdentity: SERVER };
    assertStrictEquals(opaque.finishServerLogin(options), undefined);
  }
});

Deno.test("Opaque.startServerLogin() refuses a malformed request", () => {
  const options = {
    setup,
    record,
    userIdentifier: ROOM,
    serverIdentity: SERVER,
  };
  for (const length of [0, 95, 97, 100_000]) {
    const request = new Uint8Array(length);
    assertStrictEquals(
      opaque.startServerLogin({ ...options, request }),
      undefined,
    );
  }
  for (const byte of [0, 0xff]) {
    const request = new Uint8Array(OPAQUE_REQUEST_BYTES).fill(byte);
    assertStrictEquals(
      opaque.startServerLogin({ ...options, request }),
      undefined,
    );
  }
});

Deno.test("Opaque.startServerLogin() throws for a record of a wrong length", () => {
  const { request } = opaque.startClientLogin("x");
  assertThrows(
    () =>
      opaque.startServerLogin({
        setup,
        record: record.slice(1),
        userIdentifier: ROOM,
        request,
        serverIdentity: SERVER,
      }),
    RangeError,
  );
});

Deno.test("Opaque.finishClientLogin() refuses a malformed response", () => {
  const { state } = opaque.startClientLogin("x");
  for (const length of [0, 319, 320, 321]) {
    const finished = opaque.finishClientLogin({
      state,
      password: "x",
      response: new Uint8Array(length),
      stretching: STRETCHING,
      serverIdentity: SERVER,
    });
    assertStrictEquals(finished, undefined);
  }
});

Deno.test("Opaque takes a password as the same however it was typed", () => {
  // Composed and decomposed e-acute; no-break space and space.
  const composed = register("caf\u00e9 au\u00a0lait");
  const { client } = login({
    password: "cafe\u0301 au lait",
    record: composed,
  });
  assert(client !== undefined);
});

Deno.test("Opaque.isServerSetup() knows a setup from other text", () => {
  assert(opaque.isServerSetup(setup));
  for (
    const text of [
      "",
      "x",
      setup.slice(1),
      setup + "A",
      "A" + setup,
      "*".repeat(171),
      "\u{1f600}",
    ]
  ) {
    assertFalse(opaque.isServerSetup(text));
  }
});

Deno.test("Opaque.register() throws for what is no setup and does not quote it", () => {
  const error = assertThrows(
    () =>
      opaque.register({
        setup: "secret-setup",
        userIdentifier: ROOM,
        password: "x",
        stretching: STRETCHING,
        serverIdentity: SERVER,
      }),
    TypeError,
  );
  assertFalse(error.message.includes("secret-setup"));
});

Deno.test("Opaque.createServerSetup() never repeats itself", () => {
  assertNotEquals(opaque.createServerSetup(), opaque.createServerSetup());
});

Deno.test("isStretchingAllowed() keeps floor and ceiling, inclusive", () => {
  for (const allowed of [STRETCHING_MIN, STRETCHING_DEFAULT, STRETCHING_MAX]) {
    assert(isStretchingAllowed(allowed));
  }
  const refused: Partial<Stretching>[] = [
    { memoryKiB: STRETCHING_MIN.memoryKiB - 1 },
    { memoryKiB: STRETCHING_MAX.memoryKiB + 1 },
    { memoryKiB: 2 ** 21 },
    { memoryKiB: 20_000.5 },
    { memoryKiB: NaN },
    { iterations: 0 },
    { iterations: STRETCHING_MAX.iterations + 1 },
    { iterations: Infinity },
    { parallelism: 0 },
    { parallelism: STRETCHING_MAX.parallelism + 1 },
    { parallelism: -1 },
  ];
  for (const part of refused) {
    assertFalse(isStretchingAllowed({ ...STRETCHING_DEFAULT, ...part }));
  }
});

Deno.test("Opaque.finishClientLogin() and register() throw for stretching out of range", () => {
  const stretching = { ...STRETCHING, memoryKiB: 1_024 };
  assertThrows(() => login({ stretching }), RangeError);
  assertThrows(() => register("x", stretching), RangeError);
});

/** A registration over the wire. */
function registerInChannel(password: string, userIdentifier: string) {
  const start = opaque.startClientRegistration(password);
  const response = opaque.createRegistrationResponse({
    setup,
    userIdentifier,
    request: start.request,
  })!;
  const made = opaque.finishClientRegistration({
    state: start.state,
    password,
    response,
    stretching: STRETCHING,
    serverIdentity: SERVER,
  })!;
  return { start, response, made };
}

Deno.test("Opaque registers a password whose server never sees it", () => {
  const { start, response, made } = registerInChannel("mine", "account");
  assertEquals(start.request.length, OPAQUE_REGISTRATION_REQUEST_BYTES);
  assertEquals(response.length, OPAQUE_REGISTRATION_RESPONSE_BYTES);
  assertEquals(made.length, OPAQUE_RECORD_BYTES);
  const whose = { userIdentifier: "account", record: made };
  const { client, serverSessionKey } = login({ ...whose, password: "mine" });
  assertEquals(client?.sessionKey, serverSessionKey);
  assertStrictEquals(login({ ...whose, password: "yours" }).client, undefined);
});

Deno.test("Opaque.createRegistrationResponse() refuses a malformed request", () => {
  for (const length of [0, 31, 32, 33]) {
    const answer = opaque.createRegistrationResponse({
      setup,
      userIdentifier: "account",
      request: new Uint8Array(length).fill(255),
    });
    assertStrictEquals(answer, undefined);
  }
});

Deno.test("Opaque.finishClientRegistration() refuses a malformed response", () => {
  const { state } = opaque.startClientRegistration("mine");
  for (const length of [0, 63, 64, 65]) {
    const made = opaque.finishClientRegistration({
      state,
      password: "mine",
      response: new Uint8Array(length).fill(255),
      stretching: STRETCHING,
      serverIdentity: SERVER,
    });
    assertStrictEquals(made, undefined);
  }
});

Deno.test("Opaque.isRecord() takes what can be logged in with only", () => {
  const whose = { setup, userIdentifier: "room" };
  assert(opaque.isRecord({ ...whose, record }));
  for (const length of [0, 191, 192, 193]) {
    const junk = new Uint8Array(length).fill(255);
    assertFalse(opaque.isRecord({ ...whose, record: junk }));
  }
});
