/**
 * The login OPAQUE (RFC 9807; docs/PROTOCOL.md section 5.9) on
 * `@serenity-kit/opaque`, with bytes where the library has base64 text.
 *
 * The library draws its own randomness: of all of lib/crypto only what is here
 * is not repeatable.
 *
 * @module
 */

import * as opaque from "@serenity-kit/opaque";
import {
  OPAQUE_RECORD_BYTES,
  OPAQUE_REGISTRATION_REQUEST_BYTES,
  OPAQUE_REGISTRATION_RESPONSE_BYTES,
} from "./opaque_record.ts";

/** Bytes of the client's first login message (KE1). */
export const OPAQUE_REQUEST_BYTES = 96;

/** Bytes of the server's login message (KE2). */
export const OPAQUE_RESPONSE_BYTES = 320;

/** Bytes of the client's second login message (KE3). */
export const OPAQUE_FINISH_BYTES = 64;

/** What Argon2id costs whoever tries a password. Part of what is registered. */
export interface Stretching {
  /** Memory in KiB. */
  readonly memoryKiB: number;
  /** Passes over the memory. */
  readonly iterations: number;
  /** Lanes. */
  readonly parallelism: number;
}

/** About a tenth of a second of a laptop, and memory that a phone has. */
export const STRETCHING_DEFAULT: Stretching = {
  memoryKiB: 65_536,
  iterations: 1,
  parallelism: 1,
};

/** The least a client accepts: below it a stolen record is cheap to guess at. */
export const STRETCHING_MIN: Stretching = {
  memoryKiB: 19_456,
  iterations: 1,
  parallelism: 1,
};

/**
 * The most a client accepts: a hostile server must not take its memory or keep
 * it busy for longer than some seconds.
 */
export const STRETCHING_MAX: Stretching = {
  memoryKiB: 262_144,
  iterations: 10,
  parallelism: 4,
};

/**
 * Whether stretching is within the client's floor and ceiling. The parameters
 * come from the server, so a client asks before it stretches.
 *
 * @param stretching What the server wants.
 * @returns Whether all three are integers in range.
 */
export function isStretchingAllowed(stretching: Stretching): boolean {
  const { memoryKiB, iterations, parallelism } = stretching;
  return isBetween(
    memoryKiB,
    STRETCHING_MIN.memoryKiB,
    STRETCHING_MAX.memoryKiB,
  ) &&
    isBetween(
      iterations,
      STRETCHING_MIN.iterations,
      STRETCHING_MAX.iterations,
    ) &&
    isBetween(
      parallelism,
      STRETCHING_MIN.parallelism,
      STRETCHING_MAX.parallelism,
    );
}

/** A password to register. */
export interface RegisterOptions {
  /** The server's setup. */
  readonly setup: string;
  /** Whose password it is: an account's name, or the room's identifier. */
  readonly userIdentifier: string;
  /** The password. */
  readonly password: string;
  /** Its cost, to be kept beside the record. */
  readonly stretching: Stretching;
  /** The server's static public key in hexadecimal. */
  readonly serverIdentity: string;
}

/** What a server answers a login's start with. */
export interface StartServerLoginOptions {
  /** The server's setup. */
  readonly setup: string;
  /** What was registered, or undefined for a user who does not exist. */
  readonly record: Uint8Array | undefined;
  /** As registered. */
  readonly userIdentifier: string;
  /** KE1, {@linkcode OPAQUE_REQUEST_BYTES} bytes from the client. */
  readonly request: Uint8Array;
  /** As registered. */
  readonly serverIdentity: string;
}

/** The server's half-done login. */
export interface ServerLoginStart {
  /** KE2, {@linkcode OPAQUE_RESPONSE_BYTES} bytes for the client. */
  readonly response: Uint8Array;
  /** Secret; for {@linkcode Opaque.finishServerLogin} only. */
  readonly state: string;
}

/** What a server ends a login with. */
export interface FinishServerLoginOptions {
  /** From the login's start. */
  readonly state: string;
  /** KE3, {@linkcode OPAQUE_FINISH_BYTES} bytes from the client. */
  readonly finish: Uint8Array;
  /** As registered. */
  readonly serverIdentity: string;
}

