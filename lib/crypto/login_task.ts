/**
 * Key stretching blocks its thread for a tenth of a second and takes memory that
 * WebAssembly never gives back: it runs in a Worker of its own that ends
 * afterwards. The Worker's module is `login_worker.ts`.
 *
 * @module
 */

import type {
  ClientLoginResult,
  FinishClientLoginOptions,
  FinishClientRegistrationOptions,
  RegisterOptions,
} from "./opaque.ts";

/** A client's last login step. */
export interface FinishClientLoginTask {
  /** Which task. */
  readonly type: "finishClientLogin";
  /** What the step needs. */
  readonly options: FinishClientLoginOptions;
}

/** A password to register. */
export interface RegisterTask {
  /** Which task. */
  readonly type: "register";
  /** What registering needs. */
  readonly options: RegisterOptions;
}

/** A client's last step of a registration at a server. */
export interface FinishClientRegistrationTask {
  /** Which task. */
  readonly type: "finishClientRegistration";
  /** What the step needs. */
  readonly options: FinishClientRegistrationOptions;
}

/** What the Worker does once. */
export type LoginTask =
  | FinishClientLoginTask
  | FinishClientRegistrationTask
  | RegisterTask;

/** What the Worker answers. */
export type LoginTaskOutcome =
  | {
    readonly type: "finished";
    readonly result: ClientLoginResult | Uint8Array | undefined;
  }
  | { readonly type: "failed"; readonly message: string };

/**
 * Checks a server's login response in a Worker: `Opaque.finishClientLogin`.
 *
 * @param url The Worker's module. Its caller knows where a bundle has it.
 * @param task What to do.
 * @returns The login, or undefined if the password is wrong.
 * @throws {Error} If the Worker cannot run, or the stretching is out of range.
 */
export function runInLoginWorker(
  url: URL,
  task: FinishClientLoginTask,
): Promise<ClientLoginResult | undefined>;
/**
 * Makes a password's record in a Worker: `Opaque.finishClientRegistration`.
 *
 * @param url The Worker's module. Its caller knows where a bundle has it.
 * @param task What to do.
 * @returns The record, or undefined if the server's response is malformed.
 * @throws {Error} If the Worker cannot run, or the stretching is out of range.
 */
export function runInLoginWorker(
  url: URL,
  task: FinishClientRegistrationTask,
): Promise<Uint8Array | undefined>;
/**
 * Registers a password in a Worker: `Opaque.register`.
 *
 * @param url The Worker's module. Its caller knows where a bundle has it.
 * @param task What to do.
 * @returns The record.
 * @throws {Error} If the Worker cannot run, or an option is out of range.
 */
export function runInLoginWorker(
  url: URL,
  task: RegisterTask,
): Promise<Uint8Array>;
export function runInLoginWorker(
  url: URL,
  task: LoginTask,
): Promise<ClientLoginResult | Uint8Array | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<
    ClientLoginResult | Uint8Array | undefined
  >();
  const worker = new Worker(url, { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<LoginTaskOutcome>) => {
    if (data.type === "finished") resolve(data.result);
    else reject(new Error(data.message));
  };
  worker.onerror = (event) => {
    // Handled here: otherwise it would end the whole process.
    event.preventDefault();
    reject(new Error(`The login worker failed: ${event.message}`));
  };
  worker.postMessage(task);
  return promise.finally(() => worker.terminate());
}
