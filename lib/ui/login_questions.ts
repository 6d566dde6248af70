/**
 * What a terminal asks before a login: only what is not known yet, and after a
 * refusal only what was wrong.
 *
 * @module
 */

import type { Refusal } from "./bridge.ts";
import { LineEditor } from "./line_editor.ts";
import {
  DEFAULT_SERVER_PORT,
  parseServerAddress,
  serverAddressText,
} from "./server_address.ts";
import type { TerminalStrings } from "./terminal_strings.ts";

/** What a login needs. */
export interface LoginValues {
  /** The server's name or address. */
  readonly host: string;
  /** The server's port. */
  readonly port: number;
  /** The name. */
  readonly name: string;
  /** The room's password. */
  readonly password: string;
}

/** What the command line gave of them. */
export type GivenLogin = {
  readonly [Key in keyof LoginValues]?: LoginValues[Key] | undefined;
};

/** What became of an answer. */
export type LoginAnswer =
  | { readonly type: "accepted" }
  /** The answer cannot be used; it stays to be edited. */
  | { readonly type: "refused"; readonly refusal: Refusal }
  /** The person trusts the changed key. */
  | { readonly type: "keyTrusted" }
  /** The person does not; another server may be chosen. */
  | { readonly type: "keyDeclined" };

/**
 * The room's password where none is set, as in the original: public, so that
 * such a room is open to everybody.
 */
export const DEFAULT_PASSWORD = "GAS1";

/** What is asked for. */
type Question = "server" | "name" | "password" | "retry" | "trust";

/** Collects the values of a login. */
export class LoginQuestions {
  readonly #strings: TerminalStrings;
  #host: string | undefined;
  #port: number;
  /** The port of a server that is typed without one. */
  readonly #usualPort: number;
  #name: string | undefined;
  #password: string | undefined;
  /** What Enter alone takes. */
  #knownServer = "";
  #knownName = "";
  /** What must be answered before all others. */
  #first: "retry" | "trust" | undefined;

  /**
   * Starts with what the command line gave.
   *
   * @param given What is not asked for.
   * @param strings The sentences.
   */
  constructor(given: GivenLogin, strings: TerminalStrings) {
    this.#host = given.host;
    this.#port = given.port ?? DEFAULT_SERVER_PORT;
    this.#usualPort = given.host === undefined
      ? this.#port
      : DEFAULT_SERVER_PORT;
    this.#name = given.name;
    this.#password = given.password;
    this.#strings = strings;
  }

  /** The values, once nothing is asked for any more. */
  get values(): LoginValues {
    return {
      host: this.#host ?? "",
      port: this.#port,
      name: this.#name ?? "",
      password: this.#password ?? DEFAULT_PASSWORD,
    };
  }

  /**
   * Offers what an earlier login used.
   *
   * @param known The values; an empty host or name is none.
   */
  remember(known: Omit<LoginValues, "password">): void {
    this.#knownServer = known.host === ""
      ? ""
      : serverAddressText(known.host, known.port);
    this.#knownName = known.name;
  }

  /**
   * Makes the line for the next question.
   *
   * @returns The line; undefined if the login can be tried.
   */
  nextLine(): LineEditor | undefined {
    const strings = this.#strings;
    switch (this.#question()) {
      case "server":
        return line(strings.serverPrompt(this.#knownServer));
      case "name":
        return line(strings.namePrompt(this.#knownName));
      case "password":
        return new LineEditor({ prompt: strings.passwordPrompt, masked: true });
      case "retry":
        return line(strings.retryPrompt);
      case "trust":
        return line(strings.trustPrompt);
      case undefined:
        return undefined;
    }
  }

  /**
   * Takes the answer to the question that `nextLine` asked.
   *
   * @param text What was typed.
   * @returns What became of it.
   */
  handleAnswer(text: string): LoginAnswer {
    switch (this.#question()) {
      case "server":
        return this.#answerServer(text.trim() || this.#knownServer);
      case "name":
        return this.#answerName(text.trim() || this.#knownName);
      case "password":
        this.#password = text || DEFAULT_PASSWORD;
        return { type: "accepted" };
      case "trust":
        return this.#answerTrust(text.trim());
      case "retry":
      case undefined:
        this.#first = undefined;
        return { type: "accepted" };
    }
  }

  /**
   * Makes the next questions ask again for what a refusal was about.
   *
   * @param refusal Why the login ended.
   */
  handleRefusal(refusal: Refusal): void {
    switch (refusal.code) {
      case "wrongPassword":
        this.#password = undefined;
        return;
      case "nameTaken":
      case "nameInvalid":
        this.#name = undefined;
        // Enter alone would only be refused again.
        this.#knownName = "";
        return;
      case "serverSilent":
      case "serverGone":
      case "versionMismatch":
      case "addressInvalid":
        return this.#askServerAgain();
      case "serverKeyChanged":
        this.#first = "trust";
        return;
      case "throttled":
      case "roomFull":
      case "clientPortBusy":
        return this.askRetry();
    }
  }

  /** Makes the next question a pause before the same login. */
  askRetry(): void {
    this.#first = "retry";
  }

  #question(): Question | undefined {
    if (this.#first !== undefined) return this.#first;
    if (this.#host === undefined) return "server";
    if (this.#name === undefined) return "name";
    return this.#password === undefined ? "password" : undefined;
  }

  #answerServer(text: string): LoginAnswer {
    const address = parseServerAddress(text);
    if (address === undefined) {
      return {
        type: "refused",
        refusal: { code: "addressInvalid", host: text },
      };
    }
    this.#host = address.host;
    this.#port = address.port ?? this.#usualPort;
    return { type: "accepted" };
  }

  #answerName(text: string): LoginAnswer {
    if (text === "") {
      return {
        type: "refused",
        refusal: { code: "nameInvalid", rule: "empty" },
      };
    }
    this.#name = text;
    return { type: "accepted" };
  }

  #answerTrust(text: string): LoginAnswer {
    this.#first = undefined;
    if (text === this.#strings.trustWord) return { type: "keyTrusted" };
    this.#askServerAgain();
    return { type: "keyDeclined" };
  }

  #askServerAgain(): void {
    if (this.#host === undefined) return;
    this.#knownServer = serverAddressText(this.#host, this.#port);
    this.#host = undefined;
  }
}

function line(prompt: string): LineEditor {
  return new LineEditor({ prompt });
}