/** The client's half-done login. */
export interface ClientLoginStart {
  /** KE1, {@linkcode OPAQUE_REQUEST_BYTES} bytes for the server. */
  readonly request: Uint8Array;
  /** Secret; for {@linkcode Opaque.finishClientLogin} only. */
  readonly state: string;
}

/** What a client ends a login with. */
export interface FinishClientLoginOptions {
  /** From the login's start. */
  readonly state: string;
  /** The password of the login's start. */
  readonly password: string;
  /** KE2, {@linkcode OPAQUE_RESPONSE_BYTES} bytes from the server. */
  readonly response: Uint8Array;
  /** The cost the server says was registered. */
  readonly stretching: Stretching;
  /** The static public key that the handshake proved, in hexadecimal. */
  readonly serverIdentity: string;
}

/** A login the client has checked: the server knows the record. */
export interface ClientLoginResult {
  /** KE3, {@linkcode OPAQUE_FINISH_BYTES} bytes for the server. */
  readonly finish: Uint8Array;
  /** 64 bytes, the same at the server. */
  readonly sessionKey: Uint8Array;
  /** 64 bytes the server does not know, the same at each login. */
  readonly exportKey: Uint8Array;
}

/** What a server answers a registration's start with. */
export interface RegistrationResponseOptions {
  /** The server's setup. */
  readonly setup: string;
  /** Whose password it will be. */
  readonly userIdentifier: string;
  /** {@linkcode OPAQUE_REGISTRATION_REQUEST_BYTES} bytes from the client. */
  readonly request: Uint8Array;
}

/** A record that somebody sent, and what it is to be used with. */
export interface CheckRecordOptions {
  /** The server's setup. */
  readonly setup: string;
  /** Whose password it will be. */
  readonly userIdentifier: string;
  /** The record, of any length. */
  readonly record: Uint8Array;
}

/** The client's half-done registration. */
export interface ClientRegistrationStart {
  /** {@linkcode OPAQUE_REGISTRATION_REQUEST_BYTES} bytes for the server. */
  readonly request: Uint8Array;
  /** Secret; for {@linkcode Opaque.finishClientRegistration} only. */
  readonly state: string;
}

/** What a client ends a registration with. */
export interface FinishClientRegistrationOptions {
  /** From the registration's start. */
  readonly state: string;
  /** The password of the registration's start. */
  readonly password: string;
  /** {@linkcode OPAQUE_REGISTRATION_RESPONSE_BYTES} bytes from the server. */
  readonly response: Uint8Array;
  /** The cost to register with. */
  readonly stretching: Stretching;
  /** The static public key that the handshake proved, in hexadecimal. */
  readonly serverIdentity: string;
}

/** OPAQUE's steps, each synchronous. */
export interface Opaque {
  /**
   * Makes a server's long-term secrets. Without them no record of this server
   * can be used; with them passwords can be guessed at offline.
   *
   * @returns 171 characters.
   */
  createServerSetup(): string;

  /**
   * Whether text is a server setup: asked once after reading it from a file.
   *
   * @param setup The text.
   * @returns Whether the library takes it.
   */
  isServerSetup(setup: string): boolean;

  /**
   * Registers a password, both ends in one place. Blocks for as long as the
   * stretching takes.
   *
   * @param options What to register.
   * @returns The record, {@linkcode OPAQUE_RECORD_BYTES} bytes.
   * @throws {RangeError} If the stretching is out of range.
   * @throws {TypeError} If the setup is not one.
   */
  register(options: RegisterOptions): Uint8Array;

  /**
   * Answers a client's KE1. For an undefined record the answer looks the same
   * and takes as long.
   *
   * @param options What to answer, and from what.
   * @returns The answer, or undefined if the request is malformed.
   * @throws {RangeError} If the record has a wrong length.
   */
  startServerLogin(
    options: StartServerLoginOptions,
  ): ServerLoginStart | undefined;

  /**
   * Checks a client's KE3.
   *
   * @param options What to check, and against what.
   * @returns The session key of 64 bytes, or undefined if the client does not
   * know the password.
   */
  finishServerLogin(options: FinishServerLoginOptions): Uint8Array | undefined;

  /**
   * Starts a login.
   *
   * @param password The password as typed.
   * @returns KE1 and the state.
   */
  startClientLogin(password: string): ClientLoginStart;

  /**
   * Checks the server's KE2. Blocks for as long as the stretching takes.
   *
   * @param options What to check, and with what.
   * @returns KE3 and the keys, or undefined if the password is wrong, the server
   * is another one, the stretching is not what was registered, or KE2 is
   * malformed: these cannot be told apart.
   * @throws {RangeError} If {@linkcode isStretchingAllowed} is false.
   */
  finishClientLogin(
    options: FinishClientLoginOptions,
  ): ClientLoginResult | undefined;

  /**
   * Answers the start of a registration.
   *
   * @param options What to answer, and from what.
   * @returns The answer, or undefined if the request is malformed.
   */
  createRegistrationResponse(
    options: RegistrationResponseOptions,
  ): Uint8Array | undefined;

  /**
   * Whether a record can be logged in with: asked before it is kept, because it
   * is from a client. What password it stands for nobody can tell.
   *
   * @param options The record, and what it is for.
   * @returns Whether the library takes it.
   */
  isRecord(options: CheckRecordOptions): boolean;

  /**
   * Starts a registration.
   *
   * @param password The password as typed.
   * @returns The message and the state.
   */
  startClientRegistration(password: string): ClientRegistrationStart;

  /**
   * Makes the record of a password. Blocks for as long as the stretching takes.
   *
   * @param options What to make it from.
   * @returns The record, {@linkcode OPAQUE_RECORD_BYTES} bytes for the server,
   * or undefined if the response is malformed.
   * @throws {RangeError} If {@linkcode isStretchingAllowed} is false.
   */
  finishClientRegistration(
    options: FinishClientRegistrationOptions,
  ): Uint8Array | undefined;
}

/**
 * Loads the library.
 *
 * @returns OPAQUE's steps.
 */
export async function loadOpaque(): Promise<Opaque> {
  await opaque.ready;
  return {
    createServerSetup: () => opaque.server.createSetup(),
    // The library overlooks what follows a whole setup.
    isServerSetup: (setup) =>
      setup.length === SETUP_CHARACTERS &&
      attempt(() => opaque.server.getPublicKey(setup)) !== undefined,
    register,
    startServerLogin,
    finishServerLogin,
    startClientLogin,
    finishClientLogin,
    createRegistrationResponse,
    isRecord,
    startClientRegistration,
    finishClientRegistration,
  };
}

function register(options: RegisterOptions): Uint8Array {
  const { request, state } = startClientRegistration(options.password);
  const response = createRegistrationResponse({ ...options, request });
  // The library's own message would quote the setup.
  if (response === undefined) {
    throw new TypeError("The server setup is not one");
  }
  return finishClientRegistration({ ...options, state, response })!;
}

function createRegistrationResponse(
  options: RegistrationResponseOptions,
): Uint8Array | undefined {
  const { setup, userIdentifier, request } = options;
  if (request.length !== OPAQUE_REGISTRATION_REQUEST_BYTES) return undefined;
  const answer = attempt(() =>
    opaque.server.createRegistrationResponse({
      serverSetup: setup,
      userIdentifier,
      registrationRequest: encodeBase64(request),
    })
  );
  return answer && decodeBase64(answer.registrationResponse);
}

function isRecord(options: CheckRecordOptions): boolean {
  if (options.record.length !== OPAQUE_RECORD_BYTES) return false;
  const { request } = startClientLogin("");
  const serverIdentity = "";
  const start = startServerLogin({ ...options, request, serverIdentity });
  return start !== undefined;
}

function startClientRegistration(password: string): ClientRegistrationStart {
  const start = opaque.client.startRegistration({
    password: preparePassword(password),
  });
  return {
    request: decodeBase64(start.registrationRequest),
    state: start.clientRegistrationState,
  };
}

function finishClientRegistration(
  options: FinishClientRegistrationOptions,
): Uint8Array | undefined {
  const keyStretching = toKeyStretching(options.stretching);
  const { response } = options;
  if (response.length !== OPAQUE_REGISTRATION_RESPONSE_BYTES) return undefined;
  const finish = attempt(() =>
    opaque.client.finishRegistration({
      clientRegistrationState: options.state,
      registrationResponse: encodeBase64(response),
      password: preparePassword(options.password),
      keyStretching,
      identifiers: { server: options.serverIdentity },
    })
  );
  return finish && decodeBase64(finish.registrationRecord);
}

function startServerLogin(
  options: StartServerLoginOptions,
): ServerLoginStart | undefined {
  const { record, request } = options;
  if (record !== undefined && record.length !== OPAQUE_RECORD_BYTES) {
    throw new RangeError(`The record has ${record.length} bytes`);
  }
  if (request.length !== OPAQUE_REQUEST_BYTES) return undefined;
  const start = attempt(() =>
    opaque.server.startLogin({
      serverSetup: options.setup,
      userIdentifier: options.userIdentifier,
      registrationRecord: record === undefined ? null : encodeBase64(record),
      startLoginRequest: encodeBase64(request),
      identifiers: { server: options.serverIdentity },
    })
  );
  return start && {
    response: decodeBase64(start.loginResponse),
    state: start.serverLoginState,
  };
}

function finishServerLogin(
  options: FinishServerLoginOptions,
): Uint8Array | undefined {
  if (options.finish.length !== OPAQUE_FINISH_BYTES) return undefined;
  const finish = attempt(() =>
    opaque.server.finishLogin({
      serverLoginState: options.state,
      finishLoginRequest: encodeBase64(options.finish),
      identifiers: { server: options.serverIdentity },
    })
  );
  return finish && decodeBase64(finish.sessionKey);
}

function startClientLogin(password: string): ClientLoginStart {
  const start = opaque.client.startLogin({
    password: preparePassword(password),
  });
  return {
    request: decodeBase64(start.startLoginRequest),
    state: start.clientLoginState,
  };
}

function finishClientLogin(
  options: FinishClientLoginOptions,
): ClientLoginResult | undefined {
  const keyStretching = toKeyStretching(options.stretching);
  if (options.response.length !== OPAQUE_RESPONSE_BYTES) return undefined;
  const finish = attempt(() =>
    opaque.client.finishLogin({
      clientLoginState: options.state,
      loginResponse: encodeBase64(options.response),
      password: preparePassword(options.password),
      keyStretching,
      identifiers: { server: options.serverIdentity },
    })
  );
  return finish && {
    finish: decodeBase64(finish.finishLoginRequest),
    sessionKey: decodeBase64(finish.sessionKey),
    exportKey: decodeBase64(finish.exportKey),
  };
}

/**
 * The same password from every keyboard: RFC 8265 section 4.2.2, as far as it
 * maps characters (spaces to U+0020, then NFC).
 */
function preparePassword(password: string): string {
  return password.replace(/\p{Zs}/gu, " ").normalize("NFC");
}

function toKeyStretching(
  stretching: Stretching,
): {
  "argon2id-custom": {
    iterations: number;
    memory: number;
    parallelism: number;
  };
} {
  if (!isStretchingAllowed(stretching)) {
    throw new RangeError("The key stretching is out of range");
  }
  const { memoryKiB: memory, iterations, parallelism } = stretching;
  return { "argon2id-custom": { iterations, memory, parallelism } };
}

/**
 * The library throws an Error for what a peer got wrong: undefined here. A
 * WebAssembly trap is a bug, or memory that ran out, and goes on up.
 */
function attempt<T>(step: () => T | undefined): T | undefined {
  try {
    return step();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    return undefined;
  }
}

function isBetween(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

/** base64url without padding, as the library has it. */
function encodeBase64(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decodeBase64(text: string): Uint8Array {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** OPRF seed, static key and the key of unknown users: 128 bytes. */
const SETUP_CHARACTERS = 171;
